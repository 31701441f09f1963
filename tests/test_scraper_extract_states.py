"""Pages that a script draws: their cards are read from the data that they bring along, wherever a framework leaves those."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper import Verdict, extract_listing, learn_recipe
from scraper.extract.script_values import read_value
from scraper.extract.states import read_states

URL = "https://network.example/latest"
STORIES = [
    ("Cities ask for more trees", "/latest/trees", "Mayors call on ministers to vote for the law.", "2024-05-24", 8),
    ("What the vote means for towns", "/latest/vote", "The next parliament decides on housing and clean air.", "2024-05-23", 4),
    ("Members elect a new president", "/latest/president", "The assembly chose the mayor of Tarnby.", "2024-05-21", 2),
    ("Night mayors meet in Lower Havn", "/latest/night-mayors", "Clubs and neighbours share one street.", "2024-05-17", 7),
]
EXPECTED = [(title, f"https://network.example{path}", blurb, day, minutes) for title, path, blurb, day, minutes in STORIES]
POSTS = [
    {"id": number, "title": title, "url": path, "excerpt": blurb, "publishedAt": f"{day}T08:00:00Z", "readingTime": minutes}
    for number, (title, path, blurb, day, minutes) in enumerate(STORIES)
]


def shell(body: str, head: str = "") -> str:
    return f'<html lang="en"><head><title>Latest</title>{head}<script src="/app.js"></script></head><body><div id="root"></div>{body}</body></html>'


def script(text: str, attributes: str = "") -> str:
    return f"<script {attributes}>{text}</script>"


def as_json(value: Any) -> str:
    return script(json.dumps(value), 'type="application/json"')


def devalued(value: Any) -> list[Any]:
    """`value` in devalue's flat form."""
    flat: list[Any] = []

    def add(part: Any) -> int:
        number = len(flat)
        flat.append(None)
        if isinstance(part, dict):
            flat[number] = {key: add(inner) for key, inner in part.items()}
        elif isinstance(part, list):
            flat[number] = [add(inner) for inner in part]
        else:
            flat[number] = part
        return number

    add(value)
    return flat


def streamed(value: Any) -> list[Any]:
    """`value` in turbo-stream's flat form, in which keys are indexes, too."""
    flat = devalued(value)
    for part in list(flat):
        if isinstance(part, dict):
            for key in list(part):
                flat.append(key)
                part[f"_{len(flat) - 1}"] = part.pop(key)
    return flat


def typed(value: Any) -> list[Any]:
    """`value` as Astro writes the properties of an island."""
    if isinstance(value, list):
        return [1, [typed(inner) for inner in value]]
    return [0, {key: typed(inner) for key, inner in value.items()} if isinstance(value, dict) else value]


def bare(post: dict[str, Any]) -> str:
    return (
        "{"
        + ", ".join(f"{key}: {value!r}" if isinstance(value, str) else f"{key}: {value}" for key, value in post.items())
        + ", draft: !1, cover: void 0,}"
    )


