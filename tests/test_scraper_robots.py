"""robots.txt: what each file, or the lack of one, allows. The table is the specification; its sources are named beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.pages import Outcome
from scraper.robots import MAX_ROBOTS_BYTES, parse_robots, rules_from_answer
from scraper.robots_cache import ASK_AGAIN_AFTER, GIVE_UP_AFTER, GOOD_FOR, RobotsAnswer, RobotsCache

YES, NO = True, False

# RFC 9309, 5.1: the simple example, and the longest match example of 5.2.
RFC_SIMPLE = """
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""
RFC_LONGEST = """
User-Agent: foobot
Allow: /example/page/
Disallow: /example/page/disallowed.gif
"""
# RFC 9309, 2.2.1: two groups for one token are one.
RFC_MERGED = """
user-agent: ExampleBot
disallow: /foo
disallow: /bar

user-agent: OtherBot
disallow: /qux

user-agent: ExampleBot
disallow: /baz
"""
ENCODED = "User-agent: *\nDisallow: /foo/bar?baz=http://foo.bar\nDisallow: /foo/bar/ツ\nDisallow: /bar/%E3%83%84\nDisallow: /baz/%62%61%7A\n"
SITEMAP_BETWEEN = "User-agent: a\nSitemap: https://x.example/s.xml\nUser-agent: b\nDisallow: /\n"
DELAY_BETWEEN = "User-agent: a\nCrawl-delay: 5\nUser-agent: b\nDisallow: /\n"

