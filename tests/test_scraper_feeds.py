"""Feeds as listings: each dialect, and the ways in which real feeds are broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.cards import Card, Listing, Verdict
from scraper.feeds import read_feed

URL = "https://city.example/feed/"

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
  <title>City News</title><link>https://city.example/</link><language>en-GB</language>
  <atom:link href="https://city.example/feed/" rel="self"/><atom:link href="/feed/?paged=2" rel="next"/>
  <image><url>https://city.example/logo.png</url><title>logo</title></image>
  <item>
    <title>Harbour bridge to close &amp; reopen &#8220;soon&#8221;</title>
    <link>https://city.example/bridge/?utm_source=rss</link>
    <guid isPermaLink="false">4711</guid>
    <dc:creator><![CDATA[Ada Quill]]></dc:creator><dc:creator>Ben Ink</dc:creator>
    <pubDate>Fri, 24 May 2024 06:30:00 +0200</pubDate>
    <category>Transport</category><category>Local</category>
    <description><![CDATA[<p>8 min read. The bridge closes <b>on Monday</b>.</p><script>x()</script>]]></description>
    <content:encoded><![CDATA[<p>The whole article.</p>]]></content:encoded>
    <media:content url="https://city.example/i/1.jpg" medium="image"><media:title>A picture</media:title></media:content>
  </item>
  <item>
    <title><![CDATA[A second <em>story</em>]]></title>
    <guid>https://city.example/second/</guid>
    <pubDate>yesterday or so</pubDate>
    <author>desk@city.example (News Desk)</author>
    <content:encoded><![CDATA[<img src="/i/2.jpg"><p>Only in full.</p>]]></content:encoded>
  </item>
  <item><description></description></item>
</channel></rss>"""

RSS_1 = b"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://city.example/"><title>City</title><link>https://city.example/</link></channel>
<item rdf:about="https://city.example/a"><title>One</title><link>https://city.example/a</link><dc:date>2024-05-24T06:30:00+02:00</dc:date></item>
</rdf:RDF>"""

ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">
  <title>Stadt</title><link href="https://city.example/"/><link rel="next" href="?page=2"/>
  <entry>
    <title type="html">Br&amp;uuml;cke &amp;lt;gesperrt&amp;gt;</title>
    <link rel="alternate" href="/bruecke"/><link rel="enclosure" type="image/jpeg" href="/i/1.jpg"/>
    <id>tag:city.example,2024:1</id><updated>2024-05-25T00:00:00Z</updated><published>2024-05-24T06:30:00Z</published>
    <author><name>Ada Quill</name><email>a@city.example</email></author>
    <category term="verkehr" label="Verkehr"/>
    <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Ab <b>Montag</b> gesperrt.</div></summary>
  </entry>
  <entry><title>Nur Inhalt</title><id>https://city.example/2</id><updated>2024-05-23</updated><content type="html">&lt;p&gt;Text&lt;/p&gt;</content></entry>
</feed>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "City",
        "language": "en",
        "next_url": "/feed.json?page=2",
        "items": [
            {
                "id": "1",
                "url": "/bridge",
                "title": "Bridge to close",
                "summary": "On Monday.",
                "date_published": "2024-05-24T06:30:00+02:00",
                "authors": [{"name": "Ada Quill"}, {"name": "Ben Ink"}],
                "tags": ["Transport"],
                "image": "/i/1.jpg",
            },
            {"id": "2", "external_url": "https://elsewhere.example/x", "title": "Elsewhere", "author": {"name": "Old"}},
        ],
    }
).encode()

NEWS_SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://city.example/bridge</loc><news:news><news:publication><news:name>City</news:name><news:language>en</news:language>
</news:publication><news:publication_date>2024-05-24</news:publication_date><news:title>Bridge to close</news:title></news:news>
<image:image><image:loc>https://city.example/i/1.jpg</image:loc></image:image></url>
<url><loc>https://city.example/imprint</loc></url></urlset>"""


def read(body: bytes, *, content_type: str | None = None) -> Listing:
    listing = read_feed(body, URL, content_type=content_type)
    assert listing is not None
    return listing


def fields(card: Card) -> dict[str, object]:
    names = (
        "title",
        "url",
        "blurb",
        "read_time_minutes",
        "published_on",
        "published_raw",
        "author",
        "category",
        "image_url",
        "position",
    )
    return {name: getattr(card, name) for name in names}


