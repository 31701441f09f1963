"""Press releases of the district of Auental after its redesign: headings and paragraphs in place of a layout table, months as words."""

from __future__ import annotations

from datetime import datetime
from html import escape
from pathlib import PurePosixPath

from standfirst.demo_outlets.auental import SUMMER_TIME
from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.drawing import Scene, Shown, fill

MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)


def shown(scene: Scene, teaser: Teaser) -> Shown:
    if teaser.published is None:
        return Shown()
    return Shown(published_raw=_date(teaser.published), published_on=f"{teaser.published.astimezone(SUMMER_TIME):%Y-%m-%d}")


def listing(scene: Scene) -> str:
    main = fill(scene, "redesigned_listing.html", cards="\n".join(_release(scene, teaser) for teaser in scene.teasers))
    return _page(scene, "Pressemitteilungen | Landkreis Auental", main)


def article(scene: Scene, article: Article) -> str:
    main = fill(
        scene,
        "redesigned_article.html",
        date=_date(article.published),
        headline=escape(article.title),
        blurb=escape(article.blurb or ""),
    )
    return _page(scene, f"{article.title} | Landkreis Auental", main)


def not_found(scene: Scene) -> str:
    return _page(scene, "Seite nicht gefunden | Landkreis Auental", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, main: str) -> str:
    return fill(scene, "redesigned_page.html", title=escape(title), main=main)


def _release(scene: Scene, teaser: Teaser) -> str:
    link = PurePosixPath(teaser.article.path).relative_to(PurePosixPath(scene.outlet.listing).parent)
    return f"""<div class="ce-mitteilung">
<h3><a href="{link}">{escape(teaser.title)}</a></h3>
<p class="ce-datum">{shown(scene, teaser).published_raw}</p>
<p>{escape(teaser.blurb or "")} <a class="ce-weiter" href="{link}">weiterlesen</a></p>
</div>"""


def _date(moment: datetime) -> str:
    """28. Mai 2024."""
    local = moment.astimezone(SUMMER_TIME)
    return f"{local.day}. {MONTHS[local.month - 1]} {local.year}"
