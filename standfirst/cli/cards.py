"""`standfirst cards`"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from standfirst.cli.options import archive_option, config_option, moment, open_archive_to_read, source_option
from standfirst.cli.output import card_lines, chosen_format, emit, format_option, note, printable, terminal_width


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
    if chosen_format(fmt) != "table":
        emit(rows, fmt, columns=(), empty="no cards: no page was read by then")
        return
    if not rows:
        note("no cards: no page was read by then")
    for (slug, page, seen_at), group in groupby(rows, key=lambda row: (row["source"], row["page"], row["seen_at"])):
        click.echo(click.style(printable(f"{slug}  {page}  seen {seen_at}"), underline=True))
        for line in card_lines(group, width=terminal_width()):
            click.echo(line)
