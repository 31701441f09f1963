"""Two writers and twenty readers at once, each a process of its own."""

from __future__ import annotations

import multiprocessing
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from archives import card, look, night

from storage import create_archive, open_archive, open_reader
from storage.upkeep import verify

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
    """How often the archive was asked; each answer must be that of whole looks, and all of a snapshot's answers of one moment."""
    begin.wait()
    asked = 0
    while not done.is_set() or asked == 0:
        with open_reader(path, wait_s=0) as reader, reader.snapshot():  # nobody waits for a lock
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
