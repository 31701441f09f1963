"""Alarms: fired on the night that deserves them, once, and on no other; ended by themselves."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_looks import TROUBLES, page_with

from schedules.alarms import busyness, find_alarms, good_looks_needed
from schedules.habits import (
    CountHabit,
    Habit,
    chance_of_at_most,
    chance_of_events_at_least,
    chance_of_events_at_most,
)
from schedules.settings import AlarmSettings
from scraper.pages import Outcome
from storage.past_looks import SHOWN_FIELDS, PageLooks, PastLook

SETTINGS = AlarmSettings()
FIRST = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)  # a Monday
ALL = dict.fromkeys(SHOWN_FIELDS, 20)


def usual(night, **other):
    """Twenty cards, three of them new, every field on each."""
    figures = {
        "outcome": Outcome.OK,
        "cards": 20,
        "new": 3,
        "kept": 17,
        "shown": ALL,
        "extractor_version": "1",
        "etag": f'"{night}"',
    }
    return PastLook(seen_at=FIRST + timedelta(days=night), **{**figures, **other})


def bad(night, outcome=Outcome.UNREACHABLE, detail="connection refused"):
    return PastLook(seen_at=FIRST + timedelta(days=night), outcome=outcome, detail=detail)


def after(*strange, quiet=30, settings=SETTINGS):
    """The alarms after a month of usual nights and these; each is a function of the night's number."""
    looks = [usual(night) for night in range(quiet)]
    looks += [make(quiet + number) for number, make in enumerate(strange)]
    return find_alarms(PageLooks(source="cities", url="https://cities.example/latest/", looks=tuple(looks)), settings)


def kinds(alarms):
    return [(str(alarm.kind), alarm.field, alarm.is_new) for alarm in alarms]


def shown(**counts):
    return {**ALL, **{name.replace("_", " "): count for name, count in counts.items()}}


TONIGHT = {
    "an-ordinary-night": (usual, []),
    "half-the-cards-are-gone": (lambda n: usual(n, cards=10, new=1, kept=9, shown=dict.fromkeys(SHOWN_FIELDS, 10)), [("card_count", None)]),
    "a-few-cards-are-gone": (lambda n: usual(n, cards=17, new=1, kept=16, shown=dict.fromkeys(SHOWN_FIELDS, 17)), []),
    "twice-the-cards": (lambda n: usual(n, cards=41, new=24, kept=17, shown=dict.fromkeys(SHOWN_FIELDS, 41)), [("card_count", None)]),
    "an-empty-list": (lambda n: usual(n, cards=0, new=0, kept=0, shown=None, outcome=Outcome.EMPTY), [("card_count", None)]),
    "no-read-time-on-any-card": (lambda n: usual(n, shown=shown(read_time=0)), [("field", "read time")]),
    "no-author-and-no-date": (lambda n: usual(n, shown=shown(author=1, date=0)), [("field", "date"), ("field", "author")]),
    "an-author-missing-on-three": (lambda n: usual(n, shown=shown(author=17)), []),
    "the-recipe-no-longer-fits": (lambda n: usual(n, detail="drift: expected 20 cards, found 0; read by the full method: 20 cards"), [("drift", None)]),
    "none-of-last-nights-cards": (lambda n: usual(n, new=20, kept=0), [("all_other", None)]),
    "an-old-copy-of-the-page": (lambda n: usual(n, new=0, kept=0), [("all_other", None)]),
    "a-wall": (lambda n: bad(n, Outcome.WALL, "consent: ..."), [("wall", None)]),
    "scripts-must-run": (lambda n: bad(n, Outcome.NEEDS_JAVASCRIPT, ""), [("wall", None)]),
    "robots-say-no": (lambda n: bad(n, Outcome.ROBOTS_DISALLOWED, "Disallow: /"), [("forbidden", None)]),
    "no-list-on-it": (lambda n: bad(n, Outcome.NOTHING_FOUND, ""), [("no_list", None)]),
    "a-server-that-fails-for-a-night": (bad, []),
    "a-run-that-was-out-of-time": (lambda n: bad(n, Outcome.DEFERRED, ""), []),
    "an-etag-that-stays": (lambda n: usual(n, etag=f'"{n - 1}"'), [("validators", None)]),
}  # fmt: skip


