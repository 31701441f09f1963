"""The SQL of the docs, in the sqlite3 command line as a reader would paste it: the same answers as from Standfirst."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import open_archive, open_reader
from storage.same import link_all
from storage.upkeep import back_up

DOCS = Path(__file__).parents[1] / "docs"
QUERIES = [
    pytest.param(statement, id=f"{page.name}-{number}")
    for page in sorted(DOCS.rglob("*.md"))
    for number, statement in enumerate(re.findall(r"^```sql\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE), 1)
]


@pytest.fixture(scope="module")
def archive(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's archive with everything that may be in one."""
    path = tmp_path_factory.mktemp("sql") / "archive.db"
    back_up(demo_folder / "archive.db", path)
    with open_archive(path) as opened:
        link_all(opened, now=datetime(2024, 5, 29, tzinfo=UTC))
    return path


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 command line is not installed here")
@pytest.mark.parametrize("query", QUERIES)
def test_a_query_of_the_docs_answers_the_same_in_the_sqlite3_command_line(archive: Path, query: str) -> None:
    with open_reader(archive) as reader:
        expected = reader.sql(query.strip().rstrip(";"))
    done = subprocess.run(
        ["sqlite3", "-readonly", "-json", str(archive), query], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout or "[]") == expected


def test_there_are_queries_in_the_docs() -> None:
    assert len(QUERIES) >= 10
