"""What all designs of the made-up outlets share: the scene that is drawn, and templates filled with text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from string import Template
from typing import Protocol

from standfirst.demo_outlets.content import Article, Edition, Outlet, Teaser, site_folder

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One page of one outlet on one night, as one visitor asks for it."""

    outlet: Outlet
    night: int
    origin: str  # "http://cities.example", or with `.localhost` and a port where a browser came that way
    page: int = 1  # of the list

    @property
    def edition(self) -> Edition:
        return self.outlet.editions[self.night]

    @property
    def teasers(self) -> tuple[Teaser, ...]:
        """The cards on this page of the list."""
        return self.outlet.page(self.night, self.page)

    def listing_path(self, page: int) -> str:
        """Where a page of the list is, from the outlet's root; the first is the listing itself."""
        return self.outlet.listing if page == 1 else f"{self.outlet.listing}page/{page}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How a design writes the fields that don't stand in the data as they stand on the page. None: not shown."""

    published_raw: str | None = None
    published_on: str | None = None  # YYYY-MM-DD
    published_is_relative: bool = False  # "yesterday": the page doesn't say the date to who doesn't know when it was fetched
    read_time_raw: str | None = None
    image_urls: tuple[
        str, ...
    ] = ()  # every candidate of the picture, absolute; first the one that `src` (or what stands for it) names


class Design(Protocol):
    """A module that draws an outlet's pages."""

    def listing(self, scene: Scene) -> str:
        """The HTML of one page of the list."""

    def article(self, scene: Scene, article: Article) -> str:
        """The HTML of an article's own page."""

    def not_found(self, scene: Scene) -> str:
        """The HTML of the outlet's 404 page."""

    def shown(self, scene: Scene, teaser: Teaser) -> Shown:
        """How this design writes the teaser's date, read time and picture."""


@cache
def template(outlet: str, name: str) -> Template:
    """A template of an outlet, by its file name."""
    return Template((site_folder() / outlet / name).read_text(encoding="utf-8"))


def fill(scene: Scene, name: str, **values: str) -> str:
    """A template of the scene's outlet with its holes filled. Values are HTML: escape text before."""
    return template(scene.outlet.slug, name).substitute(
        values, origin=scene.origin, host_root=scene.origin.removeprefix("http:"), name=escape(scene.outlet.name)
    )


def when(condition: object, html: str) -> str:
    """The HTML if the condition holds, else nothing."""
    return html if condition else ""


def slug(label: str) -> str:
    """A label as it stands in class names and query strings: "Press release" is "press-release"."""
    return label.lower().replace(" ", "-")


def long_date(moment: date) -> str:
    """24 May 2024, whatever the machine's locale."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def month_first_date(moment: date) -> str:
    """May 24, 2024, whatever the machine's locale."""
    return f"{MONTHS[moment.month - 1]} {moment.day}, {moment.year}"
