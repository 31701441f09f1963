"""Plain text of a page, cut into the pieces that teaser cards are made of.

A text extract has lost the markup; what is left are lines, and sometimes not even those: "... say residents. 7 minute
readA new plan ...". `cut` turns both into one row of items, each of one kind, so that cards can be told apart by the order in
which kinds recur.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice, pairwise

from scraper.dates import ParsedDate, find_date, find_dates, infer_day_first
from scraper.readtime import ReadTime, find_read_times, parse_read_time
from scraper.text_lines import Line, lines_of


class Kind(StrEnum):
    """What an item looks like on its own."""

    READ_TIME = "read time"
    DATE = "date"
    AUTHOR = "author"
    LABEL = "label"  # a few words that recur, or that a facet counts: a category
    TITLE = "title"  # short, and not a sentence
    PROSE = "prose"  # a sentence or more
    FURNITURE = "furniture"  # facets, buttons, page numbers, footer lines: never part of a card


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One piece of the text, in order."""

    kind: Kind
    text: str
    blank_before: int = 0  # empty lines between the item before and this one
    marked: bool = False  # a Markdown heading, list mark or link: begins something
    glued: bool = False  # stands directly behind a reading time, without a space: begins a card
    joined: bool = False  # on one line with the item before it
    url: str | None = None  # of a Markdown link, as written
    minutes: int | None = None  # of a reading time
    date: ParsedDate | None = None


_TITLE_LENGTH = 120  # characters; longer pieces are prose, whatever they end with
_LABEL_WORDS = 4
_LABEL_LENGTH = 40
_CJK_LABEL_LENGTH = 12
_MOST_PARTS = 8  # labels and dates at the head of one piece
_FEWEST_DATES_IN_LINE = 3
_MOST_FACETS = 300  # each is looked for at the head of every line
_FEWEST_HEADS = 3  # of dates, on their lines
_HEAD_WORDS = 3
_MOST_ARE = 0.8
_DIFFERENT_NAMES = 0.7  # of all; categories recur more
_META_LENGTH = 60  # of one part of a line such as "News · 24 May 2024 · 8 minute read"

