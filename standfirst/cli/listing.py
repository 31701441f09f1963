"""A Listing on the terminal or as rows: what `try` and `add` show."""

from __future__ import annotations

import click

from scraper.cards import Card, Listing
from standfirst.cli.output import card_lines, chosen_format, emit, json_text, note, printable, terminal_width

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
    for group in listing.explanation:
        note("  ".join(f"{key}={printable(value)}" for key, value in group.items()))
    for card in listing.cards:
        note(f"{card.position:>3}  sure {card.confidence:.2f}  {json_text(dict(card.origin))}")
