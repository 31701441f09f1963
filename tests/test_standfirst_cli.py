"""The command line as a user meets it: what it prints, where it prints it, and its exit codes."""

import contextlib
import csv
import dataclasses
import hashlib
import io
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from standfirst.cli.group import VERBS, run
from standfirst.demo import write_config
from standfirst.demo_server import DemoServer
from storage import create_archive
from storage.connections import APPLICATION_ID


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """Runs one command in a folder of its own; returns (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))

    def call(*argv):
        code = run([str(arg) for arg in argv])
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call


@pytest.fixture
def demo_archive(demo_folder):
    return demo_folder / "archive.db"


def rows_of(out):
    return [json.loads(line) for line in out.splitlines()]


class Answering(BaseHTTPRequestHandler):
    """Answers with what the test put into `server.pages`: path -> (status, content type, body)."""

    def do_GET(self):
        status, content_type, body = self.server.pages.get(self.path, (404, "text/html", b"<h1>Not here</h1>"))
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def web():
    """A server on loopback: `web.pages[path] = (status, content type, body)`, `web.url(path)`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.pages = {}
    server.url = lambda path: f"http://127.0.0.1:{server.server_address[1]}{path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def write_sources(folder, **urls):
    """A configuration for one's own server, and an empty archive."""
    text = 'contact = "tests@standfirst.example"\n[crawl]\ndelay_s = 0\nretries = 0\n'
    for slug, url in urls.items():
        text += f'[source.{slug}]\nurls = ["{url}"]\nallow_private = true\n'
    (folder / "standfirst.toml").write_text(text)
    with create_archive(folder / "archive.db"):
        pass


# ---- help ----


def test_help_names_every_verb_and_every_exit_code(cli):
    code, out, _ = cli("--help")
    assert code == 0
    for verb in VERBS:
        assert re.search(rf"^  {verb}  ", out, re.MULTILINE)
    for number in ("0", "1", "2", "3", "4", "75", "78", "130"):
        assert re.search(rf"\b{number}\s", out)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_an_example(cli, verb):
    code, out, _ = cli(verb, "--help")
    assert code == 0
    assert verb == "status" or "standfirst " + verb in out


def test_help_loads_nothing_heavy():
    heavy = "httpx selectolax sqlite_utils tomlkit msgspec apscheduler tenacity zstandard"
    script = f"import sys; sys.argv = ['standfirst', '--help']\ntry:\n  from standfirst.cli import main; main()\nexcept SystemExit: pass\nsys.exit(' '.join(n for n in {heavy.split()} if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.strip() == ""


def test_an_unknown_verb_is_a_usage_error(cli):
    code, _, err = cli("crawll")
    assert code == 2
    assert "No such command" in err


# ---- demo ----


def test_the_demo_shows_cards_a_rewording_a_removal_and_the_gap(cli):
    code, out, _ = cli("demo")
    assert code == 0
    assert "Why every bus stop needs a bench" in out
    assert re.search(r"  - .*\n  \+ ", out)
    assert "courier: absent from 2024-05-23T02:00:00Z: Empty shops on the High Street" in out
    assert "cities: back on 2024-05-25T02:00:00Z" in out
    assert "courier: from 2024-05-23T02:00:00Z to 2024-05-25T02:00:00Z: http_error" in out


def test_the_demo_keeps_its_archive_where_told_and_refuses_a_folder_with_something_in_it(cli, tmp_path):
    code, out, _ = cli("demo", "--keep", tmp_path / "kept")
    assert code == 0
    assert f"standfirst status --archive {tmp_path / 'kept' / 'archive.db'}" in out
    code, _, err = cli("demo", "--keep", tmp_path / "kept")
    assert code == 2
    assert "is not empty" in err


# ---- init, add, try ----


def test_init_writes_a_configuration_that_loads_and_an_archive_and_overwrites_nothing(cli, tmp_path):
    code, _, err = cli("init", "mine", "--contact", 'me "too" <me@university.example>')
    assert code == 0
    assert "standfirst add" in err
    assert cli("crawl", "--config", "mine/standfirst.toml", "--dry-run")[0] == 78  # no source yet
    before = (tmp_path / "mine" / "standfirst.toml").read_bytes()
    code, _, err = cli("init", "mine")
    assert code == 78
    assert "is there already" in err
    assert (tmp_path / "mine" / "standfirst.toml").read_bytes() == before


