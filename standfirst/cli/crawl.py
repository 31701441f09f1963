"""`standfirst crawl`"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schedules.exit_codes import ExitCode
from standfirst.cli.options import config_option, load, log_format_option, utc_now
from standfirst.cli.output import Outlet, json_text, note, say
from standfirst.cli.voice import Voice

if TYPE_CHECKING:
    from schedules.crawl import Look
    from schedules.run import Stop
    from schedules.settings import Config, Source
    from schedules.waking import Wish, Woken
    from storage import Archive


@click.command()
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Check the configuration and say what would be looked at; fetch nothing.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Look at no more than N listing pages.")
@click.option("--only-due", is_flag=True, help="Look only at pages that are due by their schedule.")
@click.option("--resume", is_flag=True, help="Look only at pages that an interrupted or killed run left over.")
@click.option(
    "--wait-lock", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Wait that long for another crawl to end."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON line a page on stdout, and a last one with the summary.")
@click.option(
    "--ping", metavar="URL", help="Tell this monitor, whatever [notify] says: URL/start, then URL, or URL/fail with the summary."
)
@click.option("--quiet", is_flag=True, help="Print nothing unless the exit code is not 0, so that cron mails only trouble.")
@log_format_option
@config_option
def crawl(
    slugs: tuple[str, ...],
    dry_run: bool,
    limit: int | None,
    only_due: bool,
    resume: bool,
    wait_lock: float,
    as_json: bool,
    ping: str | None,
    quiet: bool,
    log_format: str | None,
    config_path: Path | None,
) -> int:
    """Look at every source once (or at those named) and record what is there.

    One source's failure never stops the others; the exit code tells: 0 all were read, 3 some were not, 4 none was.
    Ctrl-C and SIGTERM end a run tidily: the pages in hand and those that had no turn are recorded as interrupted, and --resume
    makes up for them. A second Ctrl-C ends it at once.

    \b
    Examples:
      standfirst crawl
      standfirst crawl cities --json
      standfirst crawl --resume
    """
    from schedules.waking import Wish, choose, require_contact, watched
    from scraper.redirects import is_web_url
    from storage import open_reader

    config = load(config_path)
    if ping is not None:
        if not is_web_url(ping):
            raise click.BadParameter(f"{ping!r} is no http or https URL", param_hint="--ping")
        config = replace(config, notify=replace(config.notify, ping=ping))
    wish = Wish(slugs=slugs, only_due=only_due, resume=resume, limit=limit)
    sources = watched(slugs, config)
    if dry_run:
        if resume or only_due:
            with open_reader(config.archive) as reader:
                sources = choose(wish, config=config, archive=reader, now=utc_now())
        return _show_plan(sources, limit)
    require_contact(config)
    voice = Voice(log_format, quiet=quiet)
    with voice.speaking(), _opened(config, wait_lock) as archive:
        sources = choose(wish, config=config, archive=archive, now=utc_now())
        if not sources:
            voice.say("nothing was left over by an earlier run" if resume else "nothing is due")
            return ExitCode.OK
        return _crawl(sources, wish, config=config, archive=archive, as_json=as_json, voice=voice)


@contextmanager
def _opened(config: Config, wait_lock: float) -> Iterator[Archive]:
    """The archive to write to; where there is no usable one, whoever is told of bad runs is told of that."""
    import asyncio

    from schedules.waking import opened, tell_of_failure
    from scraper.errors import ArchiveError

    with ExitStack() as stack:
        try:
            archive = stack.enter_context(opened(config, wait_lock_s=wait_lock))
        except ArchiveError as exc:
            asyncio.run(tell_of_failure(config, exc, now=utc_now()))
            raise
        yield archive


def _show_plan(sources: Sequence[Source], limit: int | None) -> int:
    from schedules.run import planned

    for visits in planned(sources, limit=limit):
        for visit in visits:
            say(f"{visit.source.slug}\t{visit.url}")
    return ExitCode.OK


def _crawl(sources: Sequence[Source], wish: Wish, *, config: Config, archive: Archive, as_json: bool, voice: Voice) -> int:
    from schedules.logs import about
    from schedules.run import planned
    from standfirst.cli.progress import teller

    visits = [visit for of_one_host in planned(sources, limit=wish.limit) for visit in of_one_host]
    # A night is not lost because nobody can hear of it: what can't be written (a full disk, a reader that has gone) ends no run.
    out, err = Outlet("stdout"), Outlet("stderr")
    with err.bearing():
        told = teller(visits, plainly=as_json or not voice.is_plain)

    def on_look(look: Look) -> None:
        if as_json:
            with out.bearing():
                _echo_json(look_row(look))
        with err.bearing():
            voice.say(look_line(look), is_trouble=not look.outcome.is_good, through=told.say)
            told.look(look)

    try:
        woken = _run(sources, wish, config=config, archive=archive, on_look=on_look)
    finally:
        with err.bearing():
            told.end()
    if as_json:
        with out.bearing():
            _echo_json({"summary": woken.summary_row()})
    is_trouble = woken.exit_code is not ExitCode.OK
    with err.bearing(), about(run=woken.report.run_id):
        if woken.report.stopped:
            voice.say(
                "standfirst: interrupted; what was finished is stored. Go on with: standfirst crawl --resume", is_trouble=True
            )
        for line in woken.lines:
            voice.say(line, is_trouble=is_trouble)
        if is_trouble:
            voice.speak_up()
    untold = [outlet.complaint for outlet in (out, err) if outlet.complaint is not None]
    with err.bearing():
        for complaint in untold:
            note(f"standfirst: {complaint}; the run was made, and its looks are stored")
    return woken.exit_code if woken.exit_code is not ExitCode.OK or not untold else ExitCode.FAILED


def _run(sources: Sequence[Source], wish: Wish, *, config: Config, archive: Archive, on_look: Callable[[Look], None]) -> Woken:
    import asyncio

    from schedules.run import Stop
    from schedules.waking import wake

    async def until_stopped() -> Woken:
        stop = Stop()
        _stop_on_signals(stop)
        return await wake(archive, sources, wish, config=config, clock=utc_now, on_look=on_look, stop=stop)

    return asyncio.run(until_stopped())


def _stop_on_signals(stop: Stop) -> None:
    """Lets Ctrl-C end the run tidily, and `kill`, systemd and a shutdown of the machine, which send SIGTERM; a second one ends the program."""
    import asyncio

    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop_at_once() -> None:
        stop.at_once.set()
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    for number in numbers:
        loop.add_signal_handler(number, stop_at_once)


def _echo_json(row: dict[str, object]) -> None:
    click.echo(json_text(row))


def look_row(look: Look) -> dict[str, object]:
    """One look as a flat row."""
    return {
        "source": look.source,
        "url": look.url,
        "outcome": str(look.outcome),
        "detail": look.detail,
        "drift": look.drift,
        "cards": look.recorded.cards,
        "new": look.recorded.new,
        "reworded": look.recorded.reworded,
        "returned": look.recorded.returned,
        "absent": look.recorded.absent,
        "moved": look.recorded.moved,
        "elapsed_s": round(look.elapsed_s, 3),
    }


def look_line(look: Look) -> str:
    """One look for the person who watches."""
    counted = look.recorded
    if not look.outcome.is_good:
        return f"{look.source}: {look.url}: {look.outcome}: {look.detail}"
    facts = [f"{counted.cards} cards"]
    facts += [
        f"{count} {what}" for what in ("new", "reworded", "returned", "absent", "moved") if (count := getattr(counted, what))
    ]
    line = f"{look.source}: {look.url}: {look.outcome}: {', '.join(facts)}"
    return f"{line}; drift: {look.drift}" if look.drift else line
