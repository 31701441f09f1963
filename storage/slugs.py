"""Addresses that follow the headline: "/2026/05/harbour-plan-48213" is "/2026/05/harbour-plan-dropped-48213" tomorrow, and one article.

Nothing is assumed about a source. A rule is learned from what its own pages showed, one address vanishing while another with the same
number and a like headline takes its place; it is adopted by whoever runs the crawl, kept with its evidence, and can be retired. A rule changes no
history: what it joins, it joins from its adoption on. A rebuild applies the rules in force to everything.

A person may also know that two addresses are one article's, from its page, from the outlet. That is a rule about just these two.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from scraper.errors import QueryError
from scraper.urls import DEFAULT_URL_RULES, UrlRules, canonical_url
from storage.aliases import WHOLE, remember_stem, stem_of
from storage.archive import Archive
from storage.histories import find_article
from storage.identity import fold_title
from storage.moments import to_text
from storage.reader import Reader, Row

PATTERNS = (
    r"/(?P<id>\d{5,})[-_/][^/?]*[A-Za-z][^/?]*/?$",  # /48213-harbour-plan, /48213/harbour-plan
    r"[A-Za-z][^/?]*[-_.,](?:[a-z]{1,4})?(?P<id>\d{5,})(?:\.[a-z]{3,5})?/?$",  # /harbour-plan-48213, /harbour-plan_a48213.html
    r"/[^/?]*[A-Za-z][^/?]*/(?:[a-z]{1,4})?(?P<id>\d{5,})(?:\.[a-z]{3,5})?/?$",  # /harbour-plan/48213
)
"""Where in an address a number may stand that names the article; tried in this order."""

ENOUGH = 3  # pairs of addresses that must speak for a rule
ALIKE = 0.4  # share of the words of two headlines that must be the same for a pair to count


@dataclass(frozen=True, slots=True, kw_only=True)
class SlugRule:
    """A rule that may be adopted, or was."""

    pattern: str
    evidence: tuple[tuple[str, str], ...]  # (earlier address, later address)
    id: int | None = None  # None: not adopted yet


_STAYS = """
SELECT article.id, article.url, span.page_id, min(span.first_crawl), max(coalesce(span.last_crawl, 9223372036854775807)), min(revision.title)
FROM page CROSS JOIN span ON span.page_id = page.id CROSS JOIN revision ON revision.id = span.revision_id
CROSS JOIN article ON article.id = revision.article_id
WHERE page.source_id = (SELECT id FROM source WHERE slug = ?) AND article.url IS NOT NULL
GROUP BY article.id, span.page_id
ORDER BY min(span.first_crawl)
"""


def learn_slug_rules(reader: Reader, source: str) -> list[SlugRule]:
    """The rules that this source's history speaks for, with their evidence; none if any of it speaks against.

    For a rule: at least three times one address took another's place, with the same number and a like headline. Against it: two addresses
    with one number that stood on a page at the same look.
    """
    with reader.snapshot():
        stays = reader.connection.execute(_STAYS, (source,)).fetchall()
    rules = []
    for pattern in PATTERNS:
        by_stem: defaultdict[tuple[str, int], list[tuple[str, int, int, str]]] = defaultdict(list)
        for _, url, page_id, first, last, title in stays:
            stem = stem_of(url, pattern)
            if stem is not None:
                by_stem[stem, page_id].append((url, first, last, title or ""))
        evidence: dict[tuple[str, str], None] = {}
        contradicted = False
        for same in by_stem.values():
            for (url, _, last, title), (other, first, _, other_title) in pairwise(same):
                if first <= last:
                    contradicted = True
                elif _alike(title, other_title):
                    evidence[url, other] = None
        if len(evidence) >= ENOUGH and not contradicted:
            rules.append(SlugRule(pattern=pattern, evidence=tuple(evidence)))
    return rules


def _alike(title: str, other: str) -> bool:
    words, others = set(fold_title(title).split()), set(fold_title(other).split())
    return bool(words) and bool(others) and len(words & others) / max(len(words), len(others)) >= ALIKE


_RULES = """
SELECT slug_rule.id, slug AS source, CASE WHEN retired_at IS NULL THEN 'in force' ELSE 'retired' END AS state, adopted_at, retired_at, pattern,
  (SELECT count(*) FROM alias WHERE slug_rule_id = slug_rule.id) AS aliases, json_array_length(evidence) AS pairs,
  evidence ->> '$[0][0]' AS earlier, evidence ->> '$[0][1]' AS later, evidence
