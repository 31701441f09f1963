"""Full-text search over every wording ever seen, safe against whatever a person types."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from itertools import islice
from typing import Any

from scraper.errors import QueryError
from storage.characters import has_unspaced, spaced
from storage.queries import BEGINNING, END

_TERM = re.compile(r'"([^"]*)"?|(\S+)')

# The full-text index gives its rows newest first by itself, so that LIMIT ends the work. CROSS JOIN holds SQLite to that order.
_MATCHING = """
SELECT {index}.rowid
FROM {index}
CROSS JOIN revision ON revision.id = {index}.rowid
CROSS JOIN crawl ON crawl.id = revision.first_crawl
WHERE {index} MATCH :match AND {index}.rowid BETWEEN :first AND :last
  AND (:source IS NULL OR EXISTS (
    SELECT 1 FROM span WHERE span.revision_id = {index}.rowid
      AND +span.page_id IN (SELECT page.id FROM page JOIN source ON source.id = page.source_id WHERE source.slug = :source)))
  AND crawl.seen_at >= :since AND crawl.seen_at < :until
ORDER BY {index}.rowid DESC LIMIT :limit
"""
_MATCHING_ANYWHERE = """
SELECT rowid FROM {index} WHERE {index} MATCH :match AND rowid BETWEEN :first AND :last ORDER BY rowid DESC
"""

_FOUND = """
SELECT crawl.seen_at AS first_seen, source.slug AS source, page.url AS page, revision.title, revision.blurb, article.url,
  revision.read_time_minutes, revision.published_on, revision.author, revision.category, revision.article_id, revision.id AS revision_id
FROM revision
JOIN crawl ON crawl.id = revision.first_crawl
JOIN page ON page.id = crawl.page_id
JOIN source ON source.id = page.source_id
JOIN article ON article.id = revision.article_id
WHERE revision.id = ?
"""

# A wording first seen in the period, here or elsewhere, stands on the source's pages in spans of the period's looks or later ones: nearly always. Looks
# are under way together, and a clock may be set back between a look that saw it elsewhere and one here. So as many earlier ones count as well.
_SPANS_SINCE = """
FROM source CROSS JOIN page ON page.source_id = source.id
CROSS JOIN span ON span.page_id = page.id AND span.first_crawl >= coalesce(
  (SELECT look.id FROM crawl AS look WHERE look.page_id = page.id AND look.seen_at >= :since ORDER BY look.seen_at LIMIT 1),
  (SELECT max(id) FROM crawl)) - :earlier
"""
EARLIER_LOOKS = 1000
_HOW_MANY = f"SELECT count(*) FROM (SELECT 1 {_SPANS_SINCE} WHERE source.slug = :source LIMIT :most)"
_WORDINGS_OF = f"""
SELECT DISTINCT revision.id {_SPANS_SINCE}
CROSS JOIN revision ON revision.id = span.revision_id
CROSS JOIN crawl ON crawl.id = revision.first_crawl
WHERE source.slug = :source AND crawl.seen_at >= :since AND crawl.seen_at < :until
"""
MOST_LOOKED_THROUGH = 10_000
"""Spans of a source that are looked through for those of the period before their words are. Where there are more, each match is asked for its
sources instead: then most matches are soon found to fit."""


# On one page wordings are numbered in the order of its looks, and within a look as they first occur: the period's first and last ones of every
# page enclose all of its wordings. (An article may stand on the page twice, so the last card of a look need not have its last wording.)
_NEW_WORDINGS = """
FROM crawl CROSS JOIN span ON span.page_id = crawl.page_id AND span.first_crawl = crawl.id
CROSS JOIN revision ON revision.id = span.revision_id AND revision.first_crawl = crawl.id
WHERE crawl.page_id = page.id AND crawl.seen_at >= :since AND crawl.seen_at < :until
"""
_FIRST_ID = f"SELECT min((SELECT span.revision_id {_NEW_WORDINGS} ORDER BY crawl.seen_at, span.slot LIMIT 1)) FROM page"
_LAST_ID = f"""
SELECT max((SELECT (SELECT max(revision_id) FROM span AS any_card WHERE any_card.page_id = page.id AND any_card.first_crawl = crawl.id)
  {_NEW_WORDINGS} ORDER BY crawl.seen_at DESC LIMIT 1))
