"""`standfirst try`"""

from __future__ import annotations

from pathlib import Path

import click

from schedules.exit_codes import ExitCode
from standfirst.cli.options import config_option, load_if_any
from standfirst.cli.output import format_option

UNKNOWN_BASE = "https://unknown.invalid/"  # RFC 6761: a name that never is anybody's


@click.command("try")
@click.argument("target", metavar="URL|FILE")
@click.option("--url", "base_url", help="With a FILE: the URL that it was saved from; links are resolved against it.")
@click.option("--explain", is_flag=True, help="Say why: groups kept and dropped, and where each field was read.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines; the same as --format jsonl.")
@click.option("--allow-private", is_flag=True, help="Also fetch from loopback and private addresses.")
@format_option
@config_option
def try_page(
    target: str,
    base_url: str | None,
    explain: bool,
    as_json: bool,
    allow_private: bool,
    fmt: str | None,
    config_path: Path | None,
) -> int:
    """Fetch or read one page and show the cards found on it. Stores nothing. A .txt or .md file is taken for a page's plain text.

    \b
    Examples:
      standfirst try https://cities.example/latest/
      standfirst try saved.html --url https://cities.example/latest/ --explain
    """
    from standfirst.cli.listing import show_listing
    from standfirst.look import look_at_file, look_at_url

    if target.startswith(("http://", "https://")):
        listing = look_at_url(target, config=load_if_any(config_path), allow_private=allow_private, explain=explain)
    else:
        listing = look_at_file(Path(target), base_url or UNKNOWN_BASE, explain=explain)
    show_listing(listing, "jsonl" if as_json else fmt, explain=explain)
    return ExitCode.OK if listing.cards else ExitCode.ALL_SOURCES_FAILED
