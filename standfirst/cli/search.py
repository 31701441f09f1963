"""`standfirst search`"""

from __future__ import annotations

from pathlib import Path

import click

from standfirst.cli.options import archive_option, config_option, moment, open_archive_to_read, source_option
from standfirst.cli.output import Column, emit, format_option

COLUMNS = (
    Column(key="first_seen", header="first seen"),
    Column(key="source", header="source"),
    Column(key="title", header="title", grows=True),
    Column(key="blurb", header="blurb", grows=True),
    Column(key="url", header="link", grows=True),
)

OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR"})
"""What other search engines, SQLite's own among them, take for operators."""


@click.command()
@click.argument("words", nargs=-1, required=True)
@source_option
@click.option("--since", metavar="WHEN", help="First seen since then.")
@click.option("--until", metavar="WHEN", help="First seen before then.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@format_option
@archive_option
@config_option
def search(
    words: tuple[str, ...],
    source: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    fmt: str | None,
    archive_path: Path | None,
    config_path: Path | None,
) -> None:
    """Full-text search over every wording of every card ever seen, also those long reworded. All words must occur.

    Case and accents don't matter. A star stands for any ending (harbo*), quoted words must stand together ('"night buses"'). There is no
    OR: ask twice.

    \b
    Examples:
      standfirst search harbour plan --since 2024-05-01
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.search(" ".join(words), since=moment(since), until=moment(until), source=source, limit=limit)
    taken_as_words = sorted(OPERATORS & set(words))
    empty = (
        f"nothing found: {' and '.join(taken_as_words)} is taken as a word, and all words must occur"
        if taken_as_words
        else "nothing found"
    )
    emit(rows, fmt, columns=COLUMNS, empty=empty)
