"""Handing our lines to cron and our units to systemd, and taking them back; whatever else is there is left as it is."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from schedules.timers import Installation, with_block, without_block
from schedules.units import Unit, first_line
from scraper.errors import ScheduleError

KINDS = (".service", ".timer")


def install_in_crontab(at: Installation, period: int, *, crontab: str = "crontab") -> bool:
    """Puts our lines into the user's crontab; False when they were there already, word for word."""
    return _edit_crontab(crontab, lambda text: with_block(text, at, period))


def remove_from_crontab(at: Installation, *, crontab: str = "crontab") -> bool:
    """Takes our lines out of the user's crontab; False when they weren't there."""
    return _edit_crontab(crontab, lambda text: without_block(text, at))


def _edit_crontab(crontab: str, edit: Callable[[str], str]) -> bool:
    before = _read_crontab(crontab)
    after = edit(before)
    if after == before:
        return False
    _call([crontab, "-"] if after else [crontab, "-r"], after or None)
    return True


def _read_crontab(crontab: str) -> str:
    listed = _run([crontab, "-l"])
    if listed.returncode != 0 and "no crontab for" not in listed.stderr:
        raise ScheduleError(f"{crontab} -l: {listed.stderr.strip() or 'failed'}")
    return listed.stdout if listed.returncode == 0 else ""


def install_units(at: Installation, units: Sequence[Unit], folder: Path, *, systemctl: Sequence[str] = ()) -> list[str]:
    """Writes the units into systemd's folder and has systemd take them; returns what was done, in words.

    `systemctl` is how to call it; empty: systemd isn't told. A timer left from another form of ours is taken away. ScheduleError, and nothing
    written, where a unit of one of the names is not ours.
    """
    wanted = {folder / unit.name: unit.text for unit in units}
    stale = [path for path in _ours_beside(at, folder, wanted) if path not in wanted]
    for path in wanted:
        _require_ours(at, path)
    done = _forget(stale, systemctl)
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    with _refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for path in changed:
            path.write_text(wanted[path], encoding="utf-8")
            done.append(f"wrote {path}")
    started = units[-1].name  # the timer, where there is one
    if systemctl:
        _call([*systemctl, "daemon-reload"])
        _call([*systemctl, "enable", started])
        _call([*systemctl, "restart" if changed else "start", started])
        done.append(f"{started} is enabled and started")
    return done


def remove_units(at: Installation, name: str, folder: Path, *, systemctl: Sequence[str] = ()) -> list[str]:
    """Stops our units of that name and takes them away; returns what was done, in words: nothing where there are none of ours."""
    done = _forget([path for kind in KINDS if _is_ours(at, path := folder / f"{name}{kind}")], systemctl)
    if done and systemctl:
        _call([*systemctl, "daemon-reload"])
    return done


def _ours_beside(at: Installation, folder: Path, wanted: Iterable[Path]) -> list[Path]:
    """Units of ours of the same names, of whatever kind."""
    return [path for name in {path.stem for path in wanted} for kind in KINDS if _is_ours(at, path := folder / f"{name}{kind}")]


def _forget(paths: Sequence[Path], systemctl: Sequence[str]) -> list[str]:
    done: list[str] = []
    for path in sorted(paths, reverse=True):  # the timer before what it starts
        if systemctl:
            _call([*systemctl, "disable", "--now", path.name])
        with _refusals(path):
            path.unlink()
        done.append(f"removed {path}")
    return done


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Turns a folder that we may not write to into our error."""
    try:
        yield
    except OSError as exc:
        raise ScheduleError(f"{path}: {exc.strerror}; units of the system's manager are root's, so try it with sudo") from exc


def _is_ours(at: Installation, path: Path) -> bool:
    try:
        return path.read_text(encoding="utf-8").startswith(first_line(at) + "\n")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return False


def _require_ours(at: Installation, path: Path) -> None:
    if path.exists() and not _is_ours(at, path):
        raise ScheduleError(
            f"{path}: is there already and not for {at.config}; it was left alone. Choose another name with --name"
        )


def _call(command: Sequence[str], text: str | None = None) -> None:
    ended = _run(command, text)
    if ended.returncode != 0:
        raise ScheduleError(f"{' '.join(command)}: {ended.stderr.strip() or f'ended with code {ended.returncode}'}")


def _run(command: Sequence[str], text: str | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False)  # noqa: S603  our own words
    except FileNotFoundError as exc:
        raise ScheduleError(f"{command[0]}: isn't installed here; install it, or copy the lines by hand") from exc
