"""What an outlet's server answers to a path on a night: a pure function, HTTP's conditions and codings left to the server."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import PurePosixPath

from standfirst.demo_outlets.content import Outlet, illustration, outlets, site_folder
from standfirst.demo_outlets.designs import design
from standfirst.demo_outlets.drawing import Scene

# An upload is as old as the working day before the night on which it is first seen.
UPLOADED_BEFORE_CRAWL = timedelta(hours=9)
PICTURE = re.compile(r"/(?P<article>[a-z0-9-]+?)-\d+x\d+\.(?:jpg|webp)")
FACE = re.compile(r"/i/face-(?P<person>[a-z-]+)\.svg")
LATER_PAGE = re.compile(r"page/(?P<number>[1-9]\d{0,3})/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer before anything is negotiated."""

    status: int
    body: bytes = b""
    content_type: str = "text/html"
    location: str | None = None
    etag: str | None = None  # quoted, with W/ where it is weak
    last_modified: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()
    may_be_gzipped: bool = False


@lru_cache(maxsize=512)
def answer(slug: str, night: int, path: str, origin: str) -> Answer:
    """The answer of one outlet to GET `path` (without query), for a visitor who knows it under `origin`."""
    outlet = outlets()[slug]
    static = _static_file(outlet, path)
    if static is not None:
        return static  # also on a bad night: the cache in front of the outlet has it
    failure = outlet.editions[night].failure
    if failure:
        return Answer(
            status=failure.status,
            body=b"<!DOCTYPE html>\n<title>503 Backend fetch failed</title>\n<h1>Error 503 Backend fetch failed</h1>\n<p>Guru Meditation</p>\n",
            content_type="text/html; charset=utf-8",
            headers=(*outlet.headers.items(), ("Retry-After", str(failure.retry_after_s))),
        )
    return _listing(outlet, night, path, origin) or _picture(outlet, path) or _article(outlet, night, path, origin)


def _listing(outlet: Outlet, night: int, path: str, origin: str) -> Answer | None:
    if path == "/" != outlet.listing:
        return Answer(status=302, location=origin + outlet.listing)
    if path + "/" == outlet.listing:
        return Answer(status=301, location=origin + outlet.listing)
    page = 1
    if path != outlet.listing:
        found = (
            LATER_PAGE.fullmatch(path.removeprefix(outlet.listing))
            if outlet.per_page and path.startswith(outlet.listing)
            else None
        )
        if found is None:
            return None
        page = int(found["number"])
        if page == 1:
            return Answer(status=301, location=origin + outlet.listing)
        if page > outlet.page_count(night):
            return None
    scene = Scene(outlet=outlet, night=night, origin=origin, page=page)
    body = design(outlet, night).listing(scene).encode(outlet.codec)
    return _document(outlet, body, last_modified=_changed_at(outlet, night, path, origin, body) if outlet.last_modified else None)


def _changed_at(outlet: Outlet, night: int, path: str, origin: str, body: bytes) -> datetime:
    """When the page was last touched: before the first of the nights that show it as it is now."""
    while night > 0 and answer(outlet.slug, night - 1, path, origin).body == body:
        night -= 1
    return outlet.editions[night].night.at - UPLOADED_BEFORE_CRAWL


def _article(outlet: Outlet, night: int, path: str, origin: str) -> Answer:
    scene = Scene(outlet=outlet, night=night, origin=origin)
    edition = outlet.editions[night]
    worded = {teaser.article.id: teaser.article for teaser in edition.teasers}
    for article in outlet.articles.values():
        if article.path == path and article.published <= edition.night.at:
            html = design(outlet, night).article(scene, worded.get(article.id, article))
            return _document(outlet, html.encode(outlet.codec))
    body = design(outlet, night).not_found(scene).encode(outlet.codec)
    return Answer(
        status=404, body=body, content_type=outlet.content_type, headers=tuple(outlet.headers.items()), may_be_gzipped=outlet.gzip
    )


def _document(outlet: Outlet, body: bytes, last_modified: datetime | None = None) -> Answer:
    return Answer(
        status=200,
        body=body,
        content_type=outlet.content_type,
        etag=_etag(body, weak=outlet.etag == "weak") if outlet.etag else None,
        last_modified=last_modified,
        headers=tuple(outlet.headers.items()),
        may_be_gzipped=outlet.gzip,
    )


def _picture(outlet: Outlet, path: str) -> Answer | None:
    """Pictures are drawings whatever their name ends in, as an image service answers with the format that suits it."""
    face = FACE.fullmatch(path)
    found = PICTURE.search(path)
    article = outlet.articles.get(found["article"]) if found else None
    if face:
        body = illustration("face", face["person"])
    elif article and article.image:
        body = illustration(article.image, article.id)
    else:
        return None
    return Answer(
        status=200, body=body, content_type="image/svg+xml", etag=_etag(body), headers=(("Cache-Control", "max-age=86400"),)
    )


def _static_file(outlet: Outlet, path: str) -> Answer | None:
    """A file below the outlet's `static` folder: robots.txt, style sheets, spacers."""
    parts = PurePosixPath(path.lstrip("/")).parts
    if not parts or ".." in parts:
        return None
    file = site_folder().joinpath(outlet.slug, "static", *parts)
    if not file.is_file():
        return None
    body = file.read_bytes()
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Answer(status=200, body=body, content_type=kind, etag=_etag(body), headers=(("Cache-Control", "max-age=3600"),))


def _etag(body: bytes, *, weak: bool = False) -> str:
    return f'{"W/" if weak else ""}"{hashlib.sha256(body).hexdigest()[:16]}"'
