"""Every page case, field by field: what a person sees on the page is what extraction says.

A case is a folder of `fixtures/pages/` with `page.html` and a `truth.json` written by hand from looking at the page. A card is
found again by its URL, or by its title where it has no link; each field then has a test of its own, so a red run names page
and field. In the truth null means that the page doesn't say, and a value given in its place is as wrong as a missing one.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scraper import extract_listing
from scraper.cards import Card, Listing, Verdict
from scraper.urls import canonical_url

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
CASES = sorted(folder.name for folder in PAGES.iterdir() if (folder / "truth.json").is_file())

# What extraction gets wrong today, with the reason: strict, so that a case which is mended must be taken off the list.
KNOWN_FAILURES: dict[tuple[str, str], str] = {
    (entry["page"], entry["field"]): entry["reason"]
    for entry in json.loads((PAGES / "known-failures.json").read_text(encoding="utf-8"))
}

FIELDS = {
    "title": "title",
    "url": "url",
    "blurb": "blurb",
    "read time": "read_time_minutes",
    "published": "published",
    "author": "author",
    "category": "category",
    "image": "image_url",
}
ATTRIBUTES = {"published": "published_on"}
PAGE_FACTS = ("every card", "no extra cards", "order", "next page", "verdict", "charset")


@cache
def truth_of(case: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((PAGES / case / "truth.json").read_text(encoding="utf-8"))
    return truth


@cache
def listing_of(case: str) -> Listing:
    truth = truth_of(case)
    return extract_listing((PAGES / case / "page.html").read_bytes(), truth["base_url"], content_type=truth.get("content_type"))


@cache
def shared_urls(case: str) -> frozenset[str]:
    """The addresses to which several stories of the page lead: those are found again by their titles, too."""
    urls = [card["url"] for card in truth_of(case)["cards"] if card["url"]]
    return frozenset(url for url in urls if urls.count(url) > 1)


def key(case: str, title: str | None, url: str | None) -> str:
    """What a card is found again by; the fragment stays, because on some pages it is all that tells two stories apart."""
    if url is None:
        return f"title:{folded(title)}"
    if url in shared_urls(case):
        return f"{url} title:{folded(title)}"
    return canonical_url(url) + ("#" + url.partition("#")[2] if "#" in url else "")


def folded(text: str | None) -> str | None:
    return " ".join(text.split()) if text else text


@cache
def found_in(case: str) -> dict[str, Card]:
    return {key(case, card.title, card.url): card for card in listing_of(case).cards}


def true_keys(case: str) -> list[str]:
    return [key(case, card["title"], card["url"]) for card in truth_of(case)["cards"]]


def checks() -> list[Any]:
    """(page, field) pairs: those that say something about the page."""
    params = []
    for case in CASES:
        facts = [fact for fact in PAGE_FACTS if fact not in ("every card", "order") or truth_of(case)["cards"]]
        fields = [
            field
            for field in FIELDS
            if truth_of(case)["cards"] and not (field == "blurb" and truth_of(case).get("inline_full_text"))
        ]
        for field in [*facts, *fields]:
            reason = KNOWN_FAILURES.get((case, field))
            marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
            params.append(pytest.param(case, field, id=f"{case}: {field}", marks=marks))
    return params


@pytest.mark.parametrize(("case", "field"), checks())
def test_page_is_read_as_a_person_reads_it(case: str, field: str) -> None:
    if field in FIELDS:
        check_field(case, field)
    else:
        check_page(case, field)


def check_field(case: str, field: str) -> None:
    expected, got = {}, {}
    for number, (card_key, true) in enumerate(zip(true_keys(case), truth_of(case)["cards"], strict=True), 1):
        card = found_in(case).get(card_key)
        if card is None:
            continue  # "every card" says so
        name = f"{number}. {true['title']}"
        expected[name] = true[FIELDS[field]]
        got[name] = getattr(card, ATTRIBUTES.get(field, FIELDS[field]))
        if field == "image" and isinstance(expected[name], list) and got[name] in expected[name]:
            expected[name] = got[name]  # any size or format of the card's picture
        elif field == "url" and expected[name] and got[name]:
            expected[name], got[name] = (
                key(case, None, expected[name]),
                key(case, None, got[name]),
            )  # any of the page's links to the article
        elif isinstance(expected[name], str):
            expected[name], got[name] = folded(expected[name]), folded(got[name])
    assert got == expected


def check_page(case: str, fact: str) -> None:
    truth, listing = truth_of(case), listing_of(case)
    keys, found = true_keys(case), found_in(case)
    if fact == "every card":
        assert [card_key for card_key in keys if card_key not in found] == []
    elif fact == "no extra cards":
        optional = {canonical_url(url) for url in truth.get("optional", ())}
        assert [
            card.title
            for card_key, card in found.items()
            if card_key not in keys and canonical_url(card.url or "") not in optional
        ] == []
    elif fact == "order":
        assert [card_key for card_key in found if card_key in keys] == [card_key for card_key in keys if card_key in found]
    elif fact == "next page":
        assert listing.next_page_url == truth["next_page_url"]
    elif fact == "verdict":
        assert listing.verdict is Verdict(truth.get("verdict", "listing" if truth["cards"] else "nothing_found"))
    else:
        assert listing.charset == truth["charset"]


@pytest.mark.parametrize("case", ["tailwind-card-is-link", "wp-header-in-article", "three-rows-a-story"])
def test_two_megabytes_of_script_style_and_pictures_in_the_page_change_nothing(case: str) -> None:
    page = (PAGES / case / "page.html").read_bytes()
    ballast = (
        b'<script>window.__STATE__={"rows":[' + b'{"title":"A row of no page","url":"/row"},' * 20_000 + b"]}</script>"
        b"<style>" + b".a{color:red}" * 40_000 + b"</style>"
        b'<img alt="" src="data:image/png;base64,' + b"A" * 700_000 + b'">'
    )
    assert len(ballast) > 2_000_000
    heavy = page.replace(b"</body>", ballast + b"</body>")
    assert extract_listing(heavy, truth_of(case)["base_url"]).cards == listing_of(case).cards


def test_there_are_at_least_forty_page_cases_and_each_is_complete() -> None:
    assert len(CASES) >= 40
    for case in CASES:
        truth = truth_of(case)
        assert truth["notes"], case
        for card in truth["cards"]:
            assert set(card) == {"title", *FIELDS.values()}, case


def test_known_failures_name_cases_that_exist() -> None:
    assert {case for case, _ in KNOWN_FAILURES} <= set(CASES)
    assert {field for _, field in KNOWN_FAILURES} <= {*FIELDS, *PAGE_FACTS}
