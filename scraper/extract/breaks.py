"""Lines of old pages: links and bare text side by side in one element, parted by nothing but `<br>`."""

from __future__ import annotations

from scraper.extract.walk import BLOCKS, Tree

_FEWEST = 3  # lines that make a list


def own_lines(tree: Tree, parent: int, cards: list[int]) -> dict[int, tuple[int, int]]:
    """The line on which each of the cards under `parent` stands, as slices: "24/05/2006: " and the link after it. Empty where
    cards share a line, where hardly a line says more than its card, and where there are few."""
    if len(cards) < _FEWEST or any(tree.tags[card] in BLOCKS for card in cards):
        return {}
    wanted, found = set(cards), {}
    start, held, more = parent + 1, -1, 0
    child, end = parent + 1, tree.ends[parent]
    while True:
        if child >= end or tree.tags[child] == "br" or tree.tags[child] in BLOCKS:
            if held >= 0:
                found[held] = (start, child)
                more += tree.count(tree.text_nodes, held) < _texts(tree, start, child)
            if child >= end:
                break
            start, held = tree.ends[child], -1
        elif child in wanted:
            if held >= 0:
                return {}
            held = child
        child = tree.ends[child]
    return found if len(found) == len(cards) and more * 2 > len(cards) else {}


def _texts(tree: Tree, start: int, end: int) -> int:
    return sum(not tree.tags[node] and any(map(str.isalnum, tree.texts[node])) for node in range(start, end))
