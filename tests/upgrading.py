"""Upgrades archives of every older version in a process that is killed at random moments: `upgrading.py ARCHIVE KILLS SEED`.

The old archives are made by the old steps, which never change, and filled with what today's program recorded. A program of its own, because
it forks (see `killing.py`).
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
import time
from pathlib import Path

from killing import check_every_look, kill_one, record_some
from sqlite_utils import Database

from storage import open_archive, open_reader
from storage.characters import has_unspaced, spaced
from storage.connections import SCHEMA_VERSION
from storage.migrations import migrations
from storage.upkeep import verify
from storage.wordings import Wording, content_hash

LOOKS = 120
HASHED_AS_TODAY = 4  # the version since which wordings are


def make_old(path: Path, version: int, today: Path) -> None:
    """An archive of that version with the looks of today's archive; where its rules for hashes were others, its hashes are."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    steps = [step.name for step in migrations.pending(Database(db))]
    migrations.apply(Database(db), stop_before=steps[version])
    db.execute("ATTACH ? AS today", (str(today),))
    db.execute("BEGIN")
    for (table,) in db.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_%' ESCAPE '\\'"
    ).fetchall():
        there = {row[1] for row in db.execute(f"PRAGMA today.table_info({table})")}
        columns = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})") if row[1] in there)
        db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM today.{table} ORDER BY 1")
    for number, title, blurb in db.execute("SELECT id, title, blurb FROM main.revision").fetchall():
        if has_unspaced(title) or has_unspaced(blurb):
            values = (number, spaced(title), spaced(blurb))
            db.execute("INSERT INTO main.revision_characters (rowid, title, blurb) VALUES (?, ?, ?)", values)
    if version < HASHED_AS_TODAY:
        (fixed,) = db.execute("SELECT sql FROM main.sqlite_master WHERE name = 'revision_fixed'").fetchone()
        db.execute("DROP TRIGGER main.revision_fixed")
        db.execute("UPDATE main.revision SET hash = -id")
        db.execute(fixed)
    db.execute("COMMIT")
    db.close()


def answers(path: Path) -> list[object]:
    with open_reader(path) as reader:
        return [reader.cards(), reader.changes(), reader.search("harbour"), reader.search("海港")]


def check_upgraded(path: Path, expected: list[object]) -> int:
    with open_archive(path) as archive:
        db = archive.connection
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert list(verify(archive)) == []
        fields = ", ".join(Wording._fields)
        for hashed, *wording in db.execute(f"SELECT hash, {fields} FROM revision"):
            assert hashed == content_hash(Wording._make(wording))
        assert answers(path) == expected
        return check_every_look(db)


def main() -> None:
    path, kills, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    today = path.with_name("today.db")
    record_some(today, LOOKS)
    expected = answers(today)
    olds = []
    for version in range(1, SCHEMA_VERSION):
        old = path.with_name(f"v{version}.db")
        make_old(old, version, today)
        olds.append(old)
    shutil.copyfile(olds[0], path)
    began = time.monotonic()
    open_archive(path).close()
    lasts_s = time.monotonic() - began
    looks = check_upgraded(path, expected)
    left = upgraded = 0
    for number in range(kills):
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        shutil.copyfile(olds[number % len(olds)], path)
        kill_one(lambda pipe: open_archive(path).close(), chance.uniform(0, 1.2 * lasts_s), may_end=True)
        with open_reader(path) as reader:
            (version,) = reader.connection.execute("PRAGMA user_version").fetchone()
            assert version in {number % len(olds) + 1, SCHEMA_VERSION}, "an upgrade is whole or not there"
        left += version != SCHEMA_VERSION
        upgraded += version == SCHEMA_VERSION
        assert check_upgraded(path, expected) == looks
    sys.stdout.write(f"{kills} kills, {left} before the upgrade was done and {upgraded} after, {looks} looks intact\n")


if __name__ == "__main__":
    main()
