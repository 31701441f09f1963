"""A web on loopback whose pages answer when the test lets them; any number of made-up hosts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from storage import create_archive

LISTING = "<html><body><main>{}</main></body></html>"
CARD = "<article><h2><a href='/n/{0}'>What {1} had to say in matter number {0}</a></h2><p>It was said at length, in matter {0}.</p></article>"


class SlowWeb(ThreadingHTTPServer):
    """`hold(path)` keeps answers back until `release()`; `asked(path)` waits for a request; `broken` paths answer 500."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.held: set[str] = set()
        self.broken: set[str] = set()
        self.retry_after_s: int | None = None  # said with what is broken
        self.paths: list[str] = []  # asked for, robots.txt and its like left out, as "host/path"
        self.cards = 6
        self.tells_time = False  # by this machine's clock; the tests have clocks of their own
        self._released = threading.Event()
        self._arrived = threading.Condition()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def hold(self, *paths: str) -> None:
        """Answers to these come only after `release`."""
        self._released.clear()
        self.held = set(paths)

    def release(self) -> None:
        self.held = set()
        self._released.set()

    def wait_for(self, *paths: str, timeout_s: float = 60.0) -> None:
        """Until each of these has been asked for."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: set(paths) <= set(self.paths), timeout_s), f"only {self.paths} were asked for"

    def note(self, path: str) -> None:
        with self._arrived:
            self.paths.append(path)
            self._arrived.notify_all()
        if path in self.held:
            self._released.wait(60)


class _Handler(BaseHTTPRequestHandler):
    server: SlowWeb

    def do_GET(self) -> None:
        host = (self.headers["Host"] or "").partition(":")[0]
        path = f"{host}{self.path}"
        if self.path == "/robots.txt" or self.path.startswith("/.well-known/"):
            self._answer(404, b"")
            return
        self.server.note(path)
        if path in self.server.broken:
            self._answer(500 if self.server.retry_after_s is None else 503, b"<h1>Out of order</h1>", self.server.retry_after_s)
            return
        cards = "".join(CARD.format(number, path) for number in range(self.server.cards))
        self._answer(200, LISTING.format(cards).encode())

    def _answer(self, status: int, body: bytes, retry_after_s: int | None = None) -> None:
        try:
            self.send_response_only(status)
            if self.server.tells_time:
                self.send_header("Date", self.date_time_string())
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if retry_after_s is not None:
                self.send_header("Retry-After", str(retry_after_s))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # the crawl was killed

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def slow_web() -> Iterator[SlowWeb]:
    """The web, for the length of a `with` block."""
    web = SlowWeb()
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield web
    finally:
        web.release()
        web.shutdown()
        thread.join()
        web.server_close()


def write_config(folder: Path, web: SlowWeb, hosts: dict[str, int], *, more: str = "") -> Path:
    """A configuration with a source of so many pages for each host (a, b... under .example), and an empty archive."""
    text = f'contact = "tests@standfirst.example"\n[crawl]\ndelay_s = 0\nretries = 0\n{more}[crawl.connect_to]\n'
    text += "".join(f'"{name}.example" = "127.0.0.1:{web.port}"\n' for name in hosts)
    for name, pages in hosts.items():
        urls = ", ".join(f'"http://{name}.example/{number}"' for number in range(pages))
        text += f"[source.{name}]\nurls = [{urls}]\nallow_private = true\n"
    path = folder / "standfirst.toml"
    path.write_text(text)
    with create_archive(folder / "archive.db"):
        pass
    return path
