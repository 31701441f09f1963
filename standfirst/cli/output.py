"""How rows leave the program: a table on a terminal, JSON lines in a pipe, CSV when asked. Data goes to stdout, everything else to stderr."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click
from wcwidth import wcswidth, wcwidth

from scraper.errors import OutputError

Row = Mapping[str, object]
F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("table", "jsonl", "csv")

_JOINERS = "\u200c\u200d"
_NOT_FOR_TERMINALS = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)  # C0 is escaped in all JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table on a terminal."""

    key: str
    header: str
    right: bool = False  # numbers
    grows: bool = False  # takes the room that is left, and is clipped when there is little; with too little it goes below the row
    below: bool = False  # goes below the row as well where the table is too wide for the terminal


def format_option(command: F) -> F:
    """Adds `--format`. The command gets None when it isn't given: a table on a terminal, JSON lines when piped."""
    return click.option(
        "--format", "fmt", type=click.Choice(FORMATS), help="Default: a table on a terminal, JSON lines in a pipe."
    )(command)


def chosen_format(fmt: str | None) -> str:
    """The format to write."""
    if fmt is not None:
        return fmt
    return "table" if sys.stdout.isatty() else "jsonl"


def emit(rows: Iterable[Row], fmt: str | None, *, columns: Sequence[Column], empty: str) -> None:
    """Writes rows to stdout; `empty` is said on stderr when there are none."""
    rows = list(rows)
    if not rows:
        note(empty)
    match chosen_format(fmt):
        case "jsonl":
            for row in rows:
                click.echo(json_text(dict(row)))
        case "csv":
            text = as_csv(rows)
            if sys.stdout.isatty():
                text = "".join(f"{printable(line)}\n" for line in text.splitlines())
            click.echo(text, nl=False)
        case _:
            for line in table_lines(rows, columns, width=terminal_width()):
                click.echo(line)


def note(message: str) -> None:
    """A line for the person, on stderr. Whatever pages and servers have put into it, it is only text."""
    click.echo("\n".join(map(printable, message.split("\n"))), err=True)


def say(line: str) -> None:
    """A line of the answer for the person, on stdout; as `note`, but that tabs stay."""
    click.echo("\t".join(map(printable, line.split("\t"))))


def json_text(value: object) -> str:
    """JSON on one line. What no terminal should be sent is escaped, and so is the same to whoever reads it."""
    return _NOT_FOR_TERMINALS.sub(lambda char: f"\\u{ord(char[0]):04x}", json.dumps(value, ensure_ascii=False))


class Outlet:
    """A stream that what is under way doesn't depend on: what can't be written to it is left out, and why is told at the end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.complaint: str | None = None  # in words; None: all was written, or its reader (`| head`) had enough

    @contextmanager
    def bearing(self) -> Iterator[None]:
        """Whatever is written inside may fail to be."""
        try:
            yield
        except BrokenPipeError:
            pass
        except (OSError, UnicodeError) as exc:
            self.complaint = f"{self._name} could not be written to ({exc.strerror if isinstance(exc, OSError) else exc})"


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A stream of UTF-8 without translated line ends, whose text is at `path` only once it is whole: until then, and where
    something goes wrong, what was there before stays. A device or a pipe is written to as it is."""
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    target = path.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)
    except OSError as exc:
        raise OutputError(f"{path}: can't be written ({exc.strerror}); what was there before was left alone") from exc
    finally:
        with suppress(OSError):  # where it could not be made, or has taken its place
            part.unlink()


def make_folder(path: Path) -> None:
    """Makes the folder and those above it where they are not there. Raises OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise OutputError(f"{path}: this folder can't be made ({exc.strerror}); name another") from exc


def in_megabytes(size: int) -> str:
    """ "12.6 MB": a size on the disk for a person."""
    return f"{size / 1e6:,.1f} MB"


def lasting(seconds: float | None) -> str | None:
    """ "2 d", "36 h", "90 min", "3 s": a time for a person, in the largest unit of which there are at least two, or one to the second."""
    if seconds is None:
        return None
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"


def as_csv(rows: Sequence[Row]) -> str:
    """RFC 4180 with a header; "" for no rows. None is an empty field."""
    if not rows:
        return ""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(rows[0].keys())
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


def terminal_width(stream: TextIO | None = None) -> int | None:
    """Columns of the terminal that stdout (or that stream) writes to; $COLUMNS wins. None where there is none: there nothing is clipped."""
    if (columns := os.environ.get("COLUMNS", "")).isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size((stream or sys.stdout).fileno()).columns or None
    except (OSError, ValueError):  # no terminal, or closed
        return None


def cell_width(text: str) -> int:
    """Terminal cells that the text takes; CJK takes two a character."""
    return max(0, wcswidth(text))


def printable(value: object) -> str:
    """The value on one line. Control characters from a web page must not reach the terminal, nor marks that turn the writing around.

    The joiners stay: Persian and the Indic scripts spell with them. Other marks without a width, such as soft hyphens, are left out.
    """
    if value is None:
        return ""
    text = str(value)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in _JOINERS else _in_place_of(char) for char in text)


def _in_place_of(char: str) -> str:
    return "" if unicodedata.category(char) == "Cf" else " "


def clip(text: str, width: int | None) -> str:
    """The text in at most that many cells, with an ellipsis where it was cut; None: however many it takes."""
    if width is None or cell_width(text) <= width:
        return text
    kept: list[str] = []
    room = width - 1
    for char in text:
        room -= max(0, wcwidth(char))
        if room < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text filled up with spaces to that many cells."""
    spaces = " " * max(0, width - cell_width(text))
    return spaces + text if right else text + spaces


