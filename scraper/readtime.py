"""Reading times as pages print them: "8 minute read", "Lesezeit: 3 Min.", "この記事は3分で読めます".

An amount of minutes is a reading time when a reading word of some language stands beside it (`readtime_words`), and never
for its figure alone: "5 min" may be a film, a recipe or the age of the article. Where a whole column of a page looks like
it, the caller may say so with `lenient`.

Rules: hours count 60; seconds are rounded to the nearest minute; a range counts its upper end ("3-5 min read" is 5: who
plans by it wants to be done); nothing is under one minute ("less than a minute", "0 min read" and "20 sec read" are 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scraper.readtime_words import READING_WORDS
from scraper.visible import seen

_LONGEST_READ_MINUTES = 24 * 60  # a bigger figure counts something else
_LONGEST_CACHED = 160  # characters
_REACH = 64  # characters beside an amount in which its label is looked for; longer labels don't occur


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTime:
    """A reading time and where it stands: `text[start:end] == raw`."""

    minutes: int  # at least 1
    raw: str  # as shown, with its label: "Lesezeit: 3 Min."
    start: int
    end: int


def parse_read_time(text: str, *, lenient: bool = False) -> ReadTime | None:
    """The first reading time in a short text: a leaf of a page, or a line such as "24 May 2024 · 8 minute read".

    None where no reading word stands beside an amount. With `lenient`, also a bare "5 min", "5 Min." or "5′" that fills the
    text or one part of it between dots, bars or dashes: for a caller that knows that the whole column is of this kind.
    """
    if len(text) > _LONGEST_CACHED:
        return next(_read_times(text, lenient=lenient), None)
    return _parse_cached(text, lenient)


@lru_cache(maxsize=4096)  # "5 min read" stands on every second card
def _parse_cached(text: str, lenient: bool) -> ReadTime | None:
    return next(_read_times(text, lenient=lenient), None)


def find_read_times(text: str) -> list[ReadTime]:
    """Every reading time in running text, in order; they don't overlap. Cards that run into each other
    ("... 7 minute readA new plan ...") are told apart by the change from small to capital letter."""
    return list(_read_times(text, lenient=False))


def parse_duration(text: str) -> int | None:
    """Whole minutes of an ISO 8601 duration as schema.org `timeRequired` has it: `"PT8M"` is 8, `"PT1H5M"` 65, `"PT45S"` 1.

    None where it is no duration, is zero, or counts years, months or weeks.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    days, hours, minutes, seconds = (float(part.replace(",", ".")) if part else 0.0 for part in match.groups())
    total = days * 1440 + hours * 60 + minutes + seconds / 60
    return _whole_minutes(total) if 0 < total <= _LONGEST_READ_MINUTES else None


_DURATION = re.compile(
    r"P(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5}(?:[.,]\d{1,6})?)H)?(?:(\d{1,5}(?:[.,]\d{1,6})?)M)?(?:(\d{1,6}(?:[.,]\d{1,6})?)S)?)?",
    re.IGNORECASE,
)


def _one_of(phrases: Iterable[str]) -> str:
    """An alternation that tries longer phrases first; a space in a phrase is any white space."""
    longest_first = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return (
        "(?:"
        + "|".join(_SPACE_OUTSIDE_SETS.sub(lambda m: m[0] if m[0] != " " else r"(?:\s{1,3})", p) for p in longest_first)
        + ")"
    )


_SPACE_OUTSIDE_SETS = re.compile(r"\[[^]]*\]| ")


def _all(field: str) -> list[str]:
    return [phrase for words in READING_WORDS.values() for phrase in getattr(words, field)]


