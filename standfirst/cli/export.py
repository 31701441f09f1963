"""`standfirst export`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click

from standfirst.cli.options import archive_option, config_option, moment, open_archive_to_read, source_option
from standfirst.cli.output import note, whole_file


@click.command()
@click.argument("what", type=click.Choice(["cards", "changes", "gaps"]), default="cards")
@source_option
@click.option(
    "--at", metavar="WHEN", help="Cards as they stood then (a date: at its end, UTC). Default: at each page's last good look."
)
@click.option("--since", metavar="WHEN", help="Changes and gaps since then.")
@click.option("--until", metavar="WHEN", help="Changes and gaps before then.")
@click.option("--format", "fmt", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of stdout.")
@archive_option
@config_option
def export(
    what: str,
    source: str | None,
    at: str | None,
    since: str | None,
    until: str | None,
    fmt: str,
    output: Path | None,
    archive_path: Path | None,
    config_path: Path | None,
) -> None:
    """A snapshot of the cards, or the changes, or the gaps, as CSV or JSON lines.

    The same archive and the same --at give the same bytes, whatever was crawled since. Deposit the gaps beside the cards: they say
    when nobody could look.

    \b
    Examples:
      standfirst export --at 2024-05-24 -o cards.csv
      standfirst export gaps --format jsonl
    """
    from storage.export import export_cards, export_changes, export_gaps

    if what != "cards" and at is not None:
        raise click.UsageError(f"--at goes with cards; {what} take --since and --until")
    if what == "cards" and (since is not None or until is not None):
        raise click.UsageError("--since and --until go with changes and gaps; cards take --at")
    with open_archive_to_read(archive_path, config_path) as reader:

        def write(stream: TextIO) -> int:
            if what == "cards":
                return export_cards(reader, stream, fmt=fmt, source=source, at=moment(at, end_of_day=True))
            ask = export_changes if what == "changes" else export_gaps
            return ask(reader, stream, fmt=fmt, source=source, since=moment(since), until=moment(until))

        if output is None:
            # The bytes must be the same on every system: UTF-8, and line ends as the format says.
            sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
            write(sys.stdout)
        else:
            with whole_file(output) as stream:
                count = write(stream)
            note(f"{count} {what} written to {output}")
