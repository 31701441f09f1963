"""Sources as flat rows of text, one a listing page, for spreadsheets and feed readers; and back. Pure.

A row holds the keys of a `[source.SLUG]` table: text as it is, everything else as TOML writes it (`true`, `3`, `["6h", "3d"]`). `slug` and `url`
come first; a source with several listing pages has as many rows, told apart by nothing but their URL. Cookies are left out: they are
somebody's, and lists are made to be handed on.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

import tomlkit

from schedules.config import SLUG, parse_config
from schedules.settings import Source
from scraper.errors import ConfigError

Row = Mapping[str, str]
Table = dict[str, Any]
"""A `[source.SLUG]` table as TOML gives it."""

NOT_HANDED_ON = frozenset({"cookies"})
OWN_KEYS = frozenset({"slug", "urls"})  # the rows say them in their own way
TEXT_KEYS = frozenset(key for key, hint in get_type_hints(Source).items() if hint in (str, str | None))
KEYS = ("slug", "url", *(key for key in get_type_hints(Source) if key not in OWN_KEYS | NOT_HANDED_ON))


@dataclass(slots=True)
class Listed:
    """A source as a list has it."""

    slug: str | None  # None: the list doesn't say
    table: Table = field(default_factory=dict)


def tables_of(raw: bytes) -> dict[str, Table]:
    """The sources of a configuration file as they are written there, by slug."""
    tables: dict[str, Table] = tomllib.loads(raw.decode("utf-8-sig")).get("source", {})
    return tables


def to_rows(tables: Mapping[str, Table]) -> list[dict[str, str]]:
    """One row a listing page; the keys that no source has are left out."""
    used = {key for table in tables.values() for key in table}
    keys = [key for key in KEYS if key in used]
    return [
        {"slug": slug, "url": url, **{key: _text(key, table[key]) if key in table else "" for key in keys}}
        for slug, table in tables.items()
        for url in table["urls"]
    ]


def from_rows(rows: Iterable[Row]) -> tuple[list[Listed], list[str]]:
    """The sources, and in words what was wrong with rows that were left out. Rows of one slug are one source, its first row says what it is like."""
    listed: list[Listed] = []
    by_slug: dict[str, Listed] = {}
    complaints: list[str] = []
    for number, row in enumerate(rows, 1):
        slug = row.get("slug", "").strip() or None
        url = row.get("url", "").strip()
        if not url:
            complaints.append(f"entry {number}{f' ({slug})' if slug else ''}: has no address")
        elif slug in by_slug:
            by_slug[slug].table["urls"].append(url)
        else:
            try:
                table = {key: _value(key, text) for key, text in row.items() if key not in ("slug", "url") and text}
            except ConfigError as exc:
                complaints.append(f"entry {number} ({slug or url}): {exc}")
                continue
            source = Listed(slug, {"urls": [url], **table})
            listed.append(source)
            if slug is not None:
                by_slug[slug] = source
    return listed, complaints


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What a list brings to a configuration."""

    new: dict[str, Table]  # by slug
    known: tuple[str, ...]  # addresses that are watched already, or stand in the list twice
    complaints: tuple[str, ...]  # in words, about sources that can't be taken


def sort_out(listed: Iterable[Listed], sources: Sequence[Source], *, allow_private: bool) -> Sorted:
    """Which of the listed sources are new, under slugs that are free.

    What a list from elsewhere says of private addresses holds only with `allow_private`: it would let it look into one's own network.
    """
    watched = {url for source in sources for url in source.urls}
    slugs = {source.slug for source in sources}
    new: dict[str, Table] = {}
    known: list[str] = []
    complaints: list[str] = []
    for source in listed:
        urls = list(dict.fromkeys(source.table["urls"]))
        known += [url for url in urls if url in watched] + source.table["urls"][len(urls) :]
        fresh = [url for url in urls if url not in watched]
        if not fresh:
            continue
        slug = free_slug(fresh[0], slugs, name=source.slug or source.table.get("name"))
        table = {**source.table, "urls": fresh}
        if not allow_private:
            table.pop("allow_private", None)
        try:
            parse_config(tomlkit.dumps({"source": {slug: table}}).encode(), Path("list"))
        except ConfigError as exc:
            complaints.append(str(exc).removeprefix("list: "))
            continue
        new[slug] = table
        slugs.add(slug)
        watched.update(fresh)
    return Sorted(new=new, known=tuple(known), complaints=tuple(complaints))


def free_slug(url: str, taken: Collection[str], *, name: str | None = None) -> str:
    """A slug from the name, else from the URL's host ("www.city-news.example" gives "city-news-example"), numbered when taken."""
    if name is None or SLUG.fullmatch(name) is None:
        name = _slug_of(name or "")
    stem = name or _slug_of((urlsplit(url).hostname or "").removeprefix("www.")) or "source"
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def write_csv(rows: Sequence[Row]) -> str:
    """RFC 4180 with a header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else ["slug", "url"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_csv(text: str) -> list[dict[str, str]]:
    """The rows; commas or semicolons between the columns. ConfigError where there is no column `url`, or one that nobody knows."""
    header = text.lstrip("\ufeff").split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";" if header.count(";") > header.count(",") else ","
    )
    try:
        names, *lines = [line for line in reader if line] or [[]]
    except csv.Error as exc:
        raise ConfigError(f"no CSV: {exc}") from exc
    names = [name.strip() for name in names]
    if "url" not in names:
        raise ConfigError("the first line names the columns, and one of them has to be url")
    for name in names:
        if name not in KEYS:
            raise ConfigError(f"unknown column {name!r}; there are {', '.join(KEYS)}")
    return [dict(zip(names, line, strict=False)) for line in lines]


def _slug_of(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")


def _text(key: str, value: object) -> str:
    return str(value) if key in TEXT_KEYS else _toml(value)


def _toml(value: object) -> str:
    """The value as TOML writes it on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{tomlkit.key(name).as_string()} = {_toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return tomlkit.item(value).as_string()


def _value(key: str, text: str) -> object:
    if key in TEXT_KEYS:
        return text
    written = text.strip()
    if written.lower() in {"true", "false"}:  # spreadsheets shout
        written = written.lower()
    try:
        return tomllib.loads(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{key}: {text!r} is no value of TOML ({exc})") from exc
