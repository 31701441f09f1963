"""Changes to `standfirst.toml` that keep its comments and its order. Pure but for `save`: text in, text out.

Every edit is read back before it counts: what comes out has to be a good configuration that differs from the old one in what was asked for
and in nothing else.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import tomlkit

from schedules.config import SLUG, parse_config
from schedules.settings import Config, Source
from scraper.errors import ConfigError


def add_source(config: Config, slug: str, table: Mapping[str, object]) -> str:
    """The file's new text with `[source.SLUG]` at its end; ConfigError when the result wouldn't be a good configuration."""
    if any(source.slug == slug for source in config.sources):
        raise ConfigError(f"{config.path}: source.{slug}: is there already; choose another with --slug")
    return add_sources(config, {slug: table})


def add_sources(config: Config, tables: Mapping[str, Mapping[str, object]]) -> str:
    """The file's new text with these sources, by slug, at its end."""
    text = _read(config)
    added = tomlkit.document()
    sources = tomlkit.table(is_super_table=True)
    for slug, table in tables.items():
        source = tomlkit.table()
        for key, value in table.items():
            source.add(key, _written(value) if isinstance(value, Mapping) else value)
        sources.add(slug, source)
    added.add("source", sources)
    # Appended as text: parsing the old file and writing it again could only lose something of it.
    edited = text.rstrip("\n") + "\n\n" + tomlkit.dumps(added)
    parse_config(edited.encode(), config.path)
    return edited


def set_recipe(config: Config, slug: str, recipe: Mapping[str, object]) -> str:
    """The file's new text with this recipe in `[source.SLUG.recipe]`, in the old one's place or at the source's end."""
    config.get_source(slug)
    document = tomlkit.parse(_read(config))
    source = document["source"][slug]
    source["recipe"] = _written(recipe)
    edited = tomlkit.dumps(document)
    parse_config(edited.encode(), config.path)
    return edited


def set_enabled(config: Config, slug: str, *, enabled: bool) -> str:
    """The file's new text with that source switched on or off."""
    source = config.get_source(slug)
    if source.enabled == enabled:
        return _read(config)
    document = tomlkit.parse(_read(config))
    document["source"][slug]["enabled"] = enabled
    return _checked(config, tomlkit.dumps(document), {slug: replace(source, enabled=enabled)})


def rename_source(config: Config, slug: str, new: str) -> str:
    """The file's new text with the source under another slug; ConfigError where that one is taken or is no slug."""
    source = config.get_source(slug)
    if not SLUG.fullmatch(new):
        raise ConfigError(f"{new!r} is no slug: it is made of a-z, 0-9, - and _, and begins and ends with a letter or digit")
    if any(other.slug == new for other in config.sources):
        raise ConfigError(f"{config.path}: source.{new}: is there already; choose another slug")
    # Only the tables' headings name the slug, and a tomlkit table can't be given another name in its place.
    heading = re.compile(rf"""^(\s*\[\s*source\s*\.\s*)(["']?){re.escape(slug)}\2(?=\s*[.\]])""", re.MULTILINE)
    return _checked(config, heading.sub(rf"\g<1>{new}", _read(config)), {slug: replace(source, slug=new)})


def save(config: Config, text: str) -> None:
    """Puts the text in the file's place, all of it or nothing; its permissions stay, and a link to it goes on leading to it.

    Raises ConfigError where it can't be written, or where somebody else has changed it since it was read.
    """
    path = Path(os.path.realpath(config.path))
    part: Path | None = None
    try:
        before = path.stat()
        if hashlib.sha256(path.read_bytes()).hexdigest() != config.sha256:
            raise ConfigError(f"{config.path}: was changed by another program just now and was left alone; run the command again")
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            part = Path(file.name)
            os.fchmod(file.fileno(), before.st_mode & 0o7777)
            if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as exc:
        raise ConfigError(
            f"{config.path}: can't be written ({exc.strerror}), and was left as it was; check who owns it and its folder"
        ) from exc
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _read(config: Config) -> str:
    """The file's text, its line ends as they are."""
    return config.path.read_bytes().decode("utf-8-sig")


def _checked(config: Config, edited: str, changed: Mapping[str, Source]) -> str:
    """The edited text, if it says what the old one said but for the changed sources (old slug -> new source)."""
    expected = replace(
        config,
        sources=tuple(changed.get(source.slug, source) for source in config.sources),
        sha256=hashlib.sha256(edited.encode()).hexdigest(),
    )
    try:
        done = parse_config(edited.encode(), config.path)
    except ConfigError:
        done = None
    if done != expected:
        names = ", ".join(f"[source.{slug}]" for slug in changed)
        raise ConfigError(f"{config.path}: {names} is written in a way that can't be changed safely; change it by hand")
    return edited


def _written(table: Mapping[str, object]) -> tomlkit.items.Table:
    """A table of its own; tables in it are written on one line."""
    written = tomlkit.table()
    for key, value in table.items():
        if isinstance(value, Mapping):
            inner = tomlkit.inline_table()
            inner.update(value)
            written.add(key, inner)
        else:
            written.add(key, value)
    return written