FROM slug_rule JOIN source ON source.id = source_id
WHERE :source IS NULL OR slug = :source ORDER BY slug_rule.id
"""


def slug_rules(reader: Reader, source: str | None = None) -> list[Row]:
    """The rules that were adopted, with the addresses that each has joined so far (`aliases`) and its first pair of evidence."""
    with reader.snapshot():
        if not reader.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'slug_rule'").fetchone():
            return []  # an archive of before there were rules
        return reader.sql(_RULES, {"source": source})


def adopt_slug_rule(archive: Archive, source: str, rule: SlugRule, *, now: datetime) -> int:
    """Puts a rule in force for the looks to come; returns its number."""
    with archive.transaction() as db:
        cursor = db.execute(
            "INSERT INTO slug_rule (source_id, pattern, evidence, adopted_at) SELECT id, ?, ?, ? FROM source WHERE slug = ?",
            (rule.pattern, json.dumps(rule.evidence), to_text(now), source),
        )
        assert cursor.lastrowid is not None
        rule_id = cursor.lastrowid
        for article_id, url, *_ in db.execute(_STAYS, (source,)).fetchall():
            remember_stem(db, rule_id, rule.pattern, url, article_id)
    return rule_id


def retire_slug_rule(archive: Archive, rule_id: int, *, now: datetime) -> None:
    """Takes a rule out of force: looks to come no longer follow it. What it joined stays joined, until a rebuild.

    Raises QueryError where there is no such rule in force.
    """
    with archive.transaction() as db:
        if (
            db.execute(
                "UPDATE slug_rule SET retired_at = ? WHERE id = ? AND retired_at IS NULL", (to_text(now), rule_id)
            ).rowcount
            < 1
        ):
            raise QueryError(f"there is no rule {rule_id} in force; see `standfirst addresses`")


def join_addresses(
    archive: Archive, old: str, new: str, *, now: datetime, rules: Callable[[str], UrlRules] = lambda source: DEFAULT_URL_RULES
) -> list[int]:
    """Says that an article which the archive knows at `old` is also found at `new`, as rules for the sources on whose pages it stood.

    `rules` gives a source's own rules about addresses by its slug. Returns the numbers of the rules; retire them to take it back. Raises
    QueryError where the archive has no article at `old`, or it has no address.
    """
    db = archive.connection
    (known,) = db.execute("SELECT url FROM article WHERE id = ?", (find_article(db, old),)).fetchone()
    if known is None:
        raise QueryError(
            f"{old!r} is an article without an address of its own, known by its title; it can't be joined to another"
        )
    sources = [row[0] for row in db.execute(_SOURCES_OF, (known,))]
    adopted = []
    for source in sources:
        other = canonical_url(new, rules=rules(source))
        if other == known:
            raise QueryError(f"{new} and {old} are one address to the archive already: {known}")
        pattern = f"{WHOLE}(?:{'|'.join(re.escape(url.removeprefix('http')) for url in (known, other))})$"
        adopted.append(adopt_slug_rule(archive, source, SlugRule(pattern=pattern, evidence=((known, other),)), now=now))
    return adopted


_SOURCES_OF = """
SELECT DISTINCT slug FROM article JOIN revision ON revision.article_id = article.id JOIN span ON span.revision_id = revision.id
JOIN page ON page.id = page_id JOIN source ON source.id = source_id WHERE article.url = ? ORDER BY slug
"""
