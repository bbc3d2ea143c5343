"""Opening what the command line names: files and folders, one session among several, a step by its number."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from tracetui.commands import output
from tracetui.commands.output import narrate, narrate_progress
from tracetui.errors import UnknownNameError, UnreadableSourceError
from tracetui.ingest.folders import is_folder
from tracetui.ingest.one_session import session_trace
from tracetui.ingest.open import open_folder, read_trace
from tracetui.ingest.source import Source, read_source
from tracetui.ingest.watched import watched
from tracetui.model import Session, SourceRef, Step, Trace


def traces_at(
    path: str, format_name: str | None = None, session_id: str | None = None
) -> Iterator[Trace | UnreadableSourceError]:
    """The trace of a file; of a folder each trace in the order of their paths, then what could not be read there.

    `session_id`: the only session that is wanted: of a large file no other is read, of a folder its trace alone.
    Files of a folder that no format recognises are left out. What was skipped goes to stderr.
    """
    found: list[Trace | UnreadableSourceError] = []
    if is_folder(path) and session_id is None:
        traces, problems = open_folder(path, format_name=format_name)
        found += [*traces, *problems]
        if not found:
            found.append(UnreadableSourceError(f"{path}: no file in this folder is a trace", hint=_FORMATS_HINT))
    else:
        found.append(_opened(path, format_name, session_id))
    for opened in found:
        if isinstance(opened, Trace):
            narrate_report(opened)
        yield opened


def one_trace(arguments: Namespace, path: str) -> Trace:
    """The trace at `path`. Raises UnreadableSourceError; what was skipped goes to stderr."""
    return trace_with_bytes(arguments, path)[0]


def every_session(arguments: Namespace, path: str) -> tuple[Session, ...]:
    """The sessions of a trace that `--session` does not speak of, such as a good run. As `one_trace`."""
    trace = _read(path, arguments.format, None)[1]
    narrate_report(trace)
    return sessions_of(trace, None)


class TraceBytes:
    """Bytes of places in a trace: of its own source, which standard input gives only once, and of files beside it."""

    def __init__(self, source: Source) -> None:
        self._sources = {source.path: source}

    def __call__(self, place: SourceRef) -> bytes:
        """Raises UnreadableSourceError where a file beside the source is gone."""
        if place.path not in self._sources:
            self._sources[place.path] = read_source(place.path)
        return self._sources[place.path].at(place.offset, place.length)


def trace_with_bytes(arguments: Namespace, path: str) -> tuple[Trace, TraceBytes]:
    """As `one_trace`, with the bytes that its places point at."""
    source, trace = _read(path, arguments.format, arguments.session)
    narrate_report(trace)
    return trace, TraceBytes(source)


def sessions_of(trace: Trace, session_id: str | None) -> tuple[Session, ...]:
    """All sessions with steps, or the one that `--session` names."""
    sessions = tuple(session for session in trace.sessions if session.steps)
    if session_id is None:
        return sessions
    chosen = tuple(session for session in sessions if session.session_id == session_id)
    if not chosen:
        raise UnknownNameError(f"{trace.path}: no session {session_id!r}", hint=_listed(sessions))
    return chosen


def one_session(trace: Trace, session_id: str | None) -> Session:
    """The session to look at. Raises UnknownNameError where there are several and none is named."""
    sessions = sessions_of(trace, session_id)
    if len(sessions) > 1:
        raise UnknownNameError(
            f"{trace.path}: holds {len(sessions)} sessions; choose one with --session", hint=_listed(sessions)
        )
    return sessions[0]


def step_numbered(session: Session, number: int) -> Step:
    """The step that people call `number`. Raises UnknownNameError."""
    found = next((step for step in session.steps if step.number == number), None)
    if found is None:
        first, last = session.steps[0].number, session.steps[-1].number
        raise UnknownNameError(f"no step {number} in session {session.session_id}", hint=f"steps: {first} to {last}")
    return found


def narrate_report(trace: Trace) -> None:
    """What was skipped, guessed or repaired while reading, on stderr."""
    report = trace.report
    for note in report.notes:
        narrate(f"{trace.path}: {note}")
    for skipped in report.skipped[:_SHOWN]:
        place = f"line {skipped.line}" if skipped.line else f"byte {skipped.offset}"
        narrate(f"{skipped.path or trace.path}: {place}: skipped: {skipped.reason}")
    if len(report.skipped) > _SHOWN:
        narrate(f"{trace.path}: {len(report.skipped) - _SHOWN} more records skipped")
    if report.skipped:
        narrate(f"{trace.path}: kept {report.read} of {report.records} records")


_TRIAGE_HINT = "`tracetui triage` lists the sessions of each"
_FORMATS_HINT = "`tracetui formats` lists what is read"
_LARGE_BYTES = 64 << 20
"""From this size on it is told how far reading is."""
_SHOWN = 5
"""Skipped records that are named one by one; all of them are in `ingest.skipped` of `triage --json`."""


def _opened(path: str, format_name: str | None, session_id: str | None) -> Trace | UnreadableSourceError:
    try:
        return _read(path, format_name, session_id)[1]
    except UnreadableSourceError as problem:
        return problem


def _read(path: str, format_name: str | None, session_id: str | None) -> tuple[Source, Trace]:
    """A file, or one session of a large one. How far that is goes to stderr, where a person watches it."""
    if session_id is not None and (alone := _session(path, format_name, session_id)) is not None:
        return alone
    if session_id is not None and is_folder(path):
        raise UnreadableSourceError(f"{path}: no session {session_id!r} in any of its files", hint=_TRIAGE_HINT)
    source = read_source(path)
    if len(source.data) < _LARGE_BYTES or not output.is_watched():
        return source, read_trace(source, format_name=format_name)
    size = len(source.data)
    narrate_progress(f"{path}: reading {size / 1e6:,.0f} MB")
    told = watched(source, lambda at: narrate_progress(f"{path}: read {100 * at // size} % of {size / 1e6:,.0f} MB"))
    trace = read_trace(told, format_name=format_name)
    narrate_progress("")
    return source, trace


def _session(path: str, format_name: str | None, session_id: str) -> tuple[Source, Trace] | None:
    """One session of a large file."""
    if not output.is_watched():
        return session_trace(path, session_id, format_name=format_name)
    shown = [-1]

    def told(percent: int) -> None:
        if percent != shown[-1]:
            shown[:] = [percent]
            narrate_progress(f"reading {percent} % of {path}")

    try:
        return session_trace(path, session_id, format_name=format_name, told=told)
    finally:
        if shown != [-1]:
            narrate_progress("")


def _listed(sessions: tuple[Session, ...]) -> str:
    names = [session.session_id for session in sessions[:20]]
    more = f", and {len(sessions) - 20} more" if len(sessions) > 20 else ""
    return "sessions: " + ", ".join(names) + more
