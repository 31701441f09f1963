"""From a page's bytes to its teaser cards: the public door of extraction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.cards import Card, Listing, Verdict
from scraper.decode import decode
from scraper.extract.choose import Judged, choose, hopeless, judge, plausible, recognise
from scraper.extract.draft import Draft
from scraper.extract.groups import find_families
from scraper.extract.labels import decide_labels
from scraper.extract.limits import too_much
from scraper.extract.merge import fill_from_markup
from scraper.extract.overrides import apply_selectors
from scraper.extract.page import PageView
from scraper.extract.recipe import Recipe, family_by_recipe, learn, misfits
from scraper.extract.verdicts import Finding, find_article, find_error, without_body, without_cards
from scraper.extract.walk import walk
from scraper.pagination import next_page_url
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
        recipe = Recipe.from_mapping(recipe)
    parser = LexborHTMLParser(text)
    view = PageView(walk(parser, remember=recipe is not None), url, fetched_at)
    look = _look(view, parser, text, recipe, known)
    return Listing(
        cards=tuple(_card(draft, position, view.anchors.urls) for position, draft in enumerate(look.cards, 1)),
        verdict=look.finding.verdict,
        reason=look.finding.reason,
        next_page_url=next_page_url(view, [(draft.start, draft.end) for draft in look.drafts]) if look.cards else None,
        canonical_url=_canonical(view),
        lang=view.dates.lang,
        charset=charset,
        charset_source=source,
        problems=_problems(look),
        drift=look.drift,
        feeds=_feeds(view),
        explanation=tuple(_explained(one) for one in look.judged) if explain else (),
    )


def learn_recipe(html: bytes | str, url: str, *, content_type: str | None = None, learned_on: str | None = None) -> Recipe | None:
    """A recipe for the listing page at `url` from one good look at it: the CSS of its cards and what they usually show.

    `learned_on` is the day, YYYY-MM-DD. None where the page shows no cards, or no selector tells them from the rest.
    """
    text = decode(html, content_type).text if isinstance(html, bytes) else html
    if without_body(text, content_type) is not None or too_much(text) is not None:
        return None
    parser = LexborHTMLParser(text)
    view = PageView(walk(parser, remember=True), url)
    look = _look(view, parser, text, None, None)
    recipe = learn(view, look.kept, look.cards, learned_on)
    if recipe is None:
        return None
    again = _look(view, parser, text, recipe, None)
    return recipe if again.drift is None and _keys(again) == _keys(look) else None


@dataclass(slots=True)
class _Look:
    """What one look found: `cards` are the `drafts` in page order, each story once."""

    drafts: list[Draft]
    cards: list[Draft]
    finding: Finding
    judged: list[Judged]
    kept: list[Judged]
    drift: str | None = None


def _keys(look: _Look) -> list[tuple[int, str | None]]:
    return [(draft.key, draft.title) for draft in look.cards]


def _look(
    view: PageView,
    parser: LexborHTMLParser,
    text: str,
    recipe: Recipe | None,
    known: Iterable[tuple[str | None, str | None]] | None,
) -> _Look:
    drift = None
    if recipe is not None:
        look, drift = _by_recipe(view, parser, recipe)
        if look is not None:
            return look
    families = find_families(view.tree, view.anchors, view.shingles)
    if known is None:
        judged = [judge(view, family) for family in families if plausible(view, family) and not hopeless(view, family)]
    else:
        judged = [judge(view, family) for family in families]
        _recall(view, judged, known)
    kept = choose(view, judged)
    finding = find_error(view) or (find_article(view, kept) if kept else None)
    if finding is not None:
        kept = []
    drafts = sorted((draft for one in kept for draft in _scored(one)), key=lambda draft: draft.start)
    cards = _finish(view, drafts)
    if cards:
        finding = Finding(Verdict.LISTING, f"{len(cards)} cards in {len(kept)} {'group' if len(kept) == 1 else 'groups'}")
    elif finding is None:
        finding = without_cards(view, judged, text)
    if drift is not None:
        drift += f"; the full method finds {len(cards)} cards"
    return _Look(drafts, cards, finding, judged, kept, drift)


def _by_recipe(view: PageView, parser: LexborHTMLParser, recipe: Recipe) -> tuple[_Look | None, str | None]:
    """The look that the recipe gives, or why it no longer fits."""
    family = family_by_recipe(view, parser, recipe)
    drafts = view.reader.read(family) if family is not None else []
    apply_selectors(view, parser, recipe.select, drafts)
    drafts = [draft for draft in drafts if draft.title is not None]
    cards = _finish(view, drafts)
    wrong = misfits(recipe, cards)
    if wrong:
        since = f" of {recipe.learned_on}" if recipe.learned_on else ""
        return None, f"the recipe{since} no longer fits: {'; '.join(wrong)}"
    for draft in drafts:
        draft.score = 1.0
    return _Look(drafts, cards, Finding(Verdict.LISTING, f"{len(cards)} cards by recipe"), [], []), None


def _recall(view: PageView, judged: Sequence[Judged], known: Iterable[tuple[str | None, str | None]]) -> None:
    urls: set[str] = set()
    titles: set[str] = set()
    for address, title in known:
        if address:
            urls.add(canonical_url(address))
        if title:
            titles.add(title.casefold())
    recognise(view, judged, urls, titles)


def _finish(view: PageView, drafts: list[Draft]) -> list[Draft]:
    """What is decided over all cards of the page: categories, each story once, structured data."""
    decide_labels(view.tree, view.anchors, drafts, view.nav_keys, view.nav_words)
    cards = _distinct(drafts)
    fill_from_markup(view, cards)
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


def _problems(look: _Look) -> tuple[str, ...]:
    unread = [
        draft
        for draft in look.cards
        if draft.published_raw and not draft.published_on and "relative" not in draft.origin.get("published_on", "")
    ]
    problems = [look.drift] if look.drift else []
    if unread:
        problems.append(f"{len(unread)} dates could not be read, the first is {unread[0].published_raw!r}")
    return tuple(problems)


def _scored(judged: Judged) -> list[Draft]:
    for draft in judged.drafts:
        draft.score = judged.score
    return judged.drafts


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """Each story once: where it first stands, with what later cards of it add."""
    seen: dict[int, Draft] = {}
    kept = []
    for draft in drafts:
        first = seen.get(draft.key) if draft.key >= 0 else None
        if first is None:
            kept.append(draft)
            if draft.key >= 0:
                seen[draft.key] = draft
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
