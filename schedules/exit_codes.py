"""The exit codes, as documented and tested; cron and scripts rely on them, so they never change their meaning."""

from __future__ import annotations

from enum import IntEnum

from scraper.errors import (
    ArchiveBusyError,
    ArchiveError,
    ArchiveFullError,
    ConfigError,
    LockHeldError,
    PageUnreadableError,
    QueryError,
    StandfirstError,
    UnknownSourceError,
)


class ExitCode(IntEnum):
    """What a command's end means."""

    OK = 0
    FAILED = 1  # the tool failed
    USAGE = 2  # a wrong option, an unknown slug, a question that can't be asked
    SOME_SOURCES_FAILED = 3  # or look broken; the rest is stored
    ALL_SOURCES_FAILED = 4
    LOCKED = 75  # another crawl or writer holds the archive
    UNUSABLE = 78  # configuration or archive
    INTERRUPTED = 130  # what was finished is stored


# The first class that fits decides: the special before the general.
CODE_OF_ERROR: tuple[tuple[type[StandfirstError], ExitCode], ...] = (
    (UnknownSourceError, ExitCode.USAGE),
    (QueryError, ExitCode.USAGE),
    (PageUnreadableError, ExitCode.ALL_SOURCES_FAILED),  # of the one that was asked for
    (LockHeldError, ExitCode.LOCKED),
    (ArchiveBusyError, ExitCode.LOCKED),
    (ArchiveFullError, ExitCode.FAILED),
    (ConfigError, ExitCode.UNUSABLE),
    (ArchiveError, ExitCode.UNUSABLE),
)


def code_of(error: StandfirstError) -> ExitCode:
    """The exit code for an error of ours."""
    return next((code for kind, code in CODE_OF_ERROR if isinstance(error, kind)), ExitCode.FAILED)
