"""Sources as OPML 2.0 (http://opml.org/spec2.opml), the form in which feed readers hand on what they read; and back. Pure.

A listing page is an outline of type "link", as the specification has it for web pages. What a feed reader doesn't know of a source stands
in attributes of our own namespace, so that a list that was exported can be imported again without a loss.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from schedules.source_lists import KEYS, Row
from scraper.decode import decode
from scraper.errors import ConfigError
from scraper.feed_xml import local_name, parse_feed_xml

NAMESPACE = "urn:standfirst:source"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # https://www.w3.org/TR/xml/#charsets


def write_opml(rows: Sequence[Row], *, title: str) -> str:
    """An OPML document with an outline a row (see `schedules.source_lists`)."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:standfirst="{NAMESPACE}">',
        f"<head><title>{escape(_clean(title))}</title></head>",
        "<body>",
    ]
    for row in rows:
        own = {f"standfirst:{key}": text for key, text in row.items() if text and key not in ("url", "name")}
        outline = {"type": "link", "text": row.get("name") or row["slug"], "url": row["url"], **own}
        if row.get("name"):
            outline["title"] = row["name"]
        lines.append(f"<outline {' '.join(f'{key}={quoteattr(_clean(text))}' for key, text in outline.items())}/>")
    return "\n".join([*lines, "</body>", "</opml>", ""])


def read_opml(raw: bytes, *, pages: bool = False) -> list[dict[str, str]]:
    """The outlines that have an address, as rows, whatever folders they stand in; ConfigError where it is no OPML.

    An outline of a feed that also names its page gives the feed; with `pages`, the page.
    """
    parsed = parse_feed_xml(decode(raw, "application/xml").text, roots="opml")
    if parsed is None:
        raise ConfigError("this is no OPML")
    root, problem = parsed
    if problem is not None:
        raise ConfigError(problem.replace("the feed's XML", "its XML"))
    return [row for outline in root.iter() if local_name(outline) == "outline" and (row := _row(outline, pages=pages))]


def _row(outline: Element, *, pages: bool) -> dict[str, str]:
    """The outline as a row; empty where it has no address."""
    plain: dict[str, str] = {}
    own: dict[str, str] = {}
    for key, text in outline.attrib.items():
        namespace, _, name = key.rpartition("}")
        if namespace == f"{{{NAMESPACE}":
            own[name] = text
        elif not namespace:
            plain[name.lower()] = text.strip()
    feed, page = plain.get("xmlurl", ""), plain.get("htmlurl", "") or plain.get("url", "")
    url = (page or feed) if pages else (feed or page)
    if not url:
        return {}
    name = outline.attrib.get("title", "") if own else plain.get("title") or plain.get("text", "")
    return {"slug": own.pop("slug", ""), "url": url, "name": name, **{key: own[key] for key in KEYS if key in own}}


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
