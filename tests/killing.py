"""Works on an archive in a process of its own, kills that at random moments, and checks the archive: `killing.py WORK ARCHIVE KILLS SEED`.

WORK is "record", "create", "prune", "rebuild", "rebuild-together" (two processes read) or "swap". A program of its own, because it forks, which a test runner with threads can't do safely. The child says on a pipe which looks it was told
were recorded; the parent kills it with SIGKILL, opens the archive as the next run would, and holds every look against what was seen.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from archives import NIGHT, card, fetched, listing, night

from schedules.workers import reading_processes
from scraper.cards import Card
from scraper.pages import Outcome
from storage import Archive, create_archive, open_archive, open_reader
from storage import rebuild as rebuilding
from storage import swap as swapping
from storage.bodies import load_body
from storage.differences import differences
from storage.migrations import migrations  # noqa: F401  imported before the fork, so that no child is killed while importing
from storage.moments import to_text
from storage.rereading import Reading, StoredPage
from storage.upkeep import prune, verify

PAGES = 3
TITLES = ("Harbour plan", "Bridge opens", "海港計画", "Ferry late", "Tide table", "Quay sold", "Mayor sails", "Gulls return")


def cards_of(crawl_id: int) -> list[Card]:
    """What the look with this number sees: much of what the one before saw, so that spans go on, end and begin."""
    chance = random.Random(crawl_id)
    names = [f"{crawl_id // PAGES - age}-{number}" for age in range(3) for number in range(5) if chance.random() < 0.8]
    if chance.random() < 0.2:
        chance.shuffle(names)
    return [
        card(name, TITLES[chance.randrange(2) + hash_of(name) % 6], blurb=chance.choice([None, "near", "far"])) for name in names
    ]


def hash_of(name: str) -> int:
    return sum(map(ord, name))


def body_of(crawl_id: int) -> bytes:
    return b" ".join(b"%d" % (number * (crawl_id if number % 50 == 0 else 1)) for number in range(4000))


def record_for_ever(path: Path, told: int) -> None:
    with create_archive(path) as archive:
        run_id = archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
        while True:
            for page in range(PAGES):
                state = archive.get_page(source=f"source-{page}", url=f"https://harbour.example/{page}/", started_at=NIGHT)
                crawl_id = archive.begin_crawl(run_id, state.page_id, started_at=night(0))
                cards = cards_of(crawl_id)
                archive.finish_crawl(
                    crawl_id,
                    result=fetched(body_of(crawl_id)),
                    listing=listing(cards),
                    outcome=Outcome.OK if cards else Outcome.EMPTY,
                    detail="",
                    extractor_version="0.1.0+1",
                )
                os.write(told, b"%d\n" % crawl_id)


def kill_one(work: Callable[[int], None], after_s: float, *, may_end: bool = False, when_told: bool = False) -> set[int]:
    """Runs the work in a child for that long, kills it, and returns the numbers that it wrote to the pipe it was given.

    `when_told`: the time begins when the child writes its first number.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            work(write)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(write)
    if when_told:
        select.select([read], [], [])
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or (may_end and status == 0), f"the child ended by itself with {status}"
    with os.fdopen(read, "rb") as pipe:
        return {int(line) for line in pipe.read().splitlines()}


def check(archive: Archive, told: set[int]) -> None:
    db = archive.connection
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.execute("INSERT INTO revision_fts (revision_fts, rank) VALUES ('integrity-check', 1)")
    db.execute("INSERT INTO revision_characters (revision_characters) VALUES ('integrity-check')")
    under_way = db.execute("SELECT id FROM crawl WHERE outcome IS NULL").fetchall()
    assert len(under_way) <= 1, "a look is begun when the one before has ended"
    assert db.execute("SELECT count(*) FROM crawl WHERE outcome = 'interrupted' AND body_id IS NOT NULL").fetchone() == (0,)
    for (crawl_id,) in under_way:
        for table, column in (("span", "first_crawl"), ("revision", "first_crawl"), ("rewording", "crawl_id")):
            assert db.execute(f"SELECT count(*) FROM {table} WHERE {column} = ?", (crawl_id,)).fetchone() == (0,), (
                f"half a look in {table}"
            )
    recorded = {row[0] for row in db.execute("SELECT id FROM crawl WHERE good")}
    assert told <= recorded, f"told, but not there: {sorted(told - recorded)}"


