"""When the fetcher asks for robots.txt, what it takes from it, and for how long it holds."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import httpx
import pytest
from fake_time import FakeTime
from fetching import HTML, PAGE, ROBOTS, Reply, look, redirect

from scraper.fetch import FetchSettings
from scraper.pages import Outcome


def test_robots_txt_is_asked_first_once_and_obeyed() -> None:
    answers = {ROBOTS: b"User-agent: *\nDisallow: /private\n", PAGE: HTML}
    (fine, refused), site, _ = look(answers, PAGE, "https://city.example/private/1")
    assert fine.outcome is Outcome.OK
    assert (refused.outcome, refused.detail) == (Outcome.ROBOTS_DISALLOWED, f"{ROBOTS}: Disallow: /private")
    assert (refused.attempts, refused.page) == (0, None)
    assert refused.robots is not None
    assert (refused.robots.allowed, refused.robots.status, refused.robots.body) == (False, 200, answers[ROBOTS])
    assert site.asked == [ROBOTS, PAGE]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (404, Outcome.OK),
        (403, Outcome.OK),
        (500, Outcome.ROBOTS_UNAVAILABLE),
        (503, Outcome.ROBOTS_UNAVAILABLE),
        (429, Outcome.ROBOTS_UNAVAILABLE),
        (httpx.ConnectError("refused"), Outcome.UNREACHABLE),
        (httpx.ConnectTimeout("slow"), Outcome.TIMED_OUT),
        (httpx.RemoteProtocolError("nonsense"), Outcome.ROBOTS_UNAVAILABLE),
        (Reply(200, headers={"content-encoding": "gzip"}, body=b"") , Outcome.OK),
        (redirect("/other-robots.txt"), Outcome.ROBOTS_DISALLOWED),
        (redirect("https://elsewhere.example/robots.txt", 301), Outcome.ROBOTS_DISALLOWED),
        (redirect("/robots.txt"), Outcome.OK),
        (redirect("http://city.example/robots.txt"), Outcome.OK),
        (redirect("/hop/1"), Outcome.OK),
    ],
    ids=str,
)  # fmt: skip
def test_what_an_answer_to_robots_txt_means_for_the_page(answer: object, outcome: Outcome) -> None:
    hops: dict[str, object] = {f"https://city.example/hop/{n}": redirect(f"/hop/{n + 1}") for n in range(1, 10)}
    block = b"User-agent: *\nDisallow: /"
    answers = hops | {
        ROBOTS: answer,
        PAGE: HTML,
        "https://city.example/other-robots.txt": block,
        "https://elsewhere.example/robots.txt": block,
    }
    (result,), site, _ = look(answers, settings=FetchSettings(retries=0))
    assert result.outcome is outcome, result.detail
    assert (PAGE in site.asked) is (outcome is Outcome.OK)


@pytest.mark.parametrize(("hops", "outcome"), [(5, Outcome.ROBOTS_DISALLOWED), (6, Outcome.OK)])
def test_robots_txt_is_followed_through_five_redirects(hops: int, outcome: Outcome) -> None:
    chain: dict[str, object] = {f"https://city.example/{n}": redirect(f"/{n + 1}") for n in range(1, hops)}
    answers = chain | {ROBOTS: redirect("/1"), f"https://city.example/{hops}": b"User-agent: *\nDisallow: /", PAGE: HTML}
    (result,), _, _ = look(answers)
    assert result.outcome is outcome


def test_a_robots_txt_that_is_kept_under_http_is_obeyed() -> None:
    answers = {
        ROBOTS: redirect("http://city.example/robots.txt"),
        "http://city.example/robots.txt": b"User-agent: *\nDisallow: /",
    }
    (result,), _, _ = look({**answers, PAGE: HTML})
    assert result.outcome is Outcome.ROBOTS_DISALLOWED


def test_a_robots_txt_that_may_not_be_asked_for_just_now_is_not_remembered_as_unreachable() -> None:
    answers = {PAGE: Reply(503, headers={"Retry-After": "900"})}
    (_, deferred), site, fetcher = look(answers, PAGE, "http://city.example/")
    assert deferred.outcome is Outcome.DEFERRED
    assert "http://city.example/robots.txt" not in site.asked
    assert list(fetcher.snapshot()["robots"]) == ["https://city.example"]  # type: ignore[call-overload]


def test_a_robots_txt_beyond_500_kib_is_cut_not_refused() -> None:
    answers = {ROBOTS: b"User-agent: *\nDisallow: /news\n" + b"#" * 2_000_000, PAGE: HTML}
    (result,), _, _ = look(answers)
    assert result.outcome is Outcome.ROBOTS_DISALLOWED
    compressed = Reply(200, headers={"content-encoding": "gzip"}, body=gzip.compress(answers[ROBOTS]))
    (result,), _, _ = look({ROBOTS: compressed, PAGE: HTML})
    assert result.outcome is Outcome.ROBOTS_DISALLOWED


def test_a_robots_txt_that_is_called_a_picture_is_a_file_all_the_same() -> None:
    forbids = Reply(200, headers={"content-type": "image/png"}, body=b"User-agent: *\nDisallow: /news")
    assert look({ROBOTS: forbids, PAGE: HTML})[0][0].outcome is Outcome.ROBOTS_DISALLOWED
    picture = Reply(200, headers={"content-type": "image/png"}, body=b"\x89PNG\r\n\x1a\n")
    assert look({ROBOTS: picture, PAGE: HTML})[0][0].outcome is Outcome.OK


def test_what_was_remembered_under_a_clock_that_was_ahead_does_not_hold_for_ever() -> None:
    ahead = FakeTime(FakeTime().start + timedelta(days=40_000))
    forbids = b"User-agent: *\nDisallow: /news"
    _, _, fetcher = look({ROBOTS: forbids, PAGE: HTML}, time=ahead)
    (result,), site, _ = look({PAGE: HTML}, state=fetcher.snapshot())
    assert (result.outcome, site.asked) == (Outcome.OK, [ROBOTS, PAGE])

    _, _, fetcher = look({ROBOTS: 503}, time=ahead)
    time = FakeTime()
    _, _, fetcher = look({ROBOTS: 503}, time=time, state={"robots": fetcher.snapshot()["robots"]})
    time.seconds += timedelta(days=31).total_seconds()  # the file has been away for that long, not since some day to come
    (result,), _, _ = look({ROBOTS: 503, PAGE: HTML}, time=time, state={"robots": fetcher.snapshot()["robots"]})
    assert result.outcome is Outcome.OK


def test_robots_txt_is_asked_again_after_a_day_and_not_before() -> None:
    def half_a_day(time: FakeTime) -> None:
        time.seconds += 11 * 3600

    _, site, _ = look({PAGE: HTML}, PAGE, PAGE, PAGE, PAGE, between=half_a_day)
    assert site.asked == [ROBOTS, PAGE, PAGE, PAGE, ROBOTS, PAGE]


def test_robots_txt_is_kept_across_runs() -> None:
    _, _, first = look({ROBOTS: b"User-agent: *\nDisallow: /news\n", PAGE: HTML})
    state = json.loads(json.dumps(first.snapshot()))
    (result,), site, _ = look({PAGE: HTML}, state=state)
    assert result.outcome is Outcome.ROBOTS_DISALLOWED
    assert site.asked == []


def test_each_host_and_scheme_has_its_own_robots_txt() -> None:
    urls = ["https://a.example/", "https://b.example/", "http://a.example/", "https://a.example:8443/"]
    _, site, _ = look(dict.fromkeys(urls, HTML), *urls)
    assert [url for url in site.asked if url.endswith("robots.txt")] == [f"{url}robots.txt" for url in urls]


def test_a_redirect_target_needs_its_own_permission() -> None:
    answers = {
        PAGE: redirect("https://elsewhere.example/news"),
        "https://elsewhere.example/robots.txt": b"User-agent: *\nDisallow: /",
        "https://elsewhere.example/news": HTML,
    }
    (result,), site, _ = look(answers)
    assert result.outcome is Outcome.ROBOTS_DISALLOWED
    assert "elsewhere.example" in result.detail
    assert "https://elsewhere.example/news" not in site.asked
