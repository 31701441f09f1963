"""Dates on one page: read with the page's language and with the order of day and month that its own dates show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from scraper.dates import find_date, find_day, find_relative, infer_day_first, may_tell_date
from scraper.extract.text import has_digit
from scraper.extract.walk import Tree

_ANY_DAY = datetime(2001, 6, 15, tzinfo=UTC)  # only to see that a text is an age or a day without a year; never in a result
_FIGURE = re.compile(r"\d|年")
_IN_FIGURES = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_LONGEST_WORDED = 30  # characters of an age without a figure, "the day before yesterday"
_LONGEST_DAY = 24  # characters of a date without a year
_LEADS = 40  # characters within which a date at the beginning of a text ends
_BEHIND = " \u00a0:：|·•–—-.,"
_BRACKETS = (")", "]", "）", "】")
_CLOSING = re.compile(r"\s*[(\[（【]\s*([^()\[\]（）【】]{6,30})[)\]）】]\Z")
_LONGEST = 120  # characters; dates in longer texts belong to the story


@dataclass(frozen=True, slots=True)
class Written:
    """A date in a text. `on` is None where the text doesn't say the year and nothing else tells it."""

    on: str | None
    raw: str
    start: int
    end: int
    relative: bool


class PageDates:
    """Reads the dates of one page."""

    def __init__(self, tree: Tree, now: datetime | None = None) -> None:
        self._tree, self.now = tree, now
        self.lang = (tree.attrs[0].get("lang") or tree.attrs[0].get("xml:lang") or None) if tree.attrs else None
        self._day_first: bool | None = None
        self._known = False
        self._cache: dict[str, Written | None] = {}

    @property
    def day_first(self) -> bool | None:
        """True where the page's numeric dates can only be day before month, False the other way round, None: they don't tell."""
        if not self._known:
            texts = map(self._tree.texts.__getitem__, self._tree.text_nodes)
            self._day_first = infer_day_first([text for text in texts if 6 <= len(text) <= 60])
            self._known = True
        return self._day_first

    def find(self, text: str) -> Written | None:
        """The first date in a short text; also ages and days without a year, with `on` only where the fetch time is known."""
        if len(text) > _LONGEST:
            return None
        if text not in self._cache:
            self._cache[text] = self._find(text)
        return self._cache[text]

    def in_year(self, text: str, year: int | None) -> Written | None:
        """The day of `year` that a short text tells without saying the year; None where it tells none, or `year` is None."""
        if year is None or len(text) > _LONGEST_DAY:
            return None
        found = find_day(text, year, lang=self.lang, day_first=self.day_first)
        return None if found is None else Written(found.on, found.raw, found.start, found.end, relative=False)

    def leading(self, text: str) -> tuple[Written, str] | None:
        """The date with which a text begins, and what follows it, as "Summer fair" in "24.05.2024: Summer fair"; brackets and
        separators are left out. None where no date stands at the beginning."""
        if not has_digit(text[:_LEADS]):
            return None
        found = self.find(text[:_LEADS])
        if found is None or text[: found.start].strip(" [("):
            return None
        return found, text[found.end :].lstrip("])").lstrip(_BEHIND)

    def closing(self, text: str) -> tuple[Written, str] | None:
        """The date in brackets with which a text ends, and what stands before it, as "Summer fair" in "Summer fair (2024-05-24)".
        None where none stands there."""
        bracketed = _CLOSING.search(text) if text.endswith(_BRACKETS) else None
        if bracketed is None or not has_digit(bracketed[1]):
            return None
        found = self.find(bracketed[1])
        if found is None or bracketed[1][: found.start].strip() or bracketed[1][found.end :].strip():
            return None
        return found, text[: bracketed.start()]

    def _find(self, text: str) -> Written | None:
        if (len(text) > _LONGEST_WORDED and not _FIGURE.search(text)) or not may_tell_date(text):
            return None
        full = find_date(text, lang=self.lang, day_first=self.day_first)
        if full is not None:
            return Written(full.on, full.raw, full.start, full.end, relative=False)
        vague = find_relative(text, lang=self.lang, day_first=self.day_first, now=self.now or _ANY_DAY)
        if vague is None:
            return self._find_ambiguous(text) if self.day_first is None and _IN_FIGURES.search(text) else None
        return Written(vague.on if self.now else None, vague.raw, vague.start, vague.end, relative=True)

    def _find_ambiguous(self, text: str) -> Written | None:
        """A date of which nothing on the page tells whether day or month stands first: a date it is, but which one can't be said."""
        one, other = (find_date(text, lang=self.lang, day_first=order) for order in (True, False))
        return Written(None, one.raw, one.start, one.end, relative=False) if one is not None and other is not None else None
