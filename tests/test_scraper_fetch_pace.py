"""How long the fetcher waits between requests, what it tries again, and what of both it keeps across runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest
from fake_time import FakeTime
from fetching import HTML, PAGE, ROBOTS, Reply, look, redirect

from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import Outcome


# --- manners
def test_the_delay_counts_from_the_end_of_the_answer() -> None:
    _, site, _ = look({PAGE: HTML}, PAGE, PAGE)
    assert site.asked == [ROBOTS, PAGE, PAGE]
    assert [b - a for a, b in pairwise(site.asked_at)] == [5.25, 5.25]


def test_the_longest_delay_of_a_groups_hosts_holds_for_all_of_them() -> None:
    settings = FetchSettings(
        delay_s=5, host_delays_s={"a.city.example": 30, "b.city.example": 10}, host_groups={"*.city.example": "city"}
    )
    answers: dict[str, object] = {f"https://{name}.city.example/": HTML for name in "abc"}
    _, site, _ = look(answers, *answers, settings=settings)
    assert len(site.asked_at) == 6
    assert min(later - earlier for earlier, later in pairwise(site.asked_at)) >= 30


def test_crawl_delay_lengthens_the_pause_between_pages() -> None:
    _, site, _ = look({ROBOTS: b"User-agent: *\nCrawl-delay: 20", PAGE: HTML}, PAGE, PAGE)
    assert [b - a for a, b in pairwise(site.asked_at)] == [5.25, 20.25]


def test_retry_after_beyond_our_patience_ends_the_look_and_keeps_the_host_away() -> None:
    busy = Reply(503, headers={"Retry-After": "900"})
    (first, second, other), site, fetcher = look({PAGE: busy}, PAGE, "https://city.example/2", "https://fine.example/")
    assert (first.outcome, first.retry_after_s, first.attempts) == (Outcome.HTTP_ERROR, 900.0, 1)
    assert second.outcome is Outcome.DEFERRED
    assert "900 s" in second.detail
    assert second.attempts == 0
    assert other.outcome is Outcome.HTTP_ERROR  # its 404
    assert site.asked == [ROBOTS, PAGE, "https://fine.example/robots.txt", "https://fine.example/"]
    hosts = fetcher.snapshot()["hosts"]
    assert [host for host, entry in hosts.items() if "stay_away_until" in entry] == ["city.example"]  # type: ignore[attr-defined]


def test_a_crawl_delay_of_an_hour_lets_one_page_through_and_defers_the_next() -> None:
    (first, second), site, _ = look({ROBOTS: b"User-agent: *\nCrawl-delay: 3600", PAGE: HTML}, PAGE, f"{PAGE}/2")
    assert (first.outcome, first.retry_after_s) == (Outcome.OK, None)
    assert second.outcome is Outcome.DEFERRED
    assert second.retry_after_s == pytest.approx(3600, abs=1)
    assert "robots.txt asks for 3600 s between requests" in second.detail
    assert site.asked == [ROBOTS, PAGE]


def test_retry_after_is_kept_across_runs() -> None:
    _, _, first = look({PAGE: Reply(429, headers={"Retry-After": "3600"})})
    state = json.loads(json.dumps(first.snapshot()))
    tomorrow = FakeTime(FakeTime().start + timedelta(minutes=30))
    (deferred,), site, _ = look({PAGE: HTML}, state=state, time=tomorrow)
    assert (deferred.outcome, site.asked) == (Outcome.DEFERRED, [])
    later = FakeTime(FakeTime().start + timedelta(hours=2))
    (fine,), _, _ = look({PAGE: HTML}, state=state, time=later)
    assert fine.outcome is Outcome.OK


def test_the_delays_are_kept_across_runs() -> None:
    time = FakeTime()
    answers = {ROBOTS: b"User-agent: *\nCrawl-delay: 60", PAGE: HTML}
    _, first, fetcher = look(answers, time=time)
    _, second, _ = look(answers, time=time, state=json.loads(json.dumps(fetcher.snapshot())))
    assert second.asked_at[0] - first.asked_at[-1] >= 60
    _, first, fetcher = look({PAGE: HTML}, time=time)
    _, second, _ = look({PAGE: HTML}, time=time, state=json.loads(json.dumps(fetcher.snapshot())))
    assert second.asked_at[0] - first.asked_at[-1] >= 5


@pytest.mark.parametrize("state", [{"hosts": []}, {"robots": 1}, {"hosts": {"a": {}}}, {"robots": {"a": {}}}])
def test_a_damaged_snapshot_is_said_to_be_one(state: Mapping[str, object]) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        Fetcher(FetchSettings()).restore(state)


# --- retries
@pytest.mark.parametrize(
    ("first", "outcome", "attempts"),
    [
        (500, Outcome.OK, 2),
        (502, Outcome.OK, 2),
        (503, Outcome.OK, 2),
        (504, Outcome.OK, 2),
        (429, Outcome.OK, 2),
        (408, Outcome.OK, 2),
        (522, Outcome.OK, 2),
        (httpx.ConnectError("refused"), Outcome.OK, 2),
        (httpx.ConnectTimeout("slow"), Outcome.OK, 2),
        (httpx.ReadTimeout("slow"), Outcome.OK, 2),
        (httpx.ReadError("reset"), Outcome.OK, 2),
        (httpx.RemoteProtocolError("peer closed connection without sending complete message body"), Outcome.OK, 2),
        (httpx.RemoteProtocolError("illegal status line"), Outcome.BAD_RESPONSE, 1),
        (400, Outcome.HTTP_ERROR, 1),
        (401, Outcome.BLOCKED, 1),
        (403, Outcome.BLOCKED, 1),
        (404, Outcome.HTTP_ERROR, 1),
        (410, Outcome.HTTP_ERROR, 1),
        (451, Outcome.BLOCKED, 1),
        (501, Outcome.HTTP_ERROR, 1),
        (Reply(200, body=b"x" * 2_000), Outcome.TOO_LARGE, 1),
        (redirect("/news"), Outcome.REDIRECT_REFUSED, 1),
    ],
    ids=str,
)
def test_what_may_pass_is_tried_again_and_nothing_else(first: object, outcome: Outcome, attempts: int) -> None:
    (result,), site, _ = look({PAGE: [first, HTML]}, settings=FetchSettings(max_bytes=1_000))
    assert (result.outcome, result.attempts, len(result.attempt_log)) == (outcome, attempts, attempts)
    assert site.asked.count(PAGE) == attempts


def test_attempts_are_counted_and_told() -> None:
    (result,), site, _ = look({PAGE: [httpx.ConnectError("refused"), 500, 502, HTML]}, settings=FetchSettings(retries=2))
    assert (result.outcome, result.attempts) == (Outcome.HTTP_ERROR, 3)
    assert result.attempt_log == ("no connection: refused", "500", "502")
    assert site.asked == [ROBOTS, PAGE, PAGE, PAGE]


def test_retries_wait_longer_each_time_and_never_less_than_the_delay() -> None:
    _, site, _ = look({PAGE: 500}, settings=FetchSettings(retries=3, delay_s=0))
    pauses = [b - a - 0.25 for a, b in pairwise(site.asked_at[1:])]
    assert 2 <= pauses[0] <= 3
    assert 6 <= pauses[1] <= 7
    assert 18 <= pauses[2] <= 19
    _, site, _ = look({PAGE: 500}, settings=FetchSettings(retries=1, delay_s=30))
    assert site.asked_at[2] - site.asked_at[1] == pytest.approx(30.25)


def test_a_busy_host_is_asked_again_after_the_time_it_names() -> None:
    (result,), site, _ = look({PAGE: [Reply(503, headers={"Retry-After": "77"}), HTML]})
    assert result.outcome is Outcome.OK
    assert site.asked_at[2] - site.asked_at[1] == pytest.approx(77.25)


def test_no_retries_means_one_request() -> None:
    (result,), site, _ = look({PAGE: 500}, settings=FetchSettings(retries=0))
    assert (result.attempts, site.asked) == (1, [ROBOTS, PAGE])
