"""Scripts whose words no tokenizer finds: written without spaces, or with endings glued on. Pure."""

from __future__ import annotations

import re
import unicodedata

# Han, kana, Bopomofo and Hangul; Thai, Lao, Tibetan, Myanmar, Khmer. After NFKC, so half-width and compatibility forms are in.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u3040-\u312f\u3131-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)


def has_unspaced(text: str | None) -> bool:
    """Whether a text has a character of such a script."""
    return text is not None and not text.isascii() and _UNSPACED.search(unicodedata.normalize("NFKC", text)) is not None


def spaced(text: str | None) -> str | None:
    """The text with every such character as a word of its own: `"COVID感染"` is `"COVID 感 染"`."""
    if text is None:
        return None
    return " ".join(_UNSPACED.sub(r" \g<0> ", unicodedata.normalize("NFKC", text)).split())
