"""What a server's Date header says of our clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper.pages import Page
from scraper.server_clock import clock_ahead_s

URL = "https://harbour.example/news/"
NOW = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param([("date", "Thu, 01 Jan 2099 00:00:00 GMT")], 0, id="the same"),
        pytest.param([("date", "Wed, 31 Dec 2098 23:59:00 GMT")], 60, id="ours is ahead"),
        pytest.param([("date", "Thu, 01 Jan 2099 01:00:00 GMT")], -3600, id="ours is behind"),
        pytest.param([("date", "Thursday, 01-Jan-99 00:00:00 GMT")], 3_155_760_000 - 0, id="a year of two figures"),
        pytest.param([("date", "Wed, 31 Dec 2098 23:59:00 GMT"), ("age", "0")], 60, id="not from a cache"),
        pytest.param([("date", "Wed, 31 Dec 2098 23:59:00 GMT"), ("age", "60")], None, id="from a cache"),
        pytest.param([], None, id="no date"),
        pytest.param([("date", "soon")], None, id="no date that can be read"),
        pytest.param([("date", "Wed, 31 Dec 2098 23:59:00")], None, id="no zone"),
        pytest.param([("date", "Wed, 31 Dec 99999 23:59:00 GMT")], None, id="no year that there is"),
    ],
)
def test_the_date_of_an_answer_tells_how_far_our_clock_is_off(headers: list[tuple[str, str]], seconds: float | None) -> None:
    page = Page(url=URL, final_url=URL, body=b"", fetched_at=NOW, status=200, headers=tuple(headers), redirects=())
    assert clock_ahead_s(page) == seconds
