"""The Association of Liveable Cities as a WordPress theme with facets draws it (nights before the redesign)."""

from __future__ import annotations

import json
from html import escape

from standfirst.demo_outlets.content import Article, Teaser
from standfirst.demo_outlets.drawing import Scene, Shown, fill, long_date, slug, when

IN_FRENCH = 13
SIZES = ((300, 200), (768, 512), (1024, 683))


def shown(scene: Scene, teaser: Teaser) -> Shown:
    return Shown(
        published_raw=long_date(teaser.published) if teaser.published else None,
        published_on=f"{teaser.published:%Y-%m-%d}" if teaser.published else None,
        read_time_raw=f"{teaser.read_time} minute read" if teaser.read_time else None,
        image_urls=tuple(_upload(scene, teaser.article, SIZES[size]) for size in (1, 0, 2)) if teaser.image else (),
    )


def listing(scene: Scene) -> str:
    outlet = scene.outlet
    pages = outlet.page_count(scene.night)
    teasers = scene.teasers
    first = (scene.page - 1) * (outlet.per_page or 0) + 1
    counts = outlet.facets_on(scene.night)
    archive = sum(counts.values())
    facets = "\n".join(
        f'      <label class="facet__option"><input type="checkbox" name="type[]" value="{slug(label)}"> {escape(label)} '
        f'<span class="facet__count">({count})</span></label>'
        for label, count in counts.items()
    )
    main = fill(
        scene,
        "listing.html",
        facets=facets,
        first=str(first),
        last=str(first + len(teasers) - 1),
        total=str(len(scene.edition.teasers)),
        archive=str(archive),
        in_english=str(archive - IN_FRENCH),
        in_french=str(IN_FRENCH),
        cards="\n".join(_card(scene, teaser) for teaser in teasers),
        pagination="\n".join(_pagination(scene, pages)),
    )
    head_links = [
        when(scene.page > 1, f'<link rel="prev" href="{scene.origin}{scene.listing_path(scene.page - 1)}">'),
        when(scene.page < pages, f'<link rel="next" href="{scene.origin}{scene.listing_path(scene.page + 1)}">'),
    ]
    title = "Latest" + when(scene.page > 1, f" – Page {scene.page} of {pages}") + f" – {outlet.name}"
    return _page(scene, title, scene.listing_path(scene.page), main, "\n".join(filter(None, head_links)))


def article(scene: Scene, article: Article) -> str:
    main = fill(
        scene,
        "article.html",
        category=escape(article.category or "News"),
        category_slug=slug(article.category or "News"),
        headline=escape(article.title),
        datetime=article.published.isoformat(),
        date=long_date(article.published),
        image=_upload(scene, article, SIZES[-1]),
        blurb=escape(article.blurb or ""),
    )
    return _page(scene, f"{article.title} – {scene.outlet.name}", article.path, main, og_type="article")


def not_found(scene: Scene) -> str:
    return _page(scene, f"Page not found – {scene.outlet.name}", "/", fill(scene, "not_found.html"))


def _page(scene: Scene, title: str, path: str, main: str, head_links: str = "", *, og_type: str = "website") -> str:
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "CollectionPage",
                "@id": scene.origin + path,
                "url": scene.origin + path,
                "name": title,
                "inLanguage": "en-GB",
            },
            {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"@type": "ListItem", "position": 1, "name": "Home", "item": f"{scene.origin}/"},
                    {"@type": "ListItem", "position": 2, "name": "Latest"},
                ],
            },
            {"@type": "Organization", "name": scene.outlet.name, "url": f"{scene.origin}/"},
        ],
    }
    return fill(
        scene,
        "page.html",
        title=escape(title),
        canonical=scene.origin + path,
        head_links=head_links,
        json_ld=json.dumps(graph, ensure_ascii=False),
        main=main,
        og_type=og_type,
    )


def _card(scene: Scene, teaser: Teaser) -> str:
    article = teaser.article
    url = scene.origin + article.path
    details = shown(scene, teaser)
    category = teaser.category or "News"
    number = 4000 + list(scene.outlet.articles).index(article.id)
    media = (
        f'<a class="post-card__media" href="{url}" aria-hidden="true" tabindex="-1">'
        f'<img width="768" height="512" src="{_upload(scene, article, SIZES[1])}" class="attachment-card size-card wp-post-image" alt="" '
        f'loading="lazy" decoding="async" srcset="{", ".join(f"{_upload(scene, article, size)} {size[0]}w" for size in SIZES)}" '
        f'sizes="(max-width: 768px) 100vw, 250px"></a>'
    )
    return f"""<article id="post-{number}" class="post-card post-{number} post type-post status-publish format-standard has-post-thumbnail hentry category-{slug(category)}">
{when(teaser.image, media)}
<div class="post-card__body">
<div class="post-card__meta"><a class="post-card__category" href="{scene.origin}/latest/?type={slug(category)}" rel="category tag">{escape(category)}</a> <time class="entry-date published" datetime="{article.published.isoformat()}">{details.published_raw}</time></div>
<h2 class="entry-title"><a href="{url}" rel="bookmark">{escape(teaser.title)}</a></h2>
<div class="entry-summary"><p>{escape(teaser.blurb or "")}</p></div>
{when(details.read_time_raw, f'<span class="post-card__readtime">{details.read_time_raw}</span>')}
</div>
</article>"""


def _pagination(scene: Scene, pages: int) -> list[str]:
    links = [
        when(
            scene.page > 1, f'<a class="prev page-numbers" href="{scene.origin}{scene.listing_path(scene.page - 1)}">Previous</a>'
        )
    ]
    for page in range(1, pages + 1):
        if page == scene.page:
            links.append(f'<span aria-current="page" class="page-numbers current">{page}</span>')
        else:
            links.append(f'<a class="page-numbers" href="{scene.origin}{scene.listing_path(page)}">{page}</a>')
    links.append(
        when(
            scene.page < pages, f'<a class="next page-numbers" href="{scene.origin}{scene.listing_path(scene.page + 1)}">Next</a>'
        )
    )
    return [link for link in links if link]


def _upload(scene: Scene, article: Article, size: tuple[int, int]) -> str:
    return f"{scene.origin}/wp-content/uploads/{article.published:%Y/%m}/{article.id}-{size[0]}x{size[1]}.jpg"