# (file, path, agent, allowed)
CASES: list[tuple[str, str, str, bool]] = [
    # RFC 9309, 5.1
    (RFC_SIMPLE, "/example/page.html", "foobot", YES),
    (RFC_SIMPLE, "/example/allowed.gif", "foobot", YES),
    (RFC_SIMPLE, "/", "foobot", NO),
    (RFC_SIMPLE, "/example/", "foobot", NO),
    (RFC_SIMPLE, "/publications/", "foobot", NO),
    (RFC_SIMPLE, "/example/page.html", "barbot", NO),
    (RFC_SIMPLE, "/example/page.html", "bazbot", NO),
    (RFC_SIMPLE, "/example/", "barbot", YES),
    (RFC_SIMPLE, "/a.gif", "bazbot", YES),
    (RFC_SIMPLE, "/example/page.html", "quxbot", YES),
    (RFC_SIMPLE, "/a.gif", "quxbot", YES),
    (RFC_SIMPLE, "/a.gif", "standfirst", NO),
    (RFC_SIMPLE, "/a.gif?x", "standfirst", YES),
    (RFC_SIMPLE, "/deep/er/a.gif", "standfirst", NO),
    (RFC_SIMPLE, "/example/x", "standfirst", NO),
    (RFC_SIMPLE, "/example", "standfirst", YES),
    (RFC_SIMPLE, "/publications/x", "standfirst", YES),
    (RFC_SIMPLE, "/publications/a.gif", "standfirst", YES),
    (RFC_SIMPLE, "/elsewhere", "standfirst", YES),
    # RFC 9309, 5.2
    (RFC_LONGEST, "/example/page/disallowed.gif", "foobot", NO),
    (RFC_LONGEST, "/example/page/", "foobot", YES),
    (RFC_LONGEST, "/example/page/other.gif", "foobot", YES),
    (RFC_LONGEST, "/example/page/disallowed.gif", "other", YES),
    # RFC 9309, 2.2.1
    (RFC_MERGED, "/foo", "examplebot", NO),
    (RFC_MERGED, "/bar", "examplebot", NO),
    (RFC_MERGED, "/baz", "examplebot", NO),
    (RFC_MERGED, "/qux", "examplebot", YES),
    (RFC_MERGED, "/qux", "otherbot", NO),
    (RFC_MERGED, "/foo", "otherbot", YES),
    (RFC_MERGED, "/foo", "nobody", YES),
    # RFC 9309, 2.2.2: paths are compared octet by octet, percent-encoded
    (ENCODED, "/foo/bar?baz=http://foo.bar", "standfirst", NO),
    (
        ENCODED,
        "/foo/bar?baz=http%3A%2F%2Ffoo.bar",
        "standfirst",
        YES,
    ),  # "%2F" is not "/" (RFC 3986, 2.2), as Google's parser has it
    (ENCODED, "/foo/bar/%E3%83%84", "standfirst", NO),
    (ENCODED, "/foo/bar/%e3%83%84", "standfirst", NO),
    (ENCODED, "/bar/%E3%83%84", "standfirst", NO),
    (ENCODED, "/bar/ツ", "standfirst", NO),
    (ENCODED, "/baz/baz", "standfirst", NO),
    (ENCODED, "/foo/bar", "standfirst", YES),
    ("User-agent: *\nDisallow: /caf\xe9", "/caf%C3%A9", "standfirst", NO),
    # RFC 9309, 2.2.3: special characters
    ("User-agent: *\nDisallow: /*.pdf", "/a.pdf", "standfirst", NO),
    ("User-agent: *\nDisallow: /*.pdf", "/a.pdf?x=1", "standfirst", NO),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", "standfirst", NO),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x=1", "standfirst", YES),
    ("User-agent: *\nDisallow: /*.pdf$", "/.pdf", "standfirst", NO),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf.pdf", "standfirst", NO),
    ("User-agent: *\nDisallow: /$", "/", "standfirst", NO),
    ("User-agent: *\nDisallow: /$", "/a", "standfirst", YES),
    ("User-agent: *\nDisallow: *", "/anything", "standfirst", NO),
    ("User-agent: *\nDisallow: /*", "/", "standfirst", NO),
    ("User-agent: *\nDisallow: /a**b", "/axxb", "standfirst", NO),
    ("User-agent: *\nDisallow: /a*b*c", "/a1b2c3", "standfirst", NO),
    ("User-agent: *\nDisallow: /a*b*c", "/a1c2b3", "standfirst", YES),
    ("User-agent: *\nDisallow: /*/private/", "/x/private/y", "standfirst", NO),
    ("User-agent: *\nDisallow: /*/private/", "/private/y", "standfirst", YES),
    ("User-agent: *\nDisallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", "standfirst", NO),
    ("User-agent: *\nDisallow: /a.b", "/aXb", "standfirst", YES),
    ("User-agent: *\nDisallow: /a+b", "/a+b", "standfirst", NO),
    ("User-agent: *\nDisallow: /(x", "/(x", "standfirst", NO),
    ("User-agent: *\nDisallow: /a$b", "/a$b", "standfirst", NO),
    # Precedence: the longest match; allow where two are as long (RFC 9309, 2.2.2)
    ("User-agent: *\nAllow: /p\nDisallow: /", "/page", "standfirst", YES),
    ("User-agent: *\nDisallow: /\nAllow: /p", "/page", "standfirst", YES),
    ("User-agent: *\nDisallow: /\nAllow: /p", "/other", "standfirst", NO),
    ("User-agent: *\nAllow: /folder\nDisallow: /folder", "/folder/page", "standfirst", YES),
    ("User-agent: *\nDisallow: /folder\nAllow: /folder", "/folder/page", "standfirst", YES),
    ("User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm", "standfirst", NO),
    ("User-agent: *\nAllow: /page\nDisallow: /*.ph", "/page.php5", "standfirst", YES),
    ("User-agent: *\nAllow: /$\nDisallow: /", "/", "standfirst", YES),
    ("User-agent: *\nAllow: /$\nDisallow: /", "/page.htm", "standfirst", NO),
    ("User-agent: *\nDisallow: /news\nAllow: /news/latest", "/news/latest/2", "standfirst", YES),
    ("User-agent: *\nDisallow: /news\nAllow: /news/latest", "/news/old", "standfirst", NO),
    ("User-agent: *\nDisallow: /fish", "/fish.html", "standfirst", NO),
    ("User-agent: *\nDisallow: /fish", "/fishheads/yummy.html", "standfirst", NO),
    ("User-agent: *\nDisallow: /fish", "/Fish.asp", "standfirst", YES),
    ("User-agent: *\nDisallow: /fish", "/catfish", "standfirst", YES),
    ("User-agent: *\nDisallow: /fish", "/?id=fish", "standfirst", YES),
    ("User-agent: *\nDisallow: /fish/", "/fish", "standfirst", YES),
    ("User-agent: *\nDisallow: /fish/", "/fish/?salmon", "standfirst", NO),
    ("User-agent: *\nDisallow: /?s=", "/?s=bridge", "standfirst", NO),
    ("User-agent: *\nDisallow: /?s=", "/", "standfirst", YES),
    ("User-agent: *\nDisallow: /*?", "/a?b", "standfirst", NO),
    ("User-agent: *\nDisallow: /*?", "/a", "standfirst", YES),
    # Whom a group is for (2.2.1): the whole product token in any case; "*" only where there is no group of ours
    ("User-agent: standfirst\nDisallow: /", "/x", "standfirst", NO),
    ("User-agent: STANDFIRST\nDisallow: /", "/x", "standfirst", NO),
    ("User-agent: Standfirst/1.0\nDisallow: /", "/x", "standfirst", NO),
    ("User-agent: Standfirst (news archive)\nDisallow: /", "/x", "standfirst", NO),
    ("User-agent: Standfirst\n\n\nDisallow: /", "/x", "standfirst", NO),
    ("User-agent: stand\nDisallow: /", "/x", "standfirst", YES),
    ("User-agent: first\nDisallow: /", "/x", "standfirst", YES),
    ("User-agent: standfirstbot\nDisallow: /", "/x", "standfirst", YES),
    ("User-agent: standfirst-news\nDisallow: /", "/x", "standfirst", YES),
    ("User-agent: news\nDisallow: /", "/x", "newsbot", YES),
    ("User-agent: bot\nDisallow: /", "/x", "standfirst", YES),
    ("User-agent: mozilla\nDisallow: /", "/x", "standfirst", YES),
    ("User-agent: *\nDisallow: /\n\nUser-agent: standfirst\nAllow: /", "/x", "standfirst", YES),
    ("User-agent: *\nDisallow: /\n\nUser-agent: standfirst\nDisallow:", "/x", "standfirst", YES),
    ("User-agent: *\nDisallow: /\n\nUser-agent: standfirst\n", "/x", "standfirst", YES),
    ("User-agent: standfirst\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/b", "standfirst", YES),
    ("User-agent: standfirst\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a", "standfirst", NO),
    ("User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: *\nDisallow: /c", "/c", "standfirst", NO),
    ("User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: *\nDisallow: /c", "/a", "standfirst", NO),
    ("User-agent: * # everyone\nDisallow: /", "/x", "standfirst", NO),
    ("User-agent: *bot\nDisallow: /", "/x", "standfirst", NO),  # nobody's token: read as "*", the careful way
    ("User-agent: x\nUser-agent: standfirst\nDisallow: /", "/x", "standfirst", NO),
    ("User-agent: x\nUser-agent: *\nDisallow: /", "/x", "standfirst", NO),
    ("User-agent: x\n\nUser-agent: standfirst\n\nDisallow: /", "/x", "x", NO),
    ("User-agent: x\nDisallow: /a\nUser-agent: standfirst\nDisallow: /b", "/a", "standfirst", YES),
    ("User-agent:\nDisallow: /", "/x", "standfirst", YES),
    # What never ends a group (2.2.4)
    (SITEMAP_BETWEEN, "/x", "a", NO),
    (SITEMAP_BETWEEN, "/x", "b", NO),
    (DELAY_BETWEEN, "/x", "a", NO),
    (DELAY_BETWEEN, "/x", "b", NO),
    ("User-agent: a\nHost: x.example\nUser-agent: b\nDisallow: /", "/x", "a", NO),
    ("User-agent: a\nNoindex: /x\nUser-agent: b\nDisallow: /", "/x", "a", NO),
    ("User-agent: *\nSitemap: /s.xml\nDisallow: /x", "/x", "standfirst", NO),
    ("User-agent: *\nDisallow: /a\nSitemap: /s.xml\nDisallow: /x", "/x", "standfirst", NO),
    # Nothing to go by
    ("", "/x", "standfirst", YES),
    ("\n\n# nothing\n", "/x", "standfirst", YES),
    ("Disallow: /", "/x", "standfirst", YES),
    ("Disallow: /\nUser-agent: *\nDisallow: /y", "/x", "standfirst", YES),
    ("User-agent: *\nDisallow:", "/x", "standfirst", YES),
    ("User-agent: *\nAllow:", "/x", "standfirst", YES),
    ("User-agent: *\nDisallow: # /x", "/x", "standfirst", YES),
    ("User-agent: *\nDisallow: /x # not this", "/x", "standfirst", NO),
    ("<!doctype html><title>Not found</title><p>User-agent: *</p><p>Disallow: /</p>", "/x", "standfirst", YES),
    ("Not found", "/x", "standfirst", YES),
    ('{"error": "disallow: /"}', "/x", "standfirst", YES),
    # /robots.txt may always be fetched (2.2.2)
    ("User-agent: *\nDisallow: /", "/robots.txt", "standfirst", YES),
    ("User-agent: *\nDisallow: /", "/robots.txt.bak", "standfirst", NO),
    ("User-agent: *\nDisallow: /", "/x/robots.txt", "standfirst", NO),
    # How lines are written
    ("user-agent: *\ndisallow: /x", "/x", "standfirst", NO),
    ("USER-AGENT:*\nDISALLOW:/x", "/x", "standfirst", NO),
    ("User-agent : *\nDisallow : /x", "/x", "standfirst", NO),
    ("  User-agent: *\n\tDisallow:\t/x\t ", "/x", "standfirst", NO),
    ("User-agent: *\r\nDisallow: /x\r\n", "/x", "standfirst", NO),
    ("User-agent: *\rDisallow: /x\r", "/x", "standfirst", NO),
    ("User-agent: *\n\n\nDisallow: /x", "/x", "standfirst", NO),
    ("User-agent *\nDisallow /x", "/x", "standfirst", NO),
    ("User agent: *\nDisallow: /x", "/x", "standfirst", NO),
    ("Useragent: *\nDisalow: /x", "/x", "standfirst", NO),
    ("User-agent: *\nDissallow: /x", "/x", "standfirst", NO),
    ("User-agent: *\nDisallow: /x\x85/y", "/x/y", "standfirst", YES),
    ("User-agent: *\nDisallow: /x\u2028Allow: /x", "/x", "standfirst", YES),
    ("User-agent: *\x0bDisallow: /x", "/x", "standfirst", YES),
    ("User-agent: *\nDisallow: /a b", "/a%20b", "standfirst", NO),
    ("User-agent: *\nDisallow: x", "/x", "standfirst", YES),
    ("User-agent: *\nDisallow: https://x.example/x", "/x", "standfirst", YES),
    ("\ufeffUser-agent: *\nDisallow: /x", "/x", "standfirst", NO),
    ("User-agent: *\nDisallow: /x\x00", "/x", "standfirst", NO),
    ("User-agent: *\nDisallow: " + "/x" * 5_000, "/x" * 5_000, "standfirst", NO),
    ("User-agent: *\nDisallow: /\nDisallow: " + "*a" * 2_000, "/" + "b" * 2_000, "standfirst", NO),
    ("User-agent: *\n" + "Disallow: /y\n" * 5_000 + "Disallow: /x", "/x", "standfirst", NO),
]


