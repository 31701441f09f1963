"""What `check` finds, question by question."""

from __future__ import annotations

import fcntl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schedules import checks
from schedules.checks import Level
from schedules.config import parse_config
from schedules.health import SourceHealth
from schedules.settings import Source
from scraper.certificates import Certificate
from scraper.pages import Outcome
from storage import create_archive, open_reader
from storage.past_looks import PageLooks, PastLook
from storage.soundness import Soundness, inspect

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def levels(findings):
    return [str(finding.level) for finding in findings]


def sound(**other):
    figures = {
        "problems": (),
        "schema_version": 3,
        "is_older": False,
        "file_bytes": 50_000_000,
        "first_at": NOW - timedelta(days=100),
    }
    return Soundness(**{**figures, "last_at": NOW - timedelta(hours=6), "bytes_a_day": 500_000.0, **other})


def health(slug="cities", *, hours_ago=6.0, **other):
    looks = () if hours_ago is None else (PastLook(seen_at=NOW - timedelta(hours=hours_ago), outcome=Outcome.OK, cards=3),)
    return SourceHealth(
        source=slug, pages=(PageLooks(source=slug, url="u", looks=looks),), **{"alarms": (), "enabled": True, **other}
    )


def configured(text):
    return parse_config(text.encode(), Path("standfirst.toml"))


def test_a_configuration_without_contact_or_sources_is_told():
    good = configured('contact = "a@b.example"\n[source.a]\nurls = ["https://a.example/"]')
    assert levels(checks.check_configuration(good)) == ["fine"]
    assert levels(checks.check_configuration(configured(""))) == ["fine", "unusable", "trouble"]


def test_extras_that_sources_need_are_told_where_they_are_missing(monkeypatch):
    monkeypatch.setattr(checks.importlib.util, "find_spec", lambda name: None)
    rendered = Source(slug="app", urls=("https://app.example/",), render=True)
    (finding,) = checks.check_extras([rendered], http2=False)
    assert finding.sentence.startswith("app: need a browser")
    assert levels(checks.check_extras([], http2=True)) == ["trouble"]
    assert levels(checks.check_extras([Source(slug="off", urls=("u",), render=True, enabled=False)], http2=False)) == []


def test_a_package_that_another_distribution_owns_or_hides_is_told():
    home = dict.fromkeys(checks.PACKAGES, Path("/venv"))
    assert levels(checks.check_packages({"scraper": ["standfirst"]}, home)) == []
    (finding,) = checks.check_packages({"scraper": ["standfirst", "scraper-utils"], "other": ["x"]}, home)
    assert "scraper also belongs to scraper-utils" in finding.sentence
    (finding,) = checks.check_packages({}, {**home, "storage": Path("/home/you")})
    assert finding.sentence == "the package storage comes from /home/you, Standfirst from /venv; another one hides ours"


def test_our_own_packages_are_ours():
    assert levels(checks.check_packages()) == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (sound(), ["fine"]),
        (sound(last_at=None), ["fine"]),
        (sound(is_older=True), ["note", "fine"]),
        (sound(problems=("row 3 missing from index x",)), ["unusable"]),
    ],
)
def test_the_archive_is_sound_old_or_damaged(found, expected):
    assert levels(checks.check_archive(Path("archive.db"), found)) == expected


def test_the_lock_says_who_is_crawling_and_is_left_alone(tmp_path):
    archive = tmp_path / "archive.db"
    assert [finding.sentence for finding in checks.check_lock(archive)] == ["no crawl has been made yet"]
    assert list(tmp_path.iterdir()) == []
    with (tmp_path / "archive.db.lock").open("w") as file:
        file.write("pid 4711\n")
        file.flush()
        assert [finding.sentence for finding in checks.check_lock(archive)] == ["no crawl is running"]
        fcntl.flock(file, fcntl.LOCK_EX)
        (finding,) = checks.check_lock(archive)
        assert (finding.level, finding.sentence) == (Level.NOTE, "a crawl is running (pid 4711)")


@pytest.mark.parametrize(
    ("behind", "expected"), [(timedelta(hours=-6), "fine"), (timedelta(minutes=4), "fine"), (timedelta(hours=2), "trouble")]
)
def test_a_clock_behind_the_archives_last_look_is_told(behind, expected):
    assert levels(checks.check_clock(sound(last_at=NOW + behind), NOW)) == [expected]
    assert levels(checks.check_clock(sound(last_at=None), NOW)) == ["fine"]


@pytest.mark.parametrize(
    ("free", "a_day", "expected", "words"),
    [
        (10_000_000_000, 500_000.0, "fine", "10.0 GB free, the archive grows by 500 kB a day: room for 55 years"),
        (10_000_000_000, None, "fine", "10.0 GB free"),
        (200_000_000, 10_000_000.0, "trouble", "room for 20 days; make room"),
        (50_000_000, None, "trouble", "50.0 MB free; make room"),
    ],
)
def test_how_long_the_disk_has_room(free, a_day, expected, words):
    (finding,) = checks.check_disk(Path("archive.db"), sound(bytes_a_day=a_day), free_bytes=free)
    assert str(finding.level) == expected
    assert words in finding.sentence


