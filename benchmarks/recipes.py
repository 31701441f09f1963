"""How long reading a page with its learned recipe takes beside a bare parse of it, and beside the full method.

    python benchmarks/recipes.py [FOLDER ...] [--rounds 7]

Without FOLDER, the page cases of fixtures/pages. A recipe is learned from every page (`*.html`, with `base_url` from a `truth.json`
beside it) that shows cards. Each round then measures each page three times, one right after the other, in CPU time: the parser
alone, `extract_listing` with the recipe, and without it. The best round counts; ratios are taken page by page. The texts of dates
and read times are parsed anew each time: nothing is kept from round to round.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import selectolax
from selectolax.lexbor import LexborHTMLParser

from scraper.decode import decode
from scraper.listing import extract_listing
from scraper.recipe import Recipe
from scraper.recipe_learn import learn_recipe

CASES = Path(__file__).parents[1] / "fixtures" / "pages"


@dataclass(slots=True)
class Sample:
    """One page and the best times so far, in seconds."""

    name: str
    html: str
    url: str
    recipe: Recipe
    bare: float = float("inf")
    with_recipe: float = float("inf")
    without: float = float("inf")

    def measure(self) -> None:
        begin = time.process_time()
        LexborHTMLParser(self.html)
        parsed = time.process_time()
        extract_listing(self.html, self.url, recipe=self.recipe)
        read = time.process_time()
        extract_listing(self.html, self.url)
        end = time.process_time()
        self.bare = min(self.bare, parsed - begin)
        self.with_recipe = min(self.with_recipe, read - parsed)
        self.without = min(self.without, end - read)


def learned(folder: Path) -> tuple[list[Sample], list[str]]:
    """The pages with a recipe, and why the others have none."""
    samples, reasons = [], []
    for path in sorted(folder.rglob("*.html")):
        truth = path.with_name("truth.json")
        url = json.loads(truth.read_text("utf-8"))["base_url"] if truth.exists() else "https://pages.example/"
        html = decode(path.read_bytes(), None).text
        listing = extract_listing(html, url)
        if not listing.cards:
            continue
        lesson = learn_recipe(html, listing, url, learned_on=date(2026, 1, 1))
        if lesson.recipe is None:
            reasons.append(f"{path.parent.name}: {lesson.reason}")
        else:
            samples.append(Sample(path.parent.name, html, url, lesson.recipe))
    return samples, reasons


def report(title: str, samples: list[Sample]) -> None:
    if not samples:
        return
    ratios = [sample.with_recipe / sample.bare for sample in samples]
    full = [sample.without / sample.bare for sample in samples]
    gain = [sample.without / sample.with_recipe for sample in samples]
    times = [
        1000 * statistics.median(times) for times in zip(*((s.bare, s.with_recipe, s.without) for s in samples), strict=True)
    ]
    print(
        f"{title}: {len(samples)} pages; median parse {times[0]:.2f} ms, with recipe {times[1]:.2f} ms, without {times[2]:.2f} ms"
    )
    print(
        f"  with recipe / parse: median {statistics.median(ratios):.2f}, worst {max(ratios):.2f}; without / parse: median {statistics.median(full):.2f}"
    )
    print(f"  without / with recipe: median {statistics.median(gain):.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="*", default=[CASES])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--verbose", action="store_true", help="name the pages without a recipe, and the slowest")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, selectolax {selectolax.__version__}, {platform.machine()}, {options.rounds} rounds"
    )
    for folder in options.folders:
        samples, reasons = learned(folder)
        if not samples and not reasons:
            print(f"{folder}: no page with cards in it", file=sys.stderr)
            return 2
        gc.collect()
        for _ in range(options.rounds):
            for sample in samples:
                sample.measure()
        print(f"{folder}: {len(samples)} recipes from {len(samples) + len(reasons)} pages with cards")
        report("recipes for every field", [sample for sample in samples if sample.recipe.only])
        report("recipes for the cards", [sample for sample in samples if not sample.recipe.only])
        if options.verbose:
            for sample in sorted(samples, key=lambda sample: -sample.with_recipe / sample.bare):
                print(
                    f"  {sample.name:40} {sample.with_recipe / sample.bare:6.2f}x {sample.with_recipe * 1000:7.2f} ms  {sample.recipe.card}"
                )
            for reason in reasons:
                print(f"  no recipe: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
