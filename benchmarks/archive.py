"""How large does an archive get, what does a look cost, what does a question cost: ours beside a table with a row for every sighting.

    python benchmarks/archive.py --pages 200 --nights 365
    python benchmarks/archive.py --pages 1000 --nights 365 --folder DIR      (11 million sightings; some 7 GB, most of it the naive table)
    python benchmarks/archive.py --pages 1000 --nights 365 --folder DIR --ask     (only the table, about what is in the folder)
    python benchmarks/archive.py --pages 50 --nights 90 --bodies             (with the bytes of every page)

Everything is made up and deterministic. Both files are filled by the same looks in the same loop. CPU is that of this process; a
wall time with synchronous=FULL is measured on a sample of looks along the way, because it is the disk's as much as ours. Cold is the wall
time of a question to a file that was just opened, with nothing of it in memory.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sized
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import zstandard
from made_up_pages import START, WORDS, MadeUpPage

from scraper.cards import Card, Listing, Verdict
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from storage import Archive, Reader, create_archive, open_archive, open_reader

RARE, MEDIUM, COMMON = (
    WORDS[7000],
    WORDS[300],
    WORDS[12],
)  # in 1 of 2,000 wordings, 1 of 100, 1 of 4 (as "after" or "new" in headlines)

NAIVE = """
CREATE TABLE page (id INTEGER PRIMARY KEY, source TEXT, url TEXT UNIQUE);
CREATE TABLE look (id INTEGER PRIMARY KEY, page_id INTEGER, seen_at TEXT, outcome TEXT);
CREATE TABLE sighting (
  page_id INTEGER, seen_at TEXT, position INTEGER, url TEXT, title TEXT, blurb TEXT, read_time_minutes INTEGER, read_time_raw TEXT,
  published_on TEXT, published_raw TEXT, author TEXT, category TEXT);
CREATE INDEX look_page ON look (page_id, seen_at);
CREATE INDEX sighting_page ON sighting (page_id, seen_at, position);
CREATE INDEX sighting_url ON sighting (url, seen_at);
"""


class Naive:
    """A row for every card at every look."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.executescript(NAIVE)

    def record(self, page: MadeUpPage, at: str, cards: list[Card] | None) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("INSERT OR IGNORE INTO page (id, source, url) VALUES (?, ?, ?)", (page.number, page.source, page.url))
        self.db.execute(
            "INSERT INTO look (page_id, seen_at, outcome) VALUES (?, ?, ?)", (page.number, at, "ok" if cards else "http_error")
        )
        if cards is not None:
            self.db.executemany(
                "INSERT INTO sighting VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (page.number, at, position, card.url, card.title, card.blurb, card.read_time_minutes, card.read_time_raw,
                     card.published_on, card.published_raw, card.author, card.category)
                    for position, card in enumerate(cards, 1)
                ],
            )  # fmt: skip
        self.db.execute("COMMIT")


