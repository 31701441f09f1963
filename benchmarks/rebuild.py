"""How fast an archive's stored pages are read again: pages a second a core, what bounds it, and what a second process brings.

    python benchmarks/rebuild.py                               # 6 made-up pages, 365 nights
    python benchmarks/rebuild.py --pages 200 --nights 30 --workers 2
    python benchmarks/rebuild.py --folder DIR --nights 40      # saved pages (*.html, `base_url` from a truth.json beside each)

The made-up pages have the mean size of the labelled pages that extraction is measured on: 136 KB with 840 elements, 140 links and 58 KB of
scripts and styles; 30 cards, of which some are new each night. A saved page is taken as it is, each night with another comment at its end.
The archive is written first, as a crawl would write it. Then it is rebuilt: once by the full method alone, once as
`standfirst rebuild` does it, and with --workers once more in that many processes. CPU seconds are those of all processes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from schedules.reread import Rereader
from schedules.workers import reading_processes
from scraper.cards import Listing, Verdict
from scraper.decode import decode
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from scraper.version import EXTRACTOR_VERSION
from storage import create_archive, open_reader
from storage.bodies import load_body
from storage.rebuild import Rebuilt, rebuild
from storage.replay import BEFORE_ALL, iter_looks
from storage.rereading import LastBodies, Reading, StoredPage

START = datetime(2025, 1, 1, 2, 0, tzinfo=UTC)
CARDS = 30
NEW_A_NIGHT = (0, 1, 1, 2, 2, 3, 3, 4, 6)
REWORDED = 0.01  # of the cards, a night
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "zu"]
TEASER = (
    '<article class="teaser"><a class="pic" href="{url}"><img src="{image}" srcset="{image}?w=320 320w, {image}?w=640 640w, {image}?w=960 960w, '
    '{image}?w=1280 1280w" sizes="(min-width: 60em) 33vw, 100vw" alt="{alt}" loading="lazy"></a><div class="teaser__body"><span class="kicker">{category}</span>'
    '<h2><a href="{url}">{title}</a></h2><p class="lead">{blurb}</p><p class="meta"><span class="by">By {author}</span> <time datetime="{day}">{shown_day}</time> '
    "<span>{minutes} min read</span></p></div></article>"
)
ITEM = (
    '<li class="story-item"><div class="media"><img data-src="{image}" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="{alt}" width="640" height="360">'
    '</div><h3 class="story-title"><a href="{url}" data-track="list|story|{alt}">{title}</a></h3><div class="dek">{blurb}</div>'
    '<div class="info"><a class="tag" href="/topics/{category}">{category}</a><time datetime="{day}T06:00:00Z">{shown_day}</time><em>{minutes} min</em></div></li>'
)
CARD = (
    '<div class="card"><a class="card-link" href="{url}"><div class="card-image" style="background-image:url({image})"></div><div class="card-text">'
    '<p class="card-cat">{category}</p><h3>{title}</h3><p>{blurb}</p><div class="card-foot"><span>{author}</span><span class="date">{shown_day}</span>'
    '<span class="length">{minutes} minute read</span></div></div></a></div>'
)
DESIGNS = (TEASER, ITEM, CARD)


class MadeUpPage:
    """One outlet's listing page, night after night."""

    def __init__(self, number: int) -> None:
        self.chance = random.Random(number)
        self.source = f"outlet-{number:03d}"
        self.url = f"https://{self.source}.example/latest/"
        self.design = DESIGNS[number % len(DESIGNS)]
        self.frame = self._frame()
        self.cards = [self._card(START) for _ in range(CARDS)]

    def words(self, count: int) -> str:
        return " ".join("".join(self.chance.choice(SYLLABLES) for _ in range(self.chance.randrange(2, 5))) for _ in range(count))

    def _frame(self) -> tuple[str, str]:
        """What stands around the cards every night."""
        menu = "".join(f'<li><a href="/{word}/">{word.title()}</a></li>' for word in self.words(60).split())
        end = "".join(f'<li><a href="/about/{word}">{word}</a></li>' for word in self.words(15).split())
        aside = "".join(f'<div class="w"><span>{n}</span><p>{self.words(4)}</p></div>' for n in range(70))
        style = "".join(f".{self.words(1)}{{margin:{n % 9}px;padding:{n % 5}px;color:#{n:06x}}}" for n in range(300))
        script = "".join(f'window["{self.words(2)}"]={{"{self.words(1)}":{n},"label":"{self.words(3)}"}};' for n in range(620))
        comment = f"<!-- {self.words(3900)} -->"  # templates leave many comments and much white space
        head = (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{self.words(4)}</title><style>{style}</style></head>"
            f"<body><header><nav><ul>{menu}</ul></nav></header><main><h1>Latest</h1><ul class=list>"
        )
        return head, (
            f'</ul><nav class="pages"><a rel="next" href="{self.url}?page=2">Older</a></nav></main>'
            f"<footer><ul>{end}</ul><p>{self.words(100)}</p></footer><aside>{aside}</aside><script>{script}</script>{comment}</body></html>"
        )

    def _card(self, at: datetime) -> dict[str, object]:
        title = self.words(self.chance.randrange(5, 11)).capitalize()
        return {
            "url": f"/{at:%Y/%m}/{title.lower().replace(' ', '-')}-{self.chance.randrange(10**5, 10**6)}?from=list&position=latest-top-stories",
            "title": title,
            "blurb": self.words(self.chance.randrange(16, 30)).capitalize() + ".",
            "category": self.chance.choice(["Politics", "Business", "Culture", "Sport"]),
            "author": self.words(2).title(),
            "day": f"{at:%Y-%m-%d}",
            "shown_day": f"{at.day} {at:%B %Y}",
            "minutes": self.chance.randrange(2, 15),
            "image": f"https://images.{self.source}.example/{at:%Y}/{self.chance.getrandbits(128):032x}/{self.words(3).replace(' ', '-')}.jpg",
            "alt": self.words(9),
        }

    def body(self, night: int) -> bytes:
        at = START + timedelta(days=night)
        if night:
            new = [self._card(at) for _ in range(self.chance.choice(NEW_A_NIGHT))]
            self.cards = (new + self.cards)[:CARDS]
            for card in self.cards:
                if self.chance.random() < REWORDED:
                    card["title"] = self.words(7).capitalize()
        shown = "".join(self.design.format_map(card) for card in self.cards)
        head, foot = self.frame
        return f"{head}{shown}{foot}".encode()


