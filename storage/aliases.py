"""Other addresses of articles that are known already, by the rules in force for a source; see `storage.slugs`."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from urllib.parse import urlsplit

from storage.identity import Identity

WHOLE = "^http"
"""How a pattern begins that is about whole addresses, host and query included: two that somebody said are one article's."""


def stem_of(url: str, pattern: str) -> str | None:
    """Host and number: "harbour.example 48213"; None where the pattern isn't in the address. Whole addresses share the word "joined"."""
    if pattern.startswith(WHOLE):
        return "joined" if re.search(pattern, url) else None
    parts = urlsplit(url)
    found = re.search(pattern, parts.path)
    return f"{parts.netloc} {found['id']}" if found else None


def slug_rules_in_force(db: sqlite3.Connection, source: str) -> list[tuple[int, str]]:
    """(id, pattern) of the source's rules."""
    return db.execute(
        "SELECT slug_rule.id, pattern FROM slug_rule JOIN source ON source.id = source_id WHERE slug = ? AND retired_at IS NULL ORDER BY slug_rule.id",
        (source,),
    ).fetchall()


def followed(db: sqlite3.Connection, rules: Sequence[tuple[int, str]], identity: Identity, crawl_id: int) -> Identity:
    """The identity under which the archive knows the article, if it does by another address of the same number."""
    if identity.url_rules is None or db.execute("SELECT 1 FROM article WHERE url = ?", (identity.key,)).fetchone():
        return identity
    for rule_id, pattern in rules:
        stem = stem_of(identity.key, pattern)
        if stem is None:
            continue
        row = db.execute(
            "SELECT article.id, url, url_rules FROM stem JOIN article ON article.id = article_id WHERE slug_rule_id = ? AND stem = ?",
            (rule_id, stem),
        ).fetchone()
        if row is not None:
            db.execute(
                "INSERT OR IGNORE INTO alias (url, article_id, first_crawl, slug_rule_id) VALUES (?, ?, ?, ?)",
                (identity.key, row[0], crawl_id, rule_id),
            )
            return Identity(key=row[1], url_rules=row[2])
    return identity


def remember(db: sqlite3.Connection, rules: Sequence[tuple[int, str]], identity: Identity, article_id: int) -> None:
    """Keeps a new article's number, so that its later addresses are known."""
    if identity.url_rules is not None:
        for rule_id, pattern in rules:
            remember_stem(db, rule_id, pattern, identity.key, article_id)


def remember_stem(db: sqlite3.Connection, rule_id: int, pattern: str, url: str, article_id: int) -> None:
    """Keeps what the rule finds in an article's address; the first article with it stays."""
    stem = stem_of(url, pattern)
    if stem is not None:
        db.execute("INSERT OR IGNORE INTO stem (slug_rule_id, stem, article_id) VALUES (?, ?, ?)", (rule_id, stem, article_id))
