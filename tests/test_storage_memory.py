"""What a run must know of the one before it survives in the archive."""

from datetime import UTC, datetime

from storage import create_archive, open_archive

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_memory_is_kept_from_run_to_run_and_replaced(tmp_path):
    path = tmp_path / "archive.db"
    with create_archive(path) as archive:
        assert archive.load_memory("fetcher") is None
        archive.save_memory("fetcher", {"hosts": {"straße.example": [1, None]}}, saved_at=NOW)
    with open_archive(path) as archive:
        assert archive.load_memory("fetcher") == {"hosts": {"straße.example": [1, None]}}
        archive.save_memory("fetcher", {}, saved_at=NOW)
        assert archive.load_memory("fetcher") == {}
