"""What is due, what is next, what was missed: schedules held against the looks that were made."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.due import MOST_MISSED, make_plan
from schedules.settings import ScheduleSettings, Source
from schedules.slots import in_window, schedule_of, slots
from storage.looks import LastLooks

URL = "https://cities.example/latest/"
SETTINGS = ScheduleSettings()
HOUR = timedelta(hours=1)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def source(cadence="30 2 * * *", **options):
    return Source(slug="cities", urls=(URL,), cadence=cadence, **options)


def looked(at=None, **facts):
    return LastLooks(source="cities", url=URL, last_at=None if at is None else utc(at), last_good_at=None, **facts)


def page_plan(of, now, last=None):
    (page,) = make_plan([of], SETTINGS, [] if last is None else [last], utc(now)).pages
    return page


@pytest.mark.parametrize(
    ("last", "now", "options", "due", "missed", "why"),
    [
        pytest.param("2026-03-05T02:31", "2026-03-06T02:29", {}, False, 0, "looked at since it was last due", id="not yet"),
        pytest.param("2026-03-05T02:31", "2026-03-06T02:30", {}, True, 0, "due since 2026-03-06 02:30 UTC", id="on the minute"),
        pytest.param("2026-03-06T02:30", "2026-03-06T02:31", {}, False, 0, "looked at since", id="just looked at"),
        pytest.param("2026-03-05T02:31", "2026-03-06T09:00", {}, True, 0, "due since 2026-03-06 02:30 UTC", id="late: caught up with"),
        pytest.param("2026-03-05T02:31", "2026-03-06T23:29", {}, True, 0, "due since", id="late, three hours before the next"),
        pytest.param("2026-03-05T02:31", "2026-03-06T23:31", {}, False, 1, "the next look is near", id="late, shortly before the next"),
        pytest.param("2026-03-05T02:31", "2026-03-06T09:00", {"catch_up": False}, False, 1, "not caught up with", id="late, and no catching up"),
        pytest.param("2026-03-05T02:31", "2026-03-06T03:30", {"catch_up": False}, True, 0, "due since", id="an hour late is no catching up"),
        pytest.param("2026-03-01T02:31", "2026-03-06T02:31", {}, True, 4, "4 before it missed", id="a machine off for days looks once"),
        pytest.param("2026-03-01T02:31", "2026-03-06T02:31", {"catch_up": False}, True, 4, "4 before it missed", id="back in time for its slot"),
        pytest.param(None, "2026-03-06T09:00", {}, True, 0, "never looked at", id="never looked at"),
        pytest.param(None, "2026-03-06T09:00", {"catch_up": False}, False, 1, "never looked at", id="never looked at, waits for its slot"),
        pytest.param("2026-03-05T02:31", "2026-03-06T09:00", {"window": "02:00-05:00"}, False, 1, "not within its window now", id="late, its window is shut"),
        pytest.param("2026-03-05T02:31", "2026-03-06T04:59", {"window": "02:00-05:00"}, True, 0, "due since", id="late, within its window"),
        pytest.param("2026-03-06T03:30", "2026-03-06T02:45", {}, False, 0, "looked at since", id="clock set back by an hour: nothing twice"),
        pytest.param("2027-03-06T03:30", "2026-03-06T02:45", {}, True, 0, "dated 2027-03-06, which is yet to come", id="the clock was a year ahead"),
        pytest.param("2010-03-06T03:30", "2026-03-06T02:45", {}, True, MOST_MISSED - 1, "1000 or more", id="left alone for years"),
    ],
)  # fmt: skip
def test_whether_a_page_is_due(last, now, options, due, missed, why):
    page = page_plan(source(**options), now, looked(last))
    assert (page.due, page.missed) == (due, missed)
    assert why in page.why


@pytest.mark.parametrize(
    ("unfinished", "minutes_after", "due"),
    [
        (1, 0, True),  # killed once: at once, the machine is back
        (2, 14, False),
        (2, 15, True),
        (3, 44, False),
        (3, 45, True),
        (5, 224, False),
        (5, 225, True),
    ],
)
def test_a_page_at_which_runs_die_is_tried_again_at_ever_longer_intervals(unfinished, minutes_after, due):
    of = looked(
        "2026-03-05T02:31", unfinished=unfinished, unfinished_at=utc("2026-03-06T02:30"), unfinished_outcome="interrupted"
    )
    now = utc("2026-03-06T02:30") + timedelta(minutes=minutes_after)
    page = page_plan(source(), now.isoformat()[:16], of)
    assert page.due is due
    assert "begun and not finished" in page.why
    assert due or page.next_at > now


def test_a_page_that_was_put_off_is_tried_again_after_an_hour():
    of = looked("2026-03-05T02:31", unfinished=1, unfinished_at=utc("2026-03-06T02:30"), unfinished_outcome="deferred")
    waiting = page_plan(source(), "2026-03-06T03:29", of)
    assert not waiting.due
    assert waiting.next_at == utc("2026-03-06T03:30")
    assert page_plan(source(), "2026-03-06T03:30", of).due


def test_tries_of_the_day_before_do_not_hold_up_todays_look():
    of = looked("2026-03-04T02:31", unfinished=9, unfinished_at=utc("2026-03-05T20:00"), unfinished_outcome="interrupted")
    assert page_plan(source(), "2026-03-06T02:30", of).due


def test_a_plan_is_made_of_the_pages_of_enabled_sources_and_hands_on_those_that_are_due():
    sources = [
        Source(slug="cities", urls=(URL, "https://cities.example/more"), cadence="30 2 * * *"),
        Source(slug="off", urls=("https://off.example/",), enabled=False),
        Source(slug="paper", urls=("https://paper.example/",), cadence="hourly"),
    ]
    paper = LastLooks(source="paper", url="https://paper.example/", last_at=utc("2026-03-06T03:00"), last_good_at=None)
    looks = [looked("2026-03-06T02:31"), paper]
    plan = make_plan(sources, SETTINGS, looks, utc("2026-03-06T03:10"))
    assert [(page.source.slug, page.url, page.due) for page in plan.pages] == [
        ("cities", URL, False),
        ("cities", "https://cities.example/more", True),
        ("paper", "https://paper.example/", False),
    ]
    assert plan.due_sources == (replace(sources[0], urls=("https://cities.example/more",)),)
    assert plan.next_at == utc("2026-03-06T04:00")


def test_nothing_watched_is_an_empty_plan():
    plan = make_plan([], SETTINGS, [], utc("2026-03-06T03:10"))
    assert (plan.pages, plan.due_sources, plan.next_at) == ((), (), None)


def test_an_interval_that_adapts_is_decided_from_the_looks_and_told():
    of = source(adaptive=("6h", "3d"))
    calm = looked("2026-03-05T00:00", intervals=((86_400.0, False),) * 20)
    page = page_plan(of, "2026-03-06T00:00", calm)
    assert page.interval.interval == timedelta(days=3)
    assert not page.due
    busy = looked("2026-03-05T00:00", intervals=((21_600.0, True),) * 20)
    page = page_plan(of, "2026-03-05T06:00", busy)
    assert page.interval.interval == timedelta(hours=6)
    assert page.due
    assert "too few" in page_plan(of, "2026-03-05T06:00").interval.why


@settings(max_examples=40, deadline=None)
@given(
    cadence=st.sampled_from(["nightly", "hourly", "30 2 * * *", "7h", "30 5 * * 1-5"]),
    window=st.sampled_from([None, "01:00-05:00", "22:00-04:00"]),
    jitter_s=st.sampled_from([0.0, 1800.0]),
    every_minutes=st.sampled_from([10, 15, 60]),
    off=st.tuples(st.integers(0, 72), st.integers(0, 72)),
)
def test_whoever_wakes_often_makes_each_wanted_look_once_and_one_for_all_that_were_missed(
    cadence, window, jitter_s, every_minutes, off
):
    """Wakes for four days, through a change of clocks; for a part of them the machine is off."""
    of = source(cadence, window=window, jitter_s=jitter_s, timezone="Europe/Brussels")
    schedule = schedule_of(of, SETTINGS)
    begin, end = utc("2026-03-27T12:00"), utc("2026-03-31T12:00")
    off_from, off_until = begin + HOUR * off[0], begin + HOUR * (off[0] + off[1])
    wanted = slots(schedule, begin, end)
    unmade = {slot for slot in wanted if slot.begins_at > begin}
    last, now = looked(f"{begin:%Y-%m-%dT%H:%M}"), begin
    while now < end:
        now += timedelta(minutes=every_minutes)
        if off_from <= now < off_until:
            continue
        passed = {slot for slot in unmade if slot.at <= now}
        page = page_plan(of, f"{now:%Y-%m-%dT%H:%M}", last)
        newest = max((slot.at for slot in passed), default=now)
        is_near = now - newest > HOUR and 8 * (page.next_at - now) < page.next_at - newest
        assert page.due is (bool(passed) and in_window(schedule, now) and not is_near)
        if page.due:
            assert page.missed == len(passed) - 1
            last = looked(f"{now:%Y-%m-%dT%H:%M}")
            unmade = {slot for slot in unmade if slot.begins_at > now}


@pytest.mark.parametrize("outcome", ["interrupted", "deferred"])
def test_a_try_made_while_the_clock_was_years_ahead_puts_nothing_off(outcome):
    last = looked("2026-03-05T02:31", unfinished=1, unfinished_at=utc("2099-03-05T02:31"), unfinished_outcome=outcome)
    assert page_plan(source(), "2026-03-06T02:31", last).due
    assert not page_plan(source(), "2026-03-06T02:29", last).due
