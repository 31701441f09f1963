"""Which part of each card is its title, and where the card leads: decided over all cards of a family together."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from scraper.extract import words
from scraper.extract.anchors import Anchors
from scraper.extract.cells import Line, Scan, Scanner
from scraper.extract.dating import PageDates, Written
from scraper.extract.leads import Leads
from scraper.extract.marks import BYLINE, COMMENTS, SHARE
from scraper.extract.rows import goes_on
from scraper.extract.text import fold, join, runs_of, text_of
from scraper.extract.text import words as word_count
from scraper.extract.title_names import says_counter, says_kicker, says_title
from scraper.extract.walk import BLOCKS, Tree

_PROSE = 60  # words; a lone teaser and the headline over it have fewer, an article has more
_MOST_PARTS = 24  # text nodes; a heading with more isn't closed where its author meant it to be


@dataclass(slots=True)
class Unit:
    """Something that could be a card's title."""

    node: int  # heading, link, or the block of a line
    text: str
    place: int
    line: Line | None
    level: int  # 1 to 6 for a heading, 0 otherwise
    link: int  # the link that holds it or that it holds, or -1
    named: bool
    order: int
    keys: int = 1  # pages that its links lead to
    divided: bool = False  # its elements say several things, of which one may be the title
    more: bool = field(init=False)  # only a call to read on

    def __post_init__(self) -> None:
        self.more = words.is_more(self.text)


def _dated_words(parted: tuple[Written, str] | None) -> tuple[Written, str] | None:
    """A title parted into its date and the rest; None where it has none, or where the rest are no words."""
    return parted if parted is not None and not parted[0].relative and any(map(str.isalpha, parted[1])) else None


@dataclass(slots=True)
class Title:
    text: str
    node: int  # what to leave out of the other fields; -1: nothing (the text is an attribute's)
    key: int  # where the card leads, or -1
    origin: str
    date: Written | None = None  # that stood before the headline, in the same text
    adopted: bool = False  # the key is that of a link beside the title


