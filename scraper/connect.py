"""Opening a connection to an address that was looked at first.

httpx resolves a name somewhere below its own reach, so a check made before the request is a check of another answer: a name can
resolve to a public address when asked first and to 127.0.0.1 when asked again. Here the name is resolved once, every address is judged
(`scraper.addresses`), and the connection goes to the judged address. Host header and TLS name stay those of the URL.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

import httpcore

from scraper.addresses import parse_address, why_refused

_DNS_THREADS = 32
_ONE_OF_MANY_S = 3.0  # given to one address while others are left: a dead IPv6 route must not eat the whole deadline

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
        """The first of the host's judged addresses that answers. Raises AddressRefusedError, OSError and UnicodeError (no DNS name)."""
        addresses, port = await self.find_addresses(host, port)
        tls_name = host.rstrip(".") if ssl_context is not None else None
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(_ONE_OF_MANY_S):
                    return await asyncio.open_connection(address, port, ssl=ssl_context, server_hostname=tls_name)
            except ssl.SSLError:
                raise
            except OSError:  # a timeout, too
                continue
        return await asyncio.open_connection(addresses[-1], port, ssl=ssl_context, server_hostname=tls_name)

    async def find_addresses(self, host: str, port: int) -> tuple[list[str], int]:
        """The judged addresses, at least one, and the port to connect to. Raises like `open`."""
        sent_to = self._connect_to.get(host)
        if sent_to is not None:
            return [sent_to[0]], sent_to[1]
        literal = parse_address(host)
        addresses = [str(literal)] if literal is not None else await self._resolver(host, port)
        refusals = {address: None if self._allow_private else _refusal(address) for address in addresses}
        public = [address for address, refusal in refusals.items() if refusal is None]
        if not public:
            raise AddressRefusedError(next(iter(refusals.values()), None) or f"{host} has no address")
        return public, port


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
                for address in addresses[:-1]:
                    try:
                        return await self._plain.connect_tcp(address, port, timeout=_ONE_OF_MANY_S)
                    except (httpcore.ConnectError, httpcore.ConnectTimeout):
                        continue
                return await self._plain.connect_tcp(addresses[-1], port)
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
