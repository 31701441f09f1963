"""One crawl at a time; a killed one leaves no lock behind."""

import multiprocessing
import os
import signal

import pytest

from schedules.lock import hold_lock, lock_path
from scraper.errors import ArchiveError, LockHeldError


def _hold(archive, ready):
    with hold_lock(archive):
        ready.set()
        signal.pause()


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "archive.db"


@pytest.fixture
def holder(archive):
    """Another process that holds the lock."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_hold, args=(archive, ready))
    process.start()
    assert ready.wait(30)
    yield process
    process.kill()
    process.join()


def test_the_lock_is_free_again_after_use(archive):
    for _ in range(2):
        with hold_lock(archive):
            pass
    assert lock_path(archive).exists()


def test_a_second_crawl_is_refused_and_told_who_holds_the_lock(archive, holder):
    with pytest.raises(LockHeldError, match=f"another crawl is running .pid {holder.pid}"), hold_lock(archive):
        pass


def test_waiting_ends_when_the_time_is_up(archive, holder):
    with pytest.raises(LockHeldError), hold_lock(archive, wait_s=0.3):
        pass


def test_a_killed_holder_leaves_no_lock(archive, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with hold_lock(archive):
        pass


def test_one_archive_has_one_lock_whatever_links_lead_to_it(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/archive.db").touch()
    (tmp_path / "link.db").symlink_to("real/archive.db")
    with hold_lock(tmp_path / "real/archive.db"), pytest.raises(LockHeldError), hold_lock(tmp_path / "link.db"):
        pass


def test_a_lock_file_that_cannot_be_opened_is_told_of(tmp_path):
    lock_path(tmp_path / "archive.db").mkdir()  # as another user's would be, for those who may open everything
    with (
        pytest.raises(ArchiveError, match=r"archive\.db\.lock: the lock file can't be opened"),
        hold_lock(tmp_path / "archive.db"),
    ):
        pass
