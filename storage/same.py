"""Copies of an article under other addresses: links with a score, never merges.

Two outlets that run one agency's story give it two URLs and often one headline. Full text finds the candidates (three of a headline's five
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
from itertools import combinations, pairwise
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

RAREST = 5  # words of a headline, of which a candidate has more than half; benchmarks/same.py measures what that finds
ALL_BUT_ONE = 10  # words of a headline, of which a candidate has all but one
CANDIDATES = 1_000  # wordings looked at of either kind, newest first
COMMON = 2_000  # how rare a word is that stands in so many wordings doesn't matter; counting stops there
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
    rare = [word for _, word in sorted(counted)[:ALL_BUT_ONE]]
    found: dict[int, tuple[int, int, str]] = {}
    # One word or two stand in too many headlines of a large archive, and a copy without half of the five rarest is none. Where that
    # still fits more than can be looked at (a headline of common words only), those come first that share nearly all words.
    for words, number in ((rare[:RAREST], (len(rare[:RAREST]) + 1) // 2), (rare, len(rare) - 1)):
        wanted = " OR ".join(f"({' AND '.join(some)})" for some in combinations(words, number) if some)
        if wanted:
            found |= {row[0]: row for row in db.execute(_CANDIDATES.format(index=index), (f"title : ({wanted})",))}
        if len(found) < CANDIDATES:
            break
    return list(found.values())


_CANDIDATES = f"""
SELECT revision.id, revision.article_id, revision.title
FROM (SELECT rowid AS id FROM {{index}} WHERE {{index}} MATCH ? ORDER BY rowid DESC LIMIT {CANDIDATES}) AS found
CROSS JOIN revision ON revision.id = found.id
"""


def _words(title: str) -> list[str]:
    kept = "".join(sign if sign.isalnum() else " " for sign in title).split()
    return [f'"{word}"' for word in dict.fromkeys(kept)]


def _pairs(title: str) -> list[str]:
    """Two characters that stand together say about as much as a word."""
    signs = [sign for sign in (spaced(title) or "").split() if any(part.isalnum() for part in sign)]
    return list(dict.fromkeys(f'"{a} {b}"' for a, b in pairwise(signs)))


_MEMORY = "same_article"  # the name under which the archive keeps how far the table is

_TABLE = """
CREATE TABLE IF NOT EXISTS same_article (   -- articles that read alike; made by `standfirst same --all`, may be dropped
  article_id INTEGER NOT NULL REFERENCES article (id),
  other_id INTEGER NOT NULL REFERENCES article (id),    -- the one that the archive met first; its number is the smaller
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
    """Compares every article with all others and writes the links into the table `same_article`; returns how many there are.

    Goes on after the newest wording that an earlier call compared, so that a nightly call costs what is new or reworded. With another
    `min_score` it begins again. Each hundred articles are one transaction.
    """
    fuzz = _fuzz()
    compared = archive.load_memory(_MEMORY)
    goes_on = isinstance(compared, dict) and compared.get("min_score") == min_score and "newest_wording" in compared
    first = int(compared["newest_wording"]) if isinstance(compared, dict) and goes_on else 0
    with archive.transaction() as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'same_article'").fetchone():
            first = 0  # dropped since, by hand
        db.execute(_TABLE)
        if first == 0:
            db.execute("DELETE FROM same_article")
    (newest,) = archive.connection.execute("SELECT coalesce(max(id), 0) FROM revision").fetchone()
    waiting = [
        row[0]
        for row in archive.connection.execute(
            "SELECT DISTINCT article_id FROM revision WHERE id > ? AND id <= ? ORDER BY article_id", (first, newest)
        )
    ]
    for begin in range(0, len(waiting), 100):
        part = waiting[begin : begin + 100]
        with archive.transaction() as db:
            for article_id in part:
                db.executemany(
                    "INSERT OR REPLACE INTO same_article (article_id, other_id, score, computed_at) VALUES (?, ?, ?, ?)",
                    [
                        (max(article_id, match.article_id), min(article_id, match.article_id), match.score, to_text(now))
                        for match in _matches(db, article_id, fuzz, min_score=min_score)
                    ],
                )
        on_article(begin + len(part), len(waiting))
    archive.save_memory(_MEMORY, {"newest_wording": newest, "min_score": min_score}, saved_at=now)
    (links,) = archive.connection.execute("SELECT count(*) FROM same_article").fetchone()
    return int(links)


def drop_links(archive: Archive) -> bool:
    """Drops the table `same_article`; whether there was one. Nothing else is lost: link_all makes it again."""
    with archive.transaction() as db:
        there = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'same_article'").fetchone() is not None
        db.execute("DROP TABLE IF EXISTS same_article")
        db.execute("DELETE FROM memory WHERE name = ?", (_MEMORY,))
    return there


def _fuzz() -> ModuleType:
    try:
        from rapidfuzz import fuzz
    except ImportError as exc:
        raise QueryError("scoring copies needs rapidfuzz: install standfirst with its extra, `standfirst[dedupe]`") from exc
    return fuzz
