"""How well, and how fast, are copies of an article found among 100,000: `standfirst same CARD` and `standfirst same --all`.

    python benchmarks/same.py                     # 100,000 cards, one in ten a copy
    python benchmarks/same.py --cards 20000

Headlines are made up of words as frequent as words are (Zipf's law). A copy is another outlet's headline of the same story: the same words,
two of them in each other's place, one left out, one added, or a colon turned round. Counted as found: the original among the
answers to its copy, at the score that `same` asks for. CPU seconds of this process.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from made_up_pages import START, WEIGHTS, WORDS

from scraper.cards import Card, Listing, Verdict
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from storage import create_archive, open_archive, open_reader
from storage.same import find_same, link_all

CARDS_A_LOOK = 200


def headline(chance: random.Random) -> list[str]:
    return chance.choices(WORDS, cum_weights=WEIGHTS, k=chance.randrange(6, 12))


def copied(words: list[str], chance: random.Random) -> list[str]:
    """The same story's headline elsewhere."""
    words = list(words)
    match chance.randrange(5):
        case 0:
            at, other = chance.sample(range(len(words)), 2)
            words[at], words[other] = words[other], words[at]
        case 1:
            words.pop(chance.randrange(len(words)))
        case 2:
            words.insert(chance.randrange(len(words)), chance.choice(WORDS))
        case 3:
            cut = len(words) // 2
            words = [*words[cut:], *words[:cut]]
    return words


def write_archive(path: Path, cards: int, share: float) -> dict[int, int]:
    """So many cards; returns copy -> original, by their numbers."""
    chance = random.Random(1)
    originals: list[list[str]] = []
    copies: dict[int, int] = {}
    shown: list[Card] = []
    with create_archive(path) as archive:
        archive.connection.execute("PRAGMA synchronous = OFF")
        run_id = archive.begin_run(started_at=START, version="0.1.0", command="crawl")
        for number in range(cards):
            if originals and chance.random() < share:
                original = chance.randrange(len(originals))
                copies[number] = original
                words = copied(originals[original], chance)
            else:
                words = headline(chance)
            originals.append(words)
            title = " ".join(words).capitalize()
            shown.append(Card(title=title, url=f"https://outlet-{number % 97}.example/{number}", position=1))
            if len(shown) == CARDS_A_LOOK or number == cards - 1:
                _look(archive, run_id, number, tuple(shown))
                shown.clear()
    return copies


def _look(archive, run_id: int, number: int, cards: tuple[Card, ...]) -> None:  # type: ignore[no-untyped-def]
    at = START + timedelta(minutes=number)
    url = f"https://lists.example/{number % 50}/"
    page = archive.get_page(source="lists", url=url, started_at=at)
    fetched = Page(url=url, final_url=url, body=b"%d" % number, fetched_at=at, status=200)
    archive.finish_crawl(
        archive.begin_crawl(run_id, page.page_id, started_at=at),
        result=FetchResult(outcome=Outcome.OK, detail="", request=FetchRequest(url=url), page=fetched, started_at=at),
        listing=Listing(cards=cards, verdict=Verdict.LISTING, reason=""),
        outcome=Outcome.OK,
        detail="",
        extractor_version="0",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--copies", type=float, default=0.1, help="share of the cards")
    parser.add_argument("--asked", type=int, default=500)
    parser.add_argument("--all", action="store_true", help="also write the whole table of links")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "archive.db"
        copies = write_archive(path, options.cards, options.copies)
        asked = random.Random(2).sample(sorted(copies), min(options.asked, len(copies)))
        times, found, answers = [], 0, 0
        with open_reader(path) as reader:
            for number in asked:
                begin = time.process_time()
                rows = find_same(reader, f"https://outlet-{number % 97}.example/{number}", limit=1000)
                times.append(time.process_time() - begin)
                original = copies[number]
                found += any(row["url"] == f"https://outlet-{original % 97}.example/{original}" for row in rows)
                answers += len(rows)
        times.sort()
        print(
            f"{options.cards} cards, {len(copies)} of them copies; same CARD for {len(asked)}: "
            f"recall {found / len(asked):.3f}, {answers / len(asked):.1f} answers; CPU median {1000 * statistics.median(times):.1f} ms, "
            f"95 of 100 within {1000 * times[int(0.95 * len(times))]:.1f} ms, longest {1000 * times[-1]:.1f} ms"
        )
        if options.all:
            begin = time.process_time()
            with open_archive(path) as archive:
                links = link_all(archive, now=START)
                spent = time.process_time() - begin
                linked = sum(
                    archive.connection.execute(
                        "SELECT count(*) FROM same_article WHERE article_id = ? AND other_id = ?", (copy + 1, original + 1)
                    ).fetchone()[0]
                    for copy, original in copies.items()
                )
            print(
                f"same --all: {links} links, recall {linked / len(copies):.3f}; CPU {spent:.0f} s, {1000 * spent / options.cards:.2f} ms a card"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
