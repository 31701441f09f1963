"""From a page's bytes to its teaser cards: the public door of extraction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from scraper.cards import Card, Listing, Verdict
from scraper.decode import decode
from scraper.extract.anchors import find_anchors
from scraper.extract.choose import Judged, choose, judge, plausible
from scraper.extract.fields import Draft, Reader
from scraper.extract.groups import find_families
from scraper.extract.marks import FOOTER, HEADER, NAV
from scraper.extract.shingles import Shingles
from scraper.extract.walk import walk
from scraper.urls import resolve


def extract_listing(
    html: bytes | str,
    url: str,
    *,
    content_type: str | None = None,
    recipe: object | None = None,
    known: Iterable[tuple[str, str]] | None = None,
    fetched_at: datetime | None = None,
    explain: bool = False,
) -> Listing:
    """The teaser cards that the listing page at `url` shows."""
    charset = source = None
    if isinstance(html, bytes):
        decoded = decode(html, content_type)
        text, charset, source = decoded.text, decoded.charset, decoded.source
    else:
        text = html
    tree = walk(LexborHTMLParser(text))
    shingles = Shingles(tree)
    anchors = find_anchors(tree, url, shingles)
    base = resolve(url, tree.base_href) or url if tree.base_href else url
    chrome = NAV | FOOTER | HEADER
    nav_keys = {key for node, key in anchors.all_keys.items() if tree.marks[node] & chrome}
    reader = Reader(tree, anchors, shingles, base, nav_keys)
    host = urlsplit(url).hostname or ""
    judged = [
        judge(tree, anchors, reader, family, host) for family in find_families(tree, anchors) if plausible(tree, anchors, family)
    ]
    kept = choose(judged, tree)
    drafts = sorted((draft for j in kept for draft in _scored(j)), key=lambda draft: draft.start)
    cards = tuple(_card(draft, position, anchors.urls) for position, draft in enumerate(_distinct(drafts), 1))
    return Listing(
        cards=cards,
        verdict=Verdict.LISTING if cards else Verdict.NOTHING_FOUND,
        reason=f"{len(cards)} cards" if cards else "no block of the page looks like a list of teasers",
        charset=charset,
        charset_source=source,
        explanation=tuple(_explained(j) for j in judged) if explain else (),
    )


def _scored(judged: Judged) -> list[Draft]:
    for draft in judged.drafts:
        draft.score = judged.score
    return judged.drafts


def _distinct(drafts: list[Draft]) -> list[Draft]:
    seen: dict[int, Draft] = {}
    kept = []
    for draft in drafts:
        if draft.url_key >= 0 and draft.url_key in seen:
            continue
        if draft.url_key >= 0:
            seen[draft.url_key] = draft
        kept.append(draft)
    return kept


def _card(draft: Draft, position: int, urls: list[str]) -> Card:
    return Card(
        title=draft.title,
        url=urls[draft.url_key] if draft.url_key >= 0 else None,
        blurb=draft.blurb,
        read_time_minutes=draft.read_time[0] if draft.read_time else None,
        read_time_raw=draft.read_time[1] if draft.read_time else None,
        published_on=draft.published_on,
        published_raw=draft.published_raw,
        author=draft.author,
        category=draft.category,
        image_url=draft.image_url,
        position=position,
        confidence=round(draft.score, 3),
        origin=draft.origin,
    )


def _explained(judged: Judged) -> dict[str, object]:
    return {
        "score": round(judged.score, 3),
        "decision": judged.why,
        "titles": [draft.title for draft in judged.drafts[:3]],
        **{name: round(value, 2) for name, value in judged.numbers.items()},
    }
