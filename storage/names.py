"""A source's slug, and those that it had before it was renamed. Each function works inside a transaction or snapshot of the caller."""

from __future__ import annotations

import sqlite3

from scraper.errors import QueryError

FIRST_SLUG = """
coalesce((SELECT former_slug.slug FROM former_slug WHERE former_slug.source_id = source.id ORDER BY renamed_at LIMIT 1), source.slug)
"""
"""SQL: what the source was called first. Cards without a link are known by it, so that a new slug makes no new articles of them."""


def rename(db: sqlite3.Connection, slug: str, new: str, *, renamed_at: str) -> bool:
    """Gives the source another slug and keeps the old one; False where the archive has no such source, and so nothing to rename.

    Raises QueryError where the new slug is another source's.
    """
    row = db.execute("SELECT id FROM source WHERE slug = ?", (slug,)).fetchone()
    if row is None:
        return False
    if db.execute("SELECT 1 FROM source WHERE slug = ?", (new,)).fetchone():
        raise QueryError(f"the archive has a history of another source {new!r}; choose another slug")
    db.execute("INSERT INTO former_slug (source_id, slug, renamed_at) VALUES (?, ?, ?)", (row[0], slug, renamed_at))
    db.execute("UPDATE source SET slug = ? WHERE id = ?", (new, row[0]))
    return True


def find_slug(db: sqlite3.Connection, slug: str) -> str | None:
    """Today's slug of the source that is, or was last, called that; None where none ever was."""
    if db.execute("SELECT 1 FROM source WHERE slug = ?", (slug,)).fetchone():
        return slug
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'former_slug'").fetchone():
        return None  # an archive of an older version, which is only read
    row = db.execute(
        """
        SELECT source.slug FROM former_slug JOIN source ON source.id = source_id
        WHERE former_slug.slug = ? ORDER BY renamed_at DESC LIMIT 1
        """,
        (slug,),
    ).fetchone()
    return None if row is None else str(row[0])
