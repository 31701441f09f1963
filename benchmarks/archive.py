"""How large does an archive get, what does a look cost, what does a question cost: ours beside a table with a row for every sighting.

    python benchmarks/archive.py --pages 200 --nights 365
    python benchmarks/archive.py --pages 1000 --nights 365 --folder DIR      (11 million sightings; some 8 GB, most of it the naive table)
    python benchmarks/archive.py --pages 50 --nights 90 --bodies             (with the bytes of every page)

Everything is made up and deterministic. Both files are filled by the same looks in the same loop. CPU is that of this process; a
wall time with synchronous=FULL is measured on a sample of looks along the way, because it is the disk's as much as ours.
"""

from __future__ import annotations

import argparse
import platform
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import zstandard

from scraper.cards import Card, Listing, Verdict
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from storage import Archive, create_archive, open_reader

START = datetime(2025, 1, 1, 2, 0, tzinfo=UTC)
CARDS = 30
PAGES_A_SOURCE = 4
SHUFFLING = 0.1  # of the pages: most-read lists and the like
NEW_A_NIGHT = (0, 1, 1, 2, 2, 3, 3, 4, 6)
REWORDED = 0.01  # of the cards, a night
FAILING = 0.02  # of the looks
SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
]
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES] + [a + b for a in SYLLABLES for b in SYLLABLES]
WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))  # as words are in any language (Zipf's law)
COMMON_WORD = WORDS[12]  # as frequent as "after" or "new" in headlines


