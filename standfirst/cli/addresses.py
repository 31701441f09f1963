"""`standfirst addresses`: which addresses are one article's, by rules with evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standfirst.cli.options import (
    archive_option,
    archive_path_from,
    config_option,
    load,
    open_archive_to_read,
    source_option,
    utc_now,
)
from standfirst.cli.output import Column, emit, format_option, note

if TYPE_CHECKING:
    from scraper.urls import UrlRules
    from storage import Archive

RULES = (
    Column(key="id", header="rule", right=True),
    Column(key="source", header="source"),
    Column(key="state", header="state"),
    Column(key="adopted_at", header="since"),
    Column(key="aliases", header="joined", right=True),
    Column(key="earlier", header="first evidence", grows=True),
    Column(key="later", header="became", grows=True),
)
LEARNED = (
    Column(key="source", header="source"),
    Column(key="choice", header="choice", right=True),
    Column(key="earlier", header="address", grows=True),
    Column(key="later", header="became", grows=True),
)


@click.group(invoke_without_command=True)
@source_option
@format_option
@archive_option
@config_option
@click.pass_context
def addresses(
    context: click.Context, source: str | None, fmt: str | None, archive_path: Path | None, config_path: Path | None
) -> None:
    """Which addresses are one article's: the rules that were adopted, and those that an outlet's own history speaks for.

    Some outlets put the headline into an article's address, so that a reworded headline has a new one, with the same number in
    it. Such a rule is learned from what happened on the pages, adopted by you, and can be retired. It holds for the looks to come;
    `standfirst rebuild` applies it to all. Without a command: the rules there are.

    \b
    Examples:
      standfirst addresses learn
      standfirst addresses adopt courier
      standfirst addresses join https://courier.example/a-1 https://courier.example/b-2
    """
    if context.invoked_subcommand is not None:
        return
    from storage.slugs import slug_rules

    with open_archive_to_read(archive_path, config_path) as reader:
        rows = slug_rules(reader, source)
    emit(rows, fmt, columns=RULES, empty="no rule was adopted yet; `standfirst addresses learn` says what the history speaks for")


@addresses.command()
@source_option
@format_option
@archive_option
@config_option
def learn(source: str | None, fmt: str | None, archive_path: Path | None, config_path: Path | None) -> None:
    """Show the rules that the pages' history speaks for, each with all its evidence; adopts none.

    A rule is offered where at least three times an address gave way to one with the same number and a like headline, and never two with
    one number stood side by side.

    \b
    Example:
      standfirst addresses learn --source courier
    """
    from storage.slugs import learn_slug_rules, slug_rules

    with open_archive_to_read(archive_path, config_path) as reader, reader.snapshot():
        sources = [row["slug"] for row in reader.sql("SELECT slug FROM source ORDER BY slug")] if source is None else [source]
        in_force = {(row["source"], row["pattern"]) for row in slug_rules(reader) if row["state"] == "in force"}
        rows = [
            {"source": slug, "choice": choice, "earlier": earlier, "later": later, "pattern": rule.pattern}
            for slug in sources
            for choice, rule in enumerate(learn_slug_rules(reader, slug), 1)
            if (slug, rule.pattern) not in in_force
            for earlier, later in rule.evidence
        ]
    emit(rows, fmt, columns=LEARNED, empty="the history speaks for no rule that isn't in force")


@addresses.command()
@click.argument("source")
@click.option("--choice", type=click.IntRange(1), default=1, show_default=True, help="Which one, where `learn` shows several.")
@archive_option
@config_option
def adopt(source: str, choice: int, archive_path: Path | None, config_path: Path | None) -> None:
    """Put a rule that `learn` shows in force for SOURCE, with its evidence.

    \b
    Example:
      standfirst addresses adopt courier
    """
    from scraper.errors import QueryError
    from storage import open_reader
    from storage.slugs import adopt_slug_rule, learn_slug_rules, slug_rules

    path = archive_path_from(archive_path, config_path)
    with open_reader(path) as reader:
        learned = learn_slug_rules(reader, source)
        in_force = [row["pattern"] for row in slug_rules(reader, source) if row["state"] == "in force"]
    if len(learned) < choice:
        raise QueryError(f"{path}: the history of {source!r} speaks for {len(learned)} rules; see `standfirst addresses learn`")
    rule = learned[choice - 1]
    if rule.pattern in in_force:
        raise QueryError(f"{path}: this rule is in force for {source!r} already; see `standfirst addresses`")
    with _writing(path) as archive:
        number = adopt_slug_rule(archive, source, rule, now=utc_now())
    note(
        f"{path}: rule {number} is in force for {source}, by {len(rule.evidence)} pairs of addresses; `standfirst rebuild` applies it to all nights"
    )


@addresses.command()
@click.argument("old")
@click.argument("new")
@archive_option
@config_option
def join(old: str, new: str, archive_path: Path | None, config_path: Path | None) -> None:
    """Say that the article which the archive knows at OLD is also found at NEW: a rule about these two addresses.

    For what only a person can know: Standfirst fetches no articles, so it sees neither their redirects nor their rel=canonical. If
    the archive has an article at NEW too, the two stay two until a rebuild.

    \b
    Example:
      standfirst addresses join https://courier.example/live/7 https://courier.example/2024/05/flood
    """
    from storage.slugs import join_addresses

    path = archive_path_from(archive_path, config_path)
    with _writing(path) as archive:
        numbers = join_addresses(archive, old, new, now=utc_now(), rules=_rules(archive_path, config_path))
    named = " and ".join(map(str, numbers))
    note(f"{path}: {'rule' if len(numbers) == 1 else 'rules'} {named}: {new} is {old} from now on")


@addresses.command()
@click.argument("rule", type=int)
@archive_option
@config_option
def retire(rule: int, archive_path: Path | None, config_path: Path | None) -> None:
    """Take the RULE of that number out of force. What it joined stays joined until a rebuild, and on record.

    \b
    Example:
      standfirst addresses retire 1
    """
    from storage.slugs import retire_slug_rule

    path = archive_path_from(archive_path, config_path)
    with _writing(path) as archive:
        retire_slug_rule(archive, rule, now=utc_now())
    note(f"{path}: rule {rule} is retired; `standfirst rebuild` undoes what it joined")


@contextmanager
def _writing(path: Path) -> Iterator[Archive]:
    from schedules.lock import hold_lock
    from storage import open_archive, open_reader

    open_reader(path).close()  # where there is no archive, no lock file is left in its place
    with hold_lock(path), open_archive(path) as archive:
        yield archive


def _rules(archive_path: Path | None, config_path: Path | None) -> Callable[[str], UrlRules]:
    """What the sources of the configuration say about their addresses; where none is used, what holds for any site."""
    from scraper.urls import DEFAULT_URL_RULES

    if archive_path is not None and config_path is None:
        return lambda source: DEFAULT_URL_RULES
    known: dict[str, Any] = {source.slug: source.addresses for source in load(config_path).sources}
    return lambda source: known.get(source, DEFAULT_URL_RULES)
