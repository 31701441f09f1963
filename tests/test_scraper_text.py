"""Cards from plain text: the rhythm of what recurs, in whatever order the fields stand."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_cards import CARDS, FOOTER, FULL, MENU, PAGE, check

from scraper import extract_text_listing
from scraper.cards import Listing, Verdict

ORDERS = [
    ["category", "date", "title", "blurb", "read"],
    ["category", "title", "blurb", "date", "read"],
    ["category", "title", "date", "read", "blurb"],
    ["title", "blurb", "category", "date", "read"],
    ["title", "date", "read", "blurb"],
    ["date", "title", "blurb", "read"],
    ["date", "read", "title", "blurb"],
    ["read", "title", "blurb", "date"],
    ["read", "title", "blurb"],
    ["title", "blurb", "read"],
    ["title", "read", "blurb"],
    ["title", "read"],
    ["read", "title"],
    ["category", "title", "read"],
    ["date", "title", "blurb"],
    ["title", "blurb", "date"],
    ["title", "date", "blurb"],
    ["category", "date", "title"],
    ["blurb", "read"],
    ["read", "blurb"],
    ["category", "date", "blurb", "read"],
]
LAYOUTS = {
    "lines": ("\n", "\n"),
    "blank line between cards": ("\n", "\n\n"),
    "blank line between all": ("\n\n", "\n\n"),
    "three blank lines between cards": ("\n\n", "\n\n\n\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("fields", ORDERS, ids=", ".join)
def test_cards_line_by_line_are_told_apart_in_every_order(fields: list[str], layout: tuple[str, str]) -> None:
    between_fields, between_cards = layout
    body = between_cards.join(between_fields.join(card[field] for field in fields) for card in CARDS)
    check(extract_text_listing(f"{MENU}{between_cards}{body}{between_cards}{FOOTER}", PAGE), fields)


RUN_TOGETHER = {
    "glued": "{blurb} {read}",
    "with category": "{category} {blurb} {read}",
    "with category and date": "{category} {date} {blurb} {read}",
    "all glued": "{category}{date}{blurb}{read}",
    "date behind": "{blurb} {date} {read}",
}


@pytest.mark.parametrize("form", RUN_TOGETHER.values(), ids=RUN_TOGETHER)
def test_cards_that_run_together_without_titles_are_told_apart(form: str) -> None:
    fields = [field for field in FULL if "{" + field in form]
    body = "".join(form.format(**card) for card in CARDS)
    listing = extract_text_listing(f"{MENU}{body}{FOOTER}", PAGE)
    check(listing, fields)
    assert listing.problems == ("4 of 4 cards have no title in the text",)


@pytest.mark.parametrize(
    "menu", ["Home About us Members Latest Contact News (120) Opinion (14) ", "Home About us Members Latest Contact ", ""]
)
def test_menu_that_runs_into_the_first_card_is_cut_off(menu: str) -> None:
    body = "".join("{blurb} {read}".format(**card) for card in CARDS)
    check(extract_text_listing(f"{menu}{body} Load more Privacy policy", PAGE), ["blurb", "read"])


@pytest.mark.parametrize(
    "meta",
    ["{category} · {date} · {read}", "{date} | {read}", "{date} - {read}", "{category} / {date} / {read}", "{read} • {date}"],
)
def test_a_line_of_metadata_is_taken_apart(meta: str) -> None:
    fields = [field for field in FULL if "{" + field in meta]
    body = "\n\n".join(f"{card['title']}\n{meta.format(**card)}\n{card['blurb']}\nRead more" for card in CARDS)
    check(extract_text_listing(f"{MENU}\n{body}\n{FOOTER}", PAGE), ["title", "blurb", *fields])


def test_fields_that_some_cards_lack_do_not_shift_the_others() -> None:
    lines = [[card[field] for field in ("category", "date", "title", "blurb", "read")] for card in CARDS]
    del lines[1][0], lines[2][3]
    listing = extract_text_listing(MENU + "\n" + "\n\n".join("\n".join(card) for card in lines) + FOOTER, PAGE)
    assert [card.title for card in listing.cards] == [card["title"] for card in CARDS]
    assert [card.category for card in listing.cards] == ["News", None, "News", "News"]
    assert [card.blurb is None for card in listing.cards] == [False, False, True, False]
    assert [card.published_on for card in listing.cards] == ["2024-05-24", "2024-05-22", "2024-05-20", "2024-05-17"]


def test_title_glued_to_the_reading_time_before_it_begins_its_card() -> None:
    body = "".join("{title}\n{blurb} {read}".format(**card) for card in CARDS)
    check(extract_text_listing(f"{MENU}{body}\n{FOOTER}", PAGE), ["title", "blurb", "read"])


def test_category_glued_to_the_reading_time_is_no_title_though_it_stands_there_once() -> None:
    body = "".join("{category}\n{blurb}\n{read}".format(**card) for card in CARDS)
    check(extract_text_listing(f"Latest\n{body}\nLoad more", PAGE), ["category", "blurb", "read"])


def test_a_blurb_of_two_paragraphs_is_one_blurb() -> None:
    body = "\n\n".join("{title}\n{date} | {read}\n{blurb}\nNobody objects.".format(**card) for card in CARDS)
    listing = extract_text_listing(f"{MENU}\n{body}\n\n{FOOTER}", PAGE)
    assert [card.title for card in listing.cards] == [card["title"] for card in CARDS]
    assert all(card.blurb and card.blurb.endswith(" Nobody objects.") for card in listing.cards)


@pytest.mark.parametrize("line", ["{date} – {title}", "{date} {title}", "{title} ({date})", "{title}, {date}"])
def test_date_and_title_on_one_line_are_one_card(line: str) -> None:
    body = "\n".join(line.format(**card) for card in CARDS)
    check(extract_text_listing(f"Press releases\n{body}\nImprint\nLast updated 26 May 2024", PAGE), ["date", "title"])
    check(extract_text_listing(f"Press releases\n{body}\nOur harbour offices", PAGE), ["date", "title"])


def test_reading_time_that_runs_into_a_blurb_is_never_that_blurbs() -> None:
    cut_off = "".join("{read}{blurb} ".format(read=before["read"], blurb=card["blurb"]) for before, card in pairwise(CARDS))
    listing = extract_text_listing(f"{cut_off}{CARDS[-1]['read']}", PAGE)
    check(listing, ["blurb", "read"], CARDS[1:])


def test_paragraphs_under_short_lines_are_cards_where_nothing_else_tells() -> None:
    body = "\n\n".join("{title}\n{blurb}".format(**card) for card in CARDS)
    check(extract_text_listing(f"Press\n\n{body}\n\nImprint", PAGE), ["title", "blurb"])
    article = "\n\n".join(f"{card['title']}\n{' '.join([card['blurb']] * 6)}" for card in CARDS)
    assert extract_text_listing(f"Press\n\n{article}\n\nImprint", PAGE).cards == ()


def test_menu_facets_and_counts_before_the_first_blurb_are_cut_off_at_its_quotation_mark() -> None:
    menu = "Skip to main content Coast Cities Home Latest Climate (34) Mobility (22) Sort by Newest Showing 1-9 of 347 results "
    first = "“We asked the children first,” says the mayor of Lindwick, whose ring road is a park. Others watch."
    body = first + " 6 minute read" + "".join("{blurb} {read}".format(**card) for card in CARDS)
    listing = extract_text_listing(f"{menu}{body} 1 2 3 … 39 Next Privacy policy", PAGE)
    assert [card.blurb for card in listing.cards] == [first, *(" ".join(card["blurb"].split()) for card in CARDS)]


def test_markdown_gives_links() -> None:
    body = "\n\n".join(
        f"### [{card['title']}](/latest/{number}/)\n\n*By Ana Lind* · {card['date']} · {card['read']}\n\n{card['blurb']}"
        for number, card in enumerate(CARDS, 1)
    )
    listing = extract_text_listing(f"# Latest\n\n{body}\n\n[Older posts](/latest/page/2/)\n", PAGE)
    check(
        Listing(cards=tuple(card for card in listing.cards), verdict=listing.verdict, reason=""),
        ["date", "title", "blurb", "read"],
    )
    assert [card.url for card in listing.cards] == [f"https://cities.example/latest/{number}/" for number in (1, 2, 3, 4)]
    assert {card.author for card in listing.cards} == {"Ana Lind"}


def test_marked_lines_are_cards_where_nothing_else_recurs() -> None:
    body = "\n".join(f"- [{card['title']}](/{number})\n  {card['blurb']}" for number, card in enumerate(CARDS, 1))
    check(extract_text_listing(f"Latest\n{body}\nImprint", PAGE), ["title", "blurb"])


OTHER_LANGUAGES = {
    "de": ("Aktuelles\nÜber uns", [("Fähren für alle", "Die Hafenstädte wollen mitreden, wie die neuen Linien verlaufen sollen.", "Lesezeit: 3 Min.", "24. Mai 2024"), ("Bäume statt Autos", "Ein neuer Plan für das Hafenviertel setzt Bäume, wo Parkplätze waren.", "Lesezeit: 5 Min.", "2. Mai 2024")], "Impressum\nDatenschutz"),
    "fr": ("Actualités\nQui sommes-nous", [("Des ferries pour tous", "Les villes portuaires veulent décider du tracé des nouvelles lignes avec leurs habitants.", "3 min de lecture", "24 mai 2024"), ("Des arbres avant les voitures", "Un nouveau plan pour le quartier du port remplace les parkings par des arbres.", "5 min de lecture", "2 mai 2024")], "Mentions légales"),
    "ja": ("最新記事\n会社概要", [("港の新しい計画", "港の町は、新しい航路の決め方に意見を述べたいと住民は言う。", "この記事は3分で読めます", "2024年5月24日"), ("木を車より先に", "駐車場だった場所に木を植える新しい計画が発表された。", "この記事は5分で読めます", "2024年5月2日")], "プライバシーポリシー"),
    "ru": ("Новости\nО нас", [("Паромы для всех", "Портовые города хотят участвовать в выборе новых паромных линий.", "Время чтения: 3 мин", "24 мая 2024"), ("Деревья вместо машин", "Новый план портового квартала сажает деревья там, где были стоянки.", "Время чтения: 5 мин", "2 мая 2024")], "Контакты"),
}  # fmt: skip


@pytest.mark.parametrize(("menu", "cards", "footer"), OTHER_LANGUAGES.values(), ids=OTHER_LANGUAGES)
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 0, 1, 2), (0, 3, 2, 1), (2, 0, 1, 3)])
def test_other_languages_are_read_the_same_way(
    menu: str, cards: list[tuple[str, ...]], footer: str, order: tuple[int, ...]
) -> None:
    body = "\n\n".join("\n".join(card[place] for place in order) for card in cards)
    listing = extract_text_listing(f"{menu}\n\n{body}\n\n{footer}", PAGE)
    assert [(card.title, card.blurb, card.read_time_minutes, card.published_on) for card in listing.cards] == [
        (cards[0][0], cards[0][1], 3, "2024-05-24"),
        (cards[1][0], cards[1][1], 5, "2024-05-02"),
    ]


def test_ages_are_resolved_against_the_fetch_time_and_marked() -> None:
    text = "Latest\nFerries for everyone\n3 days ago\n7 min read\nTrees before cars\n2 hours ago\n4 min read"
    listing = extract_text_listing(text, PAGE, fetched_at=datetime(2024, 6, 1, 12, tzinfo=UTC))
    assert [card.published_on for card in listing.cards] == ["2024-05-29", "2024-06-01"]
    assert [card.origin["published_on"] for card in listing.cards] == ["text (relative)"] * 2
    assert [card.title for card in listing.cards] == ["Ferries for everyone", "Trees before cars"]


def test_the_same_card_twice_is_one_card() -> None:
    body = "\n\n".join("{title}\n{blurb}\n{read}".format(**card) for card in [CARDS[0], *CARDS])
    check(extract_text_listing(f"{MENU}\n{body}\n{FOOTER}", PAGE), ["title", "blurb", "read"])


def test_one_card_alone_is_found() -> None:
    listing = extract_text_listing(
        f"{MENU}\n\nFerries for everyone\nHarbour towns want a say in how the new ferry lines are drawn, say residents.\n7 minute read{FOOTER}",
        PAGE,
    )
    check(listing, ["title", "blurb", "read"], CARDS[:1])


def test_an_article_is_not_a_list() -> None:
    paragraph = "The towns along the coast have asked for a say in how the ferry lines are drawn. " * 5
    listing = extract_text_listing(
        "Ferries for everyone\nBy Ana Lind\n24 May 2024\n7 minute read\n\n" + "\n\n".join([paragraph] * 6), PAGE
    )
    assert (listing.cards, listing.verdict) == ((), Verdict.ARTICLE)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", Verdict.EMPTY),
        (" \n\n ", Verdict.EMPTY),
        ("Home\nAbout us\nContact", Verdict.NOTHING_FOUND),
        ("Welcome to our network. We are forty towns on one coast.\nContact us", Verdict.NOTHING_FOUND),
        ("News (120) Opinion (14) Publications (33)", Verdict.NOTHING_FOUND),
        ("© 2026 City Network. Last updated 24 May 2024", Verdict.NOTHING_FOUND),
    ],
)
def test_furniture_is_no_card(text: str, verdict: Verdict) -> None:
    listing = extract_text_listing(text, PAGE)
    assert (listing.cards, listing.verdict) == ((), verdict)
    assert listing.reason


PIECES = st.sampled_from(["7 minute read", "24 May 2024", "News", "News (3)", "# ", "[a](b)", "A sentence that ends here and is long enough to be prose.", "Short title", "\n", "\n\n", " · ", "By Ana Lind", "Load more", " ", "- "])  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_read_twice_the_same_and_no_field_is_empty(text: str) -> None:
    listing = extract_text_listing(text, PAGE)
    assert listing == extract_text_listing(text, PAGE)
    for number, card in enumerate(listing.cards, 1):
        assert card.position == number
        assert card.title or card.blurb
        assert "" not in (card.title, card.blurb, card.category, card.author, card.url, card.published_raw, card.read_time_raw)


HOSTILE = {
    "many facets": " ".join(
        f"Label{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)} ({n % 999})" for n in range(4_000)
    )
    + "\nA line" * 12_000,
    "many kinds of counters": "\n".join(
        f"{n} {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(6_000)
    ),
    "numbered links": "[1]a\n" * 8_000 + "References\n" + "   1. https://cities.example/\n" * 1_000,
    "list marks in one line": ("• " + "word " * 14) * 1_000,
    "broken lines": ("word " * 15 + "and\n") * 1_000,
    "headlines and teasers": "Ferries for everyone\n\nHarbour towns want a say in how the new ferry lines are drawn.\n\n" * 1_000,
    "dates between sentences": "24 May 2024 Ferries for everyone ask for more. " * 1_500,
    "minutes beside dates": "24 May 2024 · 4 min\n" * 2_000,
    "reading times": "7 minute readA " * 5_000,
    "facets": "News (1) " * 22_000,
    "dates": "24 May 2024\n" * 6_000,
    "dates in one line": "24 May 2024 " * 6_000,
    "labels in one line": "News (1) Opinion (2)\n" + "News " * 40_000,
    "lines": "a\n" * 20_000,
    "brackets": "[" * 200_000,
    "image brackets": "![(" * 66_000,
    "links": "- [a](b)\n" * 8_000,
    "open links": "[a](((" * 33_000,
    "stars": "**" * 100_000,
    "capitals": "Aa " * 66_000 + "b. 7 min readB c. 3 min read",
    "one long line": "word " * 40_000 + ". 7 min read",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    assert extract_text_listing(text, PAGE).reason
