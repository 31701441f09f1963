"""Cards of a page that a script draws: read from the data that the page brings along for it, and said to be.

Only asked where the HTML shows no list. What stands in the data isn't seen by anybody before the script has run; it is what the
site gives its own program to show.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.extract import words
from scraper.extract.draft import Draft
from scraper.extract.images import picture_address
from scraper.extract.marks import CHROME, HEADER
from scraper.extract.markup import marked_stories
from scraper.extract.page import PageView
from scraper.extract.state_columns import Found, epoch_seconds, plain
from scraper.extract.state_lists import FEWEST, find_lists
from scraper.extract.states import State, loaded, read_states
from scraper.readtime import parse_duration, parse_read_time
from scraper.urls import canonical_url, resolve

_MOST_TO_FILL_FROM = 200_000  # characters: a page that shows its cards isn't to wait for what it doesn't show
SCORE = 0.8  # of such a card: somebody's program is to show it, but nobody has seen it
_HARDLY_A_WORD = 600  # characters outside of menus and footer


def may_be_drawn_by_script(view: PageView) -> bool:
    """True where the page's own part, without menus and footer, says so little that its list must come from elsewhere."""
    tree = view.tree
    said = sum(len(tree.texts[node]) for node in tree.text_nodes if not tree.marks[node] & (CHROME | HEADER))
    return said < _HARDLY_A_WORD


def cards_from_state(view: PageView, parser: LexborHTMLParser) -> tuple[list[Draft], str]:
    """The cards in the page's data, in the order in which they stand there, and the names of those data; none where no list of
    stories is among them."""
    lists = find_lists(read_states(parser), lambda text: _day(view, text) is not None)
    drafts = [draft for found in lists for draft in _drafts(view, found)]
    if drafts:
        return drafts, ", ".join(dict.fromkeys(found.place.partition(":")[0] for found in lists))
    return _from_markup(view), "JSON-LD"


def fill_from_state(view: PageView, drafts: list[Draft]) -> None:
    """Fills empty fields of cards that the page shows from the story with the same address in its JSON scripts."""
    texts = view.tree.json_states
    if not texts or sum(map(len, texts)) > _MOST_TO_FILL_FROM or all(draft.published_on and draft.image_url for draft in drafts):
        return
    states = [State("application/json", value) for text in texts if isinstance(value := loaded(text), dict | list)]
    told: dict[int, Draft] = {}
    for found in find_lists(states, lambda text: _day(view, text) is not None):
        for draft in _drafts(view, found):
            if draft.key >= 0:
                told.setdefault(draft.key, draft)
    for draft in drafts:
        if draft.key in told:
            draft.adopt(told[draft.key])


def _from_markup(view: PageView) -> list[Draft]:
    """The stories of a list in JSON-LD; their other fields are filled in with everybody's."""
    drafts = []
    for story in marked_stories(view.markup, view.base):
        if story.headline and story.key and story.key != view.anchors.page_key:
            draft = _draft(plain(story.headline), "json-ld")
            draft.key = _key(view, story.address)
            draft.origin["url"] = "json-ld"
            drafts.append(draft)
    return drafts if len({draft.key for draft in drafts}) >= FEWEST else []


def _draft(title: str, origin: str) -> Draft:
    draft = Draft(-1, -1, title, score=SCORE)
    draft.origin["title"] = origin
    return draft


def _drafts(view: PageView, found: Found) -> list[Draft]:
    drafts = []
    addresses = _addresses(view, found)
    for row, title, address in zip(found.rows, found.texts("title"), addresses, strict=True):
        if not title or words.is_template(title):
            continue
        draft = _draft(title, _origin(found, "title"))
        if address is not None:
            draft.key = _key(view, address)
            draft.origin["url"] = _origin(found, "address" if "address" in found.roles else "slug")
            if view.anchors.canonical[draft.key] == view.anchors.page_key:
                continue
        _fill(view, draft, found, row)
        drafts.append(draft)
    return drafts


def _origin(found: Found, role: str) -> str:
    return f"state {found.place}.{found.roles[role]}"


