"""`standfirst history`"""

from __future__ import annotations

from pathlib import Path

import click

from standfirst.cli.options import archive_option, config_option, open_archive_to_read
from standfirst.cli.output import Column, emit, format_option

COLUMNS = (
    Column(key="kind", header="was"),
    Column(key="source", header="source"),
    Column(key="first_seen", header="from"),
    Column(key="last_seen", header="to"),
    Column(key="looks", header="looks", right=True),
    Column(key="best_position", header="best place", right=True),
    Column(key="last_position", header="last place", right=True),
    Column(key="reworded", header="reworded"),
    Column(key="title", header="title", grows=True),
    Column(key="read_time_minutes", header="min", right=True),
)


@click.command()
@click.argument("card")
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
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.history(card)
    emit(rows, fmt, columns=COLUMNS, empty="no history")
