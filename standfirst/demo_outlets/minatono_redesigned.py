"""Press releases of the prefecture of Minatono after its redesign: a definition list in place of a table, dates of the common calendar."""

from __future__ import annotations

from datetime import datetime
from html import escape
from pathlib import PurePosixPath

from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.drawing import Scene, Shown, fill
from standfirst.demo_outlets.minatono import JAPAN


def shown(scene: Scene, teaser: Teaser) -> Shown:
    if teaser.published is None:
        return Shown()
    return Shown(published_raw=common_date(teaser.published), published_on=f"{teaser.published.astimezone(JAPAN):%Y-%m-%d}")


def common_date(moment: datetime) -> str:
    """2024年5月20日, as the calendar stands in Japan."""
    local = moment.astimezone(JAPAN)
    return f"{local.year}年{local.month}月{local.day}日"


def listing(scene: Scene) -> str:
    newest = max(teaser.article.published for teaser in scene.teasers)
    entries = "\n".join(_entry(scene, teaser) for teaser in scene.teasers)
    main = fill(scene, "redesigned_listing.html", updated=common_date(newest), cards=entries)
    return _page(scene, "記者発表資料|湊野県公式サイト", main)


def article(scene: Scene, article: Article) -> str:
    main = fill(scene, "redesigned_article.html", headline=escape(article.title), date=common_date(article.published))
    return _page(scene, f"{article.title}|湊野県公式サイト", main)


def not_found(scene: Scene) -> str:
    return _page(scene, "ページが見つかりません|湊野県公式サイト", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, main: str) -> str:
    return fill(scene, "redesigned_page.html", title=escape(title), main=main)


def _entry(scene: Scene, teaser: Teaser) -> str:
    link = PurePosixPath(teaser.article.path).relative_to(PurePosixPath(scene.outlet.listing).parent)
    return (
        f"<dt>{shown(scene, teaser).published_raw}</dt>\n"
        f'<dd><span class="kubun">{escape(teaser.category or "")}</span> <a href="{link}">{escape(teaser.title)}</a></dd>'
    )
