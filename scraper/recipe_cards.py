"""The selector of the cards: of few words, finding every card and nothing that holds two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scraper.cards import Card
from scraper.recipe_outline import Outline, cost, own_selectors, within

_SECTIONS = 6  # selectors that one recipe may name
_AROUND = 6  # ancestors that a selector may lean on
_LOOKED_INTO = 3  # cards a selector
_MOST_TRIED = 1500
_NARROWED = 4  # of the likeliest selectors
_BEFORE = 3  # elements before a title that may begin its card
_LOOKED_THROUGH = 60  # elements inside a card
_LAYOUT = (
    "valign",
    "width",
    "height",
    "align",
    "bgcolor",
    "nowrap",
    "colspan",
    "rowspan",
    "itemprop",
    "itemscope",
    "id",
    "style",
    "href",
)


@dataclass(frozen=True, slots=True)
class _Trial:
    """What a selector finds."""

    css: str
    cards: frozenset[int]
    extras: int  # elements without a card, or with one that is there already
    complete: float  # how much of its cards' fields the elements hold, 0 to 1
    size: int  # elements in all

    def rank(self, missing: set[int]) -> tuple[float, ...]:
        """Lower is better."""
        fresh = len(self.cards & missing)
        worth = fresh * self.complete**2  # two selectors for whole cards before one that finds the headings of all
        return (
            -worth + 0.1 * min(self.extras, fresh),
            -self.complete,
            self.extras,
            round(cost(self.css), 1),
            -self.size,
            len(self.css),
        )


def find_card_selector(
    outline: Outline, cards: Sequence[Card], *, siblings: bool, before: bool = False, partly: bool = False
) -> str | None:
    """The CSS of the elements that are the cards or, with `siblings`, begin them; several selectors for a page with sections.

    `before`: the elements begin a card with something else than its title, as its date in `<dt>`. None where some card can't be told
    from the rest of the page, or stands in one element with another; with `partly`, only where most can't.
    """
    anchors = outline.own_anchors(cards)
    elements = _card_elements(outline, anchors, siblings=siblings)
    if before:
        return _find_beginning(outline, cards, anchors, elements)
    missing = set(range(len(cards)))
    chosen: list[str] = []
    trials = list(_trials(outline, cards, anchors, _plain(outline, elements)))
    while missing and len(chosen) < _SECTIONS:
        if not _is_settled(trials, missing):
            trials += _trials(
                outline,
                cards,
                anchors,
                _nested(outline, [element for element in elements if within_one(anchors, outline, element) in missing]),
            )
        if not _is_settled(trials, missing):
            likeliest = sorted((trial for trial in trials if trial.cards & missing), key=lambda trial: trial.rank(missing))
            trials += _trials(
                outline,
                cards,
                anchors,
                [css for trial in likeliest[:_NARROWED] for css in _narrowed(outline, anchors, trial.css)],
            )
        best = min((trial for trial in trials if trial.cards & missing), key=lambda trial: trial.rank(missing), default=None)
        if best is None:
            break
        chosen.append(best.css)
        missing -= best.cards
    return ", ".join(chosen) if len(missing) * 2 < len(cards) * partly or not missing else None


def _find_beginning(
    outline: Outline, cards: Sequence[Card], anchors: Sequence[tuple[int, int]], elements: Sequence[int]
) -> str | None:
    """The CSS of elements without a title that begin the cards: each card goes on from one up to the next."""
    beginnings: dict[int, None] = {}
    for element in elements:
        for _ in range(_BEFORE):
            element = outline.before(element)
            if element < 0 or within(anchors, element, outline.ends[element]):
                break
            beginnings[element] = None
    best: tuple[float, str] | None = None
    for css in dict.fromkeys([*_plain(outline, list(beginnings)), *_nested(outline, list(beginnings))]):
        found = outline.css(css)
        held = [within(anchors, element, end) for element, end in zip(found, _run_ends(outline, found), strict=True)]
        fits = all(len(one) == 1 for one in held) and len(held) == len(cards)
        if fits and (best is None or (cost(css), css) < best):
            best = cost(css), css
    return best[1] if best else None


def _run_ends(outline: Outline, found: Sequence[int]) -> Iterator[int]:
    """Where each card ends that begins with one of these elements: at the next of them, or at the end of its parent."""
    for at, element in enumerate(found):
        end = outline.ends[outline.parents[element]]
        yield min(end, found[at + 1]) if at + 1 < len(found) else end


def cards_found(outline: Outline, cards: Sequence[Card], css: str) -> set[int]:
    """The cards, by index, that stand in elements which the selector finds."""
    anchors = outline.own_anchors(cards)
    return {index for element in outline.css(css) for index in within(anchors, element, outline.ends[element])}


def _is_settled(trials: Sequence[_Trial], missing: set[int]) -> bool:
    """True where one selector finds all that is missing, whole and alone: a better one needn't be looked for."""
    covering = [trial for trial in trials if trial.cards >= missing]
    whole = max((trial.complete for trial in covering), default=0.0)
    return any(not trial.extras and trial.complete >= whole for trial in covering)


