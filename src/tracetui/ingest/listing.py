"""The elements of the long list in a JSON document as lines, each byte where it stands in the document.

Between two elements stands a line feed instead of a comma, and a space wherever else white space or what stands before the
list was: so whoever reads lines by place reads elements, and every offset is one in the document. What stands behind the
list is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

_PIECE, _STEP = 1 << 20, 1 << 16
"""Looked at for the list; and read at a time of it, so that what a head took of the document tells how long the whole is."""
MAX_ELEMENT_BYTES = 64 << 20
"""A document with a longer element is not listed any further, and it is said."""
_WHITE = re.compile(r"[ \t\r\n]*")
_NO_LINE_ENDS = str.maketrans("\r\n", "  ")
# Bytes are read as Latin-1, one character each: what is in the strings of the document does not matter here.
_decode = json.JSONDecoder(strict=False).raw_decode


class Listing:
    """Read like a decoded stream. Raises ValueError where there is no such list, where it is damaged, or breaks off."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._window = ""
        self._at = 0
        """Of the next element in the window."""
        self._pieces = self._listed()
        self._ready = b""
        self._broken: ValueError | None = None

    def __enter__(self) -> Listing:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read1(self, most: int) -> bytes:
        pieces, size = [self._ready], len(self._ready)
        try:
            while size < most and self._broken is None and (piece := next(self._pieces, None)) is not None:
                pieces.append(piece.encode("latin-1"))
                size += len(piece)
        except ValueError as broken:
            self._broken = broken
        ready = b"".join(pieces)
        if not ready and self._broken is not None:
            raise self._broken
        self._ready = ready[most:]
        return ready[:most]

    def _listed(self) -> Iterator[str]:
        self._more(_PIECE)
        try:
            self._at = _list_at(self._window)
        except IndexError as broken:
            raise ValueError("no document with a long list") from broken
        yield " " * self._at
        while True:
            end = self._element_end()
            yield self._window[self._at : end].translate(_NO_LINE_ENDS)
            self._at = end
            comma = self._next_letter(end)
            if self._window[comma] not in ",]":
                raise ValueError(f"no comma stands behind an element of the list, but {self._window[comma]!r}")
            if self._window[comma] == "]":
                yield " " * (comma - self._at) + "\n"
                return
            following = self._next_letter(comma + 1)
            yield " " * (following - self._at - 1) + "\n"
            self._window, self._at = (self._window[following:], 0) if following > _PIECE else (self._window, following)

    def _more(self, size: int) -> None:
        chunk = self._file.read(size)
        if not chunk:
            raise ValueError("the document breaks off in its list")
        self._window += chunk.decode("latin-1")

    def _next_letter(self, at: int) -> int:
        while (found := _past_white(self._window, at)) == len(self._window):
            self._more(_STEP)
        return found

    def _element_end(self) -> int:
        self._at = self._next_letter(self._at)
        if self._window[self._at] != "{":
            raise ValueError("an element of the list is no object")
        while (end := _end(self._window, self._at)) is None:
            self._window, self._at = self._window[self._at :], 0
            if len(self._window) > MAX_ELEMENT_BYTES:
                raise ValueError(f"an element is damaged, or longer than the limit of {MAX_ELEMENT_BYTES} bytes")
            self._more(max(_STEP, len(self._window)))
        return end


def _list_at(text: str) -> int:
    """Where the first element stands of the list that `text` breaks off in. Raises ValueError, IndexError."""
    at = _past_white(text, 0)
    while text[at] != "[":
        if text[at] != "{":
            raise ValueError("no document with a long list")
        at = _past_white(text, at + 1)
        while (end := _end(text, value := _value(text, at))) is not None:
            at = _past_white(text, end)
            if text[at] != ",":
                raise ValueError("no document with a long list")
            at = _past_white(text, at + 1)
        at = value
    return _past_white(text, at + 1)


def _value(text: str, at: int) -> int:
    """Where the value of the member stands whose key stands there."""
    _, end = _decode(text, at)
    colon = _past_white(text, end)
    if text[colon] != ":":
        raise ValueError("no document with a long list")
    return _past_white(text, colon + 1)


def _end(text: str, at: int) -> int | None:
    """Where a value ends; None where it is not all there."""
    try:
        return _decode(text, at)[1]
    except json.JSONDecodeError:
        return None
    except RecursionError as broken:
        raise ValueError("nested too deep") from broken


def _past_white(text: str, at: int) -> int:
    found = _WHITE.match(text, at)
    return found.end() if found is not None else at
