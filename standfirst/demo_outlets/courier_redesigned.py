"""The Larkmouth Courier's home page after its redesign: rows of teasers without `article`, dates without the hour, the menu's teasers in a panel."""

from __future__ import annotations

from html import escape

from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.courier import SECTIONS, SUMMER_TIME
from standfirst.demo_outlets.drawing import Scene, Shown, fill, long_date, slug, when


def shown(scene: Scene, teaser: Teaser) -> Shown:
    published = teaser.published.astimezone(SUMMER_TIME) if teaser.published else None
    return Shown(
        published_raw=long_date(published) if published else None,
        published_on=f"{published:%Y-%m-%d}" if published else None,
        read_time_raw=f"{teaser.read_time} minute read" if teaser.read_time else None,
        image_urls=(f"http:{_picture(scene, teaser.article)}",) if teaser.image else (),
    )


def listing(scene: Scene) -> str:
    edition = scene.edition
    zones: dict[str, list[Teaser]] = {}
    for teaser in scene.teasers:
        zones.setdefault(teaser.zone, []).append(teaser)
    main = fill(
        scene,
        "redesigned_listing.html",
        ticker="".join(f"<span>{escape(line)}</span>" for line in edition.ticker),
        top="\n".join(_teaser(scene, teaser) for zone in ("hero", "lead") for teaser in zones.pop(zone)),
        sections="\n".join(_section(scene, zone, teasers) for zone, teasers in zones.items()),
        most_read="\n".join(
            f'<li><a href="{article.path}?from=top5">{escape(article.title)}</a></li>' for article in edition.beside["most_read"]
        ),
    )
    return _page(scene, f"{scene.outlet.name}: today", "/", main)


def article(scene: Scene, article: Article) -> str:
    section = article.path.split("/")[1]
    main = fill(
        scene,
        "redesigned_article.html",
        section_name=SECTIONS.get(section, section.title()),
        headline=escape(article.title),
        blurb=escape(article.blurb or ""),
        byline=when(article.author, f"{escape(article.author or '')}, "),
        date=long_date(article.published.astimezone(SUMMER_TIME)),
        image=_picture(scene, article),
    )
    return _page(scene, f"{article.title} | {scene.outlet.name}", article.path, main, og_type="article")


def not_found(scene: Scene) -> str:
    return _page(scene, f"Page not found | {scene.outlet.name}", "/", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, path: str, main: str, *, og_type: str = "website") -> str:
    return fill(
        scene,
        "redesigned_page.html",
        title=escape(title),
        canonical=scene.origin + path,
        menu="\n".join(_menu_teaser(scene, article) for article in scene.edition.beside["menu"]),
        main=main,
        og_type=og_type,
    )


def _section(scene: Scene, zone: str, teasers: list[Teaser]) -> str:
    return f"""<section class="row" aria-labelledby="row-{zone}">
<h2 class="row-name" id="row-{zone}"><a href="/{zone}">{SECTIONS[zone]}</a></h2>
<div class="row-teasers">
{chr(10).join(_teaser(scene, teaser) for teaser in teasers)}
</div>
</section>"""


def _teaser(scene: Scene, teaser: Teaser) -> str:
    """One design for all zones: what a zone doesn't show is left out."""
    details = shown(scene, teaser)
    path, author = teaser.article.path, escape(teaser.author or "")
    picture = f'<a class="teaser-picture" href="{path}" aria-hidden="true" tabindex="-1"><img src="{_picture(scene, teaser.article)}" alt="" loading="lazy"></a>'
    category = f'<a class="teaser-section" href="/{slug(teaser.category or "")}">{escape(teaser.category or "")}</a>'
    facts = "".join(
        [
            when(teaser.author, f'<span class="teaser-writer">By {author}</span>'),
            when(details.published_raw, f"<span>{details.published_raw}</span>"),
            when(details.read_time_raw, f"<span>{details.read_time_raw}</span>"),
        ]
    )
    return f"""<div class="teaser">{when(teaser.image, picture)}<div class="teaser-words">{when(teaser.category, category)}
<h3 class="teaser-headline"><a href="{path}">{escape(teaser.title)}</a></h3>
{when(teaser.blurb, f'<p class="teaser-standfirst">{escape(teaser.blurb or "")}</p>')}
{when(facts, f'<div class="teaser-facts">{facts}</div>')}</div></div>"""


def _menu_teaser(scene: Scene, article: Article) -> str:
    return f"""<div class="teaser"><div class="teaser-words"><h3 class="teaser-headline"><a href="{article.path}">{escape(article.title)}</a></h3>
<p class="teaser-standfirst">{escape(article.blurb or "")}</p></div></div>"""


def _picture(scene: Scene, article: Article) -> str:
    return f"{scene.origin.removeprefix('http:')}/i/{article.id}-800x500.jpg"