@pytest.mark.parametrize(
    ("file", "path", "agent", "allowed"), CASES, ids=[f"{n}-{case[1][:24]}-{case[2]}" for n, case in enumerate(CASES)]
)
def test_a_file_allows(file: str, path: str, agent: str, allowed: bool) -> None:
    assert parse_robots(file.encode(), token=agent).decide(f"https://x.example{path}").allowed is allowed


BLOCK = b"User-agent: *\nDisallow: /"


@pytest.mark.parametrize(
    ("status", "body", "allowed"),
    [
        (200, BLOCK, NO),
        (200, b"", YES),
        (203, BLOCK, NO),
        (204, b"", YES),
        (301, BLOCK, YES),  # what is left after too many redirects (2.3.1.2)
        (302, b"", YES),
        (304, b"", YES),
        (400, BLOCK, YES),
        (401, BLOCK, YES),
        (403, BLOCK, YES),
        (404, BLOCK, YES),
        (410, b"", YES),
        (418, b"", YES),
        (451, b"", YES),
        (499, b"", YES),
        (429, b"", NO),  # "too many requests" asks for less, not for more
        (500, b"", NO),
        (501, b"", NO),
        (502, b"", NO),
        (503, b"User-agent: *\nAllow: /", NO),
        (504, b"", NO),
        (520, b"", NO),
        (599, b"", NO),
        (999, b"", NO),
        (100, b"", NO),
        (None, b"", NO),  # no answer at all
    ],
)
def test_a_status_allows(status: int | None, body: bytes, allowed: bool) -> None:
    verdict = rules_from_answer(status, body, token="standfirst").decide("https://x.example/")
    assert verdict.allowed is allowed
    assert verdict.reason


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        pytest.param(b"\xef\xbb\xbfUser-agent: *\nDisallow: /", NO, id="utf-8 mark"),
        pytest.param("\ufeffUser-agent: *\nDisallow: /".encode("utf-16-le"), NO, id="utf-16le with mark"),
        pytest.param("\ufeffUser-agent: *\nDisallow: /".encode("utf-16-be"), NO, id="utf-16be with mark"),
        pytest.param(b"User-agent: *\nDisallow: /\xff\xfe\nDisallow: /x", NO, id="bytes that are no text"),
        pytest.param(b"\x1f\x8b\x08\x00rubbish", YES, id="binary"),
        pytest.param(b"#" * MAX_ROBOTS_BYTES + b"\n" + b"User-agent: *\nDisallow: /x", YES, id="beyond 500 KiB"),
        pytest.param(b"User-agent: *\nDisallow: /x\n" + b"#" * MAX_ROBOTS_BYTES, NO, id="before 500 KiB"),
        pytest.param(
            b"User-agent: *\n" + b"#" * (MAX_ROBOTS_BYTES - 26) + b"\nDisallow: /private",
            YES,
            id="a line cut at 500 KiB is dropped",
        ),
        pytest.param(b" " * 400_000 + b"a" + b" " * 90_000, YES, id="a line of spaces"),
        pytest.param(b"a " * 250_000, YES, id="a line of words"),
    ],
)
def test_bytes_are_read(body: bytes, allowed: bool) -> None:
    assert parse_robots(body, token="standfirst").decide("https://x.example/x").allowed is allowed


