"""When a host may be asked again."""

from __future__ import annotations

import asyncio
import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from fake_time import FakeTime
from hypothesis import given
from hypothesis import strategies as st

from scraper.politeness import MAX_BACK_OFF_S, MAX_SLOWED_DELAY_S, HostBusyError, HostGate, HostLedger

HOST = "city.example"
AT = datetime(2024, 5, 24, 3, 0, tzinfo=UTC)


def ledger(delay_s: float = 5.0, **settings: float) -> HostLedger:
    return HostLedger(delay_s=delay_s, **settings)


def test_a_host_never_asked_may_be_asked_at_once() -> None:
    assert ledger().wait(HOST, 0.0).seconds == 0.0


def test_the_pause_counts_from_the_end_of_the_answer() -> None:
    book = ledger()
    book.answered(HOST, 100.0, took_s=2.0, status=200)
    assert book.wait(HOST, 100.0).seconds == 5.0
    assert book.wait(HOST, 104.0).seconds == 1.0
    assert book.wait(HOST, 105.0).seconds == 0.0
    assert book.wait("other.example", 100.0).seconds == 0.0


def test_a_failed_request_is_followed_by_the_same_pause() -> None:
    book = ledger()
    book.answered(HOST, 100.0, took_s=2.0, status=None)
    assert book.wait(HOST, 100.0).seconds == 5.0


def test_a_host_can_have_its_own_delay() -> None:
    book = HostLedger(delay_s=5.0, delays_s={HOST: 20.0})
    book.answered(HOST, 0.0, took_s=0.1, status=200)
    assert book.wait(HOST, 0.0).seconds == 20.0


@pytest.mark.parametrize(("asked_for", "pause"), [(None, 5.0), (1.0, 5.0), (30.0, 30.0), (3600.0, 3600.0)])
def test_robots_txt_can_lengthen_the_pause_and_never_shorten_it(asked_for: float | None, pause: float) -> None:
    book = ledger()
    book.robots_ask_for(HOST, asked_for)
    book.answered(HOST, 0.0, took_s=0.1, status=200)
    wait = book.wait(HOST, 0.0)
    assert (wait.seconds, wait.stay_away_s, wait.asked_s) == (pause, 0.0, asked_for or 0.0)


def test_the_page_after_robots_txt_waits_for_our_own_delay_only() -> None:
    book = ledger()
    book.robots_ask_for(HOST, 3600.0)
    book.answered(HOST, 0.0, took_s=0.1, status=200, own_delay_only=True)
    assert book.wait(HOST, 0.0).seconds == 5.0


@pytest.mark.parametrize(("took_s", "pause"), [(1.0, 5.0), (12.0, 12.0), (500.0, MAX_SLOWED_DELAY_S)])
def test_a_slow_host_gets_as_long_as_its_answer_took(took_s: float, pause: float) -> None:
    book = ledger()
    book.answered(HOST, 0.0, took_s=took_s, status=200)
    assert book.wait(HOST, 0.0).seconds == pause


@pytest.mark.parametrize("status", [429, 503])
def test_trouble_doubles_the_back_off_and_one_good_answer_ends_it(status: int) -> None:
    book, now, waits = ledger(), 0.0, []
    for _ in range(9):
        book.answered(HOST, now, took_s=0.1, status=status)
        waits.append(book.wait(HOST, now).stay_away_s)
        now += waits[-1]
    assert waits == [30.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, MAX_BACK_OFF_S, MAX_BACK_OFF_S]
    book.answered(HOST, now, took_s=0.1, status=200)
    book.answered(HOST, now, took_s=0.1, status=status)
    assert book.wait(HOST, now).stay_away_s == 30.0


@pytest.mark.parametrize("status", [200, 301, 404, 500, None])
def test_other_answers_are_no_trouble(status: int | None) -> None:
    book = ledger()
    book.answered(HOST, 0.0, took_s=0.1, status=status)
    assert book.wait(HOST, 0.0).stay_away_s == 0.0


@pytest.mark.parametrize("status", [301, 403, 429, 500, 503])
def test_retry_after_is_kept_to_the_second(status: int) -> None:
    book = ledger()
    book.answered(HOST, 0.0, took_s=0.1, status=status, retry_after_s=1234.0)
    wait = book.wait(HOST, 0.0)
    assert (wait.seconds, wait.stay_away_s) == (1234.0, 1234.0)
    assert str(status) in wait.reason
    assert book.wait(HOST, 1234.0).seconds == 0.0


