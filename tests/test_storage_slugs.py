"""Addresses that follow the headline."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import listing, look, night

from scraper.cards import Card
from scraper.pages import Outcome
from storage import Archive, create_archive, open_reader
from storage.aliases import stem_of
from storage.rebuild import rebuild
from storage.rereading import Reading, StoredPage
from storage.slugs import PATTERNS, adopt_slug_rule, learn_slug_rules, retire_slug_rule


def news(number: int, title: str) -> Card:
    """A card whose address has its headline and its number, as /news/harbour-plan-48213."""
    slug = title.lower().replace(" ", "-")
    return Card(title=title, url=f"https://harbour.example/news/{slug}-{number}", position=1)


@pytest.mark.parametrize(
    ("url", "stem"),
    [
        ("https://h.example/48213-harbour-plan", "h.example 48213"),
        ("https://h.example/news/48213/harbour-plan/", "h.example 48213"),
        ("https://h.example/harbour-plan-48213", "h.example 48213"),
        ("https://h.example/harbour-plan_a48213.html", "h.example 48213"),
        ("https://h.example/harbour-plan,48213", "h.example 48213"),
        ("https://h.example/harbour-plan/48213", "h.example 48213"),
        ("https://h.example/2026/05/01/harbour-plan", None),
        ("https://h.example/budget-2026", None),
        ("https://h.example/48213", None),
        ("https://h.example/list?id=48213", None),
    ],
)
def test_where_a_number_may_name_the_article(url: str, stem: str | None) -> None:
    assert next((found for pattern in PATTERNS if (found := stem_of(url, pattern))), None) == stem


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Three nights on which a headline changed, and its address with it."""
    with create_archive(tmp_path / "archive.db") as archive:
        look(
            archive,
            [news(10001, "Harbour plan"), news(10002, "Bridge opens"), news(10003, "Ferry late"), news(10004, "Tide high")],
        )
        look(
            archive,
            [
                news(10001, "Harbour plan approved"),
                news(10002, "Bridge opens"),
                news(10003, "Ferry late"),
                news(10004, "Tide high"),
            ],
            at=night(1),
        )
        look(
            archive,
            [
                news(10001, "Harbour plan approved"),
                news(10002, "Bridge opens late"),
                news(10003, "Ferry late again"),
                news(10004, "Tide high"),
            ],
            at=night(2),
        )
        yield archive


def learned(archive: Archive) -> list[str]:
    with open_reader(archive.path) as reader:
        return [rule.pattern for rule in learn_slug_rules(reader, "harbour")]


def test_a_rule_is_learned_from_addresses_that_took_each_others_place(archive: Archive) -> None:
    with open_reader(archive.path) as reader:
        (rule,) = learn_slug_rules(reader, "harbour")
    assert len(rule.evidence) == 3
    assert (
        "https://harbour.example/news/harbour-plan-10001",
        "https://harbour.example/news/harbour-plan-approved-10001",
    ) in rule.evidence


def test_two_addresses_with_one_number_side_by_side_speak_against_the_rule(archive: Archive) -> None:
    look(archive, [news(10004, "Tide high"), news(10004, "Photos of the tide")], at=night(3))
    assert learned(archive) == []


def test_other_headlines_under_a_number_do_not_speak_for_it(tmp_path: Path) -> None:
    with create_archive(tmp_path / "other.db") as archive:
        look(archive, [news(10001 + number, title) for number, title in enumerate(("Rain", "Snow", "Hail"))])
        look(
            archive,
            [news(10001 + number, title) for number, title in enumerate(("Cup final", "Budget vote", "New mayor"))],
            at=night(1),
        )
        assert learned(archive) == []


def adopted(archive: Archive) -> int:
    with open_reader(archive.path) as reader:
        (rule,) = learn_slug_rules(reader, "harbour")
    return adopt_slug_rule(archive, "harbour", rule, now=night(2))


def test_a_rule_in_force_keeps_the_identity_of_a_renamed_article(archive: Archive) -> None:
    adopted(archive)
    recorded = look(archive, [news(10004, "Tide higher"), news(10009, "Gulls")], at=night(3))
    assert (recorded.new, recorded.reworded) == (1, 1)
    with open_reader(archive.path) as reader:
        (row,) = reader.changes(since=night(3), kinds=("reworded",))
        assert (row["before"], row["after"], row["url"]) == (
            "Tide high",
            "Tide higher",
            "https://harbour.example/news/tide-high-10004",
        )
        assert reader.history("https://harbour.example/news/tide-higher-10004")[0]["title"] == "Tide high"
    recorded = look(archive, [news(10004, "Tide higher"), news(10009, "Gulls return")], at=night(4))
    assert (recorded.new, recorded.reworded, recorded.absent) == (0, 1, 0)  # also for an article that came after the rule
    evidence = archive.connection.execute("SELECT evidence FROM slug_rule").fetchone()[0]
    assert len(json.loads(evidence)) == 3


def test_a_rule_can_be_retired_and_what_it_did_stays_on_record(archive: Archive) -> None:
    rule_id = adopted(archive)
    look(archive, [news(10004, "Tide higher")], at=night(3))
    retire_slug_rule(archive, rule_id, now=night(4))
    assert look(archive, [news(10004, "Tide highest")], at=night(4)).new == 1
    aliases = archive.connection.execute("SELECT url, slug_rule_id FROM alias").fetchall()
    assert aliases == [("https://harbour.example/news/tide-higher-10004", rule_id)]
    for statement in (
        "UPDATE slug_rule SET retired_at = NULL",
        "DELETE FROM slug_rule",
        "DELETE FROM alias",
        "UPDATE alias SET article_id = 1",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            archive.connection.execute(statement)


def test_another_source_is_not_touched_by_the_rule(archive: Archive) -> None:
    adopted(archive)
    tide = [Card(title="High", url="https://tide.example/high-10004", position=1)]
    look(archive, tide, at=night(3), source="tide", url="https://tide.example/")
    tide = [Card(title="Higher", url="https://tide.example/higher-10004", position=1)]
    assert look(archive, tide, at=night(4), source="tide", url="https://tide.example/").new == 1


NIGHTS: dict[bytes, list[Card]] = {}


def read(stored: StoredPage) -> Reading:
    return Reading(Outcome.OK, "", listing(NIGHTS[stored.page.body]))


def test_a_rebuild_applies_the_rules_in_force_to_everything(tmp_path: Path) -> None:
    with create_archive(tmp_path / "old.db") as archive:
        titles = ["Harbour plan", "Harbour plan approved", "Harbour plan approved late", "Harbour plan approved late today"]
        for number, title in enumerate(titles):
            body = b"night %d" % number
            NIGHTS[body] = [news(10001, title)]
            look(archive, NIGHTS[body], at=night(number), body=body)
        adopted(archive)
    rebuild(tmp_path / "old.db", tmp_path / "new.db", read=read, extractor_version="2", now=night(9))
    with open_reader(tmp_path / "old.db") as old, open_reader(tmp_path / "new.db") as new:
        assert old.sql("SELECT count(*) AS n FROM article") == [{"n": 4}]
        assert new.sql("SELECT count(*) AS n FROM article") == [{"n": 1}]
        assert [row["kind"] for row in new.changes()] == ["new", "reworded", "reworded", "reworded"]
