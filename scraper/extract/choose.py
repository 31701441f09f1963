"""Which families are lists of teasers, and who gives way to whom."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scraper.extract import words
from scraper.extract.draft import Draft
from scraper.extract.evidence import at_most, is_advert, measure
from scraper.extract.groups import Family
from scraper.extract.marks import COMMENTS, PAGER, SHARE
from scraper.extract.page import PageView
from scraper.extract.shared import shared_keys
from scraper.extract.text import text_of
from scraper.extract.text import words as word_count
from scraper.extract.weights import BIAS, KIN, KNOWN, WEIGHTS

THRESHOLD = 0.5
_LONG = 24  # cards; of a longer family some are read before all
_SAMPLE = 6  # cards, or a few more
_SHOWN = ("published_raw", "blurb", "read_time", "author", "category", "image_url")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|csv|zip|mp3|mp4|epub|ics)$", re.IGNORECASE)
_DOWNLOADS = 5.0  # in logits: more than looks can make up for
_TILES = 4.0
_SECTION_LIKE = 0.5  # `articleness` of addresses that are more like a section's than like a story's
_STORY_LIKE = 0.8
_MARGIN = 0.3  # in logits; what the bound may be wrong by


@dataclass(slots=True)
class Judged:
    """A family with its cards read, what was measured on it, and what became of it."""

    family: Family
    drafts: list[Draft]
    numbers: dict[str, float] = field(default_factory=dict)
    logit: float = -9.0
    why: str = ""

    @property
    def score(self) -> float:
        """0 to 1, that these are teasers."""
        return 1 / (1 + math.exp(-self.logit))


def plausible(view: PageView, family: Family) -> bool:
    """False for what can't be teasers: a cheap look before the dear one."""
    tree = view.tree
    if tree.marks[family.cards[0]] & (SHARE | PAGER | COMMENTS):
        return False
    if len(family.cards) > 1 or tree.count(tree.times, family.cards[0]):
        return True
    return any(
        word_count(text_of(tree, seed.heading if seed.heading >= 0 else seed.node)) >= 2
        for column in family.columns
        for seed in column.seeds
    )


def judge_hopeful(view: PageView, families: list[Family]) -> list[Judged]:
    """The families that can get over the threshold, read and weighed, in their order. Those that can only for being built like a
    sure list's cards wait until it is known which cards these are."""
    judged: dict[int, Judged] = {}
    waiting: list[tuple[int, float]] = []
    for at, family in enumerate(families):
        if not plausible(view, family):
            continue
        best = _weighed(at_most(view, family))
        if best >= -_MARGIN:
            judged[at] = judge(view, family)
        elif best + KIN >= -_MARGIN:
            waiting.append((at, best))
    kinds = _sure_kinds(view, judged.values()) if waiting else set()
    for at, best in waiting:
        if best + KIN * _kinship(view, families[at], kinds) >= -_MARGIN:
            judged[at] = judge(view, families[at])
    return [judged[at] for at in sorted(judged)]


def _weighed(numbers: Mapping[str, float]) -> float:
    """The logit that the measures give."""
    return BIAS + sum([WEIGHTS[name] * value for name, value in numbers.items()])


def judge(view: PageView, family: Family) -> Judged:
    """Reads the family's cards and weighs what they show."""
    if len(family.cards) > _LONG:
        # Menus and tag clouds have hundreds of entries: a few tell.
        step = len(family.cards) // _SAMPLE
        judged = _judge(view, Family(family.cards[::step], family.columns, family.regions[::step]))
        for_their_number = WEIGHTS["count"] * (1 - judged.numbers.get("count", 1.0))
        if judged.logit + for_their_number < -KIN - _MARGIN:
            return judged
    return _judge(view, family)


