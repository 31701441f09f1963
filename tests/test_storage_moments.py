"""Moments, as the archive writes them and as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.errors import QueryError
from storage.moments import from_text, parse_moment, to_text

NOW = datetime(2026, 5, 8, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-05-01", "2026-05-01T00:00:00Z"),
        (" 2026-05-01 ", "2026-05-01T00:00:00Z"),
        ("2026-05-01T02:00", "2026-05-01T02:00:00Z"),
        ("2026-05-01 02:00:05", "2026-05-01T02:00:05Z"),
        ("2026-05-01T02:00:05Z", "2026-05-01T02:00:05Z"),
        ("2026-05-01T02:00:05+02:00", "2026-05-01T00:00:05Z"),
        ("7d", "2026-05-01T12:30:00Z"),
        ("36h", "2026-05-07T00:30:00Z"),
        ("90m", "2026-05-08T11:00:00Z"),
        ("2w", "2026-04-24T12:30:00Z"),
        ("now", "2026-05-08T12:30:00Z"),
        ("today", "2026-05-08T00:00:00Z"),
        ("Yesterday", "2026-05-07T00:00:00Z"),
    ],
)
def test_what_a_person_may_type(text: str, meant: str) -> None:
    assert to_text(parse_moment(text, NOW)) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "May",
        "2026",
        "2026-13-01",
        "7",
        "7y",
        "-7d",
        "99999999d",
        "999999w",
        "٧d",
        "2026-05-01T25:00",
        "0001-01-01T00:00+23:00",
    ],
)
def test_what_is_no_moment_says_what_would_be_one(text: str) -> None:
    with pytest.raises(QueryError, match="7d"):
        parse_moment(text, NOW)


def test_a_date_as_an_end_means_the_end_of_its_day() -> None:
    assert to_text(parse_moment("2026-05-01", NOW, end_of_day=True)) == "2026-05-01T23:59:59Z"
    assert to_text(parse_moment("2026-05-01T02:00", NOW, end_of_day=True)) == "2026-05-01T02:00:00Z"


def test_the_archive_keeps_utc_and_refuses_wall_clocks() -> None:
    eastern = timezone(timedelta(hours=-5))
    assert to_text(datetime(2026, 5, 1, 22, 0, 5, 999_999, eastern)) == "2026-05-02T03:00:05Z"
    assert from_text("2026-05-02T03:00:05Z") == datetime(2026, 5, 2, 3, 0, 5, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        to_text(datetime(2026, 5, 1))  # noqa: DTZ001


def test_texts_sort_as_moments_do() -> None:
    moments = [datetime(1, 1, 1, tzinfo=UTC), datetime(999, 12, 31, tzinfo=UTC), NOW, datetime(9999, 12, 31, tzinfo=UTC)]
    assert sorted(map(to_text, moments)) == list(map(to_text, moments))
