"""One waking: what it chooses to look at, what it does after the last look, what its exit code says."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from slow_web import write_config

from schedules.config import load_config
from schedules.exit_codes import ExitCode
from schedules.run import Stop
from schedules.waking import Wish, choose, opened, wake
from scraper.errors import ArchiveNotFoundError, ConfigError, LockHeldError, UnknownSourceError

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MAINTENANCE = '[maintenance]\nprune = "1d"\n'


@pytest.fixture
def config(tmp_path, web):
    write_config(tmp_path, web, {"a": 2, "b": 1})
    path = tmp_path / "standfirst.toml"
    path.write_text(path.read_text() + MAINTENANCE)
    return load_config(path)


def waking(config, *, night=0, wish=None, stop=None, **options):
    """One waking on that night; None where there is nothing to look at."""
    wish = wish or Wish()
    now = NOW + timedelta(days=night)
    with opened(config) as archive:
        archive.connection.execute("PRAGMA synchronous = OFF")  # nothing here cuts the power
        sources = choose(wish, config=config, archive=archive, now=now)
        if not sources:
            return None
        return asyncio.run(wake(archive, sources, wish, config=config, clock=lambda: now, stop=stop, **options))


def looked_at(woken):
    return sorted((look.source, look.url) for look in woken.report.looks)


A0, A1, B0 = ("a", "http://a.example/0"), ("a", "http://a.example/1"), ("b", "http://b.example/0")


# ---- what it looks at ----


def test_every_enabled_source_is_looked_at_and_a_named_one_alone(config):
    assert looked_at(waking(config)) == [A0, A1, B0]
    assert looked_at(waking(config, night=1, wish=Wish(slugs=("b",)))) == [B0]


def test_only_what_is_due_is_looked_at(config):
    only_due = Wish(only_due=True)
    assert looked_at(waking(config, wish=only_due)) == [A0, A1, B0]
    assert waking(config, wish=only_due) is None
    assert looked_at(waking(config, night=1.5, wish=Wish(only_due=True, slugs=("a",)))) == [A0, A1]


def test_only_what_was_left_over_is_looked_at(config, web):
    stop = Stop()
    web.hold("a.example/0", "b.example/0")

    async def stopped():
        with opened(config) as archive:
            run = asyncio.create_task(wake(archive, config.sources, Wish(), config=config, clock=lambda: NOW, stop=stop))
            await asyncio.to_thread(web.wait_for, "a.example/0", "b.example/0")
            stop.at_once.set()
            return await run

    woken = asyncio.run(stopped())
    web.release()
    assert (woken.exit_code, woken.report.had_no_turn, woken.maintained.pruned) == (ExitCode.INTERRUPTED, 1, None)
    resume = Wish(resume=True)
    assert looked_at(waking(config, night=0.1, wish=resume)) == [A0, A1, B0]
    assert waking(config, night=0.2, wish=resume) is None


@pytest.mark.parametrize(
    ("wish", "command"),
    [
        (Wish(), "crawl"),
        (Wish(slugs=("a", "b"), limit=3), "crawl a b --limit 3"),
        (Wish(only_due=True), "crawl --only-due"),
        (Wish(resume=True), "crawl --resume"),
    ],
)
def test_the_archive_keeps_what_was_asked_for(wish, command):
    assert wish.command == command


def test_an_unknown_source_and_none_at_all_are_told(config, tmp_path):
    with pytest.raises(UnknownSourceError):
        waking(config, wish=Wish(slugs=("nobody",)))
    config.path.write_text("contact = 'a@b.example'\n")
    with pytest.raises(ConfigError, match="no source to look at"):
        waking(load_config(config.path))


def test_without_a_contact_nobody_is_asked_for_anything(config, web):
    config.path.write_text(config.path.read_text().replace('contact = "tests@standfirst.example"', ""))
    with pytest.raises(ConfigError, match="contact: is empty"):
        waking(load_config(config.path))
    assert web.paths == []


def test_the_archive_is_locked_while_it_is_open_and_never_made(config):
    with opened(config), pytest.raises(LockHeldError), opened(config):
        pass
    config.archive.unlink()
    lock = config.archive.with_name("archive.db.lock")
    lock.unlink()
    with pytest.raises(ArchiveNotFoundError), opened(config):
        pass
    assert not lock.exists()


# ---- what it does at the end ----


def test_a_page_that_stops_looking_like_itself_is_told_once_and_makes_the_run_no_good_one(config, web):
    for night in range(10):
        web.cards = 30 + night % 2
        woken = waking(config, night=night)
        assert (woken.exit_code, woken.alarms) == (ExitCode.OK, ())
    web.cards = 4
    woken = waking(config, night=10)
    assert woken.report.exit_code is ExitCode.OK
    assert woken.exit_code is ExitCode.SOME_SOURCES_FAILED
    assert {(alarm.source, alarm.url) for alarm in woken.alarms} == {A0, A1, B0}
    assert any(line.startswith("alarm: a: http://a.example/0: ") for line in woken.lines)
    assert woken.lines[-1] == woken.report.summary()
    assert sorted(row["url"] for row in woken.summary_row()["alarms"]) == [A0[1], A1[1], B0[1]]
    assert waking(config, night=11).exit_code is ExitCode.OK


def test_old_bytes_go_after_a_run_that_came_to_its_end(config, web):
    for night in range(3):
        web.cards = 20 + night
        woken = waking(config, night=night)
    assert woken.maintained.pruned.bodies == 3
    assert any(line.startswith("maintenance: dropped the bytes of 3 pages") for line in woken.lines)
    assert woken.summary_row()["dropped_pages"] == 3


def test_no_old_bytes_go_after_a_run_whose_clock_is_not_the_servers(config, web):
    for night in range(3):
        web.cards = 20 + night
        woken = waking(config, night=night)
    web.tells_time = True  # and it isn't 2026-03-06 there
    dropped = woken.summary_row()["dropped_pages"]
    woken = waking(config, night=4)
    assert (dropped, woken.maintained.pruned, woken.exit_code) == (3, None, ExitCode.FAILED)
    assert "by the servers' clocks; set the clock" in woken.summary_row()["trouble"][0]


def test_what_goes_wrong_with_the_archive_s_upkeep_is_told_and_is_no_good_end(config, monkeypatch):
    from scraper.errors import ArchiveError

    def fails(*args, **options):
        raise ArchiveError("archive.db: the device failed")

    monkeypatch.setattr("schedules.maintenance.prune", fails)
    woken = waking(config)
    assert (woken.report.exit_code, woken.exit_code) == (ExitCode.OK, ExitCode.FAILED)
    assert woken.summary_row()["trouble"] == ["old bytes were not dropped: archive.db: the device failed"]


def test_the_run_s_row_has_the_code_that_the_program_gives(config, web, tmp_path):
    from storage import open_reader

    web.broken = {"b.example/0"}
    code = waking(config).exit_code
    with open_reader(config.archive) as reader:
        (run,) = reader.runs()
    assert (run["exit_code"], run["command"], code) == (3, "crawl", ExitCode.SOME_SOURCES_FAILED)
