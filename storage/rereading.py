"""One page's stored looks read anew, night after night: the part of a rebuild that other processes can do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from scraper.cards import Listing, Verdict
from scraper.errors import BodyDamagedError
from scraper.pages import Outcome, Page
from storage.bodies import load_body
from storage.differences import cards_of_look
from storage.reader import Reader, open_reader
from storage.replay import StoredLook

Known = tuple[tuple[str | None, str | None], ...]
"""(URL as linked, title) of the cards that stood on the page at its last good look."""

Notes = Mapping[str, Any] | None
"""What a reading wants the reading of the page's next night to know, as JSON can say it."""


class StoredPage(NamedTuple):
    """What there is to read."""

    source: str  # slug
    page: Page
    known: Known
    notes: Notes  # of the reading before; None: there was none


class Reading(NamedTuple):
    """What a stored page amounts to, read anew."""

    outcome: Outcome
    detail: str
    listing: Listing | None  # needed with a good outcome
    recipe: str | None = None  # that the cards were read with, as JSON; None: by the full method
    notes: Notes = None


Read = Callable[[StoredPage], Reading]
"""How a page is read today. Has to be picklable for an executor of processes."""


class Derived(NamedTuple):
    """A look in the new derivation."""

    crawl_id: int  # in the old archive
    reading: Reading
    anew: bool  # False: its bytes are pruned or damaged, and this is what the old derivation says


class PageState(NamedTuple):
    """What the reading of a page's next night builds on."""

    known: Known = ()
    sha256: str | None = None  # of the bytes of the last good look
    notes: Notes = None

    def to_json(self) -> str:
        """For those who go on after a kill."""
        return json.dumps(self, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> PageState:
        """The state that to_json wrote."""
        known, sha256, notes = json.loads(text)
        return cls(tuple((url, title) for url, title in known), sha256, notes)


class Task(NamedTuple):
    """Some looks at one page, in order."""

    page_id: int
    looks: Sequence[StoredLook]
    state: PageState  # before the first of them
    read: Read


class Done(NamedTuple):
    """A task's result."""

    page_id: int
    derived: list[Derived]
    state: PageState  # after the last of them


def reread_in_this_process(path: str, task: Task) -> Done:
    """As reread_page, for a process of an executor: with a connection and bodies of its own."""
    return reread_page(_reader_of_this_process(path).connection, task, _bodies_of_this_process(path))


@cache
def _reader_of_this_process(path: str) -> Reader:
    return open_reader(path)  # closed when the process that an executor made ends


@cache
def _bodies_of_this_process(path: str) -> LastBodies:
    return LastBodies()


class LastBodies:
    """The body of each page that was read last: the page's next one is packed against it.

    As many as fit into `room` bytes; the pages that come too late have theirs unpacked from the keyframe on. To let the oldest go
    instead would help nobody, because the pages are gone through in turn.
    """

    def __init__(self, room: int = 64 * 2**20) -> None:
        self._room = room
        self._bodies: dict[int, tuple[int, bytes]] = {}

    def load(self, db: sqlite3.Connection, page_id: int, body_id: int) -> bytes:
        """The bytes of a body, as `storage.bodies.load_body`."""
        last = self._bodies.pop(page_id, None)
        self._room += len(last[1]) if last else 0
        body = last[1] if last and last[0] == body_id else load_body(db, body_id, dict([last]) if last else {})
        if len(body) <= self._room:
            self._bodies[page_id] = body_id, body
            self._room -= len(body)
        return body


def reread_page(db: sqlite3.Connection, task: Task, bodies: LastBodies) -> Done:
    """The looks of one page, each read with what is known from the one before. Bytes that the last good look had are not read again."""
    state = task.state
    derived: list[Derived] = []
    for look in task.looks:
        reading, anew = _reread(db, look, state, task.read, bodies)
        derived.append(Derived(look.crawl_id, reading, anew))
        if anew and reading.notes is not None:
            state = state._replace(notes=reading.notes)
        if reading.outcome.is_good and reading.listing is not None:
            known = tuple((card.url, card.title) for card in reading.listing.cards)
            state = state._replace(known=known, sha256=look.body_sha256)
    return Done(task.page_id, derived, state)


def _reread(db: sqlite3.Connection, look: StoredLook, state: PageState, read: Read, bodies: LastBodies) -> tuple[Reading, bool]:
    """The look's reading, and whether it is a new one."""
    if look.can_be_reread:
        assert look.body_id is not None
        if look.body_sha256 == state.sha256:
            return Reading(Outcome.NOT_MODIFIED if look.outcome is Outcome.NOT_MODIFIED else Outcome.SAME_BYTES, "", None), True
        try:
            body = bodies.load(db, look.page_id, look.body_id)
        except BodyDamagedError:
            return reading_of_before(db, look), False
        return read(StoredPage(look.source, look.page(body), state.known, state.notes)), True
    return reading_of_before(db, look), False


def reading_of_before(db: sqlite3.Connection, look: StoredLook) -> Reading:
    """What the archive's own derivation says of a look."""
    if not look.outcome.is_good:
        return Reading(look.outcome, look.detail, None)
    cards = cards_of_look(db, look.crawl_id)
    verdict, outcome = (Verdict.LISTING, Outcome.OK) if cards else (Verdict.EMPTY, Outcome.EMPTY)
    return Reading(outcome, look.detail, Listing(cards=cards, verdict=verdict, reason="as derived before"))
