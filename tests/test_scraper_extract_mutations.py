"""The long proof: pages broken in every way a network, an editor or an attacker breaks them never raise and never hang."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.listing import extract_listing

PAGES = sorted((Path(__file__).parent.parent / "fixtures" / "pages").glob("*/page.html"))
_LONGEST_CPU_S = 5.0  # a hang, not a slow machine


def drop_tags(html: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"<[^<>]{1,300}>", lambda found: b"" if chance.random() < 0.02 else found[0], html)


def truncate(html: bytes, chance: random.Random) -> bytes:
    return html[: chance.randrange(len(html))]


def flip_bytes(html: bytes, chance: random.Random) -> bytes:
    changed = bytearray(html)
    for _ in range(1 + len(html) // 500):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def shuffle_pieces(html: bytes, chance: random.Random) -> bytes:
    pieces = re.split(rb"(<[^<>]*>)", html)
    at = chance.randrange(len(pieces))
    some = pieces[at : at + 200]
    chance.shuffle(some)
    return b"".join(pieces[:at] + some + pieces[at + 200 :])


def repeat_piece(html: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(html))
    return html[:at] + html[at : at + 200] * 200 + html[at:]


def hash_classes(html: bytes, chance: random.Random) -> bytes:
    return re.sub(rb'class="[^"]*"', lambda _: b'class="c%x"' % chance.randrange(10**9), html)


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [
    drop_tags,
    truncate,
    flip_bytes,
    shuffle_pieces,
    repeat_piece,
    hash_classes,
]


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_a_page_mutated_two_hundred_times_never_raises_and_never_hangs(path: Path) -> None:
    html = path.read_bytes()
    for seed in range(200):
        chance = random.Random(seed)
        mutated = html
        for _ in range(chance.randrange(1, 3)):
            mutated = chance.choice(MUTATIONS)(mutated, chance) or b"x"
        content_type = chance.choice(
            [None, "text/html", "text/html; charset=shift_jis", "text/html; charset=utf-16", "text/html; charset=nonsense"]
        )
        begin = time.process_time()
        listing = extract_listing(mutated, "https://news.example/latest", content_type=content_type)
        assert time.process_time() - begin < _LONGEST_CPU_S, f"seed {seed}"
        assert listing.reason
