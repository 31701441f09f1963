"""From a page's bytes to its text, believing the same evidence in the same order as a browser.

Byte order mark, Content-Type header, the page's own declaration (`scraper.prescan`), then what the bytes themselves give away: an
ISO-2022-JP escape, valid UTF-8, a statistical detector where one is installed (`pip install standfirst[charset]`), and at last
windows-1252, which can read anything. The Encoding Standard says what each label means; Python's codecs differ from it in places, and
those places are mended here.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import webencodings

from scraper.prescan import charset_parameter, find_declared_encoding, label_to_encoding

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]")  # "from here on JIS X 0208": nothing else on the web writes it

# Where the Encoding Standard's decoder reads more than the Python codec that webencodings names for it.
_WIDER_CODECS = {"gbk": "gb18030", "iso-2022-jp": "iso2022_jp_ext"}

# Detectors' names for what the Encoding Standard calls otherwise.
_DETECTOR_NAMES = {
    "uhc": "euc-kr",
    "cp949": "euc-kr",
    "johab": "euc-kr",
    "mac-cyrillic": "x-mac-cyrillic",
    "mac-roman": "macintosh",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page's text and how its encoding was known."""

    text: str  # without a byte order mark; bytes that mean nothing are U+FFFD
    charset: str  # the Encoding Standard's name in lower case, e.g. "windows-1252"
    source: str  # what was believed: "bom", "header", "meta", "utf-8", "detector" or "fallback"


def decode(body: bytes, content_type: str | None) -> Decoded:
    """The page's text, decoded as a browser would. Never raises.

    `content_type` is the Content-Type header's value; None where there was none. A header or a page that names an encoding nobody
    knows is passed over.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :], _encoding(name), "bom")
    label = charset_parameter(content_type) if content_type else None
    encoding = label_to_encoding(label) if label else None
    if encoding is not None:
        return _decoded(body, encoding, "header")
    encoding = find_declared_encoding(body)
    if encoding is not None:
        return _decoded(body, encoding, "meta")
    if _ISO_2022_JP.search(body):
        return _decoded(body, _encoding("iso-2022-jp"), "detector")
    try:
        return Decoded(text=body.decode("utf-8"), charset="utf-8", source="utf-8")
    except UnicodeDecodeError:
        pass
    encoding = _detected(body)
    if encoding is not None:
        return _decoded(body, encoding, "detector")
    return _decoded(body, _encoding("windows-1252"), "fallback")


def _encoding(name: str) -> webencodings.Encoding:
    encoding = webencodings.lookup(name)
    assert encoding is not None, name
    return encoding


def _detected(body: bytes) -> webencodings.Encoding | None:
    try:
        from cchardet import detect  # the `charset` extra
    except ImportError:
        return None
    name = detect(body)["encoding"]
    if name is None:
        return None
    return label_to_encoding(_DETECTOR_NAMES.get(name.lower(), name))


def _decoded(body: bytes, encoding: webencodings.Encoding, source: str) -> Decoded:
    if encoding.name == "euc-jp":
        text = _decode_euc_jp(body)
    else:
        codec = codecs.lookup(_WIDER_CODECS[encoding.name]) if encoding.name in _WIDER_CODECS else encoding.codec_info
        text, _ = codec.decode(body, _ERRORS)
    return Decoded(text=text.removeprefix("\ufeff"), charset=encoding.name, source=source)


_ERRORS = "standfirst-web"


def _as_on_the_web(error: UnicodeError) -> tuple[str, int]:
    """What the Encoding Standard makes of bytes that a Python codec refuses: a C1 control, the euro of old GBK, or U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    if error.encoding == "charmap" and 0x80 <= byte < 0xA0:  # the holes of the windows code pages
        return chr(byte), error.start + 1
    if error.encoding == "gb18030" and byte == 0x80:
        return "€", error.start + 1
    return "\ufffd", max(error.end, error.start + 1)


codecs.register_error(_ERRORS, _as_on_the_web)


# One run of bytes that one decoder reads: JIS X 0208, half-width katakana, JIS X 0212, ASCII, or a single stray byte.
_EUC_JP_RUN = re.compile(
    rb"(?P<kanji>(?:[\xa1-\xfe]{2})+)|(?P<kana>(?:\x8e[\xa1-\xdf])+)|(?P<more>(?:\x8f[\xa1-\xfe]{2})+)|(?P<ascii>[\x00-\x7f]+)|."
)


def _decode_euc_jp(body: bytes) -> str:
    """EUC-JP with the rows that Microsoft added to JIS X 0208 (①, ㈱, 髙), as the web has them and Python's euc_jp does not.

    The same rows are in cp932, whose two bytes are the same row and cell written another way.
    """
    parts = []
    for run in _EUC_JP_RUN.finditer(body):
        data = run.group()
        match run.lastgroup:
            case "kanji":
                parts.append(_euc_to_shift_jis(data).decode("cp932", "replace"))
            case "kana":
                parts.append(data[1::2].decode("cp932"))
            case "more":
                parts.append(data.decode("euc_jp", "replace"))
            case "ascii":
                parts.append(data.decode("ascii"))
            case _:
                parts.append("\ufffd")
    return "".join(parts)


def _euc_to_shift_jis(pairs: bytes) -> bytes:
    out = bytearray()
    for lead, trail in zip(pairs[::2], pairs[1::2], strict=True):
        row, cell = lead - 0xA1, trail - 0xA1
        high = row // 2 + 0x81
        low = cell + (0x9F if row % 2 else 0x40)
        out.append(high if high < 0xA0 else high + 0x40)
        out.append(low if row % 2 or low < 0x7F else low + 1)
    return bytes(out)
