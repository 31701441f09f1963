"""How a page was answered and what robots.txt said: facts that are the same from night to night, so kept once."""

from __future__ import annotations

import hashlib
import json
import sqlite3

from scraper.cards import Listing
from scraper.pages import FetchResult, Outcome, RobotsDecision
from storage.bodies import store_body

HTTP_NOT_MODIFIED = 304


def find_or_add_circumstance(
    db: sqlite3.Connection,
    result: FetchResult,
    listing: Listing | None,
    *,
    next_page_url: str | None,
    extractor_version: str | None,
) -> int:
    """The row of `circumstance` that says this. `next_page_url` is what is known of it where no listing was read anew."""
    page = result.page
    status = page.status if page is not None else HTTP_NOT_MODIFIED if result.outcome is Outcome.NOT_MODIFIED else None
    # Named only where there is something to say: so the rows of before these columns are found again.
    rarely = {
        "opt_outs": [[said.source, said.value, int(said.forbids)] for said in result.opt_outs],
        "attempt_log": list(result.attempt_log) if len(result.attempt_log) > 1 else [],
    }
    redirects = [[hop.url, hop.status, hop.location] for hop in page.redirects] if page is not None else []
    return _find_or_add(
        db,
        "circumstance",
        {
            "http_status": status,
            "final_url": page.final_url if page is not None else None,
            "redirects": json.dumps(redirects, ensure_ascii=False) if redirects else None,
            "content_type": page.header("content-type") if page is not None else None,
            "charset": listing.charset if listing is not None else None,
            "charset_source": listing.charset_source if listing is not None else None,
            "next_page_url": listing.next_page_url if listing is not None else next_page_url,
            "extractor_version": extractor_version,
            **{name: json.dumps(said, ensure_ascii=False) for name, said in rarely.items() if said},
            **({"rendered": 1} if page is not None and page.rendered else {}),
        },
    )


def find_or_add_robots(db: sqlite3.Connection, decision: RobotsDecision) -> int:
    """The row of `robots` that says this, with the file that it rests on."""
    return _find_or_add(
        db,
        "robots",
        {
            "robots_url": decision.robots_url,
            "allowed": int(decision.allowed),
            "reason": decision.reason,
            "http_status": decision.status,
            "crawl_delay_s": decision.crawl_delay_s,
            "body_id": store_body(db, decision.body) if decision.body is not None else None,
        },
    )


def _find_or_add(db: sqlite3.Connection, table: str, facts: dict[str, str | float | None]) -> int:
    digest = hashlib.blake2b(json.dumps(facts, sort_keys=True).encode("ascii"), digest_size=8).digest()
    fingerprint = int.from_bytes(digest, "big", signed=True)
    row = db.execute(f"SELECT id FROM {table} WHERE fingerprint = ?", (fingerprint,)).fetchone()
    if row is not None:
        return int(row[0])
    columns = {"fingerprint": fingerprint, **facts}
    cursor = db.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)})", columns
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid
