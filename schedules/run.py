"""One waking: every source looked at once, hosts side by side, each host's pages one after the other."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schedules.crawl import Clock, Fetches, Look, PageBudget, Waking, crawl_visit
from schedules.exit_codes import ExitCode, code_of
from schedules.logs import about
from schedules.memories import FETCHER, LIES
from schedules.plan import Visit, plan_run
from schedules.report import RunReport
from schedules.settings import Config, Source
from scraper.errors import StandfirstError
from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import Outcome
from storage import Archive
from storage.looks import last_looks

log = logging.getLogger("standfirst.run")

HOSTS_AT_ONCE = 400
"""Bounds sockets (a process may usually have 1,024 files open), not politeness: that is kept host by host. Most of these hosts are waiting for their
delay at any moment: 300 hosts take 7 MB more side by side than 64 after 64, and a few dozen that never answer hold up nobody."""

SAVED_EVERY = timedelta(seconds=10)  # at most: what hosts asked for, while the run goes on; what a killed run may forget


@dataclass(frozen=True, slots=True)
class Stop:
    """How a run is told to end before it is through: set the one event or the other, in the thread of the run."""

    gently: asyncio.Event = field(default_factory=asyncio.Event)  # no further page begins; those in hand are finished
    at_once: asyncio.Event = field(default_factory=asyncio.Event)  # those in hand end as interrupted, too

    @property
    def is_asked(self) -> bool:
        """Whether the run is to end, in either way."""
        return self.gently.is_set() or self.at_once.is_set()


def fetch_settings(config: Config, sources: Sequence[Source]) -> FetchSettings:
    """How the fetcher shall behave, from the configuration. A source's own delay holds for its hosts; the longest wins."""
    delays: dict[str, float] = {}
    for visits in plan_run(sources):
        own = [visit.source.delay_s for visit in visits if visit.source.delay_s is not None]
        if own:
            delays[visits[0].host] = max(own)
    crawl = config.crawl
    return FetchSettings(
        contact=config.contact or None,
        delay_s=crawl.delay_s,
        host_delays_s=delays,
        connect_timeout_s=crawl.connect_timeout_s,
        idle_timeout_s=crawl.idle_timeout_s,
        total_timeout_s=crawl.total_timeout_s,
        max_bytes=crawl.max_bytes,
        max_redirects=crawl.max_redirects,
        retries=crawl.retries,
        patience_s=crawl.patience_s,
        proxy=crawl.proxy,
        http2=crawl.http2,
        ca_file=None if crawl.ca_file is None else str(config.path.parent / crawl.ca_file),
        host_groups=crawl.host_groups,
        connect_to={host: _split_address(address) for host, address in crawl.connect_to.items()},
    )


