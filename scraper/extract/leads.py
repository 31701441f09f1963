"""Where a card leads: its title's link, or the link that best stands for all of it."""

from __future__ import annotations

from bisect import bisect_left

from scraper.extract import words
from scraper.extract.anchors import Anchors
from scraper.extract.cells import Scan
from scraper.extract.marks import BYLINE, COMMENTS, SHARE
from scraper.extract.text import fold, text_of
from scraper.extract.text import words as word_count
from scraper.extract.walk import Tree

_NO_STORIES = frozenset(
    ("author", "creator", "contributor", "editor", "publisher", "image", "logo", "about")
)  # things in a story's microdata that have addresses of their own


def _same_words(text: str, title: str) -> bool:
    """True where one is the other, or its beginning: titles are cut short with an ellipsis."""
    one, other = text.rstrip(" .…").casefold(), title.rstrip(" .…").casefold()
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 15 and (long.startswith(short) or short in long)


class Leads:
    """Tells the story's link from the others in the cards of one page."""

    def __init__(self, tree: Tree, anchors: Anchors, nav_keys: set[int]) -> None:
        self.tree, self.anchors, self.nav_keys = tree, anchors, nav_keys
        self.links = sorted(anchors.all_keys)

    def links_between(self, start: int, end: int) -> list[int]:
        """The link nodes from `start` on and before `end`."""
        return self.links[bisect_left(self.links, start) : bisect_left(self.links, end)]

    def spread(self, scans: list[Scan]) -> dict[int, int]:
        """For each link key, in how many cards it occurs."""
        spread: dict[int, int] = {}
        for scan in scans:
            for key in {self.anchors.all_keys[link] for link in self.links_between(scan.start, scan.end)}:
                spread[key] = spread.get(key, 0) + 1
        return spread

    def own_key(self, scan: Scan, title_link: int) -> int:
        """The key of the title's link, or of a link around the whole card; -1 without either."""
        keys = self.anchors.all_keys
        if title_link in keys:
            return keys[title_link]
        outer = scan.start
        while outer >= 0:
            if self.tree.tags[outer] == "a" and outer in keys:
                return keys[outer]
            outer = self.tree.parents[outer]
        return -1

    def key_of(self, scan: Scan, title_link: int, title: str | None, spread: dict[int, int]) -> int:
        """The key of the card's own page, -1 where it leads nowhere. `title_link` is -1 where the title has no link, `title` None
        where the card has none."""
        keys = self.anchors.all_keys
        own = self.own_key(scan, title_link) if title is not None else -1
        if own >= 0:
            return own
        best, best_rank = -1, 0.0
        counts: dict[int, int] = {}
        for link in self.links_between(scan.start, scan.end):
            key = keys[link]
            counts[key] = counts.get(key, 0) + 1
            rank = self._rank(link, key, scan.start, title) + 1.0 / spread.get(key, 1) + 0.1 * counts[key]
            if rank > best_rank + (0.45 if best >= 0 else 0.0):
                best, best_rank = key, rank
        return best

    def _rank(self, link: int, key: int, top: int, title: str | None) -> float:
        """How much the link itself speaks for leading to the story."""
        tree, url = self.tree, self.anchors.urls[key]
        attributes = tree.attrs[link]
        text = text_of(tree, link)
        rank = 0.0
        if title is not None and text and _same_words(text, title):
            rank += 3
        label = fold(attributes.get("aria-label") or attributes.get("title") or "")
        if title is not None and label and _same_words(label, title):
            rank += 2
        if not text or words.is_more(text):
            rank += 1
        if words.starts_like_more(text):
            rank += 0.8
        if tree.tags[link] != "a":
            rank += 0.5
        if attributes.get("itemprop") == "url" and self._thing_at(link, top) not in _NO_STORIES:
            rank += 3
        if tree.marks[link] & (SHARE | COMMENTS | BYLINE) or words.AUTHOR_PATH.search(url) or words.TAXONOMY_PATH.search(url):
            rank -= 2
        if key in self.nav_keys:
            rank -= 1
        if not words.is_more(text) and word_count(text) > 0 and self._in_sentence(link):
            rank -= 1.5
        return rank

    def _thing_at(self, link: int, top: int) -> str:
        """What the microdata around the link say that it is an address of: "author", "publisher", "blogPost"; "" for the story."""
        node = self.tree.parents[link]
        while node >= top and "itemscope" not in self.tree.attrs[node]:
            node = self.tree.parents[node]
        return (self.tree.attrs[node].get("itemprop") or "") if node >= top else ""

    def _in_sentence(self, link: int) -> bool:
        """True for a link in running text: its parent has words of its own beside it."""
        tree = self.tree
        parent = tree.parents[link]
        beside = (node for node in tree.within(tree.text_nodes, parent) if tree.parents[node] == parent)
        return sum(len(tree.texts[node]) for node in beside) > 20
