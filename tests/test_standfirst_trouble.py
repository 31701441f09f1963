"""Hearing about trouble, as real processes: check and its exit codes, pings, hooks and mail of a run, quiet nights, alarms, status, runs."""

import fcntl
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from archives import card
from archives import look as look_at
from monitor import listening
from slow_web import write_config
from test_standfirst_night import run

from scraper.version import EXTRACTOR_VERSION
from storage import open_archive


@pytest.fixture
def folder(tmp_path, web):
    write_config(tmp_path, web, {"a": 2, "b": 1})
    return tmp_path


@pytest.fixture
def monitor():
    with listening() as monitor:
        yield monitor


def write_past(folder, *, nights=10, cards=14):
    """Ordinary nights of page b/0 before tonight, read by the same program, with more cards than the web shows now."""
    now = datetime.now(UTC)
    with open_archive(folder / "archive.db") as archive:
        for number in range(nights):
            shown = [card(f"old-{number}", title=None), *(card(f"n{i}") for i in range(cards - 1))]
            look_at(
                archive,
                shown,
                at=now - timedelta(days=nights - number),
                source="b",
                url="http://b.example/0",
                extractor_version=EXTRACTOR_VERSION,
            )


# ---- check ----


def test_check_is_0_after_a_good_night(folder):
    assert run(folder, "crawl", "--quiet") == (0, "", "")
    code, out, err = run(folder, "check")
    assert (code, err) == (0, "")
    topics = ["configuration:", "archive:", "lock:", "clock:", "disk:", "schedule:"]
    assert [line.split()[1] for line in out.splitlines()] == topics
    assert [line[:2] for line in out.splitlines()] == ["ok"] * 5 + ["--"]


def test_check_is_3_where_somebody_should_do_something_and_names_it(folder):
    code, out, _ = run(folder, "check")
    assert code == 3
    assert "!!  sources: a: never looked at\n" in out
    code, out, _ = run(folder, "check", "--json")
    assert code == 3
    assert {"topic": "sources", "level": "trouble", "sentence": "b: never looked at"} in json.loads(out)


def test_check_is_3_with_a_clock_behind_the_archive(folder):
    with open_archive(folder / "archive.db") as archive:
        for page in ("http://a.example/0", "http://a.example/1"):
            look_at(archive, [card("x")], at=datetime.now(UTC) + timedelta(days=2), source="a", url=page)
    code, out, _ = run(folder, "check")
    assert code == 3
    assert "!!  clock: it is " in out


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "standfirst.toml").write_text("contakt = 1"), "did you mean contact?"),
        (lambda folder: (folder / "archive.db").unlink(), "there is no archive here"),
        (lambda folder: (folder / "archive.db").write_bytes(b"no database"), "no SQLite database"),
        (lambda folder: (folder / "standfirst.toml").write_text(""), "contact: is empty"),
    ],
    ids=["configuration-broken", "no-archive", "no-database", "no-contact"],
)
def test_check_is_78_where_no_crawl_can_be_made(folder, spoil, words):
    spoil(folder)
    code, out, _ = run(folder, "check")
    assert code == 78
    assert words in out
    assert "XX  " in out


def test_check_is_78_with_an_archive_of_a_newer_program_or_a_damaged_one(folder):
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        db.execute("pragma user_version = 999")
    code, out, _ = run(folder, "check")
    assert (code, "written by a newer Standfirst" in out) == (78, True)


def test_check_says_who_holds_the_lock_and_holds_nobody_up(folder):
    assert run(folder, "crawl", "--quiet")[0] == 0
    with (folder / "archive.db.lock").open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code, out, _ = run(folder, "check")
    assert code == 0
    assert "--  lock: a crawl is running (pid " in out


