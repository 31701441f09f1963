"""A page read for its cards, whatever it turns out to be."""

from datetime import UTC, datetime

import pytest

from scraper.cards import Verdict
from scraper.extract.limits import MAX_CHARS
from scraper.pages import Page
from scraper.reading import read_page

NOW = datetime(2024, 5, 24, 12, 0, tzinfo=UTC)
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://paper.example/</link>
<item><title>The harbour gets a plan</title><link>https://paper.example/harbour</link><pubDate>Thu, 23 May 2024 08:00:00 GMT</pubDate></item>
</channel></rss>"""


def page(body, content_type):
    return Page(
        url="https://paper.example/x",
        final_url="https://paper.example/x",
        body=body,
        fetched_at=NOW,
        headers=(("content-type", content_type),),
    )


def test_a_feed_is_read_for_its_entries():
    listing = read_page(page(FEED, "application/rss+xml"))
    assert listing.verdict is Verdict.LISTING
    assert [(card.title, card.url, card.published_on) for card in listing.cards] == [
        ("The harbour gets a plan", "https://paper.example/harbour", "2024-05-23")
    ]


def test_a_page_is_read_with_the_charset_of_its_header_and_the_day_on_which_it_was_fetched():
    body = "".join(
        f"<article><h2><a href='/a/{i}'>Überschrift der Meldung Nummer {i}</a></h2><p>Was in der Sache {i} geschah.</p><span>vor 2 Stunden</span></article>"
        for i in range(4)
    ).encode("windows-1252")
    listing = read_page(page(body, "text/html; charset=windows-1252"))
    assert listing.cards[0].title == "Überschrift der Meldung Nummer 0"
    assert {card.published_on for card in listing.cards} == {"2024-05-24"}


TEXT = b"The towns want a say in the ferry lines, say residents. 7 minute readA new plan for the docks has trees. 4 minute read"


@pytest.mark.parametrize("content_type", ["text/plain", "Text/Plain; charset=utf-8", "text/markdown"])
def test_plain_text_is_read_as_such(content_type):
    listing = read_page(page(TEXT, content_type))
    assert [(card.title, card.blurb, card.read_time_minutes) for card in listing.cards] == [
        (None, "The towns want a say in the ferry lines, say residents.", 7),
        (None, "A new plan for the docks has trees.", 4),
    ]
    assert listing.charset == "utf-8"


def test_plain_text_resolves_ages_against_the_time_it_was_fetched():
    text = b"Ferries for everyone\n3 days ago\n7 minute read\nTrees before cars\n2 days ago\n4 minute read"
    assert [card.published_on for card in read_page(page(text, "text/plain")).cards] == ["2024-05-21", "2024-05-22"]


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b"<!doctype html><html><body><p>" + TEXT + b"</p></body></html>", Verdict.NOTHING_FOUND),
        (b"%PDF-1.7 " + TEXT, Verdict.NOT_HTML),
        (b'{"text": "7 minute read"}', Verdict.NOT_HTML),
        (FEED, Verdict.LISTING),
    ],
    ids=["HTML", "PDF", "JSON", "feed"],
)
def test_what_is_only_called_plain_text_is_read_as_what_it_is(body, verdict):
    assert read_page(page(body, "text/plain")).verdict is verdict


def test_a_text_beyond_the_limit_is_not_read():
    listing = read_page(page(b"7 minute read " * (MAX_CHARS // 14 + 1), "text/plain"))
    assert (listing.cards, listing.verdict) == ((), Verdict.TOO_DEEP)
    assert "characters" in listing.reason
