"""Deriving an archive's cards again from its stored pages, with a better extractor or better rules, without the network.

Captures are the truth, cards are derived. A rebuild never touches the archive it reads: it makes a new file in which the same looks rest on the
same bytes, and `storage.differences` says, card by card, what the two derivations make of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from scraper.cards import Listing, Verdict
from scraper.errors import ArchiveError, BodyDamagedError
from scraper.pages import FetchRequest, FetchResult, Outcome, Page, Redirect, RobotsDecision
from scraper.urls import DEFAULT_URL_RULES, UrlRules
from storage.archive import create_archive
from storage.bodies import load_body
from storage.connections import translated_errors
from storage.differences import cards_of_look
from storage.moments import from_text
from storage.reader import Reader, open_reader
from storage.recording import last_good_look, place_in_time, record_look

LOOKS_AT_ONCE = 400
"""One transaction, and what a kill costs. Part of the derivation: what is known of a page is handed on from one such part to the next."""

Known = tuple[tuple[str | None, str | None], ...]
"""(URL as linked, title) of the cards that stood on the page at its last good look."""


class Reading(NamedTuple):
    """What a stored page amounts to, read anew."""

    outcome: Outcome
    detail: str
    listing: Listing | None  # needed with a good outcome


Read = Callable[[Page, Known], Reading]
"""How a page is read today. Has to be picklable for an executor of processes."""

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
class Rebuilt:
    """What a rebuild did."""

    looks: int  # in the new archive, all of them
    read: int  # pages read anew
    kept: int  # good looks whose bytes are pruned or damaged: they keep the cards of the old derivation


@dataclass(frozen=True, slots=True, kw_only=True)
class _OldLook:
    """A look as the old archive has it."""

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

    @property
    def stored_body(self) -> tuple[int, str] | None:
        """Id and sha256, for those who need no bytes."""
        return (self.body_id, self.body_sha256) if self.body_id is not None and self.body_sha256 is not None else None

    def page(self, body: bytes) -> Page:
        """The page as it was fetched."""
        headers = {"content-type": self.content_type, "etag": self.etag, "last-modified": self.last_modified}
        return Page(
            url=self.page_url,
            final_url=self.final_url or self.page_url,
            body=body,
            fetched_at=from_text(self.seen_at) + timedelta(milliseconds=self.elapsed_ms),
            status=self.http_status,
            headers=tuple((name, value) for name, value in headers.items() if value is not None),
            redirects=tuple(
                Redirect(url=url, status=status, location=to) for url, status, to in json.loads(self.redirects or "[]")
            ),
        )


_LOOKS = """
SELECT crawl.id AS crawl_id, run_id, page_id, slug AS source, page.url AS page_url, seen_at, clock_at, outcome, coalesce(detail, '') AS detail,
  coalesce(elapsed_ms, 0) AS elapsed_ms, coalesce(attempts, 0) AS attempts, robots_id, robots_age_s, body_id, sha256 AS body_sha256,
  etag, last_modified, http_status, final_url, redirects, content_type, extractor_version
