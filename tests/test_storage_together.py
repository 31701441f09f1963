"""Two writers and twenty readers at once, each a process of its own."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from archives import card, look, night

from scraper.errors import ArchiveError
from storage import create_archive, open_archive, open_reader
from storage.reader import Reader
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


def read(path: Path, begin: Event, done: Event) -> int:
    """How often the archive was asked."""
    begin.wait()
    asked = 0
    while not done.is_set() or asked == 0:
        # To come in takes the usual patience: whoever leaves keeps all others out for a moment, in which it clears the write-ahead file
        # away or finds that it may not (https://www.sqlite.org/wal.html section 10). Who is in waits for nobody.
        with open_reader(path) as reader:
            reader.connection.execute("PRAGMA busy_timeout = 0")
            for _ in range(3):
                ask(reader)
                asked += 1
    return asked


def ask(reader: Reader) -> None:
    """Each answer must be that of whole looks, and all answers of one moment."""
    with reader.snapshot():
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
            of_source = reader.sql("SELECT count(*) AS looks FROM look WHERE source = ? AND good", (source,))
            assert int(number) + 1 == sum(row["looks"] for row in of_source)


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


@pytest.mark.slow
def test_two_writers_and_twenty_readers_in_processes_of_their_own_are_never_locked_out_and_see_whole_looks(
    tmp_path: Path,
) -> None:
    path = tmp_path / "archive.db"
    with create_archive(path) as archive:
        archive.begin_run(started_at=night(0), version="0.1.0", command="crawl")
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, spawn.Pool(WRITERS + READERS) as pool:
        begin = manager.Event()
        done = [manager.Event() for _ in range(WRITERS)]
        writers = [pool.apply_async(write, (path, f"source{number}", begin, done[number])) for number in range(WRITERS)]
        readers = [pool.apply_async(read, (path, begin, done[number % WRITERS])) for number in range(READERS)]
        begin.set()
        assert [writer.get(timeout=120) for writer in writers] == [LOOKS] * WRITERS
        assert all(reader.get(timeout=120) > 0 for reader in readers)
    with open_archive(path) as archive:
        assert archive.connection.execute("SELECT count(*) FROM crawl WHERE good").fetchone() == (WRITERS * LOOKS,)
        assert list(verify(archive)) == []


@pytest.mark.parametrize("how", ["replaced", "moved"])
def test_an_archive_that_is_moved_below_its_writer_takes_its_looks_along_and_damages_no_other(tmp_path: Path, how: str) -> None:
    """The log under the old name belonged to the old file, and was taken for that of the one that had been put in its place."""
    path, aside, backup = tmp_path / "archive.db", tmp_path / "aside.db", tmp_path / "backup.db"
    with create_archive(path) as archive:
        for number in range(3):
            look(archive, [card(f"n{number}")], at=night(number))
        back_up(path, backup)
        for number in range(3, 6):
            look(archive, [card(f"n{number}")], at=night(number))
        path.rename(aside)
        if how == "replaced":
            backup.rename(path)
        with pytest.raises(ArchiveError, match="was moved, removed or replaced while it was written to"):
            look(archive, [card("n6")], at=night(6))
    for file, looks in {aside: 6, path: 3}.items():
        if file.exists():
            with open_archive(file) as opened:
                assert list(verify(opened)) == []
                assert opened.connection.execute("SELECT count(*) FROM crawl").fetchone() == (looks,)


def test_an_archive_that_is_replaced_after_the_last_look_takes_its_looks_along(tmp_path: Path) -> None:
    path, aside, backup = tmp_path / "archive.db", tmp_path / "aside.db", tmp_path / "backup.db"
    with create_archive(path) as archive:
        look(archive, [card("n0")], at=night(0))
        back_up(path, backup)
        look(archive, [card("n1")], at=night(1))
        path.rename(aside)
        backup.rename(path)
    for file, looks in {aside: 2, path: 1}.items():
        with open_archive(file) as opened:
            assert list(verify(opened)) == []
            assert opened.connection.execute("SELECT count(*) FROM crawl").fetchone() == (looks,)


def test_a_writer_may_go_to_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with create_archive("archive.db") as archive:
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert look(archive, [card("n0")], at=night(0)).new == 1
