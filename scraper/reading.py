"""A fetched or stored page read for its cards, whatever it turns out to be: a listing page, or a feed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from scraper.cards import Listing, Verdict
from scraper.feeds import read_feed
from scraper.listing import extract_listing
from scraper.pages import Page

if TYPE_CHECKING:
    from scraper.recipe import Recipe


def read_page(
    page: Page,
    *,
    recipe: Recipe | Mapping[str, Any] | None = None,
    known: Iterable[tuple[str | None, str | None]] | None = None,
    explain: bool = False,
) -> Listing:
    """The cards of a page as it was fetched; of a feed, its entries. See `scraper.listing.extract_listing` for the arguments."""
    content_type = page.header("content-type")
    listing = extract_listing(
        page.body,
        page.final_url,
        content_type=content_type,
        recipe=recipe,
        known=known,
        fetched_at=page.fetched_at,
        explain=explain,
    )
    if listing.verdict is Verdict.FEED:
        return read_feed(page.body, page.final_url, content_type=content_type) or listing
    return listing
