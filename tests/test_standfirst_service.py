"""The service as a process of its own: signals, systemd's notices, a configuration that is edited under it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from small_site import SmallSite

from storage import create_archive, open_reader

HEAD = 'contact = "tests@standfirst.example"\n[schedule]\ncadence = "@yearly"\n'
PATIENCE_S = 30.0  # for what takes a second


@pytest.fixture
def site():
    with SmallSite() as site:
        yield site


class Running:
    """A service started in a folder; what it writes is kept as it comes."""

    def __init__(self, folder, **environment):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "standfirst", "schedule", "run", "--config", str(folder / "standfirst.toml")],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        self.said = []
        self.reading = threading.Thread(target=self._read, daemon=True)
        self.reading.start()

    def _read(self):
        for line in self.process.stderr:
            self.said.append(line)

    @property
    def text(self):
        return "".join(self.said)

    def until(self, holds, what):
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, f"{what} did not come; the service said:\n{self.text}"
            assert self.process.poll() is None or holds(), f"the service ended before {what}:\n{self.text}"
            time.sleep(0.02)

    def until_said(self, words, times=1):
        self.until(lambda: self.text.count(words) >= times, f"{words!r}")

    def ended(self):
        code = self.process.wait(PATIENCE_S)
        self.reading.join(PATIENCE_S)
        self.process.stderr.close()
        return code


@pytest.fixture
def start(tmp_path):
    started = []

    def go(*tables, **environment):
        if tables:
            (tmp_path / "standfirst.toml").write_text(HEAD + "\n".join(tables))
        with create_archive(tmp_path / "archive.db"):
            pass
        started.append(Running(tmp_path, **environment))
        return started[-1]

    yield go
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.ended()


def outcomes(folder):
    with open_reader(folder / "archive.db") as reader:
        return {
            row["page"].rpartition("/")[2]: row["outcome"]
            for row in reader.sql("SELECT page, outcome FROM look ORDER BY seen_at")
        }


def runs(folder):
    with open_reader(folder / "archive.db") as reader:
        return reader.runs()


def test_told_to_end_it_lets_the_page_in_hand_finish_and_begins_no_other(start, site, tmp_path):
    service = start(site.source("one", "/slow", "/more"))
    assert site.slow_begun.wait(PATIENCE_S)
    service.process.send_signal(signal.SIGTERM)
    service.until_said("letting the pages in hand finish")
    site.let_go.set()
    assert service.ended() == 0
    assert outcomes(tmp_path) == {"slow": "ok", "more": "interrupted"}
    assert site.asked["/more"] == 0
    (run,) = runs(tmp_path)
    assert run["exit_code"] == 130
    again = start()  # and the one after makes up for what had no turn
    again.until(lambda: outcomes(tmp_path)["more"] == "ok", "the page that had no turn")
    assert site.asked["/slow"] == 1


@pytest.mark.slow
def test_told_twice_it_ends_at_once(start, site, tmp_path):
    service = start(site.source("one", "/slow", "/more"))
    assert site.slow_begun.wait(PATIENCE_S)
    service.process.send_signal(signal.SIGINT)
    service.until_said("letting the pages in hand finish")
    service.process.send_signal(signal.SIGINT)
    assert service.ended() == 0
    assert outcomes(tmp_path) == {"slow": "interrupted", "more": "interrupted"}


@pytest.mark.slow
def test_killed_in_mid_page_it_makes_up_for_it_when_it_is_back(start, site, tmp_path):
    service = start(site.source("one", "/slow", "/more"))
    assert site.slow_begun.wait(PATIENCE_S)
    service.process.kill()
    service.ended()
    site.let_go.set()
    again = start()
    again.until_said("run=2 1 source, 2 pages; ok: 2")


@pytest.mark.slow
def test_a_configuration_edited_under_it_is_taken_unless_it_is_broken(start, site, tmp_path):
    service = start(site.source("one"))
    service.until_said("run=1 1 source, 1 page; ok: 1")
    path = tmp_path / "standfirst.toml"
    good = path.read_text()
    path.write_text(good + site.source("two", cadence='"now and then"'))
    service.until_said("'now and then' is no cadence")
    service.until_said("going on with the configuration read at")
    service.process.send_signal(signal.SIGHUP)
    service.until_said("going on with the configuration read at", times=2)
    path.write_text(good + site.source("two"))
    service.until_said("run=2 1 source, 1 page; ok: 1")
    assert outcomes(tmp_path) == {"one": "ok", "two": "ok"}
    assert site.asked["/one"] == 1
    service.process.send_signal(signal.SIGTERM)
    assert service.ended() == 0


@pytest.mark.slow
def test_systemd_hears_when_it_is_ready_alive_reloading_and_about_to_end(start, site, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(PATIENCE_S)
        heard = []

        def hear(until):
            while not any(until in message for message in heard):
                heard.append(ear.recv(4096).decode())

        service = start(site.source("one"), NOTIFY_SOCKET=str(tmp_path / "notify"))
        hear("READY=1\nSTATUS=watching 1 source")
        hear("STATUS=next look at ")
        hear("WATCHDOG=1")
        heard.clear()
        service.process.send_signal(signal.SIGHUP)
        hear("RELOADING=1\nMONOTONIC_USEC=")
        hear("READY=1")
        service.process.send_signal(signal.SIGTERM)
        hear("STOPPING=1")
        assert service.ended() == 0


@pytest.mark.slow
def test_an_abstract_socket_is_heard_on_too(start, site, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        name = f"standfirst-test-{os.getpid()}"
        ear.bind("\0" + name)
        ear.settimeout(PATIENCE_S)
        service = start(site.source("one"), NOTIFY_SOCKET="@" + name)
        while b"READY=1" not in ear.recv(4096):
            pass
        service.process.send_signal(signal.SIGTERM)
        assert service.ended() == 0


def test_without_a_usable_configuration_it_does_not_start(start, tmp_path):
    service = start("[source.one]\n")
    assert service.ended() == 78
    assert "source.one.urls: missing" in service.text


def test_a_service_whose_log_finds_no_room_goes_on_looking(site, tmp_path):
    """A log that raises ended the waking before the next one was set: the service looked well, and never looked at anything again."""
    (tmp_path / "standfirst.toml").write_text(HEAD + site.source("one") + site.source("two"))
    with create_archive(tmp_path / "archive.db"):
        pass
    config = tmp_path / "standfirst.toml"
    with Path("/dev/full").open("w") as full:
        process = subprocess.Popen([sys.executable, "-m", "standfirst", "schedule", "run", "--config", str(config)], stderr=full)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while len(outcomes(tmp_path)) < 2:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        config.write_text(config.read_text() + site.source("later"))
        while len(outcomes(tmp_path)) < 3:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
