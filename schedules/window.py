"""The part of a day in which looks begin, and what a clock on the wall means in time. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
WINDOW = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)


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


def parse_window(text: str) -> Window | None:
    """The window "01:00-05:00" or, over midnight, "22:00-04:00"; None for "00:00-24:00", which leaves nothing out."""
    match = WINDOW.fullmatch(text.strip())
    begin, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (-1, -1)
    if match is None or begin >= 24 * 60 or end > 24 * 60:
        raise ValueError(f'{text!r} is no window; write it like "01:00-05:00", or "22:00-04:00" over midnight')
    if begin == end:
        raise ValueError(f'{text!r} leaves no time; for the whole day write "00:00-24:00"')
    return None if (begin, end) == (0, 24 * 60) else Window(begin, end)


def to_moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment when clocks there show that minute of that day (24 * 60: the next day's first).

    As RFC 5545 section 3.3.5 has it: a time that the clocks skip is taken at the offset before the gap, of a time that comes twice the first
    is meant.
    """
    local = datetime.combine(day, time(), zone)
    return (local + timedelta(minutes=minute)).astimezone(UTC)  # the sum is one of clocks on the wall: it ignores offsets
