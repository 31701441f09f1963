"""What an element found by a recipe says: its words as a reader sees them, and the field that they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from scraper.extract import marks as m
from scraper.extract import words
from scraper.extract.labels import LABELLED
from scraper.extract.text import EDGE, fold
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
    if child.tag_id == _TEXT and child.next is None:
        return fold(child.text_content or "")
    parts: list[str] = []
    _gather(node, parts, teaser)
    return fold("".join(parts))


def _gather(node: Node, parts: list[str], teaser: bool) -> None:
    """The texts below the element, with a space at every border of a block. Without recursion: pages nest deeper than Python does."""
    pending: list[Node | None] = [node.first_child]
    while pending:
        child = pending.pop()
        if child is None:
            parts.append(" ")  # the end of a block
            continue
        following = child.next
        if following is not None:
            pending.append(following)
        kind = child.tag_id
        if kind == _TEXT:
            parts.append(child.text_content or "")
        elif kind != _COMMENT:
            tag = child.tag or ""
            if tag in _ASIDE or _unseen(child) or (teaser and tag == "a" and words.is_more(text_of(child))):
                parts.append(" ")
                continue
            if tag in BLOCKS:
                parts.append(" ")
                pending.append(None)
            if (first := child.first_child) is not None:
                pending.append(first)


def _unseen(node: Node) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    names = attributes.get("class")
    bits = m.of_attributes(attributes) | (m.of_names(names) if names else 0)
    return bool(bits & (m.HIDDEN | m.UNSEEN))


def iso_day(text: str) -> str | None:
    """The day of `2024-05-24`, alone or with a time of day behind it, as `datetime` attributes have it; None for all else."""
    if len(text) < 10 or text[4] != "-" or (len(text) > 10 and text[10] not in "T "):
        return None
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None


_ENDS = frozenset(phrase[-4:] for phrase in words.MORE)  # a cheap no for most texts: `without_more` is the dearest of all fields


def _teaser(text: str) -> str:
    return words.without_more(text) if text.rstrip(" .…»›→>)]")[-4:].casefold() in _ENDS else text


def _title(values: Sequence[str], reading: Reading) -> str | None:
    return values[0] if values else None


def _blurb(values: Sequence[str], reading: Reading) -> str | None:
    return " ".join([_teaser(value) for value in values if not words.is_more(value)]) or None


def _read_time(values: Sequence[str], reading: Reading) -> tuple[int, str] | None:
    for value in values:
        if reading.attribute is not None and (minutes := parse_duration(value)) is not None:
            return minutes, value
        found = parse_read_time(value, lenient=True)
        if found is not None:
            return found.minutes, found.raw
    return None


def _author(values: Sequence[str], reading: Reading) -> str | None:
    names = [words.without_on(words.without_by(value).strip(EDGE)) for value in values]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _category(values: Sequence[str], reading: Reading) -> str | None:
    for value in values:
        name = LABELLED.sub("", value).split(",")[0].strip(EDGE)
        if name:
            return name
    return None


PARSERS: dict[str, Callable[[Sequence[str], Reading], Any]] = {
    "title": _title,
    "blurb": _blurb,
    "read_time": _read_time,
    "author": _author,
    "category": _category,
}
