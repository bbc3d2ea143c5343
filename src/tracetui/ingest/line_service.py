"""A program that answers what it finds in ranges of a file: the child's side of `range_child`.

With the number of an open file that it inherits as its first argument it reads "START END" lines on standard input and answers
each with one block; it ends with its input. Where not all lines of
the range are looked at, a byte for each of them, 0 or 1, stands behind, in hexadecimal digits.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Callable, Iterable
from io import BytesIO
from itertools import compress
from typing import IO, BinaryIO

_NICE = 19
"""The lowest: beside two such children a key then waits for no processor, where it took a third longer at 5."""


def lines_between(handle: int, start: int, end: int) -> BytesIO:
    """The lines of an open file from byte `start` up to `end`."""
    first = os.pread(handle, end - start, start)
    if len(first) == end - start:
        return BytesIO(first)
    kept = bytearray(first)
    while len(kept) < end - start and (chunk := os.pread(handle, end - start - len(kept), start + len(kept))):
        kept += chunk
    return BytesIO(kept)


def packed(head: bytes, columns: Iterable[array[int]]) -> bytes:
    """Lengths of the parts in one line, then the parts as they are in memory: this stays on one machine."""
    parts = [head, *(column.tobytes() for column in columns)]
    return b" ".join(str(len(part)).encode() for part in parts) + b"\n" + b"".join(parts)


def unpacked(stream: IO[bytes], codes: str) -> tuple[bytes, list[array[int]]]:
    """Head and columns, whose types are `codes`. Raises EOFError where the stream ends before they do."""
    if (found := next_unpacked(stream, codes)) is None:
        raise EOFError("no block")
    return found


def next_unpacked(stream: IO[bytes], codes: str) -> tuple[bytes, list[array[int]]] | None:
    """The same; None where the stream ends before they begin."""
    if not (lengths := [int(length) for length in stream.readline().split()]):
        return None
    parts = [stream.read(length) for length in lengths]
    if len(parts) != 1 + len(codes) or list(map(len, parts)) != lengths:
        raise EOFError("a block is cut")
    return parts[0], [array(code, part) for code, part in zip(codes, parts[1:], strict=True)]


def serve(handle: int, found: Callable[[Iterable[bytes]], bytes], requests: Iterable[str], answers: BinaryIO) -> None:
    """Answer each request with what is `found` in the lines of those bytes of an open file, until there is none."""
    for request in requests:
        start, end, *asked = request.split()
        lines: Iterable[bytes] = lines_between(handle, int(start), int(end))
        if asked:
            lines = compress(lines, bytes.fromhex(asked[0]))
        answers.write(found(lines))
        answers.flush()


def serve_as_program(found: Callable[[Iterable[bytes]], bytes], *, nice: int = _NICE) -> None:
    """The same for the file whose number is the first argument, behind the keys of whoever asks."""
    os.nice(nice)
    serve(int(sys.argv[1]), found, sys.stdin, sys.stdout.buffer)
