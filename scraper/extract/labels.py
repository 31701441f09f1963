"""Categories and bylines among the short texts of a card that are left when everything else has been read."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from scraper.ages import may_tell_age
from scraper.extract import words
from scraper.extract.anchors import Anchors
from scraper.extract.cells import Cell
from scraper.extract.draft import Draft
from scraper.extract.text import EDGE, fold, has_digit, text_of
from scraper.extract.text import words as word_count
from scraper.extract.walk import BLOCKS, Tree

_LABEL_NAMES = re.compile(
    r"(?:^|[\s_-])(?:category|categories|categoria|categorie|cat|cats|kicker|tag|tags|topic|topics|thema|section|rubric|rubrik|rubrique|label|eyebrow|overline|channel|"
    r"badge|taxonomy|taxonomies|pill|chip|term|terms|genre)(?:[\s_-]|$)|[a-z](?:Category|Rubric|Kicker|Tag|Label|Section)",
    re.IGNORECASE,
)
_HOST = re.compile(r"^(?:[\w-]+\.)+[a-z]{2,}$", re.IGNORECASE)
_EXPLICIT_NAMES = re.compile(
    r"(?:^|[\s_-])(?:category|categories|categoria|categorie|cat|tag|tags|topic|topics|section)(?:[\s_-]|$)",
    re.IGNORECASE,
)
LABELLED = re.compile(
    r"^(?:categor(?:y|ies|ía|ías|ia|ias|ie)|catégories?|kategori(?:e|en|a|er)|rubri(?:k|c|que|ek)|tags?|topics?|section|filed under|posted in|分类|分類|カテゴリー?|рубрика|категория)\s*[:：]\s*",
    re.IGNORECASE,
)
_FEEDS = (".xml", ".rss", ".atom")
_FACTS = 120  # characters of a card's date, byline and read time together
_NAME_WORDS = 3  # of a section or tag in a row of them
_LABEL_WORDS = 5
_FEW_CARDS = 8  # on longer lists sections recur, and labels that don't are the stories' own
_MISSING = frozenset(("none", "null", "undefined", "nan"))  # what templates print where nothing is set
_FULL_NAME = re.compile(
    r"^[^\W\d_][\w.'’-]*(?:\s+(?:[a-z]{2,3}\s+)?[^\W\d_a-z][\w.'’-]*){1,3}$"
)  # two to four words, each with a capital
_SHORT = re.compile(r"^[^\W\d_]{1,2}$")


def decide_labels(tree: Tree, anchors: Anchors, drafts: list[Draft], nav_keys: set[int], nav_words: set[str]) -> None:
    """The category of each draft: the first label that recurs over cards or leads to a section of the site; and the author
    where a name stands beside the date and nothing else says who wrote it."""
    texts_at: dict[int, list[str]] = {}  # by place; what a card says twice in one place counts once
    texts: list[str] = []
    keys: list[int] = []
    for draft in drafts:
        if draft.origin.get("category") != "recipe":
            draft.category = None
        if not draft.labels:
            continue
        stands = {(cell.place, cell.text.casefold()) for cell in draft.labels}
        for place, text in stands:
            texts_at.setdefault(place, []).append(text)
        texts += {text for _, text in stands}
        keys += {anchors.all_keys[cell.link] for cell in draft.labels if cell.link >= 0}
    columns = {place: Counter(column) for place, column in texts_at.items()}
    anywhere, cards_of = Counter(texts), Counter(keys)
    named = _name_column(anchors, drafts, columns)
    offices = _offices(tree, drafts, nav_words)
    spreads = {place: _Spread.of(column) for place, column in columns.items()}
    linked = _linked_strengths(tree, anchors, drafts, nav_keys, cards_of, columns)
    for draft in drafts:
        best, strength = None, 0
        for cell in draft.labels:
            if cell.place == named or cell.place in offices or cell.text.strip(EDGE) == draft.author:
                continue
            name = _label_name(cell.text)
            if name is None:
                continue
            key = anchors.all_keys[cell.link] if cell.link >= 0 else -1
            if (
                key >= 0
                and key == draft.key
                and not cell.link <= draft.title_node < tree.ends[cell.link]
                and len(columns[cell.place]) == 1
                and not says_category(names_of(tree, cell.node, draft.start))
            ):
                continue  # the same words on every card, linked to the story itself: a call to read on
            if key >= 0 and key != draft.key:
                value = linked[cell.node]
            else:
                value = _plain_strength(
                    tree, draft, cell, name, spreads[cell.place], anywhere, nav_words, draft.peers or len(drafts)
                )
            if value > strength:
                best, strength = (name, "link" if key >= 0 and key != draft.key else "label"), value
                draft.category_place = cell.place
        if best is not None and draft.origin.get("category") != "recipe":
            draft.category, draft.origin["category"] = best
    if named >= 0:
        _take_names(drafts, named)
    _bylines(tree, anchors, drafts, nav_words)


def _is_series(text: str) -> bool:
    """True for names in a row, "Politics, Europe"; parts of more words are a phrase's."""
    parts = text.strip(EDGE).split(",")
    return len(parts) > 1 and all(word_count(part.strip()) <= _NAME_WORDS for part in parts)


