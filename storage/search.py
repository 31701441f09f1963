"""Full-text search over every wording ever seen, safe against whatever a person types."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from typing import Any

from scraper.errors import QueryError
from storage.characters import has_unspaced, spaced

_TERM = re.compile(r'"([^"]*)"?|(\S+)')

_SEARCH = """
SELECT crawl.seen_at AS first_seen, source.slug AS source, page.url AS page, revision.title, revision.blurb,
  article.url,
  revision.read_time_minutes, revision.published_on, revision.author, revision.category, revision.article_id, revision.id AS revision_id
FROM (
  {found}
) AS found
CROSS JOIN revision ON revision.id = found.id
CROSS JOIN crawl ON crawl.id = revision.first_crawl
CROSS JOIN page ON page.id = crawl.page_id
CROSS JOIN source ON source.id = page.source_id
CROSS JOIN article ON article.id = revision.article_id
WHERE crawl.seen_at >= :since AND crawl.seen_at < :until
  AND (:source IS NULL OR EXISTS (
    SELECT 1 FROM span JOIN page AS stood ON stood.id = span.page_id JOIN source AS its ON its.id = stood.source_id
    WHERE span.revision_id = revision.id AND its.slug = :source))
ORDER BY found.id DESC LIMIT :limit
"""

_IN_WORDS = "SELECT rowid AS id FROM revision_fts WHERE revision_fts MATCH :match"
_IN_CHARACTERS = "SELECT rowid AS id FROM revision_characters WHERE revision_characters MATCH :match"


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
    found = _IN_CHARACTERS if by_character else f"{_IN_WORDS} UNION {_IN_CHARACTERS}"
    cursor = db.execute(
        _SEARCH.format(found=found),
        {"match": match, "since": since or "0000", "until": until or "9999", "source": source, "limit": limit},
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
