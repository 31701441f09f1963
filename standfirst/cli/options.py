"""Options that several verbs share, and what they open."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from schedules.settings import Config
    from storage import Reader

F = TypeVar("F", bound=Callable[..., Any])


def config_option(command: F) -> F:
    """Adds `--config`."""
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Default: $STANDFIRST_CONFIG, else ./standfirst.toml, else the user's config folder.",
    )(command)


def archive_option(command: F) -> F:
    """Adds `--archive`, for questions to an archive without its configuration."""
    return click.option(
        "--archive",
        "archive_path",
        type=click.Path(path_type=Path, dir_okay=False),
        help="An archive file. Default: the one that the configuration names.",
    )(command)


def log_format_option(command: F) -> F:
    """Adds `--log-format`. The command gets None when it isn't given."""
    return click.option(
        "--log-format",
        type=click.Choice(("text", "json")),
        help="Say everything on stderr as a log: a line an event, with time, run and source.",
    )(command)


def card_argument(command: F) -> F:
    """Adds the argument CARD, of one word or several. The command gets one text."""
    return click.argument("card", nargs=-1, required=True, callback=in_one)(command)


def in_one(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> str | None:
    """Words that the shell took apart, as the text that was meant; None for none."""
    return " ".join(words) or None


def source_option(command: F) -> F:
    """Adds `--source`."""
    return click.option("--source", "source", metavar="SLUG", help="Only this source.")(command)


def period_options(command: F) -> F:
    """Adds `--since` and `--until`."""
    since = click.option(
        "--since", metavar="WHEN", help="2024-05-24, 2024-05-24T02:00Z, or 7d, 36h ago. Default: from the beginning."
    )
    until = click.option("--until", metavar="WHEN", help="Before then. Default: now.")
    return since(until(command))


def load(config_path: Path | None) -> Config:
    """The configuration to use; ConfigError when there is none or it can't be used."""
    from schedules.config import find_config, load_config

    return load_config(find_config(config_path, environ=os.environ, cwd=Path.cwd()))


def open_archive_to_read(archive_path: Path | None, config_path: Path | None) -> Reader:
    """The archive to ask, opened read-only; never creates one."""
    from storage import open_reader

    return open_reader(archive_path_from(archive_path, config_path))


def archive_path_from(archive_path: Path | None, config_path: Path | None) -> Path:
    """The archive file that `--archive` names, else the configuration."""
    return archive_path if archive_path is not None else load(config_path).archive


def moment(text: str | None, *, end_of_day: bool = False) -> datetime | None:
    """A point in time from what a person wrote: an ISO date or time, or `7d`, `36h` ago. A date alone is its first second, or its last."""
    from storage import parse_moment

    return None if text is None else parse_moment(text, now=utc_now(), end_of_day=end_of_day)


def utc_now() -> datetime:
    """Now, aware. The one clock of the command line."""
    return datetime.now(UTC)


def load_if_any(config_path: Path | None) -> Config | None:
    """As load, but None where no configuration was named and none is found."""
    from schedules.config import find_config, load_config
    from scraper.errors import ConfigError

    try:
        path = find_config(config_path, environ=os.environ, cwd=Path.cwd())
    except ConfigError:
        return None
    return load_config(path)
