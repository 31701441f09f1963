"""A process killed at any moment loses at most the look it was at, and the next run goes on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("kills", [pytest.param(12, id="12 kills"), pytest.param(500, id="500 kills", marks=pytest.mark.slow)])
def test_killed_at_random_moments_no_look_is_half_recorded_and_none_that_was_reported_is_lost(kills: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "killing.py"), str(tmp_path / "archive.db"), str(kills), "20260501"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    summary = re.fullmatch(r"(\d+) kills, (\d+) during a look, (\d+) looks intact\n", done.stdout)
    assert summary is not None
    assert int(summary[1]) == kills
    assert int(summary[3]) > kills  # work went on after the kills
