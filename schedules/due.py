"""What is due now, what is next, and what was missed: each source's schedule held against the looks that were made. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from schedules.adaptive import Decision, Observed, decide_interval
from schedules.cadence import Every
from schedules.settings import ScheduleSettings, Source
from schedules.slots import Schedule, Slot, in_window, iter_slots_back, next_slot, previous_slot, schedule_of
from storage.looks import LastLooks

LATE = timedelta(hours=1)  # a look that begins later than that after its slot is caught up with, not merely begun
NEAR = (
    1 / 8
)  # of the time between two slots: a missed look isn't made up for so shortly before the next one, which tells the same
MOST_MISSED = 1000  # slots that are counted: a page that was left alone for years tells no more by the exact number
# A look dated further ahead than this was made while the clock was wrong; less may be a clock that was set right, or two machines'.
CLOCK_ERROR = timedelta(days=1)
FIRST_PAUSE = timedelta(minutes=15)  # before a second try, after a first one came to nothing again; doubled each time
INTERVALS = 20  # between looks, that an interval which adapts rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePlan:
    """One listing page: whether it is due, and when it is next."""

    source: Source
    url: str
    due: bool
    why: str  # it is due or not, in words
    slot: Slot | None  # the wanted look that is due, or that passed without one; None: none is owed
    missed: int  # wanted looks that will have no look of their own: MOST_MISSED stands for more
    next_at: datetime  # when it is due next, a look now aside
    last: LastLooks | None  # None: it was never to be looked at
    interval: Decision | None  # where the source's interval adapts


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All pages of the enabled sources, in the order of the configuration."""

    pages: tuple[PagePlan, ...]
    made_at: datetime

    @property
    def due(self) -> tuple[PagePlan, ...]:
        """The pages that are to be looked at now."""
        return tuple(page for page in self.pages if page.due)

    @property
    def due_sources(self) -> tuple[Source, ...]:
        """The sources that a run should look at now, each with the pages that are due only; for `schedules.run.run_crawl`."""
        urls: dict[str, list[str]] = {}
        sources: dict[str, Source] = {}
        for page in self.due:
            sources[page.source.slug] = page.source
            urls.setdefault(page.source.slug, []).append(page.url)
        return tuple(replace(source, urls=tuple(urls[slug])) for slug, source in sources.items())

    @property
    def next_at(self) -> datetime | None:
        """When something is due next, what is due now aside; None: nothing is watched."""
        return min((page.next_at for page in self.pages), default=None)


def make_plan(sources: Iterable[Source], settings: ScheduleSettings, looks: Sequence[LastLooks], now: datetime) -> Plan:
    """The plan for these sources (disabled ones are left out) at `now`, from the last looks at their pages."""
    by_page = {(last.source, last.url): last for last in looks}
    return Plan(
        pages=tuple(
            plan_page(source, url, schedule_of(source, settings), by_page.get((source.slug, url)), now)
            for source in sources
            if source.enabled
            for url in source.urls
        ),
        made_at=now,
    )


def plan_page(source: Source, url: str, schedule: Schedule, last: LastLooks | None, now: datetime) -> PagePlan:
    """Whether that page is due.

    Any look since a slot began counts as the look that it wants, whatever came of it; but not one that was interrupted or put off. However
    many slots passed without one, a single look makes up for them all.
    """
    schedule, interval = adapted(schedule, last)
    ahead = last is not None and last.last_at is not None and last.last_at > now + CLOCK_ERROR
    since = None if last is None or ahead else last.last_at
    slot, passed = _owed(schedule, since, now)
    next_at = next_slot(schedule, now).at
    due, why = False, "looked at since it was last due"
    if slot is not None:
        on_time = now - slot.at <= LATE
        ready_at = _ready_at(last, slot, now)
        due = on_time or schedule.catch_up
        why = _why(last, slot, passed, now=now, ahead=ahead)
        if not due:
            why += "; not caught up with, as the configuration has it"
        elif not on_time and since is not None and next_at - now < NEAR * (next_at - slot.at):
            due, why = False, f"{why}; the next look is near"
        elif not in_window(schedule, now):
            due, why = False, f"{why}; not within its window now"
        elif ready_at > now:
            due, why, next_at = False, f"{why}; not tried again before {ready_at:%Y-%m-%d %H:%M} UTC", min(next_at, ready_at)
    return PagePlan(
        source=source,
        url=url,
        due=due,
        why=why,
        slot=slot,
        missed=passed - 1 if due else passed,
        next_at=next_at,
        last=last,
        interval=interval,
    )


def adapted(schedule: Schedule, last: LastLooks | None) -> tuple[Schedule, Decision | None]:
    """The schedule with the interval that fits the page, and the decision; as it was and None where it doesn't adapt."""
    if schedule.bounds is None:
        return schedule, None
    observed = [Observed(apart_s, changed) for apart_s, changed in (last.intervals if last is not None else ())]
    decision = decide_interval(observed, shortest=schedule.bounds[0], longest=schedule.bounds[1])
    return replace(schedule, cadence=Every(decision.interval)), decision


def _owed(schedule: Schedule, since: datetime | None, now: datetime) -> tuple[Slot | None, int]:
    """The newest slot that had no look, and how many had none; a page that was never looked at is owed one look."""
    if since is None:
        return previous_slot(schedule, now), 1
    begun = takewhile(lambda slot: slot.begins_at > since, iter_slots_back(schedule, now))
    owed = list(islice((slot for slot in begun if slot.at <= now), MOST_MISSED))
    return (owed[0], len(owed)) if owed else (None, 0)


def _ready_at(last: LastLooks | None, slot: Slot, now: datetime) -> datetime:
    """When a look may be tried (again).

    The first try after an interrupted one is made at once: the machine is back. A page at which one run after another dies, or whose
    host wants to be left alone, is tried at ever longer intervals. From a try that is dated far ahead, made while the clock was wrong,
    nobody can count.
    """
    if last is None or last.unfinished_at is None or last.unfinished_at < slot.begins_at:
        return slot.at
    if last.unfinished_at > now + CLOCK_ERROR:
        return slot.at
    pause = FIRST_PAUSE * (1 << min(last.unfinished - 1, 8)) - FIRST_PAUSE
    if last.unfinished_outcome == "deferred":
        pause = max(pause, timedelta(hours=1))
    return last.unfinished_at + pause


def _why(last: LastLooks | None, slot: Slot, passed: int, *, now: datetime, ahead: bool) -> str:
    if ahead:
        assert last is not None
        return f"its last look is dated {last.last_at:%Y-%m-%d}, which is yet to come: the clock was wrong then"
    if last is None or last.last_at is None:
        return "never looked at" if last is None or not last.unfinished else "never looked at to the end"
    why = f"due since {slot.at:%Y-%m-%d %H:%M} UTC"
    if last.unfinished_at is not None and last.unfinished_at >= slot.begins_at:
        why += ", begun and not finished"
    if passed > 1:
        why += f", {passed - 1 if passed < MOST_MISSED else f'{MOST_MISSED} or more'} before it missed"
    return why
