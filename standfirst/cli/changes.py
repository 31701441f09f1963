"""`standfirst changes`"""

from __future__ import annotations

from pathlib import Path

import click

from standfirst.cli.options import archive_option, config_option, moment, open_archive_to_read, source_option
from standfirst.cli.output import (
    Row,
    cell_width,
    chosen_format,
    clip,
    emit,
    format_option,
    hanging,
    note,
    pad,
    printable,
    terminal_width,
)

NOTHING = "no changes in that time"


@click.command()
@source_option
@click.option("--since", metavar="WHEN", default="7d", show_default=True, help="2024-05-24, 2024-05-24T02:00Z, or 7d, 36h ago.")
@click.option("--until", metavar="WHEN", help="Default: now.")
@format_option
@archive_option
@config_option
def changes(
    source: str | None, since: str, until: str | None, fmt: str | None, archive_path: Path | None, config_path: Path | None
) -> None:
    """What came, was reworded, vanished and came back; and the gaps in which nobody could look.

    \b
    Examples:
      standfirst changes --since 2024-05-20 --source cities
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.changes(since=moment(since), until=moment(until), source=source)
    if chosen_format(fmt) != "table":
        emit(rows, fmt, columns=(), empty=NOTHING)
        return
    if not rows:
        note(NOTHING)
    aligned = max((cell_width(printable(row["source"])) for row in rows), default=0)
    for row in rows:
        for line in change_lines(row, width=terminal_width(), aligned=aligned):
            click.echo(line)


def change_lines(row: Row, *, width: int | None, aligned: int = 0) -> list[str]:
    """One change for a person: a line, and for a rewording the field before and after below it.

    `aligned`: cells that a source's name takes at least. A card that stood there at a page's first look is "there", not "new": nobody knows since when.
    """
    kind = "there" if row["kind"] == "new" and row["previous_look"] is None else str(row["kind"])
    subject = printable(f"{row['outcome']}: {row['detail']}" if kind == "gap" else row["title"] or row["url"])
    if kind == "reworded":
        subject = f"{row['field']}{' (in form only)' if row['boring'] else ''}: {subject}"
    before_kind = f"{row['at']}  {pad(printable(row['source']), aligned)}  "
    room = None if width is None else width - cell_width(before_kind) - 10
    lines = [f"{before_kind}{click.style(f'{kind:<8}', bold=True)}  {clip(subject, room)}"]
    if kind == "reworded":
        lines += [
            line  # whole: two blurbs may differ in their last word only
            for mark, value in (("  - ", row["before"]), ("  + ", row["after"]))
            for line in hanging(mark, printable(value), width=width)
        ]
    return lines
