"""`standfirst addresses`, `standfirst same --all` and `standfirst rebuild --swap`, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from archives import PAGE_URL, card, look, night
from rereading import body_of, cards_in, read_badly, read_well

from schedules.lock import hold_lock
from scraper.cards import Card
from standfirst.cli.group import run
from storage import create_archive, open_archive, open_reader

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Runs one command in a folder of its own; returns (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))

    def call(*argv: object) -> tuple[int, str, str]:
        code = run([*map(str, argv), "--archive", "archive.db"])
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call


def rows(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def news(number: int, title: str) -> Card:
    return Card(title=title, url=f"https://harbour.example/news/{title.lower().replace(' ', '-')}-{number}", position=1)


def numbered(archive_path: Path) -> None:
    """Nights on which three headlines changed, and their addresses with them."""
    nights = [
        ("Harbour plan", "Bridge opens", "Ferry late"),
        ("Harbour plan approved", "Bridge opens", "Ferry late"),
        ("Harbour plan approved", "Bridge opens late", "Ferry late again"),
    ]
    with create_archive(archive_path) as archive:
        for number, titles in enumerate(nights):
            look(archive, [news(10001 + at, title) for at, title in enumerate(titles)], at=night(number))


def test_rules_are_shown_with_their_evidence_adopted_followed_and_retired(cli: Cli, tmp_path: Path) -> None:
    numbered(tmp_path / "archive.db")
    assert cli("addresses")[:2] == (0, "")
    code, out, _ = cli("addresses", "learn")
    assert code == 0
    assert [(row["source"], row["choice"], row["later"].rpartition("/")[2]) for row in rows(out)] == [
        ("harbour", 1, "harbour-plan-approved-10001"),
        ("harbour", 1, "bridge-opens-late-10002"),
        ("harbour", 1, "ferry-late-again-10003"),
    ]
    code, _, err = cli("addresses", "adopt", "harbour")
    assert (code, "rule 1 is in force for harbour, by 3 pairs" in err) == (0, True)
    assert cli("addresses", "learn")[1] == ""
    assert cli("addresses", "adopt", "harbour")[0] == 2
    with open_archive(tmp_path / "archive.db") as archive:
        assert look(archive, [news(10001, "Harbour plan approved late")], at=night(3)).new == 0
    (rule,) = rows(cli("addresses", "--source", "harbour")[1])
    assert (rule["id"], rule["state"], rule["aliases"], rule["pairs"]) == (1, "in force", 1, 3)
    assert rule["earlier"] == "https://harbour.example/news/harbour-plan-10001"
    assert cli("addresses", "retire", 1)[0] == 0
    assert rows(cli("addresses")[1])[0]["state"] == "retired"
    assert cli("addresses", "retire", 1)[0] == 2
    assert cli("addresses", "adopt", "nowhere")[0] == 2
    assert cli("addresses", "adopt", "harbour", "--choice", 4)[0] == 2


def test_two_addresses_are_joined_by_a_person_and_taken_apart_again(cli: Cli, tmp_path: Path) -> None:
    old, new = "https://harbour.example/live/7", "https://tide.example/2026/flood?id=3"
    with create_archive(tmp_path / "archive.db") as archive:
        look(archive, [card("live/7", "Flood: what we know"), card("other")])
    code, _, err = cli("addresses", "join", old, f"{new}&utm_source=list")
    assert (code, f"rule 1: {new}&utm_source=list is {old}" in err) == (0, True)
    with open_archive(tmp_path / "archive.db") as archive:
        recorded = look(archive, [Card(title="The flood in numbers", url=new, position=1), card("other")], at=night(1))
        assert (recorded.new, recorded.reworded) == (0, 1)
        assert look(archive, [card("live/77", "Another"), card("other")], at=night(2)).new == 1  # not whatever begins like it
    with open_reader(tmp_path / "archive.db") as reader:
        assert [row["title"] for row in reader.history(new) if row["title"]] == ["Flood: what we know", "The flood in numbers"]
    (rule,) = rows(cli("addresses")[1])
    assert (rule["earlier"], rule["later"], rule["aliases"]) == (old, new, 1)
    assert cli("addresses", "retire", 1)[0] == 0
    with open_archive(tmp_path / "archive.db") as archive:
        assert look(archive, [Card(title="The flood in numbers", url=new, position=1)], at=night(3)).new == 1


def test_two_articles_that_are_joined_are_one_after_a_rebuild(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with create_archive(tmp_path / "archive.db") as archive:
        for number, name in enumerate(["first", "second", "first"]):
            body = body_of([(name, "Flood", None)])
            look(archive, cards_in(body, blurbs=False), at=night(number), body=body)
    assert cli("addresses", "join", "https://harbour.example/first", "https://harbour.example/second")[0] == 0
    monkeypatch.setattr("schedules.reread.Rereader.__call__", lambda self, stored: read_badly(stored))
    assert cli("rebuild", "again.db")[0] == 0
    with open_reader(tmp_path / "archive.db") as old, open_reader(tmp_path / "again.db") as new:
        assert old.sql("SELECT count(*) AS n FROM article") == [{"n": 2}]
        assert new.sql("SELECT count(*) AS n FROM article") == [{"n": 1}]
        assert [row["kind"] for row in new.changes()] == ["new"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("https://harbour.example/nowhere", "https://harbour.example/x", "no article has"),
        ("https://harbour.example/a", "https://harbour.example/a/#top", "one address to the archive already"),
        ("Without a link", "https://harbour.example/x", "without an address of its own"),
    ],
    ids=["unknown", "the same", "no link"],
)
def test_what_cannot_be_joined_is_refused(cli: Cli, tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with create_archive(tmp_path / "archive.db") as archive:
        look(archive, [card("a", "A story"), Card(title="Without a link", url=None, position=2)])
    code, _, err = cli("addresses", "join", old, new)
    assert (code, complaint in err) == (2, True)
    assert cli("addresses")[1] == ""


def test_writing_waits_for_no_crawl(cli: Cli, tmp_path: Path) -> None:
    numbered(tmp_path / "archive.db")
    with hold_lock(tmp_path / "archive.db"):
        assert cli("addresses", "adopt", "harbour")[0] == 75
        assert cli("same", "--all")[0] == 75
        assert cli("addresses")[0] == 0


def test_the_table_of_links_is_made_brought_up_to_date_and_dropped(cli: Cli, tmp_path: Path) -> None:
    pytest.importorskip("rapidfuzz")
    titles = [
        "Council approves new harbour plan",
        "Ferry timetable changes",
        "Harbour plan: council approves new",
        "Gulls return",
    ]
    with create_archive(tmp_path / "archive.db") as archive:
        look(archive, [card(f"a{number}", title) for number, title in enumerate(titles)])
    code, _, err = cli("same", "--all")
    assert (code, "1 pairs of articles read alike" in err) == (0, True)
    with open_archive(tmp_path / "archive.db") as archive:
        look(archive, [card("a1", "Ferry timetable changes"), card("a3", "Ferry timetable changes again")], at=night(1))
    assert "2 pairs" in cli("same", "--all")[2]  # an article that was there before has come to read like another
    with open_reader(tmp_path / "archive.db") as reader:
        links = reader.sql(
            "SELECT a.url AS later, b.url AS earlier FROM same_article JOIN article AS a ON a.id = article_id "
            "JOIN article AS b ON b.id = other_id ORDER BY later"
        )
    assert [(row["later"][-2:], row["earlier"][-2:]) for row in links] == [("a2", "a0"), ("a3", "a1")]
    assert "is dropped" in cli("same", "--drop")[2]
    assert "there was no table" in cli("same", "--drop")[2]


def test_same_wants_one_thing_said(cli: Cli, tmp_path: Path) -> None:
    numbered(tmp_path / "archive.db")
    assert cli("same")[0] == 2
    assert cli("same", "harbour-plan", "--all")[0] == 2
    assert cli("same", "--all", "--drop")[0] == 2


def without_blurbs(path: Path) -> None:
    with create_archive(path) as archive:
        for number in range(3):
            body = body_of([("a", f"Plan {number}", "near")])
            look(archive, cards_in(body, blurbs=False), at=night(number), body=body)


def test_a_rebuilt_archive_is_put_in_place_with_the_nights_since_and_the_old_one_is_kept(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schedules.reread.Rereader.__call__", lambda self, stored: read_well(stored))
    path, kept = tmp_path / "archive.db", tmp_path / "archive.before-rebuild.db"
    without_blurbs(path)
    assert cli("rebuild", "again.db")[0] == 0
    body = body_of([("b", "Later", "far")])
    with open_archive(path) as archive:
        look(archive, cards_in(body, blurbs=False), at=night(3), body=body)
    with hold_lock(path):
        assert cli("rebuild", "again.db", "--swap")[0] == 75
    code, out, err = cli("rebuild", "again.db", "--swap", "--format", "jsonl")
    assert code == 0
    assert {(row["kind"], row["field"], row["after"]) for row in rows(out)} == {
        ("reread", "blurb", "near"),
        ("reread", "blurb", "far"),
    }
    assert "archive.db is the new one; the old one is kept as archive.before-rebuild.db" in err
    with open_reader(path) as new, open_reader(kept) as old:
        assert [(row["title"], row["blurb"]) for row in new.cards()] == [("Later", "far")]
        assert [(row["title"], row["blurb"]) for row in old.cards()] == [("Later", None)]
    assert not (tmp_path / "again.db").exists()
    code, _, err = cli("rebuild", "again.db", "--swap")
    assert (code, "is there already" in err) == (78, True)
    assert cli("rebuild", "again.db", "--swap", "--keep-as", "second.db")[0] == 0
    assert (tmp_path / "second.db").exists()
    with open_archive(path) as archive:
        assert look(archive, [], at=night(4), url=PAGE_URL, body=b"[]").absent == 1
