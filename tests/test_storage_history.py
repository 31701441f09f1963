"""Which spans a look leaves standing, ends and begins."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.history import Decision, Seen, Standing, decide
from storage.wordings import Wording, content


def page(names: str) -> list[Standing]:
    """What stands after a first look at cards with these names, in page order."""
    return after([], names)


def after(standing: list[Standing], names: str, look: int = 1) -> list[Standing]:
    return apply(standing, decide(standing, cards(names)), look)


def cards(names: str) -> list[Seen]:
    """One card a letter. Upper and lower case are two wordings of one article."""
    return [Seen(article=name.lower(), wording=Wording(title=name)) for name in names]


def apply(standing: list[Standing], decision: Decision, look: int) -> list[Standing]:
    closed = {(span.first_crawl, span.slot) for span in decision.closed}
    assert len(closed) == len(decision.closed)
    kept = [span for span in standing if (span.first_crawl, span.slot) not in closed]
    opened = [
        Standing(article=opening.article, wording=opening.wording, slot=opening.slot, first_crawl=look, revision_id=0)
        for opening in decision.opened
    ]
    return sorted(kept + opened, key=lambda span: span.slot)


def titles(standing: list[Standing]) -> str:
    return "".join(span.wording.title or "?" for span in standing)


@pytest.mark.parametrize(
    ("before", "now", "closed", "opened", "moved", "reworded"),
    [
        pytest.param("abc", "abc", "", "", 0, 0, id="nothing changed"),
        pytest.param("", "abc", "", "abc", 0, 0, id="first look"),
        pytest.param("abc", "xyabc", "", "xy", 0, 0, id="new cards on top move nobody"),
        pytest.param("abc", "axbc", "", "x", 0, 0, id="a new card between"),
        pytest.param("abc", "abcx", "", "x", 0, 0, id="a new card below"),
        pytest.param("abc", "ac", "b", "", 0, 0, id="a card that vanishes"),
        pytest.param("abc", "", "abc", "", 0, 0, id="the list is empty"),
        pytest.param("abcd", "dabc", "d", "d", 1, 0, id="one card passes all others: it alone begins anew"),
        pytest.param("abcde", "baced", "?", "?", 2, 0, id="two neighbours swapped, twice"),
        pytest.param("abc", "aBc", "b", "B", 0, 1, id="a rewording in place"),
        pytest.param("abc", "Cab", "c", "C", 0, 1, id="a rewording that also moved counts as a rewording"),
        pytest.param("abc", "aabc", "", "a", 0, 0, id="a card shown twice"),
        pytest.param("aabc", "abc", "a", "", 0, 0, id="a card shown twice, then once"),
        pytest.param("aA", "Aa", "?", "?", 1, 0, id="an article's two cards change places"),
        pytest.param("abc", "cba", "?", "?", 2, 0, id="everything shuffles"),
    ],
)
def test_only_what_passed_another_or_reads_differently_begins_anew(
    before: str, now: str, closed: str, opened: str, moved: int, reworded: int
) -> None:
    decision = decide(page(before), cards(now))
    if closed != "?":
        assert "".join(span.wording.title or "" for span in decision.closed) == closed
        assert "".join(opening.wording.title or "" for opening in decision.opened) == opened
    assert (decision.moved, decision.reworded) == (moved, reworded)


def test_arrived_and_absent_are_articles_not_cards() -> None:
    decision = decide(page("aab"), cards("aBcc"))
    assert decision.arrived == {"c"}
    assert decision.absent == frozenset()
    assert decide(page("aab"), cards("b")).absent == {"a"}


def test_a_field_that_was_not_read_is_no_change_and_stays_known() -> None:
    full = Wording(title="Plan", blurb="near", read_time_minutes=3, read_time_raw="3 min")
    standing = [Standing(article="a", wording=full, slot=1.0, first_crawl=1, revision_id=1)]
    assert decide(standing, [Seen(article="a", wording=Wording(title="Plan"))]).opened == ()
    (opening,) = decide(standing, [Seen(article="a", wording=Wording(title="Plans"))]).opened
    assert opening.wording == Wording(title="Plans", blurb="near", read_time_minutes=3, read_time_raw="3 min")
    assert [change.field for change in opening.changes] == ["title"]


def test_a_field_read_for_the_first_time_is_a_new_wording_but_no_change() -> None:
    standing = [Standing(article="a", wording=Wording(title="Plan"), slot=1.0, first_crawl=1, revision_id=1)]
    decision = decide(standing, [Seen(article="a", wording=Wording(title="Plan", blurb="near"))])
    assert [opening.wording.blurb for opening in decision.opened] == ["near"]
    assert decision.reworded == 0


def test_two_cards_of_an_article_are_paired_with_what_they_said_before() -> None:
    hero = Wording(title="The harbour plan in full", blurb="All of it")
    short = Wording(title="Harbour plan")
    standing = [
        Standing(article="a", wording=hero, slot=1.0, first_crawl=1, revision_id=1),
        Standing(article="a", wording=short, slot=2.0, first_crawl=1, revision_id=2),
    ]
    decision = decide(standing, [Seen(article="a", wording=hero), Seen(article="a", wording=Wording(title="Harbour plans"))])
    (opening,) = decision.opened
    assert opening.replaces == standing[1]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param({"title": "Read more {}"}, {"title": "More {}"}, id="all reworded"),
        pytest.param({"title": "Read more", "blurb": "b {}"}, {"title": "Read more", "blurb": "c {}"}, id="with one title"),
        pytest.param(
            {"title": "t", "published_on": "2024-05-24", "published_raw": "2024 {}"},
            {"title": "t", "published_on": "2024-05-24", "published_raw": "in 2024 {}"},
            id="but for the text of the date",
        ),
    ],
)
def test_hundreds_of_cards_of_one_article_are_not_compared_each_with_each(
    before: dict[str, str], now: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = 0

    def counting(wording: Wording) -> object:
        nonlocal read
        read += 1
        return content(wording)

    monkeypatch.setattr("storage.history.content", counting)
    many = 200
    standing = [
        Standing(article="a", wording=numbered(before, n), slot=float(n), first_crawl=1, revision_id=n) for n in range(many)
    ]
    decision = decide(standing, [Seen(article="a", wording=numbered(now, n)) for n in range(many)])
    assert [opening.replaces for opening in decision.opened] == standing
    assert read <= 5 * many


def numbered(texts: dict[str, str], number: int) -> Wording:
    return Wording(**{field: text.format(number) for field, text in texts.items()})


def test_a_card_goes_on_with_the_span_that_it_only_says_less_than() -> None:
    """Before those that are merely left: else a missing blurb would make rewordings of two cards that nobody touched."""
    first, second = Wording(title="Plan", blurb="near"), Wording(title="Plans", blurb="far")
    standing = [
        Standing(article="a", wording=first, slot=1.0, first_crawl=1, revision_id=1),
        Standing(article="a", wording=second, slot=2.0, first_crawl=1, revision_id=2),
    ]
    decision = decide(
        standing, [Seen(article="a", wording=Wording(title="New")), Seen(article="a", wording=Wording(title="Plans"))]
    )
    assert [(opening.replaces, opening.wording.title, opening.changes != ()) for opening in decision.opened] == [
        (standing[0], "New", True)
    ]


def test_halving_one_gap_for_ever_never_breaks_the_order() -> None:
    standing = page("ab")
    letters = "ab"
    for look in range(2, 130):  # a new card right above the last one, again and again; the card before it goes
        name = chr(0x4E00 + look)
        letters = letters[-2] + name + letters[-1] if len(letters) > 2 else letters[0] + name + letters[-1]
        standing = after(standing, letters, look)
        assert titles(standing) == letters
        slots = [span.slot for span in standing]
        assert slots == sorted(set(slots))


names = st.text(alphabet="aAbBcdefgh", max_size=10)


@settings(deadline=None)
@given(nights=st.lists(names, min_size=1, max_size=8))
def test_slots_always_tell_the_order_of_the_page(nights: list[str]) -> None:
    standing: list[Standing] = []
    for look, now in enumerate(nights, 1):
        standing = after(standing, now, look)
        assert titles(standing) == now
        assert len({span.slot for span in standing}) == len(now)


@settings(deadline=None)
@given(order=st.permutations("abcdefgh"))
def test_no_smaller_number_of_cards_could_have_been_moved(order: list[str]) -> None:
    decision = decide(page("abcdefgh"), cards("".join(order)))
    assert decision.moved == len(order) - longest_rising_by_trying(order)


def longest_rising_by_trying(order: list[str]) -> int:
    best = [1] * len(order)
    for here in range(len(order)):
        best[here] += max((best[there] - 0 for there in range(here) if order[there] < order[here]), default=0)
    return max(best)


@given(now=names)
def test_the_same_page_again_changes_nothing(now: str) -> None:
    decision = decide(page(now), cards(now))
    assert (decision.closed, decision.opened, decision.arrived, decision.absent) == ((), (), frozenset(), frozenset())
