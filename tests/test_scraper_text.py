"""Cards from plain text: the rhythm of what recurs, in whatever order the fields stand."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import extract_text_listing
from scraper.cards import Card, Listing, Verdict

PAGE = "https://cities.example/latest/"

CARDS = [
    {"category": "News", "date": "24 May 2024", "title": "Ferries for everyone", "blurb": "Harbour towns want a say in how the new ferry lines are drawn, say residents.", "read": "7 minute read"},
    {"category": "Opinion", "date": "22 May 2024", "title": "Trees before cars", "blurb": "A new plan for the harbour quarter puts trees where the car parks were.", "read": "4 minute read"},
    {"category": "News", "date": "20 May 2024", "title": "What the night buses changed", "blurb": "Less noise and more sleep, but who pays for the drivers after midnight?  The towns disagree.", "read": "12 minute read"},
    {"category": "News", "date": "17 May 2024", "title": "Nine mayors, one heat plan", "blurb": "They met in Lindwick to compare notes on shade, water and opening hours.", "read": "< 1 minute read"},
]  # fmt: skip
MENU = "City Network\nHome\nAbout us\nMembers\nLatest\nNews (120)\nOpinion (14)\n"
FOOTER = "\nLoad more\nPrivacy policy\n© 2026 City Network\nFollow us on the usual networks"
FULL = {"category": "category", "date": "published_on", "title": "title", "blurb": "blurb", "read": "read_time_minutes"}


def expected(card: dict[str, str], fields: list[str]) -> dict[str, object]:
    values: dict[str, object] = {
        "category": card["category"],
        "published_on": f"2024-05-{card['date'][:2]}",
        "title": card["title"],
        "blurb": " ".join(card["blurb"].split()),
        "read_time_minutes": int("".join(filter(str.isdigit, card["read"]))),
    }
    return {name: values[name] for name in (FULL[field] for field in fields)}


def shown(card: Card, fields: list[str]) -> dict[str, object]:
    return {FULL[field]: getattr(card, FULL[field]) for field in fields}


def check(listing: Listing, fields: list[str], cards: list[dict[str, str]] = CARDS) -> None:
    assert [shown(card, fields) for card in listing.cards] == [expected(card, fields) for card in cards]
    assert [card.position for card in listing.cards] == list(range(1, len(cards) + 1))
    assert listing.verdict is Verdict.LISTING
    for field in FULL.keys() - set(fields):
        assert all(getattr(card, FULL[field]) is None for card in listing.cards)


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


def test_a_label_above_every_headline_is_a_category_though_none_recurs() -> None:
    text = """Latest
News
24 May 2024
A fresh start for the docks
The old harbour gets a plan and a budget, and neighbours get a say.
8 minute read
Opinion
22 May 2024
Why mayors should walk
A column on the virtues of slow politics.
4 minute read
Press release
21 May 2024
Members elect new president
The general assembly chose the mayor of Tarnby.
1 minute read
Next"""
    cards = extract_text_listing(text, "https://cities.example/latest/").cards
    assert [(card.category, card.published_on, card.title, card.read_time_minutes) for card in cards] == [
        ("News", "2024-05-24", "A fresh start for the docks", 8),
        ("Opinion", "2024-05-22", "Why mayors should walk", 4),
        ("Press release", "2024-05-21", "Members elect new president", 1),
    ]


def test_one_unknown_label_among_known_ones_is_a_category_and_the_page_heading_is_no_title() -> None:
    text = """Latest

24 May 2024 | News
Cities lead on nature restoration
Mayors call for a vote in favour of the law.
8 minute read

23 May 2024 | News
Warm homes for all
A programme renovates the worst buildings first.
5 minute read

