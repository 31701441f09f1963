"""A small news site on loopback: every path is a listing page with a few cards, or waits until it is let go."""

from __future__ import annotations

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

CARD = "<article><h2><a href='{path}/story-{n}'>What happened in the matter of number {n}</a></h2><p>The matter told in a sentence or two.</p></article>"


class SmallSite:
    """A context manager. `asked` counts the requests for each path; paths with "slow" in them are answered after `let_go`."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.let_go = threading.Event()
        self.slow_begun = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked[self.path] += 1
                if self.path == "/robots.txt":
                    self.send_error(404)
                    return
                if "slow" in self.path:
                    site.slow_begun.set()
                    site.let_go.wait(30)
                cards = "".join(CARD.format(path=self.path.rstrip("/"), n=n) for n in range(5))
                body = f"<html><body><main>{cards}</main></body></html>".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def source(self, slug: str, *paths: str, **keys: str) -> str:
        """A table for standfirst.toml; `keys` are TOML values."""
        urls = ", ".join(f'"{self.url}{path}"' for path in paths or (f"/{slug}",))
        more = "".join(f"{key} = {value}\n" for key, value in keys.items())
        return f"[source.{slug}]\nurls = [{urls}]\nallow_private = true\ndelay_s = 0\n{more}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
