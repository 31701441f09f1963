"""Cron expressions: read as crontab(5) of Debian has them, and refused with what to write instead."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.cron import NICKNAMES, parse_cron

SUNDAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("field", "place", "expected"),
    [
        ("*", "minutes", tuple(range(60))),
        ("*/20 * * * *", "minutes", (0, 20, 40)),
        ("5-20/5 * * * *", "minutes", (5, 10, 15, 20)),
        ("7,3,3,1-4/3 * * * *", "minutes", (1, 3, 4, 7)),
        ("0 */7 * * *", "hours", (0, 7, 14, 21)),
        ("0 0 1,15 * *", "days", (1, 15)),
        ("0 0 * jan,Jun-AUG *", "months", (1, 6, 7, 8)),
        ("0 0 * * 0", "weekdays", (0,)),
        ("0 0 * * 7", "weekdays", (0,)),
        ("0 0 * * sun", "weekdays", (0,)),
        ("0 0 * * 1-5", "weekdays", (1, 2, 3, 4, 5)),
        ("0 0 * * mon-fri", "weekdays", (1, 2, 3, 4, 5)),
        ("0 0 * * 5-7", "weekdays", (0, 5, 6)),
        ("0 0 * * fri-sun", "weekdays", (0, 5, 6)),
        ("0 0 * * 0-7", "weekdays", (0, 1, 2, 3, 4, 5, 6)),
        ("0 0 * * */2", "weekdays", (0, 2, 4, 6)),
        ("@weekly", "weekdays", (0,)),
        ("@DAILY", "hours", (0,)),
        ("  0\t0 1 1 *  ", "months", (1,)),
    ],
)
def test_a_field_allows_these_numbers(field, place, expected):
    expression = parse_cron(field if field.startswith("@") or " " in field else f"{field} * * * *")
    assert getattr(expression, place) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("30 5 * *", "has 4 fields; a cron expression has five"),
        ("0 30 5 * * *", "has 6 fields"),
        ("60 * * * *", "minute '60': '60' is not a number from 0 to 59"),
        ("* 24 * * *", "hour '24'"),
        ("* * 0 * *", "day of the month '0': '0' is not a number from 1 to 31"),
        ("* * * 13 *", "month '13': '13' is not a number from 1 to 12, or jan to dec"),
        ("* * * * 8", "weekday '8': '8' is not a number from 0 to 7, or sun to sat"),
        ("* * * * monday", "'monday' is not a number"),
        ("* * * * mon#1", "'mon#1' is not a number"),
        ("* * L * *", "'L' is not a number"),
        ("-1 * * * *", "'' is not a number"),
        ("5/15 * * * *", "a step needs a range; write 5-59/15"),
        ("*/0 * * * *", "'0' is no step; write a number from 1"),
        ("*/x * * * *", "'x' is no step"),
        ("0 22-2 * * *", "the range 22-2 runs backwards; write 22-23,0-2"),
        ("1,,2 * * * *", "'' is not a number"),
        ("² * * * *", "'²' is not a number"),
        ("0 0 31 2 *", "never comes: no such month has a day 31"),
        ("0 0 31 4,6,9,11 *", "never comes"),
        ("@reboot", "'@reboot' is no moment that comes again; there are @hourly"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(text, complaint):
    with pytest.raises(ValueError) as caught:
        parse_cron(text)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param("0 0 13 * 5", {1 + 5, 13, 20, 27}, id="the 13th or a Friday"),
        pytest.param("0 0 13 * *", {13}, id="the 13th"),
        pytest.param("0 0 * * 5", {6, 13, 20, 27}, id="Fridays"),
        pytest.param("0 0 */2 * 5", {13, 27}, id="a star with a step is a star: Fridays on odd days"),
        pytest.param("0 0 1-31 * 5", set(range(1, 32)), id="all days, written out: any day fits one of the two"),
        pytest.param("0 0 29 2 *", set(), id="another month"),
    ],
)
def test_which_days_of_march_2026_fit(text, days):
    expression = parse_cron(text)
    assert {day.day for n in range(31) if expression.allows(day := SUNDAY + timedelta(days=n))} == days


def test_a_leap_day_comes_every_four_years():
    expression = parse_cron("0 0 29 2 *")
    assert [day.year for n in range(3660) if expression.allows(day := date(2026, 1, 1) + timedelta(days=n))] == [2028, 2032]


@pytest.mark.parametrize("nickname", NICKNAMES)
def test_a_nickname_is_what_it_stands_for(nickname):
    assert parse_cron(nickname) == parse_cron(NICKNAMES[nickname])


@given(st.text(alphabet="0123456789*/,- @abmonsu", max_size=30))
def test_any_text_is_read_or_refused_and_never_worse(text):
    try:
        expression = parse_cron(text)
    except ValueError:
        return
    assert expression.minutes
    assert expression.hours
    assert expression.weekdays
