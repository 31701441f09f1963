"""Recipes: where one source's cards are, as plain CSS that a person can read and edit, and what they look like.

A learned recipe names the cards and what they usually show; the fields are then read down the columns as always, so that a
night with a recipe and a night without it give the same wording. A person may add a selector for a field, which wins.
Before the cards are believed they must fit what the recipe expects: when they don't, the page has drifted, and the full
method has the word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from scraper.errors import ConfigError
from scraper.extract.choose import Judged
from scraper.extract.draft import Draft
from scraper.extract.groups import Family, regions_of
from scraper.extract.page import PageView
from scraper.extract.shingles import stable_class
from scraper.extract.walk import Tree

SELECTABLE = ("title", "blurb", "read_time", "published", "author", "category", "image", "url")
_EXPECTED = ("published_on", "read_time", "image_url", "blurb", "author")
_FEWEST = 0.4  # of the usual number of cards
_MOST = 3.0
_SLACK = 0.4  # by how much the share of cards with a field may fall
_PLAIN_NAME = re.compile(r"-?[A-Za-z_][A-Za-z_-]*")
_UP = 6  # ancestors that a selector may lean on


class RecipeError(ConfigError):
    """A recipe that can't be used: an unknown key, or a selector that isn't CSS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to read one listing page. Only `cards` is needed; a hand-written recipe leaves the expectations out."""

    cards: str  # CSS for the card elements, or for the first element of each where a card is a run of siblings
    select: Mapping[str, str] = field(default_factory=dict)  # field (see SELECTABLE) -> CSS inside the card
    count: int | None = None  # cards when learned; None: any number from one
    shares: Mapping[str, float] = field(default_factory=dict)  # field of the card -> share of cards that showed it
    learned_on: str | None = None  # YYYY-MM-DD; None: written by hand

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Recipe:
        """A recipe from a configuration table. Raises RecipeError with the key and the remedy."""
        allowed = {each.name for each in fields(cls)}
        for name in values:
            if name not in allowed:
                raise RecipeError(f"recipe: unknown key {name!r}; known are {', '.join(sorted(allowed))}")
        if not isinstance(values.get("cards"), str) or not values["cards"].strip():
            raise RecipeError("recipe: `cards` must be a CSS selector for the card elements")
        recipe = cls(**values)
        for name in recipe.select:
            if name not in SELECTABLE:
                raise RecipeError(f"recipe: nothing to select for {name!r}; fields are {', '.join(SELECTABLE)}")
        empty = LexborHTMLParser("<p></p>")
        for selector in (recipe.cards, *recipe.select.values()):
            try:
                empty.css(selector)
            except SelectolaxError as error:
                raise RecipeError(f"recipe: {selector!r} is not a CSS selector that can be used: {error}") from None
        return recipe

    def as_mapping(self) -> dict[str, Any]:
        """The recipe as plain values, as it is written to the configuration; what is unset is left out."""
        values: dict[str, Any] = {"cards": self.cards}
        if self.select:
            values["select"] = dict(self.select)
        if self.count is not None:
            values["count"] = self.count
        if self.shares:
            values["shares"] = dict(self.shares)
        if self.learned_on is not None:
            values["learned_on"] = self.learned_on
        return values


def family_by_recipe(view: PageView, parser: LexborHTMLParser, recipe: Recipe) -> Family | None:
    """The cards that the recipe's selector finds; None where it finds none that stands on the page."""
    numbers = view.tree.memory
    found = sorted({numbers[node.mem_id] for node in parser.css(recipe.cards) if node.mem_id in numbers})
    outer: list[int] = []
    for card in found:
        if not outer or card >= view.tree.ends[outer[-1]]:
            outer.append(card)
    if not outer:
        return None
    return Family(outer, [], regions_of(view.tree, view.shingles, outer))


