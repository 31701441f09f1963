"""Opening SQLite files as archives, and what SQLite's errors mean to a person."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from scraper.errors import (
    ArchiveBusyError,
    ArchiveError,
    ArchiveFullError,
    ArchiveNotFoundError,
    ArchiveTooNewError,
    NotAnArchiveError,
)

APPLICATION_ID = 0x5374_6664  # "Stfd": says in the file's header whose it is; `file` and sqlite3 show it
SCHEMA_VERSION = 6
"""Of the tables, as in PRAGMA user_version: how many steps `storage.migrations` has."""

WRITER_WAIT_S = 30.0  # for another writer's transaction; ours last milliseconds
READER_WAIT_S = 10.0

_SMALLEST_DATABASE_BYTES = 512  # one page of the smallest size (https://www.sqlite.org/fileformat2.html section 1.3.2)
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class FileState(NamedTuple):
    modified_ns: int
    size: int
    inode: int


def _file_state(path: Path) -> FileState:
    found = path.stat()
    return FileState(found.st_mtime_ns, found.st_size, found.st_ino)


class UnguardedConnection(sqlite3.Connection):
    """Reads without locks, where none can be taken: in a folder in which we may not write. Somebody else may (whoever crawls); then what
    was read is old and new mixed, so whoever reads asks before and after whether the file is still what it was."""

    file: FileState  # when it was opened

    def is_overtaken(self, path: Path) -> bool:
        """Whether the file was written to since, or is another one now. SQLite wouldn't notice: it keeps what it has read once."""
        try:
            return _file_state(path) != self.file
        except OSError:
            return True


def refuse_if_overtaken(connection: sqlite3.Connection, path: Path) -> None:
    """ArchiveBusyError where what was read through an UnguardedConnection can't be relied on."""
    if isinstance(connection, UnguardedConnection) and connection.is_overtaken(path):
        raise ArchiveBusyError(f"{path}: was written to while it was read, in a folder where no lock can be taken; ask again")


def identity_of(path: Path) -> tuple[int, int] | None:
    """Which file is there, whatever it holds: its device and number; None where there is none. Asks the folder and opens nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turns what a person can cause or mend (a lock, a full disk, a wrong file) into our errors. Bugs come up as they are."""
    try:
        yield
    except sqlite3.Error as exc:
        error = _translated(exc, path)
        if error is None:
            raise
        raise error from exc


def _translated(exc: sqlite3.Error, path: Path) -> ArchiveError | None:
    code: int | None = getattr(exc, "sqlite_errorcode", None)
    name: str = getattr(exc, "sqlite_errorname", "") or ""
    if code is None:
        return None
    primary = code & 0xFF  # the extended code says more in its upper bits
    if primary in _BUSY:
        return ArchiveBusyError(f"{path}: another program is writing to this archive; try again when it is done")
    if primary == sqlite3.SQLITE_FULL or name in {"SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE"}:
        return ArchiveFullError(
            f"{path}: the disk would take no more ({exc}); what was recorded before is safe. Make room, then run the command again"
        )
    if primary == sqlite3.SQLITE_NOTADB:
        return NotAnArchiveError(f"{path}: this is no SQLite database, so it is no archive; check the path")
    if primary == sqlite3.SQLITE_CORRUPT:
        return ArchiveError(f"{path}: the file is damaged ({exc}); keep it, and go on with a backup of it")
    if primary == sqlite3.SQLITE_READONLY:
        return ArchiveError(f"{path}: the file or its folder can't be written to; check who owns them")
    if primary == sqlite3.SQLITE_CANTOPEN:
        return ArchiveError(f"{path}: the file can't be opened; check that its folder is there and who owns it")
    if primary == sqlite3.SQLITE_IOERR:
        return ArchiveError(f"{path}: the device failed while the archive was read or written ({exc})")
    return None


