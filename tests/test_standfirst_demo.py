"""The whole way, over real HTTP: what the made-up outlets showed each night is what the archive says they showed."""

import json
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from scraper import Verdict, extract_listing
from scraper.urls import canonical_url
from standfirst.demo_server import NIGHTS, DemoServer, expected_cards
from storage import open_reader

PAGES = [("cities", 1), ("cities", 2), ("courier", 1), ("kilowatt", 1), ("minatono", 1), ("auental", 1)]
URLS = {("cities", 2): "http://cities.example/latest/page/2/"}
FIELDS = ("title", "blurb", "read_time_minutes", "author", "category")


def seen(reader, slug, page, night):
    rows = reader.cards(source=slug, at=NIGHTS[night].at.replace(minute=30))
    wanted = URLS.get((slug, page))
    return [row for row in rows if (row["page"] == wanted if wanted else "/page/" not in row["page"])]


@pytest.fixture(scope="module")
def reader(demo_folder):
    with open_reader(demo_folder / "archive.db") as reader:
        yield reader


@pytest.mark.parametrize("night", range(len(NIGHTS)))
@pytest.mark.parametrize(("slug", "page"), PAGES, ids=[f"{slug}-page{page}" for slug, page in PAGES])
def test_the_archive_has_each_night_s_cards_in_their_order(reader, slug, page, night):
    expected = expected_cards(slug, night, page)
    if not expected:
        pytest.skip("the outlet's server failed that night; there is a gap instead")
    rows = seen(reader, slug, page, night)
    assert [row["url"] for row in rows] == [canonical_url(card.url) for card in expected]
    assert [row["position"] for row in rows] == [card.position for card in expected]


def shown_before(slug, night, url, field):
    """What any page of the outlet showed of that field on earlier nights: a field that a card no longer shows keeps its value."""
    return {
        getattr(card, field)
        for earlier in range(night + 1)
        for page in (1, 2)
        for card in expected_cards(slug, earlier, page)
        if card.url == url
    }


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("night", range(len(NIGHTS)))
@pytest.mark.parametrize(("slug", "page"), PAGES, ids=[f"{slug}-page{page}" for slug, page in PAGES])
def test_each_field_is_as_shown(reader, slug, page, night, field):
    expected = expected_cards(slug, night, page)
    rows = seen(reader, slug, page, night)
    wrong = []
    for row, card in zip(rows, expected, strict=False):
        value = getattr(card, field)
        right = {value} if value is not None else shown_before(slug, night, card.url, field)
        if row[field] not in right:
            wrong.append((row[field], value))
    assert wrong == []


@pytest.mark.parametrize("night", range(len(NIGHTS)))
@pytest.mark.parametrize(("slug", "page"), PAGES, ids=[f"{slug}-page{page}" for slug, page in PAGES])
def test_written_dates_are_read(reader, slug, page, night):
    expected = expected_cards(slug, night, page)
    rows = seen(reader, slug, page, night)
    wrong = [
        (row["published_on"], card.published_on, card.published_raw)
        for row, card in zip(rows, expected, strict=False)
        if card.published_on is not None and row["published_on"] != card.published_on
    ]
    assert wrong == []


def test_nothing_vanishes_in_the_night_that_the_outlet_s_server_failed(reader):
    (failed,) = [night for night in range(len(NIGHTS)) if not expected_cards("courier", night)]
    at = NIGHTS[failed].at
    changes = [row for row in reader.changes(source="courier") if row["at"].startswith(f"{at:%Y-%m-%d}")]
    assert [row["kind"] for row in changes] == ["gap"]
    (gap,) = reader.gaps(source="courier")
    assert gap["outcome"] == "http_error"


def test_the_redesign_of_the_city_network_rewords_nothing_that_the_outlet_did_not(reader):
    for row in reader.changes(source="cities", kinds=["reworded"]):
        if row["field"] in ("title", "blurb", "read_time_minutes") and not row["boring"]:
            assert row["before"] != row["after"]
            night = next(night.number for night in NIGHTS if row["at"].startswith(f"{night.at:%Y-%m-%d}"))
            urls = {canonical_url(card.url): card for page in (1, 2) for card in expected_cards("cities", night, page)}
            assert str(getattr(urls[row["url"]], row["field"])) == str(row["after"])


def test_every_look_is_one_row_and_every_body_verifies(demo_folder):
    with closing(sqlite3.connect(f"file:{demo_folder / 'archive.db'}?mode=ro", uri=True)) as db:
        (looks,) = db.execute("select count(*) from crawl").fetchone()
        assert looks == len(NIGHTS) * len(PAGES)
        assert db.execute("select count(*) from crawl where outcome is null").fetchone() == (0,)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("pragma foreign_key_check").fetchall() == []
        origins = [json.loads(row[0]) for row in db.execute("select fields from origin")]
    assert all(origins)


@pytest.mark.parametrize("night", [4, 7])
@pytest.mark.parametrize("slug", ["auental", "cities", "courier", "kilowatt", "minatono"])
def test_an_article_s_own_page_is_no_listing(slug, night):
    with DemoServer(night=night) as server:
        for card in expected_cards(slug, night):
            address = urlsplit(card.url)
            asked = Request(f"http://127.0.0.1:{server.port}{address.path}", headers={"Host": address.netloc})
            with urlopen(asked) as answer:
                listing = extract_listing(answer.read(), card.url)
            assert (listing.verdict, listing.cards) == (Verdict.ARTICLE, ()), card.url
