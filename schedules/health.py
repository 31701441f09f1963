"""How the watched pages are: their past looks out of the archive, held against each other (`schedules.alarms`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from schedules.alarms import Alarm, busyness, find_alarms, good_looks_needed
from schedules.crawl import Look
from schedules.settings import AlarmSettings, Source
from storage import Archive, Reader
from storage.past_looks import PageLooks, find_past_looks, remember_shown_fields, remember_told


def take_stock(
    archive: Archive, looks: Iterable[Look], sources: Collection[Source], settings: AlarmSettings, *, run_id: int, now: datetime
) -> tuple[Alarm, ...]:
    """The alarms about the pages that a run has looked at, after its last look. Keeps how many cards showed which field, and what is told.

    Only pages that the configuration names are watched for alarms: what stands on the second page of a list is what the first page
    pushes there.
    """
    watched = {(source.slug, url) for source in sources for url in source.urls}
    last = {(look.source, look.url): look for look in looks if (look.source, look.url) in watched}
    read = {page: look.shown for page, look in last.items() if look.shown is not None and look.outcome.is_good}
    remember_shown_fields(archive, run_id, read, most=good_looks_needed(settings), at=now)
    pages = past_of(archive, last, settings)
    remember_told(archive, pages, at=now)
    return alarms_of(pages, settings)


def past_of(archive: Archive | Reader, pages: Iterable[tuple[str, str]], settings: AlarmSettings) -> tuple[PageLooks, ...]:
    """The past looks at each of these pages (slug, URL), as many as alarms need, in their order."""
    needed = good_looks_needed(settings)
    return tuple(find_past_looks(archive, source=source, url=url, good_looks=needed) for source, url in pages)


def alarms_of(pages: Collection[PageLooks], settings: AlarmSettings) -> tuple[Alarm, ...]:
    """The alarms that stand at the last look at each of these pages, in their order; none where they are switched off."""
    busy = busyness(pages)
    return tuple(alarm for page in pages for alarm in find_alarms(page, settings, busy=busy))


def bad_looks_in_a_row(page: PageLooks) -> int:
    """How many of the page's last looks were not good; 0: the last one was."""
    return next((number for number, look in enumerate(reversed(page.looks)) if look.outcome.is_good), len(page.looks))
