"""The demo site's data and pages: what the data says is what the pages show, read independently of the code that draws them."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from standfirst.demo_outlets.answers import answer
from standfirst.demo_outlets.content import (
    DemoSiteBrokenError,
    DemoSiteMissingError,
    find_site_folder,
    load_outlet,
    outlets,
    site_folder,
)
from standfirst.demo_server import NIGHTS, Night, decoy_urls, expected_cards, expected_next_page, image_candidates

LOOKS = [
    pytest.param(slug, night.number, page, id=f"{slug}-night{night.number}-page{page}")
    for slug, outlet in outlets().items()
    for night in NIGHTS
    if outlet.editions[night.number].failure is None
    for page in range(1, outlet.page_count(night.number) + 1)
]
FIRST_PAGES = [look for look in LOOKS if look.values[2] == 1]
# Addresses that name a vocabulary and are never fetched.
VOCABULARIES = {"schema.org", "gmpg.org", "api.w.org", "ogp.me", "www.w3.org"}


class Reading(HTMLParser):
    """What a page says, read with the standard library: text that is shown, links, pictures, class names."""

    SILENT = frozenset({"script", "style", "template", "noscript", "title", "svg"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.pieces_outside_asides: list[str] = []
        self.addresses: list[str] = []
        self.classes: set[str] = set()
        self._silent = 0
        self._asides = 0
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.pieces))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self._silent += 1
        self._asides += tag == "aside"
        for name, value in attrs:
            if name in {"href", "src", "data-src", "action"} and value:
                self.addresses.append(value)
            elif name in {"srcset", "data-srcset"} and value:
                self.addresses += [candidate.split()[0] for candidate in value.split(",")]
            elif name == "style" and value and "url(" in value:
                self.addresses.append(value.split("url(")[1].split(")")[0])
            elif name == "class" and value:
                self.classes.update(value.split())

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent -= 1
        self._asides -= tag == "aside"

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)
            if not self._asides:
                self.pieces_outside_asides.append(data)


def served(slug: str, night: int, page: int = 1) -> tuple[str, Reading]:
    """URL and reading of one page, decoded the way the page asks for."""
    outlet = outlets()[slug]
    path = outlet.listing if page == 1 else f"{outlet.listing}page/{page}/"
    body = answer(slug, night, path, outlet.origin).body
    labels = re.search(rb'charset="?([\w-]+)', body, re.IGNORECASE)
    assert labels is not None
    codec = {"iso-8859-1": "cp1252", "shift_jis": "cp932"}.get(labels[1].decode().lower(), labels[1].decode())
    return outlet.origin + path, Reading(body.decode(codec))


@pytest.mark.parametrize(("slug", "night", "page"), LOOKS)
def test_every_field_of_every_card_stands_on_the_page(slug: str, night: int, page: int) -> None:
    url, reading = served(slug, night, page)
    links = {urljoin(url, address) for address in reading.addresses}
    cards = expected_cards(slug, night, page)
    assert cards
    for card in cards:
        assert card.url in links
        for said in (card.title, card.blurb, card.read_time_raw, card.published_raw, card.author, card.category):
            assert said is None or said in reading.text
        if card.read_time_minutes is not None:
            assert card.read_time_raw is not None
            assert re.match(rf"{card.read_time_minutes}\b", card.read_time_raw)
        for candidate in image_candidates(slug, night, page)[card.url]:
            assert candidate in links


@pytest.mark.parametrize(("slug", "night", "page"), LOOKS)
def test_cards_stand_on_the_page_in_the_order_in_which_they_are_expected(slug: str, night: int, page: int) -> None:
    _, reading = served(slug, night, page)
    titles = [card.title or "" for card in expected_cards(slug, night, page)]
    # Without the most-read list, which names some of the same articles. The last place of each: an image's text may come first.
    text = " ".join(reading.pieces_outside_asides)
    places = [text.rindex(title) for title in titles]
    assert places == sorted(places)
    assert [card.position for card in expected_cards(slug, night, page)] == list(range(1, len(titles) + 1))


@pytest.mark.parametrize(("slug", "night", "page"), FIRST_PAGES)
def test_pages_are_the_same_bytes_whenever_they_are_drawn(slug: str, night: int, page: int) -> None:
    outlet = outlets()[slug]
    first = answer(slug, night, outlet.listing, outlet.origin).body
    answer.cache_clear()
    assert answer(slug, night, outlet.listing, outlet.origin).body == first


@pytest.mark.parametrize(("slug", "night", "page"), LOOKS)
def test_pages_lead_nowhere_but_to_made_up_hosts(slug: str, night: int, page: int) -> None:
    url, reading = served(slug, night, page)
    hosts = {urlsplit(urljoin(url, address)).hostname for address in reading.addresses} - {None} - VOCABULARIES
    assert hosts == {outlets()[slug].host}


@pytest.mark.parametrize("slug", outlets())
def test_an_article_has_a_page_of_its_own_from_the_night_on_which_it_is_out(slug: str) -> None:
    outlet = outlets()[slug]
    newest = max(outlet.articles.values(), key=lambda article: article.published)
    assert answer(slug, 0, newest.path, outlet.origin).status == 404
    out = answer(slug, len(NIGHTS) - 1, newest.path, outlet.origin)
    assert out.status == 200
    assert newest.title in Reading(out.body.decode(outlet.codec)).text


@pytest.mark.parametrize(
    ("slug", "night", "position", "raw", "day"),
    [
        pytest.param("cities", 0, 1, "20 May 2024", "2024-05-20", id="day first"),
        pytest.param("cities", 6, 1, "May 24, 2024", "2024-05-24", id="month first after the redesign"),
        pytest.param("courier", 0, 1, "20 May 2024, 5.12pm", "2024-05-20", id="with the time of day in summer time"),
        pytest.param("kilowatt", 0, 1, "3 hours ago", None, id="hours ago"),
        pytest.param("kilowatt", 0, 2, "11 hours ago", None, id="many hours ago"),
        pytest.param("kilowatt", 2, 2, "2 days ago", None, id="two days of the calendar, 29 hours"),
        pytest.param("kilowatt", 6, 1, "yesterday", None, id="yesterday"),
        pytest.param("kilowatt", 0, 5, "4 days ago", None, id="days ago"),
        pytest.param("kilowatt", 0, 12, "May 3, 2024", "2024-05-03", id="older than a week"),
        pytest.param("minatono", 0, 1, "令和6年5月20日", "2024-05-20", id="Reiwa calendar"),
        pytest.param("auental", 0, 1, "20.05.2024", "2024-05-20", id="German"),
    ],
)
def test_dates_are_written_as_such_an_outlet_writes_them(slug: str, night: int, position: int, raw: str, day: str | None) -> None:
    card = expected_cards(slug, night)[position - 1]
    assert (card.published_raw, card.published_on) == (raw, day)


def test_who_knows_when_the_page_was_fetched_knows_what_yesterday_was() -> None:
    assert expected_cards("kilowatt", 6, fetch_time_known=True)[0].published_on == "2024-05-26"
    assert expected_cards("courier", 0, fetch_time_known=True)[3].published_on is None  # no date is shown


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: f"night{night.number}")
def test_what_a_relative_date_says_is_the_day_of_the_story(night: Night) -> None:
    for card in expected_cards("kilowatt", night.number, fetch_time_known=True):
        raw = card.published_raw or ""
        if raw == "yesterday":
            said = night.at - timedelta(days=1)
        elif found := re.fullmatch(r"(\d+) (hour|day)s? ago", raw):
            said = night.at - int(found[1]) * timedelta(**{f"{found[2]}s": 1})
        else:
            continue
        assert card.published_on == f"{said:%Y-%m-%d}"


def urls(slug: str, night: int) -> list[str | None]:
    return [card.url for card in expected_cards(slug, night)]


def wordings(slug: str, night: int, field: str) -> dict[str | None, object]:
    return {card.url: getattr(card, field) for card in expected_cards(slug, night)}


def test_the_first_night_of_each_outlet_is_all_there() -> None:
    assert {slug: len(expected_cards(slug, 0)) for slug in outlets()} == {
        "auental": 10,
        "cities": 8,
        "courier": 23,
        "kilowatt": 12,
        "minatono": 12,
    }


def test_new_cards_come_on_top_the_next_night() -> None:
    before, after = urls("cities", 0), urls("cities", 1)
    assert after[2:] == before[: len(before) - 2]
    assert not set(after[:2]) & set(before)


@pytest.mark.parametrize(
    ("slug", "night", "field"),
    [
        ("cities", 1, "title"),
        ("cities", 1, "blurb"),
        ("cities", 2, "read_time_minutes"),
        ("courier", 1, "title"),
        ("courier", 5, "read_time_minutes"),
        ("kilowatt", 2, "title"),
        ("minatono", 2, "title"),
        ("auental", 2, "blurb"),
    ],
)
def test_a_card_that_stays_is_reworded(slug: str, night: int, field: str) -> None:
    before, after = wordings(slug, night - 1, field), wordings(slug, night, field)
    assert any(before[url] != after[url] for url in before.keys() & after.keys())


def test_a_card_of_the_city_network_vanishes_for_two_nights_and_comes_back() -> None:
    register = "http://cities.example/news/what-a-public-rent-register-changes/"
    everywhere = [{card.url for page in (1, 2, 3) for card in expected_cards("cities", night.number, page)} for night in NIGHTS]
    assert [register in seen for seen in everywhere] == [True, True, False, False, True, True, True, True]


def test_the_couriers_reshuffle_keeps_most_cards_and_moves_most_of_them() -> None:
    before, after = urls("courier", 1), urls("courier", 2)
    stayed = [url for url in after if url in before]
    assert len(stayed) >= 18
    assert sorted(stayed, key=before.index) != stayed


def test_the_courier_fails_one_night_and_only_then() -> None:
    failing = [(slug, night.number) for slug in outlets() for night in NIGHTS if outlets()[slug].editions[night.number].failure]
    assert failing == [("courier", 3)]
    assert expected_cards("courier", 3) == ()
    reply = answer("courier", 3, "/", "http://courier.example")
    assert reply.status == 503
    assert dict(reply.headers)["Retry-After"] == "3600"


@pytest.mark.parametrize("slug", ["auental", "minatono"])
def test_offices_publish_nothing_on_a_sunday(slug: str) -> None:
    outlet = outlets()[slug]
    saturday, sunday = (answer(slug, night, outlet.listing, outlet.origin) for night in (4, 5))
    assert saturday.body == sunday.body
    assert saturday.last_modified == sunday.last_modified


REDESIGNS = {
    slug: next(edition.night.number for edition in outlet.editions if edition.design != outlet.editions[0].design)
    for slug, outlet in outlets().items()
}


@pytest.mark.parametrize("slug", REDESIGNS)
def test_a_redesign_keeps_the_articles_and_not_one_class_name(slug: str) -> None:
    night = REDESIGNS[slug]
    _, before = served(slug, night - 1)
    _, after = served(slug, night)
    assert len(set(urls(slug, night - 1)) & set(urls(slug, night))) * 4 >= 3 * len(urls(slug, night))
    assert not before.classes & after.classes


def test_the_list_of_the_city_network_goes_on_over_three_pages() -> None:
    nexts = [expected_next_page("cities", 0, page) for page in (1, 2, 3)]
    assert nexts == ["http://cities.example/latest/page/2/", "http://cities.example/latest/page/3/", None]
    pages = [[card.url for card in expected_cards("cities", 0, page)] for page in (1, 2, 3)]
    assert len({url for page in pages for url in page}) == 24


def test_facet_counts_grow_with_what_is_published() -> None:
    outlet = outlets()["cities"]
    assert outlet.facets_on(0) == {"News": 112, "Opinion": 14, "Press release": 31, "Case study": 27}
    assert outlet.facets_on(1) == {"News": 113, "Opinion": 14, "Press release": 32, "Case study": 27}


def test_decoys_are_linked_and_are_no_cards() -> None:
    url, reading = served("courier", 0)
    decoys = decoy_urls("courier", 0)
    links = {urljoin(url, address).partition("?")[0] for address in reading.addresses}
    assert len(decoys) == 4
    assert decoys <= links
    assert not decoys & set(urls("courier", 0))


def test_the_district_page_says_latin_1_and_means_windows_1252() -> None:
    body = answer("auental", 0, "/presse/index.htm", "http://auental.example").body
    assert b"charset=iso-8859-1" in body
    assert "„".encode("cp1252") in body
    assert "€".encode("cp1252") in body


def outlet_file(tmp_path: Path, old: str, new: str) -> Path:
    text = (site_folder() / "auental" / "outlet.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "outlet.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param('blurb = "Die Gruppe', 'burb = "Die Gruppe', "burb", id="unknown key in an article"),
        pytest.param('"hitze", ', '"hitzefrei", ', "there is no article 'hitzefrei'", id="unknown article"),
        pytest.param(
            "[nights.reworded.abfall]\ntitle", "[nights.reworded.abfall]\npath", "can't change its path", id="path reworded"
        ),
        pytest.param("number = 5", "number = 6", "expected night 5, found 6", id="night missing"),
        pytest.param(
            '"schulbus", "trockenheit", "bruecke"', '"hitze", "trockenheit", "bruecke"', "only published at", id="too early"
        ),
        pytest.param("releases = [", "releasse = [", "no list called 'releasse'", id="unknown list"),
        pytest.param("gzip = false", "gzip = maybe", "Invalid", id="no TOML"),
    ],
)
def test_a_slip_in_a_data_file_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = outlet_file(tmp_path, old, new)
    with pytest.raises(DemoSiteBrokenError, match=complaint) as caught:
        load_outlet(path)
    assert str(path) in str(caught.value)


def test_the_site_is_found_in_a_checkout_and_in_an_installed_package(tmp_path: Path) -> None:
    assert site_folder() == Path(__file__).parents[1] / "fixtures" / "site"
    installed = tmp_path / "site-packages" / "standfirst"
    (installed / "demo_site").mkdir(parents=True)
    (installed / "demo_site" / "nights.toml").touch()
    assert find_site_folder(installed) == installed / "demo_site"


def test_a_missing_site_is_said_with_the_places_looked_at(tmp_path: Path) -> None:
    with pytest.raises(DemoSiteMissingError, match=r"demo_site.*fixtures.*install standfirst again"):
        find_site_folder(tmp_path / "standfirst")
