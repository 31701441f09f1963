"""Lines for cron and units for systemd: quoted as each of them reads, and accepted by systemd itself."""

import os
import shlex
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.config import parse_config
from schedules.timers import Installation, cron_block, cron_command, installation, waking_period, with_block, without_block
from schedules.units import exec_line, quoted, service_units, timer_units
from scraper.errors import ConfigError, ScheduleError

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
AT = Installation(
    program=("/opt/standfirst/bin/standfirst",),
    config=Path("/srv/news/standfirst.toml"),
    archive=Path("/srv/news/archive.db"),
    flock=Path("/usr/bin/flock"),
)
NASTY = Path('/srv/100% news & "views"/it\'s $HOME\\here/standfirst.toml')


def config(*tables):
    return parse_config("\n".join(tables).encode(), Path("/srv/news/standfirst.toml"))


def source(slug, cadence, *, more=""):
    return f'[source.{slug}]\nurls = ["https://{slug}.example/"]\ncadence = "{cadence}"\n{more}\n'


@pytest.mark.parametrize(
    ("tables", "minutes"),
    [
        pytest.param([], 15, id="nothing yet"),
        pytest.param([source("a", "nightly"), source("b", "hourly")], 15, id="nightly and hourly"),
        pytest.param([source("a", "nightly"), source("b", "*/20 * * * *")], 10, id="every twenty minutes"),
        pytest.param([source("a", "10m")], 5, id="every ten minutes"),
        pytest.param([source("a", "0,50 * * * *")], 5, id="ten minutes apart once an hour"),
        pytest.param([source("a", "* * * * *")], 1, id="every minute"),
        pytest.param([source("a", "nightly", more='adaptive = ["20m", "1d"]')], 10, id="an interval that may become short"),
        pytest.param([source("a", "* * * * *", more="enabled = false")], 15, id="disabled"),
    ],
)
def test_wakings_are_so_close_that_no_look_is_late_by_more_than_half_of_its_interval(tables, minutes):
    assert waking_period(config(*tables), NOW) == minutes


def test_the_line_for_cron_says_everything_in_full():
    begin, line, end = cron_block(AT, 15).splitlines()
    assert begin == "# standfirst schedule cron: begin /srv/news/standfirst.toml"
    assert end == "# standfirst schedule cron: end /srv/news/standfirst.toml"
    minutes, rest = line.split(" ", 1)
    assert minutes.endswith("-59/15")
    assert 0 <= int(minutes.split("-")[0]) < 15
    assert rest == (
        "* * * * /usr/bin/flock -n -E 0 /srv/news/standfirst.toml "
        "/opt/standfirst/bin/standfirst crawl --only-due --quiet --config /srv/news/standfirst.toml"
    )
    assert "flock" not in cron_block(replace(AT, flock=None), 15)


def as_cron_reads(command):
    r"""What cron(8) hands to the shell: up to the first bare %, with each \% a %."""
    out, rest = "", command
    while rest:
        if rest.startswith(r"\%"):
            out, rest = out + "%", rest[2:]
        elif rest[0] == "%":
            break
        else:
            out, rest = out + rest[0], rest[1:]
    return out


@given(st.lists(st.text(alphabet="ab %\\'\"$&;|<>()*~#é", min_size=1, max_size=12), min_size=1, max_size=4))
def test_any_words_reach_the_program_through_cron_and_the_shell_as_they_are(words):
    assert shlex.split(as_cron_reads(cron_command(words))) == words


def test_a_path_that_no_line_can_hold_is_refused():
    with pytest.raises(ConfigError, match="control character in its path"):
        installation(replace(config(), path=Path("/srv/new\nlines/standfirst.toml")), ["standfirst"])
    with pytest.raises(ConfigError, match="too long for a line of a crontab"):
        cron_block(replace(AT, config=Path("/" + 500 * "x" + "/standfirst.toml")), 15)


CRONTAB = "# mine\nMAILTO=me@home.example\n5 4 * * * backup # standfirst schedule cron\n"


def test_our_lines_come_and_go_and_all_others_stay_as_they_are():
    other = replace(AT, config=Path("/srv/other/standfirst.toml"))
    once = with_block(CRONTAB, AT, 15)
    assert once == CRONTAB + cron_block(AT, 15)
    assert with_block(once, AT, 15) == once
    both = with_block(once, other, 5)
    assert with_block(both, AT, 10) == CRONTAB + cron_block(other, 5) + cron_block(AT, 10)
    assert without_block(without_block(both, AT), other) == CRONTAB
    assert without_block(CRONTAB, AT) == CRONTAB
    assert with_block("@daily x", AT, 15) == "@daily x\n" + cron_block(AT, 15)
    assert without_block(cron_block(AT, 15), AT) == ""


