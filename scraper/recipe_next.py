"""The selector of the link to the page with the older cards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scraper.recipe import Reading
from scraper.recipe_outline import Outline, cost, own_selectors
from scraper.urls import canonical_url, resolve

_AROUND_LINK = 3  # elements around a link that may say what it is
_A_FEW_WORDS = re.compile(r"[^\W\d_][^\W\d_ -]*(?:[ -][^\W\d_]+){0,3}")  # and no number of a page, which changes with the page


def find_next_page(outline: Outline, url: str) -> Reading | None:
    """A selector that finds only links to the page with the older cards."""
    wanted = canonical_url(url)
    candidates: dict[str, float] = {"link[rel~=next]": 0.0, "a[rel~=next]": 0.0}
    for number, node in enumerate(outline.nodes):
        address = node.attributes.get("href") if outline.tags[number] == "a" else None
        if not address or canonical_url(resolve(outline.base, address) or "") != wanted:
            continue
        for css, price in _names_of_link(outline, number):
            candidates.setdefault(css, price)
        words = " ".join((node.text() or "").split())
        if 2 <= len(words) <= 30 and '"' not in words and not words.isdecimal():
            candidates.setdefault(f'a:lexbor-contains("{words}" i)', 6.0)
    for css in sorted(candidates, key=lambda css: (candidates[css], css)):
        if outline.addresses(outline.css(css)) - {canonical_url(outline.url)} == {wanted}:
            return Reading(css, "href")
    return None


def _names_of_link(outline: Outline, number: int) -> Iterator[tuple[str, float]]:
    """Selectors for a link, by what it is called, by what it stands in, and by what it stands behind, as the number of the page
    that is shown stands before that of the next; each with its price."""
    names = [*own_selectors(outline, number), *_told(outline, number)]
    for own in names:
        yield own, cost(own)
    inner, path = number, outline.tags[number]  # the path down to the link from an element that is its parent's last
    for distance in range(_AROUND_LINK):
        before = outline.before(inner)
        if before >= 0:
            for beside in _states(outline, before):
                for own in names if distance == 0 else own_selectors(outline, inner):
                    css = f"{beside} + {own}" if distance == 0 else f"{beside} + {own} {outline.tags[number]}"
                    yield css, 1.5 + cost(css)
        inner = outline.parents[inner]
        if inner <= 0:
            return
        for around in (*own_selectors(outline, inner), *_told(outline, inner)):
            for own in names:
                yield f"{around} {own}", 0.5 + cost(f"{around} {own}")
            if before >= 0 and distance == 0:
                for beside in _states(outline, before):
                    css = f"{around} {beside} + {outline.tags[number]}"
                    yield css, 1.5 + cost(css)
        if outline.is_last(inner):
            css = f"{outline.tags[inner]}:last-child > {path}"
            yield css, 2.0 + cost(css)
        named = next((css for css in own_selectors(outline, inner) if "." in css), outline.tags[inner])
        path = f"{named} > {path}"


def _states(outline: Outline, number: int) -> Iterator[str]:
    """Selectors for an element by what it is called, states such as "active" included."""
    yield from own_selectors(outline, number)
    for name in (outline.nodes[number].attributes.get("class") or "").split():
        if _A_FEW_WORDS.fullmatch(name):
            yield f"{outline.tags[number]}.{name}"


def _told(outline: Outline, number: int) -> Iterator[str]:
    """Selectors by attributes in which links to other pages say which one they are for: `li[data-page="next"]`."""
    for key, value in outline.nodes[number].attributes.items():
        if (key.startswith("data-") or key in ("aria-label", "title")) and value and _A_FEW_WORDS.fullmatch(value):
            yield f'{outline.tags[number]}[{key}="{value}"]'
