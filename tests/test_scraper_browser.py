"""Pages drawn by a real Chromium that has no network of its own. Skipped where Playwright or Chromium is missing."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Mapping

import pytest

from scraper.browser import BROWSERS, is_same_site
from scraper.errors import ConfigError
from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import FetchRequest, FetchResult, Outcome

needs_chromium = [
    pytest.mark.slow,
    pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="Chromium is not installed"),
]

SHELL = b"""<!doctype html><meta charset=windows-1251><title>\xcd\xee\xe2\xee\xf1\xf2\xe8</title><link rel=stylesheet href=/style.css>
<div id=app></div><img src=/pixel.png><script src=/app.js></script>"""
APP = """
const show = text => document.getElementById('app').insertAdjacentHTML('beforeend', text);
const quietly = promise => promise.catch(error => show('<i>refused</i>'));
fetch('/api/news.json').then(r => r.json()).then(news => news.forEach(n => show(`<article><a href="${n.url}">${n.title}</a></article>`)));
quietly(fetch('http://tracker.example/count'));
quietly(fetch('http://127.0.0.1:PORT/secret'));
quietly(fetch('http://169.254.169.254/latest/meta-data/'));
quietly(fetch('/private/data.json'));
quietly(fetch('/api/write', {method: 'POST', body: 'x'}));
fetch('http://static.city.example/extra.json').then(r => r.text()).then(show);
try { new WebSocket('ws://127.0.0.1:PORT/socket') } catch (e) {}
new Image().src = 'http://127.0.0.1:PORT/secret.png';
"""
CALL = """<div id=app></div><script>
const connection = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:PORT'}]});
connection.createDataChannel('x');
connection.onicegatheringstatechange = () => {
  if (connection.iceGatheringState == 'complete') document.body.insertAdjacentHTML('beforeend', '<p>gathered</p>');
};
connection.createOffer().then(offer => connection.setLocalDescription(offer));
</script>"""
FILES: Mapping[str, tuple[str, bytes]] = {
    "/": ("text/html", SHELL),
    "/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /private\n"),
    "/api/news.json": ("application/json", '[{"url": "/a", "title": "Мост закрыт"}, {"url": "/b", "title": "Second"}]'.encode()),
    "/extra.json": ("application/json\r\nAccess-Control-Allow-Origin: *", b"<b>extra</b>"),
    "/loop": ("text/html", b"<div id=a>0</div><script>for(;;){}</script>"),
    "/many": ("text/html", b"<script>for (let n = 0; n < 500; n++) fetch('/x' + n).catch(() => 0)</script><p>done"),
    "/later": ("text/html", b"<p>here</p><script>setTimeout(() => { location.href = 'http://tracker.example/' }, 50)</script>"),
    "/refresh": ("text/html", b"<meta http-equiv=refresh content='0;url=/many'><p>here</p>"),
    "/reload": ("text/html", b"<p>here</p><script>setTimeout(() => location.reload(), 50)</script>"),
    "/at-once": ("text/html", b"<script>location.href = 'http://tracker.example/'</script><p>here</p>"),
    "/window": (
        "text/html",
        b"<p>here</p><iframe src=http://tracker.example/></iframe><script>open('http://tracker.example/')</script>",
    ),
    "/restless": ("text/html", b"<p>here</p><script>setInterval(() => fetch('/x' + Math.random()).catch(() => 0), 100)</script>"),
}


def draw(path: str = "/", **request: object) -> tuple[FetchResult, list[str]]:
    """Fetch and draw one page of a made-up site; gives the result and what the site was asked for, as "host path"."""
    asked: list[str] = []
    at_once = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal at_once
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                at_once += 1
                assert at_once == 1, "two requests at once"
                method, target, _ = head.split("\r\n")[0].split(" ")
                host = next(line[6:] for line in head.split("\r\n") if line.lower().startswith("host: "))
                asked.append(f"{method} {host}{target}")
                kind, body = FILES.get(target, ("text/plain", b"0"))
                await asyncio.sleep(0.002)
                at_once -= 1
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def scenario() -> FetchResult:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        app = APP.replace("PORT", str(port)).encode()
        hosts = dict.fromkeys(("city.example", "static.city.example", "tracker.example"), ("127.0.0.1", port))
        settings = FetchSettings(
            connect_to=hosts, delay_s=0, browser_sandbox=False, total_timeout_s=15, host_groups=dict.fromkeys(hosts, "one server")
        )
        global FILES
        FILES = {**FILES, "/app.js": ("text/javascript", app)}
        async with Fetcher(settings) as fetcher:
            result = await fetcher.fetch(FetchRequest(url=f"http://city.example{path}", render=True, **request))  # type: ignore[arg-type]
        server.close()
        await asyncio.sleep(0.05)
        return result

    pytest.importorskip("playwright")
    return asyncio.run(scenario()), asked


class TestDrawing:
    pytestmark = needs_chromium

    def test_what_scripts_draw_is_stored_and_marked(self) -> None:
        result, _ = draw()
        assert result.outcome is Outcome.OK, result.detail
        assert result.page is not None
        assert result.page.rendered
        assert result.page.header("content-type") == "text/html; charset=utf-8"
        text = result.page.body.decode()
        assert "<title>Новости</title>" in text  # windows-1251 on the wire
        assert '<a href="/a">Мост закрыт</a>' in text
        assert "<b>extra</b>" in text

    def test_the_browser_gets_nothing_but_what_is_allowed(self) -> None:
        result, asked = draw()
        assert sorted(asked) == [
            "GET city.example/",
            "GET city.example/.well-known/tdmrep.json",
            "GET city.example/api/news.json",
            "GET city.example/app.js",
            "GET city.example/robots.txt",
            "GET static.city.example/extra.json",
            "GET static.city.example/robots.txt",
        ]
        assert result.page is not None
        assert result.page.body.count(b"<i>refused</i>") == 5
        assert set(result.refused_hosts) == {"tracker.example", "127.0.0.1", "169.254.169.254"}

    def test_other_hosts_can_be_allowed_and_addresses_inside_cannot(self) -> None:
        result, asked = draw(render_hosts=("tracker.example", "169.254.169.254", "127.0.0.1"))
        assert "GET tracker.example/count" in asked
        assert not any("/secret" in request or "meta-data" in request for request in asked)
        assert result.refused_hosts == ()

    def test_validators_are_not_sent_for_a_drawn_page(self) -> None:
        result, _ = draw(etag='"1"')
        assert result.outcome is Outcome.OK

    @pytest.mark.parametrize(("path", "words"), [("/loop", "not drawn within 15 s")])
    def test_a_page_that_never_ends_is_given_up(self, path: str, words: str) -> None:
        result, _ = draw(path)
        assert result.outcome is Outcome.NEEDS_JAVASCRIPT
        assert words in result.detail

    def test_a_page_that_never_rests_is_taken_as_it_stands(self) -> None:
        result, asked = draw("/restless")
        assert result.outcome is Outcome.OK
        assert result.page is not None
        assert b"<p>here</p>" in result.page.body
        assert len(asked) < 80

    @pytest.mark.parametrize("path", ["/later", "/refresh", "/reload", "/window"])
    def test_a_page_that_leads_on_is_taken_as_it_stood(self, path: str) -> None:
        result, asked = draw(path)
        assert result.outcome is Outcome.OK
        assert result.page is not None
        assert b"<p>here</p>" in result.page.body
        assert len(result.page.body) < 500  # and not the browser's own page about what it could not open
        assert asked == ["GET city.example/robots.txt", "GET city.example/.well-known/tdmrep.json", f"GET city.example{path}"]

    def test_a_page_that_leads_on_before_it_is_whole_was_not_drawn(self) -> None:
        result, _ = draw("/at-once")
        assert result.outcome is Outcome.NEEDS_JAVASCRIPT
        assert "leads browsers on" in result.detail

    def test_no_packet_leaves_the_browser_past_its_proxy(self) -> None:
        global FILES
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.settimeout(0)
            call = CALL.replace("PORT", str(listener.getsockname()[1]))
            FILES = {**FILES, "/call": ("text/html", call.encode())}
            result, _ = draw("/call")
            assert result.page is not None
            assert b"<p>gathered</p>" in result.page.body  # it did try
            with pytest.raises(BlockingIOError):
                listener.recv(100)

    def test_a_page_cannot_make_us_ask_without_end(self) -> None:
        result, asked = draw("/many")
        assert result.outcome is Outcome.OK
        assert len(asked) <= 62


def test_without_the_package_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    monkeypatch.setitem(__import__("sys").modules, "playwright.async_api", None)

    async def scenario() -> None:
        handler = httpx.MockTransport(lambda request: httpx.Response(200, stream=httpx.ByteStream(b"<p>shell</p>")))
        async with Fetcher(FetchSettings(delay_s=0), handler=handler) as fetcher:
            await fetcher.fetch(FetchRequest(url="http://city.example/", render=True))

    with pytest.raises(ConfigError, match=r"standfirst\[browser\]"):
        asyncio.run(scenario())


@pytest.mark.parametrize(
    ("host", "page_host", "same"),
    [
        ("city.example", "city.example", True),
        ("static.city.example", "www.city.example", True),
        ("city.example", "town.example", False),
        ("a.co.uk", "b.co.uk", False),
        ("www.a.co.uk", "a.co.uk", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("10.0.0.1", "127.0.0.1", False),
        ("169.254.0.1", "127.0.0.1", False),
        ("evil-city.example", "city.example", False),
    ],
)
def test_hosts_of_one_site(host: str, page_host: str, same: bool) -> None:
    assert is_same_site(host, page_host) is same
