"""`standfirst schedule`: what is due, and text for cron, systemd and GitHub, held against the real ones where they are installed."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from archives import look
from small_site import SmallSite

from schedules.config import load_config
from schedules.workflow import workflow
from scraper.errors import ConfigError
from standfirst.cli.group import run
from storage import create_archive, open_archive, open_reader

HEAD = 'contact = "tests@standfirst.example"\n'
STANDFIRST = Path(sys.executable).parent / "standfirst"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A configuration of two sources and an archive in which one of them was just looked at."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "standfirst.toml").write_text(
        HEAD
        + '[source.cities]\nurls = ["https://cities.example/"]\ncadence = "0 0 1 1 *"\n'
        + '[source.paper]\nurls = ["https://paper.example/"]\ncadence = "@yearly"\npriority = 3\nadaptive = ["1h", "3d"]\n'
        + '[source.off]\nurls = ["https://off.example/"]\nenabled = false\n'
    )
    with create_archive(tmp_path / "archive.db") as archive:
        look(archive, [], at=datetime.now(UTC), source="cities", url="https://cities.example/")
        look(archive, [], at=datetime.now(UTC) - timedelta(days=30), source="paper", url="https://paper.example/")
    return tmp_path


def rows(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_next_tells_what_is_due_first_and_what_comes(folder, capsys):
    assert run(["schedule", "next"]) == 0
    due, later = rows(capsys)
    assert (due["source"], due["due"], due["interval_s"]) == ("paper", True, 3_600)
    assert due["missed"] > 100
    assert "too few to know how often it changes" in due["why"]
    assert (later["source"], later["due"], later["missed"]) == ("cities", False, 0)
    assert later["next_at"] == f"{datetime.now(UTC).year + 1}-01-01T00:00:00Z"


def test_next_can_be_asked_of_one_source_and_as_a_table(folder, capsys):
    assert run(["schedule", "next", "--source", "cities", "--format", "table"]) == 0
    out = capsys.readouterr().out
    assert "cities" in out
    assert "paper" not in out
    assert run(["schedule", "next", "--source", "citys"]) == 2


def test_status_tells_of_a_service_that_goes_by_an_old_configuration(folder, capsys):
    word = {"pid": 7, "config_read_at": "2026-03-01T00:00:00Z", "refused_at": "2026-03-02T00:00:00Z", "next_at": None}
    with open_archive(folder / "archive.db") as archive:
        archive.save_memory("service", {**word, "complaint": "a slip", "stopped_at": None}, saved_at=datetime.now(UTC))
    assert run(["status"]) == 0
    assert "it refused the one of 2026-03-02T00:00:00Z: a slip" in capsys.readouterr().err


def test_a_schedule_is_not_asked_of_an_archive_that_is_not_there(folder, capsys):
    (folder / "archive.db").unlink()
    assert run(["schedule", "next"]) == 78
    assert not (folder / "archive.db").exists()


def test_cron_prints_a_line_for_this_very_installation(folder, capsys):
    assert run(["schedule", "cron"]) == 0
    begin, line, end = capsys.readouterr().out.splitlines()
    assert str(STANDFIRST) in line
    assert f"--config {folder}/standfirst.toml" in line
    assert (begin.split(": ")[1], end.split(": ")[1]) == (f"begin {folder}/standfirst.toml", f"end {folder}/standfirst.toml")


@pytest.mark.skipif(shutil.which("flock") is None, reason="flock is not installed")
def test_a_waking_by_cron_while_another_is_under_way_passes_in_silence(folder, capsys):
    assert run(["schedule", "cron"]) == 0
    command = capsys.readouterr().out.splitlines()[1].split(None, 5)[5]
    with (folder / "standfirst.toml").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        passed = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert (passed.returncode, passed.stdout, passed.stderr) == (0, "", "")
    with open_reader(folder / "archive.db") as reader:
        assert [row["command"] for row in reader.runs()] == ["test", "test"]


def test_systemd_units_are_printed_installed_and_removed(folder, capsys, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("PATH", str(folder))  # no systemctl
    units = folder / "config" / "systemd" / "user"
    assert run(["schedule", "systemd", "--name", "news"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"# {units}/news.service\n# standfirst schedule systemd: for {folder}/standfirst.toml\n[Unit]\n")
    assert f"\n\n# {units}/news.timer\n" in out
    assert not units.exists()
    assert run(["schedule", "systemd", "--name", "news", "--install"]) == 0
    assert "systemctl --user enable --now news.timer" in capsys.readouterr().err
    assert out == "\n".join(f"# {path}\n{path.read_text()}" for path in sorted(units.iterdir()))
    assert run(["schedule", "systemd", "--name", "news", "--remove"]) == 0
    assert list(units.iterdir()) == []
    assert run(["schedule", "systemd", "--name", "../news"]) == 2
    assert run(["schedule", "systemd", "--system", "--service"]) == 0
    assert f"\nUser={(folder / 'archive.db').owner()}\n" in capsys.readouterr().out


def test_github_needs_plain_names_side_by_side(folder):
    config = load_config(folder / "standfirst.toml")
    assert workflow(config) == workflow(config)
    (folder / "elsewhere.toml").write_text(HEAD + 'archive = "data/archive.db"')
    with pytest.raises(ConfigError, match="has to be in the same folder"):
        workflow(load_config(folder / "elsewhere.toml"))
    (folder / "spaced.toml").write_text(HEAD + 'archive = "my archive.db"')
    with pytest.raises(ConfigError, match="rename the file"):
        workflow(load_config(folder / "spaced.toml"))


def steps(text):
    """The shell of each `run:`, in order, as YAML has it."""
    found, lines = [], text.splitlines()
    for number, line in enumerate(lines):
        before, run_key, rest = line.partition("run: ")
        if not run_key or before.strip(" -"):
            continue
        if rest != "|":
            found.append(rest)
            continue
        body = []
        for following in lines[number + 1 :]:
            if not following.startswith(" " * 10):
                break
            body.append(following[10:])
        found.append("\n".join(body))
    return found


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_workflow_crawls_keeps_the_archive_and_commits_the_tables(tmp_path):
    """Its steps, run here as a runner would, with a `gh` that keeps assets in a folder."""
    repository, assets, programs = tmp_path / "repository", tmp_path / "assets", tmp_path / "bin"
    for made in (repository, assets, programs):
        made.mkdir()
    gh = programs / "gh"
    gh.write_text(
        f'#!/bin/sh\ncase "$2" in download) cp {assets}/archive.db . ;; upload) cp "$4" {assets}/ ;; *) exit 9 ;; esac\n'
    )
    gh.chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{STANDFIRST.parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    environment["GITHUB_OUTPUT"] = str(tmp_path / "output")

    def sh(script, *, cwd=repository):
        return subprocess.run(["bash", "-e", "-c", script], cwd=cwd, env=environment, capture_output=True, text=True)

    with SmallSite() as site:
        (repository / "standfirst.toml").write_text(HEAD + site.source("one") + site.source("two", "/missing"))
        with create_archive(assets / "archive.db"):
            pass
        assert (
            sh(
                f"git init -q --bare {tmp_path}/origin.git && git init -q . && git remote add origin {tmp_path}/origin.git"
            ).returncode
            == 0
        )
        assert sh("git config push.autoSetupRemote true").returncode == 0
        install, download, crawl, keep, commit, tell = steps(workflow(load_config(repository / "standfirst.toml")))
        assert "pip install" in install
        for script in (download, crawl, keep, commit):
            done = sh(script)
            assert done.returncode == 0, done.stderr
    assert (tmp_path / "output").read_text() == "code=0\n"
    assert tell == "exit ${{ steps.crawl.outputs.code }}"
    with open_reader(assets / "archive.db") as reader:
        assert len(reader.cards()) == 10
    shown = sh("git --git-dir ../origin.git ls-tree -r --name-only HEAD").stdout.split()
    assert shown == ["tables/cards.csv", "tables/changes.csv", "tables/gaps.csv"]


def cron_can_run():
    if os.getuid() != 0 or shutil.which("cron") is None or shutil.which("crontab") is None:
        return False
    listed = subprocess.run(["crontab", "-l"], capture_output=True, text=True)
    return not listed.stdout.strip()  # nobody's own crontab is touched


@pytest.mark.slow
@pytest.mark.skipif(not cron_can_run(), reason="needs root, Debian's cron, and a user without a crontab")
def test_a_real_cron_wakes_the_crawl_which_says_nothing(tmp_path):
    folder = tmp_path / "100% it's news"
    folder.mkdir()
    config = folder / "standfirst.toml"

    def crontab(verb):
        return subprocess.run(
            [STANDFIRST, "schedule", "cron", verb, "--config", config], capture_output=True, text=True, check=True
        )

    output = tmp_path / "output"  # which cron would mail, where there is a mailer
    with SmallSite() as site, create_archive(folder / "archive.db"):
        config.write_text(HEAD + '[schedule]\ncadence = "* * * * *"\n' + site.source("one"))
        crontab("--install")
        lines = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=True).stdout
        kept = lines.replace(
            "/standfirst.toml'\n# standfirst schedule cron: end",
            f"/standfirst.toml' >>{output} 2>&1\n# standfirst schedule cron: end",
        )
        subprocess.run(["crontab", "-"], input=kept, text=True, check=True)
        cron = subprocess.Popen(["cron", "-f"], stderr=subprocess.PIPE, text=True)
        try:
            deadline = time.monotonic() + 75
            while not site.asked["/one"] and time.monotonic() < deadline:
                assert cron.poll() is None, cron.stderr.read()
                time.sleep(0.2)
            while time.monotonic() < deadline and not finished(folder):
                time.sleep(0.2)
        finally:
            cron.send_signal(signal.SIGTERM)
            cron.wait(10)
            cron.stderr.close()
            crontab("--remove")
        assert site.asked["/one"] == 1
    assert output.read_text() == ""
    with open_reader(folder / "archive.db") as reader:
        (made,) = reader.runs()
    assert (made["command"], made["exit_code"], made["outcomes"]) == ("crawl --only-due", 0, {"ok": 1})
    assert subprocess.run(["crontab", "-l"], capture_output=True, text=True).stdout == ""


def finished(folder):
    with open_reader(folder / "archive.db") as reader:
        return any(row["finished_at"] for row in reader.runs())
