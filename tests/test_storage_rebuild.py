"""Cards derived again from the stored pages."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from archives import allowed, fetched, listing, look, night
from rereading import body_of, cards_in, read_badly, read_counting, read_no_ads, read_well

from scraper.errors import ArchiveBusyError, ArchiveError
from scraper.pages import OptOut, Outcome
from storage import Archive, Reader, create_archive, open_archive, open_reader
from storage.bodies import load_body
from storage.differences import differences
from storage.past_looks import Figures, find_past_looks, remember_figures
from storage.rebuild import COPIED, DERIVED, rebuild
from storage.rereading import Read, Reading, StoredPage
from storage.slugs import PATTERNS, SlugRule, adopt_slug_rule
from storage.upkeep import prune, verify

PAGES = {"harbour": "https://harbour.example/latest/", "tide": "https://tide.example/"}

QUESTIONS: dict[str, Callable[[Reader], Any]] = {
    "sightings": lambda reader: reader.sql(
        "SELECT source, page, seen_at, position, title, blurb, url, crawl_id FROM sighting ORDER BY crawl_id, position"
    ),
    "looks": lambda reader: reader.sql("SELECT * FROM look ORDER BY crawl_id"),
    "changes": lambda reader: [{**row, "article_id": None, "revision_id": None} for row in reader.changes()],
    "gaps": lambda reader: reader.gaps(),
}


def record(path: Path, *, blurbs: bool, nights: int = 24, seed: int = 5) -> None:
    """Two pages for some nights, with every kind of look, read by the extractor of its day."""
    chance = random.Random(seed)
    with create_archive(path) as archive:
        archive.connection.execute("PRAGMA synchronous = OFF")
        for number in range(nights):
            run_id = archive.begin_run(started_at=night(number), version="0.1.0", command="crawl")
            for source, url in PAGES.items():
                record_one(archive, chance, source, url, night(number), run_id, blurbs=blurbs)
            archive.finish_run(run_id, finished_at=night(number), exit_code=0)


def record_one(
    archive: Archive, chance: random.Random, source: str, url: str, at: datetime, run_id: int, *, blurbs: bool
) -> None:
    names = chance.sample("abcdefgh", chance.randrange(6))
    body = body_of([(name, f"{name} {chance.randrange(2)}", chance.choice([None, "near", "far"])) for name in names])
    place = {"at": at, "source": source, "url": url, "run_id": run_id}
    known = archive.get_page(source=source, url=url, started_at=at)
    kind = chance.choices(("read", "304", "same", "wall", "503", "killed"), (10, 2, 2, 1, 1, 1))[0]
    if kind in {"304", "same"} and known.last_good_at is None:
        kind = "503"
    if kind == "304":
        look(archive, None, outcome=Outcome.NOT_MODIFIED, **place)
    elif kind == "same":
        last = archive.connection.execute(
            "SELECT body_id FROM crawl WHERE page_id = ? AND good ORDER BY seen_at DESC LIMIT 1", (known.page_id,)
        ).fetchone()
        look(archive, None, outcome=Outcome.SAME_BYTES, body=load_body(archive.connection, last[0]), **place)
    elif kind == "wall":
        look(archive, None, outcome=Outcome.WALL, detail="a consent wall", body=b"<wall>" + body, **place)
    elif kind == "503":
        look(archive, None, outcome=Outcome.HTTP_ERROR, detail="503", body=b"sorry", status=503, **place)
    elif kind == "killed":
        archive.begin_crawl(run_id, known.page_id, started_at=at)
        archive.begin_run(started_at=at, version="0.1.0", command="crawl")
    else:
        cards = cards_in(body, blurbs=blurbs)
        look(
            archive,
            cards,
            outcome=Outcome.OK if cards else Outcome.EMPTY,
            body=body,
            robots=allowed(at=at - timedelta(minutes=5)),
            headers=(("etag", f'"{at}"'),),
            **place,
        )


def assert_same(one: Path, other: Path) -> None:
    with open_reader(one) as first, open_reader(other) as second:
        for name, ask in QUESTIONS.items():
            assert ask(first) == ask(second), name


def run(path: Path, target: Path, read: Read = read_well, version: str = "0.1.0+1", **options: Any) -> Any:
    return rebuild(path, target, read=read, extractor_version=version, now=night(99), **options)


@pytest.mark.parametrize("seed", range(8))
def test_the_same_extractor_derives_the_same_archive(tmp_path: Path, seed: int) -> None:
    record(tmp_path / "old.db", blurbs=True, seed=seed)
    content = (tmp_path / "old.db").read_bytes()
    run(tmp_path / "old.db", tmp_path / "new.db")
    assert_same(tmp_path / "old.db", tmp_path / "new.db")
    assert (tmp_path / "old.db").read_bytes() == content
    assert sorted(file.name for file in tmp_path.iterdir()) == ["new.db", "old.db"]
    with open_archive(tmp_path / "new.db") as rebuilt:
        assert list(verify(rebuilt)) == []


def test_a_better_extractor_derives_what_it_would_have_recorded_at_the_time(tmp_path: Path) -> None:
    record(tmp_path / "old.db", blurbs=False)
    record(tmp_path / "wanted.db", blurbs=True)
    run(tmp_path / "old.db", tmp_path / "new.db")
    assert_same(tmp_path / "new.db", tmp_path / "wanted.db")


def test_worker_processes_derive_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.rebuild.LOOKS_AT_ONCE", 9)
    record(tmp_path / "old.db", blurbs=False)
    alone = run(tmp_path / "old.db", tmp_path / "alone.db", read_counting)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        together = run(tmp_path / "old.db", tmp_path / "together.db", read_counting, executor=executor)
    assert alone == together
    assert alone.by_recipe > 0
    with open_reader(tmp_path / "alone.db") as one, open_reader(tmp_path / "together.db") as other:
        for table in ("span", "revision", "article", "rewording", "crawl"):
            assert one.sql(f"SELECT * FROM {table}") == other.sql(f"SELECT * FROM {table}")


class StopError(Exception):
    """As if killed."""


def test_a_rebuild_that_was_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.rebuild.LOOKS_AT_ONCE", 7)
    record(tmp_path / "old.db", blurbs=False)
    steps: list[int] = []

    def stop(done: int, total: int) -> None:
        steps.append(done)
        if len(steps) % 2:
            raise StopError

    whole = None
    for _ in range(20):
        try:
            whole = run(tmp_path / "old.db", tmp_path / "new.db", read_counting, on_looks=stop)
            break
        except StopError:
            assert not (tmp_path / "new.db").exists()
    assert steps == sorted(set(steps))  # nothing was read twice
    assert whole is not None
    monkeypatch.undo()
    assert run(tmp_path / "old.db", tmp_path / "straight.db", read_counting) == whole
    assert_same(tmp_path / "new.db", tmp_path / "straight.db")


def test_another_rebuilds_beginning_and_a_file_that_is_there_are_left_alone(tmp_path: Path) -> None:
    record(tmp_path / "old.db", blurbs=False, nights=3)

    def stop(done: int, total: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        run(tmp_path / "old.db", tmp_path / "new.db", on_looks=stop)
    with pytest.raises(ArchiveError, match="another rebuild"):
        run(tmp_path / "old.db", tmp_path / "new.db", version="0.2.0+1")
    run(tmp_path / "old.db", tmp_path / "new.db")
    with pytest.raises(ArchiveError, match="left alone"):
        run(tmp_path / "old.db", tmp_path / "new.db")


def test_two_programs_never_make_one_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.rebuild.LOOKS_AT_ONCE", 7)
    record(tmp_path / "old.db", blurbs=False)
    others: list[int] = []

    def meanwhile(done: int, total: int) -> None:
        if not others:
            others.append(run(tmp_path / "old.db", tmp_path / "new.db").looks)  # comes to its end

    with pytest.raises(ArchiveBusyError, match="another program"):
        run(tmp_path / "old.db", tmp_path / "new.db", on_looks=meanwhile)
    run(tmp_path / "old.db", tmp_path / "straight.db")
    assert_same(tmp_path / "new.db", tmp_path / "straight.db")


def test_looks_whose_bytes_are_pruned_keep_their_cards(tmp_path: Path) -> None:
    record(tmp_path / "old.db", blurbs=False)
    with open_archive(tmp_path / "old.db") as archive:
        prune(archive, before=night(12))
    rebuilt = run(tmp_path / "old.db", tmp_path / "new.db")
    assert rebuilt.kept > 0
    query = "SELECT source, seen_at, position, title, url FROM sighting WHERE seen_at < :until ORDER BY source, seen_at, position"
    until = {"until": night(11).isoformat()}
    with open_reader(tmp_path / "old.db") as old, open_reader(tmp_path / "new.db") as new:
        assert new.sql(query, until) == old.sql(query, until)
        assert new.sql("SELECT 1 FROM sighting WHERE blurb IS NOT NULL AND seen_at > '2026-05-14' LIMIT 1")


def test_looks_that_came_in_out_of_order_can_be_put_in_order(tmp_path: Path) -> None:
    pages = [body_of([("a", f"A {number // 2}", None), (f"n{number}", "New", None)]) for number in range(6)]

    def import_in(order: list[int], path: Path) -> None:
        with create_archive(path) as archive:
            run_id = archive.begin_run(started_at=night(99), version="0.1.0", command="import")
            for number in order:
                look(archive, cards_in(pages[number], blurbs=True), at=night(number), body=pages[number], run_id=run_id)

    import_in([3, 1, 5, 0, 4, 2], tmp_path / "mixed.db")
    import_in([0, 1, 2, 3, 4, 5], tmp_path / "ordered.db")
    run(tmp_path / "mixed.db", tmp_path / "new.db", by_clock=True)
    with open_reader(tmp_path / "new.db") as new, open_reader(tmp_path / "ordered.db") as wanted:
        for name in ("sightings", "changes", "gaps"):
            assert QUESTIONS[name](new) == QUESTIONS[name](wanted)


def read_dated(stored: StoredPage) -> Reading:
    """As an extractor that reads "today" as the day on which the page was fetched."""
    reading = read_well(stored)
    today = stored.page.fetched_at.date().isoformat()
    assert reading.listing is not None
    return reading._replace(listing=listing([replace(shown, published_on=today) for shown in reading.listing.cards]))


def test_pages_are_read_as_of_the_moment_that_the_clock_showed(tmp_path: Path) -> None:
    with create_archive(tmp_path / "old.db") as archive:
        for number, at in enumerate([night(99_999), night(1), night(2)]):  # the clock was centuries ahead for a night
            body = body_of([(f"n{number}", "New", None)])
            look(archive, cards_in(body, blurbs=True), at=at, body=body)
    run(tmp_path / "old.db", tmp_path / "new.db", read=read_dated)
    with open_reader(tmp_path / "new.db") as new:
        days = [row["published_on"] for row in new.sql("SELECT published_on FROM revision ORDER BY id")]
    assert days == [night(number).date().isoformat() for number in (99_999, 1, 2)]


def test_what_looks_counted_is_not_remembered_of_the_cards_that_are_derived_anew(tmp_path: Path) -> None:
    page = ("harbour", PAGES["harbour"])
    with create_archive(tmp_path / "old.db") as archive:
        for number in (2, 1, 0):
            run_id = archive.begin_run(started_at=night(99), version="0.1.0", command="import")
            body = body_of([("ad", "Ad", None), *[(f"n{number}", "New", None)] * (number > 0)])
            look(archive, cards_in(body, blurbs=True), at=night(number), body=body, run_id=run_id)
            remember_figures(archive, run_id, {page: Figures(shown={"title": 2}, new=1, returned=0)}, most=9, at=night(99))
    for by_clock in (False, True):
        run(tmp_path / "old.db", tmp_path / f"{by_clock}.db", read=read_no_ads, by_clock=by_clock)
        with open_reader(tmp_path / f"{by_clock}.db") as reader:
            looks = find_past_looks(reader, source=page[0], url=page[1], good_looks=9).looks
        assert [(one.shown, one.cards) for one in looks] == [(None, cards) for cards in ((0, 1, 1) if by_clock else (1, 1, 0))]


def test_differences_tell_what_the_extractor_changed_and_tell_it_once(tmp_path: Path) -> None:
    with create_archive(tmp_path / "old.db") as archive:
        for number in range(4):
            body = body_of([("a", "Plan", "near"), ("ad", "Ad", None), (f"n{number}", "New", None)])
            look(archive, cards_in(body, blurbs=False), at=night(number), body=body)
        body = body_of([("ad", "Ad", None)])
        look(archive, None, at=night(4), outcome=Outcome.NOTHING_FOUND, body=body)
    run(tmp_path / "old.db", tmp_path / "blurbs.db", version="2")
    run(tmp_path / "old.db", tmp_path / "no-ads.db", read_no_ads, version="3")
    with open_reader(tmp_path / "old.db") as old, open_reader(tmp_path / "blurbs.db") as better:
        rows = list(differences(old, better))
    assert [(row["kind"], row["field"], row["before"], row["after"], row["seen_at"][8:10]) for row in rows] == [
        ("reread", "blurb", None, "near", "01"),
        ("outcome", None, "nothing_found", "ok", "05"),
    ]
    with open_reader(tmp_path / "old.db") as old, open_reader(tmp_path / "no-ads.db") as other:
        assert [(row["kind"], row["title"], row["seen_at"][8:10]) for row in differences(old, other)] == [
            ("lost", "Ad", "01"),
            ("outcome", None, "05"),
        ]
    with open_reader(tmp_path / "old.db") as old:
        assert list(differences(old, old)) == []


def test_read_badly_is_the_extractor_of_the_time(tmp_path: Path) -> None:
    record(tmp_path / "old.db", blurbs=False)
    run(tmp_path / "old.db", tmp_path / "new.db", read_badly)
    assert_same(tmp_path / "old.db", tmp_path / "new.db")


def test_the_derivation_says_which_looks_were_read_with_which_recipe(tmp_path: Path) -> None:
    record(tmp_path / "old.db", blurbs=True)
    rebuilt = run(tmp_path / "old.db", tmp_path / "new.db", read_counting, version="0.2.0+7")
    with open_reader(tmp_path / "new.db") as new:
        versions = {
            row["extractor_version"]: row["looks"]
            for row in new.sql(
                "SELECT extractor_version, count(*) AS looks FROM look WHERE extractor_version IS NOT NULL GROUP BY extractor_version"
            )
        }
        recipes = new.load_memory("recipes")
    assert isinstance(recipes, dict)
    ((name, recipe),) = recipes.items()
    assert recipe == {"card": "article"}
    assert set(versions) == {"0.2.0+7", f"0.2.0+7 with recipe {name}"}
    assert versions[f"0.2.0+7 with recipe {name}"] == rebuilt.by_recipe


def test_what_is_known_of_a_look_besides_its_cards_is_kept(tmp_path: Path) -> None:
    with create_archive(tmp_path / "old.db") as archive:
        body = body_of([("a", "Plan", "near")])
        opt_outs = (OptOut(source="meta robots", value="noai", forbids=True),)
        look(archive, cards_in(body, blurbs=True), body=body, opt_outs=opt_outs, attempt_log=("503", "200"), attempts=2)
    run(tmp_path / "old.db", tmp_path / "new.db")
    assert_same(tmp_path / "old.db", tmp_path / "new.db")
    with open_reader(tmp_path / "new.db") as new:
        assert new.sql("SELECT opt_outs, attempt_log FROM look") == [
            {"opt_outs": '[["meta robots", "noai", 1]]', "attempt_log": '["503", "200"]'}
        ]


def test_every_table_is_copied_or_derived(tmp_path: Path) -> None:
    with create_archive(tmp_path / "archive.db") as archive:
        tables = {
            name
            for (name,) in archive.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("revision_", "sqlite_", "_"))
        }
    assert tables == {*COPIED, *DERIVED, "memory"}


def test_a_rebuild_that_has_ended_can_catch_up_with_later_nights(tmp_path: Path) -> None:
    record(tmp_path / "old.db", blurbs=False, nights=12)
    run(tmp_path / "old.db", tmp_path / "new.db", read_counting)
    chance = random.Random(7)
    with open_archive(tmp_path / "old.db") as archive:
        for number in range(12, 20):
            run_id = archive.begin_run(started_at=night(number), version="0.1.0", command="crawl")
            record_one(archive, chance, "harbour", PAGES["harbour"], night(number), run_id, blurbs=False)
            record_one(archive, chance, "quay", "https://quay.example/", night(number), run_id, blurbs=False)
            archive.finish_run(run_id, finished_at=night(number), exit_code=0)
    caught_up = run(tmp_path / "old.db", tmp_path / "new.db", read_counting, catch_up=True)
    assert caught_up == run(tmp_path / "old.db", tmp_path / "straight.db", read_counting)
    assert_same(tmp_path / "new.db", tmp_path / "straight.db")
    assert run(tmp_path / "old.db", tmp_path / "new.db", read_counting, catch_up=True) == caught_up
    with pytest.raises(ArchiveError, match="another rebuild"):
        run(tmp_path / "old.db", tmp_path / "new.db", catch_up=True, version="9")


def test_a_look_that_is_under_way_is_taken_up_when_it_has_ended(tmp_path: Path) -> None:
    body = body_of([("a", "Plan", None)])
    with create_archive(tmp_path / "old.db") as archive:
        run_id = archive.begin_run(started_at=night(0), version="0.1.0", command="crawl")
        page_id = archive.get_page(source="slow", url="https://slow.example/", started_at=night(0)).page_id
        crawl_id = archive.begin_crawl(run_id, page_id, started_at=night(0))
        look(archive, cards_in(body, blurbs=False), body=body, run_id=run_id)
        assert run(tmp_path / "old.db", tmp_path / "new.db").looks == 1
        archive.finish_crawl(
            crawl_id,
            result=fetched(body_of([("b", "Slow", None)]), url="https://slow.example/"),
            listing=listing(cards_in(body_of([("b", "Slow", None)]), blurbs=False)),
            outcome=Outcome.OK,
            detail="",
            extractor_version="0.1.0+1",
        )
        archive.finish_run(run_id, finished_at=night(0), exit_code=0)
        look(archive, cards_in(body, blurbs=False), body=body, at=night(1))
    assert run(tmp_path / "old.db", tmp_path / "new.db", catch_up=True).looks == 3
    assert_same(tmp_path / "old.db", tmp_path / "new.db")
    with open_reader(tmp_path / "new.db") as new:
        assert new.sql("SELECT count(*) AS unfinished FROM run WHERE finished_at IS NULL") == [{"unfinished": 1}]  # look()'s own


def test_captures_that_came_in_since_and_belong_before_what_is_derived_ask_for_a_new_beginning(tmp_path: Path) -> None:
    with create_archive(tmp_path / "old.db") as archive:
        for number in (1, 3):
            body = body_of([("a", f"A {number}", None)])
            look(archive, cards_in(body, blurbs=False), at=night(number), body=body)
        run(tmp_path / "old.db", tmp_path / "new.db", by_clock=True)
        look(archive, cards_in(body_of([("b", "B", None)]), blurbs=False), at=night(2), body=body_of([("b", "B", None)]))
    with pytest.raises(ArchiveError, match="begin anew"):
        run(tmp_path / "old.db", tmp_path / "new.db", by_clock=True, catch_up=True)


def test_a_rule_that_was_adopted_since_asks_for_a_new_beginning(tmp_path: Path) -> None:
    record(tmp_path / "old.db", blurbs=False, nights=3)
    run(tmp_path / "old.db", tmp_path / "new.db")
    with open_archive(tmp_path / "old.db") as archive:
        adopt_slug_rule(archive, "harbour", SlugRule(pattern=PATTERNS[0], evidence=()), now=night(4))
    with pytest.raises(ArchiveError, match="another rebuild"):
        run(tmp_path / "old.db", tmp_path / "new.db", catch_up=True)
