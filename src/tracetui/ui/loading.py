"""Opening a trace for the app: everything that may take time, in functions that a worker thread calls."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.folders import is_folder, source_paths
from tracetui.ingest.innermost import on_disk
from tracetui.ingest.open import open_folder, read_trace
from tracetui.ingest.source import Source, read_source
from tracetui.ingest.stamp import stamp
from tracetui.model import Session, Step, Trace
from tracetui.ui.apart import Tell, UnwantedError
from tracetui.ui.figures import plural
from tracetui.ui.session_rows import Listed
from tracetui.ui.state import Opened, SourceBytes, facts_of

if TYPE_CHECKING:
    from tracetui.analysis.actions import Policy
    from tracetui.analysis.findings import SoFar, Triage, Watch

_TELL_SECONDS = 0.3
"""Between two reports of how far an analysis is."""
_LONG_BYTES = 200_000
"""Of records: from here on what goes through all of them takes longer than a process costs, some 50 ms."""


class Loaded(msgspec.Struct, frozen=True):
    """One opened path: a file's trace, or every trace in a folder."""

    path: str
    traces: tuple[Trace, ...]
    problems: tuple[UnreadableSourceError, ...]
    """Files of a folder that could not be read."""
    source_bytes: SourceBytes
    policy: Policy | None = None
    """What the tools do, for every session opened from here."""
    baseline: Session | None = None
    """The good run that every session opened from here is compared with."""
    baseline_path: str = ""

    @property
    def sessions(self) -> list[tuple[Trace, Session]]:
        """Every session that has steps, with the trace that it is in."""
        return [(trace, session) for trace in self.traces for session in trace.sessions if session.steps]

    def listed(self, trace: Trace, session: Session) -> Listed:
        return Listed(trace, session, facts_of(session))

    def opened(self, trace: Trace, session: Session) -> Opened:
        return Opened(
            trace=trace,
            session=session,
            facts=facts_of(session),
            source_bytes=self.source_bytes,
            policy=self.policy,
            baseline=self.baseline,
            baseline_path=self.baseline_path,
        )


def load(path: str, *, format_name: str | None = None, source: Source | None = None) -> Loaded:
    """Read a path; `source` gives the bytes of standard input, which can be read only once.

    Raises UnreadableSourceError where no step could be read, UnknownNameError for an unknown format.
    """
    if source is None and is_folder(path):
        seen = {file: stamp(on_disk(file)) for file in source_paths(path)}
        traces, problems = open_folder(path, format_name=format_name)
        if not traces:
            reason = f": {problems[0].message}" if problems else ""
            raise UnreadableSourceError(f"{path}: no trace found in the folder{reason}")
        return Loaded(path, tuple(traces), tuple(problems), SourceBytes(seen=seen))
    source = source or read_source(path)
    trace = read_trace(source, format_name=format_name)
    return Loaded(path, (trace,), (), SourceBytes([source]))


def what_came(loaded: Loaded) -> str:
    """What has come to a folder, or to a file of several sessions, since it was read, in words; "" for nothing. For a thread."""
    if os.path.isdir(loaded.path):
        try:
            new = set(source_paths(loaded.path)) - loaded.source_bytes.files
        except UnreadableSourceError:
            return "emptied since"
        return f"{plural(len(new), 'new file')} since" if new else ""
    seen, now = loaded.source_bytes.seen(loaded.path), stamp(on_disk(loaded.path))
    return "written to since" if None not in (seen, now) and seen != now else ""


def session_named(loaded: Loaded, session_id: str) -> tuple[Trace, Session] | None:
    """The session with this id, if there is one."""
    return next(((trace, session) for trace, session in loaded.sessions if session.session_id == session_id), None)


def is_long(*runs: Sequence[Step]) -> bool:
    """Whether what goes through all of these steps is worth a process of its own."""
    left = _LONG_BYTES
    for step in chain.from_iterable(runs):
        left -= step.source.length
        if left <= 0:
            return True
    return False


def is_long_file(path: str) -> bool:
    """`is_long` of what a file holds."""
    try:
        return os.path.getsize(path) >= _LONG_BYTES
    except OSError:
        return False


def analyse_telling(opened: Opened, tell: Tell) -> Triage:
    """`analyse`; `tell` is told now and then how far it is, and answers whether anybody waits: else raises UnwantedError."""
    told = time.monotonic()

    def watch(so_far: SoFar) -> None:
        nonlocal told
        if (now := time.monotonic()) - told >= _TELL_SECONDS:
            told = now
            if not tell(so_far):
                raise UnwantedError

    return analyse(opened, watch)


def analyse(opened: Opened, watch: Watch | None = None) -> Triage:
    """The triage of a session, anchored at the wrong output that the user named, if any."""
    from tracetui.analysis.triage import triage  # takes a while: not before the steps are shown

    baselines = [opened.baseline] if opened.baseline is not None else []
    return triage(opened.session, symptom=opened.symptom, baselines=baselines, policy=opened.policy, watch=watch)
