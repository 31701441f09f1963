"""The structures in which listing pages come, each as a small page of our own making with every card it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from scraper.listing import extract_listing

URL = "https://news.example/latest"


@dataclass(frozen=True, slots=True)
class Layout:
    name: str
    html: str
    cards: list[dict[str, Any]]
    url: str = URL
    next_page: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def page(body: str, *, lang: str = "en", head: str = "") -> str:
    menu = "".join(
        f'<li><a href="/{section}">{section.title()}</a></li>' for section in ("politics", "business", "culture", "sport")
    )
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Latest | The Example</title>{head}</head><body>'
        f'<header class="site-header"><a href="/">The Example</a><nav><ul>{menu}</ul></nav></header>{body}'
        '<footer><p>© The Example</p><ul><li><a href="/imprint">Imprint</a></li><li><a href="/privacy">Privacy policy</a></li></ul></footer></body></html>'
    )


HEADLINES = [
    (
        "harbour-reopens-after-storm",
        "Harbour reopens after the storm of the century",
        "Ferries leave from noon; the eastern pier stays closed until May.",
    ),
    (
        "council-votes-on-school-meals",
        "Council votes on free school meals for all",
        "A majority of two carried the motion after a debate of nine hours.",
    ),
    (
        "museum-finds-lost-sketchbook",
        "Museum finds a lost sketchbook in its own cellar",
        "The drawings were filed under plumbing since 1931.",
    ),
    ("night-trains-return", "Night trains return to the northern line", "Sleepers will run four times a week from December."),
    (
        "farmers-try-salt-tolerant-rice",
        "Farmers try rice that can stand salt",
        "First harvests on the coast are small but edible.",
    ),
]
DATES = ["2026-05-04", "2026-05-03", "2026-05-02", "2026-05-01", "2026-04-30"]
WRITTEN = ["4 May 2026", "3 May 2026", "2 May 2026", "1 May 2026", "30 April 2026"]


def expected(**columns: list[Any]) -> list[dict[str, Any]]:
    cards = []
    for at, (slug, title, blurb) in enumerate(HEADLINES):
        card: dict[str, Any] = {"title": title, "url": f"https://news.example/{slug}", "blurb": blurb}
        card.update({name: values[at] for name, values in columns.items()})
        cards.append(card)
    return cards


def rows(template: str) -> str:
    return "".join(
        template.format(slug=slug, title=title, blurb=blurb, iso=DATES[at], written=WRITTEN[at], n=at + 1, minutes=at + 3)
        for at, (slug, title, blurb) in enumerate(HEADLINES)
    )


MINUTES = {"read_time_minutes": [3, 4, 5, 6, 7]}
ON = {"published_on": DATES}

LAYOUTS = [
    Layout(
        "utility classes, the whole card is one link, relative date",
        page(
            '<main class="mx-auto max-w-7xl px-4"><h1 class="text-4xl font-bold">Latest</h1><div class="grid grid-cols-3 gap-8">'
            + rows(
                '<a href="/{slug}" class="group block rounded-xl border p-6 hover:shadow-lg"><div class="aspect-video overflow-hidden"><img class="object-cover" '
                'src="/img/{slug}.jpg" alt=""></div><div class="mt-4 flex text-xs text-gray-500"><span>{n} hours ago</span><span class="mx-2">·</span><span>{minutes} min read</span></div>'
                '<div class="mt-2 text-xl font-semibold group-hover:underline">{title}</div><div class="mt-1 text-gray-700">{blurb}</div></a>'
            )
            + "</div></main>"
        ),
        expected(
            **MINUTES, published_on=[None] * 5, image_url=[f"https://news.example/img/{slug}.jpg" for slug, _, _ in HEADLINES]
        ),
    ),
    Layout(
        "definition list: dt with the link, dd with the text",
        page(
            "<div id='content'><h1>News</h1><dl>" + rows('<dt><a href="/{slug}">{title}</a></dt><dd>{blurb}</dd>') + "</dl></div>"
        ),
        expected(),
    ),
    Layout(
        "definition list: dt with the date, dd with the link, as press pages in Japan have it",
        page(
            "<div id='main'><h2>ニュースリリース</h2><dl class='release'>"
            + "".join(
                f'<dt>2026年5月{5 - at}日</dt><dd><span class="ico">{label}</span><a href="/release/2026/{at:03}.html">{title}</a></dd>'
                for at, (label, title) in enumerate(
                    [
                        ("お知らせ", "新しい港湾ターミナルの運用開始について"),
                        ("製品", "省電力センサーの量産を開始します"),
                        ("お知らせ", "夏季休業期間のご案内"),
                        ("製品", "次世代電池の試作品を公開"),
                    ]
                )
            )
            + "</dl></div>",
            lang="ja",
        ),
        [
            {
                "title": "新しい港湾ターミナルの運用開始について",
                "url": "https://news.example/release/2026/000.html",
                "published_on": "2026-05-05",
                "category": "お知らせ",
            },
            {
                "title": "省電力センサーの量産を開始します",
                "url": "https://news.example/release/2026/001.html",
                "published_on": "2026-05-04",
                "category": "製品",
            },
            {
                "title": "夏季休業期間のご案内",
                "url": "https://news.example/release/2026/002.html",
                "published_on": "2026-05-03",
                "category": "お知らせ",
            },
            {
                "title": "次世代電池の試作品を公開",
                "url": "https://news.example/release/2026/003.html",
                "published_on": "2026-05-02",
                "category": "製品",
            },
        ],
    ),
    Layout(
        "three table rows a story",
        page(
            "<table><tbody>"
            + rows(
                '<tr class="row"><td>{n}.</td><td><a href="/{slug}">{title}</a></td></tr><tr><td></td><td class="sub">{written} by <a href="/user/jo{n}">Jo {n}</a></td></tr>'
                '<tr class="spacer" style="height:5px"><td></td><td></td></tr>'
            )
            + "</tbody></table>"
        ),
        [{**card, "blurb": None} for card in expected(**ON)],
    ),
    Layout(
        "heading and paragraph without a wrapper",
        page(
            "<main><h1>News</h1>"
            + rows('<h3><a href="/{slug}">{title}</a></h3><p class="meta">{written}</p><p>{blurb}</p>')
            + "</main>"
        ),
        expected(**ON),
    ),
    Layout(
        "date before the heading, a rule after the text, no wrapper",
        page(
            "<main><h1>News</h1>"
            + rows('<p class="date">{written}</p><h3><a href="/{slug}">{title}</a></h3><p>{blurb}</p><hr>')
            + "</main>"
        ),
        expected(**ON),
    ),
    Layout(
        "overlay link after the text",
        page(
            "<main>"
            + rows(
                '<div class="post"><header><h2>{title}</h2></header><section><p>{blurb}</p></section><footer><time datetime="{iso}">{written}</time> · {minutes} min</footer>'
                '<a class="entry-link" aria-label="post link to {title}" href="/{slug}"></a></div>'
            )
            + "</main>"
        ),
        expected(**ON, **MINUTES),
    ),
    Layout(
        "the only link is a button that says read more",
        page(
            "<main><div class='row'>"
            + rows(
                '<div class="col-md-4"><div class="card"><img class="card-img-top" data-src="/i/{n}.jpg" src="data:image/gif;base64,R0lGOD"><div class="card-body"><h5 class="card-title">{title}</h5>'
                '<p class="card-text">{blurb}</p><p class="card-text"><small class="text-muted">{written}</small></p><a class="btn btn-primary" href="/{slug}">Read more</a></div></div></div>'
            )
            + "</div></main>"
        ),
        expected(**ON, image_url=[f"https://news.example/i/{n}.jpg" for n in range(1, 6)]),
    ),
    Layout(
        "onclick on the card",
        page(
            "<main>"
            + rows('<div class="teaser" onclick="location.href=\'/{slug}\'"><h3>{title}</h3><p>{blurb}</p></div>')
            + "</main>"
        ),
        expected(),
    ),
    Layout(
        "block theme: post template list with date, excerpt and terms",
        page(
            '<main class="wp-block-group"><ul class="wp-block-post-template">'
            + rows(
                '<li class="wp-block-post post-{n}1{n} post type-post status-publish hentry category-city"><figure class="wp-block-post-featured-image"><a href="/{slug}"><img src="/u/{slug}-300x200.jpg" alt="{title}"></a></figure>'
                '<div class="taxonomy-category wp-block-post-terms"><a href="/category/city" rel="tag">City</a></div><h2 class="wp-block-post-title"><a href="/{slug}">{title}</a></h2>'
                '<div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{blurb} </p><p class="wp-block-post-excerpt__more-text"><a href="/{slug}">Continue reading</a></p></div>'
                '<div class="wp-block-post-date"><time datetime="{iso}T09:00:00+02:00"><a href="/{slug}">{written}</a></time></div></li>'
            )
            + '</ul><nav class="wp-block-query-pagination"><a href="/latest/page/2/" class="wp-block-query-pagination-next">Next Page</a></nav></main>'
        ),
        expected(**ON, category=["City"] * 5),
        next_page="https://news.example/latest/page/2/",
    ),
    Layout(
        "post feed in the manner of hosted blogs: image, tag, title, excerpt, author, date, length",
        page(
            '<main id="site-main"><div class="post-feed">'
            + rows(
                '<article class="post-card post tag-city"><a class="post-card-image-link" href="/{slug}/"><img class="post-card-image" srcset="/s/{n}-300.jpg 300w, /s/{n}-1000.jpg 1000w" src="/s/{n}-600.jpg" alt=""></a>'
                '<div class="post-card-content"><a class="post-card-content-link" href="/{slug}/"><header class="post-card-header"><div class="post-card-tags"><span class="post-card-primary-tag">City</span></div>'
                '<h2 class="post-card-title">{title}</h2></header><div class="post-card-excerpt">{blurb}</div></a><footer class="post-card-meta"><ul class="author-list"><li><a class="author-name" href="/author/mira-holt/">Mira Holt</a></li></ul>'
                '<time class="post-card-meta-date" datetime="{iso}">{written}</time> <span class="post-card-meta-length">{minutes} min read</span></footer></div></article>'
            )
            + "</div></main>"
        ),
        [
            {**card, "url": card["url"] + "/"}
            for card in expected(**ON, **MINUTES, author=["Mira Holt"] * 5, category=["City"] * 5)
        ],
    ),
    Layout(
        "views rows in the manner of Drupal",
        page(
            '<main><div class="view view-news"><div class="view-content">'
            + rows(
                '<div class="views-row views-row-{n}"><div class="views-field views-field-created"><span class="field-content">{written}</span></div><div class="views-field views-field-title"><span class="field-content">'
                '<a href="/{slug}">{title}</a></span></div><div class="views-field views-field-body"><div class="field-content"><p>{blurb}</p></div></div></div>'
            )
            + '</div><ul class="pager"><li class="pager__item is-active">1</li><li class="pager__item"><a href="?page=1" title="Go to page 2">2</a></li><li class="pager__item pager__item--next"><a href="?page=1" rel="next"><span>Next page</span> ››</a></li></ul></div></main>'
        ),
        expected(**ON),
        next_page="https://news.example/latest?page=1",
    ),
    Layout(
        "blog items in the manner of Joomla, German",
        page(
            '<div class="blog" itemscope itemtype="https://schema.org/Blog"><h1>Aktuelles</h1>'
            + "".join(
                f'<div class="items-row"><div class="item" itemprop="blogPost" itemscope itemtype="https://schema.org/BlogPosting"><div class="page-header"><h2 itemprop="name"><a href="/{slug}" itemprop="url">{title}</a></h2></div>'
                f'<dl class="article-info"><dt>Details</dt><dd class="createdby">Geschrieben von: <span itemprop="author">Anna Vogel</span></dd><dd class="category-name">Kategorie: <a href="/rathaus">Rathaus</a></dd>'
                f'<dd class="published"><time datetime="{iso}">{day}</time></dd></dl><p>{blurb}</p><p class="readmore"><a class="btn" href="/{slug}">Weiterlesen: {title}</a></p></div></div>'
                for slug, title, blurb, iso, day in [
                    (
                        "bruecke",
                        "Neue Brücke über die Aue wird im Herbst freigegeben",
                        "Die Arbeiten liegen drei Wochen vor dem Plan.",
                        "2026-05-04",
                        "04. Mai 2026",
                    ),
                    (
                        "freibad",
                        "Freibad öffnet trotz Personalmangels am ersten Juni",
                        "Nur das große Becken wird beaufsichtigt.",
                        "2026-05-02",
                        "02. Mai 2026",
                    ),
                    (
                        "linde",
                        "Alte Linde am Markt muss gefällt werden",
                        "Ein Gutachten fand Pilzbefall im Stamm.",
                        "2026-04-28",
                        "28. April 2026",
                    ),
                ]
            )
            + "</div>",
            lang="de",
        ),
        [
            {
                "title": "Neue Brücke über die Aue wird im Herbst freigegeben",
                "url": "https://news.example/bruecke",
                "blurb": "Die Arbeiten liegen drei Wochen vor dem Plan.",
                "author": "Anna Vogel",
                "category": "Rathaus",
                "published_on": "2026-05-04",
            },
            {
                "title": "Freibad öffnet trotz Personalmangels am ersten Juni",
                "url": "https://news.example/freibad",
                "blurb": "Nur das große Becken wird beaufsichtigt.",
                "author": "Anna Vogel",
                "category": "Rathaus",
                "published_on": "2026-05-02",
            },
            {
                "title": "Alte Linde am Markt muss gefällt werden",
                "url": "https://news.example/linde",
                "blurb": "Ein Gutachten fand Pilzbefall im Stamm.",
                "author": "Anna Vogel",
                "category": "Rathaus",
                "published_on": "2026-04-28",
            },
        ],
    ),
    Layout(
        "news list in the manner of TYPO3, dd.mm.yyyy",
        page(
            '<div class="news-list-view">'
            + "".join(
                f'<div class="article articletype-0" itemscope="itemscope" itemtype="http://schema.org/Article"><div class="header"><h3><a title="{title}" href="/detail/{slug}"><span itemprop="headline">{title}</span></a></h3></div>'
                f'<div class="news-img-wrap"><a href="/detail/{slug}"><img src="/fileadmin/_processed_/{slug}.jpg" width="240" height="160" alt=""></a></div><div class="teaser-text"><div itemprop="description"><p>{blurb}</p></div>'
                f'<a class="more" title="{title}" href="/detail/{slug}">Mehr erfahren</a></div><div class="footer"><p><span class="news-list-date"><time itemprop="datePublished" datetime="{iso}">{day}</time></span></p></div></div>'
                for slug, title, blurb, iso, day in [
                    (
                        "a",
                        "Hochwasserschutz: Deich am Nordufer ist fertig",
                        "Acht Jahre nach dem Beschluss ist das letzte Stück gesetzt.",
                        "2026-05-11",
                        "11.05.2026",
                    ),
                    (
                        "b",
                        "Zwei Schulen bekommen neue Sporthallen",
                        "Der Bau beginnt, sobald der Bund zahlt.",
                        "2026-05-07",
                        "07.05.2026",
                    ),
                    (
                        "c",
                        "Haushalt: Stadt spart an Veranstaltungen",
                        "Das Lichterfest entfällt, das Stadtfest nicht.",
                        "2026-05-02",
                        "02.05.2026",
                    ),
                ]
            )
            + "</div>",
            lang="de",
        ),
        [
            {
                "title": "Hochwasserschutz: Deich am Nordufer ist fertig",
                "blurb": "Acht Jahre nach dem Beschluss ist das letzte Stück gesetzt.",
                "published_on": "2026-05-11",
            },
            {
                "title": "Zwei Schulen bekommen neue Sporthallen",
                "blurb": "Der Bau beginnt, sobald der Bund zahlt.",
                "published_on": "2026-05-07",
            },
            {
                "title": "Haushalt: Stadt spart an Veranstaltungen",
                "blurb": "Das Lichterfest entfällt, das Stadtfest nicht.",
                "published_on": "2026-05-02",
            },
        ],
    ),
    Layout(
        "hero, grid and an opinion column with the author first",
        page(
            '<main><section class="lead"><article class="hero"><a href="/harbour-reopens-after-storm"><img src="/img/hero.jpg" alt=""></a><h1><a href="/harbour-reopens-after-storm">Harbour reopens after the storm of the century</a></h1>'
            "<p>Ferries leave from noon; the eastern pier stays closed until May.</p></article></section><section class='grid'><h2>City</h2>"
            + "".join(
                f'<article class="teaser"><h3><a href="/{slug}">{title}</a></h3><p>{blurb}</p></article>'
                for slug, title, blurb in HEADLINES[1:4]
            )
            + "</section><section class='opinion'><h2>Opinion</h2>"
            + "".join(
                f'<div class="op"><span class="op-author">{name}</span><h3><a href="/opinion/{slug}">{title}</a></h3></div>'
                for name, slug, title in [
                    ("Tomas Reyl", "why-ferries-should-be-free", "Why ferries should be free on Sundays"),
                    ("Ines Okafor", "the-quiet-end-of-the-phone-box", "The quiet end of the telephone box"),
                    ("Per Lund", "in-praise-of-slow-councils", "In praise of councils that are slow"),
                ]
            )
            + "</section><aside><h2>Most read</h2><ol>"
            + "".join(f'<li><a href="/{slug}">{title}</a></li>' for slug, title, _ in HEADLINES[1:])
            + "</ol></aside></main>"
        ),
        [
            *expected()[:4],
            {"title": "Why ferries should be free on Sundays", "author": "Tomas Reyl", "blurb": None},
            {"title": "The quiet end of the telephone box", "author": "Ines Okafor", "blurb": None},
            {"title": "In praise of councils that are slow", "author": "Per Lund", "blurb": None},
        ],
    ),
    Layout(
        "government press list: date, department and link in a plain list",
        page(
            "<main><h1>Press releases</h1><ul class='press'>"
            + rows('<li>{written} | Ministry of Transport | <a href="/{slug}">{title}</a> (PDF, 120 KB)</li>')
            + "</ul></main>"
        ),
        [{**card, "blurb": None} for card in expected(**ON)],
    ),
    Layout(
        "plain links with a date span, nothing else",
        page("<main><ul>" + rows('<li><span>{written}</span> <a href="/{slug}">{title}</a></li>') + "</ul></main>"),
        [{**card, "blurb": None} for card in expected(**ON)],
    ),
    Layout(
        "month first on the whole column, which one date shows",
        page(
            "<main>"
            + "".join(
                f'<article><h2><a href="/{slug}">{title}</a></h2><span class="date">{day}</span><p>{blurb}</p></article>'
                for (slug, title, blurb), day in zip(
                    HEADLINES, ["05/04/2026", "05/03/2026", "05/02/2026", "05/01/2026", "04/30/2026"], strict=True
                )
            )
            + "</main>"
        ),
        expected(**ON),
    ),
    Layout(
        "kicker, title and comment count inside the heading's link",
        page(
            "<main>"
            + rows(
                '<article><a href="/{slug}"><h2><span class="kicker">Top story {n}:</span> <span class="headline">{title}</span></h2></a><p>{blurb} <a href="/{slug}">… read more</a></p>'
                '<span class="comments"><a href="/{slug}#comments">1{n} comments</a></span></article>'
            )
            + "</main>"
        ),
        expected(),
    ),
    Layout(
        "audio and video lengths beside read times",
        page(
            "<main>"
            + rows(
                '<article><h2><a href="/{slug}">{title}</a></h2><p>{blurb}</p><div class="meta"><span class="audio-duration">12 min</span><span class="read">{minutes} minute read</span></div></article>'
            )
            + "</main>"
        ),
        expected(**MINUTES),
    ),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_card_is_found_with_what_it_shows(layout: Layout) -> None:
    listing = extract_listing(layout.html, layout.url)
    assert [card.title for card in listing.cards] == [card["title"] for card in layout.cards]
    for found, wanted in zip(listing.cards, layout.cards, strict=True):
        assert {name: getattr(found, name) for name in wanted} == wanted
    assert listing.next_page_url == layout.next_page


def blocks(template: str, *values: tuple[str, str, str]) -> str:
    return "".join(template.format(slug=slug, title=title, text=text) for slug, title, text in values)


NOT_TEASERS = {
    "people": blocks(
        '<div class="person"><img src="/p/{slug}.jpg"><h3><a href="/team/{slug}">{title}</a></h3><p>{text}</p></div>',
        ("ada", "Ada Voss", "Managing editor"),
        ("bo", "Bo Lind", "Reporter, city desk"),
        ("cy", "Cy Tan", "Photo editor"),
        ("di", "Di Okoro", "Head of audience"),
    ),
    "a tag cloud": blocks(
        '<a href="/tag/{slug}">{title} ({text})</a> ',
        ("climate", "climate", "12"),
        ("energy", "energy", "4"),
        ("housing", "housing", "31"),
        ("schools", "schools", "7"),
    ),
    "questions and answers": blocks(
        '<div class="q" id="{slug}"><h3>{title}</h3><p>{text}</p></div>',
        ("a", "How do I subscribe to the paper?", "Use the form on the subscription page and pay by card."),
        ("b", "Where is my invoice kept?", "It is sent by mail each month, to the address you gave."),
        ("c", "Can I pause my delivery?", "Yes, for up to six weeks a year, from your account."),
    ),
    "offices": blocks(
        '<div class="office" id="{slug}"><h3>{title}</h3><p>{text}</p><a href="tel:1">Call</a></div>',
        ("l", "London", "12 Long Street"),
        ("d", "Leeds", "3 Short Street"),
    ),
    "products with prices": blocks(
        '<div class="item"><a href="/p/{slug}"><img src="/i/{slug}.jpg"><h3>{title}</h3></a><span>{text}</span></div>',
        ("k", "Copper kettle with a folding handle", "£84.00"),
        ("e", "Enamel kettle, two litres, blue", "£42.00"),
        ("c", "Camp kettle for four people", "£27.50"),
    ),
}


@pytest.mark.parametrize("body", NOT_TEASERS.values(), ids=NOT_TEASERS)
def test_what_only_looks_like_a_list_of_teasers_gives_no_cards(body: str) -> None:
    listing = extract_listing(page(f"<main><h1>A page</h1>{body}</main>"), "https://news.example/page")
    assert [card.title for card in listing.cards] == []


def test_complete_teasers_in_a_menu_are_not_the_list() -> None:
    menu = rows('<article><h3><a href="/menu-{slug}">{title}</a></h3><p>{blurb}</p></article>')
    body = rows('<article><h2><a href="/{slug}">{title}</a></h2><p>{blurb}</p></article>')
    listing = extract_listing(page(f'<div class="mega-menu"><nav>{menu}</nav></div><main>{body}</main>'), URL)
    assert [card.url for card in listing.cards] == [f"https://news.example/{slug}" for slug, _, _ in HEADLINES]


def test_a_home_page_gives_the_cards_of_all_its_sections() -> None:
    sections = "".join(
        f'<section><h2><a href="/{name}">{name.title()}</a></h2><div class="lead"><a href="/{name}/the-lead"><img src="/{name}.jpg"><h3>The lead story of {name} today</h3></a>'
        f"<p>Something about it that runs on.</p></div><ul>"
        + "".join(
            f'<li><a href="/{name}/story-{n}-on-the-side">A {name} story, number {n}, on the side</a></li>' for n in range(3)
        )
        + "</ul></section>"
        for name in ("politics", "business", "culture")
    )
    listing = extract_listing(page(f"<main>{sections}</main>"), "https://news.example/")
    assert len(listing.cards) == 12
    assert listing.cards[0].title == "The lead story of politics today"
    assert listing.cards[-1].url == "https://news.example/culture/story-2-on-the-side"


def test_a_section_beside_the_date_is_no_author_in_scripts_without_capitals() -> None:
    titles = [
        "新しい遊歩道が完成しました",
        "市民図書館の開館時間が変わります",
        "春の桜まつり写真展の入賞作品",
        "下水道工事のお知らせです",
    ]
    rows = "".join(
        f'<li><a href="/news/2024/05/{n}/post.html"><p class="day">2024.05.{20 - n}<span class="cat">{("お知らせ", "イベント")[n % 2]}</span></p><p class="txt">{title}</p></a></li>'
        for n, title in enumerate(titles)
    )
    cards = extract_listing(f"<html lang=ja><main><ul>{rows}</ul></main></html>", "https://city.example/news/").cards
    assert [(card.title, card.author, card.category) for card in cards] == [
        (title, None, ("お知らせ", "イベント")[n % 2]) for n, title in enumerate(titles)
    ]