def check_every_look(db: sqlite3.Connection) -> int:
    looks = db.execute("SELECT id, body_id, card_count FROM crawl WHERE good").fetchall()
    for crawl_id, body_id, card_count in looks:
        seen = db.execute("SELECT title, url FROM sighting WHERE crawl_id = ? ORDER BY position", (crawl_id,)).fetchall()
        assert seen == [(shown.title, shown.url) for shown in cards_of(crawl_id)], f"look {crawl_id}"
        assert card_count == len(seen)
        assert load_body(db, body_id) == body_of(crawl_id)
    return len(looks)


def kill_recording(path: Path, kills: int, chance: random.Random) -> str:
    """Every second child is let record a look first: so work goes on, however slow the machine."""
    told: set[int] = set()
    during = 0
    for number in range(kills):
        told |= kill_one(lambda pipe: record_for_ever(path, pipe), chance.uniform(0.004, 0.09), when_told=number % 2 == 1)
        with create_archive(path) as archive:  # the first kills may come before or while the tables are made
            check(archive, told)
            during += archive.connection.execute("SELECT count(*) FROM crawl WHERE outcome IS NULL").fetchone()[0]
    with open_archive(path) as archive:
        archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
        looks = check_every_look(archive.connection)
    return f"{kills} kills, {during} during a look, {looks} looks intact"


def kill_creating(path: Path, kills: int, chance: random.Random) -> str:
    begun = 0
    for number in range(kills):
        own = path.with_name(f"{number}.db")
        kill_one(lambda pipe, own=own: create_archive(own).close(), chance.uniform(0, 0.03), may_end=True)  # type: ignore[misc]
        begun += own.exists()
        with create_archive(own) as archive:
            assert list(verify(archive)) == []
        for file in path.parent.glob(f"{number}.db*"):
            file.unlink()
    return f"{kills} kills, {begun} after the file was begun, 0 looks intact"


def record_some(path: Path, looks: int, *, pages: int = 1) -> None:
    with create_archive(path) as archive:
        archive.connection.execute("PRAGMA synchronous = OFF")
        run_id = archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
        for number in range(looks):
            url = f"https://harbour.example/{number % pages}/"
            page_id = archive.get_page(source="harbour", url=url, started_at=NIGHT).page_id
            crawl_id = archive.begin_crawl(run_id, page_id, started_at=night(number))
            cards = cards_of(crawl_id)
            archive.finish_crawl(
                crawl_id,
                result=fetched(body_of(crawl_id)),
                listing=listing(cards),
                outcome=Outcome.OK if cards else Outcome.EMPTY,
                detail="",
                extractor_version="0.1.0+1",
            )


def kill_pruning(path: Path, kills: int, chance: random.Random) -> str:
    """Prunes a night more with every call, so that there is always something to do."""
    record_some(path, 2 * kills + 40)
    during = 0
    for number in range(kills):

        def work(pipe: int, before: int = 2 * number + 2) -> None:
            with open_archive(path) as archive:
                prune(archive, before=night(before))

        kill_one(work, chance.uniform(0.001, 0.02), may_end=True)
        with open_archive(path) as archive:
            assert list(verify(archive)) == []
            kept = {
                row[0]
                for row in archive.connection.execute(
                    "SELECT body_id FROM crawl WHERE seen_at >= ?", (to_text(night(2 * number + 2)),)
                )
            }
            readable = {row[0] for row in archive.connection.execute("SELECT id FROM body WHERE content IS NOT NULL")}
            assert kept <= readable
            during += readable != kept
    with open_archive(path) as archive:
        pruned = prune(archive, before=night(2 * kills))
        assert pruned.unreadable == ()
        looks = archive.connection.execute(
            "SELECT id, body_id FROM crawl WHERE seen_at >= ?", (to_text(night(2 * kills)),)
        ).fetchall()
        assert all(load_body(archive.connection, body_id) == body_of(crawl_id) for crawl_id, body_id in looks)
    return f"{kills} kills, {during} with work left, {len(looks)} looks intact"


def reread(stored: StoredPage) -> Reading:
    crawl_id = int(stored.page.body.split(b" ")[50]) // 50
    cards = cards_of(crawl_id)
    return Reading(Outcome.OK if cards else Outcome.EMPTY, "", listing(cards))