def test_check_online_greets_hosts_and_tells_what_is_wrong_with_their_certificates(folder, web):
    assert run(folder, "crawl", "--quiet")[0] == 0
    text = (folder / "standfirst.toml").read_text()
    (folder / "standfirst.toml").write_text(
        text.replace("[crawl.connect_to]", f'[crawl.connect_to]\n"tls.example" = "127.0.0.1:{web.port}"')
        + '[source.tls]\nurls = ["https://tls.example/"]\nallow_private = true\n'
    )
    code, out, _ = run(folder, "check", "--online")
    assert code == 3
    assert "!!  certificates: tls.example: no TLS connection: " in out
    assert "certificates" not in run(folder, "check")[1]


def test_fresh_is_one_line_for_monitoring(folder):
    code, out, _ = run(folder, "check", "--fresh", "36h")
    assert code == 3
    assert out == (
        "STANDFIRST CRITICAL - 2 of 2 sources without a good look for 36h: a (last good look never), b (last good look never)\n"
    )
    assert run(folder, "crawl", "--quiet")[0] == 0
    assert run(folder, "check", "--fresh", "36h") == (0, "STANDFIRST OK - each of 2 sources had a good look within 36h\n", "")
    code, out, _ = run(folder, "check", "--fresh", "36h", "--json")
    assert (code, json.loads(out)["fresh"], json.loads(out)["silent"]) == (0, True, {})


@pytest.mark.parametrize(("fresh", "code"), [("soon", 2), ("2999-01-01", 2)])
def test_fresh_wants_a_time_that_has_passed(folder, fresh, code):
    assert run(folder, "check", "--fresh", fresh)[0] == code


def test_fresh_without_an_archive_is_78(folder):
    (folder / "archive.db").unlink()
    assert run(folder, "check", "--fresh", "36h")[0] == 78


# ---- telling ----


def test_a_monitor_hears_of_good_and_bad_runs_and_a_quiet_good_run_prints_nothing(folder, web, monitor):
    assert run(folder, "crawl", "--quiet", "--ping", monitor.url) == (0, "", "")
    web.broken = {"b.example/0"}
    code, out, err = run(folder, "crawl", "--quiet", "--ping", monitor.url)
    assert (code, out) == (3, "")
    assert [path.removeprefix("/ping/4711") for path, _ in monitor.told] == ["/start", "", "/start", "/fail"]
    headline, bad, summary = monitor.told[3][1].splitlines()
    assert headline == "1 of 3 pages could not be read"
    assert bad.startswith("b: http://b.example/0: http_error: ")
    assert summary == err.splitlines()[-1]


def test_a_monitor_that_is_not_there_fails_no_run(folder):
    code, out, err = run(folder, "crawl", "--ping", "http://127.0.0.1:9/x", "--json")
    assert code == 0
    (untold,) = json.loads(out.splitlines()[-1])["summary"]["trouble"]
    assert "could not be told" in untold
    assert "WARNING http://127.0.0.1:9/x/start: the monitor could not be told" in err


def test_a_ping_to_no_url_is_a_usage_error(folder):
    code, _, err = run(folder, "crawl", "--ping", "monitor.example")
    assert code == 2
    assert "'monitor.example' is no http or https URL" in err


def test_command_and_mail_hear_of_a_bad_run(folder, web):
    for name, text in {"hook": "cat > hook.out", "sendmail": "cat > mail.out"}.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    path = folder / "standfirst.toml"
    path.write_text(
        path.read_text()
        + f'[notify]\ncommand = ["{folder}/hook"]\nmail_to = ["you@example.org"]\nsendmail = "{folder}/sendmail"\n'
    )
    assert run(folder, "crawl", "--quiet") == (0, "", "")
    assert not (folder / "hook.out").exists()
    web.broken = {"a.example/0", "a.example/1", "b.example/0"}
    assert run(folder, "crawl", "--quiet")[0] == 4
    told = json.loads((folder / "hook.out").read_text())
    assert (told["exit_code"], told["headline"], told["outcomes"]) == (4, "3 of 3 pages could not be read", {"http_error": 3})
    assert len(told["lines"]) == 4
    assert "Subject: standfirst on " in (folder / "mail.out").read_text()


# ---- alarms ----


