"""What each measure of a family weighs, in logits."""

from __future__ import annotations

from typing import Final

BIAS: Final = -4.55
KIN: Final = 1.8
KNOWN: Final = 8.0
WEIGHTS: Final = {
    "count": 3.36,
    "words": 2.75,
    "short": -2.53,
    "heading": 2.51,
    "date": 0.96,
    "read": 1.17,
    "image": 1.01,
    "blurb": 0.78,
    "author": 1.71,
    "category": 0.41,
    "main": 0.36,
    "article": 0.60,
    "nav": -3.00,
    "header": -1.54,
    "side": -1.05,
    "related": -2.21,
    "product": -2.00,
    "advert": -3.21,
    "in_nav": -3.42,
    "in_text": -3.67,
    "packed": -1.75,
    "counted": -3.29,
    "priced": -2.51,
    "facet": -3.01,
    "unlinked": -1.23,
    "undated_unlinked": -4.30,
    "repeated": -4.19,
    "same_titles": -4.07,
    "slug": 1.74,
    "offsite": -3.45,
    "links": -2.10,
    "single": -1.17,
}
