"""A trace that is still being written: whether it has changed, and what it holds now."""

from __future__ import annotations

import os
import time
from typing import NamedTuple

import msgspec

from tracetui.errors import TracetuiError
from tracetui.ingest.decode import decode
from tracetui.ingest.source import Source, read_source
from tracetui.ingest.stamp import Stamp
from tracetui.model import Session
from tracetui.ui.loading import load
from tracetui.ui.state import Opened, facts_of

LONGEST_BYTES = 16 << 20
"""A file is read anew whenever it has changed, up to this size; a longer session trace is followed by its lines."""
REST = 3
"""After reading for a second nothing is read for so many."""


class Reread(NamedTuple):
    """The session as the file holds it now."""

    opened: Opened
    grew: bool
    """Whether all that was known before still stands, with more behind it."""
    seconds: float
    """What reading took."""


def why_not(path: str) -> str:
    """What keeps a file from being followed; "" where nothing does."""
    if not os.path.isfile(path):
        return "not a file that could grow"
    if os.path.getsize(path) > LONGEST_BYTES:
        return f"larger than {LONGEST_BYTES >> 20} MB: tracetui --follow shows the lines of a session trace of any size"
    return ""


def what_changed(shown: Stamp | None, now: Stamp | None) -> str:
    """What has become of a file since what is shown was read, in words; "" for nothing."""
    if shown is None or now == shown:
        return ""
    if now is None:
        return "the file is gone: this is what it held"
    if now[:2] != shown[:2] or now.size < shown.size:
        return "the file is another one now"
    return "written to since it was read"


def reread(opened: Opened) -> Reread | TracetuiError:
    """Read the file of a session again. Takes time: call it in a thread.

    A last line that is being written is left for the next time. Findings, marks and the wrong output that was named stay
    where the steps they speak of do; where the file was rewritten they are dropped.
    """
    began = time.monotonic()
    path = opened.trace.path
    try:
        loaded = load(path, format_name=opened.trace.format, source=whole_lines(read_source(path)))
    except TracetuiError as problem:
        return problem
    session = _same(opened.session, [session for _, session in loaded.sessions])
    if session is None:
        return TracetuiError(f"{path}: session {opened.session.session_id} is no longer in the file")
    grew = session.steps[: len(opened.session.steps)] == opened.session.steps
    now = opened.with_(
        trace=loaded.traces[0], session=session, facts=facts_of(session), source_bytes=loaded.source_bytes
    )
    if not grew:
        now = now.with_(triage=None, symptom=None, pins=())
    return Reread(now, grew, time.monotonic() - began)


def whole_lines(source: Source) -> Source:
    """Without a last line that is not complete yet. A source that is one document stays as it is."""
    end = source.data.rfind(b"\n") + 1
    if end in (0, len(source.data)):
        return source
    try:
        decode(source.data[end:])
    except ValueError:
        first = source.data[: source.data.find(b"\n")]
        return msgspec.structs.replace(source, data=source.data[:end]) if _is_json(first) else source
    return source


def _is_json(data: bytes) -> bool:
    try:
        decode(data)
    except ValueError:
        return False
    return True


def _same(session: Session, sessions: list[Session]) -> Session | None:
    """The session with the id, or the only one: an id may be made up from what is in the file."""
    found = [other for other in sessions if other.session_id == session.session_id]
    return found[0] if found else sessions[0] if len(sessions) == 1 else None
