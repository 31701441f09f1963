"""From a page's bytes to its teaser cards: the public door of extraction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from scraper.cards import Card, Listing, Verdict
from scraper.decode import decode
from scraper.extract.choose import Judged, choose, hopeless, judge, plausible
from scraper.extract.draft import Draft
from scraper.extract.groups import find_families
from scraper.extract.labels import decide_labels
from scraper.extract.limits import too_much
from scraper.extract.merge import fill_from_markup
from scraper.extract.page import PageView
from scraper.extract.verdicts import Finding, find_article, find_error, without_body, without_cards
from scraper.extract.walk import walk
from scraper.pagination import next_page_url
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
    finding = without_body(text, content_type)
    if finding is None and (excess := too_much(text)) is not None:
        finding = Finding(Verdict.TOO_DEEP, excess)
    if finding is not None:
        return Listing(cards=(), verdict=finding.verdict, reason=finding.reason, charset=charset, charset_source=source)
    view = PageView(walk(LexborHTMLParser(text)), url, fetched_at)
    families = find_families(view.tree, view.anchors, view.shingles)
    judged = [judge(view, family) for family in families if plausible(view, family) and not hopeless(view, family)]
    kept = choose(view, judged)
    finding = find_error(view) or (find_article(view, kept) if kept else None)
    if finding is not None:
        kept = []
    drafts = sorted((draft for j in kept for draft in _scored(j)), key=lambda draft: draft.start)
    decide_labels(view.tree, view.anchors, drafts, view.nav_keys, view.nav_words)
    distinct = _distinct(drafts)
    fill_from_markup(view, distinct)
    cards = tuple(_card(draft, position, view.anchors.urls) for position, draft in enumerate(distinct, 1))
    if cards:
        finding = Finding(Verdict.LISTING, f"{len(cards)} cards in {len(kept)} {'group' if len(kept) == 1 else 'groups'}")
    elif finding is None:
        finding = without_cards(view, judged, text)
    return Listing(
        cards=cards,
        verdict=finding.verdict,
        reason=finding.reason,
        next_page_url=next_page_url(view, [(draft.start, draft.end) for draft in drafts]) if cards else None,
        canonical_url=_canonical(view),
        lang=view.dates.lang,
        charset=charset,
        charset_source=source,
        feeds=_feeds(view),
        explanation=tuple(_explained(j) for j in judged) if explain else (),
    )


def _canonical(view: PageView) -> str | None:
    for link in view.tree.head_links:
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return resolve(view.base, link["href"] or "")
    return None


def _feeds(view: PageView) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for link in view.tree.head_links:
        kind = (link.get("type") or "").lower()
        if "alternate" in (link.get("rel") or "").lower().split() and ("rss" in kind or "atom" in kind or "feed+json" in kind):
            address = resolve(view.base, link.get("href") or "")
            if address:
                found[address] = None
    return tuple(found)


def _scored(judged: Judged) -> list[Draft]:
    for draft in judged.drafts:
        draft.score = judged.score
    return judged.drafts


def _distinct(drafts: list[Draft]) -> list[Draft]:
    seen: dict[int, Draft] = {}
    kept = []
    for draft in drafts:
        if draft.key >= 0 and draft.key in seen:
            continue
        if draft.key >= 0:
            seen[draft.key] = draft
        kept.append(draft)
    return kept


def _card(draft: Draft, position: int, urls: list[str]) -> Card:
    return Card(
        title=draft.title,
        url=urls[draft.key] if draft.key >= 0 else None,
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
        "cards": len(judged.drafts),
        **{name: round(value, 2) for name, value in judged.numbers.items() if value},
    }
