"""Teaser cards from the plain text of a listing page, as text extracts of web archives keep it.

`text_items` cuts the text into pieces of known kinds, `text_records` finds which of them are one card, and here a card's
pieces become its fields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median

from scraper.cards import Card, Listing, Verdict
from scraper.text_items import Item, Kind, cut
from scraper.text_records import Record, find_records, joined_text
from scraper.urls import resolve

_ARTICLE_PARAGRAPHS = 3
_PARAGRAPH_LENGTH = 80  # characters
_ARTICLE_LENGTH = 600
_FEWEST_DATES_OF_LIST = 4
_SURE = frozenset({"reading times", "dates"})
_UNSURE = 0.5  # confidence
_LONG_FOR_HEADLINES = 90  # characters, on average


def extract_text_listing(text: str, url: str, *, fetched_at: datetime | None = None) -> Listing:
    """The teaser cards in the plain text of the listing page at `url`.

    A card's title is None where the text has lost it, and its URL unless the text is Markdown. `fetched_at` resolves
    "2 days ago" and dates without a year. Cards come in the order of the text.
    """
    items = cut(text, now=fetched_at)
    if not items:
        return Listing(cards=(), verdict=Verdict.EMPTY, reason="the text is empty")
    if _is_article(items):
        return Listing(cards=(), verdict=Verdict.ARTICLE, reason="one reading time among several paragraphs: an article in full")
    found_by, records = find_records(items)
    cards = _cards(records, url)
    if not cards:
        return Listing(cards=(), verdict=Verdict.NOTHING_FOUND, reason="nothing recurs in the text as cards would")
    problems = []
    if found_by not in _SURE:
        cards = tuple(replace(card, confidence=_UNSURE) for card in cards)
        problems.append(
            f"unsure: the text shows neither reading times nor dates, and the cards are told apart by {found_by} only"
        )
    if untitled := sum(card.title is None for card in cards):
        problems.append(f"{untitled} of {len(cards)} cards have no title in the text")
    return Listing(
        cards=cards,
        verdict=Verdict.LISTING,
        reason=f"{len(cards)} cards in plain text, told apart by their {found_by}",
        problems=tuple(problems),
    )


def _is_article(items: Sequence[Item]) -> bool:
    """Whether one reading time stands among several paragraphs: an article's own, for the card of a list has one or two."""
    counts = Counter(item.kind for item in items)
    if counts[Kind.READ_TIME] != 1 or counts[Kind.DATE] >= _FEWEST_DATES_OF_LIST:
        return False
    paragraphs = [item.text for item in items if item.kind is Kind.PROSE and len(item.text) >= _PARAGRAPH_LENGTH]
    return len(paragraphs) >= _ARTICLE_PARAGRAPHS and sum(map(len, paragraphs)) >= _ARTICLE_LENGTH


def _cards(records: Sequence[Record], url: str) -> tuple[Card, ...]:
    texts = [_text_of(record) for record in records]
    titles_are_gone = _titles_are_gone(texts)
    lengths = [len(joined_text([item for item in text if item.kind is Kind.PROSE])) for text in texts[1:]]
    cards: list[Card] = []
    shown = set()
    for number, (record, text) in enumerate(zip(records, texts, strict=True)):
        title, prose = _title_and_prose(text, titles_are_gone)
        if number == 0 and title is None and prose and any(lengths):
            prose = _without_menu(prose, lengths)
        blurb = joined_text(prose) or None
        if title is None and blurb is None:
            continue
        card = _card(record, title, blurb, url)
        same = (card.title, card.blurb, card.published_on)
        if same not in shown:
            shown.add(same)
            cards.append(replace(card, position=len(cards) + 1))
    return tuple(cards)


def _text_of(record: Record) -> list[Item]:
    """The card's title and blurb. Short words behind its date or reading time are tags or a name, where both stand before it."""
    parts: list[list[Item]] = [[]]
    for item in record:
        if item.kind in (Kind.TITLE, Kind.PROSE):
            parts[-1].append(item)
        elif item.kind in (Kind.DATE, Kind.READ_TIME) and parts[-1]:
            parts.append([])
    full = next((place for place, part in enumerate(parts) if len(part) > 1), None)
    if full is not None:
        parts = parts[: full + 1] + [part for part in parts[full + 1 :] if any(item.kind is Kind.PROSE for item in part)]
    return [item for part in parts for item in part]


