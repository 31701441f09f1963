"""What can be wrong with a page that is looked at night after night, each kind with its own idea of what is usual. Pure.

A symptom is shown the page's looks one after the other. Of each it says that it found something, that the look was ordinary, or (None)
that the look tells nothing about it. Whoever shows them (`schedules.alarms`) tells it which looks to learn from.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from schedules.habits import CountHabit, Habit, ShareHabit, may_be_odd
from scraper.pages import Outcome
from scraper.validators import Validators, find_lie
from storage.past_looks import PastLook


class AlarmKind(StrEnum):
    """What an alarm is about. The words are part of the JSON that hooks receive; a word is never renamed."""

    WALL = "wall"  # a consent, log-in or bot page, or scripts that must run, where there was a list
    FORBIDDEN = "forbidden"  # robots.txt or the page itself says no, where it didn't
    NO_LIST = "no_list"  # a page came, and no list was found on it
    UNREADABLE = "unreadable"  # bad looks in a row, more than this page usually has
    CARD_COUNT = "card_count"  # far fewer or far more cards than usual
    FIELD = "field"  # a field that is shown on far fewer or far more of the cards
    DRIFT = "drift"  # the recipe no longer fits
    ALL_OTHER = "all_other"  # not one card of the look before still stands
    STALE = "stale"  # nothing new for unusually long
    VALIDATORS = "validators"  # ETag or Last-Modified stay the same while the cards change


class Family(StrEnum):
    """Kinds that have one cause as a rule, so that a person is told once."""

    READING = "reading"
    CONTENT = "content"
    NEWS = "news"
    VALIDATORS = "validators"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a symptom found in one look."""

    kind: AlarmKind
    sentence: str
    before: str  # what was usual, in figures
    now: str
    field: str | None = None


ORDINARY = True
Verdict = Finding | bool | None
"""A finding; ORDINARY; or None: this look tells nothing about it."""


class Symptom(Protocol):
    """One thing that is watched."""

    family: Family
    adapts: bool  # whether what is found for long enough becomes what is usual

    def may_find(self, looks: Sequence[PastLook]) -> bool:
        """Whether an alarm could stand, or could have stood, at one of these looks: the page's whole past, none of it shown to the symptom yet.

        False only where that is certain. Then nobody need go through them, as on most pages on most nights.
        """

    def judge(self, look: PastLook) -> Verdict:
        """What this look says, given what was learned before."""

    def learn(self, look: PastLook) -> None:
        """Takes this look for an ordinary one."""

    def adopt(self, looks: Sequence[PastLook]) -> None:
        """Takes these looks for what is usual from now on, and forgets what was before."""


STATES = {
    Outcome.WALL: AlarmKind.WALL,
    Outcome.NEEDS_JAVASCRIPT: AlarmKind.WALL,
    Outcome.ROBOTS_DISALLOWED: AlarmKind.FORBIDDEN,
    Outcome.OPTED_OUT: AlarmKind.FORBIDDEN,
    Outcome.NOTHING_FOUND: AlarmKind.NO_LIST,
    Outcome.DRIFTED: AlarmKind.NO_LIST,
}
"""Outcomes that are a site's decision or a new design: they don't pass by themselves, so the first of them is told."""


