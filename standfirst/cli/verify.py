"""`standfirst verify`"""

from __future__ import annotations

from pathlib import Path

import click

from schedules.exit_codes import ExitCode
from standfirst.cli.options import archive_option, archive_path_from, config_option
from standfirst.cli.output import note, say

LOOKS_NAMED = 5


@click.command()
@click.option("--read-only", is_flag=True, help="Touch nothing, not even to check the full-text index.")
@archive_option
@config_option
def verify(read_only: bool, archive_path: Path | None, config_path: Path | None) -> int:
    """Check everything: the file, its references, every stored byte against its sha256, every look, the full-text index.

    Names what is damaged and which looks it concerns; exits with 78 then.

    \b
    Example:
      standfirst verify --archive archive.db
    """
    from storage import open_archive, open_reader
    from storage.upkeep import verify as problems_of

    path = archive_path_from(archive_path, config_path)
    found = 0
    with open_reader(path) if read_only else open_archive(path) as archive:
        for problem in problems_of(archive):
            found += 1
            say(f"{problem.kind}: {problem.what}")
            for look in problem.looks[:LOOKS_NAMED]:
                say(f"  {look}")
            if len(problem.looks) > LOOKS_NAMED:
                say(f"  and {len(problem.looks) - LOOKS_NAMED} more looks")
    if found:
        note(f"{path}: {found} problems; what is not named above is sound. Restore the damaged looks from a backup")
        return ExitCode.UNUSABLE
    note(f"{path}: sound")
    return ExitCode.OK
