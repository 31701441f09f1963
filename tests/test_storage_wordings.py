"""When two wordings are the same, and what changed where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.cards import Card
from storage.wordings import FieldChange, Wording, changes_between, completed, content, content_hash

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


def test_the_hash_of_a_wording_never_changes() -> None:
    """A value from the first release: another one would make every stored wording a new one."""
    assert content_hash(Wording(title="Harbour plan", read_time_minutes=8)) == 6588259798920772133


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param({"published_on": "2026-05-01", "published_raw": "2 hours ago"}, {"published_on": "2026-05-01", "published_raw": "yesterday"}, True, id="one date, told twice"),
        pytest.param({"published_raw": "2 hours ago"}, {"published_raw": "yesterday"}, False, id="texts that no date was read from"),
        pytest.param({"read_time_minutes": 8, "read_time_raw": "8 min"}, {"read_time_minutes": 8, "read_time_raw": "8 minute read"}, True, id="one read time, told twice"),
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
        if getattr(new, name) is not None:
            assert getattr(whole, name) == getattr(new, name)
    assert completed(whole, known) == whole
    assert completed(known, known) == known
    assert {change.field for change in changes_between(known, whole)} <= {name for name, _ in content(new)}


def test_an_unread_date_with_a_new_text_does_not_keep_the_old_date() -> None:
    known = Wording(published_on="2026-05-01", published_raw="1 May 2026")
    whole = completed(Wording(published_raw="soon"), known)
    assert (whole.published_on, whole.published_raw) == (None, "soon")


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
