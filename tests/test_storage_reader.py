"""The questions to an archive, on a small history that a person can follow."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import NIGHT, PAGE_URL, card, look, night

from scraper.errors import ArchiveError, QueryError
from scraper.pages import Outcome
from storage import Reader, create_archive, open_reader
from storage.connections import FileState, UnguardedConnection

A, B, C = (f"https://harbour.example/{name}" for name in "abc")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Night 0: a b. 1: c on top, b reworded. 2: the server fails. 3: b gone. 4: b back, boring change of a. 5: another source."""
    path = tmp_path_factory.mktemp("reader") / "archive.db"
    with create_archive(path) as archive:
        look(archive, [card("a", "It’s a plan"), card("b", "Bridge opens", blurb="At noon", read_time_minutes=3)])
        look(archive, [card("c"), card("a", "It’s a plan"), card("b", "Bridge opens late", read_time_minutes=5)], at=night(1))
        look(archive, None, at=night(2), outcome=Outcome.HTTP_ERROR, detail="503 Service Unavailable")
        look(archive, [card("c"), card("a", "It’s a plan")], at=night(3))
        look(archive, [card("c"), card("a", "It's a plan"), card("b", "Bridge opens late")], at=night(4))
        look(archive, [card("b", "Bridge: what now?")], at=night(5), source="tide", url="https://tide.example/")
    return path


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    with open_reader(path) as reader:
        yield reader


def titles(rows: list[dict[str, object]]) -> list[object]:
    return [row["title"] for row in rows]


def test_cards_are_those_of_each_pages_last_good_look(reader: Reader) -> None:
    rows = reader.cards()
    assert titles(rows) == ["C", "It's a plan", "Bridge opens late", "Bridge: what now?"]
    assert [row["position"] for row in rows] == [1, 2, 3, 1]
    assert {row["seen_at"] for row in rows} == {"2026-05-05T02:00:00Z", "2026-05-06T02:00:00Z"}
    assert rows[2]["first_seen"] == "2026-05-01T02:00:00Z"


def test_cards_at_a_moment_are_those_of_the_last_good_look_before_it(reader: Reader) -> None:
    assert titles(reader.cards(at=night(0))) == ["It’s a plan", "Bridge opens"]
    assert titles(reader.cards(at=night(2))) == ["C", "It’s a plan", "Bridge opens late"]  # night 2 failed
    assert reader.cards(at=NIGHT.replace(year=2025)) == []


def test_cards_of_a_source_or_page(reader: Reader) -> None:
    assert titles(reader.cards("tide")) == ["Bridge: what now?"]
    assert len(reader.cards(page=PAGE_URL)) == 3
    assert reader.cards(page="https://elsewhere.example/") == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda reader: reader.cards("tyde"),
        lambda reader: reader.changes(source="tyde"),
        lambda reader: reader.gaps(source="tyde"),
        lambda reader: reader.search("plan", source="tyde"),
        lambda reader: reader.status("tyde", now=NIGHT),
    ],
    ids=["cards", "changes", "gaps", "search", "status"],
)
def test_a_source_that_is_not_there_is_an_error_that_names_those_that_are(reader: Reader, ask: object) -> None:
    with pytest.raises(QueryError, match=r"'tyde'.*harbour, tide"):
        ask(reader)  # type: ignore[operator]


def test_changes_tell_what_came_was_reworded_vanished_and_came_back(reader: Reader) -> None:
    rows = reader.changes(since=night(1), until=night(5))
    assert [(row["at"][8:10], row["kind"], row["field"], row["before"], row["after"], row["boring"]) for row in rows] == [
        ("02", "new", None, None, None, None),
        ("02", "reworded", "read_time_minutes", 3, 5, False),
        ("02", "reworded", "title", "Bridge opens", "Bridge opens late", False),
        ("03", "gap", None, None, None, None),
        ("04", "absent", None, None, None, None),
        ("05", "returned", None, None, None, None),
        ("05", "reworded", "title", "It’s a plan", "It's a plan", True),
    ]
    assert [row["previous_look"] for row in rows if row["kind"] == "absent"] == ["2026-05-02T02:00:00Z"]
    assert all(tuple(row) == tuple(rows[0]) for row in rows)


