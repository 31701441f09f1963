"""systemd units that wake the crawl, or keep the service running. Pure: text for one installation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from schedules.service_state import FINISH_S
from schedules.timers import MARK, Installation, minutes_of

FREE = "# [notify] has a mailer or a command run: they may need another group, or to write below /var, so less is locked than could be."

# What any process may forbid itself: a user's own manager needs no privileges for it.
FORBIDDEN_TO_ALL = (
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
)
# What the system's manager can do by mounts alone, also where a mailer must be able to change its group...
SHUT_OFF = ("ProtectControlGroups=yes", "ProtectProc=invisible")
# ...and what comes with NoNewPrivileges=yes, said or not (systemd.exec(5)).
FORBIDDEN_BY_SYSTEM = (
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "CapabilityBoundingSet=",
)
# What a browser needs for the sandbox that it makes itself.
FORBIDDEN_WITHOUT_BROWSER = ("RestrictNamespaces=yes", "SystemCallFilter=@system-service", "SystemCallErrorNumber=EPERM")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit file."""

    name: str  # "standfirst.timer"
    text: str


def first_line(at: Installation) -> str:
    """By which a unit of ours is known, and whose it is."""
    return f"# {MARK} systemd: for {at.config}"


def timer_units(at: Installation, period: int, *, name: str, user: str | None) -> tuple[Unit, ...]:
    """A timer and the crawl that it starts. `user` is whom the system's manager shall run it as; None: units for a user's own manager."""
    crawl = _service(
        at,
        user=user,
        description="Look at the news listing pages that are due",
        lines=[
            "Type=oneshot",
            f"ExecStart={exec_line(at.command('crawl', '--only-due', '--quiet'))}",
            "# Another crawl is running, or this one was told to end: no failure, the next waking makes up for it.",
            "SuccessExitStatus=75 130",
            f"TimeoutStopSec={FINISH_S + 120:.0f}",
            "Nice=10",
        ],
        installed_by=None,
    )
    timer = [
        first_line(at),
        "[Unit]",
        "Description=Wake Standfirst for the news listing pages that are due",
        "Documentation=man:systemd.timer(5)",
        "",
        "[Timer]",
        f"OnCalendar=*-*-* *:{minutes_of(period, at).replace('-59', '')}:00",
        f"RandomizedDelaySec={period * 60 // 5}",
        "AccuracySec=10",
        "# After a time without power: at once.",
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return (Unit(f"{name}.service", crawl), Unit(f"{name}.timer", "\n".join(timer) + "\n"))


def service_units(at: Installation, *, name: str, user: str | None) -> tuple[Unit, ...]:
    """The service that stays (`standfirst schedule run`)."""
    text = _service(
        at,
        user=user,
        description="Look at news listing pages when they are due",
        lines=[
            "Type=notify",
            f"ExecStart={exec_line(at.command('schedule', 'run'))}",
            "ExecReload=/bin/kill -HUP $MAINPID",
            "Restart=on-failure",
            "RestartSec=60",
            "# A configuration that can't be used gets no better by starting again.",
            "RestartPreventExitStatus=78",
            "WatchdogSec=600",
            f"TimeoutStopSec={FINISH_S + 120:.0f}",
            "Nice=10",
        ],
        installed_by="multi-user.target" if user is not None else "default.target",
    )
    return (Unit(f"{name}.service", text),)


def _service(at: Installation, *, user: str | None, description: str, lines: list[str], installed_by: str | None) -> str:
    unit = [
        first_line(at),
        "[Unit]",
        f"Description={description}",
        "Documentation=man:systemd.service(5)",
    ]
    if user is not None:  # a user's own manager has no network targets
        unit += ["Wants=network-online.target", "After=network-online.target time-sync.target"]
    unit += ["# To hear of a crawl that failed: OnFailure=some-unit@%n.service", "", "[Service]"]
    if user is not None:
        unit.append(f"User={user}")
    unit += [*lines, "UMask=0027", "", *hardening(at, by_system=user is not None)]
    if installed_by is not None:
        unit += ["", "[Install]", f"WantedBy={installed_by}"]
    return "\n".join(unit) + "\n"


def hardening(at: Installation, *, by_system: bool) -> list[str]:
    """What the crawl gives up because it needs none of it. Only the archive's folder can be written to."""
    shut_off = [*SHUT_OFF, *(["PrivateTmp=yes"] if not _is_temporary(at) else [])]
    if at.sends_mail_or_runs_a_hook:
        return [FREE, *shut_off, "ProtectSystem=full"] if by_system else [FREE]
    if not by_system:
        return list(FORBIDDEN_TO_ALL)
    return [
        *FORBIDDEN_TO_ALL,
        *shut_off,
        *FORBIDDEN_BY_SYSTEM,
        *(() if at.renders else FORBIDDEN_WITHOUT_BROWSER),
        "ProtectSystem=strict",
        "ProtectHome=read-only",
        f"ReadWritePaths={quoted(str(at.archive.parent))}",
    ]


def _is_temporary(at: Installation) -> bool:
    """Whether something of ours lies where PrivateTmp= would hide it."""
    ours = (at.config, at.archive, Path(at.program[0]))
    return any(path.is_relative_to(folder) for path in ours for folder in ("/tmp", "/var/tmp"))  # noqa: S108  nothing is written there


def exec_line(words: list[str]) -> str:
    """The words for ExecStart=, where $ and % mean something."""
    return " ".join(quoted(word.replace("$", "$$")) for word in words)


def quoted(word: str) -> str:
    """One word of a unit's line (systemd.syntax(7)): % is doubled, and quotes stand around what is not plain."""
    doubled = word.replace("%", "%%")
    if doubled and all(char.isalnum() or char in "/._-+:=,@%$" for char in doubled):
        return doubled
    escaped = doubled.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
