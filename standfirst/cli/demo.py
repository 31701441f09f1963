"""`standfirst demo`"""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from standfirst.cli.output import card_lines, clip, make_folder, note, printable, terminal_width

SHOWN_SOURCE = "cities"
SHOWN_CARDS = 5
TAKEN = "taken from among others"  # and not merely fallen off the end of its list
WORDS = ("title", "blurb", "read_time_minutes")  # the rewordings worth showing, the most telling first


@click.command()
@click.option(
    "--keep",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the archive and its configuration in DIR (made if need be, must be empty).",
)
def demo(folder: Path | None) -> None:
    """Crawl a made-up news site on this machine over several made-up nights.

    A small server on loopback plays the outlets; everything else is the real thing: fetches over HTTP, extraction without selectors,
    an archive in SQLite. No network, nothing to set up, a few seconds.

    \b
    Example:
      standfirst demo --keep my-demo
    """
    if folder is not None:
        make_folder(folder)
        if any(folder.iterdir()):
            raise click.BadParameter(f"{folder} is not empty; name a new folder", param_hint="--keep")
        _demonstrate(folder)
        _say_next(folder)
        return
    temporary = Path(tempfile.mkdtemp(prefix="standfirst-demo-"))
    try:
        _demonstrate(temporary)
        _say_next(None)
    finally:
        shutil.rmtree(temporary)


def _demonstrate(folder: Path) -> None:
    from standfirst.demo import DemoNight, crawl_nights
    from standfirst.demo_server import NIGHTS
    from storage import open_reader

    def on_night(demo_night: DemoNight) -> None:
        night = demo_night.night
        click.echo(f"night {night.number + 1}  {night.at:%Y-%m-%d %H:%MZ}  {demo_night.report.summary()}")
        click.echo(f"         {night.note}")
        for look in demo_night.report.looks:
            if not look.outcome.is_good:
                click.echo(f"         {look.source}: {look.outcome}: {look.detail}")

    _heading(f"{len(NIGHTS)} nights at made-up outlets, each in the manner of another kind of site")
    config = crawl_nights(folder, on_night=on_night)
    with open_reader(config.archive) as reader:
        cards = reader.cards(source=SHOWN_SOURCE)
        _heading(f"What stands at {SHOWN_SOURCE} after the last night (the first {SHOWN_CARDS} of {len(cards)} cards)")
        for line in card_lines(cards[:SHOWN_CARDS], width=terminal_width()):
            click.echo(line)
        standing = {row["article_id"] for row in reader.cards()}
        changes = reader.changes()
        reworded = [row for row in changes if row["kind"] == "reworded" and not row["boring"] and row["field"] in WORDS]
        _heading("Reworded")
        for change in _one_per_source(sorted(reworded, key=lambda row: WORDS.index(row["field"]))):
            click.echo(f"{change['source']}, {change['at']}, {change['field']}:")
            click.echo(f"  - {_short(change['before'])}\n  + {_short(change['after'])}")
        _heading("Taken from among others, and not come back (the first at each outlet)")
        taken = [row for row in reader.vanished() if row["cause"] == TAKEN and row["article_id"] not in standing]
        for row in _one_per_source(taken):
            click.echo(_short(f"{row['source']}: absent from {row['missed_at']}: {row['title']}"))
        _heading("Absent, and come back")
        for change in _one_per_source(row for row in changes if row["kind"] == "returned"):
            click.echo(_short(f"{change['source']}: back on {change['at']}: {change['title']}"))
        _heading("Gaps: nights on which nobody could look")
        for gap in reader.gaps():
            click.echo(
                f"{gap['source']}: from {gap['last_good_look']} to {gap['next_good_look'] or 'now'}: {gap['outcome']}: {gap['detail']}"
            )


def _heading(text: str) -> None:
    click.echo()
    click.echo(click.style(text, bold=True))


def _short(value: object) -> str:
    width = terminal_width()
    return clip(printable(value), None if width is None else width - 4)


def _one_per_source(rows: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    first: dict[object, Mapping[str, object]] = {}
    for row in rows:
        first.setdefault(row["source"], row)
    return list(first.values())


def _say_next(folder: Path | None) -> None:
    _heading("Next")
    if folder is None:
        click.echo("standfirst demo --keep my-demo      the same, and keeps the archive for you to ask")
        click.echo("standfirst init my-crawl            begin your own: then `standfirst add URL`, `standfirst crawl`")
        return
    archive = shlex.quote(str(folder / "archive.db"))
    for command in (
        f"standfirst status --archive {archive}",
        f"standfirst changes --archive {archive} --since 2024-05-01",
        f"standfirst search --archive {archive} harbour",
        f"standfirst export --archive {archive} --at 2024-05-22 --format csv",
        f'sqlite3 {archive} "select * from sighting limit 5"',
    ):
        click.echo(command)
    note(f"kept in {folder}")
