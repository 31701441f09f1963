"""The larger questions, on a history that a person can follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from archives import PAGE_URL, card, look, night

from scraper.pages import Outcome
from storage import Reader, create_archive, open_reader
from storage.bodies import sha256_of

TIDE = "https://tide.example/"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("questions") / "archive.db"
    with create_archive(path) as archive:  # night 0 is Friday, 1 May 2026
        look(
            archive,
            [card("a"), card("b"), card("c"), card("d", blurb="Read at first", origin={"blurb": "p.deck", "title": "h2"})],
            body=b"night 0",
        )
        look(
            archive, [card("a"), card("c"), card("d", "D two", origin={"title": "h2"})], at=night(1), body=b"night 1"
        )  # b taken out
        look(archive, None, at=night(2), outcome=Outcome.BLOCKED, detail="429")
        look(archive, [card("e"), card("a"), card("b")], at=night(3), body=b"night 3")  # c and d fall off, b is back, e is new
        look(archive, [card("e", "“E”"), card("a", "A two"), card("b")], at=night(4))
        look(archive, [card("e", '"E"'), card("a", "A three"), card("b")], at=night(5))
        look(archive, [], at=night(6), outcome=Outcome.EMPTY)
        look(archive, [card("a", "A in their words")], at=night(4), source="tide", url=TIDE)
        look(archive, [card("x"), card("a", "A in their words")], at=night(5), source="tide", url=TIDE)
    return path


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    with open_reader(path) as reader:
        yield reader


def test_what_vanished_is_told_with_its_cause_and_return(reader: Reader) -> None:
    rows = reader.vanished()
    assert [(row["title"], row["last_seen"][8:10], row["missed_at"][8:10], row["cause"], row["returned_at"] and row["returned_at"][8:10]) for row in rows] == [
        ("B", "01", "02", "taken from among others", "04"),
        ("C", "02", "04", "fell off the end", None),
        ("D two", "02", "04", "fell off the end", None),
        ("A three", "06", "07", "the list was empty", None),
        ("B", "06", "07", "the list was empty", None),
        ('"E"', "06", "07", "the list was empty", None),
    ]  # fmt: skip
    assert [row["title"] for row in reader.vanished(since=night(1), until=night(2))] == ["B"]
    assert reader.vanished(source="tide") == []


def test_vanished_and_absent_are_the_same_cards(reader: Reader) -> None:
    absent = {(row["at"], row["article_id"]) for row in reader.changes(kinds=("absent",))}
    assert {(row["missed_at"], row["article_id"]) for row in reader.vanished()} == absent


def test_new_articles_are_counted_by_source_and_week(reader: Reader) -> None:
    assert reader.new_by_week() == [
        {"source": "harbour", "week": "2026-05-04", "articles": 1},
        {"source": "tide", "week": "2026-05-04", "articles": 1},
    ]
    assert reader.new_by_week("tide") == reader.new_by_week()[1:]


def test_what_was_reworded_most_leaves_boring_changes_out(reader: Reader) -> None:
    rows = reader.most_reworded()
    assert [(row["title"], row["rewordings"], row["of_title"]) for row in rows] == [
        ("A three", 2, 2),
        ("D two", 1, 1),
        ("“E”", 1, 1),  # as that change left it; from “E” to "E" is boring
    ]
    assert reader.most_reworded(since=night(5), limit=1)[0]["rewordings"] == 1


def test_who_ran_an_article_first(reader: Reader) -> None:
    rows = reader.who_ran_it("https://harbour.example/a")
    assert [
        (row["source"], row["first_seen"][8:10], row["last_seen"][8:10], row["still_there"], row["wordings"], row["title"])
        for row in rows
    ] == [
        ("harbour", "01", "06", False, 3, "A"),
        ("tide", "05", "06", True, 1, "A in their words"),
    ]


def test_coverage_tells_how_often_somebody_looked_and_why_not(reader: Reader) -> None:
    harbour, tide = reader.coverage()
    assert harbour == {
        "source": "harbour",
        "page": PAGE_URL,
        "looks": 7,
        "good_looks": 6,
        "first_look": "2026-05-01T02:00:00Z",
        "last_look": "2026-05-07T02:00:00Z",
        "median_interval_s": 86_400,
        "longest_interval_s": 2 * 86_400,
        "failures": "blocked: 1",
    }
    assert tide["failures"] is None
    assert reader.coverage(since=night(60), source="tide")[0]["looks"] == 0


def test_every_value_leads_back_to_the_bytes_it_was_read_from(reader: Reader) -> None:
    rows = {(row["field"], row["value"]): row for row in reader.provenance("https://harbour.example/d")}
    assert set(rows) == {("title", "D"), ("title", "D two"), ("blurb", "Read at first")}
    assert rows["title", "D two"]["body_sha256"] == sha256_of(b"night 1")
    kept = rows["blurb", "Read at first"]  # not read on night 1: it rests on the bytes of night 0
    assert (kept["body_sha256"], kept["read_from"], kept["extractor_version"], kept["seen_at"]) == (
        sha256_of(b"night 0"),
        "p.deck",
        "0.1.0+1",
        "2026-05-01T02:00:00Z",
    )
    assert kept["pruned"] is False


def test_runs_tell_how_their_looks_came_out_newest_first(tmp_path: Path) -> None:
    with create_archive(tmp_path / "archive.db") as archive:
        first = archive.begin_run(started_at=night(0), version="0.1.0", command="crawl", config_sha256="00" * 32)
        look(archive, [card("a"), card("b")], run_id=first)
        look(archive, None, run_id=first, source="tide", url=TIDE, outcome=Outcome.BLOCKED)
        archive.finish_run(first, finished_at=night(0) + timedelta(seconds=90), exit_code=3)
        second = archive.begin_run(started_at=night(1), version="0.2.0", command="crawl")
        look(archive, [card("a", "A two"), card("c"), card("c")], at=night(1), run_id=second)
        look(archive, [card("a")], at=night(1), run_id=second, source="tide", url=TIDE)
        page = archive.get_page(source="bell", url="https://bell.example/", started_at=night(1))
        archive.begin_crawl(second, page.page_id, started_at=night(1))
        with open_reader(archive.path) as reader:
            rows = reader.runs()
            assert reader.runs(limit=1) == rows[:1]
    assert rows == [
        {
            "run_id": second,
            "started_at": "2026-05-02T02:00:00Z",
            "finished_at": None,
            "command": "crawl",
            "version": "0.2.0",
            "config_sha256": None,
            "exit_code": None,
            "duration_s": None,
            "looks": 3,
            "good_looks": 2,
            "outcomes": {"ok": 2, "under_way": 1},
            "cards": 4,
            "new_cards": 1,  # "c", once; what stood at the first look at TIDE is no news
        },
        {
            "run_id": first,
            "started_at": "2026-05-01T02:00:00Z",
            "finished_at": "2026-05-01T02:01:30Z",
            "command": "crawl",
            "version": "0.1.0",
            "config_sha256": "00" * 32,
            "exit_code": 3,
            "duration_s": 90,
            "looks": 2,
            "good_looks": 1,
            "outcomes": {"blocked": 1, "ok": 1},
            "cards": 2,
            "new_cards": 0,
        },
    ]
