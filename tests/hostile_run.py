"""One run of the crawler over every behaviour of the hostile server and ten well-behaved sources, into an archive; prints what it recorded.

Run as a program: `python hostile_run.py '{"ports": ..., "names": ...}' FOLDER`. One line of JSON: outcome, detail and cards of each source,
the server's log, and how much memory this process took at most.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from hostile_client import changing_resolver, peak_memory_kib

from schedules.config import parse_config
from schedules.run import run_crawl
from schedules.settings import Source
from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import FetchRequest
from storage import create_archive


async def main(told: dict[str, dict[str, int]], folder: Path) -> dict[str, object]:
    ports, names = told["ports"], told["names"]
    tls = [name for name in ports if name != "http"]
    config = parse_config(b'contact = "tests@standfirst.example"', folder / "standfirst.toml")
    settings = FetchSettings(
        delay_s=0,
        retries=0,
        connect_timeout_s=8.0,  # pages are read for cards in between, and the machine may be a busy one
        idle_timeout_s=8.0,
        total_timeout_s=12.0,
        max_bytes=1_500_000,
        patience_s=0,
        connect_to={f"{name}.example": ("127.0.0.1", ports["http"]) for name in [*names, "log"]}
        | {f"{name}.example": ("127.0.0.1", ports[name]) for name in tls},
    )
    urls = {name: f"http://{name}.example/" for name in names} | {name: f"https://{name}.example/" for name in tls}
    sources = [Source(slug=name, urls=(url,)) for name, url in urls.items()]
    async with Fetcher(settings, resolver=changing_resolver) as fetcher:
        with create_archive(config.archive) as archive:
            report = await run_crawl(
                sources, config=config, archive=archive, clock=lambda: datetime.now(UTC), version="test", fetcher=fetcher
            )
        log = await fetcher.fetch(FetchRequest(url="http://log.example/log"))
    assert log.page is not None
    return {
        "looks": {
            look.source: {
                "outcome": look.outcome,
                "detail": look.detail,
                "cards": look.recorded.cards,
                "elapsed_s": look.elapsed_s,
            }
            for look in report.looks
        },
        "log": json.loads(log.page.body),
        "max_rss_kib": peak_memory_kib(),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1]), Path(sys.argv[2])))))