def test_since_is_in_and_until_is_out(reader: Reader) -> None:
    assert {row["at"] for row in reader.changes(since=night(1), until=night(3))} == {
        "2026-05-02T02:00:00Z",
        "2026-05-03T02:00:00Z",
    }


def test_kinds_of_change_can_be_chosen_and_mistyped_ones_are_refused(reader: Reader) -> None:
    assert {row["kind"] for row in reader.changes(kinds=("absent", "gap"))} == {"absent", "gap"}
    with pytest.raises(QueryError, match="deleted"):
        reader.changes(kinds=("deleted",))


def test_gaps_say_why_and_how_long(reader: Reader) -> None:
    (gap,) = reader.gaps()
    assert gap == {
        "source": "harbour",
        "page": PAGE_URL,
        "last_good_look": "2026-05-02T02:00:00Z",
        "first_failed_look": "2026-05-03T02:00:00Z",
        "next_good_look": "2026-05-04T02:00:00Z",
        "failed_looks": 1,
        "outcome": "http_error",
        "detail": "503 Service Unavailable",
    }
    assert reader.gaps(since=night(3), until=night(9)) == []
    assert reader.gaps(since=night(2).replace(hour=5), until=night(9)) == [gap]


def test_a_history_tells_every_stay_and_absence_with_positions(reader: Reader) -> None:
    rows = reader.history(B)
    told = [
        (
            row["kind"],
            row["source"],
            row["first_seen"][8:10],
            row["last_seen"][8:10],
            row["looks"],
            row["first_position"],
            row["still_there"],
        )
        for row in rows
    ]
    assert told == [
        ("stood", "harbour", "01", "01", 1, 2, False),
        ("stood", "harbour", "02", "02", 1, 3, False),
        ("absent", "harbour", "04", "04", 1, None, False),
        ("stood", "harbour", "05", "05", 1, 3, True),
        ("stood", "tide", "06", "06", 1, 1, True),
    ]
    assert [row["reworded"] for row in rows] == [None, "read_time_minutes, title", None, None, None]
    assert rows[1]["blurb"] == "At noon"  # it wasn't read that night: what isn't read isn't gone


@pytest.mark.parametrize(
    "name", [2, "2", B, B + "?utm_source=x#top", "HTTPS://harbour.example/b", "example/b", "bridge opens LATE"]
)
def test_an_article_is_named_by_number_address_or_a_part_that_fits_only_one(reader: Reader, name: str | int) -> None:
    assert reader.history(name)[0]["article_id"] == 2


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "name a card"),
        ("harbour.example", "several articles.*1  It's a plan.*2  Bridge: what now"),
        ("100%", "no article"),
        ("_", "no article"),
        (77, "no article 77"),
        ("77", "no article"),
        ("9" * 40, "no article"),
    ],
)
def test_a_name_that_fits_none_or_several_articles_says_so(reader: Reader, name: str | int, says: str) -> None:
    with pytest.raises(QueryError, match=f"(?s){says}"):
        reader.history(name)


def test_status_is_a_row_a_source(reader: Reader) -> None:
    harbour, tide = reader.status(now=night(5))
    assert {
        name: harbour[name] for name in ("source", "last_good_at", "cards", "new_by_day", "new_this_week", "trouble", "gap_s")
    } == {
        "source": "harbour",
        "last_good_at": "2026-05-05T02:00:00Z",
        "cards": 3,
        "new_by_day": [0, 0, 1, 0, 0, 0, 0],  # the cards of the first look are no news
        "new_this_week": 1,
        "trouble": None,
        "gap_s": None,
    }
    assert tide["new_by_day"] == [0] * 7


def test_status_tells_trouble_with_its_length_and_reason(tmp_path: Path) -> None:
    with create_archive(tmp_path / "archive.db") as archive:
        look(archive, [card("a")])
        look(archive, None, at=night(1), outcome=Outcome.WALL, detail="a consent wall")
        look(
            archive,
            None,
            url="https://harbour.example/x",
            at=night(1).replace(hour=3),
            outcome=Outcome.UNREACHABLE,
            detail="refused",
        )
    with open_reader(tmp_path / "archive.db") as reader:
        (row,) = reader.status(now=night(2))
    assert row["gap_s"] is None  # the page that was never read has failed for longest, and nobody knows for how long
    assert row["trouble"] == "2 of 2 pages, never read: unreachable: refused"
    assert (row["last_outcome"], row["last_good_at"]) == ("unreachable", "2026-05-01T02:00:00Z")


