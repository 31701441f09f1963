"""Fields of the cards of one family: decided down the column first, then cell by cell."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from functools import lru_cache

from scraper.ages import may_tell_age
from scraper.extract import words
from scraper.extract.anchors import Anchors
from scraper.extract.cells import Cell, Line, Scan, Scanner
from scraper.extract.columns import choose_images, decide_read_times, decide_texts, drop_portraits
from scraper.extract.dating import PageDates, Written
from scraper.extract.draft import Draft
from scraper.extract.groups import Family
from scraper.extract.images import find_images
from scraper.extract.labels import LABELLED, decide_labels, names_of, says_category
from scraper.extract.marks import BYLINE, COMMENTS, SHARE
from scraper.extract.properties import Properties
from scraper.extract.stated import read_properties, read_times, stated_images
from scraper.extract.text import EDGE, fold, has_digit, join, text_of
from scraper.extract.text import words as word_count
from scraper.extract.titles import Titler
from scraper.extract.walk import Tree
from scraper.extract.years import Years
from scraper.readtime import ReadTime, parse_read_time

_COUNTER = re.compile(r"^[\d.,]+\s*\w+$|^\w+\s*[:(]?\s*[\d.,]+\)?$")
_CLOCK = re.compile(
    r"^\W*\d{1,2}\s?[:.h]\s?\d{2}(?:\s?[ap]\.?\s?m\.?)?(?:\s*[-–—]\s*\d{1,2}\s?[:.h]\s?\d{2}(?:\s?[ap]\.?\s?m\.?)?)?(?:\s?(?:uhr|h|hs|hrs|uur|godz\.?))?\W*$",
    re.IGNORECASE,
)
_HOUR = re.compile(
    r"^(?:(?:at|um|à|às|alle|klo?|kl\.|a las|o)\s+)?\d{1,2}\s?[:.h]\s?\d{2}(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:uhr|hs?|hrs|uur)\b)?[\s,]*",
    re.IGNORECASE,
)  # behind a date
_PRICE = re.compile(r"[$€£¥₹₽₩]\s?\d|\d\s?(?:€|£|₽|₹|₴|USD|EUR|GBP|CHF|zł|kr\.?|руб\.?|грн|元|円|원)(?:\W|$)")
_ANY_YEAR = 2000  # a leap year: only to see that a text is a day
_MOST_LINES = 80  # of a card; a post printed in full goes on, a teaser doesn't
_LABEL_WORDS = 5  # a link of more words leads to a story, not to a section
_READ_WORDS = 4  # "3 من الدقائق"; "Estimated reading time"
_AGE_WORDS = 4  # "the day before yesterday"
_CAPTIONS = frozenset(("figcaption", "caption"))
_BEHIND_TITLE = " ,;:：·•|–—-"  # what parts a title from the text on its line
_ICONS = frozenset(("i", "span", "em"))
_PERSON_ICON = re.compile(r"[-_](?:user|person|author)(?:[-_](?:o|alt|circle|fill|outline|line))*(?:\s|$)", re.IGNORECASE)
_FILED_ICON = re.compile(r"[-_](?:folder|tags?|category)(?:[-_](?:o|alt|open|fill|outline|line))*(?:\s|$)", re.IGNORECASE)
_DIVIDER = re.compile(r"[·•|–—]")


_may_be_age = lru_cache(maxsize=4096)(may_tell_age)  # sections and names recur, down a page and from page to page


def _echoes(text: str, title: str) -> bool:
    """True for a line that is the title again, whole or cut short."""
    if text[:1].casefold()[:1] != title[:1].casefold()[:1]:
        return False
    one, other = text.rstrip(" .…").casefold(), title.rstrip(" .…").casefold()
    if one == other:
        return True
    if title.endswith(("…", "...")) and len(other) >= 25 and one.startswith(other) and len(one) < len(other) + 80:
        return True
    return text.endswith(("…", "...")) and len(one) >= 25 and other.startswith(one)


class Reader:
    """Reads cards of one page."""

    def __init__(
        self, tree: Tree, anchors: Anchors, scanner: Scanner, base: str, nav_keys: set[int], nav_words: set[str], dates: PageDates
    ) -> None:
        self.dates = dates
        self.tree, self.anchors, self.scanner, self.base = tree, anchors, scanner, base
        self.nav_keys, self.nav_words = nav_keys, nav_words
        self.properties = Properties(tree)
        self.years = Years(tree)
        self.titler = Titler(tree, anchors, scanner, nav_keys, dates)

    def read(self, family: Family) -> list[Draft]:
        """One draft a card of `family`, in document order, with all fields."""
        scans = [self.scanner.scan(start, end) for start, end in family.regions]
        drafts: list[Draft] = []
        for scan, title, year in zip(scans, self.titler.titles(scans), self.years.over(family.regions), strict=True):
            draft = Draft(scan.start, scan.end, year=year, peers=len(scans))
            drafts.append(draft)
            if title is None:
                continue
            draft.title, draft.key, draft.title_node = title.text, title.key, title.node
            draft.origin["title"] = title.origin
            if title.key >= 0:
                draft.origin["url"] = "link"
            self._read_card(draft, scan)
            if title.date is not None:
                draft.take_date(title.date, title.date.raw, "title")
        decide_texts(drafts)
        decide_read_times(self.tree, drafts)
        decide_labels(self.tree, self.anchors, drafts, self.nav_keys, self.nav_words)
        drop_portraits(self.tree, drafts, self.base)
        choose_images(drafts)
        return drafts

    # -- one card

    def _read_card(self, draft: Draft, scan: Scan) -> None:
        tree = self.tree
        low = high = -1
        if draft.title_node >= 0:
            low, high = draft.title_node, tree.ends[draft.title_node]
        draft.person_keys = self._person_keys(draft)
        read_times(tree, self.properties, self.dates, draft)
        badge = self._badge(draft, scan, low, high)
        for at, line in enumerate(scan.lines[:_MOST_LINES]):
            if at in badge:
                continue
            if line.nodes[0] < high and line.nodes[-1] >= low:
                nodes = [node for node in line.nodes if not low <= node < high]
                if not nodes:
                    continue
                line = replace(line, nodes=nodes, text=join(tree, nodes).lstrip(_BEHIND_TITLE))
            if line.text and not _echoes(line.text, draft.title or ""):
                self._read_line(draft, line)
        read_properties(tree, self.properties, self.dates, draft)
        images = tree.images
        draft.images = find_images(tree, images[bisect_left(images, draft.start) : bisect_left(images, draft.end)], self.base)
        draft.images += stated_images(tree, self.properties, draft, self.base)
        if draft.authors:
            draft.author = ", ".join(dict.fromkeys(draft.authors))

    def _person_keys(self, draft: Draft) -> set[int]:
        """Keys of links around an avatar: the same key with words is the author's name."""
        tree, keys = self.tree, self.anchors.all_keys
        images = tree.images
        found: set[int] = set()
        for image in images[bisect_left(images, draft.start) : bisect_left(images, draft.end)]:
            if not tree.marks[image] & BYLINE and "avatar" not in (tree.classes[image] + (tree.attrs[image].get("src") or "")):
                continue
            node = tree.parents[image]
            while node > draft.start and tree.tags[node] != "a":
                node = tree.parents[node]
            if node in keys:
                found.add(keys[node])
        return found

    def _badge(self, draft: Draft, scan: Scan, low: int, high: int) -> set[int]:
        """Lines that only together are a date: a calendar leaf with the day over the month."""
        lines = scan.lines
        for at in range(len(lines) - 1):
            if len(lines[at].text) > 12 or not (lines[at].text.isdecimal() or lines[at + 1].text[:2].strip().isdecimal()):
                continue
            for size in (3, 2):
                leaf = lines[at : at + size]
                if len(leaf) < size or any(len(line.text) > 14 or low <= line.nodes[0] < high for line in leaf):
                    continue
                text = " ".join(line.text for line in leaf)
                found = self.dates.find(text)
                if found is not None and len(found.raw) >= len(text) - 2 and not any(self.dates.find(line.text) for line in leaf):
                    draft.take_date(found, text, "badge")
                    return set(range(at, at + size))
        return set()

    def _read_line(self, draft: Draft, line: Line) -> None:
        tree = self.tree
        text = line.text
        if words.is_more(text) or words.COUNTS.match(text):
            draft.has_more = draft.has_more or any(map(str.isalpha, text))
            if not has_digit(text):
                return
        count = word_count(text)
        if count <= 6 and _PRICE.search(text):
            draft.has_price = True
        if count < 16 and words.starts_like_more(text):
            draft.has_more = True
            return
        cells = self.scanner.cells(line, draft.start)
        if count > _LABEL_WORDS and draft.key >= 0 and self._leads_elsewhere(draft, cells):
            return
        whole = self.dates.find(text) if count <= 6 else None
        if (
            whole is not None
            and len(cells) > 1
            and len(whole.raw) >= 0.7 * len(text)
            and not any(self.dates.find(cell.text) for cell in cells)
        ):
            draft.take_date(whole, text, "line")
            return
        if len(cells) > 1 and self._is_label_row(line, cells, draft):
            draft.labels.extend(self._untaken(draft, cells, 4))
            return
        if count > 12:
            text = self._trimmed(draft, cells, text)
            if text and tree.tags[line.block] not in _CAPTIONS:
                draft.prose.append(line.nodes[0])
                draft.blurb_lines.append((line.place, words.without_more(text)))
                draft.before_title.append(line.nodes[0] < draft.title_node)
            return
        if (
            count <= 3
            and _COUNTER.match(text.strip(EDGE))
            and not any(self._is_section_link(draft, cell) for cell in cells)
            and not self.dates.find(text)
            and not self.dates.in_year(text, draft.year)
            and not parse_read_time(text, lenient=True)
        ):
            return
        rest = self._untaken(draft, cells, count)
        if not rest:
            return
        remaining = text if len(rest) == len(cells) else fold(" ".join(cell.text for cell in rest))
        if all(cell.beside_date for cell in rest) and any(self._is_section_link(draft, cell) for cell in rest):
            draft.labels.extend(rest)  # "News · Staff report — 24 May 2024"
        elif (
            (word_count(remaining) >= 3 or len(rest) == len(cells) == 1)
            and tree.tags[line.block] not in _CAPTIONS
            and not LABELLED.match(remaining)
        ):
            draft.blurb_lines.append((line.place, words.without_more(remaining)))
            draft.before_title.append(line.nodes[0] < draft.title_node)
            draft.line_cells.append((line.place, rest))
        else:
            draft.labels.extend(rest)

    def _leads_elsewhere(self, draft: Draft, cells: list[Cell]) -> bool:
        """True for the headline of a related story: all of the line is link, none of it to the card's story, and too long for a label."""
        keys = self.anchors.all_keys
        away = all(cell.link >= 0 and keys[cell.link] != draft.key for cell in cells)
        return away and any(word_count(cell.text) > _LABEL_WORDS for cell in cells)

    def _is_label_row(self, line: Line, cells: list[Cell], draft: Draft) -> bool:
        """True for a line of tags or facts: every text in an inline element of its own, each a few words long."""
        parents = self.tree.parents
        owners = {parents[cell.node] for cell in cells}
        away = [cell for cell in cells if cell.link >= 0 and self.anchors.all_keys[cell.link] != draft.key]
        if (
            len(away) > 1
            and sum(len(cell.text) for cell in away) > 0.5 * len(line.text)
            and all(word_count(cell.text) <= 5 for cell in cells)
        ):
            return True
        return (
            line.block not in owners
            and len(owners) == len(cells)
            and all(word_count(cell.text) <= 5 and cell.text[-1] not in ".!?…。" for cell in cells)
            and (
                not any(cell.link >= 0 and self.anchors.all_keys[cell.link] == draft.key for cell in cells)
                or any(
                    self.properties.is_in_fact(owner) for owner in owners
                )  # a date's line is facts also where the card is all link
            )
        )

    def _untaken(self, draft: Draft, cells: list[Cell], line_words: float) -> list[Cell]:
        """The cells that are neither date, read time, byline nor count. "By" and "in" speak for the cell after them."""
        tree = self.tree
        rest: list[Cell] = []
        role = ""
        for cell in cells:
            word = cell.text.casefold().strip(EDGE)
            role = self._icon_role(cell, draft.start) or role
            if word in words.BY_WORDS:
                role = "by"
            elif word in words.JOINERS and role == "by":
                continue
            elif word in words.FILED_WORDS:
                role = "in"
            elif role == "by" and word in words.BEFORE_A_TIME:
                role = ""
            elif role == "by" and word_count(cell.text) <= 6 and not has_digit(cell.text):
                draft.add_author(cell.text, "by")
            elif self._take(
                draft, cell, line_words if len(cells) < 3 else min(line_words, word_count(cell.text) + 2), filed=role == "in"
            ):
                role = role if word in words.JOINERS else "in" if word.rpartition(" ")[2] in words.FILED_WORDS else ""
            else:
                if (role == "in" and cell.link < 0) or tree.parents[cell.node] in self.properties.sections:
                    cell.filed = True
                rest.append(cell)
        if len(rest) < len(cells) and any(
            self.properties.is_in_fact(tree.parents[cell.node]) or self.dates.find(cell.text) for cell in cells
        ):
            for cell in rest:
                cell.beside_date = True
        return rest

    def _icon_role(self, cell: Cell, top: int) -> str:
        """What the icon before a cell says of it: "by" for somebody's silhouette, "in" for a folder or tag, "" for none. Icon
        fonts draw them in empty elements that are called so."""
        tree = self.tree
        node = cell.node - 1
        while node > top and tree.ends[node] > cell.node:
            node -= 1
        if node <= top or tree.tags[node] not in _ICONS or tree.ends[node] != node + 1:
            return ""
        names = tree.classes[node]
        return "by" if _PERSON_ICON.search(names) else "in" if _FILED_ICON.search(names) else ""

    def _trimmed(self, draft: Draft, cells: list[Cell], text: str) -> str:
        """A long line without the date, byline or read time at its two ends, nor the section that a bar parts from its beginning."""
        for cell in cells[:-1]:
            if not text.startswith(cell.text) or word_count(cell.text) > 8:
                break
            rest = text[len(cell.text) :].lstrip()
            if self._is_section_link(draft, cell) and _DIVIDER.match(rest):
                draft.labels.append(cell)
            elif not self._take(draft, cell, 6):
                break
            text = rest.lstrip(EDGE + ".")
        link = cells[-1].link
        if link >= 0 and self.anchors.all_keys[link] == draft.key:
            call = text_of(self.tree, link)
            if (
                text.endswith(call) and len(call) < len(text) and words.starts_like_more(call)
            ):  # "Continue reading", with the title
                draft.has_more = True
                return text[: -len(call)].rstrip()
        for cell in reversed(cells[1:]):
            bare, end = text.rstrip(EDGE), cell.text.rstrip(EDGE)
            if not end or not bare.endswith(end) or word_count(end) > 8:
                break
            if not (self._take(draft, cell, 6) or words.is_more(cell.text)):
                break
            text = bare[: -len(end)].rstrip(EDGE)
        return text

    def _is_section_link(self, draft: Draft, cell: Cell) -> bool:
        """True for a short link away from the card's story."""
        return cell.link >= 0 and self.anchors.all_keys[cell.link] != draft.key and word_count(cell.text) <= _LABEL_WORDS

    def _take(self, draft: Draft, cell: Cell, line_words: float, *, filed: bool = False) -> bool:
        """True when the cell is a read time, a date, a byline or a count, which it then gives to the draft; no byline where
        "in" stands before it (`filed`)."""
        tree = self.tree
        text = cell.text
        owner = tree.parents[cell.node]
        count = word_count(text)
        has_figure = has_digit(text)
        if count <= 10 and (has_figure or not text.isascii() or "minut" in text.casefold()):
            read_time = parse_read_time(text) or self._told_read_time(text, owner)
            if read_time:
                if draft.read_time is None:
                    draft.read_time = read_time.minutes, read_time.raw
                    draft.origin["read_time_minutes"] = f"text:{tree.tags[owner]}"
                text = (text[: read_time.start] + text[read_time.end :]).strip(EDGE)  # "News, 24 May 2024, 8 min read"
                has_figure = has_digit(text)
                if not has_figure or not self.dates.find(text):
                    return True
        if count <= 10 and (has_figure or (draft.published_raw is None and count <= _AGE_WORDS and _may_be_age(text))):
            written = self._written(draft, text, owner)
            if written:
                before, after = text[: written.start].strip(EDGE), _HOUR.sub("", text[written.end :].strip(EDGE))
                if word_count(before) > 3 and not (words.has_by(before) and word_count(before) <= 7):
                    return False
                if text.endswith(("...", "…")):
                    return False
                if word_count(after) > 2 and not (words.has_by_beside_date(after) and word_count(after) <= 7):
                    return False
                if text != cell.text and 0 < word_count(before) <= 3 and not words.has_by(before):
                    draft.labels.append(replace(cell, text=before))
                    text = text[written.start :]
                draft.take_date(
                    written,
                    text,
                    f"text:{tree.tags[owner]}",
                    weak=bool(words.UPDATED.search(before)),
                    labelled=cell.text[: cell.text.find(written.raw)].rstrip().endswith((":", "：")),
                )
                if words.has_by(before):
                    draft.add_author(before, "by")
                if words.has_by_beside_date(after):
                    draft.add_author(after.partition(" ")[2] if not words.has_by(after) else after, "by")
                return True
        if words.COUNTS.match(text.strip(EDGE)) or _CLOCK.match(text) or words.is_more(text) or self.properties.is_in_fact(owner):
            return True
        marks = tree.marks[owner] & ~tree.marks[draft.start]
        if marks & (SHARE | COMMENTS) or self._is_jump(draft, cell.link):
            return True
        return not filed and self._take_author(draft, cell, owner, marks, count, line_words)

    def _written(self, draft: Draft, text: str, owner: int) -> Written | None:
        """The date in `text`. Where it tells no year, the year over the card does, or the date in its element's `title`."""
        found = self.dates.find(text)
        if found is not None and not found.relative:
            return found
        day = self.dates.in_year(text, draft.year)
        if day is not None:
            return day
        told = self.tree.attrs[owner].get("title")
        stated = self.dates.find(told) if told and (found is not None or self.dates.in_year(text, _ANY_YEAR)) else None
        if stated is None or stated.relative:
            return found
        return replace(stated, raw=text, start=0, end=len(text))

    def _is_jump(self, draft: Draft, link: int) -> bool:
        """True for a link to a place in the card's story, as its comments are."""
        return (
            link > draft.start
            and self.anchors.all_keys[link] == draft.key
            and "#" in (self.tree.attrs[link].get("href") or "")
            and not link <= draft.title_node < self.tree.ends[link]
        )

    def _told_read_time(self, text: str, owner: int) -> ReadTime | None:
        """The amount in `text` as a read time where the element's `title` or `aria-label` says that it is one."""
        attributes = self.tree.attrs[owner]
        told = attributes.get("title") or attributes.get("aria-label")
        if not told or word_count(text) > _READ_WORDS or word_count(told) > _READ_WORDS:
            return None
        found = parse_read_time(f"{fold(told)}: {text}")
        return None if found is None else replace(found, raw=text, start=0, end=len(text))

    def _take_author(self, draft: Draft, cell: Cell, owner: int, marks: int, count: float, line_words: float) -> bool:
        tree = self.tree
        link = cell.link
        key = self.anchors.all_keys[link] if link >= 0 else -1
        path = self.anchors.parts(key)[1] if link >= 0 else ""
        away = link >= 0 and key != draft.key
        origin = None
        if away and ("author" in (tree.attrs[link].get("rel") or "").split() or words.leads_to_person(path)):
            origin = "link"
        elif away and key in draft.person_keys:
            origin = "avatar's link"
        elif self.properties.is_in_author(owner, draft.start):
            origin = "microdata"
        elif marks & BYLINE and count <= 6 and not words.TAXONOMY_PATH.search(path + "/"):
            origin = "byline"
        elif line_words <= 8 and words.has_by(cell.text) and not says_category(names_of(tree, cell.node, draft.start)):
            origin = "by"
        if origin is None:
            return False
        if not (origin == "byline" and draft.authors and link < 0 and cell.text.islower()):  # "Ines Calloway writes"
            draft.add_author(cell.text, origin)
        return True
