"""How far a run is, on one line of a terminal that is drawn anew with every page."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import click

from standfirst.cli.output import clip, note, terminal_width

if TYPE_CHECKING:
    from schedules.crawl import Look
    from schedules.plan import Visit

ERASE_LINE = "\r\x1b[K"


class Teller(Protocol):
    """What a run's lines are told through."""

    def say(self, line: str) -> None: ...
    def look(self, look: Look) -> None: ...
    def end(self) -> None: ...


class Plainly:
    """Lines, one after the other: for pipes, logs and terminals that can't erase one."""

    def say(self, line: str) -> None:
        """Writes the line."""
        note(line)

    def look(self, look: Look) -> None:
        """Nothing: the look's own line says it."""

    def end(self) -> None:
        """Nothing is left standing."""


class Progress:
    """Lines above, and below them one that tells how far the run is. Writes to stderr."""

    def __init__(self, visits: Sequence[Visit], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began = monotonic()
        self._host_of = {(visit.source.slug, visit.url): visit.host for visit in visits}
        self._left = set(self._host_of)
        self._pages = Counter(self._host_of.values())
        self._done: Counter[str] = Counter()  # pages, by host
        self._host_began: dict[str, float] = {}
        self._cards = self._new = self._bad = 0
        self._draw()

    def say(self, line: str) -> None:
        """Writes a line above."""
        self.end()
        note(line)
        self._draw()

    def look(self, look: Look) -> None:
        """Counts the look."""
        self._cards += look.recorded.cards
        self._new += look.recorded.new
        self._bad += not look.outcome.is_good
        page = (look.source, look.url)
        if page in self._left:  # not an older page behind it, nor a second turn
            self._left.remove(page)
            host = self._host_of[page]
            self._host_began.setdefault(host, self._monotonic() - look.elapsed_s)
            self._done[host] += 1
        self._draw()

    def end(self) -> None:
        """Erases the line."""
        _write(ERASE_LINE)

    def line(self) -> str:
        """ "12/50 sources, 340 cards, 5 new, 2 in trouble, about 3 min left"."""
        sources = len({slug for slug, _ in self._host_of})
        done = sources - len({slug for slug, _ in self._left})
        facts = [f"{done}/{sources} sources", f"{self._cards} cards", f"{self._new} new"]
        facts += [f"{self._bad} in trouble"] * bool(self._bad)
        now = self._monotonic()
        seconds = seconds_left(
            self._pages, self._done, {host: now - began for host, began in self._host_began.items()}, now - self._began
        )
        facts += [] if seconds is None else [f"about {in_words(seconds)} left"]
        return ", ".join(facts)

    def _draw(self) -> None:
        _write(ERASE_LINE + clip(self.line(), max(1, (terminal_width(sys.stderr) or 80) - 1)))


def teller(visits: Sequence[Visit], *, plainly: bool) -> Teller:
    """Progress where stderr is a terminal that can show it, plain lines else."""
    if plainly or not sys.stderr.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return Plainly()
    return Progress(visits)


def seconds_left(
    pages: Mapping[str, int], done: Mapping[str, int], busy_s: Mapping[str, float], elapsed_s: float
) -> float | None:
    """How long a run will probably go on; None while nobody can tell.

    `pages` and `done` are numbers of pages by host, `busy_s` how long each host that was begun with has been gone through. Hosts are gone
    through side by side and each page by page, so either the slowest host decides, or the sheer number of pages.
    """
    total_done = sum(done.values())
    if total_done == 0:
        return None
    by_number = (sum(pages.values()) - total_done) * elapsed_s / total_done
    by_host = [(pages[host] - count) * busy_s[host] / count for host, count in done.items() if count]
    return max([by_number, *by_host])


def in_words(seconds: float) -> str:
    """ "40 s", "12 min", "2 h 10 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _write(text: str) -> None:
    click.echo(text, err=True, nl=False, color=True)  # erasing is no colour: NO_COLOR doesn't take it away
