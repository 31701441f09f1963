"""`standfirst.toml`: found, read, checked strictly, and handed on as records.

First found wins and nothing is merged: `--config`, `$STANDFIRST_CONFIG`, `./standfirst.toml`, the user's config folder.
Every complaint names the file, the key and the remedy.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import platformdirs

from schedules.keep import parse_keep
from schedules.mailbox import parse_mailbox
from schedules.settings import (
    AlarmSettings,
    Config,
    CrawlSettings,
    MaintenanceSettings,
    NotifySettings,
    ScheduleSettings,
    Source,
    Text,
)
from schedules.slots import schedule_of
from scraper.errors import ConfigError, QueryError, RecipeError
from scraper.recipe import Recipe
from scraper.redirects import is_web_url
from scraper.urls import UrlRules

FILE_NAME = "standfirst.toml"
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_COOKIE_NAME = re.compile(r"[!-+\--:<>-~]+")  # no space, comma, semicolon or equals sign
_COOKIE_VALUE = re.compile(r"[^\x00-\x1f\x7f;]*")  # wider than RFC 6265, 4.1.1, as browsers are
POLITE_DELAY_S = 1.0  # the shortest delay accepted for a host that is not one's own

TABLES: dict[str, type] = {
    "crawl": CrawlSettings,
    "schedule": ScheduleSettings,
    "alarms": AlarmSettings,
    "notify": NotifySettings,
    "maintenance": MaintenanceSettings,
}
T = TypeVar("T")


def find_config(explicit: Path | None, *, environ: Mapping[str, str], cwd: Path) -> Path:
    """The path of the configuration to use; ConfigError when there is none.

    A path that was asked for (by option or environment) is never passed over for another one.
    """
    if explicit is not None:
        return explicit
    if named := environ.get("STANDFIRST_CONFIG"):
        return Path(named)
    candidates = [cwd / FILE_NAME, *_users_own()]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    tried = " and ".join(str(candidate) for candidate in candidates)
    raise ConfigError(f"no configuration: looked for {tried}; make one with `standfirst init`, or name one with --config")


def _users_own() -> list[Path]:
    """The file in the user's configuration folder; none where the user has no home, as in a container."""
    try:
        return [platformdirs.user_config_path("standfirst") / FILE_NAME]
    except RuntimeError:
        return []


