"""Everything Standfirst raises on purpose.

    StandfirstError
    |-- ConfigError            the configuration can't be used (exit 78)
    |   |-- UnknownSourceError a slug that the configuration doesn't have (exit 2)
    |   `-- RecipeError        a recipe that can't be used
    |-- ArchiveError           the archive can't be used (exit 78)
    |   |-- ArchiveNotFoundError    no file there; reads never create one
    |   |-- NotAnArchiveError       a file, but not one of ours
    |   |-- ArchiveTooNewError      written by a newer Standfirst
    |   |-- ArchiveBusyError        another writer holds it (exit 75)
    |   |-- ArchiveFullError        no room left on the device; what was committed is safe (exit 1)
    |   |-- ArchiveMovedError       no longer where it was opened: moved or replaced below its writer
    |   `-- BodyDamagedError        a stored body is not what its sha256 says
    |-- ScheduleError          cron or systemd would not take our lines (exit 1)
    |-- LockHeldError          another crawl is running (exit 75)
    |-- OutputError            an answer can't be written where it was to go (exit 1)
    |-- QueryError             a question that can't be asked: a moment, a card, a search (exit 2)
    `-- PageUnreadableError    bytes that can't be read as a listing page at all

What a normal day brings (304, robots says no, a consent wall, an empty listing, a refused connection) is not here: it is a value,
`scraper.pages.Outcome`. Bugs come up raw.
"""

from __future__ import annotations


class StandfirstError(Exception):
    """The root. `str()` of it says who (source, URL, file), what, and what to do next, and is fit to be shown to a person."""


class ConfigError(StandfirstError):
    """The configuration file can't be used; names the file, the key and the remedy."""


class UnknownSourceError(ConfigError):
    """A slug that the configuration doesn't have; names the nearest ones."""


class RecipeError(ConfigError):
    """A recipe that can't be used: which of its keys, what is wrong with it, and the remedy."""

    def __init__(self, key: str, complaint: str) -> None:
        super().__init__(f"recipe.{key}: {complaint}")
        self.key = key
        self.complaint = complaint


class ArchiveError(StandfirstError):
    """The archive file can't be used."""


class ArchiveNotFoundError(ArchiveError):
    """There is no file at the archive's path. Reading never creates one."""


class NotAnArchiveError(ArchiveError):
    """The file is no SQLite database, or some other program's."""


class ArchiveTooNewError(ArchiveError):
    """The file was written by a newer Standfirst; an older one must not guess at it."""


class ArchiveBusyError(ArchiveError):
    """Another writer held the file for longer than we wait."""


class ArchiveMovedError(ArchiveError):
    """The file was moved, removed or replaced while it was written to; what was recorded is in the file that was there before."""


class ArchiveFullError(ArchiveError):
    """The device is full; the transaction was rolled back, everything committed before it is safe."""


class BodyDamagedError(ArchiveError):
    """A stored body, decompressed, does not have the sha256 that it is filed under."""


class ScheduleError(StandfirstError):
    """Cron or systemd would not take our lines, or has lines that we must not touch."""


class LockHeldError(StandfirstError):
    """Another crawl of the same archive is running."""


class OutputError(StandfirstError):
    """What was asked for can't be written: a full disk, a folder that isn't ours."""


class QueryError(StandfirstError):
    """A question that can't be asked: a moment that is no time, a card that is not there, a search without words."""


class PageUnreadableError(StandfirstError):
    """Bytes that can't be read as a listing page: too deep, too large, binary."""
