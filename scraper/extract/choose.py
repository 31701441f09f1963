"""Which families are lists of teasers: numbers, a score, and who gives way to whom."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scraper.extract import words
from scraper.extract.anchors import Anchors
from scraper.extract.fields import Draft, Reader
from scraper.extract.groups import Family
from scraper.extract.marks import ADVERT, ARTICLE, ASIDE, COMMENTS, HEADER, MAIN, NAV, PAGER, PRODUCT, RELATED, SHARE, SIDE
from scraper.extract.text import text_of
from scraper.extract.text import words as word_count
from scraper.extract.walk import Tree

THRESHOLD = 0.5


@dataclass(slots=True)
class Judged:
    family: Family
    drafts: list[Draft]
    numbers: dict[str, float] = field(default_factory=dict)
    score: float = 0.0  # 0..1
    why: str = ""


def plausible(tree: Tree, anchors: Anchors, family: Family) -> bool:
    """False for what can't be teasers: a cheap look before the dear one."""
    marks = 0
    first = family.columns[0].seeds[0]
    marks = tree.marks[family.cards[0]]
    if marks & (SHARE | PAGER | COMMENTS):
        return False
    best = 0.0
    for column in family.columns:
        total = 0.0
        for seed in column.seeds[:12]:
            total += min(word_count(text_of(tree, seed.heading if seed.heading >= 0 else seed.node)), 12)
        best = max(best, total / len(column.seeds[:12]) + 2 * (first.heading >= 0))
    return best >= 1.5 or len(family.cards) > 1


def judge(tree: Tree, anchors: Anchors, reader: Reader, family: Family, page_host: str) -> Judged:
    drafts = [draft for draft in reader.read(family) if draft.title]
    n = len(drafts)
    judged = Judged(family, drafts)
    if not n:
        judged.score, judged.why = 0.0, "no titles"
        return judged
    mean = lambda values: sum(values) / n  # noqa: E731
    title_words = mean([min(word_count(d.title or ""), 12) for d in drafts])
    keys = [d.url_key for d in drafts if d.url_key >= 0]
    distinct = len(set(keys)) / len(keys) if keys else 1.0
    titles = len({d.title for d in drafts}) / n
    linked = len(keys) / n
    heading = mean([d.origin.get("title") == "heading" for d in drafts])
    date = mean([d.published_on is not None for d in drafts])
    read = mean([d.read_time is not None for d in drafts])
    image = mean([d.image_url is not None for d in drafts])
    blurb = mean([d.blurb is not None for d in drafts])
    author = mean([d.author is not None for d in drafts])
    category = mean([d.category is not None for d in drafts])
    marks = [tree.marks[d.seed.node] if d.seed else 0 for d in drafts]
    share = lambda bit: sum(bool(mark & bit) for mark in marks) / n  # noqa: E731
    own = sum(urlsplit(anchors.urls[key]).hostname == page_host for key in keys) / len(keys) if keys else 1.0
    depth = sum(_articleness(anchors.urls[key]) for key in keys) / len(keys) if keys else 0.0
    links = mean([tree.count(tree.anchors, d.start) for d in drafts])
    above = _heading_above(tree, family)
    related = bool(above and words.RELATED.search(above)) or share(RELATED) > 0.5
    numbers = dict(
        n=n, title_words=title_words, distinct=distinct, titles=titles, linked=linked, heading=heading, date=date, read=read, image=image,
        blurb=blurb, author=author, category=category, nav=share(NAV), header=share(HEADER), side=share(SIDE | ASIDE), article=share(ARTICLE), main=share(MAIN),
        product=share(PRODUCT), advert=share(ADVERT), own=own, depth=depth, links=links, related=float(related),
    )  # fmt: skip
    z = -3.2
    z += 0.6 * min(math.log2(n), 5)
    z += 0.45 * (min(title_words, 8) - 2)
    z += 1.2 * heading + 1.8 * date + 1.5 * read + 0.6 * image + 1.2 * blurb + 0.5 * author + 0.5 * category
    z += 0.6 * share(MAIN) + 0.7 * share(ARTICLE)
    z -= (
        3 * share(NAV)
        + 1.0 * share(HEADER)
        + 0.8 * share(SIDE | ASIDE)
        + 3 * related
        + 2.0 * share(PRODUCT)
        + 1.5 * share(ADVERT)
    )
    z -= 4 * (1 - distinct) + 4 * (1 - titles)
    z += 1.0 * (depth - 0.5) - 0.7 * (1 - own)
    z -= 0.25 * max(0.0, links - 8)
    if linked < 0.5:
        z -= 3.0 - 2.0 * date
    if n == 1:
        z -= 0.7
    judged.numbers = numbers
    judged.score = 1 / (1 + math.exp(-z))
    return judged


def _articleness(url: str) -> float:
    """How much an address looks like one story's: a long slug, a number, a date, some depth."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if not path and not parts.query:
        return 0.0
    last = path.rsplit("/", 1)[-1]
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


def _heading_above(tree: Tree, family: Family) -> str:
    """The nearest heading before the first card that isn't a card's own."""
    at = bisect_left(tree.headings, family.cards[0]) - 1
    if at < 0:
        return ""
    heading = tree.headings[at]
    if family.cards[0] - tree.ends[heading] > 60:
        return ""
    return text_of(tree, heading)


def choose(judged: list[Judged], tree: Tree) -> list[Judged]:
    """The families that are lists of teasers, strongest first; a family gives way to a better one inside or around it."""
    kept: list[Judged] = []
    taken: list[tuple[int, int]] = []
    good = [j for j in judged if j.score >= THRESHOLD]
    for j in judged:
        if j.score < THRESHOLD and not j.why:
            j.why = f"score {j.score:.2f}"
    # A family whose cards hold several cards of another good family is a section, not a list.
    for j in sorted(good, key=lambda j: (-j.score * math.log2(1 + len(j.drafts)), j.family.cards[0])):
        inner = 0
        for draft in j.drafts:
            for other in good:
                if other is j or len(other.drafts) < 2:
                    continue
                starts = [d.start for d in other.drafts]
                held = bisect_left(starts, draft.end) - bisect_left(starts, draft.start)
                if held >= 2:
                    inner += 1
                    break
        if inner * 2 >= len(j.drafts):
            j.why = "holds another list's cards"
            continue
        free = [d for d in j.drafts if not any(s < d.end and d.start < e for s, e in taken)]
        if not free:
            j.why = "inside cards already taken"
            continue
        if len(free) < len(j.drafts) * 0.5 and len(j.drafts) > 2:
            j.why = "mostly inside cards already taken"
            continue
        j.drafts = free
        j.why = "kept"
        kept.append(j)
        taken.extend((d.start, d.end) for d in free)
    return kept
