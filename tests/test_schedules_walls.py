"""Walls as a crawl meets them: the whole way from an answer to the outcome that is recorded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from made_up_walls import MISSING, ORDINARY, WALLS, page

from schedules.judge import Judgement, judge_look
from scraper.answers import judge_answer
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from scraper.reading import read_page
from scraper.transport import Answer

URL = "https://paper.example/news"
OUTCOMES = {
    "BOT": {Outcome.BLOCKED},
    "REGION": {Outcome.BLOCKED},
    "CONSENT": {Outcome.WALL},
    "LOGIN": {Outcome.WALL},
    "PAYWALL": {Outcome.WALL},
    "MISSING": {Outcome.NOT_A_LISTING},
    "PARKED": {Outcome.NOT_A_LISTING},
    "DOWN": {Outcome.NOT_A_LISTING, Outcome.HTTP_ERROR},
}


def judge(html: str, status: int = 200) -> Judgement:
    """What becomes of a look that was answered with this."""
    headers = (("content-type", "text/html; charset=utf-8"),)
    answer = Answer(status=status, headers=headers, body=html.encode())
    outcome, detail = judge_answer(answer, conditional=False, asked_url=URL, final_url=URL)
    came = Page(
        url=URL, final_url=URL, body=answer.body, fetched_at=datetime(2024, 5, 24, tzinfo=UTC), status=status, headers=headers
    )
    result = FetchResult(outcome=outcome, detail=detail, request=FetchRequest(url=URL), page=came)
    return judge_look(result, unchanged=False, extract=read_page)


@pytest.mark.parametrize(
    ("kind", "status", "html"), [pytest.param(kind, status, html, id=f"{kind} {name}") for kind, name, status, html in WALLS]
)
def test_a_wall_is_recorded_as_what_it_is(kind: str, status: int, html: str) -> None:
    judgement = judge(html, status)
    assert judgement.outcome in OUTCOMES[kind], judgement.detail
    assert judgement.detail


@pytest.mark.parametrize("lang", MISSING)
def test_there_is_no_such_page_is_understood_in_every_language(lang: str) -> None:
    assert judge(page(MISSING[lang], "<p>:(</p>", lang)).outcome is Outcome.NOT_A_LISTING


@pytest.mark.parametrize(("cards", "html"), [pytest.param(cards, html, id=name) for name, cards, html in ORDINARY])
def test_an_ordinary_page_is_read(cards: int | None, html: str) -> None:
    judgement = judge(html)
    assert judgement.outcome is (Outcome.EMPTY if cards is None else Outcome.OK), judgement.detail
    assert judgement.listing is not None
    assert len(judgement.listing.cards) == (cards or 0)
