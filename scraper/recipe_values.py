"""What an element found by a recipe says: its words as a reader sees them, and the field that they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from scraper.extract import marks as m
from scraper.extract import words
from scraper.extract.cells import HAS_WORD, divided
from scraper.extract.dating import PageDates
from scraper.extract.labels import LABELLED
from scraper.extract.text import EDGE, fold, has_digit
from scraper.extract.text import words as word_count
from scraper.extract.walk import BLOCKS, DROPPED
from scraper.readtime import parse_duration, parse_read_time
from scraper.recipe import Reading

_TEXT, _COMMENT = 2, 4  # Lexbor's tag ids of text nodes and comments
_ASIDE = DROPPED | {"script", "noscript", "link", "meta", "base", "title"}

Node = Any  # selectolax's node; its own types say little more


def text_of(node: Node, *, teaser: bool = False) -> str:
    """The words that a reader sees in the element, on one line; of a teaser without its links that only say "read more"."""
    child = node.first_child
    if child is None:
        return ""
    if child.next is None and child.tag_id == _TEXT:
        return fold(child.text_content)
    parts: list[str] = []
    _gather(node, parts, teaser=teaser)
    return fold("".join(parts))


def parts_of(node: Node) -> list[str]:
    """The words that a reader sees in the element, cut where elements, dots, bars and dashes divide them; parts without a letter or
    figure don't count."""
    child = node.first_child
    if child is None:
        return []
    texts: list[str] = []
    if child.tag_id == _TEXT and child.next is None:
        texts.append(child.text_content or "")
    else:
        _gather(node, texts, teaser=False)
    folded = (fold(part) for text in texts for part in divided(text))
    return [part for part in folded if HAS_WORD.search(part)]


def _gather(node: Node, parts: list[str], *, teaser: bool) -> None:
    """The texts below the element, with a space at every border of a block. Without recursion: pages nest deeper than Python does."""
    pending: list[Node | None] = []
    child = node.first_child
    while True:
        if child is None:
            if not pending:
                return
            child = pending.pop()
            if child is None:
                parts.append(" ")  # the end of a block
            continue
        kind = child.tag_id
        if kind == _TEXT:
            parts.append(child.text_content)
            child = child.next
            continue
        following = child.next
        if kind != _COMMENT:
            role = _ROLES.get(kind)
            if role is None:
                role = _role(kind, child.tag or "")
            if role == _LEFT_OUT or _unseen(child) or (teaser and role == _LINK and words.is_more(text_of(child))):
                parts.append(" ")
            else:
                first = child.first_child
                if role == _BLOCK:
                    parts.append(" ")
                if first is not None or role == _BLOCK:
                    if following is not None:
                        pending.append(following)
                    if role == _BLOCK:
                        pending.append(None)
                    child = first
                    continue
        child = following


_INLINE, _BLOCK, _LINK, _LEFT_OUT = range(4)
_ROLES: dict[int, int] = {}  # Lexbor's tag id -> what becomes of the element's words
_STATIC_IDS = 1000  # below it, ids are the same in all documents; those of made-up tags are not


def _role(kind: int, tag: str) -> int:
    role = _LEFT_OUT if tag in _ASIDE else _BLOCK if tag in BLOCKS else _LINK if tag == "a" else _INLINE
    if kind < _STATIC_IDS:
        _ROLES[kind] = role
    return role


def _unseen(node: Node) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    names = attributes.get("class")
    if names and m.of_names(names) & (m.HIDDEN | m.UNSEEN):
        return True
    if len(attributes) == 1 and names is not None:
        return False
    return bool(m.of_attributes(attributes) & (m.HIDDEN | m.UNSEEN))


def iso_day(text: str) -> str | None:
    """The day of `2024-05-24`, alone or with a time of day behind it, as `datetime` attributes have it; None for all else."""
    if len(text) < 10 or text[4] != "-" or (len(text) > 10 and text[10] not in "T "):
        return None
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None


_ENDS = frozenset(phrase[-4:] for phrase in words.MORE)  # a cheap no for most texts: `without_more` is the dearest of all fields
_TAIL = 16  # characters, of which the last few letters are looked at
_NEAR = 80  # characters of an end of a teaser in which a date may stand
_FACT_WORDS = 8  # of a date or time of day at an end of a teaser, with what stands beside it
_CLOCK_TIME = re.compile(
    r"\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\.?)?(?:\s?[-–—]\s?\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\.?)?)?", re.IGNORECASE
)


def _teaser(text: str, dates: PageDates) -> str:
    """A teaser without a call to read on, and without the date that bars part from it."""
    if text[-_TAIL:].rstrip(" .…»›→>)]")[-4:].casefold() in _ENDS:
        text = words.without_more(text)
    if not has_digit(text[:_NEAR]) and not has_digit(text[-_NEAR:]):
        return text
    parts = divided(text)
    if len(parts) == 1 and len(text) > _NEAR:
        return text
    first, end = 0, len(parts)
    while first < end and (not parts[first] or _is_fact(parts[first], dates)):
        first += 1
    while end > first and (not parts[end - 1] or _is_fact(parts[end - 1], dates)):
        end -= 1
    if first == end:
        return ""
    if any(parts[end:]):
        text = text[: text.rindex(parts[end - 1]) + len(parts[end - 1])]
    if any(parts[:first]):
        text = text[text.index(parts[first], sum(map(len, parts[:first]))) :]
    return text


def _is_fact(text: str, dates: PageDates) -> bool:
    """True for a date or a time of day with hardly a word beside it."""
    if not has_digit(text) or word_count(text) > _FACT_WORDS:
        return False
    if _CLOCK_TIME.fullmatch(text.strip(EDGE)):
        return True
    found = dates.find(text)
    return (
        found is not None and word_count(text[: found.start].strip(EDGE)) <= 3 and word_count(text[found.end :].strip(EDGE)) <= 2
    )


def _title(values: Sequence[str], reading: Reading, dates: PageDates) -> str | None:
    return values[0] if values else None


def _blurb(values: Sequence[str], reading: Reading, dates: PageDates) -> str | None:
    teasers = [_teaser(value, dates) for value in values if not words.is_more(value)]
    return " ".join([teaser for teaser in teasers if teaser]) or None


def _read_time(values: Sequence[str], reading: Reading, dates: PageDates) -> tuple[int, str] | None:
    for value in values:
        if reading.attribute is not None and (minutes := parse_duration(value)) is not None:
            return minutes, value
        found = parse_read_time(value, lenient=True)
        if found is not None:
            return found.minutes, found.raw
    return None


def _author(values: Sequence[str], reading: Reading, dates: PageDates) -> str | None:
    names = [words.without_on(words.without_by(_byline(value, dates)).strip(EDGE)) for value in values]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _byline(text: str, dates: PageDates) -> str:
    """Of "24 May 2024, by Ada Voss - 4 min read" what says who wrote it; a text without a date as it is."""
    found = dates.find(text) if has_digit(text) else None
    if found is None:
        return text
    before, after = text[: found.start].strip(EDGE), divided(text[found.end :].strip(EDGE))[0]
    if words.has_by_beside_date(after):
        return after if words.has_by(after) else after.partition(" ")[2]
    return before if words.has_by(before) else text


def _category(values: Sequence[str], reading: Reading, dates: PageDates) -> str | None:
    for value in values:
        name = LABELLED.sub("", value).split(",")[0].strip(EDGE)
        if name:
            return name
    return None


PARSERS: dict[str, Callable[[Sequence[str], Reading, PageDates], Any]] = {
    "title": _title,
    "blurb": _blurb,
    "read_time": _read_time,
    "author": _author,
    "category": _category,
}
