"""What one look amounts to: the fetch and the page's own words, made into one outcome. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from scraper.cards import Listing, Verdict
from scraper.decode import decode
from scraper.pages import FetchResult, Outcome, Page
from scraper.walls import BANNERS, OUTCOME_OF_WALL, Wall, recognise_wall


class Extract(Protocol):
    """How a page is read; `scraper.extract_listing` bound to what is known of the page."""

    def __call__(self, page: Page) -> Listing: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One look, judged. `listing` is there when the page was read anew, also where its outcome is a bad one."""

    outcome: Outcome
    detail: str  # in words; "" when all is well
    listing: Listing | None = None


OUTCOME_OF_VERDICT = {
    Verdict.LISTING: Outcome.OK,
    Verdict.EMPTY: Outcome.EMPTY,
    Verdict.NOTHING_FOUND: Outcome.NOTHING_FOUND,
    Verdict.ARTICLE: Outcome.NOT_A_LISTING,
    Verdict.WALL: Outcome.WALL,
    Verdict.NEEDS_JAVASCRIPT: Outcome.NEEDS_JAVASCRIPT,
    Verdict.ERROR_PAGE: Outcome.NOT_A_LISTING,
    Verdict.FEED: Outcome.NOT_A_LISTING,
    Verdict.NOT_HTML: Outcome.NOT_HTML,
    Verdict.TOO_DEEP: Outcome.TOO_DEEP,
}


def judge_look(result: FetchResult, *, unchanged: bool, extract: Extract) -> Judgement:
    """The outcome of a look from what came back.

    `unchanged` says that the body is byte for byte that of the last good look: then it needs no reading. What headers and redirects
    say of a wall is believed over the page; what its words say, only where no cards are on it.
    """
    page = result.page
    if result.outcome is not Outcome.OK or page is None:
        return Judgement(outcome=result.outcome, detail=result.detail)
    if unchanged:
        return Judgement(outcome=Outcome.SAME_BYTES, detail="")
    wall = _wall(result, page, "")
    if wall is not None:
        return _walled(wall)
    listing = extract(page)
    outcome = OUTCOME_OF_VERDICT[listing.verdict]
    drift = f"drift: {listing.drift}" if listing.drift else ""
    if outcome is Outcome.OK:
        return Judgement(outcome=outcome, detail=drift, listing=listing)
    wall = _wall(result, page, _text(page))
    if wall is not None and not (outcome is Outcome.EMPTY and wall.kind in BANNERS):
        return _walled(wall)
    return Judgement(outcome=outcome, detail="; ".join(filter(None, [listing.reason, drift])), listing=listing)


def _wall(result: FetchResult, page: Page, text: str) -> Wall | None:
    return recognise_wall(page.status, page.headers, text, asked_url=result.request.url, final_url=page.final_url)


def _walled(wall: Wall) -> Judgement:
    return Judgement(outcome=OUTCOME_OF_WALL[wall.kind], detail=f"{wall.kind.replace('_', ' ')}: {wall.evidence}")


def _text(page: Page) -> str:
    return decode(page.body, page.header("content-type")).text
