"""Made-up pages over a year, as the figures that alarms weigh: what is usual there, and what goes wrong when.

Everything follows from the seed. A trouble says itself on which nights an alarm about it is deserved; on all other nights none is, however
strange they look: a holiday, a night of big news, a server that fails once, a list that grows.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from scraper.pages import Outcome
from storage.past_looks import SHOWN_FIELDS, PageLooks, PastLook

FIRST_NIGHT = datetime(2025, 1, 6, 2, 0, tzinfo=UTC)  # a Monday
BIG_NEWS = (75, 201, 299)  # nights on which everybody publishes three times as much
CHRISTMAS = (date(2025, 12, 22), date(2026, 1, 2))  # half as much


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong, and on which nights (from, to, both in) somebody has to be told for the first time."""

    kind: str
    first: int
    nights: int
    told: tuple[int, int]


@dataclass(kw_only=True)
class MadeUpPage:
    """One page's year."""

    name: str
    looks: list[PastLook] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def until(self, night: int, good_looks: int) -> PageLooks:
        """What the archive would tell after that night's look."""
        good, first = 0, night
        while first > 0 and good < good_looks:
            good += self.looks[first].outcome.is_good
            first -= 1
        return PageLooks(source=self.name, url=f"https://{self.name}.example/", looks=tuple(self.looks[first : night + 1]))


# kind -> (how long it lasts, within how many nights it has to be told)
TROUBLES = {
    "down": (7, 7),
    "blocked": (9, 9),
    "wall": (12, 1),
    "forbidden": (20, 1),
    "no list": (5, 1),
    "few": (20, 1),
    "many": (30, 1),
    "empty": (3, 1),
    "field lost": (400, 1),
    "field gained": (400, 1),
    "drift": (60, 1),
    "replaced": (1, 2),
    "frozen": (45, 40),
    "lying validators": (60, 20),
}
_BAD = {
    "down": (Outcome.UNREACHABLE, "connection refused"),
    "blocked": (Outcome.BLOCKED, "the server answered 403"),
    "wall": (Outcome.WALL, "consent: redirected to a consent page"),
    "forbidden": (Outcome.ROBOTS_DISALLOWED, "Disallow: /"),
    "no list": (Outcome.NOTHING_FOUND, "no group of links looks like a list"),
}


def page_with(kind: str | None, seed: int, *, nights: int = 365) -> MadeUpPage:
    """A page on which that goes wrong once; None: nothing does."""
    chance = random.Random(f"{seed} {kind}")
    page = MadeUpPage(name=f"{(kind or 'sound').replace(' ', '-')}-{seed}")
    shape = chance.choice(("newest", "newest", "today", "archive"))
    if kind == "replaced":
        shape = "newest"
    length = chance.randrange(10, 60)
    weekday_rate = chance.uniform(0.6, 0.35 * length) if kind not in ("replaced",) else chance.uniform(0.5, 0.12 * length)
    weekend_rate = weekday_rate * chance.choice((0.0, 0.2, 0.5, 1.0))
    growth = chance.uniform(-0.3, 0.6)
    fails = chance.choice((0.0, 0.004, 0.02, 0.1))  # of all nights
    shares = {name: chance.choice((0.0, 0.35, 0.8, 0.97, 1.0)) for name in SHOWN_FIELDS} | {"title": 1.0, "link": 1.0}
    if kind in ("field lost", "field gained"):
        shares["read time"] = 0.95 if kind == "field lost" else 0.0
    if kind is not None:
        lasts, within = TROUBLES[kind]
        first = chance.randrange(40, nights - 60)
        page.troubles.append(Trouble(kind=kind, first=first, nights=lasts, told=(first, first + within - 1)))
        if kind in ("few", "many", "empty", "frozen", "lying validators"):
            shape = "newest"
    _live(page, kind, shape, length, (weekday_rate, weekend_rate), growth, fails, shares, nights, chance)
    return page


def _live(page, kind, shape, length, rates, growth, fails, shares, nights, chance) -> None:  # type: ignore[no-untyped-def]
    number = 0
    cards: list[tuple[int, dict[str, bool]]] = []  # (article, field -> shown), newest first
    ever: set[int] = set()
    before: set[int] | None = None

    def write() -> tuple[int, dict[str, bool]]:
        nonlocal number
        number += 1
        return number, {name: chance.random() < share for name, share in shares.items()}

    cards = [write() for _ in range(length if shape != "today" else 12)]
    for night in range(nights):
        at = FIRST_NIGHT + timedelta(days=night)
        wrong = next((trouble.kind for trouble in page.troubles if trouble.first <= night < trouble.first + trouble.nights), None)
        rate = rates[at.weekday() >= 5] * (1 + growth * night / nights)
        rate *= 3 if night in BIG_NEWS else 0.5 if CHRISTMAS[0] <= at.date() <= CHRISTMAS[1] else 1
        fresh = [] if wrong == "frozen" else [write() for _ in range(poisson(rate, chance))]
        cards = [*fresh, *(cards if shape != "today" else [])]
        if shape == "newest":
            if len(cards) > 3 and chance.random() < 0.03:
                del cards[chance.randrange(1, len(cards))]  # taken down; an older one moves up
            while len(cards) < length:
                cards.append(write())
                ever.add(cards[-1][0])
            cards = cards[:length]
        detail, outcome = "", Outcome.OK
        if wrong in _BAD:
            outcome, detail = _BAD[wrong]
        elif wrong is None and chance.random() < fails:
            outcome, detail = chance.choice(((Outcome.HTTP_ERROR, "503"), (Outcome.TIMED_OUT, "no byte for 20 s")))
        if not outcome.is_good:
            page.looks.append(PastLook(seen_at=at, outcome=outcome, detail=detail))
            continue
        shown = {
            "few": cards[: max(1, len(cards) // 2)],
            "many": [*cards, *(write() for _ in range(len(cards)))] if wrong == "many" else [],
            "empty": [],
            "replaced": [write() for _ in cards] if wrong == "replaced" else [],
        }.get(wrong or "", cards)
        if not shown:
            outcome = Outcome.EMPTY
        counts = {name: sum(fields[name] for _, fields in shown) for name in SHOWN_FIELDS}
        if wrong in ("field lost", "field gained"):
            counts["read time"] = 0 if wrong == "field lost" else len(shown)
        if wrong == "drift":
            detail = "drift: expected 10 to 60 cards, found 0; read by the full method: 20 cards"
        here = {article for article, _ in shown}
        page.looks.append(
            PastLook(
                seen_at=at,
                outcome=outcome,
                detail=detail,
                cards=len(shown),
                new=None if before is None else len(here - ever),
                kept=None if before is None else len(here & before),
                shown=counts if shown else None,
                extractor_version="1",
                etag='"frozen"' if kind == "lying validators" and night >= page.troubles[0].first - 1 else f'"{night}"',
            )
        )
        ever |= here
        before = here


def poisson(rate: float, chance: random.Random) -> int:
    """Knuth's way for small rates (The Art of Computer Programming, volume 2, 3.4.1), the normal approximation for large ones."""
    if rate > 30:
        return max(0, round(chance.gauss(rate, math.sqrt(rate))))
    limit, product, count = math.exp(-rate), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
