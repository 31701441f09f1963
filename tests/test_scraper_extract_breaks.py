"""Lines parted by `<br>` as the cards of old pages."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.extract.breaks import own_lines
from scraper.extract.text import fold
from scraper.extract.walk import walk


def lines_of(body: str) -> list[str]:
    """The words of the lines around the links of `body`."""
    tree = walk(LexborHTMLParser(f"<html><body>{body}</body></html>"))
    lines = own_lines(tree, tree.parents[tree.anchors[0]], tree.anchors)
    return [fold("".join(tree.texts[start:end])) for start, end in lines.values()]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        pytest.param(
            '1 May <a href="/1">Ferry</a><br>2 May <a href="/2">Pier</a><br>3 May <a href="/3">Buoy</a>',
            ["1 May Ferry", "2 May Pier", "3 May Buoy"],
            id="date and link",
        ),
        pytest.param(
            '<p>Menu</p>1 <a href="/1">a</a><br>2 <a href="/2">b</a><hr>3 <a href="/3">c</a><div>end</div>',
            ["1 a", "2 b", "3 c"],
            id="between blocks",
        ),
        pytest.param('<a href="/1">a</a><br><a href="/2">b</a><br><a href="/3">c</a>', [], id="nothing beside the links"),
        pytest.param('1 <a href="/1">a</a> or <a href="/2">b</a><br>3 <a href="/3">c</a>', [], id="two on a line"),
        pytest.param('1 <a href="/1">a</a><br>2 <a href="/2">b</a>', [], id="too few"),
    ],
)
def test_lines_are_the_cards_where_each_holds_one_link_and_more(body: str, lines: list[str]) -> None:
    assert lines_of(body) == lines
