"""What only the whole column can tell: which lines are blurbs, which bare minutes are read times, which pictures are icons."""

from __future__ import annotations

import re
from bisect import bisect_left

from scraper.extract.cells import Cell
from scraper.extract.draft import Draft
from scraper.extract.images import find_images, stopgaps
from scraper.extract.labels import names_of
from scraper.extract.text import fold, has_digit, text_of
from scraper.extract.text import words as word_count
from scraper.extract.walk import Tree
from scraper.readtime import ReadTime, parse_read_time

_PLAYED = re.compile(r"audio|video|podcast|duration|play|listen|watch|player|runtime|length", re.IGNORECASE)
_MEDIUM = re.compile(
    r"(?:podcasts?|audio|v[ií]d[eé]os?|episodes?|[eé]pisodes?|episodios?|folgen?|afleveringen?)(?:\s?#?\d{1,4})?", re.IGNORECASE
)
_STOPS = (".", "!", "?", "…", "。", "！", "？", "।", "»", "”")
_SIGNED = re.compile(r"\s*[(\[]([^()\[\]]{3,80})[)\]]\s*\Z")
_FULL_POST = 150  # words; teasers end long before


def decide_read_times(tree: Tree, drafts: list[Draft]) -> None:
    """A bare "5 min" is a read time where a whole column is made of such, and nothing says audio or video."""
    seen: dict[int, list[tuple[Draft, Cell, ReadTime]]] = {}
    totals: dict[int, int] = {}
    for draft in drafts:
        if any(_MEDIUM.fullmatch(cell.text) for cell in draft.labels):
            continue  # "Episode · 51 min": to hear or to see
        for place in {cell.place for cell in draft.labels}:
            totals[place] = totals.get(place, 0) + 1
        for cell in draft.labels:
            if draft.read_time is not None or not has_digit(cell.text):
                continue
            found = parse_read_time(cell.text, lenient=True)
            if found is not None and not _PLAYED.search(names_of(tree, cell.node, draft.start)):
                seen.setdefault(cell.place, []).append((draft, cell, found))
    for place, members in seen.items():
        if len(drafts) == 1 and not members[0][1].beside_date:
            continue  # of one card, only the line of its date tells
        if len(members) < min(2, len(drafts)) or len(members) < 0.6 * totals[place] or len(members) < 0.3 * len(drafts):
            continue
        for draft, cell, found in members:
            if draft.read_time is None:
                draft.read_time = found.minutes, found.raw
                draft.origin["read_time_minutes"] = "column"
                draft.labels.remove(cell)


def decide_texts(drafts: list[Draft]) -> None:
    """The teaser text of each card: of the columns that read like sentences, without the byline at its end, and none where the
    post is printed in full."""
    _decide_blurbs(drafts)
    _drop_signatures(drafts)
    _drop_full_posts(drafts)


def _decide_blurbs(drafts: list[Draft]) -> None:
    """Columns whose lines are mostly sentences are the blurb, their lines joined."""
    columns: dict[int, list[tuple[str, bool]]] = {}  # by place: text, whether it stands before the title
    for draft in drafts:
        for (place, text), before in zip(draft.blurb_lines, draft.before_title, strict=True):
            columns.setdefault(place, []).append((text, before))
    means: dict[int, float] = {}
    sentences: dict[int, int] = {}
    for place, column in columns.items():
        mean = sum([min(word_count(text), 40) for text, _ in column]) / len(column)
        if 4 <= mean < 8 and len(column) >= 3 and len({text for text, _ in column}) == 1:
            mean = 0.0  # the same few words on every card tell about none
        if mean < 12 and sum([before for _, before in column]) * 2 > len(column):
            mean = 0.0  # a kicker: blurbs of this length stand below the title
        means[place] = mean
        sentences[place] = sum([text.endswith(_STOPS) for text, _ in column])
    best = max(means, key=lambda place: (means[place] * min(len(columns[place]) / len(drafts), 1.0) ** 0.5, -place), default=-1)
    chosen = {
        place
        for place, mean in means.items()
        if mean >= 8 or (place == best and mean >= 4) or (mean >= 5 and sentences[place] * 2 >= len(columns[place]))
    }
    if best >= 0:
        chosen |= _complements(drafts, best, {place for place, mean in means.items() if mean >= 3})
    for draft in drafts:
        title = (draft.title or "").casefold()
        lines = dict.fromkeys(text for place, text in draft.blurb_lines if place in chosen and text.casefold() != title)
        text = fold(" ".join(lines))  # each once: layouts for small and for large screens may both be there
        if text:
            draft.blurb = text
            draft.origin["blurb"] = "column"
        for place, cells in draft.line_cells:
            if place not in chosen:
                draft.labels.extend(cells)
        if draft.line_cells:
            draft.labels.sort(key=lambda cell: cell.node)


