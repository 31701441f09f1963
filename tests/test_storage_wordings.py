"""When two wordings are the same, and what changed where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.cards import Card
from storage.wordings import HASH_VERSION, FieldChange, Wording, changes_between, completed, content, content_hash

TEXT = st.none() | st.text(min_size=1, max_size=8)
WORDINGS = st.builds(
    Wording,
    title=TEXT,
    blurb=TEXT,
    read_time_minutes=st.none() | st.integers(0, 90),
    read_time_raw=TEXT,
    published_on=st.none() | st.dates().map(str),
    published_raw=TEXT,
    author=TEXT,
    category=TEXT,
    image_url=TEXT,
)


def test_the_hash_of_a_wording_never_changes_without_a_new_version_and_an_upgrade_of_what_is_stored() -> None:
    assert HASH_VERSION == 2
    assert content_hash(Wording(title="Harbour plan", read_time_minutes=8)) == -3879572118541108002


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param({"published_on": "2026-05-01", "published_raw": "2 hours ago"}, {"published_on": "2026-05-01", "published_raw": "yesterday"}, True, id="one date, told twice"),
        pytest.param({"published_raw": "2 hours ago"}, {"published_raw": "yesterday"}, False, id="texts that no date was read from"),
        pytest.param({"published_on": "2026-05-01", "published_raw": "1 May 2026"}, {"published_on": "2026-05-01", "published_raw": "May 1, 2026"}, False, id="one date, written otherwise"),
        pytest.param({"published_on": "2026-05-01", "published_raw": "1 May 2026"}, {"published_on": "2026-05-01", "published_raw": "yesterday"}, False, id="one date, one text of which says it"),
        pytest.param({"read_time_minutes": 8, "read_time_raw": "8 min"}, {"read_time_minutes": 8, "read_time_raw": "8 minute read"}, False, id="one read time, written otherwise"),
        pytest.param({"image_url": "https://i.example/a.jpg?sig=1"}, {"image_url": "https://i.example/a.jpg?sig=2"}, True, id="an image signed anew"),
        pytest.param({"image_url": "https://i.example/show?id=1"}, {"image_url": "https://i.example/show?id=2"}, False, id="an image that its query names"),
        pytest.param({"title": "A", "blurb": None}, {"title": None, "blurb": "A"}, False, id="the same text in another field"),
        pytest.param({"title": "Plan"}, {"title": "plan"}, False, id="another case"),
    ],
)  # fmt: skip
def test_what_counts_as_the_same_wording(one: dict[str, object], other: dict[str, object], same: bool) -> None:
    first, second = Wording(**one), Wording(**other)  # type: ignore[arg-type]
    assert (content(first) == content(second)) is same
    assert (content_hash(first) == content_hash(second)) is same


@given(wording=WORDINGS)
def test_fields_that_are_not_there_leave_no_trace_in_the_content(wording: Wording) -> None:
    assert all(value is not None for _, value in content(wording))
    assert -(2**63) <= content_hash(wording) < 2**63


@given(new=WORDINGS, known=WORDINGS)
def test_completing_adds_what_was_known_and_overrides_nothing(new: Wording, known: Wording) -> None:
    whole = completed(new, known)
    for name in Wording._fields:
        if getattr(new, name) is not None and name != "published_raw":
            assert getattr(whole, name) == getattr(new, name)
    assert whole.published_raw in {new.published_raw, known.published_raw}
    if new.published_raw is not None and new.published_on != known.published_on:
        assert whole.published_raw == new.published_raw
    assert completed(whole, known) == whole
    assert completed(known, known) == known
    assert {change.field for change in changes_between(known, whole)} <= {name for name, _ in content(new)}


def test_an_unread_date_with_a_new_text_does_not_keep_the_old_date() -> None:
    known = Wording(published_on="2026-05-01", published_raw="1 May 2026")
    whole = completed(Wording(published_raw="soon"), known)
    assert (whole.published_on, whole.published_raw) == (None, "soon")


@pytest.mark.parametrize(
    ("known", "new", "kept"),
    [
        pytest.param(("2026-05-01", "2 hours ago"), ("2026-05-01", "yesterday"), "2 hours ago", id="two ages"),
        pytest.param(("2026-05-01", "2 hours ago"), ("2026-05-01", "1 May 2026"), "2 hours ago", id="an age, then the date"),
        pytest.param(("2026-05-01", "1 May 2026"), ("2026-05-01", "1 May"), "1 May 2026", id="the date, then no year"),
        pytest.param(("2026-05-01", "1 May 2026"), ("2026-05-01", None), "1 May 2026", id="the date, then no text"),
        pytest.param(
            ("2026-05-01", "1 May 2026"), ("2026-05-01", "May 1, 2026"), "May 1, 2026", id="the date, written otherwise"
        ),
        pytest.param(
            ("2026-05-01", "٢٠٢٦-٠٥-٠١"), ("2026-05-01", "2026年5月1日"), "2026年5月1日", id="the date in other figures"
        ),
        pytest.param(("2026-05-01", None), ("2026-05-01", "1 May 2026"), "1 May 2026", id="a text for the first time"),
        pytest.param(("2026-05-01", "yesterday"), ("2026-05-02", "yesterday!"), "yesterday!", id="another date"),
        pytest.param((None, "soon"), (None, "later"), "later", id="texts that no date was read from"),
    ],
)
def test_of_two_texts_for_a_date_the_known_one_stays_unless_both_say_the_date(
    known: tuple[str | None, str | None], new: tuple[str | None, str | None], kept: str
) -> None:
    whole = completed(Wording(published_on=new[0], published_raw=new[1]), Wording(published_on=known[0], published_raw=known[1]))
    assert (whole.published_on, whole.published_raw) == (new[0], kept)


def test_a_read_time_without_its_text_is_not_a_changed_one() -> None:
    known = Wording(read_time_minutes=8, read_time_raw="8 min")
    assert completed(Wording(read_time_minutes=8), known) == known
    assert completed(Wording(read_time_minutes=9), known) == Wording(read_time_minutes=9)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        pytest.param({"read_time_minutes": 8, "read_time_raw": "8 min"}, {"read_time_minutes": 8, "read_time_raw": "8 minute read"}, [("read_time_raw", True)], id="a read time, written otherwise"),
        pytest.param({"read_time_minutes": 8, "read_time_raw": "8 min"}, {"read_time_minutes": 9, "read_time_raw": "9 min"}, [("read_time_minutes", False)], id="another read time"),
        pytest.param({"read_time_raw": "short"}, {"read_time_raw": "long"}, [("read_time_raw", False)], id="texts that no read time was read from"),
        pytest.param({"published_on": "2026-05-01", "published_raw": "1 May 2026"}, {"published_on": "2026-05-01", "published_raw": "2026-05-01 10:00"}, [("published_raw", True)], id="a date, written otherwise"),
        pytest.param({"published_on": "2026-05-01", "published_raw": "1 May 2026"}, {"published_on": "2026-05-02", "published_raw": "2 May 2026"}, [("published_on", False)], id="another date"),
        pytest.param({"published_on": "2026-05-01", "published_raw": "1 May 2026"}, {"published_raw": "soon"}, [("published_raw", False)], id="a text that no date is read from any more"),
    ],
)  # fmt: skip
def test_texts_of_dates_and_read_times_are_told_of_where_nothing_else_is(
    before: dict[str, object], after: dict[str, object], changes: list[tuple[str, bool]]
) -> None:
    found = changes_between(Wording(**before), Wording(**after))  # type: ignore[arg-type]
    assert [(change.field, change.boring) for change in found] == changes


def test_another_cut_of_the_picture_is_boring_and_another_picture_is_not() -> None:
    small, large, other = (f"https://i.example/{name}" for name in ("a-300x200.jpg", "a-600x400.jpg", "b-300x200.jpg"))
    assert [change.boring for change in changes_between(Wording(image_url=small), Wording(image_url=large))] == [True]
    assert [change.boring for change in changes_between(Wording(image_url=small), Wording(image_url=other))] == [False]


def test_changes_are_told_field_by_field() -> None:
    before = Wording(title="Plan", blurb="near", read_time_minutes=3, author="A. Quill")
    after = Wording(title="Plans", blurb="near", read_time_minutes=5, category="City")
    assert changes_between(before, after) == (
        FieldChange("title", "Plan", "Plans", boring=False),
        FieldChange("read_time_minutes", 3, 5, boring=False),
    )


@pytest.mark.parametrize(
    ("before", "after", "boring"),
    [
        pytest.param("The “harbour” plan", 'The "harbour" plan', True, id="quotes"),
        pytest.param("It’s done", "It's done", True, id="apostrophe"),
        pytest.param("Port – a plan", "Port - a plan", True, id="dash"),
        pytest.param("Port  plan", "Port plan", True, id="white space"),
        pytest.param("Port\u00a0plan", "Port plan", True, id="no-break space"),
        pytest.param("Har\u00adbour", "Harbour", True, id="soft hyphen"),
        pytest.param("And then…", "And then...", True, id="ellipsis"),
        pytest.param("Cafe\u0301 opens", "Café opens", True, id="composed and decomposed accents"),
        pytest.param("1,204 views", "1,310 views", True, id="a counter of views"),
        pytest.param("12 Kommentare", "13 Kommentare", True, id="a counter in German"),
        pytest.param("12 dead", "13 dead", False, id="a number that matters"),
        pytest.param("Plan approved", "Plan rejected", False, id="a word"),
        pytest.param("Plan", "PLAN", False, id="case"),
        pytest.param("Really?", "Really!", False, id="another sign"),
        pytest.param("5 views of the harbour", "6 views of the harbour", True, id="a number before a counter's word is taken for a counter"),
    ],
)  # fmt: skip
def test_which_changes_are_boring(before: str, after: str, boring: bool) -> None:
    (change,) = changes_between(Wording(title=before), Wording(title=after))
    assert change.boring is boring


def test_an_empty_text_is_a_field_that_is_not_there() -> None:
    card = Card(title="", url=None, blurb="", position=1)
    assert Wording.of_card(card) == Wording()
