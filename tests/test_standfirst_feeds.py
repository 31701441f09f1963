"""What `try` and `add` tell of feeds, and what a feed among the sources adds to `cards`, over a real server."""

from __future__ import annotations

import csv
import io
import re
import shlex
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from standfirst.cli.group import run

Call = Callable[..., tuple[int, str, str]]

CARDS = "".join(
    f"<article><h2><a href=/news/{n}>What happened in the matter of number {n}</a></h2><p>The matter told in a sentence or two.</p></article>"
    for n in range(6)
)
PAGE = f"<!doctype html><title>News</title><link rel=alternate type=application/atom+xml href=/atom><main>{CARDS}</main>"
ENTRIES = "".join(
    f'<entry><title>Matter {n}</title><link href="/news/{n}?utm_source=atom"/><published>2024-05-1{n}T10:00:00Z</published></entry>'
    for n in range(4)
)
FILES = {
    "/": ("text/html", PAGE),
    "/atom": ("application/atom+xml", f'<feed xmlns="http://www.w3.org/2005/Atom"><title>City</title>{ENTRIES}</feed>'),
    "/robots.txt": (
        "text/plain",
        "User-agent: *\nDisallow:\nSitemap: /sitemap.xml\nSitemap: /sitemap-news.xml\nSitemap: https://elsewhere.example/news.xml\n",
    ),
}


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, text = FILES.get(self.path, ("text/html", ""))
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    monkeypatch.chdir(tmp_path)

    def call(*argv: str) -> tuple[int, str, str]:
        code = run(list(argv))
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    call("init")
    (tmp_path / "standfirst.toml").write_text('contact = "tests@standfirst.example"\n[crawl]\ndelay_s = 0\n')
    return call


def test_try_names_the_feeds_of_the_page_and_the_news_sitemaps_of_robots_txt(cli: Call, site: str) -> None:
    code, _, err = cli("try", f"{site}/", "--allow-private")
    assert code == 0
    assert [line for line in err.splitlines() if line.startswith("feed: ")] == [
        f"feed: {site}/atom",
        f"feed: {site}/sitemap-news.xml",
    ]


def test_add_proposes_a_feed_where_cards_have_no_date_and_the_feed_then_dates_them(cli: Call, site: str) -> None:
    code, _, err = cli("add", f"{site}/", "--slug", "city", "--allow-private")
    assert code == 0
    assert f"6 of 6 cards have no date; a feed may know it: standfirst add {site}/atom --slug city-feed" in err
    code, _, err = cli("add", f"{site}/atom", "--slug", "city-feed", "--allow-private")
    assert (code, "have no date" in err) == (0, False)
    assert cli("crawl", "--quiet")[0] == 0
    _, out, _ = cli("cards", "--source", "city", "--format", "csv")
    assert [(row["published_on"], row["feed_published_on"]) for row in csv.DictReader(io.StringIO(out))] == [
        ("", "2024-05-10"),
        ("", "2024-05-11"),
        ("", "2024-05-12"),
        ("", "2024-05-13"),
        ("", ""),
        ("", ""),
    ]
    assert "2024-05-10 by feed" in cli("cards", "--source", "city", "--format", "table")[1]


def test_a_proposed_command_can_be_copied_into_a_shell(cli: Call, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGE.replace("href=/atom", 'href="/atom?a=1&b=$(touch${IFS}x);y"')
    monkeypatch.setitem(FILES, "/", ("text/html", page))
    err = cli("add", f"{site}/", "--slug", "city", "--allow-private")[2]
    (command,) = re.findall("a feed may know it: (.*)", err)
    assert shlex.split(command)[:2] == ["standfirst", "add"]
    assert shlex.split(command)[3:] == ["--slug", "city-feed"]
