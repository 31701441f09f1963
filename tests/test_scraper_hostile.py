"""Every way a server can misbehave, all at once on the wire: each ends in its named outcome, in time, in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage import open_reader

HERE = Path(__file__).parent
DEADLINE_S = 4.0 + 2.0 + 8.0  # total, and idle for robots.txt or the TDM file before it, and room for a busy machine

# name -> (outcome, words in the detail)
ENDS = {
    "never-answers": ("timed_out", "nothing came for 2 s"),
    "drips-its-body": ("timed_out", "not done after 4 s"),
    "drips-its-headers": ("timed_out", "not done after 4 s"),
    "drips-its-status-line": ("timed_out", "not done after 4 s"),
    "stops-in-mid-body": ("timed_out", "nothing came"),
    "continues-for-ever": ("bad_response", "interim answers"),
    "endless-body": ("too_large", "5,242,880"),
    "endless-chunks": ("too_large", "5,242,880"),
    "endless-headers": ("bad_response", "not HTTP"),
    "endless-error-page": ("blocked", "403"),
    "endless-redirect-body": ("ok", ""),
    "two-gigabytes": ("too_large", "announces 2,147,483,648"),
    "one-mb-header": ("bad_response", "not HTTP"),
    "ten-thousand-headers": ("bad_response", "not HTTP"),
    "gzip-bomb": ("too_large", "5,242,880"),
    "deflate-bomb": ("too_large", "5,242,880"),
    "brotli-bomb": ("too_large", "5,242,880"),
    "zstd-bomb": ("too_large", "5,242,880"),
    "bomb-in-a-bomb": ("too_large", "5,242,880"),
    "bomb-as-error": ("http_error", "500"),
    "hundred-codings": ("bad_response", "100 layers"),
    "body-too-short": ("bad_response", "before the end"),
    "body-too-long": ("ok", ""),
    "negative-length": ("bad_response", "Content-Length"),
    "two-lengths": ("bad_response", "Content-Length"),
    "length-is-a-word": ("bad_response", "Content-Length"),
    "length-without-end": ("bad_response", "Content-Length"),
    "chunk-size-is-a-word": ("bad_response", "chunk"),
    "chunks-without-end": ("bad_response", "before the end"),
    "chunk-of-a-petabyte": ("bad_response", "before the end"),
    "plain-as-gzip": ("bad_response", "damaged"),
    "half-a-gzip": ("bad_response", "ends too early"),
    "unknown-coding": ("bad_response", "rot13"),
    "empty": ("bad_response", "empty body"),
    "part": ("bad_response", "206"),
    "reset-in-mid-body": ("bad_response", "broke"),
    "reset-at-once": ("bad_response", "broke"),
    "closes-without-a-word": ("bad_response", "closed"),
    "http-0-9": ("bad_response", ""),
    "bad-status-line": ("bad_response", "not HTTP"),
    "status-of-four-digits": ("bad_response", "not HTTP"),
    "another-protocol": ("bad_response", ""),
    "nul-in-a-header": ("bad_response", "not HTTP"),
    "header-without-colon": ("bad_response", "not HTTP"),
    "line-feeds-only": ("ok", ""),
    "latin-1-header": ("ok", ""),
    "http-1-0": ("ok", ""),
    "no-reason": ("ok", ""),
    "status-999": ("http_error", "999"),
    "redirects-to-itself": ("redirect_refused", "circle"),
    "redirects-without-end": ("redirect_refused", "circle"),
    "redirects-in-a-chain": ("redirect_refused", "more than 10 times"),
    "redirects-nowhere": ("redirect_refused", "where to"),
    "redirects-to-a-file": ("redirect_refused", "file:///etc/passwd"),
    "redirects-to-ftp": ("redirect_refused", "ftp://"),
    "redirects-to-script": ("redirect_refused", "javascript"),
    "redirects-with-password": ("redirect_refused", "user name or password"),
    "redirects-to-rubbish": ("redirect_refused", "no http or https URL"),
    "redirects-to-a-dead-name": ("unreachable", "does not exist"),
    **{f"redirects-inside-{number}": ("address_refused", "") for number in range(17)},
    "cookies": ("redirect_refused", "circle"),
    "wrong-charset": ("ok", ""),
    "nested-200000-deep": ("ok", ""),
    "not-modified-unasked": ("bad_response", "nothing was asked conditionally"),
    "consent-wall": ("wall", "consent"),
    "banner-over-a-page": ("ok", ""),
    "bot-check": ("blocked", "Cloudflare"),
    "bot-check-with-403": ("blocked", "cf-mitigated"),
    "bot-check-with-503": ("blocked", "Cloudflare"),
    "login": ("wall", "password"),
    "redirects-to-login": ("wall", "/login"),
    "paywall": ("wall", "Subscribe"),
    "soft-404": ("not_a_listing", "404 Not Found"),
    "parked": ("not_a_listing", "for sale"),
    "maintenance": ("not_a_listing", "maintenance"),
    "lying-etag": ("not_modified", ""),
    "not-modified-with-a-body": ("not_modified", ""),
    "film": ("not_html", "video/mp4"),
    "teapot": ("http_error", "418"),
    "unauthorised": ("blocked", "401"),
    "forbidden": ("blocked", "403"),
    "gone": ("http_error", "410"),
    "server-error": ("http_error", "500"),
    "reserved": ("opted_out", "tdm-reservation"),
    **{f"busy-{number}": ("http_error", "503") for number in range(10)},
    **{f"fine-{number}": ("ok", "") for number in range(10)},
    "robots-never-answer": ("timed_out", "robots.txt"),
    "robots-are-a-bomb": ("ok", ""),
    "robots-endless": ("ok", ""),
    "robots-fail": ("robots_unavailable", "500"),
    "robots-redirect-without-end": ("ok", ""),
    "robots-forbid": ("robots_disallowed", "Disallow: /"),
    "tdm-file-never-comes": ("ok", ""),
    "tdm-file-is-a-bomb": ("ok", ""),
    "tdm-file-nests": ("ok", ""),
    "tdm-file-reserves": ("opted_out", "tdmrep.json"),
    "tdm-file-reserves-but-not-this-page": ("ok", ""),
    "tls-self-signed": ("unreachable", "can't be trusted"),
    "tls-expired": ("unreachable", "can't be trusted"),
    "tls-trusted-but-expired": ("unreachable", "expired"),
    "tls-trusted-but-another-host": ("unreachable", "can't be trusted"),
    "tls-missing": ("unreachable", "TLS failed"),
    "tls-silent": ("timed_out", ""),
    "tls-fine": ("ok", ""),
    "refused": ("unreachable", "refused"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The hostile server, a process of its own; gives what it tells of itself: its ports and the names of its behaviours."""
    server = subprocess.Popen(
        [sys.executable, HERE / "hostile_server.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield server.stdout.readline()
    finally:
        server.stdin.close()
        server.wait(timeout=10)
        server.stdout.close()


def told_by(program: str, *arguments: str | Path) -> dict[str, Any]:
    """What a program beside this file prints. A process of its own, so that its memory can be told from ours."""
    ran = subprocess.run(
        [sys.executable, HERE / program, *arguments], capture_output=True, text=True, check=False, timeout=90, cwd=HERE.parent
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.fixture(scope="module")
def run(server: str) -> dict[str, Any]:
    """What one client made of all behaviours at once."""
    return told_by("hostile_client.py", server)


def test_the_table_is_complete(run: dict[str, Any]) -> None:
    assert set(run["results"]) == set(ENDS)
    assert len(ENDS) >= 100


@pytest.mark.parametrize("name", ENDS)
def test_it_ends_as_it_should_and_in_time(run: dict[str, Any], name: str) -> None:
    outcome, words = ENDS[name]
    result = run["results"][name]
    assert result["outcome"] == outcome, result["detail"]
    assert words in result["detail"]
    assert (result["detail"] == "") is (outcome in {"ok", "not_modified"})
    assert "secret" not in result["detail"]
    assert result["elapsed_s"] < DEADLINE_S


A_WEEK_S, BACK_OFF_S = 7 * 24 * 3600.0, 30.0


@pytest.mark.parametrize(
    ("number", "wait_s"),
    list(enumerate((5.0, A_WEEK_S, BACK_OFF_S, BACK_OFF_S, BACK_OFF_S, BACK_OFF_S, A_WEEK_S, 0.0, 120.0, BACK_OFF_S))),
)
def test_a_busy_host_is_left_alone_for_as_long_as_it_says_or_for_the_back_off(
    run: dict[str, Any], number: int, wait_s: float
) -> None:
    assert (run["results"][f"busy-{number}"]["retry_after_s"] or 0.0) == pytest.approx(wait_s, abs=1)


def test_nothing_inside_was_ever_asked(run: dict[str, Any]) -> None:
    assert run["log"]
    assert [entry for entry in run["log"] if entry["path"] == "/secret"] == []


def test_no_page_is_larger_than_the_cap(run: dict[str, Any]) -> None:
    assert max(result["bytes"] or 0 for result in run["results"].values()) == 1_000_000  # the deeply nested one, whole


def test_all_of_it_fits_in_150_mb(run: dict[str, Any]) -> None:
    assert run["max_rss_kib"] < 150 * 1024


# Asked from beyond: what has its name from the certificate authority that is trusted can't be a part of one run, nor can a closed port.
ONLY_FETCHED = {"tls-fine", "tls-trusted-but-expired", "tls-trusted-but-another-host", "refused"}
AS_A_PAGE = {"nested-200000-deep": "too_deep", "lying-etag": "nothing_found", "not-modified-with-a-body": "bad_response"}
LISTINGS = {"banner-over-a-page", *(f"fine-{number}" for number in range(10))}


@pytest.mark.slow
def test_one_run_over_all_of_them_and_ten_well_behaved_sources(server: str, tmp_path: Path) -> None:
    """The whole way: planned, fetched, read for cards, recorded; in one process, in 150 MB, and nobody in the way of the ten."""
    told = told_by("hostile_run.py", server, tmp_path)
    looks = told["looks"]
    expected = {}
    for name in set(ENDS) - ONLY_FETCHED:
        outcome = AS_A_PAGE.get(name, ENDS[name][0])
        expected[name] = "nothing_found" if outcome == "ok" and name not in LISTINGS else outcome
    assert {name: look["outcome"] for name, look in looks.items()} == expected
    assert [looks[f"fine-{number}"]["cards"] for number in range(10)] == [30] * 10
    assert max(look["elapsed_s"] for look in looks.values()) < 8.0 + 12.0 + 10.0  # robots.txt, the page, and room
    assert [entry for entry in told["log"] if entry["path"] == "/secret"] == []
    assert told["max_rss_kib"] < 150 * 1024
    with open_reader(tmp_path / "archive.db") as archive:
        assert {row["source"]: row["outcome"] for row in archive.sql("SELECT source, outcome FROM look")} == expected
