"""What a site says about itself in files of its own: robots.txt and tdmrep.json, each asked for once a day and origin."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from scraper.attempts import Attempt
from scraper.fetch_settings import FetchSettings
from scraper.pages import Outcome
from scraper.redirects import origin_of
from scraper.retries import with_retries
from scraper.robots import MAX_ROBOTS_BYTES, RobotsRules
from scraper.robots_cache import HeldRobots, RobotsAnswer, RobotsCache
from scraper.tdm_file import MAX_TDM_FILE_BYTES, TDM_FILE_PATH, TdmFiles, TdmRule


class AskForFile(Protocol):
    """One request for such a file, its redirects followed; a body that is too long is cut."""

    async def __call__(self, url: str, *, allow_private: bool, max_bytes: int, own_delay_only: bool) -> Attempt:
        """`own_delay_only`: what comes next need not wait as long as robots.txt asks for."""


class SiteFiles:
    """Asks for them when they are needed, holds them, and hands them on to the next run."""

    def __init__(
        self,
        settings: FetchSettings,
        ask: AskForFile,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._ask = ask
        self._clock = clock
        self._sleep = sleep
        self._robots = RobotsCache()
        self._tdm_files = TdmFiles()
        self._locks: dict[str, asyncio.Lock] = {}  # by URL of a file: who comes second waits for the first's answer

    def snapshot(self) -> dict[str, object]:
        """What is held, as plain data fit for JSON."""
        return {"robots": self._robots.snapshot(), "tdm_files": self._tdm_files.snapshot()}

    def restore(self, state: Mapping[str, object]) -> None:
        """Take up what an earlier `snapshot` gave. Raises ValueError, KeyError or TypeError for what is no such thing."""
        robots, tdm_files = state.get("robots", {}), state.get("tdm_files", {})
        if not isinstance(robots, Mapping) or not isinstance(tdm_files, Mapping):
            raise TypeError("not a snapshot of a site's files")
        self._robots.restore(robots)
        self._tdm_files.restore(tdm_files)

    async def robots(self, origin: str, *, allow_private: bool) -> HeldRobots | Attempt:
        """The origin's robots.txt, asked for if need be; an Attempt where it may not be asked just now, or at all."""
        url = f"{origin}/robots.txt"
        async with self._locks.setdefault(url, asyncio.Lock()):
            held = self._robots.get(origin, self._clock())
            if held is not None:
                return held
            attempt = await with_retries(
                lambda: self._ask(url, allow_private=allow_private, max_bytes=MAX_ROBOTS_BYTES, own_delay_only=True),
                retries=self._settings.retries,
                sleep=self._sleep,
            )
            # An address that is refused is the origin's own, unless a redirect led there: then the file can't be had.
            if attempt.outcome is Outcome.DEFERRED or (attempt.outcome is Outcome.ADDRESS_REFUSED and not attempt.hops):
                return attempt
            answer = attempt.answer
            robots = RobotsAnswer(
                status=None if answer is None else answer.status,
                body=b"" if answer is None else answer.body,
                detail=attempt.detail if answer is None else "",
                failed_as=attempt.outcome if answer is None else None,
                asked_at=attempt.ended_at,
            )
            return self._robots.put(origin, url, robots)

    async def find_tdm_rule(self, url: str, robots: RobotsRules, *, allow_private: bool) -> TdmRule | None:
        """What the origin's TDM file says about the URL; the file is asked for if need be, and if its robots.txt lets us."""
        if not self._settings.ask_tdm_file:
            return None
        origin = origin_of(url)
        file_url = origin + TDM_FILE_PATH
        async with self._locks.setdefault(file_url, asyncio.Lock()):
            held = self._tdm_files.get(origin, self._clock())
            if held is None:
                body, in_trouble = None, False
                if robots.decide(file_url).allowed:
                    attempt = await self._ask(
                        file_url,
                        allow_private=allow_private,
                        max_bytes=MAX_TDM_FILE_BYTES,
                        # Else a host that asks for an hour between requests would never be asked for its page.
                        own_delay_only=(robots.crawl_delay_s or 0) > self._settings.patience_s,
                    )
                    if attempt.outcome is Outcome.DEFERRED:
                        return None  # and so will the page be
                    status = None if attempt.answer is None else attempt.answer.status
                    in_trouble = status is None or status == 429 or status >= 500
                    if attempt.answer is not None and 200 <= attempt.answer.status < 300:
                        body = attempt.answer.body
                held = self._tdm_files.put(origin, body, self._clock(), in_trouble=in_trouble)
            return held.find_rule(url)
