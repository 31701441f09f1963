"""The service on a made-up clock: every wanted look is made once, and nothing that goes wrong ends it."""

import asyncio
import logging
import struct
import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from small_site import SmallSite

from schedules.intervals import MEMORY as INTERVALS
from schedules.lock import hold_lock
from schedules.service import Service
from schedules.service_state import MEMORY, service_trouble
from scraper.errors import ArchiveNotFoundError, ConfigError
from storage import create_archive, open_reader

NOW = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)  # clocks in Europe are changed on the 29th
DAY = timedelta(days=1)
HEAD = 'contact = "tests@standfirst.example"\n[schedule]\ntimezone = "Europe/Brussels"\n'


class Clock:
    """A wall clock and a monotonic one, moved by hand."""

    def __init__(self):
        self.now, self.passed = NOW, 0.0

    def __call__(self):
        return self.now

    def monotonic(self):
        return self.passed

    def go(self, apart):
        self.now += apart
        self.passed += apart.total_seconds()


@pytest.fixture(scope="module")
def site():
    with SmallSite() as site:
        yield site


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def begin(tmp_path, clock):
    """A service for these tables of configuration, and its archive's path."""

    def go(*tables):
        path = tmp_path / "standfirst.toml"
        path.write_text(HEAD + "\n".join(tables))
        with create_archive(tmp_path / "archive.db"):
            pass
        return Service(path, clock=clock, monotonic=clock.monotonic)

    return go


def live(service, clock, until):
    """Wakes the service whenever it wants to be woken; the moments at which it looked."""
    looked = []

    async def go():
        while service.next_at < until:
            clock.go(max(service.next_at - clock.now, timedelta(0)))
            if await service.wake(clock.now) is not None:
                looked.append(clock.now)

    asyncio.run(go())
    return looked


def wake(service, clock):
    return asyncio.run(service.wake(clock.now))


def looks_at(path, source):
    with open_reader(path) as reader:
        return [row["seen_at"] for row in reader.sql("SELECT seen_at FROM look WHERE source = ? ORDER BY seen_at", (source,))]


def test_each_source_is_looked_at_at_its_own_times_and_no_other(begin, clock, site, tmp_path):
    service = begin(
        site.source("nights", cadence='"nightly"'),
        site.source("workdays", cadence='"30 5 * * 1-5"'),
        site.source("skipped", cadence='"30 2 * * *"'),
    )
    live(service, clock, NOW + 6 * DAY)
    nights = looks_at(tmp_path / "archive.db", "nights")
    assert nights[0] == "2026-03-25T12:00:00Z"  # it was never looked at before
    assert [night[:10] for night in nights[1:]] == [f"2026-03-{day}" for day in range(26, 32)]
    assert len({night[11:] for night in nights[1:4]}) == 1
    assert looks_at(tmp_path / "archive.db", "workdays")[1:] == [
        f"2026-03-{day}T{hour}:30:00Z" for day, hour in [(26, "04"), (27, "04"), (30, "03"), (31, "03")]
    ]
    assert looks_at(tmp_path / "archive.db", "skipped")[1:] == [
        f"2026-03-{day}T{hour}:30:00Z" for day, hour in [(26, "01"), (27, "01"), (28, "01"), (29, "01"), (30, "00"), (31, "00")]
    ]


def test_after_a_week_without_power_each_page_is_looked_at_once_and_then_as_before(begin, clock, site, tmp_path):
    service = begin(site.source("hours", cadence='"hourly"'), site.source("days", cadence='"0 3 * * *"'))
    wake(service, clock)
    clock.go(7 * DAY + timedelta(minutes=20))
    live(service, clock, clock.now + timedelta(minutes=45))
    assert len(looks_at(tmp_path / "archive.db", "hours")) == 3  # the first, one for all that were missed, the next full hour's
    assert len(looks_at(tmp_path / "archive.db", "days")) == 2


def test_a_clock_set_back_by_hours_makes_no_look_twice(begin, clock, site, tmp_path):
    service = begin(site.source("hours", cadence='"hourly"'))
    live(service, clock, NOW + timedelta(hours=5, minutes=1))
    assert len(looks_at(tmp_path / "archive.db", "hours")) == 6
    clock.now -= timedelta(hours=3)
    service.beat()
    assert service.next_at == clock.now
    assert live(service, clock, NOW + timedelta(hours=5, minutes=1)) == []
    assert live(service, clock, NOW + timedelta(hours=6, minutes=1)) == [NOW + timedelta(hours=6)]


def test_a_clock_that_moved_without_time_passing_has_the_plan_made_anew(begin, clock, site, caplog):
    service = begin(site.source("days", cadence='"0 3 * * *"'))
    wake(service, clock)
    clock.go(timedelta(hours=1))
    service.beat()
    assert service.next_at > clock.now
    assert caplog.text == ""
    clock.now += 3 * DAY  # a suspended machine: its monotonic clock stood still
    service.beat()
    assert service.next_at == clock.now
    assert "the clock was set forward, or the machine slept: 259200 s" in caplog.text
    assert wake(service, clock) is not None


def test_rules_of_a_time_zone_that_change_below_the_service_are_taken_within_a_day(begin, clock, site, tmp_path):
    (tmp_path / "Land").mkdir()
    zone = tmp_path / "Land" / "Town"
    zone.write_bytes(ahead_of_utc(1))
    zoneinfo.reset_tzpath([tmp_path])
    try:
        service = begin(site.source("town", cadence='"0 3 * * *"', timezone='"Land/Town"'))
        live(service, clock, NOW + DAY)
        zone.write_bytes(ahead_of_utc(3))
        live(service, clock, NOW + 3 * DAY)
    finally:
        zoneinfo.reset_tzpath()
    assert looks_at(tmp_path / "archive.db", "town")[1:] == [
        "2026-03-26T02:00:00Z",
        "2026-03-27T02:00:00Z",  # planned by the old rules
        "2026-03-28T00:00:00Z",
    ]


