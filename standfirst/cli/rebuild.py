"""`standfirst rebuild`"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standfirst.cli.options import archive_option, archive_path_from, config_option, load, utc_now
from standfirst.cli.output import Column, emit, format_option, note

if TYPE_CHECKING:
    from storage.rebuild import Rebuilt

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
@click.option("--full-method", is_flag=True, help="Learn no recipes on the way: slower, each page read for itself alone.")
@click.option("--swap", is_flag=True, help="Then put TARGET in the archive's place, and keep the old one under another name.")
@click.option(
    "--keep-as",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --swap: that name. Default: archive.before-rebuild.db beside archive.db.",
)
@click.option(
    "--wait-lock",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    help="With --swap: wait that long for a crawl to end.",
)
@format_option
@archive_option
@config_option
def rebuild(
    target: Path,
    processes: int,
    by_clock: bool,
    full_method: bool,
    swap: bool,
    keep_as: Path | None,
    wait_lock: float,
    fmt: str | None,
    archive_path: Path | None,
    config_path: Path | None,
) -> None:
    """Read every stored page again with today's extractor, into the new file TARGET, and report card by card what it changes.

    The archive itself is not touched, unless --swap asks for it; then it is replaced in one step, with the looks of crawls that ran
    meanwhile, and kept. A rebuild that was killed goes on where it was when it is called again, and --swap can be said later. Pages
    are read by the source's recipe where that was written by hand, else by one that is learned and checked on the way (recipes and claims
    about addresses are the configuration's; with --archive, name it with --config). Looks whose bytes were pruned keep the cards that
    were read from them then.

    \b
    Examples:
      standfirst rebuild again.db --executor processes:2
      standfirst rebuild again.db --swap
    """
    from schedules.lock import hold_lock
    from schedules.reread import Rereader, addresses_in_words
    from schedules.workers import reading_processes
    from scraper.errors import ArchiveError
    from scraper.urls import DEFAULT_URL_RULES
    from scraper.version import EXTRACTOR_VERSION
    from storage import open_reader
    from storage.differences import differences
    from storage.rebuild import rebuild as derive
    from storage.swap import name_for_old, swap_in

    path = archive_path_from(archive_path, config_path)
    kept = keep_as or name_for_old(path)
    if swap and kept.exists() and not kept.samefile(path):
        raise ArchiveError(
            f"{kept}: is there already, from an earlier rebuild perhaps; move it away, or name another with --keep-as"
        )
    sources = load(config_path).sources if archive_path is None or config_path is not None else ()
    read = Rereader.for_sources(sources, learns=not full_method)
    url_rules = {source.slug: source.addresses for source in sources}
    arguments: dict[str, Any] = {
        "read": read,
        "url_rules": lambda slug: url_rules.get(slug, DEFAULT_URL_RULES),
        "basis": f"{read.basis} {addresses_in_words(sources)}",
        "extractor_version": EXTRACTOR_VERSION,
        "now": utc_now(),
        "by_clock": by_clock,
    }
    with reading_processes(processes) as executor, _progress() as on_looks:
        rebuilt = derive(path, target, catch_up=swap, executor=executor, on_looks=on_looks, **arguments)
    old, new = path, target
    if swap:
        open_reader(path).close()  # where there is no archive, no lock file is left in its place
        with hold_lock(path, wait_s=wait_lock):
            rebuilt = derive(path, target, catch_up=True, **arguments)  # the looks of a crawl that ran meanwhile
            swap_in(path, target, kept)
        old, new = kept, path
    with open_reader(old) as before, open_reader(new) as after:
        rows = list(differences(before, after))
    emit(rows, fmt, columns=COLUMNS, empty="today's extractor reads every stored page as it was read then")
    note(f"{new}: {_told(rebuilt)}; {len(rows)} differences")
    if swap:
        note(f"{path} is the new one; the old one is kept as {kept} until you remove it")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, and nothing in a log."""
    with click.progressbar(length=1, label="looks", file=sys.stderr, hidden=not sys.stderr.isatty(), show_pos=True) as bar:

        def on_looks(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield on_looks


def _told(rebuilt: Rebuilt) -> str:
    by_recipe = f" ({rebuilt.by_recipe} with a recipe)" if rebuilt.by_recipe else ""
    kept = f", {rebuilt.kept} kept as they were because their bytes are pruned" if rebuilt.kept else ""
    return f"{rebuilt.looks} looks, {rebuilt.read} pages read anew{by_recipe}{kept}"
