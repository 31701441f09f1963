"""Addresses that tell no story from another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scraper.extract.draft import Draft
from scraper.extract.groups import MANY_CARDS


def shared_keys(lists: Iterable[Sequence[Draft]]) -> frozenset[int]:
    """The keys to which cards with many titles of one list lead, or with two titles and two dates: a page for all, as where the
    stories themselves aren't on the web yet, or on file in one place. It tells no story from another."""
    shared: set[int] = set()
    for drafts in lists:
        titles: dict[int, dict[str | None, str | None]] = {}
        for draft in drafts:
            titles.setdefault(draft.key, {}).setdefault(draft.title, draft.published_on)
        for key, dates in titles.items():
            if len(dates) >= MANY_CARDS or (len(dates) > 1 and len(set(dates.values()) - {None}) == len(dates)):
                shared.add(key)
    return frozenset(shared - {-1})


def most_share(drafts: Sequence[Draft]) -> int:
    """The shared key that more than half of the cards lead to; -1 without one."""
    keys = [draft.key for draft in drafts]
    return next((key for key in shared_keys([drafts]) if keys.count(key) * 2 > len(keys)), -1)
