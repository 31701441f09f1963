"""Changes to `standfirst.toml` that keep its comments and its order. Pure: text in, text out."""

from __future__ import annotations

from collections.abc import Mapping

import tomlkit

from schedules.config import parse_config
from schedules.settings import Config
from scraper.errors import ConfigError


def add_source(config: Config, slug: str, table: Mapping[str, object]) -> str:
    """The file's new text with `[source.SLUG]` at its end; ConfigError when the result wouldn't be a good configuration."""
    if any(source.slug == slug for source in config.sources):
        raise ConfigError(f"{config.path}: source.{slug}: is there already; choose another with --slug")
    text = config.path.read_text(encoding="utf-8")
    added = tomlkit.document()
    sources = tomlkit.table(is_super_table=True)
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
    document = tomlkit.parse(config.path.read_text(encoding="utf-8"))
    source = document["source"][slug]
    source["recipe"] = _written(recipe)
    edited = tomlkit.dumps(document)
    parse_config(edited.encode(), config.path)
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