def test_rss_entries_are_cards() -> None:
    listing = read(RSS)
    assert (listing.verdict, listing.lang, listing.next_page_url) == (
        Verdict.LISTING,
        "en-GB",
        "https://city.example/feed/?paged=2",
    )
    assert listing.problems == ("left out for having neither title nor link: 1 of 3 entries",)
    first, second = listing.cards
    assert fields(first) == {
        "title": "Harbour bridge to close & reopen “soon”",
        "url": "https://city.example/bridge/?utm_source=rss",
        "blurb": "8 min read. The bridge closes on Monday.",
        "read_time_minutes": 8,
        "published_on": "2024-05-24",
        "published_raw": "Fri, 24 May 2024 06:30:00 +0200",
        "author": "Ada Quill, Ben Ink",
        "category": "Transport",
        "image_url": "https://city.example/i/1.jpg",
        "position": 1,
    }
    assert fields(second) == {
        "title": "A second story",
        "url": "https://city.example/second/",
        "blurb": "Only in full.",
        "read_time_minutes": None,
        "published_on": None,
        "published_raw": "yesterday or so",
        "author": "News Desk",
        "category": None,
        "image_url": "https://city.example/i/2.jpg",
        "position": 2,
    }
    assert first.origin["published_on"] == "rss:pubdate"
    assert second.origin["blurb"] == "rss:encoded"


def test_rss_1_has_its_items_beside_the_channel() -> None:
    (card,) = read(RSS_1).cards
    assert (card.title, card.url, card.published_on) == ("One", "https://city.example/a", "2024-05-24")


def test_atom_entries_are_cards() -> None:
    listing = read(ATOM)
    assert (listing.lang, listing.next_page_url) == ("de", "https://city.example/feed/?page=2")
    first, second = listing.cards
    assert fields(first) == {
        "title": "Brücke <gesperrt>",
        "url": "https://city.example/bruecke",
        "blurb": "Ab Montag gesperrt.",
        "read_time_minutes": None,
        "published_on": "2024-05-24",
        "published_raw": "2024-05-24T06:30:00Z",
        "author": "Ada Quill",
        "category": "Verkehr",
        "image_url": "https://city.example/i/1.jpg",
        "position": 1,
    }
    assert (second.url, second.published_on, second.blurb) == ("https://city.example/2", "2024-05-23", "Text")
    assert second.origin["published_on"] == "atom:updated"


def test_json_feed_items_are_cards() -> None:
    listing = read(JSON_FEED)
    assert (listing.lang, listing.next_page_url) == ("en", "https://city.example/feed.json?page=2")
    first, second = listing.cards
    assert (first.title, first.url, first.blurb) == ("Bridge to close", "https://city.example/bridge", "On Monday.")
    assert (first.published_on, first.author, first.category) == ("2024-05-24", "Ada Quill, Ben Ink", "Transport")
    assert first.image_url == "https://city.example/i/1.jpg"
    assert (second.url, second.author) == ("https://elsewhere.example/x", "Old")


