"""`standfirst status`"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from standfirst.cli.options import archive_option, config_option, open_archive_to_read, utc_now
from standfirst.cli.output import Column, chosen_format, emit, format_option, note

COLUMNS = (
    Column(key="source", header="source"),
    Column(key="last_good_at", header="last good look"),
    Column(key="cards", header="cards", right=True),
    Column(key="new_this_week", header="new this week"),
    Column(key="trouble", header="trouble", grows=True),
)
BARS = "▁▂▃▄▅▆▇█"


@click.command()
@format_option
@archive_option
@config_option
def status(fmt: str | None, archive_path: Path | None, config_path: Path | None) -> None:
    """A line a source: last good look, cards standing, new cards this week day by day, trouble."""
    from schedules.service_state import MEMORY, service_trouble

    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.status(now=utc_now())
        lies = reader.load_memory("validators")
        service = service_trouble(reader.load_memory(MEMORY), now=utc_now())
    if chosen_format(fmt) == "table":
        rows = [{**row, "new_this_week": sparkline(row["new_by_day"])} for row in rows]
    emit(rows, fmt, columns=COLUMNS, empty="no source was looked at yet; see `standfirst crawl`")
    for url, lie in lies.items() if isinstance(lies, dict) else ():
        note(f"{url}: is asked for in full each time, because its validators lied: {lie}")
    for sentence in service:
        note(sentence)


def sparkline(counts: Sequence[int]) -> str:
    """One bar a day, oldest first, the highest for the largest count, with the sum: "▁▁▃█▁▁▂ 14"."""
    top = max([*counts, 1])
    bars = "".join(BARS[count * (len(BARS) - 1) // top] for count in counts)
    return f"{bars} {sum(counts)}"
