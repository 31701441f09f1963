"""Fifty made-up outlets over a year: what stands on their pages each night, what goes wrong, and the pages themselves.

Everything follows from the seed, so that what an archive tells can be held against what was there. `Year.truth` is what a reader of the
page would write down; `Year.page` is the same as HTML, in one of five designs that share nothing.
"""

from __future__ import annotations

import html
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

FIRST_NIGHT = date(2025, 1, 6)  # a Monday
BIG_NEWS = 140  # a night on which everybody publishes four times as much
DESIGNS = 5

TOPICS = ("Harbour", "Tram", "School", "River", "Market", "Library", "Housing", "Bridge", "Museum", "Water", "Airport", "Forest")
DEEDS = ("council weighs", "board drops", "mayor defends", "judges halt", "voters back", "auditors query", "engineers redraw")
THINGS = ("the night timetable", "a plan for quieter quays", "its budget", "the new fares", "a ban on lorries", "the flood wall")
CATEGORIES = ("News", "Opinion", "Press release")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article's card."""

    number: int
    title: str
    blurb: str
    minutes: int
    published_on: date
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong at an outlet, from `first` on for so many nights."""

    kind: str  # "down", "challenge", "error", "redesign", "no_read_times", "few", "replaced", "silent"
    first: int
    nights: int = 1
    deserved: bool = True  # that somebody is told

    def covers(self, night: int) -> bool:
        return self.first <= night < self.first + self.nights


@dataclass(slots=True, kw_only=True)
class Outlet:
    """One source: a host, a list of cards, and a year."""

    number: int
    length: int  # cards on the page
    rates: tuple[float, ...]  # new cards a night, Monday first
    growth: float  # of the rate over the year
    design: int
    troubles: list[Trouble] = field(default_factory=list)
    nights: list[tuple[Story, ...]] = field(default_factory=list)  # what stands on the page, night by night

    @property
    def slug(self) -> str:
        return f"outlet-{self.number:02}"

    @property
    def host(self) -> str:
        return f"{self.slug}.example"

    @property
    def url(self) -> str:
        return f"http://{self.host}/latest/"

    def trouble(self, night: int, *kinds: str) -> Trouble | None:
        return next((trouble for trouble in self.troubles if trouble.kind in kinds and trouble.covers(night)), None)


class Year:
    """The whole made-up press."""

    def __init__(self, *, outlets: int = 50, nights: int = 365, seed: int = 1) -> None:
        self.nights = nights
        chance = random.Random(seed)
        self.outlets = [_outlet(number, nights, chance) for number in range(outlets)]
        for outlet in self.outlets:
            _live(outlet, nights, random.Random(f"{seed} {outlet.number}"))

    def date_of(self, night: int) -> date:
        return FIRST_NIGHT + timedelta(days=night)

    def truth(self, outlet: Outlet, night: int) -> tuple[Story, ...] | None:
        """The cards on the page in order; None where the night's answer shows no list."""
        return None if outlet.trouble(night, "down", "challenge", "error") else outlet.nights[night]

    def page(self, outlet: Outlet, night: int) -> tuple[int, str]:
        """Status and HTML."""
        if outlet.trouble(night, "error"):
            return (
                503,
                "<!doctype html><title>Service unavailable</title><h1>Service unavailable</h1><p>Please try again later.</p>",
            )
        if outlet.trouble(night, "challenge"):
            return 403, CHALLENGE
        design = outlet.design + (1 if outlet.trouble(night, "redesign") else 0)
        with_read_times = not outlet.trouble(night, "no_read_times")
        cards = "\n".join(CARD[design % DESIGNS](outlet, story, with_read_times) for story in outlet.nights[night])
        return 200, LIST[design % DESIGNS].format(name=f"Outlet {outlet.number}", cards=cards)


CHALLENGE = (
    '<!doctype html><html><head><title>Just a moment...</title></head><body><div id="challenge-error-text">Enable JavaScript and cookies to'
    ' continue</div><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>'
)


def _outlet(number: int, nights: int, chance: random.Random) -> Outlet:
    weekday = chance.uniform(0.8, 4.0)
    weekend = weekday * chance.choice((0.0, 0.3, 1.0))
    outlet = Outlet(
        number=number,
        length=chance.randrange(8, 15),
        rates=(weekday,) * 5 + (weekend,) * 2,
        growth=chance.uniform(0.0, 0.5),
        design=number % DESIGNS,
    )
    kind = ("down", "challenge", "redesign", "no_read_times", "few", "replaced", "silent", None, None, None)[number % 10]
    if kind == "replaced" and outlet.rates[0] * (1 + outlet.growth) > outlet.length / 5:
        kind = "few"  # a page that turns over so fast is all new now and then: one such night would say nothing
    first = chance.randrange(60, max(61, nights - 60))
    lasting = {"down": 7, "challenge": 6, "few": 3, "replaced": 1, "silent": 45, "redesign": nights, "no_read_times": nights}
    if kind is not None:
        outlet.troubles.append(Trouble(kind=kind, first=first, nights=lasting[kind]))
    for night in range(20, nights):  # a server that fails for a night is nothing to wake anybody for
        if chance.random() < 0.006 and not any(abs(night - trouble.first) < 20 for trouble in outlet.troubles):
            outlet.troubles.append(Trouble(kind="error", first=night, deserved=False))
    return outlet


