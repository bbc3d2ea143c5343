"""Where the lines of a file start, looked for a piece at a time."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from io import BytesIO
from itertools import accumulate
from typing import NamedTuple

from tracetui.ingest.held_file import HeldFile

_CHUNK = 1 << 18


class Piece(NamedTuple):
    """What reading on has found."""

    starts: array[int]
    """"Q": where a line starts after each line feed that was read; all after the line that was not complete before."""
    read: int
    """Bytes of the file that have been looked at, from its beginning."""
    done: bool
    """Whether that was the end of the file."""


def starts_between(held: HeldFile, at: int, end: int) -> Piece:
    """What is found from byte `at` up to `end`, a chunk at a time, so that no line has to be held whole."""
    starts = array("Q")
    while at < end:
        chunk = held.pread(min(_CHUNK, end - at), at)
        if not chunk:
            return Piece(starts, at, True)
        starts.extend(starts_of(map(len, BytesIO(chunk)), at, ended=chunk.endswith(b"\n")))
        at += len(chunk)
    return Piece(starts, at, False)


def starts_of(lengths: Iterable[int], at: int, *, ended: bool) -> array[int]:
    """`ended`: whether a line feed ends the last one, so that a line starts after it."""
    found = array("Q", accumulate(lengths, initial=at))
    return found[1:] if ended else found[1:-1]
