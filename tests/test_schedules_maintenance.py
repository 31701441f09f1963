"""What a run does for the archive at its end: as configured, within its time, and without harm where it can't."""

import asyncio
import itertools
import sqlite3
from contextlib import closing

import pytest
from archives import card, look, night

from schedules.keep import parse_keep
from schedules.maintenance import Maintained, drop_old_bytes, empty_write_ahead
from schedules.settings import MaintenanceSettings
from scraper.errors import ArchiveFullError, QueryError
from storage import create_archive, open_archive
from storage.upkeep import Pruned, verify

NIGHTS = 40


@pytest.fixture
def archive(tmp_path):
    with create_archive(tmp_path / "archive.db") as archive:
        archive.connection.execute("PRAGMA synchronous = OFF")  # nothing here cuts the power
        run_id = archive.begin_run(started_at=night(0), version="test", command="crawl")
        for number in range(NIGHTS):
            look(archive, [card(f"n{number}")], at=night(number), run_id=run_id, body=b"night %d " % number * 99)
        yield archive


def maintain(archive, prune, **options):
    return asyncio.run(drop_old_bytes(archive, MaintenanceSettings(prune=prune), now=night(NIGHTS), **options))


def kept(archive):
    return archive.connection.execute("SELECT count(*) FROM body WHERE content IS NOT NULL").fetchone()[0]


def test_nothing_is_dropped_unless_the_configuration_says_so(archive):
    assert maintain(archive, None) == Maintained()
    assert kept(archive) == NIGHTS


@pytest.mark.parametrize(("prune", "left"), [("10d", 10), ("2026-05-31", 10), ("keyframes", 3)])
def test_old_bytes_are_dropped_as_configured(archive, prune, left):
    maintained = maintain(archive, prune)
    assert (maintained.trouble, kept(archive)) == (None, left)
    assert maintained.sentence.startswith(f"maintenance: dropped the bytes of {NIGHTS - left} pages, ")
    assert maintain(archive, prune).sentence == ""
    assert list(verify(archive)) == []


@pytest.mark.parametrize("ahead_s", [26_700 * 86_400.0, -200_000.0], ids=["decades ahead", "days behind"])
def test_nothing_is_dropped_by_age_while_the_servers_say_that_the_clock_is_wrong(archive, ahead_s):
    maintained = maintain(archive, "10d", clock_ahead_s=ahead_s)
    assert "old bytes were not dropped: it is 2026-06-10T02:00:00Z here and " in maintained.trouble
    assert kept(archive) == NIGHTS
    assert maintain(archive, "keyframes", clock_ahead_s=ahead_s).trouble is None  # asks no clock
    assert kept(archive) == 3


def test_a_clock_that_is_hours_off_drops_what_is_old(archive):
    assert maintain(archive, "10d", clock_ahead_s=7_200.0).trouble is None
    assert kept(archive) == 10


def test_when_the_time_is_over_the_rest_is_left_to_the_next_run(archive, monkeypatch):
    monkeypatch.setattr("schedules.maintenance.LONGEST_PRUNE_S", 2)
    seconds = itertools.count(0, 0.1)  # a look at the clock takes a tenth of a second
    maintained = maintain(archive, "1d", monotonic=lambda: next(seconds))
    assert 0 < maintained.pruned.bodies < NIGHTS - 1
    assert maintained.pruned.left == NIGHTS - 1 - maintained.pruned.bodies
    assert maintained.sentence.endswith("are left to the next run")
    assert maintain(archive, "1d").pruned.left == 0
    assert list(verify(archive)) == []


def test_a_run_that_is_told_to_stop_drops_no_more(archive):
    assert maintain(archive, "1d", enough=lambda: True).pruned == Pruned(bodies=0, freed_bytes=0, left=1)
    assert kept(archive) == NIGHTS


def test_what_goes_wrong_is_told_and_changes_nothing(archive, monkeypatch):
    def full(*args, **options):
        raise ArchiveFullError("archive.db: the disk would take no more")

    monkeypatch.setattr("schedules.maintenance.prune", full)
    maintained = maintain(archive, "1d")
    assert maintained.sentence == "maintenance: old bytes were not dropped: archive.db: the disk would take no more"
    assert kept(archive) == NIGHTS


def test_bytes_that_cannot_be_dropped_are_told(archive):
    archive.connection.execute("UPDATE body SET content = x'00' WHERE id = 36")
    assert "bodies can't be dropped" in maintain(archive, "5d").trouble


@pytest.mark.parametrize(("checkpoint", "alone"), [(True, NIGHTS), (False, 0)])
def test_the_file_alone_is_whole_after_a_run_even_if_somebody_has_it_open(archive, tmp_path, checkpoint, alone):
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(archive.path)) as reader:
        reader.execute("SELECT 1 FROM run").fetchall()
        empty_write_ahead(archive, MaintenanceSettings(checkpoint=checkpoint))
        copy.write_bytes(archive.path.read_bytes())
    if alone:
        with open_archive(copy) as copied:
            assert copied.connection.execute("SELECT count(*) FROM crawl").fetchone() == (alone,)
    else:
        assert copy.stat().st_size < archive.path.stat().st_size + 1
        assert archive.path.with_name("archive.db-wal").stat().st_size > 0


def test_keeping_is_said_as_on_the_command_line():
    assert parse_keep("2d", now=night(5)) == night(3)
    assert parse_keep("keyframes", now=night(5)) is None
    with pytest.raises(QueryError, match="is not a moment"):
        parse_keep("a while", now=night(5))
