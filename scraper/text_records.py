"""Where one card of a plain text ends and the next begins.

Something that every card has recurs: a reading time, else a date, else a marked line, else a short line over a paragraph.
Between two of these anchors the place is decided once for the whole page, so that the cards become most alike. What stands
before the first and behind the last anchor must look like the same part of another card, or it is menu and footer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from scraper.text_items import Item, Kind
from scraper.text_pairs import from_pairs

Record = Sequence[Item]

_FEWEST_WITHOUT_READ_TIME = 2  # one date alone may be the page's own
_MANY_MORE = 2  # times as many dates as reading times: then most cards have only a date
_FEWEST_INSTEAD_OF_READ_TIMES = 4
_LONGEST_CARD = 12  # items; more between two anchors is something else than a card
_SAMPLE = 200  # gaps by which the place is decided, and the ways to end a card that are tried on them
_MOST_ENDINGS = 60
_COMPLETE = 3.0  # what a complete first or last card counts beside the mean worth of a beginning (about 0 to 10)
_STACKED_SHARE = 0.8  # of the cards have a short headline above their headline: then it is a category
_STACKED_WORDS = 3


def find_records(items: Sequence[Item]) -> tuple[str, list[Record]]:
    """The items of each card, and in words what the cards were told apart by. No card: an empty list."""
    told_by, records = _records(items)
    labels = _label_column(records) | _odd_labels(records)
    if labels:  # with its labels known, the text may be cut better: a page's own heading no longer looks like one
        told_by, records = _records([replace(item, kind=Kind.LABEL) if id(item) in labels else item for item in items])
    return told_by, records


def joined_text(items: Sequence[Item]) -> str:
    """The items as one text."""
    return " ".join(item.text for item in items)


def _records(items: Sequence[Item]) -> tuple[str, list[Record]]:
    read_times = [place for place, item in enumerate(items) if item.kind is Kind.READ_TIME]
    dates = [place for place, item in enumerate(items) if item.kind is Kind.DATE and not _is_of_furniture(items, place)]
    if read_times and len(dates) < max(_MANY_MORE * len(read_times), _FEWEST_INSTEAD_OF_READ_TIMES):
        return "reading times", _around(items, read_times)
    if len(dates) >= _FEWEST_WITHOUT_READ_TIME:
        return "dates", _around(items, dates)
    if marked := _from_marks(items):
        return "marked lines", marked
    return "paragraphs", from_pairs(items)


def _is_of_furniture(items: Sequence[Item], place: int) -> bool:
    """Whether the date is that of a line such as "Last updated 24 May 2024"."""
    return items[place].joined and items[place - 1].kind is Kind.FURNITURE


def _around(items: Sequence[Item], anchors: Sequence[int]) -> list[Record]:
    """One card for each anchor: it ends where the page's cards usually end, and the next begins there."""
    before, after = list(items[: anchors[0]]), list(items[anchors[-1] + 1 :])
    if len(anchors) == 1:
        return [[*_lone(before[::-1])[::-1], items[anchors[0]], *_lone(after)]]
    gaps = [items[left + 1 : right] for left, right in pairwise(anchors)]
    splits = _splits(gaps, [items[anchor] for anchor in anchors[1:]], before, after)
    tails = [gap[:split] for gap, split in zip(gaps, splits, strict=True)]
    heads = [gap[split:] for gap, split in zip(gaps, splits, strict=True)]
    first_head = _like(before[::-1], [head[::-1] for head in heads])[::-1]
    last_tail = _like(after, tails)
    return [
        [*head, items[anchor], *tail]
        for head, anchor, tail in zip([first_head, *heads], anchors, [*tails, last_tail], strict=True)
    ]


