"""What one look changes in a page's history: which spans go on, which end, which begin. Pure: no database, no clock.

A span says that one wording of one article stood on the page, in one place of its order, from one look to another. Everything a
later look asks is answered by the spans, so this is where history is decided.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from storage.wordings import FieldChange, Wording, changes_between, completed, content


class Standing(NamedTuple):
    """A span that no look has ended yet."""

    article: str  # the article's key
    wording: Wording
    slot: float  # order key on the page; no two that stand share one
    first_crawl: int  # with the slot, the span's name in the archive
    revision_id: int


class Seen(NamedTuple):
    """A card of the look that is being recorded."""

    article: str
    wording: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A span that begins with this look."""

    slot: float
    article: str
    wording: Wording  # what the card doesn't say is taken from the span it replaces
    card: int  # index into the look's cards
    replaces: Standing | None  # the same article's span that ends for it; None: the article has no span left to end
    changes: tuple[FieldChange, ...]  # against `replaces`; () also where a field was only read for the first time


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to write. Spans in none of the tuples go on standing without a word."""

    closed: tuple[Standing, ...]
    opened: tuple[Opening, ...]  # in page order
    arrived: frozenset[str]  # articles that stand now and didn't: new, or back
    absent: frozenset[str]  # articles that stood and don't now
    reworded: int  # cards with a changed field
    moved: int  # cards that kept their wording and passed another


def decide(standing: Sequence[Standing], cards: Sequence[Seen]) -> Decision:
    """Compares what stood on the page at its last good look (`standing`, in any order) with what stands now (in page order).

    Each card goes on with a span of its article, if one is left: first with one that says the same, else in the order of the page.
    Of these pairs a longest run in unchanged order stays in place; a card outside it has passed another, so its span ends and one
    with a new slot begins. An article can stand on a page several times; each of its cards is a pair of its own.
    """
    standing = sorted(standing, key=lambda span: span.slot)
    partners = _pair(standing, cards)
    in_place = _longest_rising([partner.slot if partner else None for partner in partners])
    slots = _slots([partner.slot if partner and stays else None for partner, stays in zip(partners, in_place, strict=True)])
    closed: list[Standing] = []
    opened: list[Opening] = []
    reworded = moved = 0
    for index, (card, partner, slot) in enumerate(zip(cards, partners, slots, strict=True)):
        if partner is None:
            opened.append(Opening(slot=slot, article=card.article, wording=card.wording, card=index, replaces=None, changes=()))
            continue
        if card.wording == partner.wording and slot == partner.slot:
            continue  # as nearly every card, nearly every night
        wording = completed(card.wording, partner.wording)
        same = content(wording) == content(partner.wording)
        if same and slot == partner.slot:
            continue
        if same:
            wording = partner.wording
        changes = () if same else changes_between(partner.wording, wording)
        closed.append(partner)
        opened.append(Opening(slot=slot, article=card.article, wording=wording, card=index, replaces=partner, changes=changes))
        reworded += bool(changes)
        moved += same and not in_place[index]
    paired = {id(partner) for partner in partners if partner is not None}
    closed += [span for span in standing if id(span) not in paired]
    before = {span.article for span in standing}
    now = {card.article for card in cards}
    return Decision(
        closed=tuple(closed),
        opened=tuple(opened),
        arrived=frozenset(now - before),
        absent=frozenset(before - now),
        reworded=reworded,
        moved=moved,
    )


def _pair(standing: Sequence[Standing], cards: Sequence[Seen]) -> list[Standing | None]:
    """For each card the standing span that it goes on with; None: there is none left of its article."""
    spans_of: defaultdict[str, list[Standing]] = defaultdict(list)
    for span in standing:
        spans_of[span.article].append(span)
    cards_of: defaultdict[str, list[int]] = defaultdict(list)
    for index, card in enumerate(cards):
        cards_of[card.article].append(index)
    partners: list[Standing | None] = [None] * len(cards)
    for article, indexes in cards_of.items():
        spans = spans_of.get(article, [])
        if len(spans) == len(indexes) == 1:
            partners[indexes[0]] = spans[0]
        else:
            for index, partner in zip(indexes, _partners([cards[index].wording for index in indexes], spans), strict=True):
                partners[index] = partner
    return partners


def _partners(wordings: Sequence[Wording], spans: Sequence[Standing]) -> list[Standing | None]:
    """As `_pair`, for the cards of one article: first whoever says the same, then whoever may, then whoever is left, in order.

    A page can carry a thousand cards of one article, so nothing here compares each with each by reading both in full.
    """
    partners: list[Standing | None] = [None] * len(wordings)
    contents = [content(wording) for wording in wordings]
    said = [content(span.wording) for span in spans]
    saying: defaultdict[object, deque[int]] = defaultdict(deque)
    for number, what in enumerate(said):
        saying[what].append(number)
    left = dict.fromkeys(range(len(spans)))  # numbers of spans, in order
    for index, what in enumerate(contents):
        if saying[what]:
            number = saying[what].popleft()
            del left[number]
            partners[index] = spans[number]
    items = {number: frozenset(said[number]) for number in left}
    for index, what in enumerate(contents):
        if partners[index] is not None:
            continue
        says = frozenset(what)
        candidates = (number for number in left if _may_go_on(says - items[number], said[number]))
        found = next((n for n in candidates if content(completed(wordings[index], spans[n].wording)) == said[n]), None)
        if found is not None:
            del left[found]
            partners[index] = spans[found]
    unpaired = [index for index, partner in enumerate(partners) if partner is None]
    for index, number in zip(unpaired, left, strict=False):
        partners[index] = spans[number]
    return partners


def _may_go_on(only_the_card_says: frozenset[tuple[str, str | int]], said: tuple[tuple[str, str | int], ...]) -> bool:
    """Whether it is worth completing the card from the span: whatever the card says the span must have said, but for the text of a date,
    which gives way where the span had none that says the date by itself."""
    if len(only_the_card_says) > 1:
        return False
    gives_way = all(field == "published_raw" for field, _ in only_the_card_says)
    return not only_the_card_says or (gives_way and all(field != "published_raw" for field, _ in said))


def _longest_rising(slots: Sequence[float | None]) -> list[bool]:
    """Which of the slots make up a longest strictly rising subsequence (patience sorting). None never does."""
    ends: list[float] = []  # ends[k]: the smallest slot that a rising subsequence of k + 1 ends with
    at: list[int] = []  # its index
    before: list[int] = [-1] * len(slots)
    for index, slot in enumerate(slots):
        if slot is None:
            continue
        length = bisect_left(ends, slot)
        before[index] = at[length - 1] if length else -1
        if length == len(ends):
            ends.append(slot)
            at.append(index)
        else:
            ends[length] = slot
            at[length] = index
    chosen = [False] * len(slots)
    index = at[-1] if at else -1
    while index >= 0:
        chosen[index] = True
        index = before[index]
    return chosen


def _slots(kept: Sequence[float | None]) -> list[float]:
    """A slot for every card, rising: the given ones where there are some, between and around them new ones.

    Halving a gap again and again runs out of numbers after some fifty times; then all get new slots, and every span begins anew.
    """
    slots: list[float] = []
    low: float | None = None  # the last given slot
    waiting = 0  # cards without one since
    for slot in kept:
        if slot is None:
            waiting += 1
        else:
            slots += _between(low, slot, waiting)
            slots.append(slot)
            low, waiting = slot, 0
    slots += _between(low, None, waiting)
    if any(first >= second for first, second in pairwise(slots)):
        return [float(place) for place in range(1, len(kept) + 1)]
    return slots


def _between(low: float | None, high: float | None, count: int) -> list[float]:
    if high is None:
        return [(low or 0.0) + step for step in range(1, count + 1)]
    if low is None:
        return [high - step for step in range(count, 0, -1)]
    return [low + (high - low) * step / (count + 1) for step in range(1, count + 1)]