# Thai, kana, Han, Hangul: no spaces between words, or particles written onto them. Elsewhere a word ends where its letters
# end, or where a small letter meets a capital: "7 minute readA new plan".
_CONNECTED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_CASED = [chr(code) for code in (*range(0x41, 0x250), *range(0x370, 0x590), *range(0x1E00, 0x2000))]  # Latin to Armenian, Greek
_SMALL = "".join(letter for letter in _CASED if letter.islower())
_CAPITAL = "".join(letter for letter in _CASED if letter.isupper())
_CAPITAL_BEGINS = rf"(?-i:(?<=[{_SMALL}])(?=[{_CAPITAL}]))"
_WORD_START = rf"(?:(?<![^\W_])|(?=[{_CONNECTED}])|{_CAPITAL_BEGINS})"
_WORD_END = rf"(?:(?![^\W\d_])|(?<=[{_CONNECTED}])|{_CAPITAL_BEGINS})"
# Hebrew, Arabic, Devanagari: no capitals tell where the next text begins, so a whole label ends where it ends.
_LABEL_END = rf"(?:{_WORD_END}|(?<=[\u05d0-\u05ea]{{4}})|(?<=[\u0620-\u064a]{{4}})|(?<=[\u0900-\u097f]{{3}}))"

_FIGURE = re.compile(
    # Not inside 3.7 or 5:30, but behind a year or a date that ran into it: "24 May 20248 minute read", "2024-05-248 minute read".
    r"(?:(?<![\d:/])(?<!\d[.,])(?<!(?:19|20)\d\d-\d\d-)|(?<=\D(?:19|20)\d\d)|(?<=(?:19|20)\d\d[-/.][01]\d[-/.][0-3]\d))(?P<number>\d{1,3}+(?:[.,]\d{1,2}+)?)(?!\d)"
    rf"(?:[\s_]{{0,3}}+[-‐‑]?\s{{0,2}}+(?:(?P<minute>{_one_of(_all('minute'))})|(?P<hour>{_one_of(_all('hour'))})|(?P<second>{_one_of(_all('second'))}))"
    rf"(?:\.(?!\d)|{_WORD_END})"
    r"|\s?(?P<prime>['’′´])(?![\w'’′´]))",
    re.IGNORECASE,
)
_HAS_FIGURE = re.compile(r"\d[\s_‐‑-]{0,6}[^\W\d_]|\d\s?['’′´]")
_THEN = re.compile(r"[\s,]{0,3}(?:(?:and|und|et|y|e|en|i|и)\s{1,2})?", re.IGNORECASE)
_RANGE_BEFORE = re.compile(
    r"(?<![\d:/.,])\d{1,3}\s{0,2}(?:-|‐|‑|–|—|~|〜|～|(?:to|bis|à|a|до|až|do|til|till)(?=\s))\s{0,2}\Z", re.IGNORECASE
)

# Amounts without a figure. Looked for only where the root of some language's minute occurs.
_WORDED_BY_MINUTES: dict[int, list[str]] = {1: _all("brief")}
for _words in READING_WORDS.values():
    for _phrase, _count in _words.worded:
        _WORDED_BY_MINUTES.setdefault(_count, []).append(_phrase)
_WORDED = re.compile(
    f"{_WORD_START}(?:{'|'.join(f'(?P<is{n}>{_one_of(phrases)})' for n, phrases in _WORDED_BY_MINUTES.items())}){_WORD_END}",
    re.IGNORECASE,
)
_MINUTE_ROOT = re.compile("minu|minú|perc|daki|menit|λεπτ|минут|хвил|דק|دقيق|دقیق|मिन|分|분|phút|นาที")

