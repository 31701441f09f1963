"""What one fetched page costs, side by side with httpx as it is, aiohttp and Scrapy.

    python benchmarks/crawl.py                          # 20 and 200 origins, 1,000 pages, five interleaved rounds
    python benchmarks/crawl.py --origins 200 --rounds 3 --only ours,httpx
    python benchmarks/crawl.py --unchanged              # a night on which nothing changed: every answer is 304

Needs nginx on the PATH. Scrapy and aiohttp take part where `--python` names an interpreter that has them (`pip install scrapy aiohttp
httpx`); Standfirst itself runs in the interpreter that runs this file. Every origin is an address of its own (127.0.0.N), so that no
contender needs a resolver. Each contender is a process of its own; what is measured is its CPU time from after its imports to its last
page, so that neither start-up nor the server counts. All of them ask for robots.txt first where they can, obey it, and keep no delay.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PORT = 18099
WORDS = [
    "council",
    "bridge",
    "harbour",
    "vote",
    "school",
    "budget",
    "storm",
    "line",
    "museum",
    "strike",
    "market",
    "tram",
    "quarter",
    "library",
    "winter",
    "flood",
    "mayor",
]


def make_page(rng: random.Random) -> bytes:
    """A listing page of about 65 KB with 30 cards."""

    def words(count: int) -> str:
        return " ".join(rng.choice(WORDS) for _ in range(count))

    cards = "".join(
        f'<article class="card card--{rng.randrange(9)}"><a href="/news/{rng.randrange(10**6)}/{words(5).replace(" ", "-")}">'
        f'<img src="/i/{rng.randrange(10**6)}.jpg" srcset="/i/a.jpg 1x, /i/b.jpg 2x" alt="{words(8)}"><h2>{words(9).capitalize()}</h2></a>'
        f'<p class="blurb">{words(160)}</p><span class="meta"><time datetime="2024-05-{rng.randrange(10, 29)}">May</time> {rng.randrange(2, 9)} min read</span></article>'
        for _ in range(30)
    )
    filler = f"<script>/* {words(4_000)} */</script>"
    return f"<!doctype html><html><head><meta charset=utf-8><title>{words(4)}</title></head><body><main>{cards}</main>{filler}</body></html>".encode()


NGINX = """
daemon off; worker_processes 1; worker_rlimit_nofile 8192; pid {root}/pid; error_log {root}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log off; types {{ text/html html; }} default_type text/html; charset utf-8;
  client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
  gzip {gzip}; gzip_comp_level 1; gzip_types text/html; etag on; keepalive_timeout 60s; keepalive_requests 100000;
  server {{ listen {port} backlog=4096; root {root}/www; }}
}}
"""


class Server:
    """nginx with 200 pages on every loopback address, for the length of a `with` block."""

    def __init__(self, *, gzip: bool) -> None:
        self.gzip = gzip

    def __enter__(self) -> Server:
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        root.chmod(0o755)  # nginx, started by root, reads as nobody
        (root / "www").mkdir()
        rng = random.Random(7)
        sizes = []
        for number in range(200):
            page = make_page(rng)
            sizes.append(len(page))
            (root / "www" / f"{number}.html").write_bytes(page)
        self.mean_bytes = statistics.mean(sizes)
        (root / "www" / "robots.txt").write_text("User-agent: *\nDisallow: /private\n")
        (root / "nginx.conf").write_text(NGINX.format(root=root, port=PORT, gzip="on" if self.gzip else "off"))
        nginx = shutil.which("nginx") or sys.exit("nginx is not on the PATH")
        self.process = subprocess.Popen(
            [nginx, "-c", str(root / "nginx.conf"), "-e", str(root / "error.log")], stderr=subprocess.DEVNULL
        )
        time.sleep(0.5)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.folder.cleanup()


def urls(origins: int, pages: int) -> list[str]:
    """`pages` URLs spread evenly over `origins` addresses, neighbours on different origins."""
    return [f"http://127.0.0.{1 + n % origins}:{PORT}/{n // origins % 200}.html" for n in range(pages)]


# --- the contenders. Each takes URLs and whether the pages are to be asked for again unchanged: then a first pass, not measured, brings
# their ETags. Each gives the CPU time at which the measured pass began, pages that came back in it, and their bytes.

Ran = tuple[float, int, int]


async def ours(todo: list[str], *, unchanged: bool) -> Ran:
    from scraper.fetch import Fetcher, FetchSettings
    from scraper.pages import FetchRequest, Outcome

    etags: dict[str, str | None] = {}
    done, size = 0, 0
    by_origin: dict[str, list[str]] = {}
    for url in todo:
        by_origin.setdefault(url.split("/")[2], []).append(url)
    async with Fetcher(FetchSettings(delay_s=0)) as fetcher:

        async def go_through(of_one: list[str]) -> None:
            nonlocal done, size
            for url in of_one:
                result = await fetcher.fetch(FetchRequest(url=url, etag=etags.get(url), allow_private=True))
                if result.page is not None:
                    etags[url] = result.page.header("etag") if unchanged else None
                    done += result.outcome is (Outcome.OK if expected == 200 else Outcome.NOT_MODIFIED)
                    size += len(result.page.body)

        for status in (200, 304) if unchanged else (200,):
            expected, began, done, size = status, time.process_time(), 0, 0
            await asyncio.gather(*map(go_through, by_origin.values()))
    return began, done, size


async def httpx_as_is(todo: list[str], *, unchanged: bool) -> Ran:
    import httpx

    etags: dict[str, str] = {}
    done, size, places = 0, 0, asyncio.Semaphore(16)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None, max_keepalive_connections=None)) as client:

        async def get(url: str) -> None:
            nonlocal done, size
            async with places:
                response = await client.get(url, headers={"If-None-Match": etags[url]} if url in etags else {})
            if unchanged and response.status_code == 200:
                etags[url] = response.headers["etag"]
            done += response.status_code == expected
            size += len(response.content)

        for status in (200, 304) if unchanged else (200,):
            expected, began, done, size = status, time.process_time(), 0, 0
            await asyncio.gather(*map(get, todo))
    return began, done, size


async def aiohttp_as_is(todo: list[str], *, unchanged: bool) -> Ran:
    import aiohttp

    etags: dict[str, str] = {}
    done, size, places = 0, 0, asyncio.Semaphore(16)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def get(url: str) -> None:
            nonlocal done, size
            headers = {"If-None-Match": etags[url]} if url in etags else {}
            async with places, session.get(url, headers=headers) as response:
                size += len(await response.read())
            if unchanged and response.status == 200:
                etags[url] = response.headers["etag"]
            done += response.status == expected

        for status in (200, 304) if unchanged else (200,):
            expected, began, done, size = status, time.process_time(), 0, 0
            await asyncio.gather(*map(get, todo))
    return began, done, size


def scrapy_as_is(todo: list[str], *, unchanged: bool) -> Ran:
    import scrapy
    from scrapy.crawler import CrawlerProcess

    counted: dict[str, float] = {"began": time.process_time(), "done": 0, "size": 0, "first": 0}

    class Spider(scrapy.Spider):
        name = "spider"
        handle_httpstatus_list = (304,)

        async def start(self):  # type: ignore[no-untyped-def]
            for url in todo:
                yield scrapy.Request(url, self.parse_first if unchanged else self.parse, dont_filter=True)

        def parse_first(self, response):  # type: ignore[no-untyped-def]
            counted["first"] += 1
            self.etags = getattr(self, "etags", {}) | {response.url: response.headers["ETag"]}
            if counted["first"] == len(todo):
                counted["began"] = time.process_time()
                for url in todo:
                    yield scrapy.Request(url, headers={"If-None-Match": self.etags[url]}, dont_filter=True)

        def parse(self, response):  # type: ignore[no-untyped-def]
            counted["done"] += response.status == (304 if unchanged else 200)
            counted["size"] += len(response.body)

    process = CrawlerProcess(
        {
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "DOWNLOAD_DELAY": 0,
        }
    )
    process.crawl(Spider)
    process.start()
    return counted["began"], int(counted["done"]), int(counted["size"])


MODULES = {"ours": "scraper.fetch", "httpx": "httpx", "aiohttp": "aiohttp", "scrapy": "scrapy.crawler"}


def contend(name: str, todo: list[str], *, unchanged: bool) -> None:
    importlib.import_module(MODULES[name])
    if name == "scrapy":
        began, done, size = scrapy_as_is(todo, unchanged=unchanged)
    else:
        contender = {"ours": ours, "httpx": httpx_as_is, "aiohttp": aiohttp_as_is}[name]
        began, done, size = asyncio.run(contender(todo, unchanged=unchanged))
    print(json.dumps({"cpu_s": time.process_time() - began, "done": done, "bytes": size}))


def measure(name: str, python: str, origins: int, pages: int, *, unchanged: bool) -> float | None:
    """CPU milliseconds a page in one process of its own; None where the contender can't run."""
    command = [python, __file__, "--contend", name, "--origins", str(origins), "--pages", str(pages)]
    ran = subprocess.run(command + ["--unchanged"] * unchanged, capture_output=True, text=True, check=False)
    if ran.returncode:
        print(f"{name}: {ran.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    result = json.loads(ran.stdout)
    if result["done"] != pages:
        sys.exit(f"{name}: only {result['done']} of {pages} pages came back")
    return 1000 * result["cpu_s"] / pages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--origins", default="20,200")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default=",".join(MODULES))
    parser.add_argument("--python", default=sys.executable, help="interpreter that has httpx, aiohttp and Scrapy")
    parser.add_argument("--no-gzip", action="store_true")
    parser.add_argument("--unchanged", action="store_true", help="measure a second pass with ETags: 304 for every page")
    parser.add_argument("--contend", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.contend:
        contend(args.contend, urls(int(args.origins), args.pages), unchanged=args.unchanged)
        return
    with Server(gzip=not args.no_gzip) as server:
        print(
            f"{platform.machine()}, Python {platform.python_version()}, {args.pages:,} pages of {server.mean_bytes / 1000:.1f} KB mean, "
            f"gzip {'off' if args.no_gzip else 'on'}{', asked for again: 304' if args.unchanged else ''}"
        )
        for origins in map(int, args.origins.split(",")):
            rounds: dict[str, list[float]] = {name: [] for name in args.only.split(",")}
            for _ in range(args.rounds):
                for name, costs in rounds.items():
                    python = sys.executable if name == "ours" else args.python
                    cost = measure(name, python, origins, args.pages, unchanged=args.unchanged)
                    costs.extend([] if cost is None else [cost])
            print(f"\n{origins} origins: CPU ms a page, median (worst), ratio to ours")
            base = statistics.median(rounds["ours"]) if rounds.get("ours") else None
            for name, costs in rounds.items():
                if costs:
                    median = statistics.median(costs)
                    ratio = f"{median / base:6.2f}x" if base else ""
                    print(f"  {name:8} {median:7.2f} ({max(costs):.2f}) {ratio}")


if __name__ == "__main__":
    main()
