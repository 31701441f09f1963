"""The demonstration: real crawls of a made-up site on this machine, night after night, into a real archive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from schedules.config import load_config
from schedules.report import RunReport
from schedules.run import run_crawl
from schedules.settings import Config
from scraper.version import VERSION
from standfirst.demo_server import NIGHTS, DemoServer, Night
from storage import create_archive

CONFIG = """\
# The made-up outlets of `standfirst demo`. Their server was on this machine and is gone; the archive beside this file is real.
archive = "archive.db"
contact = "https://standfirst.example/demo"

[crawl]
delay_s = 0  # nobody but ourselves to be polite to
retries = 0

[crawl.connect_to]
{connect_to}
"""

SOURCE = """
[source.{slug}]
urls = ["{url}"]
max_pages = {max_pages}
allow_private = true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoNight:
    """One night of the demonstration."""

    night: Night
    report: RunReport


def write_config(folder: Path, server: DemoServer) -> Config:
    """A standfirst.toml for the demo's outlets in that folder, as a user would have it."""
    connect_to = "\n".join(f'"{host}" = "127.0.0.1:{server.port}"' for host in server.hosts)
    text = CONFIG.format(connect_to=connect_to)
    for slug, url in server.listing_urls.items():
        text += SOURCE.format(slug=slug, url=url, max_pages=2 if slug == "cities" else 1)
    path = folder / "standfirst.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def crawl_nights(folder: Path, *, on_night: Callable[[DemoNight], None] = lambda night: None) -> Config:
    """Crawls every made-up night in turn into `folder/archive.db`; returns the configuration that it wrote there.

    Fetches, extraction and archive are the real ones; only the clock is the demo's, because the nights are.
    """
    with DemoServer(night=NIGHTS[0].number) as server:
        config = write_config(folder, server)
        with create_archive(config.archive) as archive:
            for night in NIGHTS:
                server.night = night.number
                report = asyncio.run(
                    run_crawl(
                        config.sources, config=config, archive=archive, clock=ticking(night.at), version=VERSION, draw=lambda: 1.0
                    )
                )
                on_night(DemoNight(night=night, report=report))
    return config


def ticking(start: datetime) -> Callable[[], datetime]:
    """A clock that stands at `start` and gains a hundredth of a second with every look at it."""
    looks = 0

    def now() -> datetime:
        nonlocal looks
        looks += 1
        return start + timedelta(milliseconds=10 * looks)

    return now
