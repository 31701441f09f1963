"""`standfirst rebuild`"""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import click

from standfirst.cli.options import archive_option, archive_path_from, config_option, utc_now
from standfirst.cli.output import Column, emit, format_option, note

COLUMNS = (
    Column(key="seen_at", header="from"),
    Column(key="source", header="source"),
    Column(key="kind", header="what"),
    Column(key="field", header="field"),
    Column(key="title", header="title", grows=True),
    Column(key="before", header="before", grows=True),
    Column(key="after", header="after", grows=True),
)


def _processes(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    if value == "serial":
        return 1
    if match := re.fullmatch(r"processes:([1-9]\d{0,2})", value):
        return int(match[1])
    raise click.BadParameter(f"{value!r} is neither serial nor processes:N")


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--executor", "processes", metavar="serial|processes:N", default="serial", show_default=True, callback=_processes)
@click.option(
    "--by-clock", is_flag=True, help="Put looks that came in out of order (imports, a clock set back) where the clock says."
)
@format_option
@archive_option
@config_option
def rebuild(
    target: Path, processes: int, by_clock: bool, fmt: str | None, archive_path: Path | None, config_path: Path | None
) -> None:
    """Read every stored page again with today's extractor, into the new file TARGET, and report card by card what it changes.

    The archive itself is not touched: keep both, or put TARGET in its place yourself. A rebuild that was killed goes on where it was
    when it is called again. Looks whose bytes were pruned keep the cards that were read from them then.

    \b
    Example:
      standfirst rebuild archive-2024-06.db --executor processes:2
    """
    from concurrent.futures import ProcessPoolExecutor

    from schedules.reread import reread
    from scraper.version import EXTRACTOR_VERSION
    from storage import open_reader
    from storage.differences import differences
    from storage.rebuild import rebuild as derive

    path = archive_path_from(archive_path, config_path)
    with ExitStack() as stack:
        executor = stack.enter_context(ProcessPoolExecutor(processes)) if processes > 1 else None
        rebuilt = derive(
            path, target, read=reread, extractor_version=EXTRACTOR_VERSION, now=utc_now(), by_clock=by_clock, executor=executor
        )
    with open_reader(path) as old, open_reader(target) as new:
        rows = list(differences(old, new))
    emit(rows, fmt, columns=COLUMNS, empty="today's extractor reads every stored page as it was read then")
    kept = f", {rebuilt.kept} kept as they were because their bytes are pruned" if rebuilt.kept else ""
    note(f"{target}: {rebuilt.looks} looks, {rebuilt.read} pages read anew{kept}; {len(rows)} differences")
