"""The notebook API: rows that other libraries take as they are."""

import pytest

import standfirst
from scraper.errors import ArchiveNotFoundError, QueryError


@pytest.fixture
def archive(demo_folder):
    with standfirst.open(demo_folder / "archive.db") as archive:
        yield archive


def test_every_question_answers_with_rows_of_the_same_columns(archive):
    answers = [
        archive.cards("cities"),
        archive.cards("cities", at="2024-05-24"),
        archive.changes(since="2024-05-22", until="2024-05-25", source="cities"),
        archive.changes(kinds=["gap"]),
        archive.gaps(),
        archive.history("The night buses"),
        archive.search("harbour"),
        archive.status(),
        archive.vanished(since="2024-05-20"),
        archive.new_by_week("cities"),
        archive.most_reworded(),
        archive.who_ran_it("The night buses"),
        archive.coverage(),
        archive.provenance("The night buses"),
        archive.sql("select * from sighting where source = :source limit 3", {"source": "cities"}),
    ]
    for rows in answers:
        assert rows
        assert isinstance(rows, standfirst.Rows)
        assert {tuple(row) for row in rows} == {tuple(rows[0])}


def test_moments_may_be_text_or_datetimes(archive):
    from datetime import UTC, datetime

    assert archive.cards("cities", at="2024-05-24T12:00Z") == archive.cards("cities", at=datetime(2024, 5, 24, 12, tzinfo=UTC))
    with pytest.raises(QueryError):
        archive.cards("cities", at="some day")


def test_the_archive_cannot_be_written(archive):
    with pytest.raises(QueryError):
        archive.sql("delete from crawl")


def test_opening_never_creates_a_file(tmp_path):
    with pytest.raises(ArchiveNotFoundError):
        standfirst.open(tmp_path / "nothing.db")
    assert list(tmp_path.iterdir()) == []


def test_pandas_keeps_read_times_whole(archive):
    pytest.importorskip("pandas")
    frame = archive.cards("cities").to_pandas()
    assert str(frame["read_time_minutes"].dtype) == "Int64"
    assert frame["read_time_minutes"].isna().any()
    assert list(frame.columns) == list(archive.cards("cities")[0])


def test_polars_keeps_read_times_whole(archive):
    polars = pytest.importorskip("polars")
    frame = archive.cards("cities").to_polars()
    assert frame["read_time_minutes"].dtype == polars.Int64
    assert frame.height == len(archive.cards("cities"))
