"""The program's log: a line an event, as text or as JSON, with the run and the source that it is about.

Which run and which source is known where they begin (`about`), and holds for everything that is logged below there, in every module and
in every task that is started there.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime

_RUN: ContextVar[int | None] = ContextVar("run", default=None)
_SOURCE: ContextVar[str | None] = ContextVar("source", default=None)


@contextlib.contextmanager
def about(*, run: int | None = None, source: str | None = None) -> Iterator[None]:
    """What is logged inside is about this run or this source; what isn't named stays as it was."""
    run_before = _RUN.set(run) if run is not None else None
    source_before = _SOURCE.set(source) if source is not None else None
    try:
        yield
    finally:
        if run_before is not None:
            _RUN.reset(run_before)
        if source_before is not None:
            _SOURCE.reset(source_before)


class TextFormatter(logging.Formatter):
    """`2026-05-01T02:00:05Z WARNING run=17 source=cities message`, one line an event but for tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        told = [_time(record), record.levelname, *(f"{name}={value}" for name, value in _facts().items()), record.getMessage()]
        return _with_traceback(self, record, " ".join(told))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, run and source where they are known, message, and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        row: dict[str, object] = {"time": _time(record), "level": record.levelname.lower(), "logger": record.name}
        row |= _facts()
        row["message"] = record.getMessage()
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False)


class PlainFormatter(logging.Formatter):
    """`WARNING message`, for a person who watches."""

    def format(self, record: logging.LogRecord) -> str:
        return _with_traceback(self, record, f"{record.levelname} {record.getMessage()}")


def formatter(log_format: str | None) -> logging.Formatter:
    """For "text", "json", or (None) for a person who watches."""
    return {"text": TextFormatter, "json": JsonFormatter}.get(log_format or "", PlainFormatter)()


class LineHandler(logging.Handler):
    """Hands each event on as text. It is formatted at once: later nobody knows what it was about.

    Where the text can't be written (a full disk, a reader that has gone), the log has a hole, and what it tells of goes on.
    """

    def __init__(self, write: Callable[[str], None], formatter: logging.Formatter, *, level: int) -> None:
        super().__init__(level)
        self._write = write
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        with contextlib.suppress(OSError, ValueError):  # ValueError: the stream is closed, or can't encode the text
            self._write(text)

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Inside, everything that is logged in this process comes here."""
        root, chatty = logging.getLogger(), logging.getLogger("httpx")  # a line a request, of which we tell ourselves
        levels = root.level, chatty.level
        root.addHandler(self)
        root.setLevel(self.level)
        chatty.setLevel(logging.WARNING)
        try:
            yield
        finally:
            root.removeHandler(self)
            root.setLevel(levels[0])
            chatty.setLevel(levels[1])


def _with_traceback(formatter: logging.Formatter, record: logging.LogRecord, line: str) -> str:
    lines = [line]
    if record.exc_info:
        lines += formatter.formatException(record.exc_info).split("\n")
    # Control characters from a web page stay out of terminals, also those in an error's words.
    return "\n".join("".join(char if char.isprintable() else " " for char in line) for line in lines)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _facts() -> dict[str, object]:
    facts: dict[str, object | None] = {"run": _RUN.get(), "source": _SOURCE.get()}
    return {name: value for name, value in facts.items() if value is not None}
