"""What a source says about its own addresses: read from the configuration, and followed by crawls and rebuilds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schedules.config import parse_config
from schedules.crawl import Waking, crawl_visit
from schedules.plan import Visit
from schedules.settings import Source
from scraper.errors import ConfigError
from scraper.pages import FetchRequest, FetchResult, Outcome, Page
from scraper.urls import DEFAULT_URL_RULES, UrlRules
from storage import create_archive, open_reader

NOW = datetime(2026, 5, 1, 2, tzinfo=UTC)
SOURCE = '[source.paper]\nurls = ["https://paper.example/"]\n'


def addresses_of(text: str) -> UrlRules:
    return parse_config(f"{SOURCE}{text}".encode(), Path("standfirst.toml")).sources[0].addresses


def test_without_a_table_the_rules_are_those_that_hold_for_any_site() -> None:
    assert addresses_of("") is DEFAULT_URL_RULES


def test_every_claim_can_be_made_in_the_configuration() -> None:
    text = """
[source.paper.addresses]
keep = ["ref"]
drop = ["Spref", "at_*"]
keep_fragment = true
keep_trailing_slash = true
merge_schemes = true
merge_www = true
merge_mobile = true
merge_amp = true
same_hosts = { "Old.example" = "paper.example" }
redirectors = ["Out.paper.example"]
"""
    assert addresses_of(text) == UrlRules(
        keep=frozenset({"ref"}),
        drop=frozenset({"spref", "at_*"}),
        keep_fragment=True,
        keep_trailing_slash=True,
        merge_schemes=True,
        merge_www=True,
        merge_mobile=True,
        merge_amp=True,
        same_hosts=(("old.example", "paper.example"),),
        redirectors=frozenset({"out.paper.example"}),
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("addresses = 3", "source.paper.addresses: should be a table"),
        ("[source.paper.addresses]\nmerge_apm = true", "source.paper.addresses.merge_apm: unknown key; did you mean"),
        ('[source.paper.addresses]\nmerge_amp = "yes"', "source.paper.addresses.merge_amp: expected `bool`"),
        ('[source.paper.addresses]\ndrop = "ref"', "source.paper.addresses.drop: expected `array`"),
        (
            '[source.paper.addresses]\nmerge_www = true\nsame_hosts = { "a.example" = "www.b.example" }',
            "same_hosts: 'www.b.example'",
        ),
    ],
    ids=["no table", "misspelt", "no flag", "no list", "contradiction"],
)
def test_a_claim_that_cannot_be_used_is_refused_with_its_key(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as error:
        addresses_of(text)
    assert complaint in str(error.value)


class Web:
    """Answers each night with a list of links, without a network."""

    def __init__(self, *nights: list[str]) -> None:
        self.nights = list(nights)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        cards = "".join(
            f'<article><h2><a href="{link}">What happened in matter {number} of the day</a></h2><p>The matter told in a line or two.</p></article>'
            for number, link in enumerate(self.nights.pop(0))
        )
        page = Page(
            url=request.url, final_url=request.url, body=f"<main>{cards}</main>".encode(), fetched_at=NOW, status=200, headers=()
        )
        return FetchResult(outcome=Outcome.OK, detail="", request=request, page=page, started_at=NOW)


def test_a_crawl_follows_what_the_source_says(tmp_path: Path) -> None:
    web = Web(
        [f"https://paper.example/story-{number}" for number in range(4)],
        ["https://m.paper.example/story-0", "https://out.paper.example/?to=https%3A%2F%2Fpaper.example%2Fstory-1", "/story-2?edition=7", "/story-3/amp"],
    )  # fmt: skip
    rules = UrlRules(merge_mobile=True, merge_amp=True, drop=frozenset({"edition"}), redirectors=frozenset({"out.paper.example"}))
    source = Source(slug="paper", urls=("https://paper.example/",), addresses=rules)
    with create_archive(tmp_path / "archive.db") as archive:
        run_id = archive.begin_run(started_at=NOW, version="test", command="crawl")
        waking = Waking(archive=archive, fetcher=web, run_id=run_id, clock=lambda: NOW, draw=lambda: 1.0)
        first, second = (asyncio.run(crawl_visit(Visit(source=source, url=source.urls[0]), waking))[0] for _ in range(2))
    assert (first.recorded.new, second.recorded.new, second.recorded.absent) == (4, 0, 0)
    with open_reader(tmp_path / "archive.db") as reader:
        assert [row["url"] for row in reader.cards()] == [f"https://paper.example/story-{number}" for number in range(4)]
