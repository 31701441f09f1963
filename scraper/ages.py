"""How long ago something was: "2 hours ago", "vor 3 Tagen", "昨日".

Months and years are left out: "2 months ago" names no day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from scraper.date_words import AGO_WORDS

_LONGEST_WORD_TEXT = 30  # characters of a text in which a single word ("today") is the date, and not part of a headline
_MOST_BESIDE_WORD = 16  # letters beside such a word: "Today, 10:30 Uhr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """An age and where it stands in the text."""

    ago: timedelta
    start: int
    end: int


def find_age(text: str) -> Age | None:
    """The first age in a short text; the words for today and yesterday count where little else stands beside them."""
    if not may_tell_age(text):
        return None
    patterns = _patterns()
    match = patterns.ago.search(text) or patterns.before.search(text)
    if match:
        count = int(match["count"]) if match["count"].isdecimal() else 1
        unit = "weeks" if match["week"] else "days" if match["day"] else "hours" if match["hour"] else "minutes"
        return Age(ago=timedelta(**{unit: count}), start=match.start(), end=match.end())
    if len(text) > _LONGEST_WORD_TEXT:
        return None
    word = patterns.day_word.search(text)
    if word is None or len(_NO_LETTERS.sub("", text[: word.start()] + text[word.end() :])) > _MOST_BESIDE_WORD:
        return None
    return Age(ago=timedelta(days=2 if word["two"] else 1 if word["one"] else 0), start=word.start(), end=word.end())


_NO_LETTERS = re.compile(r"[\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+")
_CONNECTED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # scripts that write without spaces between words
_CONNECTED_SCRIPT = re.compile(f"[{_CONNECTED}]")


def may_tell_age(text: str) -> bool:
    """Whether some word of `text` is needed for an age in some language: a cheap no for nearly every text of a page."""
    spaced, connected = _vocabulary()
    if not spaced.isdisjoint(_WORDS.findall(text.lower())):
        return True
    return not text.isascii() and _CONNECTED_SCRIPT.search(text) is not None and any(word in text for word in connected)


@cache
def _vocabulary() -> tuple[frozenset[str], tuple[str, ...]]:
    """The longest word of each phrase that tells an age, and those of the scripts without spaces."""
    fields = ("before", "after", "today", "yesterday", "before_yesterday")
    phrases = {phrase for words in AGO_WORDS.values() for field in fields for phrase in getattr(words, field)}
    longest = {max(_WORDS.findall(phrase), key=len) for phrase in phrases}
    connected = {word for word in longest if _CONNECTED_SCRIPT.match(word)}
    return frozenset(longest - connected), tuple(sorted(connected))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patterns:
    ago: re.Pattern[str]  # "3 days ago"
    before: re.Pattern[str]  # "vor 3 Tagen"
    day_word: re.Pattern[str]  # "yesterday"


@cache
def _patterns() -> _Patterns:
    """Compiled when first asked for: a tenth of a second that most commands can do without."""
    edge = rf"(?:(?![^\W\d_])|(?<=[{_CONNECTED}]))"
    units = "|".join(f"(?P<{unit}>{_one_of(unit)})" for unit in ("minute", "hour", "day", "week"))
    amount = rf"(?P<count>\d{{1,3}}|{_one_of('one')}(?=\s))\s{{0,2}}(?:{units})\.?{edge}"
    words = f"(?P<two>{_one_of('before_yesterday')})|(?P<one>{_one_of('yesterday')})|(?P<zero>{_one_of('today')})"
    return _Patterns(
        ago=re.compile(rf"(?<![\w.,:月]){amount}\s{{0,2}}{_one_of('after')}{edge}", re.IGNORECASE),
        before=re.compile(rf"(?<!\w){_one_of('before')}\s{{1,2}}{amount}", re.IGNORECASE),
        day_word=re.compile(rf"(?:(?<!\w)|(?=[{_CONNECTED}]))(?:{words}){edge}", re.IGNORECASE),
    )


def _one_of(field: str) -> str:
    phrases = {phrase for words in AGO_WORDS.values() for phrase in getattr(words, field)}
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "(?:" + "|".join(phrase.replace(" ", r"\s{1,2}") for phrase in longest_first) + ")"
