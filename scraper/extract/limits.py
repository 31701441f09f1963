"""How deep and how large a page may be before it is not parsed.

Lexbor's time grows faster than a page's depth: 2,000 nested elements cost 10 ms, 32,000 cost 7 s, 200,000 minutes, in C where
nothing can interrupt it. Browsers stop at 512 levels; pages in the wild stay below 200. So the depth is judged on the text
before the parser sees it, in two looks: a few counts, that nearly every page passes, and for the rest a walk over its tags.
"""

from __future__ import annotations

import re
from typing import Final

MAX_DEPTH: Final = 2_000
"""Open elements at any one place."""

MAX_CHARS: Final = 16_000_000
"""Characters of HTML: about a hundred times a large news home page."""

_STEP = 16_384
_MANY_TAGS = 20_000
_LONGEST_TAG = 20_000  # characters; drawings hold their whole outline in an attribute
_REACH = 64  # how far up an end tag looks for its element
_NEVER_NESTED = ("<!", "<br", "<img", "<input", "<meta", "<link", "<hr", "<source", "<li", "<p>", "<p ", "<td", "<tr", "<option")
# Without an end tag of their own, or with one that may be left out: not counted as open. A row or list item can only nest
# through a table or list, which is counted.
_TAG = re.compile(r"<(/?)([a-z][^\s/>]*)", re.IGNORECASE)
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_ENDED_BY_SAME = frozenset(["p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot", "colgroup", "rt", "rp"])
_DRAWN = frozenset(["path", "circle", "rect", "line", "polygon", "polyline", "ellipse", "use", "stop", "image", "animate"])


def too_much(text: str) -> str | None:
    """Why the page must not be parsed, in words; None where it may be."""
    if len(text) > MAX_CHARS:
        return f"the page has {len(text):,} characters, more than the {MAX_CHARS:,} that are parsed"
    counts = [text.count("<", start, start + _STEP) for start in range(0, len(text), _STEP)]
    tags = sum(counts)
    if tags > MAX_DEPTH and (tags > _MANY_TAGS or _may_be_deep(text, counts)) and _is_deep(text):
        return f"the page nests more than {MAX_DEPTH:,} elements"
    return None


def _may_be_deep(text: str, counts: list[int]) -> bool:
    """A bound from above: opened minus closed elements at every 16 KB; counted again without those that never stay open.

    End tags that close nothing can fool it, which is why it isn't asked about pages with very many tags.
    """
    return _exceeds(text, counts, ()) and _exceeds(text, counts, _NEVER_NESTED)


def _exceeds(text: str, counts: list[int], ignored: tuple[str, ...]) -> bool:
    """Whether more elements can be open at some place than may be, if every tag but `ignored` stays open until an end tag. `counts`
    says how many tags every 16 KB of the text have: where those that are left can't reach the limit any more, nobody looks on."""
    opened, left = 0, sum(counts)
    for at, tags in enumerate(counts):
        if opened + left <= MAX_DEPTH:
            return False
        left -= tags
        start, end = at * _STEP, (at + 1) * _STEP
        closed = text.count("</", start, end + 1)
        tags -= closed + sum([text.count(tag, start, end + 8) for tag in ignored])
        if opened + tags > MAX_DEPTH:
            return True
        opened = max(0, opened + tags - closed)
    return False


def _is_deep(text: str) -> bool:
    """Follows the tags as they are written; what browsers mend is only roughly mended here."""
    stack: list[str] = []
    for found in _TAG.finditer(text):
        name = found[2].lower()
        if found[1]:
            if not stack:
                continue
            if stack[-1] == name:
                stack.pop()
            elif name in stack[-_REACH:]:
                while stack.pop() != name:
                    pass
            continue
        if name in _VOID:
            continue
        if name in _ENDED_BY_SAME:
            at = len(stack) - 1
            while at >= 0 and stack[at] != name and stack[at] in _ENDED_BY_SAME:
                at -= 1
            if at >= 0 and stack[at] == name:
                del stack[at:]
        if name in _DRAWN and text[text.find(">", found.end(), found.end() + _LONGEST_TAG) - 1] == "/":
            continue
        stack.append(name)
        if len(stack) > MAX_DEPTH:
            return True
    return False
