"""The moments at which a schedule wants a look, in whatever time zone. Pure.

A *slot* is one wanted look: `begins_at`, the moment that the cadence names, and `at`, when the look is planned, somewhat later so that sources
don't all begin at once. Local times are turned into moments as RFC 5545 section 3.3.5 has it: a time that the clocks skip in spring is taken
at the offset before the gap (02:30 becomes 03:30, once), a time that comes twice in autumn means the first one. Expressions with every
hour in them (`0 * * * *`) mean passing time: they also hold in the hour that comes again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schedules.cadence import AtTimes, Cadence, Every, Nightly, parse_cadence, parse_interval
from schedules.cron import CronExpression
from schedules.settings import ScheduleSettings, Source
from schedules.window import NIGHT, Window, parse_window, to_moment

Told = TypeVar("Told")
Read = TypeVar("Read")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS_AROUND = (-1, 0, 1)  # local days that share a moment with a UTC day: offsets are less than a day
# A night's sources begin at the quarters of an hour: spread over the window, and still few wakings, each with its run in the archive.
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When one source wants to be looked at: its configuration, read."""

    name: str  # the slug; each has its own place in the night and draws its own lots
    cadence: Cadence
    zone: ZoneInfo
    window: Window | None = None  # None: looks may begin at any time
    jitter: timedelta = timedelta(0)  # a look is planned up to that much after its slot begins
    catch_up: bool = True
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
        bounds=None if source.adaptive is None else _checked("adaptive", parse_bounds, source.adaptive),
    )


def parse_zone(text: str) -> ZoneInfo:
    """The time zone of that IANA name; ValueError when there is none."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:  # OSError: a folder of the database, such as "Europe"
        raise ValueError(f'{text!r} is no time zone; write an IANA name such as "Europe/Brussels" or "UTC"') from exc


def forget_zones() -> None:
    """Has the rules of time zones read anew by the next `parse_zone`: governments change them, and the system's are updated under a process that
    runs for years."""
    ZoneInfo.clear_cache()


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
    day = after.astimezone(UTC).date()
    while True:
        yield from (slot for slot in _slots_on(schedule, day) if slot.begins_at > after)
        day += DAY


def iter_slots_back(schedule: Schedule, now: datetime) -> Iterator[Slot]:
    """The slots with `begins_at <= now`, the latest first, without end."""
    day = now.astimezone(UTC).date()
    while True:
        yield from (slot for slot in reversed(_slots_on(schedule, day)) if slot.begins_at <= now)
        day -= DAY


def in_window(schedule: Schedule, moment: datetime) -> bool:
    """Whether a look may begin at that moment."""
    return schedule.window is None or schedule.window.opening(moment, schedule.zone)[0] <= moment


def lot(*of: object) -> float:
    """Evenly from 0 to 1 (excluded), always the same for the same things: a plan made twice is the same plan."""
    digest = hashlib.blake2b("\n".join(map(str, of)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2**53


def _longest_delay(schedule: Schedule) -> timedelta:
    """From a slot's beginning to the moment that its look is planned at, at most."""
    return schedule.jitter + (2 * DAY if isinstance(schedule.cadence, Nightly) else timedelta(0))


@lru_cache(maxsize=2048)
def _slots_on(schedule: Schedule, day: date) -> tuple[Slot, ...]:
    """The slots that begin within that UTC day, in order."""
    begins = _openings_on(schedule, day)
    if not begins:
        return ()
    later = day
    while not (following := _openings_on(schedule, later := later + DAY)):
        pass
    return tuple(_planned(schedule, begin, then) for begin, then in pairwise([*begins, following[0]]))


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
    longest_s = min(schedule.jitter, room).total_seconds()
    delay += timedelta(seconds=int(longest_s * lot(schedule.name, begins_at.isoformat())))
    return Slot(begins_at, begins_at + delay)


def _openings_on(schedule: Schedule, day: date) -> tuple[datetime, ...]:
    """When slots begin within that UTC day: at the moments that the cadence names, or when the window opens after them; in order."""
    window = schedule.window
    if window is None:
        return _moments_on(schedule.cadence, schedule.zone, None, day)
    begin = datetime.combine(day, time(), UTC)
    named = (
        moment
        for n in (2, 1, 0)  # days that a moment may have to wait for its window: one, or two when a country skips a day
        for moment in _moments_on(schedule.cadence, schedule.zone, window, day - DAY * n)
    )
    opened = {max(moment, window.opening(moment, schedule.zone)[0]) for moment in named}
    return tuple(sorted(moment for moment in opened if begin <= moment < begin + DAY))


@lru_cache(maxsize=256)
def _moments_on(cadence: Cadence, zone: ZoneInfo, window: Window | None, day: date) -> tuple[datetime, ...]:
    """The moments that the cadence names within that UTC day, in order."""
    begin = datetime.combine(day, time(), UTC)
    found: set[datetime] = set()
    match cadence:
        case Every(interval):
            first = EPOCH - (EPOCH - begin) // interval * interval  # rounded up
            found.update(first + n * interval for n in range(math.ceil(DAY / interval)))
        case Nightly():
            found.update((window or NIGHT).on(day + DAY * n, zone)[0] for n in DAYS_AROUND)
        case AtTimes(cron):
            for local in (day + DAY * n for n in DAYS_AROUND):
                if cron.allows(local):
                    found.update(_times_on(cron, local, zone))
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
