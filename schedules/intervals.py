"""What the archive keeps of intervals that adapt: how often was looked is part of what was seen."""

from __future__ import annotations

from schedules.due import Plan
from storage import Archive

MEMORY = "planning"  # the name under which the archive keeps them: page URL -> interval in seconds, and why


def keep_intervals(archive: Archive, plan: Plan) -> None:
    """Keeps the intervals that this plan goes by, for pages whose interval adapts, in the place of those of earlier plans."""
    decided = {
        page.url: {"interval_s": int(page.interval.interval.total_seconds()), "why": page.interval.why}
        for page in plan.pages
        if page.interval is not None
    }
    if not decided:
        return
    before = archive.load_memory(MEMORY)
    kept = {**before, **decided} if isinstance(before, dict) else decided
    if kept != before:
        archive.save_memory(MEMORY, kept, saved_at=plan.made_at)