_SENTENCE_END = re.compile(r"[.。．…।؟][\"'”’»)\]]*\Z")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_FACET = re.compile(r"(?<!\S)(?P<label>[^\W\d_](?:[^()\n\d]{0,38}[^\W_])?)\s?\((?P<count>\d{1,6})\)")
_HEADING = re.compile(r"(?:#{1,6}|\*|-|•|–|\d{1,3}[.)])\s+")
_EMPHASIS = re.compile(r"(?<![\w*])[*_]{1,3}(?P<text>[^\s*_](?:[^*_]{0,300}[^\s*_])?)[*_]{1,3}(?![\w*])")
_LINK = re.compile(r"!?\[(?P<text>[^\[\]]*)\]\(\s*<?(?P<url>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+\"[^\"]*\")?\s*\)")
_BARE_URL = re.compile(r"<?(?P<url>https?://\S+?)>?\Z")
_META_SEPARATOR = re.compile(r"\s*[·•∙|‧]\s*|\s+[–—/-]\s+")
_COUNTER = re.compile(
    r"(?P<before>\(?(?:[^\W\d]{1,8}\.?\s)?)(?P<figure>\d[\d.,]{0,8})\s?(?P<what>[^\W\d]{1,24}(?:\s[^\W\d]{1,24})?\)?)"
)
_IN_BRACKETS = re.compile(r"\([^()]{1,40}\)")
_FEWEST_COUNTS = 3  # different ones
_FEWEST_BARE_MINUTES = 3  # lines that show them beside a date
_LONGEST_BARE_MINUTES = 30  # what takes longer is seen or heard
_TAGS = re.compile(r"#[^\s#]+(?:[\s,]+#[^\s#]+)*")
_BYLINE = re.compile(
    r"(?:(?:written |posted |words )?by|authors?:|von|par|por|di|door|przez|av|af|автор:?|от|od|autor(?:in|a)?:?|auteur:?|文[:：/]|作者[:：]?|글)\s*(?P<name>\S.{1,78})\Z",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:[^\W\d_a-z][\w.'’-]*|de|van|von|der|den|di|da|del|la|le|al|bin|y|and|und|et|&|,)(?:,?\s+(?:[^\W\d_a-z][\w.'’-]*|de|van|von|der|den|di|da|del|la|le|al|bin|y|and|und|et|&)){0,9}\Z"
)
_FURNITURE = re.compile(
    r"""(?:
    (?:load|show|view|see|read|find\ out|learn|discover)\ (?:more|all)\b.{0,40} | more | next(?:\ page)? | prev(?:ious)?(?:\ page)? | older(?:\ posts)? | newer(?:\ posts)?
    | continue\ reading.{0,30} | back\ to\ top | skip\ to\ .{1,30} | search | menu | close | filter(?:s|\ by.{0,20})? | sort\ by.{0,20} | reset(?:\ filters)? | clear\ all
    | share | subscribe.{0,40} | sign\ (?:up|in).{0,40} | log\ ?in | register | newsletter.{0,30} | cookie.{0,40} | accept\ .{0,30} | contact(?:\ us)? | about(?:\ us)?
    | privacy.{0,30} | terms\ .{0,30} | imprint | impressum | datenschutz | mentions\ légales | lire\ la\ suite | weiterlesen | mehr(?:\ lesen)? | leer\ más | leggi\ tutto | lees\ (?:meer|verder)
    | czytaj\ (?:więcej|dalej) | saiba\ mais | ler\ mais | weitere\ .{0,25} | läs\ mer | les\ mer | læs\ mere | lue\ lisää | подробнее | читать\ (?:далее|дальше) | 続きを読む | もっと見る | 阅读更多 | 更多 | 查看更多 | 더\ ?보기
    | (?:source|quelle|fuente|fonte|bron|źródło):\ .{1,40} | (?:page|seite|página|pagina|strona)\ \d+.{0,20} | showing\ \d.{0,40} | \d[\d.,\s]*\ (?:results?|articles?|items?|posts?|ergebnisse|résultats|resultados)
    | [\d\s.…·|<>«»‹›←→-]+ | ©.* | \(c\)\ .* | copyright\ .* | .{0,60}all\ rights\ reserved.{0,40}
    | (?:last\ )?(?:updated|modified|changed)(?:\ on)? | (?:posted|published)(?:\ on)? | date | stand | aktualisiert(?:\ am)? | veröffentlicht(?:\ am)? | (?:mise?\ à\ jour|publié)(?:\ le)? | publicado(?:\ el)? | actualizado | follow\ us.{0,40} | home
    )[\s.…→»›:]*\Z""",
    re.IGNORECASE | re.VERBOSE,
)


def cut(text: str, *, now: datetime | None = None) -> list[Item]:
    """The items of a plain text in order; labels are told from titles by how often they recur."""
    lines = lines_of(text)
    short = [line.text for line in lines if len(line.text) <= _TITLE_LENGTH]
    reader = _LineReader(
        facet_labels(text),
        infer_day_first(short),
        now,
        counters=_counters(short),
        bare_minutes=sum(_bare_minutes(line) is not None for line in short) >= _FEWEST_BARE_MINUTES,
    )
    items: list[Item] = []
    for line in lines:
        blank, joined = line.blank_before, False
        for item in reader.items(line):
            items.append(replace(item, blank_before=blank, joined=joined) if blank or joined else item)
            blank, joined = 0, True
    return _with_recurring_labels(_with_heads_of_dates(_with_short_sentences(items)), reader.labels)


def _counters(lines: Sequence[str]) -> frozenset[str]:
    """What stands on the page with several figures before it: "4 comments", "21 reactions", "(About 495 words)"."""
    figures: dict[str, set[str]] = {}
    for line in lines:
        for part in (line, *_IN_BRACKETS.findall(line)):
            if counter := _COUNTER.fullmatch(part):
                figures.setdefault(_counted(counter), set()).add(counter["figure"])
    return frozenset(what for what, counts in figures.items() if len(counts) >= _FEWEST_COUNTS)


