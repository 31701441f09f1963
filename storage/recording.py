"""Writing one look into an open transaction: bytes, circumstances, wordings, spans, and the look's own row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from scraper.cards import Card, Listing
from scraper.pages import FetchResult, Outcome
from scraper.urls import UrlRules
from storage.aliases import followed, remember, slug_rules_in_force
from storage.bodies import sha256_of, store_body
from storage.characters import has_unspaced, spaced
from storage.circumstances import find_or_add_circumstance, find_or_add_robots
from storage.history import Seen, Standing, decide
from storage.identity import Identity, identify
from storage.moments import from_text, to_text
from storage.names import FIRST_SLUG
from storage.wordings import Wording, content_hash

UNCHANGED = frozenset({Outcome.NOT_MODIFIED, Outcome.SAME_BYTES})
"""Good outcomes after which all that stood still stands: one row, no new wording, no span, no bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What one look came to, as it is in the archive now. The counts are 0 after a look that was not good."""

    outcome: Outcome
    cards: int = 0  # on the page
    new: int = 0  # articles that never stood on this page before
    reworded: int = 0  # cards with a changed field, boring changes included
    returned: int = 0  # articles that stood here before, but not at the last good look
    absent: int = 0  # articles that stood at the last good look and don't now
    moved: int = 0  # cards that passed another


class _Look(NamedTuple):
    page_id: int
    source: str
    first_slug: str  # what the source was called before it was renamed, if it was
    page_url: str
    seen_at: str


class LastLook(NamedTuple):
    """A page's last good look."""

    crawl_id: int
    seen_at: str
    card_count: int
    etag: str | None
    last_modified: str | None
    body_id: int | None
    body_sha256: str | None
    next_page_url: str | None


def last_good_look(db: sqlite3.Connection, page_id: int) -> LastLook | None:
    """What the next look at the page is compared with; None: no look at it was good yet."""
    row = db.execute(
        """
        SELECT crawl.id, seen_at, card_count, etag, last_modified, body_id, sha256, next_page_url
        FROM crawl LEFT JOIN body ON body.id = body_id LEFT JOIN circumstance ON circumstance.id = circumstance_id
        WHERE page_id = ? AND good ORDER BY seen_at DESC LIMIT 1
        """,
        (page_id,),
    ).fetchone()
    return LastLook(*row) if row else None


def record_look(
    db: sqlite3.Connection,
    crawl_id: int,
    *,
    result: FetchResult,
    listing: Listing | None,
    outcome: Outcome,
    detail: str,
    extractor_version: str,
    url_rules: UrlRules,
    stored_body: tuple[int, str] | None = None,
) -> Recorded:
    """Completes a look that was begun; see `Archive.finish_crawl`. Call inside a transaction.

    `stored_body`, id and sha256, is given where the page's bytes are in the archive already; then those of `result` don't count.
    """
    look = _look(db, crawl_id)
    last = last_good_look(db, look.page_id)
    if last is not None and last.crawl_id > crawl_id:
        outcome, detail = Outcome.INTERRUPTED, "overtaken: a later look at this page was recorded first"
    page = result.page
    body_id: int | None
    sha256 = stored_body[1] if stored_body is not None else sha256_of(page.body) if page is not None else None
    if outcome in {Outcome.OK, Outcome.EMPTY} and last is not None and sha256 is not None and sha256 == last.body_sha256:
        outcome = Outcome.SAME_BYTES
    if outcome in UNCHANGED:
        listing = None  # there was nothing to read anew
        if last is None:
            raise ValueError(f"look {crawl_id} can't be {outcome}: no look at {look.page_url} was good before")
        recorded = Recorded(outcome=outcome, cards=last.card_count)
        body_id = last.body_id
    else:
        if stored_body is not None:
            body_id = stored_body[0]
        elif page is not None:
            body_id = store_body(db, page.body, base_id=_base_for(db, look.page_id, outcome, last), sha256=sha256)
        else:
            body_id = None
        recorded = Recorded(outcome=outcome)
        if outcome.is_good:
            if listing is None:
                raise ValueError(f"look {crawl_id} is {outcome}, so it needs a listing")
            recorded = _record_cards(db, crawl_id, look, last, outcome, listing.cards, url_rules)
    confirmed = last if outcome is Outcome.NOT_MODIFIED else None
    db.execute(
        """
        UPDATE crawl SET outcome = :outcome, detail = :detail, card_count = :card_count, elapsed_ms = :elapsed_ms, attempts = :attempts,
          circumstance_id = :circumstance_id, robots_id = :robots_id, robots_age_s = :robots_age_s, body_id = :body_id,
          etag = :etag, last_modified = :last_modified
        WHERE id = :id
        """,
        {
            "id": crawl_id,
            "outcome": outcome,
            "detail": detail or None,
            "card_count": recorded.cards if outcome.is_good else None,
            "elapsed_ms": round(result.elapsed_s * 1000),
            "attempts": result.attempts,
            "circumstance_id": find_or_add_circumstance(
                db,
                result,
                listing,
                next_page_url=last.next_page_url if last is not None and outcome in UNCHANGED else None,
                extractor_version=extractor_version if listing is not None else None,
            ),
            "robots_id": find_or_add_robots(db, result.robots) if result.robots is not None else None,
            "robots_age_s": _robots_age_s(result),
            "body_id": body_id,
            "etag": confirmed.etag if confirmed else page.header("etag") if page else None,
            "last_modified": confirmed.last_modified if confirmed else page.header("last-modified") if page else None,
        },
    )
    return recorded


