"""`standfirst sources`: what is watched, seen and changed from the command line; comments, permissions and history stay."""

import json
import os
import sqlite3
from contextlib import closing

import pytest
from slow_web import slow_web, write_config

from schedules.config import load_config
from schedules.edit import rename_source, save, set_enabled
from scraper.errors import ConfigError

CONFIG = """\
# my outlets
contact = "tests@standfirst.example"

[source.cities]  # the first
urls = ["https://cities.example/latest/"]  # its only page
name = "Cities"
cookies = {session = "secret"}

# the paper in the valley
[source.courier]
urls = [
  "https://courier.example/",  # front page
  "https://courier.example/opinion/",
]
enabled = false  # until spring
cadence = "every 6 hours"

[source.courier.recipe]
card = "article"  # seen in the browser
title = "h2"
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "standfirst.toml"
    path.write_text(CONFIG)
    return path


# ---- list ----


def test_the_list_says_what_is_watched_how_often_and_when_it_was_last_seen(cli, path):
    code, out, _ = cli("sources")
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()][1] == {
        "source": "courier",
        "name": None,
        "enabled": False,
        "cadence": "every 6 hours",
        "last_good_at": None,
        "urls": ["https://courier.example/", "https://courier.example/opinion/"],
        "why": None,
    }
    _, table, _ = cli("sources", "--format", "table")
    assert table.splitlines()[0].split() == ["source", "on", "cadence", "listing", "pages"]
    assert table.splitlines()[2].split()[:2] == ["courier", "no"]
    assert cli("sources", "list") == (0, out, "")


# ---- switch ----


def test_switching_changes_one_word_and_keeps_every_comment(cli, path):
    assert cli("sources", "enable", "courier") == (0, "", "courier is enabled\n")
    assert path.read_text() == CONFIG.replace("enabled = false  # until spring", "enabled = true  # until spring")
    assert cli("sources", "disable", "courier", "cities")[0] == 0
    text = path.read_text()
    assert [source.enabled for source in load_config(path).sources] == [False, False]
    for comment in (
        "# my outlets",
        "# the first",
        "# its only page",
        "# the paper",
        "# front page",
        "# until spring",
        "# seen in",
    ):
        assert comment in text


def test_an_unknown_source_among_several_changes_nothing(cli, path):
    code, _, err = cli("sources", "disable", "cities", "currier")
    assert code == 2
    assert "did you mean courier" in err
    assert path.read_text() == CONFIG


# ---- rename ----


def test_a_renamed_source_keeps_its_history_and_is_found_by_both_names(cli, tmp_path):
    with slow_web() as web:
        path = write_config(tmp_path, web, {"a": 1, "b": 1})
        assert cli("crawl")[0] == 0
        code, _, err = cli("sources", "rename", "a", "alpha")
        assert (code, err) == (0, f"a is alpha from now on, also in {tmp_path / 'archive.db'}\n")
        code, out, _ = cli("crawl", "alpha", "--json")
    assert json.loads(out.splitlines()[0])["outcome"] == "same_bytes"
    assert [source.slug for source in load_config(path).sources] == ["alpha", "b"]
    for name in ("a", "alpha"):
        rows = [json.loads(line) for line in cli("cards", "--source", name)[1].splitlines()]
        assert {row["source"] for row in rows} == {"alpha"}
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        assert db.execute("select slug from source order by id").fetchall() in ([("alpha",), ("b",)], [("b",), ("alpha",)])


def test_renaming_renames_the_tables_of_the_source_and_nothing_else(path):
    text = CONFIG.replace(
        "# the paper in the valley", "# see [source.courier] in the wiki\n[ source . 'cour' ]\nurls = ['https://cour.example/']\n"
    )
    path.write_text(text)
    edited = rename_source(load_config(path), "courier", "valley")
    assert edited == text.replace("\n[source.courier", "\n[source.valley")
    assert rename_source(load_config(path), "cour", "short") == text.replace("[ source . 'cour' ]", "[ source . short ]")


@pytest.mark.parametrize(
    ("new", "complaint"),
    [("cities", "is there already"), ("Valley Courier", "is no slug"), ("", "is no slug")],
)
def test_a_slug_that_cannot_be_had_is_refused(cli, path, new, complaint):
    code, _, err = cli("sources", "rename", "courier", new)
    assert code == 78
    assert complaint in err
    assert path.read_text() == CONFIG


def test_a_source_written_in_a_way_that_cannot_be_changed_safely_is_left_alone(path):
    path.write_text('source.a.urls = ["https://a.example/"]\n')
    with pytest.raises(ConfigError, match=r"\[source.a\] is written in a way that can't be changed safely; change it by hand"):
        rename_source(load_config(path), "a", "b")


def test_a_slug_with_another_history_in_the_archive_is_refused_and_nothing_is_changed(cli, tmp_path):
    with slow_web() as web:
        path = write_config(tmp_path, web, {"a": 1, "b": 1})
        assert cli("crawl")[0] == 0
    path.write_text(path.read_text().replace("[source.b]", "[source.c]"))
    before = path.read_text()
    code, _, err = cli("sources", "rename", "a", "b")
    assert code == 2
    assert "history of another source 'b'" in err
    assert path.read_text() == before


# ---- saving ----


def test_the_file_keeps_its_permissions_and_a_link_to_it_stays_one(tmp_path, path):
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path.name)
    config = load_config(link)
    save(config, set_enabled(config, "cities", enabled=False))
    assert link.is_symlink()
    assert path.stat().st_mode & 0o7777 == 0o640
    assert not load_config(path).get_source("cities").enabled
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link.toml", "standfirst.toml"]


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(tmp_path, path):
    config = load_config(path)
    path.write_text(CONFIG + "# later\n")
    with pytest.raises(ConfigError, match="changed by another program"):
        save(config, CONFIG)
    assert path.read_text() == CONFIG + "# later\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["standfirst.toml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path, path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ConfigError, match="can't be written"):
            save(load_config(path), CONFIG)
    finally:
        tmp_path.chmod(0o700)


def test_line_ends_stay_as_they_are(path):
    path.write_bytes(CONFIG.replace("\n", "\r\n").encode())
    config = load_config(path)
    save(config, set_enabled(config, "courier", enabled=True))
    assert path.read_bytes() == CONFIG.replace("enabled = false", "enabled = true").replace("\n", "\r\n").encode()


# ---- lists ----


@pytest.mark.parametrize("name", ["list.csv", "list.opml"])
def test_an_exported_list_imported_elsewhere_gives_the_same_sources_without_cookies(cli, path, tmp_path, name):
    code, _, err = cli("sources", "export", "-o", name)
    assert (code, err) == (0, f"2 sources written to {name}\ncities: left out: cookies\n")
    other = tmp_path / "other.toml"
    other.write_text("# another crawl\ncontact = 'a@b.example'\n")
    code, out, err = cli("sources", "import", name, "--config", other)
    assert (code, out.split("\t")[0]) == (0, "cities")
    assert err == f"2 sources added to {other}\n"
    assert other.read_text().startswith("# another crawl\n")
    first, second = load_config(path).sources, load_config(other).sources
    assert second[1] == first[1]
    assert (second[0].urls, second[0].name, second[0].cookies) == (first[0].urls, "Cities", {})
    code, out, err = cli("sources", "import", name, "--config", other)
    assert (code, out) == (0, "")
    assert err.count("is watched already") == 3


def test_an_export_without_a_file_goes_to_stdout_as_opml(cli, path):
    code, out, _ = cli("sources", "export")
    assert code == 0
    assert out.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"')


def test_a_dry_run_says_what_would_be_added_and_adds_nothing(cli, path, tmp_path):
    (tmp_path / "more.csv").write_text("url\nhttps://new.example/\nhttps://courier.example/\nftp://old.example/\n")
    code, out, err = cli("sources", "import", "more.csv", "--dry-run")
    assert (code, out) == (3, "new-example\thttps://new.example/\n")
    assert err.splitlines() == [
        "https://courier.example/: is watched already",
        "left out: source.old-example.urls: 'ftp://old.example/' is no http or https URL",
        f"1 source would be added to {path}",
    ]
    assert path.read_text() == CONFIG


def test_a_file_that_is_no_list_is_a_usage_error(cli, path, tmp_path):
    (tmp_path / "page.opml").write_text("<html>Sign in to see this list</html>")
    code, _, err = cli("sources", "import", "page.opml")
    assert code == 2
    assert "page.opml: this is no OPML; lists are read as OPML or CSV, --as says which" in err
