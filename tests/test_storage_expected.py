"""Each page that a run was to look at has a row, however the run ended; and what is left over is known."""

from datetime import timedelta

import pytest
from archives import NIGHT, card, look, night

from scraper.pages import Outcome
from storage import create_archive, open_reader

PAGES = [
    ("harbour", "https://harbour.example/latest/"),
    ("harbour", "https://harbour.example/opinion/"),
    ("quay", "https://quay.example/"),
]


@pytest.fixture
def archive(tmp_path):
    with create_archive(tmp_path / "archive.db") as archive:
        yield archive


def begin(archive, at=NIGHT, expected=PAGES):
    return archive.begin_run(started_at=at, version="test", command="crawl", expected=expected)


def rows(archive):
    return archive.connection.execute(
        "SELECT run_id, url, seen_at, outcome, attempts FROM crawl JOIN page ON page.id = page_id ORDER BY crawl.id"
    ).fetchall()


def left_over(archive):
    with open_reader(archive.path) as reader:
        return [(page.source, page.url) for page in reader.left_over()]


def test_a_run_that_ends_early_records_the_pages_that_had_no_turn(archive):
    run_id = begin(archive)
    look(archive, [card("a")], run_id=run_id)
    archive.finish_run(run_id, finished_at=NIGHT + timedelta(minutes=5), exit_code=130)
    assert rows(archive) == [
        (1, PAGES[0][1], "2026-05-01T02:00:00Z", "ok", 1),
        (1, PAGES[1][1], "2026-05-01T02:05:00Z", "interrupted", 0),
        (1, PAGES[2][1], "2026-05-01T02:05:00Z", "interrupted", 0),
    ]
    assert left_over(archive) == PAGES[1:]


def test_a_killed_run_has_them_when_the_next_one_begins(archive):
    run_id = begin(archive)
    look(archive, [card("a")], run_id=run_id)
    page = archive.get_page(source="harbour", url=PAGES[1][1], started_at=NIGHT)
    archive.begin_crawl(run_id, page.page_id, started_at=NIGHT)
    assert left_over(archive) == PAGES[1:]
    begin(archive, night(1), expected=PAGES[:1])
    assert [row[3:] for row in rows(archive)] == [("ok", 1), ("interrupted", None), ("interrupted", 0)]
    assert {row[0] for row in rows(archive)} == {run_id}


def test_what_is_left_over_stays_known_until_somebody_looks(archive):
    archive.finish_run(begin(archive), finished_at=NIGHT)
    second = begin(archive, night(1), expected=PAGES[2:])
    look(archive, [card("a")], source="quay", url=PAGES[2][1], at=night(1), run_id=second)
    archive.finish_run(second, finished_at=night(1))
    assert left_over(archive) == PAGES[:2]
    third = begin(archive, night(2))
    for source, url in PAGES:
        look(archive, [card("b")], source=source, url=url, at=night(2), run_id=third)
    archive.finish_run(third, finished_at=night(2))
    assert left_over(archive) == []
    assert len(rows(archive)) == 3 + 1 + 3


@pytest.mark.parametrize("outcome", [Outcome.HTTP_ERROR, Outcome.DEFERRED, Outcome.ROBOTS_DISALLOWED])
def test_a_look_that_came_to_an_end_is_not_left_over_even_if_it_was_no_good(archive, outcome):
    run_id = begin(archive, expected=PAGES[:1])
    look(archive, run_id=run_id, outcome=outcome, body=None)
    assert left_over(archive) == []


def test_a_finished_run_adds_nothing(archive):
    run_id = begin(archive, expected=PAGES[:1])
    look(archive, [card("a")], run_id=run_id)
    archive.finish_run(run_id, finished_at=NIGHT, exit_code=0)
    begin(archive, night(1), expected=())
    assert len(rows(archive)) == 1


def test_a_clock_that_was_set_back_puts_no_row_before_an_earlier_one(archive):
    look(archive, [card("a")], at=night(1))
    archive.finish_run(begin(archive, night(0), expected=PAGES[:1]), finished_at=night(0))
    assert [row[2:4] for row in rows(archive)] == [("2026-05-02T02:00:00Z", "ok"), ("2026-05-02T02:00:01Z", "interrupted")]
