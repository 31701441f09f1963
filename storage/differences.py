"""What two derivations of one archive make of the same looks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from scraper.cards import Card
from scraper.pages import Outcome
from storage.reader import Reader

_CARDS = """
SELECT title, coalesce(link, article.url) AS url, blurb, read_time_minutes, read_time_raw, published_on, published_raw, author, category,
  image_url, origin.fields
FROM crawl JOIN span ON span.page_id = crawl.page_id AND span.first_crawl <= crawl.id
  AND (last_crawl IS NULL OR last_crawl >= crawl.id)
JOIN revision ON revision.id = revision_id JOIN article ON article.id = article_id LEFT JOIN origin ON origin.id = origin_id
WHERE crawl.id = ? ORDER BY slot
"""


def cards_of_look(db: sqlite3.Connection, crawl_id: int) -> tuple[Card, ...]:
    """The cards that stood on a look's page, as cards again, in page order."""
    cursor = db.execute(_CARDS, (crawl_id,))
    names = [column[0] for column in cursor.description][:-1]
    return tuple(
        Card(**dict(zip(names, fields, strict=True)), position=position, origin=json.loads(origin or "{}"))
        for position, (*fields, origin) in enumerate(cursor, 1)
    )


_SHOWN = ("title", "blurb", "read_time_minutes", "published_on", "author", "category", "image_url")


def differences(old: Reader, new: Reader) -> Iterator[dict[str, Any]]:
    """What two derivations make of the same looks, card by card: a row where they begin to differ, none while they go on to.

    Kinds: "outcome" (the look itself is judged otherwise), "added", "lost", "reread" (a row a field: the extractor's words, not the outlet's,
    changed). Looks are the same where page and time are.
    """
    with old.snapshot(), new.snapshot():
        going_on: dict[tuple[str, str], set[tuple[object, ...]]] = {}
        pairs = _outcomes(new.connection)
        for (source, page, seen_at), (outcome, crawl_id) in _outcomes(old.connection).items():
            new_outcome, new_id = pairs.get((source, page, seen_at), (None, None))
            here: dict[tuple[object, ...], dict[str, Any]] = {}
            row = {"source": source, "page": page, "seen_at": seen_at}
            before_good, now_good = _is_good(outcome), _is_good(new_outcome)
            if before_good != now_good or (not now_good and outcome != new_outcome):
                here["outcome", outcome, new_outcome] = {
                    **row,
                    "kind": "outcome",
                    "url": None,
                    "title": None,
                    "field": None,
                    "before": outcome,
                    "after": new_outcome,
                }
            if before_good and now_good and new_id is not None:
                for difference in _compared(cards_of_look(old.connection, crawl_id), cards_of_look(new.connection, new_id)):
                    here[tuple(difference.values())] = {**row, **difference}
            known = going_on.get((source, page), set())
            yield from (difference for key, difference in here.items() if key not in known)
            going_on[source, page] = set(here)


def _is_good(outcome: str | None) -> bool:
    """Whether a stored outcome is a good one; None (the look isn't there) is none."""
    return outcome is not None and Outcome(outcome).is_good


def _outcomes(db: sqlite3.Connection) -> dict[tuple[str, str, str], tuple[str, int]]:
    return {
        (source, page, seen_at): (outcome, crawl_id)
        for source, page, seen_at, outcome, crawl_id in db.execute(
            """
            SELECT slug, page.url, coalesce(clock_at, seen_at), outcome, crawl.id
            FROM crawl JOIN page ON page.id = page_id JOIN source ON source.id = source_id WHERE outcome IS NOT NULL
            ORDER BY seen_at, crawl.id
            """
        )
    }


def _compared(before: Sequence[Card], after: Sequence[Card]) -> Iterator[dict[str, Any]]:
    """Cards are matched by link, else by title; an article's several cards in page order."""
    left: dict[str | None, list[Card]] = {}
    for card in before:
        left.setdefault(card.url or card.title, []).append(card)
    for card in after:
        same = left.get(card.url or card.title)
        told = {"url": card.url, "title": card.title}
        if not same:
            yield {"kind": "added", **told, "field": None, "before": None, "after": None}
            continue
        old = same.pop(0)
        for field in _SHOWN:
            was, now = getattr(old, field), getattr(card, field)
            if was != now:
                yield {"kind": "reread", **told, "field": field, "before": was, "after": now}
    for cards in left.values():
        for card in cards:
            yield {"kind": "lost", "url": card.url, "title": card.title, "field": None, "before": None, "after": None}
