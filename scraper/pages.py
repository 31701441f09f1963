"""What came back from one look at one URL: bytes if there were any, and in any case an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How one look at one page ended. The archive stores these words; a word is never renamed.

    "Good" outcomes are those after which it can be said which cards stood on the page (`is_good`). Only they open and close spans.
    """

    OK = "ok"  # cards were read
    NOT_MODIFIED = "not_modified"  # the server said 304: the cards of the last good look still stand
    SAME_BYTES = "same_bytes"  # the body is byte for byte the last good one: the same
    EMPTY = "empty"  # the list is there and is empty
    NOTHING_FOUND = "nothing_found"  # a page came, no list was found on it
    DRIFTED = "drifted"  # cards were found, but too unlike what this page usually gives to be believed
    ROBOTS_DISALLOWED = "robots_disallowed"  # robots.txt forbids it; nothing was fetched
    ROBOTS_UNAVAILABLE = "robots_unavailable"  # robots.txt could not be had (5xx, unreachable): RFC 9309 2.3.1.4 says stay away
    OPTED_OUT = "opted_out"  # the page's own text-and-data-mining opt-out forbids what we do
    BLOCKED = "blocked"  # 401, 403, 429, bot challenge
    WALL = "wall"  # consent, log-in or paywall page instead of the page
    NEEDS_JAVASCRIPT = "needs_javascript"
    NOT_A_LISTING = "not_a_listing"  # an article, an error page with a good status, a feed
    NOT_HTML = "not_html"  # PDF, image, binary
    HTTP_ERROR = "http_error"  # any other status that is no success
    UNREACHABLE = "unreachable"  # refused, reset, DNS, TLS
    TIMED_OUT = "timed_out"  # connect, idle or total deadline
    TOO_LARGE = "too_large"  # over the size cap, decompressed
    BAD_RESPONSE = "bad_response"  # broken HTTP, broken compression, truncated body
    REDIRECT_REFUSED = "redirect_refused"  # too many, a loop, a downgrade to http, another scheme
    ADDRESS_REFUSED = "address_refused"  # private, loopback or otherwise not a public address
    TOO_DEEP = "too_deep"  # nested beyond what can be parsed safely
    DEFERRED = "deferred"  # the host asked to be left alone for longer than this run lasts
    FAILED = "failed"  # the tool itself failed on this page (a bug, recorded with its message)
    INTERRUPTED = "interrupted"  # begun and never finished: the run was killed

    @property
    def is_good(self) -> bool:
        """Whether "on the page" and "not on the page" can be said after this look."""
        return self in GOOD_OUTCOMES


GOOD_OUTCOMES = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.SAME_BYTES, Outcome.EMPTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One hop of a redirect chain."""

    url: str  # the URL that redirected
    status: int
    location: str  # absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One fetched page. Pages from a saved file have no status and no headers."""

    url: str  # asked for
    final_url: str  # answered, after redirects
    body: bytes  # content-encoding undone, charset not
    fetched_at: datetime  # aware UTC: when the last byte was in
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()  # names lower-case, in the order received
    redirects: tuple[Redirect, ...] = ()
    rendered: bool = False  # the body is the page after its scripts ran in a browser, as UTF-8, not what the server sent

    def header(self, name: str) -> str | None:
        """The first header of that name (any case); None if there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsDecision:
    """What robots.txt said about one URL, and on what evidence."""

    allowed: bool
    reason: str  # in words: "no rule matches", "Disallow: /private", "404: no robots.txt"
    robots_url: str
    status: int | None = None  # of the robots.txt fetch; None: unreachable
    body: bytes | None = None  # the file it rests on; None: there was none
    fetched_at: datetime | None = None
    crawl_delay_s: float | None = None
    sitemaps: tuple[str, ...] = ()  # that the file names, as written there


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """One thing a page's owner says against machines reading it (`scraper.opt_outs`)."""

    source: str  # where it is said: "header tdm-reservation", "meta robots", "robots.txt content-signal"
    value: str  # as written there
    forbids: bool = False  # whether it forbids what we do, text and data mining


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One page to be looked at."""

    url: str
    etag: str | None = None  # validators of the last good look, sent back exactly as received
    last_modified: str | None = None
    allow_private: bool = False  # loopback and private addresses (for one's own servers); off by default
    render: bool = False  # let a browser run the page's scripts (`scraper.browser`)
    render_hosts: tuple[str, ...] = ()  # hosts that the page's scripts may ask besides its own site
    cookies: tuple[tuple[str, str], ...] = ()  # sent to the URL's own host; what a server sets is not sent back


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """How the fetch ended. `page` is there whenever a body came back, also with a bad status."""

    outcome: Outcome  # OK (a 2xx with a body), NOT_MODIFIED, or what went wrong
    detail: str  # in words, for a person; "" when all is well
    request: FetchRequest
    page: Page | None = None
    robots: RobotsDecision | None = None
    attempts: int = 1  # requests sent for this page, retries included, redirects not; 0: none was sent
    attempt_log: tuple[str, ...] = ()  # how each of them ended, in words: "503", "no connection: connection refused", "200"
    started_at: datetime | None = None  # aware UTC
    elapsed_s: float = 0.0
    retry_after_s: float | None = None  # how long the server asked to be left alone
    refused_hosts: tuple[str, ...] = ()  # asked for by a rendered page, neither of its site nor in `render_hosts`
    opt_outs: tuple[OptOut, ...] = ()  # what the page's owner says against machines reading it
