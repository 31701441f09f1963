"""What a person sees on a terminal: nothing wraps, nothing is lost without a sign; and elsewhere nothing is clipped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.exit_codes import ExitCode
from standfirst.cli.group import VERBS, run
from standfirst.cli.output import Column, card_lines, cell_width, lasting, table_lines, wrap

COLUMNS = (
    Column(key="at", header="first seen"),
    Column(key="how", header="how", below=True),
    Column(key="title", header="title", grows=True),
    Column(key="link", header="link", grows=True),
)
ROW = {
    "at": "2024-05-21T02:00:00Z",
    "how": "taken from among others",
    "title": "The night buses that shift workers asked for",
    "link": "https://cities.example/latest/the-night-buses-that-shift-workers-asked-for/",
}

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, demo_folder: Path) -> Ask:
    """Runs a command in the demo's folder as on a terminal of that many columns (None: as in a pipe); its code, stdout, stderr."""

    def go(*argv: str, width: int | None = 80) -> tuple[int, str, str]:
        monkeypatch.chdir(demo_folder)
        if width is None:
            monkeypatch.delenv("COLUMNS")
        else:
            monkeypatch.setenv("COLUMNS", str(width))
        code = run(argv)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return go


def plain(lines: Sequence[str]) -> list[str]:
    return [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]


ASKED = {
    "cards": [],
    "changes": ["--since", "2024-05-01"],
    "history": ["night", "buses"],
    "search": ["harbour"],
    "vanished": [],
    "reworded": [],
    "first": ["night", "buses"],
    "weeks": [],
    "coverage": [],
    "provenance": ["night", "buses"],
    "runs": [],
    "status": [],
    "sources": [],
}


@pytest.mark.parametrize("verb", ASKED)
@pytest.mark.parametrize("width", [80, 100])
def test_no_answer_is_wider_than_its_terminal(ask: Ask, verb: str, width: int) -> None:
    code, out, _ = ask(verb, *ASKED[verb], "--format", "table", width=width)
    assert code == ExitCode.OK
    assert out
    assert {line: cell_width(line) for line in plain(out.splitlines()) if cell_width(line) > width} == {}


@pytest.mark.parametrize("verb", ASKED)
def test_no_answer_is_clipped_where_there_is_no_terminal(ask: Ask, verb: str) -> None:
    code, out, _ = ask(verb, *ASKED[verb], "--format", "table", width=None)
    assert (code, out.count("…")) == (ExitCode.OK, 0)


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        pytest.param(None, [f"{ROW['at']}  {ROW['how']}  {ROW['title']}  {ROW['link']}"], id="no terminal"),
        pytest.param(
            100,
            ["2024-05-21T02:00:00Z  taken from among others  The night buses that shi…  https://cities.example/la…"],
            id="clipped",
        ),
        pytest.param(
            79,
            [
                "2024-05-21T02:00:00Z  taken from among others",
                "    title: The night buses that shift workers asked for",
                "    link: https://cities.example/latest/the-night-buses-that-shift-workers-aske",
                "    d-for/",
            ],
            id="below",
        ),
        pytest.param(
            40,
            [
                "2024-05-21T02:00:00Z",
                "    how: taken from among others",
                "    title: The night buses that shift",
                "    workers asked for",
                "    link: https://cities.example/latest/",
                "    the-night-buses-that-shift-workers-a",
                "    sked-for/",
            ],
            id="more below",
        ),
    ],
)
def test_what_has_no_room_beside_the_others_stands_below(width: int | None, lines: list[str]) -> None:
    assert plain(table_lines([ROW], COLUMNS, width=width))[1:] == lines


@given(st.lists(st.text("a b界\u0301", max_size=90), min_size=3, max_size=3), st.integers(48, 120))
def test_no_line_of_a_table_is_wider_than_the_terminal(texts: list[str], width: int) -> None:
    row = {"at": ROW["at"], **dict(zip(("how", "title", "link"), [texts[0][:20], *texts[1:]], strict=True))}
    assert all(cell_width(line) <= width for line in plain(table_lines([row], COLUMNS, width=width)))


def test_a_card_is_whole_where_there_is_no_terminal() -> None:
    card = {"position": 1, "title": "T" * 150, "blurb": " ".join(["word"] * 100), "read_time_minutes": 4}
    title, *blurb = plain(card_lines([card], width=None))
    assert title == f"  1  {'T' * 150}  4 min"
    assert " ".join(line.strip() for line in blurb) == card["blurb"]
    assert max(map(len, blurb)) <= 100


def test_a_text_that_is_cut_ends_between_two_words() -> None:
    assert wrap("one two three four five six", 10, most=2) == ["one two", "three…"]
    assert wrap("one two three", 10, most=None) == ["one two", "three"]
    assert wrap("", 10, most=2) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, None),
        (3, "3 s"),
        (90, "90 s"),
        (5400, "90 min"),
        (3600, "1 h"),
        (86400, "1 d"),
        (129600, "36 h"),
        (176400, "2 d"),
    ],
)
def test_a_time_is_told_in_a_unit_that_a_person_can_take_in(seconds: float | None, words: str | None) -> None:
    assert lasting(seconds) == words


def test_a_verb_that_is_nearly_one_is_named(ask: Ask) -> None:
    code, _, err = ask("serch", "x")
    assert code == ExitCode.USAGE
    assert "Did you mean 'search'?" in err
    assert "Did you mean" not in ask("xyzzy")[2]


def test_or_is_said_to_be_a_word_where_nothing_was_found(ask: Ask) -> None:
    assert "OR is taken as a word" in ask("search", "harbour", "OR", "quagga")[2]
    assert ask("search", "quagga")[2] == "nothing found\n"


def test_several_words_name_one_card(ask: Ask) -> None:
    assert ask("history", "night", "buses", "--format", "csv") == ask("history", "night buses", "--format", "csv")


def test_the_verbs_that_ask_are_all_here() -> None:
    no_tables = {
        "demo",
        "init",
        "try",
        "add",
        "learn",
        "crawl",
        "schedule",
        "check",
        "export",
        "rebuild",
        "verify",
        "prune",
        "backup",
    }
    elsewhere = {"same", "addresses"}  # need the extra `dedupe`, or more than the demo holds
    assert set(ASKED) == set(VERBS) - no_tables - elsewhere


def test_what_was_reworded_is_shown_whole(ask: Ask) -> None:
    """Two blurbs may differ in their last word only."""
    _, out, _ = ask("changes", "--since", "2024-05-24", "--until", "2024-05-25", "--source", "cities", "--format", "table")
    row = next(
        line
        for line in ask("changes", "--since", "2024-05-24", "--until", "2024-05-25", "--source", "cities")[1].splitlines()
        if "blurb" in line and "reworded" in line
    )
    shown = " ".join(line.strip() for line in plain(out.splitlines()))
    change = json.loads(row)
    assert f"- {change['before']} + {change['after']}" in shown