@pytest.mark.parametrize("which", [[0], [2], [2, 1, 0], [0, 1, 2, 0, 1, 2]])
def test_a_crontab_with_broken_marks_is_left_alone(which):
    lines = cron_block(AT, 15).splitlines(keepends=True)
    with pytest.raises(ScheduleError, match="put that right with `crontab -e`"):
        with_block(CRONTAB + "".join(lines[n] for n in which), AT, 15)


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/srv/news/a.db", "/srv/news/a.db"),
        ("/srv/my news", '"/srv/my news"'),
        ("100%", "100%%"),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("it's", '"it\'s"'),
        ("", '""'),
        ("über", "über"),
    ],
)
def test_a_word_is_written_as_systemd_reads_it(word, written):
    assert quoted(word) == written


def test_dollars_mean_themselves_in_what_is_executed():
    assert exec_line(["/bin/x", "$HOME", "a b"]) == '/bin/x $$HOME "a b"'


def keys(text):
    return [line.partition("=")[0] for line in text.splitlines() if "=" in line and not line.startswith("#")]


def test_a_timer_catches_up_spreads_and_starts_the_crawl_quietly():
    crawl, timer = timer_units(AT, 15, name="standfirst", user=None)
    assert (crawl.name, timer.name) == ("standfirst.service", "standfirst.timer")
    assert "\nPersistent=true\n" in timer.text
    assert "\nRandomizedDelaySec=180\n" in timer.text
    assert "\nOnCalendar=*-*-* *:" in timer.text
    assert "ExecStart=/opt/standfirst/bin/standfirst crawl --only-due --quiet --config /srv/news/standfirst.toml\n" in crawl.text
    assert "SuccessExitStatus=75 130" in crawl.text
    assert crawl.text.startswith("# standfirst schedule systemd: for /srv/news/standfirst.toml\n")


def test_the_system_locks_more_away_and_a_mailer_or_a_browser_gets_what_it_needs():
    (own,) = service_units(AT, name="x", user=None)
    (system,) = service_units(AT, name="x", user="news")
    assert "ReadWritePaths=/srv/news" in system.text
    assert {"NoNewPrivileges", "RestrictAddressFamilies"} <= set(keys(own.text)) < set(keys(system.text)) | {"WantedBy"}
    assert {"ProtectSystem", "ProtectHome", "PrivateTmp", "SystemCallFilter", "User"} <= set(keys(system.text)) - set(
        keys(own.text)
    )
    (browser,) = service_units(replace(AT, renders=True), name="x", user="news")
    assert "RestrictNamespaces" not in browser.text
    assert "SystemCallFilter" not in browser.text
    assert "ProtectSystem=strict" in browser.text
    (mailer,) = service_units(replace(AT, sends_mail_or_runs_a_hook=True), name="x", user="news")
    assert "NoNewPrivileges" not in mailer.text
    assert "ProtectSystem=full" in mailer.text
    (temporary,) = service_units(replace(AT, archive=Path("/tmp/news/archive.db")), name="x", user="news")
    assert "PrivateTmp" not in temporary.text


def test_what_runs_inside_is_known_from_the_configuration():
    told = config('[notify]\nmail_to = ["me@home.example"]', source("a", "nightly", more="render = true"))
    at = installation(told, ["/x/standfirst"])
    assert (at.sends_mail_or_runs_a_hook, at.renders) == (True, True)
    assert at.archive == Path("/srv/news/archive.db")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("user", [None, "root"], ids=["own", "system"])
@pytest.mark.parametrize("kind", ["timer", "service", "mailer", "browser", "nasty"])
def test_systemd_itself_finds_nothing_wrong(kind, user, tmp_path):
    at = replace(AT, program=(shutil.which("true"),), sends_mail_or_runs_a_hook=kind == "mailer", renders=kind == "browser")
    if kind == "nasty":
        at = replace(at, config=NASTY, archive=NASTY.with_name("archive.db"))
    units = timer_units(at, 10, name="x", user=user) if kind != "service" else service_units(at, name="x", user=user)
    for unit in units:
        (tmp_path / unit.name).write_text(unit.text)
    manager = ["--user"] if user is None else ["--system"]
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *manager, *(str(tmp_path / unit.name) for unit in units)],
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    ours = [line for line in checked.stderr.splitlines() if str(tmp_path) in line or line.startswith("x.")]
    assert (checked.returncode, ours) == (0, [])
