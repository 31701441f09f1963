"""Pages that stand in place of the page: consent walls, bot checks, log-ins, paywalls, soft 404s, parked domains, maintenance.

Stored as such they tell why a night is missing; taken for the page they would say that every card vanished. Recognised, never evaded.
The care is in the other direction: an ordinary page carries the same cookie banner, the same bot-detection script and a log-in form in its
header. So marks that ordinary pages can have only count where there is little else on the page. Pure.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from urllib.parse import urlsplit

from scraper.pages import Outcome
from scraper.wall_words import (
    ASSENT,
    CHALLENGE_HEADERS,
    CHALLENGE_MARKUP,
    CHALLENGE_TITLE,
    CHALLENGE_WORDS,
    CONSENT_HOST,
    CONSENT_PATH,
    CONSENT_WORDS,
    FIELD,
    LOGIN_PATH,
    LOGIN_TITLE,
    MAINTENANCE_WORDS,
    NO_SUCH_PAGE,
    NOT_FOUND_TITLE,
    ONLY_WITH_BAD_STATUS,
    OUT_OF_ORDER_WORDS,
    PARKED_MARKUP,
    PARKED_WORDS,
    PASSWORD_FIELD,
    PAYWALL_WORDS,
    PRIVACY_TALK,
    PRIVACY_TOPIC,
    REGION_WORDS,
)


class WallKind(StrEnum):
    """What stands in place of the page."""

    BOT_CHECK = "bot_check"
    CONSENT = "consent"
    LOGIN = "login"
    PAYWALL = "paywall"
    SOFT_404 = "soft_404"  # "not found" with status 200
    PARKED = "parked"  # the domain is for sale, or a registrar's placeholder
    MAINTENANCE = "maintenance"  # or out of order
    REGION = "region"  # "not available in your country"


OUTCOME_OF_WALL = {
    WallKind.BOT_CHECK: Outcome.BLOCKED,
    WallKind.CONSENT: Outcome.WALL,
    WallKind.LOGIN: Outcome.WALL,
    WallKind.PAYWALL: Outcome.WALL,
    WallKind.SOFT_404: Outcome.NOT_A_LISTING,
    WallKind.PARKED: Outcome.NOT_A_LISTING,
    WallKind.MAINTENANCE: Outcome.NOT_A_LISTING,
    WallKind.REGION: Outcome.BLOCKED,
}


BANNERS = frozenset({WallKind.CONSENT, WallKind.LOGIN, WallKind.PAYWALL})
"""Kinds that also stand over or beside a page that is there: an empty list that says so is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """What was recognised, and by what."""

    kind: WallKind
    evidence: str  # in words, for a person: "Cloudflare's challenge (header cf-mitigated: challenge)"


MAX_LOOKED_AT = 60_000  # characters; what stands in place of a page is small
_FEW_WORDS, _FEW_LINKS = 250, 15  # an almost empty page
_MORE_WORDS, _MORE_LINKS = 1_500, 120  # a log-in with its footer, a consent page with its list of partners
_PRIVACY_WORDS = 12  # and at least one in twenty-five: a page that speaks of little else
_HEADLINE_WORDS = 12