def _counted(counter: re.Match[str]) -> str:
    return f"{counter['before']}#{counter['what']}".lower()


def _bare_minutes(line: str) -> ReadTime | None:
    """The "4 min" of a line such as "15 Jan 2026 · 4 min", which says no more of itself."""
    found = parse_read_time(line, lenient=True)
    if found is None or found.minutes > _LONGEST_BARE_MINUTES or find_read_times(line) or find_date(line) is None:
        return None
    return found


def facet_labels(text: str) -> frozenset[str]:
    """The words beside counts, "News (120) Opinion (14)", where there are two or more: the page's own category names."""
    labels = [" ".join(match["label"].split()) for match in islice(_FACET.finditer(text), _MOST_FACETS)]
    # In "Home Latest News (120)" the label has run into the menu: only its last words are the facet's.
    short = [label if len(label.split()) <= _LABEL_WORDS else label.split()[-1] for label in labels]
    return frozenset(short) if len(short) >= 2 else frozenset()


def _with_short_sentences(items: list[Item]) -> list[Item]:
    """ "It rained." under a paragraph goes on with it; alone it could be a headline."""
    result = items[:1]
    for item in items[1:]:
        if (
            item.kind is Kind.TITLE
            and result[-1].kind is Kind.PROSE
            and not item.blank_before
            and _SENTENCE_END.search(item.text)
        ):
            result.append(replace(item, kind=Kind.PROSE))
        else:
            result.append(item)
    return result


def _with_heads_of_dates(items: list[Item]) -> list[Item]:
    """What stands before the dates, on their lines, is a column: names that differ, or a word or three that are categories."""
    dates = sum(item.kind is Kind.DATE for item in items)
    heads = [item for item, date in pairwise(items) if item.kind is Kind.TITLE and date.kind is Kind.DATE and date.joined]
    others = sum(item.kind in (Kind.TITLE, Kind.PROSE) for item in items) - len(heads)
    if len(heads) < _FEWEST_HEADS or 2 * len(heads) < dates or others < dates:
        return items
    names = [head.text for head in heads if len(head.text.split()) > 1 and _NAME.match(head.text)]
    if len(names) >= _MOST_ARE * len(heads) and len(set(names)) >= _DIFFERENT_NAMES * len(names):
        kind = Kind.AUTHOR
    elif len(heads) >= _MOST_ARE * dates and all(len(head.text.split()) <= _HEAD_WORDS for head in heads):
        kind = Kind.LABEL
    else:
        return items
    ours = {id(head) for head in heads}
    return [replace(item, kind=kind) if id(item) in ours else item for item in items]


def _with_recurring_labels(items: list[Item], labels: frozenset[str]) -> list[Item]:
    """A short line that stands in the text twice or more, each time before something else, is a category and no title."""
    followers: dict[str, set[str]] = {}
    for item, following in pairwise(items):
        if item.kind is Kind.TITLE and len(item.text) <= _LABEL_LENGTH and len(item.text.split()) <= _LABEL_WORDS:
            followers.setdefault(item.text, set()).add(following.text)
    recurring = labels | {text for text, behind in followers.items() if len(behind) >= 2}
    return [replace(item, kind=Kind.LABEL) if item.kind is Kind.TITLE and item.text in recurring else item for item in items]


