"""Conditional requests, believed only as far as they are checked.

Some servers send the same ETag or Last-Modified for another page, and then answer 304 for ever: nights on which nothing seems to happen.
So now and then a page is asked for in full, and if it has changed under validators that have not, its validators lie and are not used
any more. Pure: the caller keeps the state and draws the lot.
"""

from __future__ import annotations

from dataclasses import dataclass

ASK_IN_FULL_EVERY = 7  # looks; for a nightly source once a week
ASK_IN_FULL_CHANCE = 0.05  # on top of that, so that no server can learn the rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server sent along with a page, exactly as received."""

    etag: str | None = None
    last_modified: str | None = None

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


def may_ask_conditionally(validators: Validators, *, not_modified_in_a_row: int, have_lied: bool, lot: float) -> bool:
    """Whether the next look may send the validators of the last good one.

    `not_modified_in_a_row`: 304 answers since a body came. `have_lied`: they were caught before. `lot`: drawn anew for each look, evenly
    from 0 to 1.
    """
    if not validators or have_lied:
        return False
    return not_modified_in_a_row < ASK_IN_FULL_EVERY - 1 and lot >= ASK_IN_FULL_CHANCE


def find_lie(before: Validators, now: Validators, *, cards_changed: bool) -> str | None:
    """How the validators lied, in words; None where they didn't, or can't be judged.

    `before` came with the last body, `now` with this one, which was asked for in full; `cards_changed`: the page shows other cards. What
    counts is the cards, not the bytes: a weak ETag may stand for pages that differ in a counter or a token.
    """
    if not cards_changed:
        return None
    if before.etag is not None and before.etag == now.etag:
        return f"the cards changed, but the ETag is still {before.etag}"
    if before.etag is None and before.last_modified is not None and before.last_modified == now.last_modified:
        return f"the cards changed, but Last-Modified is still {before.last_modified}"
    return None
