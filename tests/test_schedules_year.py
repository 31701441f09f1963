"""A year of nights in the life of the service: what the archive tells is what stood on the pages, and no night is told that nobody saw.

`living.py` lives it: 50 outlets, 365 nights, six time zones with their clock changes, nights without the machine, a run killed every tenth
night, outages, walls, redesigns. See `made_up_year.py` for the outlets, where their truth comes from.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from living import NOON_BEFORE, ZONES, is_killed, is_late, is_off, stays_dead
from made_up_year import Outlet, Story, Year, link

NIGHTS, OUTLETS = 365, 50
MORNING_BY_THEN = {"Australia/Sydney", "Asia/Kolkata"}  # when a machine that is late comes back, at half past two UTC
HEARD_WITHIN = 50  # nights; a trouble that nobody was told of by then goes unheard
TRUE_OUTCOME = {"down": {"unreachable"}, "challenge": {"blocked"}, "error": {"http_error"}}

pytestmark = pytest.mark.slow


class Lived(NamedTuple):
    """A year that was lived through."""

    year: Year
    db: sqlite3.Connection
    told: dict[str, Any]  # what living.py says of it


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    folder = tmp_path_factory.mktemp("year")
    program = Path(__file__).with_name("living.py")
    done = subprocess.run(
        [sys.executable, str(program), str(folder), str(NIGHTS), str(OUTLETS)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    db = sqlite3.connect(f"file:{folder / 'archive.db'}?mode=ro", uri=True)
    return Lived(Year(nights=NIGHTS, outlets=OUTLETS), db, json.loads(done.stdout))


def night_of(seen_at: str) -> int:
    """The night that a look belongs to: from noon to noon, UTC."""
    return (datetime.fromisoformat(seen_at).astimezone(UTC) - NOON_BEFORE).days


def outlets(year: Year) -> dict[str, Outlet]:
    return {outlet.slug: outlet for outlet in year.outlets}


def true_outcomes(outlet: Outlet, night: int) -> set[str]:
    trouble = outlet.trouble(night, *TRUE_OUTCOME)
    return TRUE_OUTCOME[trouble.kind] if trouble else {"ok", "same_bytes"}


def was_missed(outlet: Outlet, night: int) -> bool:
    """Whether the machine came back only when the outlet's window was over."""
    return is_late(night) and ZONES[outlet.number % len(ZONES)] in MORNING_BY_THEN


def test_every_expected_look_has_one_row_with_its_true_outcome(lived: Lived) -> None:
    killed = {int(night): set(slugs) for night, slugs in lived.told["killed"].items()}
    assert set(killed) >= {night for night in range(NIGHTS) if is_killed(night) and not is_off(night) and not is_late(night)}
    rows: dict[tuple[str, int], list[str]] = defaultdict(list)
    for slug, seen_at, outcome in lived.db.execute("SELECT source, seen_at, outcome FROM look"):
        rows[slug, night_of(seen_at)].append(outcome)
    wrong = []
    for outlet in lived.year.outlets:
        for night in range(NIGHTS):
            found = rows.pop((outlet.slug, night), [])
            true = true_outcomes(outlet, night)
            finished = [outcome for outcome in found if outcome != "interrupted"]
            was_killed = outlet.slug in killed.get(night, ())
            if is_off(night) or was_missed(outlet, night):
                right = found == []
            elif night in killed and stays_dead(night):  # what was due later was never begun
                right = len(found) == 1 if was_killed else found.count("interrupted") == 0 and len(found) <= 1
                right = right and set(finished) <= true
            else:
                right = len(finished) == 1 and finished[0] in true and len(found) - 1 <= was_killed
            if not right:
                wrong.append((outlet.slug, night, found))
    assert wrong == []
    assert dict(rows) == {}, "looks outside of the year"


def test_what_stood_on_a_page_is_what_the_archive_tells(lived: Lived) -> None:
    by_slug = outlets(lived.year)
    looks = lived.db.execute("SELECT source, seen_at, crawl_id FROM look WHERE good").fetchall()
    assert len(looks) > 0.9 * NIGHTS * OUTLETS
    for slug, seen_at, crawl_id in looks[::7]:  # every look of a weekday in turn; they are all alike
        outlet, night = by_slug[slug], night_of(seen_at)
        stories = lived.year.truth(outlet, night)
        assert stories is not None
        seen = lived.db.execute("SELECT title, url FROM sighting WHERE crawl_id = ? ORDER BY position", (crawl_id,)).fetchall()
        assert seen == [(story.title, f"http://{outlet.host}{link(outlet, story)}") for story in stories], f"{slug} {night}"


def test_no_card_is_absent_that_nobody_looked_for(lived: Lived) -> None:
    by_slug = outlets(lived.year)
    told: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for slug, seen_at, url in lived.db.execute("SELECT source, seen_at, url FROM change WHERE kind = 'absent'"):
        told[slug, night_of(seen_at)][url] += 1
    true: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    stood: dict[str, set[str]] = {}
    for slug, seen_at in lived.db.execute("SELECT source, seen_at FROM look WHERE good ORDER BY seen_at"):
        outlet, night = by_slug[slug], night_of(seen_at)
        stories: tuple[Story, ...] = lived.year.truth(outlet, night) or ()
        now = {f"http://{outlet.host}{link(outlet, story)}" for story in stories}
        if gone := stood.get(slug, set()) - now:
            true[slug, night] = Counter(gone)
        stood[slug] = now
    assert told == true


def test_alarms_fire_on_the_nights_that_deserve_them(lived: Lived) -> None:
    looked = {
        (slug, night_of(at)) for slug, at in lived.db.execute("SELECT source, seen_at FROM look WHERE outcome <> 'interrupted'")
    }
    heard: Counter[tuple[str, int]] = Counter()
    troubles = []
    for outlet in lived.year.outlets:
        for trouble in outlet.troubles:
            nights = range(trouble.first, min(trouble.first + min(trouble.nights, HEARD_WITHIN), NIGHTS))
            if trouble.deserved and any((outlet.slug, night) in looked for night in nights):
                troubles.append((outlet.slug, trouble.kind, range(trouble.first, nights.stop + 1)))
    false = []
    for alarm in lived.told["alarms"]:
        fits = [(slug, kind, nights) for slug, kind, nights in troubles if slug == alarm["source"] and alarm["night"] in nights]
        if fits:
            heard[fits[0][0], fits[0][2].start] += 1
        else:
            false.append((alarm["night"], alarm["source"], alarm["kind"], alarm["sentence"]))
    unheard = [(slug, kind, nights.start) for slug, kind, nights in troubles if (slug, nights.start) not in heard]
    right = sum(heard.values())
    precision, recall = right / max(1, right + len(false)), 1 - len(unheard) / len(troubles)
    print(f"{len(troubles)} troubles, {right + len(false)} alarms: precision {precision:.3f}, recall {recall:.3f}")
    print(*false, *unheard, sep="\n")
    assert precision >= 0.95
    assert recall >= 0.95
    assert max(heard.values()) <= 2, "an alarm is told when it begins, not each night"


def test_the_service_needs_no_more_memory_at_the_end_of_the_year(lived: Lived) -> None:
    early, late = lived.told["memory_kb"][2], lived.told["memory_kb"][-1]
    assert late - early < 12_000, lived.told["memory_kb"]
