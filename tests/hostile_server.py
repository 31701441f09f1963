"""A server that does everything wrong, one way per host name: `http://gzip-bomb.example/` gets a gzip bomb.

Run as a program it serves on free loopback ports, prints them as one line of JSON, and serves until its standard input closes. The
behaviour is chosen by the Host header, for TLS by the port. `http://any.example/log` gives what was asked so far.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import ssl
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import bombs

CERTIFICATES = Path(__file__).parent / "certificates"
HTML = b"<!doctype html><title>fine</title><p>hello</p>"
GREETING = "Grüße".encode()

Behaviour = Callable[["Exchange"], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}
ROBOTS: dict[str, Behaviour] = {}  # for /robots.txt of the same host; else it is a 404
TDM_FILES: dict[str, Behaviour] = {}  # and for its /.well-known/tdmrep.json
FILES = {"/robots.txt": ROBOTS, "/.well-known/tdmrep.json": TDM_FILES}
LOG: list[dict[str, object]] = []


class Exchange:
    """One request and the connection to answer it on."""

    def __init__(self, path: str, host: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        self.path, self.host, self.headers, self.writer = path, host, headers, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes = HTML, *, status: str = "200 OK", headers: str = "") -> None:
        if "Content-Type" not in headers:
            headers += "Content-Type: text/html\r\n"
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n"
        await self.send(head.encode("latin-1") + body)

    async def for_ever(self, data: bytes, *, pause_s: float = 0.0) -> None:
        while True:
            await self.send(data)
            await asyncio.sleep(pause_s)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def behaviour(function: Behaviour) -> Behaviour:
    BEHAVIOURS[function.__name__.replace("_", "-")] = function
    return function


def answers(name: str, body: bytes = HTML, *, status: str = "200 OK", headers: str = "") -> None:
    """A behaviour that is one complete answer."""

    async def answer(exchange: Exchange) -> None:
        await exchange.answer(body, status=status, headers=headers)

    BEHAVIOURS[name] = answer


def sends(name: str, data: bytes) -> None:
    """A behaviour that is these bytes and the end of the connection."""

    async def send(exchange: Exchange) -> None:
        await exchange.send(data)

    BEHAVIOURS[name] = send


def redirects(name: str, location: str) -> None:
    """A behaviour that leads there; PORT stands for this server's own."""

    async def redirect(exchange: Exchange) -> None:
        port = exchange.writer.get_extra_info("sockname")[1]
        await exchange.answer(b"", status="302 Found", headers=f"Location: {location.replace('PORT', str(port))}\r\n")

    BEHAVIOURS[name] = redirect


# --- too slow


@behaviour
async def never_answers(exchange: Exchange) -> None:
    await asyncio.sleep(3600)


@behaviour
async def drips_its_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    await exchange.for_ever(b"x", pause_s=0.05)


@behaviour
async def drips_its_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    await exchange.for_ever(b"X: y\r\n", pause_s=0.05)


@behaviour
async def drips_its_status_line(exchange: Exchange) -> None:
    for byte in b"HTTP/1.1 200 OK" + b" and very well so" * 10:
        await exchange.send(bytes([byte]))
        await asyncio.sleep(0.1)


@behaviour
async def stops_in_mid_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    await asyncio.sleep(3600)


@behaviour
async def continues_for_ever(exchange: Exchange) -> None:
    await exchange.for_ever(b"HTTP/1.1 100 Continue\r\n\r\n", pause_s=0.01)


# --- too much


@behaviour
async def endless_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
    await exchange.for_ever(bytes(65536))


