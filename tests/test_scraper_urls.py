"""What is the same address, and where a link leads: the tables are the specification."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.urls import DEFAULT_URL_RULES, TRACKING_PARAMETERS, UrlRules, canonical_url, resolve

S = "https://news.example"

# (as linked, its key), by what they show
SAME = {
    "scheme, host and port": [
        ("HTTPS://news.example/a", f"{S}/a"),
        ("hTTp://news.example/a", "http://news.example/a"),
        ("https://NEWS.Example/a", f"{S}/a"),
        ("https://news.example:443/a", f"{S}/a"),
        ("http://news.example:80/a", "http://news.example/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        ("https://news.example:80/a", "https://news.example:80/a"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://news.example:/a", f"{S}/a"),
        ("https://news.example:00443/a", f"{S}/a"),
        ("https://news.example:08443/a", "https://news.example:8443/a"),
        ("https://news.example./a", f"{S}/a"),
        ("https://www.news.example/a", "https://www.news.example/a"),
        ("http://news.example/a", "http://news.example/a"),
        ("https://foo_bar.example/a", "https://foo_bar.example/a"),
        ("https://user@news.example/a", "https://user@news.example/a"),
        ("https://user:pass@news.example/a", "https://user:pass@news.example/a"),
        ("https://@news.example/a", f"{S}/a"),
        ("https://a@b@news.example/a", "https://a%40b@news.example/a"),
        ("https:news.example/a", f"{S}/a"),
        ("https:/news.example/a", f"{S}/a"),
        ("https:///news.example/a", f"{S}/a"),
        ("https:\\\\news.example\\a", f"{S}/a"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("http://[::1]/a", "http://[::1]/a"),
        ("http://[0:0:0:0:0:0:0:1]:80/a", "http://[::1]/a"),
        ("http://[2001:DB8::00FF]/a", "http://[2001:db8::ff]/a"),
    ],
    "international hosts": [
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://STRASSE.example/", "https://strasse.example/"),
        ("https://Zürich.example/", "https://xn--zrich-kva.example/"),
        ("https://zu\u0308rich.example/", "https://xn--zrich-kva.example/"),
        ("https://XN--ZRICH-KVA.example/", "https://xn--zrich-kva.example/"),
        ("https://z%C3%BCrich.example/", "https://xn--zrich-kva.example/"),
        ("https://новости.example/", "https://xn--b1amnebsh.example/"),
        ("https://新聞。example/", "https://xn--efvv70d.example/"),
        ("https://ｎｅｗｓ.example/", f"{S}/"),
        ("https://βόλος.example/", "https://xn--nxasmm1c.example/"),
        ("https://i❤.example/", "https://xn--i-7iq.example/"),
        ("https://n%65ws.example/", f"{S}/"),
    ],
    "white space and control characters": [
        (f"  {S}/a  ", f"{S}/a"),
        (f"\n\t{S}/a\r\n", f"{S}/a"),
        ("https://news.exa\nmple/a\tb", f"{S}/ab"),
        (f"{S}/a b", f"{S}/a%20b"),
        (f"{S}/a%20b", f"{S}/a%20b"),
        (f"{S}/a+b", f"{S}/a+b"),
        (f"{S}/a\x00b", f"{S}/a%00b"),
        (f"\x00{S}/a\x1f", f"{S}/a"),
        (f"{S}/a\u00a0b", f"{S}/a%C2%A0b"),
    ],
    "percent-encoding": [
        (f"{S}/%7Euser", f"{S}/~user"),
        (f"{S}/%61%62%63", f"{S}/abc"),
        (f"{S}/%2d%2e%5f%7e", f"{S}/-._~"),
        (f"{S}/a%2fb", f"{S}/a%2Fb"),
        (f"{S}/a%2Fb", f"{S}/a%2Fb"),
        (f"{S}/%c3%a4", f"{S}/%C3%A4"),
        (f"{S}/ä", f"{S}/%C3%A4"),
        (f"{S}/%e4", f"{S}/%E4"),
        (f"{S}/新闻", f"{S}/%E6%96%B0%E9%97%BB"),
        (f"{S}/%E6%96%B0%E9%97%BB/", f"{S}/%E6%96%B0%E9%97%BB"),
        (f"{S}/100%", f"{S}/100%25"),
        (f"{S}/100%25", f"{S}/100%25"),
        (f"{S}/%zz", f"{S}/%25zz"),
        (f"{S}/%2541", f"{S}/%2541"),
        (f"{S}/%%41", f"{S}/%25A"),
        (f'{S}/"q"', f"{S}/%22q%22"),
        (f"{S}/<b>", f"{S}/%3Cb%3E"),
        (f"{S}/{{x}}", f"{S}/%7Bx%7D"),
        (f"{S}/a|b", f"{S}/a%7Cb"),
        (f"{S}/a[0]", f"{S}/a%5B0%5D"),
        (f"{S}/a%5b0%5D", f"{S}/a%5B0%5D"),
        (f"{S}/a'b", f"{S}/a'b"),
        (f"{S}/a%27b", f"{S}/a%27b"),
        (f"{S}/a!$&()*,;=:@b", f"{S}/a!$&()*,;=:@b"),
        (f"{S}/\ud800", f"{S}/%ED%A0%80"),
    ],
    "paths": [
        (S, f"{S}/"),
        (f"{S}/", f"{S}/"),
        (f"{S}?", f"{S}/"),
        (f"{S}/a/b/../c", f"{S}/a/c"),
        (f"{S}/a/./b", f"{S}/a/b"),
        (f"{S}/./a", f"{S}/a"),
        (f"{S}/../../a", f"{S}/a"),
        (f"{S}/a/..", f"{S}/"),
        (f"{S}/a/b/.", f"{S}/a/b"),
        (f"{S}/a/%2e%2e/b", f"{S}/b"),
        (f"{S}/a/%2E/b", f"{S}/a/b"),
        (f"{S}/a/.%2e/b", f"{S}/b"),
        (f"{S}/...", f"{S}/..."),
        (f"{S}/.well-known/x", f"{S}/.well-known/x"),
        (f"{S}/a.html", f"{S}/a.html"),
        (f"{S}/index.html", f"{S}/index.html"),
        (f"{S}/A/b", f"{S}/A/b"),
        (f"{S}/a/", f"{S}/a"),
        (f"{S}/a/b/", f"{S}/a/b"),
        (f"{S}/a//", f"{S}/a//"),
        (f"{S}//a", f"{S}//a"),
        (f"{S}/a//b", f"{S}/a//b"),
        (f"{S}\\a\\b", f"{S}/a/b"),
        (f"{S}/a;jsessionid=0A1B2C", f"{S}/a"),
        (f"{S}/a;JSESSIONID=0A1B2C?x=1", f"{S}/a?x=1"),
        (f"{S}/a;jsessionid=0A/b", f"{S}/a/b"),
        (f"{S}/a;v=2", f"{S}/a;v=2"),
        (f"{S}/a/../;jsessionid=1", f"{S}/"),
        (f"{S}/2024/05/24/", f"{S}/2024/05/24"),
        (f"{S}/story,12345.html", f"{S}/story,12345.html"),
    ],
    "fragments": [
        (f"{S}/a#top", f"{S}/a"),
        (f"{S}/a#", f"{S}/a"),
        (f"{S}/a#comments?x=1", f"{S}/a"),
        (f"{S}/a?x=1#y", f"{S}/a?x=1"),
        (f"{S}/#!/story/5", f"{S}/#!/story/5"),
        (f"{S}/a/#!b c", f"{S}/a#!b%20c"),
        (f"{S}/#/story/5", f"{S}/"),
    ],
    "queries": [
        (f"{S}/?p=123", f"{S}/?p=123"),
        (f"{S}/a?b=2&a=1", f"{S}/a?a=1&b=2"),
        (f"{S}/a?a=1&b=2", f"{S}/a?a=1&b=2"),
        (f"{S}/a?x=2&x=1", f"{S}/a?x=2&x=1"),
        (f"{S}/a?y=1&x=2&y=0", f"{S}/a?x=2&y=1&y=0"),
        (f"{S}/a?", f"{S}/a"),
        (f"{S}/a?&&", f"{S}/a"),
        (f"{S}/a?a=1&&b=2", f"{S}/a?a=1&b=2"),
        (f"{S}/a?x", f"{S}/a?x"),
        (f"{S}/a?x=", f"{S}/a?x="),
        (f"{S}/a?=x", f"{S}/a?=x"),
        (f"{S}/a/?x=1", f"{S}/a?x=1"),
        (f"{S}/a?q=ä", f"{S}/a?q=%C3%A4"),
        (f"{S}/a?q=%c3%a4", f"{S}/a?q=%C3%A4"),
        (f"{S}/a?q=a+b", f"{S}/a?q=a+b"),
        (f"{S}/a?q=a%20b", f"{S}/a?q=a%20b"),
        (f"{S}/a?q=a%26b", f"{S}/a?q=a%26b"),
        (f"{S}/a?q=a%3Db", f"{S}/a?q=a%3Db"),
        (f"{S}/a?a[]=1&a[]=2", f"{S}/a?a%5B%5D=1&a%5B%5D=2"),
        (f"{S}/a?u=https://x.example/?y=1", f"{S}/a?u=https://x.example/?y=1"),
        (f"{S}/a?id=5;page=2", f"{S}/a?id=5;page=2"),
        (f"{S}/a?%70=1", f"{S}/a?p=1"),
        (f"{S}/a?P=1", f"{S}/a?P=1"),
    ],
    "tracking": [
        (f"{S}/a?utm_source=x", f"{S}/a"),
        (f"{S}/a?UTM_Source=x&utm_anything=y", f"{S}/a"),
        (f"{S}/a?utm%5Fsource=x", f"{S}/a"),
        (f"{S}/a?id=5&utm_medium=mail", f"{S}/a?id=5"),
        (f"{S}/a?id=5&amp;utm_medium=mail", f"{S}/a?id=5"),
        (f"{S}/a?fbclid=IwAR0", f"{S}/a"),
        (f"{S}/a?gclid=1&msclkid=2&dclid=3", f"{S}/a"),
        (f"{S}/a?mc_cid=1&mc_eid=2", f"{S}/a"),
        (f"{S}/a?mtm_campaign=x&pk_campaign=y", f"{S}/a"),
        (f"{S}/a?at_medium=RSS&at_campaign=x", f"{S}/a"),
        (f"{S}/a?xtor=RSS-1", f"{S}/a"),
        (f"{S}/a?wt_mc=x&wt.mc=y", f"{S}/a"),
        (f"{S}/a?iref=hp", f"{S}/a"),
        (f"{S}/a?cmpid=x&ocid=y&ito=z", f"{S}/a"),
        (f"{S}/a?_ga=1.2.3&_gl=x", f"{S}/a"),
        (f"{S}/a?PHPSESSID=abc", f"{S}/a"),
        (f"{S}/a?ASPSESSIONIDQQ=abc", f"{S}/a"),
        (f"{S}/a?ref=home", f"{S}/a"),
        (f"{S}/a?ref=", f"{S}/a"),
        (f"{S}/a?ref=20417", f"{S}/a?ref=20417"),
        (f"{S}/a?ref=B%2012", f"{S}/a?ref=B%2012"),
        (f"{S}/a?ref=%D0%B0", f"{S}/a"),
        (f"{S}/a?referrer=newsletter", f"{S}/a"),
        (f"{S}/a?source=rss", f"{S}/a?source=rss"),
        (f"{S}/a?from=home", f"{S}/a?from=home"),
        (f"{S}/a?id=utm_source", f"{S}/a?id=utm_source"),
        (f"{S}/a?utm=1", f"{S}/a?utm=1"),
        (f"{S}/a?session_id=12", f"{S}/a?session_id=12"),
        (f"{S}/a?pk=12", f"{S}/a?pk=12"),
    ],
    "what is no web address": [
        ("", ""),
        ("   ", ""),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
        ("javascript:void(0)", "javascript:void(0)"),
        ("ftp://news.example/A", "ftp://news.example/A"),
        ("/a/b", "/a/b"),
        ("https://", "https://"),
        ("https://?x", "https://?x"),
        ("https://news.example:99999/", "https://news.example:99999/"),
        ("https://news.example:port/", "https://news.example:port/"),
        ("https://a b.example/", "https://a b.example/"),
        ("https://[::1/", "https://[::1/"),
        ("https://[not-six]/", "https://[not-six]/"),
        ("https://${host}/", "https://${host}/"),
        (" just words\n", "just words"),
    ],
}
CASES = [pytest.param(url, key, id=f"{group}: {url!r}") for group, cases in SAME.items() for url, key in cases]

OUT = UrlRules(redirectors=frozenset({"out.news.example"}))
WITH_RULES = [
    ("kept family", UrlRules(keep=frozenset({"utm_*"})), f"{S}/a?utm_source=x", f"{S}/a?utm_source=x"),
    ("kept name", UrlRules(keep=frozenset({"ref"})), f"{S}/a?ref=home&fbclid=1", f"{S}/a?ref=home"),
    ("dropped name", UrlRules(drop=frozenset({"source"})), f"{S}/a?source=rss&id=1", f"{S}/a?id=1"),
    ("dropped family", UrlRules(drop=frozenset({"my_*"})), f"{S}/a?my_x=1&MY_y=2&m=3", f"{S}/a?m=3"),
    ("whole query", UrlRules(drop=frozenset({"*"})), f"{S}/a?x=1&y", f"{S}/a"),
    ("whole query but one", UrlRules(drop=frozenset({"*"}), keep=frozenset({"id"})), f"{S}/a?x=1&id=5", f"{S}/a?id=5"),
    ("keep wins over drop", UrlRules(drop=frozenset({"id"}), keep=frozenset({"id"})), f"{S}/a?id=5", f"{S}/a?id=5"),
    ("fragment", UrlRules(keep_fragment=True), f"{S}/changes#v1.2", f"{S}/changes#v1.2"),
    ("empty fragment", UrlRules(keep_fragment=True), f"{S}/changes#", f"{S}/changes"),
    ("trailing slash kept", UrlRules(keep_trailing_slash=True), f"{S}/a/", f"{S}/a/"),
    ("schemes", UrlRules(merge_schemes=True), "http://news.example:80/a", f"{S}/a"),
    ("schemes, port of the other", UrlRules(merge_schemes=True), "http://news.example:443/a", f"{S}/a"),
    ("www", UrlRules(merge_www=True), "https://www.news.example/a", f"{S}/a"),
    ("www is the site", UrlRules(merge_www=True), "https://www.example/a", "https://www.example/a"),
    ("mobile", UrlRules(merge_mobile=True), "https://m.news.example/a", f"{S}/a"),
    ("mobile in full", UrlRules(merge_mobile=True), "https://mobile.news.example/a", f"{S}/a"),
    ("mobile and www", UrlRules(merge_mobile=True, merge_www=True), "https://www.m.news.example/a", f"{S}/a"),
    ("mobile off", UrlRules(merge_www=True), "https://m.news.example/a", "https://m.news.example/a"),
    ("amp ending", UrlRules(merge_amp=True), f"{S}/a/amp/", f"{S}/a"),
    ("amp file ending", UrlRules(merge_amp=True), f"{S}/a.amp.html", f"{S}/a.html"),
    ("amp bare ending", UrlRules(merge_amp=True), f"{S}/a.amp", f"{S}/a"),
    ("amp query", UrlRules(merge_amp=True), f"{S}/a?amp=1&id=2", f"{S}/a?id=2"),
    ("amp output type", UrlRules(merge_amp=True), f"{S}/a?outputType=amp", f"{S}/a"),
    ("amp host", UrlRules(merge_amp=True), "https://amp.news.example/a", f"{S}/a"),
    ("amp cache", UrlRules(merge_amp=True), "https://news-example.cdn.ampproject.org/c/s/news.example/a/amp", f"{S}/a"),
    ("amp cache without tls", UrlRules(merge_amp=True), "https://news-example.cdn.ampproject.org/v/news.example/a", "http://news.example/a"),
    ("amp viewer", UrlRules(merge_amp=True), "https://www.google.com/amp/s/news.example/a", f"{S}/a"),
    ("amp word in a slug", UrlRules(merge_amp=True), f"{S}/guitar-amp", f"{S}/guitar-amp"),
    ("amp off", DEFAULT_URL_RULES, f"{S}/a/amp/", f"{S}/a/amp"),
    ("redirector", OUT, "https://out.news.example/?to=https%3A%2F%2Fother.example%2Fa%3Fid%3D2&from=list", "https://other.example/a?id=2"),
    ("redirector, tracking behind it", OUT, "https://OUT.news.example/r?u=https://other.example/a?utm_source=x", "https://other.example/a"),
    ("redirector to a redirector", OUT, "https://out.news.example/?to=https%3A%2F%2Fout.news.example%2F%3Fto%3Dhttps%253A%252F%252Fother.example%252Fa", "https://other.example/a"),
    ("redirector with two addresses", OUT, "https://out.news.example/?a=https://x.example/&b=https://y.example/", "https://out.news.example/?a=https://x.example/&b=https://y.example/"),
    ("redirector by number", OUT, "https://out.news.example/?id=20417", "https://out.news.example/?id=20417"),
    ("redirector off", DEFAULT_URL_RULES, "https://out.news.example/?to=https://other.example/a", "https://out.news.example/?to=https://other.example/a"),
    ("another host is no redirector", OUT, f"{S}/share?to=https://other.example/a", f"{S}/share?to=https://other.example/a"),
    ("moved host", UrlRules(same_hosts=(("old.example", "news.example"),)), "https://OLD.example/a", f"{S}/a"),
    ("moved mobile host", UrlRules(same_hosts=(("old.example", "news.example"),), merge_mobile=True), "https://m.old.example/a", f"{S}/a"),
]  # fmt: skip

ON_PAGE = "https://news.example/politics/today.html?page=2#top"
LINKS = [
    ("story.html", f"{S}/politics/story.html"),
    ("./story.html", f"{S}/politics/story.html"),
    ("../story.html", f"{S}/story.html"),
    ("../../../story.html", f"{S}/story.html"),
    ("/story", f"{S}/story"),
    ("/a/../story", f"{S}/story"),
    ("/a/%2e%2E/story", f"{S}/story"),
    ("/a/%2E/story", f"{S}/a/story"),
    ("//cdn.example/a", "https://cdn.example/a"),
    ("\\\\cdn.example\\a", "https://cdn.example/a"),
    ("/\\cdn.example/a", "https://cdn.example/a"),
    ("http://other.example/a?utm_source=x#y", "http://other.example/a?utm_source=x#y"),
    ("https://other.example", "https://other.example/"),
    ("HTTPS://Other.Example/A", "https://other.example/A"),
    ("?page=3", f"{S}/politics/today.html?page=3"),
    ("#comments", f"{S}/politics/today.html?page=2#comments"),
    ("", f"{S}/politics/today.html?page=2"),
    ("  /story\n", f"{S}/story"),
    ("/st\nory\t", f"{S}/story"),
    ("/a b", f"{S}/a%20b"),
    ('/a"b', f"{S}/a%22b"),
    ("/ä/新闻?q=ö", f"{S}/ä/新闻?q=ö"),
    ("/%zz", f"{S}/%zz"),
    ("https:story.html", f"{S}/politics/story.html"),
    ("http:other.example/a", "http://other.example/a"),
    ("https:/other.example/a", "https://other.example/a"),
    ("https://zürich.example/a", "https://xn--zrich-kva.example/a"),
    ("https://other.example:443/a", "https://other.example/a"),
    ("https://user:pw@other.example/a", "https://user:pw@other.example/a"),
    ("a:b/c", None),
    ("./a:b/c", f"{S}/politics/a:b/c"),
    ("javascript:void(0)", None),
    (" JavaScript:void(0)", None),
    ("java\nscript:void(0)", None),
    ("mailto:desk@news.example", None),
    ("tel:+4930123", None),
    ("data:text/html,x", None),
    ("blob:https://news.example/1", None),
    ("about:blank", None),
    ("file:///C:/saved/page.html", None),
    ("C:\\saved\\page.html", None),
    ("ftp://news.example/a", None),
    ("https://", None),
    ("http://a b.example/", None),
    ("http://news.example:x/", None),
    ("//", None),
]


def test_the_specification_has_at_least_two_hundred_cases() -> None:
    assert len(CASES) + len(WITH_RULES) >= 200


@pytest.mark.parametrize(("url", "key"), CASES)
def test_address_has_this_key(url: str, key: str) -> None:
    assert canonical_url(url) == key
    assert canonical_url(key) == key


@pytest.mark.parametrize(("rules", "url", "key"), [pytest.param(*case[1:], id=case[0]) for case in WITH_RULES])
def test_address_has_this_key_under_a_sources_rules(rules: UrlRules, url: str, key: str) -> None:
    assert canonical_url(url, rules=rules) == key
    assert canonical_url(key, rules=rules) == key


@pytest.mark.parametrize(("href", "url"), [pytest.param(*case, id=repr(case[0])) for case in LINKS])
def test_link_leads_here(href: str, url: str | None) -> None:
    assert resolve(ON_PAGE, href) == url


def test_relative_link_leads_nowhere_from_a_page_that_is_no_web_address() -> None:
    assert resolve("file:///saved/page.html", "story.html") is None
    assert resolve("file:///saved/page.html", "https://news.example/a") == f"{S}/a"


def test_no_tracking_name_is_written_with_capitals_that_would_never_match() -> None:
    assert all(name == name.lower() for name in TRACKING_PARAMETERS)


def test_rules_whose_key_host_would_be_rewritten_are_refused() -> None:
    with pytest.raises(ValueError, match="same_hosts"):
        UrlRules(same_hosts=(("old.example", "www.new.example"),), merge_www=True)
    with pytest.raises(ValueError, match="same_hosts"):
        UrlRules(same_hosts=(("a.example", "b.example"), ("b.example", "a.example")))


RULES = st.builds(
    UrlRules,
    keep=st.sampled_from([frozenset(), frozenset({"ref"}), frozenset({"utm_*"})]),
    drop=st.sampled_from([frozenset(), frozenset({"x"}), frozenset({"*"})]),
    keep_fragment=st.booleans(),
    keep_trailing_slash=st.booleans(),
    merge_schemes=st.booleans(),
    merge_www=st.booleans(),
    merge_mobile=st.booleans(),
    merge_amp=st.booleans(),
    redirectors=st.sampled_from([frozenset(), frozenset({"news.example"}), frozenset({"news.example", "www.google.com"})]),
)
PIECES = st.sampled_from(
    ["http", "https", ":", "//", "/", "\\", "news.example", "www.", "m.", "amp.", "ü", "xn--", ":80", ":443", "@", "%", "%2e", "%2F", "%41", "..", ".",
     "amp", ".amp", ".html", ";jsessionid=", "?", "&", "=", "utm_source", "ref", "x", "1", "?to=https%3A%2F%2Fnews.example", "#", "!", " ", "\t", "[::1]", "cdn.ampproject.org", "c/s/",
     "www.google.com/amp/s/", "\ud800", "新"]
)  # fmt: skip
ADDRESSES = st.one_of(
    st.text(), st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES, max_size=12).map(lambda p: f"{S}/" + "".join(p))
)


@given(ADDRESSES, RULES)
def test_a_key_is_its_own_key(url: str, rules: UrlRules) -> None:
    key = canonical_url(url, rules=rules)
    assert canonical_url(key, rules=rules) == key


@given(ADDRESSES, ADDRESSES)
def test_resolving_never_raises_and_gives_what_resolves_to_itself(base: str, href: str) -> None:
    url = resolve(base, href)
    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert resolve(url, url) == url


NAMES = st.text("abcxyz_0189", min_size=1, max_size=6).filter(lambda name: name not in TRACKING_PARAMETERS and name != "ref")
QUERIES = st.dictionaries(NAMES, st.text(max_size=6), max_size=4)


@given(QUERIES, QUERIES)
def test_addresses_that_differ_in_a_meaningful_query_are_never_merged(left: dict[str, str], right: dict[str, str]) -> None:
    one, other = (canonical_url(f"{S}/story?{urlencode(query, errors='surrogatepass')}") for query in (left, right))
    assert (one == other) == (left == right)


@given(
    st.lists(st.sampled_from(["a=1", "b=2", "c=", "d", "utm_source=x", "fbclid=y"]), unique=True),
    st.randoms(use_true_random=False),
)
def test_the_order_of_names_and_the_tracking_among_them_change_nothing(pieces: list[str], random) -> None:
    shuffled = list(pieces)
    random.shuffle(shuffled)
    meaningful = [piece for piece in pieces if "_source" not in piece and "fbclid" not in piece]
    assert canonical_url(f"{S}/a?{'&'.join(shuffled)}") == canonical_url(f"{S}/a?{'&'.join(meaningful)}")


HOSTILE = {
    "percent signs": f"{S}/" + "%" * 200_000,
    "dots": f"{S}/" + "../" * 70_000,
    "parameters": f"{S}/?" + "&".join(f"a{n}=1" for n in range(30_000)),
    "labels": "https://" + "a." * 100_000 + "example/",
    "wide labels": "https://" + "ü" * 100_000 + ".example/",
    "sessions": f"{S}/" + ";jsessionid=" * 18_000,
    "amp endings": f"{S}" + "/amp" * 50_000,
    "amp wrappings": "https://www.google.com" + "/amp/s/www.google.com" * 9_000,
    "redirections": "https://out.example/?" + "&".join(f"u{n}=https://out.example/?" for n in range(9_000)),
    "slashes": "https:" + "/" * 200_000,
}


@pytest.mark.parametrize("url", HOSTILE.values(), ids=HOSTILE)
def test_hostile_address_is_dealt_with(url: str) -> None:
    everything = UrlRules(
        merge_amp=True, merge_www=True, merge_mobile=True, merge_schemes=True, redirectors=frozenset({"out.example"})
    )
    assert isinstance(canonical_url(url), str)
    assert isinstance(canonical_url(url, rules=everything), str)
    assert resolve(url, "x") is None or isinstance(resolve(S, url), str)
