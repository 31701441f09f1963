"""Cards as plain text, and what is to be read from it."""

from __future__ import annotations

from scraper.cards import Card, Listing, Verdict

PAGE = "https://cities.example/latest/"

CARDS = [
    {"category": "News", "date": "24 May 2024", "title": "Ferries for everyone", "blurb": "Harbour towns want a say in how the new ferry lines are drawn, say residents.", "read": "7 minute read"},
    {"category": "Opinion", "date": "22 May 2024", "title": "Trees before cars", "blurb": "A new plan for the harbour quarter puts trees where the car parks were.", "read": "4 minute read"},
    {"category": "News", "date": "20 May 2024", "title": "What the night buses changed", "blurb": "Less noise and more sleep, but who pays for the drivers after midnight?  The towns disagree.", "read": "12 minute read"},
    {"category": "News", "date": "17 May 2024", "title": "Nine mayors, one heat plan", "blurb": "They met in Lindwick to compare notes on shade, water and opening hours.", "read": "< 1 minute read"},
]  # fmt: skip
MENU = "City Network\nHome\nAbout us\nMembers\nLatest\nNews (120)\nOpinion (14)\n"
FOOTER = "\nLoad more\nPrivacy policy\n© 2026 City Network\nFollow us on the usual networks"
FULL = {"category": "category", "date": "published_on", "title": "title", "blurb": "blurb", "read": "read_time_minutes"}


def expected(card: dict[str, str], fields: list[str]) -> dict[str, object]:
    values: dict[str, object] = {
        "category": card["category"],
        "published_on": f"2024-05-{card['date'][:2]}",
        "title": card["title"],
        "blurb": " ".join(card["blurb"].split()),
        "read_time_minutes": int("".join(filter(str.isdigit, card["read"]))),
    }
    return {name: values[name] for name in (FULL[field] for field in fields)}


def shown(card: Card, fields: list[str]) -> dict[str, object]:
    return {FULL[field]: getattr(card, FULL[field]) for field in fields}


def check(listing: Listing, fields: list[str], cards: list[dict[str, str]] = CARDS) -> None:
    assert [shown(card, fields) for card in listing.cards] == [expected(card, fields) for card in cards]
    assert [card.position for card in listing.cards] == list(range(1, len(cards) + 1))
    assert listing.verdict is Verdict.LISTING
    for field in FULL.keys() - set(fields):
        assert all(getattr(card, FULL[field]) is None for card in listing.cards)


def card_texts(listing: Listing) -> list[tuple[str | None, str | None]]:
    return [(card.title, card.blurb) for card in listing.cards]
