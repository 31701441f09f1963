"""The larger questions, a verb each: `vanished`, `weeks`, `reworded`, `first`, `coverage`, `provenance`, `same`."""

from __future__ import annotations

from pathlib import Path

import click

from standfirst.cli.options import (
    archive_option,
    archive_path_from,
    card_argument,
    config_option,
    in_one,
    moment,
    open_archive_to_read,
    period_options,
    source_option,
    utc_now,
)
from standfirst.cli.output import Column, chosen_format, emit, format_option, lasting, note

VANISHED = (
    Column(key="missed_at", header="missed at"),
    Column(key="source", header="source"),
    Column(key="cause", header="how", below=True),
    Column(key="returned_at", header="back at"),
    Column(key="title", header="title", grows=True),
)
WEEKS = (
    Column(key="source", header="source"),
    Column(key="week", header="week from"),
    Column(key="articles", header="new", right=True),
)
REWORDED = (
    Column(key="rewordings", header="reworded", right=True),
    Column(key="of_title", header="title", right=True),
    Column(key="last_reworded", header="last at"),
    Column(key="source", header="source"),
    Column(key="title", header="as it reads now", grows=True),
)
FIRST = (
    Column(key="first_seen", header="first seen"),
    Column(key="last_seen", header="last seen"),
    Column(key="source", header="source"),
    Column(key="wordings", header="wordings", right=True),
    Column(key="title", header="title", grows=True),
)
COVERAGE = (
    Column(key="source", header="source"),
    Column(key="page", header="page", grows=True),
    Column(key="looks", header="looks", right=True),
    Column(key="good_looks", header="good", right=True),
    Column(key="usual_interval", header="usual interval", right=True),
    Column(key="longest_interval", header="longest", right=True),
    Column(key="failures", header="why the others failed", grows=True),
)
PROVENANCE = (
    Column(key="seen_at", header="first read"),
    Column(key="field", header="field"),
    Column(key="value", header="value", grows=True),
    Column(key="read_from", header="where", grows=True),
    Column(key="body_sha256", header="sha256", grows=True),
    Column(key="extractor_version", header="extractor"),
)
SAME = (
    Column(key="score", header="score", right=True),
    Column(key="first_seen", header="first seen"),
    Column(key="source", header="source"),
    Column(key="title", header="title", grows=True),
    Column(key="url", header="link", grows=True),
)


@click.command()
@source_option
@period_options
@format_option
@archive_option
@config_option
def vanished(
    source: str | None,
    since: str | None,
    until: str | None,
    fmt: str | None,
    archive_path: Path | None,
    config_path: Path | None,
) -> None:
    """The cards that good looks found no longer there, how they went, and when they were back, if ever.

    "Fell off the end" is what any list does that grows at the top; "taken from among others" says that a card which stood below
    still stands. Neither says that an article was deleted.

    \b
    Example:
      standfirst vanished --since 2024-05-01 --source cities
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.vanished(since=moment(since), until=moment(until), source=source)
    emit(rows, fmt, columns=VANISHED, empty="nothing vanished in that time")


@click.command()
@source_option
@format_option
@archive_option
@config_option
def weeks(source: str | None, fmt: str | None, archive_path: Path | None, config_path: Path | None) -> None:
    """How many articles each source showed for the first time, week by week (Monday to Sunday, UTC).

    \b
    Example:
      standfirst weeks --format csv
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.new_by_week(source=source)
    emit(rows, fmt, columns=WEEKS, empty="no article was new yet: what stood there at the first look doesn't count")


