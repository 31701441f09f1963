"""What JSON-LD says about the stories that the page shows: a witness that fills and confirms, never a source of cards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from scraper.extract.text import whole
from scraper.readtime import parse_duration
from scraper.urls import canonical_url, resolve

ARTICLE_TYPES = frozenset(
    [
        "Article",
        "NewsArticle",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "BackgroundNewsArticle",
        "ReviewNewsArticle",
        "BlogPosting",
        "TechArticle",
        "ScholarlyArticle",
        "Report",
        "LiveBlogPosting",
        "SocialMediaPosting",
        "Event",
        "CreativeWork",
    ]
)
LIST_TYPES = frozenset(["ItemList", "CollectionPage", "Blog", "SearchResultsPage"])
_INSIDE = ("@graph", "itemListElement", "item", "blogPost", "blogPosts", "mainEntity", "hasPart", "about")
_DEEPEST = 12  # nesting of structured data that is followed


@dataclass(frozen=True, slots=True)
class Marked:
    """One story as structured data describe it."""

    key: str  # canonical URL, or "" where it names none
    address: str  # the absolute URL as written, or ""
    headline: str
    published: str  # as written
    minutes: int | None
    author: str
    image: str
    section: str


def parse_blocks(blocks: Iterable[str]) -> list[Any]:
    """The JSON-LD blocks that can be read; broken ones are passed over."""
    parsed = []
    for block in blocks:
        text = block.strip().removeprefix("<![CDATA[").removesuffix("]]>").strip().rstrip(";")
        try:
            parsed.append(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue
    return parsed


def top_types(blocks: Iterable[Any]) -> dict[str, int]:
    """How often each type is described at the top of the blocks, graphs opened."""
    counts: dict[str, int] = {}
    for item in _flat(blocks):
        for name in _types(item):
            counts[name] = counts.get(name, 0) + 1
    return counts


def marked_stories(blocks: Iterable[Any], base: str) -> list[Marked]:
    """Every story that the blocks describe with a URL or a headline, lists and graphs opened, references followed."""
    blocks = list(blocks)
    named = {item["@id"]: item for item in _flat(blocks) if isinstance(item.get("@id"), str) and len(item) > 1}
    return [_marked(item, base, named) for item in _stories(blocks, 0)]


def _flat(blocks: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        for item in block if isinstance(block, list) else [block]:
            if isinstance(item, dict):
                yield item
                graph = item.get("@graph")
                if isinstance(graph, list):
                    yield from (part for part in graph if isinstance(part, dict))


def _stories(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            yield from _stories(part, depth + 1)
    elif isinstance(value, dict):
        names = _types(value)
        if any(name in ARTICLE_TYPES or name.endswith("Event") for name in names) or _is_entry(value, names):
            yield value
        if "BreadcrumbList" in names or "SiteNavigationElement" in names:
            return
        for name in _INSIDE:
            if name in value:
                yield from _stories(value[name], depth + 1)


def _is_entry(value: dict[str, Any], names: list[str]) -> bool:
    """True for an entry of a list that names its story itself, instead of holding an article that does."""
    return "ListItem" in names and "item" not in value and bool(value.get("name")) and bool(value.get("url"))


def _marked(item: dict[str, Any], base: str, named: dict[str, dict[str, Any]]) -> Marked:
    def followed(value: Any) -> list[Any]:
        return [
            named.get(part.get("@id", ""), part) if isinstance(part, dict) and len(part) == 1 else part for part in _list(value)
        ]

    address = next((text for name in ("url", "mainEntityOfPage", "@id") if (text := _text(item.get(name), "@id", "url"))), "")
    absolute = resolve(base, address) if address else None
    required = _text(item.get("timeRequired"))
    section = item.get("articleSection")
    image = _text(followed(item.get("image")), "url", "contentUrl") or _text(item.get("thumbnailUrl"))
    return Marked(
        key=canonical_url(absolute) if absolute else "",
        address=absolute or "",
        headline=" ".join(_text(item.get("headline") or item.get("name")).split()),
        published=_text(item.get("datePublished") or item.get("startDate") or item.get("dateCreated")),
        minutes=parse_duration(required) if required else None,
        author=", ".join(name for part in followed(item.get("author")) if (name := " ".join(_text(part, "name").split()))),
        image=(resolve(base, image) or "") if image else "",
        section=_text(_list(section)[0]) if _list(section) else "",
    )


def _types(item: dict[str, Any]) -> list[str]:
    return [name.rsplit("/", 1)[-1] for name in _list(item.get("@type")) if isinstance(name, str)]


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any, *names: str) -> str:
    """`value` where it is a text; the first of `names` that is one where it is an object; "" otherwise."""
    for part in _list(value):
        if isinstance(part, str):
            return whole(part.strip())
        if isinstance(part, dict):
            for name in names:
                if isinstance(part.get(name), str):
                    return whole(part[name].strip())
    return ""
