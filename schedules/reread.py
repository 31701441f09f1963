"""A stored page read anew with today's extractor, as a look at it would be judged. Pure, and picklable for other processes."""

from __future__ import annotations

from schedules.judge import judge_look
from scraper.cards import Listing
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from scraper.reading import read_page
from storage.rebuild import Known, Reading


def reread(page: Page, known: Known) -> Reading:
    """What the page amounts to today; `known` are the (url, title) that stood there at the good look before."""

    def extract(page: Page) -> Listing:
        return read_page(page, known=known)

    came = FetchResult(outcome=Outcome.OK, detail="", request=FetchRequest(url=page.url), page=page)
    judgement = judge_look(came, unchanged=False, extract=extract)
    return Reading(outcome=judgement.outcome, detail=judgement.detail, listing=judgement.listing)