@click.command()
@source_option
@period_options
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@format_option
@archive_option
@config_option
def reworded(
    source: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    fmt: str | None,
    archive_path: Path | None,
    config_path: Path | None,
) -> None:
    """The articles that were reworded most often; changes of typography and of counters don't count.

    \b
    Example:
      standfirst reworded --since 2024-05-01 --limit 10
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.most_reworded(since=moment(since), until=moment(until), source=source, limit=limit)
    emit(rows, fmt, columns=REWORDED, empty="nothing was reworded in that time")


@click.command()
@card_argument
@format_option
@archive_option
@config_option
def first(card: str, fmt: str | None, archive_path: Path | None, config_path: Path | None) -> None:
    """Who ran it first: the sources on whose pages an article stood. CARD is as for `history`.

    \b
    Example:
      standfirst first https://cities.example/latest/harbour-plan/
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.who_ran_it(card)
    emit(rows, fmt, columns=FIRST, empty="nobody ran it")


@click.command()
@source_option
@period_options
@format_option
@archive_option
@config_option
def coverage(
    source: str | None,
    since: str | None,
    until: str | None,
    fmt: str | None,
    archive_path: Path | None,
    config_path: Path | None,
) -> None:
    """How well each page was watched: looks, good ones, the time between two, and why the others failed.

    Whatever came and went within the longest interval was seen by nobody.

    \b
    Example:
      standfirst coverage --since 2024-05-01
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.coverage(since=moment(since), until=moment(until), source=source)
    if chosen_format(fmt) == "table":
        rows = [
            {**row, "usual_interval": lasting(row["median_interval_s"]), "longest_interval": lasting(row["longest_interval_s"])}
            for row in rows
        ]
    emit(rows, fmt, columns=COVERAGE, empty="no page was looked at in that time")


@click.command()
@card_argument
@format_option
@archive_option
@config_option
def provenance(card: str, fmt: str | None, archive_path: Path | None, config_path: Path | None) -> None:
    """Where every value of a card comes from: the look, the page's bytes by sha256, the extractor, the place on the page.

    \b
    Example:
      standfirst provenance harbour-plan --format jsonl
    """
    with open_archive_to_read(archive_path, config_path) as reader:
        rows = reader.provenance(card)
    emit(rows, fmt, columns=PROVENANCE, empty="nothing is known of it")


@click.command()
@click.argument("card", nargs=-1, callback=in_one)
@click.option("--min-score", type=click.FloatRange(0, 100), default=80.0, show_default=True)
@click.option("--all", "everything", is_flag=True, help="Compare all articles, and write the links into the table same_article.")
@click.option("--drop", is_flag=True, help="Drop that table.")
@format_option
@archive_option
@config_option
def same(
    card: str | None,
    min_score: float,
    everything: bool,
    drop: bool,
    fmt: str | None,
    archive_path: Path | None,
    config_path: Path | None,
) -> None:
    """Articles elsewhere whose headlines read like this one's, with a score. Evidence, never a merge. Needs the extra `dedupe`.

    A headline and its opposite differ in one word, so a high score is a reason to look and no more. --all goes on where it was the
    last time, so that each night costs what is new.

    \b
    Examples:
      standfirst same harbour-plan
      standfirst same --all
    """
    if [card is not None, everything, drop].count(True) != 1:
        raise click.UsageError("name a CARD, or say --all or --drop")
    if card is None:
        link(archive_path_from(archive_path, config_path), min_score=min_score, drop=drop)
        return
    from storage.same import find_same

    with open_archive_to_read(archive_path, config_path) as reader:
        rows = find_same(reader, card, min_score=min_score)
    emit(rows, fmt, columns=SAME, empty="nothing reads like it")


def link(path: Path, *, min_score: float, drop: bool) -> None:
    """Makes the table of links up to date, or drops it."""
    from schedules.lock import hold_lock
    from storage import open_archive, open_reader
    from storage.same import drop_links, link_all

    open_reader(path).close()  # where there is no archive, no lock file is left in its place
    with hold_lock(path), open_archive(path) as archive:
        if drop:
            note(f"{path}: {'the table same_article is dropped' if drop_links(archive) else 'there was no table same_article'}")
        else:
            links = link_all(archive, now=utc_now(), min_score=min_score)
            note(f"{path}: {links} pairs of articles read alike; they are in the table same_article")
