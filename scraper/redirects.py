"""Where a redirect may lead, and which URLs may be asked for at all. Pure.

The rules: http and https only, nothing with credentials in it, never from https down to http, no circle, no more hops than allowed.
Whether the host is at a public address is judged where the connection is made (`scraper.connect`), for each hop anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from scraper.pages import Redirect
from scraper.urls import resolve

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
_MAX_URL_CHARS = 8_000  # RFC 9110, 4.1 recommends that everyone manages 8,000 octets


class UrlRefusedError(Exception):
    """A URL that is not asked for; the message says why, without credentials. Never leaves `scraper.fetch`."""


def url_to_ask(text: str) -> str:
    """The URL as it will be sent: absolute, without fragment. Raises UrlRefusedError."""
    scheme = text.strip().partition(":")[0].lower()
    if scheme not in {"http", "https"}:
        raise UrlRefusedError(f"only http and https are fetched, not {scheme[:20]!r}")
    if len(text) > _MAX_URL_CHARS:
        raise UrlRefusedError(f"the URL is longer than {_MAX_URL_CHARS:,} characters")
    url = resolve(text, text)
    if url is None:
        raise UrlRefusedError(f"not a URL that can be asked for: {without_credentials(text)[:200]!r}")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise UrlRefusedError("URLs with a user name or password in them are not fetched")
    return urlunsplit(parts._replace(fragment=""))


def next_url(url: str, location: str | None, hops: Sequence[Redirect], *, max_redirects: int, may_downgrade: bool = False) -> str:
    """The URL that a redirect answer at `url` leads to, after `hops` earlier ones. Raises UrlRefusedError.

    `may_downgrade`: for robots.txt, which can only forbid more by what it says over http than by not being read at all.
    """
    if not location:
        raise UrlRefusedError("it redirects, but doesn't say where to")
    target = resolve(url, _as_text(location))
    if target is None:
        raise UrlRefusedError(f"it redirects to what is no http or https URL: {without_credentials(_as_text(location))[:200]!r}")
    target = url_to_ask(target)
    if len(hops) >= max_redirects:
        raise UrlRefusedError(f"it redirects more than {max_redirects} times")
    if target == url or any(hop.url == target for hop in hops):
        raise UrlRefusedError(f"it redirects in a circle, back to {target}")
    if urlsplit(url).scheme == "https" and urlsplit(target).scheme == "http" and not may_downgrade:
        raise UrlRefusedError(f"it redirects from https down to {target}")
    return target


def is_web_url(url: str) -> bool:
    """Whether it is an http or https URL with a host, as a person writes one: into the configuration or on the command line."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0  # looks at the port, which may be none that there is
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port


def origin_of(url: str) -> str:
    """Scheme, host and port, as in "https://city.example:8443"."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(url: str) -> str:
    """The lower-case host name that politeness goes by."""
    return (urlsplit(url).hostname or "").rstrip(".")


def without_credentials(url: str) -> str:
    """The URL with everything before an "@" in its authority taken out, fit to be shown and logged."""
    head, slashes, rest = url.partition("//")
    authority, slash, path = rest.partition("/")
    return head + slashes + authority.rpartition("@")[2] + slash + path


def _as_text(location: str) -> str:
    """Header values come as latin-1; a Location with raw UTF-8 in it (browsers take it) is read as such."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