_TITLE = re.compile(r"<title\b[^<>]*>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(r"<h[12]\b[^<>]*>(.{0,500}?)</h[12]", re.IGNORECASE | re.DOTALL)
_PARTS = re.compile(r"\s[|–—·:»-]+\s")  # of a title: "Page not found | City News"
_NOT_SHOWN = re.compile(r"<(script|style|template|svg)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_TEASER = re.compile(r"<article\b|<time\b|<h[1-6]\b[^<>]{0,500}>\s{0,50}<a\b|<a\b[^<>]{0,500}>\s{0,50}<h[1-6]\b", re.IGNORECASE)
_LINK = re.compile(r"<a\b[^<>]{0,2000}\bhref\b", re.IGNORECASE)


def recognise_wall(
    status: int | None,
    headers: Sequence[tuple[str, str]],
    text: str,
    *,
    asked_url: str | None = None,
    final_url: str | None = None,
) -> Wall | None:
    """What stands in place of the page; None where it seems to be the page.

    `headers` have names in lower case; `text` is the decoded HTML, of which the beginning is looked at, and only of a small page all of it;
    the two URLs tell whether a redirect led to a log-in or a consent page.
    """
    is_bad = status is not None and status >= 400
    for name, value in headers:
        for wanted, pattern, who in CHALLENGE_HEADERS:
            if name == wanted and pattern.search(value) and (is_bad or name not in ONLY_WITH_BAD_STATUS):
                return Wall(kind=WallKind.BOT_CHECK, evidence=f"{who} (header {name}: {value.strip()[:60]})")
    redirected = _redirected_to_a_wall(asked_url, final_url)
    if redirected is not None:
        return redirected
    if not text:
        return None
    title = _title(text)
    if len(text) > MAX_LOOKED_AT:
        return _by_title(title) if is_bad else None
    links = sum(1 for _ in islice(_LINK.finditer(text), _MORE_LINKS + 1))
    if links > _MORE_LINKS and not is_bad:
        return None
    words = html.unescape(_TAG.sub(" ", _NOT_SHOWN.sub(" ", text))).split()
    if is_bad or (links <= _FEW_LINKS and len(words) <= _FEW_WORDS):
        return _on_a_small_page(text, title, " ".join(words), is_bad=is_bad)
    return _on_a_fuller_page(text, title, words) if len(words) <= _MORE_WORDS else None


def _redirected_to_a_wall(asked_url: str | None, final_url: str | None) -> Wall | None:
    if asked_url is None or final_url is None or asked_url == final_url:
        return None
    asked, final = urlsplit(asked_url), urlsplit(final_url)
    host = (final.hostname or "").lower()
    if CONSENT_HOST.search(host) and not CONSENT_HOST.search((asked.hostname or "").lower()):
        return Wall(kind=WallKind.CONSENT, evidence=f"it redirected to {host}")
    if CONSENT_PATH.search(final.path) and not CONSENT_PATH.search(asked.path):
        return Wall(kind=WallKind.CONSENT, evidence=f"it redirected to {host}{final.path[:80]}")
    if LOGIN_PATH.search(final.path) and not LOGIN_PATH.search(asked.path):
        return Wall(kind=WallKind.LOGIN, evidence=f"it redirected to {host}{final.path[:80]}")
    return None


def _in_markup(pattern: re.Pattern[str], text: str, folded: str) -> str | None:
    """What a pattern in lower case finds in `text` in any case. `folded` is `text` without case: nearly always a no, and a quick one."""
    found = re.search(pattern.pattern, text, re.IGNORECASE) if pattern.search(folded) else None
    return None if found is None else found[0]


def _by_title(title: str) -> Wall | None:
    found = CHALLENGE_TITLE.search(title)
    return None if found is None else Wall(kind=WallKind.BOT_CHECK, evidence=f"the page is titled {title[:80]!r}")


def _on_a_small_page(text: str, title: str, words: str, *, is_bad: bool) -> Wall | None:
    """What an almost empty page, or one with a bad status, stands for."""
    folded = text.casefold()
    for pattern, who in CHALLENGE_MARKUP:
        found = _in_markup(pattern, text, folded)
        if found is not None:
            return Wall(kind=WallKind.BOT_CHECK, evidence=f"{who} ({found[:60]!r} in the page)")
    if _has_teasers(text):
        return None
    by_title = _by_title(title)
    if by_title is not None:
        return by_title
    if NOT_FOUND_TITLE.search(title):
        return Wall(kind=WallKind.SOFT_404, evidence=f"the page is titled {title[:80]!r}")
    heading = _heading(text)
    if NOT_FOUND_TITLE.search(heading) or NO_SUCH_PAGE.match(heading):
        return Wall(kind=WallKind.SOFT_404, evidence=f"the page is headed {heading[:80]!r}")
    said = f"{title} {words}"
    for kind, found in (
        (WallKind.BOT_CHECK, CHALLENGE_WORDS.find(said)),
        (WallKind.REGION, REGION_WORDS.find(said)),
        (WallKind.PARKED, _in_markup(PARKED_MARKUP, text, folded) or PARKED_WORDS.find(said)),
        (WallKind.MAINTENANCE, MAINTENANCE_WORDS.find(said)),
        (WallKind.MAINTENANCE, None if is_bad else OUT_OF_ORDER_WORDS.find(said)),  # else the status says it already
    ):
        if found is not None:
            return Wall(kind=kind, evidence=f"{found[:80]!r} on an almost empty page")
    if PASSWORD_FIELD.search(text):
        return Wall(kind=WallKind.LOGIN, evidence="a password is asked for on an almost empty page")
    if FIELD.search(text) and (titled := LOGIN_TITLE.search(title) or LOGIN_TITLE.search(heading)) is not None:
        return Wall(kind=WallKind.LOGIN, evidence=f"{titled[0][:80]!r} over a form on an almost empty page")
    if (topic := PRIVACY_TOPIC.search(words)) is not None and ASSENT.search(text) is not None:
        return Wall(kind=WallKind.CONSENT, evidence=f"{topic[0]!r} and a button to agree on an almost empty page")
    for kind, phrases in ((WallKind.CONSENT, CONSENT_WORDS), (WallKind.PAYWALL, PAYWALL_WORDS)):
        if (found := phrases.find(said)) is not None:
            return Wall(kind=kind, evidence=f"{found[:80]!r} on an almost empty page")
    return None


def _on_a_fuller_page(text: str, title: str, words: Sequence[str]) -> Wall | None:
    """What a page with a menu and a footer says by its title, or in most of its words."""
    if _has_teasers(text):
        return None
    for part in _PARTS.split(title):
        if len(part.split()) <= _HEADLINE_WORDS // 2 and NOT_FOUND_TITLE.search(part):
            return Wall(kind=WallKind.SOFT_404, evidence=f"the page is titled {title[:80]!r}")
    if PASSWORD_FIELD.search(text) and LOGIN_TITLE.search(title):
        return Wall(kind=WallKind.LOGIN, evidence=f"a password is asked for on a page titled {title[:80]!r}")
    said = " ".join(words)
    talk = sum(1 for _ in PRIVACY_TALK.finditer(said))
    if talk >= _PRIVACY_WORDS and talk * 25 >= len(words) and (found := CONSENT_WORDS.find(said)) is not None:
        return Wall(kind=WallKind.CONSENT, evidence=f"{found[:80]!r} on a page that speaks of little else")
    return None


def _has_teasers(text: str) -> bool:
    """Whether it may be a short list with a banner over it: the reader of cards will tell."""
    return sum(1 for _ in islice(_TEASER.finditer(text), 2)) == 2


def _heading(text: str) -> str:
    """The first headline's words; "" for one too long to be a notice."""
    found = _HEADING.search(text)
    words = html.unescape(_TAG.sub(" ", found[1])).split() if found is not None else []
    return " ".join(words) if len(words) <= _HEADLINE_WORDS else ""


def _title(text: str) -> str:
    found = _TITLE.search(text[:20_000])
    return " ".join(html.unescape(found[1]).split()) if found is not None else ""
