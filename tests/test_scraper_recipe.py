"""Recipes: written and read as a person edits them, learned from a good look, believed only while the page fits them."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from scraper import Recipe, extract_listing, learn_recipe
from scraper.cards import Card, Listing, Verdict
from scraper.decode import decode
from scraper.errors import RecipeError
from scraper.recipe import KEYS, Reading, alternatives
from scraper.recipe_learn import Lesson, agree
from scraper.urls import canonical_url
from standfirst.demo_outlets.answers import answer
from standfirst.demo_outlets.content import outlets
from standfirst.demo_server import NIGHTS, expected_cards

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
URL = "https://news.example/latest"
DAY = date(2026, 5, 20)
TITLES = [
    "Harbour reopens after the storm",
    "Council votes on school meals",
    "Museum finds a lost sketchbook",
    "Night trains return to the north",
]
OLD = (
    '<article class="teaser post-{n}11"><img src="/i/{n}.jpg" alt=""><h2 class="teaser__title"><a href="/{slug}">{title}</a></h2>'
    '<p class="lead-in">A sentence about it, long enough to be a teaser, number {n}.</p>'
    '<div class="facts"><time datetime="2026-05-1{n}">1{n} May 2026</time><span class="len">{n}3 min read</span></div></article>'
)
NEW = (
    '<div class="x9"><div class="x1"><a href="/{slug}"><span class="x2">{title}</span></a></div>'
    '<div class="x3">A sentence about it, long enough to be a teaser, number {n}.</div></div>'
)


def page(template: str, titles: list[str] = TITLES, wrapper: str = '<main class="list">{}</main>') -> str:
    cards = "".join(
        template.format(n=TITLES.index(title) + 1, title=title, slug=title.lower().replace(" ", "-")) for title in titles
    )
    menu = "".join(f'<li class="menu-item"><a href="/{name}">{name}</a></li>' for name in ("politics", "culture", "sport"))
    return f'<html lang="en"><body><nav><ul>{menu}</ul></nav>{wrapper.format(cards)}</body></html>'


def learned(html: str, url: str = URL) -> Recipe:
    lesson = learn_recipe(html, extract_listing(html, url), url, learned_on=DAY)
    assert lesson.recipe is not None, lesson.reason
    return lesson.recipe


def told(listing: Listing) -> list[tuple[Any, ...]]:
    """What the cards say, without where it was read."""
    return [
        (card.title, card.url, card.blurb, card.published_on, card.read_time_minutes, card.author, card.category, card.image_url)
        for card in listing.cards
    ]


# -- the record


def test_a_learned_recipe_reads_as_a_person_would_write_it() -> None:
    assert learned(page(OLD)).to_table() == {
        "learned_on": DAY,
        "card": "article",
        "only": True,
        "title": "h2",
        "url": "a @href",
        "blurb": "p.lead-in",
        "read_time": "span.len",
        "published": "time @datetime",
        "image": "img @src",
        "expects": {
            "cards": [2, 12],
            "title": 1.0,
            "url": 1.0,
            "blurb": 1.0,
            "read_time": 1.0,
            "published": 1.0,
            "image": 1.0,
            "own_site": 1.0,
        },
    }


def test_a_recipe_survives_the_way_through_the_configuration() -> None:
    recipe = learned(page(OLD))
    assert Recipe.from_table(tomllib.loads(tomlkit.dumps(recipe.to_table()))) == recipe
    several = Recipe.from_table({"card": "tr.a, tr.b", "siblings": True, "image": ["img @data-src", "img"]})
    assert Recipe.from_table(several.to_table()) == several


@pytest.mark.parametrize(
    ("written", "css", "attribute"),
    [
        ("h3 a", "h3 a", None),
        ("h3   a @href", "h3 a", "href"),
        ("@href", ":scope", "href"),
        ('a[href*="@"]', 'a[href*="@"]', None),
        (":scope > p", ":scope > p", None),
        ("time @DateTime", "time", "datetime"),
    ],
)
def test_a_reading_is_css_and_perhaps_an_attribute(written: str, css: str, attribute: str | None) -> None:
    assert Reading.parse(written) == Reading(css, attribute)
    assert Reading.parse(str(Reading.parse(written))) == Reading(css, attribute)


@pytest.mark.parametrize(
    ("written", "reading"),
    [
        ("p.facts @2", Reading("p.facts", part=2)),
        ("p.facts  @-1", Reading("p.facts", part=-1)),
        ("@3", Reading(":scope", part=3)),
        ("p.facts @0", Reading("p.facts @0")),
    ],
)
def test_a_reading_may_be_a_part_of_a_text(written: str, reading: Reading) -> None:
    assert Reading.parse(written) == reading
    assert Reading.parse(str(reading)) == reading


@pytest.mark.parametrize(
    ("selector", "parts"),
    [("a", ["a"]), ("h2 a, :is(b, i)", ["h2 a", ":is(b, i)"]), ('a[title="x, y"], b', ['a[title="x, y"]', "b"])],
)
def test_commas_part_selectors_only_at_the_top(selector: str, parts: list[str]) -> None:
    assert list(alternatives(selector)) == parts


@pytest.mark.parametrize(
    ("table", "key", "complaint"),
    [
        ({"card": "article", "colour": "red"}, "colour", "unknown key"),
        ({"title": "h2"}, "card", "missing"),
        ({"card": 3}, "card", "should be a CSS selector"),
        ({"card": "article[["}, "card", "'article[[' is no CSS selector"),
        ({"card": "article", "title": "a::text"}, "title", "'a::text' is no CSS selector"),
        ({"card": "article", "title": []}, "title", "should be a CSS selector or a list"),
        ({"card": "article", "only": True}, "only", "has to name the title"),
        ({"card": "article", "siblings": "yes"}, "siblings", "should be true or false"),
        ({"card": "article", "learned_on": "yesterday"}, "learned_on", "should be a day"),
        ({"card": "article", "next_page": "a["}, "next_page", "is no CSS selector"),
        ({"card": "article", "expects": 3}, "expects", "should be a table"),
        ({"card": "article", "expects": {"cards": [9, 3]}}, "expects.cards", "the fewest and the most"),
        ({"card": "article", "expects": {"blurb": 90}}, "expects.blurb", "between 0 and 1"),
        ({"card": "article", "expects": {"blurbs": 0.9}}, "expects.blurbs", "unknown key"),
    ],
)
def test_a_recipe_that_cannot_be_used_names_the_key_and_the_remedy(table: dict[str, Any], key: str, complaint: str) -> None:
    with pytest.raises(RecipeError) as caught:
        extract_listing(page(OLD), URL, recipe=table)
    assert caught.value.key == key
    assert complaint in caught.value.complaint


def test_every_key_of_a_recipe_is_shown_in_the_documentation() -> None:
    text = (PAGES.parent.parent / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if f"\n{key} = " not in text] == []


# -- learned and applied


def cases() -> list[str]:
    return sorted(
        folder.name
        for folder in PAGES.iterdir()
        if (folder / "truth.json").is_file() and json.loads((folder / "truth.json").read_text("utf-8"))["cards"]
    )


def case(name: str) -> tuple[str, str]:
    """(HTML, URL)"""
    truth = json.loads((PAGES / name / "truth.json").read_text("utf-8"))
    return decode((PAGES / name / "page.html").read_bytes(), truth.get("content_type")).text, truth["base_url"]


@pytest.mark.parametrize("name", cases())
def test_with_the_recipe_learned_from_it_a_page_case_is_read_as_without(name: str) -> None:
    html, url = case(name)
    full = extract_listing(html, url)
    lesson = learn_recipe(html, full, url, learned_on=DAY)
    if lesson.recipe is None:
        assert lesson.reason
        return
    listing = extract_listing(html, url, recipe=lesson.recipe)
    assert listing.drift is None
    assert agree(listing.cards, full.cards)
    assert [card.position for card in listing.cards] == list(range(1, len(full.cards) + 1))
    assert listing.next_page_url == full.next_page_url
    assert (listing.canonical_url, listing.lang, listing.feeds) == (full.canonical_url, full.lang, full.feeds)


def test_most_page_cases_give_a_recipe_and_most_recipes_name_every_field() -> None:
    lessons = []
    for name in cases():
        html, url = case(name)
        lessons.append(learn_recipe(html, extract_listing(html, url), url, learned_on=DAY))
    recipes = [lesson.recipe for lesson in lessons if lesson.recipe is not None]
    assert len(recipes) >= 0.9 * len(lessons)
    assert sum(recipe.only for recipe in recipes) >= 0.85 * len(lessons)
    assert all(lesson.reason for lesson in lessons if lesson.recipe is None or not lesson.recipe.only)


@pytest.mark.parametrize("name", ["three-rows-a-story", "tailwind-card-is-link", "korean-board", "lazy-org-src"])
def test_a_page_cut_off_anywhere_is_read_or_reported_and_never_fails(name: str) -> None:
    html, url = case(name)
    full = extract_listing(html, url)
    recipe = learn_recipe(html, full, url, learned_on=DAY).recipe
    titles = {card.title for card in full.cards}
    for end in range(0, len(html), max(1, len(html) // 40)):
        listing = extract_listing(html[:end], url, recipe=recipe)
        if listing.drift is None and listing.cards:
            assert {card.title for card in listing.cards[:-1]} <= titles  # the last one may be cut itself


def test_a_card_that_nests_deeper_than_python_does_is_read() -> None:
    deep = "<i><b>" * 900
    html = page(OLD).replace(TITLES[0], f"{deep}{TITLES[0]}")
    assert extract_listing(html, URL, recipe={"card": "article", "only": True, "title": "h2"}).cards[0].title == TITLES[0]


def test_the_same_page_teaches_the_same_recipe() -> None:
    assert len({json.dumps(learned(page(OLD)).to_table(), default=str) for _ in range(5)}) == 1


@pytest.mark.parametrize("html", ["<p>Nothing here.</p>", "%PDF-1.4", ""], ids=["no list", "no page", "nothing"])
def test_no_recipe_is_learned_from_a_page_without_cards(html: str) -> None:
    lesson = learn_recipe(html, extract_listing(html, URL), URL, learned_on=DAY)
    assert lesson.recipe is None
    assert lesson.reason.startswith("no cards on the page")


def test_cards_say_by_which_selector_they_were_read() -> None:
    card = extract_listing(page(OLD), URL, recipe=learned(page(OLD))).cards[0]
    assert card.origin["title"] == "recipe: h2"
    assert card.origin["published_on"] == "recipe: time @datetime"


@pytest.mark.parametrize(
    "titles",
    [TITLES[1:], [TITLES[1], TITLES[0], *TITLES[2:]], TITLES[::-1]],
    ids=["one card removed", "two cards swapped", "in reverse"],
)
def test_what_happens_to_one_card_changes_nothing_for_the_others(titles: list[str]) -> None:
    recipe = learned(page(OLD))
    before = {row[0]: row for row in told(extract_listing(page(OLD), URL, recipe=recipe))}
    assert told(extract_listing(page(OLD, titles), URL, recipe=recipe)) == [before[title] for title in titles]


def test_a_card_without_a_field_shows_none_and_not_its_neighbours() -> None:
    recipe = learned(page(OLD))
    html = page(OLD).replace('<p class="lead-in">A sentence about it, long enough to be a teaser, number 2.</p>', "")
    blurbs = [card.blurb for card in extract_listing(html, URL, recipe=recipe).cards]
    assert blurbs[1] is None
    assert all(blurbs[at] is not None for at in (0, 2, 3))


def test_a_story_that_stands_there_twice_is_one_card() -> None:
    recipe = learned(page(OLD))
    assert [card.title for card in extract_listing(page(OLD, [*TITLES, TITLES[0]]), URL, recipe=recipe).cards] == TITLES


def test_ages_are_dated_from_the_fetch_and_marked() -> None:
    recipe = {"card": "article", "only": True, "title": "h2", "published": "time"}
    html = page(OLD.replace('<time datetime="2026-05-1{n}">1{n} May 2026', "<time>2 hours ago"))
    at = datetime(2026, 5, 24, 9, tzinfo=UTC)
    card = extract_listing(html, URL, recipe=recipe, fetched_at=at).cards[0]
    assert (card.published_on, card.origin["published_on"]) == ("2026-05-24", "recipe: time (relative)")
    assert extract_listing(html, URL, recipe=recipe).cards[0].published_on is None


# -- drift


def test_a_redesign_is_read_by_the_full_method_and_reported_with_old_and_new_numbers() -> None:
    listing = extract_listing(page(NEW), URL, recipe=learned(page(OLD)))
    assert [card.title for card in listing.cards] == TITLES
    assert listing.drift is not None
    assert (listing.drift.expected_cards, listing.drift.found_cards, listing.drift.read_cards) == ((2, 12), 0, 4)
    assert (
        str(listing.drift)
        == "expected 2 to 12 cards with blurb, read time, date and image, found 0; read by the full method: 4 cards"
    )
    assert f"drift: {listing.drift}" in listing.problems


@pytest.mark.parametrize("only", [True, False], ids=["reads only what it names", "names the cards"])
@pytest.mark.parametrize(
    ("expects", "html", "found"),
    [
        ({"cards": [20, 40]}, page(OLD), "4"),
        ({"cards": [1, 2]}, page(OLD), "4"),
        ({"published": 1.0}, page(OLD.replace("<time", "<i hidden").replace("</time", "</i")), "4, date on 0% of them instead of 100%"),
        ({"own_site": 1.0}, page(OLD.replace('href="', 'href="https://other.example')), "4, 0% lead to the page's own site instead of 100%"),
    ],
    ids=["too few", "too many", "a field is gone", "leads elsewhere"],
)  # fmt: skip
def test_what_differs_from_the_expectations_is_drift(expects: dict[str, Any], html: str, found: str, only: bool) -> None:
    recipe = {"card": "article", "only": only, "title": "h2", "url": "a @href", "published": "time @datetime", "expects": expects}
    listing = extract_listing(html, URL, recipe=recipe)
    assert listing.drift is not None
    assert listing.drift.found == found
    assert len(listing.cards) == 4


def test_a_recipe_that_reads_another_list_than_last_night_s_has_drifted() -> None:
    boxes = "".join(f'<article><h2><a href="/promo/{n}">Subscribe to our letter {n}</a></h2></article>' for n in range(4))
    html = page(NEW, wrapper='<div class="promo">' + boxes + '</div><main class="list">{}</main>')
    recipe = {"card": "article", "only": True, "title": "h2", "url": "a @href"}
    known = [(f"https://news.example/{title.lower().replace(' ', '-')}", title) for title in TITLES]
    assert extract_listing(html, URL, recipe=recipe).drift is None
    drift = extract_listing(html, URL, recipe=recipe, known=known).drift
    assert drift is not None
    assert drift.found == "4, 0 of the 4 cards of the last look that the page still links to"


def test_a_list_that_has_turned_over_is_no_drift() -> None:
    known = [(f"https://news.example/of-yesterday-{n}", f"Of yesterday {n}") for n in range(8)]
    assert extract_listing(page(OLD), URL, recipe=learned(page(OLD)), known=known).drift is None


# -- by hand


def test_a_person_s_selectors_win_field_by_field_and_the_rest_is_found() -> None:
    html = page(
        '<li class="row"><b class="k">{n} km</b><h3><a href="/{slug}">{title}</a></h3><em class="who">Redaktion: Ada Voss</em>'
        '<i class="len">1{n} min</i><p>A sentence about it, long enough to be a teaser, number {n}.</p></li>',
        wrapper='<ul class="box">{}</ul>',
    )
    recipe = {"card": "ul.box > li", "category": ".k", "author": "em.who", "read_time": "i.len"}
    listing = extract_listing(html, URL, recipe=recipe)
    assert [(card.category, card.read_time_minutes) for card in listing.cards] == [(f"{n} km", 10 + n) for n in range(1, 5)]
    assert [card.title for card in listing.cards] == TITLES
    assert all(card.blurb and card.url for card in listing.cards)
    assert listing.cards[0].origin["category"] == "recipe: .k"


def test_cards_that_are_runs_of_siblings_are_read_up_to_the_next() -> None:
    rows = "".join(
        f'<tr class="head"><td><a href="/{n}">{title}</a></td></tr><tr><td class="by">by Ada {n}</td></tr>'
        for n, title in enumerate(TITLES)
    )
    recipe = {"card": "tr.head", "siblings": True, "only": True, "title": "td a", "url": "a @href", "author": ".by"}
    listing = extract_listing(f"<table>{rows}</table>", URL, recipe=recipe)
    assert [(card.title, card.author) for card in listing.cards] == [(title, f"Ada {n}") for n, title in enumerate(TITLES)]


def test_the_first_reading_that_gives_something_wins() -> None:
    html = '<article><h2>One story of many</h2><img data-src="/a.jpg" src="/x/placeholder.gif"></article><article><h2>Another one of them</h2><img src="/b.jpg"></article>'
    recipe = {"card": "article", "only": True, "title": ":scope > h2", "image": ["img @data-src", "img @src"]}
    images = [card.image_url for card in extract_listing(html, URL, recipe=recipe).cards]
    assert images == ["https://news.example/a.jpg", "https://news.example/b.jpg"]


def test_known_cards_bring_back_a_list_that_nothing_else_would_trust() -> None:
    bare = '<aside class="widget sidebar"><ul>{}</ul></aside>'.format(
        "".join(f'<li><a href="/{title.lower()}">{title}</a></li>' for title in ("Tide", "Gale", "Moor", "Fen"))
    )
    known = [("https://news.example/tide", "Tide"), ("https://news.example/gale", None), (None, "Moor")]
    assert extract_listing(bare, URL).verdict is not Verdict.LISTING
    assert [card.title for card in extract_listing(bare, URL, known=known).cards] == ["Tide", "Gale", "Moor", "Fen"]


# -- the demo's outlets, night after night


def served(slug: str, night: int) -> tuple[bytes, str]:
    url = outlets()[slug].listing_url
    host, _, path = url.removeprefix("http://").partition("/")
    return answer(slug, night, f"/{path}", f"http://{host}").body, url


OUTLETS = ("auental", "cities", "courier", "kilowatt", "minatono")


@pytest.mark.parametrize("slug", OUTLETS)
def test_a_recipe_of_the_first_night_reads_the_nights_after_it(slug: str) -> None:
    html, url = served(slug, 0)
    first = extract_listing(html, url)
    lesson = learn_recipe(html, first, url, learned_on=DAY)
    assert lesson.recipe is not None, lesson.reason
    known = [(card.url, card.title) for card in first.cards]
    for night in range(1, len(NIGHTS)):
        html, url = served(slug, night)
        listing = extract_listing(html, url, recipe=lesson.recipe, known=known)
        if outlets()[slug].editions[night].failure:
            continue
        assert [key(card) for card in listing.cards] == [key(card) for card in expected_cards(slug, night)]
        assert slips(listing, slug, night) <= slips(first, slug, 0)  # a recipe knows no more than the look that taught it
        redesigned = outlets()[slug].editions[night].design != outlets()[slug].editions[0].design
        assert (listing.drift is not None) == redesigned
        if listing.drift is not None:
            assert listing.drift.found_cards == 0
            assert listing.drift.read_cards == len(listing.cards)
        known = [(card.url, card.title) for card in listing.cards]


def slips(listing: Listing, slug: str, night: int) -> int:
    """Fields that say something else than what a person sees."""
    fields = ("blurb", "read_time_minutes", "published_on", "author", "category")
    return sum(
        getattr(card, name) != getattr(true, name)
        for card, true in zip(listing.cards, expected_cards(slug, night), strict=True)
        for name in fields
    )


def key(card: Card) -> tuple[str | None, str | None]:
    return card.title, canonical_url(card.url) if card.url else None


STAGGERED = "".join(
    f'<div class="a{n % 2}"><p><a href="/s/{n}-of-the-page">Story number {n} of this page</a></p>{"<p>" if n % 2 else ""}<p>What it is about, in a sentence or two, number {n}.</p></div>'
    for n in range(8)
)


def test_a_recipe_that_watches_leaves_the_reading_to_the_full_method_and_reports_drift() -> None:
    page = f"<main><h1>News</h1>{STAGGERED}</main>"
    recipe = Recipe.from_table({"card": "main > div", "watch": True, "expects": {"cards": [3, 20], "blurb": 1.0}})
    full, watched = extract_listing(page, URL), extract_listing(page, URL, recipe=recipe)
    assert watched.drift is None
    assert watched == full
    redesigned = page.replace("<div", "<section").replace("</div", "</section")
    again = extract_listing(redesigned, URL, recipe=recipe)
    assert again.cards == extract_listing(redesigned, URL).cards
    assert again.drift is not None
    assert (again.drift.found_cards, again.drift.read_cards) == (0, 8)
    assert str(again.drift) == "expected 3 to 20 cards with blurb, found 0; read by the full method: 8 cards"


@pytest.mark.parametrize("table", [{"only": True, "title": "h2"}, {"title": "h2"}, {"siblings": True}])
def test_a_recipe_that_watches_reads_nothing(table: dict[str, object]) -> None:
    with pytest.raises(RecipeError, match="only watches"):
        Recipe.from_table({"card": "article", "watch": True, **table})


def lesson_of(page: str) -> Lesson:
    return learn_recipe(page, extract_listing(page, URL), URL, learned_on=date(2024, 5, 24))


def test_where_the_cards_stand_in_another_order_than_they_are_read_the_recipe_watches() -> None:
    html = page(OLD)
    listing = extract_listing(html, URL)
    first, second, *others = listing.cards
    lesson = learn_recipe(html, replace(listing, cards=(second, first, *others)), URL, learned_on=DAY)
    assert lesson.recipe is not None
    assert lesson.recipe.watch
    assert lesson.reason
    assert Recipe.from_table(lesson.recipe.to_table()) == lesson.recipe


# -- what recipes can say


def list_of(card: str, wrapper: str = "<main>{}</main>", cards: int = 6) -> str:
    """A page of cards, each with its number `{n}`, a writer `{who}` and a day `{day}`."""
    writers = ("Ada Voss", "Ilse Tann", "Noor de Wit")
    made = (card.format(n=n, who=writers[n % 3], day=f"{10 + n}.05.2024") for n in range(1, cards + 1))
    return f"<html lang=de><body>{wrapper.format(''.join(made))}</body></html>"


HEAD = '<h2><a href="/story-{n}">The harbour opens again, number {n}</a></h2>'
TEXT = "<p>The ferries are on time, and the dredger has left, number {n}.</p>"


@pytest.mark.parametrize(
    ("card", "field", "written"),
    [
        (f'<article>{HEAD}{TEXT}<p class="info">{{day}}, von {{who}}</p></article>', "author", "p.info"),
        (f'<article>{HEAD}{TEXT}<p class="info">{{day}} | {{who}} | 3 min read</p></article>', "author", "p.info @2"),
        (f'<article>{HEAD}{TEXT}<p class="info">{{n}}0 points by <a href="/u/{{n}}">{{who}}</a> {{day}} | <a href="/c/{{n}}">4 comments</a></p></article>', "published", "p.info @3"),
        (f'<article>{HEAD}<p>{{day}} - The ferries are on time, and the dredger has left, number {{n}}.</p></article>', "blurb", "p"),
        ('<a href="/story-{n}"><article><h2>The harbour opens again, number {n}</h2><p>The ferries are on time, number {n}.</p></article></a>', "url", "@href"),
        ('<dt>{day}</dt><dd><a href="/story-{n}">The harbour opens again, number {n}</a></dd>', "published", ":scope"),
    ],
    ids=["a byline beside a date", "a part between bars", "a part between elements", "a teaser behind its date", "the link around a card", "a date before the title"],
)  # fmt: skip
def test_a_recipe_names_what_is_only_a_part_of_an_element_or_stands_around_it(card: str, field: str, written: str) -> None:
    html = list_of(card, "<dl>{}</dl>" if card.startswith("<dt>") else "<main>{}</main>")
    full = extract_listing(html, URL)
    assert len(full.cards) == 6
    recipe = lesson_of(html).recipe
    assert recipe is not None
    assert recipe.only
    table = recipe.to_table()
    assert field in table
    if field != "published" or written == ":scope":
        assert table[field] == written
    assert told(extract_listing(html, URL, recipe=recipe)) == told(full)
    other = list_of(card, "<dl>{}</dl>" if card.startswith("<dt>") else "<main>{}</main>", cards=9)
    assert told(extract_listing(other, URL, recipe=recipe)) == told(extract_listing(other, URL))


def test_cards_that_name_one_another_are_told_by_the_place_of_their_own_title() -> None:
    card = f'<article class="story">{HEAD}{TEXT}</article>'
    beside = "".join(f'<li><a href="/story-{n}">The harbour opens again, number {n}</a></li>' for n in range(1, 4))
    html = list_of(card, f"<aside><h4>Most read</h4><ol>{beside}</ol></aside><main>{{}}</main>").replace(
        "has left, number 2.", 'has left, number 2. See <a href="/story-3">The harbour opens again, number 3</a>'
    )
    recipe = lesson_of(html).recipe
    assert recipe is not None
    assert recipe.only
    assert told(extract_listing(html, URL, recipe=recipe)) == told(extract_listing(html, URL))


def test_a_selector_of_few_cards_goes_before_the_one_that_is_wrong_on_them() -> None:
    plain = f'<article><h3>The harbour opens again, number {{n}}</h3>{TEXT}<a href="/s-{{n}}">Read more</a></article>'
    special = (
        f'<article><h3>Special</h3><h2>The lighthouse is dark, number {{n}}</h2>{TEXT}<a href="/s-2{{n}}">Read more</a></article>'
    )
    html = list_of(plain).replace("</main>", "".join(special.format(n=n) for n in (1, 2)) + "</main>")
    seen = extract_listing(html, URL)
    meant = [replace(card, title=f"The lighthouse is dark, number {n}") for n, card in enumerate(seen.cards[6:], 1)]
    recipe = learn_recipe(html, replace(seen, cards=(*seen.cards[:6], *meant)), URL, learned_on=DAY).recipe
    assert recipe is not None
    assert recipe.only
    assert recipe.to_table()["title"] == ["h2", "h3"]
    assert [card.title for card in extract_listing(html, URL, recipe=recipe).cards][6:] == [card.title for card in meant]


@pytest.mark.parametrize(
    "pager",
    [
        '<div class="pager"><b>1</b> <a href="/latest?p=2">2</a> <a href="/latest?p=3">3</a></div>',
        '<ul class="pager"><li class="page active"><a href="/latest">1</a></li><li class="page"><a href="/latest?p=2">2</a></li><li class="page"><a href="/latest?p=3">3</a></li></ul>',
        '<ol><li data-page="1"><a href="/latest">1</a></li><li data-page="2"><a href="/latest?p=2">2</a></li><li data-page="3"><a href="/latest?p=3">3</a></li><li data-page="next"><a href="/latest?p=2">Next</a></li></ol>',
    ],
    ids=["behind the number shown", "behind the item shown", "by an attribute"],
)  # fmt: skip
def test_the_link_to_the_older_cards_is_named_by_what_holds_on_the_next_page_too(pager: str) -> None:
    html = list_of(f"<article>{HEAD}{TEXT}</article>", "<main>{}</main>" + pager)
    listing = extract_listing(html, URL)
    assert listing.next_page_url == "https://news.example/latest?p=2"
    recipe = lesson_of(html).recipe
    assert recipe is not None
    assert recipe.only
    assert recipe.next_page is not None
    assert not any(map(str.isdigit, recipe.next_page.css))
    assert extract_listing(html, URL, recipe=recipe).next_page_url == listing.next_page_url


@pytest.mark.parametrize(
    ("row", "card"),
    [
        (
            '<tr valign="top"><td>{day}</td><td><a href="/{n}">The harbour opens {n}</a></td></tr><tr><td></td><td>The dredger has left, and the ferries are on time, {n}. <a href="/{n}">[more]</a></td></tr><tr><td colspan="2"><hr></td></tr>',
            "tr[valign]",
        ),
        (
            '<tr><td>{day}</td><td><a href="/{n}"><b>The harbour opens {n}</b></a></td></tr><tr><td></td><td>The dredger has left, and the ferries are on time, {n}.</td></tr><tr><td colspan="2"><hr></td></tr>',
            "tr:has(a)",
        ),
    ],
    ids=["an attribute", "something inside"],
)
def test_rows_that_begin_a_card_are_told_by_what_only_they_have(row: str, card: str) -> None:
    rows = "".join(row.format(n=n, day=f"2{n}.05.2024") for n in range(1, 7))
    recipe = lesson_of(f"<html lang=de><table>{rows}</table></html>").recipe
    assert recipe is not None
    assert (recipe.card, recipe.siblings, recipe.only) == (card, True, True)


def test_an_advertisement_among_the_cards_is_left_out_by_a_name_of_its_own() -> None:
    cards = "".join(
        f'<article class="tease"><h3><a href="/{n}">The harbour opens {n}</a></h3><p>The ferries are on time, number {n}.</p></article>'
        for n in range(5)
    )
    advert = '<article class="tease paid"><span class="label">Advertisement</span><h3><a href="https://shop.example/">Windows so clear you miss them</a></h3><p>Book a survey.</p></article>'
    recipe = lesson_of(f"<main>{cards}{advert}</main>").recipe
    assert recipe is not None
    assert recipe.only
    assert ":not(" in recipe.card


def test_tags_that_no_selector_can_name_are_no_hindrance() -> None:
    cards = "".join(
        f"<div<p><h2><a href=/{n}>The harbour opens {n}</a></h2><p>The ferries are on time again, number {n}.</p><time datetime=2026-05-1{n}></time></div<p>"
        for n in range(5)
    )
    lesson = lesson_of(f"<main>{cards}</main>")
    assert lesson.recipe is not None, lesson.reason
