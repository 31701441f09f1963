"""Data that a page brings along for its own scripts: where frameworks leave them, and in which wrapping.

- `<script type="application/json">`: Next.js (`__NEXT_DATA__`), SvelteKit, Drupal and others write plain JSON; Nuxt 3 (`__NUXT_DATA__`)
  and Astro write devalue's flat form, in which every number is an index.
- `window.NAME = …`: an object, `JSON.parse("…")` of a text, or (Nuxt 2) a function that returns one.
- texts pushed piece by piece: Next.js' app router (`self.__next_f.push`), React Router (`streamController.enqueue`).
- attributes of elements: Inertia's `data-page`, Astro's `props`, Vue's and Livewire's.

Nothing is run, and nothing is fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from scraper.extract.script_values import read_string, read_value

_SCRIPTS = frozenset(["", "text/javascript", "application/javascript", "module"])
_ASSIGNED = re.compile(
    r"""(?:\b(?:window|self|globalThis)\s*(?:\.\s*|\[\s*["'])|\b(?:var|let|const)\s+)(?P<name>[^\W\d][\w$.]*)(?:["']\s*\])?\s*=\s*"""
    r"(?:[\w$.]+\s*\|\|\s*)?(?=[{\[]|JSON\.parse|\(\s*function)"
)
_PARSED = re.compile(r"JSON\.parse\(\s*(?P<quoted>decodeURIComponent\()?\s*")
_PUSHED = re.compile(r"""__next_f\.push\(\[\s*1\s*,\s*(?=["'])""")
_STREAMED = re.compile(r"""streamController\.enqueue\(\s*(?=["'])""")
_PUSHED_VALUE = re.compile(r"(?:^|\n)[0-9a-f]+:(?=[\[{])")
_LIKE_JSON = re.compile(r"\s*[\[{]\s*[\[{\"\d]")
_SHORTEST = 80  # characters of an attribute that may hold a list
_MOST = 60  # states of a page
_MOST_CHARS = 8_000_000  # of all of them together


@dataclass(frozen=True, slots=True)
class State:
    """One piece of data."""

    name: str  # where it stood: "__NEXT_DATA__", "window.__INITIAL_STATE__", "div@data-page"
    value: Any


def read_states(parser: LexborHTMLParser) -> list[State]:
    """The data in the page's scripts and attributes, in page order; what can't be read is passed over."""
    found: list[State] = []
    left = _MOST_CHARS
    for name, value, length in _states(parser):
        left -= length
        if left < 0 or len(found) == _MOST:
            break
        if isinstance(value, dict | list):
            found.append(State(name, value))
    return found


def loaded(text: str) -> Any:
    """The JSON in a text, flat forms made whole; None where it is none."""
    if not _LIKE_JSON.match(text):
        return None
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return _unflattened(value) if _is_flat(value) else value


def _states(parser: LexborHTMLParser) -> Iterator[tuple[str, Any, int]]:
    """Name, value, and how many characters were read for it."""
    pushed: list[str] = []
    for script in parser.css("script:not([src])"):
        attributes = script.attributes
        kind = (attributes.get("type") or "").split(";")[0].strip().lower()
        text = script.text()
        if kind.endswith("json") and "ld+json" not in kind:
            yield (
                attributes.get("id") or f"script[type={kind}]",
                loaded(text.strip().removeprefix("<!--").removesuffix("-->")),
                len(text),
            )
        elif kind in _SCRIPTS:
            yield from _assigned(text)
            pushed += _texts(text, _PUSHED)
            for streamed in _texts(text, _STREAMED):
                yield "streamController", loaded(streamed.partition("\n")[0]), len(streamed)
    yield from _pushed_values("".join(pushed))
    for element in parser.css("body, body *"):
        for name, written in element.attributes.items():
            if written and len(written) >= _SHORTEST and written.lstrip()[:1] in ("{", "["):
                value = loaded(written)
                yield f"{element.tag}@{name}", _untyped(value) if name == "props" else value, len(written)


def _assigned(text: str) -> Iterator[tuple[str, Any, int]]:
    at = 0
    while (found := _ASSIGNED.search(text, at)) is not None:
        begin = at = found.end()
        try:
            parsed = _PARSED.match(text, at)
            if parsed is not None:
                quoted, at = read_string(text, parsed.end())
                value = loaded(unquote(quoted) if parsed["quoted"] else quoted)
            else:
                value, at = read_value(text, at)
        except (ValueError, RecursionError):
            continue
        yield f"window.{found['name']}", value, at - begin


def _texts(script: str, call: re.Pattern[str]) -> Iterator[str]:
    for found in call.finditer(script):
        try:
            yield read_string(script, found.end())[0]
        except ValueError:
            continue


def _pushed_values(text: str) -> Iterator[tuple[str, Any, int]]:
    for found in _PUSHED_VALUE.finditer(text):
        try:
            value, end = read_value(text, found.end())
        except (ValueError, RecursionError):
            continue
        yield "__next_f", value, end - found.end()


def _is_flat(value: Any) -> bool:
    """True for devalue's and turbo-stream's form: a list in which objects hold nothing but indexes into it."""
    if not isinstance(value, list) or len(value) < 3:
        return False
    objects = [part for part in value if isinstance(part, dict) and part]
    return bool(objects) and all(type(index) is int and -10 < index < len(value) for part in objects for index in part.values())


def _unflattened(flat: list[Any]) -> Any:
    """The value whose parts stand in `flat`, each once, the outermost first. What occurs twice, or in itself, is one object."""
    built: dict[int, Any] = {}
    pending: list[tuple[Any, Any]] = []  # a container and the indexes that it is to be filled from

    def part(index: Any) -> Any:
        for _ in range(len(flat)):  # wrappers in wrappers
            if type(index) is not int or not 0 <= index < len(flat):
                return None
            if index in built:
                return built[index]
            raw = flat[index]
            if isinstance(raw, list) and raw and isinstance(raw[0], str):
                if raw[0] == "Date" and len(raw) > 1:
                    return raw[1] if isinstance(raw[1], str) else part(raw[1])
                if raw[0] in ("Set", "Map"):
                    raw = raw[1:] if raw[0] == "Set" else raw[2::2]
                elif len(raw) == 2 and type(raw[1]) is int:
                    index = raw[1]  # "Reactive", "ShallowRef" and what else wraps one value
                    continue
                else:
                    return None
            if not isinstance(raw, dict | list):
                return raw
            built[index] = {} if isinstance(raw, dict) else []
            pending.append((built[index], raw))
            return built[index]
        return None

    whole = part(0)
    while pending:
        container, raw = pending.pop()
        if isinstance(raw, list):
            container.extend(part(index) for index in raw)
        else:
            for key, index in raw.items():
                name = part(int(key[1:])) if key[:1] == "_" and key[1:].isdecimal() and key.isascii() else key
                container[str(name)] = part(index)
    return whole


def _untyped(value: Any, depth: int = 0) -> Any:
    """Astro's properties, in which every value is a pair of a type's number and the value: 0 is plain, 1 a list, 3 a date."""
    if depth > 100:
        return None
    if isinstance(value, list) and len(value) == 2 and type(value[0]) is int and 0 <= value[0] <= 11:
        kind, inner = value
        return (
            [_untyped(part, depth + 1) for part in inner] if kind == 1 and isinstance(inner, list) else _untyped(inner, depth + 1)
        )
    if isinstance(value, dict):
        return {key: _untyped(inner, depth + 1) for key, inner in value.items()}
    return value
