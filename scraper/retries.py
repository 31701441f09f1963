"""Which failures may pass if one waits, and how long to wait. Waiting for the host's sake (Retry-After) is `scraper.politeness`'s."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from tenacity import AsyncRetrying, retry_if_result, stop_after_attempt, wait_exponential_jitter

from scraper.transport import Failure

RETRIED_FAILURES = frozenset({Failure.CONNECT, Failure.DNS_TEMPORARY, Failure.TIMEOUT, Failure.CUT_OFF, Failure.BROKEN_BODY})
"""Never again: a name that doesn't exist, a certificate that can't be trusted, an address that is refused, a body that is too large,
an answer that is not HTTP. Asking once more changes none of them."""

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Never again: every other 4xx (the answer is an answer), 501, 505 and the like."""

FIRST_WAIT_S = 2.0
MAX_WAIT_S = 60.0


class Attempt(Protocol):
    """How one attempt ended."""

    @property
    def may_pass(self) -> bool:
        """Whether it failed in a way that may pass."""


T = TypeVar("T", bound=Attempt)


async def with_retries(attempt: Callable[[], Awaitable[T]], *, retries: int, sleep: Callable[[float], Awaitable[None]]) -> T:
    """The first attempt that did not fail in a way that may pass, or else the last of `retries` + 1.

    Waits about 2 s, then 6, then 18, at most 60, each with up to a second of jitter. What an attempt raises comes up at once.
    """
    first = await attempt()
    if not first.may_pass or retries == 0:
        return first  # the ordinary page: tenacity's machinery would cost it a tenth of its CPU time
    ended = iter([first])

    async def once() -> T:
        return next(ended, None) or await attempt()

    retrying = AsyncRetrying(
        stop=stop_after_attempt(retries + 1),
        wait=wait_exponential_jitter(multiplier=FIRST_WAIT_S, exp_base=3, max=MAX_WAIT_S, jitter=1),
        retry=retry_if_result(lambda ended: ended.may_pass),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome is not None else None,
        sleep=sleep,
        reraise=True,
    )
    return await retrying(once)
