"""Mail addresses as people write them into the configuration. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

_WRITTEN = re.compile(
    r"(?:(?P<name>[^<>]*)<)?(?P<local>[^\s<>@,;:()\[\]\"\\]+)(?:@(?P<domain>[^\s<>@,;:()\[\]\"\\]+))?(?(name)>)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where a mail goes (RFC 5322, 3.4)."""

    name: str  # of a person or a list, as shown; "" for none
    local: str
    domain: str  # as DNS has it, in ASCII; "" for a user of this machine


def parse_mailbox(text: str) -> Mailbox:
    """ "root", "you@example.org" or "Night desk <you@example.org>", one of them. Raises ValueError, which says what is wrong."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or not text.isprintable():
        raise ValueError(f'{text!r} is no mail address; write one as "you@example.org", several as a list')
    if not found["local"].isascii():
        raise ValueError(f"{text!r}: not every mail server takes letters beyond ASCII before the @; use another address")
    try:
        domain = idna.encode(found["domain"] or "", uts46=True).decode("ascii") if found["domain"] else ""
    except idna.IDNAError as exc:
        raise ValueError(f"{text!r}: no such domain can be ({exc})") from exc
    return Mailbox(name=(found["name"] or "").strip().strip('"'), local=found["local"], domain=domain)
