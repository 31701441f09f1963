"""Reading an archive: the questions, each answered with plain rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from scraper.errors import QueryError
from storage import queries, questions, runs
from storage.connections import (
    READER_WAIT_S,
    UnguardedConnection,
    close_reader,
    connect_reader,
    refuse_if_overtaken,
    translated_errors,
)
from storage.expected import Expected, left_over
from storage.histories import find_article, history_of
from storage.moments import to_text
from storage.names import find_slug
from storage.search import search_wordings

Row = dict[str, Any]
"""Column name to text, whole number, real number, bool or None; the columns are the same, in the same order, in each row of an answer."""

CHANGE_KINDS = ("new", "reworded", "absent", "returned", "gap")


def open_reader(path: Path | str, *, wait_s: float = READER_WAIT_S) -> Reader:
    """The archive at `path`, to ask. Never creates or changes a file; works while a crawl writes, and in a folder that can't be written.

    Raises ArchiveNotFoundError, NotAnArchiveError, ArchiveTooNewError.
    """
    return Reader(Path(path), connect_reader(Path(path), wait_s=wait_s), wait_s=wait_s)


class Reader:
    """An archive, open for questions; a context manager. Use it in the thread that opened it.

    Moments are given as aware datetimes and answered as UTC text, "2026-05-01T02:00:05Z". Periods are half open: `since` is in,
    `until` is out. A source that the archive doesn't have is a QueryError, not an empty answer.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, wait_s: float = READER_WAIT_S) -> None:
        """`wait_s`: for another program's lock, where the file must be opened again."""
        self.path = path
        self.connection = connection
        self._wait_s = wait_s
        self._depth = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        close_reader(self.connection, self.path)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All questions inside see the archive as it is at the first one, whatever a crawl writes meanwhile. May be nested."""
        if self._depth == 0 and isinstance(self.connection, UnguardedConnection) and self.connection.is_overtaken(self.path):
            self.connection.close()
            self.connection = connect_reader(self.path, wait_s=self._wait_s)
        with translated_errors(self.path):
            if self._depth == 0:
                self.connection.execute("BEGIN")
            self._depth += 1
            try:
                yield
            except sqlite3.Error:
                refuse_if_overtaken(self.connection, self.path)
                raise
            finally:
                self._depth -= 1
                if self._depth == 0 and self.connection.in_transaction:
                    self.connection.execute("COMMIT")
            if self._depth == 0:
                refuse_if_overtaken(self.connection, self.path)

    def cards(self, source: str | None = None, at: datetime | None = None, page: str | None = None) -> list[Row]:
        """The cards as they stood at each page's last good look at or before `at` (None: its newest), in page order.

        A page that was not looked at by then gives no rows. `page` is a listing page's URL as configured. `feed_published_on` is the day
        that a feed among the sources gave for the article when it first named it, by then; None where none did.
        """
        with self.snapshot():
            source = self._slug(source)
            return list(queries.iter_cards(self.connection, source=source, page=page, at=_text(at)))

    def changes(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        source: str | None = None,
        kinds: Collection[str] = CHANGE_KINDS,
    ) -> list[Row]:
        """What good looks in the period found different from the good look before, in the order of time; and the gaps that began in it.

        Kinds: "new" (never on this page before), "returned" (was here, was absent, is back), "absent" (not deleted: not there any
        more), "reworded" (a row for each field that changed; `boring` where it says the same in another form), "gap". What happened
        between two looks happened at some moment after `previous_look` and not later than `at`. `previous_look` None: the
        page's first good look, so "new" says no more than "there when we came".
        """
        for kind in kinds:
            if kind not in CHANGE_KINDS:
                raise QueryError(f"{kind!r} is no kind of change; there are {', '.join(CHANGE_KINDS)}")
        with self.snapshot():
            source = self._slug(source)
            return queries.changes(self.connection, since=_text(since), until=_text(until), source=source, kinds=frozenset(kinds))

    def gaps(self, since: datetime | None = None, until: datetime | None = None, source: str | None = None) -> list[Row]:
        """The times in which nobody can say what stood on a page: unbroken rows of looks that were not good, with the first one's outcome.

        A gap is in the answer when any of it lies in the period. `next_good_look` None: it lasts.
        """
        with self.snapshot():
            source = self._slug(source)
            return queries.gaps(self.connection, since=_text(since), until=_text(until), source=source)

    def history(self, card: str | int) -> list[Row]:
        """The whole history of one article, on every page: one row a stay in one wording and place ("stood"), and one an absence ("absent").

        `card` is a URL (made canonical first), an article id, or a part of the URL or of a title that fits one article only.
        Raises QueryError where it fits none or several; then it names the first few.
        """
        with self.snapshot():
            return history_of(self.connection, find_article(self.connection, card))

    def search(
        self,
        words: str,
        since: datetime | None = None,
        until: datetime | None = None,
        source: str | None = None,
        limit: int = 50,
    ) -> list[Row]:
        """The wordings, ever seen, that have all the words in title or blurb, newest first; the period is that of their first sighting.

        Case and accents don't matter. "Quoted words" must stand together; a star at the end stands for any ending (harbo*). Every
        other sign is taken as text. Words of scripts without spaces are found wherever they stand. Raises QueryError without a word.
        """
        with self.snapshot():
            source = self._slug(source)
            return search_wordings(self.connection, words, since=_text(since), until=_text(until), source=source, limit=limit)

    def status(self, source: str | None = None, *, now: datetime) -> list[Row]:
        """A row a source: its last good look, the cards that stand, what is new on each of the last seven UTC days (today last), trouble.

        What stood there when a page was first looked at isn't new. `trouble` None: the last look at each page was good.
        """
        with self.snapshot():
            source = self._slug(source)
            return queries.status(self.connection, source=source, now=now)

    def runs(self, limit: int = 30) -> list[Row]:
        """The newest runs, newest first: when they began and ended, what program, how their looks came out, and what they brought.

        `finished_at`, `duration_s` and `exit_code` None: still running, or killed. `outcomes` maps outcomes to numbers of looks, the most
        frequent first; "under_way" are looks not finished yet. `cards` stood at the run's good looks; `new_cards` of them never
        stood on that page before. A page's first good look brings no news.
        """
        with self.snapshot():
            return runs.newest_runs(self.connection, limit=limit)

    def vanished(self, since: datetime | None = None, until: datetime | None = None, source: str | None = None) -> list[Row]:
        """The cards that good looks in the period found no longer there, with the last look that saw them, and when they were back, if ever.

        `cause` is what the page itself shows: "taken from among others" (a card that stood below it still stands), "fell off the end"
        (all that stood below went too, as in any list that grows at the top), "the list was empty".
        """
        with self.snapshot():
            source = self._slug(source)
            return questions.vanished(self.connection, since=_text(since), until=_text(until), source=source)

    def new_by_week(self, source: str | None = None) -> list[Row]:
        """How many articles each source showed for the first time in each week, a Monday to a Sunday in UTC; `week` is the Monday.

        What stood on a page at its first good look doesn't count.
        """
        with self.snapshot():
            source = self._slug(source)
            return questions.new_by_week(self.connection, source=source)

    def most_reworded(
        self, since: datetime | None = None, until: datetime | None = None, source: str | None = None, limit: int = 50
    ) -> list[Row]:
        """The articles that were reworded most often on a source's pages, boring changes left out."""
        with self.snapshot():
            source = self._slug(source)
            return questions.most_reworded(self.connection, since=_text(since), until=_text(until), source=source, limit=limit)

    def who_ran_it(self, card: str | int) -> list[Row]:
        """The sources on whose pages an article stood, the first one first. For copies under other addresses see `storage.same`."""
        with self.snapshot():
            return questions.who_ran_it(self.connection, find_article(self.connection, card))

    def coverage(self, since: datetime | None = None, until: datetime | None = None, source: str | None = None) -> list[Row]:
        """For each page: looks and good looks, the usual and the longest time between two good looks, and why the others failed.

        Whatever came and went within `longest_interval_s` was seen by nobody.
        """
        with self.snapshot():
            source = self._slug(source)
            return questions.coverage(self.connection, since=_text(since), until=_text(until), source=source)

    def provenance(self, card: str | int) -> list[Row]:
        """For every value that every field of an article ever had: the look that first read it, the sha256 of the bytes it was read
        from, the version of the extractor, and the place on the page (`read_from`, where the extractor said)."""
        with self.snapshot():
            return questions.provenance(self.connection, find_article(self.connection, card))

    def left_over(self) -> list[Expected]:
        """The pages that a run was to look at and did not come to, or was interrupted at, and that nobody has looked at since."""
        with self.snapshot():
            return left_over(self.connection)

    def load_memory(self, name: str) -> object:
        """What the last run saved under that name for the next one (see `Archive.save_memory`); None if nothing was."""
        with self.snapshot():
            row = self.connection.execute("SELECT content FROM memory WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def sql(self, query: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """The rows of any SELECT; see docs/tables.md for the tables. Can't write, not even elsewhere. Raises QueryError with SQLite's words."""
        with self.snapshot():
            try:
                cursor = self.connection.execute(query, params)
                if cursor.description is None:
                    raise QueryError("this SQL asks nothing: an archive that is open for reading answers SELECT only")
                names = [column[0] for column in cursor.description]
                return [dict(zip(names, row, strict=True)) for row in cursor]
            except sqlite3.Error as exc:
                raise QueryError(f"this SQL can't be answered: {exc}") from exc

    def _slug(self, slug: str | None) -> str | None:
        """Today's slug of the source that is asked for, perhaps by a former one. QueryError where the archive has none of that name."""
        if slug is None:
            return None
        found = find_slug(self.connection, slug)
        if found is None:
            known = [row[0] for row in self.connection.execute("SELECT slug FROM source ORDER BY slug LIMIT 10")]
            raise QueryError(
                f"the archive has seen nothing of a source {slug!r} yet; it has {', '.join(known) or 'none at all: see `standfirst crawl`'}"
            )
        return found


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment is not None else None
