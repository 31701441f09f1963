"""One HTTP request and its whole answer, or a named failure. With `scraper.wire` below it the only module that knows httpx.

What httpx does not do, or not safely, is done here: bodies are read raw and decompressed under a cap, the whole exchange has a
deadline, addresses are judged where the connection is made, no cookie is kept, no proxy is taken from the environment, and every
foreign exception becomes a TransportError that says in words what happened. Redirects, retries, robots.txt and manners are not here.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

import certifi
import httpcore
import httpx

from scraper.addresses import parse_address, why_refused
from scraper.connect import AddressRefusedError, CheckedBackend, Connector, Resolver, SystemResolver
from scraper.decompress import ACCEPT_ENCODING, BodyBrokenError, BodyTooLargeError, Decompressor
from scraper.fetch_settings import FetchSettings
from scraper.pages import Outcome
from scraper.wire import Wire

MAX_CLIENTS = 512  # origins with a client kept open; beyond that the one longest unused is closed
KEEP_ALIVE_S = 120.0  # beside twice the delay: httpx's 5 s would reconnect after every polite pause
MAX_ERROR_BODY_BYTES = 256 * 1024  # of a page with a bad status, kept as evidence and to recognise walls
_NEVER_PAGES = ("image/", "audio/", "video/", "font/")
_MAX_QUOTED_CHARS = 120  # of an error's words that quote the server
_MAX_DISCARDED_BYTES = 64 * 1024  # of a redirect's body, read so that the connection can be used again


# Both families: httpcore's errors come from its pool, httpx's from everything else.
_TIMEOUT = (httpx.TimeoutException, httpcore.TimeoutException)
_CONNECT_TIMEOUT = (httpx.ConnectTimeout, httpcore.ConnectTimeout)
_CONNECT = (httpx.ConnectError, httpx.ProxyError, httpcore.ConnectError, httpcore.ProxyError)
_NETWORK = (httpx.NetworkError, httpcore.NetworkError)
_PROTOCOL = (httpx.ProtocolError, httpcore.ProtocolError, httpx.UnsupportedProtocol, httpcore.UnsupportedProtocol)
_FOREIGN = (*_TIMEOUT, *_CONNECT, *_NETWORK, *_PROTOCOL)


class Failure(StrEnum):
    """Why no whole answer came. What may be tried again is decided by this (`scraper.retries`)."""

    BAD_URL = "bad_url"
    ADDRESS = "address"
    DNS = "dns"  # the name doesn't exist
    DNS_TEMPORARY = "dns_temporary"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    CUT_OFF = "cut_off"  # closed or reset before the end
    PROTOCOL = "protocol"  # not HTTP
    BROKEN_BODY = "broken_body"
    TOO_LARGE = "too_large"
    NOT_A_PAGE = "not_a_page"  # a picture, a film, a font: not read


OUTCOMES: Mapping[Failure, Outcome] = {
    Failure.BAD_URL: Outcome.ADDRESS_REFUSED,
    Failure.ADDRESS: Outcome.ADDRESS_REFUSED,
    Failure.DNS: Outcome.UNREACHABLE,
    Failure.DNS_TEMPORARY: Outcome.UNREACHABLE,
    Failure.CONNECT: Outcome.UNREACHABLE,
    Failure.TLS: Outcome.UNREACHABLE,
    Failure.TIMEOUT: Outcome.TIMED_OUT,
    Failure.CUT_OFF: Outcome.BAD_RESPONSE,
    Failure.PROTOCOL: Outcome.BAD_RESPONSE,
    Failure.BROKEN_BODY: Outcome.BAD_RESPONSE,
    Failure.TOO_LARGE: Outcome.TOO_LARGE,
    Failure.NOT_A_PAGE: Outcome.NOT_HTML,
}


class TransportError(Exception):
    """No whole answer. Never leaves `scraper.fetch`, which turns it into an outcome."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One whole response. The body is decompressed; with `cut` it may be the beginning only."""

    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case, values as latin-1, in the order received
    body: bytes
    http_version: str = "HTTP/1.1"

    def header(self, name: str) -> str | None:
        """The first header of that (lower-case) name; None if there is none."""
        return next((value for key, value in self.headers if key == name), None)


