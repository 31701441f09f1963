"""Recipes: learned as CSS that a person can edit, believed only while the page fits them, and found again by known cards."""

from __future__ import annotations

import pytest

from scraper import Recipe, extract_listing, learn_recipe
from scraper.cards import Verdict
from scraper.extract.recipe import RecipeError

URL = "https://news.example/latest"
TITLES = [
    "Harbour reopens after the storm",
    "Council votes on school meals",
    "Museum finds a lost sketchbook",
    "Night trains return to the north",
]


def page(template: str, titles: list[str] = TITLES, wrapper: str = '<main class="list">{}</main>') -> str:
    cards = "".join(template.format(n=n, title=title, slug=title.lower().replace(" ", "-")) for n, title in enumerate(titles))
    menu = "".join(f'<li class="menu-item"><a href="/{name}">{name}</a></li>' for name in ("politics", "culture", "sport"))
    return f"<html><body><nav><ul>{menu}</ul></nav>{wrapper.format(cards)}</body></html>"


OLD = '<article class="teaser post-{n}11"><h2 class="teaser__title"><a href="/{slug}">{title}</a></h2><p>A sentence about it, long enough to be a teaser, number {n}.</p><time datetime="2026-05-0{n}">0{n} May</time></article>'
OLD = OLD.replace('0{n}">0{n} May', '1{n}">1{n} May 2026')
NEW = '<div class="x9"><div class="x1"><a href="/{slug}"><span class="x2">{title}</span></a></div><div class="x3">A sentence about it, long enough to be a teaser, number {n}.</div></div>'


def test_a_recipe_is_learned_as_css_with_what_it_expects() -> None:
    recipe = learn_recipe(page(OLD), URL, learned_on="2026-05-20")
    assert recipe == Recipe(cards="article.teaser", count=4, shares={"published_on": 1.0, "blurb": 1.0}, learned_on="2026-05-20")


def test_the_recipe_gives_the_same_cards_as_the_full_method() -> None:
    recipe = learn_recipe(page(OLD), URL)
    with_recipe, without = extract_listing(page(OLD), URL, recipe=recipe), extract_listing(page(OLD), URL)
    assert [(c.title, c.url, c.blurb, c.published_on) for c in with_recipe.cards] == [
        (c.title, c.url, c.blurb, c.published_on) for c in without.cards
    ]
    assert with_recipe.drift is None
    assert with_recipe.reason == "4 cards by recipe"


def test_a_redesign_is_read_by_the_full_method_and_reported_with_old_and_new_numbers() -> None:
    recipe = learn_recipe(page(OLD), URL, learned_on="2026-05-20")
    listing = extract_listing(page(NEW), URL, recipe=recipe)
    assert [c.title for c in listing.cards] == TITLES
    assert (
        listing.drift
        == "the recipe of 2026-05-20 no longer fits: the selector 'article.teaser' finds no card, 4 when learned; the full method finds 4 cards"
    )
    assert listing.drift in listing.problems


def test_far_fewer_cards_than_expected_are_drift() -> None:
    recipe = Recipe(cards="article.teaser", count=20)
    assert "4 cards, 20 when learned" in (extract_listing(page(OLD), URL, recipe=recipe).drift or "")


def test_a_field_that_vanished_from_every_card_is_drift() -> None:
    recipe = learn_recipe(page(OLD), URL)
    assert "0% of the cards have published_on" in (
        extract_listing(page(OLD.replace("<time", "<i hidden").replace("</time", "</i")), URL, recipe=recipe).drift or ""
    )


def test_a_person_s_selectors_win_field_by_field() -> None:
    html = page(
        '<li class="row"><b class="k">{n} km</b><h3><a href="/{slug}">{title}</a></h3><em class="who">Redaktion: Ada Voss</em><i class="len">1{n} min</i></li>',
        wrapper='<ul class="box">{}</ul>',
    )
    listing = extract_listing(
        html, URL, recipe={"cards": "ul.box > li", "select": {"category": ".k", "author": "em.who", "read_time": "i.len"}}
    )
    assert [(c.category, c.author, c.read_time_minutes) for c in listing.cards] == [
        (f"{n} km", "Ada Voss", 10 + n) for n in range(4)
    ]
    assert listing.cards[0].origin["category"] == "recipe"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"cards": "article", "colour": "red"}, "unknown key 'colour'"),
        ({"select": {}}, "`cards` must be a CSS selector"),
        ({"cards": "article[["}, "not a CSS selector"),
        ({"cards": "article", "select": {"headline": "h2"}}, "nothing to select for 'headline'"),
        ({"cards": "article", "select": {"title": "::text"}}, "not a CSS selector"),
    ],
)
def test_a_recipe_that_cannot_be_used_says_what_is_wrong(values: dict[str, object], message: str) -> None:
    with pytest.raises(RecipeError, match=message.replace("[", r"\[")):
        extract_listing(page(OLD), URL, recipe=values)


def test_a_recipe_survives_the_way_through_the_configuration() -> None:
    recipe = Recipe(cards="article", select={"author": ".who"}, count=4, shares={"blurb": 0.75}, learned_on="2026-05-20")
    assert Recipe.from_mapping(recipe.as_mapping()) == recipe


def test_known_cards_bring_back_a_list_that_nothing_else_would_trust() -> None:
    bare = page(
        '<li><a href="/{slug}">{title}</a></li>',
        titles=["Tide", "Gale", "Moor", "Fen"],
        wrapper='<aside class="widget sidebar"><ul>{}</ul></aside>',
    )
    known = [("https://news.example/tide", "Tide"), ("https://news.example/gale", None), (None, "Moor")]
    assert extract_listing(bare, URL).verdict is not Verdict.LISTING
    assert [c.title for c in extract_listing(bare, URL, known=known).cards] == ["Tide", "Gale", "Moor", "Fen"]


def test_no_recipe_is_learned_from_a_page_without_cards() -> None:
    assert learn_recipe("<p>Nothing here.</p>", URL) is None
    assert learn_recipe(b"%PDF-1.4", URL) is None
