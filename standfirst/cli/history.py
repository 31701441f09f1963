"""`standfirst history`"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from standfirst.cli.options import archive_option, card_argument, config_option, open_archive_to_read
from standfirst.cli.output import Column, chosen_format, emit, format_option

COLUMNS = (
    Column(key="kind", header="was"),
    Column(key="on", header="on", grows=True),
    Column(key="first_seen", header="from"),
    Column(key="last_seen", header="to"),
    Column(key="looks", header="looks", right=True),
    Column(key="place", header="place", right=True),
    Column(key="reworded", header="reworded", below=True),
    Column(key="title", header="title", grows=True),
    Column(key="read_time_minutes", header="min", right=True),
)


@click.command()
@card_argument
@format_option
@archive_option
@config_option
def history(card: str, fmt: str | None, archive_path: Path | None, config_path: Path | None) -> None:
    """Everything known of one card: its wordings, where it stood and how high, from when to when, and when it was absent.

    CARD is a URL, an article's number, or a part of a URL or title that fits one article only.

    \b
    Examples:
      standfirst history https://cities.example/latest/harbour-plan/
      standfirst history harbour-plan
      standfirst history night buses
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.history(card)
    if chosen_format(fmt) == "table":
        rows = [{**row, "on": path_of(row["page"]), "place": place(row["first_position"], row["last_position"])} for row in rows]
    emit(rows, fmt, columns=COLUMNS, empty="no history")


def path_of(url: str) -> str:
    """The part of a page's URL that tells it from the source's other pages: "/latest/page/2/"."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def place(first: int | None, last: int | None) -> str:
    """From which position to which the card went while it stood: "2 > 4"; "" for an absence."""
    if first is None:
        return ""
    return str(first) if first == last else f"{first} > {last}"
