"""Looking after an archive: is all of it sound, drop old bytes, make a copy."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import zstandard

from scraper.errors import ArchiveError, BodyDamagedError
from storage.archive import Archive
from storage.bodies import load_body, pack, sha256_of, unpack
from storage.connections import close_reader, connect_reader, refuse_if_overtaken, translated_errors
from storage.moments import to_text
from storage.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is not as it should be."""

    kind: str  # "file", "reference", "full text", "body", "look"
    what: str  # in words, for a person
    body_id: int | None = None
    looks: tuple[str, ...] = ()  # "source page seen_at" of the looks whose bytes are affected


def verify(archive: Reader | Archive) -> Iterator[Problem]:
    """Checks everything, and says of what is damaged which looks it concerns. Nothing, if all is well.

    The file's structure, its references, every stored body against its sha256, every look's number of cards against its spans. The
    full-text index is checked only through an Archive, because SQLite takes that for a write.
    """
    db = archive.connection
    with translated_errors(archive.path):
        yield from _check_file(db)
        if isinstance(archive, Archive):
            yield from _check_full_text(db)
        yield from _check_looks(db)
        yield from _check_bodies(db)


def _check_file(db: sqlite3.Connection) -> Iterator[Problem]:
    for (said,) in db.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield Problem(kind="file", what=said)
    for table, rowid, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield Problem(kind="reference", what=f"row {rowid} of {table} names a row of {parent} that is not there")


def _check_full_text(db: sqlite3.Connection) -> Iterator[Problem]:
    for index, rank in (("revision_fts", 1), ("revision_characters", 0)):  # 1: compare with the wordings as well
        try:
            db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', {rank})")
        except sqlite3.DatabaseError as exc:
            yield Problem(
                kind="full text", what=f"{index} is damaged ({exc}); searches may miss wordings, the wordings are there"
            )


def _check_looks(db: sqlite3.Connection) -> Iterator[Problem]:
    """Sweeps each page once: as many spans must stand at each good look as the look counted cards."""
    looks: defaultdict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for page_id, crawl_id, cards, name in db.execute(
        """
        SELECT page_id, crawl.id, card_count, slug || ' ' || url || ' ' || seen_at
        FROM crawl JOIN page ON page.id = page_id JOIN source ON source.id = source_id WHERE good ORDER BY page_id, seen_at
        """
    ):
        looks[page_id].append((crawl_id, cards, name))
    for page_id, of_page in looks.items():
        opened: defaultdict[int, int] = defaultdict(int)
        closed: defaultdict[int, int] = defaultdict(int)
        for first_crawl, last_crawl in db.execute("SELECT first_crawl, last_crawl FROM span WHERE page_id = ?", (page_id,)):
            opened[first_crawl] += 1
            closed[last_crawl] += 1
        standing = 0
        for crawl_id, cards, name in of_page:
            standing += opened[crawl_id]
            if standing != cards:
                yield Problem(kind="look", what=f"{name}: {cards} cards were counted, {standing} stand there", looks=(name,))
            standing -= closed[crawl_id]


def _check_bodies(db: sqlite3.Connection) -> Iterator[Problem]:
    """Unpacks every chain once, from its keyframe on."""
    frames: dict[int, tuple[str, int]] = {}
    packed_against: defaultdict[int | None, list[int]] = defaultdict(list)
    for body_id, sha256, size, base_id in db.execute("SELECT id, sha256, size, base_id FROM body WHERE content IS NOT NULL"):
        frames[body_id] = (sha256, size)
        packed_against[base_id].append(body_id)
    left = set(frames)
    waiting: list[tuple[int, bytes | None]] = [(body_id, None) for body_id in packed_against[None]]
    while waiting:
        body_id, base = waiting.pop()
        left.discard(body_id)
        sha256, size = frames[body_id]
        (frame,) = db.execute("SELECT content FROM body WHERE id = ?", (body_id,)).fetchone()
        try:
            content = unpack(frame, size=size, base=base)
        except zstandard.ZstdError as exc:
            yield _damaged(db, body_id, f"body {body_id} (sha256 {sha256}) can't be unpacked: {exc}")
            left |= _after(packed_against, body_id)
            continue
        if sha256_of(content) != sha256:
            yield _damaged(db, body_id, f"body {body_id} holds other bytes than those of sha256 {sha256}")
            left |= _after(packed_against, body_id)
            continue
        waiting += [(after, content) for after in packed_against[body_id]]
    for body_id in sorted(left):
        yield _damaged(db, body_id, f"body {body_id} (sha256 {frames[body_id][0]}) is packed against one that can't be read")


def _after(packed_against: defaultdict[int | None, list[int]], body_id: int) -> set[int]:
    found: set[int] = set()
    waiting = list(packed_against.get(body_id, ()))
    while waiting:
        after = waiting.pop()
        if after not in found:
            found.add(after)
            waiting += packed_against.get(after, ())
    return found


