"""Which files are large, and all lines of one at a glance: what its map and its counts are painted from. Standard library
alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

LARGE_BYTES = 256 << 20
"""Files from this size on are opened by place."""
ERROR, UNREAD = 1, 2
"""Marks: the step failed; the line cannot be read. The bits from `FIRST_FLAG` on are the kinds of flags recorded on it."""
FIRST_FLAG, LAST_FLAG = 2, 31
STRETCH_LINES = 1024


class Overview(NamedTuple):
    """Of the first `lines` lines."""

    lines: int
    errors: int
    unread: int
    flagged: int
    sessions: int
    flags: Sequence[str]
    """Kinds, in the order of their bits in a mark."""
    stretches: Mapping[int, int]
    """Marks of each stretch of `STRETCH_LINES` lines; only stretches that have some."""


def flag_bit(number: int) -> int:
    """The mark of the kind of flags with this number: the last bit is every further kind."""
    return 1 << min(FIRST_FLAG + number, LAST_FLAG)


def kinds_of(mark: int, flags: Iterable[str]) -> list[str]:
    """The kinds of flags in a mark: the recorded ones, and those of `line_standouts`."""
    return [kind for number, kind in enumerate(flags) if mark & flag_bit(number)]


def likely_most(lines: int, read: int, size: int) -> int:
    """Lines of a file of `size` bytes, where `lines` stood in the `read` first ones, and a tenth more."""
    return 11 * size * lines // (10 * max(read, 1))