@pytest.mark.parametrize(("tonight", "expected"), TONIGHT.values(), ids=TONIGHT)
def test_what_is_told_of_a_night_after_a_month_of_usual_ones(tonight, expected):
    assert kinds(after(tonight)) == [(kind, field, True) for kind, field in expected]


@pytest.mark.parametrize(
    ("tonight", "expected"),
    [case for case in TONIGHT.values() if case[1]],
    ids=[name for name, case in TONIGHT.items() if case[1]],
)
def test_an_alarm_says_where_what_since_when_and_what_to_do(tonight, expected):
    for alarm in after(tonight):
        assert (alarm.source, alarm.url, alarm.since) == ("cities", "https://cities.example/latest/", FIRST + timedelta(days=30))
        assert alarm.sentence
        assert alarm.before
        assert alarm.now
        assert alarm.advice[0].isupper()
        assert alarm.advice.endswith(".")
        assert str(alarm) == f"cities: https://cities.example/latest/: {alarm.sentence}"


@pytest.mark.parametrize(
    ("tonight", "expected"),
    [case for case in TONIGHT.values() if case[1]],
    ids=[name for name, case in TONIGHT.items() if case[1]],
)
def test_an_alarm_is_told_once_stands_while_it_lasts_and_ends_with_it(tonight, expected):
    if expected == [("all_other", None)]:
        pytest.skip("lasts for one look by its nature")
    again = after(tonight, tonight)
    assert kinds(again) == [(kind, field, False) for kind, field in expected]
    assert all(alarm.since == FIRST + timedelta(days=30) for alarm in again)
    assert [alarm for alarm in after(tonight, tonight, usual) if str(alarm.kind) != "validators"] == []  # a liar stays one


@pytest.mark.parametrize("tonight", TONIGHT.values(), ids=TONIGHT)
def test_no_alarm_before_enough_is_known_of_the_page(tonight):
    assert after(tonight[0], quiet=6) == () or tonight[1] == [("validators", None)]


def test_no_alarm_where_they_are_switched_off():
    assert after(TONIGHT["a-wall"][0], settings=AlarmSettings(enabled=False)) == ()


def test_what_has_lasted_for_a_week_is_usual_and_the_way_back_is_no_alarm():
    fewer = TONIGHT["half-the-cards-are-gone"][0]
    assert kinds(after(*[fewer] * 6)) == [("card_count", None, False)]
    assert after(*[fewer] * 7) == ()
    assert after(*[fewer] * 12) == ()
    assert after(*[fewer] * 12, usual) == ()
    assert after(*[fewer] * 12, *[usual] * 5) == ()


def test_a_third_state_of_the_page_is_told_too():
    fewer = TONIGHT["half-the-cards-are-gone"][0]
    two = lambda n: usual(n, cards=2, new=0, kept=2, shown=dict.fromkeys(SHOWN_FIELDS, 2))  # noqa: E731
    assert kinds(after(*[fewer] * 12, two)) == [("card_count", None, True)]


def test_what_comes_and_goes_is_told_once():
    lost = TONIGHT["no-read-time-on-any-card"][0]
    assert kinds(after(lost, usual, lost)) == [("field", "read time", False)]


def test_what_else_is_odd_about_the_cards_the_nights_after_is_not_told_again():
    lost, more = TONIGHT["no-read-time-on-any-card"][0], lambda n: usual(n, shown=shown(read_time=0, blurb=0))
    assert kinds(after(lost, more)) == [("field", "blurb", False), ("field", "read time", False)]


@pytest.mark.parametrize(
    ("nights", "expected"), [(1, []), (2, []), (3, [("unreadable", None, True)]), (4, [("unreadable", None, False)])]
)
def test_the_third_bad_look_in_a_row_is_told(nights, expected):
    assert kinds(after(*[bad] * nights)) == expected


def test_a_page_that_was_never_read_is_told_after_a_week():
    assert kinds(after(*[bad] * 7, quiet=0)) == []
    (alarm,) = after(*[bad] * 8, quiet=0)
    assert "never read" in alarm.sentence