@behaviour
async def endless_chunks(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await exchange.for_ever(b"10000\r\n" + bytes(65536) + b"\r\n")


@behaviour
async def endless_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    await exchange.for_ever(b"X-Header: " + b"y" * 1000 + b"\r\n")


@behaviour
async def endless_error_page(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    await exchange.for_ever(b"no " * 10_000)


@behaviour
async def endless_redirect_body(exchange: Exchange) -> None:
    if exchange.path == "/after":
        await exchange.answer()
        return
    await exchange.send(b"HTTP/1.1 302 Found\r\nLocation: /after\r\n\r\n")
    await exchange.for_ever(bytes(65536))


@behaviour
async def two_gigabytes(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n")
    await exchange.for_ever(bytes(65536))


sends("one-mb-header", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\nContent-Length: 0\r\n\r\n")
sends("ten-thousand-headers", b"HTTP/1.1 200 OK\r\n" + b"X-Header: yyyyyyyyyy\r\n" * 10_000 + b"Content-Length: 0\r\n\r\n")
answers("gzip-bomb", bombs.gzip_bomb(), headers="Content-Encoding: gzip\r\n")
answers("deflate-bomb", bombs.deflate_bomb(), headers="Content-Encoding: deflate\r\n")
answers("brotli-bomb", bombs.brotli_bomb(), headers="Content-Encoding: br\r\n")
answers("zstd-bomb", bombs.zstd_bomb(), headers="Content-Encoding: zstd\r\n")
answers("bomb-in-a-bomb", bombs.bomb_in_a_bomb(), headers="Content-Encoding: br, gzip\r\n")
answers("bomb-as-error", bombs.brotli_bomb(), status="500 Oops", headers="Content-Encoding: br\r\n")
answers("hundred-codings", headers="Content-Encoding: " + ", ".join(["gzip"] * 100) + "\r\n")

# --- broken bodies

sends("body-too-short", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
sends("body-too-long", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and a lot more" + b"." * 5000)
sends("negative-length", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")
sends("two-lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")
sends("length-is-a-word", b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello")
sends("length-without-end", b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\nhello")
sends("chunk-size-is-a-word", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n")
sends("chunks-without-end", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
sends("chunk-of-a-petabyte", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4000000000000\r\nhello\r\n")
answers("plain-as-gzip", headers="Content-Encoding: gzip\r\n")
answers("half-a-gzip", gzip.compress(HTML * 100)[:-20], headers="Content-Encoding: gzip\r\n")
answers("unknown-coding", headers="Content-Encoding: rot13\r\n")
answers("empty", b"")
answers("part", status="206 Partial Content", headers="Content-Range: bytes 0-45/1000\r\n")


@behaviour
async def reset_in_mid_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    await asyncio.sleep(0.05)
    exchange.reset()


@behaviour
async def reset_at_once(exchange: Exchange) -> None:
    exchange.reset()


@behaviour
async def closes_without_a_word(exchange: Exchange) -> None:
    """The connection just ends."""


# --- not quite HTTP

sends("http-0-9", b"<html>no status line, no headers</html>")
sends("bad-status-line", b"HTTP/1.1 OK 200\r\n\r\n")
sends("status-of-four-digits", b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n")
sends("another-protocol", b"SSH-2.0-OpenSSH_9.2\r\n")
sends("nul-in-a-header", b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 5\r\n\r\nhello")
sends("header-without-colon", b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 5\r\n\r\nhello")
sends("line-feeds-only", b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello")
sends("latin-1-header", b"HTTP/1.1 200 OK\r\nX: caf\xe9\r\nContent-Length: 5\r\n\r\nhello")
sends("http-1-0", b"HTTP/1.0 200 OK\r\n\r\nhello")
sends("status-999", b"HTTP/1.1 999 No\r\nContent-Length: 5\r\n\r\nhello")
sends("no-reason", b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello")

# --- redirects

redirects("redirects-to-itself", "/")
redirects("redirects-without-end", "/x")
redirects("redirects-nowhere", "")
redirects("redirects-to-a-file", "file:///etc/passwd")
redirects("redirects-to-ftp", "ftp://127.0.0.1/")
redirects("redirects-to-script", "javascript:alert(1)")
redirects("redirects-with-password", "http://admin:secret@fine-1.example/")
redirects("redirects-to-rubbish", "http://[::1")
redirects("redirects-to-a-dead-name", "http://dead.invalid/")
for number, spelling in enumerate(
    (
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "0",
        "169.254.169.254",
        "0xA9FEA9FE",
        "2852039166",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "rebinding.example",
        "inside.example",
    )
):
    redirects(f"redirects-inside-{number}", f"http://{spelling}:PORT/secret")


@behaviour
async def redirects_in_a_chain(exchange: Exchange) -> None:
    await exchange.answer(b"", status="302 Found", headers=f"Location: {exchange.path.rstrip('/')}/on\r\n")


# --- what is said

answers("wrong-charset", b"<title>" + GREETING + b"</title>", headers="Content-Type: text/html; charset=shift_jis\r\n")
answers("nested-200000-deep", b"<div>" * 200_000)
answers("not-modified-unasked", b"", status="304 Not Modified")
answers("film", bytes(1000), headers="Content-Type: video/mp4\r\n")
answers("teapot", status="418 I'm a teapot")
answers("unauthorised", status="401 Unauthorized", headers='WWW-Authenticate: Basic realm="x"\r\n')
answers("forbidden", status="403 Forbidden")
answers("gone", status="410 Gone")
answers("server-error", status="500 Oops")
answers("reserved", headers="tdm-reservation: 1\r\n")
for number, retry_after in enumerate(
    ("5", "99999999", "-1", "soon", "", "1e9", "Fri, 31 Dec 2100 23:59:59 GMT", "0", "120 seconds", "5, 10")
):
    answers(f"busy-{number}", status="503 Busy", headers=f"Retry-After: {retry_after}\r\n")


@behaviour
async def cookies(exchange: Exchange) -> None:
    """Redirects to itself with a cookie until it comes back, as cookie walls do."""
    if "cookie" in exchange.headers:
        await exchange.answer()
    else:
        await exchange.answer(b"", status="302 Found", headers="Location: /\r\nSet-Cookie: seen=1\r\n")


def _page(title: str, body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


LISTING = "".join(
    f'<article><h2><a href="/{n}">The council votes again, part {n}</a></h2><p>8 min read</p></article>' for n in range(30)
)
for number in range(10):
    answers(f"fine-{number}", _page(f"City News {number}", LISTING))
answers("consent-wall", _page("City News", "<p>We value your privacy.</p><button>Accept all cookies and continue</button>"))
answers("banner-over-a-page", _page("City News", "<div>We value your privacy. <button>Accept</button></div>" + LISTING))
answers("bot-check", _page("Just a moment...", "", "<script>window._cf_chl_opt={}</script>"))
answers("bot-check-with-403", _page("Just a moment...", ""), status="403 Forbidden", headers="cf-mitigated: challenge\r\n")
answers("bot-check-with-503", _page("Just a moment...", "<div class=cf-browser-verification></div>"), status="503 Busy")
answers("login", _page("Log in", "<form><input name=user><input type=password></form>"))
answers("paywall", _page("The Paper", "Subscribe now to continue reading."))
answers("soft-404", _page("404 Not Found", "Nothing here."))
answers("parked", _page("parked.example", "This domain is for sale."))
answers("maintenance", _page("Maintenance", "Briefly unavailable for scheduled maintenance. Check back in a minute."))


@behaviour
async def redirects_to_login(exchange: Exchange) -> None:
    if exchange.path.startswith("/login"):
        await exchange.answer(_page("Log in", LISTING))
    else:
        await exchange.answer(b"", status="302 Found", headers="Location: /login?next=/\r\n")


@behaviour
async def lying_etag(exchange: Exchange) -> None:
    """Says that nothing has changed to whoever brings an ETag, and sends another page under the same ETag to whoever doesn't."""
    if "if-none-match" in exchange.headers:
        await exchange.send(b'HTTP/1.1 304 Not Modified\r\nETag: "same"\r\n\r\n')
    else:
        await exchange.answer(HTML + str(time.time()).encode(), headers='ETag: "same"\r\n')


@behaviour
async def not_modified_with_a_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello")


# --- robots.txt

for name in (
    "robots-never-answer",
    "robots-are-a-bomb",
    "robots-fail",
    "robots-redirect-without-end",
    "robots-forbid",
    "robots-endless",
):
    answers(name)
ROBOTS["robots-never-answer"] = never_answers
ROBOTS["robots-are-a-bomb"] = BEHAVIOURS["gzip-bomb"]
ROBOTS["robots-fail"] = BEHAVIOURS["server-error"]
ROBOTS["robots-redirect-without-end"] = redirects_in_a_chain
ROBOTS["robots-endless"] = endless_body


async def _forbid(exchange: Exchange) -> None:
    await exchange.answer(b"User-agent: *\nDisallow: /\n")


ROBOTS["robots-forbid"] = _forbid

# --- tdmrep.json

for name in ("tdm-file-never-comes", "tdm-file-is-a-bomb", "tdm-file-nests", "tdm-file-reserves"):
    answers(name)
TDM_FILES["tdm-file-never-comes"] = never_answers
TDM_FILES["tdm-file-is-a-bomb"] = BEHAVIOURS["gzip-bomb"]


@behaviour
async def tdm_file_reserves_but_not_this_page(exchange: Exchange) -> None:
    await exchange.answer(headers="tdm-reservation: 0\r\n")


async def _nests(exchange: Exchange) -> None:
    await exchange.answer(b'[{"location": ' * 20_000)


async def _reserves(exchange: Exchange) -> None:
    await exchange.answer(b'[{"location": "/", "tdm-reservation": 1}]')


TDM_FILES["tdm-file-nests"] = _nests
TDM_FILES["tdm-file-reserves"] = TDM_FILES["tdm-file-reserves-but-not-this-page"] = _reserves


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read one request, let its host's behaviour answer it, close."""
    gone = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError, ssl.SSLError)
    with contextlib.suppress(*gone):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request_line, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        path, host = request_line.split(" ")[1], headers.get("host", "").partition(":")[0]
        exchange = Exchange(path, host, headers, writer)
        if path == "/log":
            await exchange.answer(json.dumps(LOG).encode())
        else:
            LOG.append({"at": time.monotonic(), "host": host, "path": path})
            name = host.removesuffix(".example")
            if path in FILES and name not in FILES[path]:
                await exchange.answer(b"", status="404 Not Found")
            else:
                await FILES.get(path, BEHAVIOURS).get(name, BEHAVIOURS["fine-0"])(exchange)
    writer.close()


async def serve_no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What speaks on a port that should speak TLS."""
    with contextlib.suppress(ConnectionError):
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
    writer.close()


async def serve_silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A TLS port that takes the greeting and says nothing."""
    await reader.read()
    writer.close()


def tls(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / certificate)
    return context


async def main() -> None:
    servers = {
        "http": await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024),
        "tls-self-signed": await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls("self-signed.pem")),
        "tls-expired": await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls("expired.pem")),
        "tls-missing": await asyncio.start_server(serve_no_tls, "127.0.0.1", 0),
        "tls-silent": await asyncio.start_server(serve_silence, "127.0.0.1", 0),
    }
    ports = {name: server.sockets[0].getsockname()[1] for name, server in servers.items()}
    print(json.dumps({"ports": ports, "names": sorted(BEHAVIOURS)}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
