"""Pages whose bytes are their cards as JSON, and two extractors for them: one that misses blurbs, and a better one. For worker processes too."""

from __future__ import annotations

import json

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
