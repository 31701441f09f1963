"""What each measure of a family weighs, in logits."""

from __future__ import annotations

from typing import Final

BIAS: Final = -4.46
KIN: Final = 1.8
WEIGHTS: Final = {
    "count": 2.59,
    "words": 2.81,
    "short": -2.32,
    "heading": 2.39,
    "date": 1.12,
    "read": 1.28,
    "image": 0.91,
    "blurb": 0.85,
    "author": 1.55,
    "category": 0.54,
    "main": 0.07,
    "article": 0.82,
    "nav": -3.00,
    "header": -1.36,
    "side": -0.92,
    "related": -2.30,
    "product": -2.00,
    "advert": -2.50,
    "in_nav": -3.11,
    "in_text": -3.82,
    "packed": -1.65,
    "counted": -2.99,
    "priced": -3.0,
    "facet": -3.01,
    "unlinked": -1.27,
    "undated_unlinked": -4.37,
    "repeated": -4.08,
    "same_titles": -4.06,
    "slug": 1.74,
    "offsite": -2.45,
    "links": -2.03,
    "single": -1.25,
}
