"""A fetched or stored page read for its cards, whatever it turns out to be: a listing page, its plain text, or a feed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scraper.cards import Listing, Verdict
from scraper.decode import Decoded, decode
from scraper.extract.limits import MAX_CHARS
from scraper.extract.verdicts import without_body
from scraper.feeds import read_feed
from scraper.listing import extract_listing
from scraper.pages import Page
from scraper.text import extract_text_listing

if TYPE_CHECKING:
    from scraper.recipe import Recipe


def read_page(
    page: Page,
    *,
    recipe: Recipe | Mapping[str, Any] | None = None,
    known: Iterable[tuple[str | None, str | None]] | None = None,
    explain: bool = False,
) -> Listing:
    """The cards of a page as it was fetched; of a feed, its entries; of plain text, what stands in it.

    See `scraper.listing.extract_listing` for the arguments; recipes and known cards are of no use to text.
    """
    content_type = page.header("content-type")
    if _may_be_text(page.body, content_type):
        decoded = decode(page.body, content_type)
        if without_body(decoded.text, "text/plain") is None:
            return _of_text(decoded, page.final_url, page.fetched_at)
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


def read_text(body: bytes, url: str, *, content_type: str | None = None, fetched_at: datetime | None = None) -> Listing:
    """The cards in the bytes of a plain text. See `scraper.text.extract_text_listing`."""
    return _of_text(decode(body, content_type), url, fetched_at)


def _of_text(decoded: Decoded, url: str, fetched_at: datetime | None) -> Listing:
    if len(decoded.text) > MAX_CHARS:
        reason = f"the text has {len(decoded.text):,} characters, more than the {MAX_CHARS:,} that are read"
        listing = Listing(cards=(), verdict=Verdict.TOO_DEEP, reason=reason)
    else:
        listing = extract_text_listing(decoded.text, url, fetched_at=fetched_at)
    return replace(listing, charset=decoded.charset, charset_source=decoded.source)


_TEXT_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})
_MARKUP = re.compile(rb"<(?:!doctype|\?xml|html|head|body|rss|feed|urlset|div|table|a\s+href)\b", re.IGNORECASE)
_HEAD_BYTES = 4096  # in which markup shows itself: some servers call everything text/plain


def _may_be_text(body: bytes, content_type: str | None) -> bool:
    kind = (content_type or "").split(";")[0].strip().lower()
    return kind in _TEXT_TYPES and _MARKUP.search(body, 0, _HEAD_BYTES) is None
