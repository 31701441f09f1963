"""What can be measured on a family of cards that speaks for or against teasers."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable
from urllib.parse import urlsplit

from scraper.extract import words
from scraper.extract.draft import Draft
from scraper.extract.groups import Family
from scraper.extract.marks import ADVERT, ARTICLE, ASIDE, HEADER, MAIN, NAV, PRODUCT, RELATED, SIDE
from scraper.extract.page import PageView
from scraper.extract.text import text_of
from scraper.extract.text import words as word_count
from scraper.extract.walk import BLOCKS

_COUNTED = re.compile(r"[(\[（]\s*[\d.,]+\s*[)\]）]\s*$|\s\d+$")


def measure(view: PageView, family: Family, drafts: list[Draft]) -> dict[str, float]:
    """Each measure lies between 0 and 1; the names are those of `weights.WEIGHTS`."""
    tree, urls = view.tree, view.anchors.urls
    n = len(drafts)

    def share(facts: Iterable[object]) -> float:
        return sum(map(bool, facts)) / n

    keys = [draft.key for draft in drafts if draft.key >= 0]
    addresses = [urls[key] for key in keys]
    linked = len(keys) / n
    marks = [tree.marks[draft.title_node if draft.title_node >= 0 else draft.start] for draft in drafts]
    title_words = sum(min(word_count(draft.title or ""), 12) for draft in drafts) / n
    date = share(draft.published_on or draft.published_raw for draft in drafts)
    links = sum(tree.count(tree.anchors, draft.start) for draft in drafts) / n
    above = _heading_above(view, family)

    def of_keys(facts: Iterable[object]) -> float:
        return sum(map(bool, facts)) / len(keys) if keys else 0.0

    return {
        "count": min(math.log2(n), 5) / 5,
        "words": min(title_words, 8) / 8,
        "short": float(title_words < 2.5),
        "heading": share(draft.origin.get("title") == "heading" for draft in drafts),
        "date": date,
        "read": share(draft.read_time for draft in drafts),
        "image": share(draft.image_url for draft in drafts),
        "blurb": share(draft.blurb for draft in drafts),
        "author": share(draft.author for draft in drafts),
        "category": share(draft.category for draft in drafts),
        "main": share(mark & MAIN for mark in marks),
        "article": share(mark & ARTICLE for mark in marks),
        "nav": share(mark & NAV for mark in marks),
        "header": share(mark & HEADER for mark in marks),
        "side": share(mark & (SIDE | ASIDE) for mark in marks),
        "related": max(share(mark & RELATED for mark in marks), float(bool(above and words.RELATED.search(above)))),
        "product": share(mark & PRODUCT for mark in marks),
        "advert": share(mark & ADVERT for mark in marks),
        "in_nav": of_keys(key in view.nav_keys for key in keys),
        "in_text": share(_in_text(view, draft) for draft in drafts),
        "packed": share(_packed(view, draft) for draft in drafts),
        "counted": share(_COUNTED.search(draft.title or "") for draft in drafts) * (title_words < 6),
        "facet": of_keys(_is_facet(view, address) for address in addresses),
        "unlinked": 1 - linked,
        "undated_unlinked": (1 - linked) * (1 - date),
        "repeated": 1 - len(set(keys)) / len(keys) if keys else 0.0,
        "same_titles": 1 - len({draft.title for draft in drafts}) / n,
        "slug": sum(map(articleness, addresses)) / len(addresses) if addresses else 0.0,
        "offsite": of_keys(not view.is_own(address) for address in addresses),
        "links": min(max(0.0, links - 6), 20) / 20,
        "single": float(n == 1),
    }


def articleness(url: str) -> float:
    """How much an address looks like one story's, 0 to 1: a long slug, a number, a date, some depth."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if not path and not parts.query:
        return 0.0
    last = path.rsplit("/", 1)[-1]
    if last in ("index.html", "index.php", "index.htm"):
        last = path.rsplit("/", 2)[-2]
    score = 0.3
    if last.count("-") + last.count("_") >= 3 or len(last) > 25:
        score += 0.5
    if any(map(str.isdigit, path)) or any(map(str.isdigit, parts.query)):
        score += 0.3
    if path.count("/") >= 2:
        score += 0.1
    if (words.TAXONOMY_PATH.search(path + "/") and score < 0.7) or words.AUTHOR_PATH.search(path):
        score -= 0.4
    return max(0.0, min(score, 1.0))


def _in_text(view: PageView, draft: Draft) -> bool:
    """True for a link amid running text."""
    tree = view.tree
    if tree.tags[draft.start] in BLOCKS:
        return False
    parent = tree.parents[draft.start]
    while parent > 0 and tree.tags[parent] not in BLOCKS:
        parent = tree.parents[parent]
    around = view.text_size(parent, tree.ends[parent]) - sum(
        len(tree.texts[node]) for link in tree.within(tree.anchors, parent) for node in tree.within(tree.text_nodes, link)
    )
    return around > 40


def _packed(view: PageView, draft: Draft) -> bool:
    """True for a card that is nothing but an inline element beside other links, as in a tag cloud."""
    tree = view.tree
    if tree.tags[draft.start] in BLOCKS or any(tree.tags[node] in BLOCKS for node in range(draft.start, draft.end)):
        return False
    return tree.count(tree.anchors, tree.parents[draft.start]) > 1


def _is_facet(view: PageView, url: str) -> bool:
    """True for the page itself with another query: a filter, a sort order."""
    parts = urlsplit(url)
    return bool(parts.query) and parts.path.rstrip("/") == view.path and view.is_own(url) and bool(view.path)


def _heading_above(view: PageView, family: Family) -> str:
    """The words of the nearest heading before the first card, unless that is far away."""
    tree = view.tree
    at = bisect_left(tree.headings, family.regions[0][0]) - 1
    if at < 0:
        return ""
    heading = tree.headings[at]
    if family.cards[0] - tree.ends[heading] > 60:
        return ""
    return text_of(tree, heading)
