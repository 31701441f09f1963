"""Telling people and programs about a run: a ping to a monitor, a command, a mail. What is said is composed here; `tell` sends it.

Telling never fails a run: what goes wrong with it comes back in words.
"""

from __future__ import annotations

import asyncio
import getpass
import json
import logging
import os
import re
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from schedules.exit_codes import ExitCode
from schedules.mailbox import parse_mailbox
from schedules.ping import ping, ping_url
from schedules.settings import NotifySettings

log = logging.getLogger("standfirst.notify")

HOOK_TIMEOUT_S = 60.0
_TRIES = 3  # of a ping at the end: a monitor that isn't told cries wolf
_MOST_OUTPUT = 2000  # bytes of what a command says, for the log
_LAST_WORDS_S = 1.0  # for what a command has said, once it has ended: what it leaves running may hold the line open


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What there is to tell about one run."""

    exit_code: ExitCode
    headline: str  # a few words: "3 of 40 pages could not be read, 1 alarm"
    lines: tuple[str, ...] = ()  # trouble in words, and the summary last
    row: Mapping[str, object] = field(default_factory=dict)  # the run's summary, fit for JSON
    stopped: bool = False  # somebody ended it: they know

    @property
    def is_good(self) -> bool:
        """Whether nobody has to do anything."""
        return self.exit_code is ExitCode.OK


async def announce(settings: NotifySettings) -> tuple[str, ...]:
    """Tells the monitor that a run begins. Returns what went wrong, in words."""
    if settings.ping is None:
        return ()
    trouble = await ping(ping_url(settings.ping, "start"), "", tries=1)
    return _logged([trouble])


async def tell(settings: NotifySettings, news: News, *, now: datetime) -> tuple[str, ...]:
    """Tells the monitor how the run ended, in any case; command and mail after a bad run, or after each with `always`.

    A run that somebody stopped is told to the monitor only. Returns what went wrong with the telling, in words.
    """
    troubles: list[str | None] = []
    if settings.ping is not None:
        suffix = "" if news.is_good else "fail"
        text = "\n".join([news.headline, *news.lines])
        troubles.append(await ping(ping_url(settings.ping, suffix), text, tries=1 if news.stopped else _TRIES))
    if not news.stopped and (settings.always or not news.is_good):
        if settings.command:
            summary = json.dumps({**news.row, "headline": news.headline, "lines": news.lines}, ensure_ascii=False).encode()
            troubles.append(await run_hook(settings.command, summary))
        if settings.mail_to:
            message = compose_mail(news, to=settings.mail_to, host=socket.gethostname(), user=_user(), now=now)
            troubles.append(await run_hook((settings.sendmail, "-t", "-i"), message.as_bytes(policy=SMTP.clone(linesep="\n"))))
    return _logged(troubles)


def compose_mail(news: News, *, to: Sequence[str], host: str, user: str, now: datetime) -> EmailMessage:
    """A plain message (RFC 5322) that mail programs know for a machine's (RFC 3834), so that nobody's holiday notice answers it.

    `to` is what `parse_mailbox` takes (else ValueError); `host` and `user` may be whatever this machine is called.
    """
    host = host if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", host) else "localhost"
    user = user if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", user) else "standfirst"
    mailboxes = map(parse_mailbox, to)
    message = EmailMessage()
    message["From"] = Address("Standfirst", user, host)
    message["To"] = tuple(Address(mailbox.name, mailbox.local, mailbox.domain) for mailbox in mailboxes)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=host)
    message["Auto-Submitted"] = "auto-generated"
    message["Subject"] = f"standfirst on {host}: {_one_line(news.headline)}"
    message.set_content("\n".join([news.headline, "", *news.lines]) + "\n", cte="quoted-printable")
    return message


async def run_hook(command: Sequence[str], stdin: bytes) -> str | None:
    """Runs the command with that input; what it says goes into the log. None when it ended well; else in words what went wrong."""
    name = command[0]
    output = _Output()
    # A pipe of our own: of its own, asyncio waits for the end as well, which doesn't come while a program that the command left behind lives.
    heard, spoken = os.pipe()
    listening, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: output, os.fdopen(heard, "rb", buffering=0))
    try:
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=spoken,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # so that what it started ends with it, where it has to be ended
            )
        except (OSError, ValueError) as exc:  # ValueError: a NUL in an argument
            return f"{name}: can't be run: {exc.strerror if isinstance(exc, OSError) else exc}"
        finally:
            os.close(spoken)
        try:
            async with asyncio.timeout(HOOK_TIMEOUT_S):
                await process.communicate(stdin)
        except TimeoutError:
            return f"{name}: had not ended after {HOOK_TIMEOUT_S:g} s, and was ended"
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                await output.ended.wait()
    finally:
        listening.close()
    said = _one_line(output.beginning.decode(errors="replace"))
    if said:
        log.info("%s: said: %s", name, said)
    if process.returncode:
        return f"{name}: ended with code {process.returncode}" + (f": {said}" if said else "")
    return None


class _Output(asyncio.Protocol):
    """The beginning of what a command says; the rest is heard and forgotten."""

    def __init__(self) -> None:
        self.beginning = bytearray()
        self.ended = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.beginning += data[: _MOST_OUTPUT - len(self.beginning)]

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as containers give; Python 3.13 made it an OSError
        return ""


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _logged(troubles: Sequence[str | None]) -> tuple[str, ...]:
    told = tuple(trouble for trouble in troubles if trouble is not None)
    for trouble in told:
        log.warning("%s", trouble)
    return told
