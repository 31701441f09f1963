"""What a tdmrep.json says about a URL: rules of the TDM Reservation Protocol, 4.2."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.tdm_file import TdmFiles, parse_tdm_file

NOW = datetime(2024, 5, 24, tzinfo=UTC)
THREE_GROUPS = """[
  {"location": "/directory-a/", "tdm-reservation": 1},
  {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": "https://provider.example/policies/policy.json"},
  {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0}
]"""


def rule(location: object, reservation: object = 1) -> str:
    return json.dumps([{"location": location, "tdm-reservation": reservation}])


@pytest.mark.parametrize(
    ("file", "path", "reserved"),
    [
        (rule("/"), "/", True),
        (rule("/"), "/news?page=2", True),
        (rule("/", 0), "/news", False),
        (THREE_GROUPS, "/directory-a/x.pdf", True),
        (THREE_GROUPS, "/directory-a", None),
        (THREE_GROUPS, "/directory-b/html/", True),
        (THREE_GROUPS, "/directory-b/images/a.jpg", False),
        (THREE_GROUPS, "/directory-b/images/a.png", None),
        (THREE_GROUPS, "/elsewhere", None),
        (rule("/exactly$"), "/exactly", True),
        (rule("/exactly$"), "/exactly/not", None),
        (rule("/this/*/then"), "/this/and/then/more", True),
        (rule("*.html"), "/a/b.html", True),
        (rule("/Case"), "/case", None),
        (rule("/foo-%24"), "/foo-$", True),
        (rule("/caf%C3%A9"), "/café", True),
        ('[{"location": "/a", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]', "/a/b", False),  # the first in sequence
        ('[{"location": "/", "tdm-reservation": 1}, {"location": "/a", "tdm-reservation": 0}]', "/a/b", True),
        (rule("/", "1"), "/", True),
        ('{"location": "/", "tdm-reservation": 1}', "/", True),  # no brackets: not allowed, but what else can be meant
        (rule("/", 2), "/", None),  # 3.1: other values are as if unset
        ('[{"location": "/", "tdm-reservation": true}]', "/", None),
        (rule("/", 1.0), "/", None),
        (rule("/", None), "/", None),
        (rule("news/"), "/news/", None),
        (rule(""), "/", None),
        (rule(7), "/", None),
        (rule("/x\nDisallow: /"), "/y", None),
        (rule("/x # y"), "/x", None),
        ('[{"tdm-reservation": 1}]', "/", None),
        ('["/", 1, null, [], {"location": "/", "tdm-reservation": 1}]', "/", True),
        ("[]", "/", None),
        ("null", "/", None),
        ("", "/", None),
        ("<!doctype html><title>Not found</title>", "/", None),
        (rule("/")[:-3], "/", None),
    ],
)  # fmt: skip
def test_a_file_reserves(file: str, path: str, reserved: bool | None) -> None:
    held = TdmFiles().put("https://x.example", file.encode(), NOW)
    found = held.find_rule(f"https://x.example{path}")
    assert (None if found is None else found.reserved) is reserved


def test_a_rule_is_kept_as_the_file_has_it() -> None:
    _, second, _ = parse_tdm_file(THREE_GROUPS.encode())
    assert json.loads(second.text) == json.loads(THREE_GROUPS)[1]


def test_a_file_in_utf_16_or_with_a_mark_is_read() -> None:
    assert parse_tdm_file(rule("/").encode("utf-16"))
    assert parse_tdm_file(b"\xef\xbb\xbf" + rule("/").encode())


@given(st.binary(max_size=60) | st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["location", "tdm-reservation"]), x), max_leaves=8).map(lambda data: json.dumps(data).encode()))  # fmt: skip
def test_no_bytes_make_it_fail(body: bytes) -> None:
    for found in parse_tdm_file(body):
        found.matches("https://x.example/")


def test_a_file_is_good_for_a_day_and_comes_back_from_its_snapshot() -> None:
    files = TdmFiles()
    files.put("https://a.example", rule("/").encode(), NOW)
    files.put("https://b.example", None, NOW)
    again = TdmFiles()
    again.restore(json.loads(json.dumps(files.snapshot())))
    assert again == files
    for origin in ("https://a.example", "https://b.example"):
        assert again.get(origin, NOW + timedelta(hours=23)) is not None
        assert again.get(origin, NOW + timedelta(hours=24)) is None
    assert again.get("https://c.example", NOW) is None


@pytest.mark.parametrize(
    "entry", [{}, {"body": None}, {"body": None, "asked_at": "then"}, {"body": "?", "asked_at": "2024-05-24"}]
)
def test_a_damaged_snapshot_is_said_to_be_one(entry: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        TdmFiles().restore({"https://x.example": entry})
