"""Deriving an archive's cards again from its stored pages, with a better extractor or better rules, without the network.

Captures are the truth, cards are derived. A rebuild never touches the archive it reads: it makes a new file in which the same looks rest on the
same bytes, and `storage.differences` says, card by card, what the two derivations make of them.

Looks are recorded one after the other in the order in which they were made, as a crawl records them. They are read a page at a
time, by other processes where there are some, while the looks before them are recorded.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from scraper.errors import ArchiveBusyError, ArchiveError, ArchiveMovedError
from scraper.pages import Outcome, RobotsDecision
from scraper.urls import DEFAULT_URL_RULES, UrlRules
from storage.archive import Archive, create_archive, open_archive
from storage.bodies import sha256_of
from storage.connections import translated_errors, uri_of
from storage.moments import to_text
from storage.past_looks import LOOKS_AT_PAGE, TOLD_OF_PAGE
from storage.reader import Reader, open_reader
from storage.recording import place_in_time, record_look
from storage.replay import (
    BEFORE_ALL,
    Place,
    StoredLook,
    count_looks,
    iter_looks,
    load_robots,
    looks_under_way,
)
from storage.rereading import (
    Derived,
    Done,
    LastBodies,
    PageState,
    Read,
    Task,
    reading_of_before,
    reread_in_this_process,
    reread_page,
)

LOOKS_AT_ONCE = 400
"""One transaction, and what a kill costs."""

CHUNKS = 16  # that the pages of a batch are handed to other processes in

PROGRESS = "rebuild"  # names in `memory`: how far a rebuild is,
STATE = "rebuild page "  # what it knows of each page,
RECIPES = "recipes"  # and, for good, the recipes that pages were read with, by the name that look.extractor_version gives


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild did."""

    looks: int  # in the new archive, all of them
    read: int  # pages read anew; those whose bytes hadn't changed count, although it took no reading
    by_recipe: int  # of them with a recipe
    kept: int  # good looks whose bytes are pruned or damaged: they keep the cards of the old derivation


@dataclass(slots=True, kw_only=True)
class _Progress:
    """How far a rebuild is; kept in the new archive with every transaction."""

    settings: dict[str, Any]  # by which the rebuild is made; with others it can't go on
    done: int = 0  # looks
    read: int = 0
    by_recipe: int = 0
    kept: int = 0
    at: Place = BEFORE_ALL
    under_way: set[int] = field(default_factory=set)  # looks that weren't finished when they were passed by

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "at": list(self.at), "under_way": sorted(self.under_way)})

    @classmethod
    def from_memory(cls, saved: Mapping[str, Any]) -> _Progress:
        return cls(**{**saved, "at": Place(*saved["at"]), "under_way": set(saved["under_way"])})


def rebuild(
    path: Path | str,
    target: Path | str,
    *,
    read: Read,
    extractor_version: str,
    now: datetime,
    basis: str = "",
    url_rules: Callable[[str], UrlRules] = lambda source: DEFAULT_URL_RULES,
    by_clock: bool = False,
    catch_up: bool = False,
    executor: Executor | None = None,
    on_looks: Callable[[int, int], None] = lambda done, total: None,
) -> Rebuilt:
    """Makes `target`, an archive of the same looks at the same bytes, with cards as `read` finds them today.

    A rebuild that was killed leaves `target` with ".part" after its name, and goes on there when it is called again with the same
    arguments; `basis` is for what `read` and `url_rules` rest on besides the extractor's version, in any words. `url_rules` gives a
    source's own rules by its slug. `by_clock` puts the looks in the order of what the clock said. `catch_up` goes on with a rebuild
    that had come to its end, with the looks that were made since. With an executor of processes, pages are read in parallel; the
    result is the same. Raises ArchiveError when `target` is there already, or is the beginning of another rebuild.
    """
    source, final = Path(path), Path(target)
    goes_on = catch_up and final.exists()
    if final.exists() and not goes_on:
        raise ArchiveError(f"{final}: is there already and was left alone; name another file")
    part = final if goes_on else final.with_name(final.name + ".part")
    with open_reader(source) as old, open_archive(part) if goes_on else create_archive(part) as new, old.snapshot():
        settings = {
            "source": str(source.absolute()),
            "extractor_version": extractor_version,
            "basis": basis,
            "slug_rules": _slug_rules(old.connection),
            "by_clock": by_clock,
        }
        begun = new.load_memory(PROGRESS)
        if begun is None and not goes_on:
            progress = _Progress(settings=settings)
            new.save_memory(PROGRESS, json.loads(progress.to_json()), saved_at=now)
        elif isinstance(begun, dict) and begun.get("settings") == settings:
            progress = _Progress.from_memory(begun)
        else:
            raise ArchiveError(f"{part}: is the beginning of another rebuild; remove it first, or finish that one")
        _copy_what_is_not_derived(new.connection, source, by_clock=by_clock)
        try:
            _go_through(old, new, progress, _Derivation(read, extractor_version, url_rules, by_clock, executor), now, on_looks)
        except ArchiveMovedError as exc:  # by whoever has brought it to its end
            raise _made_by_another(new) from exc
        new.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if part != final:
        part.replace(final)
        for beside in ("-wal", "-shm"):
            part.with_name(part.name + beside).unlink(missing_ok=True)
    return Rebuilt(looks=progress.done, read=progress.read, by_recipe=progress.by_recipe, kept=progress.kept)


