"""A source that is renamed goes on as it was, and is found by every name that it had."""

import sqlite3

import pytest
from archives import NIGHT, PAGE_URL, card, listing, look, night

from scraper.errors import QueryError
from scraper.pages import Outcome
from storage import create_archive, open_reader
from storage.rebuild import rebuild
from storage.rereading import Reading

PLAIN = card("plan")
NO_LINK = type(PLAIN)(title="A card without a link", url=None, position=2)


@pytest.fixture
def archive(tmp_path):
    with create_archive(tmp_path / "archive.db") as archive:
        look(archive, [PLAIN, NO_LINK])
        yield archive


def test_history_goes_on_without_a_break_under_the_new_slug(archive):
    assert archive.rename_source("harbour", "port", renamed_at=night(1))
    recorded = look(archive, [PLAIN, NO_LINK], source="port", at=night(1))
    assert (recorded.new, recorded.absent, recorded.cards) == (0, 0, 2)
    with open_reader(archive.path) as reader:
        assert {row["source"] for row in reader.cards()} == {"port"}
        assert reader.changes(since=night(1)) == []
        assert reader.sql("SELECT count(*) AS pages FROM page") == [{"pages": 1}]


def test_every_slug_that_it_ever_had_finds_it(archive):
    archive.rename_source("harbour", "port", renamed_at=night(1))
    archive.rename_source("port", "quay", renamed_at=night(2))
    with open_reader(archive.path) as reader:
        for slug in ("harbour", "port", "quay"):
            assert [row["source"] for row in reader.cards(slug)] == ["quay", "quay"], slug
            assert reader.coverage(source=slug)[0]["source"] == "quay"
        with pytest.raises(QueryError, match="has seen nothing of a source 'dock' yet; it has quay"):
            reader.cards("dock")


def test_it_can_have_its_old_slug_back(archive):
    archive.rename_source("harbour", "port", renamed_at=night(1))
    archive.rename_source("port", "harbour", renamed_at=night(2))
    assert look(archive, [PLAIN, NO_LINK], at=night(3)).new == 0


def test_another_source_s_slug_is_not_taken_away(archive):
    look(archive, [PLAIN], source="tide", url="https://tide.example/")
    with pytest.raises(QueryError, match="history of another source 'tide'"):
        archive.rename_source("harbour", "tide", renamed_at=night(1))
    with open_reader(archive.path) as reader:
        assert {row["source"] for row in reader.cards()} == {"harbour", "tide"}


def test_what_the_archive_has_never_seen_needs_no_new_name(archive):
    assert not archive.rename_source("tide", "ebb", renamed_at=night(1))


def test_what_a_run_left_over_stays_expected_of_the_source(archive):
    pages = [("harbour", "https://harbour.example/opinion/")]
    archive.begin_run(started_at=night(1), version="test", command="crawl", expected=pages)
    archive.rename_source("harbour", "port", renamed_at=night(1))
    assert [(page.source, page.url) for page in archive.left_over()] == [("port", pages[0][1])]
    archive.begin_run(started_at=night(2), version="test", command="crawl")
    assert archive.connection.execute("SELECT slug FROM source").fetchall() == [("port",)]


def test_a_slug_is_not_changed_without_keeping_the_old_one(archive):
    for change in ("UPDATE source SET slug = 'x'", "UPDATE source SET id = 7", "DELETE FROM source"):
        with pytest.raises(sqlite3.IntegrityError):
            archive.connection.execute(change)
    archive.rename_source("harbour", "port", renamed_at=night(1))
    for change in ("UPDATE former_slug SET slug = 'x'", "DELETE FROM former_slug"):
        with pytest.raises(sqlite3.IntegrityError):
            archive.connection.execute(change)


def test_a_rebuild_keeps_all_names_and_knows_cards_without_a_link_again(archive, tmp_path):
    archive.rename_source("harbour", "port", renamed_at=night(1))
    look(archive, [PLAIN, NO_LINK], source="port", at=night(1))
    archive.close()
    target = tmp_path / "again.db"
    rebuild(
        archive.path,
        target,
        read=lambda stored: Reading(outcome=Outcome.OK, detail="", listing=listing([PLAIN, NO_LINK])),
        extractor_version="2",
        now=NIGHT,
    )
    with open_reader(target) as again, open_reader(archive.path) as reader:
        assert again.cards("harbour") == reader.cards("harbour")
        assert again.sql("SELECT fallback FROM article WHERE url IS NULL") == [
            {"fallback": f"harbour {PAGE_URL} a card without a link"}
        ]
