"""A page as WordPress behind PHP serves it, over real sockets: chunked in odd pieces, compressed on the fly, without a length, and never the
same answer to two different questions."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import FetchRequest, FetchResult, Outcome
from scraper.reading import read_page

ETAG = 'W/"5f2a-18c"'
CARDS = "".join(
    f'<article id="post-{n}" class="post-{n} post type-post status-publish hentry category-news"><header class="entry-header">'
    f'<h2 class="entry-title"><a href="https://town.example/2024/05/{n:02}/a-story/" rel="bookmark">The town hall clock is right again, day {n}</a></h2>'
    f'<time class="entry-date published" datetime="2024-05-{n:02}T09:00:00+02:00">{n}. Mai 2024</time></header>'
    f'<div class="entry-summary"><p>It had been wrong for as long as anybody could remember, and nobody had minded.</p></div></article>'
    for n in range(1, 11)
)
PAGE = (
    "<!DOCTYPE html>\n<html lang=de-DE><head><meta charset=UTF-8><title>Grüße aus der Stadt</title>"
    '<link rel="alternate" type="application/rss+xml" href="https://town.example/feed/"></head>'
    f'<body class="home blog"><main id=main>{CARDS}<nav class="navigation pagination"><a class="next page-numbers" href="/page/2/">Weiter</a></nav></main></body></html>'
).encode()
HEAD = (
    'Server: Apache\r\nX-Powered-By: PHP/8.2.7\r\nLink: <https://town.example/wp-json/>; rel="https://api.w.org/"\r\n'
    "Expires: Wed, 11 Jan 1984 05:00:00 GMT\r\nCache-Control: no-cache, must-revalidate, max-age=0\r\nSet-Cookie: PHPSESSID=abc123; path=/\r\n"
    f"Vary: Accept-Encoding\r\nETag: {ETAG}\r\nX-Pingback: https://town.example/xmlrpc.php\r\n"
)


class Php:
    """Answers one connection after another, keeps them open, and remembers what came."""

    def __init__(self, *, piece: int) -> None:
        self.piece = piece
        self.requests: list[str] = []
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.requests.append(request)
                path = request.split(" ")[1]
                if ETAG in request:
                    writer.write(f"HTTP/1.1 304 Not Modified\r\n{HEAD}\r\n".encode())
                elif path != "/":
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                else:
                    await self._page(writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _page(self, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\n{HEAD}Content-Type: text/html; charset=UTF-8\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        body = gzip.compress(PAGE)
        for start in range(0, len(body), self.piece):
            piece = body[start : start + self.piece]
            writer.write(f"{len(piece):X};ext=1\r\n".encode() + piece + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(b"0\r\nX-Trailer: done\r\n\r\n")


def visit(php: Php, *requests: FetchRequest) -> list[FetchResult]:
    async def scenario() -> list[FetchResult]:
        server = await asyncio.start_server(php, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with Fetcher(FetchSettings(delay_s=0, connect_to={"town.example": ("127.0.0.1", port)})) as fetcher:
            results = [await fetcher.fetch(request) for request in requests]
        server.close()
        await asyncio.sleep(0.02)
        return results

    return asyncio.run(scenario())


@pytest.mark.parametrize("piece", [1, 7, 1000, 100_000])
def test_the_page_comes_whole_however_it_is_cut_and_its_cards_are_read(piece: int) -> None:
    php = Php(piece=piece)
    url = "http://town.example/"
    first, again, unchanged = visit(php, FetchRequest(url=url), FetchRequest(url=url), FetchRequest(url=url, etag=ETAG))
    assert (first.outcome, again.outcome, unchanged.outcome) == (Outcome.OK, Outcome.OK, Outcome.NOT_MODIFIED)
    assert first.page is not None
    assert first.page.body == PAGE
    assert first.page.header("etag") == ETAG
    assert php.connections == 1
    assert not any("PHPSESSID" in request for request in php.requests)
    listing = read_page(first.page)
    assert [card.published_on for card in listing.cards] == [f"2024-05-{n:02}" for n in range(1, 11)]
    assert listing.next_page_url == "http://town.example/page/2/"
    assert listing.feeds == ("https://town.example/feed/",)