def test_try_shows_the_cards_of_a_page_and_stores_nothing(cli, tmp_path):
    with DemoServer(night=0) as server:
        config = write_config(tmp_path, server)
        code, out, err = cli("try", server.listing_urls["cities"], "--allow-private", "--json", "--config", config.path)
    assert code == 0
    cards = rows_of(out)
    assert cards[0]["position"] == 1
    assert any(card["read_time_raw"] == "8 minute read" for card in cards)
    assert "listing: " in err
    assert not (tmp_path / "archive.db").exists()


def test_try_reads_a_saved_page_and_explains(cli, tmp_path):
    page = "".join(
        f"<article><h2><a href='/n/{i}'>A headline about matter number {i}</a></h2><p>What happened in matter {i}, told in one sentence.</p>"
        f"<span>{i + 2} min read</span></article>"
        for i in range(5)
    )
    (tmp_path / "saved.html").write_text(f"<html><body><main>{page}</main></body></html>")
    code, out, err = cli("try", "saved.html", "--url", "https://paper.example/news", "--explain", "--format", "table")
    assert code == 0
    assert "A headline about matter number 4" in out
    assert "sure " in err


def test_try_reads_the_plain_text_of_a_page(cli, tmp_path):
    (tmp_path / "latest.txt").write_text(
        "Latest\nThe mayors met on Tuesday, say residents. 7 minute readA new plan for the harbour was adopted by the council. 8 minute read"
    )
    code, out, _ = cli("try", "latest.txt", "--json")
    assert code == 0
    assert [(card["title"], card["read_time_minutes"]) for card in rows_of(out)] == [(None, 7), (None, 8)]


def test_try_of_a_file_that_is_not_there_says_so(cli):
    code, _, err = cli("try", "nothing.html")
    assert code == 4
    assert "nothing.html: can't be read" in err


def test_add_appends_a_source_that_crawls(cli, tmp_path):
    with DemoServer(night=0) as server:
        config = write_config(tmp_path, server)
        text = config.path.read_text()
        config.path.write_text(text[: text.index("[source.")])
        code, _, err = cli("add", server.listing_urls["cities"], "--slug", "mine", "--allow-private", "--why", "a test")
        assert code == 0, err
        with create_archive(tmp_path / "archive.db"):
            pass
        code, out, _ = cli("crawl", "--json")
    assert code == 0
    (look, last) = rows_of(out)
    assert (look["source"], last["summary"]["pages"]) == ("mine", 1)
    assert config.path.read_text().startswith(text[: text.index("[source.")].rstrip())


def test_add_refuses_a_page_without_cards_unless_forced(cli, tmp_path, web):
    web.pages["/"] = (200, "text/html", b"<html><body><p>Nothing but a sentence.</p></body></html>")
    write_sources(tmp_path)
    before = (tmp_path / "standfirst.toml").read_text()
    code, _, err = cli("add", web.url("/"), "--allow-private")
    assert code == 4
    assert "not added: no cards" in err
    assert (tmp_path / "standfirst.toml").read_text() == before
    assert cli("add", web.url("/"), "--allow-private", "--force")[0] == 0


# ---- crawl ----


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


def test_one_failing_source_is_code_3_and_all_failing_is_code_4(cli, tmp_path, web):
    with DemoServer(night=0) as demo:
        page = demo.listing_urls["cities"]
        config = write_config(tmp_path, demo).path
        config.write_text(config.read_text() + f'[source.broken]\nurls = ["{web.url("/gone")}"]\nallow_private = true\n')
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
def test_a_page_that_is_no_listing_is_recorded_with_its_outcome(cli, tmp_path, web, answer, outcome, words):
    web.pages["/"] = answer
    write_sources(tmp_path, paper=web.url("/"))
    code, out, err = cli("crawl", "--json")
    row, last = rows_of(out)
    assert last["summary"]["outcomes"] == {outcome: 1}
    assert (code, row["outcome"]) == (4, outcome)
    assert words in row["detail"]
    assert f"paper: {web.url('/')}: {outcome}" in err
    assert cli("cards", "--format", "jsonl")[:2] == (0, "")