class SavedPage:
    """A page from a file, the same every night but for a comment."""

    def __init__(self, path: Path, number: int) -> None:
        truth = path.with_name("truth.json")
        self.source = f"saved-{number:03d}"
        self.url = json.loads(truth.read_text("utf-8"))["base_url"] if truth.exists() else f"https://{self.source}.example/"
        self._content = path.read_bytes()

    def body(self, night: int) -> bytes:
        return self._content + b"<!-- night %d -->" % night


def write_archive(path: Path, pages: list[MadeUpPage] | list[SavedPage], nights: int) -> float:
    """The looks of so many nights at the pages, their bytes kept and no cards read (the rebuild reads them); the mean page in bytes."""
    size = 0
    with create_archive(path) as archive:
        archive.connection.execute("PRAGMA synchronous = OFF")
        for night in range(nights):
            at = START + timedelta(days=night)
            run_id = archive.begin_run(started_at=at, version="0.1.0", command="crawl")
            for page in pages:
                body = page.body(night)
                size += len(body)
                fetched = Page(url=page.url, final_url=page.url, body=body, fetched_at=at, status=200)
                result = FetchResult(
                    outcome=Outcome.OK, detail="", request=FetchRequest(url=page.url), page=fetched, started_at=at
                )
                state = archive.get_page(source=page.source, url=page.url, started_at=at)
                archive.finish_crawl(
                    archive.begin_crawl(run_id, state.page_id, started_at=at),
                    result=result,
                    listing=Listing(cards=(), verdict=Verdict.EMPTY, reason=""),
                    outcome=Outcome.EMPTY,
                    detail="",
                    extractor_version="0",
                )
            archive.finish_run(run_id, finished_at=at)
    return size / (nights * len(pages))


@dataclass(frozen=True, slots=True)
class Timed:
    """One rebuild."""

    rebuilt: Rebuilt
    wall_s: float
    cpu_s: float


