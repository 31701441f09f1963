"""What class names say of the texts in and around a headline: the title itself, a kicker, a count."""

from __future__ import annotations

import re
from functools import lru_cache

_TITLE = re.compile(
    r"(?:^|[\s_-])(?:tit|subject|title|headline|heading|titel|titre|titulo|titolo|hed|header-?text|p-name)(?:[\s_-]|$)|[a-z](?:Title|Headline)",
    re.IGNORECASE,
)
_KICKER = re.compile(
    r"(?:^|[\s_-])(?:kicker|overline|eyebrow|topline|dachzeile|pretitle|pre-title|supertitle|rubric|rubrik|label|category|spitzmarke|antetitulo|volanta|badge|tag)(?:[\s_-]|$)|[a-z](?:Kicker|Rubric|Label|Eyebrow)",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"(?:^|[\s_-])(?:comments?|comentarios?|commentaires?|kommentare?|reactions?|reacties|replies|answers|views|likes|nb|num|counts?|counter)(?:[\s_-]|$)|"
    r"[a-z](?:Comments?|Reactions?|Replies|Counts?|Counter)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def says_title(names: str) -> bool:
    """True for class names that call what they hold a title."""
    return bool(_TITLE.search(names))


@lru_cache(maxsize=4096)
def says_kicker(names: str) -> bool:
    """True for class names that call what they hold a line above the title, or a label, and no title."""
    return bool(_KICKER.search(names)) and not says_title(names)


@lru_cache(maxsize=4096)
def says_counter(names: str) -> bool:
    """True for class names that call what they hold a count of comments, views or the like."""
    return bool(_COUNTER.search(names))