def _look(db: sqlite3.Connection, crawl_id: int) -> _Look:
    row = db.execute(
        f"""
        SELECT page.id, source.slug, {FIRST_SLUG}, page.url, crawl.seen_at
        FROM crawl JOIN page ON page.id = page_id JOIN source ON source.id = source_id WHERE crawl.id = ?
        """,
        (crawl_id,),
    ).fetchone()
    if row is None:
        raise ValueError(f"look {crawl_id} was never begun")
    return _Look(*row)


def place_in_time(db: sqlite3.Connection, page_id: int, clock: str) -> tuple[str, str | None]:
    """When a new look at the page counts as seen, and what the clock said where that is another moment; see `Archive.begin_crawl`."""
    (newest,) = db.execute("SELECT max(seen_at) FROM crawl WHERE page_id = ?", (page_id,)).fetchone()
    if newest is None or clock > newest:
        return clock, None
    return to_text(from_text(newest) + timedelta(seconds=1)), clock


def _base_for(db: sqlite3.Connection, page_id: int, outcome: Outcome, last: LastLook | None) -> int | None:
    """The body that a new one is packed against: a page's good bodies are one chain, in which its error pages have no part."""
    if outcome.is_good:
        return last.body_id if last is not None else None
    row = db.execute(
        "SELECT body_id FROM crawl WHERE page_id = ? AND body_id IS NOT NULL ORDER BY seen_at DESC LIMIT 1", (page_id,)
    ).fetchone()
    return int(row[0]) if row else None


def _robots_age_s(result: FetchResult) -> int | None:
    if result.robots is None or result.robots.fetched_at is None or result.started_at is None:
        return None
    return round((result.started_at - result.robots.fetched_at).total_seconds())


def _record_cards(
    db: sqlite3.Connection,
    crawl_id: int,
    look: _Look,
    last: LastLook | None,
    outcome: Outcome,
    cards: Sequence[Card],
    url_rules: UrlRules,
) -> Recorded:
    slug_rules = slug_rules_in_force(db, look.source)
    known: list[tuple[Card, Identity]] = []
    for card in cards:
        identity = identify(card, source=look.first_slug, page_url=look.page_url, rules=url_rules)
        if identity is not None:
            known.append((card, followed(db, slug_rules, identity, crawl_id) if slug_rules else identity))
    seen = [Seen(article=identity.key, wording=Wording.of_card(card)) for card, identity in known]
    standing, article_ids = _standing(db, look.page_id)
    decision = decide(standing, seen)
    if decision.closed:
        assert last is not None  # what stands was opened by a good look
        db.executemany(
            "UPDATE span SET last_crawl = ? WHERE page_id = ? AND first_crawl = ? AND slot = ?",
            [(last.crawl_id, look.page_id, span.first_crawl, span.slot) for span in decision.closed],
        )
    wordings = _Wordings(db, crawl_id)
    spans: list[tuple[int, int, float, int]] = []
    rewordings: list[tuple[int, int, int, int, str, int]] = []
    returned = 0
    for opening in decision.opened:
        card, identity = known[opening.card]
        article_id, is_new = article_ids.get(identity.key), False
        if article_id is None:
            article_id, is_new = _find_or_add_article(db, identity)
            article_ids[identity.key] = article_id
            remember(db, slug_rules, identity, article_id)
            returned += not is_new and _stood_on(db, look.page_id, article_id)
        revision_id = wordings.find_or_add(article_id, opening.wording, card, identity, article_is_new=is_new)
        spans.append((look.page_id, crawl_id, opening.slot, revision_id))
        if opening.replaces is not None:
            before = opening.replaces.revision_id
            rewordings += [
                (look.page_id, crawl_id, revision_id, before, change.field, int(change.boring)) for change in opening.changes
            ]
    wordings.index()
    db.executemany("INSERT INTO span (page_id, first_crawl, slot, revision_id) VALUES (?, ?, ?, ?)", spans)
    # OR IGNORE: an article that stands on the page twice may be reworded twice alike
    db.executemany(
        "INSERT OR IGNORE INTO rewording (page_id, crawl_id, after_revision, before_revision, field, boring) VALUES (?, ?, ?, ?, ?, ?)",
        rewordings,
    )
    return Recorded(
        outcome=outcome,
        cards=len(seen),
        new=len(decision.arrived) - returned,
        reworded=decision.reworded,
        returned=returned,
        absent=len(decision.absent),
        moved=decision.moved,
    )


