"""A card in the making: what has been read of it so far, and what still has to be decided down the column."""

from __future__ import annotations

from dataclasses import dataclass, field

from scraper.date_words import AGO_WORDS
from scraper.extract import words
from scraper.extract.cells import Cell
from scraper.extract.dating import Written
from scraper.extract.text import EDGE
from scraper.extract.text import words as word_count

# Left over where "by" and the name, or "3 days" and "ago", stand in elements of their own; and what stands in the place of
# an address that a script has to uncover.
_NO_NAMES = (
    words.JOINERS
    | words.BY_WORDS
    | {phrase for language in AGO_WORDS.values() for phrase in (*language.before, *language.after)}
    | {"email protected"}
)


@dataclass(slots=True)
class Draft:
    """A card in the making."""

    start: int
    end: int
    title: str | None = None
    key: int = -1  # where it leads, -1 without a link
    title_node: int = -1
    blurb: str | None = None
    read_time: tuple[int, str] | None = None
    published_on: str | None = None
    published_raw: str | None = None
    author: str | None = None
    category: str | None = None
    category_place: int = 0  # where the category stood
    image_url: str | None = None
    images: list[tuple[str, str]] = field(default_factory=list)  # candidates: address, where it was read
    origin: dict[str, str] = field(default_factory=dict)
    labels: list[Cell] = field(default_factory=list)
    blurb_lines: list[tuple[int, str]] = field(default_factory=list)  # (place of the line, text)
    authors: list[str] = field(default_factory=list)
    line_cells: list[tuple[int, list[Cell]]] = field(default_factory=list)  # short lines that may be blurb or labels
    prose: list[int] = field(default_factory=list)  # the first text node of each long line
    before_title: list[bool] = field(default_factory=list)  # for each of `blurb_lines`
    weak_date: bool = False
    labelled_date: bool = False  # "Edited: 9 May 2024"
    year: int | None = None  # that stands over the card and its like
    person_keys: set[int] = field(default_factory=set)  # where an avatar leads
    peers: int = 0  # cards of its family; 0 where it has none
    has_more: bool = False
    has_price: bool = False
    score: float = 0.0

    def take_date(self, found: Written, raw: str, where: str, *, weak: bool = False, labelled: bool = False) -> None:
        """The first full date wins; a relative one, or one of an update, stands only until then. Of two that are labelled the
        earlier wins: whatever else the label says, nothing is changed, and nothing is due, before it is published."""
        earlier = self.labelled_date and labelled and (found.on or "9") < (self.published_on or "")
        if (
            not earlier
            and not self.weak_date
            and (self.published_on is not None or (self.published_raw is not None and found.on is None))
        ):
            return
        if weak and self.published_raw is not None:
            return
        self.weak_date, self.labelled_date = weak, labelled
        self.published_on, self.published_raw = found.on, raw
        self.origin["published_on"] = f"{where} (relative)" if found.relative else where

    def add_author(self, text: str, origin: str) -> None:
        """A name, with or without "by"; what is none is left out."""
        name = words.without_on(words.without_by(text).strip(EDGE))
        if name and name.casefold() not in _NO_NAMES and word_count(name) <= 6 and any(map(str.isalpha, name)):
            if name not in self.authors:
                self.authors.append(name)
            self.origin["author"] = origin

    def adopt(self, other: Draft) -> None:
        """Takes from another card of the same story what this one doesn't show."""
        for name, origin in (
            ("blurb", "blurb"),
            ("read_time", "read_time_minutes"),
            ("author", "author"),
            ("category", "category"),
            ("image_url", "image_url"),
        ):
            value = getattr(other, name)
            if getattr(self, name) is None and value is not None:
                setattr(self, name, value)
                if origin in other.origin:
                    self.origin[origin] = other.origin[origin]
        if self.published_on is None and other.published_on is not None:
            self.published_on, self.published_raw = other.published_on, other.published_raw
            self.origin["published_on"] = other.origin.get("published_on", "")