class _LineReader:
    """Cuts one line after the other, with what is known of the whole text."""

    def __init__(
        self,
        labels: frozenset[str],
        day_first: bool | None,
        now: datetime | None,
        *,
        counters: frozenset[str],
        bare_minutes: bool,
    ) -> None:
        self.labels = labels
        self._by_length = sorted(labels, key=lambda label: (-len(label), label))
        self._day_first, self._now = day_first, now
        self._counters, self._bare_minutes = counters, bare_minutes

    def items(self, whole: Line) -> Iterator[Item]:
        line, marked, url = whole.text, whole.bulleted, whole.url
        mark = _HEADING.match(line)
        if mark and not (mark[0][0].isdigit() and _begins_with_date(line)):  # "24. Mai 2024" is no list's 24th line
            line, marked = line[mark.end() :], True
        if link := _LINK.search(line):
            image = link[0].startswith("!")
            url = None if image else link["url"]
            marked = marked or (link.start() == 0 and not image)
        if bare := _BARE_URL.match(line):
            yield Item(kind=Kind.FURNITURE, text=line, url=bare["url"])
            return
        line = _LINK.sub(lambda match: "" if match[0].startswith("!") else match["text"], line)
        line = " ".join(_EMPHASIS.sub(lambda match: match["text"], line).split())
        if not line:
            return
        for item in self._by_read_times(line):
            yield replace(item, marked=marked, url=url) if marked or url else item
            marked, url = False, None

    def _by_read_times(self, line: str) -> Iterator[Item]:
        place = 0
        glued = False
        bare = _bare_minutes(line) if self._bare_minutes and len(line) <= _TITLE_LENGTH else None
        for read_time in [bare] if bare else find_read_times(line):
            yield from self._glued_first(line[place : read_time.start], glued)
            yield _read_time(read_time)
            place = read_time.end
            glued = place < len(line) and not line[place].isspace() and line[place] not in _SEPARATORS
        yield from self._glued_first(line[place:], glued)

    def _glued_first(self, text: str, glued: bool) -> Iterator[Item]:
        for item in self._by_date(text.strip(_SEPARATORS)):
            yield replace(item, glued=True) if glued else item
            glued = False

    def _by_date(self, text: str) -> Iterator[Item]:
        """A date at either end of a text is metadata; one inside a sentence is told about."""
        facets = list(_FACET.finditer(text))
        if len(facets) >= 2 or (facets and facets[0].span() == (0, len(text))):
            end = facets[-1].end()
            yield Item(kind=Kind.FURNITURE, text=text[:end].strip())
            text = text[end:].strip(_SEPARATORS)
        if len(text) > _TITLE_LENGTH and (dates := self._dates_between_cards(text)):
            place = 0
            for date in dates:
                yield from self._labelled_parts(text[place : date.start].strip(_AROUND_DATE))
                yield Item(kind=Kind.DATE, text=date.raw, date=date)
                place = date.end
            text = text[place:].strip(_AROUND_DATE)
        for _ in range(_MOST_PARTS):
            label, text = self._leading_label(text)
            if label:
                yield Item(kind=Kind.LABEL, text=label)
            found = self._find_date(text)
            if found is None:
                break
            before, after = text[: found.start].strip(_AROUND_DATE), text[found.end :].strip(_AROUND_DATE)
            if not (_is_head(before) or (not after and not _open_sentence(before))):
                break
            yield from self._parts(before)
            yield Item(kind=Kind.DATE, text=found.raw, date=found)
            text = after
        yield from self._parts(text)

    def _dates_between_cards(self, text: str) -> list[ParsedDate]:
        """The dates in a text of many cards; none where the text is one sentence or two that tell about dates."""
        dates = find_dates(text, day_first=self._day_first)
        if len(dates) < _FEWEST_DATES_IN_LINE:
            return []
        between = [date for date in dates if not _is_told(text, date)]
        shapes = Counter(_shape(date.raw) for date in between)
        if not shapes or shapes.most_common(1)[0][1] < max(_FEWEST_DATES_IN_LINE, 0.6 * len(dates)):
            return []
        return [date for date in between if shapes[_shape(date.raw)] >= _FEWEST_DATES_IN_LINE]

    def _labelled_parts(self, text: str) -> Iterator[Item]:
        """The parts of what stands before a date: a known category may end it."""
        label = next((label for label in self._by_length if text.endswith(label)), "")
        before = text[: len(text) - len(label)]
        if label and before and before[-1].isalnum() and (before[-1].isupper() or not before[-1].isalpha()):
            label, before = "", text
        yield from self._parts(before.strip(_SEPARATORS))
        if label:
            yield Item(kind=Kind.LABEL, text=label)

    def _find_date(self, text: str) -> ParsedDate | None:
        """A full date first: an age may stand before it, and says less."""
        found = find_date(text, day_first=self._day_first)
        if found is None and self._now is not None:
            found = find_date(text, day_first=self._day_first, now=self._now)
        return found

    def _leading_label(self, text: str) -> tuple[str, str]:
        """A known category at the head of a text that goes on with a capital or a figure: "NewsMayors say", "News 24 May"."""
        for label in self._by_length:
            rest = text[len(label) :]
            following = rest.lstrip(_SEPARATORS)
            if text.startswith(label) and following and (rest != following or label[-1].islower()) and not following[0].islower():
                return label, following
        return "", text

    def _parts(self, text: str) -> Iterator[Item]:
        if _TAGS.fullmatch(text):
            for tag in text.replace(",", " ").split():
                yield Item(kind=Kind.LABEL, text=tag.removeprefix("#"))
            return
        parts = [part for part in _META_SEPARATOR.split(text) if part]
        if len(parts) > 1 and all(len(part) <= _META_LENGTH for part in parts) and any(self._is_meta(part) for part in parts):
            for part in parts:
                yield self._plain(part)
        elif text:
            yield self._plain(text)

    def _is_meta(self, part: str) -> bool:
        return part in self.labels or _BYLINE.match(part) is not None

    def _plain(self, text: str) -> Item:
        """The one item that a text is which has neither date nor reading time."""
        if text in self.labels:
            return Item(kind=Kind.LABEL, text=text)
        counter = _COUNTER.fullmatch(text)
        if _FURNITURE.match(text) or (counter and _counted(counter) in self._counters):
            return Item(kind=Kind.FURNITURE, text=text)
        byline = _BYLINE.match(text)
        if byline and _NAME.match(byline["name"]):
            return Item(kind=Kind.AUTHOR, text=byline["name"])
        length = len(text) * (2 if _CJK.search(text) else 1)
        is_prose = length > _TITLE_LENGTH or (
            _SENTENCE_END.search(text) is not None and (length > _LABEL_LENGTH or len(text.split()) > _LABEL_WORDS)
        )
        return Item(kind=Kind.PROSE if is_prose else Kind.TITLE, text=text)


