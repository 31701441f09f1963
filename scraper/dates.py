"""Dates as pages write them: "24 May 2024", "24 мая 2024 г.", "令和6年5月24日", "24.05.2024", "vor 3 Tagen".

A date is read only where the text says day, month and year, and never filled up from today: "March", "2026" and "May 2026"
are no dates. Two readings stay None until somebody knows better: the order of day and month in "05/04/2024" comes from the
caller, who has seen the whole column (`infer_day_first`), or else from the custom of the page's language. Only with `now`
are a date without a year (the nearest past one) and an age ("2 hours ago") resolved, and the precision then says so.

The date is the one that is displayed: a timestamp keeps its own day, whatever zone it names. Two-digit years are the nearest
that isn't more than a year ahead of `now`; without `now` 69-99 are 1969-1999 (POSIX). Buddhist and Solar Hijri years are
converted where the month's name or the page's language shows that they are meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from scraper.ages import find_age, may_tell_age
from scraper.date_words import (
    ERAS,
    LEVANTINE_SECOND_WORDS,
    MONTH_NAMES,
    SOLAR_HIJRI_MONTHS,
    VIETNAMESE_MONTHS,
)
from scraper.visible import Seen, seen

Precision = Literal["day", "relative"]

_FIRST_YEAR, _LAST_YEAR = 1800, 2100  # news was printed then, or is planned; other figures are no years
_MOST_BESIDE = 40  # visible characters beside a date, beyond which a text is not a date but a sentence with one
_MOST_BESIDE_DAY = 16  # the same where only day and month speak for a date
_LONGEST_AGE = 60  # characters of a text that tells an age or a day of this year, with what stands beside it
_LONGEST_CACHED = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDate:
    """A date and where it stands: `text[start:end] == raw`."""

    on: str  # YYYY-MM-DD
    raw: str  # as shown
    precision: Precision  # "relative": resolved against `now`
    start: int
    end: int


def parse_date(
    text: str, *, lang: str | None = None, day_first: bool | None = None, now: datetime | None = None
) -> ParsedDate | None:
    """The date that a short text is: a leaf of a page, a `datetime` attribute, an RFC 5322 header.

    Weekday, time of day and a label ("Published on ...") may stand beside it; in longer text look with `find_date`.
    `lang` is the page's BCP 47 tag. None: no date, one that doesn't exist, or more than one way to read it.
    """
    if len(text) > _LONGEST_CACHED:
        return _parse_date(text, lang, day_first, now)
    return _parse_date_cached(text, lang, day_first, now)


def find_date(
    text: str, *, lang: str | None = None, day_first: bool | None = None, now: datetime | None = None
) -> ParsedDate | None:
    """The first date with day, month and year inside a longer text. As `parse_date`, but for ages, and days without a year,
    which count only where little else stands beside them."""
    if now is None and not _MAY_BE_FULL.search(text):
        return None
    visible = seen(text)
    if not _MAY_BE_DATE.search(visible.text):
        return _shown(text, visible, _relative(visible.text, lang, day_first, now)) if now else None
    order = day_first if day_first is not None else _custom_day_first(lang)
    found = next(_dates(visible.text, lang, order, now), None)
    if found is None and now is not None:
        found = _relative(visible.text, lang, order, now)
    return _shown(text, visible, found)


def find_dates(text: str, *, lang: str | None = None, day_first: bool | None = None) -> list[ParsedDate]:
    """Every date with day, month and year in a longer text, in order; they don't overlap."""
    if not _MAY_BE_FULL.search(text):
        return []
    visible = seen(text)
    order = day_first if day_first is not None else _custom_day_first(lang)
    found = sorted(_dates(visible.text, lang, order, None), key=lambda date: date.start)
    shown = (_shown(text, visible, date) for date in found)
    return [date for date in shown if date is not None]


