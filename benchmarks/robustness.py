"""How well extraction keeps its head: broken pages, hashed class names, cards taken out or swapped, long runs, the same answer twice.

    python benchmarks/robustness.py [FOLDER] [--mutations 200] [--extractions 10000] [--runs 20] [--only mutations,hashed,...]

FOLDER holds labelled pages (`page.html` beside `truth.json`, as in fixtures/pages, which is the default). Five questions, each on
all of its pages:

- mutations: nodes dropped, classes hashed, attributes shuffled, the end cut off, bytes flipped, the charset mislabelled; does it ever
  raise, and what does the slowest take in CPU time?
- hashed: every class name replaced by a hash, as build tools do; how far does the macro F1 fall?
- neighbours: a card taken out, or two swapped; what do the other cards say then?
- memory: resident memory and allocated blocks along many extractions.
- same: one digest over the JSON of all listings, from as many processes with as many values of PYTHONHASHSEED.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import itertools
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.cards import Card
from scraper.decode import decode
from scraper.listing import extract_listing
from scraper.recipe_outline import Outline, within
from scraper.urls import canonical_url

CASES = Path(__file__).parents[1] / "fixtures" / "pages"
QUESTIONS = ("mutations", "hashed", "neighbours", "memory", "same")
LABELS = (
    None,
    "text/html",
    "text/html; charset=shift_jis",
    "text/html; charset=utf-16le",
    "text/html; charset=koi8-r",
    "text/html; charset=nonsense",
)
LONGEST_CPU_S = 1.0
SIDES = 5  # cards of a page that are taken out, and pairs that are swapped
FIELDS = ("title", "url", "blurb", "read_time_minutes", "published_on", "author", "category", "image_url")


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled page."""

    name: str
    html: bytes
    url: str
    content_type: str | None
    cards: list[dict[str, Any]]
    optional: frozenset[str]  # canonical addresses that may be cards or not


def cases_in(folder: Path) -> list[Case]:
    found = []
    for path in sorted(folder.glob("**/truth.json")):
        truth = json.loads(path.read_text("utf-8"))
        optional = frozenset(canonical_url(url) for url in truth.get("optional", ()))
        html = path.with_name("page.html").read_bytes()
        found.append(Case(path.parent.name, html, truth["base_url"], truth.get("content_type"), truth["cards"], optional))
    return found


# -- mutations: each takes a page and a source of chance, and gives bytes


def drop_nodes(html: bytes, chance: random.Random) -> bytes:
    """Without one element in fifty, and what stands in it."""
    parser = LexborHTMLParser(decode(html, None).text)
    nodes = [node for node in parser.css("body *") if chance.random() < 0.02]
    for node in reversed(nodes):  # inner ones first: what is gone can't be dropped again
        node.decompose()
    return (parser.html or "").encode("utf-8", "replace")


def drop_tags(html: bytes, chance: random.Random) -> bytes:
    """Without one tag in fifty: elements that are never closed, or never opened."""
    return re.sub(rb"<[^<>]{1,300}>", lambda found: b"" if chance.random() < 0.02 else found[0], html)


def hash_classes(html: bytes, chance: random.Random) -> bytes:
    """Each class name another one, the same wherever it stood."""
    salt = chance.randrange(1 << 30)

    def hashed(name: bytes) -> bytes:
        return b"x" + hashlib.sha256(b"%d" % salt + name).hexdigest()[:7].encode()

    def replaced(found: re.Match[bytes]) -> bytes:
        return found[1] + found[2] + b" ".join(map(hashed, found[3].split())) + found[2]

    return re.sub(rb"""(\sclass\s*=\s*)(["'])(.*?)\2""", replaced, html, flags=re.DOTALL | re.IGNORECASE)


def shuffle_attributes(html: bytes, chance: random.Random) -> bytes:
    """Each tag's attributes in another order."""

    def shuffled(found: re.Match[bytes]) -> bytes:
        attributes = re.findall(rb"""[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?""", found[2])
        chance.shuffle(attributes)
        return b" ".join([found[1], *attributes]) + found[3]

    return re.sub(
        rb"""(<[a-zA-Z][\w-]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)+)(\s*/?>)""", shuffled, html
    )


def truncate(html: bytes, chance: random.Random) -> bytes:
    """Cut off anywhere."""
    return html[: chance.randrange(len(html))]


def flip_bytes(html: bytes, chance: random.Random) -> bytes:
    """One byte in five hundred another one."""
    changed = bytearray(html)
    for _ in range(1 + len(html) // 500):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    drop_nodes,
    drop_tags,
    hash_classes,
    shuffle_attributes,
    truncate,
    flip_bytes,
)