def _splits(gaps: Sequence[Record], anchors: Sequence[Item], before: Record, after: Record) -> list[int]:
    """For each run of items between two anchors: how many of them belong to the card before. `anchors` stand behind the runs.

    Every way that some card could end is tried on all gaps. The best one makes cards begin well, and leaves the first and
    the last card as complete as the others.
    """
    sample = gaps[:_SAMPLE]
    endings = Counter(_kinds(gap[:split]) for gap in sample for split in range(min(len(gap), _LONGEST_CARD) + 1))

    def place(gap: Record, anchor: Item, ending: tuple[Kind, ...]) -> tuple[float, int]:
        kinds = _kinds(gap)
        score, earliest = max(
            (_beginning(gap, split, anchor) + _common(kinds[:split], ending) - abs(split - len(ending)), -split)
            for split in range(min(len(gap), _LONGEST_CARD) + 1)
        )
        return score, -earliest

    def total(ending: tuple[Kind, ...]) -> float:
        places = [place(gap, anchor, ending) for gap, anchor in zip(sample, anchors, strict=False)]
        tails = [gap[:split] for gap, (_, split) in zip(sample, places, strict=True)]
        heads = [gap[split:][::-1] for gap, (_, split) in zip(sample, places, strict=True)]
        complete = _completes(before[::-1], heads) + _completes(after, tails)
        return sum(score for score, _ in places) / len(places) + _COMPLETE * complete

    best = max((ending for ending, _ in endings.most_common(_MOST_ENDINGS)), key=total)
    return [place(gap, anchor, best)[1] for gap, anchor in zip(gaps, anchors, strict=True)]


def _kinds(items: Record) -> tuple[Kind, ...]:
    return tuple(item.kind for item in items)


def _completes(items: Record, others: Sequence[Record]) -> int:
    """1 where the end of the text has what this part of most cards has, -1 where it has none of their text, else 0.

    `items` and `others` begin at their anchor.
    """
    counts = Counter(kind for other in others for kind in set(_kinds(other)))
    usual = {kind for kind, count in counts.items() if 2 * count > len(others) and kind is not Kind.FURNITURE}
    if usual <= set(_kinds(_like(items, others))):
        return 1
    nearest = items[: max(len(other) for other in others)]
    return -1 if usual.intersection(_TEXT) and not usual.intersection(_TEXT, _kinds(nearest)) else 0


def _common(left: tuple[Kind, ...], right: tuple[Kind, ...]) -> int:
    return 2 * sum(a is b for a, b in zip(left, right, strict=False)) - max(len(left), len(right))


_WORTH_FIRST = {
    Kind.LABEL: 1.5,
    Kind.TITLE: 1.0,
    Kind.DATE: 0.5,
    Kind.READ_TIME: 0.0,
    Kind.AUTHOR: -0.5,
    Kind.PROSE: 0.0,
    Kind.FURNITURE: -1.0,
}
_WORTH_LAST = {
    Kind.PROSE: 1.0,
    Kind.FURNITURE: 1.0,
    Kind.READ_TIME: 1.0,
    Kind.DATE: 0.0,
    Kind.AUTHOR: 0.0,
    Kind.LABEL: -1.0,
    Kind.TITLE: 0.0,
}


def _beginning(gap: Record, split: int, anchor: Item) -> float:
    """How well a new card could begin at `gap[split]`, or with the anchor behind the gap."""
    last = gap[split - 1].kind if split else anchor.kind
    first = gap[split] if split < len(gap) else anchor
    score = _WORTH_LAST[last] + _WORTH_FIRST[first.kind] + 6 * first.glued + 4 * first.marked
    if first.joined and not first.glued:
        score -= 4  # in the middle of a line
    if first.blank_before > min((item.blank_before for item in (*gap, anchor) if item is not first), default=0):
        score += 2
    has_title, has_prose = (any(item.kind is kind for item in gap) for kind in (Kind.TITLE, Kind.PROSE))
    if last is Kind.TITLE and has_prose:
        score -= 2  # the prose is its own
    if first.kind is Kind.PROSE and has_title:
        score -= 2
    return score