def find_relative(text: str, *, lang: str | None = None, day_first: bool | None = None, now: datetime) -> ParsedDate | None:
    """The date that an age or a day without a year tells: the rest of `parse_date`, for a text in which `find_date` has found
    nothing without `now`."""
    visible = seen(text)
    order = day_first if day_first is not None else _custom_day_first(lang)
    found = _shown(text, visible, _relative(visible.text, lang, order, now))
    return found if found is not None and _is_alone(text, found) else None


def find_day(text: str, year: int, *, lang: str | None = None, day_first: bool | None = None) -> ParsedDate | None:
    """The day that a text without a year tells where `year` stands over it: "24 June", "Jun 24", "06-24", "24.06.".

    None where the text is more than that, or there is no such day in that year.
    """
    figures = _DAY_IN_FIGURES.fullmatch(text.strip())
    if figures is not None:
        first, stroke, second = figures.groups()
        whole = f"{year}-{first}-{second}" if stroke == "-" else f"{first}{stroke}{second}{stroke}{year}"
        found = parse_date(whole, lang=lang, day_first=day_first)
        return None if found is None else ParsedDate(on=found.on, raw=text, precision="day", start=0, end=len(text))
    visible = seen(text)
    order = day_first if day_first is not None else _custom_day_first(lang)
    day = _date_without_year(visible.text, lang, order, datetime(year, 12, 30, tzinfo=UTC)) if _MAY_BE_DATE.search(text) else None
    if day is None or day.on.year != year:
        return None
    return _shown(text, visible, replace(day, precision="day"))


def may_tell_date(text: str) -> bool:
    """Whether `find_date` or `find_relative` can find anything: a cheap no for most texts of a page that are ASCII; of others it
    says only yes. A date has the name of a month, or figures with a stroke or dot between them, or it is an age."""
    if not text.isascii():
        return True
    if _MAY_BE_DATE.search(text) is None:
        return may_tell_age(text)
    if _STROKE.search(text) or _BASIC.search(text) or _RUN_TOGETHER.search(text):
        return True
    return not _MONTH_WORDS.isdisjoint(_LETTERS.findall(text.lower())) or may_tell_age(text)


def _relative(text: str, lang: str | None, day_first: bool | None, now: datetime) -> _Found | None:
    if len(text) > _LONGEST_AGE:
        return None
    found = _by_age(text, now)
    return found if found or not _MAY_BE_DATE.search(text) else _date_without_year(text, lang, day_first, now)


def infer_day_first(texts: Iterable[str]) -> bool | None:
    """The order of a column of numeric dates: True where some first figure is over 12 and no second one is, False the other
    way round. None: nothing shows it, or the column contradicts itself."""
    day_first = month_first = False
    for text in texts:
        if not _STROKE.search(text):
            continue  # nearly every text of a page
        for match in _NUMERIC.finditer(text):
            first, second = int(match["first"]), int(match["second"])
            day_first |= 12 < first <= 31 and second <= 12
            month_first |= 12 < second <= 31 and first <= 12
    return day_first if day_first != month_first else None


@dataclass(slots=True, kw_only=True)
class _Found:
    on: date
    start: int  # in visible text
    end: int
    precision: Precision = "day"


def _shown(text: str, visible: Seen, found: _Found | None) -> ParsedDate | None:
    if found is None:
        return None
    start, end = visible.span(found.start, found.end)
    return ParsedDate(on=found.on.isoformat(), raw=text[start:end], precision=found.precision, start=start, end=end)


def _parse_date(text: str, lang: str | None, day_first: bool | None, now: datetime | None) -> ParsedDate | None:
    found = find_date(text, lang=lang, day_first=day_first, now=now)
    return found if found is not None and _is_alone(text, found) else None


def _is_alone(text: str, found: ParsedDate) -> bool:
    return len(_BESIDE.sub("", text[: found.start] + " " + text[found.end :])) <= _MOST_BESIDE


_parse_date_cached = lru_cache(maxsize=8192)(_parse_date)

