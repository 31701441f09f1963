"""Full text: what finds what, and what a person may type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from archives import NIGHT, card, look, night
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import QueryError
from storage import Reader, create_archive, open_reader, search
from storage.search import match_expression

TITLES = {
    "en": "Harbour plan: what's next?",
    "sv": "Malmö får ny hamn",
    "gr": "Το λιμάνι της Αθήνας",
    "ja": "東京港の再開発計画を発表",
    "zh": "港口扩建计划获批",
    "ko": "부산항만공사, 계획을 발표",
    "th": "ท่าเรือกรุงเทพเปิดใหม่",
    "mix": "COVID感染が再拡大",
    "code": 'C++ and 50% "off" (NOT free) AND more*',
    "half": "ﾊｰﾊﾞｰ計画",
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "archive.db"
    with create_archive(path) as archive:
        look(archive, [card(name, title) for name, title in TITLES.items()])
        look(
            archive,
            [card("en", "Harbour plan dropped", blurb="Nobody wanted it")],
            at=night(1),
            source="tide",
            url="https://tide.example/",
        )
    return path


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    with open_reader(path) as reader:
        yield reader


def found(reader: Reader, words: str, **where: object) -> set[str]:
    return {row["url"].rsplit("/", 1)[1] for row in reader.search(words, **where)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("harbour", {"en"}),
        ("HARBOUR Plan", {"en"}),
        ("plan harbour", {"en"}),
        ('"harbour plan"', {"en"}),
        ('"plan harbour"', set()),
        ("harb", set()),
        ("harb*", {"en"}),
        ("wanted", {"en"}),
        ("malmo", {"sv"}),
        ("Malmö", {"sv"}),
        ("ΑΘΉΝΑΣ", {"gr"}),
        ("再開発", {"ja"}),
        ("計画", {"ja", "half"}),
        ("港", {"ja", "zh"}),
        ("计划", {"zh"}),
        ("画計", set()),
        ("계획", {"ko"}),
        ("항만", {"ko"}),
        ("กรุงเทพ", {"th"}),
        ("covid", {"mix"}),
        ("感染", {"mix"}),
        ("COVID感染", {"mix"}),
        ("covid 拡大", {"mix"}),
        ("ハーバー", {"half"}),
        ("c++", {"code"}),
        ("50%", {"code"}),
        ("NOT", {"code"}),
        ("harbour AND", set()),
        ("what's", {"en"}),
    ],
)
def test_what_finds_what(reader: Reader, words: str, finds: set[str]) -> None:
    assert found(reader, words) == finds


@pytest.mark.parametrize("words", ["", "  ", "?!", '"', '""', "*", "()", "***", "\0", "—"])
def test_a_search_without_a_word_says_so(reader: Reader, words: str) -> None:
    with pytest.raises(QueryError, match="no word"):
        reader.search(words)


@given(words=st.text(max_size=30) | st.text(alphabet='ab"*^:(){}+-\\^.~港 ', max_size=12))
def test_no_text_whatever_is_taken_for_an_operator(path: Path, words: str) -> None:
    with open_reader(path) as reader:
        try:
            match_expression(words)
        except QueryError:
            return
        reader.search(words)


def test_a_search_may_be_kept_to_a_time_a_source_and_a_number(reader: Reader) -> None:
    assert len(reader.search("harbour")) == 2
    assert [row["title"] for row in reader.search("harbour", limit=1)] == ["Harbour plan dropped"]
    assert [row["title"] for row in reader.search("harbour", since=night(1))] == ["Harbour plan dropped"]
    assert [row["title"] for row in reader.search("harbour", until=night(1))] == ["Harbour plan: what's next?"]
    assert [row["source"] for row in reader.search("harbour", source="harbour")] == ["harbour"]
    assert reader.search("harbour", since=NIGHT + timedelta(seconds=1), until=night(1)) == []


def test_wordings_long_replaced_are_found(tmp_path: Path) -> None:
    with create_archive(tmp_path / "archive.db") as archive:
        look(archive, [card("a", "Mayor denies all")])
        look(archive, [card("a", "Mayor resigns")], at=night(1))
    with open_reader(tmp_path / "archive.db") as reader:
        assert [row["title"] for row in reader.search("denies")] == ["Mayor denies all"]


@pytest.mark.parametrize("most", [0, 10_000], ids=["asking each match for its sources", "looking through the source's spans"])
def test_a_source_has_the_wordings_that_ever_stood_on_it_whoever_showed_them_first(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_LOOKED_THROUGH", most)
    tide = {"source": "tide", "url": "https://tide.example/"}
    with create_archive(tmp_path / "archive.db") as archive:
        look(archive, [card("shared", "Harbour plan"), card("own", "Harbour sold")])
        look(archive, [card("first", "Harbour shut")], at=night(1), **tide)  # type: ignore[arg-type]
        look(archive, [card("late", "Harbour open"), card("shared", "Harbour plan")], at=night(2))
        look(archive, [card("first", "Harbour shut"), card("shared", "Harbour plan")], at=night(3), **tide)  # type: ignore[arg-type]
        look(archive, [card("late", "Harbour open"), card("first", "Harbour shut")], at=night(4), **tide)  # type: ignore[arg-type]
        bell = {"source": "bell", "url": "https://bell.example/"}  # where the clock is two days behind
        look(archive, [card("late", "Harbour open")], at=night(2) - timedelta(days=2), **bell)  # type: ignore[arg-type]
    with open_reader(tmp_path / "archive.db") as reader:
        assert found(reader, "harbour", source="tide", since=night(0)) == {"shared", "first", "late"}
        assert found(reader, "harbour", source="tide", since=night(0), until=night(1)) == {"shared"}
        assert found(reader, "harbour", source="tide", since=night(1), until=night(2)) == {"first"}
        assert found(reader, "harbour", source="tide", since=night(2)) == {"late"}  # seen elsewhere first
        assert found(reader, "harbour", source="harbour", since=night(1)) == {"late"}
        assert found(reader, "harbour", source="tide", since=night(5)) == set()
        assert found(reader, "harbour", source="bell", since=night(1)) == {"late"}
        assert [row["title"] for row in reader.search("harbour", source="tide", since=night(0), limit=2)] == [
            "Harbour open",
            "Harbour shut",
        ]
