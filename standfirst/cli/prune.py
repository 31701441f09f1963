"""`standfirst prune`"""

from __future__ import annotations

from pathlib import Path

import click

from schedules.exit_codes import ExitCode
from standfirst.cli.options import archive_option, archive_path_from, config_option, utc_now
from standfirst.cli.output import in_megabytes, note


@click.command()
@click.option(
    "--keep",
    metavar="90d|keyframes",
    required=True,
    help="Keep the bytes of looks that are not older (90d, 52w, or a date), or of one look in thirty.",
)
@click.option("--wait-lock", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Wait that long for a crawl to end.")
@archive_option
@config_option
def prune(keep: str, wait_lock: float, archive_path: Path | None, config_path: Path | None) -> int:
    """Drop old page bytes and keep every fact: cards, wordings, spans, looks and the sha256 of what was dropped.

    A page's newest good look and robots.txt files are always kept. What is dropped can't be re-read with a better extractor.

    \b
    Examples:
      standfirst prune --keep 365d
      standfirst prune --keep keyframes
    """
    from schedules.keep import parse_keep
    from schedules.lock import hold_lock
    from storage import open_archive, open_reader
    from storage.sizes import sizes_of
    from storage.upkeep import prune as drop

    path = archive_path_from(archive_path, config_path)
    before = parse_keep(keep, now=utc_now())
    open_reader(path).close()  # where there is no archive, no lock file is left in its place
    with hold_lock(path, wait_s=wait_lock), open_archive(path) as archive:
        pruned = drop(archive, before=before, keyframes=before is None)
        sizes = sizes_of(archive)
    note(
        f"{path}: dropped the bytes of {pruned.bodies} pages, {pruned.freed_bytes:,} bytes free for later pages; "
        "`standfirst backup` writes a smaller file at once"
    )
    parts = {
        "pages": sizes.bodies,
        "wordings": sizes.wordings,
        "full text": sizes.full_text,
        "looks": sizes.structure,
        "free": sizes.free,
    }
    spent = ", ".join(f"{what} {in_megabytes(size)}" for what, size in parts.items() if size is not None)
    note(f"{path}: {in_megabytes(sizes.file)}: {spent}")
    if pruned.unreadable:
        note(
            f"{path}: {len(pruned.unreadable)} bodies were left alone because what hangs on them can't be read; see `standfirst verify`"
        )
        return ExitCode.FAILED
    return ExitCode.OK
