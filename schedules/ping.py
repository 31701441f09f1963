"""A ping to a monitor (Healthchecks and its kin): one small POST. The only place outside `scraper` that speaks HTTP.

The monitor is the owner's own, so what holds for strangers' pages doesn't hold here: it may be on a private network, is asked without a
look at its robots.txt, and is reached as every other program on this machine would reach it (HTTPS_PROXY and NO_PROXY count).
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit, urlunsplit

import httpx

from scraper.redirects import without_credentials
from scraper.version import VERSION

TIMEOUT_S = 10.0  # for one try, from name to answer
PAUSE_S = 2.0  # before another one
MAX_BODY_BYTES = 10_000  # what a monitor shows of a ping is short


def ping_url(url: str, suffix: str) -> str:
    """The monitor's address for "start", "fail" or ("") success: a further part of the path; a query stays where it is."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{suffix}")) if suffix else url


async def ping(url: str, text: str, *, tries: int) -> str | None:
    """Sends `text` to the monitor. None when it took it; else in words why it didn't. Never raises for what the network does."""
    body = text.encode()[:MAX_BODY_BYTES].decode(errors="ignore").encode()
    trouble = ""
    for number in range(tries):
        if number:
            await asyncio.sleep(PAUSE_S)
        try:
            async with asyncio.timeout(TIMEOUT_S), httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=True) as client:
                answer = await client.post(
                    url,
                    content=body,
                    headers={"User-Agent": f"Standfirst/{VERSION}", "Content-Type": "text/plain; charset=utf-8"},
                )
        except TimeoutError:
            trouble = f"no answer within {TIMEOUT_S:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as exc:
            trouble = str(exc) or type(exc).__name__
        else:
            if answer.is_success:
                return None
            trouble = f"it answered {answer.status_code}"
            if answer.status_code < 500 and answer.status_code != 429:
                break  # asking again won't change its mind
    return f"{without_credentials(url)}: the monitor could not be told: {trouble}"
