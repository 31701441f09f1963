"""What can be measured on a family of cards that speaks for or against teasers."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from functools import lru_cache

from scraper.ages import may_tell_age
from scraper.extract import words
from scraper.extract.draft import Draft
from scraper.extract.groups import Family
from scraper.extract.marks import ADVERT, ARTICLE, ASIDE, HEADER, MAIN, NAV, PRODUCT, RELATED, SIDE
from scraper.extract.page import PageView
from scraper.extract.shared import most_share
from scraper.extract.text import text_of
from scraper.extract.text import words as word_count
from scraper.extract.walk import BLOCKS, Tree

_SAMPLE = 24  # cards of a family that are looked at before it is read
_FIGURE = re.compile(r"\d")
_TIMELY = re.compile(r"[\d年]")
_TITLE_PARTS = re.compile(r"\s+[-–—|·•»:]\s+|[|»]")  # between the name of a page and that of its site
_COUNTED = re.compile(r"[(\[（]\s*[\d.,]+\s*[)\]）]\s*$|\s\d+$")


def measure(view: PageView, family: Family, drafts: list[Draft]) -> dict[str, float]:
    """Each measure lies between 0 and 1; the names are those of `weights.WEIGHTS`."""
    tree = view.tree
    n = len(drafts)

    def share(facts: list[object]) -> float:
        return sum(map(bool, facts)) / n

    keys = [draft.key for draft in drafts if draft.key >= 0]
    shared = most_share(drafts)
    if shared in view.nav_keys:
        keys = [key for key in keys if key != shared]  # "Contact us" under every card: their stories have no page
    linked = sum(view.anchors.canonical[key].partition("#")[0] != view.anchors.page_key for key in keys) / n
    marks = [tree.marks[draft.title_node if draft.title_node >= 0 else draft.start] for draft in drafts]

    def marked(bit: int) -> float:
        return (n - [mark & bit for mark in marks].count(0)) / n

    title_words = sum(min(word_count(draft.title or ""), 12) for draft in drafts) / n
    date = share([draft.published_on or draft.published_raw for draft in drafts])
    read = share([draft.read_time for draft in drafts])
    links = sum(tree.count(tree.anchors, draft.start) for draft in drafts) / n
    above = _heading_above(view, family)

    def of_keys(facts: list[bool]) -> float:
        return sum(facts) / len(keys) if keys else 0.0

    return {
        "count": min(math.log2(n), 5) / 5,
        "words": min(title_words, 8) / 8,
        "short": share([draft.published_on is None for draft in drafts]) * (title_words < 2.5),  # a dated title may be one word
        "heading": share([draft.origin.get("title") == "heading" for draft in drafts]),
        "date": date,
        "read": read,
        "image": share([draft.image_url for draft in drafts]),
        "blurb": share([draft.blurb for draft in drafts]),
        "author": share([draft.author for draft in drafts]),
        "category": share([draft.category for draft in drafts]),
        "main": marked(MAIN),
        "article": marked(ARTICLE),
        "nav": marked(NAV),
        "header": marked(HEADER),
        "side": marked(SIDE | ASIDE),
        "related": max(marked(RELATED), float(bool(above and words.RELATED.search(above)))),
        "product": marked(PRODUCT),
        "advert": marked(ADVERT),
        "in_nav": of_keys([key in view.nav_keys for key in keys]),
        "in_text": share([_in_text(view, draft.start, draft.end) for draft in drafts]),
        "packed": share([_packed(view, draft.start, draft.end) for draft in drafts]),
        "counted": share([_is_counted(draft) for draft in drafts]) if title_words < 6 else 0.0,
        "priced": share([draft.has_price for draft in drafts]),
        "facet": of_keys([_is_facet(view, key) for key in keys]),
        "unlinked": 1 - linked,
        "undated_unlinked": (1 - linked) * (1 - date),
        "announced_unlinked": (1 - linked) * _announced(view, above) * (n > 1),
        "repeated": 1 - len(set(keys)) / len(keys) if keys and shared < 0 else 0.0,
        "same_titles": 1 - len({draft.title for draft in drafts}) / n,
        "slug": sum(_slug(view, key) for key in keys) / len(keys) if keys else 0.0,
        "offsite": of_keys([not view.is_own(key) for key in keys]),
        "links": min(max(0.0, links - 6), 20) / 20,
        "single": _loneliness(view, date=date, read=read, above=above) if n == 1 else 0.0,
    }


def _loneliness(view: PageView, *, date: float, read: float, above: str) -> float:
    """How much it tells against a card that it is the only one. One dated story under "News", or on the page of a tag or a section,
    is a list of one; who says when and how long to read speaks of one story, too."""
    section = words.TAXONOMY_PATH.search(view.path + "/")
    if date and (_announces(above) or (section is not None and "/" not in view.path[section.end() :])):
        return 0.0
    return 0.5 if date and read else 1.0


def _announced(view: PageView, above: str) -> float:
    """1 for a list under "News", "Latest news", "Veranstaltungen 2024", half as much on a page that is called so."""
    if _announces(above):
        return 1.0
    return 0.5 * (not view.is_home and any(map(_announces, _TITLE_PARTS.split(view.tree.title))))


def _announces(heading: str) -> bool:
    return 0 < word_count(heading) <= 4 and words.ANNOUNCES.search(heading) is not None


def _is_counted(draft: Draft) -> bool:
    """True for a filter with its count, "Opinion (14)": it has neither a date nor a text, as "Letter 14" has."""
    return draft.published_raw is None and draft.blurb is None and _COUNTED.search(draft.title or "") is not None


def at_most(view: PageView, family: Family) -> dict[str, float]:
    """The measures as good as they can turn out for `family`, from what is known before its cards are read; those of the first
    cards stand for all. Where a card has no figure, no word for an age and no `time`, it is taken to have no date and no read time:
    "a minute read" doesn't stand on every card."""
    tree, anchors = view.tree, view.anchors
    n = len(family.cards)
    length = heading = 0.0
    in_nav = offsite = 1.0
    slug = announced = 0.0
    titles = 0
    for column in family.columns:
        seeds = column.seeds[:_SAMPLE]
        if length < 8 or titles < 60:
            texts = [text_of(tree, seed.heading if seed.heading >= 0 else seed.node) for seed in seeds]
            length = max(length, sum([min(word_count(text), 12) if text else 12 for text in texts]) / len(seeds))
            titles = max(titles, sum(map(len, texts)) // len(seeds))
        heading = max(heading, sum([seed.heading >= 0 for seed in seeds]) / len(seeds))
        keys = [seed.key for seed in seeds if anchors.urls[seed.key]]
        if len(keys) < len(seeds) or len(set(keys)) * 2 < len(keys):
            in_nav = offsite = 0.0  # the title's link stands elsewhere in the card, there is none, or it is no story's own
            slug = 1.0
            announced = _announced(view, _heading_above(view, family)) * (n > 1)
        else:
            in_nav = min(in_nav, sum([key in view.nav_keys for key in keys]) / len(keys))
            offsite = min(offsite, sum([not view.is_own(key) for key in keys]) / len(keys))
            slug = max(slug, sum([_slug(view, key) for key in keys]) / len(keys))
    regions = family.regions[:_SAMPLE]
    beside = max(view.text_size(start, end) for start, end in regions) - min(titles, 60)
    words_at_most = max(length, 8.0 if beside > 40 else 0.0)
    marks = [tree.marks[start] for start, _ in regions]
    timed = sum([_may_tell_when(tree, start, end) for start, end in regions]) / len(regions) if beside > 4 else 0.0

    unlinked = sum([not _may_be_linked(tree, start, end) for start, end in regions]) / len(regions)

    def share(bit: int) -> float:
        return (len(marks) - [mark & bit for mark in marks].count(0)) / len(marks)

    return {
        "count": min(math.log2(n), 5) / 5,
        "words": min(words_at_most, 8) / 8,
        "short": float(words_at_most < 2.5 and beside <= 4),
        "heading": heading,
        "date": timed,
        "read": timed,
        "image": sum([_has_any(tree.images, start, end) for start, end in regions]) / len(regions),
        "blurb": float(beside > 20),
        "author": float(beside > 4),
        "category": float(beside > 2),
        "main": 1.0,
        "article": sum([any(mark & ARTICLE for mark in tree.marks[start:end]) for start, end in regions]) / len(regions),
        "nav": share(NAV),
        "header": share(HEADER),
        "side": share(SIDE | ASIDE),
        "related": share(RELATED),
        "product": share(PRODUCT),
        "advert": share(ADVERT),
        "in_nav": in_nav,
        "unlinked": unlinked,
        "undated_unlinked": unlinked * (1 - timed),
        "announced_unlinked": announced,
        "slug": slug if unlinked < 1 else 0.0,
        "offsite": offsite,
        "links": min(max(0.0, sum(tree.count(tree.anchors, start) for start, _ in regions) / len(regions) - 6), 20) / 20,
        "single": _loneliness(view, date=timed, read=timed, above=_heading_above(view, family)) if n == 1 else 0.0,
        "in_text": float(n > 1 and all(_in_text(view, start, end) for start, end in regions[:4])),
        "packed": float(n > 1 and all(_packed(view, start, end) for start, end in regions[:4])),
    }


def _may_tell_when(tree: Tree, start: int, end: int) -> bool:
    """Whether the slice can hold a date or a read time."""
    if _has_any(tree.times, start, end) or _has_any(tree.properties, start, end):
        return True
    text = " ".join(tree.texts[start:end])
    return _TIMELY.search(text) is not None or may_tell_age(text)


def _may_be_linked(tree: Tree, start: int, end: int) -> bool:
    """Whether a link stands in the slice or around it."""
    return _has_any(tree.anchors, start, end) or any(tree.tags[around] == "a" for around in tree.ancestors(start))


def _has_any(sorted_nodes: list[int], start: int, end: int) -> bool:
    return bisect_left(sorted_nodes, start) < bisect_left(sorted_nodes, end)


@lru_cache(maxsize=4096)
def articleness(path: str, query: str) -> float:
    """How much an address looks like one story's, 0 to 1: a long slug, a number, a date, some depth."""
    path = path.rstrip("/")
    if not path and not query:
        return 0.0
    last = path.rsplit("/", 1)[-1]
    if last in ("index.html", "index.php", "index.htm"):
        last = path.rsplit("/", 2)[-2]
    score = 0.3
    if last.count("-") + last.count("_") >= 3 or len(last) > 25:
        score += 0.5
    if _FIGURE.search(path) or _FIGURE.search(query):
        score += 0.3
    if path.count("/") >= 2:
        score += 0.1
    if words.STORY_FOLDER.search(path):
        score += 0.2
    if (words.TAXONOMY_PATH.search(path + "/") and score < 0.7) or words.AUTHOR_PATH.search(path):
        score -= 0.4
    return max(0.0, min(score, 1.0))


def _slug(view: PageView, key: int) -> float:
    value = view.slugs.get(key)
    if value is None:
        value = view.slugs[key] = articleness(*view.anchors.parts(key)[1:])
    return value


def is_advert(view: PageView, draft: Draft) -> bool:
    """True for a card that calls itself an advertisement, by name, by `rel=sponsored`, or by its label."""
    tree = view.tree
    labels = {cell.text.casefold() for cell in draft.labels} & words.ADVERT
    if tree.marks[draft.start] & ADVERT or labels - words.MAYBE_ADVERT:
        return True
    if labels and draft.key >= 0 and not view.is_own(draft.key):
        return True
    links = tree.within(tree.anchors, draft.start)
    return bool(links) and "sponsored" in (tree.attrs[links[0]].get("rel") or "").split()


def _in_text(view: PageView, start: int, end: int) -> bool:
    """True for a link amid running text."""
    tree = view.tree
    if tree.tags[start] in BLOCKS:
        return False
    if tree.ends[start] == end:  # not a line of its own
        start = tree.parents[start]
        while start > 0 and tree.tags[start] not in BLOCKS:
            start = tree.parents[start]
        end = tree.ends[start]
    links = tree.anchors[bisect_left(tree.anchors, start) : bisect_left(tree.anchors, end)]
    around = view.text_size(start, end) - sum(
        len(tree.texts[node]) for link in links for node in tree.within(tree.text_nodes, link)
    )
    return around > 40


def _packed(view: PageView, start: int, end: int) -> bool:
    """True for a card that is nothing but an inline element beside other links, as in a tag cloud."""
    tree = view.tree
    if tree.tags[start] in BLOCKS or not BLOCKS.isdisjoint(tree.tags[start:end]):
        return False
    return tree.ends[start] == end and tree.count(tree.anchors, tree.parents[start]) > 1


def _is_facet(view: PageView, key: int) -> bool:
    """True for the page itself with another query: a filter, a sort order."""
    _, path, query = view.anchors.parts(key)
    return bool(query) and path.rstrip("/") == view.path and bool(view.path) and view.is_own(key)


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
