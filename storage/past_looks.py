"""What alarms weigh: the past looks at one page, in figures. Reads and keeps; judges nothing.

How many cards showed an author, a date, a read time at a look is kept by name in the table `memory`, a row a page, bounded. It can't be
asked of the spans: a field that wasn't read keeps the value last read, so a look that reads no author at all leaves no trace in them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from scraper.cards import Card
from scraper.pages import Outcome
from storage.archive import Archive
from storage.connections import translated_errors
from storage.moments import from_text, to_text
from storage.reader import Reader

SHOWN_FIELDS: Mapping[str, str] = {
    "title": "title",
    "link": "url",
    "blurb": "blurb",
    "read time": "read_time_raw",
    "date": "published_raw",
    "author": "author",
    "category": "category",
    "image": "image_url",
}
"""What a person calls a field -> the card's attribute that tells whether the page shows it."""

MOST_BAD_LOOKS = 1000  # of those after the oldest good one that is asked for; a page may be gone for years


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLook:
    """One look at one page in figures. Counts of cards are None where the look wasn't good or nobody can tell."""

    seen_at: datetime  # aware UTC
    outcome: Outcome
    detail: str = ""  # as stored with the look
    cards: int | None = None  # on the page
    new: int | None = None  # of them, never on this page before; None at the page's first good look
    kept: int | None = None  # of them, also on the page at the good look before; None at the first
    shown: Mapping[str, int] | None = None  # field (see SHOWN_FIELDS) -> cards that show it; None: the look read nothing anew
    extractor_version: str | None = None  # that read it; None: nothing was read
    etag: str | None = None  # validators that came with the page
    last_modified: str | None = None

    @property
    def returned(self) -> int | None:
        """Cards that stood here before, but not at the good look before."""
        return None if self.cards is None or self.new is None or self.kept is None else self.cards - self.kept - self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLooks:
    """A page and its looks, oldest first, a run's last look at it only, looks that were interrupted left out."""

    source: str  # slug
    url: str
    looks: tuple[PastLook, ...]
    told_until: datetime | None = None  # seen_at of the last look that alarms were weighed at; None: they never were


def shown_fields(cards: Iterable[Card]) -> dict[str, int]:
    """Field -> how many of the cards show it."""
    cards = tuple(cards)
    return {name: sum(getattr(card, attribute) is not None for card in cards) for name, attribute in SHOWN_FIELDS.items()}


_PAGE = "SELECT page.id FROM page JOIN source ON source.id = page.source_id WHERE source.slug = :source AND page.url = :url"

_NEWEST_FIRST = """
SELECT crawl.run_id, crawl.id, crawl.seen_at, crawl.outcome, crawl.detail, crawl.card_count, crawl.good, circumstance.extractor_version,
  crawl.etag, crawl.last_modified
FROM crawl LEFT JOIN circumstance ON circumstance.id = crawl.circumstance_id
WHERE crawl.page_id = :page_id AND crawl.outcome IS NOT NULL AND crawl.outcome <> 'interrupted'
ORDER BY crawl.seen_at DESC
"""

# CROSS JOIN and "+" hold SQLite to begin with the spans that opened, and to look an article's past up by its wordings.
_ARRIVED = """
WITH opened AS MATERIALIZED (
  SELECT DISTINCT span.first_crawl AS crawl_id, revision.article_id
  FROM span CROSS JOIN revision ON revision.id = span.revision_id
  WHERE span.page_id = :page_id AND span.first_crawl > :first
)
SELECT opened.crawl_id,
  (SELECT max(coalesce(past.last_crawl, 9e18)) FROM revision AS same CROSS JOIN span AS past ON past.revision_id = same.id
   WHERE same.article_id = opened.article_id AND +past.page_id = :page_id AND +past.first_crawl < opened.crawl_id)
FROM opened ORDER BY opened.crawl_id
"""


