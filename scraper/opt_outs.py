"""What a page's owner says against machines reading it, beyond robots.txt's Disallow: recorded with each look, honoured where it forbids us.

Four ways are in use: `Content-Signal` lines in robots.txt (contentsignals.org), the TDM Reservation Protocol's `tdm-reservation` in a
file of the site, as header or as meta (W3C community group report, 2024), `X-Robots-Tag` headers, and `<meta name="robots">`. Only
`tdm-reservation: 1` reserves what Standfirst does, text and data mining, as such (it is the machine-readable reservation of Article 4(3)
of Directive (EU) 2019/790). The others speak of search engines, cached copies and training: facts for the record. Pure.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scraper.fetch_settings import PRODUCT_TOKEN
from scraper.pages import OptOut
from scraper.tdm_file import TdmRule

_HEAD_BYTES = 256 * 1024  # where metas are looked for
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_META = re.compile(r"<meta\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_DIRECTIVES_WITH_VALUES = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_SAID_TO_MACHINES = frozenset({"none", "noindex", "noarchive", "nocache", "nosnippet", "noai", "noimageai", "noml", "notrain"})


def find_opt_outs(
    headers: Sequence[tuple[str, str]], body: bytes, content_signals: Sequence[str] = (), tdm_rule: TdmRule | None = None
) -> tuple[OptOut, ...]:
    """Every opt-out in robots.txt's signals for us, the site's TDM file, the headers (names in lower case) and the page's head, in that order.

    Where file, header and meta disagree about a reservation, the one nearest to the page holds (TDMRep 4.4), and only it can forbid.
    """
    found = [OptOut(source="robots.txt content-signal", value=signal) for signal in content_signals if "no" in _values(signal)]
    if tdm_rule is not None:
        found.append(OptOut(source="tdmrep.json", value=tdm_rule.text, forbids=tdm_rule.reserved))
    by_header = [_of_header(name, value) for name, value in headers]
    by_meta = [_of_meta(name, content) for name, content in _metas(body)]
    for nearer in (by_header, by_meta):
        said = [opt_out for opt_out in nearer if opt_out is not None]
        if any(opt_out.source.endswith("tdm-reservation") and opt_out.value.strip() in {"0", "1"} for opt_out in said):
            found = [replace(opt_out, forbids=False) for opt_out in found]
        found += said
    return tuple(found)


def _of_header(name: str, value: str) -> OptOut | None:
    if name == "tdm-reservation":
        return OptOut(source="header tdm-reservation", value=value, forbids=value.strip() == "1")
    if name == "tdm-policy":
        return OptOut(source="header tdm-policy", value=value)
    if name == "x-robots-tag" and (said := _said_to_us(value)):
        return OptOut(source="header x-robots-tag", value=said)
    return None


def _of_meta(name: str, content: str) -> OptOut | None:
    if name == "tdm-reservation":
        return OptOut(source="meta tdm-reservation", value=content, forbids=content.strip() == "1")
    if name == "tdm-policy":
        return OptOut(source="meta tdm-policy", value=content)
    if name in {"robots", PRODUCT_TOKEN} and (said := _said_to_us(content)):
        return OptOut(source=f"meta {name}", value=said)
    return None


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
