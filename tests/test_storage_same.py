"""Copies under other addresses: found and scored, never merged."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import card, look, night

from scraper.errors import QueryError
from storage import Archive, create_archive, open_reader
from storage.same import find_same, link_all

pytest.importorskip("rapidfuzz")

TITLES = {
    "agency": "Council approves new harbour plan after long debate",
    "copy": "After long debate, council approves new harbour plan",
    "opposite": "Council rejects new harbour plan after long debate",
    "other": "Ferry timetable changes for the summer",
    "ja": "東京港の再開発計画を市議会が承認",
    "ja-copy": "東京港の再開発計画、市議会が承認",
    "untitled": None,
}

FILLERS = ("Gulls", "Tide table", "Obituaries", "Crossword", "Weather at sea", "Lottery", "Letters")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with create_archive(tmp_path / "archive.db") as archive:
        run_id = archive.begin_run(started_at=night(0), version="0.1.0", command="test")
        for number, (name, title) in enumerate(TITLES.items()):
            look(
                archive,
                [card(name, title), card(f"filler-{number}", FILLERS[number])],
                source=f"outlet-{number}",
                url=f"https://outlet-{number}.example/",
                run_id=run_id,
            )
        yield archive


def names(archive: Archive, card: str, **options: float) -> dict[str, float]:
    with open_reader(archive.path) as reader:
        return {
            row["url"].rsplit("/", 1)[1]: row["score"] for row in find_same(reader, f"https://harbour.example/{card}", **options)
        }  # type: ignore[arg-type]


def test_a_copy_in_another_order_of_words_is_found(archive: Archive) -> None:
    found = names(archive, "agency")
    assert set(found) == {"copy", "opposite"}
    assert found["copy"] > found["opposite"] > 80  # the opposite scores high too: that's why nothing is merged on a score
    assert names(archive, "agency", min_score=97) == {"copy": found["copy"]}


def test_scripts_without_spaces_are_compared_too(archive: Archive) -> None:
    assert set(names(archive, "ja")) == {"ja-copy"}


def test_an_article_without_a_title_has_no_copies(archive: Archive) -> None:
    assert names(archive, "untitled") == {}


def test_earlier_wordings_count(archive: Archive) -> None:
    look(archive, [card("other", "Something else entirely")], source="outlet-3", url="https://outlet-3.example/", at=night(1))
    look(
        archive,
        [card("late", "Ferry timetable changes for summer")],
        source="outlet-9",
        url="https://outlet-9.example/",
        at=night(1),
    )
    assert set(names(archive, "late")) == {"other"}


def links(archive: Archive) -> set[tuple[str, str]]:
    rows = archive.connection.execute(
        "SELECT a.url, b.url FROM same_article JOIN article a ON a.id = article_id JOIN article b ON b.id = other_id"
    )
    return {(one.rsplit("/", 1)[1], other.rsplit("/", 1)[1]) for one, other in rows}


def test_all_links_go_into_a_table_that_may_be_dropped(archive: Archive) -> None:
    expected = {("copy", "agency"), ("opposite", "agency"), ("opposite", "copy"), ("ja-copy", "ja")}
    assert link_all(archive, now=night(1)) == 4
    assert links(archive) == expected
    (articles,) = archive.connection.execute("SELECT count(*) FROM article").fetchone()
    assert articles == 2 * len(TITLES)  # nothing was merged
    archive.connection.execute("DROP TABLE same_article")
    assert link_all(archive, now=night(1)) == 4
    assert links(archive) == expected


def test_a_second_pass_compares_only_what_is_new(archive: Archive) -> None:
    link_all(archive, now=night(1))
    look(
        archive,
        [card("third", "Council approves new harbour plan after a long debate")],
        source="outlet-9",
        url="https://outlet-9.example/",
        at=night(1),
    )
    compared: list[int] = []
    assert link_all(archive, now=night(2), on_article=lambda done, total: compared.append(total)) > 4
    assert compared == [1]


def test_another_least_score_begins_the_table_again(archive: Archive) -> None:
    assert link_all(archive, now=night(1)) == 4
    (highest,) = archive.connection.execute("SELECT max(score) FROM same_article").fetchone()
    assert link_all(archive, now=night(1), min_score=highest) < 4
    assert archive.connection.execute("SELECT min(score) FROM same_article").fetchone() == (highest,)


def test_without_rapidfuzz_the_message_says_what_to_install(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: object, **options: object) -> object:
        if name.startswith("rapidfuzz"):
            raise ImportError(name)
        return real(name, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with open_reader(archive.path) as reader, pytest.raises(QueryError, match=r"standfirst\[dedupe\]"):
        find_same(reader, 1)
