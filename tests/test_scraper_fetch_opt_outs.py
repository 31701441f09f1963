"""What the fetcher makes of opt-outs: headers, elements, the TDM file."""

from __future__ import annotations

import json

import httpx
import pytest
from fake_time import FakeTime
from fetching import HTML, PAGE, ROBOTS, Reply, look, redirect

from scraper.fetch import FetchSettings
from scraper.pages import FetchRequest, Outcome


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
