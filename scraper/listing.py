"""From a page's bytes to its teaser cards: the public door of extraction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.cards import Card, Drift, Listing, Verdict
from scraper.decode import decode
from scraper.extract.choose import Judged, choose, judge, judge_hopeful, recognise
from scraper.extract.draft import Draft
from scraper.extract.groups import find_families
from scraper.extract.labels import decide_labels
from scraper.extract.limits import too_much
from scraper.extract.merge import fill_from_markup
from scraper.extract.page import PageView
from scraper.extract.recipe import drafts_by_recipe, drafts_watched
from scraper.extract.shared import shared_keys
from scraper.extract.state_cards import cards_from_state, fill_from_state, may_be_drawn_by_script
from scraper.extract.verdicts import Finding, find_article, find_error, find_form, without_body, without_cards
from scraper.extract.walk import walk
from scraper.pagination import next_page_url
from scraper.recipe import Recipe
from scraper.recipe_check import drift_of
from scraper.recipe_read import RecipePage, links_of, read_with_recipe
from scraper.urls import canonical_url, resolve


def extract_listing(
    html: bytes | str,
    url: str,
    *,
    content_type: str | None = None,
    recipe: Recipe | Mapping[str, Any] | None = None,
    known: Iterable[tuple[str | None, str | None]] | None = None,
    fetched_at: datetime | None = None,
    explain: bool = False,
) -> Listing:
    """The teaser cards that the listing page at `url` shows, and what kind of page it is. Never raises on a page.

    `html`: the body as fetched (decoded the web's way, `content_type` being the response's header), or text.
    `recipe`: where this source's cards are; tried first, checked against what it expects, and left for the full method, with
    `Listing.drift` saying so, when the page doesn't fit. RecipeError when it can't be used at all.
    `known`: (url, title) of the cards of the last good look; they help to find a list that has been redesigned.
    `fetched_at`: aware; ages ("2 hours ago") and days without a year become dates only with it, and `origin` marks them relative.
    `explain`: fill `Listing.explanation` with every group that was looked at, its numbers and what became of it.
    """
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
    if recipe is not None and not isinstance(recipe, Recipe):
        recipe = Recipe.from_table(recipe)
    known = tuple(known or ())
    parser = LexborHTMLParser(text)
    drift = None
    if recipe is not None and recipe.only:
        page = read_with_recipe(parser, url, recipe, known=known, fetched_at=fetched_at)
        if page.drift is None:
            return _listing_by_recipe(page, parser, url, charset, source)
        drift, recipe = page.drift, None
    view = PageView(walk(parser, remember=recipe is not None), url, fetched_at)
    look = _look(view, parser, text, recipe, known, drift)
    cards = tuple(_card(draft, position, view.anchors.urls) for position, draft in enumerate(look.cards, 1))
    return Listing(
        cards=cards,
        verdict=look.finding.verdict,
        reason=look.finding.reason,
        next_page_url=_next_page(view, look),
        canonical_url=_canonical(view),
        lang=view.dates.lang,
        charset=charset,
        charset_source=source,
        problems=_problems(look, cards),
        drift=look.drift,
        feeds=_feeds(view),
        explanation=tuple(_explained(one) for one in look.judged) if explain else (),
    )


def _next_page(view: PageView, look: _Look) -> str | None:
    if not look.cards:
        return None
    return next_page_url(view, [(draft.start, draft.end) for draft in look.drafts], {draft.key for draft in look.cards})


def _listing_by_recipe(page: RecipePage, parser: LexborHTMLParser, url: str, charset: str | None, source: str | None) -> Listing:
    older = page.next_page_urls
    next_page = older[0] if older else None
    if len(older) > 1:  # the link that stood alone has company: only the general method can tell them apart
        next_page = next_page_url(PageView(walk(parser), url))
    return Listing(
        cards=page.cards,
        verdict=Verdict.LISTING,
        reason=f"{len(page.cards)} cards by recipe",
        next_page_url=next_page,
        canonical_url=page.canonical_url,
        lang=page.lang,
        charset=charset,
        charset_source=source,
        problems=_unread(page.cards),
        feeds=page.feeds,
    )


@dataclass(slots=True)
class _Look:
    """What one look found: `cards` are the `drafts` in page order, each story once."""

    drafts: list[Draft]
    cards: list[Draft]
    finding: Finding
    judged: list[Judged]
    drift: Drift | None = None


def _look(
    view: PageView,
    parser: LexborHTMLParser,
    text: str,
    recipe: Recipe | None,
    known: Sequence[tuple[str | None, str | None]],
    drift: Drift | None,
) -> _Look:
    if recipe is not None and not recipe.watch:
        by_recipe, drift = _by_recipe(view, parser, recipe, known)
        if by_recipe is not None:
            return by_recipe
    families = find_families(view.tree, view.anchors, view.shingles)
    judged = judge_hopeful(view, families)
    kept = choose(view, judged)
    if known and _is_lost(view, kept, known):
        judged = [judge(view, family) for family in families]
        _recall(view, judged, known)
        kept = choose(view, judged)
    finding = find_error(view) or (find_article(view, kept) or find_form(view, kept) if kept else None)
    if finding is not None:
        kept = []
    drafts = sorted((draft for one in kept for draft in _scored(one)), key=lambda draft: draft.start)
    cards = _finish(view, drafts, shared_keys(one.drafts for one in kept))
    if recipe is not None and recipe.watch:
        drift = _watched(view, parser, recipe, cards)
    if cards:
        finding = Finding(Verdict.LISTING, f"{len(cards)} cards in {len(kept)} {'group' if len(kept) == 1 else 'groups'}")
    elif finding is None:
        finding = without_cards(view, judged, text)
        if finding.verdict is Verdict.NEEDS_JAVASCRIPT or (
            finding.verdict is Verdict.NOTHING_FOUND and may_be_drawn_by_script(view)
        ):
            cards, named = cards_from_state(view, parser)
            if cards:
                cards = _distinct(cards)
                fill_from_markup(view, cards)
                finding = Finding(
                    Verdict.LISTING,
                    f"{len(cards)} cards from the data that the page brings for its script ({named}); its HTML has none",
                )
    return _Look(drafts, cards, finding, judged, replace(drift, read_cards=len(cards)) if drift is not None else None)


def _by_recipe(
    view: PageView, parser: LexborHTMLParser, recipe: Recipe, known: Sequence[tuple[str | None, str | None]]
) -> tuple[_Look | None, Drift | None]:
    """The look that the recipe gives, or in what the page no longer fits it."""
    drafts = drafts_by_recipe(view, parser, recipe)
    for draft in drafts:
        draft.score = 1.0
    cards = _distinct(drafts)
    fill_from_markup(view, cards)
    read = [_card(draft, position, view.anchors.urls) for position, draft in enumerate(cards, 1)]
    drift = drift_of(recipe, read, view.url, known, lambda: links_of(parser, view.base))
    if drift is not None:
        return None, drift
    return _Look(drafts, cards, Finding(Verdict.LISTING, f"{len(cards)} cards by recipe"), []), None


def _watched(view: PageView, parser: LexborHTMLParser, recipe: Recipe, cards: Sequence[Draft]) -> Drift | None:
    """In what the cards that stand where the recipe says differ from what it expects."""
    there = drafts_watched(view, parser, recipe, cards)
    read = [_card(draft, position, view.anchors.urls) for position, draft in enumerate(there, 1)]
    return drift_of(recipe, read, view.url, (), set)


def _is_lost(view: PageView, kept: Sequence[Judged], known: Iterable[tuple[str | None, str | None]]) -> bool:
    """Whether what was kept can't be the list of the last good look: nothing at all, or hardly a card of those that the page still links
    to. Only then do known cards vote: on a usual night they stand in menus and most-read lists as well."""
    linked = {canonical_url(address) for address, _ in known if address}.intersection(view.anchors.canonical)
    found = {view.anchors.canonical[draft.key] for one in kept for draft in one.drafts if draft.key >= 0}
    return not kept or len(linked & found) * 3 < len(linked)


def _recall(view: PageView, judged: Sequence[Judged], known: Iterable[tuple[str | None, str | None]]) -> None:
    urls: set[str] = set()
    titles: set[str] = set()
    for address, title in known:
        if address:
            urls.add(canonical_url(address))
        if title:
            titles.add(title.casefold())
    recognise(view, judged, urls, titles)


def _finish(view: PageView, drafts: list[Draft], shared: frozenset[int]) -> list[Draft]:
    """What is decided over all cards of the page: categories, each story once, structured data."""
    decide_labels(view.tree, view.anchors, drafts, view.nav_keys, view.nav_words)
    cards = _distinct(drafts, shared)
    fill_from_markup(view, cards)
    fill_from_state(view, cards)
    return cards


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


def _problems(look: _Look, cards: Sequence[Card]) -> tuple[str, ...]:
    return ((f"drift: {look.drift}",) if look.drift else ()) + _unread(cards)


def _unread(cards: Sequence[Card]) -> tuple[str, ...]:
    unread = [
        card
        for card in cards
        if card.published_raw and not card.published_on and "relative" not in card.origin.get("published_on", "")
    ]
    return (f"{len(unread)} dates could not be read, the first is {unread[0].published_raw!r}",) if unread else ()


def _scored(judged: Judged) -> list[Draft]:
    for draft in judged.drafts:
        draft.score = judged.score
    return judged.drafts


def _distinct(drafts: list[Draft], shared: frozenset[int] = frozenset()) -> list[Draft]:
    """Each story once: where it first stands, with what later cards of it add. Stories are told apart by where they lead; those
    that lead to a page which many `shared`, by their titles."""
    seen: dict[tuple[int, str | None], Draft] = {}
    kept = []
    for draft in drafts:
        story = draft.key, draft.title if draft.key in shared else None
        first = seen.get(story) if draft.key >= 0 else None
        if first is None:
            kept.append(draft)
            if draft.key >= 0:
                seen[story] = draft
        else:
            first.adopt(draft)
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
