"""The picture of a card: the largest real candidate, wherever lazy loading hides it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scraper.caseless import Caseless
from scraper.extract.marks import BYLINE, HIDDEN, SHARE
from scraper.extract.walk import Tree
from scraper.urls import resolve

_LAZY = (
    "data-src", "data-lazy-src", "data-original", "data-lazy", "data-echo", "data-image", "data-img", "data-url", "org-src", "data-srcset",
    "data-lazy-srcset", "data-bg", "data-background", "data-background-image", "data-full-src", "data-hi-res-src", "data-orig-file", "data-large-file",
)  # fmt: skip
_LAZY_NAMES = frozenset(_LAZY)
_PLACEHOLDER = Caseless(
    r"[/_.-](?:placeholder|spacer|blank|pixel|transparent|1x1|lazy|loading|loader|dummy|empty|fallback-image|no-?image|default-?image)(?:[/_.-]|\d*x\d*|$)",
)
_NOT_CONTENT = Caseless(
    r"[/_.\s-](?:avatars?|gravatar|icons?|ico|emoji|sprite|badge|smil(?:ey|ies)|profile[-_](?:pic|image|photo)s?|arrow)(?:[/_.\s-]|\d|$)",
)
_PORTRAIT = Caseless(r"[/_.\s-](?:avatars?|gravatar|profile[-_](?:pic|image|photo)s?)(?:[/_.\s-]|\d|$)")
_PHOTOGRAPH = (".jpg", ".jpeg")
_DIFFERENT = 3  # pictures called placeholders that differ: then they are pictures
_CSS_URL = re.compile(r"""url\(\s*(?:"([^"]+)"|'([^']+)'|([^)'"]+))\s*\)""")


def find_images(tree: Tree, nodes: list[int], base: str) -> list[tuple[str, str]]:
    """The pictures among `nodes` that may be the story's, best first: absolute address and where it was read.

    `source` elements of a `picture` come after its `img`, drawings (SVG) after photographs, then what is called a placeholder
    (`looks_like_placeholder`: whether it is one, only the whole column can tell), and what isn't drawn after what is: a film's
    strip of frames, a larger copy for a script.
    """
    found: list[tuple[int, int, str, str]] = []
    for order, node in enumerate(nodes):
        attributes = tree.attrs[node]
        names = attributes.get("class")
        if tree.marks[node] & (BYLINE | SHARE) or _small(attributes) or (names and _NOT_CONTENT.search(f" {names}")):
            continue
        hidden = 4 if tree.marks[node] & HIDDEN else 0
        stopgap = None
        for address, where in _candidates(attributes):
            absolute = story_address(base, address)
            if absolute is None:
                continue
            if looks_like_placeholder(absolute):
                stopgap = stopgap or (hidden + 3, order, absolute, f"{tree.tags[node]}@{where}")
                continue
            path = address.partition("?")[0]
            late = 2 if path.lower().endswith((".svg", ".ico")) else int(tree.tags[node] == "source")
            found.append((hidden + late, order, absolute, f"{tree.tags[node]}@{where}"))
            break
        else:
            if stopgap is not None:
                found.append(stopgap)
    return [(address, where) for _, _, address, where in sorted(found)]


def picture_address(base: str, address: str) -> str | None:
    """The absolute address of a picture that may be the story's; None for placeholders, icons and portraits."""
    return None if looks_like_placeholder(address) else story_address(base, address)


def story_address(base: str, address: str) -> str | None:
    """As `picture_address`, what is called a placeholder included."""
    path = address.partition("?")[0]
    name = _file_name(path)
    if not address or address.startswith("data:"):
        return None
    drawn = not name.lower().endswith(_PHOTOGRAPH)  # photographs are of badges and of ships called Arrow; icons are drawn
    if (_NOT_CONTENT if drawn else _PORTRAIT).search(name):
        return None
    if "gravatar.com" in address or "/avatar" in path:
        return None
    absolute = resolve(base, address)
    return absolute if absolute and absolute.startswith("http") else None


def looks_like_placeholder(address: str) -> bool:
    """True for a file that is called a stopgap: "spacer.gif", "no-image.png"."""
    return _PLACEHOLDER.search(_file_name(address.partition("?")[0])) is not None


def _file_name(path: str) -> str:
    """The last part of a path with the stroke before it, which is added where there is none: so each word of it has a sign before it."""
    return "/" + path.rpartition("/")[2]


def stopgaps(uses: Mapping[str, int], often: int) -> set[str]:
    """The placeholders among a column's pictures, given on how many cards each stands and how many are too many.

    What is called a placeholder is one, unless there is another for every card: themes are shown with such pictures, and
    sites go on with them.
    """
    called = {address for address in uses if looks_like_placeholder(address)}
    differ = len(called) >= _DIFFERENT and all(uses[address] <= often for address in called)
    return set() if differ else called


def _candidates(attributes: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    """Addresses and the attributes they stand in, the likeliest first; those behind the one that is taken are never looked up."""
    for name in _LAZY if not _LAZY_NAMES.isdisjoint(attributes) else ():
        value = attributes.get(name)
        if not value:
            continue
        if name.endswith("srcset"):
            yield _largest(value), name
        else:
            address = _background(value) or value.strip()
            if "/" in address or "." in address:
                yield address, name
    source = attributes.get("src")
    if source:
        yield source.strip(), "src"
    srcset = attributes.get("srcset")
    if srcset:
        yield _largest(srcset), "srcset"
    style = attributes.get("style")
    background = _background(style) if style else None
    if background:
        yield background, "style"


def _background(style: str) -> str | None:
    """The address in CSS's `url()`, which may hold brackets where it is quoted."""
    css = _CSS_URL.search(style)
    return css[css.lastindex or 0].strip() if css else None


def _largest(srcset: str) -> str:
    best, size = "", -1.0
    for part in re.split(r",\s+|,(?=https?:|/)", srcset):
        pieces = part.split()
        if not pieces:
            continue
        width = 1.0
        if len(pieces) > 1:
            try:
                width = float(pieces[1].rstrip("wxh"))
            except ValueError:
                width = 1.0
        if width > size:
            best, size = pieces[0], width
    return best


def _small(attributes: dict[str, str | None]) -> bool:
    for name in ("width", "height"):
        value = attributes.get(name)
        if value and (figure := value.removesuffix("px")).isdecimal() and figure.isascii() and 0 < int(figure) <= 48:
            return True
    return False
