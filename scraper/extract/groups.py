"""From seeds to card families: seeds in like places climb together until two of them would meet.

The node just below the meeting point is the card. Groups that arrive at the same nodes (title links, image links, bylines)
are columns of one family.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from scraper.extract.anchors import Anchors, Seed
from scraper.extract.walk import Tree

_STOPS = frozenset(("html", "body", "main"))


@dataclass(slots=True)
class Column:
    """Seeds in like places, at most one a card in the usual case."""

    shingle: int
    seeds: list[Seed]
    cards: list[int]  # the card node of each seed


@dataclass(slots=True)
class Family:
    """Card nodes of one kind and the columns of seeds in them."""

    cards: list[int]  # ascending, distinct
    columns: list[Column] = field(default_factory=list)


def find_families(tree: Tree, anchors: Anchors) -> list[Family]:
    groups: dict[int, list[Seed]] = {}
    for seed in anchors.seeds:
        groups.setdefault(seed.shingle, []).append(seed)
    strong = [seed for seed in anchors.seeds if seed.heading >= 0 and anchors.urls[seed.key]]
    strong_nodes = [seed.node for seed in strong]
    order = {seed.node: rank for rank, seed in enumerate(anchors.seeds)}
    columns = [
        Column(shingle, members, _climb(tree, members, strong, strong_nodes, order)) for shingle, members in groups.items()
    ]
    return _families(columns)


def _climb(tree: Tree, members: list[Seed], strong: list[Seed], strong_nodes: list[int], order: dict[int, int]) -> list[int]:
    """The card node of each member: all climb the same number of levels, as far as four fifths of them can."""
    parents, ends, tags = tree.parents, tree.ends, tree.tags
    count = len(members)
    chains: list[list[int]] = []
    for rank, seed in enumerate(members):
        node = seed.node
        low, high = -1, 1 << 60
        at = rank - 1
        while at >= 0 and _same_card(members[at], seed, order):
            at -= 1
        if at >= 0:
            low = members[at].node
        at = rank + 1
        while at < count and _same_card(members[at], seed, order):
            at += 1
        if at < count:
            high = members[at].node
        at = bisect_left(strong_nodes, node) - 1
        while at >= 0 and strong[at].key == seed.key:
            at -= 1
        if at >= 0 and strong_nodes[at] > low:
            low = strong_nodes[at]
        at = bisect_right(strong_nodes, node)
        while at < len(strong) and strong[at].key == seed.key:
            at += 1
        if at < len(strong) and strong_nodes[at] < high:
            high = strong_nodes[at]
        chain = [node]
        parent = parents[node]
        while parent >= 0 and low < parent and ends[parent] <= high and tags[parent] not in _STOPS:
            chain.append(parent)
            parent = parents[parent]
        chains.append(chain)
    if count == 1:
        return [_single(tree, chains[0])]
    levels = sorted(len(chain) for chain in chains)
    level = levels[count // 5]
    return [chain[min(level, len(chain)) - 1] for chain in chains]


def _same_card(one: Seed, other: Seed, order: dict[int, int]) -> bool:
    """Two links to one page that follow each other without another seed between them belong to one card."""
    return one.key == other.key and abs(order[one.node] - order[other.node]) == 1


def _single(tree: Tree, chain: list[int]) -> int:
    """How far a seed without peers climbs: not past a landmark, nor into a block that is much more than a card."""
    card = chain[0]
    for node in chain[1:]:
        if tree.tags[node] in ("section", "aside", "nav", "ul", "ol", "header", "footer", "table") and card != chain[0]:
            break
        if tree.count(tree.anchors, node) > 8 or tree.count(tree.headings, node) > 3:
            break
        card = node
        if tree.tags[node] in ("article", "li"):
            break
    return card


def _families(columns: list[Column]) -> list[Family]:
    home: dict[int, int] = {}
    families: list[Family] = []
    for column in sorted(columns, key=lambda column: (-len(set(column.cards)), column.seeds[0].node)):
        votes: dict[int, int] = {}
        cards = sorted(set(column.cards))
        for card in cards:
            if card in home:
                votes[home[card]] = votes.get(home[card], 0) + 1
        best = max(votes, key=lambda number: (votes[number], -number), default=-1)
        if best >= 0 and votes[best] * 2 > len(cards):
            family = families[best]
        else:
            best = len(families)
            family = Family([])
            families.append(family)
        family.columns.append(column)
        for card in cards:
            home.setdefault(card, best)
        family.cards = sorted({*family.cards, *cards})
    return families
