"""The notebook API: an archive, opened to be asked.

import standfirst
archive = standfirst.open("archive.db")
archive.cards("cities", at="2024-05-24").to_pandas()
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from storage import Reader

Moment = str | datetime
"""An aware datetime, or text as on the command line: "2024-05-24T02:00Z", "7d" (seven days ago), or a date: its first second in UTC, for
`at` its last."""


NUMBERS = frozenset({"read_time_minutes", "first_position", "best_position", "last_position", "boring"})
"""Columns of whole numbers that may be empty in all rows of an answer; any other empty column is text."""


SHOWN_ROWS = 50  # of an answer, in a notebook


class Rows(list[dict[str, Any]]):
    """An answer: a list of plain dicts with the same keys in the same order, and a word for the libraries that want a frame.

    A column has the same type in every answer, also where it is empty, so that frames can be put below each other.
    """

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a pandas frame in which whole numbers stay whole where some are missing (Int64). Needs pandas."""
        import pandas as pd

        frame = pd.DataFrame(self).convert_dtypes()
        return frame.astype({name: "Int64" if name in NUMBERS else "string" for name in self._empty_columns()})

    def to_polars(self) -> pl.DataFrame:
        """The rows as a polars frame; types are taken from all rows, not from the first hundred. Needs polars."""
        import polars as pl

        empty = {name: pl.Int64 if name in NUMBERS else pl.String for name in self._empty_columns()}
        return pl.DataFrame(list(self), schema_overrides=empty, infer_schema_length=None)

    def _repr_html_(self) -> str:
        """What a notebook shows: the first rows as a table."""
        names = list(self[0]) if self else []
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{'' if row[name] is None else escape(str(row[name]))}</td>" for name in names) + "</tr>"
            for row in self[:SHOWN_ROWS]
        )
        count = f"{len(self)} row{'' if len(self) == 1 else 's'}"
        shown = f"{count}, the first {SHOWN_ROWS} of them shown" if len(self) > SHOWN_ROWS else count
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{shown}</p>"

    def _empty_columns(self) -> list[str]:
        return [name for name in self[0] if all(row[name] is None for row in self)] if self else []


class Archive:
    """An archive, open read-only; a context manager. Never creates or changes a file, and works while a crawl writes.

    Each method answers with Rows; their columns are described in docs/tables.md. A source that the archive doesn't have, a moment
    that is none and a card that fits several articles raise QueryError with what to do about it.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __repr__(self) -> str:
        return f"<archive {str(self._reader.path)!r}, open read-only>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._reader.close()

    def cards(self, source: str | None = None, *, at: Moment | None = None, page: str | None = None) -> Rows:
        """The cards as they stood at each page's last good look at or before `at` (None: its newest), in page order."""
        return Rows(self._reader.cards(source=source, at=_moment(at, end_of_day=True), page=page))

    def changes(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        source: str | None = None,
        kinds: Collection[str] | None = None,
    ) -> Rows:
        """What came ("new"), was "reworded", was "absent", "returned", and the "gap"s, oldest first."""
        only = {} if kinds is None else {"kinds": kinds}
        return Rows(self._reader.changes(since=_moment(since), until=_moment(until), source=source, **only))

    def gaps(self, *, since: Moment | None = None, until: Moment | None = None, source: str | None = None) -> Rows:
        """The times in which nobody can say what stood on a page."""
        return Rows(self._reader.gaps(since=_moment(since), until=_moment(until), source=source))

    def history(self, card: str | int) -> Rows:
        """One article's stays and absences on every page, with its wordings and positions. `card`: URL, number, or part of URL or title."""
        return Rows(self._reader.history(card))

    def search(
        self,
        words: str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        source: str | None = None,
        limit: int = 1000,
    ) -> Rows:
        """The wordings, ever seen, that have all the words in title or blurb, newest first."""
        return Rows(self._reader.search(words, since=_moment(since), until=_moment(until), source=source, limit=limit))

    def status(self, source: str | None = None) -> Rows:
        """A row a source: last good look, cards that stand, new on each of the last seven days, trouble."""
        return Rows(self._reader.status(source, now=datetime.now(UTC)))

    def vanished(self, *, since: Moment | None = None, until: Moment | None = None, source: str | None = None) -> Rows:
        """The cards that good looks in the period found no longer there, how they went (`cause`), and when they were back, if ever."""
        return Rows(self._reader.vanished(since=_moment(since), until=_moment(until), source=source))

    def new_by_week(self, source: str | None = None) -> Rows:
        """How many articles each source showed for the first time in each week; `week` is its Monday."""
        return Rows(self._reader.new_by_week(source=source))

    def most_reworded(
        self, *, since: Moment | None = None, until: Moment | None = None, source: str | None = None, limit: int = 50
    ) -> Rows:
        """The articles that were reworded most often, typography and counters left out."""
        return Rows(self._reader.most_reworded(since=_moment(since), until=_moment(until), source=source, limit=limit))

    def who_ran_it(self, card: str | int) -> Rows:
        """The sources on whose pages an article stood, the first one first."""
        return Rows(self._reader.who_ran_it(card))

    def same(self, card: str | int, *, min_score: float = 80.0) -> Rows:
        """Articles elsewhere whose headlines read like this one's, with a score from 0 to 100. Needs the extra `dedupe`."""
        from storage.same import find_same

        return Rows(find_same(self._reader, card, min_score=min_score))

    def coverage(self, *, since: Moment | None = None, until: Moment | None = None, source: str | None = None) -> Rows:
        """For each page: looks, good looks, the usual and the longest time between two, and why the others failed."""
        return Rows(self._reader.coverage(since=_moment(since), until=_moment(until), source=source))

    def provenance(self, card: str | int) -> Rows:
        """For every value that every field of an article ever had: the look, the bytes' sha256, the extractor, the place on the page."""
        return Rows(self._reader.provenance(card))

    def sql(self, query: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> Rows:
        """The rows of any SELECT over the tables and views."""
        return Rows(self._reader.sql(query, params))


def open(path: str | Path) -> Archive:  # noqa: A001 - `standfirst.open(...)` is how it is called
    """The archive at `path`, to ask. Raises ArchiveNotFoundError, NotAnArchiveError, ArchiveTooNewError."""
    from storage import open_reader

    return Archive(open_reader(path))


def _moment(moment: Moment | None, *, end_of_day: bool = False) -> datetime | None:
    if not isinstance(moment, str):
        return moment
    from storage import parse_moment

    return parse_moment(moment, now=datetime.now(UTC), end_of_day=end_of_day)
