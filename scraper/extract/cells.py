"""A card's text as lines and cells, each with its place inside the card, so that cards can be compared down a column."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scraper.extract.anchors import Anchors
from scraper.extract.shingles import Shingles, stable_class
from scraper.extract.text import fold, join, runs_of, text_of
from scraper.extract.walk import BLOCKS, Tree

_SEPARATORS = re.compile(r"\s*[·•|⋅∙●▪◦¦┃│]\s*|\s+[—–/-]\s+|^\s*[—–/-]\s+|\s+[—–/-]\s*$|\s*/\s*$|^\s*/\s*")
# A cheap no for most texts: a bar or dot, or a dash or stroke with white space or the text's end on one side.
_MAY_DIVIDE = re.compile(r"[·•|⋅∙●▪◦¦┃│—–/-](?:(?<![—–/-])|(?!\S)|(?<!\S.))")
_COUNTED = frozenset(("td", "th", "div"))
HAS_WORD = re.compile(r"\w")


def divided(text: str) -> list[str]:
    """`text` cut at its dots, bars and dashes; itself where there are none, as in most texts."""
    return _SEPARATORS.split(text) if _MAY_DIVIDE.search(text) else [text]


@dataclass(slots=True)
class Cell:
    """A run of text inside one line: what stands between element borders and separators."""

    node: int  # its text node
    text: str
    place: int  # where its element stands in the card; equal places make a column
    link: int  # the link that holds it, or -1
    glued: bool = False  # nothing but an element border parts it from the cell before
    beside_date: bool = False  # a date stands on the same line
    filed: bool = False  # words like "posted in" stand before it


@dataclass(slots=True)
class Line:
    """What stands on one line of a card."""

    nodes: list[int]  # text nodes
    text: str
    block: int  # the element that makes the line
    place: int
    heading: int  # the heading it stands in, or -1
    link: int  # the one link that holds all of it, or -1


@dataclass(slots=True)
class Scan:
    """A card's region and its lines."""

    start: int
    end: int
    lines: list[Line]


class Scanner:
    """Cuts card regions of one page into lines and cells."""

    def __init__(self, tree: Tree, anchors: Anchors, shingles: Shingles) -> None:
        self.tree, self.anchors, self.shingles = tree, anchors, shingles
        self.headings = frozenset(tree.headings)
        self._scripted = frozenset(node for node in anchors.all_keys if tree.tags[node] != "a")  # links by `onclick`
        self._places: dict[tuple[int, int, int], int] = {}
        self._in_card: dict[int, dict[int, int]] = {}  # card -> element -> its place below the card

    def scan(self, start: int, end: int) -> Scan:
        tree = self.tree
        parents, tags = tree.parents, tree.tags
        lines: list[Line] = []
        for run in runs_of(tree, start, end):
            text = join(tree, run)
            if not text:
                continue
            first = parents[run[0]]
            block = first
            link = heading = -1
            while block > start and tags[block] not in BLOCKS:
                if link < 0 and tags[block] == "a":
                    link = block
                block = parents[block]
            outer = block
            while outer >= start:
                if heading < 0 and outer in self.headings:
                    heading = outer
                if link < 0 and tags[outer] == "a":
                    link = outer
                outer = parents[outer]
            if link >= 0 and run[-1] >= tree.ends[link]:
                link = -1
            holder = self._holder(run, first, block)
            lines.append(Line(run, text, block, self.place(holder, start), heading, link))
        return Scan(start, end, lines)

    def _holder(self, run: list[int], first: int, block: int) -> int:
        """The element that tells the line's place: its block, or what holds all of it inside a block of several lines, which
        `br` or a picture parts, as in `<span>Label</span><br><i>Teaser</i>`."""
        tree = self.tree
        if first == block or tree.count(tree.text_nodes, block) == len(run):
            return block
        while tree.ends[first] <= run[-1]:
            first = tree.parents[first]
        return max(first, block)

    def cells(self, line: Line, start: int) -> list[Cell]:
        """`line` cut at element borders and separators."""
        tree = self.tree
        parents, tags, texts = tree.parents, tree.tags, tree.texts
        cells: list[Cell] = []
        glued = False
        for node in line.nodes:
            owner = link = parents[node]
            while link > start and tags[link] != "a" and link not in self._scripted:
                link = parents[link]
            if link not in self.anchors.all_keys:
                link = -1
            place = line.place if owner == line.block else self.place(owner, start)
            text = texts[node]
            if not _MAY_DIVIDE.search(text):
                part = text_of(tree, node)
                if HAS_WORD.search(part):
                    cells.append(Cell(node, part, place, link, glued))
                    glued = True
                continue
            for at, part in enumerate(_SEPARATORS.split(text)):
                glued = glued and at == 0
                part = fold(part)
                if part and HAS_WORD.search(part):
                    cells.append(Cell(node, part, place, link, glued))
                    glued = True
        return cells

    def place(self, node: int, top: int) -> int:
        """The number of `node`'s place below `top`; the same for elements that stand alike in two cards."""
        known = self._in_card.get(top)
        if known is None:
            known = self._in_card[top] = {}
        elif node in known:
            return known[node]
        parents, tags, steps = self.tree.parents, self.tree.tags, []
        while node > top and node not in known:
            steps.append(node)
            node = parents[node]
        number = known.get(node, 0)
        kinds, places = self.shingles.kinds, self._places
        for step in reversed(steps):
            rank = self._rank(step) if tags[step] in _COUNTED else 0
            number = known[step] = places.setdefault((number, kinds[step], rank), len(places) + 1)
        return number

    def _rank(self, node: int) -> int:
        """How many like elements stand before it under its parent, where only that tells columns apart: table cells, and `div`s
        without a class. 0 for all others: of paragraphs and spans some cards have more than others."""
        tree, kinds = self.tree, self.shingles.kinds
        if tree.tags[node] == "div" and stable_class(tree.classes[node]):
            return 0
        parent = tree.parents[node]
        child, before = parent + 1, 0
        while child < node:
            before += kinds[child] == kinds[node]
            child = tree.ends[child]
        return before