_MAY_BE_DATE = re.compile(r"[\d年]")
_MAY_BE_FULL = re.compile(r"\d\D++\d|年")  # a day and a year, or a year in Han figures
_BESIDE = re.compile(r"[\W\d_]+")
_LETTERS = re.compile("[a-z]+")
_RUN_TOGETHER = re.compile("[a-z][A-Z][a-z]")  # "OpinionMay 24, 2024"

# ---------------------------------------------------------------- what dates look like

_MARKS = "\u0300-\u036f\u064b-\u0655\u0670\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u09d7\u0a3c-\u0a4d\u0a70\u0a71\u0abc-\u0acd\u0b82-\u0bcd\u0c01-\u0c4d\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_WORD = rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}'’]|(?<=[\u0e00-\u0e7f])\.(?=[\u0e00-\u0e7f])){{0,19}}"
_SPACE_OR_STROKE = r"[\s.,،/·\-–‐‑־]{0,3}"
_ORDINAL = r"(?:\s?(?:st|nd|rd|th|er|re|e|º|ª|°|η|ης|-?(?:го|е|ое|ти|ви|ри|го)|a|an|ام|वीं)(?![^\W\d_]))?"
_DAY_RANGE = r"(?:\s?[-–—]\s?\d{1,2}(?!\d))?"
_YEAR = r"(?:(?P<year>\d{4})(?!\d)|['’](?P<short>\d{2})(?!\d)|(?P<bare>\d{2})(?![\w:.,%'’/-]|\s{0,2}(?!\d{1,2}:\d)[^\W_]))"
_TO_MONTH = r"(?:(?:de|of|do|del|di|da|den|من|ο|के)\s{1,2}|d['’])?"
_TO_YEAR = r"(?:(?:de|del|do|roku|năm|عام|سنة|г\.?)\s{1,2})?"

_WEEKDAY = r"(?:\s?[(（]\s?(?:周|週)?[月火水木金土日一二三四五六월화수목금토일](?:曜日?|요일)?(?:[・･/]?祝)?\s?[)）])?"
# The end of a range of days: "23-27", "03.18 ~ 03.20", "5月3日（金）〜5日（日）". The first day is the date.
_TO_DAY = r"(?:[-–~〜～]\d{1,2}(?![\d:.,%/a-z-])|\s?[-–—~〜～]\s?(?:\d{4}(?P=stroke))?\d{1,2}(?P=stroke)\d{1,2}(?!\d))"
_TO_DAY_HAN = rf"(?:\s?[-–—~〜～]\s?(?:(?:\d{{4}}[年년]\s?)?\d{{1,2}}[月월]\s?)?\d{{1,2}}[日號号일]{_WEEKDAY})"

