"""A part of a large file as a trace of its own: the session that a line belongs to, or what stands around the line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.added_messages import FORMAT
from tracetui.ingest.glances import look_at
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.open import read_trace
from tracetui.ingest.source import Source
from tracetui.model import Gap, Session, Step, Trace
from tracetui.ui.key_names import key_of
from tracetui.ui.loading import Loaded
from tracetui.ui.state import SourceBytes

_BEFORE, _AFTER, _MOST_BYTES = 1500, 500, 16 << 20
"""Lines of a large file that are read around the one that is opened: more before, where a fault begins."""
_MOST_LINES = 10_000
"""A session of so many lines, and bytes, is read whole."""


class Excerpt(NamedTuple):
    loaded: Loaded
    session: Session
    """The one that the line belongs to."""
    step: int
    """Index of its step; of a line that is no step by itself, of the step before it."""


class _Lines(NamedTuple):
    """What is read of a file, and whether more of the session stands before and after it."""

    lines: Sequence[int]
    more_before: bool
    more_after: bool


def load_around(file: LineFile, line: int, survey: Survey | None = None) -> Excerpt | None:
    """The session of a line of a large file, or the lines around it, as a trace of its own. None where that line holds
    nothing that can be read.

    `survey`: of all lines, where that is known: if they are few enough, the session is read whole, wherever in
    the file its lines are, else those near by. Of every session that is not read whole what lies before is a gap: no prompt
    there claims to be whole. What lies after is a gap of its last step: nothing here can say how it went on.

    Raises UnreadableSourceError where lines are gone since they were found.
    """
    own = survey.lines_of_session(line, _MOST_LINES) if survey is not None else None
    chosen = _chosen(file, line, own)
    read = _read(file, line, chosen)
    if read is not None and survey is not None and own is not None:
        name = read.mine.session_id
        if not name.startswith(_named(file, line)):
            # The reader put several sessions of the lines together: a conversation of several traces.
            found = survey.lines_of_conversation(name, _MOST_LINES)
            lines, is_all = found if found is not None and line in found[0] else (own, False)
            chosen = _chosen(file, line, lines)
            chosen = chosen if is_all else _Lines(chosen.lines, True, True)
            read = _read(file, line, chosen)
    if read is None:
        return None
    trace = read.trace
    around = _Lines(chosen.lines, chosen.lines[0] > 0, chosen.lines[-1] < len(file) - 1 or not file.done)
    whole_prompt = f"{key_of('open.whole-prompt', 'W')} shows the whole prompt"
    if survey is None:
        whole_prompt = f"opened again once all lines are surveyed, {whole_prompt}"
    whole_prompt = whole_prompt if file.format == FORMAT else ""
    known = [
        _with_gaps(session, chosen if session is read.mine and own is not None else around, whole_prompt)
        for session in trace.sessions
    ]
    report = structs.replace(trace.report, notes=(*trace.report.notes, _told(file, chosen, own is not None)))
    excerpt = structs.replace(trace, sessions=tuple(known), report=report)
    loaded = Loaded(file.path, (excerpt,), (), SourceBytes([read.source]))
    return Excerpt(loaded, known[trace.sessions.index(read.mine)], read.step.index)


class _Read(NamedTuple):
    source: Source
    trace: Trace
    mine: Session
    """The session of the line."""
    step: Step


def _read(file: LineFile, line: int, chosen: _Lines) -> _Read | None:
    source = file.gathered(chosen.lines)
    if len(source.data) < sum(file.place(one)[1] for one in chosen.lines):
        raise UnreadableSourceError(f"{file.path}: was cut, and lines of these are gone")
    trace = read_trace(source, format_name=file.format)
    found = _step_at(trace, line + 1)
    if found is None:
        return None
    if line + 1 not in _lines_of(found[1]) and look_at(file.format, file.bytes_at(*file.place(line))) is None:
        return None
    return _Read(source, trace, *found)


def _chosen(file: LineFile, line: int, own: Sequence[int] | None) -> _Lines:
    if own is None:
        lines = file.around(line, before=_BEFORE, after=_AFTER, most=_MOST_BYTES)
        return _Lines(lines, lines[0] > 0, lines[-1] < len(file) - 1 or not file.done)
    at = bisect_left(own, line)
    all_before, all_after = at < _MOST_LINES, len(own) - at <= _MOST_LINES
    few = len(own) <= _MOST_LINES and sum(file.place(one)[1] for one in own) <= _MOST_BYTES
    lines = own if few else file.around(line, before=_BEFORE, after=_AFTER, most=_MOST_BYTES, among=own)
    return _Lines(lines, not (all_before and lines[0] == own[0]), not (all_after and lines[-1] == own[-1]))


def _step_at(trace: Trace, number: int) -> tuple[Session, Step] | None:
    """The step of the line with this number, of several the last call of a model; else the last one before it."""
    steps = [(session, step) for session in trace.sessions for step in session.steps]
    here = [found for found in steps if found[1].source.line == number]
    here = here or [found for found in steps if number in _lines_of(found[1])]
    if here:
        return next((found for found in reversed(here) if found[1].kind == "llm_call"), here[0])
    earlier = [found for found in steps if (found[1].source.line or 0) < number]
    return max(earlier, key=lambda found: found[1].source.line or 0) if earlier else next(iter(steps), None)


def _named(file: LineFile, line: int) -> str:
    """The session that a line names; "" where it names none."""
    look = look_at(file.format, file.bytes_at(*file.place(line)))
    return (look.session if look is not None else None) or ""


def _lines_of(step: Step) -> set[int | None]:
    places = (step.source, step.arguments_source, *step.also)
    return {place.line for place in places if place is not None}


def _told(file: LineFile, read: _Lines, is_one_session: bool) -> str:
    where = f"lines {read.lines[0] + 1:,} to {read.lines[-1] + 1:,} of {file.path}"
    if is_one_session and not (read.more_before or read.more_after):
        return f"{where}: all {len(read.lines):,} lines of this session"
    return f"{where}: what stands outside them is not part of any finding"


def _with_gaps(session: Session, read: _Lines, whole_prompt: str) -> Session:
    """With what stands before and after the lines that were read. `whole_prompt`: how to see one."""
    gaps = list(session.gaps)
    remedy = f"{key_of('lines.whole', 'w')} on the list of lines reads the whole file"
    if read.more_before:
        effect = f"line {read.lines[0] + 1:,} is the first that was read: what came before is not known here"
        gaps.append(Gap("lines_not_read", f"{effect}; {whole_prompt}", remedy))
    if session.steps and read.more_after:
        effect = f"line {read.lines[-1] + 1:,} is the last that was read: what came of it is not known here"
        gaps.append(Gap("lines_not_read", effect, remedy, (session.steps[-1].number,)))
    return structs.replace(session, gaps=tuple(gaps))
