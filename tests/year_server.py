"""Serves the made-up year on loopback: each outlet at a port of its own, so that one that is down refuses connections like a dead machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from made_up_year import Outlet, Year


class YearServer:
    """A context manager. `night` says which night it is; `on_page` is called with each outlet before its list is sent."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.night = 0
        self.on_page: Callable[[Outlet], None] = lambda outlet: None
        self._servers: dict[int, ThreadingHTTPServer] = {}
        self._ports: dict[int, int] = {}
        for outlet in year.outlets:
            self._open(outlet, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for number in list(self._servers):
            self._close(number)

    @property
    def connect_to(self) -> dict[str, str]:
        """For the configuration: host name -> where it really is."""
        return {outlet.host: f"127.0.0.1:{self._ports[outlet.number]}" for outlet in self.year.outlets}

    def turn_to(self, night: int) -> None:
        """Dawn and dusk: from now on the outlets show what they show on that night; those that are down don't listen."""
        self.night = night
        for outlet in self.year.outlets:
            listens = outlet.number in self._servers
            if outlet.trouble(night, "down"):
                if listens:
                    self._close(outlet.number)
            elif not listens:
                self._open(outlet, self._ports[outlet.number])

    def _open(self, outlet: Outlet, port: int) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", port), self._handler(outlet))
        server.daemon_threads = True
        self._servers[outlet.number] = server
        self._ports[outlet.number] = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def _close(self, number: int) -> None:
        server = self._servers.pop(number)
        server.shutdown()
        server.server_close()

    def _handler(self, outlet: Outlet) -> type[BaseHTTPRequestHandler]:
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path != "/latest/":  # robots.txt and its like
                    self._answer(404, "", "text/plain")
                    return
                world.on_page(outlet)
                status, page = world.year.page(outlet, world.night)
                self._answer(status, page, "text/html; charset=utf-8")

            def _answer(self, status: int, text: str, kind: str) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