def _judge(view: PageView, family: Family) -> Judged:
    drafts = [draft for draft in view.reader.read(family) if draft.title and not words.is_template(draft.title)]
    adverts = [is_advert(view, draft) for draft in drafts]
    if sum(adverts) * 2 < len(drafts):
        drafts = [draft for draft, advert in zip(drafts, adverts, strict=True) if not advert]
    drafts = _each_once(_without_strays(view, drafts))
    judged = Judged(family, drafts)
    if not drafts:
        judged.why = "no titles"
        return judged
    judged.numbers = measure(view, family, drafts)
    judged.logit = _weighed(judged.numbers)
    if _are_downloads(view, judged):
        judged.logit -= _DOWNLOADS
        judged.why = "links to files that nothing is said about"
    return judged


def _are_downloads(view: PageView, judged: Judged) -> bool:
    """True for a list of files to download. A press release may be a file, too, but it has a date or a line of text."""
    if judged.numbers["date"] > 0.2 or judged.numbers["blurb"] > 0.2:
        return False
    files = sum(draft.key >= 0 and _FILE.search(view.anchors.parts(draft.key)[1]) is not None for draft in judged.drafts)
    return files >= 0.6 * len(judged.drafts)


def _without_strays(view: PageView, drafts: list[Draft]) -> list[Draft]:
    """Without what stands apart from the list and shows nothing of what its cards show: a link to the site map in a table of its
    own, a link to the archive below. Where classes say nothing, such links look like the list's."""
    parents = Counter(view.tree.parents[draft.start] for draft in drafts)
    home, size = max(parents.items(), key=lambda item: item[1], default=(-1, 0))
    if size < 4 or size < 0.8 * len(drafts) or size == len(drafts):
        return drafts
    inside = [draft for draft in drafts if view.tree.parents[draft.start] == home]
    usual = [name for name in _SHOWN if sum(getattr(draft, name) is not None for draft in inside) >= 0.8 * size]
    if not usual:
        return drafts
    length = sorted(len(draft.title or "") for draft in inside)[size // 2]
    return [
        draft
        for draft in drafts
        if view.tree.parents[draft.start] == home
        or any(getattr(draft, name) is not None for name in usual)
        or len(draft.title or "") >= 0.8 * length
    ]


def choose(view: PageView, judged: list[Judged]) -> list[Judged]:
    """The families that are lists of teasers; one gives way to a better one inside or around it."""
    _lower_tiles(view, judged)
    _raise_kin(view, judged)
    good = [j for j in judged if j.score >= THRESHOLD]
    for j in judged:
        if j.score < THRESHOLD and not j.why:
            j.why = "score too low"
    kept: list[Judged] = []
    taken: list[tuple[int, int]] = []
    for j in sorted(good, key=lambda j: (-j.logit - math.log2(len(j.drafts)), j.family.cards[0])):
        if _is_section(view, j, good):
            j.why = "holds another list's cards"
            continue
        free = [d for d in j.drafts if not _meets(taken, d)]
        if not free or (len(free) * 2 < len(j.drafts) and len(j.drafts) > 2):
            j.why = "inside or around cards already taken"
            continue
        j.drafts = free
        j.why = "kept"
        kept.append(j)
        taken.extend((d.start, d.end) for d in free)
        taken.sort()
    return kept


def recognise(view: PageView, judged: Sequence[Judged], urls: set[str], titles: set[str]) -> None:
    """Raises families whose cards were there at the last good look, by canonical URL or by title in lower case."""
    for j in judged:
        if not j.drafts:
            continue
        again = sum(
            (draft.key >= 0 and view.anchors.canonical[draft.key] in urls) or (draft.title or "").casefold() in titles
            for draft in j.drafts
        )
        j.numbers["known"] = again / len(j.drafts)
        if again >= 2 or again == len(j.drafts):
            j.logit += KNOWN * j.numbers["known"]


def _each_once(drafts: list[Draft]) -> list[Draft]:
    """Without the second cards of stories that only their titles tell apart."""
    shared = shared_keys([drafts])
    if not shared:
        return drafts
    first = {(draft.key, draft.title): draft for draft in reversed(drafts) if draft.key in shared}
    return [draft for draft in drafts if draft.key not in shared or first[draft.key, draft.title] is draft]


def _meets(taken: list[tuple[int, int]], draft: Draft) -> bool:
    at = bisect_left(taken, (draft.start, 0))
    if at < len(taken) and taken[at][0] < draft.end:
        return True
    return at > 0 and taken[at - 1][1] > draft.start


def _lower_tiles(view: PageView, judged: list[Judged]) -> None:
    """Tools, services and sections that a home page presents have heading and text as a teaser has them, but no date, no byline, no
    read time and no category, and short addresses, in no folder that a list of stories has its own in."""
    if not view.is_home:
        return
    stories: set[str] = set()
    tiles = []
    for j in judged:
        if j.score < THRESHOLD:
            continue
        numbers = j.numbers
        if (
            numbers["slug"] < _SECTION_LIKE
            and numbers["unlinked"] < _SECTION_LIKE
            and not any(numbers[name] for name in ("date", "author", "read", "category"))
        ):
            tiles.append(j)
        else:
            stories |= _folders(view, j)
    for j in tiles:
        if not _folders(view, j) & stories:
            j.logit -= _TILES
            j.why = "a home page's tiles: short addresses, and nothing of what is said of stories"


def _folders(view: PageView, judged: Judged) -> set[str]:
    """Where the stories' addresses stand, but for the site's root."""
    folders = {view.anchors.parts(draft.key)[1].rstrip("/").rpartition("/")[0] for draft in judged.drafts if draft.key >= 0}
    return folders - {""}


def _raise_kin(view: PageView, judged: list[Judged]) -> None:
    """Cards built like those of a sure list are likely cards too: a hero, a last row, a second section."""
    kinds = _sure_kinds(view, judged)
    sure = [j for j in judged if _is_sure(j)]
    for j in judged:
        if j.drafts and not _is_sure(j):
            same = j.numbers["kin"] = max(_kinship(view, j.family, kinds), float(_is_lead(view, j, sure)))
            j.logit += KIN * same


def _is_lead(view: PageView, judged: Judged, sure: Sequence[Judged]) -> bool:
    """True for one story above a sure list in markup of its own, with a text or a picture, whose address lies where the list's do."""
    lead = judged.drafts[0]
    numbers = judged.numbers
    if len(judged.drafts) > 1 or lead.key < 0 or numbers["slug"] < _STORY_LIKE or not (lead.blurb or lead.image_url):
        return False
    if any(numbers[name] for name in ("nav", "side", "related", "in_nav", "offsite")):
        return False
    return any(lead.end <= j.drafts[0].start and _folders(view, judged) & _folders(view, j) for j in sure)


def _is_sure(judged: Judged) -> bool:
    return judged.score >= 0.8 and len(judged.drafts) >= 2


def _sure_kinds(view: PageView, judged: Iterable[Judged]) -> set[int]:
    return {view.shingles.kind(card) for j in judged if _is_sure(j) for card in j.family.cards if view.tree.classes[card]}


def _kinship(view: PageView, family: Family, kinds: set[int]) -> float:
    """The share of the family's cards that are of these kinds."""
    return sum([view.shingles.kind(card) in kinds for card in family.cards]) / len(family.cards)


def _is_section(view: PageView, judged: Judged, good: list[Judged]) -> bool:
    """True when most of its cards are filled by two or more cards of another good family."""
    others = [(other.drafts, [d.start for d in other.drafts]) for other in good if other is not judged and len(other.drafts) > 1]
    sections = 0
    for draft in judged.drafts:
        for drafts, starts in others:
            first, end = bisect_left(starts, draft.start), bisect_left(starts, draft.end)
            if end - first < 2:
                continue
            inside = sum(view.text_size(d.start, d.end) for d in drafts[first:end])
            if inside > view.text_size(draft.start, draft.end) * 0.5:
                sections += 1
                break
    return sections * 2 >= len(judged.drafts)
