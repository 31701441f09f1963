"""What is usual for a page, and how unlikely tonight is: robust statistics over its own past looks. Pure.

Everything here leans on quantiles and medians, which a strange night or two don't move, and asks for a large difference beside an
unlikely one: with fifty pages, ten figures a page and a look a night, "one in a thousand by chance" would be an alarm every other night.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from statistics import median

UNLIKELY = 1e-6  # a share this unlikely by chance is no chance
_ODD_DEVIATIONS = 5.0  # how many of its own deviations a count may differ from the weekday's usual one
_LEAST_DEVIATION = 0.03  # of the square root of the usual count: about 6% of the count, for lists that are cut at a fixed length
_WEEKDAY_LOOKS = 4  # with fewer of the weekday, all days are one
_EXTREME = 0.05  # of the looks, at either end: a strange one among many that were taken for ordinary


class Habit:
    """The last `most` ordinary values of a figure."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_time: deque[float] = deque()
        self._in_order: list[float] = []

    def __len__(self) -> int:
        return len(self._in_time)

    def add(self, value: float) -> None:
        """One more; the oldest goes when there are too many."""
        self._in_time.append(value)
        insort(self._in_order, value)
        if len(self._in_time) > self._most:
            oldest = self._in_time.popleft()
            del self._in_order[bisect_left(self._in_order, oldest)]

    def replace(self, values: Sequence[float]) -> None:
        """Forgets everything but these."""
        self._in_time.clear()
        self._in_order.clear()
        for value in values:
            self.add(value)

    def quantile(self, share: float) -> float:
        """The value below which that share of them lies (nearest rank, no interpolation: a value that occurred)."""
        return self._in_order[round(share * (len(self._in_order) - 1))]

    @property
    def usual(self) -> float:
        """The median."""
        return self.quantile(0.5)

    @property
    def range(self) -> tuple[float, float]:
        """From the poorest to the richest of ordinary values: all of them, but for one in twenty at either end once there are so many."""
        left_out = int(_EXTREME * (len(self._in_order) - 1))
        return self._in_order[left_out], self._in_order[-1 - left_out]


