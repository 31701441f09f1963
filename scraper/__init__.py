"""What a listing page says: bytes in, teaser cards out. Pure, but for `scraper.fetch`.

`extract_listing` is loaded when first asked for: the HTML parser costs more than the rest of the package, and most commands
of the command line never need it.
"""

from typing import TYPE_CHECKING, Any

from scraper.cards import Card, Listing, Verdict
from scraper.errors import StandfirstError
from scraper.pages import FetchRequest, FetchResult, Outcome, Page

if TYPE_CHECKING:
    from scraper.listing import extract_listing
    from scraper.recipe import Recipe
    from scraper.recipe_learn import learn_recipe
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
    if name == "extract_listing":
        from scraper.listing import extract_listing

        return extract_listing
    if name == "learn_recipe":
        from scraper.recipe_learn import learn_recipe

        return learn_recipe
    if name == "Recipe":
        from scraper.recipe import Recipe

        return Recipe
    if name == "extract_text_listing":
        from scraper.text import extract_text_listing

        return extract_text_listing
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