def test_an_alarm_alone_is_exit_code_3_told_once_and_stands_in_status(folder, monitor):
    write_past(folder)
    code, out, err = run(folder, "crawl", "--quiet", "--ping", monitor.url)
    assert (code, out) == (3, "")
    (alarm, _) = err.splitlines()
    assert alarm.startswith("alarm: b: http://b.example/0: 6 cards, usually 14. Compare `standfirst try http://b.example/0`")
    assert monitor.told[-1][1].splitlines()[0] == "all 3 pages were read, 1 new alarm"
    assert run(folder, "crawl", "--quiet") == (0, "", "")  # it was told
    rows = {row["source"]: row for row in map(json.loads, run(folder, "status")[1].splitlines())}
    assert rows["a"]["trouble"] is None
    assert rows["b"]["trouble"].startswith("6 cards, usually 14 (since ")
    assert [alarm["kind"] for alarm in rows["b"]["alarms"]] == ["card_count"]
    code, out, _ = run(folder, "check")
    assert (code, "!!  sources: b: 6 cards, usually 14" in out) == (3, True)


def test_alarms_can_be_switched_off(folder):
    write_past(folder)
    path = folder / "standfirst.toml"
    path.write_text(path.read_text() + "[alarms]\nenabled = false\n")
    assert run(folder, "crawl", "--quiet") == (0, "", "")


# ---- status, runs, logs ----


def test_status_tells_of_sources_that_were_never_looked_at_and_of_disabled_ones(folder):
    path = folder / "standfirst.toml"
    path.write_text(path.read_text() + '[source.off]\nurls = ["http://off.example/"]\nallow_private = true\nenabled = false\n')
    rows = {row["source"]: row for row in map(json.loads, run(folder, "status")[1].splitlines())}
    assert {slug: (row["enabled"], row["trouble"]) for slug, row in rows.items()} == {
        "a": (True, "never looked at"),
        "b": (True, "never looked at"),
        "off": (False, "disabled"),
    }
    assert rows["a"]["next_at"] is not None
    assert len({tuple(row) for row in rows.values()}) == 1  # the same columns in each row


def test_runs_tell_how_each_of_them_went(folder, web):
    assert run(folder, "runs") == (0, "", "no run was made yet; see `standfirst crawl`\n")
    run(folder, "crawl", "--quiet")
    web.broken = {"b.example/0"}
    run(folder, "crawl", "--quiet")
    with open_archive(folder / "archive.db") as archive:
        archive.begin_run(started_at=datetime.now(UTC), version="0.1.0", command="crawl")
    _, out, _ = run(folder, "runs")
    told = [
        (row["run_id"], row["exit_code"], row["outcomes"], row["finished_at"] is None)
        for row in map(json.loads, out.splitlines())
    ]
    assert told == [(3, None, {}, True), (2, 3, {"same_bytes": 2, "http_error": 1}, False), (1, 0, {"ok": 3}, False)]
    assert "running or killed" in run(folder, "runs", "--format", "table", "--limit", "1")[1]
    assert run(folder, "runs", "--format", "csv")[1].count("\n") == 4


def test_a_log_has_the_run_and_the_source_on_every_line_that_is_about_them(folder, web):
    web.broken = {"b.example/0"}
    code, _, err = run(folder, "crawl", "--log-format", "json")
    assert code == 3
    rows = [json.loads(line) for line in err.splitlines()]
    assert {row["run"] for row in rows} == {1}
    assert sorted(row["source"] for row in rows if "source" in row) == ["a", "a", "b"]
    assert [row["level"] for row in rows if row.get("source") == "b"] == ["warning"]
    _, _, err = run(folder, "crawl", "--log-format", "text")
    assert all(" run=2 " in line for line in err.splitlines())


def test_a_quiet_log_has_the_trouble_and_nothing_on_good_nights(folder, web):
    assert run(folder, "crawl", "--quiet", "--log-format", "json") == (0, "", "")
    web.broken = {"b.example/0"}
    _, _, err = run(folder, "crawl", "--quiet", "--log-format", "json")
    assert [json.loads(line).get("source") for line in err.splitlines()] == ["b", None]
