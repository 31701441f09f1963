"""What the elements of a card state in attributes: dates, reading times, authors and pictures meant for programs."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import date

from scraper.extract.dating import PageDates, Written
from scraper.extract.draft import Draft
from scraper.extract.images import picture_address
from scraper.extract.marks import HIDDEN
from scraper.extract.properties import Properties, stated
from scraper.extract.text import text_of
from scraper.extract.walk import Tree
from scraper.readtime import parse_duration, parse_read_time

_FULL_YEAR = re.compile(r"\d{4}")
_ORDERED = re.compile(r"[^\W\d_]{3}|^\D*\d{4}")  # a date that can be read in one way only


def read_times(tree: Tree, properties: Properties, dates: PageDates, draft: Draft) -> None:
    """The date of its `<time>` elements, and of what else states one in an attribute and shows it."""
    times = properties.times
    for node in times[bisect_left(times, draft.start) : bisect_left(times, draft.end)]:
        if properties.kinds.get(node, "date") != "date":
            continue
        text = text_of(tree, node)
        value = stated(tree.attrs[node])
        if not value and tree.tags[node] != "time":
            continue
        found = dates.find(value) if value else None
        where = "time@datetime" if tree.tags[node] == "time" else f"{tree.tags[node]}@date"
        shown = dates.find(text)
        if shown is None or shown.relative:
            shown = dates.in_year(text, draft.year) or shown
        if found is None or found.relative or _counts_as_shown(found, shown):
            found, where = shown, "time"
        if found is not None:
            properties.facts.add(node)
            draft.take_date(found, text or value, where)


def _counts_as_shown(stated: Written, shown: Written | None) -> bool:
    """True where what the page shows counts, and not the other day in its attribute: a zone lies between them where they are one day
    apart, an update where the shown date can't be a misreading, because its month is a word or its year stands first."""
    if shown is None or shown.on is None or stated.on is None or shown.relative or shown.on == stated.on:
        return False
    if abs((date.fromisoformat(shown.on) - date.fromisoformat(stated.on)).days) == 1:
        return True
    return _FULL_YEAR.search(shown.raw) is not None and _ORDERED.search(shown.raw) is not None


def read_properties(tree: Tree, properties: Properties, dates: PageDates, draft: Draft) -> None:
    """Properties in attributes, where the card doesn't show the same."""
    kinds = properties.kinds
    nodes = tree.properties
    for node in nodes[bisect_left(nodes, draft.start) : bisect_left(nodes, draft.end)]:
        kind, value = kinds.get(node, ""), stated(tree.attrs[node])
        where = f"{tree.tags[node]}@{kind}"
        if kind == "date" and value and draft.published_on is None:
            found = dates.find(value)
            if found is not None and not found.relative:
                draft.take_date(found, draft.published_raw or value, where)
        elif kind == "minutes" and draft.read_time is None:
            minutes = parse_duration(value)
            shown = text_of(tree, node)
            said = parse_read_time(shown, lenient=True) if shown else None
            if said is not None:
                draft.read_time = said.minutes, said.raw
            elif minutes is not None:
                draft.read_time = minutes, value
            if draft.read_time is not None:
                draft.origin["read_time_minutes"] = where
        elif (
            value
            and not draft.authors
            and not tree.marks[node] & HIDDEN  # for search engines; the card says nobody's name
            and (kind == "author" or (kind == "name" and properties.is_in_author(tree.parents[node], draft.start)))
        ):
            draft.add_author(value, where)


def stated_images(tree: Tree, properties: Properties, draft: Draft, base: str) -> list[tuple[str, str]]:
    """Pictures in `<meta>` and `<link>` properties: address, where it was read."""
    kinds = properties.kinds
    nodes = tree.properties
    inside = nodes[bisect_left(nodes, draft.start) : bisect_left(nodes, draft.end)]
    return [
        (address, f"{tree.tags[node]}@image")
        for node in inside
        if kinds.get(node) == "image"
        and tree.tags[node] in ("meta", "link")
        and (address := picture_address(base, tree.attrs[node].get("content") or tree.attrs[node].get("href") or ""))
    ]
