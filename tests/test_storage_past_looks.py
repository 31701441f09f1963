"""A page's past looks in figures: counted as they were recorded, whatever order, runs and gaps they came in."""

import random
from datetime import timedelta

import pytest
from archives import PAGE_URL, card, look, night

from scraper.pages import Outcome
from storage import create_archive, open_reader
from storage.past_looks import SHOWN_FIELDS, Figures, find_past_looks, remember_figures, remember_told, shown_fields


@pytest.fixture
def archive(tmp_path):
    with create_archive(tmp_path / "archive.db") as opened:
        yield opened


def past(archive, good_looks=50):
    return find_past_looks(archive, source="harbour", url=PAGE_URL, good_looks=good_looks).looks


def counted(cards, recorded):
    return Figures(shown=shown_fields(cards), new=recorded.new, returned=recorded.returned)


def figures(looks):
    return [(str(look.outcome), look.cards, look.new, look.kept, look.returned) for look in looks]


def test_a_page_that_was_never_looked_at_has_no_past(archive):
    assert past(archive) == ()


def test_new_kept_and_returned_cards_are_counted_at_each_good_look(archive):
    look(archive, [card("a"), card("b")], at=night(0))
    look(archive, [card("c"), card("a"), card("b")], at=night(1))
    look(archive, None, at=night(2), outcome=Outcome.UNREACHABLE, detail="refused")
    look(archive, [card("c")], at=night(3))
    look(archive, [card("b"), card("c"), card("d")], at=night(4))
    look(archive, None, at=night(5), outcome=Outcome.NOT_MODIFIED)
    look(archive, [], at=night(6))
    assert figures(past(archive)) == [
        ("ok", 2, None, None, None),
        ("ok", 3, 1, 2, 0),
        ("unreachable", None, None, None, None),
        ("ok", 1, 0, 1, 0),
        ("ok", 3, 1, 1, 1),
        ("not_modified", 3, 0, 3, 0),
        ("empty", 0, 0, 0, 0),
    ]
    assert past(archive)[2].detail == "refused"


def test_a_card_that_moves_or_is_reworded_is_kept_and_not_new(archive):
    look(archive, [card("a"), card("b"), card("c")], at=night(0))
    look(archive, [card("c", "Other words"), card("a"), card("b")], at=night(1))
    assert figures(past(archive))[1] == ("ok", 3, 0, 3, 0)


@pytest.mark.parametrize("remembered", [0.0, 0.5, 1.0], ids=["never", "now-and-then", "always"])
def test_counts_are_those_that_were_recorded_at_each_look(archive, remembered):
    """Random nights: what is asked of the archive later, or remembered, is what the run was told."""
    chance = random.Random(7)
    told = []
    for number in range(40):
        if chance.random() < 0.15:
            look(archive, None, at=night(number), outcome=Outcome.TIMED_OUT)
            continue
        names = chance.sample("abcdefghijkl", chance.randrange(0, 9))
        cards = [card(name, f"{name} {chance.randrange(3)}") for name in names]
        run_id = archive.begin_run(started_at=night(number), version="0.1.0", command="test")
        recorded = look(archive, cards, at=night(number), run_id=run_id)
        if chance.random() < remembered:
            remember_figures(archive, run_id, {("harbour", PAGE_URL): counted(cards, recorded)}, most=30, at=night(number))
        told.append((recorded.cards, recorded.new, recorded.returned))
    good = [(look.cards, look.new, look.returned) for look in past(archive) if look.outcome.is_good]
    assert good[1:] == told[1:]


def test_what_earlier_versions_remembered_of_a_page_is_understood(archive):
    for number, names in enumerate(["ab", "abc"]):
        look(archive, [card(name) for name in names], at=night(number))
    counts = [3, 3, 0, 0, 0, 1, 0, 0]
    content = {"told_until": "2026-05-01T02:00:00Z", "looks": {"2": counts}}
    archive.save_memory("looks at page 1", content, saved_at=night(1))
    page = find_past_looks(archive, source="harbour", url=PAGE_URL, good_looks=9)
    assert page.told_until == night(0)
    assert page.looks[1].shown == dict(zip(SHOWN_FIELDS, counts, strict=True))
    assert figures(page.looks)[1] == ("ok", 3, 1, 2, 0)


