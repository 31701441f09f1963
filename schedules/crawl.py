"""One listing page gone through once: fetch, judge, record; and the older pages behind it where the source wants them."""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from schedules.judge import Judgement, judge_look
from schedules.plan import Visit
from schedules.settings import Source
from scraper.cards import Listing
from scraper.errors import StandfirstError
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from scraper.reading import read_page
from scraper.recipe import Recipe
from scraper.server_clock import clock_ahead_s
from scraper.urls import canonical_url
from scraper.validators import Validators, find_lie, may_ask_conditionally
from scraper.version import EXTRACTOR_VERSION
from storage import Archive, PageState, Recorded
from storage.past_looks import shown_fields

log = logging.getLogger("standfirst.crawl")

OUT_OF_TIME = "the run's time was over before this page had its turn"
OUT_OF_PAGES = "the run had asked for as many pages as it may (most_pages) before this one had its turn"

Clock = Callable[[], datetime]  # aware UTC


class Fetches(Protocol):
    """What a run needs of a fetcher; `scraper.fetch.Fetcher` is one."""

    async def fetch(self, request: FetchRequest) -> FetchResult: ...

    def snapshot(self) -> Mapping[str, object]:
        """What the next run must know, fit for JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one page, as the run's report tells it."""

    source: str  # slug
    url: str
    outcome: Outcome
    detail: str  # in words; "" when all is well
    recorded: Recorded
    drift: str | None  # in words, that the page no longer fits the source's recipe
    shown: Mapping[str, int] | None  # field -> cards that show it (`storage.past_looks`); None: nothing was read anew
    elapsed_s: float  # of the fetch, waiting for the host's delay included
    retry_after_s: float | None = None  # how long the host wants to be left alone, where it said so
    clock_ahead_s: float | None = None  # our clock before the server's; None: it didn't say


@dataclass(slots=True, kw_only=True)
class PageBudget:
    """How many pages a run may still ask for."""

    left: int | None  # None: no end is set

    def take(self) -> bool:
        """Whether there was one more; it is spent then."""
        if self.left is None:
            return True
        self.left -= 1
        return self.left >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waking:
    """What all looks of one run share."""

    archive: Archive
    fetcher: Fetches
    run_id: int
    clock: Clock
    draw: Callable[[], float] = random.random  # evenly from 0 to 1, anew for each look: whether a page is asked for in full
    ends_at: datetime | None = None  # looks that would begin later are put off to the next run; None: no end is set
    pages: PageBudget = field(default_factory=lambda: PageBudget(left=None))  # looks beyond it are put off as well
    on_look: Callable[[Look], None] = lambda look: None  # is told of each look when it has been recorded
    lies: dict[str, str] = field(default_factory=dict)  # page URL -> how its validators lied; added to as lies are found


async def crawl_visit(visit: Visit, waking: Waking, *, done: int = 0) -> list[Look]:
    """Looks at the visit's page and at up to `max_pages - 1` older ones behind it, each a look of its own in the archive.

    `done`: how many pages of the source lie before the visit's, where it goes on from one that was put off.

    Stops at the first page that could not be read, has no older page, leads to another host, or leads back; with `until_known`, also
    at the first one without a card that is new to it.
    """
    looks: list[Look] = []
    url: str | None = visit.url
    seen: set[str] = set()
    while url is not None and done + len(looks) < visit.source.max_pages and canonical_url(url) not in seen:
        seen.add(canonical_url(url))
        look, next_url = await look_at(url, visit.source, waking)
        looks.append(look)
        goes_on = look.outcome.is_good and not (visit.source.until_known and look.recorded.new == 0)
        url = next_url if goes_on and next_url is not None and _same_host(next_url, visit.url) else None
    return looks


