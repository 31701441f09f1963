"""`standfirst init`"""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from standfirst.cli.output import make_folder, note, whole_file

TEMPLATE = """\
# Standfirst: what to watch, and how to behave.
# Check it with `standfirst crawl --dry-run`. Times are seconds, sizes bytes; paths are relative to this file.

archive = "archive.db"      # one SQLite file; everything that was ever seen goes in here

# How site owners reach you: an e-mail address or a URL. It is sent with every request, and `standfirst crawl` won't start without it.
contact = {contact}

[crawl]
delay_s = 5                 # from the end of a host's last response to the next request
# total_timeout_s = 60      # for one page
# max_bytes = 10000000      # of one page, decompressed
# retries = 2               # after a time-out, a broken connection, a 5xx

[schedule]                    # when sources are due; `standfirst schedule cron --install` or `systemd --install` wakes the crawl
cadence = "nightly"           # or "hourly", "every 6 hours", "30 5 * * 1-5" as in a crontab; a source may have its own
timezone = "UTC"              # such as "Europe/Brussels": what these times mean
# window = "01:00-05:00"      # looks begin between these times only

# One table a source; `standfirst add URL` writes them for you.
#
# [source.city-news]                            # the slug: a-z, 0-9, - and _
# urls = ["https://cities.example/latest/"]     # its listing pages
# name = "City news"                            # for people
# why = "dissertation, chapter 3"               # goes into the archive's documentation
# max_pages = 1                                 # follow "older" links that many pages deep
# until_known = false                           # go no deeper than the first page without a new card
# enabled = true
"""


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--contact", default="", help="An e-mail address or URL at which site owners reach you.")
def init(folder: Path, contact: str) -> None:
    """Write a commented standfirst.toml and an empty archive into DIR (default: here).

    Nothing that is there already is overwritten.

    \b
    Example:
      standfirst init my-crawl --contact you@university.example
    """
    import json

    from schedules.config import FILE_NAME, parse_config
    from scraper.errors import ConfigError
    from storage import create_archive

    path = folder / FILE_NAME
    text = TEMPLATE.format(contact=json.dumps(contact, ensure_ascii=False))  # a JSON string is a TOML string
    archive = parse_config(text.encode(), path).archive
    for existing in (path, archive):
        if existing.exists():
            raise ConfigError(f"{existing}: is there already and was left alone; choose another folder, or remove it first")
    make_folder(folder)
    with create_archive(archive):
        pass
    with whole_file(path) as stream:
        stream.write(text)
    note(f"wrote {path} and {archive.name}; next: standfirst add URL --config {shlex.quote(str(path))}")
