"""What happens to a run, and to an answer, when what they say can't be written: a full disk, a reader that has gone, no stream at all."""

import json
import os
import resource
import signal
import subprocess
import sys

import pytest
from archives import card
from archives import look as look_at
from slow_web import write_config
from test_standfirst_night import PAGES, looks, run, runs

from storage import open_archive

HOSTS = {"a": 3, "b": 3, "c": 1}
FULL = "/dev/full"  # a device that takes nothing and says that the disk is full


@pytest.fixture
def folder(tmp_path, web):
    write_config(tmp_path, web, HOSTS)
    return tmp_path


def run_in_shell(folder, line):
    """(exit code, stderr) of a line of shell in which $standfirst is the program."""
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "standfirst": f"{sys.executable} -m standfirst", "XDG_CONFIG_HOME": str(folder / "nobody")},
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        pytest.param("$standfirst crawl --json >/dev/full", 1, "stdout could not be written to", id="stdout on a full disk"),
        pytest.param("$standfirst crawl 2>/dev/full", 1, "", id="stderr on a full disk"),
        pytest.param("$standfirst crawl --log-format json 2>/dev/full", 0, "", id="a log on a full disk"),
        pytest.param("$standfirst crawl --json >&-", 0, "", id="no stdout"),
        pytest.param("$standfirst crawl 2>&-", 0, "", id="no stderr"),
        pytest.param(
            "{ $standfirst crawl --json; echo $? >code; } | true; exit $(cat code)", 0, "", id="a reader of stdout that has gone"
        ),
        pytest.param(
            "{ $standfirst crawl 2>&1 >/dev/null; echo $? >code; } | true; exit $(cat code)", 0, "", id="a reader of stderr that has gone"
        ),
    ],
)  # fmt: skip
def test_a_run_that_nobody_can_hear_of_is_made_all_the_same(folder, line, code, said):
    assert not folder.joinpath("code").exists()
    ended, err = run_in_shell(folder, line)
    assert looks(folder, 1) == {url: ["ok"] for url in PAGES}
    assert runs(folder) == [("crawl", 0, 1)]
    assert ended == code
    assert said in err
    assert "Traceback" not in err


def test_a_bad_run_stays_a_bad_one_when_its_reader_has_gone(folder, web):
    web.broken = {"a.example/0"}
    line = "{ $standfirst crawl --json; echo $? >code; } | true; exit $(cat code)"
    assert run_in_shell(folder, line)[0] == 3


@pytest.mark.parametrize("verb", ["runs", "cards", "export", "status --format jsonl"])
def test_an_answer_that_finds_no_room_is_an_error_in_a_line(folder, verb):
    assert run(folder, "crawl", "--quiet")[0] == 0
    code, err = run_in_shell(folder, f"$standfirst {verb} >{FULL}")
    assert code == 1
    assert err == "standfirst: stdout: can't be written to (No space left on device); the answer is not whole\n"


def export(folder, *arguments):
    return run(folder, "export", "-o", "cards.csv", *arguments)


def test_an_export_that_fails_leaves_the_file_of_before_alone(folder):
    with open_archive(folder / "archive.db") as archive:
        look_at(archive, [card("one", title="One " * 20_000), card("two")], source="a")
    assert export(folder)[0] == 0
    before = (folder / "cards.csv").read_bytes()
    assert before.count(b"\n") == 3
    assert export(folder, "--source", "typo")[0] == 2
    assert (folder / "cards.csv").read_bytes() == before

    def little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, 70_000))  # room for SQLite's shared file

    code, _, err = run(folder, "export", "-o", "cards.csv", preexec_fn=little_room)
    assert (code, err) == (1, "standfirst: cards.csv: can't be written (File too large); what was there before was left alone\n")
    assert (folder / "cards.csv").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir() if "cards" in path.name) == ["cards.csv"]


def test_an_export_goes_through_a_link_and_to_a_device(folder):
    with open_archive(folder / "archive.db") as archive:
        look_at(archive, [card("one")], source="a")
    (folder / "elsewhere").mkdir()
    (folder / "cards.csv").symlink_to("elsewhere/cards.csv")
    assert export(folder)[0] == 0
    assert (folder / "cards.csv").is_symlink()
    assert (folder / "elsewhere/cards.csv").read_bytes().count(b"\n") == 2
    code, out, _ = run(folder, "export", "--format", "jsonl", "-o", "/dev/stdout")
    assert code == 0
    assert json.loads(out)["title"] == "One"
