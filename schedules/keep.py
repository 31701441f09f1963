"""How long page bytes are kept, as `standfirst prune --keep` and `[maintenance]` write it. Pure."""

from __future__ import annotations

from datetime import datetime

from storage import parse_moment


def parse_keep(text: str, *, now: datetime) -> datetime | None:
    """The moment before which bytes may go ("90d", "52w", a date); None for "keyframes", one look in thirty. Raises QueryError."""
    return None if text == "keyframes" else parse_moment(text, now=now)
