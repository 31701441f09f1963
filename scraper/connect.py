"""Opening a connection to an address that was looked at first.

httpx resolves a name somewhere below its own reach, so a check made before the request is a check of another answer: a name can
resolve to a public address when asked first and to 127.0.0.1 when asked again. Here the name is resolved once, every address is judged
(`scraper.addresses`), and the connection goes to the judged address. Host header and TLS name stay those of the URL.

Of several addresses the first that answers is taken ("Happy Eyeballs", RFC 8305): many hosts have an IPv6 address that leads nowhere.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import httpcore

from scraper.addresses import parse_address, why_refused

_DNS_THREADS = 32
_HEAD_START_S = 0.25  # of one address before the next is tried as well (RFC 8305, 5: "Connection Attempt Delay")

_CONNECT_ERRORS = (OSError, httpcore.ConnectError, httpcore.ConnectTimeout)

T = TypeVar("T")

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Host name and port to addresses, the best first; raises OSError (socket.gaierror) where there are none."""


class AddressRefusedError(Exception):
    """The host is not at a public address. Never leaves `scraper.fetch`."""


class SystemResolver:
    """The operating system's answers, in threads of its own.

    asyncio's default pool has six threads on a machine with two cores: a few dead name servers would hold up every other host.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=_DNS_THREADS, thread_name_prefix="dns")

    async def __call__(self, host: str, port: int) -> list[str]:
        if (
            host.lower().rstrip(".").endswith(".localhost")
        ):  # as RFC 6761, 6.3 wants it and browsers do; many systems ask a name server
            return ["127.0.0.1", "::1"]
        ask = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))

    def close(self) -> None:
        """Let nobody wait for answers that are still out."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Connector:
    """Opens TCP and TLS connections, to public addresses only.

    `connect_to` sends a host somewhere else, as curl's --connect-to does; that is the owner's own word and is not judged.
    """

    def __init__(self, *, allow_private: bool, connect_to: Mapping[str, tuple[str, int]], resolver: Resolver) -> None:
        self._allow_private = allow_private
        self._connect_to = connect_to
        self._resolver = resolver

    async def open(
        self, host: str, port: int, *, ssl_context: ssl.SSLContext | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """To the first of the host's judged addresses that answers. Raises AddressRefusedError, OSError and UnicodeError (no DNS name)."""
        addresses, port = await self.find_addresses(host, port)
        tls_name = host.rstrip(".") if ssl_context is not None else None
        if len(addresses) == 1:
            return await asyncio.open_connection(addresses[0], port, ssl=ssl_context, server_hostname=tls_name)
        # TLS with the winner only: a server should not see two greetings because it is far away.
        connected = await first_to_answer(addresses, lambda address: _connect(address, port), _close)
        try:
            return await asyncio.open_connection(sock=connected, ssl=ssl_context, server_hostname=tls_name)
        except BaseException:
            connected.close()
            raise

    async def find_addresses(self, host: str, port: int) -> tuple[list[str], int]:
        """The judged addresses, at least one, in the order to try them, and the port to connect to. Raises like `open`."""
        sent_to = self._connect_to.get(host)
        if sent_to is not None:
            return [sent_to[0]], sent_to[1]
        literal = parse_address(host)
        addresses = [str(literal)] if literal is not None else await self._resolver(host, port)
        refusals = {address: None if self._allow_private else _refusal(address) for address in addresses}
        public = [address for address, refusal in refusals.items() if refusal is None]
        if not public:
            raise AddressRefusedError(next(iter(refusals.values()), None) or f"{host} has no address")
        return families_in_turn(public), port


def families_in_turn(addresses: Sequence[str]) -> list[str]:
    """The addresses with IPv6 and IPv4 in turn, the family of the first one first (RFC 8305, 4). Otherwise the resolver's order stays."""
    first = [address for address in addresses if (":" in address) is (":" in addresses[0])]
    other = [address for address in addresses if address not in first]
    in_turn = [address for pair in zip(first, other, strict=False) for address in pair]
    return in_turn + first[len(other) :] + other[len(first) :]


async def first_to_answer(
    addresses: Sequence[str], connect: Callable[[str], Awaitable[T]], close: Callable[[T], Awaitable[None]]
) -> T:
    """The first connection that comes about. Each attempt begins a moment after the one before it, or at once where that one failed.

    Raises what the last of them raised where all fail: an OSError or httpcore's. The attempts that are left over are given up, and what
    they still bring is closed.
    """
    left = deque(addresses)
    under_way: set[asyncio.Task[T]] = set()
    failed: BaseException | None = None
    try:
        while left or under_way:
            if left:
                under_way.add(asyncio.ensure_future(connect(left.popleft())))
            done, _ = await asyncio.wait(under_way, timeout=_HEAD_START_S if left else None, return_when=asyncio.FIRST_COMPLETED)
            for attempt in done:
                under_way.remove(attempt)
                failed = attempt.exception()
                if failed is None:
                    return attempt.result()
                if not isinstance(failed, _CONNECT_ERRORS):
                    raise failed
        raise failed or OSError("no address to connect to")
    finally:
        for attempt in under_way:
            attempt.cancel()
        for late in await asyncio.gather(*under_way, return_exceptions=True):
            if not isinstance(late, BaseException):
                await close(late)


async def _connect(address: str, port: int) -> socket.socket:
    connecting = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        connecting.settimeout(0)
        await asyncio.get_running_loop().sock_connect(connecting, (address, port))
    except BaseException:
        connecting.close()
        raise
    return connecting


async def _close(connected: socket.socket) -> None:
    connected.close()


def _refusal(address: str) -> str | None:
    parsed = parse_address(address)
    return f"{address!r} is no IP address" if parsed is None else why_refused(parsed)


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """A Connector's judgement for httpcore's pool, which speaks HTTP/2."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises AddressRefusedError, and httpcore's ConnectError and ConnectTimeout; `timeout` covers the name, too."""
        try:
            async with asyncio.timeout(timeout):
                addresses, port = await self._connector.find_addresses(host, port)
                return await first_to_answer(
                    addresses, lambda address: self._plain.connect_tcp(address, port), lambda stream: stream.aclose()
                )
        except TimeoutError as exc:
            raise httpcore.ConnectTimeout(f"no connection to {host} in time") from exc
        except (OSError, UnicodeError) as exc:  # UnicodeError: no name that DNS could hold
            raise httpcore.ConnectError(str(exc)) from exc

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefusedError("Unix sockets are not connected to")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
