"""`standfirst sources`"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schedules.exit_codes import ExitCode
from standfirst.cli.options import config_option, load, utc_now
from standfirst.cli.output import Column, chosen_format, emit, format_option, note, say, whole_file

if TYPE_CHECKING:
    from schedules.settings import Config
    from schedules.source_lists import Sorted

COLUMNS = (
    Column(key="source", header="source"),
    Column(key="enabled", header="on"),
    Column(key="cadence", header="cadence"),
    Column(key="last_good_at", header="last good look"),
    Column(key="urls", header="listing pages", grows=True),
)
LISTS = ("opml", "csv")


@click.group(invoke_without_command=True)
@format_option
@config_option
@click.pass_context
def sources(ctx: click.Context, fmt: str | None, config_path: Path | None) -> None:
    """What is watched: list it, switch it on and off, rename it, bring lists in and take them out. Nothing is fetched.

    \b
    Examples:
      standfirst sources
      standfirst sources disable courier
      standfirst sources rename courier valley-courier
      standfirst sources import feeds.opml --dry-run
      standfirst sources export -o sources.csv
    """
    ctx.obj = config_path
    if ctx.invoked_subcommand is None:
        _list(load(config_path), fmt)


def _list(config: Config, fmt: str | None) -> None:
    from scraper.errors import ArchiveNotFoundError
    from storage import open_reader
    from storage.looks import last_looks

    last_good: dict[str, str] = {}
    try:
        with open_reader(config.archive) as reader:
            for last in last_looks(reader):
                if last.last_good_at is not None:
                    at = f"{last.last_good_at:%Y-%m-%dT%H:%M:%SZ}"
                    last_good[last.source] = max(at, last_good.get(last.source, ""))
    except ArchiveNotFoundError:
        pass  # the list is the configuration's; without an archive nothing was looked at yet
    rows: list[Mapping[str, object]] = [
        {
            "source": source.slug,
            "name": source.name,
            "enabled": source.enabled,
            "cadence": source.cadence or config.schedule.cadence,
            "last_good_at": last_good.get(source.slug),
            "urls": list(source.urls),
            "why": source.why,
        }
        for source in config.sources
    ]
    if chosen_format(fmt) != "jsonl":
        rows = [{**row, "enabled": "yes" if row["enabled"] else "no", "urls": " ".join(row["urls"])} for row in rows]  # type: ignore[arg-type]
    emit(rows, fmt, columns=COLUMNS, empty="no sources yet; see `standfirst add`")


@sources.command(name="list")
@format_option
@config_option
@click.pass_obj
def list_sources(group_config: Path | None, fmt: str | None, config_path: Path | None) -> None:
    """List them, as `standfirst sources` does by itself.

    \b
    Example:
      standfirst sources list --format csv
    """
    _list(load(config_path or group_config), fmt)


@sources.command()
@click.argument("slugs", metavar="SLUG...", nargs=-1, required=True)
@config_option
@click.pass_obj
def enable(group_config: Path | None, slugs: tuple[str, ...], config_path: Path | None) -> None:
    """Watch these sources again.

    \b
    Example:
      standfirst sources enable courier
    """
    _switch(config_path or group_config, slugs, on=True)


@sources.command()
@click.argument("slugs", metavar="SLUG...", nargs=-1, required=True)
@config_option
@click.pass_obj
def disable(group_config: Path | None, slugs: tuple[str, ...], config_path: Path | None) -> None:
    """Leave these sources out of every run that doesn't name them. What the archive has of them stays.

    \b
    Example:
      standfirst sources disable courier
    """
    _switch(config_path or group_config, slugs, on=False)


def _switch(config_path: Path | None, slugs: tuple[str, ...], *, on: bool) -> None:
    from schedules.edit import save, set_enabled

    config = load(config_path)
    for slug in slugs:
        config.get_source(slug)  # an unknown one among several changes nothing
    for slug in slugs:
        if config.get_source(slug).enabled != on:
            save(config, set_enabled(config, slug, enabled=on))
            config = load(config.path)
        note(f"{slug} is {'enabled' if on else 'disabled'}")


@sources.command()
@click.argument("slug")
@click.argument("new")
@click.option("--wait-lock", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Wait that long for a crawl to end.")
@config_option
@click.pass_obj
def rename(group_config: Path | None, slug: str, new: str, wait_lock: float, config_path: Path | None) -> None:
    """Give a source another slug, in the configuration and in the archive. Its history goes on without a break.

    Questions that name the old slug still find it.

    \b
    Example:
      standfirst sources rename courier valley-courier
    """
    from schedules.edit import rename_source, save
    from schedules.waking import opened

    config = load(config_path or group_config)
    edited = rename_source(config, slug, new)
    if not config.archive.exists():
        save(config, edited)
        note(f"{slug} is {new} from now on")
        return
    with opened(config, wait_lock_s=wait_lock) as archive:
        archive.rename_source(slug, new, renamed_at=utc_now())
        save(config, edited)
    note(f"{slug} is {new} from now on, also in {config.archive}")


@sources.command("export")
@click.option("--as", "kind", type=click.Choice(LISTS), help="Default: as the file's name ends, else OPML.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: stdout.")
@config_option
@click.pass_obj
def export_list(group_config: Path | None, kind: str | None, output: Path | None, config_path: Path | None) -> None:
    """All sources as OPML, for feed readers and other crawls, or as CSV, for a spreadsheet. Cookies are left out.

    \b
    Example:
      standfirst sources export -o sources.csv
    """
    from schedules.opml import write_opml
    from schedules.source_lists import NOT_HANDED_ON, tables_of, to_rows, write_csv

    config = load(config_path or group_config)
    tables = tables_of(config.path.read_bytes())
    rows = to_rows(tables)
    text = (
        write_csv(rows)
        if _kind(kind, output) == "csv"
        else write_opml(rows, title=f"Sources of {config.path.absolute().parent.name}")
    )
    if output is None:
        click.echo(text, nl=False)
    else:
        with whole_file(output) as stream:
            stream.write(text)
        note(f"{_counted(len(tables))} written to {output}")
    for slug, table in tables.items():
        if left_out := sorted(NOT_HANDED_ON & table.keys()):
            note(f"{slug}: left out: {', '.join(left_out)}")


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "kind", type=click.Choice(LISTS), help="Default: as the file's name ends, else OPML.")
@click.option("--pages", is_flag=True, help="Of OPML entries that name a feed and its page, take the page.")
@click.option("--allow-private", is_flag=True, help="Believe the list that a source is one's own, on a private network.")
@click.option("--dry-run", is_flag=True, help="Say what would be added; change nothing.")
@config_option
@click.pass_obj
def import_list(
    group_config: Path | None,
    file: Path,
    kind: str | None,
    pages: bool,
    allow_private: bool,
    dry_run: bool,
    config_path: Path | None,
) -> int:
    """Add the sources of an OPML or CSV list to standfirst.toml. Addresses that are watched already are passed over.

    A CSV needs a column `url`; `slug`, `name` and every other key of a source may stand beside it. Nothing is fetched: try new pages with
    `standfirst try`, or look at all of them with `standfirst crawl`.

    \b
    Example:
      standfirst sources import feeds.opml --dry-run
    """
    from schedules.edit import add_sources, save
    from schedules.opml import read_opml
    from schedules.source_lists import from_rows, read_csv, sort_out
    from scraper.decode import decode
    from scraper.errors import ConfigError, QueryError

    config = load(config_path or group_config)
    raw = file.read_bytes()
    try:
        rows = read_csv(decode(raw, "text/csv").text) if _kind(kind, file) == "csv" else read_opml(raw, pages=pages)
    except ConfigError as exc:
        raise QueryError(f"{file}: {exc}; lists are read as OPML or CSV, --as says which") from exc
    listed, complaints = from_rows(rows)
    found = sort_out(listed, config.sources, allow_private=allow_private)
    edited = add_sources(config, found.new) if found.new else None
    if edited is not None and not dry_run:
        save(config, edited)
    return _report(found, complaints, config, dry_run=dry_run)


def _report(found: Sorted, complaints: list[str], config: Config, *, dry_run: bool) -> int:
    for slug, table in found.new.items():
        say(f"{slug}\t{' '.join(table['urls'])}")
    for url in found.known:
        note(f"{url}: is watched already")
    for complaint in (*complaints, *found.complaints):
        note(f"left out: {complaint}")
    note(f"{_counted(len(found.new))} {'would be added' if dry_run else 'added'} to {config.path}")
    return ExitCode.SOME_SOURCES_FAILED if complaints or found.complaints else ExitCode.OK


def _kind(kind: str | None, path: Path | None) -> str:
    if kind is not None:
        return kind
    return "csv" if path is not None and path.suffix.lower() == ".csv" else "opml"


def _counted(sources: int) -> str:
    return "1 source" if sources == 1 else f"{sources} sources"
