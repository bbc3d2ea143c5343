"""Which messages of two windows are the same: an alignment of their identities."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_DIFFLIB_CELLS = 1 << 20
"""difflib is quadratic where elements repeat; above this product of lengths equal elements are paired in order."""


class Block(NamedTuple):
    """Items `old[a:b]` stand against items `new[c:d]`."""

    same: bool
    a: int
    b: int
    c: int
    d: int


def blocks(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[Block]:
    """Blocks that cover both sequences in order; repeated items pair by their order, not by their value alone."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    if head:
        yield Block(True, 0, head, 0, head)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    for tag, a, b, c, d in _opcodes(middle_old, middle_new):
        yield Block(tag == "equal", a + head, b + head, c + head, d + head)
    if tail:
        yield Block(True, len(old) - tail, len(old), len(new) - tail, len(new))


Opcode = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]


def _opcodes(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Opcode]:
    if len(old) * len(new) <= _DIFFLIB_CELLS:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return list(_in_order(old, new))


def _in_order(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[Opcode]:
    """Pair each new item with the next equal old one; linear, not always the longest alignment."""
    places: dict[Hashable, deque[int]] = defaultdict(deque)
    for position, item in enumerate(old):
        places[item].append(position)
    a = c = 0
    for position, item in enumerate(new):
        waiting = places[item]
        while waiting and waiting[0] < a:
            waiting.popleft()
        if not waiting:
            continue
        at = waiting.popleft()
        if a < at or c < position:
            yield "replace", a, at, c, position
        yield "equal", at, at + 1, position, position + 1
        a, c = at + 1, position + 1
    if a < len(old) or c < len(new):
        yield "replace", a, len(old), c, len(new)
