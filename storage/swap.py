"""Putting a rebuilt archive in the place of the one that it was made from, so that at no moment there is none."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from scraper.errors import ArchiveBusyError, ArchiveError
from storage.archive import open_archive
from storage.connections import translated_errors, uri_of
from storage.rebuild import forget_the_rebuild

WAIT_S = 10.0  # for readers to close the file


def name_for_old(path: Path) -> Path:
    """What the archive that is replaced is called from then on: "archive.before-rebuild.db" beside "archive.db"."""
    if path.is_symlink():
        path = path.resolve()  # beside the archive itself
    return path.with_name(f"{path.stem}.before-rebuild{path.suffix}")


def swap_in(path: Path, rebuilt: Path, kept: Path) -> None:
    """Puts the file `rebuilt` in the place of the archive at `path`, which is called `kept` from then on. Call with the crawl lock held.

    The file at `path` is replaced in one step that the file system makes whole or not at all; whoever is killed before it has the old
    archive there, after it the new one, and may call again. Nobody may have either file open, because SQLite finds a file's write-ahead
    log by its name: raises ArchiveBusyError where somebody has. Raises ArchiveError where `kept` is there already.
    """
    path = path.resolve()
    if kept.exists() and not kept.samefile(path):
        raise ArchiveError(
            f"{kept}: is there already, from an earlier rebuild perhaps; move it away, or name another file to keep"
        )
    with _held_by_us_alone(rebuilt), _held_by_us_alone(path):
        _give_second_name(path, kept)
        try:
            rebuilt.replace(path)
        except OSError as exc:
            kept.unlink()
            raise ArchiveError(
                f"{rebuilt}: can't be moved to {path} ({exc.strerror}), so the archive is as it was; both have to be on one disk"
            ) from exc
        _sync_folder(path.parent)
        _sync_folder(rebuilt.parent)
    with open_archive(path) as archive, archive.transaction() as db:
        forget_the_rebuild(db)


def _give_second_name(path: Path, kept: Path) -> None:
    if kept.exists():
        return  # given by a swap that was killed
    try:
        os.link(path, kept)
    except OSError as exc:
        raise ArchiveError(
            f"{kept}: can't be made a second name of {path} ({exc.strerror}), so nothing was done; "
            "it has to be on the same disk, and the file system has to know hard links"
        ) from exc
    _sync_folder(kept.parent)


@contextmanager
def _held_by_us_alone(path: Path) -> Iterator[None]:
    """The file without a write-ahead log beside it, and with nobody else in it.

    SQLite changes the journal mode only of a database that nobody else has open, and removes the log's files then
    (https://www.sqlite.org/wal.html, "Activating and configuring WAL mode"). The next writer puts it back.
    """
    with (
        translated_errors(path),
        closing(sqlite3.connect(uri_of(path, "rw"), uri=True, timeout=WAIT_S, isolation_level=None)) as db,
    ):
        try:
            (mode,) = db.execute("PRAGMA journal_mode = DELETE").fetchone()
            if mode == "delete":
                db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            mode = "in use"
        if mode != "delete":
            raise ArchiveBusyError(
                f"{path}: another program has this file open; close it (a notebook, Datasette), then try again"
            )
        yield
        with suppress(sqlite3.Error):  # nothing was written
            db.execute("ROLLBACK")


def _sync_folder(folder: Path) -> None:
    """Names are on the disk like everything else only when the folder was synced."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
