"""The questions about pages and sources, as SQL. Each function reads only; call it inside a snapshot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.moments import from_text, to_text
from storage.wordings import Wording

Row = dict[str, Any]

BEGINNING, END = "0000", "9999"  # sort before and after every moment

# MATERIALIZED and CROSS JOIN keep SQLite from turning the joins round: without them it goes through every span of the archive.
_CARDS = """
WITH looked AS MATERIALIZED (
  SELECT source.slug AS source, page.url AS page, page.id AS page_id,
    (SELECT crawl.id FROM crawl WHERE crawl.page_id = page.id AND crawl.seen_at <= :at AND crawl.good
     ORDER BY crawl.seen_at DESC LIMIT 1) AS crawl_id
  FROM page JOIN source ON source.id = page.source_id
  WHERE (:source IS NULL OR source.slug = :source) AND (:page IS NULL OR page.url = :page)
), of_feed AS MATERIALIZED (  -- the ways in which `scraper.feeds` says where it read a date
  SELECT id FROM origin
  WHERE substr(json_extract(fields, '$.published_on'), 1, instr(json_extract(fields, '$.published_on'), ':'))
    IN ('rss:', 'atom:', 'json:', 'sitemap:')
)
SELECT looked.source, looked.page, crawl.seen_at,
  revision.title, article.url, revision.blurb,
  revision.read_time_minutes, revision.read_time_raw, revision.published_on, revision.published_raw, revision.author, revision.category,
  revision.image_url,
  coalesce(revision.link, article.url) AS link,
  (SELECT min(opened.seen_at) FROM revision AS same CROSS JOIN span AS stood ON stood.revision_id = same.id
   CROSS JOIN crawl AS opened ON opened.id = stood.first_crawl
   WHERE same.article_id = revision.article_id AND stood.page_id = looked.page_id) AS first_seen,
  CASE WHEN EXISTS (SELECT 1 FROM of_feed) THEN
    (SELECT told.published_on FROM revision AS told CROSS JOIN crawl AS heard ON heard.id = told.first_crawl
     WHERE told.article_id = revision.article_id AND told.published_on IS NOT NULL AND told.origin_id IN (SELECT id FROM of_feed)
       AND heard.seen_at <= :at ORDER BY told.first_crawl LIMIT 1) END AS feed_published_on,
  revision.article_id, span.revision_id
FROM looked
CROSS JOIN crawl ON crawl.id = looked.crawl_id
CROSS JOIN span ON span.page_id = looked.page_id AND span.first_crawl <= looked.crawl_id
  AND (span.last_crawl IS NULL OR span.last_crawl >= looked.crawl_id)
CROSS JOIN revision ON revision.id = span.revision_id
CROSS JOIN article ON article.id = revision.article_id
ORDER BY looked.source, looked.page, span.slot
"""


def iter_cards(db: sqlite3.Connection, *, source: str | None, page: str | None, at: str | None) -> Iterator[Row]:
    """See `Reader.cards`."""
    place: tuple[str, str] | None = None
    position = 0
    for row in db.execute(_CARDS, {"source": source, "page": page, "at": at or END}):
        position = position + 1 if place == row[:2] else 1
        place = row[:2]
        yield dict(zip(CARD_COLUMNS, (*row[:3], position, *row[3:]), strict=True))


CARD_COLUMNS = (
    "source",
    "page",
    "seen_at",
    "position",
    "title",
    "url",
    "blurb",
    "read_time_minutes",
    "read_time_raw",
    "published_on",
    "published_raw",
    "author",
    "category",
    "image_url",
    "link",
    "first_seen",
    "feed_published_on",
    "article_id",
    "revision_id",
)


# The view `change` answers the same. Begun from the looks of a period, it need not go through every span of the archive; CROSS JOIN and
# "+" hold SQLite to that order.
LOOKED = """
WITH looked AS MATERIALIZED (
  SELECT source.slug AS source, page.url AS page, crawl.id AS crawl_id, crawl.page_id, crawl.seen_at,
    before.id AS previous, before.seen_at AS previous_look
  FROM source CROSS JOIN page ON page.source_id = source.id
  CROSS JOIN crawl ON crawl.page_id = page.id AND crawl.seen_at >= :since AND crawl.seen_at < :until
  LEFT JOIN crawl AS before ON before.page_id = crawl.page_id AND before.seen_at = (
    SELECT max(earlier.seen_at) FROM crawl AS earlier
    WHERE earlier.page_id = crawl.page_id AND earlier.seen_at < crawl.seen_at AND earlier.good)
  WHERE crawl.good AND (:source IS NULL OR source.slug = :source)
), period AS MATERIALIZED (
  SELECT page_id, min(previous) AS first, max(previous) AS last FROM looked WHERE previous IS NOT NULL GROUP BY page_id
), ended AS MATERIALIZED (
  SELECT looked.*, span.first_crawl, span.slot, revision.article_id, span.revision_id
  FROM period CROSS JOIN span ON span.page_id = period.page_id AND span.last_crawl >= period.first AND span.last_crawl <= period.last
  CROSS JOIN revision ON revision.id = span.revision_id
  CROSS JOIN looked ON looked.page_id = span.page_id AND looked.previous = span.last_crawl
  WHERE NOT EXISTS (
    SELECT 1 FROM revision AS same CROSS JOIN span AS twin ON twin.revision_id = same.id
    WHERE same.article_id = revision.article_id AND +twin.page_id = span.page_id
      AND ((+twin.first_crawl <= looked.crawl_id AND (twin.last_crawl IS NULL OR twin.last_crawl >= looked.crawl_id))
        OR (twin.last_crawl = span.last_crawl AND (twin.first_crawl, twin.slot) > (span.first_crawl, span.slot))))
)
"""
"""Common table expressions for a period and a source: its good looks, and the cards that they no longer found (`ended`)."""


def _change_columns(kind: str, *, field: str = "NULL", before: str = "NULL", after: str = "NULL", boring: str = "NULL") -> str:
    return f"""
