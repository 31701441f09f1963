"""What an archive's bytes are spent on, and giving back what its write-ahead file holds."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from storage.archive import Archive
from storage.connections import beside, translated_errors
from storage.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The bytes of an archive on the disk. `bodies + wordings + full_text + structure + free` is `file`."""

    file: int
    write_ahead: int  # of "-wal" beside it: written, and not yet moved into the file
    free: int  # room that later pages will use; a backup is smaller by it
    bodies: int  # the fetched pages
    wordings: (
        int | None
    )  # articles and what was said of them. This and the next two are None where SQLite was built without dbstat
    full_text: int | None  # the two indexes that searches use
    structure: int | None  # looks, spans and all the rest


FULL_TEXT = ("revision_fts", "revision_characters")
WORDINGS = ("revision", "article", "origin", "alias", "stem")


def sizes_of(archive: Reader | Archive) -> Sizes:
    """Goes once through the file's pages without reading what they say: a second or so a gigabyte, while others write."""
    db = archive.connection
    with translated_errors(archive.path):
        file, free = size_and_free(archive)
        by_table = _by_table(db)
        if by_table is None:
            (bodies,) = db.execute("SELECT coalesce(sum(length(content)), 0) FROM body").fetchone()
            return Sizes(
                file=file,
                write_ahead=_write_ahead(archive),
                free=free,
                bodies=bodies,
                wordings=None,
                full_text=None,
                structure=None,
            )
    full_text = sum(size for table, size in by_table.items() if table.startswith(FULL_TEXT))
    bodies = by_table.get("body", 0)
    wordings = sum(by_table.get(table, 0) for table in WORDINGS)
    return Sizes(
        file=file,
        write_ahead=_write_ahead(archive),
        free=free,
        bodies=bodies,
        wordings=wordings,
        full_text=full_text,
        structure=file - free - bodies - wordings - full_text,
    )


def size_and_free(archive: Reader | Archive) -> tuple[int, int]:
    """Bytes of the file, and those of them that later pages will use; at once, however large it is."""
    with translated_errors(archive.path):
        page_size, free_pages, pages = (
            int(archive.connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_size", "freelist_count", "page_count")
        )
    return pages * page_size, free_pages * page_size


def _by_table(db: sqlite3.Connection) -> dict[str, int] | None:
    """Bytes of each table with its indexes; None: this SQLite can't say (https://www.sqlite.org/dbstat.html)."""
    try:
        return dict(
            db.execute(
                "SELECT tbl_name, sum(pgsize) FROM dbstat('main', 1) AS stat JOIN sqlite_master ON sqlite_master.name = stat.name"
                " GROUP BY tbl_name"
            ).fetchall()
        )
    except sqlite3.OperationalError as exc:
        if "dbstat" not in str(exc):
            raise
        return None


def _write_ahead(archive: Reader | Archive) -> int:
    wal = beside(archive.path, "-wal")
    try:
        return wal.stat().st_size
    except FileNotFoundError:
        return 0


def checkpoint(archive: Archive, *, wait_s: float = 2.0) -> bool:
    """Moves what stands in the write-ahead file into the archive, and empties it. Do it after a run: the file is then whole by itself.

    False: somebody went on reading (or writing) for longer than `wait_s`. Nothing is lost by it, and the next one does it all.
    """
    db = archive.connection
    with translated_errors(archive.path):
        (usual_ms,) = db.execute("PRAGMA busy_timeout").fetchone()
        db.execute(f"PRAGMA busy_timeout = {round(wait_s * 1000)}")
        try:
            busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            db.execute(f"PRAGMA busy_timeout = {usual_ms}")
    return not busy