def _complements(drafts: list[Draft], best: int, places: set[int]) -> set[int]:
    """Those of `places` whose lines stand just on cards that have none in the place `best`, where the two together fill the
    column: a paragraph in a paragraph is two, and puts the text of some cards elsewhere."""
    stands: dict[int, set[int]] = {}
    for at, draft in enumerate(drafts):
        for place, _ in draft.blurb_lines:
            stands.setdefault(place, set()).add(at)
    usual = stands[best]
    if len(usual) > 0.8 * len(drafts):
        return set()
    return {
        place
        for place in places & stands.keys()
        if not stands[place] & usual and len(stands[place]) + len(usual) >= max(0.8 * len(drafts), 3)
    }


def _drop_signatures(drafts: list[Draft]) -> None:
    """The byline in brackets with which a teaser ends is no part of it, where the card names the same author elsewhere."""
    for draft in drafts:
        signed = _SIGNED.search(draft.blurb) if draft.blurb and draft.author else None
        if signed is not None and draft.blurb and fold(signed[1]).casefold() == (draft.author or "").casefold():
            draft.blurb = draft.blurb[: signed.start()]


def _drop_full_posts(drafts: list[Draft]) -> None:
    """Posts printed in full have no teaser text and no teaser picture, and what stands between their paragraphs is no label: all of
    a list where more than a third are so long (some posts are as short as teasers, but hardly a teaser is as long as a post), and
    where posts are cut with a "read more" those that are not."""
    full = [draft for draft in drafts if not draft.has_more and word_count(draft.blurb or "") > _FULL_POST]
    if not any(draft.has_more for draft in drafts):
        full = drafts if len(full) * 3 > len(drafts) else []
    for draft in full:
        draft.blurb = None
        draft.origin.pop("blurb", None)
        draft.images = []
        if draft.prose:
            draft.labels = [cell for cell in draft.labels if not draft.prose[0] < cell.node < draft.prose[-1]]


def drop_portraits(tree: Tree, drafts: list[Draft], base: str) -> None:
    """A picture that is called like the card's author, or that nothing but the author's name stands beside in an element of their
    own, shows the author, however large it is. One that is called like the category stands for that, where the card has another."""
    images = tree.images
    for draft in drafts:
        if not draft.images or (draft.author is None and draft.category is None):
            continue
        inside = images[bisect_left(images, draft.start) : bisect_left(images, draft.end)]
        if draft.author is not None:
            draft.images = _without(
                tree, draft.images, [node for node in inside if _shows(tree, node, draft, draft.author)], base
            )
        if draft.category is not None:
            named = [node for node in inside if _alt(tree, node) == draft.category.casefold()]
            draft.images = _without(tree, draft.images, named, base) or draft.images


def _alt(tree: Tree, image: int) -> str:
    return (tree.attrs[image].get("alt") or "").strip().casefold()


def _shows(tree: Tree, image: int, draft: Draft, name: str) -> bool:
    return name.casefold() in (_alt(tree, image), _stands_beside(tree, image, draft.start))


def _without(tree: Tree, images: list[tuple[str, str]], nodes: list[int], base: str) -> list[tuple[str, str]]:
    dropped = find_images(tree, nodes, base) if nodes else []
    return [image for image in images if image not in dropped]


def _stands_beside(tree: Tree, image: int, top: int) -> str:
    """The text of the nearest element around the picture that has any, in lower case; "" where that is the whole card."""
    around = tree.parents[image]
    while around > top and not tree.count(tree.text_nodes, around):
        around = tree.parents[around]
    return fold(text_of(tree, around)).casefold() if around > top else ""


def choose_images(drafts: list[Draft]) -> None:
    """A picture on many cards is a placeholder or an icon: the next candidate of the card takes its place. Cards of one story,
    which may stand in several sections of a page, are one."""
    stories: dict[str, set[int]] = {}
    for draft in drafts:
        for address, _ in draft.images[:4]:
            stories.setdefault(address, set()).add(draft.key if draft.key >= 0 else -draft.start)
    uses = {address: len(keys) for address, keys in stories.items()}
    often = max(1, len(drafts) // 10)
    dropped = stopgaps(uses, often)
    if dropped:
        for draft in drafts:
            draft.images = [image for image in draft.images if image[0] not in dropped]
    for draft in drafts:
        shown = [(address, where) for address, where in draft.images if uses.get(address, 1) <= often]
        if not shown:
            # The same photograph on many cards may be meant; the same drawing is an icon, the same background part of the design.
            shown = [
                (address, where)
                for address, where in draft.images
                if not address.split("?")[0].endswith((".svg", ".gif", ".png")) and not where.endswith("@style")
            ]
        if shown:
            draft.image_url, draft.origin["image_url"] = shown[0]
