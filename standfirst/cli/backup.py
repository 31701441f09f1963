"""`standfirst backup`"""

from __future__ import annotations

from pathlib import Path

import click

from standfirst.cli.options import archive_option, archive_path_from, config_option
from standfirst.cli.output import note


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@archive_option
@config_option
def backup(target: Path, archive_path: Path | None, config_path: Path | None) -> None:
    """Write a compact, self-contained copy of the archive to TARGET, also while a crawl is running.

    \b
    Example:
      standfirst backup /backups/archive-2024-05-24.db
    """
    from storage.upkeep import back_up

    path = archive_path_from(archive_path, config_path)
    back_up(path, target)
    note(f"{path}: copied to {target} ({target.stat().st_size:,} bytes)")
