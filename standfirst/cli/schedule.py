"""`standfirst schedule`: what is due, and the ways to be woken for it."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from standfirst.cli.options import config_option, load, log_format_option, utc_now
from standfirst.cli.output import Column, chosen_format, emit, format_option, note
from standfirst.cli.schedule_texts import cron, github, systemd

if TYPE_CHECKING:
    from schedules.due import PagePlan

COLUMNS = (
    Column(key="source", header="source"),
    Column(key="page", header="page", grows=True),
    Column(key="due", header="due"),
    Column(key="next_at", header="next at"),
    Column(key="missed", header="missed", right=True),
    Column(key="why", header="why", grows=True),
)


@click.group()
def schedule() -> None:
    """When sources are due, and what wakes the crawl: cron, systemd, a build server, or this program's own service."""


@schedule.command("next")
@click.option("--source", "slug", metavar="SLUG", help="Only this source.")
@format_option
@config_option
def next_looks(slug: str | None, fmt: str | None, config_path: Path | None) -> None:
    """What is due now, what is next, and what was missed; a line a page, the first one due first.

    "missed" counts wanted looks that will have none of their own: one look makes up for all that were missed.
    """
    from schedules.waking import plan_looks
    from storage import open_reader

    config = load(config_path)
    sources = config.choose([slug] if slug is not None else [])
    now = utc_now()
    with open_reader(config.archive) as reader:
        plan = plan_looks(sources, config=config, archive=reader, now=now)
    pages = sorted(plan.pages, key=lambda page: (not page.due, -page.source.priority if page.due else 0, page.next_at))
    rows = [page_row(page) for page in pages]
    if chosen_format(fmt) == "table":
        rows = [{**row, "due": "now" if row["due"] else None, "missed": row["missed"] or None} for row in rows]
    emit(rows, fmt, columns=COLUMNS, empty="no enabled source; add one with `standfirst add URL`")


def page_row(page: PagePlan) -> dict[str, object]:
    """One page's plan as a flat row."""
    last = page.last
    return {
        "source": page.source.slug,
        "page": page.url,
        "due": page.due,
        "next_at": _text(page.next_at),
        "missed": page.missed,
        "why": page.why if page.interval is None else f"{page.why}; {page.interval.why}",
        "last_look": None if last is None else _text(last.last_at),
        "last_good_look": None if last is None else _text(last.last_good_at),
        "interval_s": None if page.interval is None else int(page.interval.interval.total_seconds()),
    }


def _text(moment: datetime | None) -> str | None:
    from storage.moments import to_text

    return None if moment is None else to_text(moment)


@schedule.command("run")
@log_format_option
@config_option
def run(log_format: str | None, config_path: Path | None) -> None:
    """Stay, and look at each source when it is due. Ends with SIGTERM or Ctrl-C when the pages in hand are done.

    The configuration is read anew when its file changes and on SIGHUP; one with a slip in it is told of, and the old one kept.
    Under systemd it says when it is ready, that it is alive, and what it does (see `standfirst schedule systemd --service`).
    """
    import asyncio
    import os

    from schedules.logs import LineHandler, formatter
    from schedules.sd_notify import Supervisor
    from schedules.service import Service

    config = load(config_path)

    async def serve() -> None:
        await Service(config.path, clock=utc_now, supervisor=Supervisor(os.environ)).serve()

    with LineHandler(note, formatter(log_format or "text"), level=logging.INFO).installed():
        asyncio.run(serve())


schedule.add_command(cron)
schedule.add_command(systemd)
schedule.add_command(github)
