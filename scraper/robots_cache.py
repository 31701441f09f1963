"""The robots.txt files we hold, one per origin: how long each is good for, and what holds while one can't be had. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scraper.pages import Outcome, RobotsDecision
from scraper.robots import RobotsRules, rules_from_answer

GOOD_FOR = timedelta(hours=24)  # RFC 9309, 2.4
ASK_AGAIN_AFTER = timedelta(minutes=10)  # where it could not be had: not for each page of a run
GIVE_UP_AFTER = timedelta(days=30)  # RFC 9309, 2.3.1.4: "a reasonably long period of time (for example, 30 days)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsAnswer:
    """How asking for /robots.txt ended."""

    status: int | None  # None: no answer
    body: bytes  # at most what `scraper.robots` reads of it
    detail: str  # in words, what went wrong; "" where an answer came
    failed_as: Outcome | None = None  # how the request ended where no answer came
    _parsed: dict[str, RobotsRules] = field(default_factory=dict, compare=False, repr=False)

    def rules(self, token: str) -> RobotsRules:
        """The rules that it amounts to, read once a token."""
        if token not in self._parsed:
            self._parsed[token] = rules_from_answer(self.status, self.body, token=token)
        return self._parsed[token]

    asked_at: datetime  # aware UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRobots:
    """What is known about one origin's robots.txt."""

    url: str
    answer: RobotsAnswer  # the last one
    copy: RobotsAnswer | None  # the last one that was a file, or said that there is none; None: never yet
    unreachable_since: datetime | None  # of an unbroken row of answers that were neither; None: the last was one

    def is_good(self, now: datetime) -> bool:
        """Whether it need not be asked for again. A clock that was ahead when it was asked for keeps it for no longer than that twice."""
        return abs(now - self.answer.asked_at) < (GOOD_FOR if self.unreachable_since is None else ASK_AGAIN_AFTER)

    def rules(self, token: str, now: datetime) -> RobotsRules:
        """What holds at `now`. A file unreachable for 30 days counts as its last copy, or as none."""
        if self.unreachable_since is None or now - self.unreachable_since < GIVE_UP_AFTER:
            return self.answer.rules(token)
        if self.copy is not None:
            return self.copy.rules(token)
        return RobotsRules(status_reason="robots.txt was unreachable for 30 days: taken as none", allow_all=True)

    def decide(self, url: str, rules: RobotsRules) -> RobotsDecision:
        """The decision on one URL with the evidence that it rests on. `rules` is what `rules()` gave."""
        verdict = rules.decide(url)
        reason = verdict.reason
        if rules.disallow_all and self.answer.detail:
            reason = f"{reason} ({self.answer.detail})"
        return RobotsDecision(
            allowed=verdict.allowed,
            reason=reason,
            robots_url=self.url,
            status=self.answer.status,
            body=self.answer.body if self.answer.status is not None and 200 <= self.answer.status < 300 else None,
            fetched_at=self.answer.asked_at,
            crawl_delay_s=rules.crawl_delay_s,
            sitemaps=rules.sitemaps,
        )


@dataclass(slots=True)
class RobotsCache:
    """Files by origin ("https://city.example"). Hand `snapshot()` to the next run's `restore()`."""

    _held: dict[str, HeldRobots] = field(default_factory=dict)

    def get(self, origin: str, now: datetime) -> HeldRobots | None:
        """What is held and still good; None where the file must be asked for."""
        held = self._held.get(origin)
        return held if held is not None and held.is_good(now) else None

    def put(self, origin: str, url: str, answer: RobotsAnswer) -> HeldRobots:
        """Take in an answer; gives what is now held."""
        before = self._held.get(origin)
        reached = answer.status is not None and answer.status < 500 and answer.status != 429
        if reached:
            held = HeldRobots(url=url, answer=answer, copy=answer, unreachable_since=None)
        else:
            since = answer.asked_at
            if before is not None and before.unreachable_since is not None:
                since = min(since, before.unreachable_since)
            held = HeldRobots(url=url, answer=answer, copy=None if before is None else before.copy, unreachable_since=since)
        self._held[origin] = held
        return held

    def snapshot(self) -> dict[str, dict[str, object]]:
        """Everything held, as plain data fit for JSON."""
        return {
            origin: {
                "url": held.url,
                "answer": _answer_to_data(held.answer),
                "copy": None if held.copy is None or held.copy is held.answer else _answer_to_data(held.copy),
                "unreachable_since": None if held.unreachable_since is None else held.unreachable_since.isoformat(),
            }
            for origin, held in sorted(self._held.items())
        }

    def restore(self, state: Mapping[str, Mapping[str, object]]) -> None:
        """Take up what an earlier `snapshot` gave. Raises ValueError or KeyError for what is no such thing."""
        for origin, entry in state.items():
            answer = _answer_from_data(entry["answer"])
            since = entry["unreachable_since"]
            copy = entry["copy"]
            self._held[origin] = HeldRobots(
                url=str(entry["url"]),
                answer=answer,
                copy=_answer_from_data(copy) if copy is not None else answer if since is None else None,
                unreachable_since=None if since is None else datetime.fromisoformat(str(since)),
            )


def _answer_to_data(answer: RobotsAnswer) -> dict[str, object]:
    return {
        "status": answer.status,
        "body": base64.b64encode(answer.body).decode("ascii"),
        "detail": answer.detail,
        "failed_as": answer.failed_as,
        "asked_at": answer.asked_at.isoformat(),
    }


def _answer_from_data(data: object) -> RobotsAnswer:
    if not isinstance(data, Mapping):
        raise ValueError(f"not a stored robots.txt: {data!r}")  # noqa: TRY004 - bad data, not a caller's mistake
    status, failed_as = data["status"], data["failed_as"]
    return RobotsAnswer(
        status=None if status is None else int(str(status)),
        body=base64.b64decode(str(data["body"])),
        detail=str(data["detail"]),
        failed_as=None if failed_as is None else Outcome(str(failed_as)),
        asked_at=datetime.fromisoformat(str(data["asked_at"])),
    )