def _made_by_another(new: Archive) -> ArchiveBusyError:
    return ArchiveBusyError(f"{new.path}: another program is making this rebuild; let it come to its end")


def _slug_rules(db: sqlite3.Connection) -> list[list[Any]]:
    """Those in force: they decide what is one article."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'slug_rule'").fetchone():
        return []
    return [list(row) for row in db.execute("SELECT source_id, pattern FROM slug_rule WHERE retired_at IS NULL ORDER BY id")]


def forget_the_rebuild(db: sqlite3.Connection) -> None:
    """Takes out what only the going on of a rebuild needs. Call inside a transaction."""
    db.execute("DELETE FROM memory WHERE name = ? OR name GLOB ?", (PROGRESS, STATE + "*"))


COPIED = ("source", "former_slug", "page", "run", "body", "robots", "slug_rule")
DERIVED = ("crawl", "circumstance", "article", "origin", "revision", "span", "rewording", "stem", "alias")
_FILLED_LATER = {"run": "finished_at", "body": "content"}  # a run that was under way; bytes that were pruned, and came again


def _copy_what_is_not_derived(db: sqlite3.Connection, source: Path, *, by_clock: bool) -> None:
    """Copies the rows that the new archive doesn't have yet; a rebuild that goes on finds new ones."""
    with translated_errors(source):
        db.execute("ATTACH ? AS old", (uri_of(source, "ro"),))
        try:
            db.execute("BEGIN IMMEDIATE")
            there = {name for (name,) in db.execute("SELECT name FROM old.sqlite_master WHERE type = 'table'")}
            for table in COPIED:
                if table in there:  # else the old archive is of an older version
                    _copy_new_rows(db, table)
            db.execute(  # those that were renamed since
                "UPDATE main.source SET slug = now.slug FROM old.source AS now "
                "WHERE main.source.id = now.id AND main.source.slug <> now.slug"
            )
            _copy_memory(db, by_clock=by_clock)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        finally:
            db.execute("DETACH old")


def _copy_new_rows(db: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in db.execute(f"PRAGMA old.table_info({table})")]
    new = f"WHERE id > (SELECT coalesce(max(id), 0) FROM main.{table})" if "id" in columns else ""
    db.execute(
        f"INSERT OR IGNORE INTO main.{table} ({', '.join(columns)}) SELECT {', '.join(columns)} FROM old.{table} {new} ORDER BY 1"
    )
    if (filled := _FILLED_LATER.get(table)) is not None:
        values = ", ".join(f"{name} = now.{name}" for name in columns if name != "id")
        db.execute(
            f"UPDATE main.{table} SET {values} FROM old.{table} AS now "
            f"WHERE main.{table}.id = now.id AND main.{table}.{filled} IS NULL AND now.{filled} IS NOT NULL"
        )


