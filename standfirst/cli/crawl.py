"""`standfirst crawl`"""

from __future__ import annotations

import json
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from standfirst.cli.options import config_option, load, utc_now
from standfirst.cli.output import note
from standfirst.exit_codes import ExitCode

if TYPE_CHECKING:
    from schedules.crawl import Look
    from schedules.run import RunReport
    from schedules.settings import Config, Source


@click.command()
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Check the configuration and say what would be looked at; fetch nothing.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Look at no more than N listing pages.")
@click.option(
    "--wait-lock", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Wait that long for another crawl to end."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON line a page on stdout.")
@click.option("--quiet", is_flag=True, help="Print nothing unless the exit code is not 0, so that cron mails only trouble.")
@config_option
def crawl(
    slugs: tuple[str, ...],
    dry_run: bool,
    limit: int | None,
    wait_lock: float,
    as_json: bool,
    quiet: bool,
    config_path: Path | None,
) -> int:
    """Look at every source once (or at those named) and record what is there.

    One source's failure never stops the others; the exit code tells: 0 all were read, 3 some were not, 4 none was.

    \b
    Examples:
      standfirst crawl
      standfirst crawl cities --json
    """
    from schedules.plan import plan_run
    from scraper.errors import ConfigError

    config = load(config_path)
    sources = config.choose(slugs)
    if not sources:
        raise ConfigError(f"{config.path}: no source to look at; add one with `standfirst add URL`")
    if dry_run:
        for visits in plan_run(sources):
            for visit in visits:
                click.echo(f"{visit.source.slug}\t{visit.url}")
        return ExitCode.OK
    if not config.contact:
        raise ConfigError(
            f"{config.path}: contact: is empty; put in an e-mail address or URL at which site owners reach you, it is sent with every request"
        )
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    held_back: list[str] = []

    def say(line: str) -> None:
        if quiet:
            held_back.append(line)
        else:
            note(line)

    def on_look(look: Look) -> None:
        if as_json:
            click.echo(json.dumps(look_row(look), ensure_ascii=False))
            sys.stdout.flush()
        say(look_line(look))

    report = _run(config, sources, limit=limit, wait_lock=wait_lock, on_look=on_look)
    say(report.summary())
    code = report.exit_code
    if code is not ExitCode.OK:
        for line in held_back:
            note(line)
    return code


def _run(
    config: Config, sources: tuple[Source, ...], *, limit: int | None, wait_lock: float, on_look: Callable[[Look], None]
) -> RunReport:
    import asyncio

    from schedules.lock import hold_lock
    from schedules.run import run_crawl
    from scraper.version import VERSION
    from storage import open_archive, open_reader

    open_reader(config.archive).close()  # where there is no archive, no lock file is left in its place
    with hold_lock(config.archive, wait_s=wait_lock), open_archive(config.archive) as archive:

        async def until_stopped() -> RunReport:
            this_task = asyncio.current_task()
            assert this_task is not None
            # `kill`, systemd and shutdown send SIGTERM; it must end the run as tidily as Ctrl-C does.
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this_task.cancel)
            return await run_crawl(
                sources, config=config, archive=archive, clock=utc_now, version=VERSION, limit=limit, on_look=on_look
            )

        try:
            return asyncio.run(until_stopped())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


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
