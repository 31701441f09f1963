"""The log: what it is about is known to every line, and nothing that a page says can break one."""

import asyncio
import json
import logging

import pytest
from test_schedules_alarms import FIRST

from schedules.alarms import Alarm
from schedules.digest import lines_about
from schedules.logs import LineHandler, about, formatter
from schedules.symptoms import AlarmKind

log = logging.getLogger("standfirst.tests")


@pytest.fixture
def logged():
    """Runs something with the log going into a list of lines."""

    def run(what, log_format, level=logging.INFO):
        lines = []
        with LineHandler(lines.append, formatter(log_format), level=level).installed():
            what()
        return lines

    return run


def test_an_errors_words_cannot_reach_the_terminal(logged):
    error = ValueError("a page's \x1b]0;title\x07 and \x9b31m")
    (text,) = logged(lambda: log.error("failed", exc_info=error), None)
    assert text.splitlines()[-1] == "ValueError: a page's  ]0;title  and  31m"


def test_each_line_has_the_run_and_the_source_that_it_is_about(logged):
    async def page(slug):
        with about(source=slug):
            await asyncio.sleep(0)
            log.warning("%s is looked at", slug)

    async def pages():
        with about(run=7):
            async with asyncio.TaskGroup() as group:
                for slug in ("a", "b"):
                    group.create_task(page(slug))
            log.info("done")

    rows = [json.loads(line) for line in logged(lambda: asyncio.run(pages()), "json")]
    assert [(row.get("run"), row.get("source"), row["message"], row["level"]) for row in rows] == [
        (7, "a", "a is looked at", "warning"),
        (7, "b", "b is looked at", "warning"),
        (7, None, "done", "info"),
    ]
    assert {row["logger"] for row in rows} == {"standfirst.tests"}


@pytest.mark.parametrize(("log_format", "ending"), [("text", " WARNING run=7 source=a one two"), (None, "WARNING one two")])
def test_a_text_line_is_one_line_without_control_characters(logged, log_format, ending):
    def say():
        with about(run=7, source="a"):
            log.warning("one\x1b\ntwo".replace("\x1b", ""))

    (line,) = logged(say, log_format)
    assert line.endswith(ending)


def test_what_was_named_before_holds_again_after(logged):
    def say():
        with about(run=1, source="a"):
            with about(source="b"):
                log.info("inner")
            log.info("outer")
        log.info("nowhere")

    assert [line.split("INFO ")[1] for line in logged(say, "text")] == ["run=1 source=b inner", "run=1 source=a outer", "nowhere"]


def test_errors_come_with_their_traceback(logged):
    def fail():
        try:
            int("broken")
        except ValueError:
            log.exception("it failed")

    assert "'broken'" in json.loads(logged(fail, "json")[0])["traceback"]
    assert logged(fail, "text")[0].splitlines()[-1].startswith("ValueError: ")


def test_the_log_is_left_as_it_was(logged):
    before = logging.getLogger().level, list(logging.getLogger().handlers)
    logged(lambda: None, "text")
    assert (logging.getLogger().level, list(logging.getLogger().handlers)) == before


def alarm(slug, kind=AlarmKind.UNREADABLE):
    return Alarm(
        kind=kind, source=slug, url=f"https://{slug}.example/", field=None, before="", now="", sentence="3 looks in a row", advice="Do.",
        since=FIRST, is_new=True,
    )  # fmt: skip


def test_a_few_alarms_are_told_one_by_one_with_what_to_do():
    assert lines_about([alarm("a"), alarm("b", AlarmKind.DRIFT)]) == (
        "alarm: a: https://a.example/: 3 looks in a row. Do.",
        "alarm: b: https://b.example/: 3 looks in a row. Do.",
    )


def test_what_many_hosts_have_at_once_is_told_as_one_event():
    (line, other) = lines_about([*map(alarm, "abcdefg"), alarm("x", AlarmKind.DRIFT)])
    assert line == (
        "alarm: 7 pages at once: 3 looks in a row (and the like): a, b, c, d, e and 2 more. "
        "Check this machine's network and name server first."
    )
    assert other.startswith("alarm: x: ")
    (line,) = lines_about([alarm(slug, AlarmKind.DRIFT) for slug in "abcde"])
    assert line.endswith(": a, b, c, d, e. Look first at what has changed on this machine, such as an update of Standfirst.")
