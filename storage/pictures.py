"""When two addresses are one picture in two sizes, croppings or signatures. Pure.

Picture servers make an address say how the picture is to be cut: `a.jpg?w=300`, `a-300x200.jpg`, `/w_300,h_200/a.jpg`, `/480/a.jpg`. A page whose
layout changes shows the same picture at another address. The rules below only tell such changes apart; both addresses are kept.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

# Parameters that cut, pack or sign a picture, as the common picture servers and content systems name them (imgix, Cloudinary, Akamai, Thumbor,
# Fastly, WordPress, Next.js). What names the picture ("id", "url", "image", "src", "file"...) isn't among them, nor is a version ("v").
_CUTTING = frozenset(
    {
        "w", "h", "width", "height", "size", "sz", "resize", "fit", "crop", "rect", "ar", "aspect", "aspectratio", "ratio", "canvas", "scale", "zoom", "dpr", "bg", "bg-color", "gravity", "focus", "focalpoint", "mode",
        "fp-x", "fp-y", "fp-z", "im", "imwidth", "imheight", "impolicy", "imdensity", "overlay-align", "overlay-width",
        "quality", "q", "auto", "fm", "format", "output", "strip", "sharp", "sharpen", "op_sharpen", "usm", "optimize", "webp", "upscale", "enable", "disable",
        "ixlib", "ixid", "s", "sig", "signature", "token", "hmac", "expires", "expiry", "exp", "policy", "key-pair-id",
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-security-token", "x-amz-signature", "x-amz-signedheaders",
    }
)  # fmt: skip
_MARK = re.compile(r"(?:[-_]\d{2,4}x\d{2,4}|@[1-4]x|-scaled)(?=\.\w{2,5}$)", re.IGNORECASE)  # of a size, before a file's ending
_CUT = re.compile(
    r"\d{2,4}x\d{2,4}"  # 300x200
    r"|\d{2,4}[wh]|[wh]\d{2,4}|(?:width|height|size|quality|q)[-_]?\d{1,4}"  # 640w, w640, width-640, q75
    r"|(?:w|h|c|q|f|g|x|y|ar|dpr)_[\w.:-]+(?:,(?:w|h|c|q|f|g|x|y|ar|dpr|e|fl|b|o|r)_[\w.:-]+)*"  # w_300,h_200,c_fill
    r"|\d+(?:[_,-]\d+){3}",  # 0_0_5000_3000: a crop's corners
    re.IGNORECASE,
)


def same_picture(one: str, other: str) -> bool:
    """Whether the addresses differ in nothing but how the picture is cut, packed or signed."""
    try:
        first, second = urlsplit(one), urlsplit(other)
    except ValueError:  # no address at all: "https://["
        return one == other
    if first.netloc.lower() != second.netloc.lower() or _names(first.query) != _names(second.query):
        return False
    *folders, file = first.path.split("/")
    *other_folders, other_file = second.path.split("/")
    return (
        _MARK.sub("", file) == _MARK.sub("", other_file)
        and len(folders) == len(other_folders)
        and all(a == b or (_is_cut(a) and _is_cut(b)) for a, b in zip(folders, other_folders, strict=True))
    )


def _names(query: str) -> list[tuple[str, str]]:
    """The parameters that say which picture it is."""
    return sorted((name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name.lower() not in _CUTTING)


def _is_cut(folder: str) -> bool:
    """Whether a part of a path says how a picture is cut. A bare number does if it is a width that layouts use; most others are names."""
    if re.fullmatch(r"[1-9]\d{2,3}", folder, re.ASCII):
        width = int(folder)
        return not 1900 <= width < 2100 and (width % 16 == 0 or width % 20 == 0)
    return _CUT.fullmatch(folder) is not None