def misfits(recipe: Recipe, drafts: Sequence[Draft]) -> list[str]:
    """In words, in what the cards are not what the recipe expects; empty when they fit."""
    if not drafts:
        return [f"the selector {recipe.cards!r} finds no card" + (f", {recipe.count} when learned" if recipe.count else "")]
    found = len(drafts)
    wrong = []
    if recipe.count is not None and not recipe.count * _FEWEST <= found <= recipe.count * _MOST:
        wrong.append(f"{found} cards, {recipe.count} when learned")
    titled = sum(draft.title is not None for draft in drafts) / found
    if titled < 0.8:
        wrong.append(f"{titled:.0%} of the cards have a title")
    for name, share in recipe.shares.items():
        now = sum(getattr(draft, name, None) is not None for draft in drafts) / found
        if now < share - _SLACK:
            wrong.append(f"{now:.0%} of the cards have {name}, {share:.0%} when learned")
    return wrong


def learn(view: PageView, kept: Iterable[Judged], cards: Sequence[Draft], learned_on: str | None) -> Recipe | None:
    """The recipe for what the full method found; None where no selector tells the cards from the rest of the page."""
    wanted = {draft.start for draft in cards}
    selectors: list[str] = []
    covered: set[int] = set()
    for judged in sorted(kept, key=lambda judged: -len(judged.drafts)):
        nodes = [card for card, (start, _) in zip(judged.family.cards, judged.family.regions, strict=True) if start in wanted]
        nodes = [node for node in nodes if node not in covered]
        if not nodes:
            continue
        selector = selector_for(view.tree, nodes, wanted | set(judged.family.cards))
        if selector is not None:
            selectors.append(selector)
            covered.update(nodes)
    if not selectors or len(covered) < 0.8 * len(cards):
        return None
    shares = {}
    for name in _EXPECTED:
        share = sum(getattr(draft, name) is not None for draft in cards) / len(cards)
        if share >= 0.5:
            shares[name] = round(share, 2)
    return Recipe(cards=", ".join(dict.fromkeys(selectors)), count=len(cards), shares=shares, learned_on=learned_on)


def selector_for(tree: Tree, nodes: Sequence[int], allowed: set[int]) -> str | None:
    """The shortest CSS selector that finds all of `nodes` and nothing that isn't in `allowed`; None without one."""
    own = _common(tree, nodes)
    if own is None:
        return None
    tag, names = own
    matches = [node for node in range(len(tree.tags)) if _is(tree, node, tag, names)]
    if set(matches) <= allowed:
        return _compound(tag, names)
    ancestors = list(nodes)
    for _ in range(_UP):
        ancestors = [tree.parents[node] for node in ancestors]
        if min(ancestors) <= 0:
            return None
        outer = _common(tree, sorted(set(ancestors)))
        if outer is None or not (outer[1] or tree.attrs[ancestors[0]].get("id")):
            continue
        prefixes = [_compound(*outer)] if outer[1] else []
        identifier = tree.attrs[ancestors[0]].get("id") or ""
        if len(set(ancestors)) == 1 and _PLAIN_NAME.fullmatch(identifier):
            prefixes.append(f"#{identifier}")
        for prefix in prefixes:
            inside = [node for node in matches if any(_prefixed(tree, up, prefix, outer) for up in tree.ancestors(node))]
            if set(inside) <= allowed:
                return f"{prefix} {_compound(tag, names)}"
    return None


def _prefixed(tree: Tree, node: int, prefix: str, compound: tuple[str, frozenset[str]]) -> bool:
    if prefix.startswith("#"):
        return tree.attrs[node].get("id") == prefix[1:]
    return _is(tree, node, *compound)


def _common(tree: Tree, nodes: Sequence[int]) -> tuple[str, frozenset[str]] | None:
    """The tag and the plain class names that all `nodes` share; None where their tags differ."""
    tags = {tree.tags[node] for node in nodes}
    if len(tags) != 1:
        return None
    names: set[str] | None = None
    for node in nodes:
        stable = set(stable_class(tree.classes[node]).split()) & set(tree.classes[node].split())
        plain = {name for name in stable if _PLAIN_NAME.fullmatch(name)}
        names = plain if names is None else names & plain
    return tags.pop(), frozenset(names or ())


def _is(tree: Tree, node: int, tag: str, names: frozenset[str]) -> bool:
    return tree.tags[node] == tag and names <= set(tree.classes[node].split())


def _compound(tag: str, names: frozenset[str]) -> str:
    return tag + "".join(f".{name}" for name in sorted(names))
