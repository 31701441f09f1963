"""`python -m scraper PAGE.html --url URL`: the cards of a saved page as JSON lines, nothing else on stdout."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from scraper.listing import extract_listing
from scraper.reading import read_text


def main(arguments: list[str] | None = None) -> int:
    """Prints one JSON object a card; what kind of page it is goes to stderr. 0 when it could be read, 2 when it couldn't."""
    parser = argparse.ArgumentParser(
        prog="python -m scraper", description="Print the teaser cards of a saved listing page as JSON lines."
    )
    parser.add_argument("page", help="the HTML file; - reads standard input")
    parser.add_argument("--url", required=True, help="the address the page came from; relative links are resolved against it")
    parser.add_argument("--content-type", help="the Content-Type header it came with, for its charset")
    parser.add_argument(
        "--text", action="store_true", help="the file is the page's plain text, as text extracts of web archives have it"
    )
    parser.add_argument(
        "--explain", action="store_true", help="print the groups that were looked at, with their numbers, to stderr"
    )
    options = parser.parse_args(arguments)
    try:
        body = sys.stdin.buffer.read() if options.page == "-" else Path(options.page).read_bytes()
    except OSError as error:
        print(f"{options.page}: cannot be read: {error.strerror or error}", file=sys.stderr)
        return 2
    if options.text:
        listing = read_text(body, options.url, content_type=options.content_type)
    else:
        listing = extract_listing(body, options.url, content_type=options.content_type, explain=options.explain)
    for card in listing.cards:
        print(json.dumps(asdict(card), ensure_ascii=False))
    for group in listing.explanation:
        print(json.dumps(dict(group), ensure_ascii=False), file=sys.stderr)
    following = f"; next page {listing.next_page_url}" if listing.next_page_url else ""
    print(f"{listing.verdict}: {listing.reason}{following}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
