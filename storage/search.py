"""Full-text search over every wording ever seen, safe against whatever a person types."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from typing import Any

from scraper.errors import QueryError
from storage.characters import has_unspaced, spaced
from storage.queries import BEGINNING, END

_TERM = re.compile(r'"([^"]*)"?|(\S+)')

# The full-text index gives its rows newest first by itself, so that LIMIT ends the work. CROSS JOIN holds SQLite to that order.
_SEARCH = """
SELECT crawl.seen_at AS first_seen, source.slug AS source, page.url AS page, revision.title, revision.blurb, article.url,
  revision.read_time_minutes, revision.published_on, revision.author, revision.category, revision.article_id, revision.id AS revision_id
FROM {index}
CROSS JOIN revision ON revision.id = {index}.rowid
CROSS JOIN crawl ON crawl.id = revision.first_crawl
CROSS JOIN page ON page.id = crawl.page_id
CROSS JOIN source ON source.id = page.source_id
CROSS JOIN article ON article.id = revision.article_id
WHERE {index} MATCH :match AND {index}.rowid BETWEEN :first AND :last
  AND crawl.seen_at >= :since AND crawl.seen_at < :until
  AND (:source IS NULL OR EXISTS (
    SELECT 1 FROM span JOIN page AS stood ON stood.id = span.page_id JOIN source AS its ON its.id = stood.source_id
    WHERE span.revision_id = revision.id AND its.slug = :source))
ORDER BY {index}.rowid DESC LIMIT :limit
"""


# On one page wordings are numbered in the order of its looks, and within a look as they first occur: the period's first and last ones of every
# page enclose all of its wordings. (An article may stand on the page twice, so the last card of a look need not have its last wording.)
_NEW_WORDINGS = """
FROM crawl CROSS JOIN span ON span.page_id = crawl.page_id AND span.first_crawl = crawl.id
CROSS JOIN revision ON revision.id = span.revision_id AND revision.first_crawl = crawl.id
WHERE crawl.page_id = page.id AND crawl.seen_at >= :since AND crawl.seen_at < :until
"""
_IDS_OF_PERIOD = f"""
SELECT
  min((SELECT span.revision_id {_NEW_WORDINGS} ORDER BY crawl.seen_at, span.slot LIMIT 1)),
  max((SELECT (SELECT max(revision_id) FROM span AS any_card WHERE any_card.page_id = page.id AND any_card.first_crawl = crawl.id)
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
    period = {"since": since or BEGINNING, "until": until or END}
    first, last = 0, 2**63 - 1
    if since is not None or until is not None:
        first, last = db.execute(_IDS_OF_PERIOD, period).fetchone()
        if first is None:
            return []
    # "covid" is a token of its own in "COVID 感染" only in the index of characters: there the scripts are kept apart.
    found: dict[int, dict[str, Any]] = {}
    for index in ("revision_characters",) if by_character else ("revision_fts", "revision_characters"):
        cursor = db.execute(
            _SEARCH.format(index=index),
            {"match": match, "first": first, "last": last, **period, "source": source, "limit": limit},
        )
        names = [column[0] for column in cursor.description]
        for row in cursor:
            found.setdefault(row[-1], dict(zip(names, row, strict=True)))
    return [found[revision_id] for revision_id in sorted(found, reverse=True)[:limit]]
