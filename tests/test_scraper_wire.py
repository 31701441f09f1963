"""HTTP/1.1 on a kept connection: when it is used again, and when it must not be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import httpx
import pytest

from scraper.connect import Connector, SystemResolver
from scraper.fetch_settings import FetchSettings
from scraper.transport import Transport, TransportError
from scraper.wire import Wire

TIMEOUTS = {"connect": 5.0, "read": 5.0, "write": 5.0, "pool": None}
CONNECTOR = Connector(allow_private=True, connect_to={}, resolver=SystemResolver())
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def talk(
    script: Sequence[bytes | None],
    *,
    requests: int = 2,
    keep_alive_s: float = 60.0,
    between: Callable[[Wire], Awaitable[object]] | None = None,
    read_whole: bool = True,
) -> tuple[list[bytes], list[int]]:
    """Send requests to a server that answers by the script: an answer, or None to close the connection instead. Gives the bodies, and on
    which connection (counted from 1) each request arrived.
    """
    arrived: list[int] = []
    connections = 0
    left = list(script)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        number = connections
        try:
            while left:
                await reader.readuntil(b"\r\n\r\n")
                arrived.append(number)
                answer = left.pop(0)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if left and left[0] is None:  # closes while the connection lies idle
                    left.pop(0)
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> list[bytes]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        wire = Wire(CONNECTOR, ssl_context=None, keep_alive_s=keep_alive_s)
        bodies = []
        try:
            for _ in range(requests):
                request = httpx.Request("GET", f"http://127.0.0.1:{port}/", extensions={"timeout": TIMEOUTS})
                response = await wire.handle_async_request(request)
                bodies.append(b"".join([piece async for piece in response.aiter_raw()]) if read_whole else b"")
                await response.aclose()
                await (between(wire) if between else asyncio.sleep(0.02))
        finally:
            await wire.aclose()
            server.close()
            await asyncio.sleep(0.02)  # the server's side sees the end, too
        return bodies

    return asyncio.run(run()), arrived


def test_a_connection_is_used_again() -> None:
    assert talk([OK, OK, OK], requests=3) == ([b"hello"] * 3, [1, 1, 1])


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK,
    ],
    ids=["chunked", "interim answers"],
)
def test_every_complete_answer_leaves_the_connection_usable(answer: bytes) -> None:
    assert talk([answer, OK]) == ([b"hello", b"hello"], [1, 1])


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ],
    ids=["connection: close", "http/1.0"],
)
def test_a_connection_that_the_server_ends_is_not_used_again(answer: bytes) -> None:
    assert talk([answer, OK]) == ([b"hello", b"hello"], [1, 2])


def test_a_connection_closed_while_idle_is_no_failure() -> None:
    assert talk([OK, None, OK]) == ([b"hello", b"hello"], [1, 2])


def test_a_connection_closed_on_the_second_request_is_tried_anew_once() -> None:
    assert talk([OK, OK, OK], between=lambda _: asyncio.sleep(0)) == ([b"hello", b"hello"], [1, 1])

    async def at_once(_: Wire) -> None:
        """No pause: the close is on its way when the next request is sent."""

    assert talk([OK, None, OK], between=at_once)[0] == [b"hello", b"hello"]


FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"


@pytest.mark.parametrize(
    ("answer", "body"),
    [(OK, b"hello"), (b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", b""), (b"HTTP/1.1 204 No Content\r\n\r\n", b"")],
    ids=["a page", "304 with a body", "204 with a body"],
)
def test_what_comes_after_an_answer_is_not_taken_for_the_next_one(answer: bytes, body: bytes) -> None:
    assert talk([answer + FORGED, OK]) == ([body, b"hello"], [1, 2])


@pytest.mark.parametrize(
    "unasked",
    [FORGED, b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", b"\r\n", b"junk"],
    ids=["an answer", "408", "an empty line", "junk"],
)
@pytest.mark.parametrize("closes", [False, True], ids=["and stays", "and closes"])
def test_what_a_server_says_while_idle_is_not_taken_for_an_answer(unasked: bytes, closes: bool) -> None:
    connections: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)

    async def run() -> list[bytes]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        wire = Wire(CONNECTOR, ssl_context=None, keep_alive_s=60.0)
        bodies = []
        for _ in range(2):
            response = await wire.handle_async_request(httpx.Request("GET", url, extensions={"timeout": TIMEOUTS}))
            bodies.append(b"".join([piece async for piece in response.aiter_raw()]))
            if len(connections) == 1:
                connections[0].write(unasked)
                await connections[0].drain()
                if closes:
                    connections[0].close()
                await asyncio.sleep(0.02)  # it has arrived when the next request is made
        await wire.aclose()
        for writer in connections:
            writer.close()
        server.close()
        await asyncio.sleep(0.02)
        return bodies

    assert asyncio.run(run()) == [b"hello", b"hello"]
    assert len(connections) == 2


def test_a_new_connection_that_closes_is_a_failure() -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
        talk([None], requests=1)


def test_a_connection_idle_for_too_long_is_left() -> None:
    assert talk([OK, OK], keep_alive_s=0.0) == ([b"hello", b"hello"], [1, 2])


def test_an_answer_not_read_to_its_end_takes_its_connection_with_it() -> None:
    assert talk([OK, OK], read_whole=False)[1] == [1, 2]


def test_a_request_that_is_no_http_is_refused_before_it_is_sent() -> None:
    async def run() -> None:
        wire = Wire(CONNECTOR, ssl_context=None, keep_alive_s=1.0)
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        request = httpx.Request("GET", url, headers=[(b"x", b"a\nb")], extensions={"timeout": TIMEOUTS})
        try:
            await wire.handle_async_request(request)
        finally:
            server.close()

    with pytest.raises(httpx.LocalProtocolError):
        asyncio.run(run())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "the answer is not HTTP: illegal status line: 'SSH-2.0-OpenSSH_9.2'"),
        (b"A" * 90_000 + b"\r\n\r\n", "the answer is not HTTP: illegal status line: 'AAA"),
        (b"HTTP/1.1 200 OK\r\n" + b"B" * 90_000 + b"\r\n\r\n", "the answer is not HTTP: illegal header line: 'BBB"),
    ],
    ids=["ssh", "long status line", "long header"],
)
def test_what_is_no_http_is_quoted_in_short(answer: bytes, words: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        transport = Transport(FetchSettings())
        try:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            await transport.get(url, {}, allow_private=True, max_bytes=1000)
        finally:
            await transport.aclose()
            server.close()
            await asyncio.sleep(0.02)

    with pytest.raises(TransportError) as failed:
        asyncio.run(run())
    assert failed.value.detail.startswith(words)
    assert len(failed.value.detail) < 200


@pytest.mark.parametrize(("path", "error"), [("nobody-listens", httpx.ConnectError)])
def test_a_refused_connection_is_an_error(path: str, error: type[Exception]) -> None:
    async def run() -> None:
        wire = Wire(CONNECTOR, ssl_context=None, keep_alive_s=1.0)
        await wire.handle_async_request(httpx.Request("GET", f"http://127.0.0.1:1/{path}", extensions={"timeout": TIMEOUTS}))

    with pytest.raises(error):
        asyncio.run(run())