class Transport:
    """Sends requests, each origin through a client of its own: an httpx transport, not a whole httpx.Client.

    One pool over hundreds of hosts costs eight times the CPU of a client per host (httpx walks all its connections for each request).
    httpx.Client, on top, would parse each Location by its own rules and raise where it can't, and would keep cookies.
    """

    def __init__(
        self, settings: FetchSettings, *, handler: httpx.AsyncBaseTransport | None = None, resolver: Resolver | None = None
    ) -> None:
        """`handler` answers instead of the network (httpx.MockTransport in tests); `resolver` resolves names instead of the system."""
        self._settings = settings
        self._headers = _own_headers(settings)
        self._timeouts = httpx.Timeout(settings.idle_timeout_s, connect=settings.connect_timeout_s, pool=None).as_dict()
        self._handler = handler
        self._system_resolver = SystemResolver()
        self._resolver = resolver or self._system_resolver
        self._idle: dict[tuple[str, bool], httpx.AsyncBaseTransport] = {}  # by origin and permission, the longest unused first
        self._closed = False
        self._ssl_context: ssl.SSLContext | None = None

    async def aclose(self) -> None:
        """Close every connection. Clients in use are closed when they are given back."""
        self._closed = True
        idle, self._idle = list(self._idle.values()), {}
        for client in idle:
            await client.aclose()
        self._system_resolver.close()

    async def get(
        self, url: str, headers: Mapping[str, str], *, allow_private: bool = False, max_bytes: int, cut: bool = False
    ) -> Answer:
        """The answer to GET. Raises TransportError.

        `cut`: a body beyond `max_bytes` is cut there instead of being an error. Error pages are cut in any case, redirects' bodies
        thrown away.
        """
        try:
            parsed = httpx.URL(url)
            # Host is ours to say: httpx would first turn the name back into letters, and refuses what IDNA 2008 doesn't know ("i❤.example").
            sent = [(b"Host", parsed.netloc)]
            sent += [(name.encode("ascii"), _encoded(value)) for name, value in {**self._headers, **headers}.items()]
            request = httpx.Request("GET", parsed, headers=sent, extensions={"timeout": self._timeouts})
        except (httpx.InvalidURL, ValueError) as exc:
            raise TransportError(Failure.BAD_URL, f"not a URL that can be asked for ({exc})") from exc
        if self._settings.proxy is not None and not allow_private:
            _refuse_inside(parsed.raw_host.decode("ascii"))
        try:
            async with (
                asyncio.timeout(self._settings.total_timeout_s),
                self._client(parsed, allow_private=allow_private) as client,
            ):
                return await self._exchange(client, request, max_bytes=max_bytes, cut=cut)
        except TimeoutError as exc:
            raise TransportError(Failure.TIMEOUT, f"not done after {self._settings.total_timeout_s:g} s") from exc
        except (*_FOREIGN, AddressRefusedError, OSError) as exc:
            raise self._translated(exc) from exc
        except BodyTooLargeError as exc:
            raise TransportError(Failure.TOO_LARGE, str(exc)) from exc
        except BodyBrokenError as exc:
            raise TransportError(Failure.BROKEN_BODY, str(exc)) from exc

    async def _exchange(self, client: httpx.AsyncBaseTransport, request: httpx.Request, *, max_bytes: int, cut: bool) -> Answer:
        response = await client.handle_async_request(request)
        try:
            status = response.status_code
            # Once, and not through httpx.Headers, whose look-ups decode every name again.
            headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw)
            answer = Answer(status=status, headers=headers, body=b"", http_version=response.http_version)
            if status >= 400:
                max_bytes, cut = min(max_bytes, MAX_ERROR_BODY_BYTES), True
            if 300 <= status < 400:
                await _discard(response)
                return answer
            _refuse_unread(answer, max_bytes=max_bytes, cut=cut)
            decompressor = Decompressor(_joined(answer, "content-encoding"), max_bytes)
            return replace(answer, body=await _decompressed(response, decompressor, cut=cut))
        finally:
            await response.aclose()

    @asynccontextmanager
    async def _client(self, url: httpx.URL, *, allow_private: bool) -> AsyncIterator[httpx.AsyncBaseTransport]:
        """A client for the URL's origin, nobody else's while the block runs."""
        key = (f"{url.scheme}://{url.netloc.decode('ascii')}", allow_private)
        client = self._idle.pop(key, None) or self._new_client(url, allow_private=allow_private)
        try:
            yield client
        finally:
            superfluous = [client] if self._closed else [old for old in [self._idle.pop(key, None)] if old is not None]
            if not self._closed:
                self._idle[key] = client
                if len(self._idle) > MAX_CLIENTS:
                    superfluous.append(self._idle.pop(next(iter(self._idle))))
            for old in superfluous:
                await old.aclose()

    def _new_client(self, url: httpx.URL, *, allow_private: bool) -> httpx.AsyncBaseTransport:
        if self._handler is not None:
            return self._handler
        connector = Connector(allow_private=allow_private, connect_to=self._settings.connect_to, resolver=self._resolver)
        ssl_context = self._shared_ssl_context() if url.scheme == "https" else None
        keep_alive_s = KEEP_ALIVE_S + 2 * self._settings.delay_s
        if self._settings.proxy is not None:
            return _Pool(_proxied_pool(self._settings, ssl_context, keep_alive_s))
        if not self._settings.http2 or ssl_context is None:  # HTTP/2 is agreed on in the TLS handshake
            return Wire(connector, ssl_context=ssl_context, keep_alive_s=keep_alive_s)
        return _Pool(
            httpcore.AsyncConnectionPool(
                ssl_context=ssl_context, keepalive_expiry=keep_alive_s, http2=True, network_backend=CheckedBackend(connector)
            )
        )

    def _shared_ssl_context(self) -> ssl.SSLContext:
        if self._ssl_context is None:  # loading the certificates takes 20 ms: once, and only where something is https
            self._ssl_context = ssl.create_default_context(cafile=self._settings.ca_file)
            if self._settings.ca_file is None:  # the system's and Mozilla's: slim containers have none of their own
                self._ssl_context.load_verify_locations(certifi.where())
            self._ssl_context.set_alpn_protocols(["http/1.1", "h2"] if self._settings.http2 else ["http/1.1"])
        return self._ssl_context

    def _translated(self, exc: Exception) -> TransportError:
        """What a foreign exception means. httpx keeps the cause it had as `__cause__` or `__context__`."""
        causes = _causes(exc)
        for cause in causes:
            if isinstance(cause, AddressRefusedError):
                return TransportError(Failure.ADDRESS, f"not a public address: {cause}")
        if isinstance(exc, _CONNECT_TIMEOUT):
            return TransportError(Failure.TIMEOUT, f"no connection within {self._settings.connect_timeout_s:g} s")
        if isinstance(exc, _TIMEOUT):
            return TransportError(Failure.TIMEOUT, f"nothing came for {self._settings.idle_timeout_s:g} s")
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return TransportError(Failure.TLS, f"the certificate can't be trusted: {cause.verify_message}")
            if isinstance(cause, ssl.SSLError):
                return TransportError(Failure.TLS, f"TLS failed: {cause.reason or cause}")
            if isinstance(cause, socket.gaierror):
                temporary = cause.errno == socket.EAI_AGAIN
                words = "could not be looked up for now" if temporary else "does not exist"
                return TransportError(Failure.DNS_TEMPORARY if temporary else Failure.DNS, f"the host name {words}")
        if isinstance(exc, _CONNECT):
            # asyncio puts words of its own into strerror; the number's are what people know: "connection refused"
            reason = next((os.strerror(cause.errno) for cause in causes if isinstance(cause, OSError) and cause.errno), str(exc))
            return TransportError(Failure.CONNECT, f"no connection: {reason.lower()}")
        if isinstance(exc, (*_NETWORK, OSError)):
            return TransportError(Failure.CUT_OFF, "the connection broke before the end")
        if isinstance(exc, (httpx.LocalProtocolError, httpcore.LocalProtocolError)):
            return TransportError(Failure.PROTOCOL, f"the request can't be sent: {exc}")
        if "disconnected" in str(exc) or "peer closed" in str(exc):  # h11's words; it has no class of its own for this
            return TransportError(Failure.CUT_OFF, "the server closed the connection before the end")
        return TransportError(Failure.PROTOCOL, f"the answer is not HTTP: {_shortened(str(exc))}")


