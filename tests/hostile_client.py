"""Fetches from every behaviour of the hostile server at once, beside ten well-behaved sources, and prints what became of each.

Run as a program: `python hostile_client.py '{"ports": ..., "names": ...}'`. One line of JSON: the results, the server's log, and how much
memory this process took at most.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from schedules.judge import judge_look
from scraper.cards import Listing, Verdict
from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import FetchRequest, FetchResult, Outcome

CERTIFICATES = Path(__file__).parent / "certificates"
CONNECT_S, IDLE_S, TOTAL_S = 3.0, 2.0, 4.0
CONDITIONAL = frozenset({"lying-etag", "not-modified-with-a-body"})
MAX_BYTES = 5 * 1024 * 1024


async def changing_resolver(host: str, port: int) -> list[str]:
    """Names that lead inside, as a rebinding name server would have them; all others, numbers in odd spellings too, as the system reads them."""
    if host == "inside.example":
        return ["10.0.0.5", "127.0.0.1"]
    if host == "rebinding.example":
        return ["127.0.0.1"]
    found = await asyncio.get_running_loop().getaddrinfo(host, port)
    return [str(entry[4][0]) for entry in found]


def judged(result: FetchResult) -> tuple[Outcome, str]:
    """The outcome that the archive would get for a page on which no cards are found; "ok" for what seems to be an ordinary one."""
    judgement = judge_look(
        result, unchanged=False, extract=lambda page: Listing(cards=(), verdict=Verdict.NOTHING_FOUND, reason="no cards")
    )
    return (Outcome.OK, "") if judgement.outcome is Outcome.NOTHING_FOUND else (judgement.outcome, judgement.detail)


def peak_memory_kib() -> int:
    """The most memory that this program held. `ru_maxrss` won't do: a process inherits that of the one which started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


async def main(told: dict[str, dict[str, int]]) -> dict[str, object]:
    ports, names = told["ports"], told["names"]
    settings = FetchSettings(
        delay_s=0,
        retries=0,
        connect_timeout_s=CONNECT_S,
        idle_timeout_s=IDLE_S,
        total_timeout_s=TOTAL_S,
        max_bytes=MAX_BYTES,
        connect_to={f"{name}.example": ("127.0.0.1", ports["http"]) for name in [*names, "log"]}
        | {f"{name}.example": ("127.0.0.1", port) for name, port in ports.items()}
        | {"tls-fine.example": ("127.0.0.1", ports["tls-self-signed"]), "refused.example": ("127.0.0.1", 1)},
    )
    urls = {name: f"http://{name}.example/" for name in names}
    urls |= {name: f"https://{name}.example/" for name in ports if name != "http"}
    urls["refused"] = "http://refused.example/"
    async with Fetcher(settings, resolver=changing_resolver) as fetcher:
        results = await asyncio.gather(
            *(fetcher.fetch(FetchRequest(url=url, etag='"same"' if name in CONDITIONAL else None)) for name, url in urls.items())
        )
        log = await fetcher.fetch(FetchRequest(url="http://log.example/log"))
    for name, certificate, host in (
        ("tls-fine", "self-signed.pem", "tls-fine"),
        ("tls-trusted-but-expired", "expired.pem", "tls-expired"),
        ("tls-trusted-but-another-host", "self-signed.pem", "tls-expired"),
    ):
        trusting = replace(settings, ca_file=str(CERTIFICATES / certificate))
        if name.endswith("another-host"):
            trusting = replace(trusting, connect_to={"tls-expired.example": settings.connect_to["tls-fine.example"]})
        async with Fetcher(trusting) as fetcher:
            urls[name] = f"https://{host}.example/"
            results.append(await fetcher.fetch(FetchRequest(url=urls[name])))
    assert log.page is not None
    return {
        "results": {
            name: {
                "outcome": judged(result)[0],
                "detail": judged(result)[1],
                "elapsed_s": result.elapsed_s,
                "bytes": len(result.page.body) if result.page else None,
                "retry_after_s": result.retry_after_s,
                "attempts": result.attempts,
            }
            for name, result in zip(urls, results, strict=True)
        },
        "log": json.loads(log.page.body),
        "max_rss_kib": peak_memory_kib(),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
