"""robots.txt as RFC 9309 has it: what a file, or the lack of one, allows.

Protego matches paths against rules. Ours is everything around it: which statuses mean what (2.3.1), reading the bytes (2.2, 2.5),
which groups are meant for us (2.2.1: the product token as a whole, where Protego takes "news" for "newsbot"), and the words a decision
is explained in. Pure: `now` is passed in; fetching is `scraper.fetch`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

MAX_ROBOTS_BYTES = 500 * 1024
"""Of a file, what is read (RFC 9309, 2.5: at least 500 kibibytes); what comes after is as if it weren't there."""

_SPACES = b"\x00\t\x0b\x0c "
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FIELD_WITHOUT_COLON = re.compile(rb"[\x00-\x20]*(user-agent|disallow|allow|crawl-delay)[ \t]+(\S+)[\x00-\x20]*", re.IGNORECASE)
_FIELDS = {  # the spellings that other crawlers' parsers accept as well
    b"user-agent": "user-agent",
    b"useragent": "user-agent",
    b"user agent": "user-agent",
    b"allow": "allow",
    b"disallow": "disallow",
    b"dissallow": "disallow",
    b"dissalow": "disallow",
    b"disalow": "disallow",
    b"diasllow": "disallow",
    b"disallaw": "disallow",
    b"crawl-delay": "crawl-delay",
    b"crawl delay": "crawl-delay",
    b"crawldelay": "crawl-delay",
    b"request-rate": "request-rate",
    b"content-signal": "content-signal",
    b"sitemap": "sitemap",
    b"site-map": "sitemap",
}
_REQUEST_RATE = re.compile(r"(\d{1,9})\s*/\s*(\d{1,9})\s*([smhd]?)", re.IGNORECASE)
_UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_RULES_TO_EXPLAIN = 500  # more are not searched for the one to name in a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the file says about one URL."""

    allowed: bool
    reason: str  # in words: "no rule matches", "Disallow: /private"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRules:
    """The rules for one product token, read from one file."""

    status_reason: str = ""  # why there are no rules to look at; "" where a file was read
    allow_all: bool = False
    disallow_all: bool = False
    rules: tuple[tuple[str, str], ...] = ()  # ("allow" | "disallow", pattern), as in the file
    group: str = ""  # the user-agent the rules were written for: our token, "*", or "" where no group is meant for us
    crawl_delay_s: float | None = None  # the longer of Crawl-delay and Request-rate
    content_signals: tuple[str, ...] = ()  # values of Content-Signal lines for us, as in the file
    sitemaps: tuple[str, ...] = ()  # as in the file; they are for everyone, whatever the group (2.2.4)
    _matcher: Protego | None = field(default=None, compare=False, repr=False)

    def decide(self, url: str) -> Verdict:
        """Whether the URL may be fetched. /robots.txt itself always may."""
        if self.allow_all or self.disallow_all:
            return Verdict(allowed=self.allow_all, reason=self.status_reason)
        if not self.group:
            return Verdict(allowed=True, reason="no group is meant for us")
        if self._matcher is None or urlsplit(url).path == "/robots.txt":
            return Verdict(allowed=True, reason="no rule matches")
        if self._matcher.can_fetch(url, "*"):
            return Verdict(allowed=True, reason=self._name_rule(url, "allow") or "no rule matches")
        return Verdict(allowed=False, reason=self._name_rule(url, "disallow") or "a Disallow rule matches")

    def _name_rule(self, url: str, kind: str) -> str | None:
        """The longest rule of that kind that matches, as the file writes it; None if none does or there are too many to try."""
        if len(self.rules) > _RULES_TO_EXPLAIN:
            return None
        for _, pattern in sorted((rule for rule in self.rules if rule[0] == kind), key=lambda rule: -len(rule[1])):
            if not Protego.parse(f"User-agent: *\nDisallow: {pattern}").can_fetch(url, "*"):
                return f"{kind.capitalize()}: {pattern}"
        return None