def _split_address(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def planned(
    sources: Sequence[Source], *, limit: int | None = None, first: Collection[tuple[str, str]] = ()
) -> tuple[tuple[Visit, ...], ...]:
    """The visits that a run will make, a tuple a host, no more than `limit` of them; see `plan_run` for `first`."""
    plan = plan_run(sources, first=first)
    if limit is None:
        return plan
    limited: list[tuple[Visit, ...]] = []
    for visits in plan:
        limited.append(visits[: max(0, limit)])
        limit -= len(limited[-1])
    return tuple(visits for visits in limited if visits)


async def run_crawl(
    sources: Sequence[Source],
    *,
    config: Config,
    archive: Archive,
    clock: Clock,
    version: str,
    command: str = "crawl",
    limit: int | None = None,
    on_look: Callable[[Look], None] = lambda look: None,
    fetcher: Fetches | None = None,
    draw: Callable[[], float] = random.random,
    stop: Stop | None = None,
    conclude: Callable[[RunReport], Awaitable[ExitCode]] | None = None,
) -> RunReport:
    """Looks at every page of these sources once and records each look as it ends.

    `limit` bounds the number of listing pages; `on_look` is told of each look; `draw` decides (see Waking) which pages are asked for in
    full. A page whose host asked to be left alone for a while has a second turn at the end, if the while has passed by then; so have the
    older pages behind it. What was put off in the run before comes first, else a run that is bounded would never get to the last of them. When the run
    is stopped or cancelled, the looks under way and those that had no turn are recorded as interrupted; a cancellation then goes on.
    `conclude` is called when all has been looked at, for what else belongs to the run; its answer is kept with the run as what its program
    told its caller (None: the report's exit code).
    """
    is_bounded = config.crawl.longest_run_s is not None or config.crawl.most_pages is not None
    plan = planned(sources, limit=limit, first=_put_off_before(archive) if is_bounded else ())
    visits = [visit for of_one_host in plan for visit in of_one_host]
    stop = stop or Stop()
    async with nullcontext(fetcher) if fetcher is not None else _remembering_fetcher(config, sources, archive, clock) as fetches:
        started_at = clock()
        run_id = archive.begin_run(
            started_at=started_at,
            version=version,
            command=command,
            config_sha256=config.sha256,
            expected=[(visit.source.slug, visit.url) for visit in visits],
        )
        looks: list[Look] = []

        memory = _Memory(fetcher=fetches, archive=archive, clock=clock)

        def told(look: Look) -> None:
            looks.append(look)
            memory.see(look)
            on_look(look)

        lies = _remembered_lies(archive)
        longest = config.crawl.longest_run_s
        waking = Waking(
            archive=archive,
            fetcher=fetches,
            run_id=run_id,
            clock=clock,
            draw=draw,
            on_look=told,
            ends_at=None if longest is None else started_at + timedelta(seconds=longest),
            pages=PageBudget(left=config.crawl.most_pages),
            lies=dict(lies),
        )

        def report() -> RunReport:
            looked_at = {(look.source, look.url) for look in looks}
            return RunReport(
                run_id=run_id,
                started_at=started_at,
                finished_at=clock(),
                looks=tuple(looks),
                stopped=stop.is_asked,
                had_no_turn=sum((visit.source.slug, visit.url) not in looked_at for visit in visits),
            )

        code = ExitCode.FAILED
        try:
            with about(run=run_id):
                put_off = await _go_through([[_Turn(visit=visit) for visit in visits] for visits in plan], waking, stop)
                patience = timedelta(seconds=config.crawl.patience_s)
                ready = [[turn for turn in turns if turn.ready_at and turn.ready_at - clock() <= patience] for turns in put_off]
                await _go_through([turns for turns in ready if turns], waking, stop)
                result = report()
                code = result.exit_code if conclude is None else await conclude(result)
        except asyncio.CancelledError:
            code = ExitCode.INTERRUPTED
            raise
        except StandfirstError as exc:
            code = code_of(exc)
            raise
        finally:
            if waking.lies != lies:
                archive.save_memory(LIES, waking.lies, saved_at=clock())
            archive.finish_run(run_id, finished_at=clock(), exit_code=code)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One visit in its place."""

    visit: Visit
    done: int = 0  # pages of the source that were looked at before, where it goes on from one that was put off
    ready_at: datetime | None = None  # when the host lets itself be asked again, where it was put off


async def _go_through(hosts: Sequence[Sequence[_Turn]], waking: Waking, stop: Stop) -> list[list[_Turn]]:
    """Makes the visits, hosts side by side; returns for each host where to go on with those whose host asked to be left alone."""
    put_off: list[list[_Turn]] = []
    places = asyncio.Semaphore(HOSTS_AT_ONCE)

    async def go_through_host(turns: Sequence[_Turn]) -> None:
        left: list[_Turn] = []
        put_off.append(left)
        async with places:
            for turn in turns:
                if stop.is_asked:
                    return
                with about(source=turn.visit.source.slug):
                    looks = await crawl_visit(turn.visit, waking, done=turn.done)
                last = looks[-1]
                if last.outcome is Outcome.DEFERRED and last.retry_after_s is not None:
                    ready_at = waking.clock() + timedelta(seconds=last.retry_after_s)
                    visit = Visit(source=turn.visit.source, url=last.url)
                    left.append(_Turn(visit=visit, done=turn.done + len(looks) - 1, ready_at=ready_at))

    if not hosts:
        return put_off
    try:
        async with asyncio.TaskGroup() as group:
            going = [group.create_task(go_through_host(turns)) for turns in hosts]
            stopping = group.create_task(stop.at_once.wait())
            stopping.add_done_callback(lambda _: [task.cancel() for task in going])
            await asyncio.wait(going)
            stopping.cancel()
    except BaseExceptionGroup as errors:
        # A page's own trouble is a value; what arrives here (a full disk, a locked archive) ends the run. The first says it all.
        raise errors.exceptions[0] from None
    return put_off


@dataclass(slots=True, kw_only=True)
class _Memory:
    """Keeps what hosts asked for while the run goes on, so that one that is killed does not forget it.

    Not with every answer: on a night on which thousands of hosts ask to be left alone, the memory of all of them would be written thousands of times.
    """

    fetcher: Fetches
    archive: Archive
    clock: Clock
    saved_at: datetime | None = None
    is_behind: bool = False  # whether a host asked for something since

    def see(self, look: Look) -> None:
        """Saves it with the look after which it knows more than is saved, or with the first one that ends `SAVED_EVERY` after the last time."""
        self.is_behind |= look.retry_after_s is not None and look.outcome is not Outcome.DEFERRED
        now = self.clock()
        if self.is_behind and (self.saved_at is None or abs(now - self.saved_at) >= SAVED_EVERY):
            self.archive.save_memory(FETCHER, self.fetcher.snapshot(), saved_at=now)
            self.saved_at, self.is_behind = now, False


@asynccontextmanager
async def _remembering_fetcher(
    config: Config, sources: Sequence[Source], archive: Archive, clock: Clock
) -> AsyncIterator[Fetcher]:
    """A fetcher that knows what the run before learned of its hosts, and hands on what it learns."""
    async with Fetcher(fetch_settings(config, sources), clock=clock) as fetcher:
        _restore(fetcher, archive)
        try:
            yield fetcher
        finally:
            archive.save_memory(FETCHER, fetcher.snapshot(), saved_at=clock())


def _restore(fetcher: Fetcher, archive: Archive) -> None:
    """Takes up what the run before remembered: hosts that asked to be left alone for longer than it lasted, robots.txt files."""
    remembered = archive.load_memory(FETCHER)
    if not isinstance(remembered, dict):
        return
    try:
        fetcher.restore(remembered)
    except (ValueError, KeyError, TypeError) as exc:
        log.warning(
            "%s: what the last run remembered of its hosts can't be read (%s); robots.txt is fetched anew", archive.path, exc
        )


def _put_off_before(archive: Archive) -> set[tuple[str, str]]:
    """Source and URL of the pages whose last look was put off."""
    return {(page.source, page.url) for page in last_looks(archive) if page.unfinished_outcome == Outcome.DEFERRED}


def _remembered_lies(archive: Archive) -> dict[str, str]:
    remembered = archive.load_memory(LIES)
    return {str(url): str(lie) for url, lie in remembered.items()} if isinstance(remembered, dict) else {}
