"""`standfirst crawl` as a user meets it: what it prints, where it prints it, and its exit codes."""

import contextlib
import socket
import sqlite3

import pytest
from commands import rows_of, write_sources

from standfirst.demo import write_config
from standfirst.demo_server import DemoServer
from storage import create_archive


def test_a_second_crawl_with_nothing_changed_adds_one_row_a_page_and_nothing_else(cli, tmp_path):
    def counts():
        with contextlib.closing(sqlite3.connect(tmp_path / "archive.db")) as db:
            return {
                table: db.execute(f"select count(*) from {table}").fetchone()[0]
                for table in (
                    "run",
                    "crawl",
                    "article",
                    "revision",
                    "span",
                    "rewording",
                    "body",
                    "robots",
                    "circumstance",
                    "page",
                )
            }

    with DemoServer(night=0) as server:
        write_config(tmp_path, server)
        with create_archive(tmp_path / "archive.db"):
            pass
        assert cli("crawl")[0] == 0
        first = counts()
        code, _, err = cli("crawl")
        second = counts()
    assert code == 0
    assert "new 0; reworded 0; returned 0; absent 0" in err.splitlines()[-1]
    assert second["crawl"] == 2 * first["crawl"] == 2 * first["page"]
    assert second["run"] == 2
    grown = {table for table in first if second[table] > first[table]}
    assert grown <= {"run", "crawl", "circumstance"}  # a 304 or the same bytes is a circumstance, the first time


def test_quiet_prints_nothing_on_a_good_night_and_the_trouble_on_a_bad_one(cli, tmp_path):
    with DemoServer(night=0) as server:
        write_config(tmp_path, server)
        with create_archive(tmp_path / "archive.db"):
            pass
        assert cli("crawl", "--quiet") == (0, "", "")
        server.night = 3
        code, out, err = cli("crawl", "--quiet")
    assert (code, out) == (3, "")
    assert "courier: http://courier.example/: http_error: the server answered 503" in err
    assert err.splitlines()[-1].startswith("5 sources")


def test_one_failing_source_is_code_3_and_all_failing_is_code_4(cli, tmp_path, answering):
    with DemoServer(night=0) as demo:
        page = demo.listing_urls["cities"]
        config = write_config(tmp_path, demo).path
        config.write_text(config.read_text() + f'[source.broken]\nurls = ["{answering.url("/gone")}"]\nallow_private = true\n')
        with create_archive(tmp_path / "archive.db"):
            pass
        assert page
        assert cli("crawl", "cities", "broken")[0] == 3
    assert cli("crawl", "broken")[0] == 4


LISTING = b"<html><body><main>" + b"".join(
    b"<article><h2><a href='/n/%d'>A headline about matter number %d</a></h2><p>What happened in the matter, told in one sentence.</p></article>"
    % (i, i)
    for i in range(6)
)


def refused_url():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        pytest.param((200, "application/pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20), "not_html", "PDF", id="a PDF"),
        pytest.param((200, "text/html", b""), "bad_response", "empty", id="an empty body"),
        pytest.param((404, "text/html", b"<h1>Not found</h1>"), "http_error", "404", id="a 404"),
        pytest.param((500, "text/html", b"<h1>Oh no</h1>"), "http_error", "500", id="a 500"),
        pytest.param((403, "text/html", b"<h1>No</h1>"), "blocked", "403", id="a 403"),
    ],
)
def test_a_page_that_is_no_listing_is_recorded_with_its_outcome(cli, tmp_path, answering, answer, outcome, words):
    answering.pages["/"] = answer
    write_sources(tmp_path, paper=answering.url("/"))
    code, out, err = cli("crawl", "--json")
    row, last = rows_of(out)
    assert last["summary"]["outcomes"] == {outcome: 1}
    assert (code, row["outcome"]) == (4, outcome)
    assert words in row["detail"]
    assert f"paper: {answering.url('/')}: {outcome}" in err
    assert cli("cards", "--format", "jsonl")[:2] == (0, "")


def test_a_refused_connection_is_recorded(cli, tmp_path):
    write_sources(tmp_path, paper=refused_url())
    code, out, err = cli("crawl", "--json")
    assert (code, rows_of(out)[0]["outcome"]) == (4, "unreachable")
    assert "refused" in err


def test_a_page_that_robots_forbids_is_not_fetched(cli, tmp_path, answering):
    answering.pages["/robots.txt"] = (200, "text/plain", b"User-agent: *\nDisallow: /private/\n")
    answering.pages["/private/"] = (200, "text/html", LISTING)
    write_sources(tmp_path, paper=answering.url("/private/"))
    code, out, err = cli("crawl", "--json")
    assert (code, rows_of(out)[0]["outcome"]) == (4, "robots_disallowed")
    assert "/robots.txt" in err


def test_a_private_address_is_refused_unless_the_source_allows_it(cli, tmp_path, answering):
    answering.pages["/"] = (200, "text/html", LISTING)
    (tmp_path / "standfirst.toml").write_text(f'contact = "x@y.example"\n[source.paper]\nurls = ["{answering.url("/")}"]\n')
    with create_archive(tmp_path / "archive.db"):
        pass
    code, out, _ = cli("crawl", "--json")
    assert (code, rows_of(out)[0]["outcome"]) == (4, "address_refused")


def test_a_gap_does_not_make_cards_vanish(cli, tmp_path, answering):
    answering.pages["/"] = (200, "text/html", LISTING)
    write_sources(tmp_path, paper=answering.url("/"))
    assert cli("crawl")[0] == 0
    answering.pages["/"] = (200, "text/html", b"<html><body><p>Back soon.</p></body></html>")
    assert cli("crawl")[0] == 4
    assert len(rows_of(cli("cards", "--format", "jsonl")[1])) == 6
    assert {row["kind"] for row in rows_of(cli("changes", "--format", "jsonl")[1])} == {"new", "gap"}


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        pytest.param("arhive = 'x.db'", 78, "arhive: unknown key; did you mean archive?", id="unknown key"),
        pytest.param("archive = ", 78, "not valid TOML", id="broken file"),
        pytest.param("contact = 'a@b.example'", 78, "no source to look at", id="no sources"),
        pytest.param("[source.a]\nurls = ['https://a.example/']", 78, "contact: is empty", id="no contact"),
        pytest.param(
            "contact = 'a@b.example'\n[source.a]\nurls = ['https://a.example/']", 78, "standfirst init", id="no archive"
        ),
    ],
)
def test_a_configuration_that_cannot_be_used_ends_with_78(cli, tmp_path, text, code, words):
    (tmp_path / "standfirst.toml").write_text(text)
    got, out, err = cli("crawl")
    assert (got, out) == (code, "")
    assert words in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["standfirst.toml"]


def test_a_missing_configuration_and_an_unknown_slug(cli, tmp_path):
    code, _, err = cli("crawl", "--config", "nowhere.toml")
    assert code == 78
    assert "nowhere.toml: no such file" in err
    write_sources(tmp_path, cities="https://cities.example/")
    code, _, err = cli("crawl", "citees")
    assert code == 2
    assert "did you mean cities" in err


def test_a_second_crawl_at_the_same_time_exits_with_75(cli, tmp_path, answering):
    from schedules.lock import hold_lock

    write_sources(tmp_path, paper=answering.url("/"))
    with hold_lock(tmp_path / "archive.db"):
        code, _, err = cli("crawl")
    assert code == 75
    assert "another crawl is running" in err