class CountHabit(Habit):
    """Counts of cards, with the weekday of each."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._weekdays: deque[int] = deque(maxlen=most)

    def add_on(self, weekday: int, count: int) -> None:
        """One more count; `weekday` as `datetime.weekday()` says it."""
        self._weekdays.append(weekday)
        self.add(count)

    def replace_on(self, days: Sequence[tuple[int, int]]) -> None:
        """Forgets everything but these (weekday, count)."""
        self._weekdays.clear()
        self.replace([])
        for weekday, count in days:
            self.add_on(weekday, count)

    def is_odd(self, weekday: int, count: int) -> bool:
        """Whether so many cards are out of the page's own range.

        They have to be far below its poorest (or above its richest) ordinary look of any weekday, so that a holiday which is as quiet
        as a Sunday is no alarm; and also far from what is usual on this weekday, measured in the page's own deviations. How far is "far
        below" depends on the page: a list that is always cut at thirty entries is broken at nineteen, one that shows the day's
        articles may have half as many at Christmas, and three times as many when much happens.
        """
        poorest, richest = self.range
        variable = min(
            1.0, max(0.0, ((richest - poorest) / max(self.usual, 1.0) - 0.1) / 0.2)
        )  # 0: a fixed length, 1: as it comes
        return _is_far_off(count, poorest, richest, variable) and self._deviations(weekday, count) > _ODD_DEVIATIONS

    def _deviations(self, weekday: int, count: int) -> float:
        # Counts scatter by the square root of their size, so their square roots all scatter alike (Anscombe 1948), and the residuals
        # of all weekdays can be measured together.
        roots: dict[int, list[float]] = {}
        for day, value in zip(self._weekdays, self._in_time, strict=True):
            roots.setdefault(day, []).append(math.sqrt(value))
        everything = [root for of_day in roots.values() for root in of_day]
        overall = median(everything)
        centre = {day: median(of_day) if len(of_day) >= _WEEKDAY_LOOKS else overall for day, of_day in roots.items()}
        residuals = [abs(root - centre[day]) for day, of_day in roots.items() for root in of_day]
        usual = centre.get(weekday, overall)
        deviation = max(1.4826 * median(residuals), _LEAST_DEVIATION * usual, 0.05)  # 1.4826: as a normal distribution's sigma
        return abs(math.sqrt(count) - usual) / deviation


def may_be_odd(counts: Sequence[int]) -> bool:
    """Whether any of these counts could be odd, whichever of the others it is held against; False only where that is certain."""
    return bool(counts) and (
        _is_far_off(min(counts), max(counts), max(counts), 0.0) or _is_far_off(max(counts), min(counts), min(counts), 0.0)
    )


def _is_far_off(count: int, poorest: float, richest: float, variable: float) -> bool:
    too_few = poorest * (0.7 - 0.4 * variable) - 1
    too_many = richest * (1.4 + 1.6 * variable) + 2
    return not too_few <= count <= too_many


class ShareHabit(Habit):
    """Shares of a page's cards, from 0 to 1: of those that show an author, of those that are new."""

    def has_fallen(self, count: int, of: int, *, least: float) -> bool:
        """Whether `count` of `of` cards is fewer, by `least` at the least, than even the page's poorest ordinary looks let one expect."""
        if self.usual - count / of < least:
            return False
        return chance_of_at_most(count, of, self._possible(self.range[0], of)) < UNLIKELY

    def has_risen(self, count: int, of: int, *, least: float) -> bool:
        """The other way round."""
        if count / of - self.usual < least:
            return False
        return chance_of_at_most(of - count, of, 1 - self._possible(self.range[1], of)) < UNLIKELY

    def _possible(self, share: float, of: int) -> float:
        # "Always" and "never" are what so many looks at so many cards can show, not certainties.
        margin = 1 / (len(self) * of + 2)
        return min(1 - margin, max(margin, share))


class News:
    """How many cards are new at a look, by weekday."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._days: deque[tuple[int, int]] = deque(maxlen=most)

    def __len__(self) -> int:
        return len(self._days)

    def add(self, weekday: int, new: int) -> None:
        """One more look."""
        self._days.append((weekday, new))

    def expected(self, weekday: int) -> float:
        """How many to expect on a busy day: the mean of this weekday or of all days, whichever is more; 0 without looks."""
        every = [new for _, new in self._days]
        same = [new for day, new in self._days if day == weekday]
        means = [sum(counts) / len(counts) for counts in (every, same if len(same) >= _WEEKDAY_LOOKS else []) if counts]
        return max(means, default=0.0)


def chance_of_at_most(count: int, of: int, share: float) -> float:
    """The probability of `count` or fewer successes in `of` independent tries that succeed with probability `share` (0 < share < 1)."""
    log_share, log_rest = math.log(share), math.log1p(-share)
    log_ways = math.lgamma(of + 1)
    return sum(
        math.exp(log_ways - math.lgamma(hits + 1) - math.lgamma(of - hits + 1) + hits * log_share + (of - hits) * log_rest)
        for hits in range(count + 1)
    )


def chance_of_events_at_most(count: int, expected: float) -> float:
    """The probability of `count` or fewer events where `expected` of them are expected and none knows of the others (Poisson)."""
    if expected <= 0:
        return 1.0
    return min(1.0, sum(math.exp(hits * math.log(expected) - expected - math.lgamma(hits + 1)) for hits in range(count + 1)))


def chance_of_events_at_least(count: int, expected: float) -> float:
    """The probability of `count` or more of them."""
    if count <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    first = math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))
    total = term = first
    for hits in range(count + 1, count + 1000):
        term *= expected / hits
        total += term
        if term < total * 1e-9:
            break
    return min(1.0, total)
