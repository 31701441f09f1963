"""The parts of extraction: the limits before the parser, the walk, the words of a subtree, pictures, structured data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper.extract.images import find_images, stopgaps
from scraper.extract.limits import MAX_CHARS, MAX_DEPTH, too_much
from scraper.extract.marks import HIDDEN, NAV, UNSEEN, address_in_script, of_names
from scraper.extract.markup import marked_stories, parse_blocks, top_types
from scraper.extract.shingles import Shingles, stable_class
from scraper.extract.text import fold, text_of, words
from scraper.extract.walk import Tree, walk
from scraper.extract.words import has_by, is_more, without_by, without_more
from scraper.listing import extract_listing


def tree_of(html: str) -> Tree:
    return walk(LexborHTMLParser(html))


def first(tree: Tree, tag: str) -> int:
    return tree.tags.index(tag)


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * (MAX_DEPTH + 1), id="never closed"),
        pytest.param("<div>" * (MAX_DEPTH + 1) + "</div>" * (MAX_DEPTH + 1), id="closed at the end"),
        pytest.param("<DIV>" * (MAX_DEPTH + 1), id="capitals"),
        pytest.param("<p><b>" * (MAX_DEPTH + 1), id="formatting that paragraphs open again"),
        pytest.param("<ul><li>" * (MAX_DEPTH + 1), id="lists in lists"),
        pytest.param("<div a='>" * (2 * MAX_DEPTH), id="quotes that never end"),
        pytest.param(("<div>" * 1900 + "</span>" * 1900 + "<span>" * 1900) * 10, id="end tags that close nothing"),
        pytest.param("<svg>" + "<path>" * (MAX_DEPTH + 1), id="drawings"),
        pytest.param("x" * (MAX_CHARS + 1), id="size"),
    ],
)
def test_what_could_hang_the_parser_is_refused_before_it(html: str) -> None:
    assert too_much(html) is not None


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div><p>One<p>Two<br><img src=a></div>" * 5000, id="many, flat"),
        pytest.param("<table>" + "<tr><td>1<td>2" * 20_000 + "</table>", id="rows without end tags"),
        pytest.param("<ul>" + "<li>one" * 20_000 + "</ul>", id="items without end tags"),
        pytest.param("<svg>" + "<path d='M0 0'/>" * 5000 + "</svg>", id="drawings that end themselves"),
        pytest.param("<div>" * 400 + "</div>" * 400, id="as deep as pages come"),
    ],
)
def test_large_honest_pages_pass(html: str) -> None:
    assert too_much(html) is None


# ---------------------------------------------------------------- the walk


@given(
    st.recursive(
        st.sampled_from(["<br>", "text", "<img src=a>"]),
        lambda inner: st.lists(inner, max_size=4).map(lambda parts: "<div>" + "".join(parts) + "</div>"),
    )
)
def test_subtrees_are_slices(html: str) -> None:
    tree = tree_of(html)
    for node in range(1, len(tree.tags)):
        parent = tree.parents[node]
        assert parent < node < tree.ends[node] <= tree.ends[parent]


def test_what_is_not_the_page_s_text_is_left_out() -> None:
    tree = tree_of(
        "<body>a<script>b</script><style>c</style><template><p>d</p></template><svg><title>e</title></svg><noscript>f</noscript><!-- g --><p>h</p></body>"
    )
    assert text_of(tree, 0) == "a h"


def test_a_noscript_picture_counts_and_its_text_does_not() -> None:
    tree = tree_of("<body><noscript><img src='/a.jpg'>text</noscript></body>")
    assert [tree.attrs[node]["src"] for node in tree.images] == ["/a.jpg"]


def test_facts_of_the_head_are_kept_even_where_a_noscript_picture_ends_it_early() -> None:
    tree = tree_of("<head><noscript><img src=x></noscript><link rel=canonical href=/a><base href=/b><title> T  t </title></head>")
    assert tree.head_links == [{"rel": "canonical", "href": "/a"}]
    assert (tree.base_href, tree.title) == ("/b", "T t")


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>So\u00adft hy\u00adphens</p>", "Soft hyphens"),
        ("<p><span>Per</span> <span>word</span></p>", "Per word"),
        ("<p>In<b>side</b> a word</p>", "Inside a word"),
        ("<div><p>One</p><p>Two</p></div>", "One Two"),
        ("<p>One<br>Two</p>", "One Two"),
        ("<p>Shown <span hidden>not</span><span style='display:none'>nor</span> this</p>", "Shown this"),
        ("<p>Shown <span class='sr-only'>read aloud</span></p>", "Shown"),
    ],
)
def test_words_are_those_a_reader_sees(html: str, text: str) -> None:
    assert text_of(tree_of(html), 0) == text


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_scripts_without_spaces_have_words_too() -> None:
    assert words("新しい港湾ターミナルの運用開始") > 5
    assert words("Harbour reopens after storm") == 4


@pytest.mark.parametrize(
    "text", ["Read more", "READ MORE »", "Weiterlesen …", "続きを読む", "Читать далее", "اقرأ المزيد", "→", "›"]
)
def test_calls_to_read_on_are_known_in_many_languages(text: str) -> None:
    assert is_more(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The ferry leaves at noon. Read more", "The ferry leaves at noon."),
        ("The ferry leaves ... Read More »", "The ferry leaves ..."),
        ("Die Fähre legt ab […] Weiterlesen", "Die Fähre legt ab […]"),
        ("Nobody wants to Read more", "Nobody wants to"),
        ("Nobody wants to read more", "Nobody wants to read more"),
        ("Plain end.", "Plain end."),
    ],
)
def test_the_call_at_the_end_of_a_text_goes(text: str, kept: str) -> None:
    assert without_more(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "By Mira Holt",
        "Von Mira Holt",
        "par Mira Holt",
        "Автор: Mira Holt",
        "文：Mira Holt",
        "Posted by Mira Holt",
        "Autor: Mira Holt",
        "מאת Mira Holt",
    ],
)
def test_bylines_lose_their_by(text: str) -> None:
    assert has_by(text)
    assert without_by(text) == "Mira Holt"


# ---------------------------------------------------------------- names and marks


@pytest.mark.parametrize(
    ("names", "stable"),
    [
        ("post-123 post hentry category-city", "post-"),
        ("post-9 post hentry", "post-"),
        ("teaser teaser--large is-active", "teaser teaser--large"),
        ("css-1x2y3z Card", "Card"),
        ("col-md-4 item7", "col-md- item"),
        ("item-news__title post-title", "item-news__title post-title"),
        ("Card_title__3fG7h styles_card__XyZab", ""),
    ],
)
def test_class_names_of_one_card_do_not_tell_places_apart(names: str, stable: str) -> None:
    assert stable_class(names) == stable


def test_a_block_shown_on_some_screens_is_not_hidden() -> None:
    assert of_names("hidden") & HIDDEN
    assert not of_names("hidden md:block") & HIDDEN
    assert of_names("a-u-sr-only") & UNSEEN
    assert of_names("main-nav") & NAV


@pytest.mark.parametrize(
    ("script", "address"),
    [
        ("location.href='/a'", "/a"),
        ('window.location = "https://news.example/a";', "https://news.example/a"),
        ("window.open('/a', '_blank')", "/a"),
        ("toggle(this)", None),
    ],
)
def test_addresses_are_read_from_scripts_only_where_they_are_written_out(script: str, address: str | None) -> None:
    assert address_in_script(script) == address


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("<img src='data:image/gif;base64,AA' data-src='/a.jpg'>", "https://n.example/a.jpg"),
        ("<img src='/blank.gif' data-lazy-src='/a.jpg'>", "https://n.example/a.jpg"),
        ("<img srcset='/s.jpg 300w, /l.jpg 1200w'>", "https://n.example/l.jpg"),
        ("<div style=\"background-image: url('/bg.jpg')\"></div>", "https://n.example/bg.jpg"),
        ("<picture><source srcset='/a.webp'><img src='/a.jpg'></picture>", "https://n.example/a.jpg"),
        ("<img class='avatar' src='/me.jpg'><img src='/a.jpg'>", "https://n.example/a.jpg"),
        ("<img width=32 height=32 src='/i.png'>", None),
        ("<img src='/placeholder.png'><img src='/a.jpg'>", "https://n.example/a.jpg"),
        ("<img src='//cdn.example/a.jpg'>", "https://cdn.example/a.jpg"),
    ],
)
def test_the_story_s_picture_is_found_and_icons_are_not(html: str, address: str | None) -> None:
    tree = tree_of(html)
    found = find_images(tree, tree.images, "https://n.example/")
    assert (found[0][0] if found else None) == address


@pytest.mark.parametrize(
    ("uses", "dropped"),
    [
        ({"/no-image.png": 6}, {"/no-image.png"}),
        ({"/no-image.png": 1, "/a.jpg": 1, "/b.jpg": 1}, {"/no-image.png"}),
        ({"/placeholder-1.jpg": 1, "/placeholder-2.jpg": 1, "/placeholder-3.jpg": 1}, set()),
        ({"/placeholder-1.jpg": 4, "/placeholder-2.jpg": 1, "/placeholder-3.jpg": 1}, "all of them"),
        ({"/a.jpg": 6}, set()),
    ],
)
def test_files_called_placeholders_are_such_unless_each_card_has_another(uses: dict[str, int], dropped: object) -> None:
    assert stopgaps(uses, 1) == (uses.keys() if dropped == "all of them" else dropped)


@pytest.mark.parametrize(
    ("html", "called_navigation"),
    [
        ("<div class='nav-padding'><h2><a href='/a'>A story</a></h2><p>" + "Much text beside it. " * 30 + "</p></div>", False),
        ("<div class='mega-menu'><h2>Sections</h2>" + "<a href='/s'>One section of many</a> and " * 30 + "</div>", True),
        ("<div class='nav-padding'><p>" + "Much text and no heading. " * 30 + "</p><h2></h2></div>", False),
        ("<nav class='nav'><h2>A story</h2><p>" + "Much text in a real nav. " * 30 + "</p></nav>", True),
        (
            "<nav><div class='menu'><h2>A story</h2><p>" + "Text in a real nav. " * 30 + "</p></div></nav>",
            True,
        ),
    ],
)
def test_names_make_a_menu_only_of_what_does_not_read_on(html: str, called_navigation: bool) -> None:
    tree = tree_of(f"<main>{html}</main><footer>{'<a href=/x>A link</a>' * 40}</footer>")
    assert bool(tree.marks[first(tree, "h2")] & NAV) == called_navigation


def test_a_nav_element_in_what_is_only_named_so_stays_one() -> None:
    prose = "Much text beside the few links that there are. " * 20
    tree = tree_of(
        f"<div class='nav-padding'><nav><a href='/a'>About</a></nav><h2>A story</h2><p>{prose}</p></div>{'<a href=/x>A link</a>' * 40}"
    )
    assert tree.marks[tree.anchors[0]] & NAV
    assert not tree.marks[first(tree, "h2")] & NAV


# ---------------------------------------------------------------- structured data


def test_broken_structured_data_is_passed_over() -> None:
    assert parse_blocks(['{"a": ', '{"@type": "Blog"}', "[" * 100_000]) == [{"@type": "Blog"}]


def test_stories_are_found_in_lists_graphs_and_blogs_but_not_in_trails() -> None:
    blocks = parse_blocks(
        [
            '{"@graph": [{"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "item": {"@type": "Article", "url": "/no"}}]}]}',
            '{"@graph": [{"@type": "BlogPosting", "url": "/a", "timeRequired": "PT7M", "author": [{"name": "Ada Voss"}, {"name": "Bo Lind"}]}]}',
            '{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": {"@type": "NewsArticle", "headline": "B", "datePublished": "2026-05-01"}}]}',
        ]
    )
    stories = marked_stories(blocks, "https://n.example/")
    assert [(s.key, s.headline, s.published, s.minutes, s.author) for s in stories] == [
        ("https://n.example/a", "", "", 7, "Ada Voss, Bo Lind"),
        ("", "B", "2026-05-01", None, ""),
    ]
    assert top_types(blocks) == {"BreadcrumbList": 1, "BlogPosting": 1, "ItemList": 1}


def entries(markup: str) -> str:
    """Four cards of one kind, `n` being 1 to 4."""
    return "".join(markup.replace("{n}", str(n)) for n in range(1, 5))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            '<div class="hentry"><h2 class="entry-title"><a href="/{n}/">The harbour opens again {n}</a></h2><abbr class="published" title="2024-05-2{n}T10:00:00">Friday</abbr> <span class="author vcard"><span class="fn">Ana Moss</span></span></div>',
            {"published_on": "2024-05-21", "published_raw": "Friday", "author": "Ana Moss", "category": None},
        ),
        (
            '<div class="h-entry"><a class="u-url" href="/{n}"><data class="dt-published" value="2024-05-2{n}T10:00">10:0{n}</data></a><p class="p-name">The harbour opens again {n}</p><p class="p-summary">The dredger has left, and the ferries are back on time from Monday.</p><a class="p-author h-card" href="/">Ana Moss</a></div>',
            {
                "title": "The harbour opens again 1",
                "published_on": "2024-05-21",
                "blurb": "The dredger has left, and the ferries are back on time from Monday.",
                "author": "Ana Moss",
            },
        ),
        (
            '<div itemscope itemtype="https://schema.org/BlogPosting"><link itemprop="image" href="/i/{n}.jpg"><h3 itemprop="headline"><a href="/{n}/">The harbour opens again {n}</a></h3><span itemprop="datePublished" content="2024-05-2{n}">last week</span><span itemprop="timeRequired" content="PT{n}M">short</span><span itemprop="articleSection">Port {n}</span><span itemprop="author" itemscope><meta itemprop="name" content="Ana Moss"></span></div>',
            {
                "published_on": "2024-05-21",
                "read_time_minutes": 1,
                "read_time_raw": "PT1M",
                "author": "Ana Moss",
                "category": "Port 1",
                "image_url": "https://n.example/i/1.jpg",
            },
        ),
        (
            '<div itemscope><h3><a href="/{n}/">The harbour opens again {n}</a></h3><time itemprop="timeRequired" datetime="PT{n}M">{n} min</time></div>',
            {"published_on": None, "read_time_minutes": 1, "read_time_raw": "1 min"},
        ),
        (
            '<div typeof="schema:Article"><h2 property="schema:name"><a href="/{n}">The harbour opens again {n}</a></h2><span property="dc:date dc:created" content="2024-05-2{n}T10:00:00+00:00">Friday</span><span property="schema:author" content="Ana Moss"></span></div>',
            {"published_on": "2024-05-21", "author": "Ana Moss", "category": None},
        ),
        (
            '<div><h3><a href="/{n}/">The harbour opens again {n}</a></h3><p>The <abbr title="World Health Organization">WHO</abbr> was asked, and it had no objection at all.</p></div>',
            {"published_on": None, "blurb": "The WHO was asked, and it had no objection at all."},
        ),
    ],
    ids=["hAtom abbr", "h-entry data", "microdata", "time required", "RDFa", "a plain abbreviation"],
)
def test_attributes_meant_for_programs_tell_what_the_words_leave_open(markup: str, expected: dict[str, object]) -> None:
    cards = extract_listing(f"<html lang=en><main>{entries(markup)}</main></html>", "https://n.example/").cards
    assert len(cards) == 4
    assert {name: getattr(cards[0], name) for name in expected} == expected


def test_references_in_json_ld_are_followed() -> None:
    graph = [
        {"@type": "Person", "@id": "#ana", "name": "Ana Moss"},
        {"@type": "ImageObject", "@id": "https://n.example/#photo", "url": "https://n.example/i/1.jpg"},
        {"@type": "Article", "url": "/1", "author": {"@id": "#ana"}, "image": {"@id": "https://n.example/#photo"}},
        {"@type": "Article", "url": "/2", "author": {"@id": "#nobody"}, "image": {"@id": "https://n.example/#nothing"}},
    ]
    first, second = marked_stories([{"@graph": graph}], "https://n.example/")
    assert (first.author, first.image) == ("Ana Moss", "https://n.example/i/1.jpg")
    assert (second.author, second.image) == ("", "")


def test_a_date_that_may_be_read_in_two_ways_is_kept_as_shown_and_gives_no_day() -> None:
    rows = "".join(
        f'<article><h3><a href="/{n}-story">The harbour opens for boat {n}</a></h3><p>Ana Moss · 05/0{n}/2024 · 4 min read</p></article>'
        for n in range(1, 4)
    )
    listing = extract_listing(f"<main>{rows}</main>", "https://n.example/")
    assert [(card.published_on, card.published_raw) for card in listing.cards] == [(None, f"05/0{n}/2024") for n in range(1, 4)]
    assert listing.problems == ("3 dates could not be read, the first is '05/01/2024'",)


def test_made_up_class_names_that_recur_tell_the_list_from_what_stands_beside_it() -> None:
    tree = walk(
        LexborHTMLParser(
            "<div class='x3f9a12'></div><div class='x3f9a12'></div><div class='x3f9a12'></div><div class='x77b0c1'></div><div class='x9e1d44 card'></div><div class='card'></div>"
        )
    )
    shingles = Shingles(tree)
    kinds = [shingles.kind(node) for node in range(len(tree.tags)) if tree.tags[node] == "div"]
    assert len({*kinds[:3]}) == 1
    assert kinds[0] != kinds[3]  # it recurs, and the other doesn't
    assert kinds[4] == kinds[5]  # a name of its own says nothing
