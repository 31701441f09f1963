"""The looks of an archive, one after the other, with the pages that they rest on: what a rebuild goes through."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

from scraper.pages import FetchRequest, FetchResult, OptOut, Outcome, Page, Redirect, RobotsDecision
from storage.bodies import load_body
from storage.moments import from_text

FROM_CONTENT = frozenset(
    {
        Outcome.OK,
        Outcome.SAME_BYTES,
        Outcome.NOT_MODIFIED,
        Outcome.EMPTY,
        Outcome.NOTHING_FOUND,
        Outcome.DRIFTED,
        Outcome.WALL,
        Outcome.NEEDS_JAVASCRIPT,
        Outcome.NOT_A_LISTING,
        Outcome.NOT_HTML,
        Outcome.TOO_DEEP,
        Outcome.FAILED,
    }
)
"""Outcomes that were judged from the page's bytes, so that today's extractor may judge otherwise. The others are facts of that night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLook:
    """A finished look as the archive has it."""

    crawl_id: int
    run_id: int
    page_id: int
    source: str
    page_url: str
    seen_at: str
    clock_at: str | None
    outcome: Outcome
    detail: str
    elapsed_ms: int
    attempts: int
    robots_id: int | None
    robots_age_s: int | None
    body_id: int | None
    body_sha256: str | None
    etag: str | None
    last_modified: str | None
    http_status: int | None
    final_url: str | None
    redirects: str | None
    content_type: str | None
    extractor_version: str | None
    opt_outs: str | None
    attempt_log: str | None
    rendered: int | None

    @property
    def place(self) -> Place:
        """Where it stands in the order of the clock."""
        return Place(self.clock_at or self.seen_at, self.crawl_id)

    @property
    def stored_body(self) -> tuple[int, str] | None:
        """Id and sha256, for those who need no bytes."""
        return (self.body_id, self.body_sha256) if self.body_id is not None and self.body_sha256 is not None else None

    @property
    def can_be_reread(self) -> bool:
        """Whether its outcome was judged from bytes that were kept, at least at first."""
        return self.outcome in FROM_CONTENT and self.body_id is not None

    def page(self, body: bytes) -> Page:
        """The page as it was fetched."""
        headers = {"content-type": self.content_type, "etag": self.etag, "last-modified": self.last_modified}
        return Page(
            url=self.page_url,
            final_url=self.final_url or self.page_url,
            body=body,
            fetched_at=from_text(self.place.clock) + timedelta(milliseconds=self.elapsed_ms),
            status=self.http_status,
            headers=tuple((name, value) for name, value in headers.items() if value is not None),
            redirects=tuple(
                Redirect(url=url, status=status, location=to) for url, status, to in json.loads(self.redirects or "[]")
            ),
            rendered=bool(self.rendered),
        )

    def result(self, robots: RobotsDecision | None) -> FetchResult:
        """The fetch, as far as the archive knows it. The page is there for its facts and has no bytes."""
        started_at = from_text(self.place.clock)
        if robots is not None and self.robots_age_s is not None:
            robots = replace(robots, fetched_at=started_at - timedelta(seconds=self.robots_age_s))
        answered = self.http_status is not None and self.outcome is not Outcome.NOT_MODIFIED
        return FetchResult(
            outcome=self.outcome,
            detail=self.detail,
            request=FetchRequest(url=self.page_url),
            page=self.page(b"") if answered else None,
            robots=robots,
            attempts=self.attempts,
            attempt_log=tuple(json.loads(self.attempt_log or "[]")),
            opt_outs=tuple(
                OptOut(source=source, value=value, forbids=bool(forbids))
                for source, value, forbids in json.loads(self.opt_outs or "[]")
            ),
            started_at=started_at,
            elapsed_s=self.elapsed_ms / 1000,
        )


class Place(NamedTuple):
    """Where a look stands in the order of the clock; as recorded, only its number counts."""

    clock: str
    crawl_id: int


BEFORE_ALL = Place("", 0)

_LOOKS = """
SELECT crawl.id AS crawl_id, run_id, page_id, slug AS source, page.url AS page_url, seen_at, clock_at, outcome, coalesce(detail, '') AS detail,
  coalesce(elapsed_ms, 0) AS elapsed_ms, coalesce(attempts, 0) AS attempts, robots_id, robots_age_s, body_id, sha256 AS body_sha256,
  etag, last_modified, http_status, final_url, redirects, content_type, extractor_version, {columns}
FROM crawl JOIN page ON page.id = page_id JOIN source ON source.id = source_id
LEFT JOIN body ON body.id = body_id LEFT JOIN circumstance ON circumstance.id = circumstance_id
WHERE outcome IS NOT NULL AND {condition}
ORDER BY {order}
"""
_SINCE_VERSION_3 = ("opt_outs", "attempt_log", "rendered")
_AFTER = {False: "crawl.id > :crawl_id", True: "(coalesce(clock_at, seen_at), crawl.id) > (:clock, :crawl_id)"}
_ORDER = {False: "crawl.id", True: "coalesce(clock_at, seen_at), crawl.id"}


def iter_looks(db: sqlite3.Connection, *, after: Place, overdue: Collection[int] = (), by_clock: bool) -> Iterator[StoredLook]:
    """The finished looks: those numbered in `overdue`, then all after a place. In the order in which they were begun, or in
    that of the clock, for looks that came in out of order as imports do."""
    there = {row[1] for row in db.execute("PRAGMA table_info(circumstance)")}  # an older archive is read as it is
    columns = ", ".join(name if name in there else f"NULL AS {name}" for name in _SINCE_VERSION_3)
    late = "crawl.id IN (SELECT value FROM json_each(:overdue))"
    for condition in (late, _AFTER[by_clock]) if overdue else (_AFTER[by_clock],):
        cursor = db.execute(
            _LOOKS.format(columns=columns, condition=condition, order=_ORDER[by_clock]),
            {**after._asdict(), "overdue": json.dumps(list(overdue))},
        )
        names = [column[0] for column in cursor.description]
        for row in cursor:
            fields: dict[str, Any] = dict(zip(names, row, strict=True))
            yield StoredLook(**{**fields, "outcome": Outcome(fields["outcome"])})


def count_looks(db: sqlite3.Connection, *, until: Place | None = None, by_clock: bool) -> int:
    """How many finished looks there are, all of them or those up to a place."""
    condition = "TRUE" if until is None else f"NOT ({_AFTER[by_clock]})"
    (count,) = db.execute(
        f"SELECT count(*) FROM crawl WHERE outcome IS NOT NULL AND {condition}", (until or BEFORE_ALL)._asdict()
    ).fetchone()
    return int(count)


def looks_under_way(db: sqlite3.Connection) -> set[int]:
    """The numbers of the looks that were begun and have no outcome yet."""
    return {row[0] for row in db.execute("SELECT id FROM crawl WHERE outcome IS NULL")}


def load_robots(db: sqlite3.Connection, robots_id: int) -> RobotsDecision:
    """What robots.txt said, but for when it was fetched."""
    url, allowed, reason, status, delay, body_id = db.execute(
        "SELECT robots_url, allowed, reason, http_status, crawl_delay_s, body_id FROM robots WHERE id = ?", (robots_id,)
    ).fetchone()
    body = load_body(db, body_id) if body_id is not None else None
    return RobotsDecision(allowed=bool(allowed), reason=reason, robots_url=url, status=status, body=body, crawl_delay_s=delay)