def test_latin_1_paths_are_compared_octet_by_octet() -> None:
    rules = parse_robots(b"User-agent: *\nDisallow: /caf\xe9\n", token="standfirst")
    assert not rules.decide("https://x.example/caf%E9").allowed
    assert rules.decide("https://x.example/caf%C3%A9").allowed


@pytest.mark.parametrize(
    ("lines", "delay_s"),
    [
        ("Crawl-delay: 10", 10.0),
        ("Crawl-delay: 0.5", 0.5),
        ("crawl-delay:.5", 0.5),
        ("Crawl-delay: 10s", 10.0),
        ("Crawl-delay: 0", 0.0),
        ("Crawl-delay: ten", None),
        ("Crawl-delay: -10", None),
        ("Crawl-delay: nan", None),
        ("Crawl-delay: inf", None),
        ("Crawl-delay: 1e9", None),
        ("Crawl-delay:", None),
        ("Request-rate: 1/10", 10.0),
        ("Request-rate: 2/1m", 30.0),
        ("Request-rate: 1/1h 0600-0845", 3600.0),
        ("Request-rate: 0/10", None),
        ("Request-rate: " + "9" * 5_000 + "/1", None),
        ("Crawl-delay: 3\nRequest-rate: 1/10", 10.0),
        ("Crawl-delay: 30\nRequest-rate: 1/10", 30.0),
        ("Disallow: /x\nCrawl-delay: 7", 7.0),
        ("Disallow: /x", None),
    ],
)
def test_the_longer_of_crawl_delay_and_request_rate_counts(lines: str, delay_s: float | None) -> None:
    assert parse_robots(f"User-agent: *\n{lines}".encode(), token="standfirst").crawl_delay_s == delay_s


