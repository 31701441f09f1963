"""A stored page read anew with today's extractor, as a look at it would be judged. Picklable for other processes, and without a clock.

A crawl reads its pages with recipes, and so does a rebuild, or it would take ten times as long as need be: with the recipe that the
configuration has for the source, where that was written by hand; else with one that is learned from the page itself as the nights
go by. A learned recipe has to prove itself: on its first nights, and every so often after them, the page is read by the full method as
well. The full method's cards are the ones that count then, and a recipe that gives others in any field is given up. So is one that the
page no longer fits (`scraper.recipe_check`). The recipes of the configuration that were learned fit the pages of the day on
which they were learned, and are not used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import lru_cache

from schedules.crawl import recipe_for
from schedules.judge import Judgement, judge_look
from schedules.settings import Source
from scraper.cards import Card, Listing
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from scraper.reading import read_page
from scraper.recipe import Recipe
from scraper.recipe_learn import learn_recipe
from scraper.urls import DEFAULT_URL_RULES
from storage.rereading import Reading, StoredPage

FULL_NIGHTS = 7
"""Nights with cards that a page is read by the full method before a recipe is learned, which takes about as long as ten more."""

TRIALS = 2  # nights on which a new recipe has to give what the full method gives
CHECK_EVERY = 30  # nights with the recipe, after which it has to once more
PAID = 20  # nights with a recipe that make up for the lesson
PATIENCE = 8  # how many times as long a page waits for its next lesson after one that was no good
MOST_NIGHTS = 400  # that it ever waits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Practice:
    """Where the learning of a page's recipe stands; the notes that each reading hands on to the next."""

    wait: int = FULL_NIGHTS  # nights with cards by the full method until the next lesson
    patience: int = FULL_NIGHTS  # how many it was to wait for this lesson
    recipe: str | None = None  # as JSON; None: none is learned
    nights: int = 0  # with this recipe


@dataclass(frozen=True, slots=True)
class Rereader:
    """Reads stored pages; see `storage.rereading.Read`."""

    sources: Mapping[str, Source] = field(default_factory=dict)  # by slug; those with a recipe that was written by hand
    learns: bool = True  # recipes of its own; False: all other sources are read by the full method
    full_nights: int = FULL_NIGHTS  # before the first lesson

    @classmethod
    def for_sources(cls, sources: Iterable[Source], *, learns: bool = True) -> Rereader:
        """The reader for these sources of a configuration."""
        by_hand = {source.slug: source for source in sources if source.recipe is not None and source.recipe.learned_on is None}
        return cls(by_hand, learns)

    @property
    def basis(self) -> str:
        """What readings rest on besides the extractor, in a form that other settings don't have."""
        by_hand = {slug: (source.urls, _to_json(source.recipe)) for slug, source in self.sources.items() if source.recipe}
        return json.dumps([by_hand, self.learns, self.full_nights], sort_keys=True)

    def __call__(self, stored: StoredPage) -> Reading:
        """What the page amounts to today."""
        source = self.sources.get(stored.source)
        if source is not None:
            return _read(stored, recipe_for(stored.page.url, source))
        if not self.learns:
            return _read(stored, None)
        practice = _Practice(**stored.notes) if stored.notes is not None else _Practice(wait=self.full_nights)
        reading, practice = _practise(stored, practice)
        return reading._replace(notes=asdict(practice))


def addresses_in_words(sources: Iterable[Source]) -> str:
    """What the sources say about their addresses, in a form that no other claims have."""
    claims = {source.slug: asdict(source.addresses) for source in sources if source.addresses != DEFAULT_URL_RULES}
    return json.dumps(claims, default=sorted, sort_keys=True)


def _practise(stored: StoredPage, practice: _Practice) -> tuple[Reading, _Practice]:
    if practice.recipe is None:
        reading = _read(stored, None)
        if not _shows_cards(reading):
            return reading, practice
        if practice.wait > 1:
            return reading, replace(practice, wait=practice.wait - 1)
        return reading, _learnt(stored.page, reading, practice)
    recipe = _learned(practice.recipe)
    reading = _read(stored, recipe)
    if reading.recipe is None:  # it no longer fits, or there is no list on the page tonight
        return reading, _given_up(practice) if _shows_cards(reading) else practice
    nights = practice.nights + 1
    if nights > TRIALS and nights % CHECK_EVERY:
        return reading, replace(practice, nights=nights)
    full = _read(stored, None)
    if not _same(reading, full):
        return full, _given_up(practice)
    return full, replace(practice, nights=nights)


def _learnt(page: Page, reading: Reading, practice: _Practice) -> _Practice:
    assert reading.listing is not None
    lesson = learn_recipe(
        page.body,
        reading.listing,
        page.final_url,
        learned_on=page.fetched_at.date(),
        content_type=page.header("content-type"),
    )
    if lesson.recipe is None or not lesson.recipe.only:  # one that only names the cards saves hardly anything
        return _given_up(practice)
    return replace(practice, recipe=_to_json(lesson.recipe), nights=0)


def _given_up(practice: _Practice) -> _Practice:
    """What comes after a recipe that is no good, or no longer."""
    patience = FULL_NIGHTS if practice.nights >= PAID else min(PATIENCE * practice.patience, MOST_NIGHTS)
    return _Practice(wait=patience, patience=patience)


def _read(stored: StoredPage, recipe: Recipe | None) -> Reading:
    """The page judged as a look at it. The reading's `recipe` is there where the cards were read with it."""
    page = stored.page

    def extract(page: Page) -> Listing:
        return read_page(page, recipe=recipe, known=stored.known)

    came = FetchResult(outcome=Outcome.OK, detail="", request=FetchRequest(url=page.url), page=page)
    judgement = judge_look(came, unchanged=False, extract=extract)
    used = recipe is not None and _by_recipe(judgement)
    return Reading(
        judgement.outcome, judgement.detail, judgement.listing, _to_json(recipe) if recipe is not None and used else None
    )


def _by_recipe(judgement: Judgement) -> bool:
    return judgement.listing is not None and judgement.listing.drift is None and judgement.outcome is Outcome.OK


def _shows_cards(reading: Reading) -> bool:
    return reading.outcome is Outcome.OK and reading.listing is not None and bool(reading.listing.cards)


def _same(one: Reading, other: Reading) -> bool:
    """Whether two readings say the same of the page, down to each field's raw form; where on the page they found it doesn't count."""
    if one.listing is None or other.listing is None or one.outcome is not other.outcome:
        return False
    return one.listing.next_page_url == other.listing.next_page_url and [*map(_said, one.listing.cards)] == [
        *map(_said, other.listing.cards)
    ]


def _said(card: Card) -> Card:
    return replace(card, confidence=1.0, origin={})


def _to_json(recipe: Recipe) -> str:
    return json.dumps(recipe.to_table(), default=date.isoformat, ensure_ascii=False)


@lru_cache(1000)
def _learned(text: str) -> Recipe:
    table = json.loads(text)
    return Recipe.from_table({**table, "learned_on": date.fromisoformat(table["learned_on"])})
