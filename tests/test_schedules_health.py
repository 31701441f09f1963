"""Taking stock after a run, in a real archive."""

from datetime import timedelta

import pytest
from archives import PAGE_URL, card, look, night

from schedules.crawl import Look
from schedules.health import take_stock
from schedules.settings import AlarmSettings, Source
from scraper.pages import Outcome
from storage import create_archive
from storage.past_looks import find_past_looks, shown_fields

SOURCE = Source(slug="harbour", urls=(PAGE_URL,))


@pytest.fixture
def archive(tmp_path):
    with create_archive(tmp_path / "archive.db") as opened:
        opened.connection.execute("PRAGMA synchronous = OFF")  # no test here cuts the power
        yield opened


def night_of(archive, number, cards, *, settings=AlarmSettings(), source=SOURCE, sources=None, killed=False):  # noqa: B008
    """One run's looks at a source's pages, and the alarms told after it."""
    run_id = archive.begin_run(started_at=night(number), version="0.1.0", command="test")
    looks = []
    for url in source.urls:
        recorded = look(archive, cards, at=night(number), source=source.slug, url=url, run_id=run_id)
        looks.append(
            Look(
                source=source.slug, url=url, outcome=Outcome.OK, detail="", recorded=recorded, drift=None,
                shown=shown_fields(cards), elapsed_s=0.0,
            )
        )  # fmt: skip
    if killed:
        return ()
    alarms = take_stock(archive, looks, sources or [source], settings, run_id=run_id, now=night(number) + timedelta(minutes=1))
    return tuple((str(alarm.kind), alarm.field, alarm.is_new) for alarm in alarms)


def cards(number, count=12, **fields):
    return [card(f"story-{number + place}", **fields) for place in range(count)]


def test_a_field_that_is_no_longer_read_is_told_though_the_spans_keep_it(archive):
    for number in range(10):
        assert night_of(archive, number, cards(0, author="Ann")) == ()
    assert night_of(archive, 10, cards(0)) == (("field", "author", True),)


def test_what_began_in_a_run_that_was_killed_is_told_by_the_next_one(archive):
    for number in range(10):
        night_of(archive, number, cards(number))
    night_of(archive, 10, cards(10, count=5), killed=True)
    assert night_of(archive, 11, cards(11, count=5)) == (("card_count", None, True),)
    assert night_of(archive, 12, cards(12, count=5)) == (("card_count", None, False),)


def test_only_pages_of_the_configuration_are_watched(archive):
    for number in range(10):
        night_of(archive, number, cards(number), sources=[Source(slug="harbour", urls=("https://elsewhere.example/",))])
    assert find_past_looks(archive, source="harbour", url=PAGE_URL, good_looks=9).told_until is None
    assert night_of(archive, 10, cards(10, count=3), sources=[Source(slug="other", urls=(PAGE_URL,))]) == ()


def test_switched_off_nothing_is_told_but_fields_are_remembered(archive):
    off = AlarmSettings(enabled=False)
    for number in range(10):
        assert night_of(archive, number, cards(number), settings=off) == ()
    assert night_of(archive, 10, cards(10, count=3), settings=off) == ()
    looks = find_past_looks(archive, source="harbour", url=PAGE_URL, good_looks=20).looks
    assert all(look.shown is not None for look in looks)


@pytest.mark.parametrize("all_are_busy", [False, True])
def test_on_a_night_when_all_are_busy_pages_that_other_runs_looked_at_say_so(archive, all_are_busy):
    busy = [Source(slug=f"busy-{place}", urls=(f"https://busy-{place}.example/",)) for place in range(5)]

    def shown(source, newest):
        return [card(f"{source.slug}-{newest - place}") for place in range(12)]

    for number in range(35):  # one new card a night
        for source in [SOURCE, *busy]:
            night_of(archive, number, shown(source, number), source=source)
    for source in busy:
        night_of(archive, 35, shown(source, 35 + (8 if all_are_busy else 0)), source=source)
    told = night_of(archive, 35, shown(SOURCE, 35 + 12), sources=[SOURCE, *busy])
    assert told == (() if all_are_busy else (("all_other", None, True),))
