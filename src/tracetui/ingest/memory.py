"""Whether a trace fits into the memory that is free, told before it is read instead of by the system ending the program.

A step holds what its record says several times over: the text, the values decoded from it, and places; a document is decoded
as a whole besides. Measured at the highest, in times the size: JSON lines 5, a chat of one document 5, OTLP 10, ATIF 13.
The members of a log are decoded one at a time: 2.8 times what they decode to.
"""

from __future__ import annotations

import os

from tracetui.errors import UnreadableSourceError

TIMES_ITS_LINES, TIMES_ITS_SIZE, TIMES_ITS_MEMBERS = 6, 13, 3
UNCHECKED_BYTES = 64 << 20
"""Smaller traces are read without a look at what is free."""
VARIABLE = "TRACETUI_MEMORY_MB"
_CGROUP = "/sys/fs/cgroup"


def fits(size: int, head: bytes) -> bool:
    """Whether a trace of so many bytes can be read whole in the memory that is free; true where that is not known.

    `head`: its first bytes, which tell lines from a document.
    """
    free = free_bytes() if size >= UNCHECKED_BYTES else None
    return free is None or _need(size, head) <= free


def refuse_what_does_not_fit(path: str, size: int, head: bytes, *, is_all: bool = True) -> None:
    """Raises UnreadableSourceError for a trace that does not fit. `is_all`: whether that is the size of all of it."""
    if fits(size, head):
        return
    need, free = _mb(_need(size, head)), _mb(free_bytes() or 0)
    raise UnreadableSourceError(
        f"{path}: {'' if is_all else 'its first '}{_mb(size)} need about {need} of memory to be read whole, {free} are free",
        hint=f"the app opens JSON lines of any size by place; else split the file; {VARIABLE} sets another limit",
    )


def refuse_members(path: str, size: int) -> None:
    """The same for the members of one log, which decode to so many bytes in all."""
    free = free_bytes() if size >= UNCHECKED_BYTES else None
    if free is not None and size * TIMES_ITS_MEMBERS > free:
        need = _mb(size * TIMES_ITS_MEMBERS)
        raise UnreadableSourceError(
            f"{path}: its members decode to {_mb(size)} and need about {need} of memory, {_mb(free)} are free",
            hint=f"the app lists its samples and reads one at a time; {VARIABLE} sets another limit",
        )


def most_lines(most: int) -> int | None:
    """Up to how many bytes of JSON lines are worth decoding to be read whole: one more than fits is refused. None where it
    is not known what is free."""
    free = free_bytes()
    return None if free is None else min(max(free // TIMES_ITS_LINES + 1, UNCHECKED_BYTES), most)


def _need(size: int, head: bytes) -> int:
    return size * (TIMES_ITS_LINES if are_lines(head) else TIMES_ITS_SIZE)


def are_lines(head: bytes) -> bool:
    """Whether a file that begins so holds an object a line, as far as can be seen."""
    first = head.partition(b"\n")[0].strip()
    return first[:1] == b"{" and first[-1:] == b"}" and len(first) < len(head)


def free_bytes() -> int | None:
    """Memory that this process may still take: as the variable says, else what the system and its group have left."""
    named = os.environ.get(VARIABLE, "")
    if named.isdigit():
        return int(named) << 20
    left = [bound for bound in (_available(), _left_in_group()) if bound is not None]
    return min(left) if left else None


def _available() -> int | None:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        return int(lines["MemAvailable"].split()[0]) << 10
    except (OSError, ValueError, LookupError):
        return None


def _left_in_group() -> int | None:
    try:
        most, now = (_number(f"{_CGROUP}/memory.{name}") for name in ("max", "current"))
    except (OSError, ValueError):
        return None
    return max(0, most - now)


def _number(path: str) -> int:
    with open(path, encoding="ascii") as file:
        return int(file.read())


def _mb(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"
