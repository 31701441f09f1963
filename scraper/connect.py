"""Opening a connection to an address that was looked at first.

httpx resolves a name somewhere below its own reach, so a check made before the request is a check of another answer: a name can
resolve to a public address when asked first and to 127.0.0.1 when asked again. Here the name is resolved once, every address is judged
(`scraper.addresses`), and the connection goes to the judged address. Host header and TLS name stay those of the URL.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping

import httpcore

from scraper.addresses import parse_address, why_refused

_ONE_OF_MANY_S = 3.0  # given to one address while others are left: a dead IPv6 route must not eat the whole deadline

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Host name and port to addresses, the best first; raises OSError (socket.gaierror) where there are none."""


class AddressRefusedError(Exception):
    """The host is not at a public address. Never leaves `scraper.fetch`."""


async def resolve_host(host: str, port: int) -> list[str]:
    """The operating system's answer."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections for httpcore, to public addresses only.

    `connect_to` sends a host somewhere else, as curl's --connect-to does; that is the owner's own word and is not judged.
    """

    def __init__(
        self, *, allow_private: bool, connect_to: Mapping[str, tuple[str, int]], resolver: Resolver = resolve_host
    ) -> None:
        self._allow_private = allow_private
        self._connect_to = connect_to
        self._resolver = resolver
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
        sent_to = self._connect_to.get(host)
        try:
            async with asyncio.timeout(timeout):
                if sent_to is not None:
                    addresses, port = [sent_to[0]], sent_to[1]
                else:
                    addresses = await self._judged_addresses(host, port)
                return await self._first_that_answers(addresses, port, local_address, socket_options)
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

    async def _judged_addresses(self, host: str, port: int) -> list[str]:
        literal = parse_address(host)
        addresses = [str(literal)] if literal is not None else await self._resolver(host, port)
        if self._allow_private:
            return addresses
        refusals = {address: self._refusal(address) for address in addresses}
        public = [address for address, refusal in refusals.items() if refusal is None]
        if not public:
            raise AddressRefusedError(next(iter(refusals.values()), None) or f"{host} has no address")
        return public

    @staticmethod
    def _refusal(address: str) -> str | None:
        parsed = parse_address(address)
        return f"{address!r} is no IP address" if parsed is None else why_refused(parsed)

    async def _first_that_answers(
        self,
        addresses: list[str],
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        for address in addresses[:-1]:
            try:
                return await self._plain.connect_tcp(
                    address, port, timeout=_ONE_OF_MANY_S, local_address=local_address, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._plain.connect_tcp(addresses[-1], port, local_address=local_address, socket_options=socket_options)
