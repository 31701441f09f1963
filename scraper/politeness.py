"""When a host may be asked again. One request at a time, a pause after each answer, and no pushing where a host is in trouble.

`HostLedger` is the rule, pure: every method takes `now`, seconds on a clock that only goes forward. `HostGate` is the thin shell that
waits by it. A host is a lower-case host name, whatever the port; hosts that one operator's server answers for can share one place in
the ledger (`groups`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scraper.retry_after import MAX_RETRY_AFTER_S

FIRST_BACK_OFF_S = 30.0  # after a 429 or 503 that doesn't say how long; doubled with each further one
MAX_BACK_OFF_S = 3600.0
MAX_SLOWED_DELAY_S = 60.0  # a slow host is given as long as its last answer took, up to this
TROUBLE_STATUSES = frozenset({429, 503})


@dataclass(slots=True)
class _Host:
    asks_for_delay_s: float = 0.0  # robots.txt: Crawl-delay or Request-rate
    may_ask_at: float = 0.0  # our own pause after the last answer
    robots_pause_until: float = 0.0  # the one that robots.txt asks for
    stay_away_until: float = 0.0  # Retry-After or back-off
    stay_away_reason: str = ""
    troubles: int = 0  # 429 and 503 in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long until a host may be asked, and why."""

    seconds: float
    stay_away_s: float  # the part of it that the host's answers brought about: Retry-After or back-off
    asked_s: float  # the part of it that the host asked for in any way: the same, or robots.txt's delay
    reason: str  # for that part, in words; "" where there is none


@dataclass(slots=True, kw_only=True)
class HostLedger:
    """What is known of each host's wish to be left alone. Pure: `now` is passed in."""

    delay_s: float
    delays_s: Mapping[str, float] = field(default_factory=dict)  # host -> its own delay instead of `delay_s`
    first_back_off_s: float = FIRST_BACK_OFF_S
    _hosts: dict[str, _Host] = field(default_factory=dict)

    def wait(self, host: str, now: float) -> Wait:
        """How long from `now` until the host may be asked."""
        known = self._hosts.get(host)
        if known is None:
            return Wait(seconds=0.0, stay_away_s=0.0, asked_s=0.0, reason="")
        pause = max(0.0, known.may_ask_at - now)
        robots_pause = max(0.0, known.robots_pause_until - now)
        stay_away = max(0.0, known.stay_away_until - now)
        asked = max(robots_pause, stay_away)
        reason = known.stay_away_reason
        if robots_pause > stay_away:
            reason = f"robots.txt asks for {known.asks_for_delay_s:g} s between requests"
        return Wait(seconds=max(pause, asked), stay_away_s=stay_away, asked_s=asked, reason=reason if asked else "")

    def robots_ask_for(self, host: str, delay_s: float | None) -> None:
        """robots.txt names a delay between requests (None: it doesn't). It can lengthen our own, never shorten it."""
        self._host(host).asks_for_delay_s = max(0.0, delay_s or 0.0)

    def answered(
        self,
        host: str,
        now: float,
        *,
        took_s: float,
        status: int | None,
        retry_after_s: float | None = None,
        own_delay_only: bool = False,
    ) -> None:
        """A request ended at `now`. The pause counts from here, not from when it was sent.

        `status` None: no answer came. `own_delay_only`: robots.txt's delay doesn't begin here. It was the file itself that was asked for;
        a host that asks for an hour between requests would be left before its first page.
        """
        known = self._host(host)
        own_s = self.delays_s.get(host, self.delay_s)
        slowed_s = min(took_s, MAX_SLOWED_DELAY_S) if own_s else 0.0
        known.may_ask_at = now + max(own_s, slowed_s)
        known.robots_pause_until = 0.0 if own_delay_only else now + known.asks_for_delay_s
        if status in TROUBLE_STATUSES:
            known.troubles += 1
            back_off_s = min(self.first_back_off_s * 2 ** min(known.troubles - 1, 20), MAX_BACK_OFF_S)
            self._stay_away(known, now, back_off_s if retry_after_s is None else retry_after_s, f"it answered {status}")
        elif retry_after_s is not None and status is not None and status >= 300:
            self._stay_away(known, now, retry_after_s, f"it answered {status} with Retry-After")
        elif status is not None and status < 400:
            known.troubles = 0

    def snapshot(self, now: float, at: datetime) -> dict[str, dict[str, object]]:
        """What must outlive the program, as plain data: the hosts that may not be asked yet, until when (ISO 8601, UTC), and why.

        `at` is the wall clock's reading at `now`.
        """

        def moment(then: float) -> str:
            return (at + timedelta(seconds=then - now)).isoformat()

        state: dict[str, dict[str, object]] = {}
        for host, known in sorted(self._hosts.items()):
            entry: dict[str, object] = {}
            if known.stay_away_until > now:
                entry["stay_away_until"] = moment(known.stay_away_until)
                entry["reason"] = known.stay_away_reason
                entry["troubles"] = known.troubles
            if known.robots_pause_until > now:
                entry["robots_pause_until"] = moment(known.robots_pause_until)
                entry["asks_for_delay_s"] = known.asks_for_delay_s
            if known.may_ask_at > now:
                entry["may_ask_at"] = moment(known.may_ask_at)
            if entry:
                state[host] = entry
        return state

    def restore(self, state: Mapping[str, Mapping[str, object]], now: float, at: datetime) -> None:
        """Take up what an earlier `snapshot` gave. What has passed meanwhile is dropped; what is no such thing raises ValueError.

        No wait is longer than the one that was asked for can have been: the clock may have been wrong when it was written down.
        """
        for host, entry in state.items():
            if not {"stay_away_until", "robots_pause_until", "may_ask_at"} & entry.keys():
                raise ValueError(f"of {host} nothing is remembered: {entry!r}")

            def seconds(key: str, longest_s: float, entry: Mapping[str, object] = entry) -> float:
                return 0.0 if key not in entry else min((datetime.fromisoformat(str(entry[key])) - at).total_seconds(), longest_s)

            known = self._host(host)
            stay_away_s = seconds("stay_away_until", MAX_RETRY_AFTER_S)
            troubles = int(str(entry.get("troubles", 0)))
            if stay_away_s > 0:
                known.troubles = troubles
                self._stay_away(known, now, stay_away_s, str(entry.get("reason", "")))
            asks_for_delay_s = float(str(entry.get("asks_for_delay_s", 0.0)))
            robots_pause_s = seconds("robots_pause_until", asks_for_delay_s)
            if robots_pause_s > 0:
                known.asks_for_delay_s = asks_for_delay_s
                known.robots_pause_until = now + robots_pause_s
            known.may_ask_at = now + seconds("may_ask_at", max(self.delays_s.get(host, self.delay_s), MAX_SLOWED_DELAY_S))

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())

    @staticmethod
    def _stay_away(known: _Host, now: float, seconds: float, reason: str) -> None:
        if now + seconds > known.stay_away_until:
            known.stay_away_until = now + seconds
            known.stay_away_reason = reason