def kill_rebuilding(path: Path, kills: int, chance: random.Random) -> str:
    rebuilding.LOOKS_AT_ONCE = 5
    record_some(path, min(20 * kills, 400))
    original = path.read_bytes()
    target = path.with_name("new.db")
    rounds = 0
    for _ in range(kills):

        def work(pipe: int) -> None:
            def tell(done: int, total: int) -> None:
                os.write(pipe, b"%d\n" % done)

            rebuilding.rebuild(path, target, read=reread, extractor_version="2", now=NIGHT, on_looks=tell)

        while_it_goes = chance.random() < 0.7  # else while it begins
        kill_one(work, chance.uniform(0.002, 0.08), may_end=True, when_told=while_it_goes)
        assert path.read_bytes() == original
        if target.exists():
            check_rebuilt(path, target)
            target.unlink()
            rounds += 1
    if not target.exists():
        rebuilding.rebuild(path, target, read=reread, extractor_version="2", now=NIGHT)
    return f"{kills} kills, {rounds} rebuilds came to an end, {check_rebuilt(path, target)} looks intact"


def kill_rebuilding_together(path: Path, kills: int, chance: random.Random) -> str:
    """As kill_rebuilding, with two more processes, which have to end with the one that is killed."""
    rebuilding.LOOKS_AT_ONCE = 9
    record_some(path, 300, pages=PAGES)
    original = path.read_bytes()
    target = path.with_name("new.db")
    rounds = 0
    for _ in range(kills):

        def work(pipe: int) -> None:
            with reading_processes(2) as executor:
                assert isinstance(executor, ProcessPoolExecutor)

                def tell(done: int, total: int) -> None:
                    for pid in executor._processes:
                        os.write(pipe, b"%d\n" % pid)

                rebuilding.rebuild(path, target, read=reread, extractor_version="2", now=NIGHT, executor=executor, on_looks=tell)

        wait_for_the_end_of(kill_one(work, chance.uniform(0, 0.25), may_end=True, when_told=True))
        assert path.read_bytes() == original
        if target.exists():
            check_rebuilt(path, target)
            target.unlink()
            rounds += 1
    if not target.exists():
        rebuilding.rebuild(path, target, read=reread, extractor_version="2", now=NIGHT)
    return f"{kills} kills, {rounds} rebuilds came to an end, {check_rebuilt(path, target)} looks intact"


def wait_for_the_end_of(processes: set[int]) -> None:
    deadline = time.monotonic() + 20
    for process in processes:
        while is_running(process):
            assert time.monotonic() < deadline, f"process {process} outlives the one it worked for"
            time.sleep(0.01)


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def kill_swapping(path: Path, kills: int, chance: random.Random) -> str:
    """Rebuilds and swaps again and again: whenever it is killed, there is one good archive with all looks in it."""
    looks = 12
    record_some(path, looks)
    target, kept = path.with_name("new.db"), swapping.name_for_old(path)
    swaps = 0

    def work(pipe: int) -> None:
        rebuilding.rebuild(path, target, read=reread, extractor_version="2", now=NIGHT, catch_up=True)
        os.write(pipe, b"1\n")
        swapping.swap_in(path, target, kept)

    for _ in range(kills):
        kill_one(work, chance.uniform(0, 0.06), may_end=True, when_told=True)
        for archive in (path, kept) if kept.exists() and not kept.samefile(path) else (path,):
            with open_archive(archive) as opened:
                assert list(verify(opened)) == []
                assert check_every_look(opened.connection) == looks
        if kept.exists() and not kept.samefile(path):
            kept.unlink()
            swaps += 1
    return f"{kills} kills, {swaps} swaps came to an end, {looks} looks intact"


def check_rebuilt(path: Path, target: Path) -> int:
    with open_archive(target) as new, open_reader(path) as old, open_reader(target) as reader:
        assert list(verify(new)) == []
        assert list(differences(old, reader)) == []
        return check_every_look(new.connection)


WORK = {
    "record": kill_recording,
    "create": kill_creating,
    "prune": kill_pruning,
    "rebuild": kill_rebuilding,
    "rebuild-together": kill_rebuilding_together,
    "swap": kill_swapping,
}


def main() -> None:
    work, path, kills, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    sys.stdout.write(WORK[work](path, kills, random.Random(seed)) + "\n")


if __name__ == "__main__":
    main()
