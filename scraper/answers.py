"""What an answer amounts to that is no redirect: a page, a refusal, a wall, or something that a server should not say. Pure."""

from __future__ import annotations

from scraper.decode import decode
from scraper.pages import Outcome
from scraper.transport import Answer
from scraper.walls import MAX_LOOKED_AT, OUTCOME_OF_WALL, Wall, WallKind, recognise_wall

_BLOCKED_STATUSES = frozenset({401, 403, 407, 429, 451})


def judge_answer(answer: Answer, *, conditional: bool, asked_url: str, final_url: str) -> tuple[Outcome, str]:
    """The outcome, and why in words; "" for a page (OK) and for the 304 that `conditional` asked for (NOT_MODIFIED)."""
    status = answer.status
    if status == 304:
        return (
            (Outcome.NOT_MODIFIED, "") if conditional else (Outcome.BAD_RESPONSE, "304, though nothing was asked conditionally")
        )
    if status == 206:
        return Outcome.BAD_RESPONSE, "206: a part of the page, though the whole was asked for"
    wall = _wall(answer, asked_url, final_url)
    if 200 <= status < 300:
        if wall is not None:
            return OUTCOME_OF_WALL[wall.kind], f"{wall.kind.value.replace('_', ' ')} in place of the page: {wall.evidence}"
        return (Outcome.OK, "") if answer.body else (Outcome.BAD_RESPONSE, f"{status} with an empty body")
    detail = f"the server answered {status}" + ("" if wall is None else f": {wall.evidence}")
    if status in _BLOCKED_STATUSES or (wall is not None and wall.kind is WallKind.BOT_CHECK):
        return Outcome.BLOCKED, detail
    return Outcome.HTTP_ERROR, detail


def _wall(answer: Answer, asked_url: str, final_url: str) -> Wall | None:
    # What a page with a good status says is for whoever reads it: an almost empty page may be a short list all the same. Headers and
    # redirects tell already here; of a refusal, which nobody else reads, the words do, too.
    is_refusal = answer.status >= 400 and len(answer.body) <= 2 * MAX_LOOKED_AT
    text = decode(answer.body, answer.header("content-type")).text if is_refusal else ""
    return recognise_wall(answer.status, answer.headers, text, asked_url=asked_url, final_url=final_url)
