"""Whether the cards that a recipe finds are those it was made for. When they aren't, the page has drifted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from scraper.cards import Card, Drift
from scraper.recipe import FIELDS, Recipe
from scraper.urls import canonical_url

_SLACK = 0.4  # by how much a share may fall short of what is expected
_ON_THE_PAGE = 0.3  # of last night's cards; with fewer the list has simply turned over
_KNOWN_AMONG_CARDS = 0.5  # of last night's cards that are on the page: these must be among the recipe's
_FEWEST_KNOWN = 3

_ATTRIBUTES = {"read_time": "read_time_minutes", "published": "published_raw", "image": "image_url"}
_SHOWN = {name: attrgetter(_ATTRIBUTES.get(name, name)) for name in FIELDS}
WORDS = {"url": "link", "read_time": "read time", "published": "date"}


def shares_of(cards: Sequence[Card]) -> dict[str, float]:
    """Field -> share of the cards that show it, for those that any card shows."""
    counts = {name: len(cards) - list(map(show, cards)).count(None) for name, show in _SHOWN.items()}
    return {name: count / len(cards) for name, count in counts.items() if count}


def own_site_share(cards: Sequence[Card], url: str) -> float | None:
    """The share of the linked cards that lead to the page's own site, subdomains included; None without links."""
    host = _host(url)
    hosts = [_host(card.url) for card in cards if card.url]
    own = [other == host or other.endswith("." + host) or host.endswith("." + other) for other in hosts]
    return sum(own) / len(own) if own else None


def drift_of(
    recipe: Recipe,
    cards: Sequence[Card],
    url: str,
    known: Iterable[tuple[str | None, str | None]],
    links: Callable[[], set[str]],
) -> Drift | None:
    """In what the cards of the page at `url` differ by far from what the recipe expects; None while they fit.

    `known` are the (URL, title) pairs of the last good look; `links` gives the canonical addresses of all links on the page and is
    only asked where the cards look strange.
    """
    expects = recipe.expects
    low, high = expects.cards
    expected = f"{low} to {high} cards" if recipe.expects.shares or high < 1000 else f"{low} or more cards"
    usual = [name for name, share in expects.shares.items() if share >= 0.5 and name not in ("title", "url")]
    if usual:
        expected += f" with {_listed(usual)}"
    found = f"{len(cards)}"
    wrong = []
    shares = shares_of(cards) if cards else {}
    for name, share in {"title": 1.0, **expects.shares}.items() if cards else ():
        now = shares.get(name, 0.0)
        if now < share - _SLACK:
            wrong.append(f"{_word(name)} on {now:.0%} of them instead of {share:.0%}")
    own = own_site_share(cards, url)
    if expects.own_site is not None and own is not None and own < expects.own_site - _SLACK:
        wrong.append(f"{own:.0%} lead to the page's own site instead of {expects.own_site:.0%}")
    if not wrong and low <= len(cards) <= high:
        missed = _missed(cards, known, links)
        if missed is None:
            return None
        wrong.append(missed)
    return Drift(expected=expected, found=", ".join([found, *wrong]), expected_cards=expects.cards, found_cards=len(cards))


def _missed(cards: Sequence[Card], known: Iterable[tuple[str | None, str | None]], links: Callable[[], set[str]]) -> str | None:
    """In words, that last night's cards are on the page and not among these cards; None where that isn't so."""
    before = {canonical_url(address) for address, _ in known if address}
    if len(before) < _FEWEST_KNOWN:
        return None
    again = before & {canonical_url(card.url) for card in cards if card.url}
    if len(again) >= _KNOWN_AMONG_CARDS * len(before):
        return None
    linked = before & links()
    if len(linked) < max(_FEWEST_KNOWN, _ON_THE_PAGE * len(before)) or len(again) >= _KNOWN_AMONG_CARDS * len(linked):
        return None
    return f"{len(again)} of the {len(linked)} cards of the last look that the page still links to"


def _word(name: str) -> str:
    return WORDS.get(name, name)


def _listed(names: Sequence[str]) -> str:
    shown = [_word(name) for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _host(url: str) -> str:
    host = url.partition("://")[2].partition("/")[0]
    return host.lower().removeprefix("www.").removeprefix("m.")