def test_a_refused_connection_is_recorded(cli, tmp_path):
    write_sources(tmp_path, paper=refused_url())
    code, out, err = cli("crawl", "--json")
    assert (code, rows_of(out)[0]["outcome"]) == (4, "unreachable")
    assert "refused" in err


def test_a_page_that_robots_forbids_is_not_fetched(cli, tmp_path, web):
    web.pages["/robots.txt"] = (200, "text/plain", b"User-agent: *\nDisallow: /private/\n")
    web.pages["/private/"] = (200, "text/html", LISTING)
    write_sources(tmp_path, paper=web.url("/private/"))
    code, out, err = cli("crawl", "--json")
    assert (code, rows_of(out)[0]["outcome"]) == (4, "robots_disallowed")
    assert "/robots.txt" in err


def test_a_private_address_is_refused_unless_the_source_allows_it(cli, tmp_path, web):
    web.pages["/"] = (200, "text/html", LISTING)
    (tmp_path / "standfirst.toml").write_text(f'contact = "x@y.example"\n[source.paper]\nurls = ["{web.url("/")}"]\n')
    with create_archive(tmp_path / "archive.db"):
        pass
    code, out, _ = cli("crawl", "--json")
    assert (code, rows_of(out)[0]["outcome"]) == (4, "address_refused")


def test_a_gap_does_not_make_cards_vanish(cli, tmp_path, web):
    web.pages["/"] = (200, "text/html", LISTING)
    write_sources(tmp_path, paper=web.url("/"))
    assert cli("crawl")[0] == 0
    web.pages["/"] = (200, "text/html", b"<html><body><p>Back soon.</p></body></html>")
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


def test_a_second_crawl_at_the_same_time_exits_with_75(cli, tmp_path, web):
    from schedules.lock import hold_lock

    write_sources(tmp_path, paper=web.url("/"))
    with hold_lock(tmp_path / "archive.db"):
        code, _, err = cli("crawl")
    assert code == 75
    assert "another crawl is running" in err


# ---- asking ----

QUESTIONS = [
    ("status",),
    ("cards",),
    ("changes", "--since", "2024-05-01"),
    ("history", "night buses"),
    ("search", "harbour"),
    ("export",),
    ("vanished",),
    ("reworded",),
    ("first", "night buses"),
    ("same", "night buses"),
    ("weeks",),
    ("coverage",),
    ("provenance", "night buses"),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_a_mistyped_archive_is_named_and_nothing_is_created(cli, tmp_path, question):
    code, out, err = cli(*question, "--archive", "tpyo.db")
    assert (code, out) == (78, "")
    assert "tpyo.db" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_a_file_that_is_no_archive_is_refused_and_left_alone(cli, tmp_path, question):
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("create table mine (x)")
        db.commit()
    before = (tmp_path / "other.db").read_bytes()
    assert cli(*question, "--archive", "other.db")[0] == 78
    (tmp_path / "text.db").write_text("this is no database at all, but a sentence\n" * 100)
    assert cli(*question, "--archive", "text.db")[0] == 78
    assert (tmp_path / "other.db").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"other.db", "text.db"}


def test_the_archive_says_that_it_is_ours(demo_archive):
    with contextlib.closing(sqlite3.connect(f"file:{demo_archive}?mode=ro", uri=True)) as db:
        assert db.execute("pragma application_id").fetchone() == (APPLICATION_ID,)


def test_cards_at_a_moment_are_those_of_the_last_good_look_before_it(cli, demo_archive):
    _, out, _ = cli("cards", "--archive", demo_archive, "--source", "courier", "--at", "2024-05-24T12:00Z")
    rows = rows_of(out)
    assert {row["seen_at"] for row in rows} == {"2024-05-23T02:00:00Z"}  # on the 24th its server failed
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))


def test_changes_tell_rewordings_absences_returns_and_gaps(cli, demo_archive):
    _, out, _ = cli("changes", "--archive", demo_archive, "--since", "2024-05-20")
    assert {"new", "reworded", "absent", "returned", "gap"} <= {row["kind"] for row in rows_of(out)}


