"""Random histories, recorded twice: in the archive, and as a row for every card at every look. Both must answer alike.

The naive table below is the specification: what stood where is simply written down again at each good look.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from archives import NIGHT, card, look
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.cards import Card
from scraper.pages import Outcome
from storage import create_archive, open_archive, open_reader
from storage.moments import to_text

PAGES = (
    ("harbour", "https://harbour.example/latest/"),
    ("harbour", "https://harbour.example/"),
    ("tide", "https://tide.example/"),
)
ARTICLES = tuple(f"article-{letter}" for letter in "abcdef")
BAD = (Outcome.HTTP_ERROR, Outcome.DRIFTED, Outcome.ROBOTS_DISALLOWED)
FIELDS = ("title", "blurb", "read_time_minutes")

Say = tuple[str | None, str | None, int | None]  # title, blurb, minutes


@dataclass(frozen=True)
class Sight:
    """One card at one good look, as the naive table has it."""

    article: str
    says: Say


@dataclass
class NaiveLook:
    page: int
    seen_at: str
    outcome: Outcome
    sights: list[Sight] | None  # None: the look was not good


@dataclass
class Naive:
    looks: list[NaiveLook] = field(default_factory=list)
    reworded: set[tuple[str, int, str, str, object, object]] = field(default_factory=set)

    def of_page(self, page: int) -> list[NaiveLook]:
        return [seen for seen in self.looks if seen.page == page]

    def good(self, page: int) -> list[NaiveLook]:
        return [seen for seen in self.of_page(page) if seen.sights is not None]

    def add(self, page: int, seen_at: str, outcome: Outcome, cards: Sequence[Sight]) -> None:
        before = self.good(page)[-1].sights if self.good(page) else []
        assert before is not None
        sights: list[Sight] | None = None
        if outcome in (Outcome.NOT_MODIFIED, Outcome.SAME_BYTES):
            sights = before
        elif outcome.is_good:
            sights = self._filled(page, seen_at, before, cards)
        self.looks.append(NaiveLook(page, seen_at, outcome, sights))

    def _filled(self, page: int, seen_at: str, before: list[Sight], cards: Sequence[Sight]) -> list[Sight]:
        """What isn't on the card is what was last known of it; several cards of one article: the likest first, then in page order."""
        left = list(before)
        partner: dict[int, Sight] = {}
        for rule in (
            lambda new, old: new.says == old.says,
            lambda new, old: fill(new.says, old.says) == old.says,
            lambda new, old: True,
        ):
            for index, new in enumerate(cards):
                old = next((old for old in left if index not in partner and old.article == new.article and rule(new, old)), None)
                if old is not None:
                    left.remove(old)
                    partner[index] = old
        filled = []
        for index, new in enumerate(cards):
            says = fill(new.says, partner[index].says) if index in partner else new.says
            filled.append(Sight(new.article, says))
            if index in partner:
                for name, old_value, value in zip(FIELDS, partner[index].says, says, strict=True):
                    if old_value is not None and value is not None and old_value != value:
                        self.reworded.add((seen_at, page, new.article, name, old_value, value))
        return filled


def fill(new: Say, old: Say) -> Say:
    return tuple(value if value is not None else known for value, known in zip(new, old, strict=True))  # type: ignore[return-value]


says = st.tuples(
    st.sampled_from(["Plan", "Plans", "海港"]), st.sampled_from([None, "near", "far"]), st.sampled_from([None, 3, 4])
)
sights = st.lists(st.builds(Sight, st.sampled_from(ARTICLES), says), max_size=7)
outcomes = st.sampled_from([Outcome.OK] * 8 + [Outcome.NOT_MODIFIED, Outcome.SAME_BYTES, *BAD])
steps = st.sampled_from([timedelta(days=1)] * 5 + [timedelta(0), timedelta(seconds=1), timedelta(hours=-30)])
histories = st.lists(st.tuples(st.integers(0, len(PAGES) - 1), outcomes, sights, steps), min_size=1, max_size=14)


@pytest.fixture(scope="module")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    create_archive(path).close()
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model")


numbers = itertools.count()


