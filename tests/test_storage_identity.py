"""Which article a card points to."""

from __future__ import annotations

import pytest

from scraper.cards import Card
from scraper.urls import URL_RULES_VERSION, UrlRules
from storage.identity import Identity, fold_title, identify

PAGE = "https://harbour.example/latest/"


def key_of(
    title: str | None, url: str | None, *, page_url: str = PAGE, source: str = "harbour", rules: UrlRules | None = None
) -> Identity | None:
    card = Card(title=title, url=url, position=1)
    return identify(card, source=source, page_url=page_url, **({"rules": rules} if rules else {}))  # type: ignore[arg-type]


def test_a_link_names_the_article_wherever_it_stands() -> None:
    first = key_of("Plan", "https://harbour.example/plan?utm_source=home")
    second = key_of("The plan", "HTTPS://Harbour.example:443/plan#top", source="tide", page_url="https://tide.example/")
    assert first == second == Identity(key="https://harbour.example/plan", url_rules=URL_RULES_VERSION)


def test_a_source_may_say_more_about_its_own_addresses() -> None:
    rules = UrlRules(merge_mobile=True)
    assert key_of("Plan", "https://m.harbour.example/plan", rules=rules) == key_of(
        "Plan", "https://harbour.example/plan", rules=rules
    )


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(None, id="no link"),
        pytest.param("javascript:open(3)", id="a script"),
        pytest.param("mailto:desk@harbour.example", id="an address"),
        pytest.param(PAGE, id="the listing page itself"),
        pytest.param(PAGE + "#", id="the listing page itself, with a fragment"),
    ],
)
def test_a_card_without_a_link_of_its_own_is_known_by_its_title_within_its_page(url: str | None) -> None:
    identity = key_of("The “Harbour”  Plan", url)
    assert identity == Identity(key=f'harbour {PAGE} the "harbour" plan', url_rules=None)
    assert identity != key_of("The Harbour Plan", url, page_url="https://harbour.example/")
    assert identity != key_of("The Harbour Plan", url, source="tide")


def test_a_card_that_text_has_left_only_a_blurb_is_known_by_it_within_its_page() -> None:
    card = Card(title=None, url=None, blurb="The “towns”  want a say.", position=1)
    assert identify(card, source="harbour", page_url=PAGE) == Identity(
        key=f'harbour {PAGE} the "towns" want a say.', url_rules=None
    )


def test_a_card_without_link_title_and_blurb_has_no_identity() -> None:
    assert key_of(None, None) is None
    assert key_of(None, "javascript:void(0)") is None


def test_a_card_without_a_title_is_known_by_its_link_even_to_the_page_itself() -> None:
    assert key_of(None, PAGE) is not None


def test_folding_a_title_undoes_typesetting_and_nothing_else() -> None:
    assert fold_title("  ＡＢＣ – Stra\u00adße  ‘x’ ") == "abc - strasse 'x'"
    assert fold_title("Plan approved") != fold_title("Plan rejected")
