"""Feeds as sources, with the same history as pages, and as witnesses for the dates of a listing whose cards have none."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schedules.config import parse_config
from schedules.reread import Rereader
from schedules.run import run_crawl
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from scraper.version import EXTRACTOR_VERSION
from storage import create_archive, open_reader
from storage.rebuild import rebuild

PAGE, FEED, SITEMAP = "https://city.example/news", "https://city.example/feed.xml", "https://city.example/sitemap-news.xml"
CONFIG = f"""
contact = "tests@standfirst.example"
[source.city]
urls = ["{PAGE}"]
[source.city-feed]
urls = ["{FEED}"]
[source.city-sitemap]
urls = ["{SITEMAP}"]
"""
FIRST_NIGHT = datetime(2024, 5, 24, 2, 0, tzinfo=UTC)
STORIES = (
    "The bridge over the harbour reopens in June",
    "Council votes on next year's budget",
    "Tram line four gets a new terminus",
    "Library stays open on Sundays",
    "Flood wall to be raised by a metre",
)


def listing(dates: dict[int, str]) -> bytes:
    """A page with the five stories; `dates` are those that it shows."""
    cards = "".join(
        f'<article class=card><h2><a href="/news/{n}">{title}</a></h2><p>What was said about it, and by whom, in brief.</p>'
        + (f"<time>{dates[n]}</time>" if n in dates else "")
        + "</article>"
        for n, title in enumerate(STORIES)
    )
    return f"<!doctype html><html lang=en><title>News</title><body><main>{cards}</main></body></html>".encode()


def feed(*entries: tuple[int, str, str]) -> bytes:
    """An RSS feed of (number, title, pubDate)."""
    items = "".join(
        f"<item><title>{title}</title><link>https://city.example/news/{n}?utm_source=rss&amp;utm_medium=feed</link><pubDate>{date}</pubDate></item>"
        for n, title, date in entries
    )
    return f'<rss version="2.0"><channel><title>City</title>{items}</channel></rss>'.encode()


def sitemap(*entries: tuple[int, str, str]) -> bytes:
    urls = "".join(
        f"<url><loc>https://city.example/news/{n}</loc><news:news><news:publication_date>{date}</news:publication_date>"
        f"<news:title>{title}</news:title></news:news></url>"
        for n, title, date in entries
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0"?><urlset {spaces}>{urls}</urlset>'.encode()


class Site:
    """Answers each URL with what is there now; None is a 500."""

    def __init__(self) -> None:
        self.now = FIRST_NIGHT
        self.pages: dict[str, bytes | None] = {}

    def snapshot(self) -> dict[str, object]:
        return {}

    async def fetch(self, request: FetchRequest) -> FetchResult:
        body = self.pages.get(request.url)
        if body is None:
            return FetchResult(outcome=Outcome.HTTP_ERROR, detail="500", request=request, started_at=self.now)
        kind = "text/html" if body.startswith(b"<!doctype") else "application/xml"
        page = Page(
            url=request.url,
            final_url=request.url,
            body=body,
            fetched_at=self.now,
            status=200,
            headers=(("content-type", kind),),
        )
        return FetchResult(outcome=Outcome.OK, detail="", request=request, page=page, started_at=self.now)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site()


def night(site: Site, folder: Path) -> None:
    """One run over the three sources; then it is the next night."""
    config = parse_config(CONFIG.encode(), folder / "standfirst.toml")
    with create_archive(config.archive) as archive:
        asyncio.run(
            run_crawl(config.sources, config=config, archive=archive, clock=lambda: site.now, version="test", fetcher=site)
        )
    site.now += timedelta(days=1)


def dates(path: Path, at: datetime | None = None, source: str = "city") -> list[tuple[str | None, str | None]]:
    with open_reader(path) as reader:
        return [(row["published_on"], row["feed_published_on"]) for row in reader.cards(source, at=at)]


def test_a_feed_dates_the_cards_that_have_no_date_and_overrules_none(site: Site, tmp_path: Path) -> None:
    site.pages = {
        PAGE: listing({1: "22 May 2024", 2: "yesterday"}),
        FEED: feed(
            (0, STORIES[0], "Thu, 23 May 2024 18:00:00 GMT"),
            (1, STORIES[1], "Mon, 20 May 2024 08:00:00 GMT"),
            (2, STORIES[2], "Thu, 23 May 2024 23:30:00 GMT"),
        ),
        SITEMAP: sitemap((3, STORIES[3], "2024-05-19T10:00:00Z")),
    }
    night(site, tmp_path)
    assert dates(tmp_path / "archive.db") == [
        (None, "2024-05-23"),
        ("2024-05-22", "2024-05-20"),  # they disagree: both are told
        ("2024-05-23", "2024-05-23"),
        (None, "2024-05-19"),
        (None, None),  # nobody says
    ]
    with open_reader(tmp_path / "archive.db") as reader:
        assert [row["title"] for row in reader.cards("city-feed")] == [STORIES[0], STORIES[1], STORIES[2]]
        assert len(reader.cards("city")) == 5
        (origins,) = reader.sql(
            "SELECT json_extract(fields, '$.published_on') AS said FROM revision JOIN origin ON origin.id = origin_id "
            "JOIN wording USING (article_id) WHERE revision.first_crawl = wording.first_crawl AND source = 'city-sitemap'"
        )
        assert origins["said"] == "sitemap:news:publication_date"


def test_what_a_feed_said_first_holds_also_when_it_says_otherwise_or_nothing_later(site: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    site.pages = {PAGE: listing({})}
    night(site, tmp_path)
    site.pages[FEED] = feed((0, STORIES[0], "Thu, 23 May 2024 18:00:00 GMT"))
    night(site, tmp_path)
    site.pages[FEED] = feed((0, STORIES[0] + " after all", "Sat, 25 May 2024 18:00:00 GMT"))
    night(site, tmp_path)
    site.pages[FEED] = None
    night(site, tmp_path)
    assert dates(archive)[0] == (None, "2024-05-23")
    assert dates(archive, at=FIRST_NIGHT + timedelta(hours=1))[0] == (
        None,
        None,
    )  # as it was known then: the same answer for ever
    assert dates(archive, at=FIRST_NIGHT + timedelta(hours=25))[0] == (None, "2024-05-23")
    with open_reader(archive) as reader:
        assert {(row["kind"], row["field"]) for row in reader.changes(source="city-feed")} == {
            ("new", None),
            ("reworded", "title"),
            ("reworded", "published_on"),
            ("gap", None),
        }
        assert {row["kind"] for row in reader.changes(source="city")} == {"new"}  # the page itself never changed


def test_a_rebuild_comes_to_the_same_dates(site: Site, tmp_path: Path) -> None:
    site.pages = {PAGE: listing({1: "22 May 2024"}), FEED: feed((0, STORIES[0], "Thu, 23 May 2024 18:00:00 GMT"))}
    night(site, tmp_path)
    site.pages[FEED] = feed((4, STORIES[4], "Fri, 24 May 2024 18:00:00 GMT"))
    night(site, tmp_path)
    again = tmp_path / "again.db"
    rebuild(tmp_path / "archive.db", again, read=Rereader(), extractor_version=EXTRACTOR_VERSION, now=site.now)
    assert dates(again) == dates(tmp_path / "archive.db") == [
        (None, "2024-05-23"),
        ("2024-05-22", None),
        (None, None),
        (None, None),
        (None, "2024-05-24"),
    ]  # fmt: skip
