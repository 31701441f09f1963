"""What one run did, for people, cron and monitoring. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from urllib.parse import urlsplit

from schedules.crawl import Look
from schedules.exit_codes import ExitCode
from storage.moments import to_text

COUNTS = ("cards", "new", "reworded", "returned", "absent", "moved")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one run did: its looks, and how it ended."""

    run_id: int
    started_at: datetime
    finished_at: datetime
    looks: tuple[Look, ...]  # in the order in which they ended
    stopped: bool = False  # told to end before it was through
    had_no_turn: int = 0  # listing pages that it never came to; their looks are recorded as interrupted

    @property
    def exit_code(self) -> ExitCode:
        """What the run's program tells its caller: interrupted, or how many of its pages could be read."""
        if self.stopped:
            return ExitCode.INTERRUPTED
        good = [look.outcome.is_good for look in self.last_looks]
        if all(good):
            return ExitCode.OK
        return ExitCode.SOME_SOURCES_FAILED if any(good) else ExitCode.ALL_SOURCES_FAILED

    @property
    def last_looks(self) -> tuple[Look, ...]:
        """The last look at each page: one that was put off is often made at the end of the run."""
        return tuple({(look.source, look.url): look for look in self.looks}.values())

    @property
    def clock_ahead_s(self) -> float | None:
        """How far this machine's clock is before the others', in seconds: the median over the hosts that told theirs. None: none did."""
        by_host = {urlsplit(look.url).netloc: look.clock_ahead_s for look in self.looks if look.clock_ahead_s is not None}
        return median(by_host.values()) if by_host else None

    @property
    def sources(self) -> tuple[str, ...]:
        """Slugs of the sources looked at, sorted."""
        return tuple(sorted({look.source for look in self.looks}))

    @property
    def outcomes(self) -> dict[str, int]:
        """How many looks ended how, in the order of the words."""
        return {str(outcome): count for outcome, count in sorted(Counter(look.outcome for look in self.looks).items())}

    def summary(self) -> str:
        """The run in one line, always the last one a run prints."""
        recorded = [look.recorded for look in self.looks]
        parts = [
            f"{_counted(len(self.sources), 'source')}, {_counted(len(self.looks), 'page')}",
            ", ".join(f"{outcome}: {count}" for outcome, count in self.outcomes.items()) or "nothing to look at",
            f"cards {sum(r.cards for r in recorded)}",
            f"new {sum(r.new for r in recorded)}",
            f"reworded {sum(r.reworded for r in recorded)}",
            f"returned {sum(r.returned for r in recorded)}",
            f"absent {sum(r.absent for r in recorded)}",
            f"{(self.finished_at - self.started_at).total_seconds():.1f} s",
        ]
        if self.stopped:
            parts.append(f"interrupted, {_counted(self.had_no_turn, 'page')} had no turn")
        return "; ".join(parts)

    def summary_row(self) -> dict[str, object]:
        """The same for machines, fit for JSON."""
        recorded = [look.recorded for look in self.looks]
        return {
            "run_id": self.run_id,
            "started_at": to_text(self.started_at),
            "finished_at": to_text(self.finished_at),
            "exit_code": int(self.exit_code),
            "sources": len(self.sources),
            "pages": len(self.looks),
            "outcomes": self.outcomes,
            **{count: sum(getattr(r, count) for r in recorded) for count in COUNTS},
            "stopped": self.stopped,
            "had_no_turn": self.had_no_turn,
        }


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