FROM crawl JOIN page ON page.id = page_id JOIN source ON source.id = source_id
LEFT JOIN body ON body.id = body_id LEFT JOIN circumstance ON circumstance.id = circumstance_id
WHERE outcome IS NOT NULL
ORDER BY {order} LIMIT -1 OFFSET :done
"""
_AS_RECORDED = "crawl.id"
_BY_CLOCK = "coalesce(clock_at, seen_at), crawl.id"  # for looks that came in out of order, as imports do


def rebuild(
    path: Path | str,
    target: Path | str,
    *,
    read: Read,
    extractor_version: str,
    now: datetime,
    url_rules: Callable[[str], UrlRules] = lambda source: DEFAULT_URL_RULES,
    by_clock: bool = False,
    executor: Executor | None = None,
    on_looks: Callable[[int, int], None] = lambda done, total: None,
) -> Rebuilt:
    """Makes `target`, an archive of the same looks at the same bytes, with cards as `read` finds them today.

    A rebuild that was killed leaves `target` with ".part" after its name, and goes on there when it is called again with the same
    arguments. `url_rules` gives a source's own rules by its slug. `by_clock` puts the looks in the order of what the clock said. With an
    executor, pages are read in parallel; the result is the same. Raises ArchiveError when `target` is there already.
    """
    source, final = Path(path), Path(target)
    if final.exists():
        raise ArchiveError(f"{final}: is there already and was left alone; name another file")
    part = final.with_name(final.name + ".part")
    settings = {"source": str(source.absolute()), "extractor_version": extractor_version, "by_clock": by_clock}
    done = read_anew = kept = 0
    with open_reader(source) as old, create_archive(part) as new:
        begun = new.load_memory("rebuild")
        if begun is None:
            _copy_what_is_not_derived(new.connection, source)
            new.save_memory("rebuild", {"settings": settings, "done": 0, "read": 0, "kept": 0}, saved_at=now)
        elif not isinstance(begun, dict) or begun.get("settings") != settings:
            raise ArchiveError(f"{part}: is the beginning of another rebuild; remove it first, or finish that one")
        else:
            done, read_anew, kept = begun["done"], begun["read"], begun["kept"]
        with old.snapshot():
            (total,) = old.connection.execute("SELECT count(*) FROM crawl WHERE outcome IS NOT NULL").fetchone()
            looks = _old_looks(old.connection, by_clock=by_clock, done=done)
            while batch := list(islice(looks, LOOKS_AT_ONCE)):
                readings = _read_batch(old, new.connection, batch, read, executor)
                with new.transaction() as db:
                    for look in batch:
                        reading = readings.get(look.crawl_id)
                        done += 1
                        crawl_id = done if by_clock else look.crawl_id
                        _begin(db, look, crawl_id, by_clock=by_clock)
                        if reading is not None:
                            read_anew += 1
                            _record(db, old, look, crawl_id, reading, extractor_version, url_rules(look.source))
                        else:
                            kept += _record_as_it_was(db, old, look, crawl_id, url_rules(look.source))
                    progress = {"settings": settings, "done": done, "read": read_anew, "kept": kept}
                    db.execute("UPDATE memory SET content = ? WHERE name = 'rebuild'", (json.dumps(progress),))
                on_looks(done, total)
        with new.transaction() as db:
            db.execute("DELETE FROM memory WHERE name = 'rebuild'")
        new.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    part.replace(final)
    for beside in ("-wal", "-shm"):
        part.with_name(part.name + beside).unlink(missing_ok=True)
    return Rebuilt(looks=done, read=read_anew, kept=kept)


COPIED = ("source", "page", "run", "body", "robots", "memory", "slug_rule")


def _copy_what_is_not_derived(db: sqlite3.Connection, source: Path) -> None:
    with translated_errors(source):
        db.execute("ATTACH ? AS old", (f"file:{quote(str(source.absolute()))}?mode=ro",))
        try:
            db.execute("BEGIN IMMEDIATE")
            there = {name for (name,) in db.execute("SELECT name FROM old.sqlite_master WHERE type = 'table'")}
            for table in COPIED:
                if table not in there:  # the old archive is of an older version
                    continue
                columns = ", ".join(row[1] for row in db.execute(f"PRAGMA old.table_info({table})"))
                db.execute(f"INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM old.{table} ORDER BY 1")
            db.execute("DELETE FROM memory WHERE name = 'same_article'")  # articles are numbered anew
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        finally:
            db.execute("DETACH old")


def _old_looks(db: sqlite3.Connection, *, by_clock: bool, done: int) -> Iterator[_OldLook]:
    cursor = db.execute(_LOOKS.format(order=_BY_CLOCK if by_clock else _AS_RECORDED), {"done": done})
    names = [column[0] for column in cursor.description]
    for row in cursor:
        fields = dict(zip(names, row, strict=True))
        yield _OldLook(**{**fields, "outcome": Outcome(fields["outcome"])})


def _read_batch(
    old: Reader, new: sqlite3.Connection, batch: Sequence[_OldLook], read: Read, executor: Executor | None
) -> Mapping[int, Reading]:
    """The readings of the batch's looks by their old ids; looks that can't or needn't be read anew have none."""
    by_page: dict[int, list[_OldLook]] = {}
    for look in batch:
        if look.outcome in FROM_CONTENT and look.body_id is not None:
            by_page.setdefault(look.page_id, []).append(look)
    tasks = []
    for page_id, looks in by_page.items():
        last = last_good_look(new, page_id)
        tasks.append(_Task(looks, _standing(new, page_id), last.body_sha256 if last else None, read))
    readings: dict[int, Reading] = {}
    if executor is None:
        parts: Iterable[dict[int, Reading]] = (_read_page(old.connection, task) for task in tasks)
    else:
        parts = executor.map(partial(_read_in_a_process, str(old.path)), tasks)
    for part in parts:
        readings |= part
    return readings


def _standing(db: sqlite3.Connection, page_id: int) -> Known:
    return tuple(
        db.execute(
            """
            SELECT coalesce(link, url), title FROM span JOIN revision ON revision.id = revision_id JOIN article ON article.id = article_id
            WHERE page_id = ? AND last_crawl IS NULL ORDER BY slot
            """,
            (page_id,),
        )
    )


@cache
def _reader_of_this_process(path: str) -> Reader:
    return open_reader(path)  # closed when the process that an executor made ends


class _Task(NamedTuple):
    """One page's looks of a batch, in order."""

    looks: Sequence[_OldLook]
    known: Known  # before the first of them
    last_sha256: str | None  # of the bytes of the last good look before
    read: Read


