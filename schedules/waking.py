"""One waking of the program, as `standfirst crawl` and the service share it: the lock, the archive, what is to be looked at, the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from schedules.alarms import Alarm
from schedules.crawl import Clock, Look
from schedules.digest import lines_about
from schedules.due import INTERVALS, Plan, make_plan
from schedules.exit_codes import ExitCode, code_of
from schedules.health import take_stock
from schedules.intervals import keep_intervals
from schedules.lock import hold_lock
from schedules.maintenance import Maintained, drop_old_bytes, empty_write_ahead
from schedules.notify import News, announce, tell
from schedules.report import RunReport
from schedules.run import Stop, run_crawl
from schedules.settings import Config, Source
from scraper.errors import ConfigError, StandfirstError
from scraper.version import VERSION
from storage import Archive, Reader, open_archive, open_reader
from storage.looks import last_looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a waking is to look at."""

    slugs: tuple[str, ...] = ()  # sources; none: every enabled one
    only_due: bool = False  # of these, the pages that are due by their schedule
    resume: bool = False  # of these, the pages that an interrupted run left over
    limit: int | None = None  # no more than so many listing pages

    @property
    def command(self) -> str:
        """The words after `standfirst` that ask for the same, as the archive keeps them with the run."""
        limit = [] if self.limit is None else ["--limit", str(self.limit)]
        return " ".join(["crawl", *self.slugs, *["--only-due"] * self.only_due, *["--resume"] * self.resume, *limit])


def require_contact(config: Config) -> None:
    """ConfigError where site owners could not reach who is asking."""
    if not config.contact:
        raise ConfigError(
            f"{config.path}: contact: is empty; put in an e-mail address or URL at which site owners reach you, it is sent with every request"
        )


@contextmanager
def opened(config: Config, *, wait_lock_s: float = 0.0) -> Iterator[Archive]:
    """The configuration's archive, to write to, with the crawl lock held.

    Raises LockHeldError when another crawl is running for longer than `wait_lock_s`, ArchiveError when there is no usable archive.
    """
    open_reader(config.archive).close()  # where there is no archive, no lock file is left in its place
    with hold_lock(config.archive, wait_s=wait_lock_s), open_archive(config.archive) as archive:
        yield archive


def choose(wish: Wish, *, config: Config, archive: Archive | Reader, now: datetime) -> tuple[Source, ...]:
    """The sources to look at, each with those of its pages that are to be; none where none is due or left over.

    Raises UnknownSourceError for a slug that the configuration doesn't have, ConfigError where it has no source to look at at all.
    """
    sources = watched(wish.slugs, config)
    if wish.resume:
        left = {(page.source, page.url) for page in archive.left_over()}
        sources = _narrowed(sources, lambda slug, url: (slug, url) in left)
    if wish.only_due:
        plan = plan_looks(sources, config=config, archive=archive, now=now)
        if isinstance(archive, Archive):
            keep_intervals(archive, plan)
        to_do = {(page.source.slug, page.url) for page in plan.due}
        sources = _narrowed(sources, lambda slug, url: (slug, url) in to_do)
    return sources


def plan_looks(sources: Sequence[Source], *, config: Config, archive: Archive | Reader, now: datetime) -> Plan:
    """What is due of these sources, next and missed, by what the archive tells of their last looks."""
    intervals = INTERVALS if any(source.adaptive is not None for source in sources) else 0  # they are dear to find
    return make_plan(sources, config.schedule, last_looks(archive, intervals=intervals), now)


def watched(slugs: Sequence[str], config: Config) -> tuple[Source, ...]:
    """The sources of these slugs, or all that are enabled; never none. Raises as `choose` does."""
    sources = config.choose(slugs)
    if not sources:
        raise ConfigError(f"{config.path}: no source to look at; add one with `standfirst add URL`")
    return sources


