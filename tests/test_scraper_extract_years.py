"""Years that stand over parts of a list."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper import extract_listing
from scraper.extract.walk import walk
from scraper.extract.years import Years

_DAYS = ("24 June", "9 May", "1 January")


def _years(html: str) -> list[int | None]:
    tree = walk(LexborHTMLParser(html))
    cards = [node for node, tag in enumerate(tree.tags) if tag == "li"]
    return Years(tree).over([(card, tree.ends[card]) for card in cards])


@pytest.mark.parametrize("over", ["2022", "2022年", " 2022 (14) ", "— 2022 —", "2022 · 14"])
def test_a_year_alone_in_its_text_stands_over_the_cards_below_it(over: str) -> None:
    assert _years(f"<p>{over}</p><ul><li>one</li><li>two</li></ul><h2>2021</h2><ul><li>three</li></ul>") == [2022, 2022, 2021]


@pytest.mark.parametrize("over", ["Founded in 2022", "20221", "1492", "2022-06", "Since 1999 we have printed it here"])
def test_a_year_in_other_words_stands_over_nothing(over: str) -> None:
    assert _years(f"<p>{over}</p><ul><li>one</li><li>two</li></ul>") == [None, None]


def test_a_heading_with_other_words_ends_a_year() -> None:
    assert _years("<h2>2022</h2><ul><li>one</li></ul><h2>Undated</h2><ul><li>two</li></ul>") == [2022, None]


def test_a_year_inside_a_card_is_the_cards_own() -> None:
    assert _years("<ul><li>one <b>2022</b></li><li>two</li></ul>") == [None, None]


def _list(over: str, days: tuple[str, ...] = _DAYS) -> str:
    items = "".join(
        f'<li><span>{day}</span><a href="/letters/what-happened-on-day-{n}/">What happened here on day number {n}</a></li>'
        for n, day in enumerate(days)
    )
    return f"<main><h1>Archive</h1>{over}<ul>{items}</ul></main>"


def test_days_take_the_year_over_them() -> None:
    cards = extract_listing(_list("<h2>2022</h2>"), "https://letters.example/archive/").cards
    assert [card.published_on for card in cards] == ["2022-06-24", "2022-05-09", "2022-01-01"]
    assert [card.published_raw for card in cards] == list(_DAYS)


def test_days_without_a_year_over_them_stay_open() -> None:
    cards = extract_listing(_list("<h2>Letters</h2>"), "https://letters.example/archive/").cards
    assert [card.published_on for card in cards] == [None, None, None]


def test_a_date_that_says_its_year_keeps_it() -> None:
    days = ("24 June 2019", "9 May 2019", "1 January 2019")
    cards = extract_listing(_list("<h2>2022</h2>", days), "https://letters.example/archive/").cards
    assert [card.published_on for card in cards] == ["2019-06-24", "2019-05-09", "2019-01-01"]
