"""Pages whose bytes are their cards as JSON, and two extractors for them: one that misses blurbs, and a better one. For worker processes too."""

from __future__ import annotations

import json
from dataclasses import replace

from archives import card, listing

from scraper.cards import Card
from scraper.pages import Outcome
from storage.rereading import Reading, StoredPage


def body_of(cards: list[tuple[str, str, str | None]], comment: str = "") -> bytes:
    """Each card as (name, title, blurb)."""
    return json.dumps([comment, cards], ensure_ascii=False).encode()


def cards_in(body: bytes, *, blurbs: bool) -> list[Card]:
    return [card(name, title, blurb=blurb if blurbs else None) for name, title, blurb in json.loads(body)[1]]


def read_badly(stored: StoredPage) -> Reading:
    return _read(stored, blurbs=False)


def read_well(stored: StoredPage) -> Reading:
    return _read(stored, blurbs=True)


def read_no_ads(stored: StoredPage) -> Reading:
    """Takes cards called "ad" for none."""
    cards = [shown for shown in cards_in(stored.page.body, blurbs=False) if shown.title != "Ad"]
    return Reading(Outcome.OK if cards else Outcome.EMPTY, "", listing(cards))


def _read(stored: StoredPage, *, blurbs: bool) -> Reading:
    if stored.page.body.startswith(b"<wall>"):
        return Reading(Outcome.WALL, "a consent wall", None)
    cards = cards_in(stored.page.body, blurbs=blurbs)
    return Reading(Outcome.OK if cards else Outcome.EMPTY, "", listing(cards))


def read_counting(stored: StoredPage) -> Reading:
    """Says of each card which reading of the page this is and how many cards were known, and has a recipe for every second one."""
    number = 1 + (stored.notes or {"number": 0})["number"]
    reading = _read(stored, blurbs=False)
    if reading.listing is None:
        return reading
    told = f"reading {number}, {len(stored.known)} known"
    cards = [replace(shown, blurb=told) for shown in reading.listing.cards]
    recipe = '{"card": "article"}' if number % 2 == 0 else None
    return reading._replace(listing=listing(cards), recipe=recipe, notes={"number": number})
