"""Politeness as the servers see it: measured from their own log, over real sockets."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import FetchRequest, FetchResult, Outcome

HTML = b"<!doctype html><title>fine</title>"
FILES = ("/robots.txt", "/.well-known/tdmrep.json")  # asked for before a host's first page
Answer = Callable[["Server", str, str], Awaitable[tuple[str, bytes]]]


@dataclass
class Server:
    """Answers every host name on one loopback port and writes down when each request came and when its answer was out."""

    answer: Answer
    log: dict[str, list[tuple[str, float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )  # host -> (path, came, done)
    waiting: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                came = time.monotonic()
                path = head.split(" ")[1]
                host = next(line[6:] for line in head.split("\r\n") if line.lower().startswith("host: "))
                headers, body = await self.answer(self, host, path)
                writer.write(f"HTTP/1.1 {headers}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
                self.log[host].append((path, came, time.monotonic()))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def plain(server: Server, host: str, path: str) -> tuple[str, bytes]:
    await asyncio.sleep(0.01)
    return ("404 Not Found", b"") if path in FILES else ("200 OK", HTML)


def run(
    urls: list[str], answer: Answer = plain, *, state: dict[str, object] | None = None, **settings: object
) -> tuple[list[FetchResult], Server, dict[str, object]]:
    """Fetch all URLs at once; gives the results, the server with its log, and what the fetcher would remember."""
    server = Server(answer)

    async def scenario() -> tuple[list[FetchResult], dict[str, object]]:
        listener = await asyncio.start_server(server, "127.0.0.1", 0, backlog=1024)
        port = listener.sockets[0].getsockname()[1]
        hosts = {url.split("/")[2]: ("127.0.0.1", port) for url in urls}
        fetcher = Fetcher(FetchSettings(connect_to=hosts, **settings))  # type: ignore[arg-type]
        fetcher.restore(state or {})
        async with fetcher:
            results = await asyncio.gather(*(fetcher.fetch(FetchRequest(url=url)) for url in urls))
            remembered = json.loads(json.dumps(fetcher.snapshot()))
        listener.close()
        await asyncio.sleep(0.05)
        return results, remembered

    results, remembered = asyncio.run(scenario())
    return results, server, remembered


def test_a_host_never_sees_two_requests_at_once_nor_sooner_than_the_delay() -> None:
    delay_s = 0.15
    urls = [f"http://h{host}.example/{page}" for host in range(5) for page in range(4)]
    results, server, _ = run(urls, delay_s=delay_s)
    assert {result.outcome for result in results} == {Outcome.OK}
    assert len(server.log) == 5
    for requests in server.log.values():
        assert [path for path, _, _ in requests[:2]] == list(FILES)
        assert len(requests) == 6
        for (_, _, done), (_, came, _) in pairwise(sorted(requests, key=lambda request: request[1])):
            assert came - done >= delay_s - 0.001


def test_crawl_delay_is_kept_between_pages() -> None:
    async def answer(server: Server, host: str, path: str) -> tuple[str, bytes]:
        return ("200 OK", b"User-agent: *\nCrawl-delay: 0.3\n") if path == "/robots.txt" else ("200 OK", HTML)

    _, server, _ = run([f"http://slow.example/{page}" for page in range(3)], answer, delay_s=0.01)
    robots, *others = server.log["slow.example"]
    assert robots[0] == "/robots.txt"
    assert len(others) == 4
    for (_, _, done), (_, came, _) in pairwise(others):
        assert came - done >= 0.299


def test_hosts_of_one_operator_can_take_turns() -> None:
    hosts = [f"h{number}.example" for number in range(4)]
    _, server, _ = run([f"http://{host}/" for host in hosts], delay_s=0.05, host_groups=dict.fromkeys(hosts, "one"))
    requests = sorted((request for log in server.log.values() for request in log), key=lambda request: request[1])
    assert len(requests) == 12
    for (_, _, done), (_, came, _) in pairwise(requests):
        assert came - done >= 0.049


def test_300_hosts_are_waited_for_side_by_side() -> None:
    """Nobody gets an answer before all 300 pages have been asked for: one host waiting for another would never end."""
    everybody_is_here = asyncio.Event()

    async def answer(server: Server, host: str, path: str) -> tuple[str, bytes]:
        if path in FILES:
            return "404 Not Found", b""
        server.waiting += 1
        if server.waiting == 300:
            everybody_is_here.set()
        await everybody_is_here.wait()
        return "200 OK", HTML

    results, server, _ = run([f"http://h{number}.example/" for number in range(300)], answer, delay_s=0.0, retries=0)
    assert {result.outcome for result in results} == {Outcome.OK}
    assert server.waiting == 300


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_retry_after_is_kept_across_a_restart(status: str) -> None:
    async def busy(server: Server, host: str, path: str) -> tuple[str, bytes]:
        return ("404 Not Found", b"") if path in FILES else (f"{status}\r\nRetry-After: 3600", b"")

    urls = ["http://busy.example/1", "http://fine.example/1"]
    (first, _), _, remembered = run(urls, busy, delay_s=0.0)
    assert first.retry_after_s == pytest.approx(3600, abs=5)
    (again, fine), server, _ = run(["http://busy.example/2", "http://other.example/"], state=remembered, delay_s=0.0)
    assert again.outcome is Outcome.DEFERRED
    assert fine.outcome is Outcome.OK
    assert "busy.example" not in server.log


def test_a_robots_txt_that_leads_inside_is_asked_for_once_and_closes_the_site() -> None:
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode().split(" ")[1])
        inside = b"Location: http://169.254.169.254/robots.txt\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(b"HTTP/1.1 301 Moved Permanently\r\n" + inside)
        await writer.drain()
        writer.close()

    async def scenario() -> list[FetchResult]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        address = ("127.0.0.1", server.sockets[0].getsockname()[1])
        async with Fetcher(FetchSettings(connect_to={"city.example": address}, delay_s=0)) as fetcher:
            results = [await fetcher.fetch(FetchRequest(url=f"http://city.example/{number}")) for number in range(3)]
        server.close()
        await asyncio.sleep(0.02)
        return results

    for result in asyncio.run(scenario()):
        assert result.outcome is Outcome.ROBOTS_UNAVAILABLE
        assert "169.254.169.254 is link-local" in result.detail
    assert asked == ["/robots.txt"]


def test_a_proxy_is_asked_for_pages_and_never_for_addresses_inside() -> None:
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head.split(" ")[1])
        body = b"" if asked[-1].endswith(FILES) else HTML
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    async def scenario() -> list[FetchResult]:
        proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = proxy.sockets[0].getsockname()[1]
        urls = ["http://city.example/news", "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/"]
        urls += ["http://localhost/", "http://LOCALHOST./", "http://printer.localhost/"]
        async with Fetcher(FetchSettings(proxy=f"http://127.0.0.1:{port}", delay_s=0)) as fetcher:
            results = [await fetcher.fetch(FetchRequest(url=url)) for url in urls]
        proxy.close()
        await asyncio.sleep(0.02)
        return results

    through, *inside = asyncio.run(scenario())
    assert (through.outcome, through.page and through.page.body) == (Outcome.OK, HTML)
    assert {result.outcome for result in inside} == {Outcome.ADDRESS_REFUSED}
    assert asked == [*(f"http://city.example{path}" for path in FILES), "http://city.example/news"]
