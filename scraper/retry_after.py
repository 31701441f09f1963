"""What a server says about how long to stay away. RFC 9110, 10.2.3: a number of seconds or a date; the web adds nonsense."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER_S = 7 * 24 * 3600.0
"""Longer waits are believed to mean "a long time": a week is as long as we remember."""

_NUMBER = re.compile(r"\+?(\d{1,18}(?:[.,]\d*)?)\s*(?:s|sec|secs|seconds)?", re.IGNORECASE)


def parse_retry_after(value: str | None, *, now: datetime, date: str | None = None) -> float | None:
    """Seconds from `now` (aware) until the server wants to be asked again, 0 to a week. None: it says nothing that can be read.

    `date` is the response's own Date header: a Retry-After date counts from there, so that a server whose clock is wrong is still
    understood. Negative numbers and dates in the past say nothing (None), and the caller's own back-off holds.
    """
    if value is None:
        return None
    text = value.strip().strip("\"'")
    number = _NUMBER.fullmatch(text)
    if number is not None:
        return min(float(number[1].replace(",", ".")), MAX_RETRY_AFTER_S)
    until = _parse_date(text)
    if until is None:
        return None
    seconds = (until - (_parse_date(date or "") or now)).total_seconds()
    return min(seconds, MAX_RETRY_AFTER_S) if math.isfinite(seconds) and seconds >= 0 else None


def _parse_date(text: str) -> datetime | None:
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return None