SELECT looked.seen_at AS at, looked.previous_look, looked.source, looked.page, {kind} AS kind, revision.title, article.url,
  {field} AS field, {before} AS before, {after} AS after, {boring} AS boring, revision.article_id, revision.id AS revision_id,
  NULL AS outcome, NULL AS detail
"""


_NEW_OR_RETURNED = """
CASE WHEN EXISTS (
    SELECT 1 FROM revision AS same CROSS JOIN span AS past ON past.revision_id = same.id
    WHERE same.article_id = revision.article_id AND +past.page_id = looked.page_id AND +past.first_crawl < looked.crawl_id)
  THEN 'returned' ELSE 'new' END
"""

_ARRIVED = f"""
{_change_columns(_NEW_OR_RETURNED)}
FROM looked
CROSS JOIN span ON span.page_id = looked.page_id AND span.first_crawl = looked.crawl_id
CROSS JOIN revision ON revision.id = span.revision_id
CROSS JOIN article ON article.id = revision.article_id
WHERE NOT EXISTS (
  SELECT 1 FROM revision AS same CROSS JOIN span AS past ON past.revision_id = same.id
  WHERE same.article_id = revision.article_id AND +past.page_id = looked.page_id
    AND ((+past.first_crawl < looked.crawl_id AND (past.last_crawl IS NULL OR past.last_crawl >= looked.previous))
      OR (+past.first_crawl = looked.crawl_id AND past.slot < span.slot)))
"""

_ABSENT = f"""
{_change_columns("'absent'")}
FROM ended AS looked
CROSS JOIN revision ON revision.id = looked.revision_id
CROSS JOIN article ON article.id = looked.article_id
"""


def _value(wording: str) -> str:
    return "CASE rewording.field " + " ".join(f"WHEN '{name}' THEN {wording}.{name}" for name in Wording._fields) + " END"


_REWORDED = f"""
{_change_columns("'reworded'", field="rewording.field", before=_value("past"), after=_value("revision"), boring="rewording.boring")}
FROM looked
CROSS JOIN rewording ON rewording.page_id = looked.page_id AND rewording.crawl_id = looked.crawl_id
CROSS JOIN revision AS past ON past.id = rewording.before_revision
CROSS JOIN revision ON revision.id = rewording.after_revision
CROSS JOIN article ON article.id = revision.article_id
"""

_GAPS = """
SELECT source, page, last_good_look, first_failed_look, next_good_look, failed_looks, outcome, detail
FROM gap
WHERE first_failed_look < :until AND coalesce(next_good_look, '9999') > :since {of_source}
ORDER BY first_failed_look, source, page
"""


def changes(
    db: sqlite3.Connection, *, since: str | None, until: str | None, source: str | None, kinds: frozenset[str]
) -> list[Row]:
    """See `Reader.changes`."""
    period = {"since": since or BEGINNING, "until": until or END, "source": source}
    rows: list[Row] = []
    for query, tells in ((_ARRIVED, {"new", "returned"}), (_ABSENT, {"absent"}), (_REWORDED, {"reworded"})):
        if kinds & tells:
            rows += [row for row in _rows(db, LOOKED + query, period) if row["kind"] in kinds]
    for row in rows:
        row["boring"] = None if row["boring"] is None else bool(row["boring"])
    if "gap" in kinds:
        rows += [
            {
                "at": gap["first_failed_look"],
                "previous_look": gap["last_good_look"],
                "source": gap["source"],
                "page": gap["page"],
                "kind": "gap",
                **dict.fromkeys(("title", "url", "field", "before", "after", "boring", "article_id", "revision_id")),
                "outcome": gap["outcome"],
                "detail": gap["detail"],
            }
            for gap in gaps(db, since=since, until=until, source=source)
            if gap["first_failed_look"] >= (since or BEGINNING)
        ]
    order = {"gap": 0, "new": 1, "returned": 2, "reworded": 3, "absent": 4}
    rows.sort(
        key=lambda row: (
            row["at"],
            row["source"],
            row["page"],
            order[row["kind"]],
            row["article_id"] or 0,
            row["revision_id"] or 0,
            row["field"] or "",
        )
    )
    return rows


def gaps(db: sqlite3.Connection, *, since: str | None, until: str | None, source: str | None) -> list[Row]:
    """See `Reader.gaps`."""
    # spelt out only where it is asked for: "(:source IS NULL OR ...)" keeps SQLite from beginning with the source
    query = _GAPS.format(of_source="AND source = :source" if source is not None else "")
    return _rows(db, query, {"since": since or BEGINNING, "until": until or END, "source": source})


_STATUS = """
SELECT source.slug AS source, page.url AS page, page.id AS page_id,
  good.seen_at AS last_good_at, good.card_count AS cards, last.seen_at AS last_look_at, last.outcome, last.detail, last.good
FROM source JOIN page ON page.source_id = source.id
LEFT JOIN crawl AS good ON good.id = (
  SELECT id FROM crawl WHERE page_id = page.id AND crawl.good ORDER BY seen_at DESC LIMIT 1)
LEFT JOIN crawl AS last ON last.id = (
  SELECT id FROM crawl WHERE page_id = page.id AND outcome IS NOT NULL ORDER BY seen_at DESC LIMIT 1)
WHERE :source IS NULL OR source.slug = :source
ORDER BY source.slug, page.url
"""

# Articles whose first sighting on any of the source's pages is a look of that week, the first good look at each page left out:
# what stood there when we came is no news.
_NEW = """
WITH week AS MATERIALIZED (
  SELECT source.slug AS source, source.id AS source_id, crawl.id AS crawl_id, crawl.page_id, crawl.seen_at
  FROM source CROSS JOIN page ON page.source_id = source.id CROSS JOIN crawl ON crawl.page_id = page.id
  WHERE crawl.seen_at >= :since AND crawl.seen_at <= :now AND crawl.good AND (:source IS NULL OR source.slug = :source)
    AND EXISTS (SELECT 1 FROM crawl AS before WHERE before.page_id = page.id AND before.seen_at < crawl.seen_at AND before.good)
)
SELECT week.source, substr(week.seen_at, 1, 10) AS day, count(DISTINCT revision.article_id) AS articles
FROM week
CROSS JOIN span ON span.page_id = week.page_id AND span.first_crawl = week.crawl_id
CROSS JOIN revision ON revision.id = span.revision_id
WHERE NOT EXISTS (
  SELECT 1 FROM revision AS same CROSS JOIN span AS past ON past.revision_id = same.id CROSS JOIN page ON page.id = past.page_id
  CROSS JOIN crawl ON crawl.id = past.first_crawl
  WHERE same.article_id = revision.article_id AND page.source_id = week.source_id AND crawl.seen_at < week.seen_at)
GROUP BY week.source, day
"""


def status(db: sqlite3.Connection, *, source: str | None, now: datetime) -> list[Row]:
    """See `Reader.status`."""
    today = now.astimezone(UTC).date()
    days = [(today - timedelta(days=ago)).isoformat() for ago in range(6, -1, -1)]
    new = {
        (row["source"], row["day"]): row["articles"]
        for row in _rows(db, _NEW, {"since": days[0], "now": to_text(now), "source": source})
    }
    pages: dict[str, list[Row]] = {}
    for page in _rows(db, _STATUS, {"source": source}):
        pages.setdefault(page["source"], []).append(page)
    return [_source_status(slug, of_source, [new.get((slug, day), 0) for day in days], now) for slug, of_source in pages.items()]


def _source_status(slug: str, pages: list[Row], new_by_day: list[int], now: datetime) -> Row:
    looked = [page for page in pages if page["last_look_at"] is not None]
    last = max(looked, key=lambda page: page["last_look_at"], default=None)
    good = [page["last_good_at"] for page in pages if page["last_good_at"] is not None]
    failing = [page for page in looked if not page["good"]]
    worst = min(failing, key=lambda page: page["last_good_at"] or "", default=None)
    gap_s = None
    if worst is not None and worst["last_good_at"] is not None:
        gap_s = max(0, int((now - from_text(worst["last_good_at"])).total_seconds()))
    return {
        "source": slug,
        "pages": len(pages),
        "last_good_at": max(good, default=None),
        "cards": sum(page["cards"] or 0 for page in pages),
        "new_this_week": sum(new_by_day),
        "new_by_day": new_by_day,
        "last_look_at": last["last_look_at"] if last else None,
        "last_outcome": last["outcome"] if last else None,
        "last_detail": last["detail"] if last else None,
        "gap_s": gap_s,  # since the last good look at the page that has failed for longest; None: no page fails, or none was ever read
        "trouble": _trouble(worst, len(failing), len(pages)),
    }


def _trouble(worst: Row | None, failing: int, pages: int) -> str | None:
    if worst is None:
        return None
    since = f"since {worst['last_good_at']}" if worst["last_good_at"] else "never read"
    which = f"{failing} of {pages} pages, " if pages > 1 else ""
    return f"{which}{since}: {worst['outcome']}" + (f": {worst['detail']}" if worst["detail"] else "")


def _rows(db: sqlite3.Connection, query: str, params: dict[str, Any]) -> list[Row]:
    cursor = db.execute(query, params)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
