"""Cards of a plain text that shows neither reading times nor dates: headline and teaser, headline and teaser, in turn.

An article with headings has more than one paragraph under most of them, and longer ones; so a run of pairs is a list only
where every headline has its one short text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from scraper.text_items import Item, Kind

_FEWEST_PAIRS = 3
_LONGEST_TEASER = 450  # characters
_USUAL_TEASER = 260
_LONGEST_IN_TWO = 300  # paragraphs
_LONGEST_HEADLINE = 140
_PAGE_HEADING_WORDS = 2

Pair = tuple[Item | None, Item, list[Item]]  # a label above, the headline, the teaser's one or two paragraphs


def from_pairs(items: Sequence[Item]) -> list[Sequence[Item]]:
    """The records of the runs of pairs in the text; empty where no run is long enough."""
    records: list[Sequence[Item]] = []
    run: list[Pair] = []
    place = 0
    while place < len(items):
        if pair := _pair_at(items, place):
            run.append(pair)
            place += (pair[0] is not None) + 1 + len(pair[2])
            continue
        if items[place].kind not in (Kind.FURNITURE, Kind.LABEL, Kind.AUTHOR):
            records += _records(run)
            run = []
        place += 1
    return records + _records(run)


def _pair_at(items: Sequence[Item], place: int) -> Pair | None:
    label = items[place] if items[place].kind is Kind.LABEL else None
    if label:
        place += 1
    if place + 1 >= len(items) or not _is_headline(items[place], items[place + 1]):
        return None
    teaser = [items[place + 1]]
    for item in items[place + 2 : place + 4]:
        if item.kind is not Kind.PROSE:
            break
        teaser.append(item)
    length = sum(len(item.text) for item in teaser)
    if len(teaser) > 1 and (place + 3 < len(items) and _is_headline(teaser[1], items[place + 3])):
        teaser = teaser[:1]  # what looked like a second paragraph is the next headline
    elif len(teaser) > 2 or (len(teaser) == 2 and length > _LONGEST_IN_TWO):
        return None
    return (label, items[place], teaser) if len(teaser[0].text) <= _LONGEST_TEASER else None


def _is_headline(item: Item, below: Item) -> bool:
    """Whether `item` is the headline of the text below it. "It rained. Again." is one too, over a longer text."""
    if below.kind is not Kind.PROSE:
        return False
    return item.kind is Kind.TITLE or (
        item.kind is Kind.PROSE
        and len(item.text) <= _LONGEST_HEADLINE
        and 1.2 * len(item.text) < len(below.text)
        and below.blank_before >= item.blank_before > 0
    )


def _records(run: list[Pair]) -> list[Sequence[Item]]:
    headlines = [len(headline.text.split()) for _, headline, _ in run]
    if len(run) > 1 and headlines[0] <= _PAGE_HEADING_WORDS and median(headlines[1:]) >= 2 * _PAGE_HEADING_WORDS:
        run = run[1:]  # "Latest", and what the page says of itself
    if len(run) < _FEWEST_PAIRS or median(len(teaser[0].text) for _, _, teaser in run) > _USUAL_TEASER:
        return []
    if 2 * sum(_QUESTION.search(headline.text) is not None for _, headline, _ in run) > len(run):
        return []  # questions and answers
    return [[*([label] if label else []), headline, *teaser] for label, headline, teaser in run]


_QUESTION = re.compile(r"[?？؟][\"'”’»)]*\Z")
