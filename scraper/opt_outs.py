"""What a page's owner says against machines reading it, beyond robots.txt's Disallow: recorded with each look, honoured where it forbids us.

Four ways are in use: `Content-Signal` lines in robots.txt (contentsignals.org), the TDM Reservation Protocol's `tdm-reservation` as
header or meta (W3C community group report, 2024), `X-Robots-Tag` headers, and `<meta name="robots">`. Only `tdm-reservation: 1` reserves
what Standfirst does, text and data mining, as such (it is the machine-readable reservation of Article 4(3) of Directive (EU) 2019/790).
The others speak of search engines, cached copies and training: facts for the record. Pure.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from scraper.fetch_settings import PRODUCT_TOKEN
from scraper.pages import OptOut

_HEAD_BYTES = 256 * 1024  # where metas are looked for
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_META = re.compile(r"<meta\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_DIRECTIVES_WITH_VALUES = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_SAID_TO_MACHINES = frozenset({"none", "noindex", "noarchive", "nocache", "nosnippet", "noai", "noimageai", "noml", "notrain"})


def find_opt_outs(headers: Sequence[tuple[str, str]], body: bytes, content_signals: Sequence[str] = ()) -> tuple[OptOut, ...]:
    """Every opt-out in robots.txt's signals for us, the headers (names in lower case) and the page's head, in that order."""
    found = [OptOut(source="robots.txt content-signal", value=signal) for signal in content_signals if "no" in _values(signal)]
    for name, value in headers:
        if name == "tdm-reservation":
            found.append(OptOut(source="header tdm-reservation", value=value, forbids=value.strip() == "1"))
        elif name == "tdm-policy":
            found.append(OptOut(source="header tdm-policy", value=value))
        elif name == "x-robots-tag" and (said := _said_to_us(value)):
            found.append(OptOut(source="header x-robots-tag", value=said))
    for name, content in _metas(body):
        if name == "tdm-reservation":
            found.append(OptOut(source="meta tdm-reservation", value=content, forbids=content.strip() == "1"))
        elif name == "tdm-policy":
            found.append(OptOut(source="meta tdm-policy", value=content))
        elif name in {"robots", PRODUCT_TOKEN} and (said := _said_to_us(content)):
            found.append(OptOut(source=f"meta {name}", value=said))
    return tuple(found)


def _values(signal: str) -> set[str]:
    """The values of "search=yes, ai-train=no"."""
    return {part.partition("=")[2].strip().lower() for part in signal.split(",")}


def _said_to_us(value: str) -> str | None:
    """The directive list without what is said to other agents ("otherbot: noindex"); None where none of it is an opt-out."""
    agent, colon, rest = value.partition(":")
    agent = agent.strip().lower()
    if colon and agent not in _DIRECTIVES_WITH_VALUES and "," not in agent:
        if agent != PRODUCT_TOKEN:
            return None
        value = rest
    directives = {directive.strip().lower() for directive in value.split(",")}
    return value.strip() if directives & _SAID_TO_MACHINES else None


def _metas(body: bytes) -> Iterator[tuple[str, str]]:
    """Name (lower case) and content of the metas at the beginning of a page. The names that matter are ASCII in every encoding we meet."""
    end = body.find(b"</head", 0, _HEAD_BYTES)
    head = _COMMENT.sub("", body[: _HEAD_BYTES if end == -1 else end].decode("latin-1"))
    for meta in _META.finditer(head):
        attributes = {
            name.lower(): html.unescape(double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(meta[1])
        }
        if "name" in attributes and "content" in attributes:
            yield attributes["name"].strip().lower(), attributes["content"]
