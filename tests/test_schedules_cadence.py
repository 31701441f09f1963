"""How a cadence is written."""

from datetime import timedelta

import pytest

from schedules.cadence import AtTimes, Every, Nightly, parse_cadence, parse_interval
from schedules.cron import parse_cron


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nightly", Nightly()),
        (" Nightly ", Nightly()),
        ("hourly", AtTimes(parse_cron("0 * * * *"))),
        ("daily", AtTimes(parse_cron("0 0 * * *"))),
        ("weekly", AtTimes(parse_cron("0 0 * * 0"))),
        ("monthly", AtTimes(parse_cron("0 0 1 * *"))),
        ("@hourly", AtTimes(parse_cron("0 * * * *"))),
        ("30 5 * * 1-5", AtTimes(parse_cron("30 5 * * 1-5"))),
        ("30 5 * * MON-FRI", AtTimes(parse_cron("30 5 * * 1-5"))),
        ("every 6 hours", Every(timedelta(hours=6))),
        ("Every  6  hours", Every(timedelta(hours=6))),
        ("6h", Every(timedelta(hours=6))),
        ("90 min", Every(timedelta(minutes=90))),
        ("every 90 minutes", Every(timedelta(minutes=90))),
        ("every hour", Every(timedelta(hours=1))),
        ("every day", Every(timedelta(days=1))),
        ("2w", Every(timedelta(weeks=2))),
    ],
)
def test_a_cadence_is_read(text, expected):
    assert parse_cadence(text) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("now and then", "'now and then' is no cadence; write \"nightly\""),
        ("6", "'6' is no cadence"),
        ("hour", "'hour' is no cadence"),
        ("every 6 parsecs", "is no cadence"),
        ("every 10 seconds", "is no cadence"),
        ("0 minutes", "'0 minutes' is too short; from a minute to a year is possible"),
        ("every 99999 weeks", "is too long"),
        ("* * *", "has 3 fields"),
        ("every six hours past noon", "minute 'every'"),
        ("@fortnightly", "'@fortnightly' is no moment that comes again"),
    ],
)
def test_what_is_no_cadence_is_refused_with_the_remedy(text, complaint):
    with pytest.raises(ValueError) as caught:
        parse_cadence(text)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(("text", "hours"), [("6h", 6), ("3d", 72), ("90m", 1.5), ("2 weeks", 336), ("1 hour", 1)])
def test_an_interval_is_read(text, hours):
    assert parse_interval(text) == timedelta(hours=hours)


def test_an_interval_needs_a_number_and_a_unit():
    with pytest.raises(ValueError, match='write it like "90m", "6h", "3d"'):
        parse_interval("day")
