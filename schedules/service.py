"""The service behind `standfirst schedule run`: wakes when something is due, for years.

Three things go by different clocks. *When* something is due is the planner's (`schedules.due`), from the wall clock and from what the archive
says was looked at: so nothing is kept in a job store, nothing is done twice, and what was missed is known. *Waiting* is APScheduler's: there
is one job, the next waking, made anew from the plan after each one. Its timer is set by the wall clock and runs on the monotonic one,
which stands still while the machine sleeps; so a *heartbeat* compares the two clocks, and has the plan made anew when one was moved.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from schedules.config import load_config
from schedules.crawl import Clock, Look
from schedules.due import Plan
from schedules.exit_codes import ExitCode
from schedules.intervals import keep_intervals
from schedules.logs import about
from schedules.run import Stop
from schedules.sd_notify import Supervisor
from schedules.service_state import FINISH_S, MEMORY, ServiceState
from schedules.settings import Config
from schedules.slots import forget_zones
from schedules.waking import Wish, Woken, opened, plan_looks, require_contact, tell_of_failure, wake
from scraper.errors import ConfigError, LockHeldError, StandfirstError
from storage import Archive, open_archive, open_reader
from storage.moments import to_text

log = logging.getLogger("standfirst.service")

HEARTBEAT_S = 2.0
CLOCK_MOVED = timedelta(seconds=5)  # the two clocks drift apart by less than that in a heartbeat
AGAIN = timedelta(minutes=1)  # before a waking that could not begin is tried again; doubled up to the next
LONGEST_AGAIN = timedelta(hours=1)
ZONES_HOLD = timedelta(days=1)  # before the rules of time zones are read anew


class Service:
    """Wakes for what is due by one configuration file.

    `wake` is one waking and needs no running service: a test may call it for a year of nights. Sources, and when they are due, come from the
    configuration alone, which is read anew when its file changes; one that can't be used is told of and the old one kept.
    """

    def __init__(
        self,
        config_path: Path,
        *,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        supervisor: Supervisor | None = None,
    ) -> None:
        """Raises ConfigError or ArchiveError where there is nothing to begin with."""
        self.config: Config = load_config(config_path)
        require_contact(self.config)
        open_reader(self.config.archive).close()
        self.next_at: datetime = clock()  # when to wake next
        self._clock = clock
        self._monotonic = monotonic
        self._supervisor = supervisor or Supervisor({})
        self._file = _file_state(config_path)
        self._zones_read_at = clock()
        self._state = ServiceState(pid=os.getpid(), started_at=clock(), config_read_at=clock())
        self._failures = 0
        self._is_told = False  # whether the waking under way tells of its own trouble
        self._held_up = False  # by another crawl, and said so
        self._stop = Stop()  # of the run under way
        self._ended = asyncio.Event()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._waking = asyncio.Lock()  # held while one is under way
        self._beat = (clock(), monotonic())

    async def wake(self, now: datetime) -> Woken | None:
        """Looks at what is due at `now`; None when nothing is, or when it can't be looked at now. `next_at` says when to wake next.

        Whatever goes wrong is logged and tried again later: a service that ends looks at nothing.
        """
        config = self.config
        self._is_told = False
        if not timedelta(0) <= now - self._zones_read_at < ZONES_HOLD:
            self._forget_zones(now)
        try:
            woken = await self._look(config, now)
        except LockHeldError as exc:
            self.next_at = now + AGAIN
            log.log(logging.DEBUG if self._held_up else logging.WARNING, "%s; trying again every minute", exc)
            self._held_up = True
        except StandfirstError as exc:
            await self._put_off(exc, config, now)
            log.error("%s; trying again at %s", exc, to_text(self.next_at))  # noqa: TRY400  its message says all, as everywhere
        except Exception as exc:
            await self._put_off(exc, config, now)
            log.exception("this is a bug in Standfirst; trying again at %s", to_text(self.next_at))
        else:
            self._failures, self._held_up = 0, False
            return woken
        return None

    async def serve(self) -> None:
        """Wakes whenever something is due, until SIGTERM or SIGINT; SIGHUP has the configuration read anew."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it would tell of each job that is added
        self._scheduler.start()
        self._arm()
        self._remember()
        log.info("watching %s by %s", _counted(self.config), self.config.path)
        self._supervisor.ready(f"watching {_counted(self.config)}")
        try:
            while not self._ended.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._ended.wait(), HEARTBEAT_S)
                self.beat()
        finally:
            await self._finish()

    def end(self) -> None:
        """Ends the service when the pages in hand are done; told a second time, at once."""
        if self._ended.is_set():
            self._stop.at_once.set()
        self._stop.gently.set()
        self._ended.set()

    def reload(self) -> None:
        """Reads the configuration anew; one that can't be used is told of, and the old one kept. A run under way ends by the old one."""
        self._supervisor.reloading()
        now = self._clock()
        self._forget_zones(now)
        try:
            config = load_config(self.config.path)
            require_contact(config)
        except ConfigError as exc:
            log.error("%s; going on with the configuration read at %s", exc, to_text(self._state.config_read_at))  # noqa: TRY400
            self._state = self._state.refused(str(exc), now)
        else:
            log.info("read %s anew: %s", config.path, _counted(config))
            self.config = config
            self._state = self._state.accepted(now)
        self._remember()
        self.next_at = now
        self._arm()
        self._supervisor.ready(f"watching {_counted(self.config)}")

    def beat(self) -> None:
        """What is to be seen to every few seconds: the watchdog, the configuration's file, the clocks."""
        self._supervisor.alive()
        before, passed_before = self._beat
        now, passed = self._beat = (self._clock(), self._monotonic())
        moved = now - before - timedelta(seconds=passed - passed_before)
        if abs(moved) > CLOCK_MOVED:
            what = "set back" if moved < timedelta(0) else "set forward, or the machine slept"
            log.warning("the clock was %s: %d s; planning anew", what, abs(moved).total_seconds())
            self.next_at = now
            self._arm()
        if (file := _file_state(self.config.path)) != self._file:
            self._file = file
            self.reload()

    def _forget_zones(self, now: datetime) -> None:
        forget_zones()
        self._zones_read_at = now

    async def _look(self, config: Config, now: datetime) -> Woken | None:
        with open_reader(config.archive) as reader:
            plan = plan_looks(config.sources, config=config, archive=reader, now=now)
        woken = None
        if plan.due:
            with opened(config) as archive:
                # Anew: whoever held the lock before may have looked at some.
                plan = plan_looks(config.sources, config=config, archive=archive, now=now)
                if plan.due:
                    self._supervisor.status(f"looking at {len(plan.due)} pages")
                    woken = await self._run(plan, config, archive)
                    now = self._clock()
                    plan = plan_looks(config.sources, config=config, archive=archive, now=now)
        # What is still due could not be done: whoever put it off shall have a moment.
        self.next_at = now + AGAIN if plan.due else plan.next_at or now + LONGEST_AGAIN
        self._supervisor.status(f"next look at {to_text(self.next_at)}")
        return woken

    async def _run(self, plan: Plan, config: Config, archive: Archive) -> Woken:
        self._stop = Stop()
        keep_intervals(archive, plan)
        self._is_told = True
        woken = await wake(
            archive, plan.due_sources, Wish(only_due=True), config=config, clock=self._clock, on_look=_tell, stop=self._stop
        )
        with about(run=woken.report.run_id):
            for line in woken.lines:
                log.log(logging.INFO if woken.exit_code is ExitCode.OK else logging.WARNING, "%s", line)
        return woken

    async def _put_off(self, error: Exception, config: Config, now: datetime) -> None:
        """After an error: who is to hear of it hears the first time, unless the run that met it has told already; and the next try waits longer."""
        is_first = self._failures == 0
        self.next_at = now + min(AGAIN * 2 ** min(self._failures, 10), LONGEST_AGAIN)
        self._failures += 1
        if is_first and not self._is_told:
            await tell_of_failure(config, error, now=now)

    def _arm(self) -> None:
        """Has APScheduler wake us at `next_at`, however late it comes to it. A waking under way does so itself at its end."""
        if self._waking.locked() or self._ended.is_set():
            return
        self._scheduler.add_job(
            self._wake_now,
            DateTrigger(self.next_at),
            id="waking",
            replace_existing=True,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

    async def _wake_now(self) -> None:
        try:
            async with self._waking:
                if self._ended.is_set():
                    return
                before = self.config
                await self.wake(self._clock())
                if self.config is not before:
                    self.next_at = self._clock()
            self._remember()
        finally:  # whatever comes up: a service that isn't armed looks well, and never looks at anything again
            self._arm()

    async def _finish(self) -> None:
        """Lets the pages in hand end, and only then the scheduler, which would cancel its job in mid-page."""
        self._supervisor.stopping()
        log.info("ending%s", "; letting the pages in hand finish" if self._waking.locked() else "")
        self._stop.gently.set()
        try:
            await asyncio.wait_for(self._waking.acquire(), FINISH_S)
        except TimeoutError:
            self._stop.at_once.set()
            await self._waking.acquire()
        self._scheduler.shutdown(wait=False)
        self._state = self._state.stopped(self._clock())
        self._remember()

    def _remember(self) -> None:
        """Tells `status` and `check`, by way of the archive, how the service is."""
        self._state = self._state.waiting(self.next_at)
        try:
            with open_archive(self.config.archive) as archive:
                archive.save_memory(MEMORY, self._state.as_row(), saved_at=self._clock())
        except StandfirstError as exc:
            log.warning("%s", exc)


def _tell(look: Look) -> None:
    if not look.outcome.is_good:
        log.warning("%s: %s: %s", look.url, look.outcome, look.detail)
    elif look.drift:
        log.warning("%s: drift: %s", look.url, look.drift)


def _counted(config: Config) -> str:
    number = sum(source.enabled for source in config.sources)
    return f"{number} source" if number == 1 else f"{number} sources"


@dataclass(frozen=True, slots=True)
class _FileState:
    """Enough of a file to see that it was changed or replaced."""

    modified_ns: int
    size: int
    inode: int


def _file_state(path: Path) -> _FileState | None:
    """None where it can't be seen now: an editor may be about to put a new one in its place."""
    try:
        found = path.stat()
    except OSError:
        return None
    return _FileState(found.st_mtime_ns, found.st_size, found.st_ino)