def _titles_are_gone(texts: Sequence[Sequence[Item]]) -> bool:
    """Whether the cards have one text each, and it is a sentence: then the extract has lost the headlines."""
    single = [text[0] for text in texts if len(text) == 1]
    if 2 * len(single) <= len(texts):
        return False
    sentences = sum(text.kind is Kind.PROSE for text in single)
    return 2 * sentences > len(single) or (sentences > 0 and median(len(text.text) for text in single) >= _LONG_FOR_HEADLINES)


def _title_and_prose(text: Sequence[Item], titles_are_gone: bool) -> tuple[str | None, list[Item]]:
    if not text:
        return None, []
    marked = next((item for item in text if item.marked), None)
    if marked is not None and not (titles_are_gone and marked.kind is Kind.PROSE):
        return marked.text, [item for item in text if item is not marked]
    if text[0].kind is Kind.TITLE and not (titles_are_gone and len(text) == 1):
        return text[0].text, list(text[1:])
    if not titles_are_gone and len(text) > 1 and len(text[0].text) < len(text[1].text):
        return text[0].text, list(text[1:])
    return None, list(text)


def _card(record: Record, title: str | None, blurb: str | None, base: str) -> Card:
    def first(kind: Kind) -> Item | None:
        return next((item for item in record if item.kind is kind), None)

    read_time, published, author, category = first(Kind.READ_TIME), first(Kind.DATE), first(Kind.AUTHOR), first(Kind.LABEL)
    linked = next((item.url for item in record if item.url), None)
    url = resolve(base, linked) if linked else None
    date = published.date if published else None
    origin = {
        "title": "text" if title else "",
        "url": "markdown link" if url else "",
        "blurb": "text" if blurb else "",
        "read_time_minutes": "text" if read_time else "",
        "published_on": ("text (relative)" if date.precision == "relative" else "text") if date else "",
        "author": "byline" if author else "",
        "category": "label" if category else "",
    }
    return Card(
        title=title,
        url=url,
        blurb=blurb,
        read_time_minutes=read_time.minutes if read_time else None,
        read_time_raw=read_time.text if read_time else None,
        published_on=date.on if date else None,
        published_raw=date.raw if date else None,
        author=author.text if author else None,
        category=category.text if category else None,
        position=1,
        origin={field: where for field, where in origin.items() if where},
    )


_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+(?=[^\W\da-z_\"'“‘«(])|(?<=[。！？])")
_AFTER_COUNT = re.compile(
    r"\d\s(?:results?|articles?|items?|posts?|stories|ergebnisse|artikel|beiträge|résultats|resultados|risultati|wyników)\s+|\s(?=[\"“„«])",
    re.IGNORECASE,
)
_AFTER_CAPITAL = re.compile(r"(?<![^\W])[^\W\d_a-z][\w'’&-]*\s+(?=[^\W\d_a-z][\w'’-]*\s+[a-zß-ÿ])")


def _without_menu(prose: list[Item], lengths: Sequence[int]) -> list[Item]:
    """The first card's text without the menu that ran into it, where it is longer than any other card's text (`lengths`).

    The last sentences are the card's, as many as another card may have. A menu has no full stops, so it stands at the head of
    a sentence: behind a count of results, before a quotation mark, or before a capitalised word that follows another one.
    """
    text = joined_text(prose)
    longest, usual = 1.2 * max(lengths), median(lengths)
    if len(text) <= longest:
        return prose
    sentences = _SENTENCE.split(text)
    kept = ""
    while sentences and len(sentences[-1]) + len(kept) <= longest:
        kept = f"{sentences.pop()} {kept}".strip()
    if sentences and len(kept) < usual / 2:
        head = sentences[-1]
        begins = [match.end() for match in _AFTER_COUNT.finditer(head)] or [
            match.end() for match in _AFTER_CAPITAL.finditer(head)
        ]
        begin = min(begins, key=lambda place: abs(len(head) - place + len(kept) - usual), default=0)
        kept = f"{head[begin:]} {kept}".strip()
    return [replace(prose[0], text=kept)]
