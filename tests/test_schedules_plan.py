"""A run's order: hosts side by side, each host's pages in the order of the configuration."""

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
