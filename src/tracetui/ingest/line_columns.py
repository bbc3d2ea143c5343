"""What each line of a file is, in a few bytes: for lists of lines that are too long to decode again and again.

Run as a program it serves ranges of one file (`line_service`), so that the decoding takes no time from whoever shows it:
`python -P -m tracetui.ingest.line_columns HANDLE FORMAT` answers with blocks (see `Block.packed`).
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any, NamedTuple, get_args

import msgspec

from tracetui.ingest.glance import BLANK, Glance, Look, looked
from tracetui.ingest.glances import glance_of
from tracetui.ingest.line_overview import ERROR, UNREAD, flag_bit
from tracetui.ingest.line_service import packed, serve_as_program, unpacked
from tracetui.model import StepKind

NO_STEP = 0
"""The kind of a line that is blank or unread, or no step by itself."""
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)
"""Kind 1 is the first of these."""
CODES = "BIIIIII"
"""Of the arrays of a block, in their order."""
_BATCH = 256
"""Lines decoded before they are taken apart: more would fall out of the processor's cache."""
_CODES: dict[StepKind | None, int] = {None: NO_STEP} | {kind: at for at, kind in enumerate(STEP_KINDS, 1)}
_NOTHING = Look(None)


class Block(NamedTuple):
    """Some lines in a row, one entry a line in each column."""

    kinds: array[int]
    """"B": 0, or one more than the place in `STEP_KINDS`."""
    marks: array[int]
    """"I": `ERROR`, `UNREAD`, and from `FIRST_FLAG` on the place in `flags` (see `line_overview`)."""
    tokens: array[int]
    """"I": input and output."""
    milliseconds: array[int]
    """"I"."""
    sessions: array[int]
    """"I": the place in `names`; 0, the empty name, where none is told."""
    further: array[int]
    """"I": in pairs, a line and a session that it belongs to beside that one."""
    calls: array[int]
    """"I": see `Look.call`."""
    names: list[str]
    flags: list[str]

    def packed(self) -> bytes:
        """See `line_service.packed`."""
        # The standard library's JSON has a way to write a lone surrogate, which a name may hold.
        return packed(json.dumps([self.names, self.flags]).encode(), self[:7])

    @classmethod
    def unpacked(cls, stream: IO[bytes]) -> Block:
        """Raises EOFError where the stream ends before the block does."""
        head, columns = unpacked(stream, CODES)
        return cls.of(columns, *json.loads(head))

    @classmethod
    def of(cls, columns: list[array[int]], names: list[str], flags: list[str]) -> Block:
        """`columns` in the order of the fields."""
        kinds, marks, tokens, milliseconds, sessions, further, calls = columns
        return cls(kinds, marks, tokens, milliseconds, sessions, further, calls, names, flags)


def block_of(lines: Iterable[bytes], glance: Glance) -> Block:
    """The columns of these lines."""
    names: dict[str, int] = {"": 0}
    flags: dict[str, int] = {}
    kinds, marks, tokens, milliseconds = array("B"), array("I"), array("I"), array("I")
    sessions, further, calls = array("I"), array("I"), array("I")
    columns = (kinds, marks, tokens, milliseconds, sessions, calls)
    add_kind, add_mark, add_tokens, add_milliseconds, add_session, add_call = (column.append for column in columns)
    look_at, carries_on, before = glance.look, glance.carries_on, 0
    for row in _rows(lines, glance):
        look = look_at(row) if row is not None and row is not BLANK else None
        if look is None:
            look, mark = _NOTHING, UNREAD if row is not BLANK else 0
        else:
            mark = ERROR if look.failed else 0
        if look.flags:
            for name in look.flags:
                mark |= flag_bit(flags.setdefault(name, len(flags)))
        number = before if look.session is None else names.setdefault(look.session, len(names))
        if look.further:
            line = len(kinds)
            further.extend(at for name in look.further for at in (line, names.setdefault(name, len(names))))
        add_kind(_CODES[look.kind])
        add_mark(mark)
        add_tokens(look.tokens)
        add_milliseconds(look.milliseconds)
        add_session(number)
        add_call(look.call)
        if carries_on:
            before = number
    return Block(kinds, marks, tokens, milliseconds, sessions, further, calls, list(names), list(flags))


def _rows(lines: Iterable[bytes], glance: Glance) -> Iterator[Any]:
    """Each line in the shape of the glance; None for one that cannot be read, `BLANK` for nothing."""
    decode = msgspec.json.Decoder(glance.shape).decode
    lines = iter(lines)
    while batch := list(islice(lines, _BATCH)):
        try:
            rows = list(map(decode, batch))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            rows = [looked(glance, line) for line in batch]
        yield from rows


if __name__ == "__main__":
    looked_at = glance_of(sys.argv[2])
    serve_as_program(lambda lines: block_of(lines, looked_at).packed())
