"""Copies of an article under other addresses: links with a score, never merges.

Two outlets that run one agency's story give it two URLs and often one headline. Full text finds the candidates (any of a headline's five
rarest words), rapidfuzz scores how much the words are the same, whatever their order. A score is evidence, not a verdict: a
headline and its opposite differ in one word, so "Council approves harbour plan" and "Council rejects harbour plan" score high. That is why no article is
ever merged on it, and why the bulk table can be dropped and made again.

Needs the extra `dedupe` (rapidfuzz).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from types import ModuleType
from typing import Any

from scraper.errors import QueryError
from storage.archive import Archive
from storage.characters import has_unspaced, spaced
from storage.histories import find_article
from storage.identity import fold_title
from storage.moments import to_text
from storage.reader import Reader

Row = dict[str, Any]

RAREST = 5  # words of a headline that candidates are found by; measured: recall 0.99 at 100,000 cards
CANDIDATES = 400  # wordings looked at, newest first
COMMON = 2_000  # a word in that many wordings tells nothing; counting stops there
MIN_SCORE = 80.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article that reads like another one."""

    article_id: int
    score: float  # 0 to 100: how much of the two headlines is the same, in any order
    revision_id: int  # the wording that does


def find_same(reader: Reader, card: str | int, *, min_score: float = MIN_SCORE, limit: int = 20) -> list[Row]:
    """The articles whose headline, in any of their wordings, reads like that of `card` in any of its; the likest first.

    Raises QueryError when the card is not there, or rapidfuzz isn't installed.
    """
    with reader.snapshot():
        db = reader.connection
        matches = _matches(db, find_article(db, card), _fuzz(), min_score=min_score)
        return [{"score": round(match.score, 1), **_described(db, match)} for match in matches[:limit]]


_DESCRIBED = """
SELECT source.slug AS source, crawl.seen_at AS first_seen, revision.title, revision.blurb, article.url, article.id AS article_id, revision.id AS revision_id
FROM revision JOIN article ON article.id = revision.article_id JOIN crawl ON crawl.id = revision.first_crawl
JOIN page ON page.id = crawl.page_id JOIN source ON source.id = page.source_id
WHERE revision.id = ?
"""


def _described(db: sqlite3.Connection, match: Match) -> Row:
    cursor = db.execute(_DESCRIBED, (match.revision_id,))
    return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))


def _matches(db: sqlite3.Connection, article_id: int, fuzz: ModuleType, *, min_score: float) -> list[Match]:
    titles = [
        fold_title(title)
        for (title,) in db.execute(
            "SELECT DISTINCT title FROM revision WHERE article_id = ? AND title IS NOT NULL", (article_id,)
        )
    ]
    best: dict[int, Match] = {}
    for title in titles:
        for revision_id, other_id, other in _candidates(db, title):
            if other_id == article_id:
                continue
            score = float(fuzz.token_sort_ratio(title, fold_title(other), score_cutoff=min_score))
            if score and (other_id not in best or score > best[other_id].score):
                best[other_id] = Match(article_id=other_id, score=score, revision_id=revision_id)
    return sorted(best.values(), key=lambda match: (-match.score, match.article_id))


def _candidates(db: sqlite3.Connection, title: str) -> list[tuple[int, int, str]]:
    index, words = ("revision_characters", _pairs(title)) if has_unspaced(title) else ("revision_fts", _words(title))
    counted = []
    for word in words:
        query = f"SELECT count(*) FROM (SELECT 1 FROM {index} WHERE {index} MATCH ? LIMIT {COMMON})"
        counted.append((db.execute(query, (f"title : {word}",)).fetchone()[0], word))
    rare = [word for count, word in sorted(counted)[:RAREST] if count < COMMON] or [word for _, word in sorted(counted)[:1]]
    if not rare:
        return []
    return db.execute(
        f"""
        SELECT revision.id, revision.article_id, revision.title
        FROM (SELECT rowid AS id FROM {index} WHERE {index} MATCH ? ORDER BY rowid DESC LIMIT {CANDIDATES}) AS found
        CROSS JOIN revision ON revision.id = found.id
        """,
        ("title : (" + " OR ".join(rare) + ")",),
    ).fetchall()


def _words(title: str) -> list[str]:
    kept = "".join(sign if sign.isalnum() else " " for sign in title).split()
    return [f'"{word}"' for word in dict.fromkeys(kept)]


def _pairs(title: str) -> list[str]:
    """Two characters that stand together say about as much as a word."""
    signs = [sign for sign in (spaced(title) or "").split() if any(part.isalnum() for part in sign)]
    return list(dict.fromkeys(f'"{a} {b}"' for a, b in pairwise(signs)))


_TABLE = """
CREATE TABLE IF NOT EXISTS same_article (   -- articles that read alike; made by `standfirst same --all`, may be dropped
  article_id INTEGER NOT NULL REFERENCES article (id),
  other_id INTEGER NOT NULL REFERENCES article (id),    -- always the one first seen; its id is the smaller
  score REAL NOT NULL,                      -- 0 to 100: how much of the headlines is the same
  computed_at TEXT NOT NULL,
  PRIMARY KEY (article_id, other_id)
) STRICT, WITHOUT ROWID
"""


def link_all(
    archive: Archive,
    *,
    now: datetime,
    min_score: float = MIN_SCORE,
    on_article: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Compares every article with the ones before it and writes the links into the table `same_article`; returns how many there are.

    Goes on after the newest article that an earlier call compared, so that a nightly call costs what is new; drop the table to begin
    again. Each hundred articles are one transaction.
    """
    fuzz = _fuzz()
    with archive.transaction() as db:
        db.execute(_TABLE)
    compared = archive.load_memory("same_article")
    first = int(compared["newest"]) if isinstance(compared, dict) and compared.get("min_score") == min_score else 0
    if archive.connection.execute("SELECT 1 FROM same_article LIMIT 1").fetchone() is None:
        first = 0  # dropped since
    waiting = [row[0] for row in archive.connection.execute("SELECT id FROM article WHERE id > ? ORDER BY id", (first,))]
    for begin in range(0, len(waiting), 100):
        part = waiting[begin : begin + 100]
        with archive.transaction() as db:
            for article_id in part:
                db.executemany(
                    "INSERT OR REPLACE INTO same_article (article_id, other_id, score, computed_at) VALUES (?, ?, ?, ?)",
                    [
                        (article_id, match.article_id, match.score, to_text(now))
                        for match in _matches(db, article_id, fuzz, min_score=min_score)
                        if match.article_id < article_id
                    ],
                )
        archive.save_memory("same_article", {"newest": part[-1], "min_score": min_score}, saved_at=now)
        on_article(begin + len(part), len(waiting))
    (links,) = archive.connection.execute("SELECT count(*) FROM same_article").fetchone()
    return int(links)


def _fuzz() -> ModuleType:
    try:
        from rapidfuzz import fuzz
    except ImportError as exc:
        raise QueryError("scoring copies needs rapidfuzz: install standfirst with its extra, `standfirst[dedupe]`") from exc
    return fuzz
