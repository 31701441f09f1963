"""Two writers and twenty readers at once, each a process of its own."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from contextlib import ExitStack
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from archives import card, look, night

from storage import create_archive, open_archive, open_reader
from storage.connections import READER_WAIT_S
from storage.upkeep import back_up, verify

LOOKS = 40
WRITERS, READERS = 2, 20


def write(path: Path, source: str, begin: Event, done: Event) -> int:
    begin.wait()
    try:
        with open_archive(path) as archive:
            for number in range(LOOKS):
                shown = [card(f"{source}-{name}{number // 3}", f"{name} {number}") for name in "abc"]
                look(archive, shown, at=night(number), source=source, url=f"https://{source}.example/", run_id=1)
    finally:
        done.set()
    return LOOKS


def read(path: Path, wait_s: float, begin: Event, done: Event) -> int:
    """How often the archive was asked; each answer must be that of whole looks, and all of a snapshot's answers of one moment."""
    begin.wait()
    asked = 0
    while not done.is_set() or asked == 0:
        with open_reader(path, wait_s=wait_s) as reader, reader.snapshot():
            cards = reader.cards()
            by_source: dict[str, set[str]] = {}
            for row in cards:
                by_source.setdefault(row["source"], set()).add(row["title"].split()[1])
            assert all(len(numbers) == 1 for numbers in by_source.values()), by_source
            assert len(cards) == 3 * len(by_source)
            (looks,) = reader.sql("SELECT count(*) AS looks, coalesce(sum(card_count), 0) AS cards FROM crawl WHERE good")
            assert looks["cards"] == 3 * looks["looks"]
            (sightings,) = reader.sql("SELECT count(*) AS sightings FROM sighting")
            assert sightings["sightings"] == looks["cards"]
            for source, (number,) in by_source.items():
                assert int(number) + 1 == sum(row["looks"] for row in reader.sql(
                    "SELECT count(*) AS looks FROM look WHERE source = ? AND good", (source,)
                ))  # fmt: skip
        asked += 1
    return asked


OTHER_PROGRAM = (
    "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); print(db.execute('SELECT count(*) FROM crawl').fetchone()[0])"
)


def looks_that_another_program_sees(path: Path) -> int:
    """Asked as the sqlite3 command line would: opened to write, and closed, which clears the write-ahead file away if nobody is left."""
    run = subprocess.run([sys.executable, "-c", OTHER_PROGRAM, str(path)], capture_output=True, text=True, check=True)
    return int(run.stdout)


def test_a_reader_opened_and_closed_beside_a_writer_leaves_the_writer_its_write_ahead_file(tmp_path: Path) -> None:
    """POSIX drops a process's locks on a file when the process closes it anywhere: https://www.sqlite.org/howtocorrupt.html section 2.2."""
    path = tmp_path / "archive.db"
    with create_archive(path) as archive:
        archive.begin_run(started_at=night(0), version="0.1.0", command="crawl")
        look(archive, [card("a")], run_id=1)
        with open_reader(path) as reader:
            assert len(reader.cards()) == 1
        back_up(path, tmp_path / "copy.db")
        assert list(verify(archive)) == []
        assert looks_that_another_program_sees(path) == 1
        assert path.with_name("archive.db-wal").exists()
        look(archive, [card("a")], at=night(1), run_id=1)
        assert looks_that_another_program_sees(path) == 2


# Whoever closes the archive last clears its write-ahead file away and keeps all others out for that moment, and so does whoever opens
# it first (https://www.sqlite.org/wal.html, section 10). While a third program has it open, as the crawl that they watch does, no reader
# has anything to wait for; where nobody has, a reader that waits as readers do by default gets in.
@pytest.mark.slow
@pytest.mark.parametrize(("held_open", "wait_s"), [(True, 0.0), (False, READER_WAIT_S)], ids=["during a crawl", "come and go"])
def test_two_writers_and_twenty_readers_in_processes_of_their_own_are_never_locked_out_and_see_whole_looks(
    tmp_path: Path, held_open: bool, wait_s: float
) -> None:
    path = tmp_path / "archive.db"
    with create_archive(path) as archive:
        archive.begin_run(started_at=night(0), version="0.1.0", command="crawl")
    spawn = multiprocessing.get_context("spawn")
    with ExitStack() as open_meanwhile, spawn.Manager() as manager, spawn.Pool(WRITERS + READERS) as pool:
        if held_open:
            open_meanwhile.enter_context(open_archive(path))
        begin = manager.Event()
        done = [manager.Event() for _ in range(WRITERS)]
        writers = [pool.apply_async(write, (path, f"source{number}", begin, done[number])) for number in range(WRITERS)]
        readers = [pool.apply_async(read, (path, wait_s, begin, done[number % WRITERS])) for number in range(READERS)]
        begin.set()
        assert [writer.get(timeout=120) for writer in writers] == [LOOKS] * WRITERS
        assert all(reader.get(timeout=120) > 0 for reader in readers)
    with open_archive(path) as archive:
        assert archive.connection.execute("SELECT count(*) FROM crawl WHERE good").fetchone() == (WRITERS * LOOKS,)
        assert list(verify(archive)) == []