class Reading:
    """Looks that were not good."""

    family = Family.READING
    adapts = False
    _FEWEST = 3  # in a row; servers fail for a night or two
    _CHANCE = 1e-4  # that a page which fails as often as this one does so as many times in a row
    _SELDOM = timedelta(hours=48)  # looked at less often than that: the second one counts
    _SOON = timedelta(hours=24)  # after the last good look it is too early to be alarmed
    _EPISODES = 2  # a wall that came and went so often is no news

    def __init__(self, most: int, least: int) -> None:
        self._least = least
        self._were_bad: deque[bool] = deque(maxlen=most)
        self._began_with: deque[Outcome | None] = deque(maxlen=most)  # the outcome of each look that began a bad stretch
        self._streak: list[PastLook] = []
        self._last_good_at: datetime | None = None
        self._found = False

    def may_find(self, looks: Sequence[PastLook]) -> bool:
        return not looks[-1].outcome.is_good  # a good look ends what was found before

    def judge(self, look: PastLook) -> Verdict:
        if look.outcome.is_good:
            return ORDINARY
        self._streak.append(look)
        if self._found or self._is_too_much(look):
            self._found = True
            return self._finding(look)
        return None

    def learn(self, look: PastLook) -> None:
        if self._streak:
            # An outage that was told counts as one bad look: a page that was down for a week doesn't fail by habit.
            self._were_bad.extend([True] * (1 if self._found else len(self._streak)))
            self._began_with.append(self._streak[0].outcome)
            self._streak.clear()
        self._found = False
        self._were_bad.append(False)
        self._began_with.append(None)
        self._last_good_at = look.seen_at

    def adopt(self, looks: Sequence[PastLook]) -> None:
        raise NotImplementedError("bad looks never become usual")

    def _is_too_much(self, look: PastLook) -> bool:
        seen = len(self._were_bad)
        if seen + len(self._streak) <= self._least:
            return False
        first = self._streak[0].outcome
        if look.outcome in STATES and len(self._streak) == 1 and self._began_with.count(first) <= self._EPISODES:
            return True
        share = (sum(self._were_bad) + 0.5) / (seen + 5)  # of a page that nobody knows: one in ten
        share += math.sqrt(share * (1 - share) / (seen + 5))  # so few looks may also be those of a page that fails more often
        apart = (look.seen_at - (self._last_good_at or self._streak[0].seen_at)) / len(self._streak)
        fewest = 2 if apart >= self._SELDOM else self._FEWEST
        enough = max(fewest, math.ceil(math.log(self._CHANCE) / math.log(share)))
        too_soon = self._last_good_at is not None and look.seen_at - self._last_good_at < self._SOON
        return len(self._streak) >= enough and not too_soon

    def _finding(self, look: PastLook) -> Finding:
        number, last = len(self._streak), self._last_good_at
        since = "never read" if last is None else f"last read {day(last)}"
        why = f"{look.outcome}: {look.detail}" if look.detail else str(look.outcome)
        sentence = (
            f"{number} looks in a row could not be read ({since}); the last one: {why}" if number > 1 else f"{why}; {since}"
        )
        bad = sum(self._were_bad)
        return Finding(
            kind=STATES.get(look.outcome, AlarmKind.UNREADABLE),
            sentence=sentence,
            before=f"{len(self._were_bad) - bad} of {len(self._were_bad)} looks read",
            now=f"0 of {number}",
        )


class CardCount:
    """How many cards stand on the page."""

    family = Family.CONTENT
    adapts = True

    def __init__(self, most: int, least: int) -> None:
        self._habit = CountHabit(most)
        self._least = least

    def may_find(self, looks: Sequence[PastLook]) -> bool:
        return may_be_odd([look.cards for look in looks if look.cards is not None])

    def judge(self, look: PastLook) -> Verdict:
        if look.cards is None:
            return None
        if len(self._habit) < self._least or not self._habit.is_odd(look.seen_at.weekday(), look.cards):
            return ORDINARY
        low, high = self._habit.range
        usual = f"{low:.0f} to {high:.0f}" if low < high else f"{low:.0f}"
        sentence = f"{counted(look.cards, 'card')}, usually {usual}"
        return Finding(kind=AlarmKind.CARD_COUNT, sentence=sentence, before=usual, now=str(look.cards))

    def learn(self, look: PastLook) -> None:
        assert look.cards is not None
        self._habit.add_on(look.seen_at.weekday(), look.cards)

    def adopt(self, looks: Sequence[PastLook]) -> None:
        self._habit.replace_on([(look.seen_at.weekday(), look.cards) for look in looks if look.cards is not None])


