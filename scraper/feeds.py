"""Feeds as listings: RSS 0.9 to 2.0, Atom, JSON Feed and news sitemaps, their entries as cards.

A feed is the site's own account of what it published, so it can be a source, and a witness for the dates of a listing page. What it has
not is positions that an editor chose and most of what is left out of it. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborHTMLParser

from scraper.cards import Card, Listing, Verdict
from scraper.dates import parse_date
from scraper.decode import decode
from scraper.extract.text import whole
from scraper.feed_xml import children, local_name, parse_feed_xml, text_of
from scraper.readtime import parse_read_time
from scraper.urls import resolve

_MAX_BLURB_CHARS = 2_000  # a feed may carry whole articles where a page would have a teaser
_BLOCK_END = re.compile(r"</(?:p|div|li|h[1-6]|td|th|tr|blockquote|figcaption)\s*>|<br\b", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")


@dataclass(slots=True)
class _Entry:
    """One entry as the feed has it, markup and all. `origin` says for each field which element it came from."""

    title: str | None = None
    url: str | None = None
    blurb: str | None = None
    published: str | None = None
    authors: list[str] = field(default_factory=list)
    category: str | None = None
    image: str | None = None
    origin: dict[str, str] = field(default_factory=dict)

    def offer(self, name: str, value: str | None, source: str) -> None:
        """Take a value for a field that has none yet."""
        if value and getattr(self, name) is None:
            setattr(self, name, value)
            self.origin[name] = source


@dataclass(slots=True)
class _Feed:
    kind: str  # "RSS", "Atom", "JSON feed", "news sitemap"
    entries: list[_Entry]
    lang: str | None = None
    next_url: str | None = None
    home_url: str | None = None
    problems: list[str] = field(default_factory=list)


def read_feed(body: bytes, url: str, *, content_type: str | None = None) -> Listing | None:
    """The entries of the feed at `url` as cards, in the feed's order; None where it is no feed.

    A feed whose XML breaks off is read up to there, with the break among the problems. A sitemap counts only with Google's news
    extension: others have no titles. Entries without title and link are left out.
    """
    decoded = decode(body, content_type)
    text = decoded.text.lstrip("\ufeff\x00\t\n\r ")
    feed = _read_json(text) if text.startswith("{") else _read_xml(text)
    if feed is None:
        return None
    base = resolve(url, feed.home_url or "") or url
    cards = tuple(
        _card(entry, position, base if feed.kind != "JSON feed" else url)
        for position, entry in enumerate((entry for entry in feed.entries if entry.title or entry.url), 1)
    )
    left_out = len(feed.entries) - len(cards)
    if left_out:
        feed.problems.append(f"left out for having neither title nor link: {left_out} of {len(feed.entries)} entries")
    return Listing(
        cards=cards,
        verdict=Verdict.LISTING if cards else Verdict.EMPTY,
        reason=f"{feed.kind} with {len(cards)} entries" if cards else f"{feed.kind} without entries",
        next_page_url=resolve(url, feed.next_url) if feed.next_url else None,
        lang=feed.lang,
        charset=decoded.charset,
        charset_source=decoded.source,
        problems=tuple(feed.problems),
    )


def find_news_sitemaps(sitemaps: Sequence[str], robots_url: str) -> tuple[str, ...]:
    """Of the sitemaps that a robots.txt names, those that seem to be news sitemaps by their address; others have no titles. Absolute URLs."""
    urls = (
        resolve(robots_url, sitemap) for sitemap in sitemaps if re.search(r"news|nachrichten|actu|noticia|notizie", sitemap, re.I)
    )
    return tuple(dict.fromkeys(url for url in urls if url is not None))


def _card(entry: _Entry, position: int, base: str) -> Card:
    title = _plain(entry.title)
    blurb = _plain(entry.blurb)
    if blurb is not None and (blurb == title or not blurb.strip(". …")):
        blurb = None
    read_time = parse_read_time(blurb[:200]) if blurb else None
    published = parse_date(entry.published) if entry.published else None
    origin = {
        {"published": "published_on", "image": "image_url", "authors": "author"}.get(name, name): source
        for name, source in entry.origin.items()
    }
    return Card(
        title=title,
        url=resolve(base, entry.url) if entry.url else None,
        blurb=blurb[:_MAX_BLURB_CHARS] if blurb else None,
        read_time_minutes=read_time.minutes if read_time else None,
        read_time_raw=read_time.raw if read_time else None,
        published_on=published.on if published else None,
        published_raw=entry.published,
        author=", ".join(dict.fromkeys(name for author in entry.authors if (name := _plain(author)))) or None,
        category=_plain(entry.category),
        image_url=resolve(base, entry.image or _first_image(entry.blurb) or "")
        if entry.image or _first_image(entry.blurb)
        else None,
        position=position,
        origin=origin,
    )


def _plain(value: str | None) -> str | None:
    """Text without the markup that feeds wrap it in; None where nothing is left."""
    if value is None:
        return None
    if _MARKUP.search(value):
        parsed = LexborHTMLParser(_BLOCK_END.sub(r" \g<0>", value))
        parsed.strip_tags(["script", "style"])
        value = parsed.body.text() if parsed.body is not None else ""
    return " ".join(value.split()) or None


def _first_image(markup: str | None) -> str | None:
    if not markup or "<img" not in markup:
        return None
    image = LexborHTMLParser(markup).css_first("img[src]")
    return None if image is None else image.attributes.get("src")


# --- XML


def _read_xml(text: str) -> _Feed | None:
    parsed = parse_feed_xml(text)
    if parsed is None:
        return None
    root, problem = parsed
    readers = {"rss": _read_rss, "rdf": _read_rss, "feed": _read_atom, "urlset": _read_news_sitemap}
    reader = readers.get(local_name(root))
    feed = None if reader is None else reader(root)
    if feed is not None and problem:
        feed.problems.append(problem)
    return feed


def _read_rss(root: Element) -> _Feed:
    channel = next(children(root, "channel"), root)
    # RSS 1.0 has its items beside the channel, 0.9x and 2.0 inside it.
    items = [*children(channel, "item"), *(children(root, "item") if channel is not root else ())]
    feed = _Feed(kind="RSS", entries=[_rss_entry(item) for item in items])
    for element in channel:
        match local_name(element):
            case "language":
                feed.lang = feed.lang or text_of(element)
            case "link" if element.get("rel") == "next":
                feed.next_url = element.get("href")
            case "link" if element.get("href") is None:
                feed.home_url = feed.home_url or text_of(element)
    return feed


def _rss_entry(item: Element) -> _Entry:
    entry = _Entry()
    for element in item:
        name, value = local_name(element), text_of(element)
        match name:
            case "title" if not _is_media(element):
                entry.offer("title", value, "rss:title")
            case "link":
                if element.get("rel", "alternate") == "alternate":
                    entry.offer("url", value or element.get("href"), "rss:link")
            case "guid" if element.get("isPermaLink", "true") != "false" and (value or "").startswith("http"):
                entry.offer("url", value, "rss:guid")
            case "description" | "summary" if not _is_media(element):
                entry.offer("blurb", value, f"rss:{name}")
            case "pubdate" | "date" | "published":
                entry.offer("published", value, f"rss:{name}")
            case "creator" if value:
                entry.authors.append(value)
                entry.origin["authors"] = "rss:creator"
            case "author" if value and not entry.authors:
                entry.authors.append(re.sub(r"^\S+@\S+\s*\((.+)\)$", r"\1", value))
                entry.origin["authors"] = "rss:author"
            case "category":
                entry.offer("category", value, "rss:category")
            case "enclosure" if (element.get("type") or "").startswith("image/"):
                entry.offer("image", element.get("url"), "rss:enclosure")
            case "image" if element.get("href"):
                entry.offer("image", element.get("href"), "rss:image")
    _offer_media(entry, item)
    if entry.blurb is None:  # the whole article, where there is no teaser
        entry.offer("blurb", next((text_of(element) for element in children(item, "encoded")), None), "rss:encoded")
    return entry


def _read_atom(root: Element) -> _Feed:
    feed = _Feed(kind="Atom", entries=[_atom_entry(entry) for entry in children(root, "entry")])
    feed.lang = root.get("{http://www.w3.org/XML/1998/namespace}lang")
    feed.home_url = root.get("{http://www.w3.org/XML/1998/namespace}base")
    for link in children(root, "link"):
        if link.get("rel") == "next":  # RFC 5005
            feed.next_url = link.get("href")
        elif link.get("rel", "alternate") == "alternate":
            feed.home_url = feed.home_url or link.get("href")
    return feed


def _atom_entry(element: Element) -> _Entry:
    entry = _Entry()
    dates: dict[str, str | None] = {}
    for part in element:
        name = local_name(part)
        match name:
            case "title" if not _is_media(part):
                entry.offer("title", text_of(part), "atom:title")
            case "link":
                rel = part.get("rel", "alternate")
                if rel == "alternate":
                    entry.offer("url", part.get("href"), "atom:link")
                elif rel == "enclosure" and (part.get("type") or "").startswith("image/"):
                    entry.offer("image", part.get("href"), "atom:link[enclosure]")
            case "summary":
                entry.offer("blurb", text_of(part), "atom:summary")
            case "published" | "issued" | "created" | "updated" | "modified":
                dates.setdefault(name, text_of(part))
            case "author":
                name_element = next(children(part, "name"), None)
                if name_element is not None and (value := text_of(name_element)):
                    entry.authors.append(value)
                    entry.origin["authors"] = "atom:author"
            case "category":
                entry.offer("category", part.get("label") or part.get("term"), "atom:category")
            case "id" if (text_of(part) or "").startswith("http"):
                dates.setdefault("id", text_of(part))
    for name in ("published", "issued", "created", "updated", "modified"):
        entry.offer("published", dates.get(name), f"atom:{name}")
    entry.offer("url", dates.get("id"), "atom:id")
    _offer_media(entry, element)
    if entry.blurb is None:
        entry.offer("blurb", next((text_of(part) for part in children(element, "content")), None), "atom:content")
    return entry


def _offer_media(entry: _Entry, item: Element) -> None:
    """Media RSS: the picture that is offered for the entry, wherever it is nested."""
    for element in item.iter():
        if _is_media(element) and element.get("url"):
            name = local_name(element)
            is_picture = name == "thumbnail" or (
                name == "content" and (element.get("medium") == "image" or (element.get("type") or "").startswith("image/"))
            )
            if is_picture:
                entry.offer("image", element.get("url"), f"media:{name}")


def _is_media(element: Element) -> bool:
    return isinstance(element.tag, str) and "search.yahoo.com/mrss" in element.tag


def _read_news_sitemap(root: Element) -> _Feed | None:
    feed = _Feed(kind="news sitemap", entries=[])
    for address in children(root, "url"):
        entry = _Entry()
        for element in address.iter():
            name, value = local_name(element), text_of(element)
            if name == "loc" and entry.url is None:
                entry.offer("url", value, "sitemap:loc")
            elif name == "loc":
                entry.offer("image", value, "sitemap:image")
            elif name == "title":
                entry.offer("title", value, "sitemap:news:title")
            elif name == "publication_date":
                entry.offer("published", value, "sitemap:news:publication_date")
            elif name == "language":
                feed.lang = feed.lang or value
        if entry.title:
            feed.entries.append(entry)
    return feed if feed.entries else None


# --- JSON


def _read_json(text: str) -> _Feed | None:
    """https://www.jsonfeed.org/version/1.1/"""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, Mapping) or "jsonfeed.org/version" not in str(data.get("version")):
        return None
    items = data.get("items")
    entries = [_json_entry(item) for item in items if isinstance(item, Mapping)] if isinstance(items, Sequence) else []
    return _Feed(kind="JSON feed", entries=entries, lang=_string(data, "language"), next_url=_string(data, "next_url"))


def _json_entry(item: Mapping[str, object]) -> _Entry:
    entry = _Entry()
    for name, keys in (
        ("title", ("title",)),
        ("url", ("url", "external_url")),
        ("blurb", ("summary", "content_text", "content_html")),
        ("published", ("date_published", "date_modified")),
        ("image", ("image", "banner_image")),
    ):
        for key in keys:
            entry.offer(name, _string(item, key), f"json:{key}")
    entry.authors = list(_json_authors(item))
    if entry.authors:
        entry.origin["authors"] = "json:authors"
    tags = item.get("tags")
    if isinstance(tags, list) and tags:
        entry.offer("category", str(tags[0]), "json:tags")
    return entry


def _json_authors(item: Mapping[str, object]) -> Iterator[str]:
    authors = item.get("authors") or [item.get("author")]  # version 1 had one
    if isinstance(authors, list):
        for author in authors:
            if isinstance(author, Mapping) and (name := _string(author, "name")):
                yield name


def _string(data: Mapping[str, object], key: str) -> str | None:
    value = data.get(key)
    return whole(value).strip() or None if isinstance(value, str) else None
