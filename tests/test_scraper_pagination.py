"""The next page: declared, counted, or called so, and never another section, another day or the page before."""

from __future__ import annotations

import pytest

from scraper.listing import extract_listing
from scraper.pagination import page_step

CARDS = "".join(
    f'<article><h2><a href="/{slug}">{title}</a></h2><p>A sentence about it that is long enough to be a teaser.</p></article>'
    for slug, title in [
        ("harbour-reopens", "Harbour reopens after the storm"),
        ("council-votes", "Council votes on free school meals"),
        ("night-trains", "Night trains return to the north"),
    ]
)


def next_page(pager: str, url: str = "https://news.example/latest", head: str = "") -> str | None:
    return extract_listing(
        f"<html><head><title>Latest</title>{head}</head><body><main>{CARDS}</main>{pager}</body></html>", url
    ).next_page_url


@pytest.mark.parametrize(
    ("current", "other", "step"),
    [
        ("https://news.example/", "https://news.example/page/2/", 1),
        ("https://news.example/page/2/", "https://news.example/page/3/", 1),
        ("https://news.example/page/2/", "https://news.example/page/1/", -1),
        ("https://news.example/news", "https://news.example/news?page=2", 1),
        ("https://news.example/news?page=3", "https://news.example/news?page=4", 1),
        ("https://news.example/news?type=a", "https://news.example/news?sort=d&type=a&page=2", 1),
        ("https://news.example/list.html", "https://news.example/list_2.html", 1),
        ("https://news.example/index.html", "https://news.example/index2.html", 1),
        ("https://news.example/ticker/", "https://news.example/ticker/seite-2/", 1),
        ("https://news.example/events", "https://news.example/events//p2", 1),
        ("https://news.example/list_48_2.html", "https://news.example/list_48_3.html", 1),
        ("https://news.example/list_48_2.html", "https://news.example/list_49_2.html", None),
        ("https://news.example/news/", "https://news.example/news/three-things-to-know-2", None),
        ("https://news.example/news/", "https://news.example/news/2024", None),
        ("https://news.example/news/", "https://other.example/news/page/2/", None),
        ("https://news.example/news", "https://news.example/sport", None),
    ],
)
def test_pages_of_one_list_are_counted_by_their_addresses(current: str, other: str, step: int | None) -> None:
    assert page_step(current, other) == step


@pytest.mark.parametrize(
    ("pager", "wanted"),
    [
        pytest.param('<nav><a href="/latest/page/2/">Older posts</a></nav>', "/latest/page/2/", id="english words"),
        pytest.param(
            '<div><a class="x" href="/aeltere">Ältere Beiträge »</a></div>',
            "/aeltere",
            id="german words, no number in the address",
        ),
        pytest.param('<div><a href="/p/2">次へ</a></div>', "/p/2", id="japanese"),
        pytest.param('<div><a href="/p/2">下一页</a></div>', "/p/2", id="chinese"),
        pytest.param('<div><a href="/a/2">أقدم</a></div>', "/a/2", id="arabic"),
        pytest.param('<div><a href="/2.html">Notizie precedenti</a></div>', "/2.html", id="previous that means older"),
        pytest.param('<div><a rel="next" href="/more-of-it"><svg></svg></a></div>', "/more-of-it", id="rel=next on a picture"),
        pytest.param(
            '<ul class="pagination"><li>1</li><li><a href="/latest/b">2</a></li><li><a href="/latest/c">3</a></li></ul>',
            "/latest/b",
            id="numbers around an unlinked one",
        ),
        pytest.param(
            '<ul class="pager"><li><a href="/latest">«</a></li><li><a href="/latest/page/2/">2</a></li><li><a href="/latest/page/9/">9</a></li><li><a href="/latest/page/9/">Last</a></li></ul>',
            "/latest/page/2/",
            id="not the last page",
        ),
    ],
)
def test_the_link_to_older_cards_is_found(pager: str, wanted: str) -> None:
    assert next_page(pager) == f"https://news.example{wanted}"


def test_the_head_alone_can_name_the_next_page() -> None:
    assert next_page("", head='<link rel="next" href="?page=2">') == "https://news.example/latest?page=2"


@pytest.mark.parametrize(
    "pager",
    [
        pytest.param("", id="nothing there"),
        pytest.param('<a href="/latest?page=1">Newer posts</a>', id="newer"),
        pytest.param('<a href="/sport">More</a>', id="another section"),
        pytest.param('<a href="#" class="next">Next</a>', id="a slider's button"),
        pytest.param('<a href="https://other.example/2">Next</a>', id="another site"),
        pytest.param('<a href="/2023/">2023</a><a href="/2022/">2022</a>', id="years of an archive"),
    ],
)
def test_no_page_is_made_up(pager: str) -> None:
    assert next_page(pager) is None


def test_previous_is_not_next_in_the_middle_of_a_list() -> None:
    pager = '<nav><a rel="prev" href="/latest/page/4/">Previous</a><a rel="next" href="/latest/page/6/">Next</a></nav>'
    assert next_page(pager, "https://news.example/latest/page/5/") == "https://news.example/latest/page/6/"


def test_a_link_inside_a_card_is_no_pager() -> None:
    pager = ""
    card = '<article><h2><a href="/x">One more thing to read tonight</a></h2><p>Some words of text for it. <a href="/latest/page/2/">Next</a></p></article>'
    listing = extract_listing(f"<main>{CARDS}{card}</main>{pager}", "https://news.example/latest")
    assert len(listing.cards) == 4
    assert listing.next_page_url is None