def test_retry_after_on_a_good_page_says_nothing() -> None:
    book = ledger()
    book.answered(HOST, 0.0, took_s=0.1, status=200, retry_after_s=1234.0)
    assert book.wait(HOST, 0.0).seconds == 5.0


def test_a_later_shorter_wish_does_not_shorten_an_earlier_one() -> None:
    book = ledger()
    book.answered(HOST, 0.0, took_s=0.1, status=503, retry_after_s=1000.0)
    book.answered(HOST, 10.0, took_s=0.1, status=503, retry_after_s=1.0)
    assert book.wait(HOST, 10.0).seconds == 990.0


def test_what_a_host_wants_outlives_the_program() -> None:
    book = ledger()
    book.answered(HOST, 50.0, took_s=0.1, status=503, retry_after_s=7200.0)
    book.answered("fine.example", 50.0, took_s=0.1, status=200)
    state = json.loads(json.dumps(book.snapshot(60.0, AT)))
    assert state == {HOST: {"stay_away_until": "2024-05-24T04:59:50+00:00", "reason": "it answered 503", "troubles": 1}}

    later = ledger()
    later.restore(state, 9.0, AT + timedelta(hours=1))
    assert later.wait(HOST, 9.0).seconds == 3590.0
    later.answered(HOST, 3599.0, took_s=0.1, status=503)
    assert later.wait(HOST, 3599.0).stay_away_s == 60.0  # the second trouble in a row

    much_later = ledger()
    much_later.restore(state, 9.0, AT + timedelta(days=1))
    assert much_later.wait(HOST, 9.0).seconds == 0.0


def test_the_pause_after_the_last_answer_outlives_the_program() -> None:
    book = ledger()
    book.robots_ask_for(HOST, 3600.0)
    book.answered(HOST, 50.0, took_s=0.1, status=200)
    state = json.loads(json.dumps(book.snapshot(50.25, AT)))
    later = ledger()
    later.restore(state, 9.0, AT + timedelta(seconds=1))
    assert later.wait(HOST, 9.0) == book.wait(HOST, 51.25)
    assert later.wait(HOST, 9.0).seconds == 3598.75


def test_no_wait_is_longer_than_it_can_have_been_asked_for() -> None:
    book = ledger()
    book.robots_ask_for("slow.example", 3600.0)
    book.answered("slow.example", 0.0, took_s=0.1, status=200)
    book.answered(HOST, 0.0, took_s=0.1, status=503, retry_after_s=60.0)
    state = book.snapshot(0.0, AT.replace(year=2099))  # the clock was wrong then
    later = ledger()
    later.restore(state, 0.0, AT)
    assert later.wait("slow.example", 0.0).seconds == 3600.0
    assert later.wait(HOST, 0.0).seconds == 7 * 24 * 3600


