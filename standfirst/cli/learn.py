"""`standfirst learn`"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from schedules.exit_codes import ExitCode
from standfirst.cli.options import config_option, load, utc_now
from standfirst.cli.output import note, say


@click.command()
@click.argument("slug")
@click.option("--force", is_flag=True, help="Also replace a recipe that was written by hand.")
@config_option
def learn(slug: str, force: bool, config_path: Path | None) -> int:
    """Look at a source's pages again and replace its recipe in standfirst.toml. Comments elsewhere in the file are kept.

    Shows the old recipe and the new one. A recipe without `learned_on` was written by hand and stays, unless --force is given.

    \b
    Example:
      standfirst learn cities
    """
    from schedules.crawl import request_for
    from schedules.edit import save, set_recipe
    from scraper.errors import ConfigError
    from scraper.recipe import described
    from standfirst.cli.add import told
    from standfirst.learning import learn_from
    from standfirst.look import fetch_page

    config = load(config_path)
    source = config.get_source(slug)
    old = source.recipe
    if old is not None and old.learned_on is None and not force:
        raise ConfigError(
            f"{config.path}: source.{slug}.recipe: was written by hand (it has no learned_on) and is not replaced; use --force if it should be"
        )
    pages = [fetch_page(request_for(url, source), config=config) for url in source.urls]
    lesson = learn_from(pages, learned_on=utc_now().date())
    if lesson.recipe is None:
        note(told(lesson))
        note(f"{config.path} is left as it was")
        return ExitCode.ALL_SOURCES_FAILED
    save(config, set_recipe(config, slug, lesson.recipe.to_table()))
    if old is not None and replace(old, learned_on=lesson.recipe.learned_on) == lesson.recipe:
        note(f"[source.{slug}.recipe] in {config.path} is what it was; only its date is new")
        return ExitCode.OK
    if old is not None:
        say("old")
        for line in described(old.to_table()):
            say(f"  {line}")
    say("new")
    for line in described(lesson.recipe.to_table()):
        say(f"  {line}")
    note(told(lesson))
    note(f"[source.{slug}.recipe] in {config.path} is the new one")
    return ExitCode.OK
