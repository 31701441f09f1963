"""A parsed page with its elements numbered, and the ways to name an element in CSS: what recipes are learned on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.cards import Card
from scraper.extract.shingles import stable_class
from scraper.recipe import Reading
from scraper.recipe_values import text_of
from scraper.urls import canonical_url, resolve

_LONGEST = 60  # elements below one whose words are compared with a title
_NAMEABLE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")  # a tag that a selector can name; broken markup has others: "div<p"
_PLAIN_NAME = re.compile(r"-?[A-Za-z_][A-Za-z_-]*")
_ROOTS = ("post", "hentry")  # no state, though many elements have it
_OF_ONE = re.compile(r"^(?:post|item|node)-")
_SHARED = 3
_SURROUNDING = 2  # ancestors by which places are compared
_GENERIC = frozenset(["a", "b", "div", "em", "i", "li", "ol", "p", "section", "small", "span", "strong", "td", "tr", "ul"])
_NAMING = ("itemprop", "data-testid", "role")


class Outline:
    """The elements of one page in document order; `ends[n]` is one past the last element below element n."""

    def __init__(self, parser: LexborHTMLParser, url: str) -> None:
        self.parser, self.url = parser, url
        self.nodes: list[Any] = []
        self.tags: list[str] = []  # "*" where no selector can name it
        self.parents: list[int] = []
        self.places: list[int] = []  # 1 for a parent's first element
        self.uses: Counter[str] = Counter()  # class name -> elements
        self._numbers: dict[int, int] = {}
        self._text: dict[int, str] = {}
        if parser.root is not None:
            self._walk(parser.root)
        self.ends = list(range(1, len(self.nodes) + 1))
        for number in range(len(self.nodes) - 1, 0, -1):
            parent = self.parents[number]
            if parent >= 0:
                self.ends[parent] = max(self.ends[parent], self.ends[number])
        base = parser.css_first("base[href]")
        self.base = (resolve(url, base.attributes["href"] or "") if base is not None else None) or url

    def _walk(self, root: Any) -> None:
        stack: list[tuple[Any, int, int]] = [(root, -1, 1)]
        while stack:
            node, parent, place = stack.pop()
            number = len(self.nodes)
            self.nodes.append(node)
            self.tags.append(node.tag if _NAMEABLE.fullmatch(node.tag or "") else "*")
            self.parents.append(parent)
            self.places.append(place)
            self._numbers[node.mem_id] = number
            self.uses.update(set((node.attributes.get("class") or "").split()))
            children = [child for child in node.iter(include_text=False) if child.is_element_node]
            stack.extend((child, number, at) for at, child in zip(range(len(children), 0, -1), reversed(children), strict=True))

    def number(self, node: Any) -> int:
        """The number of an element; -1 for what is none."""
        return self._numbers.get(node.mem_id, -1)

    def text(self, number: int) -> str:
        """The element's words on one line."""
        if number not in self._text:
            self._text[number] = text_of(self.nodes[number])
        return self._text[number]

    def before(self, number: int) -> int:
        """The element right before this one under the same parent; -1 for none."""
        if self.places[number] <= 1:
            return -1
        before = number - 1
        while self.parents[before] != self.parents[number]:
            before = self.parents[before]
        return before

    def is_last(self, number: int) -> bool:
        """Whether no element follows it under the same parent."""
        return self.ends[number] == self.ends[self.parents[number]]

    def css(self, selector: str) -> list[int]:
        """The elements that the selector finds, each once, in document order."""
        return sorted({self._numbers[node.mem_id] for node in self.parser.css(selector) if node.mem_id in self._numbers})

    def addresses(self, numbers: Sequence[int]) -> set[str]:
        """The canonical addresses that these elements' `href` lead to."""
        found = (resolve(self.base, self.nodes[number].attributes.get("href") or "") for number in numbers)
        return {canonical_url(address) for address in found if address}

    def anchors(self, cards: Sequence[Card]) -> list[tuple[int, int]]:
        """(element, index of the card) of every element whose words are the title of a card or, for a card whose title stands
        nowhere so, whose link is the card's; ascending."""
        titles: dict[str, list[int]] = {}
        links: dict[str, list[int]] = {}
        for index, card in enumerate(cards):
            if card.title:
                titles.setdefault(card.title, []).append(index)
            if card.url:
                links.setdefault(canonical_url(card.url), []).append(index)
        by_title: list[tuple[int, int]] = []
        by_link: list[tuple[int, int]] = []
        for number, node in enumerate(self.nodes):
            if self.ends[number] - number <= _LONGEST and self.tags[number] not in ("script", "style", "title"):
                by_title += [(number, index) for index in titles.get(self.text(number), ())]
            if self.tags[number] == "a":
                address = resolve(self.base, node.attributes.get("href") or "")
                if address:
                    by_link += [(number, index) for index in links.get(canonical_url(address), ())]
        titled = {index for _, index in by_title}
        return sorted(by_title + [(number, index) for number, index in by_link if index not in titled])

    def own_anchors(self, cards: Sequence[Card]) -> list[tuple[int, int]]:
        """Those of the `anchors` that stand in the cards themselves and not where another card, a column of links or the text of
        a story names them again: one place a card, in the order of the cards, at places alike on as many cards as can be. All
        `anchors` where no places stand in that order."""
        anchors = self.anchors(cards)
        places: list[list[int]] = [[] for _ in cards]
        alike: dict[tuple[str, ...], set[int]] = {}
        for number, index in anchors:
            places[index].append(number)
            alike.setdefault(self._surroundings(number), set()).add(index)
        chosen: list[int] = []
        best: list[tuple[int, int, int]] = [(-1, 0, -1)]  # of the last card: place, cards alike in all places so far, step before
        steps = [best]
        for numbers in places:
            following = []
            for number in numbers:
                before = max(((score, at) for at, (place, score, _) in enumerate(best) if place < number), default=None)
                if before is not None:
                    following.append((number, before[0] + len(alike[self._surroundings(number)]), before[1]))
            if not following:
                return anchors
            best = following
            steps.append(best)
        at = max(range(len(best)), key=lambda at: (best[at][1], -best[at][0]))
        for step in reversed(steps[1:]):
            chosen.append(step[at][0])
            at = step[at][2]
        chosen.reverse()
        return [
            (number, index)
            for number, index in anchors
            if number <= chosen[index] < self.ends[number] or chosen[index] <= number < self.ends[chosen[index]]
        ]

    def _surroundings(self, number: int) -> tuple[str, ...]:
        """What the element and those around it are called."""
        return tuple((own_selectors(self, one) or ["*"])[-1] for one in (number, *islice(self.up(number), _SURROUNDING)))

    def up(self, number: int) -> Iterator[int]:
        """The element's ancestors, nearest first, below `body`."""
        number = self.parents[number]
        while number >= 0 and self.tags[number] not in ("body", "html"):
            yield number
            number = self.parents[number]


