"""How far a run is: counted and estimated rightly, and drawn on one line however narrow the terminal is."""

import pytest
from wcwidth import wcswidth

from schedules.crawl import Look
from schedules.plan import Visit
from schedules.settings import Source
from scraper.pages import Outcome
from standfirst.cli.progress import Progress, in_words, seconds_left
from storage import Recorded


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def progress(clock, pages):
    """A run over hosts with so many pages each, one source a host."""
    visits = []
    for name, count in pages.items():
        urls = tuple(f"https://{name}.example/{number}" for number in range(count))
        visits += [Visit(source=Source(slug=name, urls=urls), url=url) for url in urls]
    return Progress(visits, monotonic=clock)


def look(source, number, *, outcome=Outcome.OK, cards=10, new=2, took_s=1.0):
    return Look(
        source=source,
        url=f"https://{source}.example/{number}",
        outcome=outcome,
        detail="",
        recorded=Recorded(outcome=outcome, cards=cards, new=new) if outcome.is_good else Recorded(outcome=outcome),
        drift=None,
        shown=None,
        elapsed_s=took_s,
    )


def test_it_counts_sources_cards_news_and_trouble(clock):
    shown = progress(clock, {"a": 2, "b": 1})
    assert shown.line() == "0/2 sources, 0 cards, 0 new"
    clock.now = 10
    shown.look(look("a", 0))
    assert shown.line() == "0/2 sources, 10 cards, 2 new, about 20 s left"
    shown.look(look("b", 0, outcome=Outcome.HTTP_ERROR))
    clock.now = 20
    shown.look(look("a", 1))
    assert shown.line() == "2/2 sources, 20 cards, 4 new, 1 in trouble, about 1 s left"


def test_older_pages_and_second_turns_count_as_cards_but_not_as_pages(clock):
    shown = progress(clock, {"a": 2})
    clock.now = 10
    shown.look(look("a", 0))
    for number in ("page/2", "page/3", 0):
        shown.look(look("a", number))
    assert shown.line().startswith("0/1 sources, 40 cards, 8 new")


@pytest.mark.parametrize(
    ("pages", "done", "busy_s", "elapsed_s", "left_s"),
    [
        pytest.param({"a": 10}, {}, {}, 5, None, id="nothing done: nobody can tell"),
        pytest.param({"a": 10}, {"a": 5}, {"a": 50}, 50, 50, id="one host"),
        pytest.param({"a": 1, "b": 1, "c": 1, "d": 1}, {"a": 1}, {"a": 10}, 10, 30, id="by the sheer number"),
        pytest.param({"a": 50, "b": 1, "c": 1}, {"a": 20, "b": 1, "c": 1}, {"a": 100, "b": 3, "c": 3}, 100, 150, id="one long host"),
        pytest.param({"a": 10, "b": 10}, {"a": 10, "b": 1}, {"a": 500, "b": 10}, 510, 417, id="a host that began late"),
        pytest.param({"a": 2}, {"a": 2}, {"a": 9}, 9, 0, id="all done"),
    ],
)  # fmt: skip
def test_the_time_left_is_that_of_the_slowest_host_or_of_all_pages(pages, done, busy_s, elapsed_s, left_s):
    left = seconds_left(pages, done, busy_s, elapsed_s)
    assert left is None if left_s is None else left == pytest.approx(left_s, abs=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (40, "40 s"), (89, "89 s"), (91, "2 min"), (3000, "50 min"), (5399, "1 h 30 min"), (7800, "2 h 10 min")],
)
def test_a_time_is_told_as_a_person_would(seconds, words):
    assert in_words(seconds) == words


@pytest.mark.parametrize("columns", [1, 2, 20, 60, 500])
def test_it_fits_on_one_line_of_any_terminal(clock, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = progress(clock, {"a": 3})
    clock.now = 9
    shown.look(look("a", 0))
    for drawn in capsys.readouterr().err.split("\r\x1b[K")[1:]:
        assert "\n" not in drawn
        assert wcswidth(drawn) <= max(1, columns - 1)


def test_a_line_that_is_said_stands_above_and_the_end_leaves_nothing(clock, capsys):
    shown = progress(clock, {"a": 1})
    shown.say("a: something")
    shown.end()
    assert capsys.readouterr().err == (
        "\r\x1b[K0/1 sources, 0 cards, 0 new\r\x1b[Ka: something\n\r\x1b[K0/1 sources, 0 cards, 0 new\r\x1b[K"
    )
