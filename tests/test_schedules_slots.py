"""Slots: the moments at which a schedule wants a look, in every time zone, also on the nights when clocks are changed."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.cadence import AtTimes, parse_cadence
from schedules.cron import parse_cron
from schedules.settings import ScheduleSettings, Source
from schedules.slots import (
    Schedule,
    in_window,
    iter_slots,
    iter_slots_back,
    lot,
    next_slot,
    parse_zone,
    previous_slot,
    schedule_of,
    slots,
)
from schedules.window import Window, parse_window

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
BRUSSELS = "Europe/Brussels"


def schedule(cadence, zone="UTC", window=None, jitter_s=0, name="cities"):
    return Schedule(
        name=name,
        cadence=parse_cadence(cadence),
        zone=ZoneInfo(zone),
        window=None if window is None else parse_window(window),
        jitter=timedelta(seconds=jitter_s),
    )


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def walls(of, after, until):
    """What the clocks on the wall show at the slots, with the offset."""
    zone = of.zone
    return [
        slot.at.astimezone(zone).isoformat(" ", "minutes")
        for slot in slots(
            of, datetime.fromisoformat(after).replace(tzinfo=zone), datetime.fromisoformat(until).replace(tzinfo=zone)
        )
    ]


@pytest.mark.parametrize(
    ("cadence", "zone", "day", "expected"),
    [
        pytest.param("30 2 * * *", BRUSSELS, "2026-03-29", ["03:30+02:00"], id="in the gap: once, as much later as clocks went on"),
        pytest.param("0 2 * * *", BRUSSELS, "2026-03-29", ["03:00+02:00"], id="at the gap's beginning: at its end"),
        pytest.param("30 2,3 * * *", BRUSSELS, "2026-03-29", ["03:30+02:00"], id="in the gap and where it would go: once"),
        pytest.param("30 2 * * *", BRUSSELS, "2026-10-25", ["02:30+02:00"], id="in the fold: the first time only"),
        pytest.param("0 */2 * * *", BRUSSELS, "2026-10-25", [f"{h:02}:00+0{2 if h < 3 else 1}:00" for h in range(0, 24, 2)], id="two-hourly: the fold's hour once"),
        pytest.param("*/30 1-3 * * *", BRUSSELS, "2026-03-29", ["01:00+01:00", "01:30+01:00", "03:00+02:00", "03:30+02:00"], id="every half-hour over the gap"),
        pytest.param("30 2 * * *", "Australia/Lord_Howe", "2026-10-04", ["02:30+11:00"], id="a gap of half an hour ends at 02:30"),
        pytest.param("15 2 * * *", "Australia/Lord_Howe", "2026-10-04", ["02:45+11:00"], id="a gap of half an hour"),
        pytest.param("15 * * * *", "Australia/Lord_Howe", "2026-10-04", ["00:15+10:30", "01:15+10:30", "02:45+11:00"] + [f"{h:02}:15+11:00" for h in range(3, 24)], id="hourly over a gap of half an hour"),
        pytest.param("0 0 * * *", "America/Asuncion", "2023-10-01", ["01:00-03:00"], id="a midnight that does not come"),
        pytest.param("0 23 * * *", "America/Havana", "2026-10-31", ["23:00-04:00"], id="the evening before a fold at one o'clock"),
        pytest.param("30 0 * * *", "America/Havana", "2026-11-01", ["00:30-04:00"], id="a fold from one o'clock to midnight"),
    ],
)  # fmt: skip
def test_nothing_is_lost_in_spring_and_nothing_done_twice_in_autumn(cadence, zone, day, expected):
    night_before = date.fromisoformat(day) - DAY
    assert walls(schedule(cadence, zone), f"{night_before}T23:59:59", f"{day}T23:59:59") == [f"{day} {at}" for at in expected]


def test_an_hourly_look_is_also_made_in_the_hour_that_comes_again():
    hourly = schedule("hourly", BRUSSELS)
    assert walls(hourly, "2026-10-25T00:30", "2026-10-25T03:30") == [
        "2026-10-25 01:00+02:00",
        "2026-10-25 02:00+02:00",
        "2026-10-25 02:00+01:00",
        "2026-10-25 03:00+01:00",
    ]
    assert walls(hourly, "2026-03-29T00:30", "2026-03-29T03:30") == ["2026-03-29 01:00+01:00", "2026-03-29 03:00+02:00"]


def test_a_day_that_a_country_skipped_loses_nothing_and_doubles_nothing():
    # Samoa went from 29 to 31 December 2011. What was wanted on the 30th is due when its offset would have had it: with the 31st's.
    assert walls(schedule("0 3 * * *", "Pacific/Apia"), "2011-12-29T00:00", "2012-01-01T00:00") == [
        "2011-12-29 03:00-10:00",
        "2011-12-31 03:00+14:00",
    ]


@pytest.mark.parametrize(
    ("cadence", "moment", "previous", "following"),
    [
        ("30 5 * * 1-5", "2026-03-06T05:30", "2026-03-06T05:30", "2026-03-09T05:30"),  # a Friday
        ("30 5 * * 1-5", "2026-03-08T12:00", "2026-03-06T05:30", "2026-03-09T05:30"),
        ("0 0 29 2 *", "2026-03-08T12:00", "2024-02-29T00:00", "2028-02-29T00:00"),
        ("0 12 * * sun", "2026-03-06T05:30", "2026-03-01T12:00", "2026-03-08T12:00"),
        ("every 6 hours", "2026-03-06T05:59", "2026-03-06T00:00", "2026-03-06T06:00"),
        ("every 6 hours", "2026-03-06T06:00", "2026-03-06T06:00", "2026-03-06T12:00"),
        ("every 7 days", "1970-01-10T06:00", "1970-01-08T00:00", "1970-01-15T00:00"),
        ("weekly", "2026-03-06T06:00", "2026-03-01T00:00", "2026-03-08T00:00"),
        ("@yearly", "2026-03-06T06:00", "2026-01-01T00:00", "2027-01-01T00:00"),
    ],
)
def test_the_slots_before_and_after_a_moment(cadence, moment, previous, following):
    of, now = schedule(cadence), utc(moment)
    assert previous_slot(of, now).at == utc(previous)
    assert next_slot(of, now).at == utc(following)


@pytest.mark.parametrize(
    ("cadence", "window", "expected"),
    [
        pytest.param("hourly", "01:00-04:00", ["01:00", "02:00", "03:00"], id="hours outside wait for the opening and are one with it"),
        pytest.param("every 6 hours", "01:00-04:00", ["01:00"], id="all four of a day meet at the opening"),
        pytest.param("0 12 * * *", "22:00-04:00", ["22:00"], id="noon waits for the evening"),
        pytest.param("0 2 * * *", "22:00-04:00", ["02:00"], id="within a window over midnight"),
        pytest.param("0 4 * * *", "22:00-04:00", ["22:00"], id="a window's end is not in it"),
        pytest.param("0 2 * * *", "00:00-24:00", ["02:00"], id="the whole day"),
    ],
)  # fmt: skip
def test_a_slot_outside_its_window_waits_for_the_opening(cadence, window, expected):
    of = schedule(cadence, window=window)
    found = slots(of, utc("2026-03-05T23:59"), utc("2026-03-06T23:59"))
    assert [f"{slot.at:%H:%M}" for slot in found] == expected
    assert all(in_window(of, slot.at) for slot in found)


@pytest.mark.parametrize("window", ["02:15-02:45", "02:15-03:00", "02:15-03:20", "01:30-02:30", "02:00-05:00"])
@pytest.mark.parametrize("zone", [BRUSSELS, "America/New_York", "Australia/Lord_Howe", "America/Asuncion"])
def test_each_night_of_two_years_has_one_look_within_its_window_also_where_the_clocks_skip_it(zone, window):
    of = schedule("nightly", zone, window, jitter_s=600)
    begin, end = utc("2025-01-01T12:00"), utc("2026-12-31T12:00")
    nights = slots(of, begin, end)
    assert len(nights) == (end - begin).days
    assert all(in_window(of, slot.at) for slot in nights)
    assert len({slot.at.astimezone(of.zone).date() for slot in nights}) == len(nights)


def test_the_sources_of_a_night_are_spread_over_its_quarters_each_always_at_its_own():
    moments = [slots(schedule("nightly", BRUSSELS, name=f"source-{n}"), utc("2026-06-01T12:00"), utc("2026-06-03T12:00")) for n in range(200)]  # fmt: skip
    first = {of[0].at.astimezone(ZoneInfo(BRUSSELS)).time() for of in moments}
    assert first == {time(hour, quarter) for hour in range(1, 5) for quarter in (0, 15, 30, 45)}
    assert all(of[1].at - of[0].at == DAY for of in moments)


def test_jitter_is_drawn_anew_for_each_slot_and_never_reaches_the_next_one():
    of = schedule("hourly", jitter_s=86_400)
    delays = [slot.at - slot.begins_at for slot in slots(of, utc("2026-06-01T00:00"), utc("2026-06-11T00:00"))]
    assert len(delays) in {240, 241}
    assert timedelta(0) <= min(delays)
    assert max(delays) < timedelta(hours=1)
    assert len(set(delays)) > 200


def test_lots_are_even_and_the_same_for_the_same_things():
    lots = [lot("cities", n) for n in range(2000)]
    assert lots == [lot("cities", n) for n in range(2000)]
    assert all(150 < sum(tenth <= 10 * drawn < tenth + 1 for drawn in lots) < 250 for tenth in range(10))


@lru_cache(maxsize=4096)
def day_of_change(zone, year, which):
    """A day of that year on which the zone's clocks were changed; 1 January where they never were."""
    there = ZoneInfo(zone)
    offsets = [datetime(year, 1, 1, tzinfo=UTC) + DAY * n for n in range(366)]
    changes = [a for a, b in pairwise(offsets) if a.astimezone(there).utcoffset() != b.astimezone(there).utcoffset()]
    return changes[which % len(changes)] if changes else offsets[0]


