"""Whether an archive is fit for the next run, without reading all of it: what `check` asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.connections import SCHEMA_VERSION, translated_errors
from storage.moments import from_text, to_text
from storage.reader import Reader

_RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What the archive says of itself."""

    problems: tuple[str, ...]  # of its pages, as SQLite's quick_check words them; none: sound
    schema_version: int
    is_older: bool  # than this program: the next writer brings it up to date
    file_bytes: int  # the write-ahead file apart
    first_at: datetime | None  # the first look; None: there was none
    last_at: datetime | None
    bytes_a_day: float | None  # that it grows by, of late; None: nobody knows yet


def inspect(reader: Reader, *, now: datetime) -> Soundness:
    """Reads the file's structure (quick_check: seconds for gigabytes), not the stored pages: that is `storage.upkeep.verify`."""
    with translated_errors(reader.path):
        db = reader.connection
        problems = tuple(said for (said,) in db.execute("PRAGMA quick_check(5)") if said != "ok")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        (page_bytes,) = db.execute("PRAGMA page_size").fetchone()
        first, last, looks = db.execute("SELECT min(seen_at), max(seen_at), count(*) FROM crawl").fetchone()
        (recent,) = db.execute("SELECT count(*) FROM crawl WHERE seen_at >= ?", (to_text(now - _RECENT),)).fetchone()
    size = pages * page_bytes
    growth = None
    if first is not None and (watched := now - from_text(first)) >= timedelta(days=2):
        growth = size * (recent / looks) / (min(watched, _RECENT) / timedelta(days=1))  # looks weigh about alike
    return Soundness(
        problems=problems,
        schema_version=version,
        is_older=version < SCHEMA_VERSION,
        file_bytes=size,
        first_at=None if first is None else from_text(first),
        last_at=None if last is None else from_text(last),
        bytes_a_day=growth,
    )
