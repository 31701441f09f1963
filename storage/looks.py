"""When each page was last looked at, and how often it changes: what a plan for the next looks rests on. It only reads."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from scraper.pages import Outcome
from storage.archive import Archive
from storage.connections import translated_errors
from storage.moments import from_text
from storage.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLooks:
    """A page's newest looks. Moments are what the clock said when the look began, in aware UTC."""

    source: str  # slug
    url: str  # of the listing page, as configured
    last_at: datetime | None  # of the last look that came to an end, good or bad; None: there was none
    last_good_at: datetime | None
    unfinished: int = 0  # tries since then that came to none: interrupted, put off, or under way
    unfinished_at: datetime | None = None  # of the newest of these
    unfinished_outcome: str | None = None  # of that one; None also while it is under way
    intervals: tuple[
        tuple[float, bool], ...
    ] = ()  # between the last good looks: seconds, and whether other cards stood there then


UNFINISHED = frozenset({None, Outcome.INTERRUPTED, Outcome.DEFERRED})
"""Outcomes of looks that no plan counts as made: the page is still owed one."""

_PAGES = """
SELECT page.id, source.slug, page.url FROM page JOIN source ON source.id = page.source_id ORDER BY page.id
"""

# Read only until the last good look is found.
_NEWEST_FIRST = """
SELECT coalesce(clock_at, seen_at), outcome, good, coalesce(attempts, 1) FROM crawl WHERE page_id = :page_id ORDER BY seen_at DESC
"""

# Other cards: something stood there that had not stood there so, or fewer stood there. What moved only has changed as well.
_INTERVALS = """
SELECT seen_at, card_count,
  EXISTS (SELECT 1 FROM span WHERE span.page_id = crawl.page_id AND span.first_crawl = crawl.id)
FROM crawl WHERE page_id = :page_id AND good ORDER BY seen_at DESC LIMIT :looks
"""


def last_looks(archive: Archive | Reader, *, intervals: int = 0) -> list[LastLooks]:
    """A record for every page that was ever to be looked at.

    `intervals` is how many of the times between its last good looks are told with each, the oldest first.
    """
    db = archive.connection
    with translated_errors(archive.path):
        return [_last_looks(db, *page, intervals=intervals) for page in db.execute(_PAGES).fetchall()]


def _last_looks(db: sqlite3.Connection, page_id: int, source: str, url: str, *, intervals: int) -> LastLooks:
    here = {"page_id": page_id}
    last_at = last_good_at = None
    unfinished: list[tuple[str, str | None]] = []
    for begun_at, outcome, good, attempts in db.execute(_NEWEST_FIRST, here):
        if last_at is None and outcome in UNFINISHED:
            if outcome != Outcome.INTERRUPTED or attempts > 0:  # else its run ended before it had its turn
                unfinished.append((begun_at, outcome))
            continue
        last_at = last_at or begun_at
        if good:
            last_good_at = begun_at
            break
    unfinished_at, unfinished_outcome = unfinished[0] if unfinished else (None, None)
    looks = db.execute(_INTERVALS, {**here, "looks": intervals + 1}).fetchall() if intervals else []
    return LastLooks(
        source=source,
        url=url,
        last_at=_moment(last_at),
        last_good_at=_moment(last_good_at),
        unfinished=len(unfinished),
        unfinished_at=_moment(unfinished_at),
        unfinished_outcome=unfinished_outcome,
        intervals=tuple(
            ((from_text(later[0]) - from_text(earlier[0])).total_seconds(), bool(later[2]) or later[1] != earlier[1])
            for earlier, later in pairwise(reversed(looks))
        ),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)
