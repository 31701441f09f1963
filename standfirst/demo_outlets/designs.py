"""Which module draws an outlet on a night, and what a person sees there: the expected cards."""

from __future__ import annotations

from scraper.cards import Card
from standfirst.demo_outlets import (
    auental,
    auental_redesigned,
    cities,
    cities_redesigned,
    courier,
    courier_redesigned,
    kilowatt,
    kilowatt_redesigned,
    minatono,
    minatono_redesigned,
)
from standfirst.demo_outlets.content import Outlet, outlets
from standfirst.demo_outlets.drawing import Design, Scene

DESIGNS: dict[str, Design] = {
    "auental": auental,
    "auental_redesigned": auental_redesigned,
    "cities": cities,
    "cities_redesigned": cities_redesigned,
    "courier": courier,
    "courier_redesigned": courier_redesigned,
    "kilowatt": kilowatt,
    "kilowatt_redesigned": kilowatt_redesigned,
    "minatono": minatono,
    "minatono_redesigned": minatono_redesigned,
}


def design(outlet: Outlet, night: int) -> Design:
    """The module that draws the outlet on that night."""
    return DESIGNS[outlet.editions[night].design]


def expected_cards(
    slug: str, night: int, page: int = 1, *, origin: str | None = None, fetch_time_known: bool = False
) -> tuple[Card, ...]:
    """The cards that a person sees on one page of an outlet's list on one night, in page order.

    Empty where the outlet's server fails that night, and for a page that the list doesn't have. `published_on` is None where the page
    shows no date, and where it shows only a relative one unless the reader knows when the page was fetched; `published_raw` is what it shows. `image_url` is the candidate that `src` names; `image_candidates` has them all.
    `origin` is for pages asked for under another one than `http://HOST`.
    """
    outlet = outlets()[slug]
    if outlet.editions[night].failure:
        return ()
    scene = Scene(outlet=outlet, night=night, origin=origin or outlet.origin, page=page)
    drawn_by = design(outlet, night)
    cards = []
    for position, teaser in enumerate(scene.teasers, start=1):
        details = drawn_by.shown(scene, teaser)
        cards.append(
            Card(
                title=teaser.title,
                url=scene.origin + teaser.article.path,
                blurb=teaser.blurb,
                read_time_minutes=teaser.read_time,
                read_time_raw=details.read_time_raw,
                published_on=details.published_on if fetch_time_known or not details.published_is_relative else None,
                published_raw=details.published_raw,
                author=teaser.author,
                category=teaser.category,
                image_url=next(iter(details.image_urls), None),
                position=position,
            )
        )
    return tuple(cards)


def image_candidates(slug: str, night: int, page: int = 1, *, origin: str | None = None) -> dict[str, frozenset[str]]:
    """Card URL -> every URL under which the page offers the card's picture; empty for a card without one."""
    outlet = outlets()[slug]
    scene = Scene(outlet=outlet, night=night, origin=origin or outlet.origin, page=page)
    drawn_by = design(outlet, night)
    return {scene.origin + teaser.article.path: frozenset(drawn_by.shown(scene, teaser).image_urls) for teaser in scene.teasers}


def expected_next_page(slug: str, night: int, page: int = 1, *, origin: str | None = None) -> str | None:
    """The URL of the page with older cards; None if this one is the last."""
    outlet = outlets()[slug]
    scene = Scene(outlet=outlet, night=night, origin=origin or outlet.origin, page=page)
    has_more = not outlet.editions[night].failure and page < outlet.page_count(night)
    return scene.origin + scene.listing_path(page + 1) if has_more else None


def decoy_urls(slug: str, night: int, *, origin: str | None = None) -> frozenset[str]:
    """Articles that are linked on the page without being cards there: in the mega-menu, the most-read list."""
    outlet = outlets()[slug]
    edition = outlet.editions[night]
    start = origin or outlet.origin
    cards = {start + teaser.article.path for teaser in edition.teasers}
    return frozenset(start + article.path for articles in edition.beside.values() for article in articles) - cards