def within_one(anchors: Sequence[tuple[int, int]], outline: Outline, element: int) -> int:
    """The one card in the element; -1 for none or several."""
    inside = within(anchors, element, outline.ends[element])
    return next(iter(inside)) if len(inside) == 1 else -1


def _card_elements(outline: Outline, anchors: Sequence[tuple[int, int]], *, siblings: bool) -> list[int]:
    """Elements that hold one card and no other: for each anchor those from it up to the largest; with `siblings` the largest only,
    where other cards' stand beside it."""
    found: dict[int, None] = {}
    for anchor, index in anchors:
        chain = [anchor]
        for element in outline.up(anchor):
            if within(anchors, element, outline.ends[element]) != {index}:
                break
            chain.append(element)
        if siblings:
            chain = chain[-1:]
        found.update(dict.fromkeys(reversed(chain)))
    return list(found)


def _plain(outline: Outline, elements: Sequence[int]) -> Iterator[str]:
    for element in elements:
        yield from own_selectors(outline, element)


def _nested(outline: Outline, elements: Sequence[int]) -> Iterator[str]:
    """The same inside an ancestor that has a name, directly or somewhere below it."""
    for element in elements:
        own = own_selectors(outline, element)
        path = outline.tags[element]
        for around in list(outline.up(element))[:_AROUND]:  # layout tables have no names, only depth
            path = f"{outline.tags[around]} > {path}"
            yield path
        for distance, around in enumerate(outline.up(element)):
            if distance >= _AROUND:
                break
            for outer in own_selectors(outline, around):
                for name in own:
                    yield f"{outer} > {name}" if distance == 0 else f"{outer} {name}"


def _narrowed(outline: Outline, anchors: Sequence[tuple[int, int]], css: str) -> Iterator[str]:
    """The selector with what all of its cards have and the rest of what it finds doesn't, or the other way round: an attribute, a
    class name, something inside."""
    if "," in css:
        return
    found = outline.css(css)
    cards = [element for element in found if within(anchors, element, outline.ends[element])]
    others = [element for element in found if element not in set(cards)]
    for around, written in (("", _own_names), (":has({})", _inner_names)):
        of_cards = [written(outline, element) for element in cards]
        of_others = [written(outline, element) for element in others]
        if not of_cards or not of_others:
            return
        for name in sorted(set.intersection(*of_cards) - set[str]().union(*of_others)):
            yield css + (around.format(name) if around else name)
        for name in sorted(set.intersection(*of_others) - set[str]().union(*of_cards)):
            yield f"{css}:not({around.format(name) if around else name})"


def _own_names(outline: Outline, element: int) -> set[str]:
    """Class names and attributes that an element has, as selectors."""
    classes = {own[own.index(".") :] for own in own_selectors(outline, element) if own.count(".") == 1}
    return classes | {f"[{name}]" for name in outline.nodes[element].attributes if name in _LAYOUT}


def _inner_names(outline: Outline, element: int) -> set[str]:
    """What can be said to stand inside an element: a tag, a tag with a class name."""
    names: set[str] = set()
    for inner in range(element + 1, min(outline.ends[element], element + 1 + _LOOKED_THROUGH)):
        names.update(own for own in own_selectors(outline, inner) if own.count(".") < 2 and "#" not in own)
    return names


def _trials(
    outline: Outline, cards: Sequence[Card], anchors: Sequence[tuple[int, int]], selectors: Iterable[str]
) -> Iterator[_Trial]:
    for css in list(dict.fromkeys(selectors))[:_MOST_TRIED]:
        trial = _tried(outline, cards, anchors, css)
        if trial is not None:
            yield trial


def _tried(outline: Outline, cards: Sequence[Card], anchors: Sequence[tuple[int, int]], css: str) -> _Trial | None:
    """What the selector finds; None where it finds an element with two cards, or one inside another."""
    found = outline.css(css)
    covered: dict[int, int] = {}
    extras = size = 0
    end = 0
    for element in found:
        if element < end:
            return None
        end = outline.ends[element]
        size += end - element
        inside = within(anchors, element, end)
        if len(inside) > 1:
            return None
        if inside and not inside <= covered.keys():
            covered[inside.pop()] = element
        else:
            extras += 1
    if not covered:
        return None
    sample = list(covered.items())[:: max(1, len(covered) // _LOOKED_INTO)][:_LOOKED_INTO]
    complete = sum(_holds(outline, element, cards[index]) for index, element in sample) / len(sample)
    return _Trial(css, frozenset(covered), extras, round(complete, 2), size)


def _holds(outline: Outline, element: int, card: Card) -> float:
    """How many of the card's fields can be seen in the element, 0 to 1."""
    text = outline.text(element)
    shown = [value for value in (card.title, card.read_time_raw, card.published_raw, card.author, card.category) if value]
    if card.blurb:
        shown.append(card.blurb[:40])
    held = [value in text for value in shown]
    if card.image_url:
        held.append(card.image_url.rsplit("/", 1)[-1][:40] in (outline.nodes[element].html or "").replace("&amp;", "&"))
    if card.url:
        held.append("href=" in (outline.nodes[element].html or "") or any(outline.tags[up] == "a" for up in outline.up(element)))
    return sum(held) / len(held) if held else 1.0
