"""A rebuilt archive in the old one's place."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from archives import look, night
from rereading import body_of, cards_in, read_well

from scraper.errors import ArchiveBusyError, ArchiveError
from storage import create_archive, open_archive, open_reader
from storage import swap as swapping
from storage.rebuild import rebuild
from storage.swap import name_for_old, swap_in
from storage.upkeep import verify


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive without blurbs, and beside it "new.db", rebuilt with them."""
    path = tmp_path / "archive.db"
    with create_archive(path) as old:
        for number in range(3):
            body = body_of([("a", f"Plan {number}", "near")])
            look(old, cards_in(body, blurbs=False), at=night(number), body=body)
    rebuild(path, tmp_path / "new.db", read=read_well, extractor_version="2", now=night(9))
    return path


def blurbs(path: Path) -> set[str | None]:
    with open_reader(path) as reader:
        return {row["blurb"] for row in reader.cards()}


def sound(path: Path) -> bool:
    with open_archive(path) as archive:
        return list(verify(archive)) == []


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_new_archive_takes_the_old_ones_name_and_the_old_one_is_kept(archive: Path) -> None:
    kept = name_for_old(archive)
    swap_in(archive, archive.with_name("new.db"), kept)
    assert names(archive.parent) == ["archive.before-rebuild.db", "archive.db"]
    assert (blurbs(archive), blurbs(kept)) == ({"near"}, {None})
    assert sound(archive)
    assert sound(kept)
    with open_archive(archive) as new:
        assert look(new, [], at=night(4), body=b"[]").absent == 1  # crawls go on in it
        assert new.load_memory("rebuild") is None
    assert blurbs(kept) == {None}
    assert len(list(archive.parent.glob("*.db"))) == 2


def test_what_was_written_last_is_in_the_kept_file_though_nobody_closed_it(archive: Path) -> None:
    script = f"""
import os, sqlite3
db = sqlite3.connect({str(archive)!r}, isolation_level=None)
db.execute("PRAGMA wal_autocheckpoint = 0")
db.execute("INSERT INTO memory (name, content, saved_at) VALUES ('last', '1', '2026')")
os._exit(0)
"""
    child = os.spawnv(os.P_WAIT, os.sys.executable, ["python", "-c", script])  # type: ignore[attr-defined]
    assert child == 0
    assert archive.with_name("archive.db-wal").stat().st_size > 0
    swap_in(archive, archive.with_name("new.db"), name_for_old(archive))
    with open_reader(name_for_old(archive)) as kept:
        assert kept.load_memory("last") == 1
    assert sound(archive)


@pytest.mark.parametrize("busy", ["archive.db", "new.db"])
def test_a_file_that_somebody_has_open_is_not_moved(archive: Path, busy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swapping, "WAIT_S", 0.1)
    open_archive(archive).close()
    with open_reader(archive.with_name(busy)) as reader:
        reader.sql("SELECT 1 FROM crawl")
        with pytest.raises(ArchiveBusyError, match=f"{busy}: another program"):
            swap_in(archive, archive.with_name("new.db"), name_for_old(archive))
        assert reader.sql("SELECT count(*) AS n FROM crawl") == [{"n": 3}]
    assert blurbs(archive) == {None}
    assert not name_for_old(archive).exists()
    swap_in(archive, archive.with_name("new.db"), name_for_old(archive))
    assert blurbs(archive) == {"near"}


def test_a_kept_file_that_is_there_is_left_alone(archive: Path) -> None:
    name_for_old(archive).write_bytes(b"mine")
    with pytest.raises(ArchiveError, match="is there already"):
        swap_in(archive, archive.with_name("new.db"), name_for_old(archive))
    assert name_for_old(archive).read_bytes() == b"mine"
    assert (blurbs(archive), blurbs(archive.with_name("new.db"))) == ({None}, {"near"})


def test_where_it_cannot_be_moved_the_archive_is_as_it_was(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> Path:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ArchiveError, match="one disk"):
        swap_in(archive, archive.with_name("new.db"), name_for_old(archive))
    assert names(archive.parent) == ["archive.db", "new.db"]
    assert blurbs(archive) == {None}


class KilledError(BaseException):
    """As if killed: nothing that comes after it is done."""


STEPS = ("linked", "replaced", "forgetting")


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_steps_there_is_one_good_archive_and_the_next_call_ends_it(
    archive: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, kept = archive.with_name("new.db"), name_for_old(archive)

    def stop(*_: object) -> None:
        raise KilledError

    if step == "linked":
        monkeypatch.setattr(Path, "replace", stop)
    elif step == "replaced":
        synced: list[Path] = []
        monkeypatch.setattr(swapping, "_sync_folder", lambda folder: stop() if synced else synced.append(folder))
    else:
        monkeypatch.setattr(swapping, "forget_the_rebuild", stop)
    with pytest.raises(KilledError):
        swap_in(archive, new, kept)
    monkeypatch.undo()
    assert sound(archive)
    assert blurbs(archive) == ({None} if step == "linked" else {"near"})
    if step == "linked":
        swap_in(archive, new, kept)
    assert (blurbs(archive), blurbs(kept)) == ({"near"}, {None})
    assert sound(kept)
    with sqlite3.connect(archive) as db:
        assert db.execute("SELECT count(*) FROM crawl").fetchone() == (3,)
    db.close()


def test_the_archive_that_a_link_leads_to_is_replaced_and_not_the_link(archive: Path) -> None:
    link = archive.parent / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(archive)
    kept = name_for_old(link)
    assert kept == archive.with_name("archive.before-rebuild.db")
    swap_in(link, archive.with_name("new.db"), kept)
    assert link.is_symlink()
    assert not archive.is_symlink()
    assert (blurbs(archive), blurbs(link), blurbs(kept)) == ({"near"}, {"near"}, {None})
