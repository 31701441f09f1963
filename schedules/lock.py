"""One crawl at a time: an advisory lock on a file beside the archive, which the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scraper.errors import LockHeldError

POLL_S = 0.2  # flock has no time-out of its own


def lock_path(archive: Path) -> Path:
    """`archive.db` is guarded by `archive.db.lock`. The file stays; only the kernel's lock on it counts."""
    return archive.with_name(archive.name + ".lock")


@contextmanager
def hold_lock(archive: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Holds the crawl lock of this archive; LockHeldError when it can't be had within `wait_s` seconds."""
    path = lock_path(archive)
    with path.open("a+", encoding="utf-8") as file:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                if time.monotonic() < deadline:
                    time.sleep(min(POLL_S, max(0.0, deadline - time.monotonic())))
                    continue
                file.seek(0)
                holder = file.read().strip() or "unknown process"
                raise LockHeldError(
                    f"{archive}: another crawl is running ({holder}); wait for it, or use --wait-lock SECONDS"
                ) from exc
            break
        file.truncate(0)
        file.write(f"pid {os.getpid()}\n")
        file.flush()
        yield
