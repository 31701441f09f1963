"""Alarms: a page no longer looks like itself. Found by holding each look against the page's own past ones. Pure.

Nothing is remembered between runs but the looks themselves: the page's past is gone through again each time, so the same archive always
tells the same alarms. An alarm begins once, stands while what it tells goes on, and ends by itself: when the page is as it was, or when
the new state has lasted for so long (`least_history` looks) that it is what is usual now.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import mean, median

from schedules.advice import ADVICE
from schedules.newness import AllOther, Stale
from schedules.settings import AlarmSettings
from schedules.symptoms import (
    ORDINARY,
    AlarmKind,
    CardCount,
    Family,
    FieldShare,
    Finding,
    LyingValidators,
    Reading,
    RecipeDrift,
    Symptom,
)
from storage.past_looks import SHOWN_FIELDS, PageLooks, PastLook

_TOGETHER = 3  # looks: what else begins to be odd about a page's cards so soon after has the same cause, and is not told again

NEVER = datetime.min.replace(tzinfo=UTC)
_WEEKDAY_LOOKS = 4  # on this day of the week: from so many on a page's usual news are known
_LIVELY = 0.5  # new cards a look: pages with less say nothing about how busy a night is
_FEWEST_PAGES = 5
_TONIGHT = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that is wrong with a page, as of its last look."""

    kind: AlarmKind
    source: str  # slug
    url: str
    field: str | None  # that the alarm is about, e.g. "read time"; None: about the page
    before: str  # what was usual, in figures
    now: str
    sentence: str  # what is wrong, for a person
    advice: str  # what to do next
    since: datetime  # the look at which it began
    is_new: bool  # to be told: it began since alarms were weighed last, and nobody was told of the same thing just before

    def __str__(self) -> str:
        return f"{self.source}: {self.url}: {self.sentence}"

    def as_row(self) -> dict[str, object]:
        """For JSON."""
        return {
            "kind": str(self.kind),
            "source": self.source,
            "url": self.url,
            "field": self.field,
            "before": self.before,
            "now": self.now,
            "sentence": self.sentence,
            "advice": self.advice,
            "since": f"{self.since:%Y-%m-%dT%H:%M:%SZ}",
            "is_new": self.is_new,
        }


def good_looks_needed(settings: AlarmSettings) -> int:
    """How many of a page's last good looks find_alarms should be given: what is usual, and what has stood since."""
    return settings.history + 3 * settings.least_history


def find_alarms(page: PageLooks, settings: AlarmSettings, *, busy: float = 1.0) -> tuple[Alarm, ...]:
    """The alarms that stand at the page's last look; none where they are switched off.

    `busy` is how many times their usual news the other pages had at that time: what all of them do is no alarm about one.
    """
    if not settings.enabled or not page.looks:
        return ()
    most, least = settings.history, settings.least_history
    watched: tuple[Callable[[], Symptom], ...] = (
        lambda: Reading(most, least),
        lambda: CardCount(most, least),
        lambda: RecipeDrift(most, least),
        *((lambda name=name: FieldShare(name, most, least)) for name in SHOWN_FIELDS),
        lambda: AllOther(most, least, busy),
        lambda: Stale(most, least),
        LyingValidators,
    )
    watches = [_Watch(make(), least) for make in watched if make().may_find(page.looks)]
    told_until = page.told_until
    if told_until is None:  # then only what began with the last look
        told_until = page.looks[-2].seen_at if len(page.looks) > 1 else NEVER
    told: dict[Family, int] = {}
    for number, look in enumerate(page.looks):
        for watch in watches:
            watch.see(number, look, told)
    return tuple(
        _alarm(page, watch.finding, watch.since, watch.is_told and watch.began_at > told_until)
        for watch in watches
        if watch.finding is not None and watch.since is not None
    )


