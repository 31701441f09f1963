"""Text as a person sees it, with the way back to the text as it was written.

Soft hyphens, zero-width and direction marks split words for a pattern and not for a reader, and one letter may be written as
two code points. `seen` takes the marks out and composes the letters; `Seen.span` says where a match stood in the original.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Soft hyphen, Arabic letter mark, zero-width space, direction marks and isolates, word joiner, byte order mark. The zero-width
# joiners (U+200C, U+200D) stay: Persian and the Indic scripts spell with them.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LETTER_WITH_MARKS = re.compile(r"[^\W_][\u0300-\u036f\u093c\u09bc\u3099\u309a]*|[\u1100-\u11ff]+|.", re.DOTALL)


class Seen(NamedTuple):
    """Visible text, and for each of its characters the place of the original that it came from. A tuple, because it is made for
    nearly every text of a page, and a frozen dataclass takes twice as long to make."""

    text: str
    origins: tuple[int, ...] | None  # one entry a character and one for the end; None: nothing was changed

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the visible text from `start` to `end` stands in the original."""
        if self.origins is None:
            return start, end
        last = self.origins[end - 1] if end else 0
        after = next((origin for origin in self.origins[end:] if origin > last), last)
        return self.origins[start], after


def seen(text: str) -> Seen:
    """`text` without invisible marks and with composed letters (NFC)."""
    if text.isascii() or (unicodedata.is_normalized("NFC", text) and not _INVISIBLE.search(text)):
        return Seen(text=text, origins=None)
    pieces: list[str] = []
    origins: list[int] = []
    for cluster in _LETTER_WITH_MARKS.finditer(text):
        if _INVISIBLE.match(cluster[0]):
            continue
        composed = unicodedata.normalize("NFC", cluster[0])
        pieces.append(composed)
        origins += [cluster.start()] * len(composed)
    origins.append(len(text))
    return Seen(text="".join(pieces), origins=tuple(origins))