def _damaged(db: sqlite3.Connection, body_id: int, what: str) -> Problem:
    looks = db.execute(
        """
        SELECT slug || ' ' || url || ' ' || seen_at FROM crawl JOIN page ON page.id = page_id JOIN source ON source.id = source_id
        WHERE body_id = ? ORDER BY seen_at
        """,
        (body_id,),
    )
    return Problem(kind="body", what=what, body_id=body_id, looks=tuple(name for (name,) in looks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was dropped. Cards, wordings, spans, looks and every sha256 stay."""

    bodies: int
    freed_bytes: int  # net of what was packed anew; the file keeps the room for later pages, a backup is smaller at once
    unreadable: tuple[int, ...] = ()  # ids of bodies left alone, because what is packed against them could not be read
    left: int = 0  # bodies that there was no time for


def prune(
    archive: Archive, *, before: datetime | None = None, keyframes: bool = False, enough: Callable[[], bool] = lambda: False
) -> Pruned:
    """Drops page bytes and keeps the facts: `before` those of looks before that moment, `keyframes` all but one in thirty.

    Never dropped: robots.txt files, and each page's newest good body. Bodies that stay and were packed against one that goes are
    packed anew first, in the same transaction, so that a kill between two bodies costs nothing and the next prune goes on.
    `enough` is asked before each body whether to leave the rest to the next prune.
    """
    if before is None and not keyframes:
        raise ValueError("prune needs to be told what to drop")
    with translated_errors(archive.path):
        doomed = [
            row[0]
            for row in archive.connection.execute(
                _DOOMED, {"before": to_text(before) if before else None, "keyframes": keyframes}
            )
        ]
    count = freed = left = 0
    unreadable: list[int] = []
    for number, body_id in enumerate(doomed):
        if enough():
            left = len(doomed) - number
            break
        with archive.transaction() as db:
            try:
                freed += _drop(db, body_id, frozenset(doomed))
            except BodyDamagedError:
                unreadable.append(body_id)
                continue
        count += 1
    return Pruned(bodies=count, freed_bytes=freed, unreadable=tuple(unreadable), left=left)


# From the newest on: then what is packed against a body is gone before the body itself, and only what stays is packed anew.
_DOOMED = """
SELECT body.id FROM body
WHERE content IS NOT NULL
  AND (:keyframes = 0 OR base_id IS NOT NULL)
  AND (:before IS NULL OR NOT EXISTS (SELECT 1 FROM crawl WHERE body_id = body.id AND seen_at >= :before))
  AND NOT EXISTS (SELECT 1 FROM robots WHERE body_id = body.id)
  AND body.id NOT IN (
    SELECT (SELECT body_id FROM crawl WHERE page_id = page.id AND good ORDER BY seen_at DESC LIMIT 1) AS newest FROM page WHERE newest IS NOT NULL)
ORDER BY body.id DESC
"""


def _drop(db: sqlite3.Connection, body_id: int, doomed: frozenset[int]) -> int:
    freed = 0
    for (after,) in db.execute("SELECT id FROM body WHERE base_id = ? AND content IS NOT NULL", (body_id,)).fetchall():
        if after in doomed:
            continue
        (old,) = db.execute("SELECT length(content) FROM body WHERE id = ?", (after,)).fetchone()
        frame = pack(load_body(db, after))
        db.execute("UPDATE body SET base_id = NULL, depth = 0, content = ? WHERE id = ?", (frame, after))
        db.execute(_DEPTHS, {"root": after})
        freed += old - len(frame)
    (length,) = db.execute("SELECT length(content) FROM body WHERE id = ?", (body_id,)).fetchone()
    db.execute("UPDATE body SET content = NULL, base_id = NULL, depth = 0 WHERE id = ?", (body_id,))
    return freed + int(length)


_DEPTHS = """
WITH RECURSIVE chain (id, depth) AS (
  SELECT :root, 0 UNION ALL SELECT body.id, chain.depth + 1 FROM chain JOIN body ON body.base_id = chain.id
)
UPDATE body SET depth = chain.depth FROM chain WHERE chain.id = body.id AND body.depth <> chain.depth
"""


def back_up(path: Path | str, target: Path | str) -> None:
    """A compact copy of the archive in one file, as it is at this moment, also while a crawl writes.

    The copy appears under its name only when it is whole. Raises ArchiveError when there is a file of that name already.
    """
    source, copy = Path(path), Path(target)
    if copy.exists():
        raise ArchiveError(f"{copy}: is there already and was left alone; name another file")
    if not copy.absolute().parent.is_dir():
        raise ArchiveError(f"{copy}: there is no folder {copy.absolute().parent}; make it first")
    part = copy.with_name(f".{copy.name}.{os.getpid()}.part")
    connection = connect_reader(source)
    try:
        connection.set_authorizer(None)  # VACUUM INTO attaches the file that it writes
        connection.execute("PRAGMA query_only = OFF")  # the archive itself is open read-only all the same
        with translated_errors(copy):
            connection.execute("VACUUM INTO ?", (str(part),))
        refuse_if_overtaken(connection, source)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(copy)
    finally:
        close_reader(connection, source)
        part.unlink(missing_ok=True)