class Titler:
    """Finds titles in the cards of one page."""

    def __init__(self, tree: Tree, anchors: Anchors, scanner: Scanner, nav_keys: set[int], dates: PageDates) -> None:
        self.tree, self.anchors, self.scanner, self.nav_keys, self.dates = tree, anchors, scanner, nav_keys, dates
        self.leads = Leads(tree, anchors, nav_keys)

    def titles(self, scans: list[Scan]) -> list[Title | None]:
        """The title of each card, None where there is none."""
        labels = [self._labels(scan) for scan in scans]
        per_card = [self._units(scan) for scan in scans]
        if len(scans) == 1:
            per_card = [self._without_page_headline(scans[0], per_card[0])]
        ranks = self._ranks(per_card, labels)
        spread = self.leads.spread(scans)
        titles = [
            self._title(scan, units, ranks, label, spread) for scan, units, label in zip(scans, per_card, labels, strict=True)
        ]
        found = [title for title in titles if title is not None]
        self._cut_dates(found)
        self._give_back(found)
        return titles

    # -- candidates

    def _units(self, scan: Scan) -> list[Unit]:
        tree, units = self.tree, []
        seen: set[int] = set()
        for order, line in enumerate(scan.lines):
            parts = self._parts(line) if line.heading < 0 and len(line.nodes) > 1 else []
            divided = len(parts) > 1 and sum([word_count(text_of(tree, part)) >= 3 for part in parts]) > 1
            for rank, part in enumerate(parts):
                named = says_title(tree.classes[part]) or tree.tags[part] in ("strong", "b")
                link = part if part in self.anchors.all_keys else line.link
                units.append(
                    Unit(part, text_of(tree, part), self.scanner.place(part, scan.start), line, 0, link, named, order + rank)
                )
            if line.heading >= 0:
                if line.heading in seen:
                    continue
                seen.add(line.heading)
                units.append(self._heading_unit(line.heading, scan, order))
                continue
            if len(line.nodes) > 1 and self._is_counter(line.nodes[-1], line.block):
                nodes = line.nodes[:-1]
                line = replace(line, nodes=nodes, text=join(tree, nodes))
            named = self._is_named(tree.parents[line.nodes[0]], scan.start)
            link = line.link
            if link > line.block:
                # All of the line is one link: it stands where the links of longer lines stand.
                units.append(Unit(link, line.text, self.scanner.place(link, scan.start), line, 0, link, named, order, 1, divided))
                continue
            inside = self._links_in(line)
            if link < 0:
                # The link could be the title, or the line; the column decides. A link in a sentence is neither.
                for part in inside[:1]:
                    text = text_of(tree, part)
                    if len(text) * 2 > len(line.text) or word_count(line.text) <= 24 or line.text.startswith(text):
                        place = self.scanner.place(part, scan.start)
                        units.append(
                            Unit(part, text, place, line, 0, part, named, order, 1, divided and len(text) * 2 > len(line.text))
                        )
                        if (len(text) * 2 > len(line.text) or word_count(text) >= 4) and not self._is_aside(part, text, line):
                            link = part
                if link >= 0:
                    continue
            leads = {self.anchors.all_keys[part] for part in inside}
            units.append(Unit(line.block, line.text, line.place, line, 0, link, named, order, len(leads), divided))
        return units

    def _without_page_headline(self, scan: Scan, units: list[Unit]) -> list[Unit]:
        """The units of a lone card without the unlinked heading that names the page, where another of them is a link with words of
        its own and no text stands beside them: "Posts about news" over the one post that there is. It is an `h1` that the page's
        title begins with, or has the words with which the page's address ends. Over an article it is the article's."""
        page = fold(self.tree.title).casefold()
        folder = unquote(self.anchors.page_key.rstrip("/").rpartition("/")[2]).replace("-", " ").casefold()

        def names_page(unit: Unit) -> bool:
            text = unit.text.casefold()
            return unit.link < 0 and ((unit.level == 1 and page.startswith(text)) or (unit.level > 0 and text == folder))

        rest = [unit for unit in units if not names_page(unit)]
        linked = any(unit.link == unit.node and word_count(unit.text) >= 2 and not unit.more for unit in rest)
        return rest if linked and sum([word_count(line.text) for line in scan.lines]) < _PROSE else units

    def _parts(self, line: Line) -> list[int]:
        """The inline elements that divide a line among them, as in `<a><b>Title</b><span>Text</span></a>`; none when any text
        of the line stands outside them. A link that is divided itself is given by its parts."""
        return self._divided(line.nodes, line.link if line.link > line.block else line.block)

    def _divided(self, nodes: list[int], top: int) -> list[int]:
        parents, tags, ends = self.tree.parents, self.tree.tags, self.tree.ends
        parts: list[int] = []
        for node in nodes:
            part = parents[node]
            if part <= top:
                return []
            while parents[part] > top:
                part = parents[part]
            if not parts or parts[-1] != part:
                parts.append(part)
        inner: list[int] = []
        for part in parts:
            if tags[part] == "a":
                own = self._divided([node for node in nodes if part < node < ends[part]], part)
                inner.extend(own or ([part] if len(parts) > 1 else []))
            elif len(parts) > 1:
                inner.append(part)
        return inner

    def _heading_unit(self, heading: int, scan: Scan, order: int) -> Unit:
        tree = self.tree
        tag = tree.tags[heading]
        level = int(tag[1]) if len(tag) == 2 and tag[1].isdigit() else int(tree.attrs[heading].get("aria-level") or 3)
        link, node = -1, heading
        for inner in self._within(heading):
            if text_of(tree, inner):
                link = inner
                break
        if link >= 0:
            inside, whole = text_of(tree, link), text_of(tree, heading)
            if (
                inside != whole
                and word_count(inside) >= 2
                and not words.is_more(inside)
                and self.anchors.all_keys[link] not in self.nav_keys
            ):
                node = link
        else:
            outer = tree.parents[heading]
            while outer >= 0 and outer >= scan.start - 1:
                if tree.tags[outer] == "a" and outer in self.anchors.all_keys:
                    link = outer
                    break
                outer = tree.parents[outer]
        named = self._is_named(heading, scan.start)
        return Unit(node, self._clean(node), self.scanner.place(heading, scan.start), None, level, link, named, order)

    def _clean(self, node: int) -> str:
        """A heading's words without a kicker, a counter or a date that has its own element in it."""
        tree = self.tree
        if tree.count(tree.text_nodes, node) < 2:
            return text_of(tree, node)
        parts: list[list[int]] = runs_of(tree, node)
        nodes = [text for run in parts for text in run]
        if 1 < len(nodes) <= _MOST_PARTS:
            drop: set[int] = set()
            for text in nodes:
                owner = tree.parents[text]
                while owner > node:
                    names = tree.classes[owner]
                    if names and says_kicker(names):
                        drop.add(text)
                    if tree.tags[owner] in ("time", "sup", "small") and (
                        words.COUNTS.match(text_of(tree, text)) or self.dates.find(text_of(tree, text))
                    ):
                        drop.add(text)
                    owner = tree.parents[owner]
                if self._is_counter(text, node):
                    drop.add(text)
            if drop and len(drop) < len(nodes):
                kept = [[text for text in run if text not in drop] for run in parts]
                return fold(" ".join(join(tree, run) for run in kept if run)).strip(" |·•–—")
        return text_of(tree, node)

    def _is_counter(self, text: int, top: int) -> bool:
        """True for a bare figure in an element below `top` that names itself a count of comments, views or the like."""
        tree = self.tree
        if not words.COUNTS.match(fold(tree.texts[text])):
            return False
        owner = tree.parents[text]
        while owner > top:
            if tree.classes[owner] and says_counter(tree.classes[owner]):
                return True
            owner = tree.parents[owner]
        return False

    # -- columns

    def _ranks(self, per_card: list[list[Unit]], labels: list[list[str]]) -> dict[tuple[int, int], float]:
        """How much each place looks like titles, over all cards."""
        columns: dict[tuple[int, int], list[tuple[Unit, bool]]] = {}
        for units, label in zip(per_card, labels, strict=True):
            for unit in units:
                columns.setdefault((unit.place, unit.level), []).append((unit, unit.text in label))
        cards = len(per_card)
        all_keys, nav_keys, marks, row_words = self.anchors.all_keys, self.nav_keys, self.tree.marks, self.anchors.rows
        aside = BYLINE | SHARE | COMMENTS
        ranks: dict[tuple[int, int], float] = {}
        for column, members in columns.items():
            count = len(members)
            usable: set[str] = set()
            length = 0.0
            long = dated = linked = own = byline = level = crowded = named = told = rows = order = 0
            for unit, is_told in members:
                if not unit.more:
                    usable.add(unit.text)
                    size = word_count(unit.text)
                    length += min(size, 10)
                    if size > 28:
                        long += 1
                    elif size < 12 and self._only_dates(unit):
                        dated += 1
                if unit.link >= 0:
                    linked += 1
                    own += all_keys.get(unit.link, -1) not in nav_keys
                if marks[unit.node] & aside:
                    byline += 1
                level += unit.level
                crowded += unit.keys > 1 or unit.divided
                named += unit.named
                told += is_told
                rows += unit.node in row_words
                order += min(unit.order, 6)
            distinct = len(usable) / count
            rank = min(length / count, 8) / 4 * distinct + min(1.0, count / cards) * 1.5
            rank += (2.6 - 0.15 * (level / count)) * distinct if level else 0.0
            rank += 0.8 * (linked / count) + 0.6 * (own / count)
            rank -= 2.0 * crowded / count
            rank += 2.0 * named / count * distinct
            rank += 2.5 * told / count + 1.5 * rows / count
            rank -= 3.0 * (long / count) + 3.0 * (dated / count) + 2.5 * (byline / count) + 0.25 * order / count
            ranks[column] = rank
        return ranks

    def _only_dates(self, unit: Unit) -> bool:
        """True for a line that says when, "24 May 2024" or "Posted on 24 May 2024 by the board". A heading or the words of a row
        that say more than a date are a headline."""
        found = self.dates.find(unit.text)
        if found is None:
            return False
        return (not unit.level and unit.node not in self.anchors.rows) or word_count(unit.text[: found.start]) + word_count(
            unit.text[found.end :]
        ) < 2

    def _cut_dates(self, titles: list[Title]) -> None:
        """Where nearly every title of a list begins with its date, as in "24.05.2024: Summer fair", or ends with it in brackets,
        that is the list's way of dating, and the headline is the rest."""
        if len(titles) < 2:
            return
        for dated in (self.dates.leading, self.dates.closing):
            parts: list[tuple[Written, str] | None] = []
            others = 0
            for title in titles:
                parts.append(_dated_words(dated(title.text)))
                others += parts[-1] is None
                if len(titles) - others < 0.8 * len(titles):
                    break  # for most lists after a fifth of the titles
            else:
                for title, part in zip(titles, parts, strict=True):
                    if part is not None:
                        title.date, title.text = part
                return

    def _give_back(self, titles: list[Title]) -> None:
        """Where most cards lead to one page of the site's menu, and not by their titles, the stories have no page of their own:
        "Contact us" stands under each."""
        adopted = Counter(title.key for title in titles if title.adopted and title.key in self.leads.nav_keys)
        for title in titles:
            if title.adopted and adopted[title.key] >= 2 and adopted[title.key] * 2 > len(titles):
                title.key = -1

    # -- one card

    def _title(
        self, scan: Scan, units: list[Unit], ranks: dict[tuple[int, int], float], labels: list[str], spread: dict[int, int]
    ) -> Title | None:
        best: Unit | None = None
        best_rank = -1e9
        for unit in units:
            if unit.more or not unit.text:
                continue
            rank = ranks[unit.place, unit.level]
            if rank > best_rank + 1e-9:
                best, best_rank = unit, rank
        if best is None or (best_rank < 1.0 and not best.level):
            key = self._key(scan, best, spread)
            if labels and key >= 0:
                return Title(labels[0], -1, key, "label")
            if best is None:
                return None
        own = self.leads.own_key(scan, best.link)
        key = own if own >= 0 else self._key(scan, best, spread)
        node = best.node
        origin = "heading" if best.level else "link" if best.link == best.node else "column"
        text = best.text
        if best.line is not None and best.link != best.node and self.tree.tags[best.node] in BLOCKS:
            node = best.line.nodes[0] if len(best.line.nodes) == 1 else best.line.block
        return Title(text, node, key, origin, adopted=own < 0)

    def _key(self, scan: Scan, unit: Unit | None, spread: dict[int, int]) -> int:
        return self.leads.key_of(scan, -1 if unit is None else unit.link, None if unit is None else unit.text, spread)

    def _is_aside(self, link: int, text: str, line: Line) -> bool:
        """True for a link on some words of a row that is a sentence, as a notice without a page of its own has them."""
        return line.block in self.anchors.rows and len(text) * 3 <= len(line.text) * 2 and goes_on(self.tree, link)

    # -- small things

    def _labels(self, scan: Scan) -> list[str]:
        """What links and pictures of the card say in attributes; a witness for the title."""
        tree, labels = self.tree, []
        for link in self.leads.links_between(scan.start, scan.end)[:6]:
            for name in ("aria-label", "title"):
                written = tree.attrs[link].get(name)
                value = fold(written) if written else ""
                if value and not words.is_more(value):
                    labels.append(value)
        for image in tree.images[bisect_left(tree.images, scan.start) : bisect_left(tree.images, scan.end)][:3]:
            written = tree.attrs[image].get("alt")
            value = fold(written) if written else ""
            if word_count(value) > 1:
                labels.append(value)
        return labels

    def _is_named(self, node: int, top: int) -> bool:
        """True where the class names of the element, or of the one around it, below `top`, call it a title."""
        parents, classes = self.tree.parents, self.tree.classes
        for element in (node, parents[node]):
            if element <= top:
                break
            if (names := classes[element]) and says_title(names):
                return True
        return False

    def _within(self, node: int) -> list[int]:
        return self.leads.links_between(node, self.tree.ends[node])

    def _links_in(self, line: Line) -> list[int]:
        low, high = line.nodes[0], line.nodes[-1]
        nodes = self.leads.links
        at = bisect_left(nodes, self.tree.parents[low])
        return [node for node in nodes[at : bisect_left(nodes, high)] if node >= low or self.tree.ends[node] > low]
