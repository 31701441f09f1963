"""Kilowatt's grid of stories: utility classes, the whole card is one link, dates are relative to the night."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape

from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.drawing import Scene, Shown, fill, month_first_date, when

CLOCK = '<svg class="h-4 w-4" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true"><circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/></svg>'
DAYS_COUNTED = 7  # older stories show their date


def shown(scene: Scene, teaser: Teaser) -> Shown:
    raw, is_relative = None, False
    if teaser.published:
        now = scene.edition.night.at
        is_relative = (now.date() - teaser.published.date()).days < DAYS_COUNTED
        raw = relative(teaser.published, now) if is_relative else month_first_date(teaser.published)
    return Shown(
        published_raw=raw,
        published_on=f"{teaser.published:%Y-%m-%d}" if teaser.published else None,
        published_is_relative=is_relative,
        read_time_raw=f"{teaser.read_time} min" if teaser.read_time else None,
        image_urls=tuple(_picture(scene, teaser.article, width) for width in (800, 400, 1200)) if teaser.image else (),
    )


def relative(moment: datetime, now: datetime) -> str:
    """When that was, as the magazine writes it, for less than a week ago: hours, then days of the calendar."""
    hours = int((now - moment).total_seconds() // 3600)
    if hours < 1:
        return "just now"
    if hours < 12:
        return f"{hours} hour{'s' if hours > 1 else ''} ago"
    days = (now.date() - moment.date()).days
    return "yesterday" if days == 1 else f"{days} days ago"


def listing(scene: Scene) -> str:
    main = fill(scene, "listing.html", cards="\n".join(_card(scene, teaser) for teaser in scene.teasers))
    return _page(scene, f"Stories | {scene.outlet.name}", scene.outlet.listing, main)


def article(scene: Scene, article: Article) -> str:
    main = fill(
        scene,
        "article.html",
        category=escape(article.category or ""),
        headline=escape(article.title),
        blurb=escape(article.blurb or ""),
        author=escape(article.author or ""),
        datetime=article.published.isoformat(),
        date=month_first_date(article.published),
        image=_picture(scene, article, 1200),
    )
    return _page(scene, f"{article.title} | {scene.outlet.name}", article.path, main, og_type="article")


def not_found(scene: Scene) -> str:
    return _page(scene, f"Not found | {scene.outlet.name}", "/404", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, path: str, main: str, *, og_type: str = "website") -> str:
    state = {"page": path, "buildId": "w3JmQ", "locale": "en-US", "featureFlags": {"podcastPlayer": True, "newPaywall": False}}
    return fill(
        scene,
        "page.html",
        title=escape(title),
        canonical=scene.origin + path,
        main=main,
        og_type=og_type,
        state=json.dumps(state),
    )


def _card(scene: Scene, teaser: Teaser) -> str:
    article = teaser.article
    details = shown(scene, teaser)
    published: datetime = article.published
    hashed = f"css-{(published.day * 7919 + published.hour) % 46656:x}k{len(article.id)}"
    srcset = ", ".join(f"{_picture(scene, article, width)} {width}w" for width in (400, 800, 1200))
    image = (
        f'<div class="relative aspect-video overflow-hidden rounded-2xl {hashed}"><img alt="" loading="lazy" decoding="async" '
        f'class="h-full w-full object-cover" sizes="(min-width: 768px) 33vw, 100vw" srcset="{srcset}" '
        f'src="{_picture(scene, article, 800)}"/></div>'
    )
    return (
        f'<a class="group block" href="{article.path}">{when(teaser.image, image)}'
        f'<div class="mt-4 flex items-center gap-2 text-xs font-semibold"><span class="rounded-full bg-yellow-100 px-3 py-1 text-yellow-700">'
        f'{escape(teaser.category or "")}</span><span class="text-slate-500">{details.published_raw}</span></div>'
        f'<h3 class="mt-2 text-xl font-bold leading-snug tracking-tight group-hover:underline">{escape(teaser.title)}</h3>'
        f'<p class="mt-2 text-slate-500">{escape(teaser.blurb or "")}</p>'
        f'<div class="mt-3 flex items-center gap-3 text-sm text-slate-500"><span class="font-medium text-slate-700">{escape(teaser.author or "")}</span>'
        f'<span class="ml-auto flex items-center gap-1 tabular-nums">{CLOCK}<span>{details.read_time_raw}</span></span></div></a>'
    )


def _picture(scene: Scene, article: Article, width: int) -> str:
    return f"{scene.origin}/img/{article.id}-{width}x{width * 9 // 16}.webp"