def record(archive: Archive, run_id: int, page: MadeUpPage, at: datetime, cards: list[Card] | None, body: bytes | None) -> None:
    state = archive.get_page(source=page.source, url=page.url, started_at=at)
    crawl_id = archive.begin_crawl(run_id, state.page_id, started_at=at)
    outcome = Outcome.OK if cards is not None else Outcome.HTTP_ERROR
    fetched = None
    if body is not None:
        fetched = Page(
            url=page.url, final_url=page.url, body=body, fetched_at=at, status=200, headers=(("content-type", "text/html"),)
        )
    result = FetchResult(
        outcome=outcome, detail="", request=FetchRequest(url=page.url), page=fetched, started_at=at, elapsed_s=0.4
    )
    listing = Listing(cards=tuple(cards), verdict=Verdict.LISTING, reason="", charset="utf-8") if cards is not None else None
    archive.finish_crawl(
        crawl_id, result=result, listing=listing, outcome=outcome, detail="" if cards else "503 Service Unavailable", extractor_version="0.1.0+1"
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--bodies", action="store_true")
    parser.add_argument("--folder", type=Path, help="keep both files there")
    parser.add_argument("--ask", action="store_true", help="fill nothing: the files are in the folder")
    options = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, zstd {zstandard.backend}")
    folder = options.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    try:
        raw_bytes = 0 if options.ask else fill(folder, options.pages, options.nights, bodies=options.bodies)
        open_archive(folder / "archive.db").close()  # an older one is brought up to date
        print(f"\n{'':48} | {'rows':>7} | {'ours':>17} | {'naive':>17} | times better")
        sizes(folder, options.pages, raw_bytes)
        ask(folder, options.pages, options.nights)
    finally:
        if options.folder is None:
            shutil.rmtree(folder)


def line(name: str, rows: str, ours: str, naive: str = "", times: float | None = None) -> None:
    print(f"{name:48} | {rows:>7} | {ours:>17} | {naive:>17} | {f'{times:,.1f}' if times is not None else ''}", flush=True)


def fill(folder: Path, pages: int, nights: int, *, bodies: bool) -> int:
    """Returns the bytes of all pages."""
    made = [MadeUpPage(number) for number in range(pages)]
    naive = Naive(folder / "naive.db")
    ours_s = naive_s = 0.0
    looks = raw_bytes = 0
    milestones = {nights * part // 8 for part in range(1, 9)} | {1}
    print("\nlooks so far | CPU ms a look since the last line: ours, naive | wall ms a look with FULL, median and worst of 40")
    with create_archive(folder / "archive.db") as archive:
        archive.connection.execute("PRAGMA synchronous = OFF")
        since = (0, 0.0, 0.0)
        for night in range(nights):
            at = START + timedelta(days=night)
            run_id = archive.begin_run(started_at=at, version="0.1.0", command="crawl")
            full: list[float] = []
            for page in made:
                cards = page.next_night()
                moment = at + timedelta(seconds=page.number)
                body = page.body(night) if bodies else None
                raw_bytes += len(body or b"")
                sampled = night + 1 in milestones and page.number < 40
                if sampled:
                    archive.connection.execute("PRAGMA synchronous = FULL")
                wall, cpu = time.perf_counter(), time.process_time()
                record(archive, run_id, page, moment, cards, body)
                ours_s += time.process_time() - cpu
                if sampled:
                    full.append(1000 * (time.perf_counter() - wall))
                    archive.connection.execute("PRAGMA synchronous = OFF")
                cpu = time.process_time()
                naive.record(page, moment.strftime("%Y-%m-%dT%H:%M:%SZ"), cards)
                naive_s += time.process_time() - cpu
                looks += 1
            archive.finish_run(run_id, finished_at=at)
            if night + 1 in milestones:
                part = looks - since[0]
                print(
                    f"{looks:>9,} | {1000 * (ours_s - since[1]) / part:.2f}  {1000 * (naive_s - since[2]) / part:.2f} | "
                    f"{statistics.median(full):.1f}  {max(full):.1f}",
                    flush=True,
                )
                since = (looks, ours_s, naive_s)
    naive.db.close()
    return raw_bytes


STRUCTURE = ("crawl", "span", "page", "source", "run", "circumstance", "robots", "rewording", "sqlite_autoindex_page")


def sizes(folder: Path, pages: int, raw_bytes: int) -> None:
    """Bytes a sighting, and where they go."""
    naive = (folder / "naive.db").stat().st_size
    tables = dict(table_sizes(folder / "archive.db"))
    with open_reader(folder / "archive.db") as reader:
        ((looks, sightings),) = (tuple(row.values()) for row in reader.sql("SELECT count(*), sum(card_count) FROM crawl"))
        by_page = {
            row["url"]: (row["spans"], row["sightings"])
            for row in reader.sql(
                "SELECT url, (SELECT count(*) FROM span WHERE page_id = page.id) AS spans,"
                " (SELECT sum(card_count) FROM crawl WHERE page_id = page.id) AS sightings FROM page"
            )
        }
    bodies = sum(size for name, size in tables.items() if "body" in name)
    ours = (folder / "archive.db").stat().st_size - bodies
    full_text = sum(size for name, size in tables.items() if "_fts" in name or "_characters" in name)
    structure = sum(size for name, size in tables.items() if name.startswith(STRUCTURE))
    of_spans = sum(size for name, size in tables.items() if name.startswith(("span", "rewording")))
    spans = sum(count for count, _ in by_page.values())
    line(f"bytes a sighting, whole file ({sightings:,})", "", f"{ours / sightings:.1f}", f"{naive / sightings:.1f}", naive / ours)
    without = ours - full_text
    line(
        "  without full text, which naive has none of",
        "",
        f"{without / sightings:.1f}",
        f"{naive / sightings:.1f}",
        naive / without,
    )
    line("  of that structure", "", f"{structure / sightings:.2f}")
    for kind, shuffles in (("that grow at the top", False), ("that shuffle", True)):
        of_kind = [by_page[page.url] for page in map(MadeUpPage, range(pages)) if page.shuffles is shuffles]
        if of_kind:
            share = sum(count for count, _ in of_kind) / sum(seen for _, seen in of_kind)
            line(f"    on pages {kind}", "", f"{share * of_spans / spans + (structure - of_spans) / sightings:.2f}")
    line("    a span; a look", "", f"{of_spans / spans:.1f}; {(structure - of_spans) / looks:.1f}")
    for name, size in sorted(tables.items(), key=lambda item: -item[1])[:10]:
        line(f"    {name}", "", f"{size / sightings:.2f}")
    if raw_bytes:
        line("KB a page kept, and raw", "", f"{bodies / looks / 1000:.2f}", f"{raw_bytes / looks / 1000:.1f}", raw_bytes / bodies)


def table_sizes(path: Path) -> Iterator[tuple[str, int]]:
    query = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
    with suppress(sqlite3.OperationalError), sqlite3.connect(path) as db:
        yield from db.execute(query)
        return
    done = subprocess.run(["sqlite3", "-tabs", str(path), query], capture_output=True, text=True, check=True)
    for row in done.stdout.splitlines():
        name, size = row.split("\t")
        yield name, int(size)


Ask = Callable[[Reader], Sized]


def ask(folder: Path, pages: int, nights: int) -> None:
    """Every question on both files: the first time with nothing of the file in memory, then five times warm."""
    moment = START + timedelta(days=nights * 2 // 3, hours=12)
    text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    page = MadeUpPage(pages // 2)
    week_ago = moment - timedelta(days=7)
    naive = sqlite3.connect(folder / "naive.db")
    (url,) = naive.execute(
        "SELECT url FROM sighting WHERE page_id = ? AND seen_at <= ? ORDER BY seen_at DESC, position LIMIT 1 OFFSET 4",
        (page.number, text),
    ).fetchone()
    naive.close()
    week = {"since": week_ago, "until": moment}
    latest = "(SELECT max(seen_at) FROM look WHERE page_id = p.id AND outcome = 'ok' AND seen_at <= :at)"
    having = (
        "SELECT DISTINCT s.url FROM sighting s JOIN page p ON p.id = s.page_id"
        " WHERE (title LIKE '%{0}%' OR blurb LIKE '%{0}%') AND seen_at >= :since AND seen_at < :at AND p.source = :source"
    )
    questions: list[tuple[str, Ask, str]] = [
        ("one page at a moment", lambda reader: reader.cards(page=page.url, at=moment),
         f"SELECT s.* FROM page p JOIN sighting s ON s.page_id = p.id AND s.seen_at = {latest} WHERE p.url = :page ORDER BY position"),
        ("all pages at a moment", lambda reader: reader.cards(at=moment),
         f"SELECT s.* FROM page p CROSS JOIN sighting s ON s.page_id = p.id AND s.seen_at = {latest} ORDER BY p.source, p.url, position"),
        ("an article: first and last seen, who ran it", lambda reader: reader.who_ran_it(url),
         "SELECT page_id, min(seen_at), max(seen_at) FROM sighting WHERE url = :url GROUP BY page_id"),
        ("an article: history with positions", lambda reader: reader.history(url), "SELECT * FROM sighting WHERE url = :url ORDER BY seen_at"),
        ("an article: provenance of its fields", lambda reader: reader.provenance(url), ""),
        ("changes of one source in a week", lambda reader: reader.changes(**week, source=page.source), ""),
        ("changes of all sources in a week", lambda reader: reader.changes(**week), ""),
        ("vanished in a week, all sources", lambda reader: reader.vanished(**week), ""),
        ("new a source and week, whole archive", lambda reader: reader.new_by_week(),
         ("SELECT source, strftime('%Y-%W', first) AS week, count(*) FROM (SELECT p.source AS source, s.url, min(s.seen_at) AS first"
         " FROM sighting s JOIN page p ON p.id = s.page_id GROUP BY p.source, s.url) GROUP BY 1, 2")),
        ("a rare word, a week of one source", lambda reader: reader.search(RARE, **week, source=page.source), having.format(RARE)),
        ("a medium word, a week of one source", lambda reader: reader.search(MEDIUM, **week, source=page.source), having.format(MEDIUM)),
        ("a common word, a week of one source", lambda reader: reader.search(COMMON, **week, source=page.source), having.format(COMMON)),
        ("a common word, half a year of one source", lambda reader: reader.search(COMMON, since=moment - timedelta(days=180), until=moment, source=page.source), ""),
        ("a common word, a week of all sources", lambda reader: reader.search(COMMON, **week), ""),
        ("a rare word, anywhere", lambda reader: reader.search(RARE), f"SELECT * FROM sighting WHERE title LIKE '%{RARE}%' LIMIT 50"),
        ("the last 30 runs", lambda reader: reader.runs(), ""),
        ("status of all sources", lambda reader: reader.status(now=moment), ""),
    ]  # fmt: skip
    values = {"at": text, "page": page.url, "url": url, "since": week_ago.strftime("%Y-%m-%dT%H:%M:%SZ"), "source": page.source}
    line("warm, CPU ms; (cold, wall ms)", "rows", "", "", None)
    for name, question, sql in questions:
        forget(folder / "archive.db")
        with open_reader(folder / "archive.db") as reader:
            cold, warm, rows = timed(lambda reader=reader, question=question: question(reader))
        ours, theirs, times = f"{warm:.2f} ({cold:.0f})", "", None
        if sql:
            forget(folder / "naive.db")
            naive = sqlite3.connect(folder / "naive.db")
            cold, naive_warm, _ = timed(lambda naive=naive, sql=sql: naive.execute(sql, values).fetchall())
            naive.close()
            theirs, times = f"{naive_warm:.2f} ({cold:.0f})", naive_warm / warm
        line(name, f"{rows:,}", ours, theirs, times)


def forget(path: Path) -> None:
    """Lets nothing of the file be in memory, where the system can be told so."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def timed(question: Callable[[], Sized], rounds: int = 5) -> tuple[float, float, int]:
    """Wall ms of the first time, median CPU ms of the later ones, and the rows; what takes seconds is asked only twice."""
    wall = time.perf_counter()
    rows = len(question())
    cold = 1000 * (time.perf_counter() - wall)
    times: list[float] = []
    while len(times) < (1 if cold > 2_000 else rounds):
        cpu = time.process_time()
        question()
        times.append(1000 * (time.process_time() - cpu))
    return cold, statistics.median(times), rows


if __name__ == "__main__":
    sys.exit(main())
