"""What README and docs show is true: their commands are run in a terminal, their Python is run, their configuration is read.

How a page is written:
- a `console` block holds commands (`$ `, continued with `> `), each followed by what the terminal then shows. They are run in
  /bin/sh, block after block, in one empty folder for each page. `...` stands for anything: alone on a line for any number of lines,
  within a line for the rest of it or for a part. A command has to end with exit code 0; one that doesn't is shown with `; echo "exit code $?"`.
- a `python` block is run in the same folder, all of a page's blocks in one namespace; one with `>>>` also has its answers compared.
- a `toml` block is a whole configuration, and has to be one that Standfirst accepts.
- `<!-- demo server: night 1 -->` says which night the made-up outlets show from there on. Where a page says 127.0.0.1:8000, their
  server is meant, as a reader starts it by hand; here it has a port of its own.
- anything else (`sh`, `text`, no name) is shown and not run.
"""

from __future__ import annotations

import dataclasses
import doctest
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from schedules.config import TABLES, parse_config
from schedules.exit_codes import ExitCode
from schedules.settings import Source
from standfirst.cli.group import VERBS
from standfirst.demo_server import DemoServer

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
STEP = re.compile(
    r"^```(?P<kind>\w*)[^\n]*\n(?P<text>.*?)^```$|^<!-- demo server: night (?P<night>\d+) -->$", re.DOTALL | re.MULTILINE
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
ERASED = re.compile(r"[^\n]*\r\x1b\[K")  # what a line held before it was erased
ANSI = re.compile(r"\x1b\[[0-9;]*m")
BY_HAND = "127.0.0.1:8000"


@dataclass(frozen=True)
class Command:
    """One command of a console block and what is to be seen after it."""

    line: str
    shown: tuple[str, ...]


def commands(block: str) -> Iterator[Command]:
    line, shown = "", []
    for text in block.splitlines():
        if text.startswith("$ "):
            if line:
                yield Command(line, tuple(shown))
            line, shown = text[2:], []
        elif (text == ">" or text.startswith("> ")) and not shown:
            line += "\n" + text[2:]
        else:
            shown.append(text.rstrip())
    yield Command(line, tuple(shown))


def matches(expected: tuple[str, ...], got: list[str]) -> bool:
    """Whether the lines are those expected; `...` stands for anything."""
    # The line ends go before the lines, so that "..." alone also stands for no line at all.
    pattern = "".join(
        r"(?:\n.*)*" if line == "..." else r"\n" + ".*".join(map(re.escape, line.split("..."))) for line in expected
    )
    return re.fullmatch(pattern, "".join(f"\n{line.rstrip()}" for line in got)) is not None


def in_terminal(line: str, home: Path) -> tuple[int, str]:
    """Exit code and what a terminal of 100 columns shows in the end, colours taken off."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STANDFIRST_")}
    environment |= {"COLUMNS": "100", "TERM": "xterm", "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    ours, theirs = pty.openpty()
    with subprocess.Popen(line, shell=True, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = bytearray()
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # EIO: Linux's way to say that nobody holds the other end any more
            pass
        os.close(ours)
    return process.returncode, ANSI.sub("", ERASED.sub("", shown.decode().replace("\r\n", "\n")))


def run_console(block: str, home: Path, server: DemoServer) -> None:
    for command in commands(block):
        if command.line.startswith("cd "):  # of a shell of its own it would be forgotten at once
            os.chdir(command.line.removeprefix("cd "))
            continue
        if command.line.startswith("sqlite3 ") and shutil.which("sqlite3") is None:
            continue  # a program of its own that Standfirst doesn't need
        port = f"127.0.0.1:{server.port}"
        code, shown = in_terminal(command.line.replace(BY_HAND, port), home)
        shown = shown.replace(port, BY_HAND)
        story = f"$ {command.line}\n{shown}\n--- expected:\n" + "\n".join(command.shown)
        if code != 0:
            pytest.fail(f"exit code {code}: {story}", pytrace=False)
        if not matches(command.shown, shown.splitlines()):
            pytest.fail(story, pytrace=False)


def run_python(block: str, namespace: dict[str, object], page: Path) -> None:
    if ">>>" not in block:
        exec(compile(block, str(page), "exec"), namespace)
        return
    test = doctest.DocTestParser().get_doctest(block, namespace, page.name, str(page), 0)
    test.globs = namespace  # get_doctest made a copy
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append, clear_globs=False)
    if report:
        pytest.fail("".join(report), pytrace=False)


def steps(page: Path) -> list[re.Match[str]]:
    return list(STEP.finditer(page.read_text(encoding="utf-8")))


RUNNABLE = [page for page in PAGES if any(step["kind"] in {"console", "python"} for step in steps(page))]


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_the_page_shows_is_what_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # also undoes every `cd`
    namespace: dict[str, object] = {"__name__": "__main__"}
    with DemoServer() as server:
        for step in steps(page):
            if step["night"]:
                server.night = int(step["night"])
            elif step["kind"] == "console":
                run_console(step["text"], tmp_path, server)
            elif step["kind"] == "python":
                run_python(step["text"], namespace, page)


CONFIGURATIONS = [
    pytest.param(step["text"], id=f"{page.relative_to(ROOT)}-{number}")
    for page in PAGES
    for number, step in enumerate(steps(page))
    if step["kind"] == "toml"
]


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_configurations_shown_are_accepted(text: str) -> None:
    parse_config(text.encode(), Path("standfirst.toml"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = [target.partition("#")[0] for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    missing = [target for target in targets if target and not (page.parent / target).exists()]
    assert not missing


def test_every_verb_of_the_command_line_is_explained() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [verb for verb in VERBS if f"standfirst {verb}" not in text] == []


@pytest.mark.parametrize("table", [*TABLES.values(), Source], ids=lambda table: table.__name__)
def test_every_key_of_the_configuration_is_shown(table: type) -> None:
    text = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("adding-a-source.md", "scheduling.md"))
    keys = {field.name for field in dataclasses.fields(table)} - {"slug"}
    assert {key for key in keys if not re.search(rf"^{key} = |^\[(?:crawl|source\.\w+)\.{key}\]", text, re.MULTILINE)} == set()


def test_every_exit_code_is_explained() -> None:
    text = (ROOT / "docs" / "keeping-an-archive.md").read_text(encoding="utf-8")
    assert [code for code in ExitCode if f"\n| {int(code)} | " not in text] == []


@pytest.mark.parametrize(
    ("expected", "got", "fits"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a", "b"], ["a", "b", "c"], False),
        (["a", "..."], ["a"], True),
        (["...", "c"], ["a", "b", "c"], True),
        (["a", "...", "d"], ["a", "b", "c", "d"], True),
        (["read in ... s"], ["read in 0.5 s"], True),
        (["read in ... s"], ["read in", "0.5 s"], False),
        (["a (b)"], ["a (b)"], True),
        (["a.c"], ["abc"], False),
        ([], [], True),
        ([], ["a"], False),
    ],
)
def test_three_dots_stand_for_anything(expected: list[str], got: list[str], fits: bool) -> None:
    assert matches(tuple(expected), got) is fits
