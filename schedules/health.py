"""How the watched pages are: their past looks out of the archive, held against each other (`schedules.alarms`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from schedules.alarms import Alarm, busyness, find_alarms, good_looks_needed
from schedules.crawl import Look
from schedules.due import make_plan
from schedules.habits import Habit
from schedules.settings import AlarmSettings, Config, Source
from schedules.symptoms import AlarmKind
from storage import Archive, Reader
from storage.looks import last_looks
from storage.past_looks import Figures, PageLooks, find_past_looks, remember_figures, remember_told

_USUAL_LOOKS = 56
_KNOWN_LOOKS = 7


def take_stock(
    archive: Archive, looks: Iterable[Look], sources: Collection[Source], settings: AlarmSettings, *, run_id: int, now: datetime
) -> tuple[Alarm, ...]:
    """The alarms about the pages that a run has looked at, after its last look. Keeps how many cards showed which field, and what is told.

    Only pages that the configuration names are watched for alarms: what stands on the second page of a list is what the first page
    pushes there.
    """
    watched = {(source.slug, url) for source in sources for url in source.urls}
    last = {(look.source, look.url): look for look in looks if (look.source, look.url) in watched}
    read = {
        page: Figures(shown=look.shown, new=look.recorded.new, returned=look.recorded.returned)
        for page, look in last.items()
        if look.shown is not None and look.outcome.is_good
    }
    remember_figures(archive, run_id, read, most=good_looks_needed(settings), at=now)
    if not settings.enabled:
        return ()
    pages = past_of(archive, last, settings)
    alarms = alarms_of(pages, settings)
    if any(alarm.kind is AlarmKind.ALL_OTHER for alarm in alarms):
        # Whether everybody is as busy tonight, pages tell that other runs have looked at: each hour may have a run of its own.
        every = [(source.slug, url) for source in sources if source.enabled for url in source.urls]
        alarms = alarms_of(pages, settings, beside=past_of(archive, every, settings))
    remember_told(archive, pages, at=now)
    return alarms


def past_of(archive: Archive | Reader, pages: Iterable[tuple[str, str]], settings: AlarmSettings) -> tuple[PageLooks, ...]:
    """The past looks at each of these pages (slug, URL), as many as alarms need, in their order."""
    needed = good_looks_needed(settings)
    return tuple(find_past_looks(archive, source=source, url=url, good_looks=needed) for source, url in pages)


def alarms_of(pages: Collection[PageLooks], settings: AlarmSettings, *, beside: Collection[PageLooks] = ()) -> tuple[Alarm, ...]:
    """The alarms that stand at the last look at each of these pages, in their order; none where they are switched off.

    `beside` are all pages, these among them, where there are more: they tell how busy everybody is.
    """
    busy = busyness(beside or pages)
    return tuple(alarm for page in pages for alarm in find_alarms(page, settings, busy=busy))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """One source, as `status` and `check` tell of it."""

    source: str  # slug
    pages: tuple[PageLooks, ...]
    alarms: tuple[Alarm, ...]  # that stand
    enabled: bool | None  # None: the configuration doesn't have it (any more), or there is none
    next_at: datetime | None = None  # when the first of its pages is due; None: never, or nobody knows
    missed: int = 0  # wanted looks at one of its pages that nobody made, since the last one

    @property
    def last_good_at(self) -> datetime | None:
        """Of the page that was read longest ago: a source is as fresh as its stalest page. None: one of them was never read.

        It is what the clock said then: where it was years ahead once, the order of looks has gone on from there.
        """
        newest = [next((look for look in reversed(page.looks) if look.outcome.is_good), None) for page in self.pages]
        if None in newest:
            return None
        return min((look.clock_at or look.seen_at for look in newest if look is not None), default=None)

    @property
    def usual_cards(self) -> tuple[int, int] | None:
        """How many cards its pages usually show in all, from and to; None where too little is known."""
        ranges = []
        for page in self.pages:
            counts = Habit(_USUAL_LOOKS)
            for look in page.looks:
                if look.cards is not None:
                    counts.add(look.cards)
            if len(counts) < _KNOWN_LOOKS:
                return None
            ranges.append(counts.range)
        return (int(sum(low for low, _ in ranges)), int(sum(high for _, high in ranges))) if ranges else None

    @property
    def trouble(self) -> tuple[str, ...]:
        """What is wrong, in words, apart from looks that were not good."""
        told = ["disabled"] if self.enabled is False else []
        if self.enabled and not any(page.looks for page in self.pages):
            told.append("never looked at")
        return (*told, *(f"{alarm.sentence} (since {alarm.since:%Y-%m-%d})" for alarm in self.alarms))


def health_of(
    reader: Reader, config: Config | None, slugs: Collection[str], settings: AlarmSettings, now: datetime
) -> list[SourceHealth]:
    """The sources of the configuration, in its order, and after them those that only the archive knows (`slugs`), by name.

    Without a configuration the pages are those that the archive has at its newest looks.
    """
    in_archive = last_looks(reader)
    configured = {source.slug: source for source in config.sources} if config is not None else {}
    plan = make_plan(configured.values(), config.schedule, in_archive, now) if config is not None else None
    found = []
    for slug in [*configured, *sorted(set(slugs) - set(configured))]:
        source = configured.get(slug)
        urls = source.urls if source is not None else tuple(look.url for look in in_archive if look.source == slug)
        pages = past_of(archive=reader, pages=[(slug, url) for url in urls], settings=settings)
        planned = [page for page in plan.pages if page.source.slug == slug] if plan is not None else []
        found.append((slug, pages, source, planned))
    every = [page for _, pages, _, _ in found for page in pages]
    return [
        SourceHealth(
            source=slug,
            pages=pages,
            alarms=alarms_of(pages, settings, beside=every) if source is None or source.enabled else (),
            enabled=None if source is None else source.enabled,
            next_at=min((page.slot.at if page.due and page.slot is not None else page.next_at for page in planned), default=None),
            missed=max((page.missed for page in planned), default=0),
        )
        for slug, pages, source, planned in found
    ]