def within(anchors: Sequence[tuple[int, int]], begin: int, end: int) -> set[int]:
    """The cards that have an anchor in elements `begin` to `end`."""
    return {index for _, index in anchors[bisect_left(anchors, (begin, -1)) : bisect_left(anchors, (end, -1))]}


def own_selectors(outline: Outline, number: int) -> list[str]:
    """Selectors that say what an element is: its tag, with a class name that isn't a state, a number or a hash, or with microdata."""
    tag, attributes = outline.tags[number], outline.nodes[number].attributes
    if not _PLAIN_NAME.fullmatch(tag) and tag not in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return []
    names = [name for name in dict.fromkeys((attributes.get("class") or "").split()) if _is_stable(name, outline.uses[name])]
    found = [tag, *(f"{tag}.{name}" for name in names)]
    if "class" not in attributes:
        found.append(f"{tag}:not([class])")
    found += [f"{tag}.{one}.{other}" for at, one in enumerate(names) for other in names[at + 1 :]][:6]
    for key in _NAMING:
        value = attributes.get(key) or ""
        if _PLAIN_NAME.fullmatch(value):
            found.append(f'{tag}[{key}="{value}"]')
    if "author" in (attributes.get("rel") or "").split():
        found.append(f"{tag}[rel~=author]")
    identifier = attributes.get("id") or ""
    if _PLAIN_NAME.fullmatch(identifier):
        found.append(f"#{identifier}")
    return found


def inner_selectors(outline: Outline, number: int, top: int, *, scope: bool) -> Iterator[str]:
    """Selectors for an element inside the card whose outermost element around it is `top`; `scope`: that is the card's first."""
    if number == top and scope:
        yield ":scope"
        return
    own = [name for name in own_selectors(outline, number) if not name.startswith("#")]
    tag, place = outline.tags[number], outline.places[number]
    yield from own
    if number == top:
        for name in own:
            yield f":scope + {name}"
        return
    numbered = [f"{tag}:nth-child({place})"]
    same_tag = sum(
        outline.tags[other] == tag
        for other in range(outline.parents[number] + 1, number + 1)
        if outline.parents[other] == outline.parents[number]
    )
    numbered.append(f"{tag}:nth-of-type({same_tag})")
    yield from numbered
    if outline.parents[number] == top and scope:
        for name in (*own, *numbered):
            yield f":scope > {name}"
    for distance, around in enumerate(outline.up(number)):
        if around < top or (around == top and scope) or distance > 3:
            break
        for outer in own_selectors(outline, around):
            if not outer.startswith("#"):
                for name in (*own, *numbered):
                    yield f"{outer} {name}"
                    if distance == 0:
                        yield f"{outer} > {name}"


def cost(selector: str) -> float:
    """How little a selector can be trusted to hold: its parts, tags that mean nothing, places counted."""
    if selector == ":scope":
        return 2.0  # all words of a card: a value found among them may be another one tomorrow
    parts = [part for part in re.split(r"[\s>+]+", selector.replace(":scope", "")) if part]
    total = 0.8 * max(0, len(parts) - 1) + 0.005 * len(selector)
    for part in parts:
        total += 2.0 if ":nth" in part else 0.0
        total += 0.8 if re.sub(r":nth.*", "", part).removesuffix(":not([class])") in _GENERIC else 0.0
    return total


def reading_cost(reading: Reading) -> float:
    """As `cost`; a text in an attribute is nobody's to read, and written with less care; a `datetime` is better than words."""
    price = 0.0 if reading.css == ":scope" and reading.attribute is not None else cost(reading.css)
    if reading.part is not None:
        return price + 1.5 + 0.1 * (reading.part < 0) + 0.01 * abs(reading.part)  # parts are counted, as places are
    if reading.attribute == "datetime":
        return price - 0.3  # meant for programs
    if reading.attribute == "src":
        return price - 0.01
    return price + (0.6 if reading.attribute in ("alt", "title", "aria-label") else 0.0)


def _is_stable(name: str, uses: int) -> bool:
    """True for a name that says what an element is. `post-entry` may be the story's own (`post-alpha`), unless several have it."""
    if not _PLAIN_NAME.fullmatch(name):
        return False
    rest = _OF_ONE.sub("", name) if uses >= _SHARED else name
    return name in _ROOTS or stable_class(rest) == rest != ""
