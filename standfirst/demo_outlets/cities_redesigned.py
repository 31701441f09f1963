"""The Association of Liveable Cities after its redesign: other markup, other wording of dates and read times, the same articles."""

from __future__ import annotations

from html import escape

from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.drawing import Scene, Shown, fill, month_first_date, slug, when

TABS = ("News", "Opinion", "Press release", "Case study")


def shown(scene: Scene, teaser: Teaser) -> Shown:
    return Shown(
        published_raw=month_first_date(teaser.published) if teaser.published else None,
        published_on=f"{teaser.published:%Y-%m-%d}" if teaser.published else None,
        read_time_raw=f"{teaser.read_time} min read" if teaser.read_time else None,
        image_urls=(_picture(scene, teaser.article),) if teaser.image else (),
    )


def listing(scene: Scene) -> str:
    pages = scene.outlet.page_count(scene.night)
    tabs = "".join(f'<a role="tab" href="{scene.origin}/latest/?type={slug(tab)}">{escape(tab)}</a>' for tab in TABS)
    newer = when(scene.page > 1, f'<a href="{scene.origin}{scene.listing_path(scene.page - 1)}">Newer stories</a>')
    older = when(scene.page < pages, f'<a rel="next" href="{scene.origin}{scene.listing_path(scene.page + 1)}">Older stories</a>')
    main = fill(
        scene,
        "redesigned_listing.html",
        tabs=f'<a role="tab" aria-selected="true" href="{scene.origin}/latest/">Everything</a>{tabs}',
        cards="\n".join(_card(scene, teaser) for teaser in scene.teasers),
        pagination=newer + older,
    )
    return _page(scene, f"Latest | {scene.outlet.name}", scene.listing_path(scene.page), main)


def article(scene: Scene, article: Article) -> str:
    main = fill(
        scene,
        "redesigned_article.html",
        category=escape(article.category or "News"),
        headline=escape(article.title),
        date=month_first_date(article.published),
        image=_picture(scene, article),
        blurb=escape(article.blurb or ""),
    )
    return _page(scene, f"{article.title} | {scene.outlet.name}", article.path, main, og_type="article")


def not_found(scene: Scene) -> str:
    return _page(scene, f"Not found | {scene.outlet.name}", "/", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, path: str, main: str, *, og_type: str = "website") -> str:
    return fill(scene, "redesigned_page.html", title=escape(title), canonical=scene.origin + path, main=main, og_type=og_type)


def _card(scene: Scene, teaser: Teaser) -> str:
    details = shown(scene, teaser)
    category = teaser.category or "News"
    title = escape(teaser.title)
    minutes = when(details.read_time_raw, f"<dt>Time to read</dt><dd>{details.read_time_raw}</dd>")
    return f"""<li class="c-feed__item">
<ul class="c-feed__tags"><li><span class="c-pill">{escape(category)}</span></li></ul>
<h2>{title}</h2>
<p>{escape(teaser.blurb or "")}</p>
{"".join(f'<div class="c-feed__pic" style="background-image:url({url})" role="img" aria-label=""></div>' for url in details.image_urls)}
<dl class="c-feed__facts"><dt>Published</dt><dd>{details.published_raw}</dd>{minutes}</dl>
<a class="c-feed__cover" href="{scene.origin}{teaser.article.path}" aria-label="{title}"></a>
</li>"""


def _picture(scene: Scene, article: Article) -> str:
    """The uploads stay where they were, as they do when a site gets another theme."""
    return f"{scene.origin}/wp-content/uploads/{article.published:%Y/%m}/{article.id}-768x512.jpg"