@pytest.mark.parametrize(
    "entry", [{}, {"stay_away_until": "soon"}, {"stay_away_until": "2099-01-01T00:00:00+00:00", "troubles": "many"}]
)
def test_a_damaged_snapshot_is_said_to_be_one(entry: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        ledger().restore({HOST: entry}, 0.0, AT)


@given(
    answers=st.lists(
        st.tuples(
            st.sampled_from([None, 200, 304, 404, 429, 500, 503]),
            st.floats(0, 100),
            st.one_of(st.none(), st.floats(0, 10_000)),
        ),
        max_size=20,
    )
)
def test_a_host_is_never_asked_sooner_than_the_delay(answers: list[tuple[int | None, float, float | None]]) -> None:
    book, now = ledger(), 0.0
    for status, took_s, retry_after_s in answers:
        book.answered(HOST, now, took_s=took_s, status=status, retry_after_s=retry_after_s)
        wait = book.wait(HOST, now)
        assert wait.seconds >= 5.0 - 1e-6
        assert wait.seconds >= (retry_after_s or 0.0) - 1e-6 or status in {None, 200}
        now += wait.seconds
        assert book.wait(HOST, now).seconds < 1e-6


def gate(time: FakeTime, book: HostLedger, groups: dict[str, str] | None = None) -> HostGate:
    return HostGate(book, time.monotonic, time.sleep, groups=groups or {})


def visits(hosts: list[str], *, groups: dict[str, str] | None = None) -> tuple[list[tuple[str, float, float]], FakeTime]:
    """All hosts asked at the same moment, each answer taking a second: (host, begun, ended)."""
    time, book = FakeTime(), ledger()
    door = gate(time, book, groups)
    done: list[tuple[str, float, float]] = []

    async def ask(host: str) -> None:
        async with door.turn(host, patience_s=100.0) as name:
            begun = time.seconds
            await time.sleep(1.0)
            book.answered(name, time.monotonic(), took_s=1.0, status=200)
            done.append((host, begun, time.seconds))

    async def everybody() -> None:
        await asyncio.gather(*map(ask, hosts))

    asyncio.run(everybody())
    return done, time


def test_one_request_at_a_time_and_a_pause_between_them() -> None:
    done, _ = visits([HOST] * 4)
    assert len(done) == 4
    for (_, _, ended), (_, begun, _) in itertools.pairwise(done):
        assert begun - ended >= 5.0


def test_hosts_of_one_group_take_turns() -> None:
    done, _ = visits(["a.example", "b.example"], groups={"a.example": "both", "b.example": "both"})
    assert done[1][1] - done[0][2] >= 5.0


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("cities.example", "cities"),
        ("www.cities.example", "cities"),
        ("data.old.cities.example", "cities"),
        ("press.cities.example", "press office"),
        ("en.press.cities.example", "cities"),
        ("othercities.example", "othercities.example"),
        ("example", "example"),
    ],
)
def test_a_domain_can_be_one_group_with_all_hosts_below_it(host: str, name: str) -> None:
    groups = {"cities.example": "cities", "*.cities.example": "cities", "press.cities.example": "press office"}
    gate = HostGate(HostLedger(delay_s=5.0), monotonic=lambda: 0.0, sleep=asyncio.sleep, groups=groups)
    assert gate.name(host) == name


def test_hosts_do_not_wait_for_each_other() -> None:
    done, _ = visits([f"h{n}.example" for n in range(300)])
    assert all(begun < 300 for _, begun, _ in done)  # the fake clock runs for all sleepers, but nobody waits for a pause
    assert len(done) == 300


def test_a_host_that_wants_to_be_left_alone_for_longer_than_we_wait_is_left_at_once() -> None:
    time, book = FakeTime(), ledger()
    book.answered(HOST, time.monotonic(), took_s=0.1, status=503, retry_after_s=500.0)

    async def ask() -> None:
        async with gate(time, book).turn(HOST, patience_s=100.0):
            pytest.fail("was let through")

    with pytest.raises(HostBusyError) as refused:
        asyncio.run(ask())
    assert refused.value.wait.seconds == 500.0
    assert time.slept == []


def test_a_wish_that_is_short_enough_is_waited_for() -> None:
    time, book = FakeTime(), ledger()
    book.answered(HOST, time.monotonic(), took_s=0.1, status=503, retry_after_s=50.0)

    async def ask() -> float:
        async with gate(time, book).turn(HOST, patience_s=100.0):
            return time.seconds

    assert asyncio.run(ask()) == 50.0


def test_a_crawl_delay_beyond_our_patience_defers_and_our_own_delay_never_does() -> None:
    time, book = FakeTime(), ledger(delay_s=500.0)

    async def ask() -> float:
        async with gate(time, book).turn(HOST, patience_s=100.0):
            book.answered(HOST, time.monotonic(), took_s=0.1, status=200)
            return time.seconds

    asyncio.run(ask())
    assert asyncio.run(ask()) == 500.0
    book.robots_ask_for(HOST, 3600.0)
    asyncio.run(ask())
    with pytest.raises(HostBusyError, match=r"robots\.txt asks for 3600 s"):
        asyncio.run(ask())


def test_a_turn_is_given_back_when_its_holder_fails() -> None:
    time, book = FakeTime(), ledger()
    door = gate(time, book)

    async def fail() -> None:
        async with door.turn(HOST, patience_s=100.0):
            raise RuntimeError

    async def ask() -> bool:
        with pytest.raises(RuntimeError):
            await fail()
        async with door.turn(HOST, patience_s=100.0):
            return True

    assert asyncio.run(ask())
