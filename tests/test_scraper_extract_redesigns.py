"""One list of cards in eight designs, with facets, counts and pagination around it: the design must not matter."""

from __future__ import annotations

import pytest

from scraper.listing import extract_listing

URL = "https://network.example/latest/"

# (category, date as shown, ISO date, title, blurb, minutes, slug)
CARDS = [
    (
        "News",
        "24 May 2024",
        "2024-05-24",
        "Cities ask for more trees as the law hangs in the balance",
        "Mayors call on ministers to vote for the law that would bring green spaces closer to all.",
        8,
        "trees",
    ),
    (
        "Opinion",
        "23 May 2024",
        "2024-05-23",
        "What the vote means for cities",
        "The next parliament will decide on housing, transport and clean air. Cities should be at the table.",
        4,
        "vote",
    ),
    (
        "Press release",
        "21 May 2024",
        "2024-05-21",
        "Members elect a new president",
        "The general assembly chose the mayor of Tarnby to lead the network for two years.",
        2,
        "president",
    ),
    (
        "News",
        "20 May 2024",
        "2024-05-20",
        "Warm homes for all: a programme in Wexley",
        "A municipal team knocks on the doors of the coldest flats and leaves with a plan.",
        6,
        "warm-homes",
    ),
    (
        "News",
        "17 May 2024",
        "2024-05-17",
        "Night mayors meet in Lower Havn",
        "Clubs, neighbours and cleaners share one street. Twelve cities compare notes.",
        7,
        "night-mayors",
    ),
    (
        "Case study",
        "15 May 2024",
        "2024-05-15",
        "How Tarnby made its buses free and what came of it",
        "Ten years on, the data tell a more complicated story than the slogans.",
        11,
        "free-buses",
    ),
]

DESIGNS = {
    "fields in wrappers": '<div class="views-row"><div class="views-field field-type"><span class="field-content">{kind}</span></div>'
    '<span class="date-display-single">{date}</span><div class="views-field-title"><a href="/latest/{slug}">{title}</a></div>'
    '<div class="views-field-body"><p>{blurb}</p></div><div class="rt">{minutes} minute read</div></div>',
    "overlay link": '<div class="card"><div class="card-img" style="background-image:url(/uploads/{slug}.jpg)"></div><div class="card-body">'
    '<p class="meta"><span>{kind}</span> | <span>{date}</span></p><h3>{title}</h3><p>{blurb}</p>'
    '<span class="time"><i class="icon-clock"></i>{minutes} minute read</span></div>'
    '<a class="stretched-link" href="/latest/{slug}/" aria-label="{title}"></a></div>',
    "one link around plain divs": '<a class="sc-1x2y3 jkLmNo" href="/latest/{slug}/"><div><span>{kind}</span><span>{date}</span></div>'
    "<div>{title}</div><div>{blurb}</div><div>{minutes} minute read</div></a>",
    "lines with breaks": '<li><h2><a href="/latest/{slug}/" rel="bookmark">{title}</a></h2>{date} - {kind}<br>{blurb} '
    '<a href="/latest/{slug}/">Read more</a> <em>{minutes} minute read</em></li>',
    "article with header and footer": '<article><header><a href="/latest/type/{slug}-type/" class="tag">{kind}</a>'
    '<h2 class="entry-title"><a href="/latest/{slug}/">{title}</a></h2><p class="posted-on">Posted on <time>{date}</time></p></header>'
    '<div class="entry-summary"><p>{blurb}</p></div><footer>Reading time: {minutes} minutes</footer></article>',
    "table row": '<tr><td>{date}</td><td>{kind}</td><td><a href="/latest/{slug}/">{title}</a><br><small>{blurb}</small></td><td>{minutes} min</td></tr>',
    "no wrapper, facts by commas": '<h3><a href="/latest/{slug}/">{title}</a></h3><p class="m">{kind}, {date}, {minutes} min read</p><p>{blurb}</p>',
    "button with a script": '<div class="item"><img src="/img/{slug}.jpg" alt=""><div class="x"><div class="top">{kind}<span>{date}</span></div>'
    '<div class="h">{title}</div><div class="p">{blurb}</div><button onclick="location.href=\'/latest/{slug}/\'">Read</button>'
    '<div class="r">{minutes} minute read</div></div></div>',
}
AROUND = {"lines with breaks": "<ul>{}</ul>", "table row": "<table>{}</table>"}

MENU = "".join(
    f'<li><a href="/{name.lower()}/">{name}</a></li>' for name in ("Home", "Members", "Goals", "Latest", "Events", "Contact")
)
FACETS = (
    '<aside class="filters"><h2>Filter</h2><h3>Type</h3><ul>'
    + "".join(
        f'<li><label><input type="checkbox" name="type"> {name} <span>({count})</span></label></li>'
        for name, count in (("News", 301), ("Opinion", 20), ("Press release", 66), ("Case study", 44))
    )
    + "</ul><h3>Topic</h3><ul>"
    + "".join(
        f'<li><a href="/latest/?topic={name.lower()}">{name} ({count})</a></li>'
        for name, count in (("Climate", 45), ("Culture", 23), ("Mobility", 88))
    )
    + "</ul></aside>"
)
PAGER = (
    '<nav class="pagination"><span class="current">1</span><a href="/latest/page/2/">2</a><a href="/latest/page/3/">3</a>'
    '<a class="next" href="/latest/page/2/">Next</a></nav>'
)


@pytest.mark.parametrize("design", DESIGNS)
def test_every_design_of_the_list_is_read_alike(design: str) -> None:
    rows = "".join(
        DESIGNS[design].format(kind=kind, date=date, title=title, blurb=blurb, minutes=minutes, slug=slug)
        for kind, date, _, title, blurb, minutes, slug in CARDS
    )
    html = (
        f'<html lang="en"><head><title>Latest</title></head><body><header><nav><ul>{MENU}</ul></nav></header><main><h1>Latest</h1>{FACETS}'
        f'<div class="list">{AROUND.get(design, "{}").format(rows)}</div>{PAGER}</main><footer><p>Market square 1</p>'
        '<ul><li><a href="/privacy/">Privacy policy</a></li></ul></footer></body></html>'
    )
    listing = extract_listing(html, URL)
    assert [
        (card.category, card.published_on, card.title, card.blurb, card.read_time_minutes, (card.url or "").rstrip("/"))
        for card in listing.cards
    ] == [(kind, iso, title, blurb, minutes, f"{URL}{slug}") for kind, _, iso, title, blurb, minutes, slug in CARDS]
    assert listing.next_page_url == f"{URL}page/2/"
