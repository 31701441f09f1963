"""How a run speaks on stderr: plainly as it goes, or, when it is to be quiet, only once there is trouble; as a log where one is wanted."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator

from standfirst.cli.output import note

log = logging.getLogger("standfirst.crawl")


class Voice:
    """What a verb says to the person, through one mouth with the program's log."""

    def __init__(self, log_format: str | None, *, quiet: bool) -> None:
        self._log_format = log_format
        self._quiet = quiet
        self._held_back: list[Callable[[], None]] = []

    @property
    def is_plain(self) -> bool:
        """Whether a person may be watching."""
        return self._log_format is None and not self._quiet

    def say(self, line: str, *, is_trouble: bool = False, through: Callable[[str], None] = note) -> None:
        """Says a line; when it is to be quiet, only trouble, and that only after `speak_up`. `through` says it where a person watches."""
        if self._log_format is not None:
            if is_trouble or not self._quiet:
                log.log(logging.WARNING if is_trouble else logging.INFO, "%s", line)
        elif not self._quiet:
            through(line)
        elif is_trouble:
            self._held_back.append(lambda: note(line))

    @contextlib.contextmanager
    def speaking(self) -> Iterator[None]:
        """Inside, the program's log goes to stderr, held back where it is to be quiet. An error lets it out."""
        from schedules.logs import LineHandler, formatter

        def write(line: str) -> None:
            if self._quiet:
                self._held_back.append(lambda: note(line))
            else:
                note(line)

        level = logging.WARNING if self._log_format is None else logging.INFO
        try:
            with LineHandler(write, formatter(self._log_format), level=level).installed():
                yield
        except BaseException:
            self.speak_up()
            raise

    def speak_up(self) -> None:
        """Says what was held back."""
        for speak in self._held_back:
            speak()
        self._held_back.clear()
