"""A person's selectors for single fields, laid over what the columns said."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from selectolax.lexbor import LexborHTMLParser

from scraper.extract import words
from scraper.extract.draft import Draft
from scraper.extract.images import find_images
from scraper.extract.page import PageView
from scraper.extract.text import text_of
from scraper.readtime import parse_read_time


def apply_selectors(view: PageView, parser: LexborHTMLParser, select: Mapping[str, str], drafts: Sequence[Draft]) -> None:
    """Sets each selected field from the first element in the card that its selector finds; no such element means None."""
    for name, selector in select.items():
        numbers = view.tree.memory
        nodes = sorted({numbers[node.mem_id] for node in parser.css(selector) if node.mem_id in numbers})
        for draft in drafts:
            at = bisect_left(nodes, draft.start)
            node = nodes[at] if at < len(nodes) and nodes[at] < draft.end else None
            _set(view, draft, name, node)


def _set(view: PageView, draft: Draft, name: str, node: int | None) -> None:
    tree = view.tree
    text = text_of(tree, node) if node is not None else ""
    attributes = tree.attrs[node] if node is not None else {}
    origin = {"published": "published_on", "read_time": "read_time_minutes", "image": "image_url"}.get(name, name)
    draft.origin.pop(origin, None)
    if name == "title":
        draft.title = text or None
    elif name == "url":
        inside = tree.within(sorted(view.anchors.all_keys), node) if node is not None else []
        draft.key = view.anchors.all_keys[inside[0]] if inside else -1
    elif name == "blurb":
        draft.blurb = words.without_more(text) or None
    elif name == "read_time":
        found = parse_read_time(text, lenient=True) if text else None
        draft.read_time = (found.minutes, found.raw) if found else None
    elif name == "published":
        written = attributes.get("datetime") or text
        date = view.dates.find(written) if written else None
        draft.published_on = date.on if date else None
        draft.published_raw = text or written or None
    elif name == "author":
        draft.author = words.without_by(text) or None
    elif name == "category":
        draft.category = text or None
    elif name == "image":
        images = find_images(tree, tree.within(tree.images, node), view.base) if node is not None else []
        draft.image_url = images[0][0] if images else None
    if node is not None:
        draft.origin[origin] = "recipe"
