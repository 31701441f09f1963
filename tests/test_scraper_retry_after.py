"""Retry-After in the forms that servers send."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.retry_after import MAX_RETRY_AFTER_S, parse_retry_after

NOW = datetime(2024, 5, 24, 3, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 0),
        ("+5", 5),
        ("1.5", 1.5),
        ("2,5 s", 2.5),
        ("30s", 30),
        ("30 seconds", 30),
        ('"60"', 60),
        ("Fri, 24 May 2024 03:02:00 GMT", 120),
        ("Fri, 24 May 2024 05:02:00 +0200", 120),
        ("Friday, 24-May-24 03:02:00 GMT", 120),
        ("Fri May 24 03:02:00 2024", 120),
        ("2024-05-24T03:02:00Z", 120),
        ("2024-05-24T03:02:00", 120),
        ("99999999999", MAX_RETRY_AFTER_S),
        ("Fri, 24 May 2099 03:02:00 GMT", MAX_RETRY_AFTER_S),
        ("-1", None),
        ("-999999", None),
        ("Fri, 24 May 2024 02:59:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("soon", None),
        ("", None),
        ("Fri, 99 May 2024 99:99:99 GMT", None),
        ("9" * 400, None),
        (None, None),
    ],
)
def test_every_form_is_read_or_says_nothing(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, now=NOW) == seconds


def test_a_date_counts_from_the_servers_own_clock() -> None:
    an_hour_slow = "Fri, 24 May 2024 02:00:00 GMT"
    assert parse_retry_after("Fri, 24 May 2024 02:01:30 GMT", now=NOW, date=an_hour_slow) == 90
    assert parse_retry_after("Fri, 24 May 2024 03:01:30 GMT", now=NOW, date="rubbish") == 90


@given(value=st.text(max_size=40), date=st.text(max_size=40))
def test_nothing_makes_it_fail_or_ask_for_more_than_a_week(value: str, date: str) -> None:
    seconds = parse_retry_after(value, now=NOW, date=date)
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER_S
