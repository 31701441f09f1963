"""Telling systemd how the service is: sd_notify(3), which is a datagram to the socket that `$NOTIFY_SOCKET` names."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Mapping

log = logging.getLogger("standfirst.service")


class Supervisor:
    """Whoever started the service and wants to hear of it. Where nobody does, saying something does nothing."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """From the environment: `NOTIFY_SOCKET` is a path, or begins with @ for a name in the abstract namespace."""
        self._address = environ.get("NOTIFY_SOCKET", "")

    def ready(self, status: str) -> None:
        """The service has begun, or has read its configuration anew; `status` is shown by `systemctl status`."""
        self._say("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """The configuration is being read anew; `ready` ends it."""
        self._say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def alive(self) -> None:
        """The service isn't stuck (`WatchdogSec=` in its unit)."""
        self._say("WATCHDOG=1")

    def status(self, status: str) -> None:
        """What the service does, in a line."""
        self._say(f"STATUS={status}")

    def stopping(self) -> None:
        """The service is about to end."""
        self._say("STOPPING=1")

    def _say(self, *lines: str) -> None:
        if not self._address:
            return
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
                to.connect(name)
                to.sendall("\n".join(line.replace("\n", " ") for line in lines).encode())
        except OSError as exc:  # the crawls matter more than who hears of them; a watchdog that hears nothing acts by itself
            log.warning("systemd can't be told %s: %s", lines[0], exc)