# Every pattern begins at a figure, so a text costs as many attempts as it has figures.
_FIGURE = re.compile(r"\d+")
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<stroke>\s?[-/.–‐‑]\s?)(?P<month>\d{{1,2}})\s?[-/.–‐‑]\s?(?P<day>\d{{1,2}})(?!\d){_WEEKDAY}(?:{_TO_DAY}{_WEEKDAY})?"
    r"(?:(?=[T\s]\d)[T\s]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?(?:\s?(?:Z|[+-]\d{2}:?\d{2})\b)?)?"
)
_BASIC = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})T\d{4}(?:\d{2})?(?:Z|[+-]\d{2}:?\d{2})?\b")
_EAST_ASIAN = re.compile(
    r"(?P<year>\d{1,4})\s?(?:年|년)\s?(?P<month>\d{1,2})\s?(?:月|월)\s?(?P<day>\d{1,2})\s?(?:日|號|号|일)"
    rf"{_WEEKDAY}{_TO_DAY_HAN}?"
)
_ERA_BEFORE = re.compile(f"(?:{'|'.join(ERAS)})\\s?\\Z")
_ERA_FIRST_YEAR = re.compile(f"(?P<era>{'|'.join(ERAS)})\\s?元年\\s?(?P<month>\\d{{1,2}})月\\s?(?P<day>\\d{{1,2}})日")
_HAN_DATE = re.compile(
    r"(?P<year>[〇零○一二三四五六七八九]{4})年(?P<month>[一二三四五六七八九十]{1,3})月(?P<day>[一二三四五六七八九十廿]{1,3})[日號号]"
)
_NUMERIC = re.compile(
    r"(?<![\d.,/:+#$€£¥])(?<!\d[-–])(?P<first>\d{1,2})(?P<stroke>\s?[./–‐‑-]\s?)(?P<second>\d{1,2})(?P=stroke)(?P<year>\d{4}|\d{2})(?![\d%]|[./,:-]\d|\s?[€$£%])"
)
_STROKE = re.compile(r"\d\s?[./–‐‑-]\s?\d")
_DAY_NAME_YEAR = re.compile(
    rf"(?P<day>\d{{1,2}})(?!\d){_DAY_RANGE}{_ORDINAL}{_SPACE_OR_STROKE}{_TO_MONTH}(?P<name>{_WORD})(?:\s(?P<second>[\u0621-\u064a]{{3,}}))?(?:\s?/\s?(?P<other>{_WORD}))?{_SPACE_OR_STROKE}{_TO_YEAR}{_YEAR}",
    re.IGNORECASE,
)
# A label may have run into the month: "OpinionMay 24, 2024".
_NAME_BEFORE_DAY = re.compile(rf"(?<![^\W_])(?:[^\W\d_]{{1,20}}[a-zß-ÿ](?=[A-ZÀ-Þ][a-zß-ÿ]))?+(?P<name>{_WORD})[\s.\-/]{{0,3}}\Z")
_DAY_YEAR = re.compile(
    rf"(?P<day>\d{{1,2}})(?!\d){_DAY_RANGE}{_ORDINAL}(?:\s\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s[A-Z]{{2,4}})?)?[\s.,،/\-]{{1,3}}{_TO_YEAR}(?:(?P<year>\d{{4}})|['’](?P<short>\d{{2}}))(?!\d)",
)
_YEAR_NAME_DAY = re.compile(
    rf"(?P<year>\d{{4}})(?:\.|ko|,|/|-)?\s?(?:(?:m\.|metų|ж\.|оны|թ\.)\s?)?(?P<name>{_WORD})[\s.\-]{{1,3}}(?P<day>\d{{1,2}})(?!\d)"
)
_LATVIAN = re.compile(rf"(?P<year>\d{{4}})\.\s?gada\s(?P<day>\d{{1,2}})\.\s?(?P<name>{_WORD})")
_VIETNAMESE = re.compile(
    rf"(?P<day>\d{{1,2}})\s{{1,2}}tháng\s{{1,2}}(?:(?P<month>\d{{1,2}})|(?P<name>{'|'.join(sorted(VIETNAMESE_MONTHS, key=len, reverse=True))}))(?:\s?[,/-]\s?|\s{{1,2}})(?:năm\s{{1,2}})?(?P<year>\d{{4}})(?!\d)",
    re.IGNORECASE,
)


def _dates(text: str, lang: str | None, day_first: bool | None, now: datetime | None) -> Iterator[_Found]:
    """Dates with day, month and year, in page order."""
    done = 0
    if "年" in text:
        for han in (*_HAN_DATE.finditer(text), *_ERA_FIRST_YEAR.finditer(text)):
            if found := _han_date(han):
                yield found
                done = han.end()
    for figure in _FIGURE.finditer(text):
        start = figure.start()
        if start < done:
            continue
        length = figure.end() - start
        found = None
        if length <= 2:
            found = _day_led(text, start, lang, day_first, now)
        elif length == 4:
            found = _year_led(text, start, lang)
        if found is None and length <= 4:
            found = _east_asian(text, start)
        elif length == 8 and (match := _BASIC.match(text, start)):
            found = _found(match, *map(int, match.group("year", "month", "day")))
        if found:
            yield found
            done = found.end


