"""Installing and removing: as often as you like, and nothing else is touched."""

from pathlib import Path

import pytest
from test_schedules_timers import AT, CRONTAB

from schedules.installing import install_in_crontab, install_units, remove_from_crontab, remove_units
from schedules.timers import cron_block
from schedules.units import service_units, timer_units
from scraper.errors import ScheduleError


@pytest.fixture
def crontab(tmp_path):
    """A crontab(1) that keeps its table in a file beside it, and counts how often it was written."""
    program = tmp_path / "crontab"
    program.write_text(
        f"""#!/bin/sh
cd {tmp_path}
case $1 in
  -l) if [ -e table ]; then cat table; else echo "no crontab for me" >&2; exit 1; fi ;;
  -r) rm table; echo removed >>writes ;;
  -)  cat >table; echo written >>writes ;;
esac
"""
    )
    program.chmod(0o755)
    return str(program)


def writes(tmp_path):
    path = tmp_path / "writes"
    return path.read_text().split() if path.exists() else []


def test_a_crontab_gets_our_lines_once_and_loses_only_them(crontab, tmp_path):
    (tmp_path / "table").write_text(CRONTAB)
    assert install_in_crontab(AT, 15, crontab=crontab) is True
    assert (tmp_path / "table").read_text() == CRONTAB + cron_block(AT, 15)
    assert install_in_crontab(AT, 15, crontab=crontab) is False
    assert install_in_crontab(AT, 5, crontab=crontab) is True
    assert remove_from_crontab(AT, crontab=crontab) is True
    assert (tmp_path / "table").read_text() == CRONTAB
    assert remove_from_crontab(AT, crontab=crontab) is False
    assert writes(tmp_path) == ["written"] * 3


def test_who_had_no_crontab_has_none_again(crontab, tmp_path):
    assert remove_from_crontab(AT, crontab=crontab) is False
    install_in_crontab(AT, 15, crontab=crontab)
    remove_from_crontab(AT, crontab=crontab)
    assert not (tmp_path / "table").exists()
    assert writes(tmp_path) == ["written", "removed"]


def test_what_crontab_says_against_it_is_told(tmp_path):
    with pytest.raises(ScheduleError, match="isn't installed here"):
        install_in_crontab(AT, 15, crontab=str(tmp_path / "nowhere"))
    program = tmp_path / "crontab"
    program.write_text("#!/bin/sh\necho 'You (me) are not allowed to use this program' >&2; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(ScheduleError, match="not allowed to use this program"):
        install_in_crontab(AT, 15, crontab=str(program))


@pytest.fixture
def systemctl(tmp_path):
    """A systemctl that notes what it was told."""
    program = tmp_path / "systemctl"
    program.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/told\n')
    program.chmod(0o755)
    return [str(program), "--user"]


def told(tmp_path):
    path = tmp_path / "told"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return [line.removeprefix("--user ") for line in lines]


def test_units_are_written_once_and_taken_away_again(systemctl, tmp_path):
    folder = tmp_path / "units"
    units = timer_units(AT, 15, name="news", user=None)
    assert install_units(AT, units, folder, systemctl=systemctl) == [
        f"wrote {folder}/news.service",
        f"wrote {folder}/news.timer",
        "news.timer is enabled and started",
    ]
    assert told(tmp_path) == ["daemon-reload", "enable news.timer", "restart news.timer"]
    assert install_units(AT, units, folder, systemctl=systemctl) == ["news.timer is enabled and started"]
    assert told(tmp_path) == ["daemon-reload", "enable news.timer", "start news.timer"]
    assert remove_units(AT, "news", folder, systemctl=systemctl) == [
        f"removed {folder}/news.timer",
        f"removed {folder}/news.service",
    ]
    assert told(tmp_path) == ["disable --now news.timer", "disable --now news.service", "daemon-reload"]
    assert remove_units(AT, "news", folder, systemctl=systemctl) == []
    assert told(tmp_path) == []


def test_a_service_in_a_timers_place_leaves_no_timer_behind(systemctl, tmp_path):
    install_units(AT, timer_units(AT, 15, name="news", user=None), tmp_path)
    install_units(AT, service_units(AT, name="news", user=None), tmp_path, systemctl=systemctl)
    assert told(tmp_path) == ["disable --now news.timer", "daemon-reload", "enable news.service", "restart news.service"]
    assert not (tmp_path / "news.timer").exists()


def test_units_of_others_are_left_alone(systemctl, tmp_path):
    other = tmp_path / "news.timer"
    other.write_text("[Timer]\n")
    with pytest.raises(ScheduleError, match=r"news\.timer: is there already and not for .*; it was left alone"):
        install_units(AT, timer_units(AT, 15, name="news", user=None), tmp_path, systemctl=systemctl)
    assert not (tmp_path / "news.service").exists()
    assert remove_units(AT, "news", tmp_path, systemctl=systemctl) == []
    assert other.read_text() == "[Timer]\n"
    assert told(tmp_path) == []


def test_what_systemctl_says_against_it_is_told(tmp_path):
    program = tmp_path / "systemctl"
    program.write_text("#!/bin/sh\necho 'Failed to connect to bus' >&2; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(ScheduleError, match="daemon-reload: Failed to connect to bus"):
        install_units(AT, timer_units(AT, 15, name="news", user=None), tmp_path / "units", systemctl=[str(program)])
    assert Path(tmp_path / "units" / "news.timer").exists()


def test_a_folder_that_may_not_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ScheduleError, match="units of the system's manager are root's, so try it with sudo"):
        install_units(AT, timer_units(AT, 15, name="news", user="news"), tmp_path / "file" / "units")
