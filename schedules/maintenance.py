"""What a run does for the archive after its last look, as `[maintenance]` in the configuration has it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.keep import parse_keep
from schedules.settings import MaintenanceSettings
from scraper.errors import StandfirstError
from storage import Archive
from storage.moments import to_text
from storage.sizes import checkpoint
from storage.upkeep import Pruned, prune

LONGEST_PRUNE_S = 600.0  # a night; what is left over is for the next one
WRONG_CLOCK_S = 86_400.0  # a day, as nobody keeps bytes for less
SLICE_S = 0.5  # at a time, so that a signal to stop and a service's watchdog have their turn between


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintained:
    """What was done, and what could not be."""

    pruned: Pruned | None = None  # None: nothing is ever dropped
    trouble: str | None = None  # in words; None: all went well

    @property
    def sentence(self) -> str:
        """For a person; "" where there was nothing to do."""
        if self.trouble is not None:
            return f"maintenance: {self.trouble}"
        if self.pruned is None or not self.pruned.bodies:
            return ""
        left = f", {self.pruned.left:,} are left to the next run" if self.pruned.left else ""
        return f"maintenance: dropped the bytes of {self.pruned.bodies:,} pages, {self.pruned.freed_bytes:,} bytes{left}"


async def drop_old_bytes(
    archive: Archive,
    settings: MaintenanceSettings,
    *,
    now: datetime,
    clock_ahead_s: float | None = None,
    enough: Callable[[], bool] = lambda: False,
    monotonic: Callable[[], float] = time.monotonic,
) -> Maintained:
    """Prunes as configured, for ten minutes at most and until there is `enough`. What goes wrong is told and changes nothing.

    `clock_ahead_s` is what the servers said of our clock (`RunReport.clock_ahead_s`). A clock that is years ahead makes every body an old
    one, and what is dropped never comes back: so nothing is, until it is set.
    """
    if settings.prune is None:
        return Maintained()
    before = parse_keep(settings.prune, now=now)
    if before is not None and clock_ahead_s is not None and abs(clock_ahead_s) > WRONG_CLOCK_S:
        there = to_text(now - timedelta(seconds=clock_ahead_s))
        return Maintained(
            trouble=f"old bytes were not dropped: it is {to_text(now)} here and {there} by the servers' clocks; set the clock (NTP)"
        )
    ends = monotonic() + LONGEST_PRUNE_S
    done = Pruned(bodies=0, freed_bytes=0, left=1)
    try:
        while done.left and monotonic() < ends and not enough():
            more = prune(archive, before=before, keyframes=before is None, enough=_after(SLICE_S, monotonic))
            done = replace(more, bodies=done.bodies + more.bodies, freed_bytes=done.freed_bytes + more.freed_bytes)
            await asyncio.sleep(0)
    except StandfirstError as exc:
        return Maintained(pruned=done, trouble=f"old bytes were not dropped: {exc}")
    if done.unreadable:
        return Maintained(
            pruned=done,
            trouble=f"{archive.path}: {len(done.unreadable)} bodies can't be dropped, for what hangs on them can't be read; see `standfirst verify`",
        )
    return Maintained(pruned=done)


def _after(seconds: float, monotonic: Callable[[], float]) -> Callable[[], bool]:
    ends = monotonic() + seconds
    return lambda: monotonic() >= ends


def empty_write_ahead(archive: Archive, settings: MaintenanceSettings) -> None:
    """Moves what stands beside the file into it, where configured and nobody is in the way; else the next run does, and nothing is lost."""
    if settings.checkpoint:
        checkpoint(archive)
