"""A look's outcome follows from what came back and from what the page says of itself."""

from datetime import UTC, datetime

import pytest

from schedules.judge import OUTCOME_OF_VERDICT, judge_look
from scraper.cards import Card, Listing, Verdict
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from scraper.walls import OUTCOME_OF_WALL, WallKind

REQUEST = FetchRequest(url="https://cities.example/latest/")
PAGE = Page(url=REQUEST.url, final_url=REQUEST.url, body=b"<html>", fetched_at=datetime(2024, 5, 24, tzinfo=UTC), status=200)
CAME = FetchResult(outcome=Outcome.OK, detail="", request=REQUEST, page=PAGE)


def reads(verdict, *cards):
    return lambda page: Listing(cards=cards, verdict=verdict, reason="in words")


def never(page):
    raise AssertionError("this page needs no reading")


def test_every_verdict_has_its_outcome():
    assert set(OUTCOME_OF_VERDICT) == set(Verdict)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_page_s_own_words_decide_and_the_reason_is_kept_where_it_is_trouble(verdict):
    judgement = judge_look(CAME, unchanged=False, extract=reads(verdict, Card(title="A", url=None, position=1)))
    assert judgement.outcome is OUTCOME_OF_VERDICT[verdict]
    assert judgement.detail == ("" if judgement.outcome is Outcome.OK else "in words")


def test_the_same_bytes_are_not_read_again():
    assert judge_look(CAME, unchanged=True, extract=never).outcome is Outcome.SAME_BYTES


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.OK])
def test_what_the_fetch_says_stands_when_no_page_came(outcome):
    result = FetchResult(outcome=outcome, detail="because", request=REQUEST)
    judgement = judge_look(result, unchanged=False, extract=never)
    assert (judgement.outcome, judgement.detail, judgement.listing) == (outcome, "because", None)


def came(body=b"<html>", *, status=200, headers=(), final_url=REQUEST.url, outcome=Outcome.OK, detail=""):
    page = Page(url=REQUEST.url, final_url=final_url, body=body, fetched_at=PAGE.fetched_at, status=status, headers=headers)
    return FetchResult(outcome=outcome, detail=detail, request=REQUEST, page=page)


CARD = Card(title="A", url=None, position=1)
CONSENT = b"<title>Before you continue</title><p>We value your privacy.</p><form><button>Accept all cookies</button></form>"


def test_every_wall_has_its_outcome():
    assert set(OUTCOME_OF_WALL) == set(WallKind)


def test_a_redirect_to_a_log_in_is_a_wall_whatever_stands_there():
    judgement = judge_look(came(final_url="https://cities.example/login?next=/latest/"), unchanged=False, extract=never)
    assert judgement.outcome is Outcome.WALL
    assert "log" in judgement.detail


def test_a_challenge_in_the_headers_is_a_block_whatever_stands_there():
    judgement = judge_look(came(headers=(("cf-mitigated", "challenge"),)), unchanged=False, extract=never)
    assert judgement.outcome is Outcome.BLOCKED


def test_words_of_a_wall_count_only_where_no_cards_are():
    nothing = judge_look(came(CONSENT), unchanged=False, extract=reads(Verdict.NOTHING_FOUND))
    cards = judge_look(came(CONSENT), unchanged=False, extract=reads(Verdict.LISTING, CARD))
    assert (nothing.outcome, cards.outcome) == (Outcome.WALL, Outcome.OK)


def test_a_plain_server_error_stays_one():
    result = came(b"<h1>Service Unavailable</h1>", status=503, outcome=Outcome.HTTP_ERROR, detail="the server answered 503")
    assert judge_look(result, unchanged=False, extract=never).outcome is Outcome.HTTP_ERROR
