"""One waking: hosts side by side, second turns, what is remembered for the next run."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schedules.config import parse_config
from schedules.exit_codes import ExitCode
from schedules.memories import FETCHER, LIES
from schedules.run import Stop, fetch_settings, run_crawl
from schedules.settings import Source
from scraper.pages import FetchResult, Outcome, Page
from storage import create_archive, open_archive, open_reader

CONFIG = """
contact = "tests@standfirst.example"
[crawl]
patience_s = 60
{crawl}
[source.one]
urls = ["https://one.example/", "https://one.example/more"]
[source.two]
urls = ["https://two.example/"]
delay_s = 30
"""
NOW = datetime(2024, 5, 24, 2, 0, tzinfo=UTC)
PAGE = b"<html><body><main>" + b"".join(
    b"<article><h2><a href='/s/%d'>What happened in the matter of number %d</a></h2><p>The matter told in a sentence or two.</p></article>"
    % (i, i)
    for i in range(5)
)


class Clock:
    """Stands still until told."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Scripted:
    """Answers each URL with the outcomes listed for it, one a fetch, then with a page."""

    def __init__(self, clock, **script):
        self.clock, self.script, self.asked, self.by_url = clock, script, [], {}

    def snapshot(self):
        return {"asked": self.asked}

    async def fetch(self, request):
        await asyncio.sleep(0)  # the other hosts go on
        self.asked.append(request.url)
        answers = self.by_url.get(request.url) or self.script.get(request.url.split("/")[2].split(".")[0], [])
        if answers:
            outcome, retry_after_s, takes_s = answers.pop(0)
            self.clock.now += timedelta(seconds=takes_s)
            return FetchResult(
                outcome=outcome, detail="because", request=request, retry_after_s=retry_after_s, started_at=self.clock()
            )
        page = Page(url=request.url, final_url=request.url, body=PAGE, fetched_at=self.clock(), status=200)
        return FetchResult(outcome=Outcome.OK, detail="", request=request, page=page, started_at=self.clock())


@pytest.fixture
def run(tmp_path):
    """Runs the two sources once with a scripted fetcher."""

    def go(fetcher, *, crawl="", again=False, **options):
        config = parse_config(CONFIG.format(crawl=crawl).encode(), tmp_path / "standfirst.toml")
        with open_archive(config.archive) if again else create_archive(config.archive) as archive:
            report = asyncio.run(
                run_crawl(
                    config.sources,
                    config=config,
                    archive=archive,
                    clock=fetcher.clock,
                    version="test",
                    fetcher=fetcher,
                    **options,
                )
            )
            return report, archive.load_memory(LIES)

    return go


def test_every_page_is_looked_at_once(run):
    report, _ = run(Scripted(Clock()))
    assert sorted(look.url for look in report.looks) == [
        "https://one.example/",
        "https://one.example/more",
        "https://two.example/",
    ]
    assert report.summary().startswith("2 sources, 3 pages; ok: 3; cards 15; new 15;")


def test_a_host_that_asked_for_a_while_has_a_second_turn_at_the_end(run):
    fetcher = Scripted(
        Clock(), two=[(Outcome.DEFERRED, 300.0, 0)], one=[(Outcome.HTTP_ERROR, None, 0), (Outcome.HTTP_ERROR, None, 250)]
    )
    report, _ = run(fetcher)
    assert fetcher.asked.count("https://two.example/") == 2
    assert [look.outcome for look in report.looks if look.source == "two"] == [Outcome.DEFERRED, Outcome.OK]
    assert {look.url: look.outcome for look in report.last_looks}["https://two.example/"] is Outcome.OK


def test_a_host_that_asked_for_longer_than_the_run_lasts_is_left_alone(run):
    fetcher = Scripted(Clock(), two=[(Outcome.DEFERRED, 3600.0, 0)])
    run(fetcher)
    assert fetcher.asked.count("https://two.example/") == 1


def test_what_a_host_asked_for_is_kept_before_the_next_look(run, tmp_path):
    """A run that is killed later must not forget it."""
    run(Scripted(Clock(), one=[(Outcome.HTTP_ERROR, 3600.0, 0)]))
    with open_archive(tmp_path / "archive.db") as archive:
        assert "https://one.example/more" not in archive.load_memory(FETCHER)["asked"]


