"""Recipes: how to read one source's listing page, as CSS that a person can read and edit. See `docs/adding-a-source.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scraper.errors import RecipeError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

FIELDS = ("title", "url", "blurb", "read_time", "published", "author", "category", "image")
"""What a recipe can name for a card, in the order in which it is written."""

KEYS = ("learned_on", "card", "siblings", "only", "watch", *FIELDS, "next_page", "expects")
"""Of a recipe's table, in the order in which it is written."""

_MOST = 100_000  # cards; more than any page holds
_BEHIND = re.compile(r"(?:^|\s)@(?:(?P<attribute>[A-Za-z_][\w:.-]*)|(?P<part>-?[1-9]\d?))$")
_SCOPE = ":scope"  # the card itself, as in `Element.querySelectorAll`


@dataclass(frozen=True, slots=True)
class Reading:
    """One place of a value: `h3 a` is the text of a link in a heading of the card, `h3 a @href` its attribute.

    `:scope` is the card itself, `:scope > p` a child of it; `@href` alone is an attribute of the card. `p.facts @2` is the second
    part of a text that elements, dots, bars or dashes divide, and `p.facts @-1` its last.
    """

    css: str
    attribute: str | None = None  # None: the text; for an image, the picture wherever lazy loading hides it
    part: int | None = None  # of the text, 1 is the first and -1 the last; None: all of it

    @classmethod
    def parse(cls, text: str) -> Reading:
        """The reading written as in a configuration."""
        text = " ".join(text.split())
        found = _BEHIND.search(text)
        if found is None:
            return cls(text)
        css = text[: found.start()].rstrip() or _SCOPE
        return cls(css, part=int(found["part"])) if found["part"] else cls(css, found["attribute"].lower())

    def __str__(self) -> str:
        behind = self.attribute if self.part is None else self.part
        if behind is None:
            return self.css
        return f"@{behind}" if self.css == _SCOPE else f"{self.css} @{behind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expects:
    """What the cards looked like when the recipe was learned; what differs from it by far is drift."""

    cards: tuple[int, int] = (1, _MOST)  # from, to
    shares: Mapping[str, float] = field(default_factory=dict)  # field -> share of the cards that showed it, 0 to 1
    own_site: float | None = None  # share of the cards that lead to the page's own site, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to read one source's listing page: learned from a good look, or written by hand."""

    card: str  # CSS of the card elements
    siblings: bool = False  # True: the element only begins a card, which goes on over its siblings up to the next one
    only: bool = False  # True: `readings` are all there is to read; False: what they leave out is found by the general method
    watch: bool = False  # True: the selector only tells when the page is built otherwise; the cards are found without it
    readings: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)  # of FIELDS; the first that gives a value wins
    next_page: Reading | None = None  # of the link to the older cards, anywhere on the page
    expects: Expects = Expects()
    learned_on: date | None = None  # None: written by hand

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Recipe:
        """The recipe in a configuration table; RecipeError names the key, what is wrong with it and the remedy."""
        for key in table:
            if key not in KEYS:
                raise RecipeError(key, f"unknown key; known here: {', '.join(KEYS)}")
        learned_on = table.get("learned_on")
        if learned_on is not None and (not isinstance(learned_on, date) or hasattr(learned_on, "hour")):
            raise RecipeError("learned_on", "should be a day, learned_on = 2026-05-24; leave it out of a recipe written by hand")
        if "card" not in table:
            raise RecipeError("card", 'missing; give the CSS selector of a card, card = "article.teaser"')
        recipe = cls(
            card=_text(table, "card"),
            siblings=_flag(table, "siblings"),
            only=_flag(table, "only"),
            watch=_flag(table, "watch"),
            readings={name: _readings(table[name], name) for name in FIELDS if name in table},
            next_page=_readings(_text(table, "next_page"), "next_page")[0] if "next_page" in table else None,
            expects=_expects(table.get("expects", {})),
            learned_on=learned_on,
        )
        recipe._check()
        return recipe

    def to_table(self) -> dict[str, Any]:
        """The recipe as it is written to the configuration; what is as usual is left out."""
        table: dict[str, Any] = {}
        if self.learned_on is not None:
            table["learned_on"] = self.learned_on
        table["card"] = self.card
        if self.siblings:
            table["siblings"] = True
        if self.only:
            table["only"] = True
        if self.watch:
            table["watch"] = True
        for name in FIELDS:
            if name in self.readings:
                written = [str(reading) for reading in self.readings[name]]
                table[name] = written[0] if len(written) == 1 else written
        if self.next_page is not None:
            table["next_page"] = str(self.next_page)
        expects: dict[str, Any] = {}
        if self.expects.cards != (1, _MOST):
            expects["cards"] = list(self.expects.cards)
        expects |= self.expects.shares
        if self.expects.own_site is not None:
            expects["own_site"] = self.expects.own_site
        if expects:
            table["expects"] = expects
        return table

    def on_page(self, reading: Reading) -> str:
        """The reading's CSS for one query over the whole page instead of one a card."""
        return _on_page(self.card, reading.css, siblings=self.siblings)

    def _check(self) -> None:
        from selectolax.lexbor import LexborHTMLParser  # not for every command that reads a configuration

        empty = LexborHTMLParser("")
        _try(empty, self.card, "card", self.card)
        for name, readings in self.readings.items():
            for reading in readings:
                _try(empty, self.on_page(reading), name, reading.css)
        if self.next_page is not None:
            _try(empty, self.next_page.css, "next_page", self.next_page.css)
        if self.watch and (self.only or self.readings or self.siblings):
            raise RecipeError(
                "watch", "a recipe that only watches reads nothing; take out `only`, `siblings` and the fields, or `watch`"
            )
        if self.only and "title" not in self.readings:
            raise RecipeError("only", 'a recipe that reads only what it names has to name the title, title = "h3 a"')


