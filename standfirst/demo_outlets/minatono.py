"""Press releases of the prefecture of Minatono: a table of date, field and title, dates in the Reiwa calendar, Shift_JIS."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import PurePosixPath

from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.drawing import Scene, Shown, fill

JAPAN = timezone(timedelta(hours=9))
FIRST_YEAR_OF_REIWA = 2019


def shown(scene: Scene, teaser: Teaser) -> Shown:
    if teaser.published is None:
        return Shown()
    return Shown(published_raw=reiwa_date(teaser.published), published_on=f"{teaser.published.astimezone(JAPAN):%Y-%m-%d}")


def reiwa_date(moment: datetime) -> str:
    """令和6年5月20日 for 20 May 2024, as the calendar stands in Japan."""
    local = moment.astimezone(JAPAN)
    return f"令和{local.year - FIRST_YEAR_OF_REIWA + 1}年{local.month}月{local.day}日"


def listing(scene: Scene) -> str:
    newest = max(teaser.article.published for teaser in scene.teasers)
    rows = "\n".join(_row(scene, number, teaser) for number, teaser in enumerate(scene.teasers))
    main = fill(scene, "listing.html", updated=reiwa_date(newest), cards=rows)
    return _page(scene, "記者発表資料 - 湊野県", main)


def article(scene: Scene, article: Article) -> str:
    main = fill(scene, "article.html", headline=escape(article.title), date=reiwa_date(article.published))
    return _page(scene, f"{article.title} - 湊野県", main)


def not_found(scene: Scene) -> str:
    return _page(scene, "ページが見つかりません - 湊野県", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, main: str) -> str:
    return fill(scene, "page.html", title=escape(title), main=main)


def _row(scene: Scene, number: int, teaser: Teaser) -> str:
    link = PurePosixPath(teaser.article.path).relative_to(PurePosixPath(scene.outlet.listing).parent)
    colour = ' bgcolor="#f7fafc"' if number % 2 else ""
    return (
        f"<tr{colour}><td nowrap>{shown(scene, teaser).published_raw}</td>"
        f'<td><span class="bunya">{escape(teaser.category or "")}</span></td>'
        f'<td><a href="{link}">{escape(teaser.title)}</a></td></tr>'
    )
