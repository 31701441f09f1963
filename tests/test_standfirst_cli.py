"""The command line as a user meets it: help, the demo, the first steps."""

import re
import subprocess
import sys

import pytest
from commands import rows_of, write_sources

from standfirst.cli.group import VERBS
from standfirst.demo import write_config
from standfirst.demo_server import DemoServer
from storage import create_archive


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


def test_add_refuses_a_page_without_cards_unless_forced(cli, tmp_path, answering):
    answering.pages["/"] = (200, "text/html", b"<html><body><p>Nothing but a sentence.</p></body></html>")
    write_sources(tmp_path)
    before = (tmp_path / "standfirst.toml").read_text()
    code, _, err = cli("add", answering.url("/"), "--allow-private")
    assert code == 4
    assert "not added: no cards" in err
    assert (tmp_path / "standfirst.toml").read_text() == before
    assert cli("add", answering.url("/"), "--allow-private", "--force")[0] == 0
