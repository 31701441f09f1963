"""The notebook API: rows that other libraries take as they are."""

import json

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


def test_duckdb_asks_the_frames_and_keeps_read_times_whole(archive):
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pandas")
    cards = archive.cards("cities").to_pandas()  # noqa: F841  DuckDB finds it by its name
    types = dict(duckdb.sql("select column_name, column_type from (describe cards)").fetchall())
    assert (types["read_time_minutes"], types["title"]) == ("BIGINT", "VARCHAR")
    (answer,) = duckdb.sql(
        "select count(*), sum(read_time_minutes), min(published_on::date) from cards where read_time_minutes is not null"
    ).fetchall()
    minutes = [row for row in archive.cards("cities") if row["read_time_minutes"] is not None]
    assert answer[:2] == (len(minutes), sum(row["read_time_minutes"] for row in minutes))
    assert str(answer[2]) == min(row["published_on"] for row in minutes if row["published_on"])


def test_duckdb_reads_what_the_command_line_prints(archive, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    lines = tmp_path / "cards.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in archive.cards("cities")))
    (asked,) = duckdb.sql(f"select count(*), sum(read_time_minutes) from read_json('{lines}')").fetchall()
    minutes = [row["read_time_minutes"] or 0 for row in archive.cards("cities")]
    assert asked == (len(minutes), sum(minutes))


def test_days_and_moments_become_dates_in_every_library(archive):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    rows = archive.cards("cities")
    frame, other = rows.to_pandas(), rows.to_polars()
    days = pandas.to_datetime(frame["published_on"])
    assert [None if pandas.isna(day) else day.strftime("%Y-%m-%d") for day in days] == [row["published_on"] for row in rows]
    assert pandas.to_datetime(frame["seen_at"]).dt.tz is not None
    assert other["published_on"].str.to_date().dtype == polars.Date
    assert other["seen_at"].str.to_datetime().dtype == polars.Datetime("us", "UTC")


def test_a_column_has_its_type_also_where_it_is_empty(archive):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    answers = [archive.cards(source, at=at) for source in ("cities", "courier", "auental") for at in ("2024-05-21", "2024-05-27")]
    joined = polars.concat([rows.to_polars() for rows in answers])
    assert joined.schema["author"] == polars.String
    assert joined.schema["read_time_minutes"] == polars.Int64
    assert len({str(rows.to_pandas()["author"].dtype) for rows in answers}) == 1
    assert str(pandas.concat([rows.to_pandas() for rows in answers])["read_time_minutes"].dtype) == "Int64"
    unread = standfirst.Rows([{"read_time_minutes": None, "author": None}])
    assert [str(kind) for kind in unread.to_pandas().dtypes] == ["Int64", "string"]
    assert unread.to_polars().dtypes == [polars.Int64, polars.String]
    assert standfirst.Rows().to_pandas().empty
    assert standfirst.Rows().to_polars().is_empty()


def test_a_notebook_shows_an_answer_as_a_table_and_says_what_it_leaves_out(archive):
    shown = archive.cards("cities")._repr_html_()
    assert "<th>read_time_minutes</th>" in shown
    assert shown.count("<tr>") == 1 + 16
    assert shown.endswith("<p>16 rows</p>")
    assert archive.cards()._repr_html_().endswith("<p>73 rows, the first 50 of them shown</p>")
    assert archive.search("quagga")._repr_html_().endswith("<p>0 rows</p>")
    hostile = archive.sql("select '<script>' as \"<b>\", null as empty")._repr_html_()
    assert "<th>&lt;b&gt;</th><th>empty</th>" in hostile
    assert "<td>&lt;script&gt;</td><td></td>" in hostile


def test_an_archive_says_which_it_is(archive, demo_folder):
    assert repr(archive) == f"<archive '{demo_folder / 'archive.db'}', open read-only>"
