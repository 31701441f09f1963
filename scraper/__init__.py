"""What a listing page says: bytes in, teaser cards out. Pure, but for `scraper.fetch`."""

from scraper.cards import Card, Listing, Verdict
from scraper.errors import StandfirstError
from scraper.pages import FetchRequest, FetchResult, Outcome, Page

__all__ = [
    "Card",
    "FetchRequest",
    "FetchResult",
    "Listing",
    "Outcome",
    "Page",
    "StandfirstError",
    "Verdict",
]
