"""Which families of cards are read at all: none that would be a list is left unread, and what can't be one costs no reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.extract.choose import choose, judge, judge_hopeful, plausible
from scraper.extract.evidence import at_most
from scraper.extract.groups import Family, find_families
from scraper.extract.page import PageView
from scraper.extract.walk import walk
from scraper.extract.weights import WEIGHTS

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
CASES = sorted(folder.name for folder in PAGES.iterdir() if (folder / "truth.json").is_file())


def looked_at(html: str, url: str) -> tuple[PageView, list[Family]]:
    view = PageView(walk(LexborHTMLParser(html)), url)
    return view, find_families(view.tree, view.anchors, view.shingles)


@pytest.mark.parametrize("case", CASES)
def test_reading_every_family_would_find_no_other_list(case: str) -> None:
    html = (PAGES / case / "page.html").read_text(encoding="utf-8", errors="replace")
    url = json.loads((PAGES / case / "truth.json").read_text(encoding="utf-8"))["base_url"]
    view, families = looked_at(html, url)
    some = choose(view, judge_hopeful(view, families))
    every = choose(view, [judge(view, family) for family in families if plausible(view, family)])
    assert [(one.family.cards, one.score) for one in some] == [(one.family.cards, one.score) for one in every]


def test_the_bound_counts_with_everything_that_speaks_for_a_list() -> None:
    view, families = looked_at(f"<body>{LIST}</body>", "https://harbour.example/news")
    assert {name for name, weight in WEIGHTS.items() if weight > 0} <= at_most(view, families[0]).keys()


MENU = (
    "<nav><ul>"
    + "".join(f"<li><a href=/{word}>{word}</a></li>" for word in ("News", "Sport", "Culture", "About"))
    + "</ul></nav>"
)
STORY = "<article class=card><h3><a href=/2026/05/{0}-long-slug-of-a-story>The harbour opens again, part {0}</a></h3><time>2{0} May 2026</time><p>A few words of text that say more about it.</p></article>"
LIST = "<main>" + "".join(map(STORY.format, range(1, 6))) + "</main>"
LONE = "<article class=card><a href=/the-mill-is-for-sale-again>The mill is for sale again</a></article>"


def test_a_menu_is_not_read() -> None:
    view, families = looked_at(f"<body>{MENU}{LIST}</body>", "https://harbour.example/news")
    assert [len(judged.drafts) for judged in judge_hopeful(view, families)] == [5]


def test_what_could_only_win_by_its_likeness_is_read_where_a_sure_list_is_built_like_it() -> None:
    read = {}
    for name in ("card", "story"):
        page = LIST.replace("class=card", f"class={name}") + f"<section>{LONE}</section>"
        view, families = looked_at(f"<body>{page}</body>", "https://harbour.example/news")
        read[name] = [judged.drafts[0].title for judged in judge_hopeful(view, families)]
    assert read == {
        "card": ["The harbour opens again, part 1", "The mill is for sale again"],
        "story": ["The harbour opens again, part 1"],
    }
