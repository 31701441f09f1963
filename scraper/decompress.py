"""Undoing Content-Encoding as the bytes come in, with a hard cap on what may come out.

317 bytes of brotli can hold 200 MB, and 4 bytes of zstd a block of 128 KiB. So every decoder here is asked for a bounded piece at a
time, and the whole stops once the cap is passed, whichever of several layers passed it. Pure: bytes in, bytes out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

from scraper.errors import PageUnreadableError

_PIECE_BYTES = 64 * 1024  # asked of a decoder at a time
_ZSTD_INPUT_BYTES = 64  # given to zstd at a time: it has no output limit, but 4 bytes make at most one block of 128 KiB
_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024  # RFC 9659: a decoder on the web need not accept a larger window
_MAX_LAYERS = 4
_MAX_MEMBERS = 1_000  # gzip members or zstd frames in one body; a compressor that works in blocks writes a few dozen

# What servers write into Content-Encoding that codes nothing.
_NO_CODING = frozenset({"", "identity", "none", "chunked", "binary", "7bit", "8bit", "utf-8", "utf8", "iso-8859-1"})

ACCEPT_ENCODING = "gzip, deflate, br, zstd"


class BodyTooLargeError(PageUnreadableError):
    """More came out than the cap allows. What came before it is of no use: a page is stored whole or not at all."""


class BodyBrokenError(PageUnreadableError):
    """The bytes are not what Content-Encoding says, end too early, or are coded in a way we can't undo."""


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` decodes to, in pieces of bounded size."""

    def finish(self) -> None:
        """Raise BodyBrokenError if the stream is not at its end."""


class Decompressor:
    """Undoes one response's Content-Encoding. Feed it what the wire brings, then call `finish()` once."""

    def __init__(self, content_encoding: str | None, max_bytes: int) -> None:
        """`content_encoding`: the header's value, None where there is none. `max_bytes`: of each layer's output, the last included.

        Raises BodyBrokenError for a coding that nobody here knows, or for more than four layers.
        """
        self._max_bytes = max_bytes
        names = [name.strip().lower() for name in (content_encoding or "").split(",")]
        names = [name for name in names if name not in _NO_CODING]
        if len(names) > _MAX_LAYERS:
            raise BodyBrokenError(f"Content-Encoding names {len(names)} layers; more than {_MAX_LAYERS} are not undone")
        self._layers = [_decoder(name) for name in reversed(names)]  # the last one named was put on last
        self._came_out = [0] * (len(names) + 1)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` decodes to, in pieces, perhaps none yet. Raises BodyTooLargeError, after all that fits, and BodyBrokenError."""
        return self._through(0, data)

    def finish(self) -> None:
        """Say that the wire is at its end. Raises BodyBrokenError if a layer was waiting for more. A body without a byte is whole."""
        if self._came_out[0]:
            for layer in self._layers:
                layer.finish()

    def _through(self, depth: int, data: bytes) -> Iterator[bytes]:
        self._came_out[depth] += len(data)
        too_many = self._came_out[depth] - self._max_bytes
        if too_many > 0:
            if depth == len(self._layers):
                yield data[:-too_many]
            raise BodyTooLargeError(f"the body is larger than {self._max_bytes:,} bytes")
        if depth == len(self._layers):
            yield data
            return
        for piece in self._layers[depth].feed(data):
            yield from self._through(depth + 1, piece)


def _decoder(name: str) -> _Decoder:
    match name:
        case "gzip" | "x-gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
    raise BodyBrokenError(f"the body is coded as {name[:40]!r}, which we did not ask for and can't undo")


class _Gzip:
    """RFC 1952. Several members one after another are one body; anything else after a member is ignored, as browsers do."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._members = 1
        self._lead = b""  # after a member: the first bytes of what may be the next one

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member.eof:
                self._lead += data
                if len(self._lead) < 2 or not self._lead.startswith(b"\x1f\x8b"):
                    self._lead = self._lead[:2]
                    return
                data, self._lead = self._lead, b""
                self._members = _one_more(self._members)
                self._member = zlib.decompressobj(wbits=31)
            yield from _inflate(self._member, data)
            data = self._member.unused_data

    def finish(self) -> None:
        if not self._member.eof:
            raise BodyBrokenError("the gzip body ends too early")


class _Deflate:
    """RFC 9110 says zlib (RFC 1950); some servers send raw deflate (RFC 1951). The first two bytes tell."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._head = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:
                return
            is_zlib = self._head[0] & 0x0F == 8 and int.from_bytes(self._head[:2]) % 31 == 0
            self._stream = zlib.decompressobj(wbits=15 if is_zlib else -15)
            data = self._head
        if not self._stream.eof:
            yield from _inflate(self._stream, data)

    def finish(self) -> None:
        if self._stream is None or not self._stream.eof:
            raise BodyBrokenError("the deflate body ends too early")


def _inflate(stream: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    try:
        while not stream.eof:
            piece = stream.decompress(data, _PIECE_BYTES)
            data = stream.unconsumed_tail
            if piece:
                yield piece
            elif not data:
                return
    except zlib.error as exc:
        raise BodyBrokenError(f"the compressed body is damaged ({exc})") from exc


def _one_more(members: int) -> int:
    if members >= _MAX_MEMBERS:
        raise BodyBrokenError(f"the body is in more than {_MAX_MEMBERS:,} compressed pieces")
    return members + 1


class _Brotli:
    """RFC 7932. Bytes after the end are damage: the format has no room for them."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream.is_finished():
            raise BodyBrokenError("the brotli body goes on after its end")
        try:
            while True:
                piece = self._stream.process(data, output_buffer_limit=_PIECE_BYTES)
                data = b""
                if piece:
                    yield piece
                if self._stream.is_finished() or (not piece and self._stream.can_accept_more_data()):
                    return
        except brotli.error as exc:
            raise BodyBrokenError("the brotli body is damaged") from exc

    def finish(self) -> None:
        if not self._stream.is_finished():
            raise BodyBrokenError("the brotli body ends too early")


class _Zstd:
    """RFC 8878 with the window limit of RFC 9659. Several frames one after another are one body."""

    def __init__(self) -> None:
        self._context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
        self._frame = self._context.decompressobj()
        self._frames = 1

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            for start in range(0, len(data), _ZSTD_INPUT_BYTES):
                rest = data[start : start + _ZSTD_INPUT_BYTES]
                while rest:
                    if self._frame.eof:
                        self._frames = _one_more(self._frames)
                        self._frame = self._context.decompressobj()
                    piece = self._frame.decompress(rest)
                    rest = self._frame.unused_data if self._frame.eof else b""
                    if piece:
                        yield piece
        except zstandard.ZstdError as exc:
            raise BodyBrokenError(f"the zstd body is damaged ({exc})") from exc

    def finish(self) -> None:
        if not self._frame.eof:
            raise BodyBrokenError("the zstd body ends too early")
