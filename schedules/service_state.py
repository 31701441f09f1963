"""How the service is, as it leaves word of it in the archive for `status` and `check`. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.moments import from_text, to_text

MEMORY = "service"  # the name under which the archive keeps it
FINISH_S = 60.0  # that long pages in hand may take to end when the service is told to
OVERDUE = timedelta(
    hours=6
)  # a run may take its time; a service that hasn't come back since is dead, or cut off from its archive


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceState:
    """One service, begun once."""

    pid: int
    started_at: datetime
    config_read_at: datetime  # the configuration that it goes by
    next_at: datetime | None = None  # when it means to wake
    complaint: str | None = None  # why it refused a newer configuration; None: it goes by the newest
    refused_at: datetime | None = None
    stopped_at: datetime | None = None  # None: it runs, or was killed

    def accepted(self, now: datetime) -> ServiceState:
        """With a configuration read now."""
        return replace(self, config_read_at=now, complaint=None, refused_at=None)

    def refused(self, complaint: str, now: datetime) -> ServiceState:
        """With a configuration that it could not use and did not take."""
        return replace(self, complaint=complaint, refused_at=now)

    def waiting(self, next_at: datetime) -> ServiceState:
        """With the moment of its next waking."""
        return replace(self, next_at=next_at)

    def stopped(self, now: datetime) -> ServiceState:
        """Ended as it was told to."""
        return replace(self, stopped_at=now)

    def as_row(self) -> dict[str, object]:
        """For the archive's memory, which is JSON."""
        return {
            "pid": self.pid,
            "started_at": to_text(self.started_at),
            "config_read_at": to_text(self.config_read_at),
            "next_at": None if self.next_at is None else to_text(self.next_at),
            "complaint": self.complaint,
            "refused_at": None if self.refused_at is None else to_text(self.refused_at),
            "stopped_at": None if self.stopped_at is None else to_text(self.stopped_at),
        }


def service_trouble(memory: object, *, now: datetime) -> list[str]:
    """What is wrong with the service, in sentences, from `Reader.load_memory(MEMORY)`; none: it is well, was stopped, or there is none."""
    if not isinstance(memory, dict) or memory.get("stopped_at") is not None:
        return []
    trouble: list[str] = []
    if memory.get("complaint") is not None:
        trouble.append(
            f"the service (pid {memory['pid']}) goes by the configuration read at {memory['config_read_at']}; it refused the one of "
            f"{memory['refused_at']}: {memory['complaint']}"
        )
    next_at = memory.get("next_at")
    if next_at is not None and now - from_text(next_at) > OVERDUE:
        trouble.append(
            f"the service (pid {memory['pid']}) was to wake at {next_at} and has not been heard of since; is it running? "
            "Start it again with `standfirst schedule run`, or `systemctl --user restart standfirst`"
        )
    return trouble
