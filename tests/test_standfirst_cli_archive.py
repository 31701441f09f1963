"""Asking an archive on the command line, and looking after it."""

import contextlib
import csv
import dataclasses
import hashlib
import io
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from commands import rows_of

from standfirst.demo import write_config
from standfirst.demo_server import DemoServer
from storage import create_archive
from storage.connections import APPLICATION_ID

QUESTIONS = [
    ("status",),
    ("cards",),
    ("changes", "--since", "2024-05-01"),
    ("history", "night buses"),
    ("search", "harbour"),
    ("export",),
    ("vanished",),
    ("reworded",),
    ("first", "night buses"),
    ("same", "night buses"),
    ("weeks",),
    ("coverage",),
    ("provenance", "night buses"),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_a_mistyped_archive_is_named_and_nothing_is_created(cli, tmp_path, question):
    code, out, err = cli(*question, "--archive", "tpyo.db")
    assert (code, out) == (78, "")
    assert "tpyo.db" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_a_file_that_is_no_archive_is_refused_and_left_alone(cli, tmp_path, question):
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("create table mine (x)")
        db.commit()
    before = (tmp_path / "other.db").read_bytes()
    assert cli(*question, "--archive", "other.db")[0] == 78
    (tmp_path / "text.db").write_text("this is no database at all, but a sentence\n" * 100)
    assert cli(*question, "--archive", "text.db")[0] == 78
    assert (tmp_path / "other.db").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"other.db", "text.db"}


def test_the_archive_says_that_it_is_ours(demo_archive):
    with contextlib.closing(sqlite3.connect(f"file:{demo_archive}?mode=ro", uri=True)) as db:
        assert db.execute("pragma application_id").fetchone() == (APPLICATION_ID,)


def test_cards_at_a_moment_are_those_of_the_last_good_look_before_it(cli, demo_archive):
    _, out, _ = cli("cards", "--archive", demo_archive, "--source", "courier", "--at", "2024-05-24T12:00Z")
    rows = rows_of(out)
    assert {row["seen_at"] for row in rows} == {"2024-05-23T02:00:00Z"}  # on the 24th its server failed
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))


def test_changes_tell_rewordings_absences_returns_and_gaps(cli, demo_archive):
    _, out, _ = cli("changes", "--archive", demo_archive, "--since", "2024-05-20")
    assert {"new", "reworded", "absent", "returned", "gap"} <= {row["kind"] for row in rows_of(out)}


@pytest.mark.parametrize("verb", ["cards", "changes", "search", "history", "status"])
def test_tables_fit_the_terminal_and_csv_has_a_header(cli, demo_archive, verb):
    extra = {"changes": ["--since", "2024-05-20"], "search": ["the"], "history": ["night buses"]}.get(verb, [])
    code, out, _ = cli(verb, *extra, "--archive", demo_archive, "--format", "table")
    assert code == 0
    assert out
    assert max(len(line) for line in out.splitlines()) <= 120 + len("\x1b[1m\x1b[0m") * 3
    _, out, _ = cli(verb, *extra, "--archive", demo_archive, "--format", "csv")
    header, *rows = list(csv.reader(io.StringIO(out)))
    assert "source" in header
    assert all(len(row) == len(header) for row in rows)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_every_question_is_answered(cli, demo_archive, question):
    code, out, err = cli(*question, "--archive", demo_archive, *([] if question[0] == "export" else ["--format", "jsonl"]))
    assert code == 0, err
    assert out or question[0] == "same"  # no other outlet ran it


def test_an_unknown_source_or_moment_or_card_is_a_usage_error(cli, demo_archive):
    assert cli("cards", "--archive", demo_archive, "--source", "nobody")[0] == 2
    assert cli("cards", "--archive", demo_archive, "--at", "last Tuesday")[0] == 2
    assert cli("history", "--archive", demo_archive, "there is no such card")[0] == 2


def test_search_takes_any_text(cli, demo_archive):
    for words in ('"', "NEAR(", "a* OR", "-- ; drop table", "(", "AND", "x:y"):
        code, _, err = cli("search", "--archive", demo_archive, "--", words)
        assert code in (0, 2), err


def test_export_at_a_moment_gives_the_same_bytes_twice_and_after_a_later_crawl(cli, tmp_path, demo_folder):
    shutil.copy(demo_folder / "archive.db", tmp_path / "copy.db")
    digests = set()
    for output in ("one.csv", "two.csv"):
        assert cli("export", "--archive", "copy.db", "--at", "2024-05-24T12:00Z", "-o", output)[0] == 0
        digests.add(hashlib.sha256(Path(output).read_bytes()).hexdigest())
    code, out, _ = cli("export", "--archive", "copy.db", "--at", "2024-05-24T12:00Z")
    assert code == 0
    assert digests == {hashlib.sha256(out.encode()).hexdigest()}
    with DemoServer(night=7) as server:
        config = write_config(tmp_path, server)
        config.path.write_text(config.path.read_text().replace('"archive.db"', '"copy.db"'))
        assert cli("crawl")[0] == 0
    assert cli("export", "--archive", "copy.db", "--at", "2024-05-24T12:00Z", "-o", "three.csv")[0] == 0
    assert hashlib.sha256(Path("three.csv").read_bytes()).hexdigest() in digests
    rows = list(csv.DictReader(io.StringIO(Path("one.csv").read_bytes().decode())))
    assert {row["source"] for row in rows} == {"cities", "courier", "kilowatt", "minatono", "auental"}