class FieldShare:
    """On how many of the cards a field is shown."""

    family = Family.CONTENT
    adapts = True
    _LEAST = 0.25  # of the cards: smaller differences are no alarm however certain they are

    def __init__(self, field: str, most: int, least: int) -> None:
        self._field = field
        self._habit = ShareHabit(most)
        self._least = least

    def may_find(self, looks: Sequence[PastLook]) -> bool:
        field = self._field
        shares = [min(1.0, look.shown[field] / look.cards) for look in looks if look.shown is not None and look.cards]
        return bool(shares) and max(shares) - min(shares) >= self._LEAST

    def judge(self, look: PastLook) -> Verdict:
        if look.shown is None or not look.cards:
            return None
        shown = min(look.shown[self._field], look.cards)
        if len(self._habit) < self._least or not (
            self._habit.has_fallen(shown, look.cards, least=self._LEAST)
            or self._habit.has_risen(shown, look.cards, least=self._LEAST)
        ):
            return ORDINARY
        low, high = self._habit.range
        usual = f"{low:.0%} to {high:.0%}" if f"{low:.0%}" != f"{high:.0%}" else f"{low:.0%}"
        return Finding(
            kind=AlarmKind.FIELD,
            sentence=f"{self._field} on {shown} of {counted(look.cards, 'card')}, usually on {usual} of them",
            before=usual,
            now=f"{shown / look.cards:.0%}",
            field=self._field,
        )

    def learn(self, look: PastLook) -> None:
        self._habit.add(self._share(look))

    def adopt(self, looks: Sequence[PastLook]) -> None:
        self._habit.replace([self._share(look) for look in looks])

    def _share(self, look: PastLook) -> float:
        assert look.shown is not None
        assert look.cards
        return min(1.0, look.shown[self._field] / look.cards)


class RecipeDrift:
    """What the look itself says: the source's recipe no longer fits, and the page was read without it."""

    family = Family.CONTENT
    adapts = False
    _USUAL = 0.2  # of the looks: a recipe that never fitted well is no news

    def __init__(self, most: int, least: int) -> None:
        self._habit = Habit(most)
        self._least = least

    def may_find(self, looks: Sequence[PastLook]) -> bool:
        return any(drift_in(look.detail) is not None for look in looks)

    def judge(self, look: PastLook) -> Verdict:
        if look.outcome not in (Outcome.OK, Outcome.EMPTY):
            return None  # nothing was read anew
        drift = drift_in(look.detail)
        if drift is None or len(self._habit) < self._least or self._habit.quantile(1 - self._USUAL) > 0:
            return ORDINARY
        return Finding(
            kind=AlarmKind.DRIFT, sentence=f"the recipe no longer fits: {drift}", before="fits", now=drift.partition(";")[0]
        )

    def learn(self, look: PastLook) -> None:
        self._habit.add(drift_in(look.detail) is not None)

    def adopt(self, looks: Sequence[PastLook]) -> None:
        raise NotImplementedError("drift never becomes usual")


class LyingValidators:
    """A page that changed while its ETag, or its Last-Modified, stayed the same."""

    family = Family.VALIDATORS
    adapts = False

    def __init__(self) -> None:
        self._before = Validators()
        self._cards = 0

    def may_find(self, looks: Sequence[PastLook]) -> bool:
        read = [look for look in looks if look.outcome is Outcome.OK]
        etags = [look.etag for look in read if look.etag is not None]
        dates = [look.last_modified for look in read if look.last_modified is not None]
        return len(set(etags)) < len(etags) or len(set(dates)) < len(dates)

    def judge(self, look: PastLook) -> Verdict:
        if look.outcome is not Outcome.OK or look.cards is None:
            return None
        before, self._before = self._before, Validators(etag=look.etag, last_modified=look.last_modified)
        cards, self._cards = self._cards, look.cards
        if not before or look.new is None or look.kept is None:
            return None
        lie = find_lie(before, self._before, cards_changed=look.kept < max(cards, look.cards))
        if lie is None:
            return None  # one honest look doesn't mend it
        return Finding(kind=AlarmKind.VALIDATORS, sentence=lie, before="not known to lie", now="lie")

    def learn(self, look: PastLook) -> None:
        raise NotImplementedError("no look is proof of honesty")

    def adopt(self, looks: Sequence[PastLook]) -> None:
        raise NotImplementedError("a lie never becomes usual")


def drift_in(detail: str) -> str | None:
    """What a look's detail (see `schedules.judge`) says of drift; None where it says nothing."""
    return detail.partition("drift: ")[2] or None


def counted(number: int, what: str) -> str:
    """A number of things in words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def day(moment: datetime) -> str:
    """The day, as in a sentence."""
    return f"{moment:%Y-%m-%d}"