21 May 2024 | Opinion
What the elections mean for cities
The next parliament will decide on housing.
3 minute read
"""
    cards = extract_text_listing(text, "https://cities.example/latest/").cards
    assert [(card.category, card.title) for card in cards] == [
        ("News", "Cities lead on nature restoration"),
        ("News", "Warm homes for all"),
        ("Opinion", "What the elections mean for cities"),
    ]


def card_texts(listing: Listing) -> list[tuple[str | None, str | None]]:
    return [(card.title, card.blurb) for card in listing.cards]


TITLES_AND_BLURBS = [(card["title"], " ".join(card["blurb"].split())) for card in CARDS]


@pytest.mark.parametrize("between", ["\n", "\n\n"], ids=["lines", "blank lines"])
@pytest.mark.parametrize("apart", ["\n", "\n\n", "\n\n\n"], ids=["lines", "blank lines", "two blank lines"])
def test_headlines_and_teasers_in_turn_are_cards_and_the_page_heading_is_none(between: str, apart: str) -> None:
    body = apart.join(between.join(pair) for pair in TITLES_AND_BLURBS)
    heading = f"Latest{between}Read the news and the views of our towns.{apart}News (12) Opinion (3)"
    listing = extract_text_listing(f"{heading}{apart}{body}{apart}Load more", PAGE)
    assert card_texts(listing) == TITLES_AND_BLURBS
    assert any("unsure" in problem for problem in listing.problems)
    assert {card.confidence for card in listing.cards} == {0.5}


def test_a_headline_that_ends_as_a_sentence_does_is_told_by_the_longer_text_under_it() -> None:
    pairs = [
        *TITLES_AND_BLURBS,
        (
            "Ferries cost more than trains. Again.",
            "A study of nine lines finds that fares have risen twice as fast as wages, and says why.",
        ),
    ]
    listing = extract_text_listing("\n\n".join(f"{title}\n\n{blurb}" for title, blurb in pairs), PAGE)
    assert card_texts(listing) == pairs


def test_questions_with_answers_and_an_article_with_headings_are_no_cards() -> None:
    questions = "\n\n".join(f"{title}?\n\n{blurb}" for title, blurb in TITLES_AND_BLURBS)
    assert extract_text_listing(questions, PAGE).cards == ()
    article = "\n\n".join(f"{title}\n\n{blurb}\n\n{' '.join([blurb] * 3)}\n\n{blurb}" for title, blurb in TITLES_AND_BLURBS)
    assert extract_text_listing(article, PAGE).cards == ()


PARAGRAPH = (
    "The towns along the coast have asked for a say in how the ferry lines are drawn, and for the money to run them at night. "
    * 2
)


@pytest.mark.parametrize(
    "text",
    [
        f"24 May 2024\n3 min read\n\nFerries for everyone\n\n{PARAGRAPH}\n\n{PARAGRAPH}\n\nBy night\n\n{PARAGRAPH}",
        f"{PARAGRAPH}\n\n{PARAGRAPH}\n\nReading time: 3 minutes\n\nBy night\n\n{PARAGRAPH}\n\n{PARAGRAPH}",
    ],
    ids=["above the article", "inside the article"],
)
def test_one_reading_time_among_paragraphs_is_the_articles_own(text: str) -> None:
    listing = extract_text_listing(text, PAGE)
    assert (listing.cards, listing.verdict) == ((), Verdict.ARTICLE)


def test_lines_that_a_text_browser_broke_are_joined_and_its_numbered_links_lead_somewhere() -> None:
    text = """
     * [1]Home
     * [2]About us

   [3]Ferries for everyone, and trees where the car parks were until last
   spring

   Harbour towns want a say in how the new ferry lines are drawn, and their
   residents say why in a letter of nine pages to the ministry.

   24 May 2024 - 7 minute read

   [4]Nine mayors, one heat plan

   They met in Lindwick to compare notes on shade, on water and on opening
   hours, and left with a list of what each of them will try.

   17 May 2024 - 4 minute read

   [5]Privacy policy

References

   1. https://cities.example/
   2. https://cities.example/about/
   3. https://cities.example/latest/ferries/
   4. https://cities.example/latest/heat/
   5. https://cities.example/privacy/
