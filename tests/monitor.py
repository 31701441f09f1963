"""A monitor on loopback that keeps what it is told, as the services do that wake somebody when a nightly job is silent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Monitor(ThreadingHTTPServer):
    """Answers with the codes in `answers`, one a request, then with 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[tuple[str, str]] = []  # path and body of each request
        self.answers: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/ping/4711"


class _Handler(BaseHTTPRequestHandler):
    server: Monitor

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, body.decode()))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def listening() -> Iterator[Monitor]:
    """A monitor that listens until the end of the block."""
    with Monitor() as monitor:
        thread = threading.Thread(target=monitor.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield monitor
        finally:
            monitor.shutdown()
            thread.join()
