"""Cards read with a recipe: one query over the page for each column, no walk through the tree, no guessing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.cards import Card, Drift
from scraper.extract.cells import divided
from scraper.extract.dating import PageDates
from scraper.extract.images import find_images, stopgaps, story_address
from scraper.extract.marks import address_in_script
from scraper.extract.text import fold
from scraper.extract.walk import Tree
from scraper.recipe import Reading, Recipe
from scraper.recipe_check import drift_of
from scraper.recipe_values import PARSERS, Node, iso_day, parts_of, text_of
from scraper.urls import canonical_url, resolve

_PLAIN_ADDRESSES = ("src", "data-src", "data-lazy-src", "data-original")
_DRAWINGS = (".svg", ".gif", ".png")
_OWN_LINK = Reading(":scope", "href")
_ORIGINS = {"read_time": "read_time_minutes", "published": "published_on", "image": "image_url"}


@dataclass(frozen=True, slots=True)
class RecipePage:
    """What a recipe makes of a page. `cards` are only to be believed where `drift` is None."""

    cards: tuple[Card, ...]  # in page order, each story once
    drift: Drift | None
    next_page_urls: tuple[str, ...]  # every address that the recipe's link leads to: one is an answer, several are none
    canonical_url: str | None
    lang: str | None
    feeds: tuple[str, ...]


Cells = list[list[tuple[str, Node]]]  # for each card, in page order, what a reading finds in it: the words, and the element


def read_with_recipe(
    parser: LexborHTMLParser,
    url: str,
    recipe: Recipe,
    *,
    known: Iterable[tuple[str | None, str | None]] = (),
    fetched_at: datetime | None = None,
) -> RecipePage:
    """The parsed page at `url` read with a recipe that names all it wants to know (`recipe.only`), and checked against what
    the recipe expects and against `known`, (URL, title) of the cards of the last good look."""
    sheet = Sheet(parser, url, recipe, fetched_at)
    cards = sheet.cards()
    next_page = recipe.next_page or Reading("link[rel~=next], a[rel~=next]", "href")
    page_key = canonical_url(url)
    older = {
        address
        for node in parser.css(next_page.css)
        if (address := resolve(sheet.base, node.attributes.get(next_page.attribute or "href") or ""))
        and canonical_url(address) != page_key
    }
    canonical, feeds = _head_links(parser, sheet.base)
    return RecipePage(
        cards=cards,
        drift=drift_of(recipe, cards, url, known, lambda: links_of(parser, sheet.base)),
        next_page_urls=tuple(sorted(older)),
        canonical_url=canonical,
        lang=sheet.lang,
        feeds=feeds,
    )


class Sheet:
    """The cards of one page as rows and the readings of one recipe as columns."""

    def __init__(self, parser: LexborHTMLParser, url: str, recipe: Recipe, now: datetime | None = None) -> None:
        self._parser, self._recipe, self._now = parser, recipe, now
        attributes = parser.root.attributes if parser.root is not None else {}
        self.lang = attributes.get("lang") or attributes.get("xml:lang") or None
        base = parser.css_first("base[href]")
        self.base = (resolve(url, base.attributes["href"] or "") if base is not None else None) or url
        self._dates_alone = PageDates(Tree(attrs=[{"lang": self.lang}]), now)  # of no column: only to see what is a date
        self._one = Tree(tags=[""], attrs=[{}], marks=[0], classes=[""])  # an element by itself, for what asks about trees
        self._cards: dict[int, int] = {}  # parser's node id of an element that is a card, or begins one -> card
        nodes: list[Node] = []
        for node in parser.css(recipe.card):
            if node.mem_id not in self._cards:
                self._cards[node.mem_id] = len(nodes)
                nodes.append(node)
        self.rows = len(nodes)
        self._outermost = dict(self._cards)  # with the siblings that belong to the cards
        if recipe.siblings:
            self._take_siblings(nodes)
        self._rows = dict(self._outermost)  # and all others that have been asked about; -1: outside of all

    def _take_siblings(self, nodes: list[Node]) -> None:
        for row, node in enumerate(nodes):
            sibling = node.next
            while sibling is not None and sibling.mem_id not in self._outermost:
                self._outermost[sibling.mem_id] = row
                sibling = sibling.next

    def cells(self, name: str, reading: Reading) -> Cells:
        """What the reading of a field finds in each card, in page order."""
        cells: Cells = [[] for _ in range(self.rows)]
        if not cells:
            return cells
        attribute, plain = reading.attribute, reading.part is None and reading != _OWN_LINK
        picture, teaser = name == "image" and attribute is None, name == "blurb"
        last = 0
        for node in self._parser.css(self._recipe.on_page(reading)):
            number = node.mem_id
            if number == last:
                continue  # a selector list finds an element once for each of its parts
            last = number
            row = self._rows.get(number)
            if row is None:
                row = self.row_of(node)
            if row < 0:
                continue
            if plain:  # nearly all readings; a call less a cell
                value = text_of(node, teaser=teaser) if attribute is None else fold(node.attrs.get(attribute) or "")
            else:
                value = self._words(node, reading, teaser=teaser)
            if value or picture:
                cells[row].append((value, node))
        return cells

    def _words(self, node: Node, reading: Reading, *, teaser: bool) -> str:
        """What one element says to a reading, on one line; "" for nothing."""
        if reading.attribute is not None:
            value = fold(node.attrs.get(reading.attribute) or "")
            return value or (_link_around(node) if reading == _OWN_LINK else "")
        if reading.part is None:
            return text_of(node, teaser=teaser)
        parts = parts_of(node)
        at = reading.part - 1 if reading.part > 0 else reading.part + len(parts)
        return parts[at] if 0 <= at < len(parts) else ""

    def row_of(self, node: Node) -> int:
        """The card that the node stands in; -1 outside of all."""
        rows = self._rows
        passed = []
        while node is not None:
            number = node.mem_id
            row = rows.get(number)
            if row is not None:
                break
            passed.append(number)
            node = node.parent
        else:
            row = -1
        for number in passed:
            rows[number] = row
        return row

    def column(self, name: str, reading: Reading) -> list[Any]:
        """For each card what the reading gives for a field, parsed; None where it gives nothing."""
        return self.parsed(name, reading, self.cells(name, reading))

    def value(self, name: str, reading: Reading, node: Node) -> Any:
        """What one element gives for a field, whatever the rest of its column says."""
        value = self._words(node, reading, teaser=name == "blurb")
        if name == "image":
            return self._picture(value, node, reading)
        return self.parsed(name, reading, [[(value, node)] if value else []])[0]

    @property
    def card_nodes(self) -> tuple[int, ...]:
        """The parser's node ids of the elements that are cards, or begin one, in page order."""
        return tuple(self._cards)

    def is_card(self, node: Node) -> bool:
        """True for an element that is a card, or with `siblings` begins one."""
        return node.mem_id in self._cards

    def begins(self, node: Node) -> bool:
        """True for a card's outermost elements: with `siblings` it has several."""
        return node.mem_id in self._outermost

    def parsed(self, name: str, reading: Reading, cells: Cells) -> list[Any]:
        """As `column`, of what was found."""
        if name == "published":
            return self._dates(cells, reading)
        if name == "image":
            return self._images(cells, reading)
        if name == "url":
            return [self._link(cell, reading) for cell in cells]
        parse = PARSERS[name]
        parsed: dict[tuple[str, ...], Any] = {(): None}
        column = []
        for cell in cells:
            texts = tuple([value for value, _ in cell])
            if texts not in parsed:  # dates, read times and names recur down a column
                parsed[texts] = parse(texts, reading, self._dates_alone)
            column.append(parsed[texts])
        return column

    def values(self, name: str) -> tuple[list[Any], list[str]]:
        """For each card the field by the first of its readings that gives something, and which one that was."""
        values: list[Any] = []
        origins: list[str] = []
        for reading in self._recipe.readings[name]:
            column = self.column(name, reading)
            origin = f"recipe: {reading}"
            if not values:
                values, origins = column, [origin] * self.rows
            else:
                for row, value in enumerate(column):
                    if value is not None and values[row] is None:
                        values[row], origins[row] = value, origin
            if None not in values:
                break
        if name == "published":
            for row, value in enumerate(values):
                if value is not None and value[2]:
                    origins[row] += " (relative)"
        return values, origins

    def cards(self) -> tuple[Card, ...]:
        """The cards with a title, each story once: a later card of the same story only adds what the first one doesn't show."""
        rows: list[dict[str, Any]] = [{} for _ in range(self.rows)]
        origins: list[dict[str, str]] = [{} for _ in range(self.rows)]
        for name in self._recipe.readings:
            field = _ORIGINS.get(name, name)
            for row, origin, value, read in zip(rows, origins, *self.values(name), strict=True):
                if value is not None:
                    row[name] = value
                    origin[field] = read
        firsts: dict[str, int] = {}
        for at_row, row in enumerate(rows):
            if "title" not in row:
                continue
            key = canonical_url(row["url"]) if "url" in row else f"#{at_row}"
            first = firsts.setdefault(key, at_row)
            if first != at_row:
                rows[first] = row | rows[first]
                origins[first] = origins[at_row] | origins[first]
        return tuple(_card(rows[row], position, origins[row]) for position, row in enumerate(firsts.values(), 1))

    def _link(self, cell: list[tuple[str, Node]], reading: Reading) -> str | None:
        """The first address; one to a place on this page only where there is no other."""
        here = None
        for value, _ in cell:
            if reading.attribute == "onclick":
                value = address_in_script(value) or ""
            if value.startswith("#"):
                here = here or (value if len(value) > 1 else None)
            elif value and not value.startswith("javascript:") and (address := resolve(self.base, value)):
                return address
        return resolve(self.base, here) if here else None

    def _dates(self, cells: Cells, reading: Reading) -> list[tuple[str | None, str, bool] | None]:
        """(YYYY-MM-DD or None, as shown, an age and no date) a card; the order of day and month is that of the whole column."""
        texts = [value for cell in cells for value, _ in cell]
        dates = PageDates(Tree(attrs=[{"lang": self.lang}], texts=texts, text_nodes=list(range(len(texts)))), self._now)
        column: list[tuple[str | None, str, bool] | None] = []
        for cell in cells:
            taken: tuple[str | None, str, bool] | None = None
            for value, node in cell:
                day = iso_day(value)
                if day is not None:
                    taken = day, (text_of(node) if reading.attribute else "") or value, False
                    break
                for part in [value] if reading.attribute else divided(value):
                    found = dates.find(part)
                    if found is not None and (taken is None or (taken[0] is None and found.on is not None)):
                        shown = (text_of(node) if reading.attribute else "") or fold(part)
                        taken = found.on, shown, found.relative
            column.append(taken)
        return column

    def _images(self, cells: Cells, reading: Reading) -> list[str | None]:
        """The picture of each card; a drawing that several cards share is an icon, and placeholders are no pictures."""
        column = [
            next((address for value, node in cell if (address := self._picture(value, node, reading))), None) for cell in cells
        ]
        often = max(1, len(column) // 10)
        uses = Counter(address for address in column if address)
        dropped = stopgaps(uses, often)
        dropped |= {address for address in uses if uses[address] > often and address.split("?")[0].endswith(_DRAWINGS)}
        return [None if address in dropped else address for address in column]

    def _picture(self, value: str, node: Node, reading: Reading) -> str | None:
        if reading.attribute in _PLAIN_ADDRESSES:
            return story_address(self.base, value)
        attributes = node.attributes if reading.attribute is None else {reading.attribute: value}
        self._one.tags[0], self._one.attrs[0] = node.tag or "", attributes
        found = find_images(self._one, [0], self.base)
        return found[0][0] if found else None


def _link_around(node: Node) -> str:
    """The address of the link that the card stands in; "" outside of all."""
    while node is not None and node.tag != "a":
        node = node.parent
    return fold(node.attrs.get("href") or "") if node is not None else ""


def values_of(card: Card) -> dict[str, Any]:
    """A card's fields under the recipe's names, those that it doesn't show left out: what `Sheet.column` gives for it."""
    values = {
        "title": card.title,
        "url": card.url,
        "blurb": card.blurb,
        "read_time": (card.read_time_minutes, card.read_time_raw) if card.read_time_minutes is not None else None,
        "published": (card.published_on, card.published_raw, "relative" in card.origin.get("published_on", ""))
        if card.published_raw is not None
        else None,
        "author": card.author,
        "category": card.category,
        "image": card.image_url,
    }
    return {name: value for name, value in values.items() if value is not None}


def _card(values: dict[str, Any], position: int, origin: dict[str, str]) -> Card:
    minutes, minutes_raw = values.get("read_time", (None, None))
    on, on_raw, _ = values.get("published", (None, None, False))
    return Card(
        title=values["title"],
        url=values.get("url"),
        blurb=values.get("blurb"),
        read_time_minutes=minutes,
        read_time_raw=minutes_raw,
        published_on=on,
        published_raw=on_raw,
        author=values.get("author"),
        category=values.get("category"),
        image_url=values.get("image"),
        position=position,
        origin=origin,
    )


def links_of(parser: LexborHTMLParser, base: str) -> set[str]:
    """The canonical address of every link on the page."""
    found = set()
    for href in {node.attributes.get("href") or "" for node in parser.css("a[href]")}:
        address = resolve(base, href)
        if address is not None:
            found.add(canonical_url(address))
    return found


def _head_links(parser: LexborHTMLParser, base: str) -> tuple[str | None, tuple[str, ...]]:
    canonical: str | None = None
    feeds: dict[str, None] = {}
    for node in parser.css("link:is([rel~=canonical i], [rel~=alternate i])[href]"):  # and none of the style sheets
        attributes = node.attributes
        rel = (attributes.get("rel") or "").lower().split()
        if "canonical" in rel and canonical is None:
            canonical = resolve(base, attributes.get("href") or "")
        elif "alternate" in rel:
            kind = (attributes.get("type") or "").lower()
            if "rss" in kind or "atom" in kind or "feed+json" in kind:
                address = resolve(base, attributes.get("href") or "")
                if address:
                    feeds[address] = None
    return canonical, tuple(feeds)
