"""Small bodies that decompress to very large ones."""

from __future__ import annotations

import base64
import gzip
import zlib

import zstandard

# 200,000,000 zero bytes through brotli at quality 11: 316 bytes. Making it takes five seconds, so it is kept (zlib, then base 85).
_BROTLI = (
    b"c-lMt|G)hYb%sY99TdL*>;M11{)0cmkwn3UcYo#o|NsABK10W0CWgDe?f?D%f6$&$pq-Ur*Z2BA|Nl4FGb!+KGnBml|KtCE_WvvnGGYub?*0Gx|3Cjf&ISt|"
    b"h6{WDKmPw;{*N$2VFbg1>i@@~7Hwc~K(dH&Xjydn{{vH~MYDIa0RZE1uto"
)


def brotli_bomb() -> bytes:
    """200 MB in 316 bytes."""
    return zlib.decompress(base64.b85decode(_BROTLI))


def gzip_bomb() -> bytes:
    """64 MiB in 63 KiB, made in pieces so that making it needs no memory."""
    coder = zlib.compressobj(6, wbits=31)
    block = bytes(1 << 20)
    return b"".join(coder.compress(block) for _ in range(64)) + coder.flush()


def deflate_bomb() -> bytes:
    """64 MiB as raw deflate."""
    coder = zlib.compressobj(6, wbits=-15)
    block = bytes(1 << 20)
    return b"".join(coder.compress(block) for _ in range(64)) + coder.flush()


def zstd_bomb() -> bytes:
    """200 MiB in 6 KiB."""
    coder = zstandard.ZstdCompressor(level=1).compressobj()
    block = bytes(1 << 20)
    return b"".join(coder.compress(block) for _ in range(200)) + coder.flush()


def bomb_in_a_bomb() -> bytes:
    """The brotli bomb inside gzip, for `Content-Encoding: br, gzip`."""
    return gzip.compress(brotli_bomb())
