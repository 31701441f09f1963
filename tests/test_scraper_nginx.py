"""Against a real server: nginx with compression, validators, TLS and HTTP/2, as most news sites are served. Skipped where it is not installed."""

from __future__ import annotations

import asyncio
import hashlib
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from scraper.fetch import Fetcher, FetchSettings
from scraper.pages import FetchRequest, FetchResult, Outcome

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so")
CERTIFICATES = Path(__file__).parent / "certificates"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed")]

CONFIG = """
{modules}
daemon off; worker_processes 1; pid {root}/pid; error_log {root}/error.log;
events {{ worker_connections 256; }}
http {{
  default_type text/html; charset utf-8; port_in_redirect off;
  log_format ours '$server_protocol $request_uri $status $connection $connection_requests $sent_http_content_encoding';
  access_log {root}/access.log ours;
  client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
  gzip on; gzip_min_length 100; gzip_types text/html; etag on;
  limit_req_zone $binary_remote_addr zone=slow:1m rate=30r/m;
  server {{
    listen 127.0.0.1:{http}; root {root}/www;
    location /plain/ {{ gzip off; alias {root}/www/; }}
    location /br/ {{ gzip off; {brotli} alias {root}/www/; }}
    location /limited/ {{ limit_req zone=slow; limit_req_status 429; alias {root}/www/; }}
    location /moved {{ return 301 /page.html; }}
    location /private/ {{ deny all; }}
  }}
  server {{
    listen 127.0.0.1:{https} ssl http2; root {root}/www; server_name tls-fine.example;
    ssl_certificate {certificate}; ssl_certificate_key {certificate};
  }}
}}
"""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    root = tmp_path_factory.mktemp("nginx")
    for folder in [root, *root.parents][:4]:  # started by root, nginx reads as another user
        folder.chmod(folder.stat().st_mode | 0o055)
    (root / "www").mkdir(mode=0o755)
    rng = random.Random(1)
    words = " ".join(rng.choice(["bridge", "council", "harbour", "Grüße", "投票"]) for _ in range(20_000))
    page = f"<!doctype html><meta charset=utf-8><title>News</title><p>{words}</p>".encode()
    (root / "www/page.html").write_bytes(page)
    (root / "www/robots.txt").write_text("User-agent: *\nDisallow: /private\n")
    ports = []
    for _ in range(2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    has_brotli = BROTLI.exists()
    (root / "nginx.conf").write_text(
        CONFIG.format(
            root=root,
            http=ports[0],
            https=ports[1],
            certificate=CERTIFICATES / "self-signed.pem",
            modules=f"load_module {BROTLI};" if has_brotli else "",
            brotli="brotli on; brotli_types text/html;" if has_brotli else "",
        )
    )
    process = subprocess.Popen([NGINX, "-c", root / "nginx.conf", "-e", root / "error.log"], stderr=subprocess.PIPE)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", ports[1])) == 0:
                break
        time.sleep(0.05)
    yield SimpleNamespace(http=ports[0], https=ports[1], page=page, root=root, has_brotli=has_brotli)
    process.terminate()
    process.communicate()


def fetch(nginx: SimpleNamespace, *requests: FetchRequest, **settings: object) -> list[FetchResult]:
    """Fetch one after another; `city.example` is nginx without TLS, `tls-fine.example` with it."""
    hosts = {"city.example": ("127.0.0.1", nginx.http), "tls-fine.example": ("127.0.0.1", nginx.https)}
    ca_file = str(CERTIFICATES / "self-signed.pem")

    async def scenario() -> list[FetchResult]:
        async with Fetcher(FetchSettings(connect_to=hosts, ca_file=ca_file, delay_s=0, **settings)) as fetcher:  # type: ignore[arg-type]
            return [await fetcher.fetch(request) for request in requests]

    return asyncio.run(scenario())


def log(nginx: SimpleNamespace) -> list[str]:
    time.sleep(0.1)  # nginx writes its log after the answer
    return (nginx.root / "access.log").read_text().splitlines()


@pytest.mark.parametrize(("path", "coding"), [("/page.html", "gzip"), ("/plain/page.html", None), ("/br/page.html", "br")])
def test_a_page_comes_back_byte_for_byte_in_every_coding(nginx: SimpleNamespace, path: str, coding: str | None) -> None:
    if coding == "br" and not nginx.has_brotli:
        pytest.skip("nginx has no brotli module")
    (result,) = fetch(nginx, FetchRequest(url=f"http://city.example{path}"))
    assert result.page is not None
    assert result.page.header("content-encoding") == coding
    assert hashlib.sha256(result.page.body).hexdigest() == hashlib.sha256(nginx.page).hexdigest()


@pytest.mark.parametrize("names", [("etag",), ("last_modified",), ("etag", "last_modified")])
def test_validators_bring_a_304(nginx: SimpleNamespace, names: tuple[str, ...]) -> None:
    url = "http://city.example/page.html"
    (first,) = fetch(nginx, FetchRequest(url=url))
    assert first.page is not None
    received = {"etag": first.page.header("etag"), "last_modified": first.page.header("last-modified")}
    (second,) = fetch(nginx, FetchRequest(url=url, **{name: received[name] for name in names}))  # type: ignore[arg-type]
    assert second.outcome is Outcome.NOT_MODIFIED
    assert second.page is not None
    assert second.page.body == b""


def test_one_connection_serves_robots_txt_and_all_pages(nginx: SimpleNamespace) -> None:
    before = len(log(nginx))
    results = fetch(nginx, *(FetchRequest(url=f"http://city.example/page.html?{n}") for n in range(5)))
    assert [result.outcome for result in results] == [Outcome.OK] * 5
    lines = [line.split() for line in log(nginx)[before:]]
    assert [line[1] for line in lines] == ["/robots.txt", "/.well-known/tdmrep.json", *(f"/page.html?{n}" for n in range(5))]
    assert {line[3] for line in lines} == {lines[0][3]}


@pytest.mark.parametrize(("http2", "protocol"), [(False, "HTTP/1.1"), (True, "HTTP/2.0")])
def test_tls_with_a_made_authority_in_both_versions_of_http(nginx: SimpleNamespace, http2: bool, protocol: str) -> None:
    if http2:
        pytest.importorskip("h2")
    (result,) = fetch(nginx, FetchRequest(url="https://tls-fine.example/page.html"), http2=http2)
    assert result.outcome is Outcome.OK, result.detail
    assert result.page is not None
    assert result.page.body == nginx.page
    assert log(nginx)[-1].startswith(f"{protocol} /page.html 200")


def test_robots_redirects_refusals_and_limits(nginx: SimpleNamespace) -> None:
    private, moved, missing = fetch(
        nginx,
        FetchRequest(url="http://city.example/private/x"),
        FetchRequest(url="http://city.example/moved"),
        FetchRequest(url="http://city.example/nothing"),
    )
    assert private.outcome is Outcome.ROBOTS_DISALLOWED
    assert (moved.outcome, moved.page and moved.page.final_url) == (Outcome.OK, "http://city.example/page.html")
    assert (missing.outcome, missing.page and missing.page.status) == (Outcome.HTTP_ERROR, 404)
    first, second = fetch(nginx, *[FetchRequest(url="http://city.example/limited/page.html")] * 2, retries=0, patience_s=1)
    assert first.outcome is Outcome.OK
    assert (second.outcome, second.page and second.page.status) == (Outcome.BLOCKED, 429)