def ahead_of_utc(hours):
    """A time zone's file (RFC 9636) with one rule."""
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    rule = struct.pack(">lBB", hours * 3600, 0, 0) + b"XXX\0"
    return (head + rule) * 2 + b"\nXXX-%d\n" % hours


def test_another_crawl_is_waited_for_and_said_so_once(begin, clock, site, caplog, tmp_path):
    service = begin(site.source("hours", cadence='"hourly"'))
    with hold_lock(tmp_path / "archive.db"):
        for _ in range(3):
            assert wake(service, clock) is None
            clock.go(service.next_at - clock.now)
    assert clock.now == NOW + timedelta(minutes=3)
    assert caplog.text.count("another crawl is running") == 1
    assert wake(service, clock) is not None


def test_what_goes_wrong_is_told_and_tried_again_less_and_less_often(begin, clock, site, caplog, tmp_path):
    service = begin(site.source("hours", cadence='"hourly"'))
    (tmp_path / "archive.db").rename(tmp_path / "elsewhere.db")
    pauses = []
    for _ in range(8):
        assert wake(service, clock) is None
        pauses.append((service.next_at - clock.now) / timedelta(minutes=1))
        clock.go(service.next_at - clock.now)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "there is no archive here" in caplog.text
    (tmp_path / "elsewhere.db").rename(tmp_path / "archive.db")
    assert wake(service, clock) is not None


def test_who_is_to_hear_of_trouble_hears_once_that_nothing_can_be_looked_at(begin, clock, site, tmp_path):
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ncat >>{tmp_path}/heard; echo >>{tmp_path}/heard\n")
    hook.chmod(0o755)
    service = begin(site.source("hours", cadence='"hourly"'), f'[notify]\ncommand = ["{hook}"]')
    (tmp_path / "archive.db").unlink()
    for _ in range(3):
        wake(service, clock)
    (heard,) = (tmp_path / "heard").read_text().splitlines()
    assert "there is no archive here" in heard


def test_a_bug_is_told_with_its_place_and_does_not_end_the_service(begin, clock, site, caplog, monkeypatch):
    service = begin(site.source("hours", cadence='"hourly"'))
    monkeypatch.setattr("schedules.service.plan_looks", lambda *_, **__: 1 / 0)
    assert wake(service, clock) is None
    assert "this is a bug in Standfirst" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert service.next_at == NOW + timedelta(minutes=1)


def test_a_changed_configuration_is_taken_and_a_broken_one_refused(begin, clock, site, caplog, tmp_path):
    caplog.set_level(logging.INFO)
    service = begin(site.source("one", cadence='"hourly"'))
    wake(service, clock)
    path = tmp_path / "standfirst.toml"

    def word():
        with open_reader(tmp_path / "archive.db") as reader:
            return service_trouble(reader.load_memory(MEMORY), now=clock.now)

    def serve_a_beat():
        async def go():
            service._scheduler.start(paused=True)
            service.beat()
            service._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)

        asyncio.run(go())

    path.write_text(path.read_text() + 'cadence = "twice"\n')
    serve_a_beat()
    assert "Cannot overwrite a value" in caplog.text
    assert "going on with the configuration read at 2026-03-25T12:00:00Z" in caplog.text
    assert word()[0].startswith("the service (pid ")
    assert "refused the one of 2026-03-25T12:00:00Z" in word()[0]
    assert [source.slug for source in service.config.sources] == ["one"]
    path.write_text(HEAD + site.source("one", cadence='"hourly"') + site.source("two"))
    serve_a_beat()
    assert "anew: 2 sources" in caplog.text
    assert word() == []
    assert service.next_at == clock.now
    assert wake(service, clock).report.sources == ("two",)


def test_an_interval_that_adapts_is_kept_in_the_archive(begin, clock, site, tmp_path):
    service = begin(site.source("calm", adaptive='["6h", "3d"]'))
    live(service, clock, NOW + 20 * DAY)
    with open_reader(tmp_path / "archive.db") as reader:
        decided = reader.load_memory(INTERVALS)
    assert decided[f"{site.url}/calm"]["interval_s"] == 3 * 86_400
    assert "it had changed at 0 of its last" in decided[f"{site.url}/calm"]["why"]
    assert len(looks_at(tmp_path / "archive.db", "calm")) < 20


def test_a_service_that_was_killed_is_missed(clock):
    word = {"pid": 7, "next_at": "2026-03-25T03:00:00Z", "complaint": None, "stopped_at": None}
    assert service_trouble(word, now=NOW - timedelta(hours=4)) == []
    (said,) = service_trouble(word, now=NOW)
    assert said.startswith("the service (pid 7) was to wake at 2026-03-25T03:00:00Z and has not been heard of since")
    assert service_trouble({**word, "stopped_at": "2026-03-24T03:00:00Z"}, now=NOW) == []
    assert service_trouble(None, now=NOW) == []


def test_there_is_no_service_without_a_configuration_a_contact_or_an_archive(tmp_path, clock):
    path = tmp_path / "standfirst.toml"
    with pytest.raises(ConfigError, match="no such file"):
        Service(path, clock=clock)
    path.write_text("")
    with pytest.raises(ConfigError, match="contact: is empty"):
        Service(path, clock=clock)
    path.write_text(HEAD)
    with pytest.raises(ArchiveNotFoundError):
        Service(path, clock=clock)
