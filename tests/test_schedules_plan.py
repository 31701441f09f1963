"""A run's order: hosts side by side, each host's pages one after the other; who matters first, then who takes longest."""

from schedules.plan import plan_run
from schedules.settings import Source


def test_pages_of_one_host_stay_together_even_from_two_sources():
    a = Source(slug="a", urls=("https://one.example/", "https://two.example/x"))
    b = Source(slug="b", urls=("https://ONE.example/news",))
    plan = plan_run([a, b])
    assert [[(visit.source.slug, visit.url) for visit in visits] for visits in plan] == [
        [("a", "https://one.example/"), ("b", "https://ONE.example/news")],
        [("a", "https://two.example/x")],
    ]


def test_nothing_to_watch_is_an_empty_plan():
    assert plan_run([]) == ()


def test_pages_that_were_put_off_come_first_within_their_priority_and_their_hosts_with_them():
    a = Source(slug="a", urls=("https://one.example/1", "https://one.example/2", "https://one.example/3"))
    b = Source(slug="b", urls=("https://two.example/",))
    c = Source(slug="c", urls=("https://three.example/",), priority=1)
    plan = plan_run([a, b, c], first={("a", "https://one.example/3"), ("b", "https://two.example/")})
    assert [[visit.url.removeprefix("https://") for visit in visits] for visits in plan] == [
        ["three.example/"],
        ["one.example/3", "one.example/1", "one.example/2"],
        ["two.example/"],
    ]


def test_priority_comes_first_then_the_host_with_the_most_pages_then_the_order_of_the_configuration():
    sources = [
        Source(slug="small", urls=("https://small.example/",)),
        Source(slug="many", urls=("https://many.example/", "https://many.example/2", "https://many.example/3")),
        Source(slug="deep", urls=("https://deep.example/",), max_pages=4),
        Source(slug="urgent", urls=("https://small.example/now",), priority=2),
        Source(slug="later", urls=("https://later.example/",), priority=-1),
        Source(slug="other", urls=("https://other.example/",)),
    ]
    plan = plan_run(sources)
    assert [visits[0].host for visits in plan] == [
        "small.example",
        "deep.example",
        "many.example",
        "other.example",
        "later.example",
    ]
    assert [visit.source.slug for visit in plan[0]] == ["urgent", "small"]
