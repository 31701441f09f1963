"""Answers as files that other programs read: CSV and JSON lines, the same bytes for the same archive and moment."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

from scraper.errors import QueryError
from storage.queries import CARD_COLUMNS
from storage.reader import Reader

FORMATS = ("csv", "jsonl")

CHANGE_COLUMNS = (
    "at",
    "previous_look",
    "source",
    "page",
    "kind",
    "title",
    "url",
    "field",
    "before",
    "after",
    "boring",
    "article_id",
    "revision_id",
    "outcome",
    "detail",
)
GAP_COLUMNS = ("source", "page", "last_good_look", "first_failed_look", "next_good_look", "failed_looks", "outcome", "detail")


def export_cards(reader: Reader, stream: TextIO, *, fmt: str, source: str | None = None, at: datetime | None = None) -> int:
    """Writes the cards as they stood at `at` (None: at each page's newest good look); returns how many.

    What was recorded after `at` changes no byte of it. Read it with `export_gaps` beside: a page that could not be read by then has
    the cards of its last good look, and `seen_at` says when that was.
    """
    return write_rows(reader.cards(source=source, at=at), stream, fmt=fmt, columns=CARD_COLUMNS)


def export_changes(
    reader: Reader,
    stream: TextIO,
    *,
    fmt: str,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Writes every change and gap of the period, oldest first; returns how many rows."""
    return write_rows(reader.changes(since=since, until=until, source=source), stream, fmt=fmt, columns=CHANGE_COLUMNS)


def export_gaps(
    reader: Reader,
    stream: TextIO,
    *,
    fmt: str,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Writes the times in which nobody can say what stood on a page; returns how many rows."""
    return write_rows(reader.gaps(since=since, until=until, source=source), stream, fmt=fmt, columns=GAP_COLUMNS)


def write_rows(rows: Iterable[Mapping[str, Any]], stream: TextIO, *, fmt: str, columns: Sequence[str]) -> int:
    """Writes rows as "csv" or "jsonl"; returns how many.

    CSV is RFC 4180: CRLF, quotes only where needed, a header always, None as nothing between the commas (no field is ever an
    empty text, so that is unambiguous), booleans as 0 and 1. Open a file for it with `newline=""` and UTF-8. JSON lines are objects with the
    same keys in the same order, None as null, characters as themselves.
    """
    if fmt not in FORMATS:
        raise QueryError(f"{fmt!r} is no format of an export; there are {', '.join(FORMATS)}")
    count = 0
    if fmt == "csv":
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([int(value) if isinstance(value := row[name], bool) else value for name in columns])
            count += 1
    else:
        for row in rows:
            stream.write(json.dumps({name: row[name] for name in columns}, ensure_ascii=False) + "\n")
            count += 1
    return count
