"""How long certificates are good, asked of real TLS servers on loopback."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper import certificates
from scraper.certificates import HostToGreet, read_certificates

CERTIFICATES = Path(__file__).parent / "certificates"


def greet(*names, certificate="self-signed.pem", ca_file=None, allow_private=False, serve_tls=True, connect=True):
    """Greets hosts of these names, all at one server; returns what came of it and how many connections the server saw."""
    seen = 0

    async def serve(reader, writer):
        nonlocal seen
        seen += 1
        writer.close()

    async def run():
        context = None
        if serve_tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATES / certificate)
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            hosts = [HostToGreet(host=name, port=port, allow_private=allow_private) for name in names]
            connect_to = dict.fromkeys(names, ("127.0.0.1", port)) if connect else {}
            return await read_certificates(hosts, ca_file=ca_file, connect_to=connect_to)

    return asyncio.run(run()), seen


def test_a_certificate_that_is_trusted_says_until_when_it_is_good():
    ((found,), _) = greet("tls-fine.example", ca_file=str(CERTIFICATES / "self-signed.pem"))
    assert (found.trouble, found.expires_at) == (None, datetime(2120, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("certificate", "ca_file", "words"),
    [("self-signed.pem", None, "self-signed certificate"), ("expired.pem", "expired.pem", "certificate has expired")],
)
def test_a_certificate_that_is_no_good_is_told_with_its_reason(certificate, ca_file, words):
    ((found,), _) = greet(
        "tls-expired.example", certificate=certificate, ca_file=None if ca_file is None else str(CERTIFICATES / ca_file)
    )
    assert found.expires_at is None
    assert found.trouble.startswith("its certificate is no good: ")
    assert words in found.trouble


def test_a_host_that_speaks_no_tls_or_is_refused_is_told():
    ((found,), _) = greet("plain.example", serve_tls=False)
    assert found.trouble.startswith("no TLS connection: ")
    ((found,), _) = greet("127.0.0.1", connect=False)
    assert found.trouble.startswith("not greeted: 127.0.0.1 is this machine itself")


def test_private_addresses_are_greeted_only_where_the_source_says_so():
    (found, seen) = greet("127.0.0.1", connect=False, allow_private=True, ca_file=str(CERTIFICATES / "self-signed.pem"))
    assert "not greeted" not in (found[0].trouble or "")
    (_, seen) = greet("127.0.0.1", connect=False)
    assert seen == 0


def test_a_host_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(certificates, "TIMEOUT_S", 0.2)

    async def run():
        async def say_nothing(reader, writer):
            await reader.read()
            writer.close()

        async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
            address = server.sockets[0].getsockname()[:2]
            return await read_certificates([HostToGreet(host="slow.example")], ca_file=None, connect_to={"slow.example": address})

    (found,) = asyncio.run(run())
    assert found.trouble == "no TLS greeting within 0.2 s"