def _proxied_pool(
    settings: FetchSettings, ssl_context: ssl.SSLContext | None, keep_alive_s: float
) -> httpcore.AsyncConnectionPool:
    proxy = httpx.Proxy(settings.proxy or "")
    return httpcore.AsyncHTTPProxy(
        proxy_url=str(proxy.url),
        proxy_auth=proxy.raw_auth,
        ssl_context=ssl_context,
        keepalive_expiry=keep_alive_s,
        http2=settings.http2,
    )


class _Pool(httpx.AsyncBaseTransport):
    """httpcore's pool below the httpx API, for HTTP/2 and proxies. Its errors come up as httpcore's own.

    Not for two requests at once. Only HTTP/2 connections are used again: over HTTP/1.1 httpcore would take what a server has said behind its
    last answer for the answer to the next request (RFC 9112, 9.2), and has no way to ask whether it said anything; `scraper.wire` has.
    """

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        answer = await self._pool.handle_async_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        )
        used_up = None if answer.extensions["http_version"] == b"HTTP/2" else self._pool
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer, used_up=used_up), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, *, used_up: httpcore.AsyncConnectionPool | None) -> None:
        """`used_up`: a pool whose connections are to be closed when the answer is."""
        self._answer = answer
        self._used_up = used_up

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()
        if self._used_up is not None:
            await self._used_up.aclose()