def test_a_page_that_fails_by_habit_needs_more_nights():
    flaky = [bad, usual] * 10
    assert after(*flaky, bad, bad, bad) == ()
    assert kinds(after(*flaky, *[bad] * 8)) == [("unreadable", None, False)]


def test_a_page_that_is_looked_at_each_hour_is_given_a_day():
    looks = [usual(night / 24) for night in range(30)]
    for hours, expected in ((3, 0), (23, 0), (24, 1)):
        down = [bad((30 + hour) / 24) for hour in range(hours)]
        assert len(find_alarms(PageLooks(source="a", url="u", looks=(*looks, *down)), SETTINGS)) == expected


def test_a_wall_that_follows_an_outage_is_not_a_second_alarm():
    assert kinds(after(bad, bad, bad, lambda n: bad(n, Outcome.WALL))) == [("wall", None, False)]


def test_nothing_new_for_two_weeks_on_a_page_with_daily_news_is_told_once():
    still = lambda n: usual(n, new=0, kept=20)  # noqa: E731
    told = [night for night in range(1, 40) if any(alarm.is_new for alarm in after(*[still] * night))]
    assert len(told) == 1
    assert 5 <= told[0] <= 15
    assert kinds(after(*[still] * 30)) == [("stale", None, False)]
    assert after(*[still] * 30, usual, usual, usual) == ()


def test_nights_on_which_nobody_could_look_are_no_silence():
    still = lambda n: usual(n, new=0, kept=20)  # noqa: E731
    assert [alarm for alarm in after(*[bad] * 20, still) if str(alarm.kind) == "stale"] == []


def test_all_new_after_a_long_gap_is_no_wonder():
    assert [str(alarm.kind) for alarm in after(*[bad] * 7, lambda n: usual(n, new=20, kept=0))] == []


def test_a_night_on_which_everybody_is_busy_is_no_alarm_about_one():
    page = PageLooks(source="a", url="u", looks=(*map(usual, range(30)), usual(30, new=20, kept=0)))
    others = [PageLooks(source="b", url="u", looks=(*map(usual, range(30)), usual(30, new=12, kept=8))) for _ in range(6)]
    assert busyness([*others, page]) == 4.0
    assert kinds(find_alarms(page, SETTINGS)) == [("all_other", None, True)]
    assert find_alarms(page, SETTINGS, busy=4.0) == ()
    assert busyness([page]) == 1.0  # one page says nothing about all
    later = PageLooks(source="c", url="u", looks=(usual(31),))
    assert busyness([*others, page, later]) == 1.0  # that was last night


def test_what_began_with_a_run_that_was_killed_is_told_by_the_next_one():
    lost = TONIGHT["no-read-time-on-any-card"][0]
    looks = (*map(usual, range(30)), lost(30), lost(31))
    for told_until, is_new in ((29, True), (30, False), (31, False)):
        page = PageLooks(source="a", url="u", looks=looks, told_until=FIRST + timedelta(days=told_until))
        assert [alarm.is_new for alarm in find_alarms(page, SETTINGS)] == [is_new]


def test_an_update_of_the_program_is_named_as_a_possible_cause():
    (alarm,) = after(lambda n: usual(n, shown=shown(read_time=0), extractor_version="2"))
    assert alarm.advice.startswith("Standfirst was updated between these two looks (1, then 2)")


def test_weekdays_have_counts_of_their_own():
    """Forty cards on working days and ten on Sundays: neither is odd, nor a holiday that is like a Sunday; a single card is."""

    def count(night):
        return 10 if night % 7 == 6 else 40

    looks = [usual(n, cards=count(n), new=count(n), kept=0, shown=None) for n in range(70)]
    for night in range(20, 70):
        assert find_alarms(PageLooks(source="a", url="u", looks=tuple(looks[: night + 1])), SETTINGS) == ()
    for cards, odd in ((40, False), (12, False), (1, True)):
        tonight = usual(70, cards=cards, new=cards, kept=0, shown=None)  # a Monday
        assert bool(find_alarms(PageLooks(source="a", url="u", looks=(*looks, tonight)), SETTINGS)) is odd


