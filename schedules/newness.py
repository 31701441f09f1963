"""What can be wrong with the news on a page: all of it at once, or none for long. Symptoms, as in `schedules.symptoms`. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from schedules.habits import Habit, News, chance_of_events_at_least, chance_of_events_at_most
from schedules.symptoms import ORDINARY, AlarmKind, Family, Finding, Verdict, counted, day
from storage.past_looks import PastLook


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

    def may_find(self, looks: Sequence[PastLook]) -> bool:
        return any(look.kept is not None and self._has_turned_over(look) for look in looks)

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
        self._silent = timedelta()  # without anything new, as far as somebody watched
        self._is_blind = False  # since the last good look

    def may_find(self, looks: Sequence[PastLook]) -> bool:
        # It notes what happened, whatever it thought of it, so what it says of the last look doesn't rest on what it said before.
        noted = Stale(self._most, self._least)
        telling = [look.seen_at for look in looks if noted._note(look)]
        return bool(telling) and noted._find(telling[-1]) is not None

    def judge(self, look: PastLook) -> Verdict:
        return (self._find(look.seen_at) or ORDINARY) if self._note(look) else None

    def learn(self, look: PastLook) -> None:
        """Nothing: what was new has been noted already, whatever it means."""

    def adopt(self, looks: Sequence[PastLook]) -> None:
        raise NotImplementedError("silence never becomes usual")

    def _note(self, look: PastLook) -> bool:
        """Whether the look tells anything."""
        if not look.outcome.is_good:
            self._is_blind = True
            return False
        if look.new is None:  # the page's first look: everything is new to us, and perhaps to nobody else
            self._newest_at = look.seen_at
            return False
        if self._is_blind and self._good_at:  # what came and went meanwhile, nobody knows
            self._unwatched += look.seen_at - self._good_at[-1]
        self._is_blind = False
        self._good_at.append(look.seen_at)
        self._new_until.append(self._new_until[-1] + look.new)
        self._silent = look.seen_at - (self._newest_at or look.seen_at) - self._unwatched
        if look.new or self._newest_at is None:
            self._silent_s.add(self._silent.total_seconds())
            self._newest_at, self._unwatched, self._silent = look.seen_at, timedelta(), timedelta()
        return True

    def _find(self, now: datetime) -> Finding | None:
        if len(self._silent_s) >= self._least and self._newest_at is not None:
            longest = timedelta(seconds=self._silent_s.quantile(1.0))
            if self._silent > max(self._LEAST, self._LONGEST * longest):
                return self._finding(
                    f"nothing new since {day(self._newest_at)}", f"never longer than {_days(longest)}", _days(self._silent)
                )
        return self._too_little(now)

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
                return self._finding(f"{counted(recent, 'new card')} in the last {period}", f"{expected} or more", str(recent))
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


def _days(period: timedelta) -> str:
    return counted(round(period / timedelta(days=1)), "day")
