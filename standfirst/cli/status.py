"""`standfirst status`"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standfirst.cli.options import archive_option, config_option, load, open_archive_to_read, utc_now
from standfirst.cli.output import Column, chosen_format, emit, format_option, in_megabytes, note

if TYPE_CHECKING:
    from schedules.health import SourceHealth

COLUMNS = (
    Column(key="source", header="source"),
    Column(key="last_good_at", header="last good look"),
    Column(key="cards", header="cards", right=True),
    Column(key="usual_cards", header="usually", right=True),
    Column(key="new_this_week", header="new this week"),
    Column(key="next_at", header="next", below=True),
    Column(key="trouble", header="trouble", grows=True),
)
WORTH_TELLING = 100_000  # bytes
BARS = "▁▂▃▄▅▆▇█"


@click.command()
@format_option
@archive_option
@config_option
def status(fmt: str | None, archive_path: Path | None, config_path: Path | None) -> None:
    """A line a source: last good look, cards standing and how many are usual, new cards this week day by day, when it is due, trouble.

    Trouble is what the last looks say: pages that could not be read, alarms that stand, sources that are disabled or were never
    looked at. With --archive nothing is asked of the configuration.

    \b
    Examples:
      standfirst status
      standfirst status --format jsonl
    """
    from schedules.health import health_of
    from schedules.memories import LIES
    from schedules.service_state import MEMORY, service_trouble
    from schedules.settings import AlarmSettings
    from storage.sizes import size_and_free

    now = utc_now()
    config = load(config_path) if archive_path is None or config_path is not None else None
    with open_archive_to_read(archive_path, config_path) as reader, reader.snapshot():
        looked_at = {row["source"]: row for row in reader.status(now=now)}
        settings = config.alarms if config is not None else AlarmSettings()
        rows = [_row(looked_at.get(source.source), source) for source in health_of(reader, config, looked_at, settings, now)]
        lies = reader.load_memory(LIES)
        service = service_trouble(reader.load_memory(MEMORY), now=now)
        size, free = size_and_free(reader)
    if chosen_format(fmt) == "table":
        rows = [_shown(row) for row in rows]
    emit(rows, fmt, columns=COLUMNS, empty="no source was looked at yet; see `standfirst crawl`")
    for url, lie in lies.items() if isinstance(lies, dict) else ():
        note(f"{url}: is asked for in full each time, because its validators lied: {lie}")
    for sentence in service:
        note(sentence)
    if chosen_format(fmt) == "table":
        note(
            f"{reader.path}: {in_megabytes(size)}"
            + (f", {in_megabytes(free)} of it free for later pages" if free >= WORTH_TELLING else "")
        )


def _row(looked_at: Mapping[str, object] | None, source: SourceHealth) -> dict[str, object]:
    """What the archive's question and the health of the source say, in one row."""
    row = dict(looked_at) if looked_at is not None else {**NEVER_LOOKED_AT, "source": source.source, "pages": len(source.pages)}
    trouble = [row.pop("trouble"), *source.trouble]
    return {
        **row,
        "usual_cards": source.usual_cards
        if row["pages"] == len(source.pages)
        else None,  # not where older pages are counted, too
        "enabled": source.enabled,
        "next_at": None if source.next_at is None else f"{source.next_at:%Y-%m-%dT%H:%M:%SZ}",
        "alarms": [alarm.as_row() for alarm in source.alarms],
        "trouble": "; ".join(str(words) for words in trouble if words is not None) or None,
    }


NEVER_LOOKED_AT: Mapping[str, object] = {
    "source": "",
    "pages": 0,
    "last_good_at": None,
    "cards": 0,
    "new_this_week": 0,
    "new_by_day": [0] * 7,
    "last_look_at": None,
    "last_outcome": None,
    "last_detail": None,
    "gap_s": None,
    "trouble": None,
}


def _shown(row: Mapping[str, Any]) -> dict[str, object]:
    """For a table: figures as a person reads them."""
    low, high = row["usual_cards"] or (None, None)
    return {
        **row,
        "usual_cards": None if low is None else f"{low}" if low == high else f"{low}–{high}",
        "new_this_week": sparkline(row["new_by_day"]),
        "next_at": None if row["next_at"] is None else f"{row['next_at'][:16]}Z",
    }


def sparkline(counts: Sequence[int]) -> str:
    """One bar a day, oldest first, the highest for the largest count, with the sum: "▁▁▃█▁▁▂ 14"."""
    top = max([*counts, 1])
    bars = "".join(BARS[count * (len(BARS) - 1) // top] for count in counts)
    return f"{bars} {sum(counts)}"