def scanned(cron, zone, after, until):
    """The moments that fit, found by looking at the clock on the wall minute by minute from two days before."""
    found, shown, before = set(), set(), None
    moment = after - 2 * DAY
    while moment <= until:
        wall = moment.astimezone(zone).replace(tzinfo=None, fold=0)
        skipped = []
        if before is not None and wall > before + MINUTE:
            skipped = [before + MINUTE * (n + 1) for n in range(int((wall - before) / MINUTE) - 1)]
        for n, minute in enumerate([wall, *skipped]):
            fits = cron.allows(minute.date()) and minute.hour in cron.hours and minute.minute in cron.minutes
            if fits and (cron.every_hour or minute not in shown):
                found.add(moment + MINUTE * max(0, n - 1))
        shown.add(wall)
        before = wall
        moment += MINUTE
    return sorted(m for m in found if after < m <= until)


numbers = {
    "minute": st.sampled_from(["0", "30", "*/20", "15,45", "59"]),
    "hour": st.sampled_from(["*", "0", "1", "2", "3", "*/2", "0-4", "23", "1,2,3"]),
    "day": st.sampled_from(["*", "*/2", "1-15", "25-31", "1,29"]),
    "month": st.sampled_from(["*", "*", "3,4,9-11"]),
    "weekday": st.sampled_from(["*", "*", "0", "7", "sun-tue", "1-5", "*/2"]),
}


