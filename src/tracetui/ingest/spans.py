"""Where in a JSON text each value stands: byte ranges for the values that steps are read from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from tracetui.ingest.decode import DECODER

_WHITE = re.compile(r"[ \t\n\r]*")
_SALVAGE_DEPTH = 8


class Span(NamedTuple):
    """A member of an object or an item of a list: its value and its character range in the text."""

    key: str | int
    value: Any
    start: int
    end: int


class BrokenJSONError(ValueError):
    """The text stops being JSON. `start`: the member or item that cannot be read; `at`: where it breaks."""

    def __init__(self, reason: str, start: int, at: int, key: str | int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.start = start
        self.at = at
        self.key = key
        """Of the value that breaks; None where the break is between values."""


def children(text: str, at: int = 0) -> Iterator[Span]:
    """The direct members or items of the object or list that starts at character `at`, in file order.

    Raises BrokenJSONError where the text is not JSON; what came before has been yielded by then.
    """
    at = _skip(text, at)
    opening = text[at : at + 1]
    if opening not in ("{", "["):
        raise BrokenJSONError("not an object or a list", at, at)
    closing = "}" if opening == "{" else "]"
    at = _skip(text, at + 1)
    if text[at : at + 1] == closing:
        return
    for index in range(len(text)):
        key, at = _key(text, at) if opening == "{" else (index, at)
        value, end = value_at(text, at, key)
        after = _skip(text, end)
        mark = text[after : after + 1]
        if mark not in (",", closing) and text[end - 1].isdigit():
            # A number has no closing mark: its further digits may be cut off.
            raise BrokenJSONError("a number without an end", at, end, key)
        yield Span(key, value, at, end)
        at = after
        if mark == closing:
            return
        if mark != ",":
            raise BrokenJSONError(f"expected ',' or '{closing}'", at, at)
        at = _skip(text, at + 1)


def readable(text: str, at: int) -> Iterator[Span]:
    """The children up to the place where the text breaks, if it does."""
    try:
        yield from children(text, at)
    except BrokenJSONError:
        return


def start_of(text: str, path: tuple[str | int, ...]) -> int:
    """Where the value at `path` (keys from the top) starts, whole or not; the end of the text where there is none."""
    at = 0
    for token in path:
        start = _start_of(text, at, token)
        if start is None:
            return len(text)
        at = start
    return at


def _start_of(text: str, at: int, token: str | int) -> int | None:
    """Where the member or item called `token` of the object or list at `at` starts."""
    start = None
    try:
        for span in children(text, at):
            start = span.start if span.key == token else start
    except BrokenJSONError as problem:
        start = problem.start if problem.key == token else start
    return start


def value_at(text: str, at: int, key: str | int | None = None) -> tuple[Any, int]:
    """The value that starts at character `at`, and where it ends. Raises BrokenJSONError, which names `key`."""
    try:
        return DECODER.raw_decode(text, at)
    except json.JSONDecodeError as problem:
        unterminated = problem.msg.startswith("Unterminated string")
        raise BrokenJSONError(problem.msg, at, len(text) if unterminated else problem.pos, key) from problem
    except RecursionError:
        raise BrokenJSONError("nested too deeply", at, at, key) from None


def salvage(text: str, at: int = 0, *, depth: int = _SALVAGE_DEPTH) -> tuple[Any, BrokenJSONError | None]:
    """What can be read of a cut or damaged object or list: its whole members and items, and where reading stopped.

    An item of a list is whole or left out. The member of an object in which the text breaks is salvaged in turn, so
    that the messages of a cut document are kept up to the last whole one.
    """
    spans: list[tuple[str | int, Any]] = []
    broken: BrokenJSONError | None = None
    try:
        spans += ((span.key, span.value) for span in children(text, at))
    except BrokenJSONError as problem:
        broken = problem
        if isinstance(problem.key, str) and depth and text.startswith(("{", "["), problem.start):
            inner, broken = salvage(text, problem.start, depth=depth - 1)
            spans.append((problem.key, inner))
    if text.startswith("{", _skip(text, at)):
        return dict(spans), broken
    return [value for _, value in spans], broken


_OBJECT_LINE = re.compile(r"^\{", re.MULTILINE)


def concatenated(text: str) -> Iterator[Span]:
    """Objects that stand one after another in a text, each at the start of a line; `key` is 1.

    What stands between them, or does not parse, is a span of its own with `key` 0 and no value.
    """
    at = _skip(text, 0)
    while at < len(text):
        found = _OBJECT_LINE.search(text, at)
        start = found.start() if found else len(text)
        if text.startswith("{", at):
            start = at
        if start > at and text[at:start].strip():
            yield Span(0, None, at, start)
        if start >= len(text):
            return
        try:
            value, end = value_at(text, start)
            yield Span(1, value, start, end)
        except BrokenJSONError:
            found = _OBJECT_LINE.search(text, start + 1)
            end = found.start() if found else len(text)
            yield Span(0, None, start, end)
        at = _skip(text, end)


class ByteOffsets:
    """Character positions of a text, asked for in ascending order, as byte offsets in its UTF-8 form."""

    def __init__(self, text: str, base: int = 0) -> None:
        self._text = text
        self._ascii = text.isascii()
        self._at = 0
        self._offset = 0
        self._base = base

    def offset(self, at: int) -> int:
        if self._ascii:
            return self._base + at
        if at < self._at:
            self._at = self._offset = 0
        self._offset += len(self._text[self._at : at].encode("utf-8", "surrogateescape"))
        self._at = at
        return self._base + self._offset


def pointer(*tokens: str | int) -> str:
    """An RFC 6901 JSON pointer made of unescaped tokens."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def _key(text: str, at: int) -> tuple[str, int]:
    """A member's key and where its value starts."""
    if text[at : at + 1] != '"':
        raise BrokenJSONError("expected a key", at, at)
    try:
        key, end = scanstring(text, at + 1, False)
    except json.JSONDecodeError as problem:
        raise BrokenJSONError(problem.msg, at, len(text)) from problem
    end = _skip(text, end)
    if text[end : end + 1] != ":":
        raise BrokenJSONError("expected ':'", at, end)
    return key, _skip(text, end + 1)


def _skip(text: str, at: int) -> int:
    found = _WHITE.match(text, at)
    return found.end() if found else at
