"""Pages that are drawn by scripts, drawn by a browser that has no network of its own.

The page itself was fetched as every page is. Chromium is given its bytes, and whatever its scripts ask for goes through the same door as
everything else: robots.txt, judged addresses, caps, one request at a time to a host. The browser's own way out is a proxy that is not
there. What comes back is the DOM as it stood when the page had settled. Needs the `browser` extra and an installed Chromium.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.errors import ConfigError
from scraper.fetch_settings import FetchSettings
from scraper.redirects import host_of
from scraper.transport import Answer, TransportError

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright, Request, Route

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MAX_REQUESTS = 60  # of one page
AT_ONCE = 2  # pages being drawn: each takes a few hundred MB
_GRACE_S = 1.0  # for a page that leads on, to be whole all the same: it may have been at that moment
SETTLE_S = 5.0  # after loading, how long scripts may go on asking for things
_ARGUMENTS = (
    "--proxy-server=http://127.0.0.1:9",  # a proxy that is not there: what slips past us ends here
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # names that a page only announces (dns-prefetch) are not looked up
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # calls between browsers would go past the proxy, over UDP
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # the same, as it was called before
    "--disable-background-networking",
)
_WANTED = frozenset({"script", "xhr", "fetch"})
_DROPPED_HEADERS = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "set-cookie", "connection", "keep-alive"}
)

Load = Callable[[str], Awaitable[Answer | None]]
"""URL to the whole answer, redirects followed; None where it may not be had. Raises TransportError."""


class RenderError(Exception):
    """The page could not be drawn; the message says why. Never leaves `scraper.fetch`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A page after its scripts have run."""

    html: str
    refused_hosts: tuple[str, ...]  # asked for by the page, neither its own site's nor allowed


@dataclass  # without slots: Playwright leaves a mark on the object whose method it is given
class _Visit:
    """What one page asks for while it is drawn."""

    url: str
    answer: Answer
    load: Load
    hosts: Sequence[str]
    requests: int = 0
    led_on: asyncio.Event = field(
        default_factory=asyncio.Event
    )  # the page wanted to lead the browser elsewhere, or to itself anew
    refused: dict[str, None] = field(default_factory=dict)

    async def on_request(self, route: Route) -> None:
        """Answer one request of the browser's, or refuse it."""
        request = route.request
        if request.url == self.url and request.is_navigation_request() and self.requests == 0:
            self.requests += 1
            await route.fulfill(status=self.answer.status, headers=_headers(self.answer), body=self.answer.body)
            return
        if request.resource_type == "stylesheet":  # what waits for one must not wait in vain
            await route.fulfill(status=200, content_type="text/css", body="")
            return
        self.requests += 1
        if request.is_navigation_request():
            if _is_of_the_page_itself(request):
                self.led_on.set()
            await route.abort("aborted")  # leaves the page standing; any other end puts the browser's own error page in its place
            return
        if request.resource_type not in _WANTED or request.method != "GET" or self.requests > MAX_REQUESTS:
            await route.abort()
            return
        host = host_of(request.url)
        if not (is_same_site(host, host_of(self.url)) or host in self.hosts):
            self.refused[host] = None
            await route.abort()
            return
        try:
            answer = await self.load(request.url)
        except TransportError:
            answer = None
        if answer is None:
            await route.abort()
        else:
            await route.fulfill(status=answer.status, headers=_headers(answer), body=answer.body)


