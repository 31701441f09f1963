"""The encoding that a page names in its own first bytes, read the way browsers do.

Follows the HTML Standard, 13.2.3.2 "Determining the character encoding": "prescan a byte stream to determine its encoding" with its
"get an attribute", "extracting a character encoding from a meta element" and "get an XML encoding". Labels are resolved by the
Encoding Standard's table (webencodings), so `gb2312` is GBK and `iso-8859-1` is windows-1252. Pure; never raises.
"""

from __future__ import annotations

import re

import webencodings

PRESCAN_BYTES = 1024

_SPACES = b"\t\n\x0c\r "
_CHARSET = re.compile(
    r"""charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^"'\t\n\f\r ;][^\t\n\f\r ;]*))""", re.IGNORECASE
)
_XML_ENCODING = re.compile(rb"""encoding[\x00-\x20]*=[\x00-\x20]*(?:"([^"]*)"|'([^']*)')""")


def label_to_encoding(label: str) -> webencodings.Encoding | None:
    """The Encoding Standard's encoding for a label in any spelling; None for one that it doesn't know or refuses to decode.

    "replacement" (hz-gb-2312, iso-2022-kr and others that browsers refuse for safety's sake) counts as unknown, so that the next
    evidence is asked instead of getting one U+FFFD for a whole page.
    """
    encoding = webencodings.lookup(label)
    return None if encoding is None or encoding.name == "replacement" else encoding


def charset_parameter(content_type: str) -> str | None:
    """The charset label in a Content-Type header or in `<meta content=...>`; None if it has none."""
    found = _CHARSET.search(content_type)
    return None if found is None else next(group for group in found.groups() if group is not None).strip()


def find_declared_encoding(body: bytes) -> webencodings.Encoding | None:
    """What `<meta charset>`, `<meta http-equiv=content-type>` or an XML declaration in the first 1,024 bytes says; None if nothing does.

    A page that says UTF-16 there is read as UTF-8: had it been UTF-16, those bytes would not have spelt it.
    """
    head = body[:PRESCAN_BYTES]
    if head.startswith(b"<\x00?\x00x\x00"):
        return webencodings.lookup("utf-16le")
    if head.startswith(b"\x00<\x00?\x00x"):
        return webencodings.lookup("utf-16be")
    return _Prescan(head).run() or _xml_encoding(head)


def _xml_encoding(head: bytes) -> webencodings.Encoding | None:
    if not head.startswith(b"<?xml"):
        return None
    end = head.find(b">")
    found = _XML_ENCODING.search(head[:end]) if end != -1 else None
    if found is None:
        return None
    return _as_meta_encoding((found[1] if found[1] is not None else found[2]).decode("latin-1"))


def _as_meta_encoding(label: str) -> webencodings.Encoding | None:
    encoding = label_to_encoding(label)
    if encoding is None:
        return None
    if encoding.name in {"utf-16le", "utf-16be"}:
        return webencodings.UTF8
    if encoding.name == "x-user-defined":
        return webencodings.lookup("windows-1252")
    return encoding


class _EndOfBytesError(Exception):
    """The prescan ran off the end of what it may look at."""


class _Prescan:
    """One walk over the head of a page. `position` is the standard's "position"."""

    def __init__(self, head: bytes) -> None:
        self.head = head
        self.position = 0

    def run(self) -> webencodings.Encoding | None:
        try:
            while True:
                encoding = self._step()
                if encoding is not None:
                    return encoding
        except _EndOfBytesError:
            return None

    def _step(self) -> webencodings.Encoding | None:
        """Step over one comment, tag or byte; the encoding if it was a meta element that names one."""
        at = self.head.find(b"<", self.position)
        if at == -1:
            raise _EndOfBytesError
        self.position = at
        rest = self.head[at : at + 6].lower()
        if rest.startswith(b"<!--"):
            self.position = self._after(b"-->", at + 2)  # "<!-->" is a whole comment: its dashes may be shared
        elif rest.startswith(b"<meta") and rest[5:] and rest[5:] in b"\t\n\x0c\r /":
            self.position += 5
            return self._meta()
        elif re.match(rb"</?[a-z]", rest):
            while self._byte() not in b"\t\n\x0c\r >":
                self.position += 1
            while self._attribute() is not None:
                pass
            self.position += 1
        elif rest[1:2] in (b"!", b"/", b"?"):
            self.position = self._after(b">", at)
        else:
            self.position += 1
        return None

    def _meta(self) -> webencodings.Encoding | None:
        seen: set[bytes] = set()
        is_pragma = False
        needs_pragma: bool | None = None
        encoding: webencodings.Encoding | None = None
        while (attribute := self._attribute()) is not None:
            name, value = attribute
            if name in seen:
                continue
            seen.add(name)
            if name == b"http-equiv":
                is_pragma = value == b"content-type"
            elif name == b"content" and encoding is None and needs_pragma is None:
                label = charset_parameter(value.decode("latin-1"))
                encoding = None if label is None else _as_meta_encoding(label)
                needs_pragma = None if encoding is None else True
            elif name == b"charset":
                encoding = _as_meta_encoding(value.decode("latin-1"))
                needs_pragma = False
        self.position += 1
        return None if needs_pragma and not is_pragma else encoding

    def _attribute(self) -> tuple[bytes, bytes] | None:
        """The next attribute in lower case, its value empty where it has none; None at the tag's ">"."""
        while self._byte() in b"\t\n\x0c\r /":
            self.position += 1
        if self._byte() == b">":
            return None
        start = self.position
        while self._byte() not in b"\t\n\x0c\r />" and not (self._byte() == b"=" and self.position > start):
            self.position += 1
        name = self.head[start : self.position].lower()
        self._skip_spaces()
        if self._byte() != b"=":
            return name, b""
        self.position += 1
        self._skip_spaces()
        quote = self._byte()
        if quote in (b'"', b"'"):
            start = self.position + 1
            self.position = self._after(quote, start)
            return name, self.head[start : self.position - 1].lower()
        start = self.position
        while self._byte() not in b"\t\n\x0c\r >":
            self.position += 1
        return name, self.head[start : self.position].lower()

    def _skip_spaces(self) -> None:
        while self._byte() in _SPACES:
            self.position += 1

    def _byte(self) -> bytes:
        byte = self.head[self.position : self.position + 1]
        if not byte:
            raise _EndOfBytesError
        return byte

    def _after(self, needle: bytes, start: int) -> int:
        at = self.head.find(needle, start)
        if at == -1:
            raise _EndOfBytesError
        return at + len(needle)
