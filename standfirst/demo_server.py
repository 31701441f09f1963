"""A small web on this machine: the made-up outlets of the demo, served over real HTTP/1.1 on a loopback port.

    with DemoServer(night=0) as server:
        ...                 # fetch http://cities.example/latest/ from 127.0.0.1:server.port
        server.night = 1    # the next night
        server.requests     # what was asked for, to see how polite the visitor is

One server answers for all outlets and tells them apart by the Host header. For a browser, `python -m standfirst.demo_server --night 3
--port 8000` serves one night; http://localhost:8000/ then lists the outlets, each under a name like http://cities.example.localhost:8000/.
"""

from __future__ import annotations

import argparse
import gzip
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from standfirst.demo_outlets.answers import Answer, answer
from standfirst.demo_outlets.content import Night, nights, outlets
from standfirst.demo_outlets.designs import decoy_urls, expected_cards, expected_next_page, image_candidates

__all__ = [
    "NIGHTS",
    "DemoServer",
    "LoggedRequest",
    "Night",
    "decoy_urls",
    "expected_cards",
    "expected_next_page",
    "image_candidates",
    "main",
]

NIGHTS: tuple[Night, ...] = nights()
IDLE_CONNECTION_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request that reached the server."""

    at: float  # time.monotonic() when its head was read
    host: str  # of the outlet, without port and `.localhost`
    path: str  # with the query
    status: int  # as answered
    headers: tuple[tuple[str, str], ...]  # of the request, names lower-case

    def header(self, name: str) -> str | None:
        """The first request header of that name; None if there is none."""
        return next((value for key, value in self.headers if key == name.lower()), None)


class DemoServer:
    """The made-up outlets on 127.0.0.1, on one of their nights. Use it as a context manager; the night may be changed while it runs.

    Raises ValueError for a night that there is not, and OSError where the port is taken.
    """

    def __init__(self, night: int = 0, *, port: int = 0) -> None:
        self._lock = threading.Lock()
        self._requests: list[LoggedRequest] = []
        self._night = _checked(night)
        self._http = _Http(("127.0.0.1", port), self)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, name="demo server", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def hosts(self) -> tuple[str, ...]:
        """The outlets' host names."""
        return tuple(outlet.host for outlet in outlets().values())

    @property
    def listing_urls(self) -> dict[str, str]:
        """Slug of each outlet -> URL of its listing page, under the outlet's own host name and without a port."""
        return {slug: outlet.listing_url for slug, outlet in outlets().items()}

    @property
    def night(self) -> int:
        """The night that is served."""
        return self._night

    @night.setter
    def night(self, number: int) -> None:
        self._night = _checked(number)

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """Every request so far, in the order in which they were answered."""
        with self._lock:
            return tuple(self._requests)

    def log(self, request: LoggedRequest) -> None:
        """Called by the connection's thread once it knows how it answers."""
        with self._lock:
            self._requests.append(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def _checked(night: int) -> int:
    if not 0 <= night < len(NIGHTS):
        raise ValueError(f"there is no night {night}; the demo has nights 0 to {len(NIGHTS) - 1}")
    return night


class _Http(ThreadingHTTPServer):
    """Closes what its visitors keep open, so that stopping waits for nobody and leaves no thread behind."""

    daemon_threads = False  # server_close() joins them

    def __init__(self, address: tuple[str, int], demo: DemoServer) -> None:
        self.demo = demo
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Connection)  # last: it calls server_close() where the port is taken

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        assert isinstance(request, socket.socket)
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        assert isinstance(request, socket.socket)
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        with self._open_lock:
            for connection in self._open:
                with suppress(OSError):  # the visitor has hung up meanwhile
                    # Only the reading side: an answer that is being written is still finished.
                    connection.shutdown(socket.SHUT_RD)
        super().server_close()

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """A visitor who hangs up in the middle is no error of ours; everything else is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_CONNECTION_S
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one write
    server: _Http

    def do_GET(self) -> None:
        self._arrived = time.monotonic()
        target = urlsplit(self.path)
        # A proxy's visitor sends the whole URL; its host goes before the Host header (RFC 9112, 3.2.2).
        authority = (target.netloc or self.headers.get("Host", "")).lower()
        name, _, port = authority.partition(":")
        host = name.removesuffix(".localhost")
        outlet = next((outlet for outlet in outlets().values() if outlet.host == host), None)
        if outlet is None:
            self._answer_as_ourselves(host, port)
            return
        path = unquote(target.path) or "/"
        night = self.server.demo.night  # once: it may change while we answer
        self._send(host, night, answer(outlet.slug, night, path, f"http://{authority}"))

    do_HEAD = do_GET  # noqa: N815

    def _answer_as_ourselves(self, host: str, port: str) -> None:
        """The list of outlets for who comes by address; 421 for a name that nobody here has (RFC 9110, 15.5.20)."""
        if host not in {"localhost", "127.0.0.1", ""}:
            self._send(
                host,
                self.server.demo.night,
                Answer(status=421, body=f"No outlet here is called {host}.\n".encode(), content_type="text/plain"),
            )
            return
        night = NIGHTS[self.server.demo.night]
        links = "\n".join(
            f'<li><a href="http://{outlet.host}.localhost:{port or self.server.demo.port}{outlet.listing}">{escape(outlet.name)}</a> ({outlet.host})</li>'
            for outlet in outlets().values()
        )
        page = (
            f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Night {night.number}</title>'
            f"<h1>Night {night.number}, {night.at:%d %B %Y}</h1><p>{escape(night.note)}</p><ul>\n{links}\n</ul></html>\n"
        )
        self._send(host, night.number, Answer(status=200, body=page.encode(), content_type="text/html; charset=utf-8"))

    def _send(self, host: str, night: int, reply: Answer) -> None:
        body, etag = reply.body, reply.etag
        headers = [("Content-Type", reply.content_type), *reply.headers]
        if reply.may_be_gzipped:
            headers.append(("Vary", "Accept-Encoding"))
            if _accepts_gzip(self.headers.get("Accept-Encoding", "")):
                headers.append(("Content-Encoding", "gzip"))
                body = gzip.compress(body, mtime=0)
                # Other bytes need another strong validator (RFC 9110, 8.8.3.3).
                etag = f'{etag[:-1]}-gzip"' if etag and not etag.startswith("W/") else etag
        if etag:
            headers.append(("ETag", etag))
        if reply.last_modified:
            headers.append(("Last-Modified", format_datetime(reply.last_modified, usegmt=True)))
        if reply.location:
            headers.append(("Location", reply.location))
        status = reply.status
        if status == HTTPStatus.OK and self._has_it_already(etag, reply):
            status, body = HTTPStatus.NOT_MODIFIED, b""
            headers = [(name, value) for name, value in headers if name not in {"Content-Type", "Content-Encoding"}]
        self.server.demo.log(
            LoggedRequest(
                at=self._arrived,
                host=host,
                path=self.path,
                status=int(status),
                headers=tuple((name.lower(), value) for name, value in self.headers.items()),
            )
        )
        names = {name for name, _ in headers}
        self.send_response_only(status)
        if "Server" not in names:
            headers.append(("Server", "standfirst-demo"))
        headers.append(("Date", format_datetime(NIGHTS[night].at, usegmt=True)))
        if status != HTTPStatus.NOT_MODIFIED:
            headers.append(("Content-Length", str(len(body))))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _has_it_already(self, etag: str | None, reply: Answer) -> bool:
        """Whether the visitor's validators still hold; If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""
        if_none_match = self.headers.get("If-None-Match")
        if if_none_match is not None:
            theirs = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
            return etag is not None and etag.removeprefix("W/") in theirs
        since = self.headers.get("If-Modified-Since")
        if since is None or reply.last_modified is None:
            return False
        try:
            return reply.last_modified <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            # A date that can't be read is no condition (RFC 9110, 13.1.3); TypeError: it has no time zone.
            return False

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name of http.server)
        """Nothing on stderr: `DemoServer.requests` is the log."""


def _accepts_gzip(accept_encoding: str) -> bool:
    for item in accept_encoding.lower().split(","):
        coding, _, weight = item.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one night until interrupted, for a person with a browser."""
    parser = argparse.ArgumentParser(
        prog="python -m standfirst.demo_server", description="Serve one night of the demo's made-up outlets."
    )
    parser.add_argument("--night", type=int, default=0, choices=range(len(NIGHTS)), help="which night (default 0)")
    parser.add_argument("--port", type=int, default=8000, help="which port on 127.0.0.1 (default 8000; 0 takes a free one)")
    options = parser.parse_args(arguments)
    try:
        demo = DemoServer(options.night, port=options.port)
    except OSError as exc:
        sys.stderr.write(f"port {options.port} can't be had: {exc.strerror}; choose another with --port\n")
        return 1
    with demo as server:
        night = NIGHTS[options.night]
        sys.stderr.write(
            f"Night {night.number}, {night.at:%Y-%m-%d}: {night.note}\nhttp://localhost:{server.port}/ (stop with Ctrl-C)\n"
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stderr.write("stopped\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
