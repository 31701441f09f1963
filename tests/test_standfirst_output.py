"""What reaches the terminal: text, whatever a page or a server has put into it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.exit_codes import ExitCode
from standfirst.cli.group import run
from standfirst.cli.output import json_text, note, printable, say

HOSTILE = "a\x1b]0;title\x07b\x9b31mc\u202ed\u2066e\x00f\u2028g\x85h"


def controls(text: str) -> set[str]:
    """The characters in it that a terminal obeys or that turn the writing around, line ends and tabs aside."""
    kept = "\n\t\u200c\u200d"
    return {char for char in text if char not in kept and unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Cs"}}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        (HOSTILE, "a ]0;title b 31mcde f g h"),
        ("می\u200cشود", "می\u200cشود"),
        ("Gemeinde\u00adrat", "Gemeinderat"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("two\nlines", "two lines"),
    ],
    ids=["plain", "hostile", "zero-width non-joiner", "soft hyphen", "joined emoji", "line end"],
)
def test_text_is_shown_on_one_line_without_what_a_terminal_obeys(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_no_text_is_obeyed(text: str) -> None:
    assert not controls(printable(text))


def test_messages_are_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    note(f"first {HOSTILE}\nsecond")
    say(f"slug\t{HOSTILE}")
    shown = capsys.readouterr()
    assert shown.err == "first a ]0;title b 31mcde f g h\nsecond\n"
    assert shown.out == "slug\ta ]0;title b 31mcde f g h\n"


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_json_says_the_same_in_characters_that_no_terminal_obeys(text: str) -> None:
    line = json_text({"title": text})
    assert json.loads(line) == {"title": text}
    assert not {char for char in line if unicodedata.category(char) in {"Cc", "Zl", "Zp"} or char in "\u202e\u2066"}


def test_errors_are_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["try", f"/nowhere/{HOSTILE.replace(chr(0), '')}"]) != 0
    shown = capsys.readouterr()
    assert not controls(shown.err + shown.out)


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "--archive", "ARCHIVE", "-o", "TAKEN/cards.csv"],
        ["sources", "export", "--config", "CONFIG", "-o", "TAKEN/list.opml"],
        ["init", "TAKEN/crawl"],
        ["demo", "--keep", "TAKEN/demo"],
    ],
    ids=["export", "sources export", "init", "demo"],
)
def test_a_place_that_cannot_be_written_to_is_named_with_a_remedy(
    arguments: list[str], demo_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    places = {"ARCHIVE": demo_folder / "archive.db", "CONFIG": demo_folder / "standfirst.toml", "TAKEN": taken}
    for name, path in places.items():
        arguments = [argument.replace(name, str(path)) for argument in arguments]
    assert run(arguments) == ExitCode.FAILED
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(rf"standfirst: {taken}/\S+: (this folder )?can't be (written|made) \(Not a directory\).*\n", shown.err)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii", "utf-8"])
def test_what_goes_into_a_pipe_is_utf_8_whatever_the_locale(encoding: str, demo_folder: Path) -> None:
    command = [sys.executable, "-m", "standfirst", "cards", "--archive", str(demo_folder / "archive.db"), "--format", "table"]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stderr) == (0, b"")
    assert "県職員採用試験" in done.stdout.decode("utf-8")
