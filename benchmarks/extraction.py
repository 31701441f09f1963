"""How long finding the cards takes beside a bare parse of the same page, and how long without knowing where they are.

    python benchmarks/extraction.py FOLDER [--rounds 5] [--profile]

FOLDER holds saved pages, `*.html` at any depth; a `truth.json` beside a page gives its `base_url`. Every round measures each
page twice, the parser alone and the whole of `extract_listing`, one right after the other, in CPU time, so that a noisy
machine slows both. The best of the rounds counts for a page; the ratio is taken page by page.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import platform
import pstats
import statistics
import sys
import time
from pathlib import Path

import selectolax
from selectolax.lexbor import LexborHTMLParser

from scraper.decode import decode
from scraper.listing import extract_listing


def pages(folder: Path) -> list[tuple[str, str, str]]:
    """(name, decoded HTML, URL) of every page."""
    found = []
    for path in sorted(folder.rglob("*.html")):
        truth = path.with_name("truth.json")
        url = json.loads(truth.read_text("utf-8"))["base_url"] if truth.exists() else "https://pages.example/"
        found.append((f"{path.parent.name}/{path.name}", decode(path.read_bytes(), None).text, url))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="print where the time goes instead")
    options = parser.parse_args()
    sample = pages(options.folder)
    if not sample:
        print(f"{options.folder}: no *.html in it", file=sys.stderr)
        return 2
    if options.profile:
        profile = cProfile.Profile()
        profile.enable()
        for _, html, url in sample:
            extract_listing(html, url)
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        return 0
    bare = [float("inf")] * len(sample)
    whole = [float("inf")] * len(sample)
    gc.collect()
    for _ in range(options.rounds):
        for at, (_, html, url) in enumerate(sample):
            begin = time.process_time()
            LexborHTMLParser(html)
            middle = time.process_time()
            extract_listing(html, url)
            end = time.process_time()
            bare[at] = min(bare[at], middle - begin)
            whole[at] = min(whole[at], end - middle)
    ratios = [b / a for a, b in zip(bare, whole, strict=True)]
    per_megabyte = [
        (seconds * 1000) / (len(html.encode("utf-8", "replace")) / 1e6)
        for (_, html, _), seconds in zip(sample, whole, strict=True)
    ]
    print(
        f"Python {platform.python_version()}, selectolax {selectolax.__version__}, {platform.machine()}, {len(sample)} pages, {options.rounds} rounds"
    )
    print(
        f"bare Lexbor parse  median {statistics.median(bare) * 1000:7.2f} ms  max {max(bare) * 1000:7.2f} ms  all {sum(bare) * 1000:8.1f} ms"
    )
    print(
        f"extract_listing    median {statistics.median(whole) * 1000:7.2f} ms  max {max(whole) * 1000:7.2f} ms  all {sum(whole) * 1000:8.1f} ms"
    )
    print(
        f"ratio, page by page: median {statistics.median(ratios):.2f}, worst {max(ratios):.2f}; all pages {sum(whole) / sum(bare):.2f}"
    )
    print(f"CPU ms a MB of HTML: median {statistics.median(per_megabyte):.0f}, worst {max(per_megabyte):.0f}")
    for ratio, (name, _, _), seconds in sorted(zip(ratios, sample, whole, strict=True), reverse=True)[:5]:
        print(f"  {name:50} {ratio:6.2f}x {seconds * 1000:7.2f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
