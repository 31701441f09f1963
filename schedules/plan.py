"""What a run will look at, in which order. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from schedules.settings import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One listing page to look at, first page of its list; further pages follow from what is found there."""

    source: Source
    url: str

    @property
    def host(self) -> str:
        """Lower-case host name: visits of one host are never made side by side."""
        return (urlsplit(self.url).hostname or "").lower()


def plan_run(sources: Iterable[Source]) -> tuple[tuple[Visit, ...], ...]:
    """The visits, one tuple a host, hosts and visits in the order of the configuration.

    The caller goes through the hosts side by side and through each tuple one after the other.
    """
    by_host: dict[str, deque[Visit]] = {}
    for source in sources:
        for url in source.urls:
            visit = Visit(source=source, url=url)
            by_host.setdefault(visit.host, deque()).append(visit)
    return tuple(tuple(visits) for visits in by_host.values())