def busyness(pages: Iterable[PageLooks]) -> float:
    """How many times its usual news the page in the middle had at its last look: on election night everybody publishes more.

    Only pages count that were looked at within half a day of the newest look. Never less than 1; 1 also where fewer than five pages
    have a past that tells.
    """
    looked_at = [page for page in pages if page.looks]
    newest = max((page.looks[-1].seen_at for page in looked_at), default=None)
    ratios = []
    for page in looked_at:
        last = page.looks[-1]
        if last.new is None or newest is None or newest - last.seen_at > _TONIGHT:
            continue
        same_day = [
            look.new for look in page.looks[:-1] if look.new is not None and look.seen_at.weekday() == last.seen_at.weekday()
        ]
        if len(same_day) >= _WEEKDAY_LOOKS and mean(same_day) >= _LIVELY:
            ratios.append(last.new / mean(same_day))
    return max(1.0, median(ratios)) if len(ratios) >= _FEWEST_PAGES else 1.0


class _Watch:
    """A symptom, and the alarm about it that stands or doesn't."""

    def __init__(self, symptom: Symptom, least: int) -> None:
        self._symptom = symptom
        self._former: Symptom | None = None  # as it was before it took what was odd for usual
        self._least = least
        self._odd: list[PastLook] = []
        self._went_away = -least - 1  # the number of the look that was ordinary again
        self.finding: Finding | None = None  # None: no alarm stands
        self.since: datetime | None = None
        self.began_at = NEVER
        self.is_told = False

    def see(self, number: int, look: PastLook, told: dict[Family, int]) -> None:
        """One more look at the page; `told` is when something of a family was last told, and is kept up."""
        verdict = self._symptom.judge(look)
        if isinstance(verdict, Finding) and self._former is not None and self._former.judge(look) is ORDINARY:
            self._symptom, self._former, verdict = self._former, None, ORDINARY  # the page is as it was
        if isinstance(verdict, Finding):
            if self.finding is None:
                self._begin(number, look, told)
            self.finding = verdict
            self._odd.append(look)
            if self._symptom.adapts and len(self._odd) >= self._least:
                self._former = deepcopy(self._symptom)
                self._symptom.adopt(self._odd)
                self._end()
        elif verdict is ORDINARY:
            if self.finding is not None:
                self._end()
                self._went_away = number
            self._symptom.learn(look)

    def _begin(self, number: int, look: PastLook, told: dict[Family, int]) -> None:
        family = self._symptom.family
        is_back = number - self._went_away <= self._least  # on and off: the same alarm
        self.is_told = (not is_back and number - told.get(family, -_TOGETHER) >= _TOGETHER) or told.get(family) == number
        if not is_back:
            self.since = look.seen_at
        self.began_at = look.seen_at
        if self.is_told:
            told[family] = number

    def _end(self) -> None:
        self.finding = None
        self._odd = []


def _alarm(page: PageLooks, finding: Finding, since: datetime, is_new: bool) -> Alarm:
    advice = ADVICE[finding.kind].format(url=page.url, typed_url=shlex.quote(page.url), source=page.source)
    versions = _versions_around(page.looks, since)
    if versions is not None and finding.kind is not AlarmKind.VALIDATORS:
        advice = f"Standfirst was updated between these two looks ({versions[0]}, then {versions[1]}): it may read the page differently. {advice}"
    return Alarm(
        kind=finding.kind,
        source=page.source,
        url=page.url,
        field=finding.field,
        before=finding.before,
        now=finding.now,
        sentence=finding.sentence,
        advice=advice,
        since=since,
        is_new=is_new,
    )


def _versions_around(looks: Sequence[PastLook], since: datetime) -> tuple[str, str] | None:
    """The extractor's versions before and at that look; None where it is the same or nobody knows."""
    before = [look.extractor_version for look in looks if look.seen_at < since and look.extractor_version is not None]
    then = [look.extractor_version for look in looks if look.seen_at == since and look.extractor_version is not None]
    return (before[-1], then[0]) if before and then and before[-1] != then[0] else None