def _narrowed(sources: Sequence[Source], wanted: Callable[[str, str], bool]) -> tuple[Source, ...]:
    """The sources with those of their pages that are wanted; without those of which none is."""
    narrowed = (replace(source, urls=tuple(url for url in source.urls if wanted(source.slug, url))) for source in sources)
    return tuple(source for source in narrowed if source.urls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """What came of a waking."""

    report: RunReport
    alarms: tuple[Alarm, ...]  # that nobody was told of before
    maintained: Maintained
    exit_code: ExitCode
    archive_bytes: int  # of the file, when the run was over
    untold: tuple[str, ...] = ()  # in words, who could not be told of the run (`schedules.notify`)

    @property
    def lines(self) -> tuple[str, ...]:
        """In words for a person, the summary of the run last."""
        return tuple(filter(None, [*lines_about(self.alarms), self.maintained.sentence, self.report.summary()]))

    @property
    def news(self) -> News:
        """What there is to tell."""
        looks = self.report.last_looks
        bad = [look for look in looks if not look.outcome.is_good]
        parts = [f"{len(bad)} of {len(looks)} pages could not be read"] if bad else [f"all {len(looks)} pages were read"]
        parts += [f"{len(self.alarms)} new alarm" + "s" * (len(self.alarms) > 1)] if self.alarms else []
        parts += ["the archive could not be looked after"] if self.maintained.trouble else []
        parts += ["interrupted"] if self.report.stopped else []
        return News(
            exit_code=self.exit_code,
            headline=", ".join(parts),
            lines=(*(f"{look.source}: {look.url}: {look.outcome}: {look.detail}" for look in bad), *self.lines),
            row=self.summary_row(),
            stopped=self.report.stopped,
        )

    def summary_row(self) -> dict[str, object]:
        """For machines, fit for JSON."""
        return {
            **self.report.summary_row(),
            "exit_code": int(self.exit_code),
            "alarms": [alarm.as_row() for alarm in self.alarms],
            "archive_bytes": self.archive_bytes,
            "dropped_pages": self.maintained.pruned.bodies if self.maintained.pruned is not None else 0,
            "trouble": [*filter(None, [self.maintained.trouble]), *self.untold],
        }


async def wake(
    archive: Archive,
    sources: Sequence[Source],
    wish: Wish,
    *,
    config: Config,
    clock: Clock,
    on_look: Callable[[Look], None] = lambda look: None,
    stop: Stop | None = None,
) -> Woken:
    """Looks at these sources (see `choose`) once, records what is there, does what the configuration wants done after it, and tells of it.

    The archive is looked after when the run came to its end; an interrupted one goes at once. A run that ends in an error is told of, too.
    """
    require_contact(config)
    await announce(config.notify)
    try:
        woken = await _wake(archive, sources, wish, config=config, clock=clock, on_look=on_look, stop=stop or Stop())
    except Exception as exc:
        await tell_of_failure(config, exc, now=clock())
        raise
    return replace(woken, untold=await tell(config.notify, woken.news, now=clock()))


async def tell_of_failure(config: Config, error: Exception, *, now: datetime) -> None:
    """Tells of a run that ended in an error, or could not begin for one."""
    if isinstance(error, StandfirstError):
        news = News(exit_code=code_of(error), headline=str(error))
    else:
        news = News(exit_code=ExitCode.FAILED, headline=f"a bug in Standfirst: {type(error).__name__}: {error}")
    await tell(config.notify, news, now=now)


async def _wake(
    archive: Archive,
    sources: Sequence[Source],
    wish: Wish,
    *,
    config: Config,
    clock: Clock,
    on_look: Callable[[Look], None],
    stop: Stop,
) -> Woken:
    woken: Woken | None = None

    async def conclude(report: RunReport) -> ExitCode:
        nonlocal woken
        now = clock()
        stock = take_stock(archive, report.looks, config.sources, config.alarms, run_id=report.run_id, now=now)
        alarms = tuple(alarm for alarm in stock if alarm.is_new)
        maintained = Maintained()
        if not report.stopped:
            maintained = await drop_old_bytes(
                archive, config.maintenance, now=now, clock_ahead_s=report.clock_ahead_s, enough=lambda: stop.is_asked
            )
        code = _exit_code(report, alarms, maintained)
        size = archive.path.stat().st_size
        woken = Woken(report=report, alarms=alarms, maintained=maintained, exit_code=code, archive_bytes=size)
        return code

    await run_crawl(
        sources,
        config=config,
        archive=archive,
        clock=clock,
        version=VERSION,
        command=wish.command,
        limit=wish.limit,
        on_look=on_look,
        stop=stop,
        conclude=conclude,
    )
    assert woken is not None  # run_crawl has concluded, or raised
    if woken.report.stopped:
        return woken
    empty_write_ahead(archive, config.maintenance)
    return replace(woken, archive_bytes=archive.path.stat().st_size)


def _exit_code(report: RunReport, alarms: Sequence[Alarm], maintained: Maintained) -> ExitCode:
    """The run's own code; but a run on which every page was read is no good one if a page looks broken, or the archive couldn't be looked after."""
    if report.exit_code is not ExitCode.OK:
        return report.exit_code
    if alarms:
        return ExitCode.SOME_SOURCES_FAILED
    return ExitCode.FAILED if maintained.trouble is not None else ExitCode.OK
