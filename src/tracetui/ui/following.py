"""A trace that is still being written: whether it has changed, and what it holds now."""

from __future__ import annotations

import os
import time
from typing import NamedTuple

from msgspec.structs import replace

from tracetui.errors import TracetuiError, UnreadableSourceError
from tracetui.ingest.decode import decode
from tracetui.ingest.open import NAMED
from tracetui.ingest.records import Records
from tracetui.ingest.source import Source, read_source
from tracetui.ingest.stamp import Snapshot, snapshot, stamp
from tracetui.model import Session
from tracetui.ui.loading import load
from tracetui.ui.same_steps import indices_now, kept, say_the_same
from tracetui.ui.state import Opened, facts_of, places_of

LONGEST_BYTES = 16 << 20
"""A file is read anew whenever it has changed, up to this size; a longer one of lines is followed by its lines."""
GONE = "the file is gone: this is what it held"
REST = 3
"""After reading for a second nothing is read for so many."""


class Reread(NamedTuple):
    """The session as the file holds it now."""

    opened: Opened
    is_same: bool
    """Whether that is what was known before."""
    grew: bool
    """Whether all that was known before still stands, with more behind it."""
    indices: list[int | None]
    """By index of a step known before: its index now; see `indices_now`."""
    seconds: float
    """What reading took."""
    others: tuple[str, ...]
    """See `others_of`."""
    further: int = 0
    """Sessions of the file that were not there before."""

    def index_now(self, index: int) -> int:
        """Where to look for the step that had this index."""
        found = self.indices[index]
        return found if found is not None else min(index, len(self.opened.session.steps) - 1)


class Looked(NamedTuple):
    """What has become of a file since it was looked at last."""

    now: Snapshot
    found: Reread | TracetuiError | None = None
    """None: nothing has changed, or it is gone."""
    hindrance: str = ""
    """Why it cannot be followed any more."""


def why_not(opened: Opened) -> str:
    """What keeps the file of a session from being followed; "" where nothing does."""
    path = opened.trace.path
    if opened.source_bytes.holds_part_of(path):
        return "this is some of its lines: the list of lines follows the file"
    found = stamp(path)
    if found is None or not os.path.isfile(path):
        return "not a file that could grow"
    if found.size > LONGEST_BYTES:
        return f"larger than {LONGEST_BYTES >> 20} MB: tracetui --follow shows the lines of a file of lines of any size"
    return ""


def what_changed(shown: Snapshot | None, now: Snapshot) -> str:
    """What has become of a file since what is shown was read, in words; "" for nothing."""
    if shown is None or shown.own is None or (now.own, now.others) == (shown.own, shown.others):
        return ""
    if now.own is None:
        return GONE
    if now.own[:2] != shown.own[:2] or now.own.size < shown.own.size:
        return "the file is another one now"
    return "written to since it was read"


def how_rewritten(shown: Snapshot | None, now: Snapshot) -> str:
    """What was done to a file that does not hold any more what is shown, in a word."""
    if shown is None or shown.own is None or now.own is None or now.own[:2] != shown.own[:2]:
        return "replaced"
    return "truncated" if now.own.size < shown.own.size else "rewritten"


def others_of(path: str, session: Session) -> tuple[str, ...]:
    """The paths, beside its own, that the session of a file was read from; ascending."""
    return tuple(sorted({place.path for step in session.steps for place in places_of(step)} - {path}))


def look(opened: Opened, others: tuple[str, ...], last: Snapshot | None) -> Looked:
    """Read the file of a session again where it, or one of `others`, is not what it was. Takes time: call it in a thread."""
    path = opened.trace.path
    now = snapshot(path, others)
    if now == last or now.own is None:
        return Looked(now)
    hindrance = why_not(opened)
    return Looked(now, reread(opened) if not hindrance else None, hindrance)


def reread(opened: Opened) -> Reread | TracetuiError:
    """Read the file of a session again. Takes time: call it in a thread.

    A last line that is being written is left for the next time. Findings, marks and the wrong output that was named stay
    with the steps they speak of; where the file was rewritten they are dropped. What its first lines were taken for is
    asked anew, unless the user named the format.
    """
    began = time.monotonic()
    trace, known = opened.trace, opened.session
    try:
        source = whole_lines(read_source(trace.path))
        loaded = load(trace.path, format_name=trace.format if trace.format_reason == NAMED else None, source=source)
    except TracetuiError as problem:
        return problem
    stands = opened.source_bytes.are_still_in(source)
    session = _same(known, [session for _, session in loaded.sessions], by_place=stands)
    if session is None:
        return UnreadableSourceError(f"{trace.path}: session {known.session_id} is no longer in the file")
    grew = stands or say_the_same(known.steps, session.steps)
    now = opened.with_(
        trace=loaded.traces[0], session=session, facts=facts_of(session), source_bytes=loaded.source_bytes
    )
    indices = indices_now(known, session)
    now = kept(opened, now, indices) if grew else now.with_(triage=None, symptom=None, pins=())
    further = max(len(loaded.sessions) - len(trace.sessions), 0)
    return Reread(
        now, session == known, grew, indices, time.monotonic() - began, others_of(trace.path, session), further
    )


def whole_lines(source: Source) -> Source:
    """Without a last line that is not complete yet. A source that is one document stays as it is.

    Raises UnreadableSourceError where there is nothing but the beginning of one line.
    """
    end = source.data.rfind(b"\n") + 1
    tail = source.data[end:].strip()
    if not tail or tail[:1] in b"}]" or _is_json(tail):
        return source
    if end == 0:
        if tail[:1] in b"{[":
            raise UnreadableSourceError(f"{source.path}: its first line is still being written")
        return source
    kept = replace(source, data=source.data[:end])
    return kept if Records(kept).shape == "lines" else source


def _is_json(data: bytes) -> bool:
    try:
        decode(data)
    except ValueError:
        return False
    return True


def _same(session: Session, sessions: list[Session], *, by_place: bool) -> Session | None:
    """The session with the id, or the only one, or `by_place` that with its first step: an id may be made up from what is in
    the file."""
    found = [other for other in sessions if other.session_id == session.session_id]
    if not found and by_place:
        first = session.steps[0].source
        found = [other for other in sessions if any(first in places_of(step) for step in other.steps)]
    return found[0] if found else sessions[0] if len(sessions) == 1 else None
