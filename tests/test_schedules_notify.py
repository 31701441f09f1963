"""Telling: what a monitor, a command and sendmail really receive, and that none of them can hurt a run."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import logging
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from monitor import listening

from schedules import notify, ping
from schedules.exit_codes import ExitCode
from schedules.mailbox import parse_mailbox
from schedules.notify import News, announce, compose_mail, run_hook, tell
from schedules.ping import ping_url
from schedules.settings import NotifySettings

NOW = datetime(2026, 5, 1, 2, 30, tzinfo=UTC)
BAD = News(
    exit_code=ExitCode.SOME_SOURCES_FAILED,
    headline="1 of 2 pages could not be read",
    lines=("cities: https://cities.example/: wall: Zustimmung nötig", "2 sources, 2 pages; ok: 1, wall: 1"),
    row={"run_id": 7, "exit_code": 3},
)
GOOD = News(exit_code=ExitCode.OK, headline="all 2 pages were read", lines=("2 sources, 2 pages; ok: 2",), row={"exit_code": 0})


@pytest.fixture
def monitor():
    with listening() as monitor:
        yield monitor


@pytest.fixture
def script(tmp_path):
    """Writes a shell script; returns (its path, the file that it may write to)."""

    def write(text):
        path, out = tmp_path / "script", tmp_path / "out"
        path.write_text(f"#!/bin/sh\n{text.replace('OUT', str(out))}\n")
        path.chmod(0o755)
        return str(path), out

    return write


def told(settings, news=BAD):
    return asyncio.run(tell(settings, news, now=NOW))


@pytest.mark.parametrize(
    ("url", "suffix", "expected"),
    [
        ("https://m.example/ping/1", "start", "https://m.example/ping/1/start"),
        ("https://m.example/ping/1/", "fail", "https://m.example/ping/1/fail"),
        ("https://m.example/ping/1", "", "https://m.example/ping/1"),
        ("https://m.example/ping/1?rid=9", "fail", "https://m.example/ping/1/fail?rid=9"),
        ("https://m.example", "start", "https://m.example/start"),
    ],
)
def test_the_monitors_addresses(url, suffix, expected):
    assert ping_url(url, suffix) == expected


def test_the_monitor_hears_of_the_beginning_and_of_each_end(monitor):
    settings = NotifySettings(ping=monitor.url)
    assert asyncio.run(announce(settings)) == ()
    assert told(settings, GOOD) == ()
    assert told(settings, BAD) == ()
    assert [path for path, _ in monitor.told] == ["/ping/4711/start", "/ping/4711", "/ping/4711/fail"]
    assert monitor.told[2][1] == "\n".join([BAD.headline, *BAD.lines])


def test_a_monitor_that_stumbles_is_told_again(monitor, monkeypatch):
    monkeypatch.setattr(ping, "PAUSE_S", 0.0)
    monitor.answers = [500, 503]
    assert told(NotifySettings(ping=monitor.url)) == ()
    assert len(monitor.told) == 3


def test_a_monitor_that_says_no_is_not_asked_again_and_the_run_hears_of_it(monitor, caplog):
    monitor.answers = [404]
    (trouble,) = told(NotifySettings(ping=monitor.url))
    assert trouble == f"{monitor.url}/fail: the monitor could not be told: it answered 404"
    assert len(monitor.told) == 1
    assert trouble in caplog.text


def test_a_monitor_that_is_not_there_hurts_nobody(monkeypatch):
    monkeypatch.setattr(ping, "PAUSE_S", 0.0)
    (trouble,) = told(NotifySettings(ping="http://127.0.0.1:9/x"))
    assert "could not be told" in trouble


def test_what_a_monitor_is_told_is_short(monitor):
    long = News(exit_code=ExitCode.ALL_SOURCES_FAILED, headline="ö" * 20_000, lines=(), row={})
    told(NotifySettings(ping=monitor.url), long)
    assert monitor.told[0][1] == "ö" * 5_000


def test_the_command_gets_the_summary_as_json(script):
    command, out = script("cat > OUT")
    assert told(NotifySettings(command=(command, "with", "arguments"))) == ()
    assert json.loads(out.read_text()) == {"run_id": 7, "exit_code": 3, "headline": BAD.headline, "lines": list(BAD.lines)}


def test_what_the_command_says_goes_into_the_log(script, caplog):
    caplog.set_level(logging.INFO)
    command, _ = script("cat > /dev/null; echo sent to three people; echo really >&2")
    assert told(NotifySettings(command=(command,))) == ()
    assert "said: sent to three people really" in caplog.text


def test_a_command_that_fails_is_named_with_its_code_and_its_words(script):
    command, _ = script("echo no such channel; exit 9")
    assert told(NotifySettings(command=(command,))) == (f"{command}: ended with code 9: no such channel",)


def test_a_command_that_reads_nothing_hurts_nobody(script):
    command, _ = script("exec 0<&-; exit 0")
    big = News(exit_code=ExitCode.FAILED, headline="x", lines=("y" * 2_000_000,), row={})
    assert told(NotifySettings(command=(command,)), big) == ()


def test_a_command_that_is_not_there_is_named():
    assert told(NotifySettings(command=("/nowhere/at/all",))) == ("/nowhere/at/all: can't be run: No such file or directory",)


def test_a_command_that_never_ends_is_ended_with_all_that_it_started(script, monkeypatch):
    monkeypatch.setattr(notify, "HOOK_TIMEOUT_S", 0.3)
    command, out = script("sleep 100 & echo $! > OUT; wait")
    (trouble,) = told(NotifySettings(command=(command,)))
    assert "was ended" in trouble
    state = Path("/proc", out.read_text().strip(), "stat")
    while state.exists() and state.read_text().split()[2] != "Z":  # gone, or waiting for somebody to notice
        time.sleep(0.01)


def test_a_command_that_leaves_something_running_is_not_waited_for(script, monkeypatch):
    monkeypatch.setattr(notify, "HOOK_TIMEOUT_S", 30.0)
    monkeypatch.setattr(notify, "_LAST_WORDS_S", 0.05)
    command, out = script("sleep 100 & echo $! > OUT; echo done; exit 9")
    assert told(NotifySettings(command=(command,))) == (f"{command}: ended with code 9: done",)
    os.kill(int(out.read_text()), signal.SIGKILL)  # it was left alone


def test_a_command_that_says_much_is_heard_to_its_end(script):
    command, _ = script("head -c 3000000 /dev/zero | tr '\\0' x; exit 9")
    (trouble,) = told(NotifySettings(command=(command,)))
    assert trouble == f"{command}: ended with code 9: {'x' * 2000}"


def test_a_command_that_no_system_could_run_is_named():
    assert told(NotifySettings(command=("/bin/echo", "a\0b"))) == ("/bin/echo: can't be run: embedded null byte",)


def test_a_monitors_password_is_not_told(monkeypatch):
    monkeypatch.setattr(ping, "PAUSE_S", 0.0)
    (trouble,) = told(NotifySettings(ping="http://me:secret@127.0.0.1:1/ping"))
    assert trouble.startswith("http://127.0.0.1:1/ping/fail: the monitor could not be told")


def test_mail_goes_through_sendmail_as_a_proper_message(script):
    sendmail, out = script('echo "$@" > OUT.args; cat > OUT')
    assert told(NotifySettings(mail_to=("you@example.org", "me@example.org"), sendmail=sendmail)) == ()
    assert out.with_name("out.args").read_text().split() == ["-t", "-i"]
    message = email.message_from_bytes(out.read_bytes(), policy=email.policy.default)
    assert message["To"] == "you@example.org, me@example.org"
    assert message["Subject"].startswith("standfirst on ")
    assert message["Subject"].endswith(BAD.headline)
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"]
    assert message.get_content().splitlines() == [BAD.headline, "", *BAD.lines]
    assert max(len(line) for line in out.read_bytes().splitlines()) <= 998  # RFC 5322, 2.1.1
    assert not message.defects


def test_a_mails_header_cannot_be_broken_out_of():
    news = News(exit_code=ExitCode.FAILED, headline="one\r\nBcc: all@example.org\ntwo", lines=(), row={})
    message = compose_mail(news, to=["you@example.org"], host="crawler", user="crawl", now=NOW)
    assert message["Subject"] == "standfirst on crawler: one Bcc: all@example.org two"
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("root", "root"),
        ("you@example.org", "you@example.org"),
        ("Night desk <you@example.org>", "Night desk <you@example.org>"),
        ("Zoë, night desk <you@example.org>", '"Zoë, night desk" <you@example.org>'),
        ("you@bücher.example", "you@xn--bcher-kva.example"),
    ],
)
def test_a_mail_goes_to_addresses_as_people_write_them(written, sent):
    raw = compose_mail(BAD, to=[written], host="crawler", user="crawl", now=NOW).as_bytes(policy=email.policy.SMTP)
    assert email.message_from_bytes(raw, policy=email.policy.default)["To"] == sent


@pytest.mark.parametrize(
    "written", ["", "@", "a@", "you@example.org\nBcc: x@y", "a@b, c@d", "a b@c", "a@b c", "<a@b", "a@b>", "ü@x.example"]
)
def test_what_is_no_mail_address_is_said_to_be_none(written):
    with pytest.raises(ValueError, match="address"):
        parse_mailbox(written)


@pytest.mark.parametrize(("host", "user"), [("hö st", "u s"), ("", ""), ("-", "<x>"), ("h\nBcc: x", "u@v")])
def test_a_machine_of_any_name_can_send_mail(host, user):
    message = compose_mail(BAD, to=["root"], host=host, user=user, now=NOW)
    assert str(message["From"]) == "Standfirst <standfirst@localhost>"
    assert message.as_bytes(policy=email.policy.SMTP)


def test_a_user_without_a_name_can_send_mail(script, monkeypatch):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    sendmail, out = script("cat > OUT")
    assert told(NotifySettings(mail_to=("root",), sendmail=sendmail)) == ()
    assert b"From: Standfirst <standfirst@" in out.read_bytes()


@pytest.mark.parametrize(("always", "times"), [(False, 0), (True, 1)])
def test_command_and_mail_hear_of_good_runs_only_when_asked_for(script, always, times):
    command, out = script("cat > /dev/null; echo called >> OUT")
    assert told(NotifySettings(command=(command,), mail_to=("you@example.org",), sendmail=command, always=always), GOOD) == ()
    assert (len(out.read_text().splitlines()) if out.exists() else 0) == 2 * times


def test_a_run_that_somebody_stopped_is_told_to_the_monitor_only(script, monitor):
    command, out = script("echo called >> OUT")
    stopped = News(exit_code=ExitCode.INTERRUPTED, headline="interrupted", lines=(), row={}, stopped=True)
    assert told(NotifySettings(ping=monitor.url, command=(command,), mail_to=("a@example.org",), sendmail=command), stopped) == ()
    assert not out.exists()
    assert [path for path, _ in monitor.told] == ["/ping/4711/fail"]


def test_nothing_is_told_where_nobody_is_named():
    assert told(NotifySettings(command=(), mail_to=())) == ()
    assert asyncio.run(announce(NotifySettings())) == ()
    assert asyncio.run(run_hook(("/bin/true",), b"")) is None
