"""What a night costs: `standfirst crawl` over 1,000 pages of 300 hosts, and the same pages side by side with Scrapy.

    python benchmarks/night.py                                   # three nights: all new, nothing changed, a card more on each page
    python benchmarks/night.py --python /path/to/python          # and Scrapy, by an interpreter that has it (pip install scrapy selectolax)

Needs nginx on the PATH. The nights are run as a user runs them, each in a process of its own, start-up included: wall time, CPU time, peak
memory. For the comparison, each contender is a process of its own, too, and its CPU time counts from after its imports. Ours fetches, finds
the cards without being told where they are, dedupes, keeps the history of each card and the bytes of each page. Scrapy is told by hand-written
selectors where everything is, and writes cards and sightings into SQLite (WAL, one transaction a page); it keeps no bytes and no history.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crawl import PORT, Server

if TYPE_CHECKING:
    from scraper.recipe import Recipe

NIGHTS = ("all new", "nothing changed", "a card more on each page")
CARD = (
    '<article class="card card--1"><a href="/news/extra-{night}/late-edition-{night}"><h2>The late edition of night {night}</h2></a>'
    '<p class="blurb">What came in after the others had gone to press, for everybody who was still awake.</p>'
    '<span class="meta"><time datetime="2024-05-28">May</time> 4 min read</span></article>'
)


def host(number: int) -> str:
    """An address of its own on this machine: 127.0.0.1, 127.0.0.2 ..."""
    return f"127.0.{number // 250}.{1 + number % 250}"


def urls(origins: int, pages: int) -> list[str]:
    """`pages` URLs spread evenly over `origins` addresses."""
    return [f"http://{host(n % origins)}:{PORT}/{n // origins % 200}.html" for n in range(pages)]


def write_config(folder: Path, origins: int, pages: int) -> Path:
    """A configuration with a source a host."""
    by_host: dict[str, list[str]] = {}
    for url in urls(origins, pages):
        by_host.setdefault(url.split("/")[2], []).append(url)
    text = 'contact = "https://standfirst.example/benchmark"\n[crawl]\ndelay_s = 0\n'
    for number, listed in enumerate(by_host.values()):
        text += f"[source.host-{number}]\nurls = {json.dumps(listed)}\nallow_private = true\n"
    path = folder / "standfirst.toml"
    path.write_text(text)
    return path


def run(command: list[str]) -> tuple[float, float, float, int]:
    """Wall seconds, CPU seconds, peak memory in MB, exit code of a process of its own."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode


def nights(server: Server, origins: int, pages: int) -> None:
    from storage import create_archive

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = write_config(folder, origins, pages)
        create_archive(folder / "archive.db").close()
        print(f"\nstandfirst crawl --quiet, {pages:,} pages of {origins} hosts")
        print(f"  {'night':26} {'wall s':>7} {'CPU s':>7} {'ms a page':>10} {'peak MB':>8} {'archive MB':>11}")
        for number, what in enumerate(NIGHTS):
            if number == 2:
                for page in (Path(server.folder.name) / "www").glob("*.html"):
                    page.write_bytes(page.read_bytes().replace(b"<main>", b"<main>" + CARD.format(night=number).encode(), 1))
            wall, cpu, peak, code = run([sys.executable, "-m", "standfirst", "crawl", "--quiet", "--config", str(config)])
            if code != 0:
                sys.exit(f"the crawl ended with {code}")
            size = (folder / "archive.db").stat().st_size / 1e6
            print(f"  {what:26} {wall:7.1f} {cpu:7.1f} {1000 * cpu / pages:10.2f} {peak:8.0f} {size:11.1f}")


def starts(rounds: int) -> None:
    print("\nmedian of", rounds)
    for words in (["--help"], ["--version"], ["demo"]):
        costs = [run([sys.executable, "-m", "standfirst", *words]) for _ in range(rounds if words != ["demo"] else 3)]
        wall, cpu = (statistics.median(column) for column in list(zip(*costs, strict=True))[:2])
        print(f"  standfirst {words[0]:10} {cpu:6.3f} CPU s {wall:6.2f} s wall")


# --- side by side. Each contender says how many pages it read, how many cards, and its CPU time after its imports.


def ours(todo: list[str], folder: Path, *, recipe: bool = False) -> tuple[float, int, int]:
    from schedules.config import load_config
    from schedules.run import run_crawl
    from scraper.version import VERSION
    from storage import create_archive

    origins = len({url.split("/")[2] for url in todo})
    config = load_config(write_config(folder, origins, len(todo)))
    if recipe:
        config = replace(config, sources=tuple(replace(source, recipe=learned(todo[0])) for source in config.sources))
    began = time.process_time()
    with create_archive(config.archive) as archive:
        report = asyncio.run(
            run_crawl(config.sources, config=config, archive=archive, clock=lambda: datetime.now(UTC), version=VERSION)
        )
    return time.process_time() - began, len(report.looks), sum(look.recorded.cards for look in report.looks)


@cache
def learned(url: str) -> Recipe:
    """The recipe that `standfirst add` would learn from this page."""
    from scraper.pages import Page
    from standfirst.learning import learn_from

    with urllib.request.urlopen(url) as answer:
        page = Page(url=url, final_url=url, body=answer.read(), fetched_at=datetime.now(UTC), status=200)
    recipe = learn_from([page], learned_on=date(2024, 5, 28)).recipe
    assert recipe is not None
    return recipe


SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE card (url TEXT PRIMARY KEY, title TEXT, blurb TEXT, minutes TEXT, day TEXT, image TEXT, images TEXT, alt TEXT, first_seen TEXT);
CREATE TABLE sighting (page TEXT, seen_at TEXT, position INTEGER, url TEXT, PRIMARY KEY (page, seen_at, position)) WITHOUT ROWID;
"""


def scrapy_with(todo: list[str], folder: Path, *, selectolax: bool) -> tuple[float, int, int]:
    import scrapy
    from scrapy.crawler import CrawlerProcess

    if selectolax:
        from selectolax.lexbor import LexborHTMLParser

    db = sqlite3.connect(folder / "scrapy.db", isolation_level=None)
    db.executescript(SCHEMA)
    counted = {"pages": 0, "cards": 0}

    def with_parsel(response):  # type: ignore[no-untyped-def]
        for card in response.css("article.card"):
            yield (
                response.urljoin(card.css("a::attr(href)").get()),
                card.css("h2::text").get(),
                card.css("p.blurb::text").get(),
                card.css("span.meta::text").get(),
                card.css("time::attr(datetime)").get(),
                card.css("img::attr(src)").get(),
                card.css("img::attr(srcset)").get(),
                card.css("img::attr(alt)").get(),
            )

    def with_selectolax(response):  # type: ignore[no-untyped-def]
        for card in LexborHTMLParser(response.text).css("article.card"):
            image = getattr(card.css_first("img"), "attributes", {})
            yield (
                response.urljoin(card.css_first("a").attributes["href"]),
                card.css_first("h2").text(),
                card.css_first("p.blurb").text(),
                card.css_first("span.meta").text(),
                card.css_first("time").attributes["datetime"],
                image.get("src"),
                image.get("srcset"),
                image.get("alt"),
            )

    class Spider(scrapy.Spider):
        name = "spider"

        async def start(self):  # type: ignore[no-untyped-def]
            for url in todo:
                yield scrapy.Request(url, dont_filter=True)

        def parse(self, response):  # type: ignore[no-untyped-def]
            cards = list((with_selectolax if selectolax else with_parsel)(response))
            counted["pages"] += 1
            counted["cards"] += len(cards)
            yield {"page": response.url, "cards": cards}

    class Pipeline:
        def process_item(self, item):  # type: ignore[no-untyped-def]
            now = datetime.now(UTC).isoformat()
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT OR IGNORE INTO card VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(*card, now) for card in item["cards"]]
            )
            db.executemany(
                "INSERT INTO sighting VALUES (?, ?, ?, ?)",
                [(item["page"], now, position, card[0]) for position, card in enumerate(item["cards"])],
            )
            db.execute("COMMIT")
            return item

    process = CrawlerProcess(
        {
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": 16,
            "DOWNLOAD_DELAY": 0,
            "ITEM_PIPELINES": {Pipeline: 1},
        }
    )
    began = time.process_time()
    process.crawl(Spider)
    process.start()
    return time.process_time() - began, counted["pages"], counted["cards"]


CONTENDERS = {
    "ours": ours,
    "ours, with a recipe": lambda todo, folder: ours(todo, folder, recipe=True),
    "scrapy, parsel": lambda todo, folder: scrapy_with(todo, folder, selectolax=False),
    "scrapy, selectolax": lambda todo, folder: scrapy_with(todo, folder, selectolax=True),
}


def contend(name: str, todo: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cpu_s, pages, cards = CONTENDERS[name](todo, Path(folder))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu_s": cpu_s, "pages": pages, "cards": cards, "peak_mb": peak_mb}))


def side_by_side(python: str, origins: list[int], pages: int, rounds: int) -> None:
    for number in origins:
        costs: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        cards = {}
        for _ in range(rounds):
            for name, of_one in costs.items():
                interpreter = sys.executable if name.startswith("ours") else python
                command = [interpreter, __file__, "--contend", name, "--origins", str(number), "--pages", str(pages)]
                ran = subprocess.run(command, capture_output=True, text=True, check=False)
                if ran.returncode:
                    sys.exit(f"{name}: {ran.stderr.strip()[-2000:]}")
                result = json.loads(ran.stdout.splitlines()[-1])
                if result["pages"] != pages:
                    sys.exit(f"{name}: only {result['pages']} of {pages} pages came back")
                of_one.append(1000 * result["cpu_s"] / pages)
                cards[name] = result["cards"]
        base = statistics.median(costs["ours"])
        print(f"\n{number} origins, {pages:,} pages: CPU ms a page, median (worst), ratio to ours")
        for name, of_one in costs.items():
            median = statistics.median(of_one)
            print(f"  {name:20} {median:7.2f} ({max(of_one):.2f}) {median / base:6.2f}x   {cards[name]:,} cards")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=300)
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--origins", default="20,200", help="hosts in the comparison with Scrapy")
    parser.add_argument("--python", help="an interpreter that has Scrapy and selectolax")
    parser.add_argument("--contend", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.contend:
        contend(args.contend, urls(int(args.origins), args.pages))
        return
    with Server(gzip=True) as server:
        print(
            f"{platform.machine()}, Python {platform.python_version()}, pages of {server.mean_bytes / 1000:.1f} KB mean, gzip on"
        )
        if args.python:
            side_by_side(args.python, [int(number) for number in args.origins.split(",")], args.pages, args.rounds)
        nights(server, args.hosts, args.pages)
    starts(9)


if __name__ == "__main__":
    main()
