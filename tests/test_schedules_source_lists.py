"""Sources as lists: what is exported comes back as it was, and what comes from elsewhere is taken with care."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.config import parse_config
from schedules.opml import read_opml, write_opml
from schedules.settings import Source
from schedules.source_lists import KEYS, Listed, free_slug, from_rows, read_csv, sort_out, tables_of, to_rows, write_csv
from scraper.errors import ConfigError

# ---- round trips ----

# XML has no place for control characters; a cell without text is a key that isn't there.
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1, max_size=20)
SLUGS = st.from_regex(r"[a-z0-9]([a-z0-9_-]{0,8}[a-z0-9])?", fullmatch=True)
PATHS = st.text("abcXYZ019-_~/.%?&=;,+'\"ø港", max_size=12)


@st.composite
def tables(draw):
    """Any tables of sources, as TOML gives them."""
    found = {}
    for slug in draw(st.lists(SLUGS, min_size=1, max_size=4, unique=True)):
        paths = draw(st.lists(PATHS, min_size=1, max_size=3, unique=True))
        optional = {
            "name": WORDS,
            "why": WORDS,
            "enabled": st.booleans(),
            "max_pages": st.integers(1, 50),
            "until_known": st.booleans(),
            "delay_s": st.floats(1, 1000),
            "render": st.booleans(),
            "render_hosts": st.lists(WORDS, max_size=2),
            "allow_private": st.booleans(),
            "cadence": st.sampled_from(["nightly", "every 6 hours", "30 5 * * 1-5"]),
            "timezone": st.sampled_from(["UTC", "Europe/Brussels"]),
            "window": st.just("01:00-05:00"),
            "jitter_s": st.integers(0, 600),
            "catch_up": st.booleans(),
            "priority": st.integers(-5, 5),
            "adaptive": st.just(["6h", "3d"]),
            "addresses": st.just({"same_hosts": {"www.paper.example": "paper.example"}, "drop": ["ref"]}),
            "recipe": st.just(
                {
                    "learned_on": date(2026, 5, 24),
                    "card": 'article:has(> a[href^="/n/"])',
                    "title": ["h2", "h3 @title"],
                    "expects": {"cards": [5, 20], "blurb": 0.9},
                }
            ),
        }
        keys = draw(st.sets(st.sampled_from(sorted(optional)), max_size=6))
        found[slug] = {"urls": [f"https://{slug}.example/{path}" for path in paths], **{key: draw(optional[key]) for key in keys}}
    return found


def sources(tables):
    return parse_config(tomlkit.dumps({"source": tables}).encode(), Path("x.toml")).sources


@pytest.mark.parametrize(
    "hand_on",
    [
        pytest.param(lambda rows: read_csv(write_csv(rows)), id="CSV"),
        pytest.param(lambda rows: read_csv(write_csv(rows).replace("\r\n", "\n")), id="CSV with Unix line ends"),
        pytest.param(lambda rows: read_opml(write_opml(rows, title="Sources").encode()), id="OPML"),
    ],
)
def test_a_list_that_was_exported_gives_equal_sources(hand_on):
    @settings(max_examples=40, deadline=None)
    @given(tables())
    def holds(tables):
        listed, complaints = from_rows(hand_on(to_rows(tables)))
        found = sort_out(listed, [], allow_private=True)
        assert (complaints, found.complaints, found.known) == ([], (), ())
        assert sources(found.new) == sources(tables)

    holds()


def test_every_key_of_a_source_has_its_column_but_for_cookies():
    keys = set(Source.__dataclass_fields__) - {"urls", "cookies"} | {"url"}
    assert set(KEYS) == keys


def test_cookies_are_not_handed_on():
    text = '[source.a]\nurls = ["https://a.example/"]\ncookies = {session = "secret"}\n'
    rows = to_rows(tables_of(text.encode()))
    assert "secret" not in write_csv(rows) + write_opml(rows, title="x")


# ---- lists from elsewhere ----

FOREIGN = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE opml [<!ENTITY bomb "boom"><!ENTITY file SYSTEM "file:///etc/passwd">]>
<opml version="1.1"><head><title>My feeds</title></head><body>
 <outline text="Papers">
  <outline text="The Valley Courier" type="rss" xmlUrl="https://courier.example/feed?a=1&b=2" htmlUrl="https://courier.example/"/>
  <outline title="Caf\xe9 &amp; Co" text="ignored" type="rss" xmlUrl="https://cafe.example/rss"/>
 </outline>
 <outline text="A page" type="link" url="https://page.example/news"/>
 <outline text="A folder without anything"/>
 <outline text="Again" xmlUrl="https://cafe.example/rss"/>
 <outline text="Bad" xmlUrl="ftp://files.example/"/>
</body></opml>"""


def imported(raw, pages=False, **options):
    listed, complaints = from_rows(read_opml(raw, pages=pages))
    assert complaints == []
    return sort_out(listed, options.pop("sources", ()), allow_private=options.pop("allow_private", False))


