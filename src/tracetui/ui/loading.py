"""Opening a trace for the app: everything that may take time, in functions that a worker thread calls."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
from msgspec import structs

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.open import open_folder, read_trace
from tracetui.ingest.source import Source, read_source
from tracetui.model import Gap, Session, Trace
from tracetui.ui.session_rows import Listed
from tracetui.ui.state import Opened, SourceBytes, facts_of

if TYPE_CHECKING:
    from tracetui.analysis.actions import Policy
    from tracetui.analysis.findings import Triage

_BEFORE, _AFTER, _MOST_BYTES = 1500, 500, 16 << 20
"""Lines of a large file that are read around the one that is opened: more before, where a fault begins."""
_MOST_LINES = 10_000
"""A session that lies within so many lines, and bytes, is read whole."""


class Loaded(msgspec.Struct, frozen=True):
    """One opened path: a file's trace, or every trace in a folder."""

    path: str
    traces: tuple[Trace, ...]
    problems: tuple[UnreadableSourceError, ...]
    """Files of a folder that could not be read."""
    source_bytes: SourceBytes
    policy: Policy | None = None
    """What the tools do, for every session opened from here."""

    @property
    def sessions(self) -> list[tuple[Trace, Session]]:
        """Every session that has steps, with the trace that it is in."""
        return [(trace, session) for trace in self.traces for session in trace.sessions if session.steps]

    def listed(self, trace: Trace, session: Session) -> Listed:
        return Listed(trace, session, facts_of(session))

    def opened(self, trace: Trace, session: Session) -> Opened:
        return Opened(
            trace=trace, session=session, facts=facts_of(session), source_bytes=self.source_bytes, policy=self.policy
        )


def load(path: str, *, format_name: str | None = None, source: Source | None = None) -> Loaded:
    """Read a path; `source` gives the bytes of standard input, which can be read only once.

    Raises UnreadableSourceError where no step could be read, UnknownNameError for an unknown format.
    """
    if source is None and os.path.isdir(path):
        traces, problems = open_folder(path, format_name=format_name)
        if not traces:
            reason = f": {problems[0].message}" if problems else ""
            raise UnreadableSourceError(f"{path}: no trace found in the folder{reason}")
        return Loaded(path, tuple(traces), tuple(problems), SourceBytes())
    source = source or read_source(path)
    trace = read_trace(source, format_name=format_name)
    return Loaded(path, (trace,), (), SourceBytes([source]))


def load_around(file: LineFile, line: int, whole: tuple[int, int] | None = None) -> tuple[Loaded, Session, int] | None:
    """The lines around one of a large file as a trace of its own, the session of that line, and the index of its step.

    `whole`: the first line of its session and the line after its last, where both are known: if they are few enough,
    that session is read whole. None where that line holds no step. Of every other session what lies before is a gap: no
    prompt there claims to be whole. What lies after is a gap of its last step: nothing here can say how it went on.
    """
    if whole is not None and not _is_few(file, *whole):
        whole = None
    first, last = whole or file.around(line, before=_BEFORE, after=_AFTER, most=_MOST_BYTES)
    source = file.source(first, last)
    trace = read_trace(source, format_name="session-trace")
    note = f"lines {first + 1:,} to {last:,} of {file.path}: what stands outside them is not part of any finding"
    mine = next((known for known in trace.sessions if any(step.source.line == line + 1 for step in known.steps)), None)
    sessions = [
        known
        if whole is not None and known is mine
        else structs.replace(known, gaps=(*known.gaps, *_not_read(file, first, last, known)))
        for known in trace.sessions
    ]
    report = structs.replace(trace.report, notes=(*trace.report.notes, note))
    trace = structs.replace(trace, sessions=tuple(sessions), report=report)
    for session in sessions:
        for step in session.steps:
            if step.source.line == line + 1:
                return Loaded(file.path, (trace,), (), SourceBytes([source])), session, step.index
    return None


def _is_few(file: LineFile, first: int, last: int) -> bool:
    return last - first <= _MOST_LINES and sum(file.place(last - 1)) - file.place(first)[0] <= _MOST_BYTES


def _not_read(file: LineFile, first: int, last: int, session: Session) -> list[Gap]:
    """What stands before and after the lines `first` up to, not with, `last`."""
    gaps = []
    remedy = "w on the list of lines reads the whole file"
    if first:
        effect = f"line {first + 1:,} is the first that was read: what came before is not known here"
        gaps.append(Gap("lines_not_read", effect, remedy))
    if session.steps and (last < len(file) or not file.done):
        effect = f"line {last:,} is the last that was read: what came of it is not known here"
        gaps.append(Gap("lines_not_read", effect, remedy, (session.steps[-1].number,)))
    return gaps


def session_named(loaded: Loaded, session_id: str) -> tuple[Trace, Session] | None:
    """The session with this id, if there is one."""
    return next(((trace, session) for trace, session in loaded.sessions if session.session_id == session_id), None)


def analyse(opened: Opened) -> Triage:
    """The triage of a session, anchored at the wrong output that the user named, if any."""
    from tracetui.analysis.triage import triage  # takes a while: not before the steps are shown

    baselines = [opened.baseline] if opened.baseline is not None else []
    return triage(opened.session, symptom=opened.symptom, baselines=baselines, policy=opened.policy)
