"""The demo's web server, over real sockets: what a crawler meets there, and that stopping leaves nothing behind."""

from __future__ import annotations

import gzip
import http.client
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from standfirst.demo_outlets.answers import answer
from standfirst.demo_server import NIGHTS, DemoServer, main

CITIES = "cities.example"
COURIER = "courier.example"
KILOWATT = "kilowatt.example"
MINATONO = "minatono.example"
AUENTAL = "auental.example"


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer() as running:
        yield running


def ask(
    server: DemoServer, host: str, path: str, method: str = "GET", **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of one request to one outlet."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, path, headers=sent)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_each_outlet_answers_under_its_own_host_name(server: DemoServer) -> None:
    assert set(server.hosts) == {CITIES, COURIER, KILOWATT, MINATONO, AUENTAL}
    assert server.listing_urls["cities"] == "http://cities.example/latest/"
    for slug, url in server.listing_urls.items():
        host, _, path = url.removeprefix("http://").partition("/")
        status, headers, body = ask(server, host, f"/{path}")
        assert status == 200
        assert headers["Content-Type"].startswith("text/html")
        assert body == answer(slug, 0, f"/{path}", f"http://{host}").body


def test_unknown_names_are_misdirected(server: DemoServer) -> None:
    status, _, body = ask(server, "news.example", "/")
    assert status == 421
    assert b"news.example" in body


def test_a_browser_gets_to_the_outlets_under_localhost(server: DemoServer) -> None:
    _, _, index = ask(server, f"localhost:{server.port}", "/")
    assert f'href="http://cities.example.localhost:{server.port}/latest/"'.encode() in index
    status, _, body = ask(server, f"cities.example.localhost:{server.port}", "/latest/")
    assert status == 200
    assert f'href="http://cities.example.localhost:{server.port}/latest/page/2/"'.encode() in body
    assert b"http://cities.example/" not in body


def test_it_can_be_used_as_a_proxy(server: DemoServer) -> None:
    status, _, body = ask(server, "ignored.example", "http://cities.example/latest/")
    assert status == 200
    assert b"Association of Liveable Cities" in body


@pytest.mark.parametrize(
    ("host", "path", "status", "location"),
    [
        pytest.param(CITIES, "/", 302, "http://cities.example/latest/", id="home to the list"),
        pytest.param(CITIES, "/latest", 301, "http://cities.example/latest/", id="slash added"),
        pytest.param(CITIES, "/latest/page/1/", 301, "http://cities.example/latest/", id="first page by number"),
        pytest.param(CITIES, "/latest/page/2/", 200, None, id="second page"),
        pytest.param(CITIES, "/latest/page/3/", 200, None, id="third page"),
        pytest.param(CITIES, "/latest/page/4/", 404, None, id="page after the last"),
        pytest.param(CITIES, "/latest/?type=news", 200, None, id="query"),
        pytest.param(CITIES, "/news/nothing/", 404, None, id="unknown article"),
        pytest.param(CITIES, "/../outlet.toml", 404, None, id="out of the folder"),
        pytest.param(CITIES, "/%2e%2e/outlet.toml", 404, None, id="out of the folder, encoded"),
        pytest.param(MINATONO, "/robots.txt", 404, None, id="no robots.txt"),
    ],
)
def test_paths(server: DemoServer, host: str, path: str, status: int, location: str | None) -> None:
    got, headers, body = ask(server, host, path)
    assert (got, headers["Location"]) == (status, location)
    assert (not body) == (location is not None)


@pytest.mark.parametrize("host", [CITIES, COURIER, KILOWATT, AUENTAL])
def test_robots_txt_is_plain_text(server: DemoServer, host: str) -> None:
    status, headers, body = ask(server, host, "/robots.txt")
    assert status == 200
    assert headers["Content-Type"] == "text/plain"
    assert body.lower().startswith((b"user-agent", b"#"))


def test_pictures_are_drawings_under_the_name_that_the_page_gives(server: DemoServer) -> None:
    status, headers, body = ask(server, CITIES, "/wp-content/uploads/2024/05/cool-roofs-768x512.jpg")
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    assert body.startswith(b"<svg")


def test_gzip_only_for_those_who_ask(server: DemoServer) -> None:
    _, plain, body = ask(server, CITIES, "/latest/")
    _, packed, squeezed = ask(server, CITIES, "/latest/", Accept_Encoding="br, gzip;q=0.8")
    _, refused, _ = ask(server, CITIES, "/latest/", Accept_Encoding="gzip;q=0")
    assert plain["Content-Encoding"] is refused["Content-Encoding"] is None
    assert packed["Content-Encoding"] == "gzip"
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert gzip.decompress(squeezed) == body
    assert len(squeezed) < len(body) / 3


def test_head_tells_the_length_and_sends_nothing(server: DemoServer) -> None:
    _, _, body = ask(server, AUENTAL, "/presse/index.htm")
    status, headers, nothing = ask(server, AUENTAL, "/presse/index.htm", method="HEAD")
    assert (status, nothing) == (200, b"")
    assert int(headers["Content-Length"]) == len(body)


def test_the_old_outlets_keep_their_charset_to_the_page(server: DemoServer) -> None:
    assert ask(server, AUENTAL, "/presse/index.htm")[1]["Content-Type"] == "text/html"
    assert ask(server, MINATONO, "/kouhou/kisha/index.html")[1]["Content-Type"] == "text/html"


@pytest.mark.parametrize(
    ("host", "path", "encoding"),
    [
        pytest.param(CITIES, "/latest/", "identity", id="weak"),
        pytest.param(CITIES, "/latest/", "gzip", id="weak, gzip"),
        pytest.param(KILOWATT, "/stories", "identity", id="strong"),
        pytest.param(KILOWATT, "/stories", "gzip", id="strong, gzip"),
        pytest.param(MINATONO, "/kouhou/kisha/index.html", "gzip", id="static"),
    ],
)
def test_an_etag_sent_back_brings_304(server: DemoServer, host: str, path: str, encoding: str) -> None:
    _, first, _ = ask(server, host, path, Accept_Encoding=encoding)
    status, again, body = ask(server, host, path, Accept_Encoding=encoding, If_None_Match=f'"other", {first["ETag"]}')
    assert (status, body) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Content-Type"] is None


def test_strong_etags_tell_codings_apart(server: DemoServer) -> None:
    _, plain, _ = ask(server, KILOWATT, "/stories")
    status, packed, _ = ask(server, KILOWATT, "/stories", Accept_Encoding="gzip", If_None_Match=plain["ETag"])
    assert status == 200
    assert packed["ETag"] != plain["ETag"]


def test_the_next_night_has_another_etag(server: DemoServer) -> None:
    _, first, _ = ask(server, CITIES, "/latest/")
    server.night = 1
    status, second, _ = ask(server, CITIES, "/latest/", If_None_Match=first["ETag"])
    assert status == 200
    assert second["ETag"] != first["ETag"]


@pytest.mark.parametrize(
    ("if_modified_since", "status"),
    [
        pytest.param("Fri, 24 May 2024 17:00:00 GMT", 304, id="as sent"),
        pytest.param("Sun, 26 May 2024 02:00:00 GMT", 304, id="later"),
        pytest.param("Fri, 24 May 2024 16:59:59 GMT", 200, id="earlier"),
        pytest.param("last Friday", 200, id="no date"),
    ],
)
def test_a_page_untouched_since_friday_says_so_on_sunday(server: DemoServer, if_modified_since: str, status: int) -> None:
    server.night = 5
    got, headers, _ = ask(server, AUENTAL, "/presse/index.htm", If_Modified_Since=if_modified_since)
    assert got == status
    assert headers["Last-Modified"] == "Fri, 24 May 2024 17:00:00 GMT"


def test_if_none_match_goes_before_if_modified_since(server: DemoServer) -> None:
    path = "/kouhou/kisha/index.html"
    status, _, _ = ask(server, MINATONO, path, If_None_Match='"other"', If_Modified_Since="Sun, 26 May 2030 02:00:00 GMT")
    assert status == 200


def test_the_courier_has_no_validators(server: DemoServer) -> None:
    _, headers, _ = ask(server, COURIER, "/")
    assert headers["ETag"] is headers["Last-Modified"] is None


def test_on_its_bad_night_the_courier_has_only_its_robots_txt(server: DemoServer) -> None:
    server.night = 3
    status, headers, _ = ask(server, COURIER, "/")
    assert (status, headers["Retry-After"]) == (503, "3600")
    assert ask(server, COURIER, "/robots.txt")[0] == 200
    assert ask(server, CITIES, "/latest/")[0] == 200


def test_the_date_header_is_of_the_night(server: DemoServer) -> None:
    server.night = 7
    assert ask(server, CITIES, "/latest/")[1]["Date"] == "Tue, 28 May 2024 02:00:00 GMT"


def test_every_request_is_logged_with_its_time_and_headers(server: DemoServer) -> None:
    ask(server, CITIES, "/robots.txt", User_Agent="standfirst/0.1")
    ask(server, f"courier.example.localhost:{server.port}", "/?page=1")
    first, second = server.requests
    assert (first.host, first.path, first.status, first.header("User-Agent")) == (CITIES, "/robots.txt", 200, "standfirst/0.1")
    assert (second.host, second.path, second.status, second.header("user-agent")) == (COURIER, "/?page=1", 200, None)
    assert first.at <= second.at


def test_many_visitors_at_once_get_whole_pages(server: DemoServer) -> None:
    _, _, expected = ask(server, KILOWATT, "/stories")
    bodies: list[bytes] = []
    visitors = [threading.Thread(target=lambda: bodies.append(ask(server, KILOWATT, "/stories")[2])) for _ in range(20)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert bodies == [expected] * 20
    assert len(server.requests) == 21


def test_one_connection_serves_many_requests(server: DemoServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    ends = set()
    for path in ("/latest/", "/robots.txt", "/nothing", "/latest/page/2/"):
        connection.request("GET", path, headers={"Host": CITIES})
        connection.getresponse().read()
        ends.add(connection.sock.getsockname())
    connection.close()
    assert len(ends) == 1


def test_stopping_hangs_up_on_visitors_in_the_middle_of_a_request_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with DemoServer() as server:
        visitor = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        visitor.request("GET", "/latest/", headers={"Host": CITIES})
        visitor.getresponse().read()
        visitor.sock.sendall(b"GET /latest/ HTTP/1.1\r\nHost: cit")
    assert set(threading.enumerate()) == before
    while visitor.sock.recv(4096):  # up to the end of the connection, or it times out
        pass
    visitor.close()


@pytest.mark.parametrize("night", [-1, len(NIGHTS)])
def test_there_are_no_other_nights(server: DemoServer, night: int) -> None:
    with pytest.raises(ValueError, match="nights 0 to 7"):
        server.night = night
    with pytest.raises(ValueError, match="nights 0 to 7"):
        DemoServer(night)


def test_nights_follow_each_other_at_two_in_the_morning() -> None:
    assert [night.number for night in NIGHTS] == list(range(8))
    assert [night.at.isoformat() for night in NIGHTS] == [f"2024-05-{day}T02:00:00+00:00" for day in range(21, 29)]


def test_a_taken_port_is_said_and_is_no_traceback(server: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", str(server.port)]) == 1
    assert f"port {server.port} can't be had" in capsys.readouterr().err


def test_by_hand_it_serves_the_night_asked_for() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "standfirst.demo_server", "--night", "3", "--port", "0"], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline().startswith("Night 3, 2024-05-24")
            port = int(process.stderr.readline().split(":")[2].split("/")[0])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/", headers={"Host": COURIER})
            assert connection.getresponse().status == 503
            connection.close()
        finally:
            process.terminate()
