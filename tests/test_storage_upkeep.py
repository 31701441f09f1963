"""Verify, prune and back up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import PAGE_URL, allowed, card, look, night

from scraper.errors import ArchiveError, BodyDamagedError
from scraper.pages import Outcome
from storage import Archive, create_archive, open_archive, open_reader
from storage.bodies import KEYFRAME_EVERY, load_body
from storage.upkeep import Problem, back_up, prune, verify

NIGHTS = 70


def body(number: int) -> bytes:
    return b"".join(b"<p>card %d</p>" % (line if line % 40 else line + number) for line in range(1500))


def read(db: sqlite3.Connection, body_id: int) -> bytes | None:
    try:
        return load_body(db, body_id)
    except BodyDamagedError:
        return None


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with create_archive(tmp_path / "archive.db") as archive:
        archive.connection.execute("PRAGMA synchronous = OFF")  # nothing here cuts the power
        run_id = archive.begin_run(started_at=night(0), version="0.1.0", command="crawl")
        for number in range(NIGHTS):
            cards = [card(f"n{number}"), card("plan", f"Plan {number // 10}")]
            look(archive, cards, at=night(number), run_id=run_id, body=body(number), robots=allowed() if number == 0 else None)
        yield archive


def bodies(archive: Archive) -> dict[int, bytes | None]:
    """By night; None: not readable."""
    looks = archive.connection.execute("SELECT body_id FROM crawl ORDER BY seen_at").fetchall()
    return {number: read(archive.connection, body_id) for number, (body_id,) in enumerate(looks)}


def body_of(archive: Archive, number: int) -> int:
    return int(archive.connection.execute("SELECT body_id FROM crawl ORDER BY seen_at LIMIT 1 OFFSET ?", (number,)).fetchone()[0])


def test_a_sound_archive_has_no_problems(archive: Archive) -> None:
    assert list(verify(archive)) == []
    with open_reader(archive.path) as reader:
        assert list(verify(reader)) == []


def test_one_flipped_bit_is_named_with_every_look_it_costs_and_costs_one_chain(archive: Archive) -> None:
    victim = body_of(archive, 10)
    (frame,) = archive.connection.execute("SELECT content FROM body WHERE id = ?", (victim,)).fetchone()
    middle = len(frame) // 2
    archive.connection.execute(
        "UPDATE body SET content = ? WHERE id = ?", (frame[:middle] + bytes([frame[middle] ^ 4]) + frame[middle + 1 :], victim)
    )
    problems = list(verify(archive))
    assert {problem.kind for problem in problems} == {"body"}
    assert [problem.body_id for problem in problems] == [body_of(archive, number) for number in range(10, KEYFRAME_EVERY)]
    assert problems[0].looks == (f"harbour {PAGE_URL} 2026-05-11T02:00:00Z",)
    unreadable = [number for number, content in bodies(archive).items() if content is None]
    assert unreadable == list(range(10, KEYFRAME_EVERY))


@pytest.mark.parametrize("number", [KEYFRAME_EVERY, KEYFRAME_EVERY + 1, 2 * KEYFRAME_EVERY - 1], ids=["keyframe", "next", "last"])
def test_a_byte_that_the_disk_flips_is_found_and_costs_at_most_one_interval_of_keyframes(
    number: int, archive: Archive, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    back_up(archive.path, copy)
    (frame,) = archive.connection.execute("SELECT content FROM body WHERE id = ?", (body_of(archive, number),)).fetchone()
    content = bytearray(copy.read_bytes())
    at = content.find(frame)
    assert at > 0
    content[at + len(frame) // 2] ^= 0x10
    copy.write_bytes(content)
    with open_archive(copy) as damaged:
        problems = list(verify(damaged))
        assert {problem.kind for problem in problems} == {"body"}
        lost = [night_number for night_number, found in bodies(damaged).items() if found is None]
        assert lost == list(range(number, 2 * KEYFRAME_EVERY))
        assert len(problems) == len(lost)
        assert damaged.connection.execute("SELECT count(*) FROM sighting").fetchone() == (2 * NIGHTS,)  # no card is lost with it
        look(damaged, [card("next")], at=night(NIGHTS), body=body(NIGHTS))
        assert bodies(damaged)[NIGHTS] == body(NIGHTS)


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        pytest.param("DELETE FROM revision_fts_docsize WHERE id = 2", "full text", id="full text"),
        pytest.param("DROP TRIGGER span_stays; DELETE FROM span WHERE last_crawl = 5", "look", id="a lost span"),
        pytest.param(
            "PRAGMA foreign_keys = OFF; DROP TRIGGER article_stays; DELETE FROM article WHERE id = 3",
            "reference",
            id="a lost article",
        ),
    ],
)
def test_other_damage_is_named_by_its_kind(archive: Archive, damage: str, kind: str) -> None:
    archive.connection.executescript(damage)
    problems = list(verify(archive))
    assert problems
    assert {problem.kind for problem in problems} == {kind}
    assert all(isinstance(problem, Problem) and problem.what for problem in problems)


def test_pruning_drops_old_bytes_and_keeps_every_fact(archive: Archive) -> None:
    db = archive.connection
    facts = (
        "SELECT seen_at, outcome, body_sha256, body_bytes FROM look ORDER BY seen_at",
        "SELECT * FROM sighting ORDER BY crawl_id, position",
    )
    before = [db.execute(query).fetchall() for query in facts]
    pruned = prune(archive, before=night(45))
    assert pruned.bodies == 45
    assert pruned.freed_bytes > 0
    assert [db.execute(query).fetchall() for query in facts] == before
    assert bodies(archive) == {number: body(number) if number >= 45 else None for number in range(NIGHTS)}
    assert list(verify(archive)) == []
    assert prune(archive, before=night(45)).bodies == 0
    (evidence,) = db.execute("SELECT body_id FROM robots").fetchone()
    assert load_body(db, evidence).startswith(b"User-agent")


def test_depths_are_right_after_what_a_chain_began_with_is_gone(archive: Archive) -> None:
    prune(archive, before=night(45))
    rows = archive.connection.execute("SELECT id, base_id, depth FROM body WHERE content IS NOT NULL ORDER BY id").fetchall()
    depth = {body_id: depth for body_id, _, depth in rows}
    assert all(own == (depth[base] + 1 if base is not None else 0) for _, base, own in rows)


def test_keeping_keyframes_keeps_one_in_thirty_and_the_newest(archive: Archive) -> None:
    prune(archive, keyframes=True)
    kept = [number for number, content in bodies(archive).items() if content is not None]
    assert kept == [0, KEYFRAME_EVERY, 2 * KEYFRAME_EVERY, NIGHTS - 1]
    assert list(verify(archive)) == []


def test_a_crawl_goes_on_after_pruning(archive: Archive) -> None:
    prune(archive, keyframes=True)
    recorded = look(archive, [card("n69"), card("plan", "Plan 6")], at=night(NIGHTS), body=body(NIGHTS - 1))
    assert recorded.outcome is Outcome.SAME_BYTES
    look(archive, [card("x")], at=night(NIGHTS + 1), body=body(5))  # bytes that were here and pruned
    assert bodies(archive)[NIGHTS + 1] == body(5)


def test_a_damaged_chain_does_not_stop_pruning_and_loses_nothing_more(archive: Archive) -> None:
    victim = body_of(archive, 44)
    archive.connection.execute("UPDATE body SET content = x'00' WHERE id = ?", (victim,))
    pruned = prune(archive, before=night(45))
    assert pruned.unreadable == (victim,)
    assert pruned.bodies == 44


def test_a_backup_is_the_same_archive_in_one_file(archive: Archive, tmp_path: Path) -> None:
    prune(archive, keyframes=True)
    target = tmp_path / "copies" / "copy.db"
    target.parent.mkdir()
    back_up(archive.path, target)
    assert [file.name for file in target.parent.iterdir()] == ["copy.db"]
    with open_reader(target) as copy, open_reader(archive.path) as original:
        query = "SELECT * FROM sighting ORDER BY crawl_id, position"
        assert copy.sql(query) == original.sql(query)
    with open_archive(target) as copy_to_write:
        assert list(verify(copy_to_write)) == []
        look(copy_to_write, [card("x")], at=night(NIGHTS + 1))


def test_a_backup_can_be_made_in_the_midst_of_a_write(archive: Archive, tmp_path: Path) -> None:
    with archive.transaction() as db:
        db.execute("INSERT INTO source (slug) VALUES ('half')")
        back_up(archive.path, tmp_path / "copy.db")
    with open_reader(tmp_path / "copy.db") as copy:
        assert copy.sql("SELECT slug FROM source") == [{"slug": "harbour"}]


def test_a_backup_overwrites_nothing(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(ArchiveError, match="left alone"):
        back_up(archive.path, tmp_path / "copy.db")
    with pytest.raises(ArchiveError, match="make it first"):
        back_up(archive.path, tmp_path / "nowhere" / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"
