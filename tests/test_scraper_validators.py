"""Conditional requests, distrusted."""

from __future__ import annotations

import pytest

from scraper.validators import ASK_IN_FULL_CHANCE, ASK_IN_FULL_EVERY, Validators, find_lie, may_ask_conditionally

ETAG = Validators(etag='"1"')
DATE = Validators(last_modified="Fri, 24 May 2024 03:00:00 GMT")


@pytest.mark.parametrize(
    ("validators", "in_a_row", "have_lied", "lot", "may"),
    [
        (ETAG, 0, False, 0.5, True),
        (DATE, 0, False, 0.5, True),
        (Validators(), 0, False, 0.5, False),
        (Validators(etag="", last_modified=""), 0, False, 0.5, False),
        (ETAG, 0, True, 0.5, False),
        (ETAG, ASK_IN_FULL_EVERY - 2, False, 0.5, True),
        (ETAG, ASK_IN_FULL_EVERY - 1, False, 0.5, False),
        (ETAG, ASK_IN_FULL_EVERY * 3, False, 0.5, False),
        (ETAG, 0, False, ASK_IN_FULL_CHANCE, True),
        (ETAG, 0, False, ASK_IN_FULL_CHANCE / 2, False),
    ],
)
def test_a_page_is_asked_for_in_full_often_enough(
    validators: Validators, in_a_row: int, have_lied: bool, lot: float, may: bool
) -> None:
    assert may_ask_conditionally(validators, not_modified_in_a_row=in_a_row, have_lied=have_lied, lot=lot) is may


def test_a_server_that_always_says_304_is_asked_in_full_within_a_week_of_nights() -> None:
    in_a_row, since_full = 0, 0
    for _ in range(100):
        if may_ask_conditionally(ETAG, not_modified_in_a_row=in_a_row, have_lied=False, lot=0.9):
            in_a_row, since_full = in_a_row + 1, since_full + 1
        else:
            in_a_row, since_full = 0, 0
        assert since_full < ASK_IN_FULL_EVERY


@pytest.mark.parametrize(
    ("before", "now", "cards_changed", "lied"),
    [
        (ETAG, ETAG, True, True),
        (ETAG, ETAG, False, False),
        (ETAG, Validators(etag='"2"'), True, False),
        (ETAG, Validators(), True, False),
        (Validators(), Validators(), True, False),
        (DATE, DATE, True, True),
        (DATE, DATE, False, False),
        (DATE, Validators(last_modified="Sat, 25 May 2024 03:00:00 GMT"), True, False),
        # A new ETag speaks for the change, whatever the date says: servers compare the ETag where both are sent (RFC 9110, 13.2.2).
        (Validators(etag='"1"', last_modified="x"), Validators(etag='"2"', last_modified="x"), True, False),
        (Validators(etag='"1"', last_modified="x"), Validators(etag='"1"', last_modified="y"), True, True),
    ],
)
def test_a_lie_is_a_change_under_unchanged_validators(
    before: Validators, now: Validators, cards_changed: bool, lied: bool
) -> None:
    words = find_lie(before, now, cards_changed=cards_changed)
    assert (words is not None) is lied
    if words:
        assert (before.etag or before.last_modified or "") in words
