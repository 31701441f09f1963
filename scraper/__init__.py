"""What a listing page says: bytes in, teaser cards out. Pure, but for `scraper.fetch`.

`extract_listing` is loaded when first asked for: the HTML parser costs more than the rest of the package, and most commands
of the command line never need it.
"""

from typing import TYPE_CHECKING, Any

from scraper.cards import Card, Listing, Verdict
from scraper.errors import StandfirstError
from scraper.pages import FetchRequest, FetchResult, Outcome, Page

if TYPE_CHECKING:
    from scraper.extract.recipe import Recipe
    from scraper.listing import extract_listing, learn_recipe
    from scraper.text import extract_text_listing

__all__ = [
    "Card",
    "FetchRequest",
    "FetchResult",
    "Listing",
    "Outcome",
    "Page",
    "Recipe",
    "StandfirstError",
    "Verdict",
    "extract_listing",
    "extract_text_listing",
    "learn_recipe",
]


def __getattr__(name: str) -> Any:
    if name in ("extract_listing", "learn_recipe"):
        from scraper import listing

        return getattr(listing, name)
    if name == "Recipe":
        from scraper.extract.recipe import Recipe

        return Recipe
    if name == "extract_text_listing":
        from scraper.text import extract_text_listing

        return extract_text_listing
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
