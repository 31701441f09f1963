"""Phrases in lower case are found in any case, where they stand, and given back as the text has them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.caseless import Caseless

PHRASES = r"read more|nicht gefunden|сторінку не|δεν υπάρχουν|sonuç yok"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("and Read MORE here", "Read MORE"),
        ("Seite NICHT gefunden", "NICHT gefunden"),
        ("СТОРІНКУ НЕ знайдено", "СТОРІНКУ НЕ"),
        ("Δεν Υπάρχουν άρθρα", "Δεν Υπάρχουν"),
        ("İİİ İçin SONUÇ yok", "SONUÇ yok"),  # lower case is longer here
        ("nothing of it", None),
        ("", None),
    ],
)
def test_a_phrase_is_found_in_any_case(text: str, found: str | None) -> None:
    assert Caseless(PHRASES).find(text) == found


@given(st.text("rReEaAdD moOİıßſK", max_size=30))
def test_what_is_found_stands_where_ignoring_case_finds_it(text: str) -> None:
    ours, theirs = Caseless("read|more|ok").search(text), re.search("read|more|ok", text, re.IGNORECASE)
    if ours is not None:
        assert theirs is not None
        assert ours.span() == theirs.span()
