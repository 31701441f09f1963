"""HTTP/1.1 to one origin, below the httpx API: h11 over asyncio's streams, one connection, kept open between polite requests.

httpx's own network layer costs three times as much CPU a page (its pool and its locks ask at each step which event loop library is in
use) and opens connections where we can't judge the address. `benchmarks/crawl.py` measures both. h11 is the same parser that httpx uses.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import h11
import httpx

from scraper.connect import Connector

MAX_HEAD_BYTES = 100 * 1024  # of status line and headers
_MAX_INTERIM_ANSWERS = 20  # 100 Continue, 103 Early Hints
_READ_BYTES = 64 * 1024


@dataclass(slots=True)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    state: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES))
    idle_since: float = 0.0
    answered: bool = False  # whether a byte of the current answer has come

    async def is_usable(self, now: float, keep_alive_s: float) -> bool:
        """Whether the next request may go over it. Not where the server has said anything since its last answer: that would be taken for
        the answer to what is asked next (RFC 9112, 9.2), and a "408 Request Timeout" on an idle connection is usual.
        """
        if now - self.idle_since >= keep_alive_s or self.writer.is_closing():
            return False
        try:
            async with asyncio.timeout(0):
                await self.reader.read(1)  # b"" where the server has closed it
        except TimeoutError:
            return True
        except OSError:
            pass
        return False

    def drop(self) -> None:
        self.writer.transport.abort()


class Wire(httpx.AsyncBaseTransport):
    """Not for two requests at once: `scraper.transport` hands each out to one at a time."""

    def __init__(self, connector: Connector, *, ssl_context: ssl.SSLContext | None, keep_alive_s: float) -> None:
        """`ssl_context` None: only http URLs are asked for."""
        self._connector = connector
        self._ssl_context = ssl_context
        self._keep_alive_s = keep_alive_s
        self._idle: _Connection | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx's errors, and AddressRefusedError."""
        timeouts = request.extensions["timeout"]
        idle, self._idle = self._idle, None
        if idle is not None:
            if await idle.is_usable(asyncio.get_running_loop().time(), self._keep_alive_s):
                try:
                    return await self._ask(idle, request, timeouts["read"])
                except (httpx.ReadError, httpx.RemoteProtocolError):
                    if idle.answered:
                        raise
                    # Closed by the server while it lay idle: a GET can be sent again, and that is no failure of the server's.
            else:
                idle.drop()
        return await self._ask(await self._open(request.url, timeouts["connect"]), request, timeouts["read"])

    async def aclose(self) -> None:
        idle, self._idle = self._idle, None
        if idle is not None:
            idle.drop()

    async def _open(self, url: httpx.URL, connect_s: float) -> _Connection:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            async with asyncio.timeout(connect_s):
                context = self._ssl_context if url.scheme == "https" else None
                return _Connection(*await self._connector.open(url.raw_host.decode("ascii"), port, ssl_context=context))
        except TimeoutError as exc:
            raise httpx.ConnectTimeout("no connection in time") from exc
        except (OSError, UnicodeError) as exc:
            raise httpx.ConnectError(str(exc)) from exc

    async def _ask(self, connection: _Connection, request: httpx.Request, idle_s: float) -> httpx.Response:
        state, connection.answered = connection.state, False
        try:
            head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            connection.writer.write((state.send(head) or b"") + (state.send(h11.EndOfMessage()) or b""))
            event = await _final_answer(connection, idle_s)
        except h11.LocalProtocolError as exc:
            connection.drop()
            raise httpx.LocalProtocolError(str(exc)) from exc
        except BaseException:
            connection.drop()
            raise
        return httpx.Response(
            event.status_code,
            headers=event.headers.raw_items(),
            stream=_Body(self, connection, idle_s),
            extensions={"http_version": b"HTTP/" + event.http_version},
        )

    def take_back(self, connection: _Connection) -> None:
        """The answer is read; the connection is kept if both sides agree to, and no byte came after the answer's end."""
        state = connection.state
        if state.our_state is h11.DONE and state.their_state is h11.DONE and state.trailing_data == (b"", False):
            state.start_next_cycle()
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle = connection
        else:
            connection.drop()


class _Body(httpx.AsyncByteStream):
    """The raw body. Read to its end it gives the connection back; closed before, it drops it."""

    def __init__(self, wire: Wire, connection: _Connection, idle_s: float) -> None:
        self._wire = wire
        self._connection: _Connection | None = connection
        self._idle_s = idle_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (connection := self._connection) is not None:
            event = await _next_event(connection, self._idle_s)
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            else:
                self._connection = None
                self._wire.take_back(connection)

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.drop()


async def _final_answer(connection: _Connection, idle_s: float) -> h11.Response:
    """Status line and headers, after any "100 Continue" and "103 Early Hints"."""
    for _ in range(_MAX_INTERIM_ANSWERS):
        event = await _next_event(connection, idle_s)
        if isinstance(event, h11.Response):
            return event
        if not isinstance(event, h11.InformationalResponse):
            raise httpx.RemoteProtocolError("another protocol was switched to")
    raise httpx.RemoteProtocolError(f"more than {_MAX_INTERIM_ANSWERS} interim answers")


async def _next_event(connection: _Connection, idle_s: float) -> h11.Event | type[h11.PAUSED]:
    """What the server says next. Raises httpx's ReadTimeout, ReadError and RemoteProtocolError."""
    state = connection.state
    while True:
        try:
            event = state.next_event()
        except h11.RemoteProtocolError as exc:
            raise httpx.RemoteProtocolError(str(exc)) from exc
        if event is not h11.NEED_DATA:
            return event  # type: ignore[return-value]  # h11 types its sentinels as Event subclasses
        try:
            async with asyncio.timeout(idle_s):
                data = await connection.reader.read(_READ_BYTES)
        except TimeoutError as exc:
            raise httpx.ReadTimeout("nothing came") from exc
        except OSError as exc:
            raise httpx.ReadError(str(exc)) from exc
        if not data and not connection.answered:
            raise httpx.RemoteProtocolError("the server disconnected without an answer")
        connection.answered = True
        state.receive_data(data)
