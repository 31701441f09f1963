"""Press releases of the district of Auental: a layout table with three rows a release, font elements, spacer images."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import PurePosixPath

from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.drawing import Scene, Shown, fill

SUMMER_TIME = timezone(timedelta(hours=2))


def shown(scene: Scene, teaser: Teaser) -> Shown:
    if teaser.published is None:
        return Shown()
    return Shown(published_raw=_date(teaser.published), published_on=f"{teaser.published.astimezone(SUMMER_TIME):%Y-%m-%d}")


def listing(scene: Scene) -> str:
    main = fill(scene, "listing.html", cards="\n".join(_rows(scene, teaser) for teaser in scene.teasers))
    return _page(scene, "Landkreis Auental - Pressemitteilungen", main)


def article(scene: Scene, article: Article) -> str:
    main = fill(
        scene, "article.html", date=_date(article.published), headline=escape(article.title), blurb=escape(article.blurb or "")
    )
    return _page(scene, f"Landkreis Auental - {article.title}", main)


def not_found(scene: Scene) -> str:
    return _page(scene, "Landkreis Auental - Seite nicht gefunden", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, main: str) -> str:
    return fill(scene, "page.html", title=escape(title), main=main)


def _rows(scene: Scene, teaser: Teaser) -> str:
    link = PurePosixPath(teaser.article.path).relative_to(PurePosixPath(scene.outlet.listing).parent)
    return f"""<TR VALIGN="top"><TD WIDTH="80" NOWRAP><FONT SIZE="1">{shown(scene, teaser).published_raw}</FONT></TD><TD><A HREF="{link}"><FONT COLOR="#006633"><B>{escape(teaser.title)}</B></FONT></A></TD></TR>
<TR><TD>&nbsp;</TD><TD><FONT SIZE="2">{escape(teaser.blurb or "")}</FONT> <A HREF="{link}"><FONT SIZE="1">[mehr]</FONT></A></TD></TR>
<TR><TD COLSPAN="2" BGCOLOR="#CCE6CC"><IMG SRC="/grafik/leer.gif" WIDTH="1" HEIGHT="1" ALT=""></TD></TR>"""


def _date(moment: datetime) -> str:
    return f"{moment.astimezone(SUMMER_TIME):%d.%m.%Y}"