def find_past_looks(archive: Archive | Reader, *, source: str, url: str, good_looks: int) -> PageLooks:
    """The newest `good_looks` good looks at a page and every look between and after them; none where it was never looked at."""
    with translated_errors(archive.path):
        db = archive.connection
        page = db.execute(_PAGE, {"source": source, "url": url}).fetchone()
        if page is None:
            return PageLooks(source=source, url=url, looks=())
        here: dict[str, Any] = {"page_id": page[0]}
        rows = _newest_looks(db, page[0], good_looks)
        good = [row.id for row in rows if row.good]
        arrived = db.execute(_ARRIVED, {**here, "first": good[0]}).fetchall() if good else []
        told_until, remembered = _remembered(archive, page[0])
    before = dict(zip(good[1:], good, strict=False))
    new = dict.fromkeys(good[1:], 0)
    came = dict.fromkeys(good[1:], 0)
    for crawl_id, last_crawl in arrived:
        if crawl_id in before:  # else the look is interrupted or not a run's last one
            new[crawl_id] += last_crawl is None
            came[crawl_id] += last_crawl is None or last_crawl < before[crawl_id]
    looks = [
        PastLook(
            seen_at=from_text(row.seen_at),
            outcome=Outcome(row.outcome),
            detail=row.detail or "",
            cards=row.cards if row.good else None,
            new=new.get(row.id),
            kept=max(0, row.cards - came[row.id]) if row.id in came else None,
            shown=remembered.get(row.id),
            extractor_version=row.extractor_version,
            etag=row.etag,
            last_modified=row.last_modified,
        )
        for row in rows
    ]
    return PageLooks(source=source, url=url, looks=tuple(looks), told_until=told_until)


class _Row(NamedTuple):
    run_id: int
    id: int
    seen_at: str
    outcome: str
    detail: str | None
    cards: int  # if good
    good: int
    extractor_version: str | None
    etag: str | None
    last_modified: str | None


def _newest_looks(db: sqlite3.Connection, page_id: int, good_looks: int) -> list[_Row]:
    """The newest looks at the page, oldest first; as many as hold `good_looks` good ones, and none before the oldest of these.

    Of a run's looks the last one counts: one that was put off is often made at the end of the run.
    """
    rows: list[_Row] = []
    runs: set[int] = set()
    upto = good = 0  # how many of the rows there were at the oldest good look
    for row in map(_Row._make, db.execute(_NEWEST_FIRST, {"page_id": page_id})):
        if row.run_id not in runs:
            runs.add(row.run_id)
            rows.append(row)
        if row.good:
            good, upto = good + 1, len(rows)
        if good == good_looks or len(rows) == good_looks + MOST_BAD_LOOKS:
            break
    return rows[: upto or None][::-1]


def remember_shown_fields(
    archive: Archive, run_id: int, pages: Mapping[tuple[str, str], Mapping[str, int]], *, most: int, at: datetime
) -> None:
    """Keeps for each (slug, URL) how many cards showed each field at this run's last look at it, for the last `most` looks. One transaction."""
    with archive.transaction() as db:
        for (source, url), shown in pages.items():
            look = db.execute(
                f"SELECT page_id, id FROM crawl WHERE page_id = ({_PAGE}) AND run_id = :run_id ORDER BY seen_at DESC LIMIT 1",
                {"source": source, "url": url, "run_id": run_id},
            ).fetchone()
            if look is None:
                continue
            page_id, crawl_id = look
            told_until, looks = _remembered(archive, page_id)
            _remember(db, page_id, told_until, dict([*looks.items(), (crawl_id, shown)][-most:]), at)


def remember_told(archive: Archive, pages: Iterable[PageLooks], *, at: datetime) -> None:
    """Keeps that alarms were weighed at the last look at each of these pages: what began later is still to be told. One transaction."""
    with archive.transaction() as db:
        for page in pages:
            row = db.execute(_PAGE, {"source": page.source, "url": page.url}).fetchone()
            if row is not None and page.looks:
                _, looks = _remembered(archive, row[0])
                _remember(db, row[0], page.looks[-1].seen_at, looks, at)


def _remember(
    db: sqlite3.Connection, page_id: int, told_until: datetime | None, looks: Mapping[int, Mapping[str, int]], at: datetime
) -> None:
    content = {
        "told_until": None if told_until is None else to_text(told_until),
        "looks": {str(crawl_id): [counts.get(name, 0) for name in SHOWN_FIELDS] for crawl_id, counts in looks.items()},
    }
    db.execute(
        "INSERT OR REPLACE INTO memory (name, content, saved_at) VALUES (?, ?, ?)",
        (_memory_name(page_id), json.dumps(content, separators=(",", ":")), to_text(at)),
    )


def _remembered(archive: Archive | Reader, page_id: int) -> tuple[datetime | None, dict[int, Mapping[str, int]]]:
    row = archive.connection.execute("SELECT content FROM memory WHERE name = ?", (_memory_name(page_id),)).fetchone()
    if row is None:
        return None, {}
    content = json.loads(row[0])
    looks: dict[int, Mapping[str, int]] = {
        int(crawl_id): dict(zip(SHOWN_FIELDS, counts, strict=True)) for crawl_id, counts in content["looks"].items()
    }
    return None if content["told_until"] is None else from_text(content["told_until"]), looks


def _memory_name(page_id: int) -> str:
    return f"looks at page {page_id}"
