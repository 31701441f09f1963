"""Which addresses are public, however they are written."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Sequence

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.addresses import parse_address, why_refused
from scraper.connect import AddressRefusedError, CheckedBackend, Connector, SystemResolver, families_in_turn, first_to_answer


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.7",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:a9fe:a9fe",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:c0a8:101::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_that_are_not_public_are_refused_with_a_reason(address: str) -> None:
    parsed = parse_address(address)
    assert parsed is not None
    assert why_refused(parsed)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.216.34",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.167.255.255",
        "198.17.255.255",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_public_addresses_are_not(address: str) -> None:
    parsed = parse_address(address)
    assert parsed is not None
    assert why_refused(parsed) is None


@given(address=st.ip_addresses())
def test_what_python_calls_private_is_never_let_through(address: object) -> None:
    parsed = parse_address(str(address))
    assert parsed is not None
    if parsed.is_private or parsed.is_loopback or parsed.is_link_local or parsed.is_multicast or parsed.is_reserved:
        embedded = parsed.version == 6 and str(parsed).startswith(("::ffff:", "64:ff9b::", "::", "2002:"))
        assert embedded or why_refused(parsed)


def test_names_are_no_addresses() -> None:
    assert parse_address("localhost") is None
    assert parse_address("127.1") is None  # the resolver makes 127.0.0.1 of it, and that is judged
    assert parse_address("") is None


def connect(
    host: str,
    answers: Sequence[list[str]] = (),
    *,
    allow_private: bool = False,
    connect_to: dict[str, tuple[str, int]] | None = None,
) -> tuple[str, int, list[str]]:
    """Try to connect through the backend; gives what was connected to, and the names that were resolved."""
    resolved: list[str] = []
    connected: list[tuple[str, int]] = []
    left = list(answers)

    system = SystemResolver()

    async def resolver(name: str, port: int) -> list[str]:
        resolved.append(name)
        return left.pop(0) if left else await system(name, port)

    class Plain(httpcore.AnyIOBackend):
        async def connect_tcp(self, host: str, port: int, *args: object, **kwargs: object) -> httpcore.AsyncNetworkStream:
            connected.append((host, port))
            if host.startswith("198."):
                raise httpcore.ConnectError("no route")
            return httpcore.AsyncNetworkStream()

    backend = CheckedBackend(Connector(allow_private=allow_private, connect_to=connect_to or {}, resolver=resolver))
    backend._plain = Plain()
    try:
        asyncio.run(backend.connect_tcp(host, 80, timeout=5))
    finally:
        system.close()
    return (*connected[-1], resolved)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "0",
        "0.0.0.0",
        "localhost",
        "::1",
        "[::1]",
        "::ffff:127.0.0.1",
        "[::ffff:7f00:1]",
        "0xA9FEA9FE",
        "2852039166",
        "0251.0376.0251.0376",
        "169.254.43518",
    ],
)
def test_no_spelling_of_a_private_address_is_connected_to(host: str) -> None:
    with pytest.raises(AddressRefusedError):
        connect(host)


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["10.0.0.5", "192.168.0.1"], ["::1"], ["::ffff:10.0.0.1"], ["64:ff9b::7f00:1"]]
)
def test_a_name_that_resolves_to_private_addresses_only_is_refused(answer: list[str]) -> None:
    with pytest.raises(AddressRefusedError):
        connect("inside.example", [answer])


def test_the_address_that_was_judged_is_the_one_connected_to() -> None:
    rebinding = [["93.184.216.34"], ["127.0.0.1"]]
    assert connect("rebinding.example", rebinding) == ("93.184.216.34", 80, ["rebinding.example"])


def test_private_addresses_among_public_ones_are_left_out() -> None:
    assert connect("mixed.example", [["127.0.0.1", "93.184.216.34"]])[:2] == ("93.184.216.34", 80)


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    assert connect("two.example", [["198.41.0.4", "93.184.216.34"]])[:2] == ("93.184.216.34", 80)


@pytest.mark.parametrize(
    ("addresses", "in_turn"),
    [
        (["2001:db8::1", "2001:db8::2", "192.0.2.1"], ["2001:db8::1", "192.0.2.1", "2001:db8::2"]),
        (["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"], ["192.0.2.1", "2001:db8::1", "192.0.2.2", "2001:db8::2"]),
        (["192.0.2.1", "192.0.2.2"], ["192.0.2.1", "192.0.2.2"]),
        (["192.0.2.1", "2001:db8::1", "2001:db8::2", "2001:db8::3"], ["192.0.2.1", "2001:db8::1", "2001:db8::2", "2001:db8::3"]),
        (["2001:db8::1"], ["2001:db8::1"]),
    ],
)
def test_families_take_turns_in_the_resolvers_order(addresses: list[str], in_turn: list[str]) -> None:
    assert families_in_turn(addresses) == in_turn


NO_ANSWER, REFUSED = "no answer", "refused"


@pytest.mark.parametrize(
    ("hosts", "taken"),
    [
        pytest.param({"a": 0.0, "b": 0.0}, "a", id="the first answers"),
        pytest.param({"a": REFUSED, "b": 0.0}, "b", id="the first refuses"),
        pytest.param({"a": NO_ANSWER, "b": 0.0}, "b", id="the first is dead"),
        pytest.param({"a": NO_ANSWER, "b": REFUSED, "c": NO_ANSWER, "d": 0.0}, "d", id="all but the last are dead"),
        pytest.param({"a": 0.35, "b": NO_ANSWER}, "a", id="the first is slow, the second dead"),
        pytest.param({"a": 60.0, "b": 0.0}, "b", id="the first is slower than its head start and the second"),
        pytest.param({"a": REFUSED}, None, id="the only one refuses"),
        pytest.param({"a": REFUSED, "b": REFUSED}, None, id="all refuse"),
        pytest.param({"a": 0.6, "b": REFUSED}, "a", id="the second refuses while the first is awaited"),
    ],
)
def test_the_first_address_that_answers_is_taken_and_all_others_are_let_go(hosts: dict[str, object], taken: str | None) -> None:
    """RFC 8305: each has a head start on the next, a refusal ends it, and nothing stays open but what was taken."""
    opened: list[str] = []
    closed: list[str] = []
    given_up: list[str] = []

    async def connect(address: str) -> str:
        after = hosts[address]
        try:
            if after == REFUSED:
                raise ConnectionRefusedError(address)
            await asyncio.sleep(after if isinstance(after, float) else 3600)
        except asyncio.CancelledError:
            given_up.append(address)
            raise
        opened.append(address)
        return address

    async def close(address: str) -> None:
        closed.append(address)

    async def race() -> str | None:
        try:
            return await first_to_answer(list(hosts), connect, close)
        except ConnectionRefusedError:
            return None

    assert asyncio.run(race()) == taken
    assert set(opened) - set(closed) == ({taken} if taken else set())
    assert taken not in given_up


def test_a_connection_that_comes_about_beside_the_winner_is_closed() -> None:
    closed: list[str] = []

    async def close(address: str) -> None:
        closed.append(address)

    async def race() -> str:
        both_began = asyncio.Event()

        async def connect(address: str) -> str:
            if address == "b":
                both_began.set()
            await both_began.wait()
            with contextlib.suppress(asyncio.CancelledError):  # "b" was just being answered
                await asyncio.sleep(0 if address == "a" else 3600)
            return address

        return await first_to_answer(["a", "b"], connect, close)

    assert asyncio.run(race()) == "a"
    assert closed == ["b"]


def test_a_host_with_a_dead_ipv6_address_is_reached_over_ipv4(free_port: int) -> None:
    """On real sockets: ::1 refuses, or the machine has no IPv6 at all; 127.0.0.1 answers; each way of connecting gets there."""

    async def resolver(name: str, port: int) -> list[str]:
        return ["::1", "127.0.0.1"]

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    async def scenario() -> list[bytes]:
        server = await asyncio.start_server(greet, "127.0.0.1", free_port)
        connector = Connector(allow_private=True, connect_to={}, resolver=resolver)
        reader, writer = await connector.open("two.example", free_port, ssl_context=None)
        greetings = [await reader.read()]
        writer.close()
        stream = await CheckedBackend(connector).connect_tcp("two.example", free_port, timeout=5)
        greetings.append(await stream.read(100))
        await stream.aclose()
        server.close()
        return greetings

    assert asyncio.run(scenario()) == [b"hello", b"hello"]


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(AddressRefusedError):
        connect("none.example", [[]])


def test_private_addresses_can_be_allowed() -> None:
    assert connect("inside.example", [["10.0.0.5"]], allow_private=True)[0] == "10.0.0.5"


def test_a_host_can_be_sent_elsewhere_without_being_resolved_or_judged() -> None:
    assert connect("city.example", connect_to={"city.example": ("127.0.0.1", 8080)}) == ("127.0.0.1", 8080, [])


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "bad..example", "\ud800.example"])
def test_names_that_dns_cannot_hold_are_a_failed_connection(host: str) -> None:
    with pytest.raises(httpcore.ConnectError):
        connect(host)


def test_names_below_localhost_are_the_machine_itself_whatever_name_servers_say() -> None:
    """RFC 6761, 6.3: as in a browser, so that the made-up outlets' links can be copied from it."""
    system = SystemResolver()
    assert asyncio.run(system("paper.example.LocalHost.", 80)) == ["127.0.0.1", "::1"]
    system.close()
