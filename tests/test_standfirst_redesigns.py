"""Every made-up outlet gets a new design one night: the cards are read as before, and the recipe that was learned reports it."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from scraper import Listing, extract_listing
from scraper.recipe import Recipe
from scraper.recipe_learn import learn_recipe
from standfirst.demo_outlets.answers import Answer, answer
from standfirst.demo_outlets.content import outlets
from standfirst.demo_server import NIGHTS, expected_cards, image_candidates

NEW_DESIGN = {
    slug: next(edition.night.number for edition in outlet.editions if edition.design != outlet.editions[0].design)
    for slug, outlet in outlets().items()
}
FIELDS = ("title", "url", "blurb", "read_time_minutes", "published_on", "author", "category")
EARLIER = [
    pytest.param(slug, night.number, id=f"{slug}-night{night.number}")
    for slug in outlets()
    for night in NIGHTS
    if night.number < NEW_DESIGN[slug] and not outlets()[slug].editions[night.number].failure
]


def page(slug: str, night: int) -> Answer:
    return answer(slug, night, outlets()[slug].listing, outlets()[slug].origin)


def read(slug: str, night: int, recipe: Recipe | None = None) -> Listing:
    known = [(card.url, card.title) for card in expected_cards(slug, max(0, night - 1))]
    served = page(slug, night)
    return extract_listing(
        served.body,
        outlets()[slug].listing_url,
        content_type=served.content_type,
        recipe=recipe,
        known=known,
        fetched_at=NIGHTS[night].at,
    )


@cache
def recipe_of(slug: str) -> Recipe:
    """Learned on the first night."""
    lesson = learn_recipe(
        page(slug, 0).body,
        read(slug, 0),
        outlets()[slug].listing_url,
        learned_on=date(2024, 5, 21),
        content_type=page(slug, 0).content_type,
    )
    assert lesson.recipe is not None, lesson.reason
    return lesson.recipe


def assert_all_is_read(slug: str, night: int, listing: Listing) -> None:
    expected = expected_cards(slug, night, fetch_time_known=True)
    assert [[getattr(card, name) for name in FIELDS] for card in listing.cards] == [
        [getattr(card, name) for name in FIELDS] for card in expected
    ]
    pictures = image_candidates(slug, night)
    for card in listing.cards:
        assert card.image_url in pictures[card.url or ""] or (card.image_url is None and not pictures[card.url or ""])


def test_every_outlet_has_a_night_with_a_new_design() -> None:
    assert NEW_DESIGN.keys() == outlets().keys()


@pytest.mark.parametrize(("slug", "night"), EARLIER)
def test_before_the_redesign_the_recipe_fits(slug: str, night: int) -> None:
    listing = read(slug, night, recipe_of(slug))
    assert listing.drift is None
    assert_all_is_read(slug, night, listing)


@pytest.mark.parametrize("slug", NEW_DESIGN)
def test_the_new_design_is_read_whole_and_reported_as_drift(slug: str) -> None:
    night = NEW_DESIGN[slug]
    listing = read(slug, night, recipe_of(slug))
    assert_all_is_read(slug, night, listing)
    assert listing.drift is not None
    assert (listing.drift.found_cards, listing.drift.read_cards) == (0, len(expected_cards(slug, night)))


@pytest.mark.parametrize("slug", NEW_DESIGN)
def test_without_a_recipe_the_new_design_is_read_the_same(slug: str) -> None:
    assert_all_is_read(slug, NEW_DESIGN[slug], read(slug, NEW_DESIGN[slug]))