class HostBusyError(Exception):
    """The host wants to be left alone for longer than this fetch may wait. Never leaves `scraper.fetch`."""

    def __init__(self, wait: Wait) -> None:
        super().__init__(wait.reason)
        self.wait = wait


def place_of(host: str, groups: Mapping[str, str]) -> str:
    """The name of the host's group, else of the nearest domain above it that has one ("*.cities.example"), else its own."""
    if not groups:
        return host
    labels = host.split(".")
    above = ("*." + ".".join(labels[start:]) for start in range(1, len(labels)))
    return next((groups[key] for key in (host, *above) if key in groups), host)


@dataclass(slots=True)
class HostGate:
    """Lets one request at a time through to each host, when the ledger says so. First come, first served."""

    ledger: HostLedger
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    groups: Mapping[str, str] = field(
        default_factory=dict
    )  # host, or "*.domain" for all below it -> the name that it shares a place with
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    def name(self, host: str) -> str:
        """The ledger's name for a host."""
        return place_of(host, self.groups)

    @asynccontextmanager
    async def turn(self, host: str, *, patience_s: float) -> AsyncIterator[str]:
        """Wait for the host's turn and hold it; gives the ledger's name for the host.

        Raises HostBusyError at once where the host asked for a wait of more than `patience_s`. Whoever holds the turn tells the
        ledger how it went before giving it back.
        """
        name = self.name(host)
        lock = self._locks.setdefault(name, asyncio.Lock())
        if (wait := self.ledger.wait(name, self.monotonic())).asked_s > patience_s:
            raise HostBusyError(wait)
        async with lock:
            while (wait := self.ledger.wait(name, self.monotonic())).seconds > 0:
                if wait.asked_s > patience_s:
                    raise HostBusyError(wait)
                await self.sleep(wait.seconds)
            yield name

    @asynccontextmanager
    async def part_of_a_page(self, host: str) -> AsyncIterator[str]:
        """The host's turn for one of the files that a page consists of: one at a time like all others, but without a pause before it.

        Raises HostBusyError where the host wants to be left alone at all.
        """
        name = self.name(host)
        async with self._locks.setdefault(name, asyncio.Lock()):
            wait = self.ledger.wait(name, self.monotonic())
            if wait.stay_away_s > 0:
                raise HostBusyError(wait)
            yield name
