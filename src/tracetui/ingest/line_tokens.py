"""What each line of a file says, in a few numbers: so that two long runs can be laid side by side before either is read.

Run as a program it serves one file, beside whoever waits for it: `python -P -m tracetui.ingest.line_tokens HANDLE FORMAT`,
with the number of an open file that it inherits, writes the tokens of its lines in pieces, each as `Tokens.packed`, and ends.
Texts are compared by Python's own hash of bytes: both files need children with the same PYTHONHASHSEED, a random one, so that
nobody can write two texts that look equal to it.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from typing import IO, Any, NamedTuple

import msgspec

from tracetui.ingest.glance import Said
from tracetui.ingest.glances import glance_of
from tracetui.ingest.line_service import next_unpacked, packed

BLANK, UNREAD = 0, 1
"""Who acted in a line with nothing in it, and in one that is no step."""
_CODES = "QqII"
"""Of the columns, in their order."""
_BATCH = 256
"""As in `line_columns`."""
_PIECE_BYTES = 1 << 20
_LONGEST_BYTES = 16 << 20
"""A longer line is not decoded, and told from others by so many first bytes of it."""


class Tokens(NamedTuple):
    """One entry a line in each column."""

    ends: array[int]
    """"Q": the offset after the line."""
    saids: array[int]
    """"q": with which words or arguments."""
    actors: array[int]
    """"I": who acted; `BLANK`, `UNREAD`."""
    answers: array[int]
    """"I": what came of it."""
    sessions: set[bytes]
    """As they are written in the lines; no more than two of them."""

    @classmethod
    def of(cls, columns: Iterable[array[int]], sessions: set[bytes]) -> Tokens:
        """`columns` in the order of the fields."""
        ends, saids, actors, answers = columns
        return cls(ends, saids, actors, answers, sessions)

    @classmethod
    def none(cls) -> Tokens:
        return cls.of(map(array, _CODES), set())

    def extend(self, more: Tokens) -> None:
        for column, further in zip(self[:4], more[:4], strict=True):
            column.extend(further)
        self.sessions.update(more.sessions)

    def packed(self) -> bytes:
        return packed(b"\n".join(self.sessions), self[:4])

    @classmethod
    def unpacked(cls, stream: IO[bytes]) -> Tokens | None:
        """None at the end. Raises EOFError where the stream ends before the piece does."""
        if (found := next_unpacked(stream, _CODES)) is None:
            return None
        sessions, columns = found
        return cls.of(columns, set(sessions.split(b"\n")) - {b""})


def tokens_of(lines: Iterable[bytes], said: Said, start: int = 0) -> Tokens:
    """The tokens of these lines, the first of which starts at offset `start`."""
    found, at = Tokens.none(), start
    add_end, add_said, add_actor, add_answer = (column.append for column in found[:4])
    sessions, decode, told = found.sessions, msgspec.json.Decoder(said.shape).decode, said.tokens
    lines = iter(lines)
    while batch := list(islice(lines, _BATCH)):
        try:
            rows: list[Any] = list(map(decode, batch))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            rows = [_decoded(decode, line) for line in batch]
        for line, row in zip(batch, rows, strict=True):
            at += len(line)
            tokens = told(row) if row is not None else None
            if tokens is None:
                actor, words, answer = (UNREAD if line.strip() else BLANK), hash(line.strip()), 0
            else:
                actor, words, answer, session = tokens
                if session not in sessions and len(sessions) < 2:
                    sessions.add(session)
            add_end(at)
            add_said(words)
            add_actor(actor)
            add_answer(answer)
    return found


def _decoded(decode: Any, line: bytes) -> Any:
    try:
        return decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def pieces(handle: int, said: Said) -> Iterator[Tokens]:
    """The tokens of all lines of an open file, as they come."""
    at, rest = 0, b""
    while chunk := os.pread(handle, _PIECE_BYTES, at + len(rest)):
        lines, line_feed, rest = (rest + chunk).rpartition(b"\n")
        if line_feed:
            yield tokens_of(BytesIO(lines + line_feed), said, at)
            at += len(lines) + 1
        elif len(rest) >= _LONGEST_BYTES:
            at = _end_of_line(handle, at + len(rest))
            columns = (array(code, [value]) for code, value in zip(_CODES, (at, hash(rest), UNREAD, 0), strict=True))
            yield Tokens.of(columns, set())
            rest = b""
    if rest:
        yield tokens_of([rest], said, at)


def _end_of_line(handle: int, at: int) -> int:
    """The offset after the next line feed; the end of the file where there is none."""
    while chunk := os.pread(handle, _PIECE_BYTES, at):
        if (found := chunk.find(b"\n")) >= 0:
            return at + found + 1
        at += len(chunk)
    return at


if __name__ == "__main__":
    known = glance_of(sys.argv[2]).said
    assert known is not None
    for piece in pieces(int(sys.argv[1]), known):
        sys.stdout.buffer.write(piece.packed())