@lru_cache(maxsize=4096)
def _label_name(text: str) -> str | None:
    """The category that a label names, if it is one; labels recur, on a page and from page to page."""
    parts = LABELLED.sub("", text).split(",")
    name = parts[0].strip(EDGE)
    if not name or name.casefold() in _MISSING or _HOST.match(name) or not any(map(str.isalpha, name)):
        return None
    if any(word_count(part.strip()) > _LABEL_WORDS for part in parts):
        return None  # a sentence with a comma is no list of labels
    if _SHORT.match(name) and not name.isupper() and name.isascii():
        return None
    if has_digit(name) and may_tell_age(name):
        return None  # "8 months ago", which names no day and is no date
    return name


def _linked_strengths(
    tree: Tree,
    anchors: Anchors,
    drafts: list[Draft],
    nav_keys: set[int],
    cards_of: Counter[int],
    columns: dict[int, Counter[str]],
) -> dict[int, int]:
    """How surely each linked label is a category, by its text node: 1 where the same words come back in its place, whatever page
    they lead to (but not where they are all that ever stands there: "flag", "reply"), or where most labels in its place are
    categories: a section that has one story today."""
    found: dict[int, int] = {}
    at: dict[int, list[int]] = {}
    for draft in drafts:
        for cell in draft.labels:
            key = anchors.all_keys[cell.link] if cell.link >= 0 else draft.key
            if key != draft.key:
                column = columns[cell.place]
                found[cell.node] = _linked_strength(tree, anchors, draft, cell, key, nav_keys, cards_of) or int(
                    len(column) > 1 and column[cell.text.casefold()] > 1
                )
                at.setdefault(cell.place, []).append(cell.node)
    for nodes in at.values():
        if sum([found[node] > 0 for node in nodes]) * 2 > len(nodes):
            for node in nodes:
                found[node] = found[node] or 1
    return found


def _linked_strength(
    tree: Tree, anchors: Anchors, draft: Draft, cell: Cell, key: int, nav_keys: set[int], cards_of: Counter[int]
) -> int:
    """3 for a link that says it leads to a section or tag, 2 for one that others share, 0 otherwise."""
    path = anchors.parts(key)[1]
    if path.endswith(_FEEDS):
        return 0
    rel = (tree.attrs[cell.link].get("rel") or "").split()
    if words.TAXONOMY_PATH.search(path + "/") or "tag" in rel or cell.filed:
        return 3
    if key in nav_keys or cards_of[key] > 1 or _says_label(names_of(tree, cell.node, draft.start)):
        return 2
    return 0


@dataclass(frozen=True, slots=True)
class _Spread:
    """How the texts of a column spread over the cards."""

    counts: Counter[str]
    total: int
    distinct: int
    most: int  # how often the commonest occurs
    recurring: int  # cells whose text others have, too
    brief: bool  # the texts are one word long, most of them
    short: bool  # one or two

    @staticmethod
    def of(counts: Counter[str]) -> _Spread:
        recurring = sum(count for count in counts.values() if count > 1)
        length = sum(map(word_count, counts)) / len(counts)
        return _Spread(counts, counts.total(), len(counts), max(counts.values()), recurring, length <= 1.4, length <= 2.2)


