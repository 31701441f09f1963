"""Symptoms: what can be told at a glance of a page's whole past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.newness import AllOther, Stale
from schedules.symptoms import ORDINARY, CardCount, Family, FieldShare, Finding, LyingValidators, Reading, RecipeDrift
from scraper.pages import Outcome
from storage.past_looks import SHOWN_FIELDS, PastLook

FIRST = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
MOST, LEAST = 28, 3
SYMPTOMS = {
    "reading": lambda: Reading(MOST, LEAST),
    "card-count": lambda: CardCount(MOST, LEAST),
    "field-share": lambda: FieldShare("author", MOST, LEAST),
    "recipe-drift": lambda: RecipeDrift(MOST, LEAST),
    "all-other": lambda: AllOther(MOST, LEAST, 1.0),
    "stale": lambda: Stale(MOST, LEAST),
    "lying-validators": LyingValidators,
}


@st.composite
def pasts(draw):
    """The looks at a page that mostly looks the same, now and then otherwise, and perhaps brings nothing new any more."""
    cards = draw(st.integers(6, 40))
    lively = draw(st.integers(1, 60))
    looks = []
    for number in range(lively + draw(st.sampled_from([0, 0, 20, 40]))):
        fresh = 2 if number < lively else 0
        seen_at = FIRST + timedelta(days=number)
        match draw(st.sampled_from(["same"] * 12 + ["other", "bad"])):
            case "bad":
                outcome = draw(st.sampled_from([Outcome.UNREACHABLE, Outcome.WALL, Outcome.HTTP_ERROR]))
                looks.append(PastLook(seen_at=seen_at, outcome=outcome))
            case "same":
                looks.append(good_look(seen_at, cards=cards, new=fresh, kept=cards - fresh, authors=cards, etag=str(number)))
            case "other":
                count = draw(st.integers(1, 60))
                new = draw(st.sampled_from([None, 0, count // 2, count]))
                kept = None if new is None else draw(st.integers(0, count - new))
                authors = draw(st.integers(0, count))
                detail = draw(st.sampled_from(["", "drift: expected 20 cards, found 0"]))
                looks.append(
                    good_look(
                        seen_at,
                        cards=count,
                        new=new,
                        kept=kept,
                        authors=authors,
                        etag=str(draw(st.integers(0, 9))),
                        detail=detail,
                    )
                )
    return looks


def good_look(seen_at, *, cards, new, kept, authors, etag, detail=""):
    return PastLook(
        seen_at=seen_at,
        outcome=Outcome.OK,
        detail=detail,
        cards=cards,
        new=new,
        kept=kept,
        shown={**dict.fromkeys(SHOWN_FIELDS, cards), "author": authors},
        etag=etag,
    )


def verdicts(symptom, looks):
    """What the symptom says of each look that tells it anything."""
    said = []
    for look in looks:
        verdict = symptom.judge(look)
        if verdict is ORDINARY:
            symptom.learn(look)
        if verdict is not None:
            said.append(verdict)
    return said


@pytest.mark.parametrize("make", SYMPTOMS.values(), ids=SYMPTOMS)
@settings(max_examples=100)
@given(looks=pasts())
def test_where_a_symptom_can_find_nothing_going_through_all_looks_finds_nothing(make, looks):
    if make().may_find(looks):
        return
    said = verdicts(make(), looks)
    if make().family is not Family.CONTENT:  # of the others, only what stands at the end counts: nothing else rests on them
        said = said[-1:]
    assert not any(isinstance(verdict, Finding) for verdict in said)


@pytest.mark.parametrize("make", SYMPTOMS.values(), ids=SYMPTOMS)
def test_a_page_that_is_always_alike_needs_no_going_through(make):
    looks = [
        good_look(FIRST + timedelta(days=number), cards=20, new=2, kept=18, authors=20, etag=str(number)) for number in range(60)
    ]
    assert not make().may_find(looks)