async def look_at(url: str, source: Source, waking: Waking) -> tuple[Look, str | None]:
    """One look at one page, recorded; and the URL of the older page that it names (None: it names none).

    The look's row is in the archive before the request is sent, so that a killed run leaves a trace. A bug in reading or recording
    one page ends that look as `failed`, with its message stored, and no other.
    """
    archive, clock = waking.archive, waking.clock
    page = archive.get_page(source=source.slug, url=url, started_at=clock())
    crawl_id = archive.begin_crawl(waking.run_id, page.page_id, started_at=clock())
    validators = Validators(etag=page.etag, last_modified=page.last_modified)
    in_full = not may_ask_conditionally(
        validators, not_modified_in_a_row=page.not_modified_in_a_row, have_lied=url in waking.lies, lot=waking.draw()
    )
    request = request_for(url, source)
    if not in_full:
        request = replace(request, etag=page.etag, last_modified=page.last_modified)
    result = FetchResult(outcome=Outcome.INTERRUPTED, detail="stopped while waiting for the server", request=request)
    judgement = Judgement(outcome=Outcome.INTERRUPTED, detail="stopped while waiting for the server")
    try:
        if waking.ends_at is not None and clock() >= waking.ends_at:
            result = FetchResult(outcome=Outcome.DEFERRED, detail=OUT_OF_TIME, request=request, attempts=0)
        elif not waking.pages.take():
            result = FetchResult(outcome=Outcome.DEFERRED, detail=OUT_OF_PAGES, request=request, attempts=0)
        else:
            result = await waking.fetcher.fetch(request)
        judgement = _judge(result, page, recipe_for(url, source), archive)
    except Exception as exc:
        log.exception("%s: %s: reading the page failed; this is a bug in Standfirst", source.slug, url)
        judgement = Judgement(outcome=Outcome.FAILED, detail=f"{type(exc).__name__}: {exc}")
    finally:  # also when the run is cancelled: then the look ends as interrupted
        recorded, judgement = _record(crawl_id, result, judgement, source, archive)
        look = Look(
            source=source.slug,
            url=url,
            outcome=judgement.outcome,
            detail=judgement.detail,
            recorded=recorded,
            drift=str(judgement.listing.drift) if judgement.listing is not None and judgement.listing.drift is not None else None,
            shown=None if judgement.listing is None else shown_fields(judgement.listing.cards),
            elapsed_s=result.elapsed_s,
            retry_after_s=result.retry_after_s,
            clock_ahead_s=None if result.page is None else clock_ahead_s(result.page),
        )
        waking.on_look(look)
    if in_full and judgement.outcome is Outcome.OK:
        _test_validators(url, source, validators, result, recorded, waking)
    return look, judgement.listing.next_page_url if judgement.listing else page.next_page_url


def _record(
    crawl_id: int, result: FetchResult, judgement: Judgement, source: Source, archive: Archive
) -> tuple[Recorded, Judgement]:
    """Completes the look's row; what was judged is what was recorded. A bug that only this page brings out ends its look as `failed`,
    with nothing of it recorded; what the archive can't do (the disk is full) ends the run."""

    def finish(came: FetchResult, judgement: Judgement) -> tuple[Recorded, Judgement]:
        recorded = archive.finish_crawl(
            crawl_id,
            result=came,
            listing=judgement.listing,
            outcome=judgement.outcome,
            detail=judgement.detail,
            extractor_version=EXTRACTOR_VERSION,
            url_rules=source.addresses,
        )
        return recorded, judgement

    try:
        return finish(result, judgement)
    except StandfirstError:
        raise
    except Exception as exc:
        log.exception("%s: %s: recording the page failed; this is a bug in Standfirst", source.slug, result.request.url)
        failed = Judgement(outcome=Outcome.FAILED, detail=f"{type(exc).__name__}: {exc}")
        nothing = FetchResult(
            outcome=failed.outcome,
            detail=failed.detail,
            request=result.request,
            attempts=result.attempts,
            attempt_log=result.attempt_log,
            started_at=result.started_at,
            elapsed_s=result.elapsed_s,
        )
        return finish(nothing, failed)


def _test_validators(
    url: str, source: Source, before: Validators, result: FetchResult, recorded: Recorded, waking: Waking
) -> None:
    """Notes it when a page that was asked for in full shows other cards under the validators that it had before."""
    assert result.page is not None
    now = Validators(etag=result.page.header("etag"), last_modified=result.page.header("last-modified"))
    changed = bool(recorded.new or recorded.reworded or recorded.returned or recorded.absent or recorded.moved)
    lie = find_lie(before, now, cards_changed=changed) if before else None
    if lie is not None:
        waking.lies[url] = lie
        log.warning("%s: %s: %s; it will be asked for in full from now on", source.slug, url, lie)


def request_for(url: str, source: Source) -> FetchRequest:
    """How a page of the source is asked for, whatever was there before."""
    return FetchRequest(
        url=url,
        allow_private=source.allow_private,
        render=source.render,
        render_hosts=source.render_hosts,
        cookies=tuple(source.cookies.items()),
    )


def _judge(result: FetchResult, state: PageState, recipe: Recipe | None, archive: Archive) -> Judgement:
    def extract(page: Page) -> Listing:
        return read_page(page, recipe=recipe, known=archive.standing_cards(state.page_id))

    unchanged = result.page is not None and hashlib.sha256(result.page.body).hexdigest() == state.last_body_sha256
    return judge_look(result, unchanged=unchanged, extract=extract)


def recipe_for(url: str, source: Source) -> Recipe | None:
    """The source's recipe; for an older page behind the listing page, one that also expects the last few cards."""
    recipe = source.recipe
    if recipe is None or url in source.urls:
        return recipe
    return replace(recipe, expects=replace(recipe.expects, cards=(1, recipe.expects.cards[1])))


def _same_host(url: str, other: str) -> bool:
    return urlsplit(url).hostname == urlsplit(other).hostname