def _plain_strength(
    tree: Tree, draft: Draft, cell: Cell, name: str, column: _Spread, anywhere: Counter[str], nav_words: set[str], cards: int
) -> int:
    """3 for a label that names itself a category, 2 for one of a column of few values, 1 for a weaker sign, 0 for a story's
    own kicker."""
    text = cell.text.casefold()
    names = names_of(tree, cell.node, draft.start)
    total = column.total
    if cell.filed or says_category(names):
        return 3
    if LABELLED.match(cell.text) or _is_series(cell.text):
        return 0 if column.distinct == 1 and total >= cards > 2 else 3  # "Uppsala, Sweden" on every card: where they were written
    if column.distinct == 1 and total > 2 and (cell.glued or _glues(tree, draft, cell)):
        return 0  # furniture: "Posted", "Date:", "Comments"
    recurs = column.counts[text] > 1 or anywhere[text] > 2
    few = total >= 3 and column.distinct <= total * 0.6
    if column.distinct == 1 and total >= cards > 2:
        return 1  # the same on every card: a heading over its facts, or the one section that the page is about
    if few and (recurs or column.distinct <= total * 0.4 or total * 2 >= cards):
        return 2
    if column.most > 1 and column.distinct <= total * 0.8 and _says_label(names):
        return 1
    share = 0.2 if column.brief else 0.4
    if total >= 0.6 * cards and column.recurring >= share * total and column.short:
        return 1  # a word or two on every card, and the same ones come back: sections, some of which have one story today
    above = draft.title_node > cell.node and 2 <= total <= _FEW_CARDS and total * 5 >= cards * 3
    if above and column.brief:
        return 1  # one word above each title of a short list: a section's name even where each occurs once
    return int(recurs and (_says_label(names) or name.casefold() in nav_words))


def _offices(tree: Tree, drafts: list[Draft], nav_words: set[str]) -> set[int]:
    """The places of what tells about the author, "Contributing Columnist": behind the byline, unlinked, no section of the menu,
    and the same for each author wherever that author comes back."""
    behind: dict[int, dict[str, set[str]]] = {}
    elsewhere: set[int] = set()
    for draft in drafts:
        for cell in draft.labels:
            if cell.link >= 0 or draft.author is None or not _stands_behind(tree, cell, draft.author):
                elsewhere.add(cell.place)
            else:
                behind.setdefault(cell.place, {}).setdefault(draft.author, set()).add(cell.text.casefold())
    again = {author for author, count in Counter(draft.author for draft in drafts).items() if author and count > 1}
    return {
        place
        for place, told in behind.items()
        if place not in elsewhere
        and len(told) > 1
        and again & told.keys()
        and all(len(texts) == 1 and not texts & nav_words for texts in told.values())
    }


def _stands_behind(tree: Tree, cell: Cell, author: str) -> bool:
    """True where the text before the cell's is the author's name."""
    at = bisect_left(tree.text_nodes, cell.node) - 1
    return at >= 0 and author.casefold() in fold(tree.texts[tree.text_nodes[at]]).casefold()


def _name_column(anchors: Anchors, drafts: list[Draft], columns: dict[int, Counter[str]]) -> int:
    """The place of the authors' names where most cards have two short texts of their own, one of them below the headline and made
    of nothing but names, the other not; -1 where it can't be told."""
    if len(drafts) < 3 or any(draft.author is not None and draft.origin.get("author") != "column" for draft in drafts):
        return -1
    full = [place for place, texts in columns.items() if texts.total() >= 0.8 * len(drafts)]
    if len(full) < 2:
        return -1
    names = [place for place in full if _is_name_column(anchors, drafts, place)]
    return names[0] if len(names) == 1 else -1


def _is_name_column(anchors: Anchors, drafts: list[Draft], place: int) -> bool:
    cells = [(draft, cell) for draft in drafts for cell in draft.labels if cell.place == place]
    texts = {cell.text.strip(EDGE) for _, cell in cells}
    return (
        len(texts) >= 3
        and all(cell.node > draft.title_node for draft, cell in cells)
        and all(cell.link < 0 or anchors.all_keys[cell.link] == draft.key for draft, cell in cells)
        and all(map(_is_full_name, texts))
    )


def _take_names(drafts: list[Draft], place: int) -> None:
    for draft in drafts:
        for cell in draft.labels:
            if cell.place == place and draft.author is None:
                draft.author, draft.origin["author"] = cell.text.strip(EDGE), "column"


def _bylines(tree: Tree, anchors: Anchors, drafts: list[Draft], nav_words: set[str]) -> None:
    """Names beside the date: in a card whose category stands elsewhere; a column of two- to four-word names, of one alone only
    where no section is called by it; and the name that the page gives as its author's."""
    if not drafts or sum([draft.author is not None for draft in drafts]) > 0.2 * len(drafts):
        return
    columns: dict[int, list[tuple[Draft, Cell]]] = {}
    for draft in drafts:
        for cell in draft.labels:
            if _may_be_byline(tree, anchors, draft, cell):
                columns.setdefault(cell.place, []).append((draft, cell))
    if not columns:
        return
    for place, cells in sorted(columns.items(), key=lambda item: -len({draft.start for draft, _ in item[1]})):
        if _is_byline_column(tree, drafts, place, cells, nav_words):
            for draft, cell in cells:
                if draft.author is None:
                    draft.author, draft.origin["author"] = cell.text.strip(EDGE), "column"
                    if draft.category == draft.author:
                        draft.category = None
            return


