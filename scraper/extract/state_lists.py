"""Lists of stories among the data that a page brings along: objects alike in their keys, of which one is a title and one leads
somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from scraper.extract import marks as m
from scraper.extract.state_columns import SHARE, Found, assign_roles, words_of
from scraper.extract.states import State, loaded
from scraper.extract.text import words as word_count

FEWEST = 3  # objects of a list
_DEEPEST = 4  # steps into an object; `attributes.cover.data.url` has four
_MOST_LEAVES = 120  # of one object
_MOST_VISITED = 300_000  # values of one page
_EMBEDDED = 50  # texts that are JSON themselves, a page
_BLOCKED = m.NAV | m.FOOTER | m.RELATED | m.SIDE | m.COMMENTS | m.ADVERT | m.PRODUCT | m.PAGER | m.SHARE

_PRICED = frozenset(["price", "prices", "sku", "currency", "amount", "preis", "prix", "precio", "stock"])
_OF_PEOPLE = frozenset(["email", "mail", "phone", "tel", "telephone", "jobtitle", "firstname", "lastname"])


def find_lists(states: Iterable[State], is_date: Callable[[str], bool]) -> list[Found]:
    """The lists that are stories, in the order in which they stand in the data."""
    found: list[Found] = []
    for candidate in _candidates(states):
        assign_roles(candidate, is_date)
        if _are_stories(candidate):
            found.append(candidate)
    return [one for one in found if not _is_outdone(one, found)]


# -- lists among the data


def _candidates(states: Iterable[State]) -> Iterator[Found]:
    """Every list of three or more objects, and every object whose values are such; outer ones first."""
    entities: dict[str, dict[str, Any]] = {}
    groups: list[tuple[str, list[dict[str, Any]]]] = []
    seen: set[int] = set()
    embedded = visited = 0
    for state in states:
        stack: list[tuple[str, Any, list[Any]]] = [(f"{state.name}: ", state.value, [])]
        while stack and visited < _MOST_VISITED:
            place, value, beside = stack.pop()
            visited += 1
            if isinstance(value, str):
                if len(value) > 200 and embedded < _EMBEDDED and (inner := loaded(value)) is not None:
                    embedded += 1
                    stack.append((f"{place}|json", inner, []))
                continue
            if not isinstance(value, dict | list) or id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, dict):
                members = [inner for inner in value.values() if isinstance(inner, dict)]
                if len(members) >= FEWEST and len(members) >= 0.8 * len(value) and _alike(members):
                    groups.append((f"{place}.*", _in_order(value, beside)))
                entities.update((key, inner) for key, inner in value.items() if isinstance(inner, dict) and "__typename" in inner)
                around = list(value.values())
                stack += [(f"{place}.{key}", inner, around) for key, inner in reversed(value.items())]
            else:
                members = [inner for inner in value if isinstance(inner, dict)]
                if len(members) >= FEWEST and len(members) >= 0.8 * len(value):
                    groups.append((f"{place}[]", members))
                stack += [(f"{place}[]", inner, value) for inner in reversed(value)]
    for place, members in groups:
        rows = [_leaves(_dereferenced(member, entities), entities) for member in members]
        yield Found(place.replace(": .", ": "), rows)


def _alike(members: Sequence[dict[str, Any]]) -> bool:
    """True for objects with mostly the same keys: the entries of a store, and not the parts of a page."""
    common = set(members[0])
    for member in members[1:]:
        common &= set(member)
    return len(common) >= 3 and len(common) * 2 >= max(map(len, members))


def _in_order(value: dict[str, Any], beside: Iterable[Any]) -> list[dict[str, Any]]:
    """The entries of a store, in the order of the list of their keys that stands beside it, if one does."""
    keys = {str(key) for key in value}
    for other in beside:
        if (
            isinstance(other, list)
            and len(other) >= FEWEST
            and all(isinstance(part, str | int) and str(part) in keys for part in other)
        ):
            return [inner for part in other if isinstance(inner := value[str(part)], dict)]
    return [inner for inner in value.values() if isinstance(inner, dict)]


def _dereferenced(value: dict[str, Any], entities: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The object that an Apollo store refers to; `value` itself where it is no reference."""
    reference = value.get("__ref") or (value.get("id") if value.get("type") == "id" else None)
    return entities.get(reference, value) if isinstance(reference, str) else value


def _leaves(item: dict[str, Any], entities: Mapping[str, dict[str, Any]]) -> dict[str, list[Any]]:
    leaves: dict[str, list[Any]] = {}
    stack: list[tuple[str, Any, int]] = [("", item, 0)]
    while stack and len(leaves) < _MOST_LEAVES:
        path, value, depth = stack.pop()
        if isinstance(value, dict):
            if depth < _DEEPEST:
                value = _dereferenced(value, entities)
                stack += [(f"{path}.{key}" if path else str(key), inner, depth + 1) for key, inner in reversed(value.items())]
        elif isinstance(value, list):
            stack += [(f"{path}[]", inner, depth) for inner in reversed(value[:8])]
        elif value is not None and value != "" and not isinstance(value, bool):
            leaves.setdefault(path, []).append(value)
    return leaves


# -- which lists are stories


def _are_stories(found: Found) -> bool:
    roles, count = found.roles, len(found.rows)
    if "title" not in roles or ("address" not in roles and "slug" not in roles):
        return False
    full = sum(
        "title" in roles and roles["title"] in row and roles.get("address", roles.get("slug", "")) in row for row in found.rows
    )
    if full < SHARE * count or full < FEWEST or _names_no_stories(found.place):
        return False
    names = [{word for path in row for word in words_of(path)} for row in found.rows]
    if sum(not _PRICED.isdisjoint(words) for words in names) > 0.5 * count:
        return False
    if sum(len(_OF_PEOPLE & words) > 1 for words in names) > 0.5 * count:
        return False
    told = [
        role
        for role in ("published", "blurb", "image", "minutes")
        if sum(roles.get(role, "") in row for row in found.rows) >= 0.5 * count
    ]
    lengths = [word_count(text) for text in found.texts("title") if text]
    mean = sum(lengths) / max(1, len(lengths))
    return mean >= 2.5 and ("published" in told or "minutes" in told or len(told) >= 2 or (mean >= 4 and bool(told)) or mean >= 6)


def _names_no_stories(place: str) -> bool:
    """True where a name on the way to the list says menu, footer, related, most read, comments …"""
    return any(m.of_names(name) & _BLOCKED for name in re.split(r"[^\w-]+", place.partition(": ")[2]) if name)


def _is_outdone(one: Found, found: Sequence[Found]) -> bool:
    """True for sections that hold lists of stories, and for lists inside of stories: the one with dates or texts is meant."""
    inner = [other for other in found if other is not one and other.place.startswith(one.place + ".")]
    outer = [other for other in found if other is not one and one.place.startswith(other.place + ".")]

    def dressed(some: Found) -> bool:
        return "published" in some.roles or "blurb" in some.roles

    if inner and not dressed(one) and any(map(dressed, inner)):
        return True
    return bool(outer) and any(dressed(other) or not dressed(one) for other in outer)
