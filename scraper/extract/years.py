"""The years that stand over parts of a list: archives show "2022" once, and on the cards below it only "24 June" or "06-24"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from scraper.extract.walk import Tree

_YEAR = re.compile(r"\W{0,3}((?:19|20)\d\d)\s*年?(?:[\s·,(（\[]+\d{1,4})?\W*")  # with how many posts it has: "2022 (14)"
_LONGEST = 16  # characters of such a text
_BEFORE_FIRST = 4  # text nodes before the first card among which its year is looked for: a count may stand between


def years_over(tree: Tree, regions: Sequence[tuple[int, int]]) -> list[int | None]:
    """For each card's slice `[start, end)`, ascending, the year that stands over it, alone in its text; None where none does.

    A year is that of all cards down to the next one; a heading with other words between two cards ends it.
    """
    nodes = tree.text_nodes
    years: list[int | None] = []
    year: int | None = None
    edge = 0
    for start, end in regions:
        last = bisect_left(nodes, start)
        first = bisect_left(nodes, edge) if years else max(0, last - _BEFORE_FIRST)
        between = [_year_of(tree.texts[node]) for node in nodes[first:last]]
        told = [found for found in between if found is not None]
        if told:
            year = told[-1]
        elif years and bisect_left(tree.headings, edge) < bisect_left(tree.headings, start):
            year = None
        years.append(year)
        edge = end
    return years


def _year_of(text: str) -> int | None:
    if len(text) > _LONGEST * 4 or len(text := text.strip()) > _LONGEST:
        return None
    found = _YEAR.fullmatch(text)
    return int(found[1]) if found else None