_SEPARATORS = " \t\u00a0·•∙|‧–—-,:/"
_AROUND_DATE = _SEPARATORS + "()"


def _begins_with_date(line: str) -> bool:
    found = find_date(line[:_META_LENGTH])
    return found is not None and found.start == 0


def _read_time(found: ReadTime) -> Item:
    return Item(kind=Kind.READ_TIME, text=found.raw, minutes=found.minutes)


def _is_told(text: str, date: ParsedDate) -> bool:
    """Whether a date in a longer text is part of a sentence: "adopted on 24 May 2024 by the council"."""
    before, after = text[max(0, date.start - _META_LENGTH) : date.start], text[date.end : date.end + 8]
    if after[:1].isalpha() and not after[0].islower():
        return False  # glued to what begins behind it
    return _OPEN_WORD.search(before) is not None or after.lstrip()[:1].islower() or after[:1] in ")-–"


def _shape(date: str) -> str:
    """A date as written, with 9 for each figure and a for each word: "24 May 2024" and "2 June 2024" are alike."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", date))


def _is_head(text: str) -> bool:
    """Whether what stands before a date is nothing, or a label: no sentence leads up to the date."""
    longest = _CJK_LABEL_LENGTH if _CJK.search(text) else _LABEL_LENGTH
    return len(text) <= longest and len(text.split()) <= _LABEL_WORDS and not _OPEN_WORD.search(text)


def _open_sentence(text: str) -> bool:
    """Whether a text breaks off before the date as a sentence would: "the plan adopted on"."""
    return _OPEN_WORD.search(text) is not None or len(text) > 2 * _TITLE_LENGTH


_OPEN_WORD = re.compile(
    r"\b(?:on|in|of|by|until|till|since|from|to|the|for|before|after|am|vom|bis|zum|seit|le|du|au|jusqu['’]au|depuis|el|del|al|hasta|desde|il|dal|fino|em|até|op|tot|van|sinds|dnia|do|od|с|до|от|на)\s*\Z",
    re.IGNORECASE,
)
