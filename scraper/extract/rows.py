"""Rows that begin with a date: news and agendas kept as a table or a list, whose entries needn't have a link or a heading."""

from __future__ import annotations

from bisect import bisect_left

from scraper.extract.dating import PageDates
from scraper.extract.marks import DIALOG, FOOTER, HIDDEN, NAV
from scraper.extract.text import fold, has_digit, text_of
from scraper.extract.walk import Tree

_ROWS = frozenset(("tr", "li"))
_DEPTH = 4  # elements between a row and the text that is its date
_FEWEST = 3  # rows that make a list
_LONGEST = 120  # characters of the text that begins with a date


def dated_rows(tree: Tree, dates: PageDates) -> list[int]:
    """For each row of a list of dated rows, the element that holds the words after the date; ascending. None for lists whose
    rows lead somewhere by a link that is most of the row, and none for rows with headings: those speak for themselves."""
    by_parent: dict[int, list[tuple[int, int]]] = {}  # what holds the rows -> (row, element with the words)
    told: dict[int, int] = {}  # what holds the rows -> rows that are mostly a link
    for row in [node for node, tag in enumerate(tree.tags) if tag in _ROWS]:
        node = _first_words(tree, row)
        if node < 0 or tree.marks[row] & (NAV | FOOTER | HIDDEN | DIALOG) or tree.count(tree.headings, row):
            continue
        words = _words_after(tree, dates, node, row)
        if words < 0:
            continue
        parent = tree.parents[row]
        by_parent.setdefault(parent, []).append((row, words))
        told[parent] = told.get(parent, 0) + _is_link(tree, row, words)
    found: list[int] = []
    for parent, rows in by_parent.items():
        if len(rows) < _FEWEST or told[parent] >= 0.8 * len(rows):
            continue
        if len(rows) >= 0.6 * _siblings(tree, parent, tree.tags[rows[0][0]]):
            found.extend(words for _, words in rows)
    return sorted(found)


def _first_words(tree: Tree, row: int) -> int:
    """The text node with which a row begins, if it may begin with a date; -1 where it can't, or belongs to a row in this one."""
    at = bisect_left(tree.text_nodes, row)
    if at == len(tree.text_nodes) or (node := tree.text_nodes[at]) >= tree.ends[row]:
        return -1
    text = tree.texts[node]
    if len(text) > _LONGEST or not has_digit(text):
        return -1
    parent = tree.parents[node]
    for _ in range(_DEPTH):
        if parent == row:
            return node
        if tree.tags[parent] in _ROWS:
            return -1
        parent = tree.parents[parent]
    return -1


def _words_after(tree: Tree, dates: PageDates, node: int, row: int) -> int:
    """The element, at most the row, that holds what follows the date in `node`; -1 where there is no date or nothing follows."""
    leading = dates.leading(fold(tree.texts[node]))
    if leading is None:
        return -1
    if leading[1]:
        return row if tree.parents[node] == row else -1
    at = bisect_left(tree.text_nodes, node) + 1
    while at < len(tree.text_nodes) and (after := tree.text_nodes[at]) < tree.ends[row]:
        if any(map(str.isalpha, tree.texts[after])):
            while tree.parents[after] != row:
                after = tree.parents[after]
            return after if tree.tags[after] else row
        at += 1
    return -1


def _is_link(tree: Tree, row: int, words: int) -> bool:
    links = {link: len(text_of(tree, link)) for link in tree.within(tree.anchors, row)}
    longest = max(links, key=lambda link: links[link], default=-1)
    return longest >= 0 and links[longest] * 2 > len(text_of(tree, words)) and not goes_on(tree, longest)


def goes_on(tree: Tree, link: int) -> bool:
    """True for a link that goes on with the sentence before it: "I joined the _Harbour Group_ as a diver"."""
    at = bisect_left(tree.text_nodes, link) - 1
    if at < 0 or tree.parents[tree.text_nodes[at]] != tree.parents[link]:
        return False
    before = tree.texts[tree.text_nodes[at]].rstrip()
    return before[-1:].isalpha() and " " in before.strip()


def _siblings(tree: Tree, parent: int, tag: str) -> int:
    """How many rows with words stand under `parent`."""
    count, child = 0, parent + 1
    while child < tree.ends[parent]:
        count += tree.tags[child] == tag and tree.count(tree.text_nodes, child) > 0
        child = tree.ends[child]
    return count