def _read_in_a_process(path: str, task: _Task) -> dict[int, Reading]:
    return _read_page(_reader_of_this_process(path).connection, task)


def _read_page(db: sqlite3.Connection, task: _Task) -> dict[int, Reading]:
    """The readings of one page, night after night. Bytes that the last good look had already are not read again."""
    looks, known, last_sha256, read = task
    readings: dict[int, Reading] = {}
    bodies: dict[int, bytes] = {}
    for look in looks:
        assert look.body_id is not None
        if look.body_sha256 == last_sha256:
            unchanged = Outcome.NOT_MODIFIED if look.outcome is Outcome.NOT_MODIFIED else Outcome.SAME_BYTES
            readings[look.crawl_id] = Reading(unchanged, "", None)
            continue
        try:
            body = bodies.get(look.body_id) or load_body(db, look.body_id, bodies)
        except BodyDamagedError:
            last_sha256 = None
            continue
        bodies = {look.body_id: body}  # what the next night is packed against
        reading = readings[look.crawl_id] = read(look.page(body), known)
        if reading.outcome.is_good and reading.listing is not None:
            known = tuple((card.url, card.title) for card in reading.listing.cards)
            last_sha256 = look.body_sha256
    return readings


def _record(
    db: sqlite3.Connection, old: Reader, look: _OldLook, crawl_id: int, reading: Reading, extractor_version: str, rules: UrlRules
) -> None:
    record_look(
        db,
        crawl_id,
        result=_result(old, look),
        listing=reading.listing,
        outcome=reading.outcome,
        detail=reading.detail,
        extractor_version=extractor_version,
        url_rules=rules,
        stored_body=look.stored_body,
    )


def _record_as_it_was(db: sqlite3.Connection, old: Reader, look: _OldLook, crawl_id: int, rules: UrlRules) -> bool:
    """Records a look whose bytes say nothing or are gone; True where the old derivation's cards had to be taken over."""
    outcome, listing = look.outcome, None
    if outcome is Outcome.INTERRUPTED:  # nothing else is known of it
        db.execute(
            "UPDATE crawl SET outcome = ?, detail = ?, body_id = ? WHERE id = ?", (outcome, look.detail, look.body_id, crawl_id)
        )
        return False
    if outcome.is_good:
        cards = cards_of_look(old.connection, look.crawl_id)
        outcome = Outcome.OK if cards else Outcome.EMPTY
        listing = Listing(cards=cards, verdict=Verdict.LISTING if cards else Verdict.EMPTY, reason="as derived before")
    record_look(
        db,
        crawl_id,
        result=_result(old, look),
        listing=listing,
        outcome=outcome,
        detail=look.detail,
        extractor_version=look.extractor_version or "unknown",
        url_rules=rules,
        stored_body=look.stored_body,
    )
    return look.outcome.is_good


def _begin(db: sqlite3.Connection, look: _OldLook, crawl_id: int, *, by_clock: bool) -> None:
    seen_at, clock_at = look.seen_at, look.clock_at
    if by_clock:
        seen_at, clock_at = place_in_time(db, look.page_id, look.clock_at or look.seen_at)
    db.execute(
        "INSERT INTO crawl (id, run_id, page_id, seen_at, clock_at) VALUES (?, ?, ?, ?, ?)",
        (crawl_id, look.run_id, look.page_id, seen_at, clock_at),
    )


def _result(old: Reader, look: _OldLook) -> FetchResult:
    """The fetch, as far as the archive knows it. The page is there for its facts; its bytes are in the new archive already."""
    started_at = from_text(look.seen_at)
    robots = _robots(old.connection, look.robots_id) if look.robots_id is not None else None
    if robots is not None and look.robots_age_s is not None:
        robots = replace(robots, fetched_at=started_at - timedelta(seconds=look.robots_age_s))
    answered = look.http_status is not None and look.outcome is not Outcome.NOT_MODIFIED
    return FetchResult(
        outcome=look.outcome,
        detail=look.detail,
        request=FetchRequest(url=look.page_url),
        page=look.page(b"") if answered else None,
        robots=robots,
        attempts=look.attempts,
        started_at=started_at,
        elapsed_s=look.elapsed_ms / 1000,
    )


def _robots(db: sqlite3.Connection, robots_id: int) -> RobotsDecision:
    url, allowed, reason, status, delay, body_id = db.execute(
        "SELECT robots_url, allowed, reason, http_status, crawl_delay_s, body_id FROM robots WHERE id = ?", (robots_id,)
    ).fetchone()
    body = load_body(db, body_id) if body_id is not None else None
    return RobotsDecision(allowed=bool(allowed), reason=reason, robots_url=url, status=status, body=body, crawl_delay_s=delay)