def mutations(cases: list[Case], count: int) -> bool:
    """Every page broken `count` times, in one or two ways each time; a third of them with a wrong charset on the label."""
    raised: list[str] = []
    slowest: list[tuple[float, str]] = []
    for case in cases:
        for seed in range(count):
            chance = random.Random(f"{case.name} {seed}")
            html, ways = case.html, []
            for _ in range(chance.randrange(1, 3)):
                way = chance.choice(MUTATIONS)
                html = way(html, chance) or b"x"
                ways.append(way.__name__)
            label = chance.choice(LABELS) if chance.random() < 0.34 else case.content_type
            begin = time.process_time()
            try:
                listing = extract_listing(html, case.url, content_type=label)
                json.dumps(dataclasses.asdict(listing))
            except Exception as exc:  # noqa: BLE001  # whatever it is, that is what is asked
                raised.append(f"{case.name}, seed {seed}, {'+'.join(ways)}: {type(exc).__name__}: {exc}")
            slowest.append((time.process_time() - begin, f"{case.name}, seed {seed}, {'+'.join(ways)}"))
        slowest = sorted(slowest, reverse=True)[:3]
    print(f"mutations: {len(cases)} pages x {count}: {len(raised)} exceptions")
    for line in raised[:10]:
        print(f"  {line}")
    for seconds, what in slowest:
        print(f"  slowest {seconds * 1000:6.0f} ms CPU  {what}")
    return not raised and slowest[0][0] < LONGEST_CPU_S


# -- hashed class names


def f1(case: Case, cards: Iterable[Card]) -> float:
    """Of the cards found against those on the label, by address, or by title where there is none."""
    titles = {" ".join((true["title"] or "").split()).casefold() for true in case.cards if not true["url"]}
    addresses = {canonical_url(true["url"]) for true in case.cards if true["url"]}
    right: set[str] = set()
    found = 0
    for card in cards:
        key, title = canonical_url(card.url) if card.url else "", " ".join((card.title or "").split()).casefold()
        if key in addresses or title in titles:
            right.add(key if key in addresses else title)
        elif key in case.optional:
            continue
        found += 1
    wanted = len(titles) + len(addresses)
    if not wanted or not found:
        return float(not wanted and not found)
    precision, recall = len(right) / found, len(right) / wanted
    return 2 * precision * recall / (precision + recall) if right else 0.0


def hashed(cases: list[Case]) -> bool:
    before, after, changed = [], [], []
    for case in cases:
        plain = f1(case, extract_listing(case.html, case.url, content_type=case.content_type).cards)
        drawn = []
        for seed in range(3):
            html = hash_classes(case.html, random.Random(seed))
            drawn.append(f1(case, extract_listing(html, case.url, content_type=case.content_type).cards))
        before.append(plain)
        after.append(statistics.mean(drawn))
        if abs(after[-1] - plain) > 0.001:
            changed.append(f"{case.name}: {plain:.3f} -> {after[-1]:.3f}")
    drop = statistics.mean(before) - statistics.mean(after)
    print(
        f"hashed: macro F1 over {len(cases)} pages {statistics.mean(before):.4f} -> {statistics.mean(after):.4f} (drop {drop:+.4f})"
    )
    for line in changed:
        print(f"  {line}")
    return drop < 0.03


# -- a card taken out, two cards swapped


def said(card: Card) -> tuple[Any, ...]:
    return tuple(getattr(card, name) for name in FIELDS)


def runs(outline: Outline, cards: list[Card]) -> list[tuple[int, list[int]]]:
    """(card, its elements) of every card that can be taken out whole: its largest element and, where what belongs to it stands in
    siblings, those up to the next card; with those before it, where the list begins with such."""
    anchors = outline.anchors(cards)
    tops: dict[int, int] = {}
    for anchor, index in anchors:
        top = anchor
        for element in outline.up(anchor):
            if within(anchors, element, outline.ends[element]) != {index}:
                break
            top = element
        tops.setdefault(index, top)
    by_parent: dict[int, list[int]] = {}
    for index in sorted(tops, key=lambda index: tops[index]):
        by_parent.setdefault(outline.parents[tops[index]], []).append(index)
    found = []
    for parent, members in by_parent.items():
        children = [number for number in range(parent + 1, outline.ends[parent]) if outline.parents[number] == parent]
        ranks = [children.index(tops[index]) for index in members]
        lead = 0
        if len(ranks) > 1 and ranks[1] - ranks[0] > 1 and ranks[0] > 0:
            lead = int(outline.tags[children[ranks[0] - 1]] == outline.tags[children[ranks[1] - 1]])
        for index, begin, end in zip(members, ranks, ranks[1:], strict=False):
            elements = children[begin - lead : end - lead]
            # No elements: two cards that can't be told apart. Another card's anchor among them: one that has no place of its own.
            if elements and within(anchors, elements[0], outline.ends[elements[-1]]) <= {index}:
                found.append((index, elements))
    return found


def without(html: str, url: str, cards: list[Card], number: int) -> tuple[str, int] | None:
    """The page without one card; None where it can't be taken out whole."""
    outline = Outline(LexborHTMLParser(html), url)
    cut = runs(outline, cards)
    if number >= len(cut):
        return None
    index, elements = cut[number]
    for element in elements:
        outline.nodes[element].remove()
    return outline.parser.html or "", index


