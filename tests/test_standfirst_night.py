"""Nights that go wrong, as real processes: stopped, killed, resumed, two at once, no room on the disk; and what each exit code means."""

import contextlib
import json
import os
import pty
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from slow_web import write_config
from test_standfirst_kill import assert_whole

HOSTS = {"a": 3, "b": 3, "c": 1}
PAGES = {f"http://{name}.example/{number}" for name, pages in HOSTS.items() for number in range(pages)}


@pytest.fixture
def folder(tmp_path, web):
    write_config(tmp_path, web, HOSTS)
    return tmp_path


def begin(folder, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "standfirst", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "XDG_CONFIG_HOME": str(folder / "nobody")},
        **options,
    )


def run(folder, *arguments, **options):
    """(exit code, stdout, stderr) of one command, in a process of its own."""
    process = begin(folder, *arguments, **options)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def looks(folder, run_id):
    """Page URL -> outcomes of the run's looks at it."""
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        found = {}
        for url, outcome in db.execute(
            "select url, outcome from crawl join page on page.id = page_id where run_id = ? order by crawl.id", (run_id,)
        ):
            found.setdefault(url, []).append(outcome)
        return found


def runs(folder):
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return db.execute("select command, exit_code, finished_at is not null from run order by id").fetchall()


def stop_in_mid_run(folder, web, how, last="ok"):
    """Ends a crawl while a/1 and b/0 are in hand, and a/2, b/1 and b/2 have had no turn."""
    web.hold("a.example/1", "b.example/0")
    process = begin(folder, "crawl")
    web.wait_for("a.example/1", "b.example/0", "c.example/0")
    wait_until(lambda: looks(folder, 1).get("http://c.example/0") == [last])
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    web.release()
    web.paths.clear()
    return process.returncode, err


def wait_until(condition, timeout_s=60.0):
    ends = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


LEFT = {"http://a.example/1", "http://a.example/2", "http://b.example/0", "http://b.example/1", "http://b.example/2"}
STOPPED = {url: ["interrupted"] if url in LEFT else ["ok"] for url in PAGES}


def resume(folder, web):
    code, out, err = run(folder, "crawl", "--resume", "--json")
    assert code == 0, err
    assert {json.loads(line)["url"] for line in out.splitlines()[:-1]} == LEFT
    assert {f"http://{path}" for path in web.paths} == LEFT
    assert looks(folder, 2) == {url: ["ok"] for url in LEFT}
    assert run(folder, "crawl", "--resume") == (0, "", "nothing was left over by an earlier run\n")
    assert_whole(folder / "archive.db")


@pytest.mark.parametrize(
    "how", [pytest.param(signal.SIGINT, id="Ctrl-C", marks=pytest.mark.slow), pytest.param(signal.SIGTERM, id="SIGTERM")]
)
def test_a_run_that_is_told_to_stop_has_a_row_for_every_page_and_is_resumed(folder, web, how):
    code, err = stop_in_mid_run(folder, web, how)
    assert code == 130
    assert looks(folder, 1) == STOPPED
    assert "interrupted; what was finished is stored. Go on with: standfirst crawl --resume" in err
    assert err.splitlines()[-1].startswith("3 sources, 4 pages; interrupted: 2, ok: 2;")
    assert err.splitlines()[-1].endswith("interrupted, 3 pages had no turn")
    assert runs(folder) == [("crawl", 130, 1)]
    resume(folder, web)
    assert runs(folder)[1] == ("crawl --resume", 0, 1)