@settings(max_examples=30, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    year=st.integers(1975, 2037),
    which=st.integers(0, 3),
    text=st.builds("{} {} {} {} {}".format, *numbers.values()),
)
def test_slots_are_those_that_a_look_at_the_clock_every_minute_finds_in_any_zone(zone, year, which, text):
    of = Schedule(name="x", cadence=AtTimes(parse_cron(text)), zone=ZoneInfo(zone))
    changed = day_of_change(zone, year, which)
    after, until = changed - DAY, changed + 3 * DAY
    assert [slot.at for slot in slots(of, after, until)] == scanned(parse_cron(text), of.zone, after, until)


@settings(max_examples=100, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    year=st.integers(1975, 2037),
    which=st.integers(0, 3),
    seconds=st.integers(0, 3 * 86_400),
    cadence=st.one_of(st.builds("{} {} {} {} {}".format, *numbers.values()), st.sampled_from(["nightly", "hourly", "7h", "every 3 days"])),
    window=st.sampled_from([None, None, "01:00-05:00", "22:00-04:00", "02:15-02:45", "00:00-23:59"]),
    jitter_s=st.sampled_from([0, 0, 59, 7200, 86_400]),
)  # fmt: skip
def test_looking_forward_and_back_finds_the_same_slots(zone, year, which, seconds, cadence, window, jitter_s):
    of = schedule(cadence, zone, window, jitter_s)
    now = day_of_change(zone, year, which) - DAY + timedelta(seconds=seconds)
    ahead, behind = next_slot(of, now), previous_slot(of, now)
    assert behind.at <= now < ahead.at
    assert slots(of, behind.at - timedelta(seconds=1), ahead.at) == [behind, ahead]
    assert all(slot.begins_at <= slot.at < after.begins_at for slot, after in pairwise(islice(iter_slots(of, now), 4)))
    assert list(islice(iter_slots_back(of, ahead.begins_at), 2)) == [ahead, behind]
    assert in_window(of, ahead.at)


