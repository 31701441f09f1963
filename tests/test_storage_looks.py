"""When pages were last looked at and how often they changed, as the archive tells a planner."""

from datetime import timedelta

import pytest
from archives import NIGHT, PAGE_URL, card, look, night

from scraper.pages import Outcome
from storage import create_archive, open_reader
from storage.looks import last_looks

HARBOUR, MARKET, PIER = card("harbour"), card("market"), card("pier")


@pytest.fixture
def archive(tmp_path):
    with create_archive(tmp_path / "archive.db") as archive:
        yield archive


def only(archive, **options):
    (found,) = last_looks(archive, **options)
    return found


def test_an_empty_archive_has_no_looks(archive):
    assert last_looks(archive) == []


def test_good_and_bad_looks_count_interrupted_and_deferred_ones_are_told_beside_them(archive):
    look(archive, [HARBOUR], at=night(0))
    look(archive, at=night(1), outcome=Outcome.UNREACHABLE, body=None)
    look(archive, at=night(2), outcome=Outcome.INTERRUPTED, body=None)
    look(archive, at=night(3), outcome=Outcome.DEFERRED, body=None, attempts=0)
    found = only(archive)
    assert (found.source, found.url) == ("harbour", PAGE_URL)
    assert (found.last_at, found.last_good_at) == (night(1), night(0))
    assert (found.unfinished, found.unfinished_at, found.unfinished_outcome) == (2, night(3), "deferred")


def test_a_look_under_way_is_not_finished_and_one_that_had_no_turn_is_no_try(archive):
    look(archive, [HARBOUR], at=night(0))
    look(archive, at=night(1), outcome=Outcome.INTERRUPTED, body=None, attempts=0)
    assert only(archive).unfinished == 0
    run_id = archive.begin_run(started_at=night(2), version="0.1.0", command="test")
    archive.begin_crawl(
        run_id, archive.get_page(source="harbour", url=PAGE_URL, started_at=night(2)).page_id, started_at=night(2)
    )
    found = only(archive)
    assert (found.last_at, found.unfinished, found.unfinished_at) == (night(0), 1, night(2))


def test_a_page_that_never_was_read_has_no_moments(archive):
    look(archive, at=night(0), outcome=Outcome.BLOCKED, body=None)
    assert (only(archive).last_at, only(archive).last_good_at) == (night(0), None)
    look(archive, at=night(0), source="paper", url="https://paper.example/", outcome=Outcome.INTERRUPTED, body=None)
    assert last_looks(archive)[1].last_at is None


def test_moments_are_those_of_the_clock_also_where_it_was_wrong(archive):
    look(archive, [HARBOUR], at=night(400))
    look(archive, [HARBOUR], at=night(1))  # the clock was set right
    assert only(archive).last_at == night(1)


def test_intervals_tell_how_long_apart_looks_were_and_whether_other_cards_stood_there(archive):
    look(archive, [HARBOUR, MARKET], at=night(0))
    look(archive, [PIER, HARBOUR, MARKET], at=night(1))
    look(archive, at=night(2), outcome=Outcome.TIMED_OUT, body=None)
    look(archive, at=night(3), outcome=Outcome.NOT_MODIFIED, body=None)
    look(archive, [PIER, HARBOUR], at=night(4))
    look(archive, [PIER, card("harbour", title="Harbour, reworded")], at=night(4) + timedelta(hours=6))
    day = 86_400.0
    expected = ((day, True), (2 * day, False), (day, True), (day / 4, True))
    assert only(archive, intervals=20).intervals == expected
    assert only(archive, intervals=2).intervals == expected[-2:]
    assert only(archive).intervals == ()


def test_a_reader_tells_the_same(archive):
    look(archive, [HARBOUR], at=NIGHT)
    with open_reader(archive.path) as reader:
        assert last_looks(reader, intervals=3) == last_looks(archive, intervals=3)