def _refuse_unread(answer: Answer, *, max_bytes: int, cut: bool) -> None:
    """Raise TransportError for a body whose headers say that it is none for us. What may be `cut` is read whatever it is called: a
    robots.txt of type image/png is a file without rules, not a site that forbids everything.
    """
    content_type = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    if 200 <= answer.status < 300 and content_type.startswith(_NEVER_PAGES) and not cut:
        raise TransportError(Failure.NOT_A_PAGE, f"the server says that this is {content_type[:80]}")
    length = answer.header("content-length") or ""
    if length.isdecimal() and not cut and int(length[:18]) > max_bytes:
        raise TransportError(
            Failure.TOO_LARGE, f"the server announces {int(length[:18]):,} bytes; {max_bytes:,} are the most we take"
        )


def _joined(answer: Answer, name: str) -> str | None:
    """The values of all headers of that name as one list (RFC 9110, 5.3); None where there is none."""
    return ", ".join(value for key, value in answer.headers if key == name) or None


async def _decompressed(response: httpx.Response, decompressor: Decompressor, *, cut: bool) -> bytes:
    body = bytearray()
    try:
        async for raw in response.aiter_raw():
            for piece in decompressor.feed(raw):
                body += piece
        decompressor.finish()
    except BodyTooLargeError:
        if not cut:
            raise
    return bytes(body)


async def _discard(response: httpx.Response) -> None:
    """Reads a body that nobody wants, if it is short: then the connection can be used again."""
    read = 0
    async for raw in response.aiter_raw():
        read += len(raw)
        if read > _MAX_DISCARDED_BYTES:
            break


def _refuse_inside(host: str) -> None:
    """Raise TransportError for a host that is inside wherever it is looked up: a private address, in whatever spelling a resolver would
    take, or "localhost" and all below it (RFC 6761, 6.3), which for a proxy is the proxy itself.
    """
    labels = host.lower().rstrip(".").rsplit(".", 1)
    if labels[-1] == "localhost":
        raise TransportError(Failure.ADDRESS, f"not a public address: {host} is the machine itself")
    try:
        address = parse_address(host) or parse_address(socket.inet_ntoa(socket.inet_aton(host)))
    except OSError:
        return  # a name
    reason = None if address is None else why_refused(address)
    if reason is not None:
        raise TransportError(Failure.ADDRESS, f"not a public address: {reason}")


def _own_headers(settings: FetchSettings) -> dict[str, str]:
    headers = {
        "User-Agent": settings.identification(),
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Encoding": ACCEPT_ENCODING,
    }
    if (mail := settings.mail_address()) is not None:
        headers["From"] = mail
    return headers


def _encoded(value: str) -> bytes:
    """A header's value as bytes. What came from a server came as latin-1 and goes back as the same bytes; our own may be any text."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")


def _shortened(words: str) -> str:
    """h11 quotes the line that it can't read, which may be 100 KB long, and writes it as Python does."""
    words = words.replace("bytearray(b", "").replace("')", "'").replace('")', '"')
    return words if len(words) <= _MAX_QUOTED_CHARS else words[:_MAX_QUOTED_CHARS] + "..."


def _causes(exc: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    at: BaseException | None = exc
    while at is not None and at not in causes:
        causes.append(at)
        at = at.__cause__ or at.__context__
    return causes