def _year_led(text: str, start: int, lang: str | None) -> _Found | None:
    if match := _YEAR_FIRST.match(text, start):
        year, month, day = map(int, match.group("year", "month", "day"))
        if lang and lang[:2] == "fa" and 1200 <= year <= 1500:
            return _solar_hijri(match, year, month, day)
        return _found(match, _gregorian_year(year, lang), month, day)
    if match := _LATVIAN.match(text, start) or _YEAR_NAME_DAY.match(text, start):
        month_found = _month(match["name"], lang)
        if month_found:
            return _found(match, int(match["year"]), month_found, int(match["day"]))
    return None


def _day_led(text: str, start: int, lang: str | None, day_first: bool | None, now: datetime | None) -> _Found | None:
    if match := _NUMERIC.match(text, start):
        return _numeric(text, match, lang, day_first, now)
    if (match := _DAY_NAME_YEAR.match(text, start)) and (month := _month_of(match, lang)):
        if month > 12:
            return _solar_hijri(match, _year(match, now), month - 12, int(match["day"]))
        year = _buddhist(match) if "\u0e00" <= match["name"][0] <= "\u0e7f" else _year(match, now)
        return _found(match, year, month, int(match["day"]))
    if match := _VIETNAMESE.match(text, start):
        month = int(match["month"]) if match["month"] else VIETNAMESE_MONTHS[" ".join(match["name"].lower().split())]
        return _found(match, int(match["year"]), month, int(match["day"]))
    if match := _DAY_YEAR.match(text, start):
        name = _NAME_BEFORE_DAY.search(text, max(0, start - 24), start)
        if name and (month := _month(name["name"], lang)) and month <= 12:
            return _found(match, _year(match, now), month, int(match["day"]), start=name.start("name"))
    return None


def _numeric(text: str, match: re.Match[str], lang: str | None, day_first: bool | None, now: datetime | None) -> _Found | None:
    first, second = int(match["first"]), int(match["second"])
    figure = match["year"]
    if (
        len(figure) == 2
        and not (len(match["first"]) == len(match["second"]) == 2)
        and (day_first is None or len(text) > _LONGEST_AGE)
    ):
        return None  # "3.7.90" is a version before it is a date
    if _VERSION_BEFORE.search(text, max(0, match.start() - 12), match.start()):
        return None
    year = _short_year(int(figure), now) if len(figure) == 2 else _gregorian_year(int(figure), lang)
    if first > 12 or (second <= 12 and first == second):
        return _found(match, year, second, first)
    if second > 12:
        return _found(match, year, first, second)
    if day_first is None and lang is None and "." in match["stroke"]:
        day_first = True  # no country writes the month first with dots
    if day_first is None:
        return None
    return _found(match, year, second, first) if day_first else _found(match, year, first, second)


_VERSION_BEFORE = re.compile(r"(?:\bv|version|release|ver\.?)\s?\Z", re.IGNORECASE)


def _east_asian(text: str, start: int) -> _Found | None:
    match = _EAST_ASIAN.match(text, start)
    if match is None:
        return None
    year, month, day = map(int, match.group("year", "month", "day"))
    era = _ERA_BEFORE.search(text, max(0, start - 4), start)
    if era:
        return _found(match, ERAS[era[0].strip()] + year, month, day, start=era.start())
    return _found(match, year, month, day)


def _han_date(match: re.Match[str]) -> _Found | None:
    if "era" in match.re.groupindex:
        return _found(match, ERAS[match["era"]] + 1, int(match["month"]), int(match["day"]))
    year = int("".join(str(_HAN_DIGITS[digit]) for digit in match["year"]))
    return _found(match, year, _han_number(match["month"]), _han_number(match["day"]))


