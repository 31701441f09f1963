"""Looking at one page over the network: politely, safely, and with an outcome in every case.

`Fetcher.fetch` never raises for what the network does. A page that can't be had is a FetchResult with the reason in words, because the
archive keeps a row for each look, also for those that saw nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from scraper.answers import judge_answer
from scraper.attempts import Attempt
from scraper.browser import Renderer, RenderError
from scraper.connect import Resolver
from scraper.fetch_settings import PRODUCT_TOKEN, FetchSettings
from scraper.opt_outs import find_opt_outs
from scraper.pages import FetchRequest, FetchResult, Outcome, Page, Redirect, RobotsDecision
from scraper.politeness import HostBusyError, HostGate, HostLedger, place_of
from scraper.redirects import REDIRECT_STATUSES, UrlRefusedError, host_of, next_url, origin_of, url_to_ask
from scraper.retries import RETRIED_FAILURES, RETRIED_STATUSES, with_retries
from scraper.retry_after import parse_retry_after
from scraper.site_files import SiteFiles
from scraper.tdm_file import TdmRule
from scraper.transport import OUTCOMES, Answer, Transport, TransportError

if TYPE_CHECKING:
    import httpx

__all__ = ["FetchSettings", "Fetcher"]

_MAX_FILE_REDIRECTS = 5  # RFC 9309, 2.3.1.2; for the TDM file as well
_HOST_IS_AWAY = frozenset({Outcome.UNREACHABLE, Outcome.TIMED_OUT})


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class _Look:
    """What is gathered while one page is looked at."""

    request: FetchRequest
    robots: RobotsDecision | None = None  # on the last URL asked for
    content_signals: tuple[str, ...] = ()  # of the robots.txt that it rests on
    tdm_rule: TdmRule | None = None  # of the site's TDM file, for the last URL asked for
    log: list[str] = field(default_factory=list)


class Fetcher:
    """Fetches pages, each host one at a time, many hosts side by side. An async context manager; safe for many tasks of one loop."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        clock: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        handler: httpx.AsyncBaseTransport | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        """`clock` (aware UTC), `monotonic` and `sleep` stand in for time; `handler` and `resolver` for the network (see Transport)."""
        self.settings = settings
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._transport = Transport(settings, handler=handler, resolver=resolver)
        delays_s: dict[str, float] = {}  # of hosts in one place, the longest
        for host, delay_s in settings.host_delays_s.items():
            place = place_of(host, settings.host_groups)
            delays_s[place] = max(delay_s, delays_s.get(place, delay_s))
        self._ledger = HostLedger(delay_s=settings.delay_s, delays_s=delays_s, first_back_off_s=settings.first_back_off_s)
        self._gate = HostGate(self._ledger, monotonic, sleep, groups=settings.host_groups)
        self._renderer = Renderer(settings)
        self._site_files = SiteFiles(settings, self._ask_for_file, clock=clock, sleep=sleep)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._renderer.aclose()
        await self._transport.aclose()

    def snapshot(self) -> dict[str, object]:
        """What the next run must know, as plain data fit for JSON: hosts that want to be left alone, robots.txt and TDM files."""
        return {"hosts": self._ledger.snapshot(self._monotonic(), self._clock()), **self._site_files.snapshot()}

    def restore(self, state: Mapping[str, object]) -> None:
        """Take up what an earlier fetcher's `snapshot` gave. Raises ValueError, KeyError or TypeError for what is no such thing."""
        hosts = state.get("hosts", {})
        if not isinstance(hosts, Mapping):
            raise TypeError("not a fetcher's snapshot")
        self._ledger.restore(hosts, self._monotonic(), self._clock())
        self._site_files.restore(state)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Look at one page: robots.txt first, then the host's turn, then the request, its redirects, and retries where they help."""
        started_at, began = self._clock(), self._monotonic()
        look = _Look(request=request)
        try:
            url = url_to_ask(request.url)
        except UrlRefusedError as exc:
            attempt = Attempt(outcome=Outcome.ADDRESS_REFUSED, detail=str(exc), url=request.url, ended_at=started_at)
        else:
            attempt = await with_retries(lambda: self._look_once(url, look), retries=self.settings.retries, sleep=self._sleep)
        result = self._result(look, attempt)
        if request.render and result.outcome is Outcome.OK and attempt.answer is not None:
            result = await self._drawn(result, attempt.url, attempt.answer)
        return replace(
            result,
            robots=look.robots,
            attempts=len(look.log),
            attempt_log=tuple(look.log),
            started_at=started_at,
            elapsed_s=self._monotonic() - began,
        )

    def _result(self, look: _Look, attempt: Attempt) -> FetchResult:
        """What the last attempt makes of the look, opt-outs honoured."""
        answer = attempt.answer
        if answer is None or attempt.outcome is Outcome.REDIRECT_REFUSED:
            return FetchResult(
                outcome=attempt.outcome, detail=attempt.detail, request=look.request, retry_after_s=attempt.retry_after_s
            )
        opt_outs = find_opt_outs(answer.headers, answer.body, look.content_signals, look.tdm_rule)
        forbidding = next((opt_out for opt_out in opt_outs if opt_out.forbids), None)
        if forbidding is not None and attempt.outcome in {Outcome.OK, Outcome.NOT_MODIFIED} and self.settings.honour_opt_outs:
            detail = f"text and data mining is reserved ({forbidding.source}: {forbidding.value.strip()}); nothing of the page was kept"
            return FetchResult(outcome=Outcome.OPTED_OUT, detail=detail, request=look.request, opt_outs=opt_outs)
        page = Page(
            url=look.request.url,
            final_url=attempt.url,
            body=answer.body,
            fetched_at=attempt.ended_at,
            status=answer.status,
            headers=answer.headers,
            redirects=attempt.hops,
        )
        return FetchResult(
            outcome=attempt.outcome,
            detail=attempt.detail,
            request=look.request,
            page=page,
            retry_after_s=attempt.retry_after_s,
            opt_outs=opt_outs,
        )

    async def _drawn(self, result: FetchResult, url: str, answer: Answer) -> FetchResult:
        """The result with the page as it is after its scripts have run. Raises ConfigError where there is no browser."""
        assert result.page is not None
        request = result.request
        try:
            drawn = await self._renderer.draw(
                url, answer, lambda part: self._part_of_page(part, request), hosts=request.render_hosts
            )
        except RenderError as exc:
            return replace(result, outcome=Outcome.NEEDS_JAVASCRIPT, detail=str(exc))
        headers = [pair for pair in result.page.headers if pair[0] not in {"content-type", "content-encoding", "content-length"}]
        page = replace(
            result.page,
            body=drawn.html.encode("utf-8", "replace"),
            headers=(*headers, ("content-type", "text/html; charset=utf-8")),
            rendered=True,
        )
        return replace(result, page=page, refused_hosts=drawn.refused_hosts)

    async def _part_of_page(self, url: str, request: FetchRequest) -> Answer | None:
        """What a page's script asked for; None where robots.txt, the host or the URL itself is against it. Raises TransportError."""
        hops: list[Redirect] = []
        try:
            url = url_to_ask(url)
            while True:
                held = await self._site_files.robots(origin_of(url), allow_private=request.allow_private)
                if isinstance(held, Attempt) or not held.rules(PRODUCT_TOKEN, self._clock()).decide(url).allowed:
                    return None
                answer = await self._ask(
                    url,
                    _cookie_header(request, url),
                    allow_private=request.allow_private,
                    max_bytes=self.settings.max_bytes,
                    turn=self._gate.part_of_a_page(host_of(url)),
                )
                if answer.status not in REDIRECT_STATUSES:
                    return answer
                target = next_url(url, answer.header("location"), hops, max_redirects=self.settings.max_redirects)
                hops.append(Redirect(url=url, status=answer.status, location=target))
                url = target
        except (UrlRefusedError, HostBusyError):
            return None

    async def _look_once(self, url: str, look: _Look) -> Attempt:
        return await self._follow(
            url,
            _conditional_headers(look.request),
            allow_private=look.request.allow_private,
            max_bytes=self.settings.max_bytes,
            max_redirects=self.settings.max_redirects,
            look=look,
        )

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        allow_private: bool,
        max_bytes: int,
        max_redirects: int,
        look: _Look | None = None,
        own_delay_only: bool = False,
    ) -> Attempt:
        """One request with all its redirects. `look` None: it is for one of the site's files about itself, which may be cut.

        `own_delay_only`: what comes next need not wait as long as robots.txt asks for.
        """
        hops: list[Redirect] = []

        def ended(outcome: Outcome, detail: str = "", *, may_pass: bool = False, answer: Answer | None = None) -> Attempt:
            now = self._clock()
            wait = self._ledger.wait(self._gate.name(host_of(url)), self._monotonic())
            return Attempt(
                outcome=outcome,
                detail=detail,
                may_pass=may_pass and wait.asked_s <= self.settings.patience_s,
                url=url,
                hops=tuple(hops),
                answer=answer,
                ended_at=now,
                retry_after_s=(wait.asked_s if outcome is Outcome.DEFERRED else wait.stay_away_s) or None,
            )

        def note(words: str) -> None:
            if look is not None:
                look.log.append(words)

        while True:
            if look is not None:
                refusal = await self._refusal_by_files(url, look)
                if refusal is not None:
                    outcome, detail = refusal
                    return ended(outcome, detail)
                if look.tdm_rule is not None and look.tdm_rule.reserved:
                    headers = {}  # only the page's own words can lift that, and a 304 has none
            own = {} if look is None else _cookie_header(look.request, url)
            try:
                answer = await self._ask(
                    url,
                    {**headers, **own},
                    allow_private=allow_private,
                    max_bytes=max_bytes,
                    cut=look is None,
                    own_delay_only=own_delay_only,
                )
            except HostBusyError as exc:
                return ended(Outcome.DEFERRED, f"{host_of(url)} is left alone for {exc.wait.asked_s:.0f} s: {exc}")
            except TransportError as exc:
                note(exc.detail)
                return ended(OUTCOMES[exc.failure], exc.detail, may_pass=exc.failure in RETRIED_FAILURES)
            if answer.status not in REDIRECT_STATUSES:
                note(str(answer.status))
                if look is None:
                    return ended(Outcome.OK, may_pass=answer.status in RETRIED_STATUSES, answer=answer)
                outcome, detail = judge_answer(answer, conditional=bool(headers), asked_url=look.request.url, final_url=url)
                may_pass = answer.status in RETRIED_STATUSES and (outcome is not Outcome.BLOCKED or answer.status == 429)
                return ended(outcome, detail, may_pass=may_pass, answer=answer)
            try:
                target = next_url(url, answer.header("location"), hops, max_redirects=max_redirects, may_downgrade=look is None)
            except UrlRefusedError as exc:
                note(str(answer.status))
                return ended(Outcome.REDIRECT_REFUSED, f"{url}: {exc}", answer=answer)
            hops.append(Redirect(url=url, status=answer.status, location=target))
            url = target

    async def _ask_for_file(self, url: str, *, allow_private: bool, max_bytes: int, own_delay_only: bool) -> Attempt:
        return await self._follow(
            url,
            {},
            allow_private=allow_private,
            max_bytes=max_bytes,
            max_redirects=_MAX_FILE_REDIRECTS,
            own_delay_only=own_delay_only,
        )

    async def _ask(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        allow_private: bool,
        max_bytes: int,
        cut: bool = False,
        own_delay_only: bool = False,
        turn: AbstractAsyncContextManager[str] | None = None,
    ) -> Answer:
        """One request in the host's turn; the ledger hears how it went. Raises HostBusyError and TransportError."""
        async with turn or self._gate.turn(host_of(url), patience_s=self.settings.patience_s) as host:
            sent = self._monotonic()
            status: int | None = None
            retry_after_s: float | None = None
            try:
                answer = await self._transport.get(url, headers, allow_private=allow_private, max_bytes=max_bytes, cut=cut)
                status = answer.status
                retry_after_s = parse_retry_after(answer.header("retry-after"), now=self._clock(), date=answer.header("date"))
                return answer
            finally:
                now = self._monotonic()
                self._ledger.answered(
                    host, now, took_s=now - sent, status=status, retry_after_s=retry_after_s, own_delay_only=own_delay_only
                )

    async def _refusal_by_files(self, url: str, look: _Look) -> tuple[Outcome, str] | None:
        """How the look ends, and why in words, if robots.txt stands in the way of this URL; None where it doesn't.

        What robots.txt and the TDM file say about the URL is noted in the look.
        """
        held = await self._site_files.robots(origin_of(url), allow_private=look.request.allow_private)
        if isinstance(held, Attempt):
            return held.outcome, held.detail
        rules = held.rules(PRODUCT_TOKEN, self._clock())
        self._ledger.robots_ask_for(self._gate.name(host_of(url)), rules.crawl_delay_s)
        look.robots = held.decide(url, rules)
        look.content_signals = rules.content_signals
        if look.robots.allowed:
            look.tdm_rule = await self._site_files.find_tdm_rule(url, rules, allow_private=look.request.allow_private)
            return None
        if not rules.disallow_all:
            return Outcome.ROBOTS_DISALLOWED, f"{held.url}: {look.robots.reason}"
        if held.answer.failed_as in _HOST_IS_AWAY:  # then it is not robots.txt that stands in the way
            return held.answer.failed_as, f"{held.answer.detail} (asking for {held.url})"
        return Outcome.ROBOTS_UNAVAILABLE, f"{held.url}: {look.robots.reason}"


def _conditional_headers(request: FetchRequest) -> dict[str, str]:
    """RFC 9110, 13.1: the validators exactly as they were received."""
    headers: dict[str, str] = {}
    if request.render:
        return headers  # they speak of the page before its scripts have run
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    return headers


def _cookie_header(request: FetchRequest, url: str) -> dict[str, str]:
    if not request.cookies or host_of(url) != host_of(request.url):
        return {}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in request.cookies)}
