"""Values that a script writes out: JSON, or what JavaScript allows beside it (bare keys, single quotes, `!0`, `void 0`, `new Date(…)`).

Nothing is run. A value that is made of other values by a calculation can't be read and is a ValueError.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from scraper.extract.text import whole

_SPACE = re.compile(r"(?:\s+|/\*.*?\*/|//[^\n]*)*", re.DOTALL)
_STRING = re.compile(r""""([^"\\]*(?:\\.[^"\\]*)*)"|'([^'\\]*(?:\\.[^'\\]*)*)'|`([^`\\$]*(?:\\.[^`\\$]*)*)`""", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_NAME = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None, "Infinity": None}
_FUNCTION = re.compile(r"\(?\s*function\s*\(([^)]*)\)\s*\{")
_ASSIGNMENT = re.compile(r"([^\W\d][\w$]*)\.([^\W\d][\w$]*)\s*=\s*")
_RETURN = re.compile(r"return\b\s*")
_DEEPEST = 200
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A function's parameter where its argument isn't known yet."""

    name: str


def read_value(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at `text[at]`, and where it ends; ValueError where none can be read."""
    at = _after_space(text, at)
    if text[at : at + 1] in ("{", "["):
        try:
            return _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            pass  # not JSON: as JavaScript, or not at all
    if _FUNCTION.match(text, at):
        return _called(text, at)
    return _Reader(text, frozenset()).value(at, 0)


def read_string(text: str, at: int) -> tuple[str, int]:
    """The quoted text that begins at `text[at]`, and where it ends; ValueError where none does."""
    found = _STRING.match(text, _after_space(text, at))
    if found is None:
        raise ValueError(f"no text in quotes at {at}")
    return _unescaped(found[found.lastindex or 1]), found.end()


def _called(text: str, at: int) -> tuple[Any, int]:
    """`(function(a,b){a.x=1;return {k:a}}({},2))`: what it returns, its parameters replaced by the arguments of the call."""
    head = _FUNCTION.match(text, at)
    assert head is not None
    names = [name.strip() for name in head[1].split(",") if name.strip()]
    reader = _Reader(text, frozenset(names))
    assigned: list[tuple[str, str, Any]] = []
    at = _after_space(text, head.end())
    while (step := _ASSIGNMENT.match(text, at)) is not None:
        value, at = reader.value(step.end(), 0)
        assigned.append((step[1], step[2], value))
        at = _after_space(text, at)
        at = _after_space(text, at + 1) if text[at : at + 1] in (";", ",") else at
    back = _RETURN.match(text, at)
    if back is None:
        raise ValueError(f"a function that does more than return a value, at {at}")
    value, at = reader.value(back.end(), 0)
    while text[at : at + 1] in (";", "}", ")", " ", "\n"):
        at += 1
    if text[at : at + 1] != "(":
        raise ValueError(f"a function that isn't called, at {at}")
    arguments, at = reader.listed(at, ")", 0)
    known = dict(zip(names, arguments, strict=False))
    for name, key, part in assigned:
        if isinstance(known.get(name), dict):
            known[name][key] = part
    return _filled(value, known), at


def _filled(value: Any, known: dict[str, Any]) -> Any:
    """`value` with every parameter in it replaced, in place."""
    if isinstance(value, _Parameter):
        value = known.get(value.name)
    pending, seen = [value], set()
    while pending:
        part = pending.pop()
        if id(part) in seen or not isinstance(part, dict | list):
            continue
        seen.add(id(part))
        for key, inner in list(part.items() if isinstance(part, dict) else enumerate(part)):
            if isinstance(inner, _Parameter):
                inner = part[key] = known.get(inner.name)
            pending.append(inner)
    return value


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _unescaped(text: str) -> str:
    return whole(_ESCAPE.sub(_character, text)) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "ux" and len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return _ESCAPED.get(code, code)


class _Reader:
    """Reads JavaScript literals in one text."""

    def __init__(self, text: str, parameters: frozenset[str]) -> None:
        self._text, self._parameters = text, parameters

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        text = self._text
        at = _after_space(text, at)
        first = text[at : at + 1]
        if depth > _DEEPEST:
            raise ValueError(f"nested deeper than {_DEEPEST}")
        if first == "{":
            return self._object(at, depth + 1)
        if first == "[":
            return self.listed(at, "]", depth + 1)
        if first in ('"', "'", "`"):
            return read_string(text, at)
        if first == "!":
            value, at = self.value(at + 1, depth + 1)
            return not value, at
        number = _NUMBER.match(text, at)
        if number is not None:
            return _number(number[0]), number.end()
        name = _NAME.match(text, at)
        if name is None:
            raise ValueError(f"no value at {at}")
        return self._named(name[0], name.end(), depth)

    def _named(self, name: str, at: int, depth: int) -> tuple[Any, int]:
        if name in self._parameters:
            return _Parameter(name), at
        if name in _CONSTANTS:
            return _CONSTANTS[name], at
        if name == "void":
            return None, self.value(at, depth + 1)[1]
        if name == "new":
            made = _NAME.match(self._text, _after_space(self._text, at))
            if made is not None:
                arguments, at = self.listed(_after_space(self._text, made.end()), ")", depth + 1)
                return arguments[0] if arguments else None, at
        raise ValueError(f"{name!r} is no plain value")

    def _object(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        text = self._text
        made: dict[str, Any] = {}
        at = _after_space(text, at + 1)
        while text[at : at + 1] != "}":
            if text[at : at + 1] in ('"', "'"):
                key, at = read_string(text, at)
            else:
                found = _NAME.match(text, at) or _NUMBER.match(text, at)
                if found is None:
                    raise ValueError(f"no key at {at}")
                key, at = found[0], found.end()
            at = _after_space(text, at)
            if text[at : at + 1] != ":":
                raise ValueError(f"no colon at {at}")
            made[key], at = self.value(at + 1, depth)
            at = self._next(at, "}")
        return made, at + 1

    def listed(self, at: int, closing: str, depth: int) -> tuple[list[Any], int]:
        """The values between the bracket at `at` and `closing`, and where that ends."""
        text = self._text
        made: list[Any] = []
        at = _after_space(text, at + 1)
        while text[at : at + 1] != closing:
            value, at = self.value(at, depth)
            made.append(value)
            at = self._next(at, closing)
        return made, at + 1

    def _next(self, at: int, closing: str) -> int:
        """Past a comma; at the closing bracket."""
        at = _after_space(self._text, at)
        here = self._text[at : at + 1]
        if here == ",":
            return _after_space(self._text, at + 1)
        if here != closing:
            raise ValueError(f"neither a comma nor {closing!r} at {at}")
        return at


def _number(text: str) -> int | float:
    text = text.lstrip("+")
    if text[:2].lower() == "0x":
        return int(text, 16)
    try:
        return int(text)
    except ValueError:
        return float(text)
