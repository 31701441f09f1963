"""Lives through a made-up year with the real service, and says how it went as one line of JSON: `living.py FOLDER NIGHTS OUTLETS`.

The clock is made up, the rest is real: the planner and the service, the fetcher with sockets on loopback, the archive, and on every tenth
night a process that is killed in the middle of its run. `living.py --waking CONFIG NOW` is that process. A program of its own, so that its
memory is its own as well.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import tomlkit
from made_up_year import FIRST_NIGHT, Outlet, Year
from year_server import YearServer

from schedules.service import Service
from schedules.waking import plan_looks
from scraper.listing import extract_listing
from scraper.recipe_learn import learn_recipe
from storage import create_archive, open_reader

ZONES = ("Europe/Brussels", "America/New_York", "Australia/Sydney", "UTC", "Asia/Kolkata", "Africa/Casablanca")
NOON_BEFORE = datetime.combine(FIRST_NIGHT - timedelta(days=1), time(12), UTC)
COMES_BY = timedelta(minutes=14)  # how often the made-up clock does; what is due in between is looked at together
LATE_BY = timedelta(hours=14, minutes=30)
WORTH_KILLING = 6  # pages that are due at once


def is_off(night: int) -> bool:
    """Nights for which the machine is switched off, or suspended."""
    return night % 61 == 40 or night % 122 == 41


def is_late(night: int) -> bool:
    """Nights on which it comes back only in the middle of the night."""
    return night % 23 == 11


def is_killed(night: int) -> bool:
    """Nights on which a run is killed."""
    return night % 10 == 5


def stays_dead(night: int) -> bool:
    """Nights on which nothing is there to go on after a kill."""
    return night % 20 == 15


def timing(number: int) -> dict[str, object]:
    """When a source is due: always once in the night from noon to noon, UTC."""
    zone = {"timezone": ZONES[number % len(ZONES)]}
    match number % 3:
        case 0:
            return {**zone, "window": "01:00-05:00"}
        case 1:
            return {**zone, "cadence": "30 2 * * *", "window": "02:30-05:00"}
        case _:
            return {**zone, "cadence": "15 3 * * 0-6", "window": "03:00-05:30", "jitter_s": 600}


def recipe(year: Year, outlet: Outlet) -> dict[str, object]:
    """As `standfirst add` would have learned it from the first night's page."""
    body = year.page(outlet, 0)[1].encode()
    lesson = learn_recipe(body, extract_listing(body, outlet.url), outlet.url, learned_on=year.date_of(0))
    assert lesson.recipe is not None, lesson.reason
    return lesson.recipe.to_table()


def write_config(folder: Path, year: Year, server: YearServer) -> Path:
    config = {
        "contact": "tests@standfirst.example",
        "crawl": {"delay_s": 1, "retries": 0, "patience_s": 1, "connect_to": server.connect_to},
        "source": {
            outlet.slug: {
                "urls": [outlet.url],
                "allow_private": True,
                "delay_s": 0,
                **timing(outlet.number),
                "recipe": recipe(year, outlet),
            }
            for outlet in year.outlets
        },
    }
    path = folder / "standfirst.toml"
    path.write_text(tomlkit.dumps(config), encoding="utf-8")
    return path


class Clock:
    """Goes on by a second whenever it is read, and else when it is told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Life:
    """The year, night by night."""

    def __init__(self, config: Path, year: Year, server: YearServer) -> None:
        self.year, self.server = year, server
        self.clock = Clock(NOON_BEFORE)
        self.service = Service(config, clock=self.clock)
        self.killed: dict[int, list[str]] = {}  # night -> the sources whose run was killed
        self.alarms: list[dict[str, object]] = []
        self.memory_kb: list[int] = []

    async def live(self) -> None:
        for night in range(self.year.nights):
            self.server.turn_to(night)
            if not is_off(night):
                await self._live_through(night)
            if night % 30 == 29:
                self.memory_kb.append(resident_kb())

    async def _live_through(self, night: int) -> None:
        begin = NOON_BEFORE + timedelta(days=night)
        now = begin + LATE_BY if is_late(night) else begin
        while now < begin + timedelta(days=1):
            if is_killed(night) and night not in self.killed and len(due := self._due(now)) >= WORTH_KILLING:
                self.killed[night] = due
                self._kill_one(now)
                if stays_dead(night):
                    return
                now += timedelta(minutes=1)
            self.clock.now = now
            woken = await self.service.wake(now)
            self.alarms += [{"night": night, **alarm.as_row()} for alarm in woken.alarms] if woken is not None else []
            now = max(self.service.next_at, now + COMES_BY)

    def _due(self, now: datetime) -> list[str]:
        config = self.service.config
        with open_reader(config.archive) as reader:
            return [page.source.slug for page in plan_looks(config.sources, config=config, archive=reader, now=now).due]

    def _kill_one(self, now: datetime) -> None:
        """Begins a waking in a process of its own and kills it when some pages were sent."""
        sent = 0

        def on_page(outlet: Outlet) -> None:
            nonlocal sent
            sent += 1
            if sent == WORTH_KILLING - 2:
                process.kill()

        self.server.on_page = on_page
        config = str(self.service.config.path)
        process = subprocess.Popen([sys.executable, __file__, "--waking", config, now.isoformat()], stderr=subprocess.PIPE)
        _, complaint = process.communicate(timeout=120)
        self.server.on_page = lambda outlet: None
        if process.returncode != -signal.SIGKILL:
            raise RuntimeError(f"the waking ended by itself with {process.returncode}: {complaint.decode()}")


def resident_kb() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def wake_once(config: Path, now: datetime) -> None:
    clock = Clock(now)
    asyncio.run(Service(config, clock=clock).wake(now))


def main() -> None:
    if sys.argv[1] == "--waking":
        wake_once(Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
        return
    folder, nights, outlets = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    year = Year(outlets=outlets, nights=nights)
    with YearServer(year) as server:
        config = write_config(folder, year, server)
        create_archive(folder / "archive.db").close()
        life = Life(config, year, server)
        asyncio.run(life.live())
    print(json.dumps({"killed": life.killed, "alarms": life.alarms, "memory_kb": life.memory_kb}))


if __name__ == "__main__":
    main()
