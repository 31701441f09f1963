"""docs/tables.md: every statement runs, and no table, view, column or outcome is missing or made up."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from archives import allowed, card, look, night

from scraper.pages import Outcome
from storage import create_archive, open_reader

DOCS = Path(__file__).parent.parent / "docs" / "tables.md"
TEXT = DOCS.read_text(encoding="utf-8")
STATEMENTS = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("docs") / "archive.db"
    page = "https://cities.example/latest/"
    plan = card("x", "Harbour plan", origin={"title": "h2"})
    with create_archive(path) as archive:
        for number in range(3):
            title = ["Harbour plan", "Harbour plan approved", "Harbour plan dropped"][number]
            shown = [
                type(plan)(title=title, url="https://cities.example/news/harbour-plan", position=1, read_time_minutes=8),
                card(f"n{number}", "港湾計画"),
            ]
            look(archive, shown, at=night(number), source="cities", url=page, robots=allowed())
        look(archive, shown[:1], at=night(3), source="tide", url="https://tide.example/")
        look(archive, None, at=night(4), source="tide", url="https://tide.example/", outcome=Outcome.WALL)
    return path


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: " ".join(statement.split())[:60])
def test_every_statement_runs_and_finds_something(path: Path, statement: str) -> None:
    with open_reader(path) as reader:
        assert reader.sql(statement)


def test_every_table_view_and_column_is_described(path: Path) -> None:
    with open_reader(path) as reader:
        names = {
            row["name"]
            for row in reader.sql(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE '\\_%' ESCAPE '\\'"
            )
            if not re.match(r"sqlite_|revision_(fts|characters)_", row["name"])
        }
        described: dict[str, set[str]] = {}
        for name, columns in re.findall(r"^\*\*(\w+)\*\*:.*?\n(.*?)\n(?:\n|[A-Z]|`kind`)", TEXT, re.DOTALL | re.MULTILINE):
            described[name] = set(re.findall(r"`(\w+)`", columns))
        for cell, columns in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|[^|]*\| (.*) \|$", TEXT, re.MULTILINE):
            for name in re.findall(r"`(\w+)`", cell):
                described[name] = set(re.findall(r"`(\w+)`", columns))
        assert set(described) == names
        for name in names:
            real = {row["name"] for row in reader.sql(f"SELECT name FROM pragma_table_xinfo('{name}') WHERE hidden IN (0, 2)")}
            assert described[name] == real, name


def test_every_outcome_is_described() -> None:
    good, bad = TEXT.split("| good | |")[1].split("| not good | |")
    rows = {part: set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)))) for part in (good, bad)}
    assert rows[good] == {str(outcome) for outcome in Outcome if outcome.is_good}
    assert rows[bad] >= {str(outcome) for outcome in Outcome if not outcome.is_good}


@pytest.mark.skipif(not (shutil.which("sqlite3") and shutil.which("zstd")), reason="sqlite3 or zstd is not installed here")
def test_the_bytes_are_read_as_described(path: Path, tmp_path: Path) -> None:
    (commands,) = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    shutil.copyfile(path, tmp_path / "archive.db")
    done = subprocess.run(["sh", "-e", "-c", commands], cwd=tmp_path, capture_output=True, text=True, check=True)
    digests = re.findall(r"^[0-9a-f]{64}", done.stdout, re.MULTILINE)
    assert digests == [hashlib.sha256((tmp_path / "page.html").read_bytes()).hexdigest()] * 2
