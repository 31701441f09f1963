"""A crawl killed at any moment leaves an archive in which nothing is half recorded, and the next crawl goes on."""

import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from standfirst.demo import write_config
from standfirst.demo_server import DemoServer
from storage import create_archive
from storage.bodies import load_body

SOUND_NIGHTS = 2  # before an outlet's server fails and wants to be left alone for longer than the test lasts
GOOD = "('ok', 'not_modified', 'same_bytes', 'empty')"


def crawl(config):
    return subprocess.Popen(
        [sys.executable, "-m", "standfirst", "crawl", "--quiet", "--config", str(config.path)], stderr=subprocess.PIPE
    )


def assert_whole(path):
    """Integrity, foreign keys, full text and bodies are sound, and each look has all of its cards or none."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert db.execute("pragma foreign_key_check").fetchall() == []
        db.execute("insert into revision_fts (revision_fts, rank) values ('integrity-check', 1)")
        db.rollback()
        for (body_id,) in db.execute("select id from body").fetchall():
            load_body(db, body_id)  # raises when the bytes are not those of the sha256
        torn = db.execute(
            f"""
            select crawl.id, crawl.outcome, crawl.card_count, count(span.slot) from crawl
            left join span on span.page_id = crawl.page_id and span.first_crawl <= crawl.id
              and (span.last_crawl is null or span.last_crawl >= crawl.id)
            where crawl.outcome in {GOOD} group by crawl.id having crawl.card_count <> count(span.slot)
            """
        ).fetchall()
        assert torn == []
        strays = db.execute(
            f"""
            select 'span', first_crawl from span join crawl on crawl.id = first_crawl where outcome is null or outcome not in {GOOD}
            union all
            select 'wording', first_crawl from revision join crawl on crawl.id = first_crawl where outcome is null or outcome not in {GOOD}
            """
        ).fetchall()
        assert strays == []


def outlived(process, seconds):
    """How long the process ran, if it ended well within that time; None: it still runs."""
    began = time.monotonic()
    try:
        assert process.wait(seconds) == 0, process.stderr.read()
    except subprocess.TimeoutExpired:
        return None
    process.stderr.close()
    return time.monotonic() - began


def kill_at_random_moments(folder, kills, seed):
    """Kills so many crawls. One that ends before its moment isn't counted; it shows how long a run lasts just now."""
    moments = random.Random(seed)
    with DemoServer(night=0) as server:
        config = write_config(folder, server)
        with create_archive(config.archive):
            pass
        run_s = outlived(crawl(config), 60)
        killed = 0
        for attempt in range(10 * kills):
            if killed == kills:
                break
            server.night = attempt % SOUND_NIGHTS
            process = crawl(config)
            ended_after_s = outlived(process, moments.uniform(0.2, 1.0) * run_s)
            if ended_after_s is None:
                process.kill()
                killed += process.wait() == -signal.SIGKILL
                process.stderr.close()
            else:
                run_s = ended_after_s
            assert_whole(config.archive)
        server.night = SOUND_NIGHTS
        process = crawl(config)
        assert process.wait() == 0, process.stderr.read()
        process.stderr.close()
        assert_whole(config.archive)
        with closing(sqlite3.connect(config.archive)) as db:
            assert db.execute("select count(*) from crawl where outcome is null").fetchone() == (0,)
    return killed


def test_a_few_kills_leave_nothing_half_recorded(tmp_path):
    assert kill_at_random_moments(tmp_path, kills=5, seed=1) == 5


@pytest.mark.slow
def test_fifty_kills_leave_nothing_half_recorded(tmp_path):
    assert kill_at_random_moments(tmp_path, kills=50, seed=2) == 50


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_run_that_is_told_to_stop_marks_the_look_in_hand_as_interrupted(tmp_path, stop):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never says a word
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        (tmp_path / "standfirst.toml").write_text(
            f'contact = "tests@standfirst.example"\n[source.silent]\nurls = ["{url}"]\nallow_private = true\n'
        )
        with create_archive(tmp_path / "archive.db"):
            pass
        process = subprocess.Popen(
            [sys.executable, "-m", "standfirst", "crawl", "--config", str(tmp_path / "standfirst.toml")],
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(30)
        connection, _ = silent.accept()  # the crawl is under way
        with connection:
            process.send_signal(stop)
            _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted; what was finished is stored" in err
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        assert db.execute("select outcome from crawl").fetchall() == [("interrupted",)]
        assert db.execute("select count(*) from run where finished_at is not null").fetchone() == (1,)
