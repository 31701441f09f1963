"""What the bytes of an archive are spent on, and emptying the write-ahead file."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import card, look, night

from storage import Archive, create_archive, open_reader
from storage import sizes as of_archives
from storage.sizes import checkpoint, sizes_of


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Ten nights of a page of noise, with cards that say much."""
    noise = random.Random(1)
    with create_archive(tmp_path / "archive.db") as archive:
        for number in range(10):
            look(
                archive,
                [card(f"a{number}", blurb=f"words {number} " * 400)],
                at=night(number),
                body=noise.randbytes(20_000),
                url="x",
            )
        yield archive


def test_the_parts_make_up_the_file(archive: Archive) -> None:
    sizes = sizes_of(archive)
    assert sizes.wordings is not None
    assert sizes.full_text is not None
    assert sizes.structure is not None
    assert sizes.bodies + sizes.wordings + sizes.full_text + sizes.structure + sizes.free == sizes.file
    assert sizes.bodies > 10 * 20_000
    assert sizes.wordings > 10 * 400 * len("words 0 ")
    assert 0 < sizes.full_text < sizes.wordings
    assert sizes.structure > 0
    assert sizes.write_ahead > 0
    assert checkpoint(archive)
    assert sizes_of(archive).write_ahead == 0
    assert archive.path.stat().st_size == sizes_of(archive).file


def test_a_reader_is_told_the_same(archive: Archive) -> None:
    with open_reader(archive.path) as reader:
        assert sizes_of(reader) == sizes_of(archive)


def test_where_sqlite_cannot_say_the_page_bytes_are_added_up(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = sizes_of(archive)
    monkeypatch.setattr(of_archives, "_by_table", lambda db: None)
    sizes = sizes_of(archive)
    assert (sizes.file, sizes.free, sizes.write_ahead) == (exact.file, exact.free, exact.write_ahead)
    assert 10 * 20_000 < sizes.bodies <= exact.bodies
    assert (sizes.wordings, sizes.full_text, sizes.structure) == (None, None, None)


def test_a_checkpoint_does_not_wait_for_long_for_a_reader(archive: Archive) -> None:
    (usual,) = archive.connection.execute("PRAGMA busy_timeout").fetchone()
    with open_reader(archive.path) as reader, reader.snapshot():
        before = reader.sql("SELECT count(*) AS looks FROM crawl")
        look(archive, [card("b")], at=night(11))
        assert not checkpoint(archive, wait_s=0.01)
        assert reader.sql("SELECT count(*) AS looks FROM crawl") == before
    assert archive.connection.execute("PRAGMA busy_timeout").fetchone() == (usual,)
    assert checkpoint(archive)
    with sqlite3.connect(f"file:{archive.path}?immutable=1", uri=True) as alone:  # as somebody who copied the file sees it
        assert alone.execute("SELECT count(*) FROM crawl").fetchone() == (11,)
    alone.close()