def test_opml_of_a_feed_reader_becomes_sources_folders_bare_ampersands_and_all():
    found = imported(FOREIGN.encode("latin-1"))
    assert found.new == {
        "the-valley-courier": {"urls": ["https://courier.example/feed?a=1&b=2"], "name": "The Valley Courier"},
        "cafe-co": {"urls": ["https://cafe.example/rss"], "name": "Café & Co"},
        "a-page": {"urls": ["https://page.example/news"], "name": "A page"},
    }
    assert found.known == ("https://cafe.example/rss",)
    assert [complaint.partition(":")[0] for complaint in found.complaints] == ["source.bad.urls"]


def test_with_pages_the_page_of_an_entry_wins_over_its_feed():
    assert imported(FOREIGN.encode("latin-1"), pages=True).new["the-valley-courier"]["urls"] == ["https://courier.example/"]


def test_what_is_watched_already_is_passed_over_and_its_slug_is_not_taken():
    watched = sources({"a-page": {"urls": ["https://courier.example/feed?a=1&b=2"]}})
    found = imported(FOREIGN.encode("latin-1"), sources=watched)
    assert set(found.new) == {"cafe-co", "a-page-2"}
    assert "https://courier.example/feed?a=1&b=2" in found.known


def test_a_list_may_not_open_one_s_own_network_unless_it_is_believed():
    rows = [{"slug": "mine", "url": "http://10.0.0.1/", "allow_private": "true"}]
    for believed in (False, True):
        listed, _ = from_rows(rows)
        (table,) = sort_out(listed, [], allow_private=believed).new.values()
        assert ("allow_private" in table) is believed


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html><body>Not found</body></html>", id="a web page"),
        pytest.param(b"<opml><body><outline text='cut", id="cut off"),
        pytest.param(b"<opml>" + b"<outline>" * 200 + b"</outline>" * 200 + b"</opml>", id="nested without end"),
    ],
)
def test_what_is_no_opml_is_refused(raw):
    with pytest.raises(ConfigError):
        read_opml(raw)


def test_entities_of_the_list_s_own_are_never_followed():
    text = '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]><opml><body><outline text="&x;" url="https://a.example/"/></body></opml>'
    (row,) = read_opml(text.encode())
    assert row["name"] == "&x;"


def test_a_csv_by_hand_needs_no_more_than_addresses():
    listed, complaints = from_rows(
        read_csv("\ufeffurl;name;enabled\r\nhttps://www.a.example/x;A paper;TRUE\r\n\r\nhttps://b.example/;;\r\n")
    )
    assert complaints == []
    assert sort_out(listed, [], allow_private=False).new == {
        "a-paper": {"urls": ["https://www.a.example/x"], "name": "A paper", "enabled": True},
        "b-example": {"urls": ["https://b.example/"]},
    }


def test_rows_of_one_slug_are_pages_of_one_source():
    listed, _ = from_rows(read_csv("slug,url,why\na,https://a.example/1,because\na,https://a.example/2,\n"))
    assert listed == [Listed("a", {"urls": ["https://a.example/1", "https://a.example/2"], "why": "because"})]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("", "one of them has to be url", id="nothing"),
        pytest.param("address\nhttps://a.example/\n", "one of them has to be url", id="no column url"),
        pytest.param("url,colour\nhttps://a.example/,red\n", "unknown column 'colour'", id="an unknown column"),
    ],
)
def test_what_is_no_list_is_refused(text, complaint):
    with pytest.raises(ConfigError, match=complaint):
        read_csv(text)


def test_a_row_that_cannot_be_used_is_told_and_the_others_are_taken():
    listed, complaints = from_rows(
        read_csv("slug,url,max_pages\na,https://a.example/,many\nb,,1\nc,https://c.example/,0\nd,https://d.example/,2\n")
    )
    found = sort_out(listed, [], allow_private=False)
    assert list(found.new) == ["d"]
    assert [*complaints, *found.complaints] == [
        "entry 1 (a): max_pages: 'many' is no value of TOML (Invalid value (at line 1, column 9))",
        "entry 2 (b): has no address",
        "source.c.max_pages: should be 1 or more, is 0",
    ]


@pytest.mark.parametrize(
    ("url", "name", "slug"),
    [
        ("https://www.city-news.example/latest", None, "city-news-example"),
        ("https://a.example/", "Ça ira!", "ca-ira"),
        ("https://a.example/", "港湾新聞", "a-example"),
        ("https://a.example/", "two_words--x", "two_words--x"),
        ("https://taken.example/", None, "taken-example-2"),
    ],
)
def test_a_slug_is_made_of_the_name_or_the_host(url, name, slug):
    assert free_slug(url, {"taken-example"}, name=name) == slug


def test_the_documentation_of_toml_holds_for_every_cell():
    """What is not text is a value of TOML, dates included."""
    (row,) = to_rows({"a": {"urls": ["https://a.example/"], "recipe": {"learned_on": date(2026, 1, 2), "card": "a.b"}}})
    assert tomllib.loads(f"x = {row['recipe']}")["x"]["learned_on"] == date(2026, 1, 2)
    assert re.fullmatch(r"\{.*\}", row["recipe"])
