"""XML as feeds on the web have it: parsed without entities from outside, and as far as it goes where it breaks off. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(\w*;?)")
_NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NUMBER_OF_NO_CHARACTER = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));", re.IGNORECASE)
_BEFORE_ROOT = r"\s*(?:<!--.*?-->\s*|<\?[^>]*>\s*)*<(?:[\w-]+:)?"
_FEEDS = "rss|feed|rdf|urlset"
_MAX_DEPTH = 100


def parse_feed_xml(text: str, *, roots: str = _FEEDS) -> tuple[Element, str | None] | None:
    """The root element of a feed, and what was wrong with it in words (None: nothing); None where the text is no XML feed.

    Entities of HTML (`&nbsp;`, a bare `&`) are taken as meant. A document type with entities of its own is cut out before parsing: no
    feed needs one, and that is how XML bombs are built. `roots` are the root elements that will do, for XML with the same flaws.
    """
    text = _DECLARATION.sub("", text, count=1)  # it is decoded already; its encoding would be believed again
    text = _DOCTYPE.sub("", text, count=1)
    if not re.match(rf"{_BEFORE_ROOT}(?:{roots})[\s>]", text, re.IGNORECASE | re.DOTALL):
        return None
    text = _NUMBER_OF_NO_CHARACTER.sub("", _NO_XML_CHARACTER.sub("", text))
    text = _ENTITY.sub(_as_character, text)
    parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))  # no entity can be declared: the document type is gone
    root: Element | None = None
    problem = None
    depth = 0
    try:
        parser.feed(text)
        for kind, *what in parser.read_events():  # raises what feed() met
            if root is None and isinstance(what[0], Element):
                root = what[0]
            depth += 1 if kind == "start" else -1
            if depth > _MAX_DEPTH:
                return None
        parser.close()
    except ParseError as exc:
        problem = f"the feed's XML breaks off ({exc}); what comes before is read"
    return None if root is None else (root, problem)


def local_name(element: Element) -> str:
    """The element's name in lower case without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of that local name (lower case), whatever their namespace: feeds mix them up."""
    return (child for child in element if local_name(child) == name)


def text_of(element: Element) -> str | None:
    """All text inside, Atom's XHTML included, without the space around it; None where there is none."""
    return "".join(element.itertext()).strip() or None


def _as_character(match: re.Match[str]) -> str:
    name = match[1]
    character = html.unescape(match[0]) if name else "&"
    return html.escape(character) if character != match[0] else f"&amp;{name}"
