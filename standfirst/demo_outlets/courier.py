"""The Larkmouth Courier's home page: hero, lead, sections, opinion column, ticker, most-read list and mega-menu."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from html import escape

from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.drawing import DAYS, Scene, Shown, fill, long_date, slug, when

SUMMER_TIME = timezone(timedelta(hours=1))
SECTIONS = {
    "town": "Town",
    "region": "Region",
    "business": "Business",
    "opinion": "Opinion",
    "culture": "Culture",
    "sport": "Sport",
}


def shown(scene: Scene, teaser: Teaser) -> Shown:
    read_time_raw = None
    if teaser.read_time:
        read_time_raw = f"{teaser.read_time} min read" if teaser.zone in {"hero", "lead"} else f"{teaser.read_time} min"
    sizes = ("960x600", "480x300") if teaser.zone == "hero" else ("480x300", "960x600")
    return Shown(
        published_raw=_clock(teaser.published) if teaser.published else None,
        published_on=f"{_local(teaser.published):%Y-%m-%d}" if teaser.published else None,
        read_time_raw=read_time_raw,
        image_urls=tuple(f"http:{_picture(scene, teaser.article, size)}" for size in sizes) if teaser.image else (),
    )


def listing(scene: Scene) -> str:
    edition = scene.edition
    zones: dict[str, list[Teaser]] = {}
    for teaser in scene.teasers:
        zones.setdefault(teaser.zone, []).append(teaser)
    main = fill(
        scene,
        "listing.html",
        ticker="\n".join(f"<li><time>{escape(line[:5])}</time>{escape(line[6:])}</li>" for line in edition.ticker),
        hero="\n".join(_hero(scene, teaser) for teaser in zones.pop("hero")),
        lead="\n".join(_lead(scene, teaser) for teaser in zones.pop("lead")),
        most_read="\n".join(
            f'<li><a href="{article.path}?ref=most-read">{escape(article.title)}</a></li>'
            for article in edition.beside["most_read"]
        ),
        sections="\n".join(_section(scene, zone, teasers) for zone, teasers in zones.items()),
    )
    return _page(scene, f"{scene.outlet.name} | News from Larkmouth and the county", "/", main)


def article(scene: Scene, article: Article) -> str:
    section = article.path.split("/")[1]
    main = fill(
        scene,
        "article.html",
        section=section,
        section_name=SECTIONS.get(section, section.title()),
        headline=escape(article.title),
        blurb=escape(article.blurb or ""),
        byline=when(article.author, f"By <b>{escape(article.author or '')}</b> "),
        datetime=_local(article.published).isoformat(),
        date=_clock(article.published),
        image=_picture(scene, article, "960x600"),
    )
    return _page(scene, f"{article.title} | {scene.outlet.name}", article.path, main, og_type="article")


def not_found(scene: Scene) -> str:
    return _page(scene, f"Page not found | {scene.outlet.name}", "/", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, path: str, main: str, *, og_type: str = "website") -> str:
    site = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": scene.outlet.name,
        "url": f"{scene.origin}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{scene.origin}/search?q={{q}}",
            "query-input": "required name=q",
        },
    }
    today = _local(scene.edition.night.at)
    return fill(
        scene,
        "page.html",
        title=escape(title),
        canonical=scene.origin + path,
        json_ld=json.dumps(site, ensure_ascii=False),
        today=f"{DAYS[today.weekday()]}, {long_date(today)}",
        menu="\n".join(_menu_teaser(scene, article) for article in scene.edition.beside["menu"]),
        main=main,
        og_type=og_type,
    )


def _hero(scene: Scene, teaser: Teaser) -> str:
    article = teaser.article
    details = shown(scene, teaser)
    related = "".join(
        f'<li><a href="{article.path}/{slug(title).replace("?", "").replace(",", "")[:24]}">{escape(title)}</a></li>'
        for title in article.related
    )
    byline = f'<span class="byline">By <a href="/staff/{slug(teaser.author or "")}">{escape(teaser.author or "")}</a></span>'
    return f"""<article class="hero" data-id="{article.id}">
