"""Two large files read whole and compared by meaning, to be done in a process of its own: what comes back is the comparison,
whose steps are read from their lines when they are looked at."""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Callable

import msgspec

from tracetui.errors import TracetuiError
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.open import read_trace
from tracetui.ingest.source import read_source
from tracetui.ingest.watched import watched
from tracetui.model import Session
from tracetui.ui.apart import Tell, UnwantedError
from tracetui.ui.compared import Compared, compare_runs
from tracetui.ui.line_steps import LineSteps

_TELL_SECONDS = 0.3


def compared_by_meaning(files: tuple[LineFile, LineFile], tell: Tell) -> Compared | str:
    """The comparison, or why there is none. `tell` is told now and then how much is read, in percent of both.

    Raises UnwantedError where nobody waits any more.
    """
    bad, good = files
    told, size = time.monotonic(), max(bad.read + good.read, 1)

    def reached(read: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told >= _TELL_SECONDS:
            told = now
            if not tell(100 * read // size):
                raise UnwantedError

    try:
        runs = _read(bad, 0, reached), _read(good, bad.read, reached)
    except TracetuiError as problem:
        return problem.message
    if runs[0] is None or runs[1] is None:
        return "the files have changed since"
    if not tell(100):
        raise UnwantedError
    compared = compare_runs(runs[0], runs[1])
    return msgspec.structs.replace(compared, bad=_by_line(runs[0], bad), good=_by_line(runs[1], good))


def _read(file: LineFile, before: int, reached: Callable[[int], None]) -> Session | None:
    """The session of a file; None where it does not hold one. `before`: bytes that were read already."""
    source = watched(read_source(file.path), lambda offset: reached(before + offset))
    sessions = [session for session in read_trace(source, format_name=file.format).sessions if session.steps]
    return sessions[0] if len(sessions) == 1 and len(source.data) == file.read else None


def _by_line(session: Session, file: LineFile) -> Session:
    """The same run, whose steps stay in the file. Nothing else of it is shown in a comparison."""
    lines, numbers, places = array("Q"), array("q"), array("I")
    seen: Counter[int] = Counter()
    for step in session.steps:
        line = (step.source.line or 1) - 1
        lines.append(line)
        numbers.append(step.number)
        places.append(seen[line])
        seen[line] += 1
    return Session(session_id=session.session_id, steps=LineSteps(file, lines, numbers, places), goal=session.goal)