def _is_byline_column(tree: Tree, drafts: list[Draft], place: int, cells: list[tuple[Draft, Cell]], nav_words: set[str]) -> bool:
    """True for a text a card, on most cards, which the page itself calls its author, or which are names where the category stands
    elsewhere or where they can't be a section's."""
    texts = {cell.text.strip(EDGE) for _, cell in cells}
    if len(cells) < max(0.6 * len(drafts), 2) or len(cells) > len({draft.start for draft, _ in cells}):
        return False  # on few cards, or several a card: "Published", "Updated", "Filed under"
    if len(texts) == 1 and _is_stated_author(tree, min(texts)):
        return True
    if not all(map(_is_name, texts)):
        return False
    elsewhere = sum(draft.category is not None and draft.category_place != place for draft in drafts)
    if elsewhere >= 0.6 * len(drafts):
        return True
    names = sum(map(_is_full_name, texts)) >= 0.8 * len(texts)
    return names and not (len(texts) == 1 and _is_heading(tree, min(texts), nav_words))


def _may_be_byline(tree: Tree, anchors: Anchors, draft: Draft, cell: Cell) -> bool:
    """True for a text of the story's own on the line of the date, or among the few lines of facts that the date is one of."""
    if cell.link >= 0 and anchors.all_keys[cell.link] != draft.key:
        return False
    if not (cell.beside_date or _near_time(tree, draft, cell)) or _glues(tree, draft, cell):
        return False
    return not says_category(names_of(tree, cell.node, draft.start))


def _near_time(tree: Tree, draft: Draft, cell: Cell) -> bool:
    block = tree.parents[cell.node]
    while block > draft.start and tree.tags[block] not in BLOCKS:
        block = tree.parents[block]
    around = tree.parents[block]
    if around <= draft.start or not tree.count(tree.times, around):
        return False
    return sum(len(tree.texts[node]) for node in tree.within(tree.text_nodes, around)) <= _FACTS


def _is_stated_author(tree: Tree, text: str) -> bool:
    """True for a text that the page's own data name as its author."""
    name = text.casefold()
    return any((meta.get("content") or "").strip().casefold() == name for meta in tree.metas if _names_author(meta))


def _is_heading(tree: Tree, text: str, nav_words: set[str]) -> bool:
    """True for a text from the page's menu, headings or title: on every card it is the one section that they are from."""
    name = text.casefold()
    if name in nav_words or name in tree.title.casefold():
        return True
    return any(name in text_of(tree, heading).casefold() for heading in tree.headings)


def _names_author(meta: dict[str, str | None]) -> bool:
    return meta.get("name") == "author" or meta.get("property") in ("article:author", "author")


def _is_full_name(text: str) -> bool:
    """True for what could be somebody's first and last name."""
    lowered = any(word[0].islower() and not word.isascii() for word in text.split())  # "Периметр и суммы"
    return _FULL_NAME.match(text) is not None and not lowered


def _is_name(text: str) -> bool:
    return word_count(text) <= 4 and not any(map(str.isdigit, text)) and text[:1].upper() == text[:1]


def _glues(tree: Tree, draft: Draft, cell: Cell) -> bool:
    """True where a figure follows the cell on its line without a separator, or a colon ends it."""
    node = cell.node + 1
    while node < draft.end and tree.tags[node] and tree.tags[node] not in BLOCKS:
        node += 1
    if tree.texts[cell.node].rstrip().endswith((":", "：")):
        return True
    return node < draft.end and not tree.tags[node] and any(map(str.isdigit, tree.texts[node]))


@lru_cache(maxsize=4096)
def says_category(names: str) -> bool:
    """True for class names that call what they hold a category, tag or topic."""
    return bool(_EXPLICIT_NAMES.search(names))


@lru_cache(maxsize=4096)
def _says_label(names: str) -> bool:
    return bool(_LABEL_NAMES.search(names))


def names_of(tree: Tree, node: int, top: int) -> str:
    """The class names of the three elements around a text node, inside the card that begins at `top`."""
    names = []
    node = tree.parents[node]
    for _ in range(3):
        if node <= top:
            break
        names.append(tree.classes[node])
        node = tree.parents[node]
    return " ".join(names)
