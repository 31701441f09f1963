"""Alarms as lines for a person who was asleep: one each, but one in all where so many pages have the same that it is one event. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from schedules.alarms import Alarm
from schedules.symptoms import AlarmKind

_MANY = 5  # pages, of
_HOSTS = 3  # hosts at least, with the same alarm: then the cause is here or in the weather, not at each of them
_NAMED = 5

_COMMON_CAUSES = {
    AlarmKind.UNREADABLE: "check this machine's network and name server first",
    AlarmKind.WALL: "the sites may have learned to know this crawler: check how it names itself, and its address",
    AlarmKind.STALE: "a holiday, or a copy kept between this machine and the sites",
}
_COMMON_CAUSE = "look first at what has changed on this machine, such as an update of Standfirst"


def lines_about(alarms: Sequence[Alarm]) -> tuple[str, ...]:
    """The alarms in words with what to do, in their order; those of one kind that many hosts share in one line."""
    groups: dict[tuple[AlarmKind, str | None], list[Alarm]] = {}
    for alarm in alarms:
        groups.setdefault((alarm.kind, alarm.field), []).append(alarm)
    lines = []
    for (kind, _), group in groups.items():
        if len(group) >= _MANY and len({urlsplit(alarm.url).hostname for alarm in group}) >= _HOSTS:
            named = ", ".join(alarm.source for alarm in group[:_NAMED]) + (
                f" and {len(group) - _NAMED} more" if len(group) > _NAMED else ""
            )
            cause = _COMMON_CAUSES.get(kind, _COMMON_CAUSE)
            lines.append(
                f"alarm: {len(group)} pages at once: {group[0].sentence} (and the like): {named}. {cause[0].upper()}{cause[1:]}."
            )
        else:
            lines += [f"alarm: {alarm}. {alarm.advice}" for alarm in group]
    return tuple(lines)
