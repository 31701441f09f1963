"""Cron expressions as cron(8) of Debian means them. Pure; what becomes of them in a time zone is in `schedules.slots`.

Written here and not taken from a library: APScheduler 3 counts weekdays from Monday and ANDs the two day fields, so the same line would mean
one thing in a crontab and another in the service.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}  # all others have 31 days
NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CronExpression:
    """The five fields, each as the numbers that it allows, sorted."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]  # of the month
    months: tuple[int, ...]
    weekdays: tuple[int, ...]  # 0 is Sunday, 6 is Saturday
    either_day: bool  # the day of the month or the weekday must fit; else both must

    @property
    def every_hour(self) -> bool:
        """Whether the expression leaves no hour out: then it speaks of the time that passes, not of the clock on the wall."""
        return len(self.hours) == 24

    def allows(self, day: date) -> bool:
        """Whether the expression's times are on that day."""
        if day.month not in self.months:
            return False
        of_month = day.day in self.days
        of_week = day.isoweekday() % 7 in self.weekdays
        return (of_month or of_week) if self.either_day else (of_month and of_week)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()  # of its numbers, beginning with `first`


FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, MONTHS),
    _Field("weekday", 0, 7, WEEKDAYS),  # 7 is Sunday again
)


def parse_cron(text: str) -> CronExpression:
    """The expression of these five fields, or of a nickname such as `@daily`. ValueError says what is wrong and what to write instead.

    As in crontab(5): lists, ranges, steps after a range or a star, the first three letters of English month and weekday names in any
    case, weekdays 0 and 7 both Sunday. When both day fields are restricted (neither begins with a star), a day fits that fits
    either. More than crontab(5): a range of weekdays may end with Sunday ("fri-sun").
    """
    asked = text.strip()
    if asked.startswith("@"):
        if asked.lower() not in NICKNAMES:
            raise ValueError(f"{asked!r} is no moment that comes again; there are {', '.join(NICKNAMES)}")
        asked = NICKNAMES[asked.lower()]
    parts = asked.split()
    if len(parts) != len(FIELDS):
        raise ValueError(
            f"{text!r} has {len(parts)} fields; a cron expression has five: minute, hour, day of the month, month, weekday, "
            'e.g. "30 5 * * 1-5"'
        )
    minutes, hours, days, months, weekdays = (_numbers(part, field) for part, field in zip(parts, FIELDS, strict=True))
    expression = CronExpression(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=tuple(sorted({weekday % 7 for weekday in weekdays})),
        either_day=not parts[2].startswith("*") and not parts[4].startswith("*"),
    )
    if not expression.either_day and not any(days[0] <= LONGEST_MONTH.get(month, 31) for month in months):
        raise ValueError(f"{text!r} never comes: no such month has a day {days[0]}")
    return expression


def _numbers(text: str, field: _Field) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split(","):
        found.update(_range(part, field, text))
    return tuple(sorted(found))


def _range(part: str, field: _Field, text: str) -> range:
    span, slash, step_text = part.partition("/")
    step = 1
    if slash:
        if not _is_number(step_text) or int(step_text) == 0:
            raise _complaint(field, text, f"{step_text!r} is no step; write a number from 1")
        step = int(step_text)
    if span == "*":
        return range(field.first, field.last + 1, step)
    first_text, dash, last_text = span.partition("-")
    first = _number(first_text, field, text)
    if not dash:
        if slash:
            raise _complaint(field, text, f"a step needs a range; write {first}-{field.last}/{step_text}")
        return range(first, first + 1)
    last = _number(last_text, field, text)
    if field.names == WEEKDAYS and last == 0 and first > 0:
        last = 7
    if last < first:
        raise _complaint(
            field, text, f"the range {span} runs backwards; write {first_text}-{field.last},{field.first}-{last_text}"
        )
    return range(first, last + 1, step)


def _number(text: str, field: _Field, whole: str) -> int:
    if _is_number(text) and field.first <= int(text) <= field.last:
        return int(text)
    if text.lower() in field.names:
        return field.first + field.names.index(text.lower())
    names = f", or {field.names[0]} to {field.names[-1]}" if field.names else ""
    raise _complaint(field, whole, f"{text!r} is not a number from {field.first} to {field.last}{names}")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _complaint(field: _Field, text: str, what: str) -> ValueError:
    return ValueError(f"{field.name} {text!r}: {what}")
