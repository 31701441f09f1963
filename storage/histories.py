"""The history of one article: where it stood, in which words, how high, and when it was not there."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from scraper.errors import QueryError
from scraper.urls import canonical_url

Row = dict[str, Any]

ALIASES_SINCE = 2  # version of the tables; older archives are read as they are

_CANDIDATES = """
SELECT article.id, coalesce(article.url, article.fallback),
  (SELECT title FROM revision WHERE article_id = article.id ORDER BY id DESC LIMIT 1)
FROM article
WHERE article.url LIKE :part ESCAPE '\\'
  OR EXISTS (SELECT 1 FROM revision WHERE article_id = article.id AND title LIKE :part ESCAPE '\\')
ORDER BY article.id LIMIT 6
"""


def find_article(db: sqlite3.Connection, card: str | int) -> int:
    """The id of the article that a person means; see `Reader.history`."""
    text = str(card).strip()
    if re.fullmatch(r"\d{1,18}", text, re.ASCII):
        row = db.execute("SELECT id FROM article WHERE id = ?", (int(text),)).fetchone()
        if row is not None:
            return int(row[0])
        if isinstance(card, int):
            raise QueryError(f"there is no article {card} in the archive")
    if not text:
        raise QueryError("name a card: its URL, its number, or a part of its URL or title")
    row = db.execute(
        "SELECT id FROM article WHERE url IN (?, ?) ORDER BY url = ? DESC", (text, canonical_url(text), text)
    ).fetchone()
    if row is not None:
        return int(row[0])
    if (article_id := _by_alias(db, canonical_url(text))) is not None:
        return article_id
    part = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
    found = db.execute(_CANDIDATES, {"part": part}).fetchall()
    if len(found) == 1:
        return int(found[0][0])
    if not found:
        raise QueryError(f"no article has {text!r} in its URL or in a title; try `standfirst search`")
    named = "".join(f"\n  {article_id}  {title or key}" for article_id, key, title in found[:5])
    more = "\n  ..." if len(found) > 5 else ""
    raise QueryError(f"{text!r} fits several articles; name one by its number or more of its URL:{named}{more}")


def _by_alias(db: sqlite3.Connection, url: str) -> int | None:
    if db.execute("PRAGMA user_version").fetchone()[0] < ALIASES_SINCE:
        return None
    row = db.execute("SELECT article_id FROM alias WHERE url = ?", (url,)).fetchone()
    return int(row[0]) if row else None


_SPANS = """
SELECT source.slug AS source, page.url AS page, span.page_id, span.first_crawl, span.slot,
  coalesce(span.last_crawl, (SELECT id FROM crawl WHERE page_id = span.page_id AND good ORDER BY seen_at DESC LIMIT 1)) AS last_crawl,
  span.last_crawl IS NULL AS still_there,
  revision.title, article.url, revision.blurb,
  revision.read_time_minutes, revision.read_time_raw, revision.published_on, revision.published_raw, revision.author, revision.category,
  revision.image_url, revision.article_id, span.revision_id,
  (SELECT group_concat(field, ', ') FROM (
     SELECT DISTINCT field FROM rewording
     WHERE after_revision = span.revision_id AND page_id = span.page_id AND crawl_id = span.first_crawl AND NOT boring)) AS reworded
FROM article
CROSS JOIN revision ON revision.article_id = article.id
CROSS JOIN span ON span.revision_id = revision.id
CROSS JOIN page ON page.id = span.page_id
CROSS JOIN source ON source.id = page.source_id
WHERE article.id = :article_id
ORDER BY source.slug, page.url, span.first_crawl, span.slot
"""

_LOOKS = "SELECT id, seen_at FROM crawl WHERE page_id = :page_id AND good AND id >= :first ORDER BY seen_at"

_NEIGHBOURS = """
SELECT first_crawl, last_crawl, slot FROM span
WHERE page_id = :page_id AND first_crawl <= :last AND (last_crawl IS NULL OR last_crawl >= :first)
"""

_WORDING = (
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
)


def history_of(db: sqlite3.Connection, article_id: int) -> list[Row]:
    """See `Reader.history`. Rows are in the order of source, page and time."""
    cursor = db.execute(_SPANS, {"article_id": article_id})
    names = [column[0] for column in cursor.description]
    by_page: dict[int, list[Row]] = {}
    for values in cursor.fetchall():
        span = dict(zip(names, values, strict=True))
        by_page.setdefault(span["page_id"], []).append(span)
    return [row for page_id, spans in by_page.items() for row in _history_on_page(db, page_id, spans)]


def _history_on_page(db: sqlite3.Connection, page_id: int, spans: list[Row]) -> list[Row]:
    first = min(span["first_crawl"] for span in spans)
    last = max(span["last_crawl"] for span in spans)
    looks: list[tuple[int, str]] = db.execute(_LOOKS, {"page_id": page_id, "first": first}).fetchall()
    neighbours = db.execute(_NEIGHBOURS, {"page_id": page_id, "first": first, "last": last}).fetchall()
    rows: list[Row] = []
    stood: set[int] = set()
    for span in spans:
        within = [look for look in looks if span["first_crawl"] <= look[0] <= span["last_crawl"]]
        stood |= {look_id for look_id, _ in within}
        positions = [
            sum(
                1
                for opened, closed, slot in neighbours
                if opened <= look_id and (closed is None or closed >= look_id) and slot <= span["slot"]
            )
            for look_id, _ in within
        ]
        rows.append(_row("stood", span, within, positions, still_there=bool(span["still_there"])))
    missed: list[tuple[int, str]] = []
    for look in [*looks, None]:
        if look is not None and look[0] not in stood:
            missed.append(look)
        elif missed:
            rows.append(_row("absent", spans[0], missed, [], still_there=False))
            missed = []
    rows.sort(key=lambda row: (row["first_seen"], row["first_position"] or 0))
    return rows


def _row(kind: str, span: Row, looks: list[tuple[int, str]], positions: list[int], *, still_there: bool) -> Row:
    stood = kind == "stood"
    return {
        "kind": kind,
        "source": span["source"],
        "page": span["page"],
        "first_seen": looks[0][1],  # of an absence: the first look that missed it
        "last_seen": looks[-1][1],
        "still_there": still_there,
        "looks": len(looks),
        "first_position": positions[0] if positions else None,
        "best_position": min(positions, default=None),
        "last_position": positions[-1] if positions else None,
        "reworded": span["reworded"] if stood else None,  # fields that changed when this wording came; typography left out
        **{field: span[field] if stood or field == "url" else None for field in _WORDING},
        "article_id": span["article_id"],
        "revision_id": span["revision_id"] if stood else None,
    }
