"""Undoing Content-Encoding: every coding comes back as it went, at any chunking, and no bomb gets out."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Callable

import bombs
import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from scraper.decompress import BodyBrokenError, BodyTooLargeError, Decompressor

Coder = Callable[[bytes], bytes]


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data, wbits=-15)


CODERS: list[tuple[str, Coder]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstandard.compress),
]
CODER_IDS = ["gzip", "x-gzip", "zlib", "raw deflate", "br", "zstd"]


def undo(content_encoding: str | None, data: bytes, *, max_bytes: int = 1_000_000, step: int = 1_000) -> bytes:
    decompressor = Decompressor(content_encoding, max_bytes)
    out = b"".join(piece for start in range(0, len(data), step) for piece in decompressor.feed(data[start : start + step]))
    decompressor.finish()
    return out


@pytest.mark.parametrize(("name", "encode"), CODERS, ids=CODER_IDS)
@given(data=st.binary(max_size=300), repeat=st.integers(1, 400), step=st.integers(1, 5_000))
def test_every_coding_comes_back_at_any_chunking(name: str, encode: Coder, data: bytes, repeat: int, step: int) -> None:
    assert undo(name, encode(data * repeat), step=step) == data * repeat


@pytest.mark.parametrize(("name", "encode"), CODERS, ids=CODER_IDS)
@pytest.mark.parametrize("step", [1, 10_000])
def test_a_body_that_ends_too_early_is_broken(name: str, encode: Coder, step: int) -> None:
    coded = encode(bytes(range(256)) * 40)
    for cut in (1, 2, 5, len(coded) // 2, len(coded) - 1):
        with pytest.raises(BodyBrokenError):
            undo(name, coded[:-cut], step=step)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_what_the_header_says_is_broken(name: str) -> None:
    with pytest.raises(BodyBrokenError):
        undo(name, b"<!doctype html><title>plain</title>" * 20)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "gzip, br"])
def test_a_body_without_a_byte_is_whole(name: str) -> None:
    assert undo(name, b"") == b""


@pytest.mark.parametrize("name", [None, "", "identity", "none", "UTF-8", "identity, identity"])
def test_headers_that_code_nothing_pass_the_body_through(name: str | None) -> None:
    assert undo(name, b"as it is") == b"as it is"


def test_layers_are_undone_from_the_last_to_the_first() -> None:
    assert undo("gzip, br", brotli.compress(gzip.compress(b"twice"))) == b"twice"
    assert undo(" ZSTD ,identity,gzip ", gzip.compress(zstandard.compress(b"twice"))) == b"twice"


@pytest.mark.parametrize("name", ["compress", "dcb", "gzip, aes128gcm", "gzip;q=1", ", ".join(["gzip"] * 5)])
def test_codings_that_cannot_be_undone_are_refused_before_a_byte_is_read(name: str) -> None:
    with pytest.raises(BodyBrokenError):
        Decompressor(name, 1_000)


@pytest.mark.parametrize("step", [1, 3, 10_000])
def test_members_one_after_another_are_one_body(step: int) -> None:
    assert undo("gzip", gzip.compress(b"one ") + gzip.compress(b"two"), step=step) == b"one two"
    assert undo("zstd", zstandard.compress(b"one ") + zstandard.compress(b"two"), step=step) == b"one two"


@pytest.mark.parametrize("step", [1, 3, 10_000])
def test_junk_after_gzip_is_ignored_and_after_brotli_is_damage(step: int) -> None:
    assert undo("gzip", gzip.compress(b"one") + b"\0\0\0junk", step=step) == b"one"
    with pytest.raises(BodyBrokenError):
        undo("br", brotli.compress(b"one") + b"junk", step=step)


@pytest.mark.parametrize(
    ("name", "member"), [("gzip", gzip.compress(b"", mtime=0)), ("zstd", zstandard.compress(b""))], ids=["gzip", "zstd"]
)
def test_a_body_of_endless_empty_members_is_broken(name: str, member: bytes) -> None:
    with pytest.raises(BodyBrokenError, match="pieces"):
        undo(name, member * 20_000, step=65_536)


@pytest.mark.parametrize(("name", "encode"), [(None, bytes), *CODERS], ids=["identity", *CODER_IDS])
def test_the_cap_is_exact(name: str | None, encode: Coder) -> None:
    noise = bytes(range(256)) * 4  # compresses too little for the raw side to matter
    assert undo(name, encode(noise), max_bytes=2_000) == noise
    with pytest.raises(BodyTooLargeError):
        undo(name, encode(noise), max_bytes=len(noise) - 1)


@pytest.mark.parametrize(("name", "encode"), [(None, bytes), *CODERS], ids=["identity", *CODER_IDS])
def test_all_that_fits_comes_out_before_the_cap_is_an_error(name: str | None, encode: Coder) -> None:
    data = bytes(range(256)) * 40
    pieces = Decompressor(name, 10_000).feed(encode(data))
    out = bytearray()

    def take_all() -> None:
        for piece in pieces:
            out.extend(piece)

    with pytest.raises(BodyTooLargeError):
        take_all()
    assert out == data[:10_000]


def test_zstd_that_asks_for_a_huge_window_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(BodyBrokenError):
        undo("zstd", stream.compress(b"abc" * 1_000) + stream.flush())


BOMBS = [
    ("br", bombs.brotli_bomb),
    ("gzip", bombs.gzip_bomb),
    ("deflate", bombs.deflate_bomb),
    ("zstd", bombs.zstd_bomb),
    ("br, gzip", bombs.bomb_in_a_bomb),
]


@pytest.mark.parametrize(("layers", "make"), BOMBS, ids=[layers for layers, _ in BOMBS])
def test_a_bomb_is_stopped_at_the_cap(layers: str, make: Callable[[], bytes]) -> None:
    with pytest.raises(BodyTooLargeError, match="5,242,880"):
        list(Decompressor(layers, 5 * 1024 * 1024).feed(make()))


@pytest.mark.parametrize(("layers", "make"), BOMBS, ids=[layers for layers, _ in BOMBS])
def test_a_bomb_comes_out_in_small_pieces(layers: str, make: Callable[[], bytes]) -> None:
    """No decoder is ever asked for more than a little, so that the cap can stop it."""
    pieces = Decompressor(layers, 60 * 1024 * 1024).feed(make())
    assert max(len(piece) for piece, _ in zip(pieces, range(20), strict=False)) <= 3 * 1024 * 1024


def test_317_bytes_of_brotli_that_hold_200_mb_need_little_memory() -> None:
    script = f"""
        import resource, sys
        from scraper.decompress import BodyTooLargeError, Decompressor
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            list(Decompressor("br", 5 * 1024 * 1024).feed({bombs.brotli_bomb()!r}))
        except BodyTooLargeError:
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    limit = 400 * 1024 * 1024  # of address space, libraries included
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert int(done.stdout) < 30 * 1024  # KiB
