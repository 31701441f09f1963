"""What we saw, kept: one SQLite file, written look by look, asked read-only."""

from storage.archive import Archive, PageState, create_archive, open_archive
from storage.moments import parse_moment
from storage.reader import Reader, open_reader
from storage.recording import Recorded

__all__ = [
    "Archive",
    "PageState",
    "Reader",
    "Recorded",
    "create_archive",
    "open_archive",
    "open_reader",
    "parse_moment",
]
