"""`standfirst add`"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schedules.exit_codes import ExitCode
from standfirst.cli.options import config_option, load, utc_now
from standfirst.cli.output import format_option, note

if TYPE_CHECKING:
    from scraper.recipe_learn import Lesson


@click.command()
@click.argument("url")
@click.option("--slug", help="The source's name in the configuration; default: from the host name.")
@click.option("--name", help="The source's name for people.")
@click.option("--why", help="Why it is watched; goes into the archive's documentation.")
@click.option("--max-pages", type=click.IntRange(1), default=1, show_default=True, help="Follow older pages that deep.")
@click.option("--allow-private", is_flag=True, help="The host is one's own, on loopback or a private network.")
@click.option("--no-recipe", is_flag=True, help="Learn no recipe: every look finds the cards anew.")
@click.option("--force", is_flag=True, help="Add the page even if no cards are found on it today.")
@format_option
@config_option
def add(
    url: str,
    slug: str | None,
    name: str | None,
    why: str | None,
    max_pages: int,
    allow_private: bool,
    no_recipe: bool,
    force: bool,
    fmt: str | None,
    config_path: Path | None,
) -> int:
    """Try a page, show its cards, and add it to standfirst.toml as a source. Comments in the file are kept.

    Where a few selectors tell the cards from the rest of the page, they are written down with it as the source's recipe.

    \b
    Example:
      standfirst add https://cities.example/latest/ --slug cities
    """
    from schedules.edit import add_source, save
    from schedules.source_lists import free_slug
    from scraper.pages import FetchRequest
    from standfirst.cli.listing import show_listing
    from standfirst.learning import learn_from_page
    from standfirst.look import see

    config = load(config_path)
    slug = slug or free_slug(url, {source.slug for source in config.sources})
    table = {
        "urls": [url],
        "name": name,
        "why": why,
        "max_pages": max_pages if max_pages > 1 else None,
        "allow_private": allow_private or None,
    }
    set_values: dict[str, object] = {key: value for key, value in table.items() if value is not None}
    edited = add_source(config, slug, set_values)  # complains, if it must, before anything is fetched
    page, listing = see(FetchRequest(url=url, allow_private=allow_private), config=config)
    lesson = None
    if listing.cards and not no_recipe:
        lesson = learn_from_page(page, listing, learned_on=utc_now().date())
        if lesson.recipe is not None:
            edited = add_source(config, slug, {**set_values, "recipe": lesson.recipe.to_table()})
    wanted = bool(listing.cards) or force
    if wanted:  # before anything is shown: a reader that goes away (`| head`) must not decide what is added
        save(config, edited)
    show_listing(listing, fmt, explain=False)
    if not wanted:
        note(f"not added: no cards on {url}; see `standfirst try {shlex.quote(url)} --explain`, or use --force")
        return ExitCode.ALL_SOURCES_FAILED
    if lesson is not None:
        note(told(lesson))
    undated = sum(card.published_on is None for card in listing.cards)
    if undated and listing.feeds:
        note(
            f"{undated} of {len(listing.cards)} cards have no date; a feed may know it: standfirst add {shlex.quote(listing.feeds[0])} --slug {slug}-feed"
        )
    note(f"added [source.{slug}] to {config.path}; next: standfirst crawl {slug}")
    return ExitCode.OK


def told(lesson: Lesson) -> str:
    """What was learned, in a line."""
    if lesson.recipe is None:
        return f"no recipe: {lesson.reason}; the cards will be found anew each time"
    if lesson.recipe.watch:
        return f"recipe: {lesson.recipe.card}, only to tell when the page is built otherwise ({lesson.reason})"
    if lesson.recipe.only:
        return f"recipe: {lesson.recipe.card}, with selectors for {', '.join(lesson.recipe.readings)}"
    return f"recipe: {lesson.recipe.card}, its fields found anew each time ({lesson.reason})"
