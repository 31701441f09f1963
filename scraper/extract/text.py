"""The words of a subtree as a reader sees them: lines end where blocks do, inline runs join, soft hyphens go."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from scraper.extract.marks import HIDDEN, UNSEEN
from scraper.extract.walk import BLOCKS, Tree

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))
_ANY_INVISIBLE = re.compile("[" + "".join(map(chr, _INVISIBLE)) + "]")
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_DIGIT = re.compile("[0-9]")
EDGE = " \t,;:·•|–—-#[]()/"  # what parts a label or name from its neighbours, and is no part of it
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """`text` with white space folded and invisible characters (soft hyphens, zero-width marks) taken out."""
    if not text.isascii() and _ANY_INVISIBLE.search(text):
        text = text.translate(_INVISIBLE)
    return " ".join(text.split())


def whole(text: str) -> str:
    """`text` with pairs of surrogates joined and single ones replaced, and without NULs: JSON and scripts can write halves of a
    character, and one at which SQLite's functions and its shell end a text."""
    text = text.replace("\0", "")
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def has_digit(text: str) -> bool:
    """Whether some character is a digit, in any script; nearly all texts are asked this, and most have none."""
    return _DIGIT.search(text) is not None if text.isascii() else any(map(str.isdigit, text))


@lru_cache(maxsize=4096)
def words(text: str) -> float:
    """About how many words `text` has; scripts without spaces count half a word a character."""
    if text.isascii():
        return text.count(" ") + 1 if text else 0
    wide = len(_WIDE.findall(text))
    if not wide:
        return len(text.split())
    return wide / 2 + len(_WORD.findall(_WIDE.sub(" ", text)))


def runs_of(tree: Tree, node: int, end: int | None = None) -> list[list[int]]:
    """The lines of the slice `[node, end)`, each as its text nodes. What isn't drawn is left out."""
    tags, ends, marks = tree.tags, tree.ends, tree.marks
    if end is None:
        end = ends[node]
    unseen = ~(marks[node] & (HIDDEN | UNSEEN)) & (HIDDEN | UNSEEN)
    lines: list[list[int]] = []
    line: list[int] = []
    closing: list[int] = []
    i = node
    while i < end:
        while closing and closing[-1] <= i:
            closing.pop()
            if line:
                lines.append(line)
                line = []
        tag = tags[i]
        if not tag:
            line.append(i)
        elif marks[i] & unseen:
            i = ends[i]
            continue
        elif tag in BLOCKS:
            if line:
                lines.append(line)
                line = []
            if ends[i] > i + 1:
                closing.append(ends[i])
        i += 1
    if line:
        lines.append(line)
    return lines


def join(tree: Tree, nodes: list[int]) -> str:
    """The text of one line's nodes, folded."""
    if len(nodes) == 1:
        return text_of(tree, nodes[0])
    texts, gaps = tree.texts, tree.gaps
    return fold("".join([" " + texts[i] if i in gaps else texts[i] for i in nodes]))


def text_of(tree: Tree, node: int) -> str:
    """All words of `node`'s subtree on one line."""
    text = tree.text_cache.get(node)
    if text is None:
        nodes = tree.ends[node] - node
        if nodes == 1:
            text = fold(tree.texts[node])
        elif nodes == 2:
            text = text_of(tree, node + 1)
        elif tree.count(tree.text_nodes, node) == 1:
            only = tree.text_nodes[bisect_left(tree.text_nodes, node)]
            text = "" if tree.marks[only] & ~tree.marks[node] & (HIDDEN | UNSEEN) else text_of(tree, only)
        else:
            text = fold(" ".join([join(tree, run) for run in runs_of(tree, node)]))
        tree.text_cache[node] = text
    return text
