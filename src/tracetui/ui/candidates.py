"""Runs that may serve as the good one: the other sessions of the source, and the traces beside it."""

from __future__ import annotations

import os
from collections.abc import Iterable

import msgspec

from tracetui.analysis.likeness import Likeness, likeness
from tracetui.analysis.triage import triage
from tracetui.errors import TracetuiError
from tracetui.ingest.folders import source_paths
from tracetui.ingest.open import open_trace
from tracetui.model import Session, Trace
from tracetui.store.incidents import Store
from tracetui.ui.state import Opened

MOST_FILES = 200
"""Files of the folder that are looked at; the nearest names first."""
MOST_BYTES = 50_000_000
"""Size from which on a file is left to be named by hand."""
_TRIAGED_STEPS = 2_000
"""Length up to which a candidate is looked through for a fault of its own."""


class Candidate(msgspec.Struct, frozen=True):
    """A run to compare with."""

    path: str
    session: Session
    likeness: Likeness


def beside(opened: Opened) -> list[str]:
    """Paths of the files beside the trace that may hold runs: those of its own kind first, then by name."""
    path = opened.trace.path
    if not os.path.isfile(path):
        return []
    suffix = os.path.splitext(path)[1]
    try:
        found = [name for name in source_paths(os.path.dirname(path) or ".") if not _is_same_file(name, path)]
        found = [name for name in found if os.path.isfile(name) and os.path.getsize(name) <= MOST_BYTES]
    except (OSError, TracetuiError):
        return []
    return sorted(found, key=lambda name: (os.path.splitext(name)[1] != suffix, name))


def kept(opened: Opened, store: Store) -> list[str]:
    """Paths of the good runs that incidents of the library were compared with; those that are gone are left out."""
    found: list[str] = []
    for incident_id in store.ids():
        try:
            path = store.read(incident_id).text("divergence.baseline")
        except TracetuiError:
            continue
        if path and os.path.isfile(path) and not _is_same_file(path, opened.trace.path):
            found.append(path)
    return found


def once(paths: Iterable[str]) -> list[str]:
    """Each file once, in order."""
    found: dict[str, str] = {}
    for path in paths:
        found.setdefault(os.path.abspath(path), path)
    return list(found.values())


def in_trace(opened: Opened, trace: Trace) -> list[Candidate]:
    """The sessions of a trace other than the opened one, judged. Takes time: not for the event loop."""
    return [_judged(opened, trace.path, session) for session in trace.sessions if session is not opened.session]


def in_file(opened: Opened, path: str) -> list[Candidate]:
    """The sessions of a file that is recognised as a trace; none where it cannot be read."""
    try:
        trace = open_trace(path)
    except (TracetuiError, OSError):
        return []
    return [] if trace.format == "raw" else in_trace(opened, trace)


def named(opened: Opened, path: str) -> list[Candidate]:
    """The sessions of the file that the user named.

    Raises TracetuiError where it cannot be read.
    """
    return in_trace(opened, open_trace(os.path.expanduser(path.strip())))


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The likest first."""
    return sorted(candidates, key=lambda candidate: -candidate.likeness.score)


def _judged(opened: Opened, path: str, session: Session) -> Candidate:
    verdict = triage(session, policy=opened.policy) if len(session.steps) <= _TRIAGED_STEPS else None
    return Candidate(path, session, likeness(opened.session, session, verdict))


def _is_same_file(name: str, path: str) -> bool:
    return os.path.abspath(name) == os.path.abspath(path)
