"""What a card says, as the archive compares it: which fields count, when two are the same, what changed between two. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any, NamedTuple

from scraper.cards import Card

HASH_VERSION = 1
"""Of the rules below. Goes into every hash, so that other rules can't be mistaken for other words."""


class Wording(NamedTuple):
    """The fields of a card that make its wording. None: not on the card, or not read.

    A tuple, as a look makes and compares one for every card and for every span that stands: measured, a third of a look's time.
    """

    title: str | None = None
    blurb: str | None = None
    read_time_minutes: int | None = None
    read_time_raw: str | None = None
    published_on: str | None = None  # YYYY-MM-DD
    published_raw: str | None = None
    author: str | None = None
    category: str | None = None
    image_url: str | None = None

    @classmethod
    def of_card(cls, card: Card) -> Wording:
        """The card's wording; empty texts count as not there."""
        return cls(
            title=card.title or None,
            blurb=card.blurb or None,
            read_time_minutes=card.read_time_minutes,
            read_time_raw=card.read_time_raw or None,
            published_on=card.published_on or None,
            published_raw=card.published_raw or None,
            author=card.author or None,
            category=card.category or None,
            image_url=card.image_url or None,
        )


class FieldChange(NamedTuple):
    """One field that says something else than before. Both values are there: a field that wasn't read is not a changed one."""

    field: str
    before: str | int
    after: str | int
    boring: bool  # only white space, typographic marks or a counter differ


def content(wording: Wording) -> tuple[tuple[str, str | int], ...]:
    """What two wordings must have in common to be the same: (field, value), fields that aren't there left out.

    A date or read time that could be read stands for its text: "2 hours ago" on one night and "yesterday" on the next are one date,
    "8 min" and "8 minute read" one read time. An image counts without the query behind a file name, which signs or resizes it.
    """
    image = wording.image_url
    fields: tuple[tuple[str, str | int | None], ...] = (
        ("title", wording.title),
        ("blurb", wording.blurb),
        ("read_time_minutes", wording.read_time_minutes),
        ("read_time_raw", None if wording.read_time_minutes is not None else wording.read_time_raw),
        ("published_on", wording.published_on),
        ("published_raw", None if wording.published_on is not None else wording.published_raw),
        ("author", wording.author),
        ("category", wording.category),
        ("image_url", _picture(image) if image is not None else None),
    )
    return tuple([(name, value) for name, value in fields if value is not None])


def content_hash(wording: Wording) -> int:
    """64 bits over `content`, signed as SQLite keeps integers. A field that a later version adds changes no hash while it is empty."""
    # JSON in ASCII, not repr: which characters repr escapes depends on the version of Python
    text = json.dumps([HASH_VERSION, content(wording)])
    digest = hashlib.blake2b(text.encode("ascii"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def completed(wording: Wording, known: Wording) -> Wording:
    """This wording, with what it doesn't say taken from what was known: a field that wasn't read is not a changed one.

    A date goes with its text and a read time with its: they are taken together or not at all.
    """
    filled: dict[str, Any] = {
        name: getattr(known, name)
        for name in ("title", "blurb", "author", "category", "image_url")
        if getattr(wording, name) is None and getattr(known, name) is not None
    }
    if wording.read_time_minutes is None and wording.read_time_raw is None:
        filled |= {"read_time_minutes": known.read_time_minutes, "read_time_raw": known.read_time_raw}
    if wording.published_on is None and wording.published_raw is None:
        filled |= {"published_on": known.published_on, "published_raw": known.published_raw}
    return wording._replace(**filled) if filled else wording


def changes_between(before: Wording, after: Wording) -> tuple[FieldChange, ...]:
    """The fields that say something else now, in the order of the fields. Fields that only one of the two has don't count."""
    old = dict(content(before))
    return tuple(
        FieldChange(field, old[field], value, _is_boring(old[field], value))
        for field, value in content(after)
        if field in old and old[field] != value
    )


_IMAGE_FILE = re.compile(r"[^?#]*\.(?:jpe?g|png|webp|avif|gif|jfif|svg)(?=[?#])", re.IGNORECASE)


def _picture(url: str) -> str:
    file = _IMAGE_FILE.match(url)
    return file[0] if file else url


_TYPOGRAPHY = str.maketrans(
    {
        mark: plain
        for plain, marks in {
            "'": "‘’‚‛′ʼ`´",
            '"': "“”„‟″«»‹›",
            "-": "‐‑‒–—―−",
            "": "\u00ad\u200b\u200c\u200d\u2060\ufeff",
        }.items()
        for mark in marks
    }
)
_COUNTER = re.compile(
    r"\b\d[\d.,\u00a0 ]*\s*(?:k\b|m\b)?\s*(?=(?:views?|comments?|shares?|likes?|reads?|votes?|replies|kommentare?|aufrufe|commentaires?|"
    r"partages|vues|comentarios|visitas|commenti|reacties|komentarz|komentarzy|comentários)\b)",
    re.IGNORECASE,
)


def _is_boring(before: str | int, after: str | int) -> bool:
    return isinstance(before, str) and isinstance(after, str) and _skeleton(before) == _skeleton(after)


def _skeleton(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.replace("…", "...").translate(_TYPOGRAPHY)).translate(_TYPOGRAPHY)
    return "".join(_COUNTER.sub("# ", folded).split())
