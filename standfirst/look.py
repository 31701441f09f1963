"""One page looked at by hand, without an archive: what `standfirst try` and `standfirst add` do before they show or write anything."""

from __future__ import annotations

import asyncio
from pathlib import Path

from schedules.run import fetch_settings
from schedules.settings import Config
from scraper.cards import Listing, Verdict
from scraper.decode import decode
from scraper.errors import PageUnreadableError
from scraper.feeds import read_feed
from scraper.fetch import Fetcher, FetchSettings
from scraper.listing import extract_listing
from scraper.pages import FetchRequest, Outcome, Page
from scraper.reading import read_page
from scraper.text import extract_text_listing

ONE_LOOK_DELAY_S = 1.0  # between robots.txt and the page: a person is waiting, and it is two requests


def look_at_url(url: str, *, config: Config | None, allow_private: bool, explain: bool) -> Listing:
    """Fetches the page as a crawl would (robots.txt, delay, caps) and reads it; PageUnreadableError when nothing came."""
    return read_page(fetch_page(FetchRequest(url=url, allow_private=allow_private), config=config), explain=explain)


def fetch_page(request: FetchRequest, *, config: Config | None) -> Page:
    """One page, fetched as a crawl would (robots.txt, delay, caps); PageUnreadableError when nothing came."""

    async def fetch() -> Page:
        settings = fetch_settings(config, config.sources) if config is not None else FetchSettings(delay_s=ONE_LOOK_DELAY_S)
        async with Fetcher(settings) as fetcher:
            result = await fetcher.fetch(request)
        if result.outcome is not Outcome.OK or result.page is None:
            raise PageUnreadableError(f"{request.url}: {result.outcome}: {result.detail}")
        return result.page

    return asyncio.run(fetch())


def look_at_file(path: Path, base_url: str, *, explain: bool) -> Listing:
    """Reads a saved page; PageUnreadableError when the file can't be read.

    A `.txt` file is taken for a page's plain text, as text extracts of web archives have it. A saved page doesn't tell when it was
    fetched, so "yesterday" on it stays without a date.
    """
    try:
        body = path.read_bytes()
    except OSError as exc:
        raise PageUnreadableError(
            f"{path}: can't be read ({exc.strerror}); give a URL (http:// or https://) or the file of a saved page"
        ) from exc
    if path.suffix == ".txt":
        return extract_text_listing(decode(body, None).text, base_url)
    listing = extract_listing(body, base_url, explain=explain)
    return (read_feed(body, base_url) or listing) if listing.verdict is Verdict.FEED else listing