def test_an_alarm_as_a_row_is_fit_for_json():
    (alarm,) = after(TONIGHT["no-read-time-on-any-card"][0])
    assert alarm.as_row() == {
        "kind": "field",
        "source": "cities",
        "url": "https://cities.example/latest/",
        "field": "read time",
        "before": "100%",
        "now": "0%",
        "sentence": "read time on 0 of 20 cards, usually on 100% of them",
        "advice": alarm.advice,
        "since": "2026-02-04T02:00:00Z",
        "is_new": True,
    }


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.integers(1, 20))
def test_a_habit_keeps_the_last_values_and_its_quantiles_are_among_them(values, most):
    habit = Habit(most)
    for value in values:
        habit.add(value)
    kept = values[-most:]
    assert len(habit) == len(kept)
    assert (habit.quantile(0.0), habit.quantile(1.0)) == (min(kept), max(kept))
    assert habit.usual in kept


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 80)), min_size=1, max_size=60))
def test_a_count_that_has_been_seen_on_ordinary_nights_is_never_odd(days):
    habit = CountHabit(60)
    for weekday, count in days:
        habit.add_on(weekday, count)
    low, high = habit.range
    assert not any(habit.is_odd(weekday, count) for weekday, count in days if low <= count <= high)


def test_chances_are_those_of_the_textbook():
    assert chance_of_at_most(0, 10, 0.5) == pytest.approx(0.5**10)
    assert chance_of_at_most(2, 4, 0.25) == pytest.approx(243 / 256)
    assert chance_of_at_most(10, 10, 0.3) == pytest.approx(1.0)
    assert chance_of_events_at_most(0, 3.0) == pytest.approx(0.049787, rel=1e-4)
    assert chance_of_events_at_least(1, 3.0) == pytest.approx(1 - 0.049787, rel=1e-4)
    assert chance_of_events_at_least(20, 4.0) == pytest.approx(1 - chance_of_events_at_most(19, 4.0), rel=1e-3)
    assert (chance_of_events_at_least(0, 0.0), chance_of_events_at_least(1, 0.0), chance_of_events_at_most(0, 0.0)) == (
        1.0,
        0.0,
        1.0,
    )


@pytest.mark.slow
def test_a_year_of_made_up_pages_is_told_as_it_deserves(capsys):
    """Every kind of trouble once a seed, beside pages on which nothing goes wrong, through Christmas, big news and servers that fail."""
    needed, nights = good_looks_needed(SETTINGS), 365
    hits, missed, false = 0, Counter(), []
    for seed in (11, 12):
        pages = [page_with(kind, seed, nights=nights) for kind in (None, *TROUBLES)]
        told = {page.name: set() for page in pages}
        for night in range(8, nights):
            known = [page.until(night, needed) for page in pages]
            busy = busyness(known)
            for page, past in zip(pages, known, strict=True):
                if alarms := [alarm for alarm in find_alarms(past, SETTINGS, busy=busy) if alarm.is_new]:
                    deserved = {trouble.kind for trouble in page.troubles if trouble.told[0] <= night <= trouble.told[1]}
                    told[page.name] |= deserved
                    false += [] if deserved else [(page.name, night, str(alarms[0].kind), alarms[0].sentence)]
        for page in pages:
            for trouble in page.troubles:
                hits += trouble.kind in told[page.name]
                missed[trouble.kind] += trouble.kind not in told[page.name]
    precision, recall = hits / (hits + len(false)), hits / (hits + missed.total())
    with capsys.disabled():
        print(f"\nalarms: precision {precision:.3f}, recall {recall:.3f}; not deserved: {false}; missed: {+missed}")
    assert precision >= 0.95
    assert recall >= 0.95


def test_what_to_do_can_be_copied_into_a_shell():
    url = "https://cities.example/latest/?page=2&sort=$(touch${IFS}x);y"
    looks = (*(usual(night) for night in range(30)), *(bad(30 + night, Outcome.WALL, "consent") for night in range(3)))
    (alarm,) = find_alarms(PageLooks(source="cities", url=url, looks=looks), SETTINGS)
    (command,) = re.findall("`(standfirst try .*?)`", alarm.advice)
    assert shlex.split(command) == ["standfirst", "try", url]
