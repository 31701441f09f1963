"""Kilowatt's stories after the redesign: a list of articles with names that mean something, microdata, and dates in full."""

from __future__ import annotations

from html import escape

from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.drawing import Scene, Shown, fill, month_first_date, slug, when


def shown(scene: Scene, teaser: Teaser) -> Shown:
    return Shown(
        published_raw=month_first_date(teaser.published) if teaser.published else None,
        published_on=f"{teaser.published:%Y-%m-%d}" if teaser.published else None,
        read_time_raw=f"{teaser.read_time}-minute read" if teaser.read_time else None,
        image_urls=(_picture(scene, teaser.article),) if teaser.image else (),
    )


def listing(scene: Scene) -> str:
    main = fill(scene, "redesigned_listing.html", cards="\n".join(_story(scene, teaser) for teaser in scene.teasers))
    return _page(scene, f"All stories – {scene.outlet.name}", scene.outlet.listing, main)


def article(scene: Scene, article: Article) -> str:
    main = fill(
        scene,
        "redesigned_article.html",
        category=escape(article.category or ""),
        headline=escape(article.title),
        blurb=escape(article.blurb or ""),
        author=escape(article.author or ""),
        datetime=article.published.isoformat(),
        date=month_first_date(article.published),
        image=_picture(scene, article),
    )
    return _page(scene, f"{article.title} – {scene.outlet.name}", article.path, main, og_type="article")


def not_found(scene: Scene) -> str:
    return _page(scene, f"Not found – {scene.outlet.name}", "/404", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, path: str, main: str, *, og_type: str = "website") -> str:
    return fill(scene, "redesigned_page.html", title=escape(title), canonical=scene.origin + path, main=main, og_type=og_type)


def _story(scene: Scene, teaser: Teaser) -> str:
    article = teaser.article
    details = shown(scene, teaser)
    picture = f'<figure class="story__figure"><a href="{article.path}"><img src="{_picture(scene, article)}" alt="" width="640" height="360"></a></figure>'
    byline = f'<span class="story__byline">by <span itemprop="author">{escape(teaser.author or "")}</span></span>'
    return f"""<li><article class="story" itemscope itemtype="https://schema.org/NewsArticle">
{when(teaser.image, picture)}
<a class="story__topic" rel="tag" href="/topics/{slug(teaser.category or "")}">{escape(teaser.category or "")}</a>
<h2 class="story__title" itemprop="headline"><a href="{article.path}">{escape(teaser.title)}</a></h2>
<p class="story__dek">{escape(teaser.blurb or "")}</p>
<p class="story__facts">{when(teaser.author, byline)} <time itemprop="datePublished" datetime="{article.published.isoformat()}">{details.published_raw}</time> <span>{details.read_time_raw}</span></p>
</article></li>"""


def _picture(scene: Scene, article: Article) -> str:
    return f"{scene.origin}/img/{article.id}-640x360.webp"
