"""What a card says, as the archive compares it: which fields count, when two are the same, what changed between two. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any, NamedTuple

from scraper.cards import Card
from storage.pictures import same_picture

HASH_VERSION = 2
"""Of the rules of `content`. Goes into every hash, so that other rules can't be mistaken for other words; see `storage.migrations`."""


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
    boring: bool  # another form of the same: white space, typographic marks, a counter; a date or read time told otherwise; a picture cut otherwise


def content(wording: Wording) -> tuple[tuple[str, str | int], ...]:
    """What two wordings must have in common to be the same: (field, value), fields that aren't there left out.

    A date's text counts if it says the date by itself ("24 May 2024"). One that says it by the day on which it is read ("2 hours ago", and
    "yesterday" the next day) changes every night without anybody's doing: there the date stands for it. An image counts without the
    query behind a file name, which signs or resizes it.
    """
    image = wording.image_url
    fields: tuple[tuple[str, str | int | None], ...] = (
        ("title", wording.title),
        ("blurb", wording.blurb),
        ("read_time_minutes", wording.read_time_minutes),
        ("read_time_raw", wording.read_time_raw),
        ("published_on", wording.published_on),
        ("published_raw", wording.published_raw if _says_the_date_itself(wording) else None),
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

    A date goes with its text and a read time with its: they are taken together or not at all. Of two texts for one date, one of which says it by
    the day on which it is read, the known one stays.
    """
    filled: dict[str, Any] = {
        name: getattr(known, name)
        for name in ("title", "blurb", "author", "category", "image_url")
        if getattr(wording, name) is None and getattr(known, name) is not None
    }
    if wording.read_time_raw is None and wording.read_time_minutes in {None, known.read_time_minutes}:
        filled |= {"read_time_minutes": known.read_time_minutes, "read_time_raw": known.read_time_raw}
    if wording.published_raw is None and wording.published_on in {None, known.published_on}:
        filled |= {"published_on": known.published_on, "published_raw": known.published_raw}
    elif (
        wording.published_on is not None
        and wording.published_on == known.published_on
        and known.published_raw is not None
        and not (_says_the_date_itself(wording) and _says_the_date_itself(known))
    ):
        filled["published_raw"] = known.published_raw
    return wording._replace(**filled) if filled else wording


def changes_between(before: Wording, after: Wording) -> tuple[FieldChange, ...]:
    """The fields that say something else now, in the order of the fields. Fields that only one of the two has don't count.

    A date's or read time's text is told of only where it is another text for the same, or where nothing could be read from one of the two.
    """
    old, new = dict(content(before)), dict(content(after))
    changes = []
    for field, value in new.items():
        if field not in old or old[field] == value:
            continue
        read_as = READ_AS.get(field, "")
        is_read = read_as in old and read_as in new
        if is_read and old[read_as] != new[read_as]:
            continue  # told of as another date or read time
        changes.append(FieldChange(field, old[field], value, is_read or _is_boring(field, old[field], value)))
    return tuple(changes)


READ_AS = {"read_time_raw": "read_time_minutes", "published_raw": "published_on"}
"""The texts, and the fields with what was read from them."""


def _says_the_date_itself(wording: Wording) -> bool:
    """Whether the date's text names its year: "24 May 2024", "2024年5月24日". Also where nothing was read from the text."""
    text, on = wording.published_raw, wording.published_on
    if text is None or on is None:
        return text is not None
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    return re.search(rf"(?<!\d){on[:4]}(?!\d)", text) is not None


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


def _is_boring(field: str, before: str | int, after: str | int) -> bool:
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    return same_picture(before, after) if field == "image_url" else _skeleton(before) == _skeleton(after)


def _skeleton(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.replace("…", "...").translate(_TYPOGRAPHY)).translate(_TYPOGRAPHY)
    return "".join(_COUNTER.sub("# ", folded).split())
