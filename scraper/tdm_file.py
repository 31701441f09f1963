"""`/.well-known/tdmrep.json`, a site's word on text and data mining (TDM Reservation Protocol, W3C community group report, section 4.2).

The file is a list of rules: a path pattern as robots.txt has them, and whether mining is reserved (1) or not (0). The first rule that
matches a URL is the one that holds; what a page's own header or meta element says comes before it (4.4, `scraper.opt_outs`). Pure: `now`
is passed in; fetching is `scraper.fetch`'s business.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protego import Protego

TDM_FILE_PATH = "/.well-known/tdmrep.json"
MAX_TDM_FILE_BYTES = 500 * 1024  # a longer file is cut, and so is no JSON and says nothing; one rule takes a hundred bytes
_GOOD_FOR = timedelta(hours=24)  # as robots.txt
_MAX_RULES = 1_000
_PATTERN = re.compile(r"[/*][^\x00-\x20\x7f#]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmRule:
    """One rule of the file."""

    reserved: bool  # text and data mining
    text: str  # the rule as the file has it, JSON
    _matcher: Protego = field(compare=False, repr=False)

    def matches(self, url: str) -> bool:
        """Whether the rule is about this URL."""
        return not self._matcher.can_fetch(url, "*")


def parse_tdm_file(body: bytes) -> tuple[TdmRule, ...]:
    """The rules in the file's order. Never raises; a rule without pattern, or with another value than 0 and 1, says nothing (3.1)."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rules: list[TdmRule] = []
    for entry in data if isinstance(data, list) else [data]:  # a single rule without the brackets is meant, if not allowed
        if not isinstance(entry, Mapping) or len(rules) == _MAX_RULES:
            continue
        location, reservation = entry.get("location"), str(entry.get("tdm-reservation")).strip()
        if isinstance(location, str) and _PATTERN.fullmatch(location) and reservation in {"0", "1"}:
            matcher = Protego.parse(f"User-agent: *\nDisallow: {location}")
            rules.append(TdmRule(reserved=reservation == "1", text=json.dumps(entry, ensure_ascii=False), _matcher=matcher))
    return tuple(rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTdmFile:
    """What is known of one origin's file."""

    body: bytes | None  # None: there is none, or it can't be had, which amounts to the same (4.2)
    asked_at: datetime  # aware UTC
    rules: tuple[TdmRule, ...]

    def find_rule(self, url: str) -> TdmRule | None:
        """The first rule that matches; None: nothing is said about this URL."""
        return next((rule for rule in self.rules if rule.matches(url)), None)


@dataclass(slots=True)
class TdmFiles:
    """Files by origin ("https://city.example"), each good for a day. Hand `snapshot()` to the next run's `restore()`."""

    _held: dict[str, HeldTdmFile] = field(default_factory=dict)

    def get(self, origin: str, now: datetime) -> HeldTdmFile | None:
        """What is held and still good; None where the file must be asked for."""
        held = self._held.get(origin)
        return held if held is not None and abs(now - held.asked_at) < _GOOD_FOR else None

    def put(self, origin: str, body: bytes | None, asked_at: datetime, *, in_trouble: bool = False) -> HeldTdmFile:
        """Take in what came; None where nothing did. `in_trouble`: the server could not say, so what was held before goes on holding."""
        if in_trouble and (before := self._held.get(origin)) is not None:
            body = before.body
        held = HeldTdmFile(body=body, asked_at=asked_at, rules=() if body is None else parse_tdm_file(body))
        self._held[origin] = held
        return held

    def snapshot(self) -> dict[str, dict[str, object]]:
        """Everything held, as plain data fit for JSON."""
        return {
            origin: {
                "asked_at": held.asked_at.isoformat(),
                "body": None if held.body is None else base64.b64encode(held.body).decode("ascii"),
            }
            for origin, held in sorted(self._held.items())
        }

    def restore(self, state: Mapping[str, Mapping[str, object]]) -> None:
        """Take up what an earlier `snapshot` gave. Raises ValueError or KeyError for what is no such thing."""
        for origin, entry in state.items():
            body = entry["body"]
            self.put(
                origin,
                None if body is None else base64.b64decode(str(body), validate=True),
                datetime.fromisoformat(str(entry["asked_at"])),
            )
