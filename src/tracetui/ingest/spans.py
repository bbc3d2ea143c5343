"""Where in a JSON document each value stands: byte ranges for the values that steps are read from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NamedTuple

_WHITE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(strict=False)


class Span(NamedTuple):
    """A member of an object or an item of a list: its value and its character range in the text."""

    key: str | int
    value: Any
    start: int
    end: int


def children(text: str, at: int = 0) -> Iterator[Span]:
    """The direct members or items of the object or list that starts at character `at`, in file order.

    Raises json.JSONDecodeError where the text is not JSON; what came before has been yielded by then.
    """
    at = _skip(text, at)
    opening = text[at : at + 1]
    if opening not in ("{", "["):
        raise json.JSONDecodeError("not an object or a list", text, at)
    closing = "}" if opening == "{" else "]"
    at = _skip(text, at + 1)
    if text[at : at + 1] == closing:
        return
    for index in range(len(text)):
        key: str | int = index
        if opening == "{":
            if text[at : at + 1] != '"':
                raise json.JSONDecodeError("expected a key", text, at)
            key, at = scanstring(text, at + 1, False)
            at = _skip(text, at)
            if text[at : at + 1] != ":":
                raise json.JSONDecodeError("expected ':'", text, at)
            at = _skip(text, at + 1)
        value, end = _DECODER.raw_decode(text, at)
        yield Span(key, value, at, end)
        at = _skip(text, end)
        mark = text[at : at + 1]
        if mark == closing:
            return
        if mark != ",":
            raise json.JSONDecodeError("expected ',' or the end", text, at)
        at = _skip(text, at + 1)


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


def _skip(text: str, at: int) -> int:
    found = _WHITE.match(text, at)
    return found.end() if found else at
