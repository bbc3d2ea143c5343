"""Whether a trace fits into the memory that is free, told before it is read instead of by the system ending the program.

A step holds what its record says several times over: the text, the values decoded from it, and places. Measured: JSON
lines and documents of 100 MB took 5.0 and 5.2 times their size at the highest.
"""

from __future__ import annotations

import os

from tracetui.errors import UnreadableSourceError

TIMES_ITS_SIZE = 6
UNCHECKED_BYTES = 64 << 20
"""Smaller traces are read without a look at what is free."""
VARIABLE = "TRACETUI_MEMORY_MB"
_CGROUP = "/sys/fs/cgroup"


def refuse_what_does_not_fit(path: str, size: int) -> None:
    """Raises UnreadableSourceError for a trace of so many bytes that would need more memory than is free."""
    if size < UNCHECKED_BYTES:
        return
    free, need = free_bytes(), TIMES_ITS_SIZE * size
    if free is None or need <= free:
        return
    raise UnreadableSourceError(
        f"{path}: {_mb(size)} of trace need about {_mb(need)} of memory to be read whole, and {_mb(free)} are free",
        hint=f"the app opens session-trace lines of any size by place; else split the file; {VARIABLE} sets another limit",
    )


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
