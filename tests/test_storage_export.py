"""Files for other programs: the same bytes for the same archive and moment."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path

import pytest
from archives import card, look, night

from scraper.errors import QueryError
from scraper.pages import Outcome
from storage import create_archive, open_archive, open_reader
from storage.export import export_cards, export_changes, export_gaps, write_rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    with create_archive(path) as archive:
        look(archive, [card("a", 'Say "hello", port', blurb="two\nlines; 港"), card("b", "Second", read_time_minutes=8)])
        look(archive, None, at=night(1), outcome=Outcome.WALL, detail="a consent wall")
        look(archive, [card("b", "Second thoughts"), card("c")], at=night(2))
    return path


def exported(path: Path, export: object, **options: object) -> str:
    stream = io.StringIO(newline="")
    with open_reader(path) as reader:
        export(reader, stream, **options)  # type: ignore[operator]
    return stream.getvalue()


def test_csv_is_what_rfc_4180_says(path: Path) -> None:
    text = exported(path, export_cards, fmt="csv", at=night(0))
    assert text.endswith("\r\n")
    header, first, second = csv.reader(io.StringIO(text, newline=""))
    row = dict(zip(header, first, strict=True))
    assert (row["title"], row["blurb"], row["position"], row["read_time_minutes"]) == (
        'Say "hello", port',
        "two\nlines; 港",
        "1",
        "",
    )
    assert dict(zip(header, second, strict=True))["read_time_minutes"] == "8"
    assert '"Say ""hello"", port"' in text


def test_json_lines_are_objects_with_the_same_keys(path: Path) -> None:
    rows = [json.loads(line) for line in exported(path, export_cards, fmt="jsonl").splitlines()]
    assert [row["title"] for row in rows] == ["Second thoughts", "C"]
    assert rows[0]["read_time_minutes"] == 8
    assert rows[1]["read_time_minutes"] is None
    assert list(rows[0]) == list(rows[1])
    assert "港" in exported(path, export_cards, fmt="jsonl", at=night(0))


@pytest.mark.parametrize("fmt", ["csv", "jsonl"])
def test_the_cards_at_a_moment_are_the_same_bytes_for_ever(path: Path, tmp_path: Path, fmt: str) -> None:
    digests = {hashlib.sha256(exported(path, export_cards, fmt=fmt, at=night(1)).encode()).hexdigest()}
    later = tmp_path / "later.db"
    shutil.copyfile(path, later)
    with open_archive(later) as archive:
        for number in range(3, 9):
            look(archive, [card("c"), card("a", "Other words"), card("b")][number % 3 :], at=night(number))
    digests.add(hashlib.sha256(exported(later, export_cards, fmt=fmt, at=night(1)).encode()).hexdigest())
    assert len(digests) == 1


def test_changes_and_gaps_are_exported_beside(path: Path) -> None:
    changes = list(csv.DictReader(io.StringIO(exported(path, export_changes, fmt="csv"), newline="")))
    assert [row["kind"] for row in changes] == ["new", "new", "gap", "new", "reworded", "absent"]
    assert changes[4]["boring"] == "0"
    (gap,) = csv.DictReader(io.StringIO(exported(path, export_gaps, fmt="csv"), newline=""))
    assert (gap["outcome"], gap["detail"], gap["next_good_look"]) == ("wall", "a consent wall", "2026-05-03T02:00:00Z")


def test_an_empty_answer_still_has_its_header(path: Path) -> None:
    assert exported(path, export_gaps, fmt="csv", since=night(5)).startswith("source,page,last_good_look,")
    assert exported(path, export_gaps, fmt="jsonl", since=night(5)) == ""


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(QueryError, match="csv, jsonl"):
        write_rows([], io.StringIO(), fmt="xlsx", columns=())
