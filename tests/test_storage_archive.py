"""Opening archives, and what a look leaves in one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from archives import NIGHT, PAGE_URL, allowed, card, fetched, listing, look, night

from scraper.cards import Card
from scraper.errors import (
    ArchiveBusyError,
    ArchiveError,
    ArchiveNotFoundError,
    ArchiveTooNewError,
    NotAnArchiveError,
)
from scraper.pages import OptOut, Outcome, Page, Redirect
from storage import Archive, create_archive, open_archive, open_reader
from storage.connections import APPLICATION_ID, SCHEMA_VERSION
from storage.migrations import migrations


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with create_archive(path) as archive:
        yield archive


def rows(archive: Archive, query: str) -> list[tuple[object, ...]]:
    return archive.connection.execute(query).fetchall()


def counts(archive: Archive) -> dict[str, int]:
    tables = ("crawl", "span", "revision", "article", "body", "rewording", "circumstance", "robots")
    return {table: archive.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


# Opening


def test_an_archive_says_in_its_header_whose_it_is(archive: Archive) -> None:
    assert rows(archive, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert rows(archive, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert rows(archive, "PRAGMA journal_mode") == [("wal",)]
    assert rows(archive, "PRAGMA synchronous") == [(2,)]
    assert rows(archive, "PRAGMA foreign_keys") == [(1,)]


def test_the_version_of_the_tables_is_the_number_of_migrations() -> None:
    assert len(migrations._migrations) == SCHEMA_VERSION


def test_creating_an_archive_that_is_there_opens_it(archive: Archive, path: Path) -> None:
    look(archive, [card("a")])
    with create_archive(path) as again:
        assert counts(again)["crawl"] == 1


@pytest.mark.parametrize("open_it", [open_archive, open_reader], ids=["to write", "to read"])
def test_opening_never_creates(path: Path, open_it: object) -> None:
    with pytest.raises(ArchiveNotFoundError, match=r"archive\.db"):
        open_it(path)  # type: ignore[operator]
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("open_it", [create_archive, open_archive, open_reader], ids=["create", "to write", "to read"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"not a database at all, but long enough to be one" * 40, id="text"),
        pytest.param(b"x", id="one byte"),
        pytest.param(b"SQLite format 3\0" + bytes(495), id="a database's first 511 bytes"),
    ],
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, open_it: object, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(NotAnArchiveError, match="no SQLite database"):
        open_it(path)  # type: ignore[operator]
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("open_it", [create_archive, open_archive, open_reader], ids=["create", "to write", "to read"])
def test_another_programs_database_is_refused_and_left_alone(path: Path, open_it: object) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE moz_bookmarks (id INTEGER)")
    other.close()
    content = path.read_bytes()
    with pytest.raises(NotAnArchiveError, match="another program's"):
        open_it(path)  # type: ignore[operator]
    assert path.read_bytes() == content


@pytest.mark.parametrize("open_it", [create_archive, open_archive, open_reader], ids=["create", "to write", "to read"])
def test_an_archive_of_a_newer_program_is_refused_and_left_alone(path: Path, open_it: object) -> None:
    create_archive(path).close()
    with sqlite3.connect(path) as later:
        later.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    later.close()
    with pytest.raises(ArchiveTooNewError, match="update Standfirst"):
        open_it(path)  # type: ignore[operator]


@pytest.mark.parametrize("open_it", [create_archive, open_archive, open_reader], ids=["create", "to write", "to read"])
def test_a_folder_is_no_archive(tmp_path: Path, open_it: object) -> None:
    with pytest.raises((NotAnArchiveError, ArchiveError)):
        open_it(tmp_path)  # type: ignore[operator]


def test_an_archive_in_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="make it first"):
        create_archive(tmp_path / "nowhere" / "archive.db")


@pytest.mark.parametrize("name", ["a b.db", "50%.db", "què?.db", "a#b.db", "港.db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    with create_archive(tmp_path / name) as archive:
        look(archive, [card("a")])
    with open_reader(tmp_path / name) as reader:
        assert len(reader.cards()) == 1
    assert name in {file.name for file in tmp_path.iterdir()}


# Looks


def test_a_look_is_in_the_archive_before_anything_is_fetched(archive: Archive, path: Path) -> None:
    run_id = archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl", config_sha256="ab")
    page = archive.get_page(source="harbour", url=PAGE_URL, started_at=NIGHT)
    archive.begin_crawl(run_id, page.page_id, started_at=NIGHT)
    with open_reader(path) as reader:
        (row,) = reader.sql("SELECT source, page, seen_at, outcome, good, run_id FROM look")
    assert row == {
        "source": "harbour",
        "page": PAGE_URL,
        "seen_at": "2026-05-01T02:00:00Z",
        "outcome": None,
        "good": None,
        "run_id": run_id,
    }


def test_what_a_killed_run_left_under_way_is_interrupted_when_the_next_begins(archive: Archive) -> None:
    run_id = archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
    page = archive.get_page(source="harbour", url=PAGE_URL, started_at=NIGHT)
    archive.begin_crawl(run_id, page.page_id, started_at=NIGHT)
    archive.begin_run(started_at=night(1), version="0.1.0", command="crawl")
    assert rows(archive, "SELECT outcome, detail FROM crawl") == [("interrupted", "the run ended before the look did")]
    assert rows(archive, "SELECT outcome FROM gap") == [("interrupted",)]


def test_a_look_thought_dead_may_still_end_well(archive: Archive) -> None:
    run_id = archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
    page = archive.get_page(source="harbour", url=PAGE_URL, started_at=NIGHT)
    crawl_id = archive.begin_crawl(run_id, page.page_id, started_at=NIGHT)
    archive.begin_run(started_at=night(1), version="0.1.0", command="crawl")
    finish(archive, crawl_id, [card("a")], b"1")
    assert rows(archive, "SELECT outcome, card_count FROM crawl") == [("ok", 1)]


def finish(archive: Archive, crawl_id: int, cards: list[Card], body: bytes) -> object:
    return archive.finish_crawl(
        crawl_id, result=fetched(body), listing=listing(cards), outcome=Outcome.OK, detail="", extractor_version="0.1.0+1"
    )


def test_a_look_that_ends_after_a_later_one_changes_no_history(archive: Archive) -> None:
    run_id = archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
    page_id = archive.get_page(source="harbour", url=PAGE_URL, started_at=NIGHT).page_id
    early = archive.begin_crawl(run_id, page_id, started_at=NIGHT)
    late = archive.begin_crawl(run_id, page_id, started_at=night(1))
    finish(archive, late, [card("b")], b"late")
    spans = rows(archive, "SELECT * FROM span")
    recorded = finish(archive, early, [card("a")], b"early")
    assert recorded.outcome is Outcome.INTERRUPTED  # type: ignore[attr-defined]
    assert rows(archive, "SELECT * FROM span") == spans
    assert rows(archive, "SELECT detail FROM crawl WHERE id = 1") == [
        ("overtaken: a later look at this page was recorded first",)
    ]
    assert counts(archive)["body"] == 2  # its bytes are kept all the same


@pytest.mark.parametrize("outcome", [Outcome.NOT_MODIFIED, Outcome.SAME_BYTES, Outcome.OK])
def test_a_night_on_which_nothing_changed_is_one_row(archive: Archive, outcome: Outcome) -> None:
    run_id = archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
    look(archive, [card("a"), card("b")], body=b"page", run_id=run_id)
    look(
        archive,
        [card("a"), card("b")],
        body=None if outcome is Outcome.NOT_MODIFIED else b"page",
        at=night(1),
        outcome=outcome,
        run_id=run_id,
    )
    before = counts(archive)
    for number in range(2, 5):
        recorded = look(
            archive,
            [card("a"), card("b")] if outcome is Outcome.OK else None,
            at=night(number),
            outcome=outcome,
            body=None if outcome is Outcome.NOT_MODIFIED else b"page",
            run_id=run_id,
        )
        assert recorded.outcome is (Outcome.SAME_BYTES if outcome is Outcome.OK else outcome)
        assert (recorded.cards, recorded.new, recorded.absent) == (2, 0, 0)
    assert counts(archive) == {**before, "crawl": before["crawl"] + 3}


def test_other_bytes_with_the_same_cards_open_no_span_and_no_wording(archive: Archive) -> None:
    look(archive, [card("a"), card("b")])
    before = counts(archive)
    look(archive, [card("a"), card("b")], at=night(1))
    assert counts(archive) == {**before, "crawl": 2, "body": 2}


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if not outcome.is_good], ids=str)
def test_a_look_that_was_not_good_opens_and_closes_no_span_but_keeps_its_bytes(archive: Archive, outcome: Outcome) -> None:
    look(archive, [card("a"), card("b")])
    spans = rows(archive, "SELECT * FROM span")
    recorded = look(archive, [card("c")], at=night(1), outcome=outcome, detail="why", body=b"an error page")
    assert recorded.outcome is outcome
    assert recorded.cards == recorded.absent == recorded.new == 0
    assert rows(archive, "SELECT * FROM span") == spans
    assert counts(archive)["body"] == 2
    look(archive, [card("a")], at=night(2))
    assert rows(archive, "SELECT outcome, detail, failed_looks, last_good_look, next_good_look FROM gap") == [
        (str(outcome), "why", 1, "2026-05-01T02:00:00Z", "2026-05-03T02:00:00Z")
    ]


def test_an_empty_list_ends_every_span(archive: Archive) -> None:
    look(archive, [card("a"), card("b")])
    recorded = look(archive, [], at=night(1), outcome=Outcome.EMPTY)
    assert recorded.absent == 2
    assert rows(archive, "SELECT count(*) FROM span WHERE last_crawl IS NULL") == [(0,)]


def test_an_article_is_one_on_all_pages_of_all_sources(archive: Archive) -> None:
    look(archive, [card("a")])
    look(archive, [card("a")], url="https://harbour.example/")
    look(archive, [card("a", "Our title")], source="tide", url="https://tide.example/")
    assert counts(archive)["article"] == 1
    assert counts(archive)["revision"] == 2
    assert rows(archive, "SELECT source, count(*) FROM sighting GROUP BY source ORDER BY source") == [("harbour", 2), ("tide", 1)]


def test_two_sources_may_watch_one_address(archive: Archive) -> None:
    look(archive, [card("a")])
    look(archive, [card("a")], source="tide")
    assert rows(archive, "SELECT count(*) FROM page") == [(2,)]


def test_a_wording_that_comes_back_is_the_same_wording_in_a_new_span(archive: Archive) -> None:
    look(archive, [card("a", "Plan")])
    look(archive, [card("a", "Plans")], at=night(1))
    look(archive, [card("a", "Plan")], at=night(2))
    assert counts(archive)["revision"] == 2
    assert counts(archive)["span"] == 3
    assert rows(archive, "SELECT before, after FROM change WHERE kind = 'reworded' ORDER BY seen_at") == [
        ("Plan", "Plans"),
        ("Plans", "Plan"),
    ]


def test_a_card_that_has_neither_link_nor_title_nor_blurb_is_left_out(archive: Archive) -> None:
    recorded = look(
        archive,
        [
            card("a"),
            Card(title=None, url=None, read_time_minutes=4, position=2),
            Card(title="No link", url=None, position=3),
            Card(title=None, url=None, blurb="No title.", position=4),
        ],
    )
    assert recorded.cards == 3
    assert rows(archive, "SELECT url, url_rules IS NULL, fallback FROM article ORDER BY id") == [
        ("https://harbour.example/a", 0, None),
        (None, 1, f"harbour {PAGE_URL} no link"),
        (None, 1, f"harbour {PAGE_URL} no title."),
    ]
    assert rows(archive, "SELECT url FROM sighting ORDER BY position") == [("https://harbour.example/a",), (None,), (None,)]


def test_the_link_is_kept_as_it_stood_on_the_page(archive: Archive) -> None:
    linked = Card(title="A", url="https://harbour.example/a?utm_source=home", position=1)
    look(archive, [linked, card("b")])
    assert rows(archive, "SELECT url, link FROM wording ORDER BY revision_id") == [
        ("https://harbour.example/a", "https://harbour.example/a?utm_source=home"),
        ("https://harbour.example/b", "https://harbour.example/b"),
    ]
    page = archive.get_page(source="harbour", url=PAGE_URL, started_at=NIGHT)
    assert archive.standing_cards(page.page_id) == [
        ("https://harbour.example/a?utm_source=home", "A"),
        ("https://harbour.example/b", "B"),
    ]


def test_everything_about_how_a_look_went_is_on_its_row(archive: Archive) -> None:
    page = Page(
        url=PAGE_URL,
        final_url="https://www.harbour.example/latest/",
        body=b"<html>",
        fetched_at=NIGHT,
        status=200,
        headers=(
            ("content-type", "text/html; charset=utf-8"),
            ("etag", 'W/"1"'),
            ("last-modified", "Fri, 01 May 2026 01:00:00 GMT"),
        ),
        redirects=(Redirect(url=PAGE_URL, status=301, location="https://www.harbour.example/latest/"),),
    )
    result = fetched(None, elapsed_s=1.234, attempts=2, robots=allowed(at=NIGHT - timedelta(minutes=5)))
    run_id = archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl", config_sha256="abc")
    state = archive.get_page(source="harbour", url=PAGE_URL, started_at=NIGHT)
    crawl_id = archive.begin_crawl(run_id, state.page_id, started_at=NIGHT)
    archive.finish_crawl(
        crawl_id,
        result=type(result)(**{name: getattr(result, name) for name in result.__slots__} | {"page": page}),
        listing=listing([card("a", origin={"title": "h2"})]),
        outcome=Outcome.OK,
        detail="",
        extractor_version="0.1.0+1",
    )
    archive.finish_run(run_id, finished_at=NIGHT + timedelta(seconds=9), exit_code=0)
    cursor = archive.connection.execute("SELECT * FROM look")
    row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    expected = {
        "outcome": "ok",
        "http_status": 200,
        "final_url": "https://www.harbour.example/latest/",
        "redirects": f'[["{PAGE_URL}", 301, "https://www.harbour.example/latest/"]]',
        "elapsed_ms": 1234,
        "attempts": 2,
        "content_type": "text/html; charset=utf-8",
        "charset": "utf-8",
        "extractor_version": "0.1.0+1",
        "etag": 'W/"1"',
        "last_modified": "Fri, 01 May 2026 01:00:00 GMT",
        "body_bytes": 6,
        "robots_allowed": 1,
        "robots_reason": "Allow: /",
        "robots_http_status": 200,
        "robots_age_s": 300,
        "version": "0.1.0",
        "command": "crawl",
    }
    assert {name: row[name] for name in expected} == expected
    assert rows(archive, "SELECT sha256 FROM body WHERE id = (SELECT body_id FROM robots)") == [(row["robots_sha256"],)]
    assert rows(archive, "SELECT fields FROM origin") == [('{"title": "h2"}',)]
    assert rows(archive, "SELECT finished_at, exit_code, config_sha256 FROM run") == [("2026-05-01T02:00:09Z", 0, "abc")]


def test_validators_of_the_last_good_look_are_asked_with_also_after_a_bad_one(archive: Archive) -> None:
    look(archive, [card("a")], body=b"1", headers=(("etag", '"1"'),))
    look(archive, None, at=night(1), outcome=Outcome.NOT_MODIFIED)
    look(archive, None, at=night(2), outcome=Outcome.WALL, body=b"wall", headers=(("etag", '"wall"'),))
    page = archive.get_page(source="harbour", url=PAGE_URL, started_at=night(3))
    assert (page.etag, page.last_card_count, page.last_good_at) == ('"1"', 1, night(1))
    look(archive, [card("a")], at=night(3), body=b"2")
    page = archive.get_page(source="harbour", url=PAGE_URL, started_at=night(3))
    assert page.etag is None


def test_error_pages_have_no_part_in_the_chain_of_good_ones(archive: Archive) -> None:
    look(archive, [card("a")], body=b"good 1")
    look(archive, None, at=night(1), outcome=Outcome.WALL, body=b"wall")
    look(archive, [card("b")], at=night(2), body=b"good 2")
    assert rows(archive, "SELECT id, base_id FROM body") == [(1, None), (2, 1), (3, 1)]


def test_a_look_that_is_unchanged_needs_one_to_be_unchanged_from(archive: Archive) -> None:
    with pytest.raises(ValueError, match="good before"):
        look(archive, None, outcome=Outcome.NOT_MODIFIED)
    assert rows(archive, "SELECT outcome FROM crawl") == [(None,)]


# Clocks


@pytest.mark.parametrize(
    "step",
    [timedelta(0), timedelta(milliseconds=400), timedelta(hours=-3), timedelta(days=-400)],
    ids=["same", "same second", "set back", "a year back"],
)
def test_looks_stand_in_the_order_in_which_they_were_begun_whatever_the_clock_says(archive: Archive, step: timedelta) -> None:
    look(archive, [card("a")])
    look(archive, [card("b")], at=NIGHT + step)
    look(archive, [card("c")], at=night(1))
    assert [row[0] for row in rows(archive, "SELECT seen_at FROM crawl ORDER BY id")] == [
        "2026-05-01T02:00:00Z",
        "2026-05-01T02:00:01Z",
        "2026-05-02T02:00:00Z",
    ]
    assert rows(archive, "SELECT clock_at IS NULL FROM crawl ORDER BY id") == [(1,), (0,), (1,)]
    assert rows(archive, "SELECT title FROM sighting ORDER BY seen_at") == [("A",), ("B",), ("C",)]


# What is written stays


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE source SET slug = 'x'",
        "UPDATE page SET url = 'x'",
        "UPDATE run SET version = '9'",
        "UPDATE crawl SET outcome = 'ok' WHERE id = 1",
        "UPDATE crawl SET seen_at = '2020-01-01T00:00:00Z'",
        "UPDATE article SET url = 'x'",
        "UPDATE revision SET title = 'x'",
        "UPDATE span SET slot = 9",
        "UPDATE span SET revision_id = 2 WHERE last_crawl IS NULL",
        "UPDATE span SET last_crawl = NULL WHERE last_crawl IS NOT NULL",
        "UPDATE span SET last_crawl = 2 WHERE last_crawl = 1",
        "UPDATE rewording SET boring = 1",
        "UPDATE circumstance SET http_status = 404",
        "UPDATE robots SET allowed = 0",
        "UPDATE origin SET fields = '{}'",
        "INSERT INTO crawl (run_id, page_id, seen_at) VALUES (1, 1, '2020-01-01T00:00:00Z')",
        "INSERT OR REPLACE INTO revision (id, article_id, first_crawl, hash) VALUES (1, 1, 1, 1)",
        *(
            f"DELETE FROM {table}"
            for table in ("source", "page", "run", "crawl", "article", "revision", "span", "rewording", "body", "circumstance", "robots", "origin")
        ),
    ],
)  # fmt: skip
def test_history_can_not_be_edited(archive: Archive, statement: str) -> None:
    run_id = archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
    look(archive, [card("a", origin={"title": "h2"}), card("b")], run_id=run_id, robots=allowed())
    look(archive, [card("a", "Aa", origin={"title": "h2"}), card("c")], at=night(1), run_id=run_id)
    archive.finish_run(run_id, finished_at=night(1))
    archive.connection.execute("PRAGMA recursive_triggers = ON")  # REPLACE deletes only then, as far as triggers know
    before = rows(archive, "SELECT * FROM sighting ORDER BY 3, 4")
    with pytest.raises(sqlite3.IntegrityError):
        archive.connection.execute(statement)
    assert rows(archive, "SELECT * FROM sighting ORDER BY 3, 4") == before


# One writer, many readers


def test_a_second_writer_waits_for_the_first_and_then_says_who_is_in_the_way(archive: Archive, path: Path) -> None:
    archive.connection.execute("BEGIN IMMEDIATE")
    with open_archive(path, wait_s=0.05) as second, pytest.raises(ArchiveBusyError, match=r"archive\.db: another program"):
        second.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
    archive.connection.execute("ROLLBACK")


def test_two_writers_at_once_both_get_their_turn(archive: Archive, path: Path) -> None:
    failures: list[BaseException] = []

    def write(source: str) -> None:
        try:
            with open_archive(path) as own:
                for number in range(15):
                    own.get_page(source=source, url=PAGE_URL, started_at=NIGHT)
                    look(own, [card("a", f"{source} {number}")], source=source, at=night(number), run_id=1)
        except BaseException as exc:  # noqa: BLE001
            failures.append(exc)

    archive.begin_run(started_at=NIGHT, version="0.1.0", command="crawl")
    writers = [threading.Thread(target=write, args=(name,)) for name in ("harbour", "tide")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    assert rows(archive, "SELECT source, count(*) FROM sighting GROUP BY 1 ORDER BY 1") == [("harbour", 15), ("tide", 15)]


def test_twenty_readers_during_a_crawl_see_whole_looks_and_are_never_locked_out(archive: Archive, path: Path) -> None:
    look(archive, [card("a0"), card("b0"), card("c0")])
    done = threading.Event()
    failures: list[object] = []

    def read() -> None:
        try:
            with open_reader(path, wait_s=0) as reader:
                while not done.is_set():
                    nights = {row["title"][1:] for row in reader.cards()}
                    if len(nights) != 1:
                        failures.append(nights)
        except BaseException as exc:  # noqa: BLE001
            failures.append(exc)

    readers = [threading.Thread(target=read) for _ in range(20)]
    for reader in readers:
        reader.start()
    for number in range(1, 10):
        look(archive, [card(f"a{number}"), card(f"b{number}"), card(f"c{number}")], at=night(number))
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []


def test_opt_outs_attempts_and_rendering_are_kept_with_the_look(tmp_path: Path) -> None:
    said = (OptOut(source="header tdm-reservation", value="1", forbids=True),)
    with create_archive(tmp_path / "archive.db") as archive:
        look(archive, [card("a")], opt_outs=said, attempts=2, attempt_log=("503", "200"))
        look(archive, [card("a")], at=night(1))
        assert rows(archive, "SELECT opt_outs, attempt_log, rendered FROM look ORDER BY seen_at") == [
            ('[["header tdm-reservation", "1", 1]]', '["503", "200"]', None),
            (None, None, None),
        ]


def test_not_modified_looks_are_counted_since_the_page_was_last_sent(tmp_path: Path) -> None:
    with create_archive(tmp_path / "archive.db") as archive:

        def in_a_row() -> int:
            return archive.get_page(source="harbour", url=PAGE_URL, started_at=night(9)).not_modified_in_a_row

        look(archive, [card("a")])
        assert in_a_row() == 0
        for number in (1, 2):
            look(archive, None, at=night(number), outcome=Outcome.NOT_MODIFIED, body=None)
            look(archive, None, at=night(number) + timedelta(hours=1), outcome=Outcome.HTTP_ERROR, body=None)
            assert in_a_row() == number
        look(archive, [card("b")], at=night(3))
        assert in_a_row() == 0
