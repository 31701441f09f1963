"""Fields of the cards of one family: decided down the column first, then cell by cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scraper.extract import words
from scraper.extract.anchors import Anchors, Seed
from scraper.extract.groups import Column, Family
from scraper.extract.images import find_image
from scraper.extract.marks import BYLINE, COMMENTS, SHARE
from scraper.extract.shingles import Shingles
from scraper.extract.text import fold, join, runs_of, text_of
from scraper.extract.text import words as word_count
from scraper.extract.walk import Tree
from scraper.extract.written import find_date, find_read_time

_SPLIT = re.compile(r"\s*[·•|⋅∙●▪◦]\s*|\s+[—–/-]\s+|^\s*[—–/-]\s+|\s+[—–/-]\s*$")
_LABEL_NAMES = re.compile(
    r"(?:^|[\s_-])(?:category|categories|cat|cats|kicker|tag|tags|topic|topics|section|rubric|rubrik|label|eyebrow|overline|channel|badge|type|taxonomy|rubrique|pill|chip|dachzeile|flag)s?(?:[\s_-]|$)",
    re.IGNORECASE,
)
_DATE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:date|time|published|pubdate|datum|fecha|posted|timestamp|day|month)(?:[\s_-]|$)", re.IGNORECASE
)
_CAPTION = frozenset(("figcaption", "caption"))


@dataclass(slots=True)
class Cell:
    """A run of text inside one line of a card."""

    node: int  # its first text node
    text: str
    path: int  # place inside the card
    link: int  # the link that holds it, or -1


@dataclass(slots=True)
class Draft:
    """A card in the making."""

    start: int
    end: int
    seed: Seed | None = None
    title_node: int = -1
    title: str | None = None
    url_key: int = -1
    blurb: str | None = None
    read_time: tuple[int, str] | None = None
    published_on: str | None = None
    published_raw: str | None = None
    author: str | None = None
    category: str | None = None
    image_url: str | None = None
    origin: dict[str, str] = field(default_factory=dict)
    labels: list[Cell] = field(default_factory=list)
    blurb_lines: list[tuple[int, str]] = field(default_factory=list)  # (place of the line's block, text)
    has_more: bool = False
    score: float = 0.0


class Reader:
    """Reads cards of one page."""

    def __init__(self, tree: Tree, anchors: Anchors, shingles: Shingles, base: str, nav_keys: set[int]) -> None:
        self.tree, self.anchors, self.shingles, self.base, self.nav_keys = tree, anchors, shingles, base, nav_keys

    def read(self, family: Family) -> list[Draft]:
        """One draft a card of `family`, in document order, with all fields."""
        drafts = self._titled(family)
        for draft in drafts:
            self._read_card(draft)
        self._decide_blurbs(drafts)
        self._decide_labels(drafts)
        return drafts

    # -- titles and links

    def _titled(self, family: Family) -> list[Draft]:
        """Drafts with title node and link chosen: the column that best looks like titles, per card the next best."""
        tree = self.tree
        ranked = sorted(family.columns, key=lambda column: -self._title_rank(column, len(family.cards)))
        drafts = {card: Draft(card, tree.ends[card]) for card in family.cards}
        for column in ranked:
            for seed, card in zip(column.seeds, column.cards, strict=True):
                draft = drafts.get(card)
                if draft is None or draft.seed is not None:
                    continue
                draft.seed = seed
        for draft in drafts.values():
            seed = draft.seed
            if seed is None:
                continue
            draft.title_node = seed.heading if seed.heading >= 0 else seed.node
            if seed.heading >= 0 and not (draft.start <= seed.heading < draft.end):
                draft.start = seed.heading
            if self.anchors.urls[seed.key]:
                draft.url_key = seed.key
                if seed.heading < 0 and not text_of(tree, seed.node):
                    draft.title_node = -1
            else:
                draft.url_key = self._adopted(family, draft)
        return list(drafts.values())

    def _title_rank(self, column: Column, cards: int) -> float:
        texts = [text_of(self.tree, seed.heading if seed.heading >= 0 else seed.node) for seed in column.seeds]
        count = len(texts)
        filled = [text for text in texts if text and not words.is_more(text)]
        mean = sum(min(word_count(text), 12) for text in filled) / count
        distinct = len(set(filled)) / count
        heading = sum(seed.heading >= 0 for seed in column.seeds) / count
        linked = bool(self.anchors.urls[column.seeds[0].key])
        byline = any(self.tree.marks[seed.node] & BYLINE for seed in column.seeds)
        coverage = len(set(column.cards)) / cards
        rank = mean * distinct / 4 + 3 * heading * distinct + 0.8 * linked + 2 * coverage - 2 * byline
        if column.seeds[0].heading >= 0:
            level = self.tree.tags[column.seeds[0].heading]
            rank -= 0.3 * int(level[1]) if level[0] == "h" and level[1:].isdigit() else 0
        return rank

    def _adopted(self, family: Family, draft: Draft) -> int:
        """The link of a card whose heading has none: the one key that is the card's own."""
        best, best_rank = -1, -1.0
        for column in family.columns:
            for seed, card in zip(column.seeds, column.cards, strict=True):
                if card != draft.start or not self.anchors.urls[seed.key]:
                    continue
                distinct = len({other.key for other in column.seeds}) / len(column.seeds)
                text = text_of(self.tree, seed.node)
                rank = distinct + (1 if words.is_more(text) else 0) + len(column.seeds) / len(family.cards)
                if self.tree.marks[seed.node] & (BYLINE | SHARE | COMMENTS) or seed.key in self.nav_keys:
                    rank -= 2
                if rank > best_rank:
                    best, best_rank = seed.key, rank
        return best if best_rank > 0.5 else -1

    # -- one card

    def _read_card(self, draft: Draft) -> None:
        tree = self.tree
        skip: set[int] = set()
        if draft.title_node >= 0:
            inner = draft.title_node
            if tree.tags[inner] == "a" and draft.seed and draft.seed.heading < 0:
                draft.title_node = inner = self._title_in_link(inner)
            draft.title = self._title_text(inner) or None
            draft.origin["title"] = "heading" if inner in self.anchors_headings else "link"
            skip.add(inner)
        if draft.url_key >= 0:
            draft.origin["url"] = "link"
        lines: list[tuple[list[int], str]] = []
        for run in runs_of(tree, draft.start, draft.end, skip):
            text = join(tree, run)
            if text:
                lines.append((run, text))
        if draft.title is None and draft.seed is not None:
            self._title_elsewhere(draft, lines)
        self._times(draft)
        for run, text in lines:
            self._read_line(draft, run, text)
        found = find_image(
            tree,
            tree.within(tree.images, draft.start)
            if tree.ends[draft.start] >= draft.end
            else [i for i in tree.images if draft.start <= i < draft.end],
            self.base,
        )
        if found:
            draft.image_url, draft.origin["image_url"] = found

    @property
    def anchors_headings(self) -> set[int]:
        if self.tree.heading_set is None:
            self.tree.heading_set = set(self.tree.headings)
        return self.tree.heading_set

    def _title_in_link(self, link: int) -> int:
        """The part of a card-wide link that is its title: an element named so, else its longest early line."""
        tree = self.tree
        runs = runs_of(tree, link)
        if len(runs) <= 1:
            return link
        for node in range(link + 1, tree.ends[link]):
            names = tree.classes[node].lower()
            if names and ("title" in names or "headline" in names) and text_of(tree, node):
                return node
        best, best_rank = link, -1.0
        for place, run in enumerate(runs):
            text = join(tree, run)
            count = word_count(text)
            if count < 2 or (find_date(text) and count < 7):
                continue
            rank = min(count, 10) - 3 * place - (5 if count > 25 else 0)
            if rank > best_rank:
                best, best_rank = tree.parents[run[0]], rank
        return best

    def _title_text(self, node: int) -> str:
        return text_of(self.tree, node)

    def _title_elsewhere(self, draft: Draft, lines: list[tuple[list[int], str]]) -> None:
        """A title for an overlay or picture link: its label, the picture's alternative text, or the first line."""
        tree = self.tree
        assert draft.seed is not None
        attributes = tree.attrs[draft.seed.node]
        for name in ("aria-label", "title"):
            value = fold(attributes.get(name) or "")
            if value and not words.is_more(value):
                draft.title, draft.origin["title"] = value, f"a@{name}"
                for at, (_run, text) in enumerate(lines):
                    if text and (text in value or value in text) and len(text) > len(value) / 3:
                        draft.title = text
                        del lines[at]
                        break
                return
        for at, (_run, text) in enumerate(lines):
            if not words.is_more(text) and word_count(text) >= 2 and not find_date(text):
                draft.title, draft.origin["title"] = text, "line"
                del lines[at]
                return
        for image in tree.within(tree.images, draft.seed.node):
            value = fold(tree.attrs[image].get("alt") or "")
            if value:
                draft.title, draft.origin["title"] = value, "img@alt"
                return

    def _times(self, draft: Draft) -> None:
        tree = self.tree
        for node in tree.times:
            if not draft.start <= node < draft.end:
                continue
            text = text_of(tree, node)
            value = tree.attrs[node].get("datetime") or ""
            found = find_date(value) if value else None
            if found is None or found[0] is None:
                found = find_date(text)
            if found is not None and found[0] is not None and draft.published_on is None:
                draft.published_on, draft.published_raw = found[0], text or value
                draft.origin["published_on"] = "time@datetime" if value else "time"

    def _read_line(self, draft: Draft, run: list[int], text: str) -> None:
        tree = self.tree
        if words.is_more(text) or words.COUNTS.match(text):
            draft.has_more = draft.has_more or bool(text.strip(words._EDGES))
            return
        if draft.title and (text == draft.title or fold(text).casefold() == draft.title.casefold()):
            return
        if words.starts_like_more(text) and word_count(text) < 16:
            draft.has_more = True
            return
        cells = self._cells(draft, run)
        count = word_count(text)
        rest: list[Cell] = []
        known = 0
        for cell in cells:
            if self._take(draft, cell, count):
                known += 1
            else:
                rest.append(cell)
        if not rest:
            return
        remaining = fold(" ".join(cell.text for cell in rest)) if known else text
        if word_count(remaining) >= 5 or (not known and word_count(remaining) >= 4):
            owner = tree.parents[run[0]]
            while tree.tags[owner] in ("a", "span", "b", "strong", "em", "i", "font", "u", "mark") and owner > draft.start:
                owner = tree.parents[owner]
            remaining = words.without_more(remaining if known else text)
            if remaining and tree.tags[owner] not in _CAPTION:
                draft.blurb_lines.append((self._path(owner, draft.start), remaining))
        else:
            for cell in rest:
                if re.search(r"\w", cell.text):
                    draft.labels.append(cell)

    def _cells(self, draft: Draft, run: list[int]) -> list[Cell]:
        """A line cut at element borders and separators."""
        tree = self.tree
        cells: list[Cell] = []
        for node in run:
            owner = tree.parents[node]
            link = owner
            while link > draft.start and tree.tags[link] != "a":
                link = tree.parents[link]
            if tree.tags[link] != "a" or link not in self.anchors.all_keys:
                link = -1
            path = self._path(owner, draft.start)
            for part in _SPLIT.split(tree.texts[node]):
                part = fold(part)
                if part and re.search(r"\w", part):
                    cells.append(Cell(node, part, path, link))
        return cells

    def _path(self, node: int, top: int) -> int:
        parents = self.tree.parents
        path = []
        while node > top:
            path.append(self.shingles.kind(node))
            node = parents[node]
        return hash(tuple(path))

    def _take(self, draft: Draft, cell: Cell, line_words: float) -> bool:
        """True when the cell is a read time, a date, a byline or a count, which it then gives to the draft."""
        tree = self.tree
        text = cell.text
        owner = tree.parents[cell.node]
        short = word_count(text) <= 9
        if short and any(map(str.isdigit, text)):
            found = find_read_time(text)
            if found:
                if draft.read_time is None:
                    draft.read_time = (found[0], found[1])
                    draft.origin["read_time_minutes"] = f"text:{tree.tags[owner]}"
                return True
            date = find_date(text)
            if date:
                if draft.published_on is None and date[0]:
                    draft.published_on, draft.published_raw = date[0], text
                    draft.origin["published_on"] = f"text:{tree.tags[owner]}"
                rest = (text[: date[1][0]] + text[date[1][1] :]).strip()
                return word_count(rest) <= 4
        if words.COUNTS.match(text):
            return True
        if tree.tags[owner] == "time":
            return True
        marks = tree.marks[owner] & ~tree.marks[draft.start]
        if marks & (SHARE | COMMENTS):
            return True
        href = self.anchors.urls[self.anchors.all_keys[cell.link]] if cell.link >= 0 else ""
        is_author = (
            (cell.link >= 0 and ((tree.attrs[cell.link].get("rel") or "") == "author" or words.AUTHOR_PATH.search(href)))
            or (marks & BYLINE and word_count(text) <= 6)
            or (tree.attrs[owner].get("itemprop") in ("author", "name") and marks & BYLINE)
        )
        if is_author:
            name = words.without_by(text)
            if name and not draft.author and word_count(name) <= 6:
                draft.author, draft.origin["author"] = name, "link@author" if cell.link >= 0 else "byline"
            return True
        if words.has_by(text) and line_words <= 8:
            name = words.without_by(text)
            if not draft.author and name and word_count(name) <= 6:
                draft.author, draft.origin["author"] = name, "by"
            return True
        return False

    # -- columns

    def _decide_blurbs(self, drafts: list[Draft]) -> None:
        totals: dict[int, list[float]] = {}
        for draft in drafts:
            for path, text in draft.blurb_lines:
                totals.setdefault(path, []).append(word_count(text))
        for draft in drafts:
            kept = [
                text
                for path, text in draft.blurb_lines
                if sum(totals[path]) / len(totals[path]) >= 5
                and (draft.title is None or text.casefold() != draft.title.casefold())
            ]
            text = fold(" ".join(kept))
            if text:
                draft.blurb = text
                draft.origin["blurb"] = "column"

    def _decide_labels(self, drafts: list[Draft]) -> None:
        tree = self.tree
        spread: dict[int, dict[str, int]] = {}
        for draft in drafts:
            for cell in draft.labels:
                seen = spread.setdefault(cell.path, {})
                seen[cell.text] = seen.get(cell.text, 0) + 1
        key_cards: dict[int, int] = {}
        for draft in drafts:
            for key in {self.anchors.all_keys[cell.link] for cell in draft.labels if cell.link >= 0}:
                key_cards[key] = key_cards.get(key, 0) + 1
        for draft in drafts:
            for cell in draft.labels:
                if word_count(cell.text) > 5:
                    continue
                values = spread[cell.path]
                total = sum(values.values())
                owner = tree.parents[cell.node]
                named = bool(_LABEL_NAMES.search(self._names(owner, draft.start)))
                recurs = values[cell.text] > 1 or (total > 3 and len(values) < total * 0.7)
                if cell.link >= 0:
                    key = self.anchors.all_keys[cell.link]
                    if key == draft.url_key:
                        good = recurs or (named and len(values) < total)
                    else:
                        href = self.anchors.urls[key]
                        rel = tree.attrs[cell.link].get("rel") or ""
                        good = (
                            bool(words.TAXONOMY_PATH.search(href))
                            or "tag" in rel
                            or key in self.nav_keys
                            or key_cards[key] > 1
                            or named
                        )
                else:
                    good = (recurs and (named or total >= len(drafts) * 0.5)) or (named and values[cell.text] > 1)
                if good and draft.category is None:
                    draft.category = cell.text.strip(" ,;:#[]()·|")
                    draft.origin["category"] = "link" if cell.link >= 0 else "label"

    def _names(self, node: int, top: int) -> str:
        names = []
        for _ in range(3):
            if node <= top:
                break
            names.append(self.tree.classes[node])
            node = self.tree.parents[node]
        return " ".join(names)