ENTITIES = {f"Post:{post['id']}": {"__typename": "Post", **post} for post in POSTS}
REFERENCES = [{"node": {"__ref": key}} for key in ENTITIES]
WAYS = {
    "Next.js": script(json.dumps({"props": {"pageProps": {"posts": POSTS}}}), 'id="__NEXT_DATA__" type="application/json"'),
    "Next.js, pushed in pieces": "".join(
        script(f"self.__next_f.push([1,{json.dumps(piece)}])")
        for text in ["1:null\n7:" + json.dumps(["$", "$L3", None, {"posts": POSTS}]) + "\n8:null\n"]
        for piece in (text[:150], text[150:])
    ),
    "Nuxt 2": script(
        "window.__NUXT__=(function(a,b){a.pageSize=4;return {data:[{posts:["
        + ",".join(bare(post).replace(",}", ",site:b}") for post in POSTS)
        + ']}],state:a}}({},"network"));'
    ),
    "Nuxt 3": script(json.dumps(devalued({"data": {"posts": POSTS}})), 'id="__NUXT_DATA__" type="application/json"'),
    "React Router": script(
        f"window.__reactRouterContext.streamController.enqueue({json.dumps(json.dumps(streamed({'loaderData': {'posts': POSTS}})) + chr(10))});"
    ),
    "SvelteKit, a body in a text": as_json({"status": 200, "headers": {}, "body": json.dumps({"posts": POSTS})}),
    "an object for a name": script(f"window.__INITIAL_STATE__ = {json.dumps({'news': {'items': POSTS}})};"),
    "no JSON": script("const store = {\n  // made today\n  posts: [" + ", ".join(map(bare, POSTS)) + "]\n};"),
    "a text that is parsed": script(f"window.__PRELOADED__ = JSON.parse({json.dumps(json.dumps(POSTS))});"),
    "an Apollo store": script(
        f"window.__APOLLO_STATE__={json.dumps({'ROOT_QUERY': {'posts': {'edges': REFERENCES}}, **ENTITIES})}"
    ),
    "entries by their numbers": as_json({"ids": [0, 1, 2, 3], "byId": {str(post["id"]): post for post in reversed(POSTS)}}),
    "Inertia": f'<div data-page="{escape(json.dumps({"component": "Latest", "props": {"posts": POSTS}}))}"></div>',
    "Astro": f'<astro-island props="{escape(json.dumps({"posts": typed(POSTS)}))}"></astro-island>',
    "WordPress REST": script(
        "var initial = "
        + json.dumps(
            [
                {
                    "date": f"{day}T10:00:00",
                    "modified": "2024-06-01T10:00:00",
                    "link": f"https://network.example{path}",
                    "title": {"rendered": title.replace("a", "&#97;")},
                    "excerpt": {"rendered": f"<p>{blurb} <a href='{path}'>Read more</a></p>"},
                    "reading_time": {"text": f"{minutes} min read", "words": 900},
                }
                for title, path, blurb, day, minutes in STORIES
            ]
        )
    ),
    "Strapi": as_json(
        {
            "data": [
                {
                    "id": 90 - number,
                    "attributes": {
                        "heading": title,
                        "path": path,
                        "summary": blurb,
                        "createdAt": "2020-01-01T00:00:00Z",
                        "publishDate": day,
                        "readTime": f"{minutes} min",
                    },
                }
                for number, (title, path, blurb, day, minutes) in enumerate(STORIES)
            ]
        }
    ),
    "sections of lists": as_json(
        {
            "sections": [
                {"title": "News from the cities of the network", "url": "/section/cities", "stories": POSTS[:3]},
                {"title": "What they are reading elsewhere", "url": "/section/elsewhere", "stories": [*POSTS[1:3], POSTS[3]]},
                {"title": "And the pictures of the week", "url": "/section/pictures", "stories": []},
            ]
        }
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_cards_are_read_from_the_data_of_the_page_and_say_so(way: str) -> None:
    listing = extract_listing(shell(WAYS[way]), URL)
    assert [
        (card.title, card.url, card.blurb, card.published_on, card.read_time_minutes) for card in listing.cards
    ] == EXPECTED, listing.reason
    assert listing.verdict is Verdict.LISTING
    assert "its HTML has none" in listing.reason
    for card in listing.cards:
        assert all(origin.startswith("state ") for origin in card.origin.values())
        assert card.confidence < 1


def test_a_list_in_json_ld_counts_where_the_page_shows_none() -> None:
    items = [{"@type": "ListItem", "position": at, "url": path, "name": title} for at, (title, path, *_) in enumerate(STORIES, 1)]
    block = json.dumps({"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items})
    listing = extract_listing(shell("", script(block, 'type="application/ld+json"')), URL)
    assert [(card.title, card.url) for card in listing.cards] == [(title, url) for title, url, *_ in EXPECTED]
    assert {card.origin["title"] for card in listing.cards} == {"json-ld"}


@pytest.mark.parametrize("way", ["Next.js", "no JSON", "Inertia"])
def test_what_the_page_shows_is_never_mixed_with_its_data(way: str) -> None:
    shown = "".join(
        f'<article><h2><a href="/shown/{number}-story-of-the-page">Story number {number} of the page</a></h2><p>It is about this and that, in a sentence.</p></article>'
        for number in range(4)
    )
    listing = extract_listing(f"<html><body><main>{shown}</main>{WAYS[way]}</body></html>", URL)
    assert [card.title for card in listing.cards] == [f"Story number {number} of the page" for number in range(4)]


def without(*names: str) -> list[dict[str, Any]]:
    return [{key: value for key, value in post.items() if key not in names} for post in POSTS]


@pytest.mark.parametrize(
    "state",
    [
        {"menu": {"items": POSTS}},
        {"footer": {"links": POSTS}},
        {"mostRead": POSTS},
        {"relatedArticles": POSTS},
        {"products": [{**post, "price": 12} for post in POSTS]},
        {"staff": [{**post, "email": "a@network.example", "phone": "1"} for post in POSTS]},
        {"posts": POSTS[:2]},
        {"posts": without("url")},
        {"posts": without("title", "excerpt")},
        {"links": without("excerpt", "publishedAt", "readingTime")},
        {"labels": [{"title": "Read", "url": "/read"}, {"title": "Close", "url": "/close"}, {"title": "More", "url": "/more"}]},
    ],
    ids=[
        "menu",
        "footer",
        "most read",
        "related",
        "products",
        "people",
        "two",
        "no addresses",
        "no titles",
        "bare links",
        "labels",
    ],
)
def test_what_is_no_list_of_stories_stays_a_page_that_needs_javascript(state: dict[str, Any]) -> None:
    listing = extract_listing(shell(as_json(state)), URL)
    assert (listing.verdict, listing.cards) == (Verdict.NEEDS_JAVASCRIPT, ())


def test_a_name_without_an_address_gives_one_only_where_the_page_shows_how_they_are_made() -> None:
    posts = [{**post, "url": None, "slug": str(post["url"]).rpartition("/")[2] + "-today"} for post in POSTS]
    alone = extract_listing(shell(as_json({"posts": posts})), URL)
    assert [(card.title, card.url) for card in alone.cards] == [(title, None) for title, *_ in STORIES]
    linked = extract_listing(shell('<a href="/read/trees-today">Newest</a>' + as_json({"posts": posts})), URL)
    assert [card.url for card in linked.cards] == [f"https://network.example/read/{post['slug']}" for post in posts]


def test_no_recipe_is_learned_from_data_and_the_reason_is_given() -> None:
    html = shell(WAYS["Next.js"])
    lesson = learn_recipe(html, extract_listing(html, URL), URL, learned_on=date(2024, 5, 24))
    assert lesson.recipe is None
    assert "data for the page's script" in lesson.reason


WITHOUT_NULS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))  # NULs are taken out


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WITHOUT_NULS,
        lambda inner: st.lists(inner) | st.dictionaries(WITHOUT_NULS, inner),
        max_leaves=20,
    )
)
def test_json_is_read_as_json_whatever_stands_behind_it(value: Any) -> None:
    text = json.dumps(value)
    assert read_value(f" {text};x", 0) == (value, len(text) + 1)


