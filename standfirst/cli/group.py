"""The `standfirst` group: its verbs, loaded one at a time so that `--help` stays quick, and the exit code of whatever happens."""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

import click

from schedules.exit_codes import ExitCode, code_of
from scraper.errors import StandfirstError
from scraper.version import VERSION

# verb -> (module:function, help in a line), in the order of a newcomer's way through them
VERBS: dict[str, tuple[str, str]] = {
    "demo": ("standfirst.cli.demo:demo", "Crawl a made-up news site on this machine over several made-up nights."),
    "init": ("standfirst.cli.init:init", "Write a commented standfirst.toml and an empty archive."),
    "try": ("standfirst.cli.try_page:try_page", "Fetch or read one page and show the cards on it; stores nothing."),
    "add": ("standfirst.cli.add:add", "Try a page, then add it to standfirst.toml as a source."),
    "learn": ("standfirst.cli.learn:learn", "Look at a source again and replace its recipe."),
    "crawl": ("standfirst.cli.crawl:crawl", "Look at every source once and record what is there."),
    "schedule": ("standfirst.cli.schedule:schedule", "When sources are due; cron lines, systemd units, or the service."),
    "status": ("standfirst.cli.status:status", "A line a source: last good look, cards, new this week, trouble."),
    "sources": ("standfirst.cli.sources:sources", "List, switch, rename, import and export what is watched."),
    "check": ("standfirst.cli.check:check", "Whether all is well: configuration, archive, lock, clock, disk, sources."),
    "runs": ("standfirst.cli.runs:runs", "The runs: when, how long, how they ended, what they brought."),
    "cards": ("standfirst.cli.cards:cards", "The cards that stand on the pages, now or at a moment."),
    "changes": ("standfirst.cli.changes:changes", "What came, was reworded, vanished and came back."),
    "history": ("standfirst.cli.history:history", "Everything that is known of one card."),
    "search": ("standfirst.cli.search:search", "Full-text search over every wording ever seen."),
    "vanished": ("standfirst.cli.questions:vanished", "Cards no longer there, how they went, and when they were back."),
    "reworded": ("standfirst.cli.questions:reworded", "The articles that were reworded most often."),
    "first": ("standfirst.cli.questions:first", "Who ran an article first."),
    "same": ("standfirst.cli.questions:same", "Articles elsewhere that read like this one, with a score."),
    "addresses": ("standfirst.cli.addresses:addresses", "Which addresses are one article's, by rules with evidence."),
    "weeks": ("standfirst.cli.questions:weeks", "New articles per source and week."),
    "coverage": ("standfirst.cli.questions:coverage", "How well each page was watched."),
    "provenance": ("standfirst.cli.questions:provenance", "Where every value of a card comes from, down to the bytes."),
    "export": ("standfirst.cli.export:export", "A snapshot as CSV or JSON lines, the same bytes each time."),
    "rebuild": ("standfirst.cli.rebuild:rebuild", "Derive the cards again from the stored pages with today's extractor."),
    "verify": ("standfirst.cli.verify:verify", "Check everything that is stored, byte for byte."),
    "prune": ("standfirst.cli.prune:prune", "Drop old page bytes and keep every fact."),
    "backup": ("standfirst.cli.backup:backup", "A compact copy of the archive, also while a crawl runs."),
}


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a write to a file or device that takes no more fails with; unlike a failure to open one it names no file."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run; help needs only VERBS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module_name, _, function_name = VERBS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module_name), function_name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in VERBS and (near := get_close_matches(args[0], VERBS, n=1)):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, help_line) for verb, (_, help_line) in VERBS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 fine; 1 the tool failed; 2 usage; 3 some sources failed or look broken, the rest is stored; 4 every source failed; "
    "75 another crawl holds the lock; 78 configuration or archive unusable; 130 interrupted, what was finished is stored.",
)
@click.version_option(VERSION, prog_name="standfirst")
def cli() -> None:
    """Keeps the front page on the record: crawls news listing pages, finds the teaser cards on them, and stores their whole history in one SQLite file.

    Begin with `standfirst demo`, then `standfirst init`.
    """


def _write_whatever_comes() -> None:
    """Into a pipe or file goes UTF-8, whatever the locale, so that data are the same everywhere; a terminal that can't show a letter shows
    "?" in its place.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and exits with its code. Errors of ours are one line on stderr; bugs come up raw."""
    _open_closed_streams()
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """As main, but returns the code."""
    _write_whatever_comes()
    try:
        outcome = cli.main(args=None if argv is None else list(argv), prog_name="standfirst", standalone_mode=False)
        _flush_stdout()
    except click.ClickException as exc:
        exc.show()
        return exc.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("standfirst: interrupted; what was finished is stored", err=True)
        return ExitCode.INTERRUPTED
    except StandfirstError as exc:
        from standfirst.cli.output import note

        note(f"standfirst: {exc}")
        return code_of(exc)
    except BrokenPipeError:
        # The reader (`| head`) has had enough. Python would complain again when it flushes at exit.
        _forget_stdout()
        return ExitCode.OK
    except OSError as exc:
        if exc.errno not in NO_ROOM or exc.filename is not None:
            raise
        _forget_stdout()
        click.echo(f"standfirst: stdout: can't be written to ({exc.strerror}); the answer is not whole", err=True)
        return ExitCode.FAILED
    return outcome if isinstance(outcome, int) else ExitCode.OK


def _open_closed_streams() -> None:
    """Whoever called us may have closed stdout or stderr: then nobody listens, and the next file that we open would take its number."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)  # noqa: FBT003  os gives it no name
    os.close(number)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8")


def _flush_stdout() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # what was done counts, not who wanted to hear of it
        _forget_stdout()


def _forget_stdout() -> None:
    """What is still to be written there goes nowhere, else Python would complain when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
