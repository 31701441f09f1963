"""Records looks in a process of its own, kills it at random moments, and checks the archive after each: `killing.py ARCHIVE KILLS SEED`.

A program of its own, because it forks, which a test runner with threads can't do safely. The child says on a pipe which looks it was told
were recorded; the parent kills it with SIGKILL, opens the archive as the next run would, and holds every look against what was seen.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

from archives import NIGHT, card, fetched, listing, night

from scraper.cards import Card
from scraper.pages import Outcome
from storage import Archive, create_archive, open_archive
from storage.bodies import load_body
from storage.migrations import migrations  # noqa: F401  imported before the fork, so that no child is killed while importing

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


def kill_one(path: Path, after_s: float) -> set[int]:
    """Runs a child for that long, kills it, and returns the looks that it was told were recorded."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            record_for_ever(path, write)
        finally:
            os._exit(1)
    os.close(write)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the child ended by itself with {status}"
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


def main() -> None:
    path, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    told: set[int] = set()
    during = 0
    for _ in range(kills):
        told |= kill_one(path, chance.uniform(0.004, 0.09))
        with create_archive(path) as archive:  # the first kills may come before or while the tables are made
            check(archive, told)
            during += archive.connection.execute("SELECT count(*) FROM crawl WHERE outcome IS NULL").fetchone()[0]
    with open_archive(path) as archive:
        archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
        looks = check_every_look(archive.connection)
    sys.stdout.write(f"{kills} kills, {during} during a look, {looks} looks intact\n")


if __name__ == "__main__":
    main()
