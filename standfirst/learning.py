"""Recipes learned from pages as they are now: what `standfirst add` and `standfirst learn` do before they write anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from scraper.cards import Listing
from scraper.pages import Page
from scraper.reading import read_page
from scraper.recipe_learn import Lesson, agree, learn_recipe


def learn_from(pages: Sequence[Page], *, learned_on: date) -> Lesson:
    """A recipe for the listing pages of one source: learned from the first and tried on all; a lesson without one says why."""
    listings = [read_page(page) for page in pages]
    lesson = learn_from_page(pages[0], listings[0], learned_on=learned_on)
    if lesson.recipe is None:
        return lesson
    for page, full in zip(pages[1:], listings[1:], strict=True):
        again = read_page(page, recipe=lesson.recipe)
        if again.drift is not None or not agree(again.cards, full.cards):
            return Lesson(
                recipe=None,
                reason=f"what fits {pages[0].url} doesn't fit {page.url}; make it a source of its own for each to have a recipe",
            )
    return lesson


def learn_from_page(page: Page, listing: Listing, *, learned_on: date) -> Lesson:
    """A recipe for one page from `listing`, which the full method read from it."""
    return learn_recipe(page.body, listing, page.final_url, learned_on=learned_on, content_type=page.header("content-type"))
