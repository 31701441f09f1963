"""What a listing page says: the records that extraction hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What kind of page this is, as far as teaser cards go."""

    LISTING = "listing"  # cards were found
    EMPTY = "empty"  # a list that says it has nothing, or a recipe's list container without a card in it
    NOTHING_FOUND = "nothing_found"  # an ordinary page without a list that we can see; perhaps we are wrong
    ARTICLE = "article"  # one article in full
    WALL = "wall"  # consent, log-in, bot check or paywall instead of the page; `reason` says which
    NEEDS_JAVASCRIPT = "needs_javascript"  # an app shell: the cards are drawn in the browser, and not in the page's data either
    ERROR_PAGE = "error_page"  # an error or maintenance page that came with a good status
    FEED = "feed"  # RSS, Atom, JSON feed or sitemap instead of HTML
    NOT_HTML = "not_html"  # PDF, image, binary, plain data
    TOO_DEEP = "too_deep"  # nested or large beyond the stated limits; not parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One teaser as the page shows it. None means that the page doesn't say; an empty string doesn't occur."""

    title: str | None
    url: str | None  # absolute, as on the page (tracking parameters kept); None: the card has no link
    blurb: str | None = None
    read_time_minutes: int | None = None  # "less than a minute" is 1
    read_time_raw: str | None = None  # as shown, "8 minute read"
    published_on: str | None = None  # YYYY-MM-DD
    published_raw: str | None = None  # as shown, "24 May 2024"; kept also where no date could be made of it
    author: str | None = None  # without "By"; several joined by ", "
    category: str | None = None  # the first shown
    image_url: str | None = None  # absolute; the card's own picture, never an avatar or a placeholder
    position: int  # 1 is the first card on the page
    confidence: float = 1.0  # 0..1, that this is a card at all
    origin: Mapping[str, str] = field(default_factory=dict)  # field -> where it was read, e.g. {"published_on": "time@datetime"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A recipe was given and the page no longer fits it; the cards were read by the full method instead."""

    expected: str  # in words, with numbers: "4 to 30 cards with blurb and date"
    found: str  # in words, with numbers: what the recipe found, and in what it differs
    expected_cards: tuple[int, int]  # from, to
    found_cards: int  # by the recipe
    read_cards: int = 0  # by the full method

    def __str__(self) -> str:
        return f"expected {self.expected}, found {self.found}; read by the full method: {self.read_cards} cards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Everything one look at one listing page says. `cards` is in page order."""

    cards: tuple[Card, ...]
    verdict: Verdict
    reason: str  # the verdict in words, for a person
    next_page_url: str | None = None  # absolute; the page with older cards
    canonical_url: str | None = None  # rel=canonical, absolute
    lang: str | None = None  # BCP 47, as the page declares it
    charset: str | None = None  # WHATWG name of the encoding the bytes were read with; None: text was given
    charset_source: str | None = None  # "bom", "header", "meta", "utf-8", "detector", "fallback"
    drift: Drift | None = None  # a recipe was given and no longer fits; the cards are the full method's
    problems: tuple[str, ...] = ()  # in words: a card without a title, a date that couldn't be read
    feeds: tuple[str, ...] = ()  # absolute URLs of RSS, Atom and JSON feeds that the page names
    explanation: tuple[Mapping[str, object], ...] = field(
        default=(), compare=False
    )  # groups kept and dropped with numbers; only when asked for
