"""In which order a run goes through its pages. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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


def plan_run(sources: Iterable[Source], *, first: Collection[tuple[str, str]] = ()) -> tuple[tuple[Visit, ...], ...]:
    """The visits, one tuple a host. The caller goes through the hosts side by side and through each tuple one after the other.

    Sources of higher priority come first, and with them their hosts; then the pages in `first`, (slug, URL). Of hosts alike in that, the one with the most pages begins: as each
    waits its delay between two pages, the longest of them decides when the run is over. All else is in the order of the configuration.
    """
    by_host: dict[str, list[Visit]] = {}
    for source in sources:
        for url in source.urls:
            visit = Visit(source=source, url=url)
            by_host.setdefault(visit.host, []).append(visit)

    def rank(visit: Visit) -> tuple[int, bool]:
        return -visit.source.priority, (visit.source.slug, visit.url) not in first

    hosts = [tuple(sorted(visits, key=rank)) for visits in by_host.values()]
    return tuple(sorted(hosts, key=lambda visits: (*rank(visits[0]), -_pages(visits))))


def _pages(visits: Iterable[Visit]) -> int:
    """How many pages these may turn out to be."""
    return sum(visit.source.max_pages for visit in visits)
