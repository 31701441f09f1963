"""What an element stands in: landmarks by tag and role, and what class and id names say about a block.

A mark is a witness, not a verdict: cards in a sidebar are still cards when they look like the main list's.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.extract.walk import Tree

NAV = 1  # nav, role=navigation, or names that say menu, navbar, breadcrumb
FOOTER = 2
ASIDE = 4
HEADER = 8  # the page's header; never the header of an article
HIDDEN = 16  # not drawn: hidden, display:none
MAIN = 32
ARTICLE = 64  # inside <article>, or an item by role or microdata
DIALOG = 128  # dialog, modal, popup, consent
SIDE = 256  # names that say sidebar, widget
RELATED = 512  # names that say related, popular, most read, recommended, trending, ticker
SHARE = 1024
COMMENTS = 2048
ADVERT = 4096
UNSEEN = 8192  # for screen readers only
PAGER = 16384
BYLINE = 32768
PRODUCT = 65536

CLONE = 524288  # aria-hidden, or names that say clone: sliders repeat their ends

_PROSE = 400  # characters; no menu says as much beside its links
_HEADLINES = 3  # a pager may show the titles of the stories before and after
CHROME = NAV | FOOTER | HIDDEN | DIALOG | SHARE | COMMENTS | PAGER | ADVERT

_WORDS = {
    **dict.fromkeys(
        ["nav", "navbar", "navigation", "menu", "submenu", "megamenu", "breadcrumb", "breadcrumbs", "topbar", "toolbar", "toc"],
        NAV,
    ),
    **dict.fromkeys(["footer", "colophon", "footerwrap"], FOOTER),
    **dict.fromkeys(["sidebar", "widget", "widgets", "aside", "rail", "seitenleiste"], SIDE),
    **dict.fromkeys(
        [
            "related",
            "popular",
            "trending",
            "mostread",
            "mostviewed",
            "recommended",
            "recommendations",
            "ticker",
            "newsticker",
            "bestseller",
        ],
        RELATED,
    ),
    **dict.fromkeys(["share", "sharing", "social", "socials", "sharedaddy", "addtoany"], SHARE),
    **dict.fromkeys(["comments", "commentlist", "disqus", "respond"], COMMENTS),
    **dict.fromkeys(
        ["ad", "ads", "advert", "advertisement", "adsense", "sponsor", "sponsored", "banner", "promo", "billboard"], ADVERT
    ),
    **dict.fromkeys(["modal", "popup", "dialog", "cookie", "cookies", "consent", "gdpr", "offcanvas"], DIALOG),
    **dict.fromkeys(["pagination", "pager", "pagenav", "paging", "paginator", "wp-pagenavi", "nav-links", "pagenavi"], PAGER),
    **dict.fromkeys(["byline", "author", "avatar", "writer", "written", "autor", "auteur"], BYLINE),
    **dict.fromkeys(["product", "products", "cart", "price", "shop", "woocommerce", "projects", "portfolio"], PRODUCT),
    **dict.fromkeys(["cloned", "clone", "duplicate"], CLONE),
}
_PAIRS = {
    ("most", "read"): RELATED, ("most", "popular"): RELATED, ("most", "viewed"): RELATED, ("also", "like"): RELATED,
    ("see", "also"): RELATED,
    ("nav", "links"): PAGER, ("page", "nav"): PAGER, ("mega", "menu"): NAV, ("sr", "only"): UNSEEN, ("visually", "hidden"): UNSEEN, ("screen", "reader"): UNSEEN, ("skip", "link"): UNSEEN,
}  # fmt: skip
_UNSEEN_NAMES = frozenset(
    [
        "sr-only",
        "visually-hidden",
        "visuallyhidden",
        "screen-reader-text",
        "screen-reader",
        "element-invisible",
        "assistive-text",
        "show-for-sr",
        "u-visually-hidden",
        "a11y-hidden",
        "offscreen",
        "is-sr-only",
    ]
)
_HIDDEN_NAMES = frozenset(["d-none", "is-hidden", "u-hidden", "hide", "nodisplay", "no-display", "display-none", "mfp-hide"])
_SHOWN_SOMEWHERE = re.compile(r"\b[a-z0-9]+:(?:block|flex|grid|inline|inline-block|inline-flex|table)\b|\bd-(?:sm|md|lg|xl)-")
_BESIDE = frozenset(["has", "with"])  # what follows stands beside or in the element
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
_SCRIPT_ADDRESS = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|window\.open\(|\b(?:navigate|goto|openUrl|openLink|go)\()\s*"
    r"""(['"])((?:https?:)?/{0,2}[^'"\s]+)\1""",
    re.IGNORECASE,
)
_ROLES = {
    "navigation": NAV, "menu": NAV, "menubar": NAV, "tablist": NAV, "contentinfo": FOOTER, "banner": HEADER,
    "complementary": ASIDE, "main": MAIN, "dialog": DIALOG, "alertdialog": DIALOG, "article": ARTICLE, "search": DIALOG,
}  # fmt: skip


@lru_cache(maxsize=4096)
def _of_name(name: str) -> int:
    if name in _UNSEEN_NAMES:
        return UNSEEN
    words = [word.lower() for word in _SPLIT.split(name) if word]
    if words and words[0] in ("no", "without", "js"):
        return 0
    beside = next((at for at, word in enumerate(words) if at and word in _BESIDE), len(words))
    del words[beside:]  # `list_with_pagination` is the list
    bits = 0
    for word in words:
        bits |= _WORDS.get(word, 0)
    for pair in itertools.pairwise(words):
        bits |= _PAIRS.get(pair, 0)
    if words and words[0] in ("has", "with", "is"):
        return bits & BYLINE  # what stands beside it, not what it is
    return bits


@lru_cache(maxsize=8192)
def of_names(names: str) -> int:
    """The marks that a class and id text gives, one bit each."""
    bits = 0
    tokens = names.split()
    for name in tokens:
        if ":" not in name and "[" not in name:
            bits |= _of_name(name)
            if (name in _HIDDEN_NAMES or name == "hidden") and not _SHOWN_SOMEWHERE.search(names):
                bits |= HIDDEN
    return bits


def of_attributes(attributes: dict[str, str | None]) -> int:
    """The marks that roles, `hidden`, inline style and microdata give."""
    bits = 0
    if "role" in attributes:
        bits |= _ROLES.get(attributes["role"] or "", 0)
    if attributes.get("aria-hidden") == "true":
        bits |= CLONE
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        bits |= HIDDEN
    style = attributes.get("style")
    if style and ("display:none" in style or "display: none" in style or "visibility:hidden" in style):
        bits |= HIDDEN
    return bits


def of_tag(tag: str, inherited: int) -> int:
    """The marks that the element's name gives where `inherited` holds around it."""
    if tag == "article":
        return ARTICLE
    if tag == "main":
        return MAIN
    if tag == "nav":
        return NAV
    if tag == "aside":
        return ASIDE
    if tag == "footer" and not inherited & ARTICLE:
        return FOOTER
    if tag == "header" and not inherited & (ARTICLE | MAIN):
        return HEADER
    if tag == "dialog":
        return DIALOG
    if tag == "button":
        return UNSEEN  # a control; what it says isn't the card's text
    return 0


def address_in_script(script: str) -> str | None:
    """The address to which an `onclick` leads, where it is written out; None where it isn't."""
    found = _SCRIPT_ADDRESS.search(script)
    return found[2] if found else None


def lift_blankets(tree: Tree) -> None:
    """Takes back a named mark from an element that holds most of the page: `<div class="with-sidebar widget-area">`
    around everything says nothing about the parts."""
    links = len(tree.anchors)
    if not links:
        return
    soft = NAV | FOOTER | SIDE | RELATED | SHARE | COMMENTS | ADVERT | DIALOG | PAGER | BYLINE | PRODUCT | HIDDEN
    count = len(tree.tags)
    node = 0
    while node < count:
        parent = tree.parents[node]
        own = tree.marks[node] & ~(tree.marks[parent] if parent >= 0 else 0) & soft
        if tree.ends[node] - node < count * 0.6:
            # Everything from here on is in small subtrees or behind a sibling: only the spine can be a blanket.
            node = tree.ends[node]
            continue
        if own and tree.count(tree.anchors, node) > links * 0.6:
            _lift(tree, node, own)
        node += 1


def _lift(tree: Tree, node: int, bits: int) -> None:
    """Takes `bits` from `node` and from all in it that didn't earn them by a name of its own."""
    tree.marks[node] &= ~bits
    inner, end = node + 1, tree.ends[node]
    while inner < end:
        attributes = tree.attrs[inner]
        earned = 0
        if "class" in attributes or "id" in attributes:
            earned = of_names(f"{attributes.get('class') or ''} {attributes.get('id') or ''}") & bits
        if earned:
            if earned != bits:
                _lift(tree, inner, bits & ~earned)
            inner = tree.ends[inner]
            continue
        tree.marks[inner] &= ~bits
        inner += 1


def lift_from_prose(tree: Tree, called_nav: list[int]) -> None:
    """Takes NAV back from those of `called_nav`, elements that only their names call navigation, which read on: `nav-padding`
    and `below-menu` are named after what they stand beside. Headings, and twice as much text beside links as in them, are no menu."""
    for node in called_nav:
        parent = tree.parents[node]
        if tree.marks[parent] & NAV or not tree.count(tree.headings, node):
            continue
        if not _reads_on(tree, node):
            continue
        inner, end = node, tree.ends[node]
        while inner < end:
            if tree.tags[inner] == "nav":
                inner = tree.ends[inner]
                continue
            tree.marks[inner] &= ~NAV
            inner += 1


def lift_from_lists(tree: Tree, called_pagers: list[int]) -> None:
    """Takes PAGER back from those of `called_pagers`, elements that only their names call page links, which hold a list of
    headlines: `posts pagination-disable` says of a list how its pages are turned."""
    for node in called_pagers:
        if tree.count(tree.headings, node) >= _HEADLINES:
            _lift(tree, node, PAGER)


def _reads_on(tree: Tree, node: int) -> bool:
    inside = tree.within(tree.text_nodes, node)
    total = sum(len(tree.texts[text]) for text in inside)
    if total < _PROSE:
        return False
    linked = reach = 0
    for link in tree.within(tree.anchors, node):
        if link >= reach:
            reach = tree.ends[link]
            linked += sum(len(tree.texts[text]) for text in tree.within(tree.text_nodes, link))
    return total >= 3 * linked
