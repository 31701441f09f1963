"""What the fetcher makes of answers: logic only, over httpx.MockTransport and a clock that passes when somebody sleeps."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest
from fake_time import FakeTime

from scraper.errors import ConfigError
from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import FetchRequest, FetchResult, Outcome

PAGE = "https://city.example/news"
ROBOTS = "https://city.example/robots.txt"
HTML = b"<!doctype html><title>News</title>"


Headers = dict[str, str] | list[tuple[str, str]] | list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Reply:
    """What a site answers; the body goes out as it is, whatever the headers say."""

    status: int
    headers: Headers = field(default_factory=dict)
    body: bytes = b""


class Site:
    """Answers by URL; a list is answered one by one, its last for ever. What has no answer is a 404. Remembers what was asked."""

    def __init__(self, answers: Mapping[str, object], time: FakeTime) -> None:
        self.answers = {url: list(answer) if isinstance(answer, list) else [answer] for url, answer in answers.items()}
        self.time = time
        self.requests: list[httpx.Request] = []
        self.asked_at: list[float] = []

    @property
    def asked(self) -> list[str]:
        return [str(request.url) for request in self.requests]

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.asked_at.append(self.time.seconds)
        left = self.answers.get(str(request.url), [404])
        answer = left.pop(0) if len(left) > 1 else left[0]
        await self.time.sleep(0.25)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            answer = Reply(answer)
        elif isinstance(answer, bytes):
            answer = Reply(200, body=answer)
        assert isinstance(answer, Reply)
        return httpx.Response(answer.status, headers=answer.headers, stream=httpx.ByteStream(answer.body))


def look(
    answers: Mapping[str, object],
    *requests: FetchRequest | str,
    settings: FetchSettings | None = None,
    state: Mapping[str, object] | None = None,
    time: FakeTime | None = None,
    between: Callable[[FakeTime], None] = lambda time: None,
    ask_tdm_file: bool = False,
) -> tuple[Sequence[FetchResult], Site, Fetcher]:
    """Fetch the requests (one, PAGE, if none is named) one after another."""
    time = time or FakeTime()
    site = Site(answers, time)
    fetcher = Fetcher(
        replace(settings or FetchSettings(), ask_tdm_file=ask_tdm_file),
        clock=time.clock,
        monotonic=time.monotonic,
        sleep=time.sleep,
        handler=httpx.MockTransport(site),
    )
    if state is not None:
        fetcher.restore(state)

    async def run() -> list[FetchResult]:
        results = []
        async with fetcher:
            for request in requests or (PAGE,):
                results.append(await fetcher.fetch(request if isinstance(request, FetchRequest) else FetchRequest(url=request)))
                between(time)
        return results

    return asyncio.run(run()), site, fetcher


def redirect(location: str, status: int = 302) -> Reply:
    return Reply(status, headers={"Location": location})


def test_a_page_comes_back_whole_with_its_circumstances() -> None:
    answer = Reply(200, headers=[("ETag", 'W/"1"'), ("X-A", "1"), ("x-a", "2")], body=HTML)
    (result,), site, _ = look({PAGE: answer})
    page = result.page
    assert page is not None
    assert (result.outcome, result.detail, result.attempts, result.attempt_log) == (Outcome.OK, "", 1, ("200",))
    assert (page.url, page.final_url, page.status, page.body) == (PAGE, PAGE, 200, HTML)
    assert [value for name, value in page.headers if name == "x-a"] == ["1", "2"]
    assert page.header("etag") == 'W/"1"'
    assert page.fetched_at.tzinfo is not None
    assert site.asked == [ROBOTS, PAGE]
    assert result.elapsed_s == pytest.approx(5.5)


def test_every_request_says_who_asks() -> None:
    settings = FetchSettings(contact="archive@university.example")
    _, site, _ = look({PAGE: HTML}, settings=settings)
    for request in site.requests:
        assert request.headers["user-agent"].startswith("Standfirst/")
        assert request.headers["user-agent"].endswith("(+archive@university.example)")
        assert request.headers["from"] == "archive@university.example"
        assert request.headers["accept-encoding"] == "gzip, deflate, br, zstd"
        assert "cookie" not in request.headers
    _, site, _ = look({PAGE: HTML}, settings=FetchSettings(user_agent="Other/1"))
    assert site.requests[0].headers["user-agent"] == "Other/1"
    assert "from" not in site.requests[0].headers


# --- robots.txt


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


# --- redirects and URLs


def test_redirects_are_followed_and_told() -> None:
    answers = {
        PAGE: redirect("/en/", 301),
        "https://city.example/en/": redirect("//www.city.example/en/news#top", 308),
        "https://www.city.example/en/news": HTML,
    }
    (result,), site, _ = look(answers)
    page = result.page
    assert page is not None
    assert (page.url, page.final_url) == (PAGE, "https://www.city.example/en/news")
    assert [(hop.url, hop.status, hop.location) for hop in page.redirects] == [
        (PAGE, 301, "https://city.example/en/"),
        ("https://city.example/en/", 308, "https://www.city.example/en/news"),
    ]
    assert result.attempts == 1
    assert "https://www.city.example/robots.txt" in site.asked


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("", "doesn't say where"),
        ("/news", "circle"),
        ("/a", "circle"),
        ("http://city.example/news", "https down to http"),
        ("ftp://city.example/", "no http or https URL"),
        ("file:///etc/passwd", "no http or https URL"),
        ("javascript:alert(1)", "no http or https URL"),
        ("data:text/html,x", "no http or https URL"),
        ("gopher://127.0.0.1:6379/_x", "no http or https URL"),
        ("https://user:secret@city.example/", "user name or password"),
        ("https:///", "no http or https URL"),
        ("https://[::1", "no http or https URL"),
        ("https://city.example:99999/", "no http or https URL"),
        ("/" + "x" * 9_000, "longer than"),
        ("/chain/1", "more than 10 times"),
    ],
)
def test_redirects_that_are_refused(location: str, words: str) -> None:
    chain: dict[str, object] = {f"https://city.example/chain/{n}": redirect(f"/chain/{n + 1}") for n in range(30)}
    (result,), _, _ = look(chain | {PAGE: redirect(location), "https://city.example/a": redirect("/news")})
    assert result.outcome is Outcome.REDIRECT_REFUSED
    assert words in result.detail
    assert "secret" not in result.detail
    assert result.page is None


@pytest.mark.parametrize(("hops", "outcome"), [(3, Outcome.OK), (4, Outcome.REDIRECT_REFUSED)])
def test_as_many_redirects_as_allowed_are_followed_and_not_one_more(hops: int, outcome: Outcome) -> None:
    chain: dict[str, object] = {f"https://city.example/{n}": redirect(f"/{n + 1}") for n in range(hops)}
    url = "https://city.example/0"
    (result,), _, _ = look(chain | {f"https://city.example/{hops}": HTML}, url, settings=FetchSettings(max_redirects=3))
    assert result.outcome is outcome


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("\\\\www.city.example\\x", "https://www.city.example/x"),
        ("  /x  ", "https://city.example/x"),
        ("?page=2", "https://city.example/news?page=2"),
        ("https://WWW.City.Example:443/x", "https://www.city.example/x"),
        ("/caf\u00c3\u00a9", "https://city.example/caf%C3%A9"),  # raw UTF-8 in a header, as bytes
    ],
)
def test_locations_are_read_as_browsers_read_them(location: str, target: str) -> None:
    answer = Reply(302, headers=[(b"location", location.encode("latin-1"))])
    _, site, _ = look({PAGE: answer, target: HTML})
    assert httpx.URL(site.asked[-1]) == httpx.URL(target)


@pytest.mark.parametrize(
    "url",
    ["ftp://city.example/", "file:///etc/passwd", "city.example/news", "//city.example/", "https://", "https:///", "", "mailto:a@b.example",
     "https://user:secret@city.example/", "https://user@city.example/", "https://city.example:0x50/", "https://ci ty.example/", "https://[zz]/"],
)  # fmt: skip
def test_urls_that_are_never_asked_for(url: str) -> None:
    (result,), site, _ = look({}, url)
    assert result.outcome is Outcome.ADDRESS_REFUSED
    assert result.detail
    assert "secret" not in result.detail
    assert (result.attempts, site.asked) == (0, [])


@pytest.mark.parametrize(
    ("host", "sent"),
    [
        ("i❤.example", "xn--i-7iq.example"),
        ("www.i❤.example:8080", "www.xn--i-7iq.example:8080"),
        ("xn--0.example", "xn--0.example"),
    ],
)
def test_names_are_looked_up_that_browsers_look_up(host: str, sent: str) -> None:
    (result,), site, _ = look({f"http://{sent}/": HTML}, f"http://{host}/")
    assert result.outcome is Outcome.OK
    assert {request.headers["host"] for request in site.requests} == {sent}


def test_fragments_are_not_sent() -> None:
    _, site, _ = look({PAGE: HTML}, f"{PAGE}#latest")
    assert site.asked[-1] == PAGE


# --- conditional requests


def test_validators_go_back_exactly_as_they_came() -> None:
    odd = FetchRequest(url=PAGE, etag='W/"a,b"--gzip', last_modified="Fri, 24 May 2024 3:00:00 +0000")
    (result,), site, _ = look({PAGE: 304}, odd)
    assert (result.outcome, result.detail) == (Outcome.NOT_MODIFIED, "")
    assert site.requests[-1].headers["if-none-match"] == 'W/"a,b"--gzip'
    assert site.requests[-1].headers["if-modified-since"] == "Fri, 24 May 2024 3:00:00 +0000"
    assert "if-none-match" not in site.requests[0].headers


def test_validators_with_bytes_beyond_ascii_go_back_as_the_same_bytes() -> None:
    first = Reply(200, headers=[(b"etag", b'"caf\xe9\xff"')], body=HTML)
    (result,), _, _ = look({PAGE: first})
    assert result.page is not None
    (again,), site, _ = look({PAGE: 304}, FetchRequest(url=PAGE, etag=result.page.header("etag")))
    assert again.outcome is Outcome.NOT_MODIFIED
    assert (b"If-None-Match", b'"caf\xe9\xff"') in site.requests[-1].headers.raw


@pytest.mark.parametrize("contact", ["Łódź archive", "新聞@university.example", "Ü"])
def test_a_contact_in_any_script_can_be_sent(contact: str) -> None:
    (result,), _, _ = look({PAGE: HTML}, settings=FetchSettings(contact=contact))
    assert result.outcome is Outcome.OK


@pytest.mark.parametrize("field", ["contact", "user_agent"])
def test_a_header_with_a_line_break_is_refused_before_anything_is_sent(field: str) -> None:
    with pytest.raises(ConfigError, match=field):
        FetchSettings(**{field: "x\r\nCookie: y"})  # type: ignore[arg-type]


def test_a_304_that_nobody_asked_for_is_a_bad_response() -> None:
    (result,), _, _ = look({PAGE: 304})
    assert result.outcome is Outcome.BAD_RESPONSE


# --- answers


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (b"", Outcome.BAD_RESPONSE, "empty body"),
        (204, Outcome.BAD_RESPONSE, "empty body"),
        (Reply(206, body=HTML), Outcome.BAD_RESPONSE, "a part"),
        (Reply(203, body=HTML), Outcome.OK, ""),
        (300, Outcome.HTTP_ERROR, "300"),
        (305, Outcome.HTTP_ERROR, "305"),
        (407, Outcome.BLOCKED, "407"),
        (Reply(200, headers={"content-type": "video/mp4"}, body=b"x"), Outcome.NOT_HTML, "video/mp4"),
        (Reply(200, headers={"content-type": "IMAGE/png; x=y"}, body=b"x"), Outcome.NOT_HTML, "image/png"),
        (Reply(200, headers={"content-length": "2147483648"}, body=b"x"), Outcome.TOO_LARGE, "2,147,483,648"),
        (Reply(200, headers={"content-encoding": "br"}, body=HTML), Outcome.BAD_RESPONSE, "brotli"),
        (Reply(200, headers={"content-encoding": "rot13"}, body=HTML), Outcome.BAD_RESPONSE, "rot13"),
    ],
    ids=str,
)
def test_what_an_answer_amounts_to(answer: object, outcome: Outcome, words: str) -> None:
    (result,), _, _ = look({PAGE: answer}, settings=FetchSettings(retries=0))
    assert result.outcome is outcome
    assert words in result.detail


def test_an_error_page_is_kept_as_evidence_but_only_its_beginning() -> None:
    (result,), _, _ = look({PAGE: Reply(403, body=b"Just a moment" + b"." * 3_000_000)})
    assert result.outcome is Outcome.BLOCKED
    assert result.page is not None
    assert result.page.body.startswith(b"Just a moment")
    assert len(result.page.body) == 256 * 1024


def test_cookies_are_not_sent_back() -> None:
    answer = Reply(200, headers={"Set-Cookie": "id=1; Path=/"}, body=HTML)
    (first, second), site, _ = look({PAGE: answer}, PAGE, PAGE)
    assert first.outcome is second.outcome is Outcome.OK
    assert all("cookie" not in request.headers for request in site.requests)


def test_a_sources_own_cookies_go_to_its_own_host_only() -> None:
    answers = {
        PAGE: redirect("/en"),
        "https://city.example/en": redirect("https://other.example/"),
        "https://other.example/": HTML,
    }
    _, site, _ = look(answers, FetchRequest(url=PAGE, cookies=(("consent", "yes"), ("lang", "en"))))
    sent = {str(request.url): request.headers.get("cookie") for request in site.requests}
    assert sent == {
        ROBOTS: None,
        PAGE: "consent=yes; lang=en",
        "https://city.example/en": "consent=yes; lang=en",
        "https://other.example/robots.txt": None,
        "https://other.example/": None,
    }


# --- settings that can't work


def test_a_proxy_that_is_no_http_url_is_refused_without_showing_its_password() -> None:
    with pytest.raises(ConfigError, match="http or https") as refused:
        FetchSettings(proxy="socks5://user:secret@proxy.example:1080")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "proxy", ["http://", "http://user:secret@proxy.example:99999", "http://[::1", "http://proxy.example:http"]
)
def test_a_proxy_that_nobody_can_ask_is_refused(proxy: str) -> None:
    with pytest.raises(ConfigError, match="http or https") as refused:
        FetchSettings(proxy=proxy)
    assert "secret" not in str(refused.value)


def test_http_2_without_its_package_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install"):
        FetchSettings(http2=True)


# --- opt-outs


def test_a_reservation_of_text_and_data_mining_ends_the_look() -> None:
    answer = Reply(200, headers={"tdm-reservation": "1"}, body=HTML)
    (result,), _, _ = look({PAGE: answer})
    assert (result.outcome, result.page) == (Outcome.OPTED_OUT, None)
    assert "header tdm-reservation" in result.detail
    (recorded,), _, _ = look({PAGE: answer}, settings=FetchSettings(honour_opt_outs=False))
    assert recorded.outcome is Outcome.OK
    assert [opt_out.source for opt_out in recorded.opt_outs] == ["header tdm-reservation"]


TDM_FILE = "https://city.example/.well-known/tdmrep.json"
RESERVED = b'[{"location": "/news", "tdm-reservation": 1}]'


@pytest.mark.parametrize(
    ("file", "page", "outcome"),
    [
        (RESERVED, HTML, Outcome.OPTED_OUT),
        (RESERVED, Reply(200, headers={"tdm-reservation": "0"}, body=HTML), Outcome.OK),
        (RESERVED, b'<meta name="tdm-reservation" content="0">', Outcome.OK),
        (RESERVED, 404, Outcome.HTTP_ERROR),
        (b'[{"location": "/other", "tdm-reservation": 1}]', HTML, Outcome.OK),
        (b'[{"location": "/news", "tdm-reservation": 0}]', HTML, Outcome.OK),
        (
            b'[{"location": "/news", "tdm-reservation": 0}]',
            Reply(200, headers={"tdm-reservation": "1"}, body=HTML),
            Outcome.OPTED_OUT,
        ),
        (b"<h1>Not found</h1>", HTML, Outcome.OK),
        (Reply(403, body=RESERVED), HTML, Outcome.OK),
        (Reply(500, body=RESERVED), HTML, Outcome.OK),
        (redirect("https://city.example/rights/tdm.json"), HTML, Outcome.OPTED_OUT),
        (redirect(TDM_FILE), HTML, Outcome.OK),
        (httpx.ReadError("broken"), HTML, Outcome.OK),
    ],
)
def test_what_the_tdm_file_says_holds_unless_the_page_says_otherwise(file: object, page: object, outcome: Outcome) -> None:
    answers = {TDM_FILE: file, PAGE: page, "https://city.example/rights/tdm.json": RESERVED}
    (result,), site, _ = look(answers, ask_tdm_file=True, settings=FetchSettings(retries=0))
    assert result.outcome is outcome
    assert site.asked[:2] == [ROBOTS, TDM_FILE]
    assert site.asked.count(TDM_FILE) == 1
    if outcome is Outcome.OPTED_OUT:
        assert result.page is None
        assert result.opt_outs[-1].forbids


def test_the_tdm_file_is_asked_for_once_a_day_across_runs() -> None:
    def later(time: FakeTime) -> None:
        time.seconds += 10 * 3600

    answers = {TDM_FILE: RESERVED, PAGE: HTML}
    _, site, fetcher = look(answers, *[PAGE] * 4, between=later, ask_tdm_file=True)
    assert site.asked.count(TDM_FILE) == 2
    state = json.loads(json.dumps(fetcher.snapshot()))
    time = FakeTime()
    time.seconds = 41 * 3600
    (result,), site, _ = look(answers, state=state, time=time, ask_tdm_file=True)
    assert (result.outcome, site.asked.count(TDM_FILE)) == (Outcome.OPTED_OUT, 0)


@pytest.mark.parametrize(
    ("second", "outcome"), [(500, Outcome.OPTED_OUT), (httpx.ReadError("broken"), Outcome.OPTED_OUT), (404, Outcome.OK)]
)
def test_a_reservation_goes_on_holding_while_the_server_cannot_say(second: object, outcome: Outcome) -> None:
    def tomorrow(time: FakeTime) -> None:
        time.seconds += 25 * 3600

    answers = {TDM_FILE: [RESERVED, second], PAGE: HTML}
    (first, again), site, _ = look(answers, PAGE, PAGE, between=tomorrow, ask_tdm_file=True, settings=FetchSettings(retries=0))
    assert (first.outcome, again.outcome) == (Outcome.OPTED_OUT, outcome)
    assert site.asked.count(TDM_FILE) == 2


def test_the_tdm_file_is_not_asked_for_where_robots_txt_forbids_it() -> None:
    (result,), site, _ = look({ROBOTS: b"User-agent: *\nDisallow: /.well-known/", PAGE: HTML}, ask_tdm_file=True)
    assert (result.outcome, site.asked) == (Outcome.OK, [ROBOTS, PAGE])


def test_a_page_that_the_tdm_file_reserves_is_asked_for_in_full_because_a_304_could_not_say_otherwise() -> None:
    request = FetchRequest(url=PAGE, etag='"1"')
    _, site, _ = look({TDM_FILE: RESERVED, PAGE: HTML}, request, ask_tdm_file=True)
    assert "if-none-match" not in site.requests[-1].headers
    (result,), site, _ = look({PAGE: Reply(304, headers={"tdm-reservation": "1"})}, request, ask_tdm_file=True)
    assert site.requests[-1].headers["if-none-match"] == '"1"'
    assert result.outcome is Outcome.OPTED_OUT


@pytest.mark.parametrize(("crawl_delay_s", "gap_s"), [(20, 20.0), (3600, 5.0)])
def test_the_page_waits_after_the_tdm_file_as_long_as_robots_txt_asks_unless_it_would_never_come(
    crawl_delay_s: int, gap_s: float
) -> None:
    robots = f"User-agent: *\nCrawl-delay: {crawl_delay_s}".encode()
    (result,), site, _ = look({ROBOTS: robots, PAGE: HTML}, ask_tdm_file=True)
    assert result.outcome is Outcome.OK
    _, file_at, page_at = site.asked_at
    assert page_at - file_at == pytest.approx(gap_s + 0.25)


def test_other_opt_outs_are_recorded_with_the_page() -> None:
    robots = b"User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n"
    answer = Reply(200, headers={"X-Robots-Tag": "noai"}, body=b'<meta name="robots" content="noarchive">')
    (result,), _, _ = look({ROBOTS: robots, PAGE: answer})
    assert result.outcome is Outcome.OK
    assert [(opt_out.source, opt_out.value) for opt_out in result.opt_outs] == [
        ("robots.txt content-signal", "search=yes, ai-train=no"),
        ("header x-robots-tag", "noai"),
        ("meta robots", "noarchive"),
    ]
