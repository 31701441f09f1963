"""One page looked at by hand, without an archive: what `standfirst try` and `standfirst add` do before they show or write anything."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from schedules.run import fetch_settings
from schedules.settings import Config
from scraper.cards import Listing, Verdict
from scraper.errors import PageUnreadableError
from scraper.feeds import find_news_sitemaps, read_feed
from scraper.fetch import Fetcher, FetchSettings
from scraper.listing import extract_listing
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from scraper.reading import read_page, read_text

TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
ONE_LOOK_DELAY_S = 1.0  # between robots.txt, tdmrep.json and the page: a person is waiting, and it is three requests


def look_at_url(url: str, *, config: Config | None, allow_private: bool, explain: bool) -> Listing:
    """Fetches the page as a crawl would (robots.txt, delay, caps) and reads it; PageUnreadableError when nothing came."""
    return see(FetchRequest(url=url, allow_private=allow_private), config=config, explain=explain)[1]


def see(request: FetchRequest, *, config: Config | None, explain: bool = False) -> tuple[Page, Listing]:
    """One page, fetched as a crawl would, and what it says; among its feeds also the news sitemaps that robots.txt names."""
    result, page = _fetch(request, config)
    listing = read_page(page, explain=explain)
    if result.robots is not None:
        host = urlsplit(page.final_url).hostname
        sitemaps = find_news_sitemaps(result.robots.sitemaps, result.robots.robots_url)
        named = [*listing.feeds, *(url for url in sitemaps if urlsplit(url).hostname == host and url != page.url)]
        listing = replace(listing, feeds=tuple(dict.fromkeys(named)))
    return page, listing


def fetch_page(request: FetchRequest, *, config: Config | None) -> Page:
    """One page, fetched as a crawl would (robots.txt, delay, caps); PageUnreadableError when nothing came."""
    return _fetch(request, config)[1]


def _fetch(request: FetchRequest, config: Config | None) -> tuple[FetchResult, Page]:
    async def fetch() -> FetchResult:
        settings = fetch_settings(config, config.sources) if config is not None else FetchSettings(delay_s=ONE_LOOK_DELAY_S)
        async with Fetcher(settings) as fetcher:
            return await fetcher.fetch(request)

    result = asyncio.run(fetch())
    if result.outcome is not Outcome.OK or result.page is None:
        own = "; where it is your own, allow it: --allow-private, or allow_private = true at the source"
        remedy = own if result.outcome is Outcome.ADDRESS_REFUSED else ""
        raise PageUnreadableError(f"{request.url}: {result.outcome}: {result.detail}{remedy}")
    return result, result.page


def look_at_file(path: Path, base_url: str, *, explain: bool) -> Listing:
    """Reads a saved page; PageUnreadableError when the file can't be read.

    A `.txt` or `.md` file is taken for a page's plain text, as text extracts of web archives have it. A saved page doesn't tell when it was
    fetched, so "yesterday" on it stays without a date.
    """
    try:
        body = path.read_bytes()
    except OSError as exc:
        raise PageUnreadableError(
            f"{path}: can't be read ({exc.strerror}); give a URL (http:// or https://) or the file of a saved page"
        ) from exc
    if path.suffix.lower() in TEXT_SUFFIXES:
        return read_text(body, base_url)
    listing = extract_listing(body, base_url, explain=explain)
    return (read_feed(body, base_url) or listing) if listing.verdict is Verdict.FEED else listing
