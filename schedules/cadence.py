"""How often a source is looked at: a cron expression, an interval, or once a night. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from schedules.cron import CronExpression, parse_cron

SHORTEST_INTERVAL = timedelta(minutes=1)
LONGEST_INTERVAL = timedelta(days=366)
WORDS = {"hourly": "@hourly", "daily": "@daily", "weekly": "@weekly", "monthly": "@monthly"}
UNITS = {"m": "minutes", "min": "minutes", "minute": "minutes", "h": "hours", "hour": "hours", "d": "days", "day": "days"}
UNITS |= {"w": "weeks", "week": "weeks"}
INTERVAL = re.compile(r"(?:every\s+)?(?P<count>\d{1,6})?\s*(?P<unit>[a-z]+?)s?", re.ASCII)
FORMS = '"nightly", "hourly", "every 6 hours", or a cron expression such as "30 5 * * 1-5"'


@dataclass(frozen=True, slots=True)
class Nightly:
    """Once a local night, at a moment of the source's own within its window."""


@dataclass(frozen=True, slots=True)
class Every:
    """At the multiples of an interval since 1970-01-01T00:00Z: every 6 hours is at 0, 6, 12 and 18 o'clock UTC, on any machine."""

    interval: timedelta


@dataclass(frozen=True, slots=True)
class AtTimes:
    """When the clock on the wall shows what a cron expression says."""

    cron: CronExpression


Cadence = Nightly | Every | AtTimes


def parse_cadence(text: str) -> Cadence:
    """The cadence of these words; ValueError says what is wrong and what to write instead.

    "nightly"; "hourly", "daily", "weekly", "monthly" (as cron's @hourly and so on); "every 6 hours", "6h", "every day"; a cron expression.
    """
    asked = " ".join(text.lower().split())
    if asked == "nightly":
        return Nightly()
    if asked in WORDS:
        return AtTimes(parse_cron(WORDS[asked]))
    if asked.startswith("@") or "*" in asked or len(asked.split()) > 3:
        return AtTimes(parse_cron(asked))
    interval = _find_interval(asked)
    if interval is None:
        raise ValueError(f"{text!r} is no cadence; write {FORMS}")
    return Every(_in_bounds(interval, text))


def parse_interval(text: str) -> timedelta:
    """The length of "90m", "6h", "6 hours", "3d", "2 weeks"; ValueError says what to write instead."""
    interval = _find_interval(" ".join(text.lower().split()))
    if interval is None:
        raise ValueError(f'{text!r} is no length of time; write it like "90m", "6h", "3d"')
    return _in_bounds(interval, text)


def _find_interval(asked: str) -> timedelta | None:
    match = INTERVAL.fullmatch(asked)
    if match is None or match["unit"] not in UNITS or (match["count"] is None and not asked.startswith("every ")):
        return None
    return timedelta(**{UNITS[match["unit"]]: int(match["count"] or 1)})


def _in_bounds(interval: timedelta, text: str) -> timedelta:
    if not SHORTEST_INTERVAL <= interval <= LONGEST_INTERVAL:
        raise ValueError(
            f"{text!r} is too {'short' if interval < SHORTEST_INTERVAL else 'long'}; from a minute to a year is possible"
        )
    return interval
