"""The lines of a plain text, as its author's paragraphs would have them.

Text browsers break lines at the width of a screen and number the links; tools that drop every line end leave list marks in the
middle of one long line. `lines_of` takes such traces of the tool back out: what it hands on is one line for each piece that
stood by itself on the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line without the white space around it."""

    text: str  # never empty
    blank_before: int = 0  # empty lines between the line before and this one
    bulleted: bool = False  # stood behind a list mark inside a longer line
    url: str | None = None  # of the numbered link that it begins with, as written


_LINE_END = re.compile(r"\r\n?|[\f\v\x85\u2028\u2029]")
_NARROWEST, _WIDEST = 40, 132  # columns that a screen may have
_FEWEST_BREAKS = 3  # in the middle of a sentence at one width: then the text is broken at that width
_BEGINS_ITEM = re.compile(r"\s*(?:[-*+•◦▪‣·#o|]|\d{1,3}[.)]|\[\d+\])(?:\s|(?<=\]))")
_FIRST_WORD = re.compile(r"\s*(\S+)")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

_LINK_MARK = re.compile(r"\[(\d{1,4})\](?=\S)")
_REFERENCES = re.compile(r"^\s*(?:References|Verweise|Références|Referencias)\s*$", re.MULTILINE)
_REFERENCE = re.compile(r"^\s*(\d{1,4})\. +((?:https?|file|mailto|ftp):\S*)\s*$", re.MULTILINE)
_FEWEST_LINKS = 3

_BULLET = re.compile(r"(?:^|\s)[•◦▪‣●■]\s+")
_FEWEST_BULLETS = 3
_BULLETED_LENGTH = 60  # characters, on average, between list marks; less stands between the dots of "News • 24 May • 3 min"


def lines_of(text: str) -> list[Line]:
    """The lines that aren't empty, in order."""
    text = _LINE_END.sub("\n", text)
    text, links = _numbered_links(text)
    lines: list[Line] = []
    blank = 0
    for line in _unbroken(text.split("\n")):
        if not line.strip():
            blank += 1
            continue
        for piece in _pieces(line, links):
            lines.append(
                piece if not blank else Line(text=piece.text, blank_before=blank, bulleted=piece.bulleted, url=piece.url)
            )
            blank = 0
    return lines


def _numbered_links(text: str) -> tuple[str, dict[str, str] | None]:
    """The text without the list of addresses at its end, and that list by number; None where links aren't numbered."""
    if sum(1 for _, _ in zip(range(_FEWEST_LINKS), _LINK_MARK.finditer(text), strict=False)) < _FEWEST_LINKS:
        return text, None
    headings = list(_REFERENCES.finditer(text))
    if not headings:
        return text, None
    links = {match[1]: match[2] for match in _REFERENCE.finditer(text, headings[-1].end())}
    return (text[: headings[-1].start()], links) if len(links) >= _FEWEST_LINKS else (text, None)


def _pieces(line: str, links: dict[str, str] | None) -> Iterator[Line]:
    url = None
    if links is not None:
        first = _LINK_MARK.search(line)
        if first and not line[: first.start()].strip(" \t*+-o#•|"):
            url = links.get(first[1])
        line = _LINK_MARK.sub("", line)
    parts = [part.strip() for part in _BULLET.split(line)]
    marks = len(parts) - 1
    if marks >= _FEWEST_BULLETS and len(line) >= marks * _BULLETED_LENGTH:
        for number, part in enumerate(parts):
            if part:
                yield Line(text=part, bulleted=number > 0, url=url)
                url = None
    elif line.strip():
        yield Line(text=line.strip(), url=url)


def _unbroken(lines: Sequence[str]) -> list[str]:
    """The lines with those joined again that were broken at the width of a screen."""
    width = _screen(lines)
    if width is None:
        return list(lines)
    joined: list[str] = []
    before = ""  # the broken line that `joined` ends with, as it stood
    for line in lines:
        if before.strip() and _goes_on(before, line, width):
            space = "" if _CJK.match(before.rstrip()[-1]) and _CJK.match(line.lstrip()[0]) else " "
            joined[-1] = f"{joined[-1].rstrip()}{space}{line.strip()}"
        else:
            joined.append(line)
        before = line
    return joined


def _screen(lines: Sequence[str]) -> int | None:
    """The width at which most sentences break off; None where too few do, or lines are longer than that.

    A line that the next one's first word would have made too wide votes for every width at which that is so.
    """
    votes = [0] * (_WIDEST + 2)
    against = [0] * (_WIDEST + 2)
    wider = 0
    for line, following in pairwise(lines):
        if not line.strip():
            continue
        columns = _columns(line)
        if columns > _WIDEST:
            wider += 1
        elif columns >= _NARROWEST and (word := _FIRST_WORD.match(following)) and not _BEGINS_ITEM.match(following):
            # A figure says nothing: rows of a table begin with one.
            votes_here = against if word[1][0].isupper() or word[1][0].isdigit() else votes
            votes_here[columns] += 1
            end = columns + 1 + (_columns(word[1]) if not _CJK.match(word[1]) else 1)
            if end <= _WIDEST:
                votes_here[end] -= 1
    by_width, against_width = list(accumulate(votes)), list(accumulate(against))
    width = max(range(_NARROWEST, _WIDEST + 1), key=lambda column: by_width[column])
    longer = wider + sum(_WIDEST >= _columns(line) > width for line in lines)
    if by_width[width] < max(_FEWEST_BREAKS, against_width[width]) or 20 * longer > len(lines):
        return None
    return width


def _goes_on(line: str, following: str, width: int) -> bool:
    word = _FIRST_WORD.match(following)
    if word is None or _BEGINS_ITEM.match(following) or _indent(following) < _indent(line):
        return False
    columns = _columns(line)
    return columns <= width < columns + 1 + (_columns(word[1]) if not _CJK.match(word[1]) else 1)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _columns(line: str) -> int:
    """How wide a line is on a screen; a far too long one is only measured as far as that."""
    line = line.rstrip()[: 2 * _WIDEST]
    if line.isascii():
        return len(line)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line
    )