_ROUGHLY = _one_of(
    """~|≈|∼|<|≤|&lt;|±|\\+|ca\\.?|circa|etwa|rund|about|around|approx\\.?|approximately|up to|less than|under|only|just|in|of|is|environ|moins de|unos?|
    aprox\\.?|menos de|menos que|cerca de|meno di|ongeveer|minder dan|ok\\.?|około|mniej niż|około|примерно|менее|меньше|близько|менше|cca|asi|přibližně|
    méně než|menej ako|mindre än|mindre enn|mindre end|ca|alle|noin|yaklaşık|kurang dari|sekitar|khoảng|ít hơn|dưới|kb\\.?|kevesebb,? mint|aproximativ|
    mai puțin de|λιγότερο από|περίπου|כ-?|פחות מ-?|أقل من|حوالي|نحو|تقريبا|حدود|کمتر از|लगभग|约需?|約|大约|大約|仅需?|僅需?|只需|およそ|ประมาณ|약|weniger als|unter""".replace(
        "\n    ", ""
    ).split("|")
)
_BEFORE = re.compile(
    rf"{_WORD_START}{_one_of(_all('before'))}\s{{0,3}}[:：=-]?\s{{0,3}}(?:[-–—~≈]\s{{0,2}})?(?:{_ROUGHLY}\s{{0,2}})?(?:(?<![^\W\d_])|(?<=[{_CONNECTED}]))\Z",
    re.IGNORECASE,
)
_ROUGHLY_BEFORE = re.compile(rf"{_WORD_START}{_ROUGHLY}\s{{0,2}}\Z|[~≈<]\s?\Z", re.IGNORECASE)
# "16 minutes (4,100 words)": who counts words means reading.
_WORD_COUNT = r"\s{0,2}[(,;/·|–-]\s{0,2}(?:(?:about|ca\.|~)\s?)?\d[\d.,]{0,8}\s?(?:words|wörter|mots|palabras|parole|palavras|woorden|ord|słów|слов)\b\)?"
# "5 min. Read more" is a button; behind "5 minute read" a capital letter begins the next text.
_NO_BUTTON = r"(?!(?-i:(?<![Rr]ead)|(?<=Read)|(?=\s+[^\WA-Z]))\s+(?:more|on|full|next|the|this|also|now|all|it|our|about|here|article|story|aloud|later|less)\b)"
_AFTER = re.compile(
    rf"(?:[\s_]{{0,3}}|[-‐‑])(?:{_one_of(_all('after'))}|(?P<prose>{_one_of(_all('prose'))})){_LABEL_END}{_NO_BUTTON}|{_WORD_COUNT}",
    re.IGNORECASE,
)
# "5 minutes ago" and its like: an age, whatever stands beside it.
_AGE_BEFORE = re.compile(
    r"(?:\b(?:vor|il y a|hace|há|faz|za|för|for|před|pred|acum|преди|πριν|sedan)|לפני|منذ|قبل|پیش)\s{1,2}(?:\w{2,8}\s)?\Z",
    re.IGNORECASE,
)
# A length to hear or see. "Lecture" is reading in French and playing back as well.
_MEDIA = r"(?:audio|v[ií]d[eé]os?|wideo|видео|відео|podcasts?|подкаст|播客|视频|視頻|音频|動画|音声|오디오|영상|listen\w*|watch\w*|play\w*|écout\w*|h[öø]r\w*|ascolt\w*|escuch\w*|ouvir|luister\w*|słucha\w*|слуша\w*|film)"
_MEDIA_BEFORE = re.compile(rf"{_MEDIA}\W{{0,3}}\Z", re.IGNORECASE)
_MEDIA_AFTER = re.compile(rf"[\s-]{{0,3}}(?:of |de |di |à |to |zum )?{_MEDIA}\b", re.IGNORECASE)
_MEDIA_ANYWHERE = re.compile(rf"(?<!\w){_MEDIA}(?!\w)", re.IGNORECASE)

_SEPARATOR = r"[·•∙⋅・|/,;()\[\]\n\r–—>»‧●]"
_PART_START = re.compile(rf"(?:\A|{_SEPARATOR}|\s-\s)\s{{0,4}}(?:{_ROUGHLY}\s{{0,2}})?\Z", re.IGNORECASE)
_PART_END = re.compile(rf"\s{{0,4}}(?:\Z|{_SEPARATOR}|\s-\s)")
_ALONE = 40  # characters that may stand beside a "3 minutes to read" in its line before we take the line for prose
_SINGLE_LETTER = re.compile("[a-zа-яα-ωא-תء-ي]", re.IGNORECASE)
_LINE_BREAK = re.compile(r"[\n\r·•|]")


_MINUTES_OF_SIZE = {1: 60.0, 2: 1.0, 3: 1 / 60}
_NEXT_FIGURE = re.compile(r"\s{0,2}[:：]?\s{0,2}\d")


@dataclass(slots=True, kw_only=True)
class _Amount:
    """An amount of time in visible text, whatever it measures."""

    minutes: float
    start: int
    end: int
    unit: str  # of its last figure; "" for an amount in words