def _copy_memory(db: sqlite3.Connection, *, by_clock: bool) -> None:
    db.execute(
        f"""
        INSERT OR REPLACE INTO main.memory (name, content, saved_at) SELECT name, content, saved_at FROM old.memory
        WHERE name <> '{PROGRESS}' AND name NOT GLOB '{STATE}*'
          AND name <> 'same_article'                                          -- articles are numbered anew
          AND (name <> '{RECIPES}' OR name NOT IN (SELECT name FROM main.memory))  -- the new one has its own besides
          AND name NOT GLOB '{LOOKS_AT_PAGE}*'                                -- figures of cards that are derived anew
          AND (NOT :by_clock OR name NOT GLOB '{TOLD_OF_PAGE}*')              -- looks get other times
        """,
        {"by_clock": by_clock},
    )


@dataclass(frozen=True, slots=True)
class _Derivation:
    """By what a rebuild is made."""

    read: Read
    extractor_version: str
    url_rules: Callable[[str], UrlRules]
    by_clock: bool
    executor: Executor | None


def _go_through(
    old: Reader,
    new: Archive,
    progress: _Progress,
    derivation: _Derivation,
    now: datetime,
    on_looks: Callable[[int, int], None],
) -> None:
    by_clock = derivation.by_clock
    under_way = looks_under_way(old.connection)
    overdue = [number for number in progress.under_way - under_way if _is_passed(old.connection, number, progress.at, by_clock)]
    passed = count_looks(old.connection, until=progress.at, by_clock=by_clock)
    if passed != progress.done + len(overdue):
        raise ArchiveError(
            f"{new.path}: {old.path} has got looks since that belong before those which are derived already; "
            "remove it and begin anew"
        )
    progress.under_way = under_way | set(overdue)
    total = count_looks(old.connection, by_clock=by_clock)
    looks = iter_looks(old.connection, after=progress.at, overdue=overdue, by_clock=by_clock)
    readers = _Readers(old, new.connection, derivation)
    recorder = _Recorder(old, new.connection, derivation, progress)
    saved = _saved_progress(new.connection)
    batch = list(islice(looks, LOOKS_AT_ONCE))
    readers.begin(batch)
    while batch:
        derived, states = readers.finish()
        following = list(islice(looks, LOOKS_AT_ONCE))
        readers.begin(following)  # other processes read on while this one records
        with new.transaction() as db:
            if _saved_progress(db) != saved:
                raise _made_by_another(new)
            for look in batch:
                recorder.record(look, derived.get(look.crawl_id))
                if look.crawl_id not in overdue:
                    progress.at = look.place
            db.executemany(
                "INSERT OR REPLACE INTO memory (name, content, saved_at) VALUES (?, ?, ?)",
                [
                    *((f"{STATE}{page_id}", state.to_json(), to_text(now)) for page_id, state in states.items()),
                    *([(RECIPES, json.dumps(recorder.recipes, ensure_ascii=False), to_text(now))] if recorder.recipes else []),
                    (PROGRESS, progress.to_json(), to_text(now)),
                ],
            )
            saved = progress.to_json()
        on_looks(progress.done, total)
        batch = following


def _saved_progress(db: sqlite3.Connection) -> str:
    (content,) = db.execute("SELECT content FROM memory WHERE name = ?", (PROGRESS,)).fetchone()
    return str(content)


def _is_passed(db: sqlite3.Connection, crawl_id: int, at: Place, by_clock: bool) -> bool:
    if not by_clock:
        return crawl_id <= at.crawl_id
    (clock,) = db.execute("SELECT coalesce(clock_at, seen_at) FROM crawl WHERE id = ?", (crawl_id,)).fetchone()
    return Place(clock, crawl_id) <= at