def load_config(path: Path) -> Config:
    """The configuration in that file; ConfigError names file, key and remedy."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as exc:
        raise ConfigError(f"{path}: no such file; make one with `standfirst init`") from exc
    except OSError as exc:
        raise ConfigError(f"{path}: can't be read ({exc.strerror}); check its permissions") from exc
    return parse_config(raw, path)


def parse_config(raw: bytes, path: Path) -> Config:
    """As load_config, from the file's bytes. Pure."""
    try:
        document = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path}: not UTF-8 (byte {exc.start}); save it as UTF-8") from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{path}: not valid TOML: {exc}") from exc
    _refuse_unknown(document, {"archive", "contact", *TABLES, "source"}, path, "")
    archive = _convert(document.get("archive", "archive.db"), Text, path, "archive")
    contact = _convert(document.get("contact", ""), str, path, "contact").strip()
    crawl = _table(document.get("crawl", {}), CrawlSettings, path, "crawl")
    schedule = _table(document.get("schedule", {}), ScheduleSettings, path, "schedule")
    if crawl.proxy is not None and not is_web_url(crawl.proxy):
        raise ConfigError(f'{path}: crawl.proxy: is no http or https URL; write it like "http://proxy.example:3128"')
    for host, address in crawl.connect_to.items():
        found = re.fullmatch(r"(?:\[[0-9a-fA-F:]+\]|[^:\s]+):([0-9]{1,5})", address)
        if found is None or not 0 < int(found[1]) < 65_536:
            raise ConfigError(f'{path}: crawl.connect_to.{host}: {address!r} is not "address:port", e.g. "127.0.0.1:8000"')
    tables = document.get("source", {})
    if not isinstance(tables, dict):
        raise ConfigError(f"{path}: source: write each source as a table of its own, [source.SLUG]")
    sources = tuple(_source(slug, table, crawl, path) for slug, table in tables.items())
    seen: dict[str, str] = {}
    for source in sources:
        for url in source.urls:
            if url in seen:
                raise ConfigError(
                    f"{path}: source.{source.slug}.urls: {url} is already watched by {seen[url]!r}; remove one of them"
                )
            seen[url] = source.slug
    _check_schedules(schedule, sources, path)
    maintenance = _table(document.get("maintenance", {}), MaintenanceSettings, path, "maintenance")
    if maintenance.prune is not None:
        try:
            parse_keep(maintenance.prune, now=datetime.max.replace(tzinfo=UTC))
        except QueryError as exc:
            raise ConfigError(f'{path}: maintenance.prune: {exc}; or "keyframes"') from exc
    notify = _table(document.get("notify", {}), NotifySettings, path, "notify")
    if notify.ping is not None and not is_web_url(notify.ping):
        raise ConfigError(f"{path}: notify.ping: {notify.ping!r} is no http or https URL")
    for address in notify.mail_to:
        try:
            parse_mailbox(address)
        except ValueError as exc:
            raise ConfigError(f"{path}: notify.mail_to: {exc}") from exc
    return Config(
        path=path,
        archive=(path.parent / archive).absolute(),
        contact=contact,
        crawl=crawl,
        schedule=schedule,
        alarms=_table(document.get("alarms", {}), AlarmSettings, path, "alarms"),
        notify=notify,
        maintenance=maintenance,
        sources=sources,
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def _source(slug: str, table: object, crawl: CrawlSettings, path: Path) -> Source:
    key = f"source.{slug}"
    if not SLUG.fullmatch(slug):
        raise ConfigError(f"{path}: {key}: a slug is made of a-z, 0-9, - and _, e.g. [source.city-news]")
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: {key}: should be a table: [{key}] and below it urls = [...]")
    if "url" in table:
        raise ConfigError(f'{path}: {key}.url: the key is urls, a list: urls = ["{table["url"]}"]')
    if not table.get("urls"):
        raise ConfigError(f'{path}: {key}.urls: missing; give at least one listing page, urls = ["https://..."]')
    plain = {name: value for name, value in table.items() if name not in ("addresses", "recipe")}
    source = _table({**plain, "slug": slug}, Source, path, key)
    if "addresses" in table:
        source = dataclasses.replace(source, addresses=_addresses(table["addresses"], path, f"{key}.addresses"))
    if "recipe" in table:
        source = dataclasses.replace(source, recipe=_recipe(table["recipe"], path, key))
    for url in source.urls:
        if not is_web_url(url):
            raise ConfigError(f"{path}: {key}.urls: {url!r} is no http or https URL")
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None:
            raise ConfigError(
                f"{path}: {key}.urls: take the user name and password out of the URL of {parts.hostname}; they would end up in the archive"
            )
    for name, value in source.cookies.items():
        if not (_COOKIE_NAME.fullmatch(name) and _COOKIE_VALUE.fullmatch(value)):
            raise ConfigError(
                f"{path}: {key}.cookies.{name}: no cookie can hold that; copy name and value from the browser's request"
            )
    if source.max_pages < 1:
        raise ConfigError(f"{path}: {key}.max_pages: should be 1 or more, is {source.max_pages}")
    delay_s = crawl.delay_s if source.delay_s is None else source.delay_s
    if not POLITE_DELAY_S <= delay_s <= 86_400 and not source.allow_private:
        where = "crawl.delay_s" if source.delay_s is None else f"{key}.delay_s"
        raise ConfigError(
            f"{path}: {where}: {delay_s:g} s is no polite delay for a public host; use {POLITE_DELAY_S:g} or more (less is accepted where allow_private = true)"
        )
    return source


def _check_schedules(settings: ScheduleSettings, sources: Sequence[Source], path: Path) -> None:
    """Reads every cadence, time zone, window and interval once: a slip in one shows when the file is read, not in the night."""
    for source in (Source(slug="", urls=()), *sources):
        try:
            schedule_of(source, settings)
        except ValueError as exc:
            key, _, complaint = str(exc).partition(": ")
            where = f"source.{source.slug}.{key}" if getattr(source, key) is not None else f"schedule.{key}"
            raise ConfigError(f"{path}: {where}: {complaint}") from exc


def _addresses(table: object, path: Path, key: str) -> UrlRules:
    if isinstance(table, dict):  # names are compared in lower case, and a table of hosts reads better than a list of pairs
        table = {name: _lowered(value) for name, value in table.items()}
        if isinstance(hosts := table.get("same_hosts"), dict):
            table["same_hosts"] = [[linked.lower(), _lowered(kept)] for linked, kept in hosts.items()]
    return _table(table, UrlRules, path, key)


def _lowered(value: object) -> object:
    if isinstance(value, list):
        return [_lowered(part) for part in value]
    return value.lower() if isinstance(value, str) else value


def _recipe(table: object, path: Path, key: str) -> Recipe:
    if not isinstance(table, dict):
        raise ConfigError(f'{path}: {key}.recipe: should be a table, [{key}.recipe] and below it card = "..."')
    try:
        return Recipe.from_table(table)
    except RecipeError as exc:
        raise ConfigError(f"{path}: {key}.{exc}") from exc


def _table(value: object, cls: type[T], path: Path, key: str) -> T:
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: {key}: should be a table, [{key}]")
    _refuse_unknown(value, {f.name for f in dataclasses.fields(cls)}, path, f"{key}.")  # type: ignore[arg-type]
    table: T = _convert(value, cls, path, key)
    return table


def _refuse_unknown(table: Mapping[str, object], known: set[str], path: Path, prefix: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            remedy = f"did you mean {prefix}{near[0]}?" if near else f"known here: {', '.join(sorted(known - {'slug'}))}"
            raise ConfigError(f"{path}: {prefix}{key}: unknown key; {remedy}")


def _convert(value: object, kind: Any, path: Path, key: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as exc:
        what, _, where = str(exc).partition(" - at `$")
        inner = where.rstrip("`").replace("[...]", "")
        raise ConfigError(f"{path}: {key}{inner}: {what[0].lower()}{what[1:]}") from exc
