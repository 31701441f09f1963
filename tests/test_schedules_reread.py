"""Stored pages read anew: with recipes that are learned on the way, and to the same cards as without."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schedules.reread import CHECK_EVERY, FULL_NIGHTS, PAID, PATIENCE, TRIALS, Rereader
from schedules.settings import Source
from scraper.cards import Card
from scraper.pages import Outcome, Page
from scraper.recipe import Recipe
from storage import open_reader
from storage.differences import differences
from storage.rebuild import rebuild
from storage.rereading import Known, Notes, Reading, StoredPage

CASES = Path(__file__).parents[1] / "fixtures" / "pages"
URL = "https://harbour.example/news/"
START = datetime(2026, 1, 1, 2, tzinfo=UTC)
LEARNED = FULL_NIGHTS + TRIALS  # from this night on, the recipe's cards count


def read_nights(
    read: Rereader, nights: int, body: Callable[[int], bytes], *, url: str = URL, source: str = "harbour"
) -> list[Reading]:
    """One page, night after night, each reading knowing what a rebuild lets it know."""
    known: Known = ()
    notes: Notes = None
    readings = []
    for night in range(nights):
        page = Page(url=url, final_url=url, body=body(night), fetched_at=START + timedelta(days=night), status=200)
        reading = read(StoredPage(source, page, known, notes))
        notes = json.loads(json.dumps(reading.notes))  # as it is kept for those who go on after a kill
        if reading.outcome.is_good and reading.listing is not None:
            known = tuple((card.url, card.title) for card in reading.listing.cards)
        readings.append(reading)
    return readings


def said(reading: Reading) -> list[Card]:
    assert reading.listing is not None
    return [replace(card, origin={}, confidence=1.0) for card in reading.listing.cards]


def page(night: int, *, design: str = "article", extra: Callable[[int], str] = lambda number: "") -> bytes:
    """Eight cards, of which one is new each night."""
    numbers = range(night + 8, night, -1)
    shown = {
        "article": '<article class="teaser"><h2><a href="/news/{n}">Headline of story {n} in full</a></h2><p class="lead">What happened in '
        'case {n}, told in one line.</p><time datetime="2026-01-{d:02}">{d} January 2026</time>{x}</article>',
        "list": '<li class="entry"><div class="text"><a class="title" href="/news/{n}">Headline of story {n} in full</a><div class="dek">What '
        'happened in case {n}, told in one line.</div><span class="day">{d} January 2026</span>{x}</div></li>',
    }[design]
    cards = "".join(shown.format(n=n, d=1 + n % 28, x=extra(n)) for n in numbers)
    return f"<!doctype html><html lang=en><body><main><h1>News</h1><ul>{cards}</ul></main></body></html>".encode()


def test_a_page_is_read_with_a_recipe_once_one_has_proved_itself() -> None:
    readings = read_nights(Rereader(), LEARNED + 5, page)
    assert [reading.recipe is not None for reading in readings] == [False] * LEARNED + [True] * 5
    full = read_nights(Rereader(learns=False), LEARNED + 5, page)
    assert [reading.recipe for reading in full] == [None] * len(full)
    assert [said(reading) for reading in readings] == [said(reading) for reading in full]


@pytest.mark.parametrize(
    ("nights_before", "wait"), [(PAID, FULL_NIGHTS), (3, PATIENCE * FULL_NIGHTS)], ids=["that had paid", "that had not"]
)
def test_a_redesigned_page_is_read_by_the_full_method_and_learned_anew(nights_before: int, wait: int) -> None:
    redesigned = LEARNED + nights_before
    nights = redesigned + 1 + wait + TRIALS + 2
    readings = read_nights(Rereader(), nights, lambda night: page(night, design="article" if night < redesigned else "list"))
    by_recipe = [reading.recipe is not None for reading in readings]
    assert by_recipe == [False] * LEARNED + [True] * nights_before + [False] * (1 + wait + TRIALS) + [True] * 2
    assert all(reading.outcome is Outcome.OK and len(said(reading)) == 8 for reading in readings)
    assert "drift" in readings[redesigned].detail


def test_a_recipe_that_misses_what_the_page_has_begun_to_show_is_found_out() -> None:
    def longer(night: int) -> bytes:
        return page(night, extra=lambda number: "" if night < LEARNED + 2 else f"<span>{3 + number % 5} min read</span>")

    readings = read_nights(Rereader(), CHECK_EVERY + FULL_NIGHTS + 1, longer)
    minutes = [said(reading)[0].read_time_minutes for reading in readings]
    assert minutes[-1] is not None
    assert readings[-1].recipe is None
    assert minutes.index(minutes[-1]) <= FULL_NIGHTS + CHECK_EVERY


def test_a_night_without_a_list_costs_no_recipe() -> None:
    def body(night: int) -> bytes:
        return b"<html><body><h1>Back soon</h1></body></html>" if night == LEARNED + 1 else page(night)

    readings = read_nights(Rereader(), LEARNED + 4, body)
    assert [reading.recipe is not None for reading in readings[LEARNED:]] == [True, False, True, True]
    assert readings[LEARNED + 1].outcome is not Outcome.OK


BY_HAND = Recipe.from_table({"card": "article.teaser", "only": True, "title": "h2 a", "url": "h2 a @href"})


def test_a_recipe_written_by_hand_is_used_from_the_first_night_and_nothing_is_learned() -> None:
    source = Source(slug="harbour", urls=(URL,), recipe=BY_HAND)
    reader = Rereader.for_sources([source])
    readings = read_nights(reader, LEARNED + 2, page)
    assert all(reading.recipe is not None and said(reading)[0].blurb is None for reading in readings)
    other = read_nights(reader, LEARNED + 2, page, source="tide")
    assert said(other[0])[0].blurb is not None


def test_a_recipe_of_the_configuration_that_was_learned_is_not_used_for_other_nights() -> None:
    learned = replace(BY_HAND, learned_on=START.date())
    reader = Rereader.for_sources([Source(slug="harbour", urls=(URL,), recipe=learned)])
    assert said(read_nights(reader, 1, page)[0])[0].blurb is not None


def test_readers_that_read_otherwise_say_so() -> None:
    by_hand = Rereader.for_sources([Source(slug="harbour", urls=(URL,), recipe=BY_HAND)])
    assert len({Rereader().basis, Rereader(learns=False).basis, by_hand.basis}) == 3
    assert Rereader().basis == Rereader.for_sources([Source(slug="harbour", urls=(URL,))]).basis


ALL_CASES = sorted(path.parent.name for path in CASES.glob("*/page.html"))
SOME = ALL_CASES[::12]


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=() if case in SOME else (pytest.mark.slow,), id=case) for case in ALL_CASES]
)
def test_cards_are_those_of_the_full_method(case: str) -> None:
    content = (CASES / case / "page.html").read_bytes()
    url = json.loads((CASES / case / "truth.json").read_text("utf-8"))["base_url"]

    def body(night: int) -> bytes:
        return content + b"<!-- night %d -->" % night

    readings = read_nights(Rereader(), LEARNED + 2, body, url=url)
    full = read_nights(Rereader(learns=False), 2, body, url=url)[-1]
    for reading in readings[1:]:
        assert (reading.outcome, reading.listing is None) == (full.outcome, full.listing is None)
        if full.listing is not None:
            assert [(card.title, card.url, card.blurb, card.read_time_raw, card.published_raw) for card in said(reading)] == [
                (card.title, card.url, card.blurb, card.read_time_raw, card.published_raw) for card in said(full)
            ]
            assert reading.listing is not None
            assert reading.listing.next_page_url == full.listing.next_page_url


def test_the_demos_nights_give_the_same_archive_with_recipes_and_without(demo_folder: Path, tmp_path: Path) -> None:
    rebuilt = {
        learns: rebuild(
            demo_folder / "archive.db",
            tmp_path / f"{learns}.db",
            read=Rereader(learns=learns, full_nights=3),  # the demo has few
            extractor_version="2",
            now=START,
        )
        for learns in (True, False)
    }
    assert rebuilt[True].by_recipe > 0
    assert rebuilt[False].by_recipe == 0
    with open_reader(tmp_path / "True.db") as with_recipes, open_reader(tmp_path / "False.db") as without:
        assert list(differences(without, with_recipes)) == []
        query = "SELECT source, page, seen_at, position, title, url, blurb, read_time_raw, published_raw, author, category, image_url FROM sighting ORDER BY crawl_id, position"
        assert with_recipes.sql(query) == without.sql(query)
