"""`standfirst runs`"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from standfirst.cli.options import archive_option, config_option, open_archive_to_read
from standfirst.cli.output import Column, chosen_format, emit, format_option

COLUMNS = (
    Column(key="run_id", header="run", right=True),
    Column(key="started_at", header="began"),
    Column(key="duration", header="took", right=True),
    Column(key="end", header="exit code"),
    Column(key="looks", header="looks", right=True),
    Column(key="cards", header="cards", right=True),
    Column(key="new_cards", header="new", right=True),
    Column(key="outcomes", header="outcomes", grows=True),
    Column(key="command", header="command", grows=True),
)


@click.command()
@click.option("--limit", type=click.IntRange(1), default=30, show_default=True, metavar="N", help="The newest N.")
@format_option
@archive_option
@config_option
def runs(limit: int, fmt: str | None, archive_path: Path | None, config_path: Path | None) -> None:
    """The runs, newest first: when, how long, exit code, how their looks came out, what they brought.

    A run without an end is still running, or was killed; `standfirst crawl --resume` makes up for what it left over.

    \b
    Examples:
      standfirst runs
      standfirst runs --limit 5 --format jsonl
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.runs(limit=limit)
    if chosen_format(fmt) == "table":
        rows = [_shown(row) for row in rows]
    elif fmt == "csv":
        rows = [{**row, "outcomes": _in_words(row["outcomes"])} for row in rows]
    emit(rows, fmt, columns=COLUMNS, empty="no run was made yet; see `standfirst crawl`")


def _shown(row: Mapping[str, Any]) -> dict[str, object]:
    duration = row["duration_s"]
    end = "running or killed" if row["finished_at"] is None else "" if row["exit_code"] is None else str(row["exit_code"])
    return {
        **row,
        "duration": None
        if duration is None
        else f"{duration // 60} min {duration % 60:02} s"
        if duration >= 60
        else f"{duration} s",
        "end": end,
        "outcomes": _in_words(row["outcomes"]),
    }


def _in_words(outcomes: Mapping[str, int]) -> str:
    return ", ".join(f"{outcome}: {number}" for outcome, number in outcomes.items())