def connect_writer(path: Path, *, create: bool, wait_s: float = WRITER_WAIT_S) -> sqlite3.Connection:
    """A connection that writes. Transactions are begun and ended by hand (BEGIN IMMEDIATE), every statement else is its own."""
    if not create:
        _require_file(path)
    elif not path.parent.is_dir():
        raise ArchiveError(f"{path}: there is no folder {path.parent}; make it first")
    elif path.exists():
        _require_file(path)
    with translated_errors(path):
        connection = sqlite3.connect(uri_of(path, "rwc" if create else "rw"), uri=True, timeout=wait_s, isolation_level=None)
        try:
            _require_ours(connection, path, empty_will_do=create)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # a look that was reported as recorded survives a power cut
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def connect_reader(path: Path, *, wait_s: float = READER_WAIT_S) -> sqlite3.Connection:
    """A connection that cannot write, neither here nor (ATTACH) anywhere else. Works while a crawl writes and where we may not."""
    _require_file(path)
    with translated_errors(path):
        connection = sqlite3.connect(uri_of(path, "ro"), uri=True, timeout=wait_s, isolation_level=None)
        try:
            try:
                _require_ours(connection, path, empty_will_do=False)
            except sqlite3.OperationalError as exc:
                if not _is_on_readonly_ground(path, exc):
                    raise
                # A write-ahead file needs a little shared file beside it, which we may not make here; there is none now, so the
                # archive is whole by itself, and is read without locks.
                connection.close()
                file = _file_state(path)
                connection = sqlite3.connect(
                    uri_of(path, "ro") + "&immutable=1", uri=True, isolation_level=None, factory=UnguardedConnection
                )
                connection.file = file
                _require_ours(connection, path, empty_will_do=False)
            connection.execute("PRAGMA query_only = ON")
            connection.set_authorizer(_no_attach)
        except BaseException:
            connection.close()
            raise
    return connection


def close_reader(connection: sqlite3.Connection, path: Path) -> None:
    """Closes a reader's connection and leaves no files behind.

    A read-only connection has SQLite make "-wal" and "-shm" files and may not remove them. Where they are empty, a connection that may is
    opened and closed: it takes them away if nobody else has the archive open, and SQLite sees to that.
    """
    connection.close()
    wal = beside(path, "-wal")
    with suppress(OSError, sqlite3.Error):  # tidying up: whatever stands in the way, the next one tidies
        if wal.stat().st_size == 0:
            tidying = sqlite3.connect(uri_of(path, "rw"), uri=True, timeout=0, isolation_level=None)
            try:
                tidying.execute("SELECT 1 FROM sqlite_master").fetchone()
            finally:
                tidying.close()


def _is_on_readonly_ground(path: Path, exc: sqlite3.OperationalError) -> bool:
    cannot_open = (exc.sqlite_errorcode & 0xFF) in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
    wal = beside(path, "-wal")
    pending = wal.exists() and wal.stat().st_size > 0
    return cannot_open and not pending and not os.access(wal.parent, os.W_OK)


def _no_attach(action: int, *_: object) -> int:
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def uri_of(path: Path, mode: str) -> str:
    """The file's name as SQLite takes it together with how to open it ("ro", "rw", "rwc"); any bytes that a name may have are escaped."""
    return f"file://{quote(os.fsencode(path.absolute()))}?mode={mode}"


def beside(path: Path, suffix: str) -> Path:
    """The file of that suffix ("-wal") beside the archive, where SQLite puts it: by the archive's own name, and not by a link's."""
    path = path.resolve()
    return path.with_name(path.name + suffix)


def _require_file(path: Path) -> None:
    """Asks the folder, never the file: to open and close the file past SQLite would drop the locks that this process's other
    connections hold on it (https://www.sqlite.org/howtocorrupt.html section 2.2), and the next program to leave would clear their
    write-ahead file away below them."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise ArchiveNotFoundError(f"{path}: there is no archive here; `standfirst init` makes one") from None
    except OSError as exc:
        raise ArchiveError(f"{path}: the file can't be read: {exc.strerror}") from exc
    if stat.S_ISDIR(found.st_mode):
        raise NotAnArchiveError(f"{path}: this is a folder; name the archive file in it")
    if not stat.S_ISREG(found.st_mode):
        raise NotAnArchiveError(f"{path}: this is no file; name the archive file")
    if 0 < found.st_size < _SMALLEST_DATABASE_BYTES:  # SQLite would take it for an empty database
        raise NotAnArchiveError(f"{path}: this is no SQLite database, so it is no archive; check the path")


def _require_ours(connection: sqlite3.Connection, path: Path, *, empty_will_do: bool) -> None:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application_id != APPLICATION_ID:
        if empty_will_do and application_id == 0 and tables == 0:
            return
        raise NotAnArchiveError(f"{path}: this is another program's database; nothing in it was touched. Check the path")
    if version > SCHEMA_VERSION:
        raise ArchiveTooNewError(
            f"{path}: written by a newer Standfirst (its tables are version {version}, this program knows {SCHEMA_VERSION}); "
            "update Standfirst to read it"
        )