def test_a_delay_for_others_is_not_ours() -> None:
    file = b"User-agent: other\nCrawl-delay: 60\n\nUser-agent: *\nCrawl-delay: 5\n"
    assert parse_robots(file, token="standfirst").crawl_delay_s == 5.0
    assert parse_robots(file + b"\nUser-agent: standfirst\nDisallow:\n", token="standfirst").crawl_delay_s is None


@pytest.mark.parametrize(
    ("file", "path", "reason"),
    [
        ("User-agent: *\nDisallow: /a\nDisallow: /a/b", "/a/b/c", "Disallow: /a/b"),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", "Allow: /a/b"),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", "Disallow: /*.pdf$"),
        ("User-agent: *\nDisallow: /a", "/b", "no rule matches"),
        ("User-agent: x\nDisallow: /a", "/a", "no group is meant for us"),
        ("User-agent: *\n" + "Disallow: /a\n" * 600, "/a", "a Disallow rule matches"),
    ],
)
def test_a_decision_names_the_rule_it_rests_on(file: str, path: str, reason: str) -> None:
    assert parse_robots(file.encode(), token="standfirst").decide(f"https://x.example{path}").reason == reason


def test_content_signals_of_our_group_are_kept_as_written() -> None:
    file = b"User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n\nUser-agent: other\nContent-Signal: ai-input=no\n"
    assert parse_robots(file, token="standfirst").content_signals == ("search=yes, ai-train=no",)


