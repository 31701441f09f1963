"""What a server's clock said, held against ours: the one witness that a machine has of its own clock. Pure."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from scraper.pages import Page


def clock_ahead_s(page: Page) -> float | None:
    """Seconds that our clock was ahead of the server's when the page came (negative: behind), within a few.

    None where the answer has no date that can be read (RFC 9110, 6.6.1), or has lain in a cache, whose date is of long ago (an Age above 0:
    RFC 9111, 5.1).
    """
    if (page.header("age") or "0").strip() != "0":
        return None
    try:
        said = parsedate_to_datetime(page.header("date") or "")
        return None if said.tzinfo is None else (page.fetched_at - said).total_seconds()
    except (ValueError, OverflowError):
        return None
