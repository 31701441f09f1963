"""One source gone through: older pages are followed as far as the source wants, and no further."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from schedules.crawl import OUT_OF_TIME, Waking, crawl_visit
from schedules.plan import Visit
from schedules.settings import Source
from scraper.errors import ArchiveFullError
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from storage import create_archive, open_reader
from storage.recording import Recorded

HOST = "https://paper.example"
NOW = datetime(2024, 5, 24, 2, 0, tzinfo=UTC)


def listing(names, older=None):
    cards = "".join(
        f"<article><h2><a href='/story/{name}'>What happened in the matter of {name}</a></h2><p>The matter of {name} told in a sentence or two.</p></article>"
        for name in names
    )
    link = f"<nav class='pagination'><a rel='next' href='{older}'>Older posts</a></nav>" if older else ""
    return f"<html><body><main>{cards}</main>{link}</body></html>".encode()


class Web:
    """Pages by path, without a network. A value that is an exception is raised."""

    def __init__(self, pages):
        self.pages = pages
        self.asked = []
        self.content_type = "text/html"
        self.headers = ()  # sent with every page
        self.requests = []

    async def fetch(self, request: FetchRequest) -> FetchResult:
        path = request.url.removeprefix(HOST)
        self.asked.append(path)
        self.requests.append(request)
        body = self.pages.get(path)
        if isinstance(body, Exception):
            raise body
        if body is None:
            return FetchResult(outcome=Outcome.HTTP_ERROR, detail="the server answered 404", request=request, started_at=NOW)
        page = Page(
            url=request.url,
            final_url=request.url,
            body=body,
            fetched_at=NOW,
            status=200,
            headers=(("content-type", self.content_type), *self.headers),
        )
        return FetchResult(outcome=Outcome.OK, detail="", request=request, page=page, started_at=NOW)


@pytest.fixture
def crawl(tmp_path):
    """Goes through one source once; returns its looks. Each call is a night later."""
    nights = iter(range(100))
    lies = {}

    def go(web, *, lot=1.0, ends_at=None, **settings):
        at = NOW + timedelta(days=next(nights))
        source = Source(slug="paper", urls=(f"{HOST}/",), **settings)
        with create_archive(tmp_path / "archive.db") as archive:
            run_id = archive.begin_run(started_at=at, version="test", command="crawl")
            visit = Visit(source=source, url=source.urls[0])
            waking = Waking(
                archive=archive, fetcher=web, run_id=run_id, clock=lambda: at, draw=lambda: lot, ends_at=ends_at, lies=lies
            )
            return asyncio.run(crawl_visit(visit, waking))

    go.lies = lies
    return go


ONE, TWO, THREE = ["ant", "bee", "cat", "dog"], ["eel", "fox", "gnu", "hen"], ["ibis", "jay", "kite", "lark"]


def three_pages():
    return Web({"/": listing(ONE, "/page/2/"), "/page/2/": listing(TWO, "/page/3/"), "/page/3/": listing(THREE)})


@pytest.mark.parametrize(("max_pages", "asked"), [(1, ["/"]), (2, ["/", "/page/2/"]), (9, ["/", "/page/2/", "/page/3/"])])
def test_older_pages_are_followed_as_deep_as_wanted(crawl, max_pages, asked):
    web = three_pages()
    looks = crawl(web, max_pages=max_pages)
    assert web.asked == asked
    assert [look.outcome for look in looks] == [Outcome.OK] * len(asked)


def test_a_page_that_leads_back_or_to_another_host_ends_the_way(crawl):
    web = Web({"/": listing(ONE, "/page/2/"), "/page/2/": listing(TWO, "/")})
    assert len(crawl(web, max_pages=9)) == 2
    web = Web({"/": listing(ONE, "https://elsewhere.example/page/2/")})
    crawl(web, max_pages=9)
    assert web.asked == ["/"]


def test_a_page_that_cannot_be_read_ends_the_way(crawl):
    web = three_pages()
    del web.pages["/page/2/"]
    assert [look.outcome for look in crawl(web, max_pages=9)] == [Outcome.OK, Outcome.HTTP_ERROR]


def test_until_known_goes_no_deeper_than_the_first_page_without_news(crawl):
    crawl(three_pages(), max_pages=9, until_known=True)
    web = three_pages()
    crawl(web, max_pages=9, until_known=True)
    assert web.asked == ["/"]
    web = three_pages()
    web.pages["/"] = listing(["zebra", *ONE[:3]], "/page/2/")
    crawl(web, max_pages=9, until_known=True)
    assert web.asked == ["/", "/page/2/"]


def test_the_way_to_older_pages_is_remembered_where_the_first_is_unchanged(crawl):
    crawl(three_pages(), max_pages=9)
    web = three_pages()
    assert [look.outcome for look in crawl(web, max_pages=9)] == [Outcome.SAME_BYTES] * 3


def test_a_bug_in_reading_one_page_is_recorded_and_raised_nowhere(crawl, tmp_path, caplog):
    (look,) = crawl(Web({"/": ZeroDivisionError("a bug")}))
    assert look.outcome is Outcome.FAILED
    assert "ZeroDivisionError: a bug" in look.detail
    assert "this is a bug in Standfirst" in caplog.text
    with open_reader(tmp_path / "archive.db") as reader:
        (gap,) = reader.gaps()
    assert (gap["outcome"], gap["detail"]) == ("failed", "ZeroDivisionError: a bug")


def test_a_bug_in_recording_one_page_is_recorded_and_raised_nowhere(crawl, tmp_path, caplog, monkeypatch):
    crawl(Web({"/": listing(ONE)}))

    def fails(*args, **options):
        raise OverflowError("Python int too large")

    with monkeypatch.context() as patched:
        patched.setattr("storage.recording.store_body", fails)
        (look,) = crawl(Web({"/": listing(["zebra", *ONE])}))
    assert (look.outcome, look.detail, look.recorded) == (
        Outcome.FAILED,
        "OverflowError: Python int too large",
        Recorded(outcome=Outcome.FAILED),
    )
    assert "recording the page failed; this is a bug in Standfirst" in caplog.text
    with open_reader(tmp_path / "archive.db") as reader:
        assert [(gap["outcome"], gap["detail"]) for gap in reader.gaps()] == [("failed", "OverflowError: Python int too large")]
        assert len(reader.cards()) == len(ONE)  # what stood there goes on standing


def test_what_the_archive_cannot_do_ends_the_run(crawl, monkeypatch):
    def fails(*args, **options):
        raise ArchiveFullError("archive.db: the disk would take no more")

    monkeypatch.setattr("storage.recording.store_body", fails)
    with pytest.raises(ArchiveFullError):
        crawl(Web({"/": listing(ONE)}))


def test_validators_are_sent_back_but_for_every_seventh_look_and_by_lot(crawl):
    web = Web({"/": listing(ONE)})
    web.headers = (("etag", '"1"'),)
    crawl(web)
    crawl(web)
    assert [request.etag for request in web.requests] == [None, '"1"']
    crawl(web, lot=0.0)
    assert web.requests[-1].etag is None


def test_validators_that_lie_are_caught_and_used_no_more(crawl, caplog):
    web = Web({"/": listing(ONE)})
    web.headers = (("etag", '"always the same"'),)
    crawl(web)
    web.pages["/"] = listing(TWO)
    crawl(web, lot=0.0)  # asked for in full, by lot
    assert "the cards changed, but the ETag is still" in crawl.lies[f"{HOST}/"]
    assert "it will be asked for in full from now on" in caplog.text
    crawl(web)
    assert web.requests[-1].etag is None


def test_honest_validators_are_kept(crawl):
    web = Web({"/": listing(ONE)})
    web.headers = (("etag", '"1"'),)
    crawl(web)
    web.pages["/"], web.headers = listing(TWO), (("etag", '"2"'),)
    crawl(web, lot=0.0)
    assert crawl.lies == {}


def test_a_page_whose_turn_comes_too_late_is_put_off_and_not_asked_for(crawl):
    web = three_pages()
    (look,) = crawl(web, max_pages=9, ends_at=NOW - timedelta(hours=1))
    assert (look.outcome, look.detail, web.asked) == (Outcome.DEFERRED, OUT_OF_TIME, [])


def test_the_plain_text_of_a_page_has_a_history_though_its_titles_are_gone(crawl, tmp_path):
    web = Web(
        {
            "/": b"The towns want a say in the ferry lines, say residents. 7 minute readA new plan for the docks has trees. 4 minute read"
        }
    )
    web.content_type = "text/plain; charset=utf-8"
    assert [(look.recorded.cards, look.recorded.new) for look in crawl(web)] == [(2, 2)]
    web.pages["/"] = b"Night buses run till two, says the council. 3 minute read" + web.pages["/"].replace(b"7 min", b"8 min")
    assert [(look.recorded.cards, look.recorded.new, look.recorded.reworded) for look in crawl(web)] == [(3, 1, 1)]
    with open_reader(tmp_path / "archive.db") as reader:
        cards = reader.cards("paper")
    assert [(card["title"], card["read_time_minutes"], card["position"]) for card in cards] == [
        (None, 3, 1),
        (None, 8, 2),
        (None, 4, 3),
    ]
