"""The same five posts in the markup of widespread themes and builders: every field that a theme shows is read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from scraper.listing import extract_listing

URL = "https://paper.example/blog/"
# (title, blurb, category, author); the posts are of 10 to 14 May 2024 and take 3 to 7 minutes
POSTS = [
    ("Council approves new tram line after long debate", "The line will open in 2029 and cost 400 million.", "News", "Ana Ruiz"),
    ("Rents rise again in the inner districts", "Tenants' groups speak of a record year.", "Housing", "Bo Lind"),
    ("A library that lends tools and ladders", "Members borrow drills on Saturdays.", "Culture", "Ana Ruiz"),
    ("Floods: what the river taught the planners", "Dykes were moved back and meadows returned.", "News", "Cem Ak"),
    ("School streets, one year on", "Parents count the cars and the smiles.", "Housing", "Bo Lind"),
]
MENU = "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in ("home", "about", "team", "contact"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    name: str
    card: str
    around: str
    shows: str  # d: date, b: blurb, r: read time, a: author, c: category, i: image
    lang: str = "en"


THEMES = [
    Theme(
        name="elementor",
        card='<article class="elementor-post elementor-grid-item post-{i}"><div class="elementor-post__card"><a class="elementor-post__thumbnail__link" href="/{s}/"><div class="elementor-post__thumbnail"><img src="data:image/gif;base64,R0" data-lazy-src="/u/{i}.jpg"></div></a><div class="elementor-post__badge">{c}</div><div class="elementor-post__text"><h3 class="elementor-post__title"><a href="/{s}/">{t}</a></h3><div class="elementor-post__excerpt"><p>{b}</p></div><a class="elementor-post__read-more" href="/{s}/">Read More »</a></div><div class="elementor-post__meta-data"><span class="elementor-post-author">{a}</span><span class="elementor-post-date">May {d}, 2024</span><span class="elementor-post-avatar">No Comments</span></div></div></article>',
        around="<main>{}</main>",
        shows="dbaci",
        lang="en",
    ),
    Theme(
        name="minima",
        card='<li><span class="post-meta">May {d}, 2024 • {m} min read</span><h3><a class="post-link" href="/{s}/">{t}</a></h3>{b}</li>',
        around='<main><h2 class="post-list-heading">Posts</h2><ul class="post-list">{}</ul><p class="rss-subscribe">subscribe <a href="/feed.xml">via RSS</a></p></main>',
        shows="dbr",
        lang="en",
    ),
    Theme(
        name="typo3",
        card='<div class="article articletype-0" itemscope itemtype="http://schema.org/Article"><div class="header"><h3><a itemprop="url" title="{t}" href="/news/detail/{s}"><span itemprop="headline">{t}</span></a></h3></div><div class="teaser-text"><div itemprop="description"><p>{b}</p></div><a class="more" href="/news/detail/{s}">Weiterlesen</a></div><div class="footer"><p><span class="news-list-date"><time itemprop="datePublished" datetime="2024-05-{d}">{d}.05.2024</time></span><span class="news-list-category">{c}</span><span class="news-list-author">Von {a}</span></p></div></div>',
        around='<main><div class="news-list-view">{}</div></main>',
        shows="dbac",
        lang="de",
    ),
    Theme(
        name="joomla",
        card='<div class="items-row row-{i}"><div class="item" itemprop="blogPost"><div class="page-header"><h2 itemprop="name"><a href="/index.php/{i}-{s}" itemprop="url">{t}</a></h2></div><dl class="article-info muted"><dt class="article-info-term">Details</dt><dd class="createdby">Written by <span itemprop="name">{a}</span></dd><dd class="category-name">Category: <a href="/index.php/{cl}">{c}</a></dd><dd class="published"><time datetime="2024-05-{d}T08:00:00+02:00">{d} May 2024</time></dd><dd class="hits">Hits: 120{i}</dd></dl><p>{b}</p><p class="readmore"><a class="btn" href="/index.php/{i}-{s}">Read more ...</a></p></div></div>',
        around='<div class="blog" role="main">{}</div>',
        shows="dbac",
        lang="en",
    ),
    Theme(
        name="webflow",
        card='<div role="listitem" class="blog-item w-dyn-item"><a href="/post/{s}" class="blog-link w-inline-block"><img src="https://cdn.example/{i}.webp" loading="lazy" class="thumb"><div class="tag-text">{c}</div><h4 class="heading-12">{t}</h4><div class="text-block-7">{b}</div><div class="div-block-9"><div class="text-small">{a}</div><div class="text-small">May {d}, 2024</div></div></a></div>',
        around='<div class="main-wrapper"><div class="w-dyn-list"><div role="list" class="w-dyn-items">{}</div></div></div>',
        shows="dbaci",
        lang="en",
    ),
    Theme(
        name="blogger",
        card='<div class="date-outer"><h2 class="date-header"><span>Friday, May {d}, 2024</span></h2><div class="date-posts"><div class="post-outer"><div class="post hentry"><h3 class="post-title entry-title"><a href="/2024/05/{s}.html">{t}</a></h3><div class="post-body"><p>{b}</p><a href="/2024/05/{s}.html#more">Read more »</a></div><div class="post-footer">Posted by <span class="fn">{a}</span> at <a class="timestamp-link" href="/2024/05/{s}.html">7:1{i} AM</a> <a class="comment-link" href="/2024/05/{s}.html#comments">3 comments:</a> Labels: <a href="/search/label/{c}" rel="tag">{c}</a></div></div></div></div></div>',
        around='<div id="main">{}</div>',
        shows="dbac",
        lang="en",
    ),
    Theme(
        name="medium",
        card='<div class="ab cd ef"><div class="gh"><a href="/@{al}"><img alt="{a}" src="https://img.example/fit:32/{al}.png" width="24" height="24"></a><a href="/@{al}">{a}</a> · <span>May {d}, 2024</span></div><a href="/p/{s}-1a2b3c{i}"><h2>{t}</h2><h3>{b}</h3></a><div><span>{m} min read</span><button>Save</button></div><a href="/p/{s}-1a2b3c{i}"><img src="https://img.example/fill:200/{i}.jpeg" width="200" height="134"></a></div>',
        around="<main>{}</main>",
        shows="dbrai",
        lang="en",
    ),
    Theme(
        name="bootstrap",
        card='<div class="col-md-4"><div class="card h-100"><img class="card-img-top" src="/i/{i}.jpg" alt="..."><div class="card-body"><span class="badge badge-primary">{c}</span><h5 class="card-title">{t}</h5><p class="card-text">{b}</p><p class="card-text"><small class="text-muted">{d} May 2024 · {m} min read</small></p><a href="/n/{s}" class="btn btn-primary">Go to article</a></div></div></div>',
        around='<main class="container"><div class="row">{}</div><nav><ul class="pagination"><li class="page-item active"><a class="page-link" href="#">1</a></li><li class="page-item"><a class="page-link" href="?p=2">2</a></li><li class="page-item"><a class="page-link" href="?p=2">»</a></li></ul></nav></main>',
        shows="dbrci",
        lang="en",
    ),
    Theme(
        name="sharepoint",
        card='<tr><td class="ms-vb2"><nobr>{d}.5.2024</nobr></td><td class="ms-vb-title"><a href="/Lists/News/Disp.aspx?ID={i}">{t}</a></td><td class="ms-vb2">{b}</td></tr>',
        around='<div id="content"><table class="ms-listviewtable"><tr><th>Datum</th><th>Titel</th><th>Text</th></tr>{}</table></div>',
        shows="db",
        lang="de",
    ),
    Theme(
        name="gov pl",
        card='<li><a href="/web/x/{s}"><div><picture><img src="/photo/{i}"></picture></div><div><div class="event"><span class="date">{d}.05.2024</span></div><div class="title">{t}</div><div class="intro">{b}</div></div></a></li>',
        around='<main><article class="article-area"><h2>Wiadomości</h2><ul class="art-list">{}</ul></article></main>',
        shows="dbi",
        lang="pl",
    ),
    Theme(
        name="timeline",
        card='<div class="views-row"><article><div class="field--name-field-image"><a href="/{s}"><img src="/f/{i}.jpg" srcset="/f/{i}a.jpg 1x"></a></div><div class="field--name-field-category field__item"><a href="/{cl}" hreflang="en">{c}</a></div><h3><a href="/{s}" rel="bookmark"><span>{t}</span></a></h3><div class="field--name-body"><p>{b}</p></div><div class="submitted">Submitted by {a} on Fri, 05/{d}/2024 - 10:00</div></article></div>',
        around="<main>{}</main>",
        shows="dbaci",
        lang="en",
    ),
    Theme(
        name="substack",
        card='<div class="portable-archive-post"><div class="_container"><a href="https://paper.example/p/{s}" class="image-link"><img src="https://cdn.example/{i}.png"></a><div><a data-testid="post-preview-title" href="https://paper.example/p/{s}">{t}</a><div><a href="https://paper.example/p/{s}">{b}</a></div><div><time datetime="2024-05-{d}T01:00:00Z">May {d}</time> • <a href="https://paper.example/@{al}">{a}</a></div></div></div></div>',
        around="<main>{}</main>",
        shows="dbai",
        lang="en",
    ),
]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_field_that_a_theme_shows_is_read(theme: Theme) -> None:
    cards = []
    for number, (title, blurb, category, author) in enumerate(POSTS):
        slug = "-".join("".join(char for char in title.lower() if char.isalnum() or char == " ").split())
        person = author.lower().replace(" ", "-")
        cards.append(
            theme.card.format(
                t=title,
                b=blurb,
                c=category,
                cl=category.lower(),
                a=author,
                al=person,
                d=10 + number,
                m=number + 3,
                i=number,
                s=slug,
            )
        )
    html = (
        f'<!doctype html><html lang="{theme.lang}"><head><title>Blog | Example</title></head><body><header><nav><ul>{MENU}</ul></nav></header>'
        f'{theme.around.format("".join(cards))}<footer>© Example <a href="/imprint">Imprint</a></footer></body></html>'
    )
    found = extract_listing(html, URL).cards
    assert [card.title for card in found] == [post[0] for post in POSTS]
    for number, (card, (_, blurb, category, author)) in enumerate(zip(found, POSTS, strict=True)):
        expected = {
            "d": (card.published_on, f"2024-05-{10 + number}"),
            "b": (card.blurb, blurb),
            "r": (card.read_time_minutes, number + 3),
            "a": (card.author, author),
            "c": (card.category, category),
            "i": (card.image_url is not None, True),
        }
        for field, (value, right) in expected.items():
            absent = False if field == "i" else None
            assert value == (right if field in theme.shows else absent), (number, field)


def test_a_list_of_files_is_no_list_of_teasers_but_dated_releases_are() -> None:
    def page(rows: list[str]) -> str:
        return f"<html><head><title>Press</title></head><body><header><nav><ul>{MENU}</ul></nav></header><main><ul>{''.join(rows)}</ul></main></body></html>"

    years = range(2015, 2024)
    files = [f'<li><a href="/files/report-{year}.pdf">Annual report {year} (PDF, {year - 2000}.4 MB)</a></li>' for year in years]
    releases = [
        f'<li><span>{day} May 2024</span> <a href="/pm/{day}.pdf">{POSTS[day % 5][0]}, part {day}</a></li>' for day in range(1, 7)
    ]
    assert extract_listing(page(files), URL).cards == ()
    assert [card.published_on for card in extract_listing(page(releases), URL).cards] == [
        f"2024-05-0{day}" for day in range(1, 7)
    ]


@pytest.mark.parametrize(
    ("head", "heading", "label", "author", "category"),
    [
        ("", "Posts", "Mira Tolle", "Mira Tolle", None),
        ('<meta name="author" content="mira">', "Posts", "mira", "mira", None),
        ("", "Press Releases", "Press Releases", None, "Press Releases"),
        ("", "Posts", "Harbour", None, "Harbour"),
    ],
    ids=["a full name", "the name of the page's author", "the page's heading", "one word that nothing else names"],
)
def test_one_name_on_every_card_is_the_author_s_or_the_section_s(
    head: str, heading: str, label: str, author: str | None, category: str | None
) -> None:
    cards = "".join(
        f'<article class="post-entry"><header><h2>{title}</h2></header><section><p>{blurb}</p></section><footer><span>May {10 + number}, 2024</span>'
        f'&nbsp;·&nbsp;<span>{number + 3} min</span>&nbsp;·&nbsp;<span>{label}</span></footer><a aria-label="{title}" href="/posts/{number}/"></a></article>'
        for number, (title, blurb, _, _) in enumerate(POSTS)
    )
    page = f"<html><head><title>Example</title>{head}</head><body><nav><ul>{MENU}</ul></nav><main><h1>{heading}</h1>{cards}</main></body></html>"
    found = extract_listing(page, URL).cards
    assert [(card.title, card.author, card.category) for card in found] == [(post[0], author, category) for post in POSTS]
    assert [card.read_time_minutes for card in found] == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("labels", "categories"),
    [
        (["Flag"] * 5, [None] * 5),
        (["Opinion", "Housing", "Opinion", "Housing", "Housing"], ["Opinion", "Housing", "Opinion", "Housing", "Housing"]),
    ],
    ids=["the same words on every card", "words that come back"],
)
def test_words_that_lead_elsewhere_from_each_card_are_its_category_unless_they_are_the_same_on_all(
    labels: list[str], categories: list[str | None]
) -> None:
    cards = "".join(
        f'<div class="row"><h2><a href="/posts/{number}/">{title}</a></h2><p>{blurb}</p><div><span>May {10 + number}, 2024</span> | <a href="/do?what={number * 7}">{label}</a></div></div>'
        for number, ((title, blurb, _, _), label) in enumerate(zip(POSTS, labels, strict=True))
    )
    page = f"<html><head><title>Example</title></head><body><nav><ul>{MENU}</ul></nav><main><h1>Posts</h1>{cards}</main></body></html>"
    assert [card.category for card in extract_listing(page, URL).cards] == categories