def _fill(view: PageView, draft: Draft, found: Found, row: dict[str, list[Any]]) -> None:
    def value(role: str) -> Any:
        return row.get(found.roles.get(role, ""), [None])[0]

    if (blurb := value("blurb")) is not None:
        text = words.without_more(plain(blurb))
        if text and text.casefold() != (draft.title or "").casefold():
            draft.blurb, draft.origin["blurb"] = text, _origin(found, "blurb")
    if (written := value("published")) is not None and (day := _day(view, written)) is not None:
        draft.published_on, draft.published_raw = day, plain(written)
        draft.origin["published_on"] = _origin(found, "published")
    if isinstance(image := value("image"), str) and (picture := picture_address(view.base, plain(image))) is not None:
        draft.image_url, draft.origin["image_url"] = picture, _origin(found, "image")
    if (names := row.get(found.roles.get("author", ""))) is not None:
        draft.author = ", ".join(dict.fromkeys(words.without_by(plain(name)) for name in names))
        draft.origin["author"] = _origin(found, "author")
    if (label := value("category")) is not None:
        draft.category, draft.origin["category"] = plain(label), _origin(found, "category")
    if (minutes := _minutes(value("minutes"))) is not None:
        draft.read_time = minutes
        draft.origin["read_time_minutes"] = _origin(found, "minutes")


def _day(view: PageView, written: Any) -> str | None:
    """The date that a text or a moment in seconds is; never a relative one."""
    seconds = epoch_seconds(written)
    if seconds is not None:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    found = view.dates.find(written) if isinstance(written, str) else None
    return found.on if found is not None and not found.relative else None


def _minutes(written: Any) -> tuple[int, str] | None:
    if isinstance(written, str):
        minutes = parse_duration(written)
        if minutes is not None:
            return minutes, plain(written)
        found = parse_read_time(plain(written), lenient=True)
        if found is not None:
            return found.minutes, found.raw
        written = float(written) if written.replace(".", "", 1).isdecimal() and written.isascii() else None
    if isinstance(written, int | float) and 0 < written <= 120:
        return max(1, math.ceil(written)), f"{written} min"
    return None


def _key(view: PageView, address: str) -> int:
    anchors = view.anchors
    canonical = canonical_url(address)
    if canonical in anchors.canonical:
        return anchors.canonical.index(canonical)
    anchors.urls.append(address)
    anchors.canonical.append(canonical)
    return len(anchors.urls) - 1


# -- where they lead


def _addresses(view: PageView, found: Found) -> list[str | None]:
    """The absolute address of each story; None where the data only name it and nothing on the page shows how addresses are made
    of such names."""
    if "address" in found.roles:
        return [_absolute(view, text) if text else None for text in found.texts("address")]
    slugs = found.texts("slug")
    known = _by_last_part([*view.anchors.urls, *_links(view)])
    stems = Counter(known[slug][: -len(slug)] for slug in slugs if slug in known)
    stem = stems.most_common(1)[0][0] if stems else None
    return [known.get(slug) or (stem + slug if stem is not None and slug else None) for slug in slugs]


def _absolute(view: PageView, written: str) -> str | None:
    """Paths in data count from the site's root, with or without a stroke before them."""
    if not written.startswith(("http:", "https:", "/")):
        written = "/" + written
    return resolve(view.base, written)


def _links(view: PageView) -> Iterable[str]:
    """Addresses that the page names elsewhere: in its head and in its structured data."""
    for link in view.tree.head_links:
        if link.get("href") and (address := resolve(view.base, link["href"] or "")):
            yield address
    for story in marked_stories(view.markup, view.base):
        if story.address:
            yield story.address


def _by_last_part(addresses: Iterable[str]) -> dict[str, str]:
    """Last part of the path -> address without what follows it."""
    found: dict[str, str] = {}
    for address in addresses:
        path = address.partition("#")[0].partition("?")[0].rstrip("/")
        if path.count("/") > 2:
            found.setdefault(path.rsplit("/", 1)[-1], path)
    return found