@pytest.mark.parametrize("verb", ["cards", "changes", "search", "history", "status"])
def test_tables_fit_the_terminal_and_csv_has_a_header(cli, demo_archive, verb):
    extra = {"changes": ["--since", "2024-05-20"], "search": ["the"], "history": ["night buses"]}.get(verb, [])
    code, out, _ = cli(verb, *extra, "--archive", demo_archive, "--format", "table")
    assert code == 0
    assert out
    assert max(len(line) for line in out.splitlines()) <= 120 + len("\x1b[1m\x1b[0m") * 3
    _, out, _ = cli(verb, *extra, "--archive", demo_archive, "--format", "csv")
    header, *rows = list(csv.reader(io.StringIO(out)))
    assert "source" in header
    assert all(len(row) == len(header) for row in rows)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_every_question_is_answered(cli, demo_archive, question):
    code, out, err = cli(*question, "--archive", demo_archive, *([] if question[0] == "export" else ["--format", "jsonl"]))
    assert code == 0, err
    assert out or question[0] == "same"  # no other outlet ran it


def test_an_unknown_source_or_moment_or_card_is_a_usage_error(cli, demo_archive):
    assert cli("cards", "--archive", demo_archive, "--source", "nobody")[0] == 2
    assert cli("cards", "--archive", demo_archive, "--at", "last Tuesday")[0] == 2
    assert cli("history", "--archive", demo_archive, "there is no such card")[0] == 2


def test_search_takes_any_text(cli, demo_archive):
    for words in ('"', "NEAR(", "a* OR", "-- ; drop table", "(", "AND", "x:y"):
        code, _, err = cli("search", "--archive", demo_archive, "--", words)
        assert code in (0, 2), err


def test_export_at_a_moment_gives_the_same_bytes_twice_and_after_a_later_crawl(cli, tmp_path, demo_folder):
    shutil.copy(demo_folder / "archive.db", tmp_path / "copy.db")
    digests = set()
    for output in ("one.csv", "two.csv"):
        assert cli("export", "--archive", "copy.db", "--at", "2024-05-24T12:00Z", "-o", output)[0] == 0
        digests.add(hashlib.sha256(Path(output).read_bytes()).hexdigest())
    code, out, _ = cli("export", "--archive", "copy.db", "--at", "2024-05-24T12:00Z")
    assert code == 0
    assert digests == {hashlib.sha256(out.encode()).hexdigest()}
    with DemoServer(night=7) as server:
        config = write_config(tmp_path, server)
        config.path.write_text(config.path.read_text().replace('"archive.db"', '"copy.db"'))
        assert cli("crawl")[0] == 0
    assert cli("export", "--archive", "copy.db", "--at", "2024-05-24T12:00Z", "-o", "three.csv")[0] == 0
    assert hashlib.sha256(Path("three.csv").read_bytes()).hexdigest() in digests
    rows = list(csv.DictReader(io.StringIO(Path("one.csv").read_bytes().decode())))
    assert {row["source"] for row in rows} == {"cities", "courier", "kilowatt", "minatono", "auental"}


def test_options_that_do_not_go_together_are_a_usage_error(cli, demo_archive):
    assert cli("export", "gaps", "--archive", demo_archive, "--at", "2024-05-24")[0] == 2
    assert cli("export", "cards", "--archive", demo_archive, "--since", "2024-05-24")[0] == 2


def test_a_reader_that_closes_the_pipe_early_is_no_error(demo_archive):
    command = f"{sys.executable} -m standfirst export --archive {demo_archive} --format jsonl | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_the_sqlite3_command_line_reads_sightings_as_english(demo_archive):
    if shutil.which("sqlite3") is None:
        pytest.skip("the sqlite3 command line is not installed")
    done = subprocess.run(
        ["sqlite3", "-header", "-readonly", str(demo_archive), "select * from sighting where source = 'cities' limit 5"],
        capture_output=True,
        text=True,
        check=True,
    )
    header, *rows = done.stdout.splitlines()
    assert header.startswith("source|page|seen_at|position|title|blurb|read_time_minutes|published_on|author|category|url")
    assert rows[0].startswith("cities|http://cities.example/latest/|2024-05-21T02:00:00Z|1|")
    assert len(rows) == 5