"""
    assert [(card.title, card.url, card.blurb, card.read_time_minutes) for card in extract_text_listing(text, PAGE).cards] == [
        ("Ferries for everyone, and trees where the car parks were until last spring", "https://cities.example/latest/ferries/", "Harbour towns want a say in how the new ferry lines are drawn, and their residents say why in a letter of nine pages to the ministry.", 7),
        ("Nine mayors, one heat plan", "https://cities.example/latest/heat/", "They met in Lindwick to compare notes on shade, on water and on opening hours, and left with a list of what each of them will try.", 4),
    ]  # fmt: skip


def test_rows_of_one_width_are_not_taken_for_broken_lines() -> None:
    rows = [("05/24/2024", "Hydrants repainted after a petition by pupils"), ("05/11/2024", "Main street valve replaced without one detour"), ("04/28/2024", "Drought status lifted for the upper basin here"), ("02/09/2024", "Last two meter readers retire on the same day")]  # fmt: skip
    listing = extract_text_listing("\n".join("  ".join(row) for row in rows), PAGE)
    assert [card.title for card in listing.cards] == [title for _, title in rows]


@pytest.mark.parametrize("glue", ["", " "], ids=["glued", "spaced"])
def test_dates_in_one_long_line_tell_cards_apart(glue: str) -> None:
    line = glue.join("{category}{glue}{date}{glue}{blurb}".format(**card, glue=glue) for card in CARDS)
    check(extract_text_listing(f"News (12) Opinion (3)\n{line}", PAGE), ["category", "date", "blurb"])


def test_dates_that_sentences_tell_about_divide_nothing() -> None:
    line = "The plan adopted on 24 May 2024 by the council replaces that of 2 March 2019, which the court had stopped on 7 June 2021 for good. It ends in 2030."
    assert extract_text_listing(line, PAGE).cards == ()


def test_list_marks_in_one_long_line_begin_cards() -> None:
    line = " ".join("• {category} {date} {blurb} {read}".format(**card) for card in CARDS)
    check(extract_text_listing(f"Read our news. {line}", PAGE), ["category", "date", "blurb", "read"])


def test_counts_of_words_and_comments_are_no_part_of_a_card() -> None:
    form = "Posted 2024-05-{day}{minutes} minutes read (About {words} words)\n{title}\n{blurb}\n{comments} comments\nRead more"
    body = "\n\n".join(
        form.format(**card, day=card["date"][:2], minutes=card["read"].split()[-3], words=400 + 7 * number, comments=number)
        for number, card in enumerate(CARDS)
    )
    check(extract_text_listing(f"Home\n{body}", PAGE), ["date", "title", "blurb", "read"])


def test_hash_tags_under_a_card_are_categories_and_plain_words_there_are_no_blurb() -> None:
    tagged = "\n\n".join(f"{card['title']}\n{card['blurb']}\n{card['date']} - {card['read']}\n#harbour #ferry" for card in CARDS)
    assert {card.category for card in extract_text_listing(tagged, PAGE).cards} == {"harbour"}
    words = "\n\n".join(f"{card['title']}\n{card['blurb']}\n{card['date']} - {card['read']} -\nharbour {number} ferry" for number, card in enumerate(CARDS))  # fmt: skip
    check(extract_text_listing(words, PAGE), ["date", "title", "blurb", "read"])


def test_bare_minutes_are_reading_times_where_they_stand_beside_the_dates_of_a_column() -> None:
    body = "\n\n".join(
        f"{card['title']}\n\n{card['blurb']}\n\n{card['date']} · {number} min" for number, card in enumerate(CARDS, 3)
    )
    assert [card.read_time_minutes for card in extract_text_listing(body, PAGE).cards] == [3, 4, 5, 6]
    recipes = "\n\n".join(f"{card['title']}\n\n{card['blurb']}\n\n{number} min" for number, card in enumerate(CARDS, 3))
    assert {card.read_time_minutes for card in extract_text_listing(recipes, PAGE).cards} == {None}
    films = "\n\n".join(
        f"{card['title']}\n\n{card['blurb']}\n\n{card['date']} · {number} min" for number, card in enumerate(CARDS, 45)
    )
    assert {card.read_time_minutes for card in extract_text_listing(films, PAGE).cards} == {None}


GLUED = {
    "el": ("Οι πόλεις ζητούν λόγο για τις νέες γραμμές.", "3 λεπτά ανάγνωσης"),
    "he": ("הערים מבקשות מילה על הקווים החדשים.", "3 דקות קריאה"),
    "ar": ("تطلب المدن كلمة في الخطوط الجديدة.", "3 دقائق للقراءة"),
    "pl": ("Miasta chcą mieć głos w sprawie nowych linii.", "3 min czytania"),
    "ru": ("Города хотят участвовать в выборе новых линий.", "3 мин чтения"),
    "zh": ("各城市希望对新航线的规划有发言权，并说明了理由。", "阅读时间 3 分钟"),
}


@pytest.mark.parametrize(("blurb", "read"), GLUED.values(), ids=GLUED)
def test_reading_times_run_into_the_next_blurb_in_any_script(blurb: str, read: str) -> None:
    blurbs = [f"{blurb[:-1]} {minutes}{blurb[-1]}" for minutes in (3, 4, 5)]
    text = "".join(f"{own}\n{read.replace('3', own[-2])}" for own in blurbs)
    cards = extract_text_listing(text, PAGE).cards
    assert [(card.title, card.blurb, card.read_time_minutes) for card in cards] == [(None, own, int(own[-2])) for own in blurbs]


UNMARKED = st.sampled_from(["7 minute read", "24 May 2024", "News", "News (3)", "A sentence that ends here and is long enough to be prose.", "Another one, that is as long as the first and ends as well.", "Short title", "Shorter", "\n", "\n\n", " · ", "By Ana Lind", "Load more", " "])  # fmt: skip


@given(st.lists(UNMARKED, max_size=40).map("".join))
def test_what_cards_say_stands_in_the_text_and_in_its_order(text: str) -> None:
    squeezed = "".join(text.split())
    place = 0
    for card in extract_text_listing(text, PAGE).cards:
        first = "".join((card.title or card.blurb or "").split())[:20]
        place = squeezed.find(first, place)
        assert place >= 0


NAMES = ["Ana Lind", "Bo Vang and Mira Holt", "Iris Tal", "Jon Ekdal"]


@pytest.mark.parametrize("above", [True, False], ids=["above the headline", "under the blurb"])
def test_names_that_stand_before_the_dates_are_authors(above: bool) -> None:
    lines = [(f"{name} {card['date']}", card["title"], card["blurb"]) for name, card in zip(NAMES, CARDS, strict=True)]
    body = "\n\n".join("\n\n".join(card if above else (*card[1:], card[0])) for card in lines)
    cards = extract_text_listing(f"Latest\n\n{body}\n\nLoad more", PAGE).cards
    assert [(card.author, card.published_on, card.title, card.category) for card in cards] == [
        (name, f"2024-05-{card['date'][:2]}", card["title"], None) for name, card in zip(NAMES, CARDS, strict=True)
    ]


def test_a_word_before_each_date_is_a_category_though_none_recurs() -> None:
    words = ["Transport", "Trees", "Night life", "Heat"]
    body = "\n\n".join(
        f"{card['title']}\n{word} // {card['date']}\n\n{card['blurb']}" for word, card in zip(words, CARDS, strict=True)
    )
    cards = extract_text_listing(f"Latest\n\n{body}\n\nLoad more", PAGE).cards
    assert [(card.category, card.title, card.blurb) for card in cards] == [
        (word, card["title"], " ".join(card["blurb"].split())) for word, card in zip(words, CARDS, strict=True)
    ]


def test_author_and_source_by_their_names_are_no_headlines() -> None:
    body = "\n\n".join(f"{card['title']}\n\n{card['blurb']}\n\nAuthor: {name}\nSource: The Quay\nPublished: {card['date']}\nLength: {number} minutes (4,{number}00 words)" for number, (name, card) in enumerate(zip(NAMES, CARDS, strict=True), 3))  # fmt: skip
    cards = extract_text_listing(body, PAGE).cards
    assert [(card.title, card.author, card.read_time_minutes, card.published_on) for card in cards] == [
        (card["title"], name, number, f"2024-05-{card['date'][:2]}")
        for number, (name, card) in enumerate(zip(NAMES, CARDS, strict=True), 3)
    ]
