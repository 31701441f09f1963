"""The bytes of pages: packed against each other, checked whenever they are read."""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import BodyDamagedError
from storage import create_archive
from storage.bodies import KEYFRAME_EVERY, load_body, pack, sha256_of, store_body, unpack


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with create_archive(tmp_path / "archive.db") as archive:
        yield archive.connection


def pages(count: int, size: int = 20_000) -> list[bytes]:
    """A page that changes a little every night; deterministic."""
    chance = random.Random(7)
    words = [f"{chance.getrandbits(60):x}".encode() for _ in range(size // 16)]
    made = []
    for number in range(count):
        words[chance.randrange(len(words))] = b"night %d" % number
        made.append(b" ".join(words))
    return made


def store_chain(db: sqlite3.Connection, bodies: list[bytes]) -> list[int]:
    ids: list[int] = []
    for content in bodies:
        ids.append(store_body(db, content, base_id=ids[-1] if ids else None))
    return ids


def test_equal_bytes_are_stored_once(db: sqlite3.Connection) -> None:
    assert store_body(db, b"page") == store_body(db, b"page")
    assert db.execute("SELECT count(*), sha256, size FROM body").fetchone() == (1, hashlib.sha256(b"page").hexdigest(), 4)


@pytest.mark.parametrize(
    "content", [b"", b"x", bytes(300_000), random.Random(1).randbytes(70_000)], ids=["empty", "one byte", "zeros", "noise"]
)
def test_every_kind_of_bytes_comes_back(db: sqlite3.Connection, content: bytes) -> None:
    base = store_body(db, b"another page")
    assert load_body(db, store_body(db, content, base_id=base)) == content


def test_a_page_is_packed_against_the_night_before_with_a_keyframe_every_thirty(db: sqlite3.Connection) -> None:
    bodies = pages(65)
    ids = store_chain(db, bodies)
    rows = db.execute("SELECT base_id, depth, length(content) FROM body ORDER BY id").fetchall()
    assert [number for number, (base, _, _) in enumerate(rows) if base is None] == [0, KEYFRAME_EVERY, 2 * KEYFRAME_EVERY]
    assert max(depth for _, depth, _ in rows) == KEYFRAME_EVERY - 1
    deltas = [length for base, _, length in rows if base is not None]
    assert max(deltas) < len(bodies[0]) / 50
    assert [load_body(db, body_id) for body_id in ids] == bodies


@pytest.mark.parametrize("damage", ["bit", "cut", "swapped"])
def test_damage_is_found_by_the_read_and_costs_no_more_than_its_chain(db: sqlite3.Connection, damage: str) -> None:
    bodies = pages(40)
    ids = store_chain(db, bodies)
    victim = ids[10]
    (frame,) = db.execute("SELECT content FROM body WHERE id = ?", (victim,)).fetchone()
    if damage == "bit":
        frame = frame[:-6] + bytes([frame[-6] ^ 1]) + frame[-5:]
    elif damage == "cut":
        frame = frame[:-1]
    else:
        (frame,) = db.execute("SELECT content FROM body WHERE id = ?", (ids[11],)).fetchone()
    db.execute("UPDATE body SET content = ? WHERE id = ?", (frame, victim))
    for number, body_id in enumerate(ids):
        if 10 <= number < KEYFRAME_EVERY:
            with pytest.raises(BodyDamagedError, match=f"body {victim} "):
                load_body(db, body_id)
        else:
            assert load_body(db, body_id) == bodies[number]


def test_bytes_that_unpack_well_but_are_not_what_they_are_filed_under_are_refused(db: sqlite3.Connection) -> None:
    body_id = store_body(db, b"what was served")
    db.execute("UPDATE body SET content = ? WHERE id = ?", (pack(b"what was forged"), body_id))
    with pytest.raises(BodyDamagedError, match=sha256_of(b"what was served")):
        load_body(db, body_id)


def test_new_bytes_are_kept_also_when_those_before_them_are_damaged(db: sqlite3.Connection) -> None:
    first = store_body(db, b"page " * 100)
    db.execute("UPDATE body SET content = x'00' WHERE id = ?", (first,))
    second = store_body(db, b"page " * 101, base_id=first)
    assert load_body(db, second) == b"page " * 101
    assert db.execute("SELECT base_id, depth FROM body WHERE id = ?", (second,)).fetchone() == (None, 0)


def test_bytes_that_were_pruned_are_stored_again_when_they_come_again(db: sqlite3.Connection) -> None:
    body_id = store_body(db, b"page")
    db.execute("UPDATE body SET content = NULL WHERE id = ?", (body_id,))
    with pytest.raises(BodyDamagedError, match="pruned"):
        load_body(db, body_id)
    assert store_body(db, b"page") == body_id
    assert load_body(db, body_id) == b"page"


def test_what_a_body_was_can_not_be_changed(db: sqlite3.Connection) -> None:
    body_id = store_body(db, b"page")
    for change in ("sha256 = 'x'", "size = 5", "id = 9"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            db.execute(f"UPDATE body SET {change} WHERE id = ?", (body_id,))
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        db.execute("DELETE FROM body")


def test_a_frame_that_would_unpack_to_more_than_its_size_is_refused() -> None:
    with pytest.raises(zstandard.ZstdError):
        unpack(pack(bytes(1_000_000)), size=10)


@given(content=st.binary(max_size=400), base=st.none() | st.binary(max_size=400))
def test_packing_loses_nothing(content: bytes, base: bytes | None) -> None:
    assert unpack(pack(content, base), size=len(content), base=base) == content


@pytest.mark.skipif(shutil.which("zstd") is None, reason="the zstd command line is not installed here")
def test_the_zstd_command_line_reads_what_is_stored(db: sqlite3.Connection, tmp_path: Path) -> None:
    ids = store_chain(db, bodies := pages(3, size=400_000))
    for number, body_id in enumerate(ids):
        (frame,) = db.execute("SELECT content FROM body WHERE id = ?", (body_id,)).fetchone()
        (tmp_path / f"{number}.zst").write_bytes(frame)
        base = [f"--patch-from={tmp_path / str(number - 1)}"] if number else []
        subprocess.run(
            ["zstd", "-q", "-d", *base, str(tmp_path / f"{number}.zst"), "-o", str(tmp_path / str(number))], check=True
        )
        assert (tmp_path / str(number)).read_bytes() == bodies[number]
