"""Which article a card points to. Pure.

A card's link, made canonical, names its article, on whatever page of whatever source it stands. A card without a link of its own
(none at all, `javascript:`, or one that leads back to the listing page, as script-driven cards have) is known by its title within its page:
case, accents in their composed or decomposed form, white space and typographic quotes don't count. Such a card has a new identity when its title is
reworded; nothing on the page could tell otherwise.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from scraper.cards import Card
from scraper.urls import DEFAULT_URL_RULES, URL_RULES_VERSION, UrlRules, canonical_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An article's key, unique in the archive."""

    key: str  # a canonical URL, or where there is none "<source> <page> <folded title, or blurb where the title is gone>"
    url_rules: int | None  # version of the rules that made the URL canonical; None: there is none


def identify(card: Card, *, source: str, page_url: str, rules: UrlRules = DEFAULT_URL_RULES) -> Identity | None:
    """The identity of the card's article; None when it has neither a link of its own nor a title nor a blurb: then nothing can be
    known of it. A blurb is what text extracts keep of a card; one that is reworded is another article."""
    if card.url and card.url[:4].lower() == "http":
        key = canonical_url(card.url, rules=rules)
        if not card.title or key != canonical_url(page_url, rules=rules):
            return Identity(key=key, url_rules=URL_RULES_VERSION)
    words = card.title or card.blurb
    if not words:
        return None
    return Identity(key=f"{source} {page_url} {fold_title(words)}", url_rules=None)


_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "\u00ad": None}
)


def fold_title(title: str) -> str:
    """The title without what typesetting changes: `"The  “Harbour” Plan"` is `'the "harbour" plan'`."""
    return " ".join(unicodedata.normalize("NFKC", title).translate(_QUOTES).casefold().split())