def test_sql_answers_rows_and_can_write_nowhere(reader: Reader, tmp_path: Path) -> None:
    assert reader.sql("SELECT count(*) AS n FROM crawl WHERE seen_at > :since", {"since": "2026-05-03"}) == [{"n": 4}]
    for statement in (
        "DELETE FROM span",
        "CREATE TABLE x (y)",
        f"ATTACH '{tmp_path / 'other.db'}' AS other",
        "SELECT nothing FROM nowhere",
        "SELECT 1; SELECT 2",
        "SELEC",
        "VACUUM INTO '/dev/null'",
        "COMMIT",
    ):
        with pytest.raises(QueryError):
            reader.sql(statement)
    assert list(tmp_path.iterdir()) == []
    assert len(reader.cards()) == 4  # and goes on answering


def test_reading_leaves_no_files_behind(path: Path, tmp_path: Path) -> None:
    shutil.copyfile(path, tmp_path / "own.db")
    content = (tmp_path / "own.db").read_bytes()
    with open_reader(tmp_path / "own.db") as first, open_reader(tmp_path / "own.db") as second:
        assert first.cards() == second.cards()
    assert [file.name for file in tmp_path.iterdir()] == ["own.db"]
    assert (tmp_path / "own.db").read_bytes() == content


def test_a_reader_sees_one_state_inside_a_snapshot(path: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.db"
    shutil.copyfile(path, own)
    with open_reader(own) as reader, create_archive(own) as archive:
        with reader.snapshot():
            before = reader.cards()
            look(archive, [card("z")], at=night(9))
            assert reader.cards() == before
        assert titles(reader.cards("harbour")) == ["Z"]


def test_a_backup_in_a_folder_that_can_not_be_written_can_be_read(path: Path) -> None:
    """As nobody's user where the tests run as root, whom no permission stops."""
    script = (
        "import os, sys\n"
        "from storage import open_reader\n"
        "os.geteuid() or os.setuid(65534)\n"
        "with open_reader(sys.argv[1]) as reader: print(len(reader.cards()))\n"
    )
    with tempfile.TemporaryDirectory() as made:
        deposit = Path(made)
        shutil.copyfile(path, deposit / "archive.db")
        (deposit / "archive.db").chmod(0o444)
        deposit.chmod(0o555)
        try:
            done = subprocess.run(
                [sys.executable, "-c", script, str(deposit / "archive.db")],
                capture_output=True,
                text=True,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
                check=False,
            )
            assert done.stdout == "4\n", done.stderr
            assert [file.name for file in deposit.iterdir()] == ["archive.db"]
        finally:
            deposit.chmod(0o755)


def test_a_reader_without_locks_notices_that_the_archive_was_written_to() -> None:
    """Whoever may not write in the archive's folder, while somebody else crawls into it: SQLite would go on with what it had read."""
    script = (
        "import os, sys\n"
        "from scraper.errors import ArchiveBusyError\n"
        "from storage import open_reader\n"
        "os.geteuid() or os.setuid(65534)\n"
        "reader = open_reader(sys.argv[1])\n"
        "def tell(answer):\n"
        "    print(answer, flush=True)\n"
        "    sys.stdin.readline()\n"
        "tell(len(reader.cards()))\n"
        "tell(len(reader.cards()))\n"
        "try:\n"
        "    with reader.snapshot():\n"
        "        tell(len(reader.cards()))\n"
        "except ArchiveBusyError as exc:\n"
        "    tell(exc)\n"
        "tell(len(reader.cards()))\n"
    )
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path = folder / "archive.db"

        def crawl(number: int) -> None:
            folder.chmod(0o755)
            with create_archive(path) as archive:
                look(archive, [card(f"n{one}") for one in range(number)], at=night(number))
            folder.chmod(0o555)

        crawl(1)
        with subprocess.Popen(
            [sys.executable, "-c", script, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            told = []
            for number in (2, 3, 4, 5):
                told.append(process.stdout.readline().strip())
                crawl(number)
                process.stdin.write("\n")
                process.stdin.flush()
            told.append(process.stdout.readline().strip())
            process.stdin.close()
        folder.chmod(0o755)
    assert told[:3] == ["1", "2", "3"]
    assert told[3].endswith("archive.db: was written to while it was read, in a folder where no lock can be taken; ask again")
    assert told[4] == "5"


def test_a_reader_that_opens_an_overtaken_archive_again_waits_no_longer_than_it_was_told_to(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with create_archive(path) as archive:
        look(archive, [card("a")])
    with open_reader(path, wait_s=0.25) as reader:
        reader.connection.close()
        reader.connection = sqlite3.connect(path, factory=UnguardedConnection)  # as in a folder where no lock can be taken
        reader.connection.file = FileState(modified_ns=0, size=0, inode=0)
        assert titles(reader.cards()) == ["A"]
        assert reader.sql("PRAGMA busy_timeout") == [{"timeout": 250}]


@pytest.mark.parametrize("name", [b"caf\xe9.db", "Straße 50%.db".encode(), b"a?b#c.db", b"a%41.db"])
def test_an_archive_may_have_any_name(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    with create_archive(path) as archive:
        look(archive, [card("a")])
    with open_reader(Path(f"/{path}")) as reader:  # two slashes: a host, where it stood in a file: URI
        assert titles(reader.cards()) == ["A"]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_damaged_file_says_so(path: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 20] = bytes(4096 * 19)
    broken.write_bytes(content)
    with pytest.raises(ArchiveError, match="damaged"), open_reader(broken) as reader:
        reader.cards()


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 command line is not installed here")
def test_the_sqlite3_command_line_reads_the_views_as_english(path: Path) -> None:
    done = subprocess.run(
        [
            "sqlite3",
            "-header",
            str(path),
            "SELECT source, page, seen_at, position, title, blurb, read_time_minutes, url FROM sighting LIMIT 2",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "source|page|seen_at|position|title|blurb|read_time_minutes|url\n"
        f"harbour|{PAGE_URL}|2026-05-01T02:00:00Z|1|It’s a plan|||{A}\n"
        f"harbour|{PAGE_URL}|2026-05-01T02:00:00Z|2|Bridge opens|At noon|3|{B}\n"
    )


def test_another_form_of_the_same_is_a_boring_change_and_an_age_that_grows_is_none(tmp_path: Path) -> None:
    day = {"published_on": "2026-05-01"}
    picture = "https://harbour.example/img/{}/a.jpg"
    nights = (
        {**day, "published_raw": "2 hours ago", "read_time_minutes": 8, "read_time_raw": "8 min", "image_url": picture.format("w_300")},
        {**day, "published_raw": "yesterday", "read_time_minutes": 8, "read_time_raw": "8 minute read", "image_url": picture.format("w_300")},
        {**day, "published_raw": "2 days ago", "read_time_minutes": 9, "read_time_raw": "9 minute read", "image_url": picture.format("w_640")},
        {**day, "published_raw": "3 days ago", "read_time_minutes": 9, "image_url": picture.format("w_640")},
    )  # fmt: skip
    with create_archive(tmp_path / "archive.db") as archive:
        recorded = [look(archive, [card("a", "A", **fields)], at=night(number)) for number, fields in enumerate(nights)]
        assert [said.reworded for said in recorded] == [0, 1, 1, 0]
    with open_reader(tmp_path / "archive.db") as reader:
        rows = reader.changes(kinds=["reworded"])
        assert [(row["at"][8:10], row["field"], row["before"], row["after"], row["boring"]) for row in rows] == [
            ("02", "read_time_raw", "8 min", "8 minute read", True),
            ("03", "image_url", picture.format("w_300"), picture.format("w_640"), True),
            ("03", "read_time_minutes", 8, 9, False),
        ]
        assert [row["wordings"] for row in reader.who_ran_it("https://harbour.example/a")] == [3]
        (cards,) = reader.cards()
        assert (cards["published_raw"], cards["read_time_raw"]) == ("2 hours ago", "9 minute read")
