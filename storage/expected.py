"""The looks that a run means to make, known to the archive from its beginning: none of them can go missing without a row.

Each function works inside a transaction or snapshot of the caller.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scraper.pages import Outcome
from storage.recording import place_in_time

MEMORY = "expected"
"""The name under which the archive keeps them: [[source, page URL, run], ...]."""

HAD_NO_TURN = "the run ended before this page had its turn"


class Expected(NamedTuple):
    """A page that a run was to look at."""

    source: str  # slug
    url: str
    run_id: int


def expect(db: sqlite3.Connection, run_id: int, pages: Iterable[tuple[str, str]], *, saved_at: str) -> None:
    """Keeps that this run is to look at these pages (slug, URL); what earlier runs left stays known beside it."""
    due = {(source, url): Expected(source, url, run_id) for source, url in pages}
    earlier = [page for page in left_over(db) if (page.source, page.url) not in due]
    db.execute(
        "INSERT OR REPLACE INTO memory (name, content, saved_at) VALUES (?, ?, ?)",
        (MEMORY, json.dumps([*earlier, *due.values()], ensure_ascii=False), saved_at),
    )


def settle(db: sqlite3.Connection) -> int:
    """Adds an interrupted look for each page that a run was to look at and never did; returns how many.

    The look counts as begun when its run ended or, where it was killed, when it began: nobody knows better.
    """
    missing = [page for page, newest in _with_newest_look(db) if newest is None or newest.run_id < page.run_id]
    for page in missing:
        started_at, finished_at = db.execute("SELECT started_at, finished_at FROM run WHERE id = ?", (page.run_id,)).fetchone()
        page_id = find_or_add_page(db, page.source, page.url)
        seen_at, clock_at = place_in_time(db, page_id, finished_at or started_at)
        db.execute(
            "INSERT INTO crawl (run_id, page_id, seen_at, clock_at, outcome, detail, attempts) VALUES (?, ?, ?, ?, ?, ?, 0)",
            (page.run_id, page_id, seen_at, clock_at, Outcome.INTERRUPTED, HAD_NO_TURN),
        )
    return len(missing)


def left_over(db: sqlite3.Connection) -> list[Expected]:
    """The pages that a run was to look at, and whose newest look since then is interrupted, not finished, or was never begun."""
    return [
        page
        for page, newest in _with_newest_look(db)
        if newest is None or newest.run_id < page.run_id or newest.outcome in {None, Outcome.INTERRUPTED}
    ]


def rename_expected(db: sqlite3.Connection, slug: str, new: str) -> None:
    """Keeps what is expected of a source that is called otherwise from now on."""
    kept = db.execute("SELECT content FROM memory WHERE name = ?", (MEMORY,)).fetchone()
    if kept is not None:
        pages = [[new if source == slug else source, *rest] for source, *rest in json.loads(kept[0])]
        db.execute("UPDATE memory SET content = ? WHERE name = ?", (json.dumps(pages, ensure_ascii=False), MEMORY))


def find_or_add_page(db: sqlite3.Connection, source: str, url: str) -> int:
    """The page's id; source and page are added if they are new."""
    db.execute("INSERT OR IGNORE INTO source (slug) VALUES (?)", (source,))
    db.execute("INSERT OR IGNORE INTO page (source_id, url) SELECT id, ? FROM source WHERE slug = ?", (url, source))
    row = db.execute(
        "SELECT page.id FROM page JOIN source ON source.id = page.source_id WHERE slug = ? AND url = ?", (source, url)
    ).fetchone()
    return int(row[0])


class _Newest(NamedTuple):
    run_id: int
    outcome: str | None


def _with_newest_look(db: sqlite3.Connection) -> Iterator[tuple[Expected, _Newest | None]]:
    row = db.execute("SELECT content FROM memory WHERE name = ?", (MEMORY,)).fetchone()
    for entry in json.loads(row[0]) if row is not None else ():
        page = Expected(*entry)
        newest = db.execute(
            """
            SELECT run_id, outcome FROM crawl
            WHERE page_id = (SELECT page.id FROM page JOIN source ON source.id = source_id WHERE slug = ? AND url = ?)
            ORDER BY seen_at DESC LIMIT 1
            """,
            (page.source, page.url),
        ).fetchone()
        yield page, None if newest is None else _Newest(*newest)
