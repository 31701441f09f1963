"""Decoding the web's way: which evidence is believed, what each label means, and what the prescan does with tag soup."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.decode import decode

ONE = "日本の新聞"


@pytest.mark.parametrize(
    ("body", "content_type", "charset", "source"),
    [
        pytest.param(b"\xef\xbb\xbfabc", "text/html; charset=windows-1251", "utf-8", "bom", id="utf-8 mark before header"),
        pytest.param("\ufeffabc".encode("utf-16-le"), None, "utf-16le", "bom", id="utf-16le mark"),
        pytest.param("\ufeffabc".encode("utf-16-be"), None, "utf-16be", "bom", id="utf-16be mark"),
        pytest.param(
            b"<meta charset=utf-8>", "text/html; charset=windows-1251", "windows-1251", "header", id="header before meta"
        ),
        pytest.param(b"abc", 'text/html; charset="UTF-8"', "utf-8", "header", id="quoted header"),
        pytest.param(b"abc", "text/html;CHARSET = 'latin1' ;x=y", "windows-1252", "header", id="sloppy header"),
        pytest.param(b"abc", "text/html; charset=utf-16", "utf-16le", "header", id="utf-16 is taken from a header"),
        pytest.param(b"<meta charset=koi8-r>", "text/html; charset=nonsense", "koi8-r", "meta", id="unknown header passed over"),
        pytest.param(b"<meta charset=koi8-r>", "text/html; charset=", "koi8-r", "meta", id="empty header passed over"),
        pytest.param(b"<meta charset=koi8-r>", "text/html", "koi8-r", "meta", id="header without charset"),
        pytest.param(b"<meta charset=nonsense>abc", None, "utf-8", "utf-8", id="unknown meta passed over"),
        pytest.param("é".encode(), None, "utf-8", "utf-8", id="valid utf-8"),
        pytest.param(b"", None, "utf-8", "utf-8", id="empty body"),
        pytest.param(b"\xff\xfe", None, "utf-16le", "bom", id="nothing but a mark"),
        pytest.param(ONE.encode("iso2022_jp"), None, "iso-2022-jp", "detector", id="iso-2022-jp by its escape"),
        pytest.param(
            b"x\x00\x00", "text/html; charset=hz-gb-2312", "utf-8", "utf-8", id="labels that browsers refuse are unknown"
        ),
    ],
)
def test_evidence_is_believed_in_order(body: bytes, content_type: str | None, charset: str, source: str) -> None:
    decoded = decode(body, content_type)
    assert (decoded.charset, decoded.source) == (charset, source)


@pytest.mark.parametrize(
    ("label", "body", "text"),
    [
        pytest.param("gb2312", "镕".encode("gbk"), "镕", id="gb2312 is GBK"),
        pytest.param("gbk", "𠮷".encode("gb18030"), "𠮷", id="GBK is read as GB18030"),
        pytest.param("gbk", b"\x80", "€", id="GBK's one-byte euro"),
        pytest.param("iso-8859-1", b"\x93quoted\x94 \x80", "“quoted” €", id="iso-8859-1 is windows-1252"),
        pytest.param("us-ascii", b"\x85", "…", id="ascii is windows-1252"),
        pytest.param("windows-1252", b"\x81\x8d\x8f\x90\x9d", "\x81\x8d\x8f\x90\x9d", id="holes of windows-1252 are C1 controls"),
        pytest.param("windows-1253", b"\xaa\xd2\xff", "\ufffd\ufffd\ufffd", id="holes above 0x9F are unreadable"),
        pytest.param("iso-8859-9", b"\xfd\xfe", "ış", id="iso-8859-9 is windows-1254"),
        pytest.param("shift_jis", "①㈱髙～".encode("cp932"), "①㈱髙～", id="shift_jis is cp932"),
        pytest.param("x-sjis", "―".encode("cp932"), "―", id="x-sjis is cp932"),
        pytest.param("euc-kr", "뷁똠".encode("cp949"), "뷁똠", id="euc-kr is cp949"),
        pytest.param("ks_c_5601-1987", "뷁".encode("cp949"), "뷁", id="ks_c_5601-1987 is cp949"),
        pytest.param("big5", "碁銹".encode("big5hkscs"), "碁銹", id="big5 with its extensions"),
        pytest.param("euc-jp", ONE.encode("euc_jp"), ONE, id="euc-jp"),
        pytest.param("euc-jp", b"\xad\xa1\xad\xea", "①㈱", id="euc-jp with row 13"),
        pytest.param("euc-jp", b"\xa1\xc1", "～", id="euc-jp's wave is the fullwidth tilde"),
        pytest.param("euc-jp", b"\x8e\xb1\x8e\xb2", "ｱｲ", id="euc-jp half-width katakana"),
        pytest.param("euc-jp", "丂".encode("euc_jp"), "丂", id="euc-jp with JIS X 0212"),
        pytest.param("euc-jp", b"a\xffb\xa4", "a\ufffdb\ufffd", id="euc-jp with strays"),
        pytest.param("koi8-u", "Київ".encode("koi8-u"), "Київ", id="koi8-u"),
        pytest.param("x-user-defined", b"\x80", "\uf780", id="x-user-defined from a header"),
        pytest.param("utf-8", b"a\xe2\x82b", "a\ufffdb", id="a cut character is one U+FFFD and eats nothing"),
        pytest.param("shift_jis", b"\x81<p>", "\ufffd<p>", id="a cut lead byte does not eat the tag after it"),
    ],
)
def test_labels_mean_what_the_encoding_standard_says(label: str, body: bytes, text: str) -> None:
    assert decode(body, f"text/html; charset={label}").text == text


@pytest.mark.parametrize(
    ("head", "charset"),
    [
        pytest.param(b"<meta charset=windows-1251>", "windows-1251", id="bare"),
        pytest.param(b"<META CHARSET='Windows-1251'/>", "windows-1251", id="upper case, quoted, closed"),
        pytest.param(b"<meta/charset=koi8-r>", "koi8-r", id="slash for a space"),
        pytest.param(b"<meta\x0ccharset = \n koi8-r >", "koi8-r", id="all kinds of space"),
        pytest.param(b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r", id="http-equiv"),
        pytest.param(b'<meta content="text/html; charset=koi8-r" http-equiv="Content-Type">', "koi8-r", id="http-equiv last"),
        pytest.param(b'<meta content="text/html; charset=koi8-r">', None, id="content without http-equiv"),
        pytest.param(b'<meta name=a content="charset=koi8-r"><meta charset=big5>', "big5", id="content of another meta"),
        pytest.param(b'<meta http-equiv=refresh content="0; charset=koi8-r">', None, id="another http-equiv"),
        pytest.param(b"<meta charset=koi8-r charset=big5>", "koi8-r", id="the first of two attributes"),
        pytest.param(b"<meta charset=wat><meta charset=big5>", "big5", id="an unknown label is passed over"),
        pytest.param(b"<!-- <meta charset=koi8-r> --><meta charset=big5>", "big5", id="comment"),
        pytest.param(b"<!--><meta charset=big5>", "big5", id="the shortest comment"),
        pytest.param(b"<!-- <meta charset=koi8-r>", None, id="comment that never ends"),
        pytest.param(b"<!DOCTYPE html><?php x ?><meta charset=big5>", "big5", id="doctype and instruction"),
        pytest.param(b'<p title="<meta charset=koi8-r>"><meta charset=big5>', "big5", id="inside an attribute"),
        pytest.param(b"<metadata charset=koi8-r>", None, id="another element"),
        pytest.param(b"</p><meta charset=big5>", "big5", id="after an end tag"),
        pytest.param(b"<meta charset=utf-16le>", "utf-8", id="utf-16 in ASCII means utf-8"),
        pytest.param(b"<meta charset=x-user-defined>", "windows-1252", id="x-user-defined means windows-1252"),
        pytest.param(b'<?xml version="1.0" encoding="koi8-r"?><html>', "koi8-r", id="xml declaration"),
        pytest.param(b'<?xml version="1.0" encoding="koi8-r"?><meta charset=big5>', "big5", id="meta before xml declaration"),
        pytest.param(b" <?xml version='1.0' encoding='koi8-r'?>", None, id="xml declaration must come first"),
        pytest.param(b" " * 990 + b"<meta charset=big5>", "big5", id="at the edge of what is looked at"),
        pytest.param(b" " * 1006 + b"<meta charset=big5>", None, id="beyond 1,024 bytes"),
        pytest.param(b"<meta charset=big5", None, id="cut"),
        pytest.param(b"<meta charset='big5>", None, id="quote that never closes"),
        pytest.param(b"<meta charset>", None, id="no value"),
        pytest.param(b"<meta charset=>", None, id="empty value"),
        pytest.param(b"<", None, id="one angle"),
    ],
)
def test_prescan_reads_what_a_browser_reads(head: bytes, charset: str | None) -> None:
    decoded = decode(head, None)
    assert (decoded.charset if decoded.source == "meta" else None) == charset


def test_xml_in_utf_16_without_a_mark_is_seen_by_its_zero_bytes() -> None:
    text = '<?xml version="1.0"?><rss/>'
    assert decode(text.encode("utf-16-le"), None).text == text
    assert decode(text.encode("utf-16-be"), None).text == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Новости города: открыт новый мост через реку, движение начнётся в пятницу утром"),
        ("shift_jis", "市は新しい橋を金曜日に開通させると発表した。通勤時間は十分短くなる見込み"),
        ("euc_jp", "市は新しい橋を金曜日に開通させると発表した。通勤時間は十分短くなる見込み"),
        ("cp949", "시는 금요일에 새 다리를 개통한다고 발표했다. 출근 시간이 줄어들 전망이다"),
        ("gb18030", "市政府宣布新桥将于星期五通车，预计通勤时间将缩短十分钟"),
        ("big5", "市政府宣布新橋將於星期五通車，預計通勤時間將縮短十分鐘"),
        ("cp1250", "Miasto otworzy w piątek nowy most; dojazdy skrócą się o dziesięć minut, żółta linia też"),
    ],
)
def test_undeclared_legacy_pages_are_detected(codec: str, text: str) -> None:
    decoded = decode(f"<html><body><p>{text}</p></body></html>".encode(codec), None)
    assert decoded.source == "detector"
    assert text in decoded.text


def test_without_a_detector_the_last_resort_is_windows_1252(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cchardet", None)  # the `charset` extra is not installed
    decoded = decode(b"caf\xe9 \x80", None)
    assert (decoded.text, decoded.charset, decoded.source) == ("café €", "windows-1252", "fallback")


@given(
    body=st.binary(max_size=200),
    prefix=st.sampled_from([b"", b"<meta charset=", b"<meta content='charset=", b"<?xml encoding='"]),
)
def test_no_bytes_make_it_fail(body: bytes, prefix: bytes) -> None:
    decode(prefix + body, None)


@given(
    body=st.binary(max_size=60),
    label=st.sampled_from(
        [
            "utf-8",
            "gbk",
            "gb18030",
            "big5",
            "euc-jp",
            "iso-2022-jp",
            "shift_jis",
            "euc-kr",
            "utf-16be",
            "utf-16le",
            "windows-874",
            "x-user-defined",
            "macintosh",
        ]
    ),
)
def test_no_bytes_make_any_decoder_fail(body: bytes, label: str) -> None:
    assert decode(body, f"charset={label}").source in {"header", "bom"}


@given(content_type=st.text(max_size=60))
def test_no_header_makes_it_fail(content_type: str) -> None:
    decode(b"abc", content_type)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_utf_8_comes_back_as_it_went(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=utf-8").text == text.removeprefix("\ufeff")
