"""Cards from plain text that says less: without a rhythm of dates and read times, in one long line, in lines that were broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_cards import CARDS, PAGE, card_texts, check

from scraper import extract_text_listing
from scraper.cards import Verdict


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