class _Readers:
    """Reads the looks of one batch after the other, a page at a time, here or in other processes."""

    def __init__(self, old: Reader, new: sqlite3.Connection, derivation: _Derivation) -> None:
        self._old, self._derivation = old, derivation
        self._bodies = LastBodies()
        self._states = {
            int(name.removeprefix(STATE)): PageState.from_json(content)
            for name, content in new.execute("SELECT name, content FROM memory WHERE name GLOB ?", (STATE + "*",))
        }
        self._under_way: Iterable[Done] = ()

    def begin(self, batch: Sequence[StoredLook]) -> None:
        """Begins with the batch; without other processes, at finish()."""
        by_page: dict[int, list[StoredLook]] = {}
        for look in batch:
            if look.can_be_reread or look.outcome.is_good:
                by_page.setdefault(look.page_id, []).append(look)
        tasks = [
            Task(page_id, looks, self._states.get(page_id, PageState()), self._derivation.read)
            for page_id, looks in by_page.items()
        ]
        if self._derivation.executor is None:
            self._under_way = (reread_page(self._old.connection, task, self._bodies) for task in tasks)
        else:
            read = partial(reread_in_this_process, str(self._old.path))
            self._under_way = self._derivation.executor.map(read, tasks, chunksize=max(1, len(tasks) // CHUNKS))

    def finish(self) -> tuple[dict[int, Derived], dict[int, PageState]]:
        """What the batch begun came to: looks by their old numbers, and the states of its pages after it."""
        derived: dict[int, Derived] = {}
        states: dict[int, PageState] = {}
        for done in self._under_way:
            derived |= {one.crawl_id: one for one in done.derived}
            states[done.page_id] = done.state
        self._states |= states
        return derived, states


class _Recorder:
    """Records looks in the new archive."""

    def __init__(self, old: Reader, new: sqlite3.Connection, derivation: _Derivation, progress: _Progress) -> None:
        self._old, self._db, self._derivation, self._progress = old, new, derivation, progress
        self._url_rules = cache(derivation.url_rules)
        self._robots: Callable[[int], RobotsDecision] = cache(partial(load_robots, old.connection))
        kept = new.execute("SELECT content FROM memory WHERE name = ?", (RECIPES,)).fetchone()
        self.recipes: dict[str, Any] = json.loads(kept[0]) if kept else {}  # by name

    def record(self, look: StoredLook, derived: Derived | None) -> None:
        """Records a look; `derived` None: there was nothing to read, so that it is what it was."""
        progress = self._progress
        progress.done += 1
        progress.under_way.discard(look.crawl_id)
        crawl_id = progress.done if self._derivation.by_clock else look.crawl_id
        self._begin(look, crawl_id)
        if look.outcome is Outcome.INTERRUPTED:  # nothing else is known of it
            self._db.execute(
                "UPDATE crawl SET outcome = ?, detail = ?, body_id = ? WHERE id = ?",
                (look.outcome, look.detail, look.body_id, crawl_id),
            )
            return
        anew = derived is not None and derived.anew
        reading = derived.reading if derived is not None else reading_of_before(self._old.connection, look)
        progress.read += anew
        progress.kept += look.outcome.is_good and not anew
        progress.by_recipe += reading.recipe is not None
        version = self._version(reading.recipe) if anew else look.extractor_version or "unknown"
        robots = self._robots(look.robots_id) if look.robots_id is not None else None
        record_look(
            self._db,
            crawl_id,
            result=look.result(robots),
            listing=reading.listing,
            outcome=reading.outcome,
            detail=reading.detail,
            extractor_version=version,
            url_rules=self._url_rules(look.source),
            stored_body=look.stored_body,
        )

    def _begin(self, look: StoredLook, crawl_id: int) -> None:
        seen_at, clock_at = look.seen_at, look.clock_at
        if self._derivation.by_clock:
            seen_at, clock_at = place_in_time(self._db, look.page_id, look.clock_at or look.seen_at)
        self._db.execute(
            "INSERT INTO crawl (id, run_id, page_id, seen_at, clock_at) VALUES (?, ?, ?, ?, ?)",
            (crawl_id, look.run_id, look.page_id, seen_at, clock_at),
        )

    def _version(self, recipe: str | None) -> str:
        """The extractor's version, and with which recipe, if with one."""
        if recipe is None:
            return self._derivation.extractor_version
        name = sha256_of(recipe.encode())[:12]
        if name not in self.recipes:
            self.recipes[name] = json.loads(recipe)
        return f"{self._derivation.extractor_version} with recipe {name}"