def test_what_hosts_ask_for_is_not_written_with_every_answer(run, tmp_path):
    """A night on which every host asks to be left alone."""

    class Counting(Scripted):
        written = 0

        def snapshot(self):
            self.written += 1
            return super().snapshot()

    def answers(takes_s):
        return [(Outcome.HTTP_ERROR, 3600.0, takes_s)]

    at_once = Counting(Clock(), one=answers(0) + answers(0), two=answers(0))
    run(at_once)
    assert at_once.written == 1
    slowly = Counting(Clock(), one=answers(0) + answers(60))
    run(slowly, again=True)
    assert slowly.written == 2
    with open_archive(tmp_path / "archive.db") as archive:
        assert "https://one.example/more" in archive.load_memory(FETCHER)["asked"]


def test_a_run_that_lasts_too_long_puts_the_rest_off(run):
    fetcher = Scripted(Clock(), one=[(Outcome.HTTP_ERROR, None, 700)])
    report, _ = run(fetcher, crawl="longest_run_s = 600")
    by_url = {look.url: look.outcome for look in report.looks}
    assert by_url["https://one.example/more"] is Outcome.DEFERRED
    assert "https://one.example/more" not in fetcher.asked


def test_a_run_asks_for_as_many_pages_as_it_may_and_the_next_one_begins_with_the_others(run):
    fetcher = Scripted(Clock())
    for night, asked in enumerate(
        (
            ["https://one.example/", "https://two.example/"],
            ["https://one.example/more", "https://two.example/"],
            ["https://one.example/", "https://two.example/"],
        )
    ):
        fetcher.asked = []
        report, _ = run(fetcher, crawl="most_pages = 2", again=night > 0)
        assert sorted(fetcher.asked) == asked
        (left,) = [look for look in report.looks if look.outcome is Outcome.DEFERRED]
        assert "most_pages" in left.detail
        assert left.url not in asked
        fetcher.clock.now += timedelta(days=1)


@pytest.mark.parametrize(("later_s", "asked"), [(550, 2), (10, 1)])
def test_an_older_page_that_was_put_off_has_a_second_turn_and_goes_on_from_there(tmp_path, later_s, asked):
    """As where robots.txt asks for ten minutes between requests: the older page has to wait for longer than one page may."""

    class Paged(Scripted):
        async def fetch(self, request):
            result = await super().fetch(request)
            older = {"/": "/page/2", "/page/2": "/page/3"}.get(request.url.removeprefix("https://deep.example"))
            if result.page is None or older is None:
                return result
            body = result.page.body + f"<a rel=next href='{older}'>Older</a>".encode()
            return replace(result, page=replace(result.page, body=body))

    fetcher = Paged(Clock())
    fetcher.by_url["https://deep.example/page/2"] = [(Outcome.DEFERRED, 600.0, 0)]
    fetcher.by_url["https://slow.example/more"] = [(Outcome.HTTP_ERROR, None, later_s)]
    text = (
        CONFIG.format(crawl="")
        + """
[source.deep]
urls = ["https://deep.example/"]
max_pages = 3
[source.slow]
urls = ["https://slow.example/", "https://slow.example/more"]
"""
    )
    config = parse_config(text.encode(), tmp_path / "standfirst.toml")
    with create_archive(config.archive) as archive:
        report = asyncio.run(
            run_crawl(config.sources, config=config, archive=archive, clock=fetcher.clock, version="test", fetcher=fetcher)
        )
    deep = [look.url.removeprefix("https://deep.example") for look in report.looks if look.source == "deep"]
    assert fetcher.asked.count("https://deep.example/page/2") == asked
    assert deep == ["/", "/page/2", "/page/2", "/page/3"][: len(deep)]
    assert len(deep) == (4 if asked == 2 else 2)


def test_limit_bounds_the_listing_pages(run):
    fetcher = Scripted(Clock())
    run(fetcher, limit=2)
    assert sorted(fetcher.asked) == ["https://one.example/", "https://one.example/more"]


