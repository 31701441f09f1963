"""`standfirst cards`"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from standfirst.cli.options import archive_option, config_option, moment, open_archive_to_read, source_option
from standfirst.cli.output import (
    card_lines,
    cell_width,
    chosen_format,
    clip,
    emit,
    format_option,
    note,
    printable,
    terminal_width,
)


@click.command()
@source_option
@click.option(
    "--at", "at", metavar="WHEN", help="As they stood then: 2024-05-24 (at its end, UTC), 2024-05-24T02:00Z, or 7d ago."
)
@format_option
@archive_option
@config_option
def cards(source: str | None, at: str | None, fmt: str | None, archive_path: Path | None, config_path: Path | None) -> None:
    """The cards that stand on the pages, in page order, as of the last good look (or of the last one before --at).

    \b
    Examples:
      standfirst cards --source cities
      standfirst cards --at 2024-05-24 --format csv
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.cards(source=source, at=moment(at, end_of_day=True))
    nothing = "no cards: no page was read by then" if at is not None else "no cards: no page was read yet; see `standfirst crawl`"
    if chosen_format(fmt) != "table":
        emit(rows, fmt, columns=(), empty=nothing)
        return
    if not rows:
        note(nothing)
    width = terminal_width()
    for (slug, page, seen_at), group in groupby(rows, key=lambda row: (row["source"], row["page"], row["seen_at"])):
        before, after = printable(f"{slug}  "), printable(f"  seen {seen_at}")
        room = None if width is None else max(16, width - cell_width(before + after))
        click.echo(click.style(before + clip(printable(page), room) + after, underline=True))
        for line in card_lines(group, width=width):
            click.echo(line)
