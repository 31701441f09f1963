"""What each measure of a family weighs, in logits."""

from __future__ import annotations

from typing import Final

BIAS: Final = -3.6
KIN: Final = 1.8
WEIGHTS: Final = {
    "count": 2.5,
    "words": 2.8,
    "short": -1.0,
    "heading": 1.3,
    "date": 1.8,
    "read": 1.5,
    "image": 0.7,
    "blurb": 1.2,
    "author": 0.6,
    "category": 0.4,
    "main": 0.6,
    "article": 0.7,
    "nav": -3.0,
    "header": -1.0,
    "side": -0.8,
    "related": -3.0,
    "product": -2.0,
    "advert": -1.5,
    "in_nav": -3.0,
    "in_text": -4.0,
    "packed": -1.5,
    "counted": -2.5,
    "facet": -3.0,
    "unlinked": -1.0,
    "undated_unlinked": -4.5,
    "repeated": -4.0,
    "same_titles": -4.0,
    "slug": 1.2,
    "offsite": -0.8,
    "links": -2.0,
    "single": -1.5,
}
