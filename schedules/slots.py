"""The moments at which a schedule wants a look, in whatever time zone. Pure.

A *slot* is one wanted look: `begins_at`, the moment that the cadence names, and `at`, when the look is planned, somewhat later so that sources
don't all begin at once. Local times are turned into moments as RFC 5545 section 3.3.5 has it: a time that the clocks skip in spring is taken
at the offset before the gap (02:30 becomes 03:30, once), a time that comes twice in autumn means the first one. Expressions with every
hour in them (`0 * * * *`) mean passing time: they also hold in the hour that comes again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schedules.cadence import AtTimes, Cadence, Every, Nightly, parse_cadence, parse_interval
from schedules.cron import CronExpression
from schedules.settings import ScheduleSettings, Source

Told = TypeVar("Told")
Read = TypeVar("Read")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS_AROUND = (-1, 0, 1)  # local days that share a moment with a UTC day: offsets are less than a day
WINDOW = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
# A night's sources begin at the quarters of an hour: spread over the window, and still few wakings, each with its run in the archive.
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Window:
    """The part of each local day in which looks begin. `begin` and `end` are minutes after midnight; `end` <= `begin`: on the next day."""

    begin: int
    end: int

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first moment and the one after its last, where it begins on that local day."""
        begin = to_moment(day, self.begin, zone)
        end = to_moment(day if self.end > self.begin else day + DAY, self.end, zone)
        # In spring the clocks may skip its beginning beyond its end: then it is as long as on any other day, and the night isn't lost.
        return begin, end if end > begin else begin + timedelta(minutes=(self.end - self.begin) % (24 * 60))

    def opening(self, moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The window that `moment` is in, else the next one."""
        day = moment.astimezone(zone).date()
        return min(bounds for bounds in (self.on(day + DAY * n, zone) for n in (-1, 0, 1, 2)) if moment < bounds[1])


NIGHT = Window(60, 5 * 60)  # where a nightly source has no window of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When one source wants to be looked at: its configuration, read."""

    name: str  # the slug; each has its own place in the night and draws its own lots
    cadence: Cadence
    zone: ZoneInfo
    window: Window | None = None  # None: looks may begin at any time
    jitter: timedelta = timedelta(0)  # a look is planned up to that much after its slot begins
    catch_up: bool = True
    priority: int = 0
    bounds: tuple[timedelta, timedelta] | None = None  # of an interval that adapts; None: the cadence is as told


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One wanted look. A look that began at `begins_at` or later is that look; until `at` there is no hurry."""

    begins_at: datetime  # UTC, as is the next
    at: datetime  # begins_at <= at < the next slot's begins_at


def schedule_of(source: Source, settings: ScheduleSettings) -> Schedule:
    """The source's schedule. ValueError begins with the key that is wrong, and says what to write instead."""
    window = source.window if source.window is not None else settings.window
    jitter_s = source.jitter_s if source.jitter_s is not None else settings.jitter_s
    return Schedule(
        name=source.slug,
        cadence=_checked("cadence", parse_cadence, source.cadence or settings.cadence),
        zone=_checked("timezone", parse_zone, source.timezone or settings.timezone),
        window=None if window is None else _checked("window", parse_window, window),
        jitter=timedelta(seconds=jitter_s),
        catch_up=settings.catch_up if source.catch_up is None else source.catch_up,
        priority=source.priority,
        bounds=None if source.adaptive is None else _checked("adaptive", parse_bounds, source.adaptive),
    )


def parse_zone(text: str) -> ZoneInfo:
    """The time zone of that IANA name; ValueError when there is none."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:  # OSError: a folder of the database, such as "Europe"
        raise ValueError(f'{text!r} is no time zone; write an IANA name such as "Europe/Brussels" or "UTC"') from exc


def parse_window(text: str) -> Window | None:
    """The window "01:00-05:00" or, over midnight, "22:00-04:00"; None for "00:00-24:00", which leaves nothing out."""
    match = WINDOW.fullmatch(text.strip())
    begin, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (-1, -1)
    if match is None or begin >= 24 * 60 or end > 24 * 60:
        raise ValueError(f'{text!r} is no window; write it like "01:00-05:00", or "22:00-04:00" over midnight')
    if begin == end:
        raise ValueError(f'{text!r} leaves no time; for the whole day write "00:00-24:00"')
    return None if (begin, end) == (0, 24 * 60) else Window(begin, end)


def parse_bounds(pair: tuple[str, str]) -> tuple[timedelta, timedelta]:
    """Shortest and longest interval of `adaptive = ["6h", "3d"]`."""
    shortest, longest = (parse_interval(text) for text in pair)
    if longest < shortest:
        raise ValueError(f'{pair[0]!r} is longer than {pair[1]!r}; write the shorter one first: ["{pair[1]}", "{pair[0]}"]')
    return shortest, longest


def slots(schedule: Schedule, after: datetime, until: datetime) -> list[Slot]:
    """The slots with `after < at <= until`, in order."""
    begun = takewhile(lambda slot: slot.begins_at <= until, iter_slots(schedule, after - _longest_delay(schedule)))
    return [slot for slot in begun if after < slot.at <= until]


def next_slot(schedule: Schedule, now: datetime) -> Slot:
    """The first slot that is planned after `now`."""
    return next(slot for slot in iter_slots(schedule, now - _longest_delay(schedule)) if slot.at > now)


def previous_slot(schedule: Schedule, now: datetime) -> Slot:
    """The last slot that was planned at or before `now`."""
    return next(slot for slot in iter_slots_back(schedule, now) if slot.at <= now)


def iter_slots(schedule: Schedule, after: datetime) -> Iterator[Slot]:
    """The slots with `begins_at > after`, without end."""
    openings = _distinct(_opened(schedule, moment) for moment in _moments(schedule, after - _reach(schedule), forward=True))
    begins_at = next(openings)
    for following in openings:
        if begins_at > after:
            yield _planned(schedule, begins_at, following)
        begins_at = following


def iter_slots_back(schedule: Schedule, now: datetime) -> Iterator[Slot]:
    """The slots with `begins_at <= now`, the latest first, without end."""
    following = next(iter_slots(schedule, now)).begins_at
    for begins_at in _distinct(_opened(schedule, moment) for moment in _moments(schedule, now, forward=False)):
        if begins_at <= now:
            yield _planned(schedule, begins_at, following)
            following = begins_at


def in_window(schedule: Schedule, moment: datetime) -> bool:
    """Whether a look may begin at that moment."""
    return schedule.window is None or schedule.window.opening(moment, schedule.zone)[0] <= moment


def lot(*of: object) -> float:
    """Evenly from 0 to 1 (excluded), always the same for the same things: a plan made twice is the same plan."""
    digest = hashlib.blake2b("\n".join(map(str, of)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2**53


def to_moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment when clocks there show that minute of that day (24 * 60: the next day's first), as RFC 5545 has it; see above."""
    local = datetime.combine(day, time(), zone) + timedelta(
        minutes=minute
    )  # on the wall: an aware datetime's sum ignores offsets
    return local.astimezone(UTC)


def _planned(schedule: Schedule, begins_at: datetime, following: datetime) -> Slot:
    """The slot that begins then, with its delay: a night's own share of the window, and the lot that is drawn for each look."""
    room = following - begins_at
    delay = timedelta(0)
    window = NIGHT if schedule.window is None and isinstance(schedule.cadence, Nightly) else schedule.window
    if window is not None:
        room = min(room, window.opening(begins_at, schedule.zone)[1] - begins_at)
    if isinstance(schedule.cadence, Nightly):
        delay = QUARTER * int(lot(schedule.name) * max(1, room // QUARTER))
        room -= delay
    # `room` is what is left of the window, or of the time until the next slot: a lot of less than 1 stays inside.
    delay += timedelta(seconds=int(min(schedule.jitter, room) / timedelta(seconds=1) * lot(schedule.name, begins_at.isoformat())))
    return Slot(begins_at, begins_at + delay)


def _opened(schedule: Schedule, moment: datetime) -> datetime:
    """The moment, or when the window next opens where it isn't open then."""
    if schedule.window is None:
        return moment
    return max(moment, schedule.window.opening(moment, schedule.zone)[0])


def _reach(schedule: Schedule) -> timedelta:
    """How long a moment may have to wait for its window."""
    return timedelta(0) if schedule.window is None else 2 * DAY


def _longest_delay(schedule: Schedule) -> timedelta:
    """From a slot's beginning to the moment that its look is planned at, at most."""
    return schedule.jitter + (2 * DAY if isinstance(schedule.cadence, Nightly) else timedelta(0))


def _distinct(moments: Iterator[datetime]) -> Iterator[datetime]:
    """Without repetitions of the one before."""
    last: datetime | None = None
    for moment in moments:
        if moment != last:
            yield moment
        last = moment


def _moments(schedule: Schedule, start: datetime, *, forward: bool) -> Iterator[datetime]:
    """What the cadence names, window and jitter aside: after `start`, or (backwards) at `start` and before it."""
    if isinstance(schedule.cadence, Every):
        interval = schedule.cadence.interval
        count = (start - EPOCH) // interval
        while True:
            if forward:
                count += 1
            yield EPOCH + count * interval
            if not forward:
                count -= 1
    day = start.astimezone(UTC).date()
    while True:
        moments = _moments_on(schedule.cadence, schedule.zone, schedule.window, day)
        if forward:
            yield from (moment for moment in moments if moment > start)
        else:
            yield from (moment for moment in reversed(moments) if moment <= start)
        day += DAY if forward else -DAY


@lru_cache(maxsize=256)
def _moments_on(cadence: Nightly | AtTimes, zone: ZoneInfo, window: Window | None, day: date) -> tuple[datetime, ...]:
    """The moments that the cadence names within that UTC day, in order."""
    begin = datetime.combine(day, time(), UTC)
    found: set[datetime] = set()
    for around in DAYS_AROUND:
        local = day + DAY * around
        if isinstance(cadence, Nightly):
            found.add((window or NIGHT).on(local, zone)[0])
        elif cadence.cron.allows(local):
            found.update(_times_on(cadence.cron, local, zone))
    return tuple(sorted(moment for moment in found if begin <= moment < begin + DAY))


def _times_on(cron: CronExpression, local: date, zone: ZoneInfo) -> Iterator[datetime]:
    for hour in cron.hours:
        for minute in cron.minutes:
            yield to_moment(local, 60 * hour + minute, zone)
            if cron.every_hour:
                again = datetime.combine(local, time(hour, minute, fold=1), zone)
                moment = again.astimezone(UTC)
                if moment.astimezone(zone) == again:  # not in a gap, where fold=1 means an earlier moment that shows another time
                    yield moment


def _checked(key: str, parse: Callable[[Told], Read], told: Told) -> Read:
    try:
        return parse(told)
    except ValueError as exc:
        raise ValueError(f"{key}: {exc}") from exc
