"""Archives of every version ever released are brought up to date, or left as they were."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from archives import card, look, night

from scraper.errors import ArchiveError
from storage import Reader, create_archive, open_archive, open_reader
from storage.connections import SCHEMA_VERSION
from storage.migrations import migrations

FOLDER = Path(__file__).parent.parent / "fixtures" / "databases"
OLD = sorted(FOLDER.glob("v*.db"))

LOOK_COLUMNS = """source, page, seen_at, outcome, detail, card_count, http_status, final_url, redirects, elapsed_ms, attempts, content_type,
  charset, charset_source, extractor_version, next_page_url, etag, last_modified, body_sha256, body_bytes, robots_allowed, robots_reason,
  robots_age_s, robots_sha256, version, command, clock_at"""  # of version 1; later ones have more

QUESTIONS: dict[str, Callable[[Reader], Any]] = {
    "cards": lambda reader: [reader.cards(at=night(number)) for number in range(7)],
    "changes": lambda reader: reader.changes(),
    "gaps": lambda reader: reader.gaps(),
    "histories": lambda reader: [reader.history(row["id"]) for row in reader.sql("SELECT id FROM article")],
    "search": lambda reader: [reader.search(words) for words in ("harbour", "計画", "bridge opens")],
    "status": lambda reader: reader.status(now=night(6)),
    "sightings": lambda reader: reader.sql("SELECT * FROM sighting ORDER BY crawl_id, position"),
    "looks": lambda reader: reader.sql(f"SELECT {LOOK_COLUMNS} FROM look ORDER BY crawl_id"),
}


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive into which today's program recorded the looks of the old ones."""
    spec = importlib.util.spec_from_file_location("build", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    path = tmp_path_factory.mktemp("today") / "archive.db"
    with create_archive(path) as archive:
        build.record(archive)
    return path


def test_every_version_before_this_one_has_its_database_here() -> None:
    assert [path.stem for path in OLD] == [f"v{version}" for version in range(1, SCHEMA_VERSION + 1)]
    for version, path in enumerate(OLD, 1):
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (version,)
        db.close()


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.stem)
def test_an_old_archive_answers_after_its_upgrade_as_if_recorded_today(old: Path, today: Path, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    shutil.copyfile(old, path)
    with open_archive(path) as archive:
        db = archive.connection
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    with open_reader(path) as upgraded, open_reader(today) as fresh:
        for name, ask in QUESTIONS.items():
            assert ask(upgraded) == ask(fresh), name
        assert schema(upgraded) == schema(fresh)
    with open_archive(path) as archive:
        look(archive, [card("plan"), card("new")], at=night(9))  # and it goes on


def schema(reader: Reader) -> list[tuple[str, str, str]]:
    """What there is and what it was made by, without the comments: an archive keeps those of its day."""
    rows = reader.sql("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
    return [(row["type"], row["name"], re.sub(r" *--.*", "", row["sql"])) for row in rows]


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.stem)
def test_after_an_upgrade_a_wording_that_comes_back_is_the_one_that_is_there(old: Path, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    shutil.copyfile(old, path)
    with open_archive(path) as archive:
        (wordings,) = archive.connection.execute("SELECT count(*) FROM revision").fetchone()
        plan = card("plan", 'Harbour "plan"', blurb="All of it", read_time_minutes=8, read_time_raw="8 minute read")
        recorded = look(archive, [card("tide"), plan, card("ferry", "渡し船の計画"), card("bridge", "Bridge opens")], at=night(9))
        assert (recorded.returned, recorded.new, recorded.reworded) == (1, 0, 0)
        assert archive.connection.execute("SELECT count(*) FROM revision").fetchone() == (wordings,)
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            archive.connection.execute("UPDATE revision SET hash = 0")


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.stem)
def test_an_old_archive_is_read_as_it_is_without_an_upgrade(old: Path, today: Path, tmp_path: Path) -> None:
    """A deposited file must stay readable where nobody may write."""
    path = tmp_path / "archive.db"
    shutil.copyfile(old, path)
    content = path.read_bytes()
    with open_reader(path) as reader, open_reader(today) as fresh:
        for name, ask in QUESTIONS.items():
            assert ask(reader) == ask(fresh), name
    assert path.read_bytes() == content


def test_a_step_that_fails_leaves_the_archive_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "archive.db"
    with create_archive(path) as archive:
        look(archive, [card("a")])
        before = list(archive.connection.iterdump())

    def fails(db: Any) -> None:
        db.execute("CREATE TABLE half (done)")
        db.execute("PRAGMA user_version = 99")
        raise sqlite3.OperationalError("the power went")

    step = migrations._Migration("v99_fails", fails)
    monkeypatch.setattr(migrations, "_migrations", [*migrations._migrations, step])
    for module in ("storage.migrations", "storage.archive"):
        monkeypatch.setattr(f"{module}.SCHEMA_VERSION", 99)
    with pytest.raises((sqlite3.OperationalError, ArchiveError)):
        open_archive(path)
    monkeypatch.undo()
    with open_archive(path) as archive:
        assert list(archive.connection.iterdump()) == before
