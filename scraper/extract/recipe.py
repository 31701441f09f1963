"""A recipe that names the cards and leaves the rest to the general method: its cards as a family, a person's readings laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.extract.draft import Draft
from scraper.extract.groups import Family, regions_of
from scraper.extract.labels import decide_labels
from scraper.extract.page import PageView
from scraper.recipe import Recipe
from scraper.recipe_read import Sheet
from scraper.urls import canonical_url


def drafts_by_recipe(view: PageView, parser: LexborHTMLParser, recipe: Recipe) -> list[Draft]:
    """The cards that the recipe's selector finds, with their fields; the tree has to remember the parser's nodes."""
    numbers = view.tree.memory
    sheet = Sheet(parser, view.url, recipe, view.dates.now)
    rows = {numbers[node]: row for row, node in enumerate(sheet.card_nodes) if node in numbers}
    outermost: list[int] = []
    for card in sorted(rows):
        if not outermost or card >= view.tree.ends[outermost[-1]]:
            outermost.append(card)
    if not outermost:
        return []
    drafts = _read(view, outermost)
    decide_labels(view.tree, view.anchors, drafts, view.nav_keys, view.nav_words)
    for name in recipe.readings:
        values, origins = sheet.values(name)
        for card, draft in zip(outermost, drafts, strict=True):
            _set(view, draft, name, values[rows[card]], origins[rows[card]])
    return [draft for draft in drafts if draft.title is not None]


def drafts_watched(view: PageView, parser: LexborHTMLParser, recipe: Recipe, drafts: Sequence[Draft]) -> list[Draft]:
    """Those of the cards that stand in what the recipe's selector finds, or have it in them."""
    numbers, ends = view.tree.memory, view.tree.ends
    found = sorted({numbers[node.mem_id] for node in parser.css(recipe.card) if node.mem_id in numbers})
    return [draft for draft in drafts if any(draft.start < ends[node] and node < draft.end for node in found)]


def _read(view: PageView, cards: list[int]) -> list[Draft]:
    """The cards' fields, in page order: those that stand alike are read together, as a section's cards are without a recipe."""
    alike: dict[int, list[int]] = {}
    for card in cards:
        alike.setdefault(view.shingles.of(card), []).append(card)
    regions = dict(zip(cards, regions_of(view.tree, view.shingles, cards), strict=True))
    drafts = [
        draft
        for members in alike.values()
        for draft in view.reader.read(Family(members, [], [regions[card] for card in members]))
    ]
    return sorted(drafts, key=lambda draft: draft.start)


def _set(view: PageView, draft: Draft, name: str, value: Any, origin: str) -> None:
    """Sets one field to what the recipe's reading gives; None: the card doesn't show it."""
    if name == "read_time":
        draft.read_time = value
    elif name == "published":
        draft.published_on, draft.published_raw = value[:2] if value else (None, None)
    elif name == "url":
        draft.key = _key(view, value) if value else -1
    elif name == "image":
        draft.image_url = value
    else:
        setattr(draft, name, value)
    field = {"read_time": "read_time_minutes", "published": "published_on", "image": "image_url"}.get(name, name)
    draft.origin.pop(field, None)
    if value is not None:
        draft.origin[field] = origin


def _key(view: PageView, address: str) -> int:
    canonical: Sequence[str] = view.anchors.canonical
    key = canonical_url(address)
    if key in canonical:
        return canonical.index(key)
    view.anchors.urls.append(address)
    view.anchors.canonical.append(key)
    return len(canonical) - 1
