"""What a page's owner says against machines reading it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.opt_outs import find_opt_outs
from scraper.tdm_file import TdmRule, parse_tdm_file

Found = list[tuple[str, str, bool]]


@pytest.mark.parametrize(
    ("headers", "body", "signals", "found"),
    [
        pytest.param((), b"", (), [], id="nothing"),
        pytest.param((("tdm-reservation", "1"),), b"", (), [("header tdm-reservation", "1", True)], id="reserved by header"),
        pytest.param((("tdm-reservation", " 1 "),), b"", (), [("header tdm-reservation", " 1 ", True)], id="with spaces"),
        pytest.param((("tdm-reservation", "0"),), b"", (), [("header tdm-reservation", "0", False)], id="expressly not reserved"),
        pytest.param((("tdm-policy", "https://x.example/p"),), b"", (), [("header tdm-policy", "https://x.example/p", False)], id="policy"),
        pytest.param((), b'<meta name="tdm-reservation" content="1">', (), [("meta tdm-reservation", "1", True)], id="reserved by meta"),
        pytest.param((), b"<META CONTENT=1 NAME=TDM-Reservation>", (), [("meta tdm-reservation", "1", True)], id="bare and upper case"),
        pytest.param((), b'<!-- <meta name="tdm-reservation" content="1"> -->', (), [], id="in a comment"),
        pytest.param((), b" " * 300_000 + b'<meta name="tdm-reservation" content="1">', (), [], id="far down the page"),
        pytest.param((("x-robots-tag", "noindex, nofollow"),), b"", (), [("header x-robots-tag", "noindex, nofollow", False)], id="tag"),
        pytest.param((("x-robots-tag", "index, follow"),), b"", (), [], id="a tag that allows"),
        pytest.param((("x-robots-tag", "otherbot: noindex"),), b"", (), [], id="a tag for another"),
        pytest.param((("x-robots-tag", "Standfirst: noai"),), b"", (), [("header x-robots-tag", "noai", False)], id="a tag for us"),
        pytest.param(
            (("x-robots-tag", "unavailable_after: 25 Jun 2030 15:00:00 GMT"),), b"", (), [], id="a date is no opt-out"
        ),
        pytest.param((), b"<meta name=robots content='max-image-preview:large, noarchive'>", (), [("meta robots", "max-image-preview:large, noarchive", False)], id="meta robots"),
        pytest.param((), b'<meta name="robots" content="max-image-preview:large">', (), [], id="ordinary meta robots"),
        pytest.param((), b'<meta name="standfirst" content="noindex">', (), [("meta standfirst", "noindex", False)], id="meta for us"),
        pytest.param((), b'<meta name="googlebot" content="noindex">', (), [], id="meta for another"),
        pytest.param((), b"", ("search=yes, ai-train=no",), [("robots.txt content-signal", "search=yes, ai-train=no", False)], id="signal"),
        pytest.param((), b"", ("search=yes",), [], id="a signal that allows"),
        pytest.param(
            (("tdm-reservation", "0"),),
            b'<meta name="tdm-reservation" content="1">',
            ("ai-input=no",),
            [("robots.txt content-signal", "ai-input=no", False), ("header tdm-reservation", "0", False), ("meta tdm-reservation", "1", True)],
            id="all of them, in order",
        ),
    ],
)  # fmt: skip
def test_every_way_of_saying_it_is_found(
    headers: tuple[tuple[str, str], ...], body: bytes, signals: tuple[str, ...], found: Found
) -> None:
    assert [(opt_out.source, opt_out.value, opt_out.forbids) for opt_out in find_opt_outs(headers, body, signals)] == found


RESERVED, FREE = parse_tdm_file(b'[{"location": "/", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 0}]')


@pytest.mark.parametrize(
    ("rule", "header", "meta", "forbidding"),
    [
        (RESERVED, None, None, "tdmrep.json"),
        (FREE, None, None, None),
        (RESERVED, "0", None, None),
        (RESERVED, "1", None, "header tdm-reservation"),
        (RESERVED, "yes", None, "tdmrep.json"),  # no value that there is: as if it weren't there (3.1)
        (FREE, "1", None, "header tdm-reservation"),
        (FREE, "1", "0", None),
        (None, "1", "0", None),
        (None, "0", "1", "meta tdm-reservation"),
        (RESERVED, "0", "1", "meta tdm-reservation"),
        (RESERVED, "1", "maybe", "header tdm-reservation"),
    ],
)
def test_the_word_nearest_to_the_page_holds(
    rule: TdmRule | None, header: str | None, meta: str | None, forbidding: str | None
) -> None:
    headers = () if header is None else (("tdm-reservation", header), ("x-robots-tag", "noai"))
    body = b"" if meta is None else f'<meta name="tdm-reservation" content="{meta}">'.encode()
    found = find_opt_outs(headers, body, ("ai-train=no",), rule)
    assert [opt_out.source for opt_out in found if opt_out.forbids] == ([forbidding] if forbidding else [])
    said = [("tdmrep.json", rule), ("header tdm-reservation", header), ("meta tdm-reservation", meta)]
    assert [opt_out.source for opt_out in found if "tdm" in opt_out.source] == [
        source for source, word in said if word is not None
    ]


@given(value=st.text(max_size=40), body=st.binary(max_size=200))
def test_nothing_makes_it_fail(value: str, body: bytes) -> None:
    find_opt_outs((("x-robots-tag", value), ("tdm-reservation", value)), b"<meta name=robots content='" + body, (value,))