def test_a_killed_run_has_a_row_for_every_page_when_the_next_one_begins_and_is_resumed(folder, web):
    code, _ = stop_in_mid_run(folder, web, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert runs(folder) == [("crawl", None, 0)]
    assert_whole(folder / "archive.db")
    resume(folder, web)
    assert looks(folder, 1) == STOPPED
    assert runs(folder) == [("crawl", None, 0), ("crawl --resume", 0, 1)]


@pytest.mark.slow
def test_a_night_after_a_killed_one_looks_at_everything_and_leaves_nothing_over(folder, web):
    stop_in_mid_run(folder, web, signal.SIGKILL)
    assert run(folder, "crawl", "--quiet") == (0, "", "")
    assert looks(folder, 1) == STOPPED
    assert set(looks(folder, 2)) == PAGES
    assert run(folder, "crawl", "--resume", "--dry-run") == (0, "", "")


def test_a_killed_run_has_not_forgotten_who_asked_to_be_left_alone(folder, web):
    web.broken, web.retry_after_s = {"c.example/0"}, 3600
    assert stop_in_mid_run(folder, web, signal.SIGKILL, last="http_error")[0] == -signal.SIGKILL
    code, _, err = run(folder, "crawl", "c")
    assert (code, web.paths) == (4, [])
    assert "c.example is left alone for" in err


@pytest.mark.slow
def test_a_second_signal_ends_the_program_at_once(folder, web):
    web.hold("a.example/0")
    with closing(sqlite3.connect(folder / "archive.db", isolation_level=None)) as db:
        process = begin(folder, "crawl")
        wait_until(lambda: sum(outcomes == ["ok"] for outcomes in looks(folder, 1).values()) == 4)  # all but a's
        web.wait_for("a.example/0")
        db.execute("begin immediate")  # so that the tidy end can't come about
        process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode == -signal.SIGTERM
        db.execute("rollback")
    assert_whole(folder / "archive.db")


def test_of_two_crawls_at_once_the_second_exits_with_75_and_may_wait(folder, web):
    web.hold("a.example/0")
    first = begin(folder, "crawl")
    web.wait_for("a.example/0")
    code, out, err = run(folder, "crawl")
    assert (code, out) == (75, "")
    assert f"another crawl is running (pid {first.pid})" in err
    waiting = begin(folder, "crawl", "--wait-lock", "60")
    web.release()
    assert [process.communicate(timeout=60) and process.returncode for process in (first, waiting)] == [0, 0]
    assert [code for _, code, _ in runs(folder)] == [0, 0]


@pytest.fixture
def small_disk(tmp_path, web):
    """A folder on a file system of its own with little room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting a file system is not permitted here")
    try:
        write_config(folder, web, HOSTS)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("mount") is None, reason="there is no mount here")
def test_a_file_system_without_room_ends_the_night_and_the_next_one_goes_on(small_disk, web):
    assert run(small_disk, "crawl")[0] == 0
    before = looks(small_disk, 1)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    web.cards = 50
    code, out, err = run(small_disk, "crawl", "--quiet")
    assert (code, out) == (1, "")
    assert "the disk would take no more" in err
    assert "Traceback" not in err
    filler.unlink()
    assert_whole(small_disk / "archive.db")
    assert looks(small_disk, 1) == before
    assert run(small_disk, "crawl")[0] == 0
    assert_whole(small_disk / "archive.db")


def limit_file_size(size):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.slow
def test_a_full_disk_in_the_night_costs_what_would_have_come_after_and_nothing_before(folder, web):
    assert run(folder, "crawl")[0] == 0
    before = looks(folder, 1)
    web.cards = 3000  # a night with more than there is room for
    room = (folder / "archive.db").stat().st_size + 100_000
    code, out, err = run(folder, "crawl", "--quiet", preexec_fn=limit_file_size(room))
    assert (code, out) == (1, "")
    assert "the disk would take no more" in err
    assert "what was recorded before is safe" in err
    assert "Traceback" not in err
    assert_whole(folder / "archive.db")
    assert looks(folder, 1) == before
    assert run(folder, "crawl", "--resume")[0] == 0  # when there is room again
    assert {outcomes[-1] for outcomes in looks(folder, 2).values()} <= {"ok", "interrupted"}
    assert set(looks(folder, 2)) == PAGES
    assert_whole(folder / "archive.db")


def test_quiet_says_nothing_on_a_good_night_and_only_the_trouble_on_a_bad_one(folder, web):
    assert run(folder, "crawl", "--quiet") == (0, "", "")
    web.broken = {"b.example/1"}
    code, out, err = run(folder, "crawl", "--quiet")
    assert (code, out) == (3, "")
    trouble, summary = err.splitlines()
    assert trouble.startswith("b: http://b.example/1: http_error: the server answered 500")
    assert summary.startswith("3 sources, 7 pages; http_error: 1, same_bytes: 6;")


@pytest.mark.slow
def test_the_last_json_line_is_the_summary(folder, web):
    web.broken = {"c.example/0"}
    code, out, _ = run(folder, "crawl", "--json", "--limit", "4")
    *rows, last = map(json.loads, out.splitlines())
    assert (code, len(rows), set(last)) == (3 if any(row["source"] == "c" for row in rows) else 0, 4, {"summary"})
    summary = last["summary"]
    assert (summary["exit_code"], summary["run_id"], summary["pages"]) == (code, 1, 4)
    assert summary["cards"] == sum(row["cards"] for row in rows)
    assert runs(folder) == [("crawl --limit 4", code, 1)]


def none(folder, web):
    pass


def break_one(folder, web):
    web.broken = {"c.example/0"}


def break_all(folder, web):
    web.broken = {url.removeprefix("http://") for url in PAGES}


def break_config(folder, web):
    (folder / "standfirst.toml").write_text("archive = ")


def remove_archive(folder, web):
    (folder / "archive.db").unlink()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "arguments", "code", "words"),
    [
        pytest.param(none, (), 0, "ok: 7", id="0"),
        pytest.param(none, ("nobody",), 2, "there is no source 'nobody'", id="2, an unknown source"),
        pytest.param(none, ("--limit", "0"), 2, "--limit", id="2, an option"),
        pytest.param(break_one, (), 3, "http_error: 1", id="3"),
        pytest.param(break_all, (), 4, "http_error: 7", id="4"),
        pytest.param(break_config, (), 78, "not valid TOML", id="78, the configuration"),
        pytest.param(remove_archive, (), 78, "there is no archive here", id="78, the archive"),
    ],
)
def test_every_exit_code_means_what_is_documented(folder, web, before, arguments, code, words):
    """1, 75 and 130 have tests of their own above."""
    before(folder, web)
    got, out, err = run(folder, "crawl", *arguments)
    assert (got, out) == (code, "")
    assert words in err


@pytest.mark.slow
def test_an_archive_that_another_program_keeps_locked_is_code_75(folder, web):
    with closing(sqlite3.connect(folder / "archive.db", isolation_level=None)) as db:
        db.execute("begin immediate")
        code, _, err = run(folder, "crawl")
        db.execute("rollback")
    assert code == 75
    assert "another program is writing to this archive" in err
    assert run(folder, "crawl")[0] == 0


def in_terminal(folder, *arguments, columns=80, term="xterm"):
    """What a terminal of that width gets to see on stderr."""
    ours, theirs = pty.openpty()
    process = begin_in(theirs, folder, arguments, {"COLUMNS": str(columns), "TERM": term, "NO_COLOR": "1"})
    os.close(theirs)
    shown = bytearray()
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # EIO: nobody holds the other end any more
        pass
    os.close(ours)
    process.communicate()
    return shown.decode().replace("\r\n", "\n")


def begin_in(terminal, folder, arguments, environment):
    return subprocess.Popen(
        [sys.executable, "-m", "standfirst", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        cwd=folder,
        env={**os.environ, **environment},
    )


def test_a_terminal_shows_how_far_the_run_is_and_keeps_no_trace_of_it(folder, web):
    shown = in_terminal(folder, "crawl", columns=60)
    drawn = [part.split("\n")[0] for part in shown.split("\r\x1b[K")]
    assert "0/3 sources, 0 cards, 0 new" in drawn
    assert any(line.startswith("3/3 sources, 42 cards, 42 new") for line in drawn)
    assert max(map(len, (line for line in drawn if " sources, " in line and "pages;" not in line))) < 60
    left = [line.rsplit("\r\x1b[K", 1)[-1] for line in shown.split("\n")]
    assert sum(line.startswith(("a: ", "b: ", "c: ")) for line in left) == 7
    assert left[-2].startswith("3 sources, 7 pages; ok: 7;")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "term"),
    [pytest.param(("crawl", "--quiet"), "xterm", id="quiet"), pytest.param(("crawl", "--json"), "xterm", id="json"), pytest.param(("crawl",), "dumb", id="a terminal that can't erase")],
)  # fmt: skip
def test_no_progress_is_drawn_where_it_would_be_in_the_way(folder, web, arguments, term):
    assert "\x1b" not in in_terminal(folder, *arguments, term=term)