def _read_times(original: str, *, lenient: bool) -> Iterator[ReadTime]:
    visible = seen(original)
    text = visible.text
    done = 0  # end of the last reading time
    reach_start = 0  # a label of an amount stands behind the amount before it
    for amount in _amounts(text):
        window_start = max(reach_start, done, amount.start - _REACH)
        reach_start = amount.end
        if amount.start < done or amount.minutes > _LONGEST_READ_MINUTES:
            continue
        before = _BEFORE.search(text, window_start, amount.start)
        if not before and _AGE_BEFORE.search(text, window_start, amount.start):
            continue
        if before and (_MEDIA_BEFORE.search(text, window_start, before.start()) or _MEDIA_AFTER.match(text, amount.end)):
            continue
        after = _AFTER.match(text, amount.end)
        # "... Lesezeit 5 Min. Lesezeit 3 Min.": the second label is the next card's.
        if after and (
            (before and _NEXT_FIGURE.match(text, after.end())) or (after["prose"] and not _stands_alone(text, amount, after))
        ):
            after = None
        if not before and not after and not (lenient and _is_bare(text, amount)):
            continue
        label = before or _ROUGHLY_BEFORE.search(text, window_start, amount.start)
        done = after.end() if after else amount.end
        start, end = visible.span(label.start() if label else amount.start, done)
        yield ReadTime(minutes=_whole_minutes(amount.minutes), raw=original[start:end], start=start, end=end)


def _amounts(text: str) -> list[_Amount]:
    """Amounts of time in page order, the longer first where two begin at one place."""
    amounts = _amounts_in_figures(text) if _HAS_FIGURE.search(text) else []
    if _MINUTE_ROOT.search(text.lower()):
        for match in _WORDED.finditer(text):
            assert match.lastgroup is not None  # each alternative is a group
            minutes = float(match.lastgroup.removeprefix("is"))
            amounts.append(_Amount(minutes=minutes, start=match.start(), end=match.end(), unit=""))
        amounts.sort(key=lambda amount: (amount.start, -amount.end))
    return amounts


def _amounts_in_figures(text: str) -> list[_Amount]:
    """Figures with a unit; hours, minutes and seconds that follow each other are one amount."""
    amounts: list[_Amount] = []
    smallest = 0  # index of the last figure's unit: after hours may come minutes, not hours
    for match in _FIGURE.finditer(text):
        unit = match["minute"] or match["hour"] or match["second"] or match["prime"]
        if _SINGLE_LETTER.fullmatch(unit) and text[match.start() - 1 : match.start()].isalpha():
            continue  # "y4m", "mp3s"
        size = 1 if match["hour"] else 3 if match["second"] else 2
        minutes = float(match["number"].replace(",", ".")) * _MINUTES_OF_SIZE[size]
        last = amounts[-1] if amounts else None
        if last and smallest < size and _THEN.fullmatch(text, last.end, match.start()):
            amounts[-1] = _Amount(minutes=last.minutes + minutes, start=last.start, end=match.end(), unit=unit)
        else:
            range_before = _RANGE_BEFORE.search(text, max(match.start() - 12, last.end if last else 0), match.start())
            amounts.append(_Amount(minutes=minutes, start=(range_before or match).start(), end=match.end(), unit=unit))
        smallest = size
    return amounts


def _whole_minutes(minutes: float) -> int:
    return max(1, int(minutes + 0.5))


def _stands_alone(text: str, amount: _Amount, after: re.Match[str]) -> bool:
    """Whether the line or part that holds the amount holds little else."""
    left = text[max(0, amount.start - _ALONE) : amount.start]
    right = text[after.end() : after.end() + _ALONE]
    return len(_LINE_BREAK.split(left)[-1]) + len(_LINE_BREAK.split(right)[0]) < _ALONE


def _is_bare(text: str, amount: _Amount) -> bool:
    """Whether the amount fills its part of a short text that doesn't speak of hearing or seeing."""
    if _SINGLE_LETTER.fullmatch(amount.unit):
        return False  # "5m" is as often an age or a length
    window_start = max(0, amount.start - _REACH)
    return (
        _MEDIA_ANYWHERE.search(text, window_start, amount.end + _REACH) is None
        and _PART_START.search(text, window_start, amount.start) is not None
        and _PART_END.match(text, amount.end) is not None
    )