class Renderer:
    """One browser, started when first needed, a fresh profile for each page."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._starting = asyncio.Lock()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def draw(self, url: str, answer: Answer, load: Load, *, hosts: Sequence[str] = ()) -> Drawn:
        """The page at `url`, whose `answer` is there already, after its scripts have run.

        `hosts` may be asked besides the page's own site. Raises RenderError, and ConfigError where there is no browser.
        """
        visit = _Visit(url, answer, load, hosts)
        async with self._places:
            browser = await self._started()  # raises where Playwright is not there
            from playwright.async_api import Error as PlaywrightError

            try:
                async with asyncio.timeout(self._settings.total_timeout_s):
                    context = await browser.new_context(
                        user_agent=self._settings.identification(), service_workers="block", accept_downloads=False
                    )
                    try:
                        await context.route("**/*", visit.on_request)
                        html = await self._drawn(await context.new_page(), visit)
                    finally:
                        with suppress(PlaywrightError):
                            await context.close()
            except TimeoutError as exc:
                raise RenderError(f"the page was not drawn within {self._settings.total_timeout_s:g} s") from exc
            except PlaywrightError as exc:
                raise RenderError(f"the browser failed: {exc.message.splitlines()[0][:200]}") from exc
        return Drawn(html=html, refused_hosts=tuple(visit.refused))

    async def aclose(self) -> None:
        """End the browser."""
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        if browser is not None:
            await browser.close()
        if playwright is not None:
            await playwright.stop()

    async def _drawn(self, page: Page, visit: _Visit) -> str:
        from playwright.async_api import TimeoutError as PlaywrightTimeout

        page.set_default_timeout(self._settings.total_timeout_s * 1000)
        await page.goto(visit.url, wait_until="commit")
        await _until_whole(page, visit)
        with suppress(PlaywrightTimeout):  # a page that never rests is taken as it stands
            await page.wait_for_load_state("networkidle", timeout=SETTLE_S * 1000)
        html: str = await page.content()
        if len(html) > self._settings.max_bytes:
            raise RenderError(f"the drawn page is larger than {self._settings.max_bytes:,} characters")
        return html

    async def _started(self) -> Browser:
        async with self._starting:
            if self._browser is None or not self._browser.is_connected():
                await self.aclose()
                self._playwright, self._browser = await _launch(self._settings)
            return self._browser


async def _until_whole(page: Page, visit: _Visit) -> None:
    """Until the page has been read to its end. Raises RenderError for one that leads on before: no browser reads on there."""
    whole = asyncio.ensure_future(page.wait_for_load_state("domcontentloaded"))
    led_on = asyncio.ensure_future(visit.led_on.wait())
    try:
        await asyncio.wait({whole, led_on}, return_when=asyncio.FIRST_COMPLETED)
        if not whole.done():
            await asyncio.wait({whole}, timeout=_GRACE_S)
        if not whole.done():
            raise RenderError("the page leads browsers on to another, or to itself anew, before it is whole")
        await whole
    finally:
        led_on.cancel()
        whole.cancel()


def _is_of_the_page_itself(request: Request) -> bool:
    """Whether it would put another page in this one's place, and not into a frame or a window of its own."""
    from playwright.async_api import Error as PlaywrightError

    try:
        return request.frame.parent_frame is None
    except PlaywrightError:  # a window that is not there yet
        return False


def is_same_site(host: str, page_host: str) -> bool:
    """Whether two hosts belong to one site, by their last labels: an approximation that needs no list of public suffixes.

    "static.city.example" and "www.city.example" do; under "co.uk" and its like three labels count.
    """
    return _site(host) == _site(page_host)


def _site(host: str) -> tuple[str, ...]:
    labels = host.lower().split(".")
    is_second_level = len(labels) >= 3 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return tuple(labels[-3:] if is_second_level else labels[-2:]) if not labels[-1].isdigit() else (host,)


def _headers(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers if name not in _DROPPED_HEADERS}


async def _launch(settings: FetchSettings) -> tuple[Playwright, Browser]:
    try:
        from playwright.async_api import Error as PlaywrightError
        from playwright.async_api import async_playwright
    except ImportError as exc:
        raise ConfigError(
            "Drawing pages with a browser needs a package that is not installed; run: pip install 'standfirst[browser]'"
        ) from exc
    path = settings.browser_path or next((found for name in BROWSERS if (found := shutil.which(name)) is not None), None)
    if path is None:
        raise ConfigError("Drawing pages needs Chromium or Chrome on the PATH, or its place in `browser_path`")
    playwright = await async_playwright().start()
    try:
        browser = await playwright.chromium.launch(
            executable_path=path,
            chromium_sandbox=settings.browser_sandbox,
            args=_ARGUMENTS,
        )
    except PlaywrightError as exc:
        await playwright.stop()
        raise ConfigError(f"{path} can't be started: {exc.message.splitlines()[0][:200]}") from exc
    return playwright, browser
