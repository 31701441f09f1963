"""The public door: verdicts with reasons, facts about the page, the same answer every time, and never an exception."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper import Verdict, extract_listing
from scraper.extract.limits import MAX_DEPTH

URL = "https://news.example/latest"
TITLES = [
    "Harbour reopens after the storm of the century",
    "Council votes on free school meals for all",
    "Museum finds a lost sketchbook in its cellar",
    "Night trains return to the northern line",
    "Farmers try rice that can stand salt",
]


def card(at: int, title: str) -> str:
    return (
        f'<article class="teaser teaser--{at}"><a href="/story/{at}-{title.split()[0].lower()}"><img src="/img/{at}.jpg" alt=""></a><span class="category">'
        f'{("City", "Culture")[at % 2]}</span><h2 class="teaser__title"><a href="/story/{at}-{title.split()[0].lower()}">{title}</a></h2><p>What happened, in one sentence of a dozen words or so, '
        f'number {at}.</p><p class="meta">By Mira Holt · <time datetime="2026-05-{10 + at:02}">{10 + at} May 2026</time> · {at + 2} min read</p></article>'
    )


def page(cards: list[str]) -> str:
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Latest</title><link rel="canonical" href="/latest"><link rel="alternate" type="application/rss+xml" '
        'href="/feed.xml"></head><body><header><nav><a href="/">Home</a><a href="/city">City</a></nav></header><main>'
        + "".join(cards)
        + "</main><footer><a href='/imprint'>Imprint</a></footer></body></html>"
    )


PAGE = page([card(at, title) for at, title in enumerate(TITLES)])


def test_every_field_comes_with_its_raw_form_and_where_it_was_read() -> None:
    first = extract_listing(PAGE, URL).cards[0]
    assert first.title == TITLES[0]
    assert first.url == "https://news.example/story/0-harbour"
    assert first.blurb == "What happened, in one sentence of a dozen words or so, number 0."
    assert (first.read_time_minutes, first.read_time_raw) == (2, "2 min read")
    assert (first.published_on, first.published_raw) == ("2026-05-10", "10 May 2026")
    assert first.author == "Mira Holt"
    assert first.category == "City"
    assert first.image_url == "https://news.example/img/0.jpg"
    assert first.position == 1
    assert 0.8 < first.confidence <= 1
    assert set(first.origin) == {"title", "url", "blurb", "read_time_minutes", "published_on", "author", "category", "image_url"}
    assert first.origin["published_on"] == "time@datetime"


def test_the_page_says_its_language_charset_canonical_address_and_feeds() -> None:
    listing = extract_listing(PAGE.encode(), URL, content_type="text/html; charset=utf-8")
    assert listing.verdict is Verdict.LISTING
    assert (listing.lang, listing.charset, listing.charset_source) == ("en-GB", "utf-8", "header")
    assert listing.canonical_url == "https://news.example/latest"
    assert listing.feeds == ("https://news.example/feed.xml",)


def test_text_has_no_charset() -> None:
    assert extract_listing(PAGE, URL).charset is None


def test_explain_tells_of_groups_kept_and_dropped() -> None:
    explanation = extract_listing(PAGE + "<ul><li><a href='/a'>A</a><li><a href='/b'>B</a></ul>", URL, explain=True).explanation
    assert any(group["decision"] == "kept" and group["cards"] == 5 for group in explanation)
    assert extract_listing(PAGE, URL).explanation == ()


def test_ages_become_dates_only_with_the_fetch_time_and_are_marked() -> None:
    aged = re.sub(r"<time.*?</time>", "2 days ago", PAGE)
    assert [(c.published_on, c.published_raw) for c in extract_listing(aged, URL).cards] == [(None, "2 days ago")] * 5
    now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    for found in extract_listing(aged, URL, fetched_at=now).cards:
        assert found.published_on == "2026-05-18"
        assert found.origin["published_on"].endswith("(relative)")


@pytest.mark.parametrize(
    ("html", "content_type", "verdict", "words"),
    [
        pytest.param(b"%PDF-1.7 ...", "application/pdf", Verdict.NOT_HTML, "PDF", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", None, Verdict.NOT_HTML, "binary", id="png"),
        pytest.param(random.Random(7).randbytes(3000), None, Verdict.NOT_HTML, "binary", id="junk"),
        pytest.param('<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', None, Verdict.FEED, "feed", id="rss"),
        pytest.param('<feed xmlns="http://www.w3.org/2005/Atom"></feed>', None, Verdict.FEED, "feed", id="atom"),
        pytest.param('<?xml version="1.0"?><urlset></urlset>', None, Verdict.FEED, "sitemap", id="sitemap"),
        pytest.param(
            '{"version": "https://jsonfeed.org/version/1.1", "items": []}',
            "application/json",
            Verdict.FEED,
            "JSON feed",
            id="json feed",
        ),
        pytest.param('{"items": [1, 2]}', "application/json", Verdict.NOT_HTML, "JSON", id="json"),
        pytest.param("", None, Verdict.NOTHING_FOUND, "", id="nothing at all"),
        pytest.param(
            "<title>404 Not Found</title><h1>Not Found</h1><p>No such page.</p>", None, Verdict.ERROR_PAGE, "", id="soft 404"
        ),
        pytest.param(
            "<main><h1>News</h1><p>There are no news items yet.</p></main>", None, Verdict.EMPTY, "nothing", id="empty list"
        ),
        pytest.param(
            '<div id="root"></div><script src="/app.js"></script>', None, Verdict.NEEDS_JAVASCRIPT, "script", id="app shell"
        ),
        pytest.param(
            "<ul><li v-for='i in items'><h3><a href='{{i.url}}'>{{ i.title }}</a></h3></li></ul><script src='/v.js'></script>",
            None,
            Verdict.NEEDS_JAVASCRIPT,
            "template",
            id="template",
        ),
        pytest.param("<div>" * (MAX_DEPTH + 1), None, Verdict.TOO_DEEP, "nests", id="too deep"),
    ],
)
def test_a_page_without_cards_says_why(html: bytes | str, content_type: str | None, verdict: Verdict, words: str) -> None:
    listing = extract_listing(html, URL, content_type=content_type)
    assert listing.cards == ()
    assert (listing.verdict, words in listing.reason) == (verdict, True), listing.reason


def test_an_article_with_related_stories_is_one_article() -> None:
    text = "<p>" + "The tower stood on sand that the sea had promised to leave alone for another hundred years. " * 12 + "</p>"
    related = "".join(
        f'<div class="rel"><a href="/2026/05/{n}/other-story-{n}"><h3>Another story that is number {n}</h3></a></div>'
        for n in range(1, 5)
    )
    html = (
        '<html><head><title>The lighthouse that was moved twice</title><meta property="og:type" content="article"></head><body><article><h1>The lighthouse that was moved twice</h1>'
        f"<p>By Greta Holm · 24 May 2026</p>{text}{text}</article><section><h2>Related</h2>{related}</section></body></html>"
    )
    listing = extract_listing(html, "https://news.example/2026/05/24/the-lighthouse-that-was-moved-twice")
    assert (listing.verdict, listing.cards) == (Verdict.ARTICLE, ())


@pytest.mark.parametrize("gone", range(5))
def test_removing_one_card_leaves_the_others_as_they_were(gone: int) -> None:
    whole = extract_listing(PAGE, URL).cards
    rest = extract_listing(page([card(at, title) for at, title in enumerate(TITLES) if at != gone]), URL).cards
    before = [{**asdict(c), "position": 0, "confidence": 0} for c in whole if c.title != TITLES[gone]]
    assert [{**asdict(c), "position": 0, "confidence": 0} for c in rest] == before


def test_hashed_class_names_change_nothing_but_what_names_alone_could_tell() -> None:
    def hashed(found: re.Match[str]) -> str:
        return 'class="' + " ".join(f"x{abs(sum(map(ord, name)) * 7919) % 9973:x}q" for name in found[1].split()) + '"'

    one = extract_listing(PAGE, URL).cards
    two = extract_listing(re.sub(r'class="([^"]*)"', hashed, PAGE), URL).cards
    assert [(c.title, c.url, c.blurb, c.read_time_minutes, c.published_on, c.author) for c in one] == [
        (c.title, c.url, c.blurb, c.read_time_minutes, c.published_on, c.author) for c in two
    ]


def test_a_story_twice_on_the_page_is_one_card_with_what_both_show() -> None:
    hero = '<section class="hero"><h1><a href="/story/1-council?utm_source=hero">Council votes on free school meals for all</a></h1></section>'
    cards = extract_listing(PAGE.replace("<main>", "<main>" + hero), URL).cards
    council = [c for c in cards if c.title == TITLES[1]]
    assert len(council) == 1
    assert council[0].read_time_minutes == 3
    assert council[0].url == "https://news.example/story/1-council"


def test_the_same_page_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    saved = tmp_path / "page.html"
    saved.write_text(PAGE, "utf-8")
    outputs = set()
    for seed in ("0", "1", "77"):
        run = subprocess.run(
            [sys.executable, "-m", "scraper", str(saved), "--url", URL],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        )
        outputs.add(run.stdout)
    assert len(outputs) == 1
    lines = outputs.pop().decode().splitlines()
    assert [json.loads(line)["title"] for line in lines] == TITLES


def test_a_missing_file_is_named_on_stderr_with_exit_code_2(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "scraper", str(tmp_path / "no.html"), "--url", URL], capture_output=True, check=False
    )
    assert run.returncode == 2
    assert b"no.html" in run.stderr
    assert run.stdout == b""


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_a_mangled_page_never_raises(seed: int) -> None:
    chance = random.Random(seed)
    pieces = re.split(r"(<[^<>]*>)", PAGE)
    for _ in range(chance.randrange(1, 20)):
        at = chance.randrange(len(pieces))
        pieces[at] = chance.choice(
            ["", pieces[at] * 2, "<", "<div", "</div>", "<table>", "\x00", "<a href='", "<!--", "&#0;", "<p hidden>"]
        )
    mangled = "".join(pieces)[: chance.randrange(1, len(PAGE))]
    body = bytearray(mangled.encode())
    for _ in range(chance.randrange(5)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    listing = extract_listing(
        bytes(body),
        URL,
        content_type=chance.choice([None, "text/html; charset=shift_jis", "text/html; charset=utf-16le", "text/html"]),
    )
    assert listing.reason
    assert all(found.title is None or found.title.strip() for found in listing.cards)
    assert [found.position for found in listing.cards] == list(range(1, len(listing.cards) + 1))


def test_cards_nested_deeper_than_python_recurses_are_read() -> None:
    deep = "<div>" * 1500 + "A sentence at the bottom of it all, long enough for a teaser." + "</div>" * 1500
    html = "".join(
        f'<article><h2><a href="/{n}-a-long-enough-slug">{title}</a></h2>{deep}</article>' for n, title in enumerate(TITLES[:1])
    )
    assert [found.title for found in extract_listing(page([*map(card, range(3), TITLES)]) + html, URL).cards][:3] == TITLES[:3]
    assert extract_listing(html, URL).verdict is not Verdict.TOO_DEEP


@given(st.text(max_size=300))
def test_any_text_has_a_verdict(text: str) -> None:
    assert extract_listing(text, URL).verdict in Verdict


@pytest.mark.parametrize(
    ("stated", "shown", "day", "where"),
    [
        pytest.param("2026-05-10T23:30:00Z", "11 May 2026", "2026-05-11", "time", id="a time zone apart: what is shown counts"),
        pytest.param("2026-05-10", "21:30", "2026-05-10", "time@datetime", id="only the hour is shown"),
        pytest.param("2026-05-10", "05/10/2026", "2026-05-10", "time@datetime", id="the shown one could be read two ways"),
        pytest.param("", "10 May 2026", "2026-05-10", "time", id="nothing stated"),
    ],
)
def test_a_date_is_the_one_that_is_shown(stated: str, shown: str, day: str, where: str) -> None:
    changed = page(
        [
            re.sub("<time.*?</time>", f'<time datetime="{stated}">{shown}</time>', card(at, title))
            for at, title in enumerate(TITLES)
        ]
    )
    for found in extract_listing(changed, URL).cards:
        assert (found.published_on, found.published_raw, found.origin["published_on"]) == (day, shown, where)


def test_an_article_in_a_layout_table_is_known_by_its_title_over_running_text() -> None:
    headline = "Bahn fährt wieder bis zur Mühle"
    text = "Nach elf Monaten ist die Strecke frei, und der erste Zug fuhr am Morgen mit Musik ein. Der Landrat hatte die Fahrkarte selbst gekauft. "
    html = f"<title>Landkreis Auental - {headline}</title><table><tr><td><font size=4><b>{headline}</b></font><br>{text * 5}</td></tr></table>"
    listing = extract_listing(html, "https://auental.example/presse/2024/pm0520a.htm")
    assert (listing.verdict, listing.cards) == (Verdict.ARTICLE, ())
    untitled = html.replace(f"<b>{headline}", "<b>Etwas anderes steht hier oben")
    assert extract_listing(untitled, "https://auental.example/presse/2024/pm0520a.htm").verdict is Verdict.NOTHING_FOUND