@pytest.mark.slow
def test_every_local_day_has_its_one_look_in_every_zone_of_the_world_also_when_clocks_are_changed():
    for name in ZONES:
        of = schedule("30 2 * * *", name)
        for changed in {day_of_change(name, 2026, which) for which in (0, 1)}:
            begin, end = changed - 3 * DAY, changed + 4 * DAY
            there = [(begin + timedelta(hours=hour)).astimezone(of.zone).date() for hour in range(24 * 7)]
            looked = [slot.at.astimezone(of.zone).date() for slot in slots(of, begin, end)]
            assert len(looked) == len(set(looked)), name
            assert set(there[24:-24]) <= set(looked), name


def test_a_source_takes_from_the_general_table_what_it_does_not_say_itself():
    general = ScheduleSettings(cadence="6h", timezone=BRUSSELS, window="22:00-04:00", jitter_s=60, catch_up=False)
    plain = schedule_of(Source(slug="a", urls=("https://a.example/",)), general)
    assert plain == Schedule(
        name="a", cadence=parse_cadence("6h"), zone=ZoneInfo(BRUSSELS), window=Window(1320, 240), jitter=MINUTE, catch_up=False
    )  # fmt: skip
    own = Source(slug="b", urls=("https://b.example/",), cadence="nightly", timezone="UTC", window="00:00-24:00", jitter_s=0, catch_up=True, adaptive=("6h", "3d"))  # fmt: skip
    assert schedule_of(own, general) == Schedule(
        name="b", cadence=parse_cadence("nightly"), zone=ZoneInfo("UTC"), bounds=(timedelta(hours=6), timedelta(days=3))
    )


@pytest.mark.parametrize("text", ["Brussels", "", "Europe", "../etc/passwd", "/etc/localtime", "utc\x00"])
def test_what_is_no_time_zone_is_refused(text):
    with pytest.raises(ValueError, match="is no time zone; write an IANA name"):
        parse_zone(text)


@pytest.mark.parametrize("text", ["", "1-5", "01:00", "25:00-02:00", "24:00-02:00", "01:00-24:30", "01:60-02:00", "02:00-02:00"])
def test_what_is_no_window_is_refused(text):
    with pytest.raises(ValueError, match=r"window|leaves no time"):
        parse_window(text)
