"""A Listing on the terminal or as rows: what `try` and `add` show."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import groupby

import click

from scraper.cards import Card, Listing
from standfirst.cli.output import card_lines, chosen_format, clip, emit, hanging, note, printable, terminal_width

FIELDS = (
    "position",
    "title",
    "url",
    "blurb",
    "read_time_minutes",
    "read_time_raw",
    "published_on",
    "published_raw",
    "author",
    "category",
    "image_url",
    "confidence",
)


def card_row(card: Card, *, origin: bool = False) -> dict[str, object]:
    """The card as a flat row in the order of FIELDS; with `origin`, also where each field was read."""
    row: dict[str, object] = {name: getattr(card, name) for name in FIELDS}
    row["confidence"] = round(card.confidence, 3)
    if origin:
        row["origin"] = dict(card.origin)
    return row


def show_listing(listing: Listing, fmt: str | None, *, explain: bool) -> None:
    """Cards to stdout; verdict, next page, problems and explanation to stderr."""
    rows = [card_row(card, origin=explain) for card in listing.cards]
    if chosen_format(fmt) == "table":
        for line in card_lines(rows, width=terminal_width()):
            click.echo(line)
    else:
        emit(rows, fmt, columns=(), empty="no cards")
    note(f"{listing.verdict}: {listing.reason}")
    if listing.next_page_url:
        note(f"next page: {listing.next_page_url}")
    for feed in listing.feeds:
        note(f"feed: {feed}")
    for problem in listing.problems:
        note(f"problem: {problem}")
    if explain:
        _explain(listing)


def _explain(listing: Listing) -> None:
    if listing.charset:
        note(f"read as {listing.charset} (known from: {listing.charset_source})")
    width = terminal_width(sys.stderr)
    note("groups of blocks, with the score that each is a list of teasers and the numbers behind it:")
    for group in listing.explanation:
        for line in _group_lines(group, width=width):
            note(line)
    note("where each field was read, and how sure it is:")
    read = [
        (f"sure {card.confidence:.2f}  " + ", ".join(f"{field} {place}" for field, place in card.origin.items()))
        for card in listing.cards
    ]
    for words, cards in groupby(zip(read, listing.cards, strict=True), key=lambda pair: pair[0]):
        positions = [card.position for _, card in cards]
        first = f"{positions[0]}" if len(positions) == 1 else f"{positions[0]}-{positions[-1]}"
        for line in hanging(f"{first:>5}  ", words, width=width):
            note(line)


def _group_lines(group: Mapping[str, object], *, width: int | None) -> Iterator[str]:
    """A group as a person reads it: score, what became of it, its first titles; below, what the score was made of."""
    told = dict(group)
    score, decision, titles, cards = (told.pop(key) for key in ("score", "decision", "titles", "cards"))
    count = f"{cards} card{'' if cards == 1 else 's'}"
    shown = "; ".join(printable(title) for title in titles) if isinstance(titles, list) else ""
    yield clip(f"{score!s:>5}  {decision}, {count}: {shown}", width)
    yield from hanging("       ", "  ".join(f"{name}={value}" for name, value in told.items()), width=width)