@lru_cache(maxsize=256)
def alternatives(selector: str) -> tuple[str, ...]:
    """The selectors between the commas of a selector list: `"h2 a, :is(b, i)"` has two."""
    parts, depth, quote, begin = [], 0, "", 0
    for at, character in enumerate(selector):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(selector[begin:at].strip())
            begin = at + 1
    return *parts, selector[begin:].strip()


@lru_cache(maxsize=4096)  # the same few, look for look
def _on_page(card: str, css: str, *, siblings: bool) -> str:
    parts = []
    for inner in alternatives(css):
        if inner.startswith(_SCOPE):
            parts += [outer + inner[len(_SCOPE) :] for outer in alternatives(card)]
        elif siblings:
            parts.append(inner)
        else:
            parts += [f"{outer} {inner}" for outer in alternatives(card)]
    return ", ".join(parts)


def described(table: Mapping[str, Any]) -> Iterator[str]:
    """A recipe's table as lines for a person: `card  article.teaser`."""
    width = max(map(len, table))
    for key, value in table.items():
        yield f"{key:{width}}  {_shown(value)}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        between = "-" if all(isinstance(part, int) for part in value) else ", else "
        return between.join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip():
        raise RecipeError(key, f'should be a CSS selector, {key} = "..."')
    return " ".join(value.split())


def _flag(table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise RecipeError(key, "should be true or false")
    return value


def _readings(value: object, key: str) -> tuple[Reading, ...]:
    several = value if isinstance(value, list) else [value]
    texts = [text for text in several if isinstance(text, str) and text.strip()]
    if not texts or len(texts) < len(several):
        raise RecipeError(key, f'should be a CSS selector or a list of them, {key} = "h3 a" or {key} = "h3 a @href"')
    return tuple(Reading.parse(text) for text in texts)


def _expects(table: object) -> Expects:
    if not isinstance(table, Mapping):
        raise RecipeError("expects", "should be a table, expects = { cards = [5, 20], blurb = 0.9 }")
    cards = (1, _MOST)
    shares: dict[str, float] = {}
    for key, value in table.items():
        if key == "cards":
            fits = isinstance(value, list) and len(value) == 2 and all(type(number) is int for number in value)
            if not fits or not 0 <= value[0] <= value[1] <= _MOST:
                raise RecipeError("expects.cards", "should be the fewest and the most cards, cards = [5, 20]")
            cards = (value[0], value[1])
        elif key not in (*FIELDS, "own_site"):
            raise RecipeError(f"expects.{key}", f"unknown key; known here: cards, {', '.join(FIELDS)}, own_site")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise RecipeError(f"expects.{key}", f"should be a share of the cards between 0 and 1, {key} = 0.9")
        else:
            shares[key] = float(value)
    own_site = shares.pop("own_site", None)
    return Expects(cards=cards, shares=shares, own_site=own_site)


def _try(page: LexborHTMLParser, on_page: str, key: str, written: str) -> None:
    from selectolax.lexbor import SelectolaxError

    try:
        page.css(on_page)
    except SelectolaxError as exc:
        raise RecipeError(
            key, f"{written!r} is no CSS selector that can be used; try it in a browser with document.querySelectorAll"
        ) from exc