def test_half_a_character_and_a_nul_in_a_json_feed_spoil_no_title() -> None:
    item = {"title": "Cit\0ies \ud83d ask", "url": "https://city.example/ask"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    (card,) = read(json.dumps(feed).encode()).cards
    assert card.title == "Cities \ufffd ask"


def test_news_sitemap_entries_are_cards() -> None:
    listing = read(NEWS_SITEMAP)
    (card,) = listing.cards
    assert (card.title, card.url, card.published_on) == ("Bridge to close", "https://city.example/bridge", "2024-05-24")
    assert (card.image_url, listing.lang) == ("https://city.example/i/1.jpg", "en")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><html><title>News</title></html>",
        b"<html><body><rss>quoted</rss></body></html>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0"?><urlset><url><loc>https://city.example/</loc></url></urlset>',
        b"<sitemapindex><sitemap><loc>x</loc></sitemap></sitemapindex>",
        b'{"version": "1.0", "items": []}',
        b'{"items": [1, 2]}',
        b"[1, 2]",
        b"{" * 100_000,
        b"<rss>" + b"<a>" * 5_000,
        b"\x00\x01\x02",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_no_feed_is_none(body: bytes) -> None:
    assert read_feed(body, URL) is None


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ("<title>Fish &nbsp;&amp; chips</title>", "Fish & chips"),
        ("<title>Fish & chips</title>", "Fish & chips"),
        ("<title>Caf&eacute; &copy; &unknown; x</title>", "Café © &unknown; x"),
        ("<title>Fish &amp;amp; chips</title>", "Fish & chips"),
        ("<title>Fish \x0b\x00chips &#11; &#x1F;</title>", "Fish chips"),
        ("<title><![CDATA[<b>Fish</b> & chips]]></title>", "Fish & chips"),
        ("<title>  Fish\n  and   chips </title>", "Fish and chips"),
        ("<title>1 < 2</title>", None),
        ("<title></title>", None),
    ],
)
def test_titles_come_out_of_their_wrapping(item: str, title: str | None) -> None:
    listing = read(f"<rss><channel><item><link>https://city.example/a</link>{item}</item></channel></rss>".encode())
    assert [card.title for card in listing.cards][:1] == [title]


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ("<guid>https://city.example/1</guid>", "https://city.example/1"),
        ('<guid isPermaLink="true">https://city.example/1</guid>', "https://city.example/1"),
        ('<guid isPermaLink="false">https://city.example/?p=1</guid>', None),
        ("<guid>4711</guid>", None),
        ("<link>https://city.example/a</link><guid>https://city.example/1</guid>", "https://city.example/a"),
        ("<link>/a</link>", "https://city.example/a"),
        ("<link></link><guid>https://city.example/1</guid>", "https://city.example/1"),
        ("<link>javascript:alert(1)</link>", None),
    ],
)
def test_the_link_is_the_link_or_else_a_permanent_guid(links: str, url: str | None) -> None:
    listing = read(f"<rss><channel><item><title>x</title>{links}</item></channel></rss>".encode())
    assert [card.url for card in listing.cards] == [url]


def test_a_feed_that_breaks_off_is_read_up_to_there() -> None:
    listing = read(RSS[: RSS.index(b"<title><![CDATA[A second")])
    assert listing.cards[0].title == "Harbour bridge to close & reopen “soon”"
    assert "breaks off" in listing.problems[0]


def test_a_feed_in_another_encoding_is_read() -> None:
    body = '<?xml version="1.0" encoding="windows-1251"?><rss><channel><item><title>Мост закрыт</title></item></channel></rss>'.encode(
        "cp1251"
    )
    listing = read(body)
    assert (listing.cards[0].title, listing.charset, listing.charset_source) == ("Мост закрыт", "windows-1251", "meta")
    utf_16 = '<?xml version="1.0" encoding="utf-16"?><rss><channel><item><title>Мост</title></item></channel></rss>'.encode(
        "utf-16"
    )
    assert read(utf_16).cards[0].title == "Мост"


def test_an_empty_feed_is_an_empty_listing() -> None:
    listing = read(b"<rss><channel><title>City</title></channel></rss>")
    assert (listing.verdict, listing.cards, listing.reason) == (Verdict.EMPTY, (), "RSS without entries")


@pytest.mark.parametrize(
    "entities",
    [
        "<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{n} '&a{n - 1 or ''};&a{n - 1 or ''};'>" for n in range(1, 40)),
        "<!ENTITY a39 SYSTEM 'file:///etc/passwd'>",
        "<!ENTITY % x SYSTEM 'http://127.0.0.1/x'> %x;",
    ],
    ids=["billion laughs", "a file", "a parameter entity"],
)
def test_entities_are_not_expanded(entities: str) -> None:
    body = f"<?xml version='1.0'?><!DOCTYPE rss [{entities}]><rss><channel><item><title>&a39;</title></item></channel></rss>"
    listing = read_feed(body.encode(), URL)
    assert listing is not None
    assert listing.cards[0].title == "&a39;"


def test_whole_articles_are_cut_to_a_blurb() -> None:
    body = f"<rss><channel><item><title>x</title><description>{'word ' * 10_000}</description></item></channel></rss>"
    blurb = read(body.encode()).cards[0].blurb
    assert blurb is not None
    assert len(blurb) == 2_000


@given(cut=st.integers(0, len(RSS)), junk=st.binary(max_size=20))
def test_no_damage_makes_it_fail(cut: int, junk: bytes) -> None:
    read_feed(RSS[:cut] + junk + RSS[cut + 5 :], URL)


@given(
    items=st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "title", "authors", "tags", "name"]), inner)
        ),
    )
)
def test_no_json_makes_it_fail(items: object) -> None:
    read_feed(json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}).encode(), URL)
