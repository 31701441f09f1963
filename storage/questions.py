"""The larger questions: over weeks, over sources, and back to the bytes. Each function reads only; call it inside a snapshot."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from typing import Any

from storage.moments import from_text
from storage.queries import BEGINNING, END, LOOKED

Row = dict[str, Any]

# What stood on a page at its first good look is new to the archive and perhaps to nobody else.
_NEW_BY_WEEK = """
WITH baseline AS MATERIALIZED (
  SELECT (SELECT id FROM crawl WHERE page_id = page.id AND good ORDER BY seen_at LIMIT 1) AS crawl_id FROM page
), sighted AS MATERIALIZED (
  SELECT page.source_id, revision.article_id, min(span.first_crawl) AS crawl_id
  FROM page CROSS JOIN span ON span.page_id = page.id CROSS JOIN revision ON revision.id = span.revision_id
  WHERE :source IS NULL OR page.source_id = (SELECT id FROM source WHERE slug = :source)
  GROUP BY page.source_id, revision.article_id
)
SELECT source.slug AS source, date(crawl.seen_at, 'weekday 0', '-6 days') AS week, count(*) AS articles
FROM sighted CROSS JOIN crawl ON crawl.id = sighted.crawl_id CROSS JOIN source ON source.id = sighted.source_id
WHERE sighted.crawl_id NOT IN (SELECT crawl_id FROM baseline WHERE crawl_id IS NOT NULL)
GROUP BY source.slug, week
ORDER BY source.slug, week
"""


def new_by_week(db: sqlite3.Connection, *, source: str | None) -> list[Row]:
    """See `Reader.new_by_week`."""
    return rows(db, _NEW_BY_WEEK, {"source": source})


_MOST_REWORDED = """
SELECT counted.source, counted.rewordings, counted.of_title, last.seen_at AS last_reworded,
  (SELECT title FROM rewording JOIN revision ON revision.id = after_revision
   WHERE rewording.page_id = counted.page_id AND crawl_id = counted.newest AND article_id = counted.article_id LIMIT 1) AS title,
  article.url, counted.article_id
FROM (
  SELECT source.slug AS source, revision.article_id, rewording.page_id,  -- of the newest: max() below is the only aggregate that chooses
    count(DISTINCT rewording.crawl_id || ' ' || rewording.after_revision) AS rewordings,
    count(DISTINCT CASE WHEN rewording.field = 'title' THEN rewording.crawl_id || ' ' || rewording.after_revision END) AS of_title,
    max(rewording.crawl_id) AS newest
  FROM rewording
  JOIN crawl ON crawl.id = rewording.crawl_id
  JOIN page ON page.id = rewording.page_id
  JOIN source ON source.id = page.source_id
  JOIN revision ON revision.id = rewording.after_revision
  WHERE NOT rewording.boring AND crawl.seen_at >= :since AND crawl.seen_at < :until AND (:source IS NULL OR source.slug = :source)
  GROUP BY source.slug, revision.article_id
) AS counted
JOIN crawl AS last ON last.id = counted.newest
JOIN article ON article.id = counted.article_id
ORDER BY counted.rewordings DESC, counted.of_title DESC, counted.source, counted.article_id
LIMIT :limit
"""


def most_reworded(db: sqlite3.Connection, *, since: str | None, until: str | None, source: str | None, limit: int) -> list[Row]:
    """See `Reader.most_reworded`."""
    return rows(db, _MOST_REWORDED, {"since": since or BEGINNING, "until": until or END, "source": source, "limit": limit})


# The cause can be read off the page: where a card that stood below it still stands, it was taken from among the others.
_VANISHED = """
, still AS MATERIALIZED (
  SELECT looked.crawl_id,
    (SELECT max(span.slot) FROM span WHERE span.page_id = looked.page_id AND span.first_crawl <= looked.previous
       AND (span.last_crawl IS NULL OR span.last_crawl >= looked.crawl_id)) AS lowest,  -- of the cards that stood before and still do
    looked_at.card_count
  FROM looked CROSS JOIN crawl AS looked_at ON looked_at.id = looked.crawl_id
)
SELECT ended.source, ended.page, ended.previous_look AS last_seen, ended.seen_at AS missed_at, revision.title, article.url,
  CASE WHEN still.lowest > ended.slot THEN 'taken from among others'
    WHEN still.card_count = 0 THEN 'the list was empty'
    ELSE 'fell off the end' END AS cause,
  (SELECT min(back.seen_at) FROM revision AS again CROSS JOIN span AS stood ON stood.revision_id = again.id
   CROSS JOIN crawl AS back ON back.id = stood.first_crawl
   WHERE again.article_id = ended.article_id AND +stood.page_id = ended.page_id AND +stood.first_crawl > ended.crawl_id) AS returned_at,
  ended.article_id, ended.revision_id
FROM ended
CROSS JOIN still ON still.crawl_id = ended.crawl_id
CROSS JOIN revision ON revision.id = ended.revision_id
CROSS JOIN article ON article.id = ended.article_id
ORDER BY missed_at, ended.source, ended.page, ended.article_id
"""


def vanished(db: sqlite3.Connection, *, since: str | None, until: str | None, source: str | None) -> list[Row]:
    """See `Reader.vanished`."""
    return rows(db, LOOKED + _VANISHED, {"since": since or BEGINNING, "until": until or END, "source": source})


_RAN = """
SELECT ran.source, opened.seen_at AS first_seen, ran.last_seen, ran.still_there, ran.pages, ran.wordings,
  (SELECT title FROM revision JOIN span ON span.revision_id = revision.id
   WHERE article_id = :article_id AND span.first_crawl = ran.first_crawl ORDER BY span.slot LIMIT 1) AS title