def _like(items: Record, others: Sequence[Record]) -> list[Item]:
    """As many of `items`, nearest the anchor first, as look like the same part of another card: the same run of titles and
    prose, with whatever dates, authors and labels stand among them."""
    best = 0
    for shape in {(tuple(kind for kind in _kinds(other) if kind in _TEXT), frozenset(_kinds(other))) for other in others}:
        texts, kinds = list(shape[0]), shape[1]
        length = complete = 0
        for length, item in enumerate(items[: 2 * _LONGEST_CARD], start=1):
            if texts and item.kind is texts[0]:
                texts.pop(0)
            elif item.kind in _TEXT or (item.kind not in kinds and (item.kind is Kind.FURNITURE or not texts)):
                break
            if not texts:
                complete = length
        best = max(best, complete)
    return list(items[:best])


_TEXT = (Kind.TITLE, Kind.PROSE)


def _lone(items: Record) -> list[Item]:
    """The items beside the only anchor, nearest first, up to the first that can't be the same card's."""
    kept: list[Item] = []
    for item in items[:_LONGEST_CARD]:
        kinds = _kinds(kept)
        if item.kind is Kind.FURNITURE or item.kind in kinds or (item.kind is Kind.PROSE and Kind.TITLE in kinds):
            break
        kept.append(item)
    return kept


def _from_marks(items: Sequence[Item]) -> list[Record]:
    """Cards that begin with a Markdown heading, link or list mark and have a sentence to them."""
    starts = [place for place, item in enumerate(items) if item.marked and item.kind is Kind.TITLE]
    records: list[Record] = []
    for start, end in pairwise([*starts, len(items)]):
        record = [items[start]]
        for item in items[start + 1 : end]:
            if item.kind is Kind.FURNITURE or (item.kind is Kind.TITLE and record[-1].kind is Kind.PROSE):
                break
            record.append(item)
        if any(item.kind is Kind.PROSE for item in record):
            records.append(record)
    return records if len(records) >= _FEWEST_WITHOUT_READ_TIME else []


def _label_column(records: Sequence[Record]) -> frozenset[int]:
    """The `id`s of items that stand above the cards' headlines as a few words: categories, though they don't recur.

    A page of three cards, one each of "News", "Opinion" and "Press release", has no label twice. It is the column that tells:
    two headlines stacked in a card, where the others have them too or have a known label, are none.
    """
    stacked = [pair for pair in map(_stacked, records) if pair is not None]
    labelled = sum(any(item.kind is Kind.LABEL for item in record) for record in records)
    if not stacked or len(records) < 2 or len(stacked) + labelled < _STACKED_SHARE * len(records):
        return frozenset()
    if 2 * sum(len(above.text) for above, _ in stacked) > sum(len(below.text) for _, below in stacked):
        return frozenset()
    return frozenset(id(above) for above, _ in stacked)


def _odd_labels(records: Sequence[Record]) -> frozenset[int]:
    """The `id`s of categories that stand on the page only once: where most cards have a known label, a card that has none has
    one short line more than they have."""
    texts = [[item for item in record if item.kind in _TEXT] for record in records]
    labelled = [any(item.kind is Kind.LABEL for item in record) for record in records]
    # The first card's head may still hold the page's own heading.
    counts = Counter(len(text) for text, known in zip(texts[1:], labelled[1:], strict=True) if known)
    if not counts or 2 * counts.total() < len(records) - 1:
        return frozenset()
    usual = max(counts, key=lambda size: (counts[size], size))
    return frozenset(
        id(text[0])
        for text, known in zip(texts, labelled, strict=True)
        if not known and len(text) == usual + 1 and text[0].kind is Kind.TITLE and len(text[0].text.split()) <= _STACKED_WORDS
    )


def _stacked(record: Record) -> tuple[Item, Item] | None:
    """A card's two headlines, where it has two, no label, and the first is short enough for one."""
    if any(item.kind is Kind.LABEL for item in record):
        return None
    text = [item for item in record if item.kind in _TEXT]
    if len(text) < 2 or text[0].kind is not Kind.TITLE or text[1].kind is not Kind.TITLE:
        return None
    return (text[0], text[1]) if len(text[0].text.split()) <= _STACKED_WORDS else None
