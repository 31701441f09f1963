"""How often to look at a page that is looked at as often as it changes."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.adaptive import Observed, changes_per_second, decide_interval, in_words

HOUR = 3600.0
BOUNDS = {"shortest": timedelta(hours=6), "longest": timedelta(days=3)}


@pytest.mark.parametrize(
    ("changed", "apart_hours", "hours"),
    [
        pytest.param([True] * 20, 6, 6, id="always changed"),
        pytest.param([False] * 20, 24, 72, id="never changed"),
        pytest.param([True, False] * 10, 24, 24, id="every second look finds something: as it is"),
        pytest.param([True, False, False, False] * 5, 24, 48, id="every fourth look does: half as often"),
        pytest.param([True, True, True, False] * 5, 24, 12, id="three of four do: twice as often"),
        pytest.param([True, False, True], 24, 6, id="too few looks to know"),
        pytest.param([], 24, 6, id="no look"),
    ],
)
def test_the_interval_at_which_every_second_look_finds_something(changed, apart_hours, hours):
    decision = decide_interval([Observed(apart_hours * HOUR, was) for was in changed], **BOUNDS)
    assert decision.interval == timedelta(hours=hours)


def test_the_reason_is_told_in_a_sentence():
    decision = decide_interval([Observed(24 * HOUR, n % 2 == 0) for n in range(14)], **BOUNDS)
    assert decision.why == "it had changed at 7 of its last 14 looks, so about once in 36 hours: every day"


@pytest.mark.parametrize("hours", [12, 24, 48])
def test_a_page_that_changes_at_random_is_looked_at_when_half_of_the_looks_find_something(hours):
    drawn = random.Random(hours)
    decided = []
    for _ in range(500):
        looks = [Observed(24 * HOUR, drawn.random() < 1 - 0.5 ** (24 / hours)) for _ in range(20)]
        decided.append(decide_interval(looks, **BOUNDS).interval / timedelta(hours=hours))
    assert decided.count(1) > 200
    assert sum(ratio in {0.5, 1, 1.5, 2} for ratio in decided) > 475


observations = st.lists(st.builds(Observed, st.floats(60, 30 * 86_400), st.booleans()), max_size=30)


@given(observations)
def test_the_interval_is_within_its_bounds_and_a_doubling_of_the_shortest_or_the_longest(looks):
    decision = decide_interval(looks, **BOUNDS)
    assert decision.interval in {timedelta(hours=hours) for hours in (6, 12, 24, 48, 72)}
    assert decision == decide_interval(looks, **BOUNDS)


@given(observations.filter(lambda looks: any(look.changed for look in looks)), st.floats(600, 864_000))
def test_a_look_without_a_change_makes_a_page_slower_and_never_faster(looks, apart_s):
    slower = [*looks, Observed(apart_s, changed=False)]
    usual = {sorted(look.apart_s for look in of)[len(of) // 2] for of in (looks, slower)}
    if len(usual) == 1:
        assert changes_per_second(slower) <= changes_per_second(looks) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=6), "6 hours"),
        (timedelta(hours=1), "hour"),
        (timedelta(days=1), "day"),
        (timedelta(days=3), "3 days"),
        (timedelta(seconds=61), "61 seconds"),
    ],
)
def test_an_interval_in_words(interval, words):
    assert in_words(interval) == words