FROM page
"""


def match_expression(words: str) -> tuple[str, bool]:
    """An FTS5 expression for what a person typed, and whether it must be asked of the index of characters.

    Each term becomes a quoted string, so no sign in it is an operator: `harbour "new plan" c++` is
    `"harbour" "new plan" "c++"`. Raises QueryError when there is no letter or digit in it.
    """
    terms: list[tuple[str, bool]] = []
    for quoted, bare in _TERM.findall(words.replace("\0", " ")):
        prefix = len(bare) > 1 and bare.endswith("*")
        text = quoted or (bare[:-1] if prefix else bare)
        if any(unicodedata.category(sign)[0] in "LNM" or unicodedata.category(sign) == "Co" for sign in text):
            terms.append((text, prefix))
    if not terms:
        raise QueryError(f"there is no word to search for in {words!r}")
    by_character = any(has_unspaced(text) for text, _ in terms)
    parts = []
    for text, prefix in terms:
        searched = (spaced(text) or "") if by_character else text
        parts.append('"' + searched.replace('"', '""') + '"' + (" *" if prefix else ""))
    return " ".join(parts), by_character


def search_wordings(
    db: sqlite3.Connection, words: str, *, since: str | None, until: str | None, source: str | None, limit: int
) -> list[dict[str, Any]]:
    """See `Reader.search`."""
    match, by_character = match_expression(words)
    # "covid" is a token of its own in "COVID 感染" only in the index of characters: there the scripts are kept apart.
    indexes = ("revision_characters",) if by_character else ("revision_fts", "revision_characters")
    among = _wordings_of(db, source, since=since, until=until) if source is not None and since is not None else None
    if among is not None:
        found = _matching_among(db, among, indexes, match, limit)
    else:
        found = _matching(db, indexes, match, since=since, until=until, source=source, limit=limit)
    rows = []
    for revision_id in sorted(found, reverse=True)[:limit]:
        cursor = db.execute(_FOUND, (revision_id,))
        rows.append(dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True)))
    return rows


def _wordings_of(db: sqlite3.Connection, source: str, *, since: str, until: str | None) -> frozenset[int] | None:
    """The ids of all wordings of the period that stood on the source's pages; None: they are too many to look through."""
    where = {
        "source": source,
        "since": since,
        "until": until or END,
        "earlier": EARLIER_LOOKS,
        "most": MOST_LOOKED_THROUGH + 1,
    }
    (spans,) = db.execute(_HOW_MANY, where).fetchone()
    if spans > MOST_LOOKED_THROUGH:
        return None
    return frozenset(revision_id for (revision_id,) in db.execute(_WORDINGS_OF, where))


def _matching_among(db: sqlite3.Connection, among: frozenset[int], indexes: Sequence[str], match: str, limit: int) -> set[int]:
    if not among:
        return set()
    where = {"match": match, "first": min(among), "last": max(among)}
    found: set[int] = set()
    for index in indexes:
        matching = (revision_id for (revision_id,) in db.execute(_MATCHING_ANYWHERE.format(index=index), where))
        found.update(islice((revision_id for revision_id in matching if revision_id in among), limit))
    return found


def _matching(
    db: sqlite3.Connection,
    indexes: Sequence[str],
    match: str,
    *,
    since: str | None,
    until: str | None,
    source: str | None,
    limit: int,
) -> set[int]:
    period = {"since": since or BEGINNING, "until": until or END}
    first: int | None = 0
    last: int | None = 2**63 - 1
    if since is not None:
        (first,) = db.execute(_FIRST_ID, period).fetchone()
    if until is not None and first is not None:
        (last,) = db.execute(_LAST_ID, period).fetchone()
    if first is None or last is None:
        return set()
    where = {"match": match, "first": first, "last": last, **period, "source": source, "limit": limit}
    return {revision_id for index in indexes for (revision_id,) in db.execute(_MATCHING.format(index=index), where)}