def _live(outlet: Outlet, nights: int, chance: random.Random) -> None:
    """Fills in what stands on the page each night."""
    published = 0

    def write(night: int) -> Story:
        nonlocal published
        published += 1
        topic, deed, thing = chance.choice(TOPICS), chance.choice(DEEDS), chance.choice(THINGS)
        return Story(
            number=published,
            title=f"{topic} {deed} {thing} after talks in ward {published}",
            blurb=f"Residents of ward {published} had asked for a say since spring; {chance.choice(THINGS)} comes next, the {chance.choice(TOPICS).lower()} office says.",
            minutes=chance.randrange(2, 13),
            published_on=FIRST_NIGHT + timedelta(days=night) - timedelta(days=1),
            category=chance.choice(CATEGORIES),
        )

    page = [write(0) for _ in range(outlet.length)]
    for night in range(nights):
        day = FIRST_NIGHT + timedelta(days=night)
        rate = outlet.rates[day.weekday()] * (1 + outlet.growth * night / nights)
        rate *= 4 if night == BIG_NEWS else 0.25 if (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 2) else 1
        fresh = [] if outlet.trouble(night, "silent") else [write(night) for _ in range(_poisson(rate, chance))]
        page = [*reversed(fresh), *page]
        if len(page) > 3 and chance.random() < 0.05:  # one is taken down
            del page[chance.randrange(1, len(page))]
        if chance.random() < 0.15:  # and one reworded
            place = chance.randrange(len(page))
            old = page[place]
            page[place] = Story(
                number=old.number,
                title=f"Reworded: {old.title}" if chance.random() < 0.5 else old.title,
                blurb=f"{old.blurb} More soon.",
                minutes=old.minutes + chance.choice((0, 1)),
                published_on=old.published_on,
                category=old.category,
            )
        page = page[: outlet.length]
        while len(page) < outlet.length:
            page.append(write(night))
        shown = page
        if outlet.trouble(night, "few"):
            shown = page[:2]
        if outlet.trouble(night, "replaced"):
            shown = [write(night) for _ in range(outlet.length)]
        outlet.nights.append(tuple(shown))


def _poisson(rate: float, chance: random.Random) -> int:
    """Knuth's way, good for small rates (The Art of Computer Programming, volume 2, 3.4.1)."""
    limit, product, count = 2.718281828459045**-rate, chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def link(outlet: Outlet, story: Story) -> str:
    return f"/latest/{story.number}-{outlet.slug}"


def _written(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _article(outlet: Outlet, story: Story, with_read_times: bool) -> str:
    minutes = f'<span class="reading">{story.minutes} minute read</span>' if with_read_times else ""
    return (
        f'<article class="post"><p class="meta"><span class="cat">{story.category}</span> <time datetime="{story.published_on}">{_written(story.published_on)}</time></p>'
        f'<h2><a href="{link(outlet, story)}">{html.escape(story.title)}</a></h2><p class="excerpt">{html.escape(story.blurb)}</p>{minutes}</article>'
    )


def _item(outlet: Outlet, story: Story, with_read_times: bool) -> str:
    minutes = f" · {story.minutes} min read" if with_read_times else ""
    return (
        f'<li><a class="headline" href="{link(outlet, story)}">{html.escape(story.title)}</a><div class="teaser">{html.escape(story.blurb)}</div>'
        f'<div class="small">{story.category} · {_written(story.published_on)}{minutes}</div></li>'
    )


def _whole(outlet: Outlet, story: Story, with_read_times: bool) -> str:
    minutes = f'<span class="pill">{story.minutes} min read</span>' if with_read_times else ""
    return (
        f'<a class="flex flex-col" href="{link(outlet, story)}"><div class="flex gap-2"><span class="uppercase">{story.category}</span>'
        f'<span>{_written(story.published_on)}</span>{minutes}</div><h3 class="text-xl">{html.escape(story.title)}</h3><p class="text-sm">{html.escape(story.blurb)}</p></a>'
    )


def _row(outlet: Outlet, story: Story, with_read_times: bool) -> str:
    minutes = f"<i>Reading time: {story.minutes} minutes</i>" if with_read_times else ""
    return (
        f'<tr><td class="day">{_written(story.published_on)}</td><td><b><a href="{link(outlet, story)}">{html.escape(story.title)}</a></b><br>'
        f'{html.escape(story.blurb)} {minutes}</td><td class="kind">{story.category}</td></tr>'
    )


def _media(outlet: Outlet, story: Story, with_read_times: bool) -> str:
    minutes = f'<div class="media__time">{story.minutes}-minute read</div>' if with_read_times else ""
    return (
        f'<section class="media"><div class="media__figure"><img src="/img/{story.number}.jpg" alt=""></div><div class="media__body">'
        f'<div class="media__kicker">{story.category}</div><h4 class="media__title">{html.escape(story.title)}</h4>'
        f'<p class="media__text">{html.escape(story.blurb)}</p><div class="media__date">{_written(story.published_on)}</div>{minutes}'
        f'<a class="media__more" href="{link(outlet, story)}">Read more</a></div></section>'
    )


CARD = (_article, _item, _whole, _row, _media)
_HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}: latest</title></head><body><header><a href="/">{name}</a><nav><a href="/about/">About</a> <a href="/contact/">Contact</a></nav></header>'
_FOOT = '<footer><p>{name}, since 1987</p><a href="/imprint/">Imprint</a> <a href="/privacy/">Privacy</a></footer></body></html>'
LIST = tuple(
    _HEAD + body + _FOOT
    for body in (
        "<main><h1>Latest</h1>{cards}</main>",
        '<div id="content"><h1>News</h1><ul class="news">{cards}</ul></div>',
        '<main class="grid grid-cols-3">{cards}</main>',
        '<table class="list"><tbody>{cards}</tbody></table>',
        '<div class="wrap"><h2>Latest</h2>{cards}</div>',
    )
)