def rules_from_answer(status: int | None, body: bytes, *, token: str) -> RobotsRules:
    """The rules that an answer to GET /robots.txt amounts to, for the crawler whose product token is `token`.

    2xx: the file. 4xx: no rules, all is allowed (RFC 9309, 2.3.1.3), but for 429, which asks for less, not for more. Everything else,
    and None for no answer at all: nothing is allowed (2.3.1.4). A 3xx is what is left after too many redirects: no rules (2.3.1.2).
    """
    if status is None:
        return RobotsRules(status_reason="robots.txt could not be reached", disallow_all=True)
    if 200 <= status < 300:
        return parse_robots(body, token=token)
    if status == 429:
        return RobotsRules(status_reason="429: robots.txt is refused for now", disallow_all=True)
    if 300 <= status < 500:
        return RobotsRules(status_reason=f"{status}: no robots.txt", allow_all=True)
    return RobotsRules(status_reason=f"{status}: the server has trouble with robots.txt", disallow_all=True)


def parse_robots(body: bytes, *, token: str) -> RobotsRules:
    """The rules of one file for one product token. Never raises; lines that mean nothing are passed over.

    All groups for our token count together; only if there is none, those for "*" do. Lines that are not Allow, Disallow or User-agent
    never end a group (2.2.4).
    """
    ours, anyone = _Group(), _Group()
    current: list[_Group] = []
    naming = False  # inside a run of User-agent lines
    sitemaps: list[str] = []
    for name, value in _lines(body):
        if name == "user-agent":
            if not naming:
                current = []
            naming = True
            if value.startswith("*"):
                current.append(anyone)
                anyone.exists = True
            elif _product_token(value) == token.lower():
                current.append(ours)
                ours.exists = True
        elif name in {"allow", "disallow"}:
            naming = False
            if value:
                for group in current:
                    group.rules.append((name, value))
        elif name == "sitemap":
            sitemaps.append(value)
        else:
            for group in current:
                group.extras.append((name, value))
    group = ours if ours.exists else anyone
    name = token if ours.exists else "*" if anyone.exists else ""
    matcher = None
    if group.rules:
        matcher = Protego.parse("User-agent: *\n" + "\n".join(f"{kind}: {pattern}" for kind, pattern in group.rules))
    return RobotsRules(
        rules=tuple(group.rules),
        group=name,
        crawl_delay_s=_longest_delay(group.extras),
        content_signals=tuple(value for name, value in group.extras if name == "content-signal"),
        sitemaps=tuple(sitemaps),
        _matcher=matcher,
    )


@dataclass(slots=True)
class _Group:
    exists: bool = False
    rules: list[tuple[str, str]] = field(default_factory=list)
    extras: list[tuple[str, str]] = field(default_factory=list)


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    """Field and value of each line that has a field we know. Values are ASCII: other bytes come percent-encoded, as URLs have them."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):  # saved by an editor as "Unicode"
        body = body.decode("utf-16", "replace").encode()
    body = body.removeprefix(b"\xef\xbb\xbf")
    if len(body) > MAX_ROBOTS_BYTES:
        # The line at the cut is dropped: half of "Disallow: /private" is "Disallow: /".
        cut = max(body.rfind(b"\n", 0, MAX_ROBOTS_BYTES), body.rfind(b"\r", 0, MAX_ROBOTS_BYTES))
        body = body[: max(cut, 0)]
    for line in _LINE_END.split(body):
        field_name, colon, value = line.partition(b"#")[0].partition(b":")
        name = _FIELDS.get(field_name.strip(_SPACES).lower()) if colon else None
        if name is None:
            found = _FIELD_WITHOUT_COLON.fullmatch(line.partition(b"#")[0])
            if found is None:
                continue
            name, value = _FIELDS[found[1].lower()], found[2]
        yield name, "".join(chr(byte) if 0x20 <= byte < 0x7F else f"%{byte:02X}" for byte in value.strip(_SPACES))


def _product_token(value: str) -> str:
    """ "Standfirst/2.0 (news)" names the product "standfirst"."""
    return re.split(r"[^a-z0-9_-]", value.lower(), maxsplit=1)[0]


def _longest_delay(extras: list[tuple[str, str]]) -> float | None:
    delays = []
    for name, value in extras:
        if name == "crawl-delay":
            number = re.fullmatch(r"(\d{1,9}(?:\.\d*)?|\.\d+)\s*s?", value)
            if number is not None:
                delays.append(float(number[1]))
        elif name == "request-rate":
            rate = _REQUEST_RATE.match(value)
            if rate is not None and int(rate[1]) > 0:
                delays.append(int(rate[2]) * _UNITS_S[rate[3].lower()] / int(rate[1]))
    return max(delays, default=None)