def test_sitemaps_are_for_everyone_wherever_they_stand() -> None:
    file = b"Sitemap: https://x.example/a.xml\nUser-agent: other\nSitemap: https://x.example/b.xml\nDisallow: /\n"
    rules = parse_robots(file, token="standfirst")
    assert rules.sitemaps == ("https://x.example/a.xml", "https://x.example/b.xml")
    assert rules.decide("https://x.example/").allowed


@given(body=st.binary(max_size=300), path=st.text(max_size=30))
def test_no_bytes_make_it_fail(body: bytes, path: str) -> None:
    parse_robots(b"User-agent: *\nDisallow: " + body, token="standfirst").decide(f"https://x.example/{path}")


@given(
    lines=st.lists(
        st.sampled_from(
            ["User-agent: *", "User-agent: standfirst", "User-agent: x", "Disallow: /", "Allow: /a", "Crawl-delay: 1", ""]
        )
    )
)
def test_comments_and_line_ends_change_nothing(lines: list[str]) -> None:
    def allowed(text: str) -> bool:
        return parse_robots(text.encode(), token="standfirst").decide("https://x.example/b").allowed

    assert allowed("\n".join(lines)) is allowed("\r\n".join(f"  {line} # said" for line in lines)) is allowed("\r".join(lines))


NOW = datetime(2024, 5, 24, 3, 0, tzinfo=UTC)
ORIGIN = "https://x.example"
URL = f"{ORIGIN}/robots.txt"