def table_lines(rows: Sequence[Row], columns: Sequence[Column], *, width: int | None) -> list[str]:
    """The lines of a table no wider than `width` cells (None: as wide as it is); none for no rows.

    Columns that grow are clipped to their share of the room. Where that would be too little to read, they and those that may stand on
    lines of their own below each row, each after its header; so that nothing wraps but a table of many narrow columns.
    """
    if not rows:
        return []
    cells = [[printable(row.get(column.key)) for column in columns] for row in rows]
    shown = [i for i in range(len(columns)) if any(line[i] for line in cells)]  # a column that nobody fills isn't shown
    widths = {i: max(cell_width(columns[i].header), *(cell_width(line[i]) for line in cells)) for i in shown}
    below: list[int] = []
    if width is not None:
        growing = [i for i in shown if columns[i].grows]
        room = width - 2 * (len(shown) - 1) - sum(widths[i] for i in shown if i not in growing)
        if room < sum(min(widths[i], _LEAST_SHARE) for i in growing):
            room += 2 * len(growing)
            below = [i for i in shown if columns[i].grows or (room < 0 and columns[i].below)]
            shown = [i for i in shown if i not in below]
        for place, i in enumerate(growing):
            share = max(_LEAST_SHARE, room // (len(growing) - place))
            widths[i] = min(widths[i], share)
            room -= widths[i]

    def line(values: Sequence[str]) -> str:
        parts = [pad(clip(values[i], widths[i]), widths[i], right=columns[i].right) for i in shown]
        return "  ".join(parts).rstrip()

    lines = [click.style(line([column.header for column in columns]), bold=True)]
    for values in cells:
        lines.append(line(values))
        lines += _filled([f"{columns[i].header}: {values[i]}" for i in below if values[i]], width=width, indent=4)
    return lines


_LEAST_SHARE = 16  # cells of a column that grows: less of a title can't be told from others


def _filled(parts: Iterable[str], *, width: int | None, indent: int) -> list[str]:
    """The parts on as few lines as they fit on, a long one on at most three."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}  {part}" if lines else ""
        if lines and (width is None or cell_width(joined) <= width):
            lines[-1] = joined
        else:
            lines += [" " * indent + line for line in wrap(part, (width or sys.maxsize) - indent, most=3)]
    return lines


def card_lines(cards: Iterable[Row], *, width: int | None) -> list[str]:
    """Cards as a person reads them: position, title and facts on one line, the blurb below; clipped, the blurb to two lines. None: whole."""
    lines: list[str] = []
    most = 2 if width is not None else None
    laid_out = width or _PAGE_WIDTH
    for card in cards:
        minutes = card.get("read_time_minutes")
        by_feed = card.get("feed_published_on")
        day = card.get("published_on") or (f"{by_feed} by feed" if by_feed else card.get("published_raw"))
        facts = [
            printable(card.get("category")),
            printable(day),
            f"{minutes} min" if minutes is not None else "",
        ]
        right = "  ".join(fact for fact in facts if fact)
        room = max(20, laid_out - 5 - (cell_width(right) + 2 if right else 0))
        title = clip(printable(card.get("title")) or "(no title)", room if width is not None else None)
        lines.append(
            f"{printable(card.get('position')):>3}  "
            + (
                f"{click.style(pad(title, room), bold=True)}  {click.style(right, fg='cyan')}"
                if right
                else click.style(title, bold=True)
            )
        )
        lines.extend(f"     {line}" for line in wrap(printable(card.get("blurb")), laid_out - 5, most=most))
    return lines


_PAGE_WIDTH = 100  # to which cards are laid out where no terminal says how wide it is


def wrap(text: str, width: int, *, most: int | None) -> list[str]:
    """The text in at most `most` lines (None: any number) of that many cells, broken between words where it has any; none for no text.

    What doesn't fit ends with an ellipsis.
    """
    lines: list[str] = []
    rest = text.strip()
    while cell_width(rest) > width:
        is_last = len(lines) + 1 == most
        head = clip(rest, width + (0 if is_last else 1))[:-1]
        cut = head.rfind(" ")
        head = head[:cut] if cut > len(head) // 2 else head
        if is_last:
            return [*lines, f"{head.rstrip()}…"]
        lines.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*lines, rest] if rest else lines


def hanging(head: str, words: str, *, width: int | None) -> Iterator[str]:
    """The words behind the head, and what doesn't fit below them."""
    for number, line in enumerate(wrap(words, max(16, (width or sys.maxsize) - len(head)), most=None)):
        yield (head if number == 0 else " " * len(head)) + line
