"""What the made-up outlets showed on which night, read from the data files in `fixtures/site`.

The files are the one source of truth: the server draws its pages from them and the tests compare what was extracted with them.
They are written by hand; a key that nobody knows is an error and not a silence.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from scraper.errors import StandfirstError

CRAWL_TIME = time(2, 0, tzinfo=UTC)


class DemoSiteMissingError(StandfirstError):
    """The demo site's files are not where an installation or a checkout has them."""


class DemoSiteBrokenError(StandfirstError):
    """One of the demo site's data files contradicts itself; names the file and the place."""


class Article(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An article as its card shows it on some night. None: the card doesn't say."""

    id: str = ""  # its key in the file; also the name of its picture
    path: str  # of the article's own page, from the outlet's root
    published: datetime  # aware UTC; the design decides how it is written
    title: str
    blurb: str | None = None
    read_time: int | None = None  # minutes
    author: str | None = None
    category: str | None = None
    image: str | None = None  # an illustration's name
    related: tuple[str, ...] = ()  # titles of the link list under a hero: no cards


class Zone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the page that holds cards, and which fields they show there."""

    shows: frozenset[str]


class Failure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The outlet's server has a bad night: every page answers with this status."""

    status: int
    retry_after_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One made-up night on which the outlets are crawled."""

    number: int  # 0 is the first
    at: datetime  # aware UTC
    note: str  # what is to be seen on it, for a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """A card before it is drawn: an article in the wording of the night, in a zone. A field that the zone doesn't show is None."""

    article: Article
    zone: str
    title: str
    blurb: str | None
    read_time: int | None
    published: datetime | None
    author: str | None
    category: str | None
    image: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Everything one outlet shows on one night."""

    night: Night
    design: str  # name of the module that draws it
    teasers: tuple[Teaser, ...]  # the cards in page order, over all pages of the list
    beside: dict[str, tuple[Article, ...]]  # lists on the page that hold no cards: mega-menu, most-read
    ticker: tuple[str, ...]
    failure: Failure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One made-up outlet with its nights."""

    slug: str
    host: str
    name: str
    listing: str  # path of the listing page
    lang: str
    charset: str  # the label in the page's meta element
    codec: str  # Python's codec for it
    content_type: str  # the header as sent
    gzip: bool  # whether the server compresses for who asks
    etag: str | None  # "weak", "strong" or None
    last_modified: bool  # whether the server sends Last-Modified
    headers: dict[str, str]
    per_page: int | None  # None: everything on one page
    facets: dict[str, int]  # cards per category in the outlet's whole archive, as counted on night 0
    articles: dict[str, Article]  # in their first wording
    editions: tuple[Edition, ...]  # one a night

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    @property
    def listing_url(self) -> str:
        return self.origin + self.listing

    def page_count(self, night: int) -> int:
        """Into how many pages the list is cut on that night."""
        return -(-len(self.editions[night].teasers) // self.per_page) if self.per_page else 1

    def page(self, night: int, number: int) -> tuple[Teaser, ...]:
        """The cards on one page of the list; the first page is 1."""
        teasers = self.editions[night].teasers
        return teasers[(number - 1) * self.per_page : number * self.per_page] if self.per_page else teasers

    def facets_on(self, night: int) -> dict[str, int]:
        """The archive's counts on that night: those of night 0 and everything that came after."""
        known = {teaser.article.id for teaser in self.editions[0].teasers}
        counts = dict(self.facets)
        for edition in self.editions[: night + 1]:
            for teaser in edition.teasers:
                if teaser.article.id not in known and teaser.article.category in counts:
                    known.add(teaser.article.id)
                    counts[teaser.article.category] += 1
        return counts


# --- the files as they are written -------------------------------------------------------------------------------------


class _Design(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    from_night: int
    name: str


class _OutletFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A night is a free table here: its lists are named after the outlet's zones, so they are checked by hand."""

    slug: str
    host: str
    name: str
    listing: str
    lang: str
    charset: str
    codec: str = "utf-8"
    content_type: str
    layouts: tuple[_Design, ...]
    gzip: bool
    validators: frozenset[str]
    etag: str | None = None
    headers: dict[str, str]
    per_page: int | None = None
    facets: dict[str, int] = {}
    zones: dict[str, Zone]
    beside: tuple[str, ...] = ()  # names of lists on the page that hold no cards
    articles: dict[str, Article]
    nights: list[dict[str, object]]


class _NightFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    number: int
    date: date
    note: str


class _NightsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    night: tuple[_NightFile, ...]


T = TypeVar("T")


@cache
def site_folder() -> Path:
    """The folder with the demo site's files: inside an installed package, or `fixtures/site` of a checkout.

    Raises DemoSiteMissingError where neither is there.
    """
    return find_site_folder(Path(__file__).resolve().parents[1])


def find_site_folder(package: Path) -> Path:
    """The same for the package `standfirst` at that place."""
    candidates = (package / "demo_site", package.parent / "fixtures" / "site")
    for folder in candidates:
        if (folder / "nights.toml").is_file():
            return folder
    tried = " nor ".join(str(folder) for folder in candidates)
    raise DemoSiteMissingError(
        f"the demo site's files are neither in {tried}; install standfirst again, or run it from a full checkout"
    )


@cache
def nights() -> tuple[Night, ...]:
    """All made-up nights, the first first."""
    path = site_folder() / "nights.toml"
    entries = _read(path, _NightsFile).night
    if [entry.number for entry in entries] != list(range(len(entries))):
        raise DemoSiteBrokenError(f"{path}: nights have to be numbered 0, 1, 2 … without a hole")
    return tuple(Night(number=entry.number, at=datetime.combine(entry.date, CRAWL_TIME), note=entry.note) for entry in entries)


@cache
def outlets() -> dict[str, Outlet]:
    """Every outlet by its slug, in alphabetical order."""
    found = (load_outlet(path) for path in sorted(site_folder().glob("*/outlet.toml")))
    return {outlet.slug: outlet for outlet in found}


def load_outlet(path: Path) -> Outlet:
    """One outlet from its `outlet.toml`. Raises DemoSiteBrokenError, which names the file and what is wrong in it."""
    file = _read(path, _OutletFile)
    articles = {key: msgspec.structs.replace(article, id=key) for key, article in file.articles.items()}
    reader = _EditionReader(path, file, articles)
    if len(file.nights) != len(nights()):
        raise DemoSiteBrokenError(f"{path}: {len(file.nights)} nights, but nights.toml has {len(nights())}")
    return Outlet(
        slug=file.slug,
        host=file.host,
        name=file.name,
        listing=file.listing,
        lang=file.lang,
        charset=file.charset,
        codec=file.codec,
        content_type=file.content_type,
        gzip=file.gzip,
        etag=file.etag if "etag" in file.validators else None,
        last_modified="last-modified" in file.validators,
        headers=file.headers,
        per_page=file.per_page,
        facets=file.facets,
        articles=articles,
        editions=tuple(reader.edition(night, entry) for night, entry in zip(nights(), file.nights, strict=True)),
    )


class _EditionReader:
    """Goes through an outlet's nights in order: what a night doesn't mention stays as the night before had it."""

    def __init__(self, path: Path, file: _OutletFile, articles: dict[str, Article]) -> None:
        self._path = path
        self._file = file
        self._wording = dict(articles)
        self._lists: dict[str, tuple[str, ...]] = {}
        self._order = tuple(file.zones)
        self._ticker: tuple[str, ...] = ()

    def edition(self, night: Night, entry: dict[str, object]) -> Edition:
        rest = dict(entry)
        if rest.pop("number", None) != night.number:
            raise DemoSiteBrokenError(f"{self._path}: expected night {night.number}, found {entry.get('number')!r}")
        failure = msgspec.convert(rest.pop("failure", None), Failure | None)
        self._order = msgspec.convert(rest.pop("order", self._order), tuple[str, ...])
        self._ticker = msgspec.convert(rest.pop("ticker", self._ticker), tuple[str, ...])
        for key, changes in msgspec.convert(rest.pop("reworded", {}), dict[str, dict[str, object]]).items():
            self._wording[key] = self._reword(night, key, changes)
        for name, ids in rest.items():
            if name not in self._file.zones and name not in self._file.beside:
                raise DemoSiteBrokenError(f"{self._path}, night {night.number}: the outlet has no list called {name!r}")
            self._lists[name] = msgspec.convert(ids, tuple[str, ...])
        zones = self._file.zones
        if set(self._order) != set(zones):
            raise DemoSiteBrokenError(
                f"{self._path}, night {night.number}: `order` has to name every zone once: {', '.join(zones)}"
            )
        return Edition(
            night=night,
            design=[design.name for design in self._file.layouts if design.from_night <= night.number][-1],
            teasers=tuple(
                self._teaser(name, self._article(night, key)) for name in self._order for key in self._lists.get(name, ())
            ),
            beside={name: tuple(self._article(night, key) for key in self._lists.get(name, ())) for name in self._file.beside},
            ticker=self._ticker,
            failure=failure,
        )

    def _article(self, night: Night, key: str) -> Article:
        article = self._wording.get(key)
        if article is None:
            raise DemoSiteBrokenError(f"{self._path}, night {night.number}: there is no article {key!r}")
        if article.published > night.at:
            raise DemoSiteBrokenError(
                f"{self._path}, night {night.number}: {key!r} is only published at {article.published:%Y-%m-%d %H:%M}"
            )
        return article

    def _reword(self, night: Night, key: str, changes: dict[str, object]) -> Article:
        unknown = set(changes) - {"title", "blurb", "read_time"}
        if unknown:
            raise DemoSiteBrokenError(
                f"{self._path}, night {night.number}: {key!r} can't change its {', '.join(sorted(unknown))}"
            )
        return msgspec.convert({**msgspec.structs.asdict(self._article(night, key)), **changes}, Article)

    def _teaser(self, zone: str, article: Article) -> Teaser:
        shows = self._file.zones[zone].shows
        return Teaser(
            article=article,
            zone=zone,
            title=article.title,
            blurb=article.blurb if "blurb" in shows else None,
            read_time=article.read_time if "read_time" in shows else None,
            published=article.published if "published" in shows else None,
            author=article.author if "author" in shows else None,
            category=article.category if "category" in shows else None,
            image=article.image if "image" in shows else None,
        )


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as exc:
        raise DemoSiteBrokenError(f"{path}: {exc}") from exc


def illustration(name: str, article_id: str) -> bytes:
    """The picture of an article as SVG: one of a few drawings, in colours of the article's own."""
    drawing = (site_folder() / "illustrations" / f"{name}.svg").read_text(encoding="utf-8")
    hue = sum(article_id.encode()) * 37 % 360
    return re.sub(r"hsl\((-?\d+) ", lambda found: f"hsl({(int(found[1]) + hue) % 360} ", drawing).encode()