def test_only_the_newest_looks_are_told_and_the_bad_ones_after_the_oldest_of_them(archive):
    for number in range(10):
        look(archive, None, at=night(number) - timedelta(hours=12), outcome=Outcome.HTTP_ERROR)
        look(archive, [card(f"story-{number}")], at=night(number))
    told = past(archive, good_looks=2)
    assert figures(told) == [("ok", 1, None, None, None), ("http_error", None, None, None, None), ("ok", 1, 1, 0, 0)]


def test_interrupted_looks_and_all_but_a_runs_last_look_are_left_out(archive):
    run_id = archive.begin_run(started_at=night(0), version="0.1.0", command="test")
    look(archive, None, at=night(0), outcome=Outcome.DEFERRED, run_id=run_id)
    look(archive, [card("a")], at=night(0) + timedelta(minutes=5), run_id=run_id)
    look(archive, None, at=night(1), outcome=Outcome.INTERRUPTED)
    assert figures(past(archive)) == [("ok", 1, None, None, None)]


def test_how_many_cards_showed_a_field_is_remembered_look_by_look(archive, tmp_path):
    for number, cards in enumerate([[card("a", author="Ann"), card("b")], [card("a"), card("b")]]):
        run_id = archive.begin_run(started_at=night(number), version="0.1.0", command="test")
        recorded = look(archive, cards, at=night(number), run_id=run_id)
        remember_figures(archive, run_id, {("harbour", PAGE_URL): counted(cards, recorded)}, most=9, at=night(number))
    look(archive, [card("a"), card("b")], at=night(2))  # nobody remembered that one
    assert [None if look.shown is None else look.shown["author"] for look in past(archive)] == [1, 0, None]
    with open_reader(tmp_path / "archive.db") as reader:  # the spans can't tell: the author that wasn't read is still there
        assert [row["author"] for row in reader.cards()] == ["Ann", None]
        assert find_past_looks(reader, source="harbour", url=PAGE_URL, good_looks=9).looks == past(archive)


def test_what_is_remembered_of_a_page_is_bounded(archive):
    for number in range(5):
        run_id = archive.begin_run(started_at=night(number), version="0.1.0", command="test")
        recorded = look(archive, [card("a")], at=night(number), run_id=run_id)
        remember_figures(archive, run_id, {("harbour", PAGE_URL): counted([card("a")], recorded)}, most=3, at=night(number))
    assert sum(look.shown is not None for look in past(archive, good_looks=1000)) == 3


def test_pages_that_the_run_did_not_look_at_are_passed_over(archive):
    run_id = archive.begin_run(started_at=night(0), version="0.1.0", command="test")
    elsewhere = {("nobody", "https://nobody.example/"): Figures(shown=dict.fromkeys(SHOWN_FIELDS, 0), new=0, returned=0)}
    remember_figures(archive, run_id, elsewhere, most=9, at=night(0))
    assert past(archive) == ()


def test_what_alarms_were_weighed_at_is_remembered_beside_the_fields(archive):
    run_id = archive.begin_run(started_at=night(0), version="0.1.0", command="test")
    recorded = look(archive, [card("a")], at=night(0), run_id=run_id)
    remember_figures(archive, run_id, {("harbour", PAGE_URL): counted([card("a")], recorded)}, most=9, at=night(0))
    page = find_past_looks(archive, source="harbour", url=PAGE_URL, good_looks=9)
    assert page.told_until is None
    remember_told(archive, [page], at=night(0))
    again = find_past_looks(archive, source="harbour", url=PAGE_URL, good_looks=9)
    assert (again.told_until, again.looks) == (night(0), page.looks)
