"""Writing an archive: runs, looks, and what the looks saw, each look in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from scraper.cards import Listing
from scraper.errors import ArchiveMovedError
from scraper.pages import FetchResult, Outcome
from scraper.urls import DEFAULT_URL_RULES, UrlRules
from storage.connections import SCHEMA_VERSION, WRITER_WAIT_S, connect_writer, identity_of, translated_errors
from storage.expected import Expected, expect, find_or_add_page, left_over, rename_expected, settle
from storage.moments import from_text, to_text
from storage.names import rename
from storage.recording import Recorded, last_good_look, place_in_time, record_look

SYNCHRONOUS_NORMAL = 1  # https://www.sqlite.org/pragma.html#pragma_synchronous; we run at FULL, which is 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """What the archive knows of a page before a look at it: what to ask the server with, and what to compare with."""

    page_id: int
    etag: str | None  # validators of the last good look, as received
    last_modified: str | None
    last_body_sha256: str | None  # of the last good look; None: there was none, or it kept no bytes
    last_good_at: datetime | None  # aware UTC; None: never
    last_card_count: int | None  # at the last good look; None: never
    not_modified_in_a_row: int  # 304 answers since the page was last sent in full
    next_page_url: str | None  # as the last good look read it


def create_archive(path: Path | str) -> Archive:
    """A new, empty archive at `path`, or the one that is there already.

    Raises NotAnArchiveError when the file there is something else, ArchiveError when the folder isn't there.
    """
    return _open(Path(path), create=True)


def open_archive(path: Path | str, *, wait_s: float = WRITER_WAIT_S) -> Archive:
    """The archive at `path`, to write to; an older one's tables are brought up to date first. Never creates one.

    Raises ArchiveNotFoundError, NotAnArchiveError, ArchiveTooNewError. A writer waits up to `wait_s` seconds for another one's
    transaction, then raises ArchiveBusyError.
    """
    return _open(Path(path), create=False, wait_s=wait_s)


def _open(path: Path, *, create: bool, wait_s: float = WRITER_WAIT_S) -> Archive:
    connection = connect_writer(path, create=create, wait_s=wait_s)
    try:
        with translated_errors(path):
            if connection.execute("PRAGMA user_version").fetchone() != (SCHEMA_VERSION,):
                from storage.migrations import migrate  # takes up to half a second to import, and is needed once in a file's life

                migrate(connection)
    except BaseException:
        connection.close()
        raise
    return Archive(path, connection)


class Archive:
    """The one writer of an archive; a context manager. Use it in the thread that opened it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._place = path.absolute()  # the program may go to another folder
        self._file = identity_of(self._place)
        self.connection = connection  # for the other modules of this package; nobody else writes SQL

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection. What was recorded is safe without it."""
        try:
            with suppress(ArchiveMovedError):
                self._require_in_place()
        finally:
            self.connection.close()

    def _require_in_place(self) -> None:
        """ArchiveMovedError where the file was moved, removed, or replaced by another one (a backup) since it was opened.

        SQLite would go on writing to the old file, whose write-ahead log lies under the name of the new one and would be taken for its
        log by the next program to open that, which damages it. So the log is emptied into the file that it belongs to.
        """
        if identity_of(self._place) == self._file:
            return
        with translated_errors(self.path):
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raise ArchiveMovedError(
            f"{self.path}: was moved, removed or replaced while it was written to; what was recorded until now is in the file that "
            "was there before, and nothing else will be. Let no crawl run while an archive is put in another's place"
        )

    @contextmanager
    def _written_but_not_synced(self) -> Iterator[None]:
        """What is written inside survives the death of the process at once, and a power cut as soon as the next transaction does.

        Enough for "a look began": it spares every look one of its two waits for the disk.
        """
        (level,) = self.connection.execute("PRAGMA synchronous").fetchone()
        self.connection.execute(f"PRAGMA synchronous = {min(level, SYNCHRONOUS_NORMAL)}")
        try:
            yield
        finally:
            self.connection.execute(f"PRAGMA synchronous = {level}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write: all of it or nothing. Takes the write lock at its beginning, so that it cannot fail half-way for want of it."""
        self._require_in_place()
        with translated_errors(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # SQLite has rolled back by itself where the disk was full
                    self.connection.execute("ROLLBACK")
                raise

    def begin_run(
        self,
        *,
        started_at: datetime,
        version: str,
        command: str,
        config_sha256: str | None = None,
        expected: Collection[tuple[str, str]] = (),
    ) -> int:
        """The id of a new run. Looks that earlier runs began and never finished, or never began, are interrupted from now on.

        `expected` are the pages (slug, URL) that the run is to look at: each of them will have a row, even if the run is killed.
        """
        with self.transaction() as db:
            db.execute(
                "UPDATE crawl SET outcome = :outcome, detail = 'the run ended before the look did' WHERE outcome IS NULL",
                {"outcome": Outcome.INTERRUPTED},
            )
            settle(db)
            cursor = db.execute(
                "INSERT INTO run (started_at, version, command, config_sha256) VALUES (?, ?, ?, ?)",
                (to_text(started_at), version, command, config_sha256),
            )
            run_id = _new_id(cursor)
            if expected:
                expect(db, run_id, expected, saved_at=to_text(started_at))
            return run_id

    def finish_run(self, run_id: int, *, finished_at: datetime, exit_code: int | None = None) -> int:
        """Completes the run's row; returns how many expected pages it never came to, each of which has an interrupted look now.

        A run that was killed stays without an end.
        """
        with self.transaction() as db:
            db.execute("UPDATE run SET finished_at = ?, exit_code = ? WHERE id = ?", (to_text(finished_at), exit_code, run_id))
            return settle(db)

    def left_over(self) -> list[Expected]:
        """See `Reader.left_over`."""
        with translated_errors(self.path):
            return left_over(self.connection)

    def load_memory(self, name: str) -> object:
        """What an earlier run saved under that name, as JSON gives it back; None if nothing was."""
        with translated_errors(self.path):
            row = self.connection.execute("SELECT content FROM memory WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def save_memory(self, name: str, content: object, *, saved_at: datetime) -> None:
        """Keeps what the next run must know (anything that JSON can say) in place of what was kept under that name."""
        with self.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO memory (name, content, saved_at) VALUES (?, ?, ?)",
                (name, json.dumps(content, ensure_ascii=False, sort_keys=True), to_text(saved_at)),
            )

    def rename_source(self, slug: str, new: str, *, renamed_at: datetime) -> bool:
        """Gives a source another slug; its history goes on, and questions that name the old one still find it.

        False where the archive has seen nothing of it yet. Raises QueryError where the new slug is another source's.
        """
        with self.transaction() as db:
            rename_expected(db, slug, new)
            return rename(db, slug, new, renamed_at=to_text(renamed_at))

    def get_page(self, *, source: str, url: str, started_at: datetime) -> PageState:
        """What is known of a source's listing page. Source and page are added if they are new."""
        with translated_errors(self.path):
            row = self.connection.execute(
                "SELECT page.id FROM page JOIN source ON source.id = page.source_id WHERE slug = ? AND url = ?", (source, url)
            ).fetchone()
        if row is not None:
            return self._page_state(int(row[0]))
        with self.transaction() as db:
            page_id = find_or_add_page(db, source, url)
        return self._page_state(page_id)

    def _page_state(self, page_id: int) -> PageState:
        with translated_errors(self.path):
            last = last_good_look(self.connection, page_id)
            (unsent,) = self.connection.execute(
                """
                SELECT count(*) FROM crawl WHERE page_id = :page_id AND outcome = 'not_modified' AND seen_at > coalesce((
                  SELECT seen_at FROM crawl WHERE page_id = :page_id AND outcome IN ('ok', 'same_bytes', 'empty')
                  ORDER BY seen_at DESC LIMIT 1), '')
                """,
                {"page_id": page_id},
            ).fetchone()
        return PageState(
            page_id=page_id,
            not_modified_in_a_row=unsent,
            etag=last.etag if last else None,
            last_modified=last.last_modified if last else None,
            last_body_sha256=last.body_sha256 if last else None,
            last_good_at=from_text(last.seen_at) if last else None,
            last_card_count=last.card_count if last else None,
            next_page_url=last.next_page_url if last else None,
        )

    def standing_cards(self, page_id: int) -> list[tuple[str | None, str | None]]:
        """(URL as linked, title) of the cards that stood on the page at its last good look, in page order."""
        with translated_errors(self.path):
            return self.connection.execute(
                """
                SELECT coalesce(revision.link, article.url), revision.title
                FROM span JOIN revision ON revision.id = span.revision_id JOIN article ON article.id = revision.article_id
                WHERE span.page_id = ? AND span.last_crawl IS NULL ORDER BY span.slot
                """,
                (page_id,),
            ).fetchall()

    def begin_crawl(self, run_id: int, page_id: int, *, started_at: datetime) -> int:
        """The id of a look that begins now. It is in the archive before the request is sent, so that a killed run leaves a trace.

        A page's looks stand in the order in which they were begun. Where the clock says otherwise (set back, or not a second
        on), the look counts as one second after the one before, and what the clock said is kept beside it.
        """
        clock = to_text(started_at)
        with self._written_but_not_synced(), self.transaction() as db:
            seen_at, clock_at = place_in_time(db, page_id, clock)
            cursor = db.execute(
                "INSERT INTO crawl (run_id, page_id, seen_at, clock_at) VALUES (?, ?, ?, ?)",
                (run_id, page_id, seen_at, clock_at),
            )
            return _new_id(cursor)

    def finish_crawl(
        self,
        crawl_id: int,
        *,
        result: FetchResult,
        listing: Listing | None,
        outcome: Outcome,
        detail: str,
        extractor_version: str,
        url_rules: UrlRules = DEFAULT_URL_RULES,
    ) -> Recorded:
        """Records what a look saw, in one transaction: its bytes, wordings, spans, and its own row.

        A good look needs a `listing`, but for NOT_MODIFIED and SAME_BYTES, after which everything stands that stood. OK or EMPTY with
        the very bytes of the last good look is recorded as SAME_BYTES. A look that is not good leaves the page's history alone.
        A look that ends after a later one of the same page has been recorded counts as interrupted: the order is the later one's.
        """
        with self.transaction() as db:
            return record_look(
                db,
                crawl_id,
                result=result,
                listing=listing,
                outcome=outcome,
                detail=detail,
                extractor_version=extractor_version,
                url_rules=url_rules,
            )


def _new_id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid
