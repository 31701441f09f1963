"""A process killed at any moment, or left without room on the disk, loses at most the look it was at, and the next run goes on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def run(program: str, *arguments: object) -> int:
    """How many looks are intact in the end."""
    done = subprocess.run(
        [sys.executable, str(HERE / program), *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    summary = re.fullmatch(r".*, (\d+) looks intact\n", done.stdout)
    assert summary is not None
    return int(summary[1])


def kill(work: str, kills: int, folder: Path) -> int:
    return run("killing.py", work, folder / "archive.db", kills, 20260501)


@pytest.mark.parametrize("times", [pytest.param(5, id="5 times"), pytest.param(50, id="50 times", marks=pytest.mark.slow)])
def test_when_the_disk_is_full_the_message_says_so_and_nothing_is_half_recorded(times: int, tmp_path: Path) -> None:
    assert run("filling.py", tmp_path / "archive.db", times, 7) > 0


@pytest.mark.parametrize("kills", [pytest.param(10, id="10 kills"), pytest.param(500, id="500 kills", marks=pytest.mark.slow)])
def test_killed_while_recording_no_look_is_half_there_and_none_that_was_reported_is_lost(kills: int, tmp_path: Path) -> None:
    assert kill("record", kills, tmp_path) >= kills / 2  # work went on after the kills


@pytest.mark.parametrize("kills", [pytest.param(6, id="6 kills"), pytest.param(500, id="500 kills", marks=pytest.mark.slow)])
def test_killed_while_the_tables_are_made_the_next_call_makes_them(kills: int, tmp_path: Path) -> None:
    kill("create", kills, tmp_path)


@pytest.mark.parametrize("kills", [pytest.param(4, id="4 kills"), pytest.param(100, id="100 kills", marks=pytest.mark.slow)])
def test_killed_while_pruning_every_body_that_stays_is_sound(kills: int, tmp_path: Path) -> None:
    assert kill("prune", kills, tmp_path) > 0


@pytest.mark.parametrize("kills", [pytest.param(4, id="4 kills"), pytest.param(100, id="100 kills", marks=pytest.mark.slow)])
def test_killed_while_rebuilding_the_old_archive_is_untouched_and_the_rebuild_goes_on(kills: int, tmp_path: Path) -> None:
    assert kill("rebuild", kills, tmp_path) > 0


@pytest.mark.parametrize("kills", [pytest.param(1, id="1 kill"), pytest.param(20, id="20 kills", marks=pytest.mark.slow)])
def test_killed_while_several_processes_rebuild_none_of_them_is_left(kills: int, tmp_path: Path) -> None:
    assert kill("rebuild-together", kills, tmp_path) > 0


@pytest.mark.parametrize("kills", [pytest.param(4, id="4 kills"), pytest.param(100, id="100 kills", marks=pytest.mark.slow)])
def test_killed_while_a_rebuilt_archive_is_put_in_place_there_is_always_a_whole_one(kills: int, tmp_path: Path) -> None:
    assert kill("swap", kills, tmp_path) > 0


@pytest.mark.parametrize("kills", [pytest.param(3, id="3 kills"), pytest.param(30, id="30 kills", marks=pytest.mark.slow)])
def test_killed_while_an_old_archive_is_upgraded_it_is_old_or_new_and_the_next_call_upgrades_it(
    kills: int, tmp_path: Path
) -> None:
    assert run("upgrading.py", tmp_path / "archive.db", kills, 4) > 0
