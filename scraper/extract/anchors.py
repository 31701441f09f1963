"""Seeds: the links, the unlinked headings and the dated rows from which cards are grown."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from scraper.extract.marks import (
    ADVERT,
    BYLINE,
    CLONE,
    COMMENTS,
    DIALOG,
    FOOTER,
    HEADER,
    HIDDEN,
    NAV,
    PAGER,
    SHARE,
    address_in_script,
)
from scraper.extract.shingles import Shingles
from scraper.extract.text import text_of
from scraper.extract.text import words as word_count
from scraper.extract.walk import Tree
from scraper.urls import canonical_url, resolve

_NOWHERE = re.compile(r"(?:#!?|javascript:.*)?\Z", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"[|｜»«·•_]|\s[–—-]\s|[:：]\s")
_FURNITURE = HEADER | SHARE | COMMENTS | PAGER | ADVERT | BYLINE
_FEWEST = 3  # headlines that make a list
_HEADLINE = 4  # words that one has on an average
_ROUTES = 3  # headlines that lead to fragments of one page


@dataclass(slots=True)
class Seed:
    """One link occurrence, one heading without a link, or the words of one dated row."""

    node: int  # the link, the heading, or the element with the words
    key: int  # equal for links to the same page; unique for an unlinked heading or row
    heading: int  # the heading that holds or is held by the link, or the node itself; -1 without one
    shingle: int


@dataclass(slots=True)
class Anchors:
    seeds: list[Seed] = field(default_factory=list)  # in document order
    urls: list[str] = field(default_factory=list)  # by key: absolute address as the page writes it, the plainest; "" for headings
    canonical: list[str] = field(default_factory=list)  # by key: the article's key; "" for headings
    page_key: str = ""
    rows: frozenset[int] = frozenset()  # the elements with the words of dated rows
    _parts: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    all_keys: dict[int, int] = field(default_factory=dict)  # link node -> key, those in chrome too

    def parts(self, key: int) -> tuple[str, str, str]:
        """Host, path and query of a key's address."""
        parts = self._parts.get(key)
        if parts is None:
            _, _, rest = self.urls[key].partition("://")
            rest = rest.partition("#")[0]
            rest, _, query = rest.partition("?")
            host, slash, path = rest.partition("/")
            parts = self._parts[key] = (host.lower().removeprefix("www.").removeprefix("m."), slash + path, query)
        return parts


class _Headings:
    """Which heading a link belongs to."""

    def __init__(self, tree: Tree) -> None:
        self._tree, self._nodes = tree, frozenset(tree.headings)
        self._reach = list(accumulate([tree.ends[heading] for heading in tree.headings], max))  # where all until this one end

    def of(self, node: int) -> int:
        """The heading that `node` stands in, or the first one inside it; -1 without one."""
        parents, ordered = self._tree.parents, self._tree.headings
        at = bisect_left(ordered, node)
        if at and self._reach[at - 1] > node:
            parent = parents[node]
            for _ in range(4):
                if parent in self._nodes:
                    return parent
                if parent < 0:
                    break
                parent = parents[parent]
        return ordered[at] if at < len(ordered) and ordered[at] < self._tree.ends[node] else -1


def find_anchors(tree: Tree, url: str, shingles: Shingles, rows: Sequence[int] = ()) -> Anchors:
    """Every link that leads to another page, every heading without such a link, and the words of `rows`, in document order."""
    base = resolve(url, tree.base_href) or url if tree.base_href else url
    anchors = Anchors(page_key=canonical_url(url), rows=frozenset(rows))
    numbers: dict[str, int] = {}
    by_href: dict[str, int] = {}
    chrome = NAV | FOOTER | HIDDEN | DIALOG
    linked_headings: set[int] = set()
    headings = _Headings(tree)
    nowhere: list[int] = []
    routed = _routed(tree, headings)
    for node in tree.anchors:
        attributes = tree.attrs[node]
        href = attributes.get("href") or address_in_script(attributes.get("onclick") or "") or ""
        key = by_href.get(href)
        if key is None:
            in_full = bool(routed) and href.partition("#")[0] in routed
            key = by_href[href] = _key(base, href, anchors, numbers, in_full=in_full)
        if key < 0 and len(href) > 1 and "#" in href:
            key = _section_key(tree, node, base, href, anchors, numbers, headings)
        if key < 0:
            if _NOWHERE.match(href) and not tree.marks[node] & (chrome | _FURNITURE):
                nowhere.append(node)
            continue
        anchors.all_keys[node] = key
        heading = headings.of(node)
        if heading >= 0:
            linked_headings.add(heading)
            linked_headings.update(tree.within(tree.headings, node))  # a link around a headline and a subheading links both
        if tree.marks[node] & chrome or anchors.canonical[key] == anchors.page_key:
            continue
        anchors.seeds.append(Seed(node, key, heading, shingles.of(node)))
    for node in tree.headings:
        if node in linked_headings or tree.marks[node] & chrome:
            continue
        if tree.ends[node] == node + 1 or (tree.tags[node] == "h1" and _names_page(tree, node)):
            continue
        anchors.seeds.append(Seed(node, _key_of_its_own(anchors), node, shingles.of(node)))
    for node in (*rows, *_headlines_to_nowhere(tree, nowhere, headings, shingles)):
        anchors.seeds.append(Seed(node, _key_of_its_own(anchors), -1, shingles.of(node)))
    plain = {seed.key for seed in anchors.seeds if not tree.marks[seed.node] & CLONE}
    anchors.seeds = [seed for seed in anchors.seeds if not tree.marks[seed.node] & CLONE or seed.key not in plain]
    anchors.seeds.sort(key=lambda seed: seed.node)
    return anchors


