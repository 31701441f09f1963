"""A page read for its cards, whatever it turns out to be."""

from datetime import UTC, datetime

from scraper.cards import Verdict
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
