"""Dates and read times inside the short texts of a card."""

from __future__ import annotations

import re

from scraper.readtime import parse_read_time

_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")
_MONTHS = {
    month: number
    for number, month in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_NAMED = re.compile(
    r"(?<!\w)(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:de\s+)?([A-Za-zÀ-ž]{3,12})\.?,?\s+(?:de\s+)?((?:19|20)\d\d)"
    r"|([A-Za-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d))(?!\w)"
)
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./]((?:19|20)?\d\d)(?!\d)")


def find_date(text: str) -> tuple[str | None, tuple[int, int]] | None:
    """The first date in `text` as ISO text and where it stands."""
    if found := _ISO.search(text):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}", found.span()
    if found := _NAMED.search(text):
        day, name, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
        month = _MONTHS.get(name[:3].lower())
        return (f"{year}-{month:02}-{int(day):02}" if month else None), found.span()
    if found := _DAY_FIRST.search(text):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}", found.span()
    return None


def find_read_time(text: str) -> tuple[int, str] | None:
    """The reading time in `text`: minutes and the words."""
    found = parse_read_time(text)
    return (found.minutes, found.raw) if found else None