def _names_page(tree: Tree, heading: int) -> bool:
    """True for a heading that says what the page's title says, "News" of "News | Harbour School": the page's name, not a story's."""
    name = text_of(tree, heading).casefold()
    return name in (part.strip() for part in _BETWEEN_NAMES.split(tree.title.casefold()))


def _headlines_to_nowhere(tree: Tree, links: list[int], headings: _Headings, shingles: Shingles) -> list[int]:
    """Of links that lead nowhere (`href="#"`, or a script), those that say as much as headlines do, each something else, and stand
    in no heading: the titles of a list whose stories were never saved, or whose address only a script knows."""
    places: dict[int, list[int]] = {}
    for node in links:
        if headings.of(node) < 0:
            places.setdefault(shingles.of(node), []).append(node)
    found: list[int] = []
    for nodes in places.values():
        if len(nodes) < _FEWEST:
            continue
        texts = [text_of(tree, node) for node in nodes]
        if len(set(texts)) >= 0.8 * len(texts) and sum(map(word_count, texts)) >= _HEADLINE * len(texts):
            found += nodes
    return found


def _key_of_its_own(anchors: Anchors) -> int:
    anchors.urls.append("")
    anchors.canonical.append("")
    return len(anchors.urls) - 1


def _routed(tree: Tree, headings: _Headings) -> frozenset[str]:
    """The addresses, as written, behind which only the fragment tells which story a headline leads to: "/#n/harbour-wall" and
    "/#n/school-roof" are two pages of a site that a script draws."""
    stories: dict[str, set[str]] = {}
    for node in tree.anchors:
        page, mark, fragment = (tree.attrs[node].get("href") or "").partition("#")
        if page and mark and fragment and headings.of(node) >= 0:
            stories.setdefault(page, set()).add(fragment)
    return frozenset(page for page, fragments in stories.items() if len(fragments) >= _ROUTES)


def _key(base: str, href: str, anchors: Anchors, numbers: dict[str, int], *, in_full: bool = False) -> int:
    """The key of the page that `href` leads to, by its address without the fragment, or `in_full`; -1 where it leads to none."""
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:", "?#")):
        return -1
    address = resolve(base, href)
    if address is None or not address.startswith("http"):
        return -1
    canonical = canonical_url(address)
    if canonical == anchors.page_key and "#" in href:
        return -1
    if in_full and "#" in href:
        canonical = f"{canonical}#{href.partition('#')[2]}"
    number = numbers.get(canonical)
    if number is None:
        number = numbers[canonical] = len(anchors.urls)
        anchors.urls.append(address)
        anchors.canonical.append(canonical)
    elif len(address) < len(anchors.urls[number]):
        anchors.urls[number] = address
    return number


def _section_key(
    tree: Tree, node: int, base: str, href: str, anchors: Anchors, numbers: dict[str, int], headings: _Headings
) -> int:
    """The key of a headline that links to its own place on this page, as in change logs; -1 for all other jumps."""
    heading = headings.of(node)
    address = resolve(base, href)
    if heading < 0 or address is None or not address.startswith("http") or canonical_url(address) != anchors.page_key:
        return -1
    if len(text_of(tree, node)) * 2 < len(text_of(tree, heading)):
        return -1
    number = numbers.get(address)
    if number is None:
        number = numbers[address] = len(anchors.urls)
        anchors.urls.append(address)
        anchors.canonical.append(address)
    return number
