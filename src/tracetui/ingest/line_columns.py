"""What each line of a session trace is, in a few bytes: for lists of lines that are too long to decode again and again.

Run as a program it serves ranges of one file, so that the decoding takes no time from whoever shows it:
`python -P -m tracetui.ingest.line_columns PATH` reads "START END" lines on standard input and answers each with one
block (see `Block.packed`); it ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
from array import array
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import islice
from math import isfinite
from typing import IO, Any, BinaryIO, NamedTuple

import msgspec

from tracetui.ingest.decode import decode
from tracetui.ingest.session_rows import KINDS, common_fields, is_row, recorded_flags, status, whole
from tracetui.model import StepKind

ERROR, UNREAD = 1, 2
"""Marks: the step failed; the line holds no step. The bits from `FIRST_FLAG` on are the kinds of flags recorded on it."""
FIRST_FLAG, _LAST_FLAG = 2, 31
NO_STEP = 0
"""The kind of a line that is blank or unread."""
STEP_KINDS: tuple[StepKind, ...] = tuple(dict.fromkeys(KINDS.values()))
"""Kind 1 is the first of these."""
CODES = "BIIII"
"""Of the arrays of the columns, in their order."""
_BATCH = 256
"""Lines decoded before they are taken apart: more would fall out of the processor's cache."""
_MOST = (1 << 31) - 1
"""Greater counts stand as this one: two of them still fit."""
_CODES = {name: STEP_KINDS.index(kind) + 1 for name, kind in KINDS.items()}
_OTHER = _CODES["other"]
_NICE = 5


class Block(NamedTuple):
    """Some lines in a row, one entry a line in each column."""

    kinds: array[int]
    """"B": 0, or one more than the place in `STEP_KINDS`."""
    marks: array[int]
    """"I": `ERROR`, `UNREAD`, and from bit 2 on the place in `flags`; bit 31 is every further kind."""
    tokens: array[int]
    """"I": input and output."""
    milliseconds: array[int]
    """"I"."""
    sessions: array[int]
    """"I": the place in `names`; 0, the empty name, where there is no step."""
    names: list[str]
    flags: list[str]

    def packed(self) -> bytes:
        """Lengths of the parts in one line, then the parts as they are in memory: this stays on one machine."""
        # The standard library's JSON has a way to write a lone surrogate, which a name may hold.
        parts = [json.dumps([self.names, self.flags]).encode(), *(column.tobytes() for column in self[:5])]
        return b" ".join(str(len(part)).encode() for part in parts) + b"\n" + b"".join(parts)

    @classmethod
    def unpacked(cls, stream: IO[bytes]) -> Block:
        """Raises EOFError where the stream ends before the block does."""
        lengths = [int(length) for length in stream.readline().split()]
        parts = [stream.read(length) for length in lengths]
        if len(parts) != 6 or list(map(len, parts)) != lengths:
            raise EOFError("a block is cut")
        names, flags = json.loads(parts[0])
        return cls.of([array(code, part) for code, part in zip(CODES, parts[1:], strict=True)], names, flags)

    @classmethod
    def of(cls, columns: list[array[int]], names: list[str], flags: list[str]) -> Block:
        """`columns` in the order of the fields."""
        kinds, marks, tokens, milliseconds, sessions = columns
        return cls(kinds, marks, tokens, milliseconds, sessions, names, flags)


class _Row(msgspec.Struct, gc=False):
    """The fields of a line that the columns need; the others are passed over without being decoded."""

    type: Any = None
    session_id: Any = None
    status: Any = None
    error: Any = None
    flags: Any = None
    input_tokens: Any = None
    output_tokens: Any = None
    ms: Any = None


_decode = msgspec.json.Decoder(_Row).decode


def block_of(lines: Iterable[bytes]) -> Block:
    """The columns of these lines."""
    names: dict[str, int] = {"": 0}
    flags: dict[str, int] = {}
    statuses: dict[Any, int] = {}
    columns = array("B"), array("I"), array("I"), array("I"), array("I")
    lines = iter(lines)
    while batch := list(islice(lines, _BATCH)):
        for column, entries in zip(columns, _entries(batch, names, flags, statuses), strict=True):
            column.extend(entries)
    return Block(*columns, list(names), list(flags))


def lines_between(handle: int, start: int, end: int) -> BytesIO:
    """The lines of an open file from byte `start` up to `end`."""
    kept = bytearray()
    while len(kept) < end - start and (chunk := os.pread(handle, end - start - len(kept), start + len(kept))):
        kept += chunk
    return BytesIO(kept)


def _entries(
    batch: list[bytes], names: dict[str, int], flags: dict[str, int], statuses: dict[Any, int]
) -> tuple[Sequence[int], ...]:
    try:
        rows = list(map(_decode, batch))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        rows = list(map(_row, batch))
    kinds, marks, tokens, milliseconds, sessions = [], [], [], [], []
    for row in rows:
        name, written = row.type, row.session_id
        if type(name) is not str or type(written) not in (str, int):
            kinds.append(NO_STEP)
            marks.append(UNREAD if name is not _BLANK else 0)
            tokens.append(0)
            milliseconds.append(0)
            sessions.append(0)
            continue
        kinds.append(_CODES.get(name, _OTHER))
        mark = _failed(row.status, statuses) if row.status is not None else 0
        if row.error is not None or row.flags is not None:
            mark |= _rare(row, flags)
        marks.append(mark)
        shown, answered, took = row.input_tokens, row.output_tokens, row.ms
        tokens.append(0 if shown is None and answered is None else _count(shown) + _count(answered))
        milliseconds.append(0 if took is None else _count(took))
        sessions.append(names.setdefault(written if type(written) is str else str(written), len(names)))
    return kinds, marks, tokens, milliseconds, sessions


_BLANK = object()


def _row(line: bytes) -> _Row:
    """One line, leniently: as a whole reading of the file takes it."""
    if not line.strip():
        return _Row(type=_BLANK)
    try:
        value = decode(line)
    except ValueError:
        return _Row()
    if not is_row(value):
        return _Row()
    return _Row(**{name: value.get(name) for name in _Row.__struct_fields__})


def _failed(written: Any, known: dict[Any, int]) -> int:
    try:
        return known[written]
    except (KeyError, TypeError):
        mark = ERROR if status(written) == "error" else 0
        if isinstance(written, str) and len(known) < _BATCH:
            known[written] = mark
        return mark


def _rare(row: _Row, flags: dict[str, int]) -> int:
    """The marks of what few lines have."""
    fields = common_fields({"type": "", "error": row.error})
    mark = ERROR if "error" in fields else 0
    for kind in recorded_flags(row.flags) or ():
        mark |= 1 << min(FIRST_FLAG + flags.setdefault(kind, len(flags)), _LAST_FLAG)
    return mark


def _count(value: Any) -> int:
    if type(value) is int and 0 <= value <= _MOST:
        return value
    known = round(value) if type(value) is float and isfinite(value) else whole(value)
    return min(max(known or 0, 0), _MOST)


def serve(path: str, requests: Iterable[str], answers: BinaryIO) -> None:
    """Answer each "START END" with the block of those bytes of the file, until there is no request any more."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    for request in requests:
        start, end = map(int, request.split())
        answers.write(block_of(lines_between(handle, start, end)).packed())
        answers.flush()


if __name__ == "__main__":
    os.nice(_NICE)
    serve(sys.argv[1], sys.stdin, sys.stdout.buffer)
