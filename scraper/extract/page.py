"""One page under examination: the tree, its links, and what stands in its navigation."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import datetime
from itertools import accumulate
from urllib.parse import urlsplit

from scraper.extract.anchors import find_anchors
from scraper.extract.cells import Scanner
from scraper.extract.dating import PageDates
from scraper.extract.fields import Reader
from scraper.extract.marks import FOOTER, HEADER, NAV
from scraper.extract.markup import parse_blocks
from scraper.extract.rows import dated_rows
from scraper.extract.shingles import Shingles
from scraper.extract.text import text_of
from scraper.extract.walk import Tree
from scraper.urls import resolve

_HOME = re.compile(r"(?:/[a-z]{2}(?:-[a-z]{2})?)?(?:/(?:index|home|default)\.[a-z]+)?")  # of a site or of one of its languages


class PageView:
    """A walked page and what everything else needs to know about it."""

    def __init__(self, tree: Tree, url: str, now: datetime | None = None) -> None:
        self.tree, self.url = tree, url
        self.host = _bare_host(url)
        self.path = urlsplit(url).path.rstrip("/")
        self.is_home = _HOME.fullmatch(self.path) is not None
        self.base = (resolve(url, tree.base_href) or url) if tree.base_href else url
        self.shingles = Shingles(tree)
        self.dates = PageDates(tree, now)
        self.anchors = find_anchors(tree, url, self.shingles, dated_rows(tree, self.dates))
        self.markup = parse_blocks(tree.json_ld)
        chrome = [node for node in self.anchors.all_keys if tree.marks[node] & (NAV | FOOTER | HEADER)]
        self.nav_keys = {self.anchors.all_keys[node] for node in chrome}
        self.nav_keys.update(key for key, address in enumerate(self.anchors.canonical) if address == self.anchors.page_key)
        self.nav_words = {text_of(tree, node).casefold() for node in chrome}
        self.reader = Reader(
            tree, self.anchors, Scanner(tree, self.anchors, self.shingles), self.base, self.nav_keys, self.nav_words, self.dates
        )
        self.slugs: dict[int, float] = {}  # by key, `evidence.articleness`
        self._own: dict[int, bool] = {}
        self._sizes: list[int] | None = None

    def text_size(self, start: int, end: int) -> int:
        """Characters of text in the slice."""
        nodes = self.tree.text_nodes
        if self._sizes is None:
            self._sizes = [0, *accumulate(len(self.tree.texts[node]) for node in nodes)]
        return self._sizes[bisect_left(nodes, end)] - self._sizes[bisect_left(nodes, start)]

    def is_own(self, key: int) -> bool:
        """True for a link to the page's site, subdomains included."""
        own = self._own.get(key)
        if own is None:
            host = self.anchors.parts(key)[0]
            own = host == self.host or host.endswith("." + self.host) or self.host.endswith("." + host)
            self._own[key] = own
        return own


def _bare_host(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return host.removeprefix("www.").removeprefix("m.")