def test_a_full_disk_ends_the_run_with_its_own_error(run, monkeypatch, tmp_path):
    from scraper.errors import ArchiveFullError
    from storage import Archive

    def full(self, *args, **kwargs):
        raise ArchiveFullError("archive.db: the disk is full")

    monkeypatch.setattr(Archive, "finish_crawl", full)
    with pytest.raises(ArchiveFullError, match="the disk is full"):
        run(Scripted(Clock()))
    monkeypatch.undo()
    assert outcomes(tmp_path)[1] == [1]


class Stopping(Scripted):
    """Sets an event of a Stop while a page of each host is fetched, which then takes its time."""

    def __init__(self, clock, event):
        super().__init__(clock)
        self.event, self.in_hand = event, 0

    async def fetch(self, request):
        self.in_hand += 1
        if self.in_hand == 2:
            self.event.set()
        for _ in range(5):
            await asyncio.sleep(0)
        return await super().fetch(request)


def outcomes(tmp_path):
    with open_reader(tmp_path / "archive.db") as reader:
        looks = {row["page"]: row["outcome"] for row in reader.sql("SELECT page, outcome FROM look")}
        return looks, [row["exit_code"] for row in reader.runs()]


def test_a_run_that_is_stopped_gently_finishes_the_pages_in_hand_and_marks_the_rest(run, tmp_path):
    stop = Stop()
    report, _ = run(Stopping(Clock(), stop.gently), stop=stop)
    assert (report.stopped, report.had_no_turn, report.exit_code) == (True, 1, ExitCode.INTERRUPTED)
    assert report.summary().endswith("interrupted, 1 page had no turn")
    assert outcomes(tmp_path) == (
        {"https://one.example/": "ok", "https://one.example/more": "interrupted", "https://two.example/": "ok"},
        [130],
    )


def test_a_run_that_is_stopped_at_once_records_every_page_as_interrupted(run, tmp_path):
    stop = Stop()
    report, _ = run(Stopping(Clock(), stop.at_once), stop=stop)
    assert (report.stopped, report.had_no_turn, len(report.looks)) == (True, 1, 2)
    looks, codes = outcomes(tmp_path)
    assert (set(looks.values()), len(looks), codes) == ({"interrupted"}, 3, [130])


def test_the_exit_code_is_kept_with_the_run(run, tmp_path):
    async def conclude(report):
        assert report.exit_code is ExitCode.OK
        return ExitCode.SOME_SOURCES_FAILED

    run(Scripted(Clock(), two=[(Outcome.HTTP_ERROR, None, 0)]))
    run(Scripted(Clock()), conclude=conclude)
    assert outcomes(tmp_path)[1] == [3, 3]


def test_the_fetcher_gets_what_the_configuration_says():
    text = CONFIG.format(
        crawl='proxy = "http://proxy.example:3128"\nca_file = "ca.pem"\nconnect_to = {"one.example" = "[::1]:8000"}'
    )
    config = parse_config(text.encode(), Path("/somewhere/standfirst.toml"))
    settings = fetch_settings(config, config.sources)
    assert settings.contact == "tests@standfirst.example"
    assert settings.host_delays_s == {"two.example": 30}
    assert settings.connect_to == {"one.example": ("::1", 8000)}
    assert settings.ca_file == "/somewhere/ca.pem"
    assert (settings.proxy, settings.patience_s) == ("http://proxy.example:3128", 60)


def test_300_hosts_go_on_side_by_side_in_one_run(tmp_path):
    """Nobody is answered before all 300 have been asked: one host that waited for another would wait for ever."""
    everybody_is_here = asyncio.Event()

    class Patient(Scripted):
        async def fetch(self, request):
            self.asked.append(request.url)
            if len(self.asked) == 300:
                everybody_is_here.set()
            await asyncio.wait_for(everybody_is_here.wait(), timeout=60)
            return FetchResult(outcome=Outcome.HTTP_ERROR, detail="because", request=request, started_at=self.clock())

    fetcher = Patient(Clock())
    sources = [Source(slug=f"s{number}", urls=(f"https://h{number}.example/",)) for number in range(300)]
    config = parse_config(CONFIG.format(crawl="").encode(), tmp_path / "standfirst.toml")
    with create_archive(config.archive) as archive:
        report = asyncio.run(
            run_crawl(sources, config=config, archive=archive, clock=fetcher.clock, version="test", fetcher=fetcher)
        )
    assert [look.outcome for look in report.looks] == [Outcome.HTTP_ERROR] * 300
