"""What each measure of a family weighs, in logits."""

from __future__ import annotations

from typing import Final

BIAS: Final = -4.10
KIN: Final = 1.8
KNOWN: Final = 8.0
WEIGHTS: Final = {
    "count": 2.43,
    "words": 2.76,
    "short": -1.94,
    "heading": 1.85,
    "date": 1.54,
    "read": 1.55,
    "image": 0.89,
    "blurb": 1.23,
    "author": 0.61,
    "category": -0.02,
    "main": 0.21,
    "article": 0.95,
    "nav": -3.00,
    "header": -1.07,
    "side": -0.81,
    "related": -2.53,
    "product": -2.00,
    "advert": -1.72,
    "in_nav": -3.24,
    "in_text": -3.89,
    "packed": -1.57,
    "counted": -2.51,
    "priced": -2.86,
    "facet": -3.00,
    "unlinked": -0.84,
    "undated_unlinked": -4.65,
    "announced_unlinked": 3.00,
    "repeated": -4.10,
    "same_titles": -4.02,
    "slug": 1.37,
    "offsite": -1.74,
    "links": -2.00,
    "single": -1.79,
}