<a class="hero__media" href="{article.path}"><picture><source type="image/webp" srcset="{_picture(scene, article, "480x300")} 480w, {_picture(scene, article, "960x600")} 960w"><img src="{_picture(scene, article, "960x600")}" alt="" width="960" height="600" fetchpriority="high"></picture></a>
<p class="label"><a href="/{slug(teaser.category or "")}">{escape(teaser.category or "")}</a></p>
<h2><a href="{article.path}">{escape(teaser.title)}</a></h2>
<p class="hero__text">{escape(teaser.blurb or "")}</p>
<div class="meta">{when(teaser.author, byline)}<time datetime="{_local(article.published).isoformat()}">{details.published_raw}</time>{when(details.read_time_raw, f"<span>{details.read_time_raw}</span>")}<a href="{article.path}#comments" class="comments">{len(teaser.title) % 40 + 3} comments</a></div>
{when(related, f'<ul class="related">{related}</ul>')}
</article>"""


def _lead(scene: Scene, teaser: Teaser) -> str:
    article = teaser.article
    details = shown(scene, teaser)
    return f"""<article class="lead" data-id="{article.id}">
<a href="{article.path}" tabindex="-1" aria-hidden="true">{_lazy_image(scene, article)}</a>
<p class="label"><a href="/{slug(teaser.category or "")}">{escape(teaser.category or "")}</a></p>
<h3><a href="{article.path}">{escape(teaser.title)}</a></h3>
<p>{escape(teaser.blurb or "")}</p>
<div class="meta"><time datetime="{_local(article.published).isoformat()}">{details.published_raw}</time>{when(details.read_time_raw, f"<span>{details.read_time_raw}</span>")}</div>
</article>"""


def _section(scene: Scene, zone: str, teasers: list[Teaser]) -> str:
    draw = {"opinion": _opinion, "sport": _score}.get(zone, _card)
    tag, shape = ("ul", "scores") if zone == "sport" else ("div", "block__grid")
    return f"""<section class="block block--{zone if zone == "opinion" else "four" if len(teasers) == 4 else "three"}" id="{zone}">
<div class="block__head"><h2><a href="/{zone}">{SECTIONS[zone]}</a></h2><a href="/{zone}">More {SECTIONS[zone].lower()} news</a></div>
<{tag} class="{shape}">
{chr(10).join(draw(scene, teaser) for teaser in teasers)}
</{tag}>
</section>"""


def _card(scene: Scene, teaser: Teaser) -> str:
    article = teaser.article
    details = shown(scene, teaser)
    return f"""<article class="card"><a class="card__link" href="{article.path}">{when(teaser.image, _lazy_image(scene, article))}
<h3 class="card__title">{escape(teaser.title)}</h3></a>
{when(teaser.blurb, f'<p class="card__text">{escape(teaser.blurb or "")}</p>')}
{when(details.read_time_raw, f'<div class="meta"><span class="read">{details.read_time_raw}</span></div>')}</article>"""


def _opinion(scene: Scene, teaser: Teaser) -> str:
    path, author = teaser.article.path, teaser.author or ""
    return f"""<article class="op"><img class="op__face" src="{scene.origin.removeprefix("http:")}/i/face-{slug(author)}.svg" alt="{escape(author)}" width="64" height="64" loading="lazy">
<div><p class="op__author">{escape(author)}</p><h3><a href="{path}">{escape(teaser.title)}</a></h3><p>{escape(teaser.blurb or "")}</p></div></article>"""


def _score(scene: Scene, teaser: Teaser) -> str:
    minutes = shown(scene, teaser).read_time_raw
    return f"""<li><h3><a href="{teaser.article.path}">{escape(teaser.title)}</a></h3>{when(minutes, f'<span class="meta">{minutes}</span>')}</li>"""


def _menu_teaser(scene: Scene, article: Article) -> str:
    return f"""<article class="card"><a class="card__link" href="{article.path}">{_lazy_image(scene, article)}
<h3 class="card__title">{escape(article.title)}</h3></a>
<p class="card__text">{escape(article.blurb or "")}</p>
<div class="meta"><span class="read">{article.read_time} min</span></div></article>"""


def _lazy_image(scene: Scene, article: Article) -> str:
    return (
        '<img class="lazyload" src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==" '
        f'data-src="{_picture(scene, article, "480x300")}" data-srcset="{_picture(scene, article, "480x300")} 480w, '
        f'{_picture(scene, article, "960x600")} 960w" alt="" width="480" height="300">'
        f'<noscript><img src="{_picture(scene, article, "480x300")}" alt=""></noscript>'
    )


def _picture(scene: Scene, article: Article, size: str) -> str:
    return f"{scene.origin.removeprefix('http:')}/i/{article.id}-{size}.jpg"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SUMMER_TIME)


def _clock(moment: datetime) -> str:
    """20 May 2024, 5.12pm."""
    local = _local(moment)
    return f"{long_date(local)}, {(local.hour - 1) % 12 + 1}.{local.minute:02}{'am' if local.hour < 12 else 'pm'}"