class MadeUpPage:
    """One listing page, night after night."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.chance = random.Random(number)
        self.source = f"outlet-{number // PAGES_A_SOURCE:03d}"
        self.url = f"https://{self.source}.example/section-{number % PAGES_A_SOURCE}/"
        self.shuffles = self.chance.random() < SHUFFLING
        self.cards: list[Card] = []
        self.made = 0

    def next_night(self) -> list[Card] | None:
        """The cards of the next night; None: the look fails."""
        new = CARDS if not self.cards else self.chance.choice(NEW_A_NIGHT)
        cards = [self._card() for _ in range(new)] + self.cards
        self.cards = cards[:CARDS]
        for index, card in enumerate(self.cards):
            if self.chance.random() < REWORDED:
                self.cards[index] = self._reworded(card)
        if self.shuffles:
            moved = self.chance.sample(range(CARDS), 4)
            for a, b in zip(moved[::2], moved[1::2], strict=True):
                self.cards[a], self.cards[b] = self.cards[b], self.cards[a]
        return None if self.chance.random() < FAILING else self.cards

    def _words(self, count: int) -> str:
        return " ".join(self.chance.choices(WORDS, cum_weights=WEIGHTS, k=count)).capitalize()

    def _card(self) -> Card:
        self.made += 1
        minutes = self.chance.randrange(1, 15)
        day = (START + timedelta(days=self.made // 4)).date()
        return Card(
            title=self._words(9),
            url=f"https://{self.source}.example/{day:%Y/%m}/{self._words(4).lower().replace(' ', '-')}-{self.number}x{self.made}",
            blurb=self._words(24),
            read_time_minutes=minutes,
            read_time_raw=f"{minutes} min read",
            published_on=day.isoformat(),
            published_raw=f"{day:%d %B %Y}",
            author=self._words(2),
            category=WORDS[self.chance.randrange(40)],
            position=1,
        )

    def _reworded(self, card: Card) -> Card:
        fields = {name: getattr(card, name) for name in card.__slots__}
        return Card(**{**fields, "title": self._words(9)})

    def body(self, night: int) -> bytes:
        """Some 65 KB of page around the cards, of which little changes from night to night."""
        frame = "".join(
            f'<li class="nav-{line}"><a href="/{WORDS[line % len(WORDS)]}/{line}">{line * 7919}</a></li>\n' for line in range(700)
        )
        cards = "".join(
            f'<article class="card"><a href="{card.url}"><h3>{card.title}</h3></a><p>{card.blurb}</p><time>{card.published_raw}</time>'
            f"<span>{card.read_time_raw}</span></article>\n"
            for card in self.cards
        )
        return f"<html><body><!-- night {night} --><ul>{frame}</ul><main>{cards}</main></body></html>".encode()


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
        self.path = path
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
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, zstd {zstandard.backend}")
    folder = options.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    try:
        fill(folder, options.pages, options.nights, bodies=options.bodies)
        ask(folder, options.pages, options.nights)
    finally:
        if options.folder is None:
            shutil.rmtree(folder)


def fill(folder: Path, pages: int, nights: int, *, bodies: bool) -> None:
    made = [MadeUpPage(number) for number in range(pages)]
    naive = Naive(folder / "naive.db")
    ours_s = naive_s = 0.0
    looks = sightings = raw_bytes = 0
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
                sightings += len(cards or ())
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
    sizes(folder, sightings, looks, raw_bytes)


STRUCTURE = ("crawl", "span", "page", "source", "run", "circumstance", "robots", "rewording")


def sizes(folder: Path, sightings: int, looks: int, raw_bytes: int) -> None:
    naive = (folder / "naive.db").stat().st_size
    tables = dict(table_sizes(folder / "archive.db"))
    bodies = sum(size for name, size in tables.items() if "body" in name)
    ours = (folder / "archive.db").stat().st_size - bodies
    structure = sum(
        size for name, size in tables.items() if name.startswith(STRUCTURE) or name.startswith("sqlite_autoindex_page")
    )
    print(f"\n{looks:,} looks, {sightings:,} sightings; bytes a sighting:")
    print(f"  naive table        {naive / sightings:8.1f}")
    print(f"  ours, without page bytes {ours / sightings:.1f}  ({naive / ours:.1f} times smaller)")
    print(f"  of that structure  {structure / sightings:8.2f}")
    for name, size in sorted(tables.items(), key=lambda item: -item[1])[:14]:
        print(f"    {name:28} {size / sightings:6.2f}")
    if raw_bytes:
        print(
            f"  page bytes         {raw_bytes / looks / 1000:.1f} KB a page raw, {bodies / looks / 1000:.2f} KB stored ({raw_bytes / bodies:.0f} times smaller)"
        )


def table_sizes(path: Path) -> Iterator[tuple[str, int]]:
    query = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
    with suppress(sqlite3.OperationalError), sqlite3.connect(path) as db:
        yield from db.execute(query)
        return
    done = subprocess.run(["sqlite3", "-tabs", str(path), query], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        name, size = line.split("\t")
        yield name, int(size)


def ask(folder: Path, pages: int, nights: int) -> None:
    """Every question on both, in turn: five rounds warm, after one that is cold as far as the program's own cache goes."""
    moment = START + timedelta(days=nights * 2 // 3, hours=12)
    text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    page = MadeUpPage(pages // 2)
    week_ago = moment - timedelta(days=7)
    naive = sqlite3.connect(folder / "naive.db")
    reader = open_reader(folder / "archive.db")
    (url,) = naive.execute(
        "SELECT url FROM sighting WHERE page_id = ? AND seen_at <= ? ORDER BY seen_at DESC, position LIMIT 1 OFFSET 4",
        (page.number, text),
    ).fetchone()
    (title,) = naive.execute("SELECT title FROM sighting WHERE url = ?", (url,)).fetchone()
    words = " ".join(title.split()[:3])
    latest = "(SELECT max(seen_at) FROM look WHERE page_id = p.id AND outcome = 'ok' AND seen_at <= :at)"
    questions: list[tuple[str, Callable[[], object], str]] = [
        ("one page at a moment", lambda: reader.cards(page=page.url, at=moment),
         f"SELECT s.* FROM page p JOIN sighting s ON s.page_id = p.id AND s.seen_at = {latest} WHERE p.url = :page ORDER BY position"),
        ("all pages at a moment", lambda: reader.cards(at=moment),
         f"SELECT s.* FROM page p CROSS JOIN sighting s ON s.page_id = p.id AND s.seen_at = {latest} ORDER BY p.source, p.url, position"),
        ("history of an article", lambda: reader.history(url), "SELECT * FROM sighting WHERE url = :url ORDER BY seen_at"),
        ("changes of one source in a week", lambda: reader.changes(since=week_ago, until=moment, source=page.source), ""),
        ("changes of all sources in a week", lambda: reader.changes(since=week_ago, until=moment), ""),
        ("new a source and week, whole archive", lambda: reader.new_by_week(),
         ("SELECT source, strftime('%Y-%W', first) AS week, count(*) FROM (SELECT p.source AS source, s.url, min(s.seen_at) AS first"
         " FROM sighting s JOIN page p ON p.id = s.page_id GROUP BY p.source, s.url) GROUP BY 1, 2")),
        ("full text", lambda: reader.search(words), "SELECT * FROM sighting WHERE title LIKE :like LIMIT 50"),
        ("full text, a common word, date and source", lambda: reader.search(COMMON_WORD, since=week_ago, until=moment, source=page.source),
         ("SELECT DISTINCT s.url FROM sighting s JOIN page p ON p.id = s.page_id"
         " WHERE (title LIKE :word OR blurb LIKE :word) AND seen_at >= :since AND seen_at < :at AND p.source = :source")),
        ("vanished in a week, all sources", lambda: reader.vanished(since=week_ago, until=moment), ""),
        ("provenance of an article's fields", lambda: reader.provenance(url), ""),
        ("status of all sources", lambda: reader.status(now=moment), ""),
    ]  # fmt: skip
    values = {
        "at": text,
        "page": page.url,
        "url": url,
        "like": f"%{title}%",
        "word": f"%{COMMON_WORD}%",
        "since": week_ago.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": page.source,
    }
    print("\nquestion | rows | ours: CPU ms cold, warm median, worst | naive: CPU ms cold, warm median")
    for name, question, sql in questions:
        rows = len(question())  # type: ignore[arg-type]
        cold, warm, worst = timed(question)
        line = f"{name:42} | {rows:>7,} | {cold:9.2f} {warm:9.2f} {worst:9.2f} |"
        if sql:
            cold, warm, _ = timed(lambda sql=sql: naive.execute(sql, values).fetchall())
            line += f" {cold:9.2f} {warm:9.2f}"
        print(line, flush=True)


def timed(question: Callable[[], object], rounds: int = 5) -> tuple[float, float, float]:
    """CPU ms of the first time, and of the later ones their median and worst; what takes seconds is asked only twice."""
    times: list[float] = []
    while len(times) <= (1 if times and times[0] > 2_000 else rounds):
        cpu = time.process_time()
        question()
        times.append(1000 * (time.process_time() - cpu))
    return times[0], statistics.median(times[1:]), max(times[1:])


if __name__ == "__main__":
    sys.exit(main())
