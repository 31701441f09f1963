"""What alarms weigh: the past looks at one page, in figures. Reads and keeps; judges nothing.

How many cards showed an author, a date, a read time at a look is kept by name in the table `memory`, a row a page, bounded. It can't be
asked of the spans: a field that wasn't read keeps the value last read, so a look that reads no author at all leaves no trace in them.
How many cards were new at it is kept beside, as the spans are slow to tell that of a page's every look.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from scraper.cards import Card
from scraper.pages import Outcome
from storage.archive import Archive
from storage.connections import translated_errors
from storage.moments import from_text, to_text
from storage.reader import Reader
from storage.recording import UNCHANGED

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

    seen_at: datetime  # aware UTC; the order of a page's looks
    clock_at: datetime | None = None  # what the clock said, where that is another moment (set back, or two looks in a second)
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
class Figures:
    """What one look counted, to be remembered with it."""

    shown: Mapping[str, int]  # field (see SHOWN_FIELDS) -> cards that show it
    new: int  # as `storage.Recorded` has them
    returned: int


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


LOOKS_AT_PAGE = "looks at page "
TOLD_OF_PAGE = "told of page "
"""What the memories of a page are called, before the page's number. They know its looks by their numbers and by the order of time."""

_PAGE = "SELECT page.id FROM page JOIN source ON source.id = page.source_id WHERE source.slug = :source AND page.url = :url"

_NEWEST_FIRST = """
SELECT crawl.run_id, crawl.id, crawl.seen_at, crawl.outcome, crawl.detail, crawl.card_count, crawl.good, circumstance.extractor_version,
  crawl.etag, crawl.last_modified, crawl.clock_at
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
        rows = _newest_looks(db, page[0], good_looks)
        told_until, remembered = _remembered(db, page[0])
        news = _news(db, page[0], [row for row in rows if row.good], remembered)
    looks = [
        PastLook(
            seen_at=from_text(row.seen_at),
            outcome=Outcome(row.outcome),
            detail=row.detail or "",
            cards=row.cards if row.good else None,
            new=news[row.id].new if row.id in news else None,
            kept=max(0, row.cards - news[row.id].came) if row.id in news else None,
            shown=remembered[row.id].shown if row.id in remembered else None,
            extractor_version=row.extractor_version,
            etag=row.etag,
            last_modified=row.last_modified,
            clock_at=None if row.clock_at is None else from_text(row.clock_at),
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
    clock_at: str | None


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


class _News(NamedTuple):
    new: int
    came: int  # new ones, and those that are back


def _news(db: sqlite3.Connection, page_id: int, good: Sequence[_Row], remembered: Mapping[int, _Remembered]) -> dict[int, _News]:
    """By look, of all of the page's good looks but the first: articles that came. Asked of the spans only where nobody remembers."""
    news: dict[int, _News] = {}
    forgotten: dict[int, int] = {}  # look -> the good one before it
    for before, row in pairwise(good):
        figures = remembered.get(row.id)
        if row.outcome in UNCHANGED:
            news[row.id] = _News(0, 0)
        elif figures is not None and figures.news is not None:
            news[row.id] = figures.news
        else:
            forgotten[row.id] = before.id
    if forgotten:
        news |= dict.fromkeys(forgotten, _News(0, 0))
        for crawl_id, last_crawl in db.execute(_ARRIVED, {"page_id": page_id, "first": min(forgotten.values())}):
            if crawl_id in forgotten:  # else the look is remembered, interrupted, or not a run's last one
                new, came = news[crawl_id]
                is_new = last_crawl is None
                news[crawl_id] = _News(new + is_new, came + (is_new or last_crawl < forgotten[crawl_id]))
    return news


def remember_figures(archive: Archive, run_id: int, pages: Mapping[tuple[str, str], Figures], *, most: int, at: datetime) -> None:
    """Keeps for each (slug, URL) what this run's last look at it counted, for the last `most` looks. One transaction."""
    with archive.transaction() as db:
        for (source, url), figures in pages.items():
            look = db.execute(
                f"SELECT page_id, id FROM crawl WHERE page_id = ({_PAGE}) AND run_id = :run_id ORDER BY seen_at DESC LIMIT 1",
                {"source": source, "url": url, "run_id": run_id},
            ).fetchone()
            if look is None:
                continue
            page_id, crawl_id = look
            content = _load(db, _LOOKS_AT.format(page_id)) or {"looks": {}}
            looks = content["looks"]
            looks[str(crawl_id)] = [*(figures.shown.get(name, 0) for name in SHOWN_FIELDS), figures.new, figures.returned]
            for oldest in list(looks)[:-most]:
                del looks[oldest]
            _save(db, _LOOKS_AT.format(page_id), content, at)


def remember_told(archive: Archive, pages: Iterable[PageLooks], *, at: datetime) -> None:
    """Keeps that alarms were weighed at the last look at each of these pages: what began later is still to be told. One transaction."""
    with archive.transaction() as db:
        for page in pages:
            row = db.execute(_PAGE, {"source": page.source, "url": page.url}).fetchone()
            if row is not None and page.looks:
                _save(db, _TOLD_OF.format(row[0]), to_text(page.looks[-1].seen_at), at)


_LOOKS_AT = LOOKS_AT_PAGE + "{}"
_TOLD_OF = TOLD_OF_PAGE + "{}"


class _Remembered(NamedTuple):
    shown: Mapping[str, int]
    news: _News | None  # None: remembered by an earlier version


def _remembered(db: sqlite3.Connection, page_id: int) -> tuple[datetime | None, dict[int, _Remembered]]:
    content = _load(db, _LOOKS_AT.format(page_id)) or {"looks": {}}
    told_until = _load(db, _TOLD_OF.format(page_id)) or content.get("told_until")  # where earlier versions kept it
    looks: dict[int, _Remembered] = {}
    for crawl_id, counts in content["looks"].items():
        new, returned = counts[len(SHOWN_FIELDS) :] or (None, None)
        news = None if new is None else _News(new, new + returned)
        looks[int(crawl_id)] = _Remembered(dict(zip(SHOWN_FIELDS, counts, strict=False)), news)
    return None if told_until is None else from_text(told_until), looks


def _load(db: sqlite3.Connection, name: str) -> Any:
    row = db.execute("SELECT content FROM memory WHERE name = ?", (name,)).fetchone()
    return None if row is None else json.loads(row[0])


def _save(db: sqlite3.Connection, name: str, content: object, at: datetime) -> None:
    db.execute(
        "INSERT OR REPLACE INTO memory (name, content, saved_at) VALUES (?, ?, ?)",
        (name, json.dumps(content, separators=(",", ":")), to_text(at)),
    )
