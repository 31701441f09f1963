"""One crawl at a time: an advisory lock on a file beside the archive, which the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from scraper.errors import ArchiveError, LockHeldError

POLL_S = 0.2  # flock has no time-out of its own


def lock_path(archive: Path) -> Path:
    """`archive.db` is guarded by `archive.db.lock`. The file stays; only the kernel's lock on it counts.

    It lies beside the archive itself, whatever symbolic links lead there: two configurations may name one archive by two names.
    """
    archive = archive.resolve()
    return archive.with_name(archive.name + ".lock")


@contextmanager
def hold_lock(archive: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Holds the crawl lock of this archive; LockHeldError when it can't be had within `wait_s` seconds.

    Raises ArchiveError where the lock file can't be opened: it may be another user's.
    """
    path = lock_path(archive)
    with _opened(path) as file:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                if time.monotonic() < deadline:
                    time.sleep(min(POLL_S, max(0.0, deadline - time.monotonic())))
                    continue
                file.seek(0)
                holder = file.read().decode(errors="replace").strip() or "unknown process"
                raise LockHeldError(
                    f"{archive}: another crawl is running ({holder}); wait for it, or use --wait-lock SECONDS"
                ) from exc
            break
        with suppress(OSError):  # a full disk: the lock is held all the same, and only its holder's number isn't told
            file.truncate(0)
            file.write(f"pid {os.getpid()}\n".encode())
        yield


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("a+b", buffering=0)
    except OSError as exc:
        raise ArchiveError(
            f"{path}: the lock file can't be opened ({exc.strerror}), so nobody knows whether another crawl is running; "
            "check who owns it and its folder"
        ) from exc