_HAN_DIGITS = {"〇": 0, "零": 0, "○": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def _han_number(text: str) -> int:
    """ "二十四" is 24, "廿四" too; 0 for what is no number under 100."""
    tens, ten, ones = text.replace("廿", "二十").rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (10 * _HAN_DIGITS.get(tens, 1) if ten else 0) + _HAN_DIGITS.get(ones, 0)


# ---------------------------------------------------------------- years and months


def _found(match: re.Match[str], year: int, month: int, day: int, *, start: int | None = None) -> _Found | None:
    """The date, if there is such a day."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        on = date(year, month, day)
    except ValueError:
        return None
    return _Found(on=on, start=match.start() if start is None else start, end=match.end())


def _year(match: re.Match[str], now: datetime | None) -> int:
    if match["year"]:
        return int(match["year"])
    groups = match.groupdict()
    return _short_year(int(groups.get("short") or groups["bare"]), now)


def _short_year(two_digits: int, now: datetime | None) -> int:
    if now is None:
        return two_digits + (1900 if two_digits >= 69 else 2000)
    latest = now.year + 1
    return latest - (latest - two_digits) % 100


def _gregorian_year(year: int, lang: str | None) -> int:
    return year - 543 if lang and lang[:2] == "th" and year > 2400 else year


def _buddhist(match: re.Match[str]) -> int:
    """Behind a Thai month: "2567" and "67" count from the Buddha's death, "2024" doesn't."""
    if match["year"]:
        return _gregorian_year(int(match["year"]), "th")
    return 2500 + int(match["short"] or match["bare"]) - 543


def _solar_hijri(match: re.Match[str], year: int, month: int, day: int) -> _Found | None:
    """Iranian civil date to ours, by the 33-year cycle that holds from 1799 to 2256."""
    if not (1178 <= year <= 1633 and 1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        return None
    years = year + 1595
    before_month = 31 * (month - 1) if month <= 7 else 30 * (month - 1) + 6
    days = 365 * years + years // 33 * 8 + (years % 33 + 3) // 4 + before_month + day
    on = date.fromordinal(days - _SOLAR_HIJRI_OFFSET)
    return _found(match, on.year, on.month, on.day)


_SOLAR_HIJRI_OFFSET = 355_668 + 365  # so that 1 Farvardin 1403 is 20 March 2024


@lru_cache(maxsize=2048)
def _fold(name: str) -> str:
    """A name without case, accents, dots and apostrophes. Vowel signs of the Indic scripts stay: they are letters."""
    decomposed = unicodedata.normalize("NFD", name.casefold().replace("ı", "i"))  # Turkish "MAYIS" is "mayıs"
    return unicodedata.normalize("NFC", _NOT_OF_NAME.sub("", decomposed))


_NOT_OF_NAME = re.compile("[\u0300-\u036f\u064b-\u0655.'’]")


def _month_table() -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for lang, names in MONTH_NAMES.items():
        for month, forms in enumerate(names.split("|"), start=1):
            for form in forms.split():
                table.setdefault(_fold(form), {})[lang] = month
    for month, forms in enumerate(SOLAR_HIJRI_MONTHS.split("|"), start=13):  # 13 is Farvardin
        for form in forms.split():
            table.setdefault(_fold(form), {})["fa"] = month
    return table


_MONTHS = _month_table()
_MONTH_WORDS = frozenset(name for name in _MONTHS if name.isascii())
_LEVANTINE = {
    _fold(first): {_fold(second): month for second, month in seconds.items()} for first, seconds in LEVANTINE_SECOND_WORDS.items()
}
_SERBO_CROATIAN = {"bs": "hr", "sh": "sr", "nb": "no", "nn": "no"}


def _month(name: str, lang: str | None) -> int | None:
    """1-12, or 13-24 for the months of the Solar Hijri year. None: no month, or another one in another language."""
    folded = _fold(name)
    by_lang = _MONTHS.get(folded)
    if by_lang is None and folded[:1] in ("ב", "ל"):  # Hebrew writes "in" onto the month
        by_lang = _MONTHS.get(folded[1:])
    if by_lang is None:
        return None
    if lang:
        base = lang[:2].lower()
        known = by_lang.get(base) or by_lang.get(_SERBO_CROATIAN.get(base, ""))
        if known:
            return known
    months = set(by_lang.values())
    return months.pop() if len(months) == 1 else None


def _month_of(match: re.Match[str], lang: str | None) -> int | None:
    """The month of "24 May", "24 كانون الأول" or "24 أيار/مايو"."""
    second = match["second"]
    levantine = _LEVANTINE.get(_fold(match["name"]))
    if levantine:
        return levantine.get(_fold(second)) if second else None
    if second:
        return None
    return _month(match["name"], lang) or (_month(match["other"], lang) if match["other"] else None)


@lru_cache(maxsize=64)
def _custom_day_first(lang: str | None) -> bool | None:
    """The order in which a language's readers take "05/04/2024", where they agree (CLDR short dates)."""
    if lang is None:
        return None
    parts = lang.replace("_", "-").lower().split("-")
    if parts[0] == "en":
        if "us" in parts or "ph" in parts:
            return False
        return True if len(parts) > 1 and "ca" not in parts else None
    return None if parts[0] in _NOT_DAY_FIRST else True


_NOT_DAY_FIRST = frozenset({"zh", "ja", "ko", "hu", "lt", "mn", "eu", "fil", "tl", "und", "mul"})

# ---------------------------------------------------------------- days of no year

_DAY_NAME = re.compile(
    rf"(?<![\d.,:/])(?P<day>\d{{1,2}})(?!\d){_ORDINAL}{_SPACE_OR_STROKE}{_TO_MONTH}(?P<name>{_WORD})", re.IGNORECASE
)
_NAME_DAY = re.compile(rf"(?<![^\W_])(?P<name>{_WORD})[\s.]{{1,2}}(?P<day>\d{{1,2}})(?![\d:]){_ORDINAL}", re.IGNORECASE)
_MONTH_DAY_HAN = re.compile(r"(?P<month>\d{1,2})\s?(?:月|월)\s?(?P<day>\d{1,2})\s?(?:日|號|号|일)")
_DAY_IN_FIGURES = re.compile(r"(?=\d+[-/]|\d+\.\d+\.|\d\d\.\d\d)(\d{1,2})([-/.])(\d{1,2})\.?")  # "1.2" is a version
_DAY_MONTH_DOTS = re.compile(r"(?<![\d.,:/])(?P<first>\d{1,2})\.\s?(?P<second>\d{1,2})\.(?!\d)")


def _date_without_year(text: str, lang: str | None, day_first: bool | None, now: datetime) -> _Found | None:
    """The latest such day that isn't after `now` (a day is given for zones in which it is tomorrow already)."""
    match = _MONTH_DAY_HAN.search(text)
    if match:
        month, day = int(match["month"]), int(match["day"])
    elif match := _DAY_NAME.search(text):
        month, day = _month(match["name"], lang) or 0, int(match["day"])
    if (match is None or not 1 <= month <= 12) and (match := _NAME_DAY.search(text)):
        month, day = _month(match["name"], lang) or 0, int(match["day"])
    if match is None and day_first is not False and (match := _DAY_MONTH_DOTS.search(text)):
        month, day = int(match["second"]), int(match["first"])
    if match is None or not 1 <= month <= 12 or not _fills(text, match):
        return None
    latest = now.date() + timedelta(days=1)
    for year in range(latest.year, latest.year - 9, -1):  # 29 February may be eight years away
        found = _found(match, year, month, day)
        if found and found.on <= latest:
            return _Found(on=found.on, start=found.start, end=found.end, precision="relative")
    return None


def _fills(text: str, match: re.Match[str]) -> bool:
    rest = _TIME_OF_DAY.sub("", text[: match.start()] + " " + text[match.end() :])
    return len(_BESIDE.sub("", rest)) <= _MOST_BESIDE_DAY


_TIME_OF_DAY = re.compile(r"\d{1,2}[:.h]\d{2}(?::\d{2})?")


def _by_age(text: str, now: datetime) -> _Found | None:
    age = find_age(text)
    return _Found(on=(now - age.ago).date(), start=age.start, end=age.end, precision="relative") if age else None
