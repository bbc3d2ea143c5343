"""What work takes, by the clock and of the processors: for the benchmarks that measure both."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable
from typing import NamedTuple


class Took(NamedTuple):
    """Milliseconds."""

    wall: float
    processor: float


def timed(work: Callable[[], object]) -> Took:
    start, before = time.perf_counter(), processor_seconds()
    work()
    wall = time.perf_counter() - start
    for thread in threading.enumerate():
        if thread.name == "tracetui-surveyor":
            thread.join()  # what a child took is known once it has ended; nobody waits for that
    return Took(1000 * wall, 1000 * (processor_seconds() - before))


def processor_seconds() -> float:
    """Of this process, and of the programs that it ran and that have ended."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