def answer(status: int | None, body: bytes = b"", *, at: datetime = NOW) -> RobotsAnswer:
    failed_as = Outcome.UNREACHABLE if status is None else None
    return RobotsAnswer(status=status, body=body, detail="" if status else "refused", failed_as=failed_as, asked_at=at)


def test_a_file_is_held_for_a_day() -> None:
    cache = RobotsCache()
    cache.put(ORIGIN, URL, answer(200, BLOCK))
    assert cache.get(ORIGIN, NOW + GOOD_FOR - timedelta(seconds=1)) is not None
    assert cache.get(ORIGIN, NOW + GOOD_FOR) is None
    assert cache.get("https://y.example", NOW) is None


@pytest.mark.parametrize("status", [None, 500, 503, 429])
def test_an_unreachable_file_is_asked_for_again_after_minutes(status: int | None) -> None:
    cache = RobotsCache()
    held = cache.put(ORIGIN, URL, answer(status))
    assert not held.decide(f"{ORIGIN}/", held.rules("standfirst", NOW)).allowed
    assert cache.get(ORIGIN, NOW + ASK_AGAIN_AFTER - timedelta(seconds=1)) is not None
    assert cache.get(ORIGIN, NOW + ASK_AGAIN_AFTER) is None


@pytest.mark.parametrize(("first", "allowed"), [(None, YES), (answer(200, BLOCK), NO), (answer(404), YES)])
def test_after_thirty_days_out_of_reach_the_last_copy_counts_or_none(first: RobotsAnswer | None, allowed: bool) -> None:
    cache = RobotsCache()
    if first is not None:
        cache.put(ORIGIN, URL, first)
    day = NOW + GOOD_FOR
    held = cache.put(ORIGIN, URL, answer(None, at=day))
    while day < NOW + GOOD_FOR + GIVE_UP_AFTER:
        assert not held.rules("standfirst", day).decide(f"{ORIGIN}/").allowed
        day += timedelta(days=1)
        held = cache.put(ORIGIN, URL, answer(503, at=day))
    assert held.rules("standfirst", day).decide(f"{ORIGIN}/").allowed is allowed


def test_one_answer_ends_the_thirty_days() -> None:
    cache = RobotsCache()
    cache.put(ORIGIN, URL, answer(None))
    cache.put(ORIGIN, URL, answer(404, at=NOW + timedelta(days=29)))
    held = cache.put(ORIGIN, URL, answer(None, at=NOW + timedelta(days=31)))
    assert not held.rules("standfirst", NOW + timedelta(days=31)).decide(f"{ORIGIN}/").allowed


def test_the_decision_carries_its_evidence() -> None:
    held = RobotsCache().put(ORIGIN, URL, answer(200, BLOCK + b"\nCrawl-delay: 7"))
    decision = held.decide(f"{ORIGIN}/a", held.rules("standfirst", NOW))
    assert (decision.allowed, decision.reason, decision.robots_url, decision.status) == (False, "Disallow: /", URL, 200)
    assert (decision.body, decision.fetched_at, decision.crawl_delay_s) == (BLOCK + b"\nCrawl-delay: 7", NOW, 7.0)
    refused = RobotsCache().put(ORIGIN, URL, answer(None))
    assert refused.decide(f"{ORIGIN}/a", refused.rules("standfirst", NOW)).reason == "robots.txt could not be reached (refused)"


def test_the_cache_comes_back_from_its_snapshot() -> None:
    cache = RobotsCache()
    cache.put(ORIGIN, URL, answer(200, BLOCK + b"\xff"))
    cache.put("https://y.example", "https://y.example/robots.txt", answer(404))
    cache.put("https://y.example", "https://y.example/robots.txt", answer(None, at=NOW + timedelta(days=2)))
    again = RobotsCache()
    again.restore(cache.snapshot())
    assert again.snapshot() == cache.snapshot()
    assert again == cache
