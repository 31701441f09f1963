"""What can be wrong with a page that is looked at night after night, each kind with its own idea of what is usual. Pure.

A symptom is shown the page's looks one after the other. Of each it says that it found something, that the look was ordinary, or (None)
that the look tells nothing about it. Whoever shows them (`schedules.alarms`) tells it which looks to learn from.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from schedules.habits import CountHabit, Habit, News, ShareHabit, chance_of_events_at_least, chance_of_events_at_most
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
        since = "never read" if last is None else f"last read {_day(last)}"
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

    def judge(self, look: PastLook) -> Verdict:
        if look.cards is None:
            return None
        if len(self._habit) < self._least or not self._habit.is_odd(look.seen_at.weekday(), look.cards):
            return ORDINARY
        low, high = self._habit.range
        usual = f"{low:.0f} to {high:.0f}" if low < high else f"{low:.0f}"
        sentence = f"{_counted(look.cards, 'card')}, usually {usual}"
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
            sentence=f"{self._field} on {shown} of {_counted(look.cards, 'card')}, usually on {usual} of them",
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


class AllOther:
    """Nights on which not one card of the look before still stands."""

    family = Family.CONTENT
    adapts = False
    _FEWEST_CARDS = 5
    _CHANCE = 1e-4  # of so many new cards in one look
    _BURST = 1.5  # times the usual is what a busy night may bring
    _BACK = 0.25  # of the cards stood here before the look before
    _USUAL = 0.1  # of the looks: a page that turns over so often does it by habit

    def __init__(self, most: int, least: int, busy: float) -> None:
        self._news = News(most)
        self._apart_s = Habit(most)  # between good looks
        self._emptied = Habit(most)  # 1: nothing of the look before still stood
        self._least = least
        self._busy = busy
        self._good_at: list[datetime] = []  # the last two good looks
        self._cards_before = 0

    def judge(self, look: PastLook) -> Verdict:
        if look.cards is None:
            return None
        self._good_at = [*self._good_at[-1:], look.seen_at]
        before, self._cards_before = self._cards_before, look.cards
        if look.new is None or look.kept is None or look.returned is None or before < self._FEWEST_CARDS:
            return None
        if not self._has_turned_over(look) or len(self._news) < self._least or self._emptied.quantile(1 - self._USUAL) > 0:
            return ORDINARY
        if look.returned >= max(2, self._BACK * look.cards):
            return self._finding(
                look, f"none of the cards of the look before still stands, and {look.returned} from before it are back"
            )
        usual_s = self._apart_s.usual
        gap = max(1.0, self._apart / timedelta(seconds=usual_s)) if usual_s else 1.0
        expected = self._news.expected(look.seen_at.weekday()) * gap * self._BURST * self._busy
        if chance_of_events_at_least(look.new, expected) < self._CHANCE:
            return self._finding(look, f"none of the cards of the look before still stands, {look.new} of {look.cards} are new")
        return ORDINARY

    def learn(self, look: PastLook) -> None:
        assert look.new is not None
        self._news.add(look.seen_at.weekday(), look.new)
        self._apart_s.add(self._apart.total_seconds())
        self._emptied.add(self._has_turned_over(look))

    def adopt(self, looks: Sequence[PastLook]) -> None:
        raise NotImplementedError("a page that has nothing in common with itself never becomes usual")

    @property
    def _apart(self) -> timedelta:
        return self._good_at[-1] - self._good_at[0]

    def _has_turned_over(self, look: PastLook) -> bool:
        assert look.cards is not None
        assert look.kept is not None
        return look.cards >= self._FEWEST_CARDS and look.kept <= look.cards // 30  # a card that is pinned for ever says little

    def _finding(self, look: PastLook, sentence: str) -> Finding:
        usual = f"{self._news.expected(look.seen_at.weekday()):.1f} new"
        return Finding(kind=AlarmKind.ALL_OTHER, sentence=f"{sentence}; usual are {usual}", before=usual, now=f"{look.new} new")


class Stale:
    """Nothing, or next to nothing, new for unusually long."""

    family = Family.NEWS
    adapts = False
    _WEEKS = (1, 2, 3, 4, 6)
    _PAST = 3  # weeks: from so many on the usual is known
    _WATCHED = 0.7  # of the looks that the best watched week had
    _SLACK = timedelta(minutes=30)  # runs don't begin to the second
    _QUIET = 0.3  # of the usual news is what a holiday season may bring
    _CHANCE = 1e-3  # of so little news even then
    _LONGEST = 3  # times the longest silence so far
    _LEAST = timedelta(days=14)  # of silence, on a page that has days without news

    def __init__(self, most: int, least: int) -> None:
        self._most = most
        self._least = least
        self._good_at: list[datetime] = []  # good looks
        self._new_until = [0]  # how many cards were new before each of them, and at the end: all of them
        self._silent_s = Habit(most)  # how long it took until there was something new
        self._newest_at: datetime | None = None  # the last look that brought something new
        self._unwatched = timedelta()  # since then
        self._is_blind = False  # since the last good look

    def judge(self, look: PastLook) -> Verdict:
        if not look.outcome.is_good:
            self._is_blind = True
            return None
        if look.new is None:  # the page's first look: everything is new to us, and perhaps to nobody else
            self._newest_at = look.seen_at
            return None
        if self._is_blind and self._good_at:  # what came and went meanwhile, nobody knows
            self._unwatched += look.seen_at - self._good_at[-1]
        self._is_blind = False
        self._good_at.append(look.seen_at)
        self._new_until.append(self._new_until[-1] + look.new)
        silent = look.seen_at - (self._newest_at or look.seen_at) - self._unwatched
        if look.new or self._newest_at is None:
            self._silent_s.add(silent.total_seconds())
            self._newest_at, self._unwatched, silent = look.seen_at, timedelta(), timedelta()
        if len(self._silent_s) >= self._least and silent > max(
            self._LEAST, self._LONGEST * timedelta(seconds=self._silent_s.quantile(1.0))
        ):
            longest = timedelta(seconds=self._silent_s.quantile(1.0))
            return self._finding(
                f"nothing new since {_day(self._newest_at)}", f"never longer than {_days(longest)}", f"{_days(silent)}"
            )
        return self._too_little(look.seen_at) or ORDINARY

    def learn(self, look: PastLook) -> None:
        """Nothing: what was new has been noted already, whatever it means."""

    def adopt(self, looks: Sequence[PastLook]) -> None:
        raise NotImplementedError("silence never becomes usual")

    def _too_little(self, now: datetime) -> Finding | None:
        by_week = self._news_by_week(now)
        most = max(1, self._most // 7)
        for weeks in self._WEEKS:
            # A quarter of the weeks before had no more than that: neither big news nor junk that was read as cards moves it.
            usual = sorted(by_week[weeks : weeks + most])
            if len(usual) < self._PAST:
                return None
            a_week = usual[len(usual) // 4]
            if by_week[0] >= self._QUIET * a_week:
                return None  # if it was silent, it is no more
            recent, expected = sum(by_week[:weeks]), weeks * a_week
            few = self._QUIET * expected
            if recent < few and chance_of_events_at_most(recent, few) < self._CHANCE:
                period = "week" if weeks == 1 else f"{weeks} weeks"
                return self._finding(f"{_counted(recent, 'new card')} in the last {period}", f"{expected} or more", str(recent))
        return None

    def _news_by_week(self, now: datetime) -> list[int]:
        """New cards in the last seven days, in the seven before, and so on, of weeks in which somebody looked as often as ever.

        Whole weeks, so that weekends weigh alike in all of them.
        """
        weeks: list[tuple[int, int]] = []  # new cards, good looks
        end, until = len(self._good_at), now + self._SLACK
        while end > 0 and len(weeks) < max(self._WEEKS) + self._most // 7:
            until -= timedelta(weeks=1)
            begin = bisect_right(self._good_at, until)
            if begin == 0 and self._good_at[0] - until > timedelta(days=1):
                break  # not a whole week
            weeks.append((self._new_until[end] - self._new_until[begin], end - begin))
            end = begin
        fewest = self._WATCHED * max((looks for _, looks in weeks), default=0)
        return [new for new, looks in weeks if looks >= fewest]

    def _finding(self, sentence: str, before: str, now: str) -> Finding:
        return Finding(kind=AlarmKind.STALE, sentence=f"{sentence}; usual: {before}", before=before, now=now)


class LyingValidators:
    """A page that changed while its ETag, or its Last-Modified, stayed the same."""

    family = Family.VALIDATORS
    adapts = False

    def __init__(self) -> None:
        self._before = Validators()
        self._cards = 0

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


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _days(period: timedelta) -> str:
    return _counted(round(period / timedelta(days=1)), "day")
