"""Moments in time: the archive's text form, and what a person may type."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from scraper.errors import QueryError

_AGO = re.compile(r"(\d{1,6})\s*([mhdw])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def to_text(moment: datetime) -> str:
    """The archive's form of an aware moment, whole seconds in UTC: `"2026-05-01T02:00:05Z"`. Fractions are cut off."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; the archive keeps moments, not wall clocks")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def from_text(text: str) -> datetime:
    """The moment that a text of the archive's form stands for, in UTC."""
    return datetime.fromisoformat(text)


def parse_moment(text: str, now: datetime, *, end_of_day: bool = False) -> datetime:
    """The moment a person means: an ISO date or date and time (UTC where no offset is given), "7d", "36h", "90m", "2w" ago,
    "now", "today", "yesterday".

    A date alone means its first second in UTC, or its last one with `end_of_day` (for "as it stood on that day", "until").
    Raises QueryError with the accepted forms.
    """
    asked = text.strip()
    words = {"now": now, "today": now.astimezone(UTC).date(), "yesterday": now.astimezone(UTC).date() - timedelta(days=1)}
    if asked.lower() in words:
        meant = words[asked.lower()]
    elif ago := _AGO.fullmatch(asked):
        try:
            return now.astimezone(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        except OverflowError:
            raise _not_a_moment(text) from None
    else:
        try:
            meant = date.fromisoformat(asked) if _DATE.fullmatch(asked) else datetime.fromisoformat(asked)
        except ValueError:
            raise _not_a_moment(text) from None
    if isinstance(meant, datetime):
        try:
            return (meant if meant.tzinfo else meant.replace(tzinfo=UTC)).astimezone(UTC)
        except OverflowError:
            raise _not_a_moment(text) from None
    return datetime.combine(meant, time(23, 59, 59) if end_of_day else time(), UTC)


def _not_a_moment(text: str) -> QueryError:
    return QueryError(
        f"{text!r} is not a moment; write a date (2026-05-01), a date and time in UTC (2026-05-01T02:00:00Z), "
        "how long ago (90m, 36h, 7d, 2w), or today, yesterday, now"
    )