def record(path: Path, history: list[tuple[int, Outcome, list[Sight], timedelta]]) -> Naive:
    naive = Naive()
    clock = NIGHT
    with open_archive(path) as archive:
        archive.connection.execute("PRAGMA synchronous = OFF")  # nothing here cuts the power
        for number, (page, wanted, cards, step) in enumerate(history):
            clock += step
            source, url = PAGES[page]
            good = naive.good(page)
            outcome = wanted
            if outcome in (Outcome.NOT_MODIFIED, Outcome.SAME_BYTES) and not good:
                outcome = Outcome.HTTP_ERROR
            if outcome is Outcome.OK and not cards:
                outcome = Outcome.EMPTY
            body = f"look {number}".encode() if outcome.is_good else None
            if outcome is Outcome.NOT_MODIFIED:
                body = None
            earlier = naive.of_page(page)
            seen_at = to_text(clock)
            if earlier and seen_at <= earlier[-1].seen_at:
                seen_at = to_text(datetime.fromisoformat(earlier[-1].seen_at) + timedelta(seconds=1))
            naive.add(page, seen_at, outcome, cards)
            recorded = look(
                archive,
                [as_card(sight) for sight in cards] if outcome.is_good else None,
                at=clock,
                source=source,
                url=url,
                outcome=outcome,
                body=body,
            )
            assert recorded.outcome is outcome
            check_counts(recorded, naive, page)
    return naive


def as_card(sight: Sight) -> Card:
    title, blurb, minutes = sight.says
    return card(sight.article, title, blurb=blurb, read_time_minutes=minutes)


def check_counts(recorded: object, naive: Naive, page: int) -> None:
    good = naive.good(page)
    newest = naive.of_page(page)[-1]
    now = {sight.article for sight in newest.sights} if newest.sights is not None else set()
    before = {sight.article for sight in good[-2].sights or ()} if newest.sights is not None and len(good) > 1 else set()
    ever = {sight.article for seen in good[:-1] for sight in seen.sights or ()}
    if newest.sights is None:
        assert (recorded.new, recorded.returned, recorded.absent, recorded.cards) == (0, 0, 0, 0)  # type: ignore[attr-defined]
        return
    assert recorded.cards == len(newest.sights)  # type: ignore[attr-defined]
    assert recorded.new == len(now - ever)  # type: ignore[attr-defined]
    assert recorded.returned == len((now & ever) - before)  # type: ignore[attr-defined]
    assert recorded.absent == len(before - now)  # type: ignore[attr-defined]


def key(article: str) -> str:
    return f"https://harbour.example/{article}"


def check_everything(path: Path, naive: Naive) -> None:
    with open_reader(path) as reader:
        check_sightings(reader, naive)
        check_cards(reader, naive)
        check_changes(reader, naive)
        check_gaps(reader, naive)
        check_histories(reader, naive)
        check_search(reader, naive)
        check_status(reader, naive)
    with open_archive(path) as archive:
        db = archive.connection
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        db.execute("INSERT INTO revision_fts (revision_fts, rank) VALUES ('integrity-check', 1)")
        db.execute("INSERT INTO revision_characters (revision_characters) VALUES ('integrity-check')")


def check_sightings(reader: object, naive: Naive) -> None:
    expected = [
        (*PAGES[seen.page], seen.seen_at, position, *sight.says, key(sight.article))
        for seen in naive.looks
        for position, sight in enumerate(seen.sights or (), 1)
    ]
    rows = reader.sql("SELECT source, page, seen_at, position, title, blurb, read_time_minutes, url FROM sighting")  # type: ignore[attr-defined]
    assert sorted(map(repr, (tuple(row.values()) for row in rows))) == sorted(map(repr, expected))


def check_cards(reader: object, naive: Naive) -> None:
    moments = sorted({seen.seen_at for seen in naive.looks})
    for at in [None, *moments]:
        expected = []
        for page in sorted(range(len(PAGES)), key=lambda number: PAGES[number]):
            looks = [seen for seen in naive.good(page) if at is None or seen.seen_at <= at]
            if looks:
                expected += [
                    (
                        *PAGES[page],
                        looks[-1].seen_at,
                        position,
                        *sight.says,
                        key(sight.article),
                        first_seen(naive, page, sight.article),
                    )
                    for position, sight in enumerate(looks[-1].sights or (), 1)
                ]
        rows = reader.cards(at=datetime.fromisoformat(at) if at else None)  # type: ignore[attr-defined]
        names = ("source", "page", "seen_at", "position", *FIELDS, "url", "first_seen")
        assert [tuple(row[name] for name in names) for row in rows] == expected


def first_seen(naive: Naive, page: int, article: str) -> str:
    return next(seen.seen_at for seen in naive.good(page) if any(sight.article == article for sight in seen.sights or ()))


