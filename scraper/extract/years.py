"""The years that stand over parts of a list: archives show "2022" once, and on the cards below it only "24 June" or "06-24"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from scraper.extract.walk import Tree

_YEAR = re.compile(r"\W{0,3}((?:19|20)\d\d)\s*年?(?:[\s·,(（\[]+\d{1,4})?\W*")  # with how many posts it has: "2022 (14)"
_LONGEST = 16  # characters of such a text
_BEFORE_FIRST = 4  # text nodes before the first card among which its year is looked for: a count may stand between


class Years:
    """The texts of a page that are a year and nothing else."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        found = [(node, year) for node in tree.text_nodes if (year := _year_of(tree.texts[node]))]
        self._nodes = [node for node, _ in found]
        self._years = [year for _, year in found]

    def over(self, regions: Sequence[tuple[int, int]]) -> list[int | None]:
        """For each card's slice `[start, end)`, ascending, the year that stands over it; None where none does.

        A year is that of all cards down to the next one; a heading with other words between two cards ends it.
        """
        if not self._nodes:
            return [None] * len(regions)
        nodes, headings, texts = self._nodes, self._tree.headings, self._tree.text_nodes
        first_text = bisect_left(texts, regions[0][0]) - _BEFORE_FIRST
        edge = texts[max(0, first_text)]
        years: list[int | None] = []
        year: int | None = None
        for start, end in regions:
            last = bisect_left(nodes, start) - 1
            if last >= 0 and nodes[last] >= edge:
                year = self._years[last]
            elif years and bisect_left(headings, edge) < bisect_left(headings, start):
                year = None
            years.append(year)
            edge = end
        return years


def _year_of(text: str) -> int | None:
    """The year that `text` is; None for other texts, nearly all of them after a glance."""
    if len(text) > _LONGEST * 4 or ("20" not in text and "19" not in text) or len(text := text.strip()) > _LONGEST:
        return None
    found = _YEAR.fullmatch(text)
    return int(found[1]) if found else None
