"""Recipes learned from a good look: the shortest selectors that give what the full method found on the same page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from scraper.cards import Card, Listing
from scraper.decode import decode
from scraper.extract.verdicts import without_body
from scraper.listing import extract_listing
from scraper.recipe import FIELDS, Expects, Reading, Recipe
from scraper.recipe_cards import cards_found, find_card_selector
from scraper.recipe_check import own_site_share, shares_of
from scraper.recipe_next import find_next_page
from scraper.recipe_outline import Outline, inner_selectors, reading_cost
from scraper.recipe_read import Cells, Sheet, values_of
from scraper.recipe_values import parts_of
from scraper.urls import canonical_url

AGREEMENT = 0.95
"""The share of the cards on which a selector has to give what the full method gave. Title and link: on all."""

_FEWEST, _MOST = 0.4, 3.0  # of the cards there were: the range that is expected
_SAMPLE = 10  # cards whose elements are tried as places of a value
_TRIED = 60  # selectors a field, the likeliest first
_FALLBACKS = 3  # readings of one field
_PICTURES = ("src", "data-src", "data-lazy-src", "data-original", "srcset", "data-srcset", "style", "data-bg")
_ATTRIBUTES = {
    "title": ("aria-label", "title", "alt"),
    "url": ("href", "data-href", "onclick"),
    "published": ("datetime", "content", "title"),
    "read_time": ("content", "datetime"),
    "image": _PICTURES,
}
_JOINED = ("blurb", "author")  # fields that may stand in several elements
_ONLY_ATTRIBUTES = ("url",)  # fields that no text says
_IN_PARTS = (
    "title",
    "published",
    "author",
    "category",
)  # fields that may be a part of a text: of "24 May · Ada Voss · 3 min" the second
_MOST_PARTS = 8
_PAIRED = 10  # places of a value of which two are tried together
_ALL_WORDS = Reading("")

_ANY = object()  # in a column: the row shows a card again that stood further up, and what is read of it doesn't matter

Members = list[list[tuple[int, int, bool]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a look taught."""

    recipe: Recipe | None
    reason: (
        str  # in words: why there is none, or why it names only the cards, or only watches; "" where it names all that they show
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """What one reading gives."""

    values: list[Any]  # one a row
    right: int  # rows
    rank: tuple[int, int, float, str]  # wrong less right, wrong, price, and the reading itself: lower is better


def learn_recipe(html: bytes | str, listing: Listing, url: str, *, learned_on: date, content_type: str | None = None) -> Lesson:
    """A recipe for the page at `url` from `listing`, which the full method read from the same `html`.

    Where it gives the listing's cards again, all and in order, and their fields too (each on AGREEMENT of the cards), it is a recipe
    that reads only what it names. Where it gives the cards again, it names them and leaves their fields to the general method.
    Otherwise it only watches: its selector finds most of the cards, and tells when it doesn't any more.
    """
    listing = replace(listing, cards=tuple(map(_undated_by_age, listing.cards)))
    cards = listing.cards
    if not cards:
        return Lesson(recipe=None, reason=f"no cards on the page: {listing.reason}")
    if any(card.origin.get("title", "").startswith(("state ", "json-ld")) for card in cards):
        return Lesson(recipe=None, reason="the cards stand in the data for the page's script, where no selector reaches")
    text = decode(html, content_type).text if isinstance(html, bytes) else html
    finding = without_body(text, content_type)
    if finding is not None:
        return Lesson(recipe=None, reason=f"selectors are for web pages: {finding.reason}")
    outline = Outline(LexborHTMLParser(text), url)
    expects = _expected(cards, url)
    reasons: list[str] = []
    found: list[Recipe] = []
    for siblings, before in ((False, False), (True, False), (True, True)):
        css = find_card_selector(outline, cards, siblings=siblings, before=before)
        if css is None:
            continue
        bare = Recipe(card=css, siblings=siblings, expects=expects, learned_on=learned_on)
        found.append(bare)
        recipe, reason = _with_readings(outline, bare, listing, url)
        if recipe is not None:
            return Lesson(recipe=recipe, reason="")
        reasons.append(reason)
    for bare, reason in zip(found, reasons, strict=True):
        again = extract_listing(html, url, recipe=bare, content_type=content_type)
        if again.drift is None and agree(again.cards, cards):
            return Lesson(recipe=bare, reason=reason)
    if found:
        reason = f"with its selector {found[0].card!r} the page isn't read as without; and {reasons[0]}"
    else:
        reason = "no selector of few words tells the cards from the rest of the page"
    css = find_card_selector(outline, cards, siblings=False, partly=True)
    if css is None:
        return Lesson(recipe=None, reason=reason)
    there = [cards[index] for index in sorted(cards_found(outline, cards, css))]
    watching = Recipe(card=css, watch=True, expects=_expected(there, url), learned_on=learned_on)
    again = extract_listing(html, url, recipe=watching, content_type=content_type)
    return Lesson(recipe=watching if again.drift is None else None, reason=reason)


def _undated_by_age(card: Card) -> Card:
    """The card as who doesn't know the time of the look would read it: "yesterday" stays without a date."""
    return replace(card, published_on=None) if "relative" in card.origin.get("published_on", "") else card


def _with_readings(outline: Outline, bare: Recipe, listing: Listing, url: str) -> tuple[Recipe | None, str]:
    """The recipe with a reading for every field that the cards show; or None and the field that defied it."""
    sheet = Sheet(outline.parser, url, bare)
    rows = _rows(sheet, outline, listing.cards)
    if rows is None:
        return None, "the selector finds the cards in another order"
    members = _members(sheet, outline)
    readings: dict[str, tuple[Reading, ...]] = {}
    for name in FIELDS:
        column = [row if row is _ANY else row.get(name) for row in rows]
        if all(value is None or value is _ANY for value in column):
            continue
        enough = len(column) if name in ("title", "url") else AGREEMENT * len(column)
        taken, right = _readings(outline, sheet, members, name, column)
        if right < enough and (name in _IN_PARTS or name in _JOINED):
            taken, right = _readings(outline, sheet, members, name, column, further=True)
        if taken and right >= enough:
            readings[name] = taken
        else:
            return None, f"{name}: the best selector agrees on {right} of {len(column)} cards"
    next_page = None
    if listing.next_page_url is not None:
        next_page = find_next_page(outline, listing.next_page_url)
        if next_page is None:
            return None, "next_page: no selector tells the link to the older cards from others"
    recipe = replace(bare, readings=readings, only=True, next_page=next_page)
    return _proved(recipe, outline, listing, url)


def _proved(recipe: Recipe, outline: Outline, listing: Listing, url: str) -> tuple[Recipe | None, str]:
    """The recipe, if it gives the listing again."""
    again = Sheet(outline.parser, url, recipe).cards()
    return (recipe, "") if agree(again, listing.cards) else (None, "the recipe gives other cards")


def agree(again: Sequence[Card], cards: Sequence[Card]) -> bool:
    """Whether these are the same cards in the same order, each field the same on AGREEMENT of them."""
    if [_key(card) for card in again] != [_key(card) for card in cards]:
        return False
    pairs = [(values_of(one), values_of(other)) for one, other in zip(again, cards, strict=True)]
    return all(
        sum(same(name, one.get(name), other.get(name)) for one, other in pairs) >= AGREEMENT * len(pairs) for name in FIELDS
    )


def same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same: addresses by where they lead, read times by their minutes."""
    if other is _ANY:
        return True
    if one is None or other is None:
        return one is other
    if name == "url":
        return canonical_url(one) == canonical_url(other)
    if name == "read_time":
        return bool(one[0] == other[0])
    if name == "published":
        return bool(one[0] == other[0] if one[0] else one[:2] == other[:2])
    return bool(one == other)


def _key(card: Card) -> tuple[str | None, str | None]:
    return card.title, canonical_url(card.url) if card.url else None


def _expected(cards: Sequence[Card], url: str) -> Expects:
    low = max(1, round(len(cards) * _FEWEST))
    shares = {name: round(share, 2) for name, share in shares_of(cards).items() if share >= 0.5}
    own = own_site_share(cards, url)
    return Expects(
        cards=(low, round(len(cards) * _MOST)), shares=shares, own_site=round(own, 2) if own is not None and own >= 0.5 else None
    )


def _rows(sheet: Sheet, outline: Outline, cards: Sequence[Card]) -> list[Any] | None:
    """For each of the sheet's rows the fields that the listing's card there shows, {} for a row without a card, and _ANY for one
    that shows a card again; None where the cards stand in another order."""
    seen: dict[int, list[int]] = {}
    for element, index in outline.anchors(cards):
        row = sheet.row_of(outline.nodes[element])
        if row >= 0:
            seen.setdefault(index, []).append(row)
    own: dict[int, int] = {}
    for element, index in outline.own_anchors(cards):
        row = sheet.row_of(outline.nodes[element])
        if row >= 0:
            own.setdefault(index, row)
    firsts = [own[index] for index in range(len(cards)) if index in own]
    if len(firsts) < len(cards) or firsts != sorted(set(firsts)):
        return None
    rows: list[Any] = [{} for _ in range(sheet.rows)]
    for again in seen.values():
        for row in again:
            rows[row] = _ANY
    for card, row in zip(cards, firsts, strict=True):
        rows[row] = values_of(card)
    return rows


def _members(sheet: Sheet, outline: Outline) -> Members:
    """For each row its elements: number, number of the outermost one around it in the card, and whether that begins the card."""
    members: Members = [[] for _ in range(sheet.rows)]
    tops: dict[int, int] = {}
    for number, node in enumerate(outline.nodes):
        row = sheet.row_of(node)
        if row < 0:
            continue
        top = tops[number] = number if sheet.begins(node) else tops.get(outline.parents[number], number)
        members[row].append((number, top, sheet.is_card(outline.nodes[top])))
    return members


def _readings(
    outline: Outline, sheet: Sheet, members: Members, name: str, column: Sequence[Any], *, further: bool = False
) -> tuple[tuple[Reading, ...], int]:
    """The readings that give the column, the first that gives a value winning, and on how many cards they are right. `further`: also
    readings that hold less well, of parts of a text (which are counted) and of what stands in two places of a card."""
    taken: list[Reading] = []
    values: list[Any] = [None] * len(column)
    right = _agreeing(name, values, column)
    tried: dict[Reading, _Trial] = {}
    while len(taken) < _FALLBACKS and right < len(column):
        # The places of the cards that are still wrong: cards of one list may come in two or three layouts.
        rows = [row for row, true in enumerate(column) if true is not None and not same(name, values[row], true)]
        tried |= _trials(outline, sheet, members, name, column, rows, tried, further=further)
        best: tuple[int, list[Reading], list[Any]] | None = None
        for reading, trial in sorted(tried.items(), key=lambda item: item[1].rank):
            # Behind the others it fills what they leave out; before them it corrects what they get wrong.
            for order, first, second in (
                ([*taken, reading], values, trial.values),
                ([reading, *taken], trial.values, values),
            ):
                merged = [value if value is not None else other for value, other in zip(first, second, strict=True)]
                now = _agreeing(name, merged, column)
                if now > (best[0] if best else right):
                    best = now, order, merged
        if best is None:
            break
        right, taken, values = best
    return tuple(taken), right


def _agreeing(name: str, values: Sequence[Any], column: Sequence[Any]) -> int:
    return sum(same(name, value, true) for value, true in zip(values, column, strict=True))


def _trials(
    outline: Outline,
    sheet: Sheet,
    members: Members,
    name: str,
    column: Sequence[Any],
    rows: Sequence[int],
    tried: Container[Reading],
    *,
    further: bool,
) -> dict[Reading, _Trial]:
    """What readings that haven't been tried give for the column, taken from where the values of some rows stand."""
    trials: dict[Reading, _Trial] = {}
    places: dict[frozenset[int], tuple[float, Reading]] = {}  # what was found by a reading's selector
    for price, reading in _candidates(outline, sheet, members, name, column, rows, further=further):
        if reading in tried:
            continue
        try:
            cells = sheet.cells(name, reading)
        except SelectolaxError:
            continue
        trials[reading] = trial = _trial(sheet, name, column, price, reading, cells)
        if trial.right == len(column) and price < 0.2:
            return trials
        if reading.attribute is None and reading.css != ":scope":
            places.setdefault(frozenset(node.mem_id for cell in cells for _, node in cell), (price, reading))
    if further and name in _JOINED:
        for (one, (price, reading)), (other, (more, second)) in combinations(list(places.items())[:_PAIRED], 2):
            if not one & other:
                both = Reading(f"{reading.css}, {second.css}")
                trials[both] = _trial(sheet, name, column, price + more, both, sheet.cells(name, both))
    return trials


def _trial(sheet: Sheet, name: str, column: Sequence[Any], price: float, reading: Reading, cells: Cells) -> _Trial:
    got = sheet.parsed(name, reading, cells)
    if name not in _JOINED:  # where the first of several is meant, the second may be the first tomorrow
        price += min(1.5, max(0.0, sum(map(len, cells)) / max(1, sum(map(bool, cells))) - 1))
    if name == "url":  # that of the headline before "#more" of the same story
        price += sum(value != true for value, true in zip(got, column, strict=True)) / len(column)
    right = _agreeing(name, got, column)
    wrong = sum(value is not None and not same(name, value, true) for value, true in zip(got, column, strict=True))
    return _Trial(got, right, (wrong - right, wrong, price, str(reading)))


def _candidates(
    outline: Outline, sheet: Sheet, members: Members, name: str, column: Sequence[Any], rows: Sequence[int], *, further: bool
) -> Iterator[tuple[float, Reading]]:
    """Places of elements that give the values of these rows, the likeliest first, each with its price."""
    votes: Counter[Reading] = Counter()
    excess: Counter[Reading] = Counter()  # characters around the value, over all votes
    for row in rows[:: max(1, len(rows) // _SAMPLE)]:
        for number, top, scope in members[row]:
            node = outline.nodes[number]
            for reading in (
                *_ways(name, node.attributes, whole=scope and number == top),
                *(_parts(node) if further and name in _IN_PARTS else ()),
            ):
                value = sheet.value(name, reading, node)
                if value is None:
                    continue
                piece = name in _JOINED and len(value) >= 3 and value in column[row]
                if piece or same(name, value, column[row]):
                    around = _around(name, outline, number, column[row]) if reading == _ALL_WORDS else 0
                    for css in set(inner_selectors(outline, number, top, scope=scope)):
                        votes[replace(reading, css=css)] += 1
                        excess[replace(reading, css=css)] += around
    prices = {reading: reading_cost(reading) + min(1.0, 0.1 * excess[reading] / votes[reading]) for reading in votes}
    order = sorted(votes, key=lambda reading: (-votes[reading], prices[reading], str(reading)))
    whole = [reading for reading in order if reading.part is None]
    divided = [reading for reading in order if reading.part is not None]
    yield from ((prices[reading], reading) for reading in whole[:_TRIED] + divided[:_TRIED])


def _around(name: str, outline: Outline, number: int, value: Any) -> int:
    """Characters of the element's words beside a value that is found among them."""
    if name not in ("published", "read_time"):
        return 0
    return max(0, len(outline.text(number)) - len(value[1]))


def _ways(name: str, present: Container[str], *, whole: bool) -> Iterator[Reading]:
    """The ways to read a field in an element, of all that is `whole` a card: its words, and each attribute that may hold it."""
    if name not in _ONLY_ATTRIBUTES:
        yield _ALL_WORDS
    for attribute in _ATTRIBUTES.get(name, ()):
        if attribute in present or (whole and attribute == "href"):  # of a card also the address of the link around it
            yield Reading(":scope" if whole else "", attribute)


def _parts(node: Any) -> Iterator[Reading]:
    """Each part of the element's words, counted from both ends."""
    parts = len(parts_of(node)) if node.first_child is not None else 0
    if 1 < parts <= _MOST_PARTS:
        for part in range(1, parts + 1):
            yield Reading("", part=part)
            yield Reading("", part=part - parts - 1)