def test_options_that_do_not_go_together_are_a_usage_error(cli, demo_archive):
    assert cli("export", "gaps", "--archive", demo_archive, "--at", "2024-05-24")[0] == 2
    assert cli("export", "cards", "--archive", demo_archive, "--since", "2024-05-24")[0] == 2


def test_a_reader_that_closes_the_pipe_early_is_no_error(demo_archive):
    command = f"{sys.executable} -m standfirst export --archive {demo_archive} --format jsonl | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_the_sqlite3_command_line_reads_sightings_as_english(demo_archive):
    if shutil.which("sqlite3") is None:
        pytest.skip("the sqlite3 command line is not installed")
    done = subprocess.run(
        ["sqlite3", "-header", "-readonly", str(demo_archive), "select * from sighting where source = 'cities' limit 5"],
        capture_output=True,
        text=True,
        check=True,
    )
    header, *rows = done.stdout.splitlines()
    assert header.startswith("source|page|seen_at|position|title|blurb|read_time_minutes|published_on|author|category|url")
    assert rows[0].startswith("cities|http://cities.example/latest/|2024-05-21T02:00:00Z|1|")
    assert len(rows) == 5


def test_status_says_whose_validators_lied(cli, tmp_path):
    from datetime import UTC, datetime

    with create_archive(tmp_path / "own.db") as archive:
        archive.save_memory("validators", {"https://paper.example/": "the ETag stayed"}, saved_at=datetime.now(UTC))
    code, _, err = cli("status", "--archive", "own.db")
    assert code == 0
    assert "https://paper.example/: is asked for in full each time, because its validators lied: the ETag stayed" in err


# ---- looking after the archive ----


@pytest.fixture
def own_archive(demo_folder, tmp_path):
    """A copy of the demo's archive that may be written."""
    shutil.copy(demo_folder / "archive.db", tmp_path / "own.db")
    return tmp_path / "own.db"


def test_verify_finds_a_sound_archive_sound_and_a_flipped_byte(cli, own_archive):
    assert cli("verify", "--archive", own_archive)[0] == 0
    assert cli("verify", "--archive", own_archive, "--read-only")[0] == 0
    with contextlib.closing(sqlite3.connect(own_archive)) as db:
        body_id, content = db.execute("select id, content from body where base_id is not null limit 1").fetchone()
        broken = bytearray(content)
        broken[len(broken) // 2] ^= 0xFF
        db.execute("update body set content = ? where id = ?", (bytes(broken), body_id))
        db.commit()
    code, out, err = cli("verify", "--archive", own_archive)
    assert code == 78
    assert f"body {body_id}" in out
    assert "Restore" in err


def test_prune_drops_bytes_and_no_fact(cli, own_archive):
    before = cli("export", "changes", "--archive", own_archive)[1]
    assert cli("prune", "--archive", own_archive, "--keep", "2024-05-26")[0] == 0
    assert cli("export", "changes", "--archive", own_archive)[1] == before
    assert cli("verify", "--archive", own_archive)[0] == 0
    with contextlib.closing(sqlite3.connect(own_archive)) as db:
        assert db.execute("select count(*) from body where content is null").fetchone()[0] > 0


def test_backup_writes_a_whole_copy_and_overwrites_nothing(cli, own_archive, tmp_path):
    assert cli("backup", "copy.db", "--archive", own_archive)[0] == 0
    assert cli("verify", "--archive", "copy.db")[0] == 0
    assert cli("export", "--archive", "copy.db")[1] == cli("export", "--archive", own_archive)[1]
    code, _, err = cli("backup", "copy.db", "--archive", own_archive)
    assert code == 78
    assert "is there already" in err


@pytest.mark.parametrize("executor", ["serial", "processes:2"])
def test_rebuild_with_the_same_extractor_changes_nothing_and_leaves_the_archive_alone(cli, own_archive, executor):
    before = hashlib.sha256(own_archive.read_bytes()).hexdigest()
    code, out, err = cli("rebuild", "again.db", "--archive", own_archive, "--executor", executor, "--format", "jsonl")
    assert (code, out) == (0, "")
    assert "0 differences" in err
    assert hashlib.sha256(own_archive.read_bytes()).hexdigest() == before
    exports = [rows_of(cli("export", "--archive", path, "--format", "jsonl")[1]) for path in ("again.db", own_archive)]
    for row in (*exports[0], *exports[1]):
        del (
            row["article_id"],
            row["revision_id"],
        )  # numbers of a derivation: given in the order in which it went through the looks
    assert exports[0] == exports[1]
    assert cli("rebuild", "again.db", "--archive", own_archive)[0] == 78  # it is there already


def test_rebuild_reports_what_the_extractor_changed_card_by_card(cli, own_archive, monkeypatch):
    from schedules.reread import Rereader

    read_well = Rereader.__call__

    def without_read_times(self, stored):
        reading = read_well(self, stored)
        if reading.listing is None:
            return reading
        cards = tuple(dataclasses.replace(card, read_time_minutes=None, read_time_raw=None) for card in reading.listing.cards[1:])
        return reading._replace(listing=dataclasses.replace(reading.listing, cards=cards))

    monkeypatch.setattr(Rereader, "__call__", without_read_times)
    code, out, _ = cli("rebuild", "again.db", "--archive", own_archive, "--format", "jsonl")
    assert code == 0
    kinds = {(row["kind"], row["field"]) for row in rows_of(out)}
    assert ("lost", None) in kinds
    assert ("reread", "read_time_minutes") in kinds
