"""`standfirst check`"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schedules.exit_codes import ExitCode
from standfirst.cli.options import config_option, load, moment, utc_now
from standfirst.cli.output import json_text, say

if TYPE_CHECKING:
    from schedules.checks import Finding
    from schedules.settings import Config

MARKS = {"fine": "ok", "note": "--", "trouble": "!!", "unusable": "XX"}


@click.command()
@click.option("--online", is_flag=True, help="Also greet each https host once, to see how long its certificate is good.")
@click.option(
    "--fresh",
    metavar="36h",
    help="Only this: exit with 3 if an enabled source had no good look for that long. One line, for monitoring.",
)
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
@config_option
def check(online: bool, fresh: str | None, as_json: bool, config_path: Path | None) -> int:
    """Whether all is well: configuration, archive, lock, clock, disk, packages, sources. Changes nothing.

    Exit codes: 0 all is well, 3 somebody should do something, 78 no crawl can be made like this.

    \b
    Examples:
      standfirst check
      standfirst check --online
      standfirst check --fresh 36h
    """
    if fresh is not None:
        return _check_freshness(fresh, load(config_path), as_json=as_json)
    findings = list(_findings(config_path, online=online))
    if as_json:
        rows = [{"topic": finding.topic, "level": str(finding.level), "sentence": finding.sentence} for finding in findings]
        click.echo(json_text(rows))
    else:
        for finding in findings:
            say(f"{MARKS[finding.level]}  {finding.topic}: {finding.sentence}")
    levels = {str(finding.level) for finding in findings}
    if "unusable" in levels:
        return ExitCode.UNUSABLE
    return ExitCode.SOME_SOURCES_FAILED if "trouble" in levels else ExitCode.OK


def _findings(config_path: Path | None, *, online: bool) -> Iterator[Finding]:
    from schedules import checks
    from schedules.health import health_of
    from schedules.service_state import MEMORY, service_trouble
    from scraper.errors import ArchiveError, ConfigError
    from standfirst.cli.schedule_texts import SYSTEM_UNITS, user_units
    from storage import open_reader
    from storage.soundness import inspect

    now = utc_now()
    yield from checks.check_packages()
    try:
        config = load(config_path)
    except ConfigError as exc:
        yield checks.Finding(topic="configuration", level=checks.Level.UNUSABLE, sentence=str(exc))
        return
    yield from checks.check_configuration(config)
    yield from checks.check_extras(config.sources, http2=config.crawl.http2)
    try:
        with open_reader(config.archive) as reader:
            found = inspect(reader, now=now)
            yield from checks.check_archive(config.archive, found)
            yield from checks.check_lock(config.archive)
            yield from checks.check_clock(found, now)
            yield from checks.check_disk(config.archive, found)
            if not found.problems:
                sources = health_of(reader, config, (), config.alarms, now)
                yield from checks.check_wakings(sources, found)
                yield from checks.check_sources(sources)
                service = reader.load_memory(MEMORY)
                yield from checks.check_schedule(
                    config.path.absolute(),
                    crontab=checks.read_crontab(),
                    unit_folders=(user_units(os.environ), SYSTEM_UNITS),
                    has_service=isinstance(service, dict) and service.get("stopped_at") is None,
                )
                for sentence in service_trouble(service, now=now):
                    yield checks.Finding(topic="service", level=checks.Level.TROUBLE, sentence=sentence)
    except ArchiveError as exc:
        yield checks.Finding(topic="archive", level=checks.Level.UNUSABLE, sentence=str(exc))
    if online:
        yield from _check_online(config)


def _check_online(config: Config) -> Iterator[Finding]:
    import asyncio

    from schedules import checks
    from schedules.run import fetch_settings
    from scraper.certificates import read_certificates

    if config.crawl.proxy is not None:
        yield checks.Finding(
            topic="certificates", level=checks.Level.NOTE, sentence="not looked at: pages are fetched through a proxy"
        )
        return
    settings = fetch_settings(config, config.sources)
    hosts = checks.hosts_to_greet(config.sources)
    certificates = asyncio.run(read_certificates(hosts, ca_file=settings.ca_file, connect_to=settings.connect_to))
    yield from checks.check_certificates(certificates, utc_now())


def _check_freshness(fresh: str, config: Config, *, as_json: bool) -> int:
    """One line as monitoring systems like it: a word for the state, then what is wrong."""
    from schedules.checks import silent_sources
    from schedules.health import health_of
    from storage import open_reader

    now = utc_now()
    since = moment(fresh)
    assert since is not None
    if since > now - timedelta(minutes=1):
        raise click.BadParameter(f"{fresh!r} is no time that has passed; write it like 36h", param_hint="--fresh")
    with open_reader(config.archive) as reader:
        sources = health_of(reader, config, (), config.alarms, now)
    silent = silent_sources(sources, since=since, now=now)
    enabled = sum(source.enabled is True for source in sources)
    last = {
        source.source: None if source.last_good_at is None else f"{source.last_good_at:%Y-%m-%dT%H:%M:%SZ}" for source in silent
    }
    if as_json:
        click.echo(json_text({"fresh": not silent, "since": f"{since:%Y-%m-%dT%H:%M:%SZ}", "enabled": enabled, "silent": last}))
    elif silent:
        named = ", ".join(f"{slug} (last good look {at or 'never'})" for slug, at in last.items())
        say(f"STANDFIRST CRITICAL - {len(silent)} of {enabled} sources without a good look for {fresh}: {named}")
    else:
        click.echo(f"STANDFIRST OK - each of {enabled} sources had a good look within {fresh}")
    return ExitCode.SOME_SOURCES_FAILED if silent else ExitCode.OK
