"""A made-up site for the fetcher: logic only, over httpx.MockTransport and a clock that passes when somebody sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import httpx
from fake_time import FakeTime

from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import FetchRequest, FetchResult

PAGE = "https://city.example/news"
ROBOTS = "https://city.example/robots.txt"
HTML = b"<!doctype html><title>News</title>"


Headers = dict[str, str] | list[tuple[str, str]] | list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Reply:
    """What a site answers; the body goes out as it is, whatever the headers say."""

    status: int
    headers: Headers = field(default_factory=dict)
    body: bytes = b""


class Site:
    """Answers by URL; a list is answered one by one, its last for ever. What has no answer is a 404. Remembers what was asked."""

    def __init__(self, answers: Mapping[str, object], time: FakeTime) -> None:
        self.answers = {url: list(answer) if isinstance(answer, list) else [answer] for url, answer in answers.items()}
        self.time = time
        self.requests: list[httpx.Request] = []
        self.asked_at: list[float] = []

    @property
    def asked(self) -> list[str]:
        return [str(request.url) for request in self.requests]

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.asked_at.append(self.time.seconds)
        left = self.answers.get(str(request.url), [404])
        answer = left.pop(0) if len(left) > 1 else left[0]
        await self.time.sleep(0.25)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            answer = Reply(answer)
        elif isinstance(answer, bytes):
            answer = Reply(200, body=answer)
        assert isinstance(answer, Reply)
        return httpx.Response(answer.status, headers=answer.headers, stream=httpx.ByteStream(answer.body))


def look(
    answers: Mapping[str, object],
    *requests: FetchRequest | str,
    settings: FetchSettings | None = None,
    state: Mapping[str, object] | None = None,
    time: FakeTime | None = None,
    between: Callable[[FakeTime], None] = lambda time: None,
    ask_tdm_file: bool = False,
) -> tuple[Sequence[FetchResult], Site, Fetcher]:
    """Fetch the requests (one, PAGE, if none is named) one after another."""
    time = time or FakeTime()
    site = Site(answers, time)
    fetcher = Fetcher(
        replace(settings or FetchSettings(), ask_tdm_file=ask_tdm_file),
        clock=time.clock,
        monotonic=time.monotonic,
        sleep=time.sleep,
        handler=httpx.MockTransport(site),
    )
    if state is not None:
        fetcher.restore(state)

    async def run() -> list[FetchResult]:
        results = []
        async with fetcher:
            for request in requests or (PAGE,):
                results.append(await fetcher.fetch(request if isinstance(request, FetchRequest) else FetchRequest(url=request)))
                between(time)
        return results

    return asyncio.run(run()), site, fetcher


def redirect(location: str, status: int = 302) -> Reply:
    return Reply(status, headers={"Location": location})
