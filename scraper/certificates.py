"""How long the certificates of hosts are good: one TLS greeting each, and no request."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import certifi

from scraper.connect import AddressRefusedError, Connector, SystemResolver

TIMEOUT_S = 15.0  # for name, connection and greeting
AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class HostToGreet:
    """A host that pages are fetched from."""

    host: str
    port: int = 443
    allow_private: bool = False  # as for its pages: loopback and private networks are refused otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What came of greeting one host."""

    host: str
    expires_at: datetime | None  # aware UTC; None: the host gave no certificate that is good today
    trouble: str | None  # why not, in words; None: it did


async def read_certificates(
    hosts: Sequence[HostToGreet], *, ca_file: str | None, connect_to: Mapping[str, tuple[str, int]]
) -> list[Certificate]:
    """The certificates of these hosts, in their order. `ca_file` is trusted instead of the usual authorities, as by the fetcher."""
    context = ssl.create_default_context(cafile=ca_file)
    if ca_file is None:  # as the fetcher: the machine's own authorities, and certifi's where it has few
        context.load_verify_locations(certifi.where())
    resolver = SystemResolver()
    places = asyncio.Semaphore(AT_ONCE)

    async def read(host: HostToGreet) -> Certificate:
        async with places:
            connector = Connector(allow_private=host.allow_private, connect_to=connect_to, resolver=resolver)
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    return Certificate(host=host.host, expires_at=await _expiry(connector, host, context), trouble=None)
            except TimeoutError:
                trouble = f"no TLS greeting within {TIMEOUT_S:g} s"
            except ssl.SSLCertVerificationError as exc:
                trouble = f"its certificate is no good: {exc.verify_message}"
            except AddressRefusedError as exc:
                trouble = f"not greeted: {exc}"
            except (OSError, UnicodeError) as exc:  # ssl.SSLError is an OSError; UnicodeError: no name that DNS could hold
                trouble = f"no TLS connection: {exc}"
            return Certificate(host=host.host, expires_at=None, trouble=trouble)

    try:
        return list(await asyncio.gather(*map(read, hosts)))
    finally:
        resolver.close()


async def _expiry(connector: Connector, host: HostToGreet, context: ssl.SSLContext) -> datetime:
    _, writer = await connector.open(host.host, host.port, ssl_context=context)
    try:
        certificate = writer.get_extra_info("peercert")
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    finally:
        writer.transport.abort()  # it has said all that we wanted to know