def check_changes(reader: object, naive: Naive) -> None:
    expected: set[tuple[object, ...]] = {
        (at, *PAGES[page], "reworded", key(article), name, before, after)
        for at, page, article, name, before, after in naive.reworded
    }
    previous: dict[tuple[int, str], str | None] = {}
    for page in range(len(PAGES)):
        before: set[str] = set()
        ever: set[str] = set()
        last: str | None = None
        for seen in naive.good(page):
            now = {sight.article for sight in seen.sights or ()}
            for article in now - before:
                kind = "returned" if article in ever else "new"
                expected.add((seen.seen_at, *PAGES[page], kind, key(article), None, None, None))
            expected |= {(seen.seen_at, *PAGES[page], "absent", key(article), None, None, None) for article in before - now}
            previous[page, seen.seen_at] = last
            before, ever, last = now, ever | now, seen.seen_at
    rows = reader.changes(kinds=("new", "returned", "absent", "reworded"))  # type: ignore[attr-defined]
    names = ("at", "source", "page", "kind", "url", "field", "before", "after")
    found = [tuple(row[name] for name in names) for row in rows]
    once = [row for row in found if row[3] != "reworded"]  # an article's two cards on a page may be reworded alike
    assert len(once) == len(set(once))
    assert set(found) == expected
    for row in rows:
        assert row["previous_look"] == previous[PAGES.index((row["source"], row["page"])), row["at"]]
    view = reader.sql("SELECT seen_at AS at, source, page, kind, url, field, before, after, previous_look FROM change")  # type: ignore[attr-defined]
    assert sorted(map(repr, ([row[name] for name in (*names, "previous_look")] for row in view))) == sorted(
        map(repr, ([row[name] for name in (*names, "previous_look")] for row in rows))
    )
    vanished = {(row["missed_at"], row["source"], row["page"], row["url"]) for row in reader.vanished()}  # type: ignore[attr-defined]
    assert vanished == {(row[0], row[1], row[2], row[4]) for row in expected if row[3] == "absent"}
    moments = sorted({seen.seen_at for seen in naive.looks})
    for since, until in itertools.pairwise([moments[0], moments[len(moments) // 2], moments[-1]]):
        part = reader.changes(  # type: ignore[attr-defined]
            since=datetime.fromisoformat(since),
            until=datetime.fromisoformat(until),
            kinds=("new", "returned", "absent", "reworded"),
        )
        assert {tuple(row[name] for name in names) for row in part} == {row for row in expected if since <= str(row[0]) < until}


def check_gaps(reader: object, naive: Naive) -> None:
    expected = []
    for page in range(len(PAGES)):
        last: str | None = None
        for good, group in itertools.groupby(naive.of_page(page), key=lambda seen: seen.sights is not None):
            looks = list(group)
            if good:
                last = looks[-1].seen_at
                continue
            following = [seen.seen_at for seen in naive.good(page) if seen.seen_at > looks[0].seen_at]
            expected.append(
                (*PAGES[page], last, looks[0].seen_at, following[0] if following else None, len(looks), str(looks[0].outcome))
            )
    names = ("source", "page", "last_good_look", "first_failed_look", "next_good_look", "failed_looks", "outcome")
    assert {tuple(row[name] for name in names) for row in reader.gaps()} == set(expected)  # type: ignore[attr-defined]


def check_histories(reader: object, naive: Naive) -> None:
    for article in ARTICLES:
        expected_stood = sorted(
            (page, seen.seen_at, position, repr(sight.says))
            for page in range(len(PAGES))
            for seen in naive.good(page)
            for position, sight in enumerate(seen.sights or (), 1)
            if sight.article == article
        )
        if not expected_stood:
            continue
        rows = reader.history(key(article))  # type: ignore[attr-defined]
        stood: list[tuple[int, str, int, str]] = []
        for row in rows:
            page = PAGES.index((row["source"], row["page"]))
            looks = [seen for seen in naive.good(page) if row["first_seen"] <= seen.seen_at <= row["last_seen"]]
            assert len(looks) == row["looks"]
            here = [[index for index, sight in enumerate(seen.sights or (), 1) if sight.article == article] for seen in looks]
            if row["kind"] == "absent":
                assert not any(here)
                continue
            assert row["still_there"] == (looks[-1] is naive.good(page)[-1])
            said = tuple(row[name] for name in FIELDS)
            assert row["first_position"] in here[0]
            assert row["last_position"] in here[-1]
            assert row["best_position"] >= min(map(min, here))
            stood += [(page, seen.seen_at, 0, repr(said)) for seen in looks]
        assert sorted(stood) == sorted((page, at, 0, words) for page, at, _, words in expected_stood)
        missed = {(row["source"], row["page"], row["first_seen"], row["last_seen"]) for row in rows if row["kind"] == "absent"}
        assert missed == naive_absences(naive, article)


def naive_absences(naive: Naive, article: str) -> set[tuple[str, str, str, str]]:
    absences = set()
    for page in range(len(PAGES)):
        there = [(seen.seen_at, any(sight.article == article for sight in seen.sights or ())) for seen in naive.good(page)]
        runs = [(stood, [at for at, _ in group]) for stood, group in itertools.groupby(there, key=lambda pair: pair[1])]
        if any(stood for stood, _ in runs):
            absences |= {(*PAGES[page], at[0], at[-1]) for number, (stood, at) in enumerate(runs) if not stood and number > 0}
    return absences


def check_search(reader: object, naive: Naive) -> None:
    first: dict[tuple[str, Say], str] = {}
    sources: dict[tuple[str, Say], set[str]] = {}
    for seen in naive.looks:
        for sight in seen.sights or ():
            first.setdefault((sight.article, sight.says), seen.seen_at)
            sources.setdefault((sight.article, sight.says), set()).add(PAGES[seen.page][0])
    for words, holds in (
        ("plan", lambda says: says[0] == "Plan"),
        ("FAR plans", lambda says: says[0] == "Plans" and says[1] == "far"),
        ("港", lambda says: says[0] == "海港"),
        ("near 海", lambda says: says[0] == "海港" and says[1] == "near"),
    ):
        for source in (None, *sorted({PAGES[seen.page][0] for seen in naive.looks})):
            expected = {
                (key(wording[0]), *wording[1], at)
                for wording, at in first.items()
                if holds(wording[1]) and (source is None or source in sources[wording])
            }
            rows = reader.search(words, source=source, limit=10_000)  # type: ignore[attr-defined]
            assert {(row["url"], *(row[name] for name in FIELDS), row["first_seen"]) for row in rows} == expected
            moments = sorted(set(first.values()))
            for since, until in itertools.pairwise([*moments[:: max(1, len(moments) // 2)], None]):
                rows = reader.search(  # type: ignore[attr-defined]
                    words,
                    source=source,
                    since=datetime.fromisoformat(since),
                    until=until and datetime.fromisoformat(until),
                    limit=10_000,
                )
                part = {row for row in expected if since <= row[-1] and (until is None or row[-1] < until)}
                assert {(row["url"], *(row[name] for name in FIELDS), row["first_seen"]) for row in rows} == part


def check_status(reader: object, naive: Naive) -> None:
    now = datetime.fromisoformat(max(seen.seen_at for seen in naive.looks))
    days = [(now.date() - timedelta(days=ago)).isoformat() for ago in range(6, -1, -1)]
    for row in reader.status(now=now):  # type: ignore[attr-defined]
        pages = [page for page in range(len(PAGES)) if PAGES[page][0] == row["source"] and naive.of_page(page)]
        newest = [naive.good(page)[-1] for page in pages if naive.good(page)]
        assert row["last_good_at"] == max((seen.seen_at for seen in newest), default=None)
        assert row["cards"] == sum(len(seen.sights or ()) for seen in newest)
        sighted: dict[str, set[str]] = {}
        for page in pages:
            for number, seen in enumerate(naive.good(page)):
                for sight in seen.sights or ():
                    earliest = min(
                        first_seen(naive, other, sight.article) for other in pages if stands_ever(naive, other, sight.article)
                    )
                    if number > 0 and seen.seen_at == earliest:
                        sighted.setdefault(seen.seen_at[:10], set()).add(sight.article)
        assert row["new_by_day"] == [len(sighted.get(day, ())) for day in days]
        failing = [page for page in pages if naive.of_page(page)[-1].sights is None]
        assert (row["trouble"] is None) == (not failing)


def stands_ever(naive: Naive, page: int, article: str) -> bool:
    return any(sight.article == article for seen in naive.good(page) for sight in seen.sights or ())


def check(history: list[tuple[int, Outcome, list[Sight], timedelta]], folder: Path, empty_archive: Path) -> None:
    path = folder / f"{next(numbers)}.db"
    shutil.copyfile(empty_archive, path)
    check_everything(path, record(path, history))
    path.unlink()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(history=histories)
def test_spans_answer_every_question_as_a_row_for_every_sighting_would(
    history: list[tuple[int, Outcome, list[Sight], timedelta]], folder: Path, empty_archive: Path
) -> None:
    check(history, folder, empty_archive)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(history=histories)
def test_two_thousand_histories_are_answered_as_a_row_for_every_sighting_would(
    history: list[tuple[int, Outcome, list[Sight], timedelta]], folder: Path, empty_archive: Path
) -> None:
    check(history, folder, empty_archive)
