"""The steps from an empty file to today's tables. A step is never changed once released: the next one is added."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from storage.connections import APPLICATION_ID, SCHEMA_VERSION
from storage.wordings import Wording, content_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

migrations = Migrations("standfirst")


@migrations()
def v1_the_archive(db: Database) -> None:
    """Sources, looks, bodies, articles, wordings, spans, and the views to ask them by."""
    _run(db, "schema.sql")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")


@migrations()
def v2_other_addresses(db: Database) -> None:
    """Rules by which an article keeps its identity when its address follows the headline."""
    _run(db, "schema_2.sql")
    db.execute("PRAGMA user_version = 2")


@migrations()
def v3_opt_outs(db: Database) -> None:
    """What owners say against machines reading their pages, and how hard an answer was to get."""
    _run(db, "schema_3.sql")
    db.execute("PRAGMA user_version = 3")


@migrations()
def v4_texts_count(db: Database) -> None:
    """Wordings are known by today's rules: the texts of dates and read times count.

    Other rules of the hash would make every stored wording a new one, so what is stored is hashed anew (by the new rules, no two
    wordings are one that weren't by the old). Whoever changes the rules again adds this step again.
    """
    (fixed,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'revision_fixed'").fetchone()
    db.execute("DROP TRIGGER revision_fixed")
    last = 0
    while rows := db.execute(
        f"SELECT id, {', '.join(_FIELDS_OF_V4)} FROM revision WHERE id > ? ORDER BY id LIMIT 10000", (last,)
    ).fetchall():
        db.conn.executemany(
            "UPDATE revision SET hash = ? WHERE id = ?",
            [(content_hash(Wording(**dict(zip(_FIELDS_OF_V4, fields, strict=True)))), number) for number, *fields in rows],
        )
        last = rows[-1][0]
    db.execute(fixed)
    db.execute("PRAGMA user_version = 4")


_FIELDS_OF_V4 = (
    "title",
    "blurb",
    "read_time_minutes",
    "read_time_raw",
    "published_on",
    "published_raw",
    "author",
    "category",
    "image_url",
)


@migrations()
def v5_renamed_sources(db: Database) -> None:
    """Sources can be given another slug."""
    _run(db, "schema_5.sql")
    db.execute("PRAGMA user_version = 5")


@migrations()
def v6_indexed_together(db: Database) -> None:
    """The program fills the full-text index, a look's wordings at a time."""
    _run(db, "schema_6.sql")
    db.execute("PRAGMA user_version = 6")


def migrate(connection: sqlite3.Connection) -> None:
    """Brings the tables up to today's, in one transaction: a killed upgrade leaves the archive as it was, a killed creation an empty file.

    Of two programs that open an old archive at once one waits for the other.
    """
    if _version(connection) == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(Database(connection))  # inside a transaction each step is a savepoint
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _run(db: Database, name: str) -> None:
    """Executes a file of SQL inside the transaction under way (`executescript` would commit it first)."""
    for statement in _statements(files("storage").joinpath(name).read_text(encoding="utf-8")):
        db.execute(statement)


def _statements(sql: str) -> Iterator[str]:
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if statement.strip():
        raise ValueError(f"SQL that never ends: {statement.strip()[:80]!r}")
