"""What the fetcher makes of answers, redirects and validators."""

from __future__ import annotations

import httpx
import pytest
from fetching import HTML, PAGE, ROBOTS, Reply, look, redirect

from scraper.errors import ConfigError
from scraper.fetch import FetchSettings
from scraper.pages import FetchRequest, Outcome


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