def test_looks_that_were_due_and_that_nobody_made_are_told():
    assert levels(checks.check_wakings([health(), health(missed=1)], sound())) == []
    (finding,) = checks.check_wakings([health("a"), health("b", missed=3)], sound())
    assert finding.sentence == "b: 3 looks that were due have not been made"
    (finding,) = checks.check_wakings([health("a", missed=2), health("b", missed=3), health("c", enabled=False)], sound())
    assert finding.sentence.startswith("nothing has been looked at since 2026-05-01T02:00:00Z")


def test_what_wakes_the_crawl_is_seen_in_crontab_units_and_service(tmp_path):
    config = Path("/srv/news/standfirst.toml")

    def seen(**other):
        nothing = {"crontab": "", "unit_folders": (tmp_path, tmp_path / "nowhere"), "has_service": False}
        (finding,) = checks.check_schedule(config, **{**nothing, **other})
        return str(finding.level), finding.sentence

    (tmp_path / "other.service").write_text("ExecStart=/bin/true")
    assert seen()[0] == "note"
    assert seen(crontab="0 2 * * * standfirst crawl --config /srv/news/standfirst.toml") == ("fine", "seen: this user's crontab")
    assert seen(has_service=True)[0] == "fine"
    (tmp_path / "standfirst.service").write_text(f"ExecStart=standfirst crawl --config {config}")
    assert seen() == ("fine", f"seen: {tmp_path}/standfirst.service")


def test_trouble_of_disabled_sources_is_nobodys():
    assert levels(
        checks.check_sources([health(), health("new", hours_ago=None), health("off", hours_ago=None, enabled=False)])
    ) == ["trouble"]


def test_a_source_is_as_fresh_as_its_stalest_page():
    pages = tuple(health("two", hours_ago=hours).pages[0] for hours in (2.0, 60.0))
    two = SourceHealth(source="two", pages=pages, alarms=(), enabled=True)
    sources = [health("a"), two, health("never", hours_ago=None), health("off", hours_ago=99.0, enabled=False)]
    assert [source.source for source in checks.silent_sources(sources, since=NOW - timedelta(hours=36), now=NOW)] == [
        "two",
        "never",
    ]


def test_a_look_made_while_the_clock_was_years_ahead_is_not_fresh_for_years():
    ahead = NOW + timedelta(days=20_000)
    wrong = PastLook(seen_at=ahead, outcome=Outcome.OK, cards=3)
    long_ago = replace(wrong, seen_at=ahead + timedelta(seconds=1), clock_at=NOW - timedelta(days=9))
    lately = replace(wrong, seen_at=ahead + timedelta(seconds=2), clock_at=NOW - timedelta(hours=9))

    def silent(*looks):
        page = PageLooks(source="a", url="https://a.example/", looks=looks)
        sources = [SourceHealth(source="a", pages=(page,), alarms=(), enabled=True)]
        return bool(checks.silent_sources(sources, since=NOW - timedelta(hours=36), now=NOW))

    assert silent(wrong)  # nobody knows when it was made
    assert silent(wrong, long_ago)
    assert not silent(wrong, long_ago, lately)


def test_hosts_are_greeted_once_and_only_where_there_is_tls():
    sources = [
        Source(slug="a", urls=("https://a.example/1", "https://a.example/2", "https://a.example:8443/")),
        Source(slug="b", urls=("http://b.example/",)),
        Source(slug="c", urls=("https://c.example/",), enabled=False),
    ]
    assert [(host.host, host.port) for host in checks.hosts_to_greet(sources)] == [("a.example", 443), ("a.example", 8443)]


@pytest.mark.parametrize(("days", "expected"), [(90, "fine"), (15, "fine"), (13, "trouble"), (None, "trouble")])
def test_certificates_that_end_soon_are_told(days, expected):
    certificate = Certificate(
        host="a.example",
        expires_at=None if days is None else NOW + timedelta(days=days),
        trouble=None if days is not None else "no TLS",
    )
    assert levels(checks.check_certificates([certificate], NOW)) == [expected]


def test_an_archive_is_inspected_without_being_changed(tmp_path):
    from archives import card, look, night

    with create_archive(tmp_path / "archive.db") as archive:
        for number in range(10):
            look(archive, [card(f"a{number}")], at=night(number))
    before = (tmp_path / "archive.db").read_bytes()
    with open_reader(tmp_path / "archive.db") as reader:
        found = inspect(reader, now=night(10))
    assert (found.problems, found.is_older, found.first_at, found.last_at) == ((), False, night(0), night(9))
    assert found.bytes_a_day == pytest.approx(found.file_bytes / 10)
    assert (tmp_path / "archive.db").read_bytes() == before


def test_how_fast_a_young_archive_grows_nobody_knows(tmp_path):
    create_archive(tmp_path / "archive.db").close()
    with open_reader(tmp_path / "archive.db") as reader:
        found = inspect(reader, now=NOW)
    assert (found.first_at, found.last_at, found.bytes_a_day) == (None, None, None)
