"""From seeds to card families: seeds in like places climb together until two of them would meet.

The node just below the meeting point is the card. Groups that arrive at the same nodes (title links, image links, bylines)
are columns of one family.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from scraper.extract.anchors import Anchors, Seed
from scraper.extract.breaks import own_lines
from scraper.extract.marks import ARTICLE
from scraper.extract.shingles import Shingles
from scraper.extract.walk import Tree
from scraper.extract.words import leads_to_person

_ROWS = frozenset(("tr", "li"))
_STOPS = frozenset(("html", "body", "main"))
_OTHERS = 3  # stories: fewer links beside an `article` may be its tags and its author
_LEADS_IN = 3  # links to one story: the headline, the picture, "read more"
MANY_CARDS = 3  # that lead to one page: more than one story has links in like places, so the page is what all of them share


@dataclass(slots=True)
class Column:
    """Seeds in like places, at most one a card in the usual case."""

    shingle: int
    seeds: list[Seed]
    cards: list[int]  # the card node of each seed


@dataclass(slots=True)
class Family:
    """Cards of one kind and the columns of seeds in them."""

    cards: list[int]  # card nodes, ascending, distinct
    columns: list[Column] = field(default_factory=list)
    regions: list[tuple[int, int]] = field(
        default_factory=list
    )  # the slice of each card; more than its node in a run of siblings


def find_families(tree: Tree, anchors: Anchors, shingles: Shingles) -> list[Family]:
    groups: dict[int, list[Seed]] = {}
    for seed in anchors.seeds:
        groups.setdefault(seed.shingle, []).append(seed)
    strong = [
        seed
        for seed in anchors.seeds
        if seed.heading >= 0 and anchors.urls[seed.key] and not leads_to_person(anchors.parts(seed.key)[1])
    ]  # bylines are no headlines, even where they are headings
    strong_nodes = [seed.node for seed in strong]
    order = {seed.node: rank for rank, seed in enumerate(anchors.seeds)}
    links = sorted(anchors.all_keys)
    columns = [
        Column(shingle, members, _climb(tree, anchors, links, members, strong, strong_nodes, order))
        for shingle, members in groups.items()
    ]
    _grow_unlinked(tree, anchors, links, columns)
    return _families(tree, anchors, shingles, columns)


def _grow_unlinked(tree: Tree, anchors: Anchors, links: list[int], columns: list[Column]) -> None:
    """A heading whose card holds no link climbs on while there is just one link to be had: overlay links and buttons stand
    beside the text, not in it."""
    for column in columns:
        if anchors.urls[column.seeds[0].key]:
            continue
        headings = [seed.node for seed in column.seeds]
        for rank, card in enumerate(column.cards):
            for _ in range(3):
                if tree.count(links, card):
                    break
                parent = tree.parents[card]
                if parent < 0 or tree.tags[parent] in _STOPS or tree.count(headings, parent) > 1:
                    break
                if len({anchors.all_keys[link] for link in tree.within(links, parent)}) > 1:
                    break
                card = parent
            if tree.count(links, card):
                column.cards[rank] = card


def _climb(
    tree: Tree,
    anchors: Anchors,
    links: list[int],
    members: list[Seed],
    strong: list[Seed],
    strong_nodes: list[int],
    order: dict[int, int],
) -> list[int]:
    """The card node of each member: all climb the same number of levels, as far as four fifths of them can."""
    parents, ends, tags = tree.parents, tree.ends, tree.tags
    count = len(members)
    one_page = count >= MANY_CARDS and len({seed.key for seed in members}) == 1
    chains: list[list[int]] = []
    for rank, seed in enumerate(members):
        node = seed.node
        low, high = -1, 1 << 60
        at = rank - 1
        while at >= 0 and not one_page and _same_card(members[at], seed, order):
            at -= 1
        if at >= 0:
            low = members[at].node
        at = rank + 1
        while at < count and not one_page and _same_card(members[at], seed, order):
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
        return [_single(tree, anchors, links, members[0], chains[0])]
    levels = sorted(len(chain) for chain in chains)
    level, usual = levels[count // 5], levels[count // 2]
    if levels[0] < usual and _held_by_text(tree, anchors, members, chains, usual, strong, strong_nodes):
        return [_ancestor(tree, seed.node, usual - 1) for seed in members]
    return _at_articles(tree, anchors, links, members, [chain[min(level, len(chain)) - 1] for chain in chains])


def _at_articles(tree: Tree, anchors: Anchors, links: list[int], members: list[Seed], cards: list[int]) -> list[int]:
    """The `article` elements inside `cards`, where each has one and what stands beside it are other stories: a lead has no
    other lead beside it that would stop it from climbing, only the small headlines below."""
    articles: list[int] = []
    crowded = 0
    for seed, card in zip(members, cards, strict=True):
        node = seed.node
        while node > card and tree.tags[node] != "article":
            node = tree.parents[node]
        if node <= card:
            return cards
        articles.append(node)
        inside = {anchors.all_keys[link] for link in tree.within(links, node)}
        crowded += len({anchors.all_keys[link] for link in tree.within(links, card)} - inside) >= _OTHERS
    return articles if crowded * 2 > len(cards) else cards


def _held_by_text(
    tree: Tree,
    anchors: Anchors,
    members: list[Seed],
    chains: list[list[int]],
    level: int,
    strong: list[Seed],
    strong_nodes: list[int],
) -> bool:
    """True where those that can't climb as far as the others are held back by headings in their own text alone: in an element
    like the others' cards, with no other member in it, whose further headings lead off the site that the members' lead to."""
    tags = {tree.tags[chain[level - 1]] for chain in chains if len(chain) >= level}
    for rank, chain in enumerate(chains):
        if len(chain) >= level:
            continue
        seed = members[rank]
        card = _ancestor(tree, seed.node, level - 1)
        if card < 0 or tree.tags[card] not in tags:
            return False
        if (rank and members[rank - 1].node >= card) or (rank + 1 < len(members) and members[rank + 1].node < tree.ends[card]):
            return False
        host = anchors.parts(seed.key)[0]
        inside = strong[bisect_left(strong_nodes, card) : bisect_left(strong_nodes, tree.ends[card])]
        if any(other.key != seed.key and anchors.parts(other.key)[0] == host for other in inside):
            return False
    return True


def _ancestor(tree: Tree, node: int, steps: int) -> int:
    for _ in range(steps):
        if node < 0:
            break
        node = tree.parents[node]
    return node


def _same_card(one: Seed, other: Seed, order: dict[int, int]) -> bool:
    """Two links to one page that follow each other without another seed between them belong to one card."""
    return one.key == other.key and abs(order[one.node] - order[other.node]) == 1


def _single(tree: Tree, anchors: Anchors, links: list[int], seed: Seed, chain: list[int]) -> int:
    """How far a seed without peers climbs: to its `article`, or to the block in which headline, picture and "read more" lead to
    one story; else not past a landmark. In no case into a block that is much more than a card."""
    card = chain[0]
    article = next((node for node in chain if tree.tags[node] == "article"), -1)
    if article >= 0 and tree.count(tree.anchors, article) <= 8 and tree.count(tree.headings, article) <= 3:
        return article
    for node in chain[1:]:
        tag = tree.tags[node]
        own = [anchors.all_keys[link] for link in tree.within(links, node)]
        if seed.heading >= 0 and own.count(seed.key) >= _LEADS_IN and tree.count(tree.headings, node) <= 3:
            return node
        if card != chain[0] and (
            (tag == "section" and not (tree.count(tree.headings, node) == 1 and set(own) == {seed.key}))
            or tag in ("aside", "nav", "ul", "ol", "table")
            or (tag in ("header", "footer") and not tree.marks[node] & ARTICLE)
        ):
            break
        if tree.count(tree.anchors, node) > 8 or tree.count(tree.headings, node) > 3:
            break
        card = node
        if tree.tags[node] in ("article", "li"):
            break
    return card


def _families(tree: Tree, anchors: Anchors, shingles: Shingles, columns: list[Column]) -> list[Family]:
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
    families = _merged(tree, shingles, families)
    for family in families:
        family.cards = _one_a_story(tree, anchors, family)
        family.regions = regions_of(tree, shingles, family.cards)
    return families


def _merged(tree: Tree, shingles: Shingles, families: list[Family]) -> list[Family]:
    """Families whose cards stand side by side under one parent and are built alike are one family."""
    kept: list[Family] = []
    by_place: dict[tuple[int, int | str], Family] = {}
    for family in sorted(families, key=lambda family: (-len(family.cards), family.cards[0])):
        places: set[tuple[int, int | str]] = {(tree.parents[card], shingles.kind(card)) for card in family.cards}
        title = _title_tag(tree, family)
        if title:
            places |= {(tree.parents[card], f"{tree.tags[card]} {title}") for card in family.cards}
        inner = _inner_path(tree, shingles, family)
        if inner:
            places |= {(tree.parents[card], f"{tree.tags[card]} {inner}") for card in family.cards}
        if len(family.cards) == 1 and not places & by_place.keys():
            beside = _beside_others(tree, shingles, family, by_place)
            if beside is not None:
                node, place = beside
                family.cards, places = [node], {place}
                for column in family.columns:
                    column.cards = [node for _ in column.cards]
        known = places & by_place.keys()
        other = by_place[min(known, key=str)] if known else None
        if other is None or len(family.cards) == 0:
            kept.append(family)
            for place in places:
                by_place.setdefault(place, family)
            for card in family.cards:
                if tree.tags[card] in _ROWS:
                    by_place.setdefault((tree.parents[card], tree.tags[card]), family)
        else:
            other.columns.extend(family.columns)
            other.cards = sorted({*other.cards, *family.cards})
            for place in places:
                by_place.setdefault(place, other)
    for family in kept:
        family.cards = _apart(tree, family.cards)
    return kept


def _beside_others(
    tree: Tree, shingles: Shingles, family: Family, by_place: Mapping[tuple[int, int | str], Family]
) -> tuple[int, tuple[int, int | str]] | None:
    """Where a lone card climbed past its place among the cards of a list, as the one even row of three does: the element around its
    link that is one of them, and the place that it has in common with them; None where there is none."""
    node = family.columns[0].seeds[0].node
    while node > family.cards[0]:
        parent = tree.parents[node]
        for place in ((parent, shingles.kind(node)), (parent, tree.tags[node])):
            if place in by_place:
                return node, place
        node = parent
    return None


def _one_a_story(tree: Tree, anchors: Anchors, family: Family) -> list[int]:
    """The family's cards without those that only lead once more where the card before them leads: a row with the headline and
    a row with "[more]" are one story, and what stands in the second row belongs to the first."""
    leads: dict[int, set[int]] = {}
    for column in family.columns:
        for seed, card in zip(column.seeds, column.cards, strict=True):
            leads.setdefault(card, set()).add(seed.key if anchors.urls[seed.key] else -1)
    kept: list[int] = []
    for card in family.cards:
        before = kept[-1] if kept else -1
        beside = before >= 0 and tree.parents[before] == tree.parents[card]
        same = beside and len(leads[card]) == 1 and -1 not in leads[card] and leads[card] == leads[before]
        if same and not (_has_heading(tree, card) and _has_heading(tree, before)):
            continue
        kept.append(card)
    return kept


def _has_heading(tree: Tree, card: int) -> bool:
    return tree.count(tree.headings, card) > 0


def _apart(tree: Tree, cards: list[int]) -> list[int]:
    """`cards` without those that overlap: of one inside another the outer is the card, but around two or more it is their
    section."""
    ends = tree.ends
    sections = set()
    for at, card in enumerate(cards):
        inside, reach = 0, card
        for other in cards[at + 1 :]:
            if other >= ends[card]:
                break
            if other >= reach:
                inside += 1
                reach = ends[other]
        if inside > 1:
            sections.add(card)
    apart: list[int] = []
    for card in cards:
        if card not in sections and (not apart or card >= ends[apart[-1]]):
            apart.append(card)
    return apart


def _title_tag(tree: Tree, family: Family) -> str:
    """The heading tag that the family's links stand in or hold; "" without one. Side by side, cards of one element and one
    level of heading are one list, whatever class names tell odd from even."""
    for column in family.columns:
        seed = column.seeds[0]
        if seed.heading >= 0 and seed.heading != seed.node:
            return tree.tags[seed.heading]
    return ""


def _inner_path(tree: Tree, shingles: Shingles, family: Family) -> str:
    """Where the family's links stand in their cards, by tags and class names; "" where the link is the card, or stands right in
    it. Side by side, elements of one tag with their links in the same place are one list: rows come in two colours."""
    column = family.columns[0]
    node, card = column.seeds[0].node, column.cards[0]
    path = []
    while node > card:
        path.append(str(shingles.kind(node)))
        node = tree.parents[node]
    return " ".join(path) if len(path) > 1 else ""


def regions_of(tree: Tree, shingles: Shingles, cards: list[int]) -> list[tuple[int, int]]:
    """The slice of each card. Where cards are bare and what belongs to them stands in the siblings that follow, as with
    `dt` and `dd`, three table rows a story, or `h3` and `p` without a wrapper, the slice takes the siblings in."""
    parents, ends = tree.parents, tree.ends
    regions = {card: (card, ends[card]) for card in cards}
    by_parent: dict[int, list[int]] = {}
    for card in cards:
        by_parent.setdefault(parents[card], []).append(card)
    for parent, siblings in by_parent.items():
        if len(siblings) < 2 or parent < 0:
            continue
        if lines := own_lines(tree, parent, siblings):
            regions.update(lines)
            continue
        children = _children(tree, parent)
        place = {child: rank for rank, child in enumerate(children)}
        ranks = [place[card] for card in siblings]
        gaps = [children[a + 1 : b] for a, b in itertools.pairwise(ranks)]
        if any(tree.count(tree.headings, child) for gap in gaps for child in gap):
            continue  # what stands between has titles of its own
        filled = [gap for gap in gaps if any(_has_text(tree, child) for child in gap)]
        if len(filled) * 2 < len(gaps) + 1:
            continue
        # What stands between two cards more often than not, by kind: one or two alien blocks don't make a run.
        lead = _lead(tree, shingles, children, ranks)
        longest = sorted(len(gap) for gap in gaps)[len(gaps) // 2]
        for at, rank in enumerate(ranks):
            first = max(rank - lead, ranks[at - 1] + 1 if at else 0)
            last = ranks[at + 1] - lead if at + 1 < len(ranks) else min(rank + 1 + longest - lead, len(children))
            last = max(last, rank + 1)
            last = min(last, rank + 1 + max(longest * 2, 3))
            regions[siblings[at]] = (children[first], ends[children[last - 1]])
    return [regions[card] for card in cards]


def _lead(tree: Tree, shingles: Shingles, children: list[int], ranks: list[int]) -> int:
    """How many siblings before a card belong to it: those that stand before the first card as before every other, and not
    after the last."""
    lead = 0
    while True:
        at = lead + 1
        if ranks[0] - at < 0 or any(b - at <= a for a, b in itertools.pairwise(ranks)):
            return lead
        kinds = {shingles.kind(children[rank - at]) for rank in ranks}
        if len(kinds) > 1 or tree.tags[children[ranks[0] - at]] in ("hr", "br"):
            return lead
        lead = at


def _children(tree: Tree, node: int) -> list[int]:
    children = []
    child, end, ends, tags = node + 1, tree.ends[node], tree.ends, tree.tags
    while child < end:
        if tags[child]:
            children.append(child)
        child = ends[child]
    return children


def _has_text(tree: Tree, node: int) -> bool:
    return tree.count(tree.text_nodes, node) > 0