def test_status_says_whose_validators_lied(cli, tmp_path):
    from datetime import UTC, datetime

    with create_archive(tmp_path / "own.db") as archive:
        archive.save_memory("validators", {"https://paper.example/": "the ETag stayed"}, saved_at=datetime.now(UTC))
    code, _, err = cli("status", "--archive", "own.db")
    assert code == 0
    assert "https://paper.example/: is asked for in full each time, because its validators lied: the ETag stayed" in err


# ---- looking after the archive ----


@pytest.fixture
def own_archive(demo_folder, tmp_path):
    """A copy of the demo's archive that may be written."""
    shutil.copy(demo_folder / "archive.db", tmp_path / "own.db")
    return tmp_path / "own.db"


def test_verify_finds_a_sound_archive_sound_and_a_flipped_byte(cli, own_archive):
    assert cli("verify", "--archive", own_archive)[0] == 0
    assert cli("verify", "--archive", own_archive, "--read-only")[0] == 0
    with contextlib.closing(sqlite3.connect(own_archive)) as db:
        body_id, content = db.execute("select id, content from body where base_id is not null limit 1").fetchone()
        broken = bytearray(content)
        broken[len(broken) // 2] ^= 0xFF
        db.execute("update body set content = ? where id = ?", (bytes(broken), body_id))
        db.commit()
    code, out, err = cli("verify", "--archive", own_archive)
    assert code == 78
    assert f"body {body_id}" in out
    assert "Restore" in err


def test_prune_drops_bytes_and_no_fact(cli, own_archive):
    before = cli("export", "changes", "--archive", own_archive)[1]
    assert cli("prune", "--archive", own_archive, "--keep", "2024-05-26")[0] == 0
    assert cli("export", "changes", "--archive", own_archive)[1] == before
    assert cli("verify", "--archive", own_archive)[0] == 0
    with contextlib.closing(sqlite3.connect(own_archive)) as db:
        assert db.execute("select count(*) from body where content is null").fetchone()[0] > 0


def test_backup_writes_a_whole_copy_and_overwrites_nothing(cli, own_archive, tmp_path):
    assert cli("backup", "copy.db", "--archive", own_archive)[0] == 0
    assert cli("verify", "--archive", "copy.db")[0] == 0
    assert cli("export", "--archive", "copy.db")[1] == cli("export", "--archive", own_archive)[1]
    code, _, err = cli("backup", "copy.db", "--archive", own_archive)
    assert code == 78
    assert "is there already" in err


@pytest.mark.parametrize("executor", ["serial", "processes:2"])
def test_rebuild_with_the_same_extractor_changes_nothing_and_leaves_the_archive_alone(cli, own_archive, executor):
    before = hashlib.sha256(own_archive.read_bytes()).hexdigest()
    code, out, err = cli("rebuild", "again.db", "--archive", own_archive, "--executor", executor, "--format", "jsonl")
    assert (code, out) == (0, "")
    assert "0 differences" in err
    assert hashlib.sha256(own_archive.read_bytes()).hexdigest() == before
    exports = [rows_of(cli("export", "--archive", path, "--format", "jsonl")[1]) for path in ("again.db", own_archive)]
    for row in (*exports[0], *exports[1]):
        del (
            row["article_id"],
            row["revision_id"],
        )  # numbers of a derivation: given in the order in which it went through the looks
    assert exports[0] == exports[1]
    assert cli("rebuild", "again.db", "--archive", own_archive)[0] == 78  # it is there already


def test_rebuild_reports_what_the_extractor_changed_card_by_card(cli, own_archive, monkeypatch):
    from schedules.reread import Rereader

    read_well = Rereader.__call__

    def without_read_times(self, stored):
        reading = read_well(self, stored)
        if reading.listing is None:
            return reading
        cards = tuple(dataclasses.replace(card, read_time_minutes=None, read_time_raw=None) for card in reading.listing.cards[1:])
        return reading._replace(listing=dataclasses.replace(reading.listing, cards=cards))

    monkeypatch.setattr(Rereader, "__call__", without_read_times)
    code, out, _ = cli("rebuild", "again.db", "--archive", own_archive, "--format", "jsonl")
    assert code == 0
    kinds = {(row["kind"], row["field"]) for row in rows_of(out)}
    assert ("lost", None) in kinds
    assert ("reread", "read_time_minutes") in kinds
