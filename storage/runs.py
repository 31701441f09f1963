"""The runs themselves: when the program woke, and what came of it. Each function reads only; call it inside a snapshot."""

from __future__ import annotations

import sqlite3
from typing import Any

from storage.moments import from_text

Row = dict[str, Any]

_RUNS = """
SELECT id AS run_id, started_at, finished_at, command, version, config_sha256, exit_code FROM run ORDER BY id DESC LIMIT :limit
"""

# Looks are looked through once for all runs: their rows are few beside what they saw.
_LOOKS = """
SELECT run_id, outcome, count(*), coalesce(sum(good), 0), coalesce(sum(card_count), 0)
FROM crawl WHERE run_id IN (SELECT id FROM run ORDER BY id DESC LIMIT :limit)
GROUP BY run_id, outcome ORDER BY run_id, count(*) DESC, outcome
"""

# What stood on a page at its first good look is as new as anything to the archive, and to nobody else: it isn't counted.
_NEW = """
WITH looked AS MATERIALIZED (
  SELECT crawl.run_id, crawl.page_id, crawl.id AS crawl_id
  FROM crawl
  WHERE crawl.run_id IN (SELECT id FROM run ORDER BY id DESC LIMIT :limit) AND crawl.good
    AND EXISTS (SELECT 1 FROM crawl AS before WHERE before.page_id = crawl.page_id AND before.seen_at < crawl.seen_at AND before.good)
), opened AS MATERIALIZED (
  SELECT DISTINCT looked.run_id, looked.page_id, looked.crawl_id, revision.article_id
  FROM looked
  CROSS JOIN span ON span.page_id = looked.page_id AND span.first_crawl = looked.crawl_id
  CROSS JOIN revision ON revision.id = span.revision_id
)
SELECT run_id, count(*)
FROM opened
WHERE NOT EXISTS (
  SELECT 1 FROM revision AS same CROSS JOIN span AS past ON past.revision_id = same.id
  WHERE same.article_id = opened.article_id AND +past.page_id = opened.page_id AND +past.first_crawl < opened.crawl_id)
GROUP BY run_id
"""


def newest_runs(db: sqlite3.Connection, *, limit: int) -> list[Row]:
    """See `Reader.runs`."""
    outcomes: dict[int, dict[str, int]] = {}
    counted: dict[int, tuple[int, int, int]] = {}
    for run_id, outcome, looks, good, cards in db.execute(_LOOKS, {"limit": limit}):
        outcomes.setdefault(run_id, {})[outcome or "under_way"] = looks
        before = counted.get(run_id, (0, 0, 0))
        counted[run_id] = (before[0] + looks, before[1] + good, before[2] + cards)
    new = dict(db.execute(_NEW, {"limit": limit}).fetchall())
    cursor = db.execute(_RUNS, {"limit": limit})
    names = [column[0] for column in cursor.description]
    found: list[Row] = []
    for values in cursor:
        run = dict(zip(names, values, strict=True))
        looks, good, cards = counted.get(run["run_id"], (0, 0, 0))
        finished_at = run["finished_at"]
        found.append(
            {
                **run,
                "duration_s": _seconds_between(run["started_at"], finished_at) if finished_at is not None else None,
                "looks": looks,
                "good_looks": good,
                "outcomes": outcomes.get(run["run_id"], {}),
                "cards": cards,
                "new_cards": new.get(run["run_id"], 0),
            }
        )
    return found


def _seconds_between(start: str, end: str) -> int:
    """Negative where the clock was set back between."""
    return int((from_text(end) - from_text(start)).total_seconds())