FROM (
  SELECT source.slug AS source, min(span.first_crawl) AS first_crawl,
    max(coalesce(closed.seen_at, (SELECT max(seen_at) FROM crawl WHERE page_id = span.page_id AND good))) AS last_seen,
    max(span.last_crawl IS NULL) AS still_there, count(DISTINCT span.page_id) AS pages, count(DISTINCT span.revision_id) AS wordings
  FROM revision
  CROSS JOIN span ON span.revision_id = revision.id
  CROSS JOIN page ON page.id = span.page_id
  CROSS JOIN source ON source.id = page.source_id
  LEFT JOIN crawl AS closed ON closed.id = span.last_crawl
  WHERE revision.article_id = :article_id
  GROUP BY source.slug
) AS ran
JOIN crawl AS opened ON opened.id = ran.first_crawl
ORDER BY first_seen, ran.source
"""


def who_ran_it(db: sqlite3.Connection, article_id: int) -> list[Row]:
    """See `Reader.who_ran_it`."""
    found = rows(db, _RAN, {"article_id": article_id})
    for row in found:
        row["still_there"] = bool(row["still_there"])
    return found


_COVERAGE = """
SELECT source.slug AS source, page.url AS page, count(crawl.outcome) AS looks, coalesce(sum(crawl.good), 0) AS good_looks,
  min(crawl.seen_at) AS first_look, max(crawl.seen_at) AS last_look, page.id AS page_id
FROM source JOIN page ON page.source_id = source.id
LEFT JOIN crawl ON crawl.page_id = page.id AND crawl.outcome IS NOT NULL AND crawl.seen_at >= :since AND crawl.seen_at < :until
WHERE :source IS NULL OR source.slug = :source
GROUP BY page.id
ORDER BY source.slug, page.url
"""

_GOOD_LOOKS = (
    "SELECT seen_at FROM crawl WHERE page_id = :page_id AND good AND seen_at >= :since AND seen_at < :until ORDER BY seen_at"
)

_OUTCOMES = """
SELECT outcome, count(*) FROM crawl
WHERE page_id = :page_id AND outcome IS NOT NULL AND NOT good AND seen_at >= :since AND seen_at < :until
GROUP BY outcome ORDER BY count(*) DESC, outcome
"""


def coverage(db: sqlite3.Connection, *, since: str | None, until: str | None, source: str | None) -> list[Row]:
    """See `Reader.coverage`."""
    period = {"since": since or BEGINNING, "until": until or END}
    found = rows(db, _COVERAGE, {**period, "source": source})
    for row in found:
        here = {**period, "page_id": row.pop("page_id")}
        moments = [from_text(seen_at) for (seen_at,) in db.execute(_GOOD_LOOKS, here)]
        apart = sorted(int((after - before).total_seconds()) for before, after in pairwise(moments))
        row["median_interval_s"] = apart[len(apart) // 2] if apart else None
        row["longest_interval_s"] = apart[-1] if apart else None
        row["failures"] = ", ".join(f"{outcome}: {count}" for outcome, count in db.execute(_OUTCOMES, here)) or None
    return found


_FIELDS = (
    ("title", "title"),
    ("blurb", "blurb"),
    ("read_time_minutes", "read_time_raw"),
    ("published_on", "published_raw"),
    ("author", "author"),
    ("category", "category"),
    ("image_url", "image_url"),
)

# A field that wasn't read keeps the value last read, so the look that a value rests on is the first one that brought it.
_EVIDENCE = """
SELECT field.value AS value, field.raw AS raw, look.seen_at, look.source, look.page, look.body_sha256, look.body_bytes, body.content IS NULL AS pruned,
  look.extractor_version, look.charset, look.final_url, origin.fields ->> ('$.' || :origin) AS read_from, look.crawl_id
FROM (
  SELECT {value} AS value, {raw} AS raw, min(first_crawl) AS first_crawl, origin_id
  FROM revision WHERE article_id = :article_id AND ({value} IS NOT NULL OR {raw} IS NOT NULL) GROUP BY {value}, {raw}
) AS field
JOIN look ON look.crawl_id = field.first_crawl
LEFT JOIN body ON body.sha256 = look.body_sha256
LEFT JOIN origin ON origin.id = field.origin_id
ORDER BY field.first_crawl
"""


def provenance(db: sqlite3.Connection, article_id: int) -> list[Row]:
    """See `Reader.provenance`."""
    found: list[Row] = []
    for value, raw in _FIELDS:
        query = _EVIDENCE.format(value=value, raw=raw)
        for row in rows(db, query, {"article_id": article_id, "origin": value}):
            row["pruned"] = bool(row["pruned"])
            found.append({"field": value, **row})
    return found


def rows(db: sqlite3.Connection, query: str, params: dict[str, Any]) -> list[Row]:
    """The answer as plain rows."""
    cursor = db.execute(query, params)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
