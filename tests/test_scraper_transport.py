"""Over httpcore's pool, which speaks HTTP/2 and to proxies: what a server says unasked is not taken for an answer."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest

from scraper.fetch_settings import FetchSettings
from scraper.transport import Answer, Transport

CERTIFICATE = Path(__file__).parent / "certificates" / "self-signed.pem"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def ask_twice(url: str, serve: Serve, *, tls: bool = False, proxy: bool = False) -> tuple[list[Answer], int]:
    """The answers to two requests for the URL, which a server on loopback gives; and over how many connections they came."""
    connections: list[asyncio.StreamWriter] = []

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def scenario() -> list[Answer]:
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            context.set_alpn_protocols(["h2"] if serve is in_http_2 else ["http/1.1"])
        server = await asyncio.start_server(counting, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        settings = FetchSettings(
            http2=not proxy,
            proxy=f"http://127.0.0.1:{port}" if proxy else None,
            ca_file=str(CERTIFICATE),
            connect_to={} if proxy else {"tls-fine.example": ("127.0.0.1", port)},
        )
        transport = Transport(settings)
        try:
            return [await transport.get(url, {}, max_bytes=1000) for _ in range(2)]
        finally:
            await transport.aclose()
            server.close()
            await asyncio.sleep(0.02)  # the server's side sees the end, too

    return asyncio.run(scenario()), len(connections)


async def in_http_1(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Has more to say than it was asked."""
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + FORGED)


async def in_http_2(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    state.initiate_connection()
    writer.write(state.data_to_send())
    while data := await reader.read(65536):
        for event in state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                assert event.stream_id is not None
                state.send_headers(event.stream_id, [(":status", "200")])
                state.send_data(event.stream_id, b"hello", end_stream=True)
        writer.write(state.data_to_send())


@pytest.mark.parametrize(
    ("url", "tls", "proxy"),
    [
        pytest.param("https://tls-fine.example/", True, False, id="a server without HTTP/2"),
        pytest.param("http://tls-fine.example/", False, False, id="a server without TLS"),
        pytest.param("http://city.example/", False, True, id="a proxy"),
    ],
)
def test_what_comes_behind_an_answer_is_not_taken_for_the_next_one(url: str, tls: bool, proxy: bool) -> None:
    answers, connections = ask_twice(url, in_http_1, tls=tls, proxy=proxy)
    assert [answer.body for answer in answers] == [b"hello", b"hello"]
    assert connections == 2


def test_an_http_2_connection_is_used_again() -> None:
    answers, connections = ask_twice("https://tls-fine.example/", in_http_2, tls=True)
    assert [(answer.http_version, answer.body) for answer in answers] == [("HTTP/2", b"hello")] * 2
    assert connections == 1
