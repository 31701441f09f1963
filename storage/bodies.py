"""The bytes of pages, each distinct one once, packed against last night's.

A listing page differs little from itself a night ago, so its bytes are compressed with the previous body of the same page as prefix
(measured: 35 times smaller than raw, where plain zstd gives 5). Every 30th body of a chain is a keyframe, compressed on its own, so that
one damaged body costs at most one chain and reading unpacks at most 30. A wrong prefix can unpack without an error: the frame has
a checksum, and every read is held against the sha256 that it is filed under.

The frames are ordinary zstd ones. A keyframe is what `zstd -d` reads; another, with its base unpacked to a file, what
`zstd -d --patch-from=BASE` reads.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import zstandard

from scraper.errors import BodyDamagedError

KEYFRAME_EVERY = 30

LEVEL = 4
"""Of zstd: the lowest that still finds a page of a megabyte again in its base; see docs/decisions/archive.md."""


def sha256_of(content: bytes) -> str:
    """Lower-case hex, as sha256sum prints it."""
    return hashlib.sha256(content).hexdigest()


def pack(content: bytes, base: bytes | None = None) -> bytes:
    """One zstd frame with size and checksum; with `base` as prefix if there is one."""
    prefix = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if base else None
    reach = max(1, len(content) + len(base or b""))
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL,
        source_size=len(content),
        dict_size=len(base or b""),
        window_log=min(27, max(10, reach.bit_length())),  # far enough back for the whole prefix; 27 is what every reader grants
        write_checksum=True,
        write_content_size=True,
    )
    return zstandard.ZstdCompressor(dict_data=prefix, compression_params=parameters).compress(content)


def unpack(frame: bytes, *, size: int, base: bytes | None = None) -> bytes:
    """The bytes of a frame. Raises zstandard.ZstdError where the frame is damaged, or would give more than `size` bytes."""
    if zstandard.frame_content_size(frame) != size:
        raise zstandard.ZstdError("the frame is not of the size it is filed under")
    prefix = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if base else None
    return zstandard.ZstdDecompressor(dict_data=prefix, max_window_size=1 << 27).decompress(frame, max_output_size=size)


def store_body(connection: sqlite3.Connection, content: bytes, *, base_id: int | None = None, sha256: str | None = None) -> int:
    """The id of the body with these bytes, new or known. Call inside a transaction.

    `base_id` is the body that the new one is likely to resemble. Where that can't be read (damaged, pruned), the new one
    is a keyframe: a fault in old bytes never stops new ones from being kept. `sha256` is that of the bytes, where it is known already.
    """
    sha256 = sha256 or sha256_of(content)
    known = connection.execute("SELECT id, content IS NULL FROM body WHERE sha256 = ?", (sha256,)).fetchone()
    if known is not None and not known[1]:
        return int(known[0])
    base, depth = _base(connection, base_id)
    frame = pack(content, base)
    row = {
        "sha256": sha256,
        "size": len(content),
        "base_id": base_id if base is not None else None,
        "depth": depth,
        "content": frame,
    }
    if known is not None:  # pruned once, and here again
        connection.execute("UPDATE body SET base_id = :base_id, depth = :depth, content = :content WHERE sha256 = :sha256", row)
        return int(known[0])
    cursor = connection.execute(
        "INSERT INTO body (sha256, size, base_id, depth, content) VALUES (:sha256, :size, :base_id, :depth, :content)", row
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _base(connection: sqlite3.Connection, base_id: int | None) -> tuple[bytes | None, int]:
    if base_id is None:
        return None, 0
    row = connection.execute("SELECT depth FROM body WHERE id = ? AND content IS NOT NULL", (base_id,)).fetchone()
    if row is None or row[0] + 1 >= KEYFRAME_EVERY:
        return None, 0
    try:
        return load_body(connection, base_id), row[0] + 1
    except BodyDamagedError:
        return None, 0


def load_body(connection: sqlite3.Connection, body_id: int, known: Mapping[int, bytes] = MappingProxyType({})) -> bytes:
    """The bytes of a body, checked against their sha256.

    `known` are bodies that were read already, by id: whoever reads a page night after night need not unpack its chain each time.
    Raises BodyDamagedError with the body's id and sha256 where they, or a body that they are packed against, are damaged or pruned.
    """
    chain: list[_Link] = []
    wanted: int | None = body_id
    while wanted is not None and wanted not in known:
        row = connection.execute("SELECT sha256, size, content, base_id FROM body WHERE id = ?", (wanted,)).fetchone()
        if row is None:
            raise BodyDamagedError(f"body {wanted}, which body {body_id} is packed against, is not in the archive")
        sha256, size, frame, base_id = row
        if frame is None:
            raise BodyDamagedError(f"body {wanted} (sha256 {sha256}) was pruned: what it said is kept, its bytes are not")
        if any(wanted == link.id for link in chain):
            raise BodyDamagedError(f"body {wanted} (sha256 {sha256}) is packed against itself")
        chain.append(_Link(wanted, sha256, size, frame))
        wanted = base_id
    base = known[wanted] if wanted is not None else None
    chain.reverse()
    content = base
    try:
        for link in chain:
            content = unpack(link.frame, size=link.size, base=content)
    except zstandard.ZstdError:
        raise _damage_in(chain, base) from None
    assert content is not None
    if chain and sha256_of(content) != chain[-1].sha256:  # right bytes at the end can only have come of right ones on the way
        raise _damage_in(chain, base)
    return content


class _Link(NamedTuple):
    id: int
    sha256: str
    size: int
    frame: bytes


def _damage_in(chain: Sequence[_Link], base: bytes | None) -> BodyDamagedError:
    """What is wrong with the first link that doesn't unpack, on `base`, to its own bytes; there is one."""
    for link in chain:
        try:
            base = unpack(link.frame, size=link.size, base=base)
        except zstandard.ZstdError as exc:
            return BodyDamagedError(f"body {link.id} (sha256 {link.sha256}) is damaged: {exc}")
        if sha256_of(base) != link.sha256:
            break
    return BodyDamagedError(f"body {link.id} is damaged: its bytes are not those of sha256 {link.sha256}")