def swapped(html: str, url: str, cards: list[Card], number: int) -> str | None:
    """The page with a card and the one after it in each other's place."""
    outline = Outline(LexborHTMLParser(html), url)
    cut = runs(outline, cards)
    pairs = [
        (one, other)
        for one, other in itertools.pairwise(cut)
        if one[1][-1] < other[1][0] and outline.parents[one[1][0]] == outline.parents[other[1][0]]
    ]
    if number >= len(pairs):
        return None
    (_, first), (_, second) = pairs[number]
    for element in second:
        outline.nodes[first[0]].insert_before(outline.nodes[element])  # puts a copy there
    for element in second:
        outline.nodes[element].remove()
    return outline.parser.html or ""


def neighbours(cases: list[Case]) -> bool:
    """`changed` counts the other cards of which any field is another one, or that are lost."""
    looked = changed = 0
    notes: list[str] = []
    for case in cases:
        html = LexborHTMLParser(decode(case.html, case.content_type).text).html or ""
        cards = list(extract_listing(html, case.url).cards)
        trials: list[tuple[str, str, set[int]]] = []
        for number in range(SIDES):
            cut = without(html, case.url, cards, number * max(1, len(cards) // SIDES))
            if cut is not None:
                trials.append((f"without {cards[cut[1]].title!r}", cut[0], {cut[1]}))
            turned = swapped(html, case.url, cards, number * max(1, len(cards) // SIDES))
            if turned is not None:
                trials.append((f"pair {number} swapped", turned, set()))
        for what, page, gone in trials:
            again = {said(card) for card in extract_listing(page, case.url).cards}
            others = [card for index, card in enumerate(cards) if index not in gone]
            lost = [card for card in others if said(card) not in again]
            looked += len(others)
            changed += len(lost)
            if lost:
                notes.append(f"{case.name}, {what}: {len(lost)} of {len(others)}, the first {lost[0].title!r}")
    print(
        f"neighbours: {looked} cards looked at beside one that was taken out or two that were swapped, {changed} say something else"
    )
    for line in notes[:20]:
        print(f"  {line}")
    return changed <= 0.001 * looked


# -- memory and sameness


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def memory(cases: list[Case], extractions: int) -> bool:
    """After the first fifth, in which caches fill, both figures should stand still."""
    pages = [(decode(case.html, case.content_type).text, case.url) for case in cases]
    seen = []
    for done in range(extractions):
        html, url = pages[done % len(pages)]
        extract_listing(html, url)
        if (done + 1) % max(1, extractions // 10) == 0:
            seen.append((done + 1, resident_bytes() / 1e6, sys.getallocatedblocks()))
    print("memory: " + ", ".join(f"{done}: {size:.1f} MB {blocks // 1000}k blocks" for done, size, blocks in seen))
    grown = seen[-1][1] / seen[1][1] - 1
    print(f"  from {seen[1][0]} to {seen[-1][0]} extractions: {grown:+.1%} resident, {seen[-1][2] / seen[1][2] - 1:+.1%} blocks")
    return grown < 0.03


def digest(cases: list[Case]) -> str:
    """Over everything that the listings of all pages say."""
    whole = hashlib.sha256()
    for case in cases:
        listing = extract_listing(case.html, case.url, content_type=case.content_type, explain=True)
        whole.update(json.dumps(dataclasses.asdict(listing), ensure_ascii=False).encode())
    return whole.hexdigest()


def digests(folder: Path, runs: int) -> Iterator[str]:
    for seed in range(runs):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed * 7919)}
        command = [sys.executable, __file__, str(folder), "--digest"]
        yield subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def same(folder: Path, runs: int) -> bool:
    found = set(digests(folder, runs))
    print(f"same: {runs} processes, each with another PYTHONHASHSEED: {len(found)} different results")
    return len(found) == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=CASES)
    parser.add_argument("--mutations", type=int, default=200, help="a page")
    parser.add_argument("--extractions", type=int, default=10_000, help="in the long run")
    parser.add_argument("--runs", type=int, default=20, help="processes that have to agree")
    parser.add_argument("--only", default=",".join(QUESTIONS), help=f"some of {','.join(QUESTIONS)}")
    parser.add_argument("--digest", action="store_true", help="print one digest over all listings, and nothing else")
    options = parser.parse_args()
    cases = cases_in(options.folder)
    if not cases:
        print(f"{options.folder}: no labelled page in it", file=sys.stderr)
        return 2
    if options.digest:
        print(digest(cases))
        return 0
    asked = options.only.split(",")
    print(f"Python {platform.python_version()}, {platform.machine()}, {len(cases)} pages of {options.folder}")
    answers: dict[str, Callable[[], bool]] = {
        "mutations": lambda: mutations(cases, options.mutations),
        "hashed": lambda: hashed(cases),
        "neighbours": lambda: neighbours(cases),
        "memory": lambda: memory(cases, options.extractions),
        "same": lambda: same(options.folder, options.runs),
    }
    held = {name: answers[name]() for name in QUESTIONS if name in asked}
    print("; ".join(f"{name} {'holds' if good else 'DOES NOT HOLD'}" for name, good in held.items()))
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
