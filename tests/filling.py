"""Records looks until there is no more room, and checks the archive: `filling.py ARCHIVE TIMES SEED`.

The disk is made full by a limit on the size of files (RLIMIT_FSIZE), at another point of a look's writing each time. A program of its own,
because it forks.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
from pathlib import Path

from archives import NIGHT
from killing import check, check_every_look, record_for_ever

from scraper.errors import ArchiveFullError
from storage import create_archive, open_archive


def fill_once(path: Path, room: int) -> str:
    """Records in a child until its files may grow no more; returns the message that it ended with."""
    largest = max(file.stat().st_size for file in path.parent.glob("archive.db*"))
    read, write = os.pipe()
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then the write fails with "file too large" instead
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room, largest + room))
            try:
                record_for_ever(path, tell)
            except ArchiveFullError as exc:
                os.write(write, str(exc).encode())
                os._exit(0)
        finally:
            os._exit(1)
    os.close(write)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe, os.fdopen(read, "rb") as message:
        recorded = {int(line) for line in pipe.read().splitlines()}
        said = message.read().decode()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the child ended with {status}"
    with open_archive(path) as archive:
        check(archive, recorded)
    return said


def main() -> None:
    path, times, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    create_archive(path).close()
    for _ in range(times):
        said = fill_once(path, chance.randrange(1, 300_000))
        assert str(path) in said, said
        assert "Make room" in said, said
    with open_archive(path) as archive:
        archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
        looks = check_every_look(archive.connection)
    sys.stdout.write(f"{times} times full, {looks} looks intact\n")


if __name__ == "__main__":
    main()
