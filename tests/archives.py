"""Small made-up looks, for the tests of the archive."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from scraper.cards import Card, Listing, Verdict
from scraper.pages import FetchRequest, FetchResult, Outcome, Page, RobotsDecision
from storage import Archive, Recorded

PAGE_URL = "https://harbour.example/latest/"
NIGHT = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)


def night(number: int) -> datetime:
    """Two o'clock in the `number`th night; night(0) is the first."""
    return NIGHT + timedelta(days=number)


def card(name: str, title: str | None = "", **fields: object) -> Card:
    """A card that links to https://harbour.example/<name>; titled like its name unless told."""
    return Card(title=title if title != "" else name.title(), url=f"https://harbour.example/{name}", position=1, **fields)  # type: ignore[arg-type]


def listing(cards: Iterable[Card]) -> Listing:
    found = tuple(cards)
    return Listing(
        cards=found, verdict=Verdict.LISTING if found else Verdict.EMPTY, reason=f"{len(found)} cards", charset="utf-8"
    )


def fetched(
    body: bytes | None, *, url: str = PAGE_URL, outcome: Outcome = Outcome.OK, at: datetime = NIGHT, **fields: object
) -> FetchResult:
    page = None
    headers = tuple(fields.pop("headers", ()))  # type: ignore[call-overload]
    status = fields.pop("status", 200)
    if body is not None:
        page = Page(url=url, final_url=url, body=body, fetched_at=at, status=status, headers=headers)  # type: ignore[arg-type]
    return FetchResult(outcome=outcome, detail="", request=FetchRequest(url=url), page=page, started_at=at, **fields)  # type: ignore[arg-type]


def look(
    archive: Archive,
    cards: Iterable[Card] | None = None,
    *,
    at: datetime = NIGHT,
    source: str = "harbour",
    url: str = PAGE_URL,
    outcome: Outcome | None = None,
    detail: str = "",
    body: bytes | str | None = "",
    run_id: int | None = None,
    extractor_version: str = "0.1.0+1",
    **fields: object,
) -> Recorded:
    """One look at one page, begun and finished. The body differs from look to look unless given; `cards` None: nothing was read."""
    found = listing(cards) if cards is not None else None
    if outcome is None:
        outcome = Outcome.OK if found is None or found.cards else Outcome.EMPTY
    if isinstance(body, str):
        body = f"{at.isoformat()} {found}".encode() if outcome.is_good and outcome is not Outcome.NOT_MODIFIED else None
    if run_id is None:
        run_id = archive.begin_run(started_at=at, version="0.1.0", command="test")
    page = archive.get_page(source=source, url=url, started_at=at)
    crawl_id = archive.begin_crawl(run_id, page.page_id, started_at=at)
    return archive.finish_crawl(
        crawl_id,
        result=fetched(body, url=url, outcome=outcome, at=at, **fields),
        listing=found,
        outcome=outcome,
        detail=detail,
        extractor_version=extractor_version,
    )


def allowed(body: bytes | None = b"User-agent: *\nAllow: /\n", at: datetime = NIGHT) -> RobotsDecision:
    return RobotsDecision(
        allowed=True,
        reason="Allow: /",
        robots_url="https://harbour.example/robots.txt",
        status=200,
        body=body,
        fetched_at=at,
    )
