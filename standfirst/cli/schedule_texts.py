"""`standfirst schedule cron`, `systemd` and `github`: lines, units and a workflow that wake the crawl."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from standfirst.cli.options import config_option, load, utc_now
from standfirst.cli.output import note

if TYPE_CHECKING:
    from schedules.settings import Config
    from schedules.timers import Installation

F = TypeVar("F", bound=Callable[..., Any])
SYSTEM_UNITS = Path("/etc/systemd/system")


def install_options(command: F) -> F:
    """Adds `--install` and `--remove`, of which the command gets the chosen one as `action`; None: print."""
    install = click.option(
        "--install", "action", flag_value="install", default=None, help="Put it in place, or bring it up to date."
    )
    remove = click.option(
        "--remove", "action", flag_value="remove", help="Take away what --install put in place, and nothing else."
    )
    return install(remove(command))


@click.command()
@install_options
@config_option
def cron(action: str | None, config_path: Path | None) -> None:
    """Print the line for a crontab, or put it into yours.

    Every few minutes it looks at what is due and says nothing unless something is wrong, so that cron's mail is trouble only.

    \b
    Examples:
      standfirst schedule cron
      standfirst schedule cron --install
    """
    from schedules.installing import install_in_crontab, remove_from_crontab
    from schedules.timers import cron_block, waking_period

    config = load(config_path)
    at = here(config)
    period = waking_period(config, utc_now())
    if action is None:
        click.echo(cron_block(at, period), nl=False)
    elif action == "install":
        changed = install_in_crontab(at, period)
        note("the crontab now has it" if changed else "the crontab had it already")
    else:
        note("taken out of the crontab" if remove_from_crontab(at) else "the crontab has no line of ours for this configuration")


@click.command()
@click.option("--service", is_flag=True, help="A service that stays (`schedule run`), instead of a timer.")
@click.option("--system", is_flag=True, help="For the system's manager, hardened further, instead of your own.")
@click.option("--name", default="standfirst", show_default=True, help="Of the units; another one for each configuration.")
@install_options
@config_option
def systemd(service: bool, system: bool, name: str, action: str | None, config_path: Path | None) -> None:
    """Print systemd units for this installation, or put them in place.

    A timer that looks every few minutes at what is due, also at once after a time without power; or with --service, a service that stays.

    \b
    Examples:
      standfirst schedule systemd
      standfirst schedule systemd --install
      sudo standfirst schedule systemd --system --service --install --config /srv/news/standfirst.toml
    """
    from schedules.installing import install_units, remove_units
    from schedules.timers import waking_period
    from schedules.units import service_units, timer_units

    if not name.replace("-", "").replace("_", "").isalnum():
        raise click.UsageError("--name: letters, digits, - and _ only")
    config = load(config_path)
    at = here(config)
    user = owner(config.archive) if system else None
    units = (
        service_units(at, name=name, user=user)
        if service
        else timer_units(at, waking_period(config, utc_now()), name=name, user=user)
    )
    folder = SYSTEM_UNITS if system else user_units(os.environ)
    if action is None:
        click.echo("\n".join(f"# {folder / unit.name}\n{unit.text}" for unit in units), nl=False)
        return
    systemctl = systemctl_here(system=system)
    if action == "install":
        done = install_units(at, units, folder, systemctl=systemctl)
    else:
        done = remove_units(at, name, folder, systemctl=systemctl) or ["there are no units of ours for this configuration"]
    for line in done:
        note(line)
    flags = "" if system else " --user"
    if not systemctl:
        note(
            f"systemd doesn't run here; where it does: systemctl{flags} daemon-reload, then systemctl{flags} enable --now {units[-1].name}"
        )
    elif action == "install" and not system:
        note("it runs while you are logged in, and always after: loginctl enable-linger")


@click.command()
@config_option
def github(config_path: Path | None) -> None:
    """Print a workflow for GitHub Actions that crawls each night and commits the tables as CSV.

    \b
    Example:
      standfirst schedule github > .github/workflows/standfirst.yml
    """
    from schedules.workflow import workflow

    click.echo(workflow(load(config_path)), nl=False)


def here(config: Config) -> Installation:
    """This installation: how this very program is called again, from anywhere."""
    from schedules.timers import installation

    script = Path(sys.executable).parent / "standfirst"
    program = [str(script)] if os.access(script, os.X_OK) else [sys.executable, "-m", "standfirst"]
    flock = shutil.which("flock")
    return installation(config, program, flock=None if flock is None else Path(flock))


def owner(archive: Path) -> str:
    """Who owns the archive, and so shall run the crawl: a name, or the number of one who has none."""
    from scraper.errors import ArchiveNotFoundError

    try:
        return archive.owner()
    except FileNotFoundError:
        raise ArchiveNotFoundError(f"{archive}: there is no archive here; `standfirst init` makes one") from None
    except KeyError:
        return str(archive.stat().st_uid)


def user_units(environ: os._Environ[str]) -> Path:
    """Where a user's own manager looks for units."""
    return Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def systemctl_here(*, system: bool) -> list[str]:
    """How to call systemctl; empty where no manager runs that could be told."""
    program = shutil.which("systemctl")
    runs = Path("/run/systemd/system").is_dir() and (system or "XDG_RUNTIME_DIR" in os.environ)
    return [] if program is None or not runs else [program] if system else [program, "--user"]
