"""How one request and its redirects ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scraper.pages import Outcome, Redirect
from scraper.transport import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How one request and its redirects ended."""

    outcome: Outcome
    detail: str = ""
    may_pass: bool = False  # whether trying again may do better
    url: str  # the last one asked
    hops: tuple[Redirect, ...] = ()
    answer: Answer | None = None
    ended_at: datetime
    retry_after_s: float | None = None
