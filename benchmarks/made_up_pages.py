"""Listing pages that never were, night after night, for the benchmarks: deterministic, and as lively as real ones."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from scraper.cards import Card

START = datetime(2025, 1, 1, 2, 0, tzinfo=UTC)
CARDS = 30
PAGES_A_SOURCE = 4
SHUFFLING = 0.1  # of the pages: most-read lists and the like
NEW_A_NIGHT = (0, 1, 1, 2, 2, 3, 3, 4, 6)
REWORDED = 0.01  # of the cards, a night
FAILING = 0.02  # of the looks
SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
]
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES] + [a + b for a in SYLLABLES for b in SYLLABLES]
WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))  # as words are in any language (Zipf's law)


class MadeUpPage:
    """One listing page, night after night."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.chance = random.Random(number)
        self.source = f"outlet-{number // PAGES_A_SOURCE:03d}"
        self.url = f"https://{self.source}.example/section-{number % PAGES_A_SOURCE}/"
        self.shuffles = self.chance.random() < SHUFFLING
        self.cards: list[Card] = []
        self.made = 0

    def next_night(self) -> list[Card] | None:
        """The cards of the next night; None: the look fails."""
        new = CARDS if not self.cards else self.chance.choice(NEW_A_NIGHT)
        cards = [self._card() for _ in range(new)] + self.cards
        self.cards = cards[:CARDS]
        for index, card in enumerate(self.cards):
            if self.chance.random() < REWORDED:
                self.cards[index] = self._reworded(card)
        if self.shuffles:
            moved = self.chance.sample(range(CARDS), 4)
            for a, b in zip(moved[::2], moved[1::2], strict=True):
                self.cards[a], self.cards[b] = self.cards[b], self.cards[a]
        return None if self.chance.random() < FAILING else self.cards

    def _words(self, count: int) -> str:
        return " ".join(self.chance.choices(WORDS, cum_weights=WEIGHTS, k=count)).capitalize()

    def _card(self) -> Card:
        self.made += 1
        minutes = self.chance.randrange(1, 15)
        day = (START + timedelta(days=self.made // 4)).date()
        return Card(
            title=self._words(9),
            url=f"https://{self.source}.example/{day:%Y/%m}/{self._words(4).lower().replace(' ', '-')}-{self.number}x{self.made}",
            blurb=self._words(24),
            read_time_minutes=minutes,
            read_time_raw=f"{minutes} min read",
            published_on=day.isoformat(),
            published_raw=f"{day:%d %B %Y}",
            author=self._words(2),
            category=WORDS[self.chance.randrange(40)],
            position=1,
        )

    def _reworded(self, card: Card) -> Card:
        fields = {name: getattr(card, name) for name in card.__slots__}
        return Card(**{**fields, "title": self._words(9)})

    def body(self, night: int) -> bytes:
        """Some 65 KB of page around the cards, of which little changes from night to night."""
        frame = "".join(
            f'<li class="nav-{line}"><a href="/{WORDS[line % len(WORDS)]}/{line}">{line * 7919}</a></li>\n' for line in range(700)
        )
        cards = "".join(
            f'<article class="card"><a href="{card.url}"><h3>{card.title}</h3></a><p>{card.blurb}</p><time>{card.published_raw}</time>'
            f"<span>{card.read_time_raw}</span></article>\n"
            for card in self.cards
        )
        return f"<html><body><!-- night {night} --><ul>{frame}</ul><main>{cards}</main></body></html>".encode()
