"""What cron and systemd are told so that they wake the crawl. Pure: text for one installation.

All of them run `standfirst crawl --only-due` every few minutes instead of one crawl at a fixed time. So cadences, time zones, windows, the spread
over the night and what was missed are settled in one place, the configuration, and a machine that slept through the night makes up for it in the
morning, which cron alone never does. A waking at which nothing is due takes a fraction of a second and prints nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise, takewhile
from pathlib import Path

from schedules.settings import Config
from schedules.slots import iter_slots, lot, schedule_of
from scraper.errors import ConfigError, ScheduleError

PERIODS = (15, 10, 5, 2, 1)  # minutes between two wakings; each divides an hour
A_MONTH = timedelta(days=32)
LONGEST_CRON_LINE = 998  # MAX_COMMAND of Debian's cron, less the line's end
MARK = "standfirst schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where things are on this machine; all paths absolute."""

    program: tuple[str, ...]  # how to call standfirst: one executable, or python -m
    config: Path
    archive: Path
    flock: Path | None = None  # flock(1); None: there is none
    sends_mail_or_runs_a_hook: bool = False  # programs of others run inside the service, and need more than we do
    renders: bool = False  # a browser runs inside the service, and makes a sandbox of its own

    def command(self, *words: str) -> list[str]:
        """The words of a command of ours."""
        return [*self.program, *words, "--config", str(self.config)]


def installation(config: Config, program: Iterable[str], *, flock: Path | None = None) -> Installation:
    """The installation that this configuration is for. ConfigError for a path that neither a crontab nor a unit can hold."""
    path = config.path.absolute()
    for said in (path, config.archive):
        if not str(said).isprintable():
            raise ConfigError(
                f"{str(said)!r}: has a line break or another control character in its path; move it, or rename the folder"
            )
    return Installation(
        program=tuple(program),
        config=path,
        archive=config.archive,
        flock=flock,
        sends_mail_or_runs_a_hook=bool(config.notify.mail_to or config.notify.command),
        renders=any(source.render for source in config.sources if source.enabled),
    )


def waking_period(config: Config, now: datetime) -> int:
    """Minutes between two wakings: so few that no look is later than half of its source's shortest interval, and 15 at most."""
    shortest = timedelta(days=1)
    for source in config.sources:
        if not source.enabled:
            continue
        schedule = schedule_of(source, config.schedule)
        soon = takewhile(lambda slot: slot.begins_at < now + A_MONTH, iter_slots(schedule, now))
        begins = [slot.begins_at for slot in islice(soon, 1000)]
        shortest = min([shortest, *(after - before for before, after in pairwise(begins))])
        if schedule.bounds is not None:
            shortest = min(shortest, schedule.bounds[0])
    return next((minutes for minutes in PERIODS if timedelta(minutes=2 * minutes) <= shortest), PERIODS[-1])


def minutes_of(period: int, at: Installation) -> str:
    """The minutes of each hour, as cron and systemd write them differently; a place of its own for each configuration."""
    first = int(lot(at.config) * period)
    return f"{first}-59/{period}" if period > 1 else "*"


def cron_block(at: Installation, period: int) -> str:
    """The lines for a crontab, between two marks by which they are found again.

    flock(1) holds the configuration's file while a crawl runs: a waking that comes too early passes in silence, for there is nothing about
    it that a person should get mail of. ConfigError where the line is too long for cron.
    """
    words = at.command("crawl", "--only-due", "--quiet")
    if at.flock is not None:
        words = [str(at.flock), "-n", "-E", "0", str(at.config), *words]
    line = f"{minutes_of(period, at)} * * * * {cron_command(words)}"
    if len(line.encode()) > LONGEST_CRON_LINE:
        raise ConfigError(
            f"{at.config}: its path and the program's are too long for a line of a crontab; make a link to one of them"
        )
    return f"{begin_mark(at)}\n{line}\n{end_mark(at)}\n"


def begin_mark(at: Installation) -> str:
    """The line before ours in a crontab: one block for each configuration."""
    return f"# {MARK} cron: begin {at.config}"


def end_mark(at: Installation) -> str:
    """The line after ours."""
    return f"# {MARK} cron: end {at.config}"


def cron_command(words: Iterable[str]) -> str:
    """The words for /bin/sh in a crontab, where a bare % would be a line break (crontab(5))."""
    return shlex.join(words).replace("%", r"\%")


def without_block(crontab: str, at: Installation) -> str:
    """The crontab without our lines, and with every other line as it was. ScheduleError where only one of the marks is there."""
    lines = crontab.splitlines(keepends=True)
    marks = [n for n, line in enumerate(lines) if line.rstrip("\n") in {begin_mark(at), end_mark(at)}]
    if not marks:
        return crontab
    if [lines[n].rstrip("\n") for n in marks] != [begin_mark(at), end_mark(at)]:
        raise ScheduleError(
            f"the crontab has not one line {begin_mark(at)!r} with one line {end_mark(at)!r} after it; put that right with `crontab -e`"
        )
    return "".join(lines[: marks[0]] + lines[marks[1] + 1 :])


def with_block(crontab: str, at: Installation, period: int) -> str:
    """The crontab with our lines at its end, in the place of older ones."""
    rest = without_block(crontab, at)
    return rest + ("" if not rest or rest.endswith("\n") else "\n") + cron_block(at, period)