def _standing(db: sqlite3.Connection, page_id: int) -> tuple[list[Standing], dict[str, int]]:
    """The spans that stand on the page, and the ids of their articles by key."""
    standing: list[Standing] = []
    article_ids: dict[str, int] = {}
    for key, article_id, slot, first_crawl, revision_id, *fields in db.execute(
        """
        SELECT coalesce(article.url, article.fallback), article.id, span.slot, span.first_crawl, span.revision_id, title, blurb, read_time_minutes, read_time_raw,
          published_on, published_raw, author, category, image_url
        FROM span JOIN revision ON revision.id = span.revision_id JOIN article ON article.id = revision.article_id
        WHERE span.page_id = ? AND span.last_crawl IS NULL
        """,
        (page_id,),
    ):
        standing.append(
            Standing(article=key, wording=Wording._make(fields), slot=slot, first_crawl=first_crawl, revision_id=revision_id)
        )
        article_ids[key] = article_id
    return standing, article_ids


def _find_or_add_article(db: sqlite3.Connection, identity: Identity) -> tuple[int, bool]:
    """The article's id, and whether it is new to the archive."""
    column = "fallback" if identity.url_rules is None else "url"
    cursor = db.execute(
        f"INSERT INTO article ({column}, url_rules) VALUES (?, ?) ON CONFLICT DO NOTHING", (identity.key, identity.url_rules)
    )
    if cursor.rowcount:
        return _new_id(cursor), True
    row = db.execute(f"SELECT id FROM article WHERE {column} = ?", (identity.key,)).fetchone()
    return int(row[0]), False


def _stood_on(db: sqlite3.Connection, page_id: int, article_id: int) -> bool:
    """Whether the article ever stood on the page."""
    row = db.execute(
        "SELECT 1 FROM revision JOIN span ON span.revision_id = revision.id WHERE article_id = ? AND page_id = ? LIMIT 1",
        (article_id, page_id),
    ).fetchone()
    return row is not None


class _Wordings:
    """The wordings that one look finds or brings, and what of them is still to be indexed."""

    def __init__(self, db: sqlite3.Connection, crawl_id: int) -> None:
        self._db = db
        self._crawl_id = crawl_id
        self._origins: dict[tuple[tuple[str, str], ...], int] = {}  # nearly all cards of a page are read alike
        self._added: list[tuple[int, str | None, str | None]] = []  # id, title, blurb

    def find_or_add(self, article_id: int, wording: Wording, card: Card, identity: Identity, *, article_is_new: bool) -> int:
        """The wording's id; a new article has none yet."""
        hash_ = content_hash(wording)
        if not article_is_new:
            row = self._db.execute("SELECT id FROM revision WHERE article_id = ? AND hash = ?", (article_id, hash_)).fetchone()
            if row is not None:
                return int(row[0])
        link = None if card.url == identity.key else card.url
        revision_id = _new_id(
            self._db.execute(
                """
                INSERT INTO revision (article_id, first_crawl, hash, title, blurb, read_time_minutes, read_time_raw, published_on,
                  published_raw, author, category, image_url, link, origin_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (article_id, self._crawl_id, hash_, *wording, link, self._origin_id(card)),
            )
        )
        self._added.append((revision_id, wording.title, wording.blurb))
        return revision_id

    def index(self) -> None:
        """Makes the added wordings findable by their words.

        One after the other with nothing between: whatever else is written in between may have FTS5 write what it has gathered so far.
        """
        self._db.executemany("INSERT INTO revision_fts (rowid, title, blurb) VALUES (?, ?, ?)", self._added)
        by_character = [row for row in self._added if has_unspaced(row[1]) or has_unspaced(row[2])]
        self._db.executemany(
            "INSERT INTO revision_characters (rowid, title, blurb) VALUES (?, ?, ?)",
            [(revision_id, spaced(title), spaced(blurb)) for revision_id, title, blurb in by_character],
        )

    def _origin_id(self, card: Card) -> int | None:
        if not card.origin:
            return None
        origin = tuple(card.origin.items())
        if origin not in self._origins:
            self._origins[origin] = _find_or_add_origin(self._db, card.origin)
        return self._origins[origin]


def _find_or_add_origin(db: sqlite3.Connection, origin: Mapping[str, str]) -> int:
    fields = json.dumps(dict(origin), ensure_ascii=False, sort_keys=True)
    row = db.execute("SELECT id FROM origin WHERE fields = ?", (fields,)).fetchone()
    return int(row[0]) if row else _new_id(db.execute("INSERT INTO origin (fields) VALUES (?)", (fields,)))


def _new_id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid
