"""How often to look at a page that is looked at as often as it changes. Pure and without chance: the same looks, the same interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

FEWEST_LOOKS = 4  # with fewer, nothing is known of the page yet, and the shortest interval finds it out soonest
NEAREST = math.sqrt(2)  # where the choice goes from an interval to its double: in the middle, as ratios go
HALVINGS = 60  # of an interval of rates, until floats can tell no more
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Observed:
    """Two good looks at a page, one after the other."""

    apart_s: float
    changed: bool  # whether the later one saw other cards than the earlier one


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How long to wait between two looks, and why, in a sentence."""

    interval: timedelta
    why: str


def decide_interval(observed: Sequence[Observed], *, shortest: timedelta, longest: timedelta) -> Decision:
    """The interval at which about every second look finds something new, within the bounds.

    It is one of shortest, 2 x shortest, 4 x shortest, ..., longest: a change of mind keeps to the moments of the shorter ones, so that no two
    looks come close together, and it takes much evidence to go from one to the next.
    """
    seen = [pair for pair in observed if pair.apart_s > 0]
    changed = sum(pair.changed for pair in seen)
    if len(seen) < FEWEST_LOOKS:
        return Decision(interval=shortest, why=f"looked at {len(seen) + 1} times so far: too few to know how often it changes")
    found = f"it had changed at {changed} of its last {len(seen)} looks"
    rate = changes_per_second(seen)
    wanted_s = math.log(2) / rate if rate > 0 else math.inf
    interval = shortest
    while interval < longest and wanted_s > NEAREST * interval.total_seconds():
        interval = min(2 * interval, longest)
    return Decision(interval=interval, why=f"{found}, {_pace(rate)}: every {in_words(interval)}")


def changes_per_second(observed: Sequence[Observed]) -> float:
    """The likeliest rate of a page that changes at random moments; 0.0: it never changed.

    J. Cho and H. Garcia-Molina, "Estimating frequency of change", ACM TOIT 3 (2003), section 5.3: a look tells only whether there was a
    change since the one before, so counting changes would underrate a page that changes oftener than it is looked at. As there,
    half a look without a change is added, or a page that was never seen unchanged would change infinitely often.
    """
    changed = [pair.apart_s for pair in observed if pair.changed]
    if not changed:
        return 0.0
    usual_s = sorted(pair.apart_s for pair in observed)[len(observed) // 2]
    unchanged_s = sum(pair.apart_s for pair in observed if not pair.changed) + usual_s / 2

    def too_low(rate: float) -> bool:
        return sum(apart_s / math.expm1(min(rate * apart_s, 700.0)) for apart_s in changed) > unchanged_s

    low, high = 0.0, 1.0  # a change a second: no page is oftener looked at than that
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if too_low(middle):
            low = middle
        else:
            high = middle
    return high


def in_words(interval: timedelta) -> str:
    """ "90 minutes", "6 hours", "3 days": in the largest unit that leaves nothing over."""
    seconds = int(interval.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds % size == 0 and seconds >= size:
            return unit if seconds == size else f"{seconds // size} {unit}s"
    return f"{seconds} seconds"


def _pace(rate: float) -> str:
    if rate <= 0:
        return "so it hardly changes"
    hours = 1 / rate / HOUR_S
    return f"so about once in {hours:.2g} hours" if hours < 100 else f"so about once in {hours / 24:.0f} days"