@given(st.text(alphabet="{}[]()'\"`,:;!/*\\ abx01\n.-functionreturn", max_size=60))
def test_no_script_makes_it_raise_but_for_a_value_that_is_none(text: str) -> None:
    with contextlib.suppress(ValueError):
        read_value(text, 0)
    read_states(LexborHTMLParser(shell(script(f"window.a={text}"))))


def test_data_that_hold_themselves_end() -> None:
    flat = [{"posts": 1, "self": 0}, [2, 2, 2], {"title": 3, "url": 4, "inner": 2}, "A title of four words", "/a/b-c-d"]
    listing = extract_listing(shell(as_json(flat)), URL)
    assert listing.verdict in (Verdict.LISTING, Verdict.NEEDS_JAVASCRIPT)


def test_half_a_character_in_the_data_is_no_half_character_in_a_card_nor_does_a_nul_end_it() -> None:
    posts = json.dumps(POSTS).replace("Cities ask", "Cit\\u0000ies \\ud83d ask").replace("Mayors", "\\ud83d\\ude80 Mayors")
    card = extract_listing(shell(script(posts, 'type="application/json"')), URL).cards[0]
    assert (card.title or "").encode() == "Cities \ufffd ask for more trees".encode()
    assert (card.blurb or "").startswith("🚀 Mayors")


def test_data_fill_what_a_card_that_is_shown_leaves_open_and_nothing_else() -> None:
    shown = "".join(
        f'<article><h2><a href="{path}">{title} today</a></h2><p>{blurb}</p></article>' for title, path, blurb, *_ in STORIES[:3]
    )
    listing = extract_listing(f"<html><body><main>{shown}</main>{WAYS['Next.js']}</body></html>", URL)
    assert [(card.title, card.blurb, card.published_on, card.read_time_minutes) for card in listing.cards] == [
        (f"{title} today", blurb, day, minutes) for title, _, blurb, day, minutes in STORIES[:3]
    ]
    assert listing.cards[0].origin["published_on"] == "state application/json: props.pageProps.posts[].publishedAt"
    assert listing.cards[0].origin["title"] == "heading"
