"""Structured data laid beside the cards: what a card doesn't show, but the page says about its story, is filled in."""

from __future__ import annotations

from scraper.extract.draft import Draft
from scraper.extract.markup import Marked, marked_stories
from scraper.extract.page import PageView

_DISAGREES = 0.9  # what a card's score is multiplied by when the structured data name another day


def fill_from_markup(view: PageView, drafts: list[Draft]) -> None:
    """Fills empty fields of each draft from the JSON-LD story with its URL, or with its headline and no URL."""
    if not view.markup:
        return
    by_key: dict[str, Marked] = {}
    by_headline: dict[str, Marked] = {}
    for story in marked_stories(view.markup, view.base):
        if story.key and story.key != view.anchors.page_key:
            by_key.setdefault(story.key, story)
        elif story.headline:
            by_headline.setdefault(story.headline.casefold(), story)
    for draft in drafts:
        found = by_key.get(view.anchors.canonical[draft.key]) if draft.key >= 0 else None
        if found is None:
            found = by_headline.get((draft.title or "").casefold())
        if found is not None:
            _fill(view, draft, found)


def _fill(view: PageView, draft: Draft, story: Marked) -> None:
    date = view.dates.find(story.published) if story.published else None
    if date is not None and date.on and not date.relative:
        if draft.published_on is None:
            draft.published_on = date.on
            draft.published_raw = draft.published_raw or story.published
            draft.origin["published_on"] = "json-ld"
        elif draft.published_on != date.on:
            draft.score *= _DISAGREES
    if draft.read_time is None and story.minutes is not None:
        draft.read_time = story.minutes, f"{story.minutes} min"
        draft.origin["read_time_minutes"] = "json-ld"
    if draft.author is None and story.author:
        draft.author, draft.origin["author"] = story.author, "json-ld"
    if draft.image_url is None and story.image.startswith("http"):
        draft.image_url, draft.origin["image_url"] = story.image, "json-ld"
    if draft.category is None and story.section:
        draft.category, draft.origin["category"] = story.section, "json-ld"