def cpu_s() -> float:
    """Of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def timed(path: Path, target: Path, workers: int, read: Rereader) -> Timed:
    target.unlink(missing_ok=True)
    start = start_up_s(workers)  # no part of a long rebuild
    cpu = cpu_s()
    with reading_processes(workers) as executor:
        if executor is not None:
            list(executor.map(_warm, range(8 * workers)))
        began = time.monotonic()
        rebuilt = rebuild(path, target, read=read, extractor_version=EXTRACTOR_VERSION, now=START, executor=executor)
        wall_s = time.monotonic() - began
    return Timed(rebuilt, wall_s, cpu_s() - cpu - start)


def start_up_s(workers: int) -> float:
    """CPU seconds that so many processes need before their first page."""
    cpu = cpu_s()
    with reading_processes(workers) as executor:
        if executor is not None:
            list(executor.map(_warm, range(8 * workers)))
    return cpu_s() - cpu


def _warm(number: int) -> int:
    """Takes long enough for every process to get some of it."""
    import schedules.reread  # noqa: F401  what reading needs

    time.sleep(0.05)
    return number


def parts(path: Path) -> tuple[float, float]:
    """CPU seconds that unpacking every body takes, and reading every page: the rest of a rebuild is recording."""
    bodies, unpacking, reading = LastBodies(), 0.0, 0.0
    states: dict[int, Reading] = {}
    reader = Rereader()
    with open_reader(path) as archive:
        for look in iter_looks(archive.connection, after=BEFORE_ALL, by_clock=False):
            assert look.body_id is not None
            begin = time.process_time()
            body = bodies.load(archive.connection, look.page_id, look.body_id)
            unpacked = time.process_time()
            last = states.get(look.page_id)
            known = tuple((card.url, card.title) for card in last.listing.cards) if last and last.listing else ()
            states[look.page_id] = reader(StoredPage(look.source, look.page(body), known, last.notes if last else None))
            reading += time.process_time() - unpacked
            unpacking += unpacked - begin
    return unpacking, reading


def bare_parse_ms(path: Path) -> float:
    """What the parser alone takes for the pages of the first night: the yardstick of this machine at this moment."""
    with open_reader(path) as archive:
        looks = list(iter_looks(archive.connection, after=BEFORE_ALL, by_clock=False))
        first = {look.page_id: look for look in reversed(looks)}.values()
        texts = [
            decode(load_body(archive.connection, look.body_id), look.content_type).text
            for look in first
            if look.body_id is not None
        ]
    rounds = max(1, 200 // len(texts))
    begin = time.process_time()
    for _ in range(rounds):
        for text in texts:
            LexborHTMLParser(text)
    return 1000 * (time.process_time() - begin) / (rounds * len(texts))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pages", type=int, default=6)
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--folder", type=Path, help="of saved pages instead of made-up ones")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--full-nights", type=int, default=30, help="of the archive that the full method alone is measured on")
    options = parser.parse_args()
    if options.folder is None:
        make = lambda: [MadeUpPage(number) for number in range(options.pages)]  # noqa: E731
    else:
        files = sorted(options.folder.rglob("*.html"))
        if not files:
            print(f"{options.folder}: no *.html in it", file=sys.stderr)
            return 2
        make = lambda: [SavedPage(file, number) for number, file in enumerate(files)]  # noqa: E731
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = write_archive(folder / "archive.db", make(), options.nights)
        write_archive(folder / "short.db", make(), options.full_nights)
        print(
            f"{len(make())} pages, {options.nights} nights, {size / 1000:.1f} KB a page; a bare Lexbor parse {bare_parse_ms(folder / 'short.db'):.2f} ms"
        )
        tell("full method", timed(folder / "short.db", folder / "full.db", 1, Rereader(learns=False)))
        one = timed(folder / "archive.db", folder / "one.db", 1, Rereader())
        tell("as rebuild does", one)
        unpacking, reading = parts(folder / "archive.db")
        looks = one.rebuilt.looks / 1000
        print(
            f"  of which unpacking {unpacking / looks:.2f} ms a page, reading {reading / looks:.2f}, recording {(one.cpu_s - unpacking - reading) / looks:.2f}"
        )
        if options.workers > 1:
            several = timed(folder / "archive.db", folder / "several.db", options.workers, Rereader())
            tell(f"in {options.workers} processes", several)
            print(f"  {one.wall_s / several.wall_s:.2f} times as fast by the clock")
    return 0


def tell(what: str, run: Timed) -> None:
    looks = run.rebuilt.looks
    print(
        f"{what:16} {looks:6} looks, {run.rebuilt.by_recipe / looks:4.0%} by recipe: {looks / run.cpu_s:6.0f} pages/s of CPU ({1000 * run.cpu_s / looks:.2f} ms a page), {looks / run.wall_s:6.0f} pages/s by the clock"
    )


if __name__ == "__main__":
    sys.exit(main())
