"""What an element's place looks like: its tag and stable class names and those of its nearest ancestors, as one number."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from scraper.extract.walk import Tree

DEPTH = 4  # the element and three ancestors: enough to tell a title link from a byline link, few enough to bridge sections

_UNSTABLE = re.compile(
    r"\d{2,}|^(?:css|sc|jsx|svelte|emotion|astro)-|[A-Za-z]+_[A-Za-z0-9]+__?(?=[A-Za-z0-9]*(?:\d|[a-z][A-Z]))[A-Za-z0-9]{4,}$"
    r"|^(?:category|tag|postid|type|status|format|author|term|id)-|:|\[|^(?:is|has)-"
    r"|^(?:bg|text|border|text-bg|badge|label)-(?:primary|secondary|success|danger|warning|info|light|dark|default|slate|gr[ae]y|zinc|neutral|stone|red|orange|amber|yellow|lime|"
    r"green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose)(?:-\d{0,3})?$"
)  # numbered, hashed, a fact about this one card, or a colour: each section has its own
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"(?<=[-_])\d+$")  # "post-9" and "post-10" say the same of what they stand at
_STATES = frozenset(
    [
        "active",
        "current",
        "first",
        "last",
        "odd",
        "even",
        "selected",
        "lead",
        "featured",
        "sticky",
        "hentry",
        "post",
        "left",
        "right",
        "alpha",
        "omega",
        "open",
        "closed",
        "new",
        "lazy",
        "lazyload",
        "lazyloaded",
        "loaded",
        "visible",
        "fade",
        "show",
        "animated",
        "wow",
    ]
)


_HASHED = re.compile(
    r"^(?!(?:category|tag|postid|type|status|format|author|term|id)-)[^:\[]*(?:[A-Za-z]\d+[A-Za-z]|\d[A-Za-z]+\d)"
)
_RECURS = 3


@lru_cache(maxsize=4096)
def _hashed(names: str) -> tuple[str, ...]:
    """The names that a tool made up out of letters and figures, sorted."""
    return tuple(sorted(name for name in names.split() if _HASHED.search(name) and _UNSTABLE.search(name)))


@lru_cache(maxsize=4096)
def stable_class(names: str) -> str:
    """The class names that say what an element is, sorted; without those that say which one it is or how it stands."""
    unnumbered = (_NUMBER.sub("", name) for name in names.split() if name.lower() not in _STATES)
    tokens = {_DIGITS.sub("", name) for name in unnumbered if not _UNSTABLE.search(name)}
    return " ".join(sorted(tokens))


class _Kinds(dict[int, int]):
    """Node to the number of its tag and stable class names, filled as it is asked: a plain look-up from the second time on."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._by_names: dict[tuple[str, str], int] = {}  # tag and class attribute as written -> number
        self._numbers: dict[tuple[str, str], int] = {}  # tag and stable class names -> number
        self._recurring: frozenset[str] | None = None

    def __missing__(self, node: int) -> int:
        written = self._tree.tags[node], self._tree.classes[node]
        number = self._by_names.get(written)
        if number is None:
            number = self._by_names[written] = self._number(*written)
        self[node] = number
        return number

    def _number(self, tag: str, names: str) -> int:
        kept = stable_class(names) if names else ""
        if names and (made_up := _hashed(names)):
            if self._recurring is None:
                self._recurring = _recurring(self._tree)
            kept = " ".join([kept, *(name for name in made_up if name in self._recurring)])
        return self._numbers.setdefault((tag, kept), len(self._numbers))


def _recurring(tree: Tree) -> frozenset[str]:
    """Made-up class names that several elements of the page have: they say what these are, whatever the next build calls them."""
    uses: Counter[str] = Counter()
    for names, count in Counter(tree.classes).items():
        for name in _hashed(names):
            uses[name] += count
    return frozenset(name for name, count in uses.items() if count >= _RECURS)


class Shingles:
    """Numbers for places; equal numbers mean that two elements stand alike."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.kinds = _Kinds(tree)  # by node
        self._places: dict[tuple[int, ...], int] = {}

    def kind(self, node: int) -> int:
        """The number of the element's own tag and stable class names."""
        return self.kinds[node]

    def of(self, node: int) -> int:
        """The number of the element's place."""
        parents, kinds = self._tree.parents, self.kinds
        place = []
        for _ in range(DEPTH):
            if node < 0:
                break
            place.append(kinds[node])
            node = parents[node]
        key = tuple(place)
        return self._places.setdefault(key, len(self._places))
