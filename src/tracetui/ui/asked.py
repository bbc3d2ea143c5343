"""What the app was asked to open, and how that is opened: by its lines, by its parts, or whole."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypedDict, TypeVar

import msgspec

from tracetui.errors import TracetuiError, UnknownNameError, UnreadableSourceError
from tracetui.ingest.line_cache import recall
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_overview import LARGE_BYTES
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.one_session import session_trace
from tracetui.ingest.paging import listed_format, open_lines, open_listed, paged_format
from tracetui.ingest.parts import Parts, listed_parts
from tracetui.ingest.source import Source, read_source
from tracetui.ingest.stamp import stamp
from tracetui.ui.following import LONGEST_BYTES, whole_lines
from tracetui.ui.loading import Loaded, load, session_named
from tracetui.ui.state import SourceBytes

if TYPE_CHECKING:
    from tracetui.analysis.actions import Policy
    from tracetui.ingest.token_children import Reading
    from tracetui.ui.drafted import Drafted

Result = TypeVar("Result")
_LOOK_SECONDS = 0.5


class Start(TypedDict, total=False):
    """What the app is started with, beside the path."""

    session: str | None
    step: int | None
    """Number of the step to start at."""
    format_name: str | None
    store_root: str | None
    """Where incidents are kept; None for the usual place."""
    incident_id: str | None
    """The incident whose postmortem is to be edited, first of all."""
    recent: Sequence[str]
    """Traces that the library lists too."""
    follow: bool
    """The file grows: show what is appended."""
    view: str | None
    """A page of the detail, or a screen over the steps, to begin with."""
    policy: Policy | None
    """What the tools do."""
    against: str | None
    """The path of a good run to compare with, first of all."""
    readings: tuple[Reading, Reading] | None
    """The children that look at the lines of both, where they are at work already."""


class Asked(NamedTuple):
    path: str
    session: str | None = None
    format_name: str | None = None
    source: Source | None = None
    """The bytes, where they are read already."""
    follow: bool = False
    has_view: bool = False
    """Whether another view than the steps comes first: it needs all of the lines."""
    for_incident: bool = False
    """Whether an incident's form is opened over the trace."""


class ByPlace(NamedTuple):
    """A file whose lines are read by place."""

    file: LineFile
    known: Survey | None = None
    """Of the lines up to where the file stands, where it was opened before."""


def open_asked(asked: Asked) -> Loaded | ByPlace | Parts:
    """Takes time: call it in a thread. Raises TracetuiError."""
    if asked.follow and not (may_come(asked.path) or os.path.isdir(asked.path)):
        raise TracetuiError(f"{asked.path}: cannot be followed", hint="--follow takes a file that grows")
    if asked.source is None and asked.session is None and not (asked.for_incident and not asked.follow):
        if (paged := _paged_format(asked)) is not None:
            return _by_place(open_lines(asked.path, paged))
        listed = None if asked.follow or asked.has_view else listed_format(asked.path, format_name=asked.format_name)
        if listed is not None:
            return _by_place(open_listed(asked.path, listed))
        if not asked.for_incident and (parts := listed_parts(asked.path)) is not None:
            return parts
    loaded = _load(asked)
    if asked.session is not None and session_named(loaded, asked.session) is None:
        known = ", ".join(session.session_id for _, session in loaded.sessions[:10])
        raise UnknownNameError(f"{asked.path}: no session is called {asked.session}", hint=f"sessions: {known}")
    return loaded


def may_come(path: str) -> bool:
    """Whether a file that cannot be opened now may be one day: it is not there yet, or being written."""
    return not os.path.exists(path) or (os.path.isfile(path) and os.access(path, os.R_OK))


def when_there(
    asked: Asked, open_now: Callable[[], Result], *, tell: Callable[[TracetuiError], object], wanted: Callable[[], bool]
) -> Result | TracetuiError:
    """What `open_now` returns, or why it cannot be opened. What is to be followed is waited for, as long as it is `wanted`:
    `tell` is told each time why there is nothing to show yet."""
    while True:
        before = stamp(asked.path)
        try:
            return open_now()
        except TracetuiError as problem:
            if not (asked.follow and isinstance(problem, UnreadableSourceError) and may_come(asked.path) and wanted()):
                return problem
            tell(problem)
        while wanted() and stamp(asked.path) == before:
            time.sleep(_LOOK_SECONDS)


def _by_place(file: LineFile) -> ByPlace:
    recalled = recall(file)
    if recalled is None:
        return ByPlace(file)
    file.stand(recalled.starts, recalled.read, recalled.done)
    return ByPlace(file, recalled.survey)


def open_both(asked: Asked, against: str, readings: tuple[Reading, Reading] | None) -> Loaded | Drafted:
    """What is asked for beside a good run: both as their lines say, where `readings` are at work on these; else both whole.
    As `open_asked`."""
    if readings is not None:
        from tracetui.ui.drafted import drafted

        if (found := drafted(readings)) is not None:
            return found
    loaded, good = _load(asked), load(against, format_name=asked.format_name)
    if len(good.sessions) != 1:
        known = ", ".join(session.session_id for _, session in good.sessions[:10])
        raise UnknownNameError(
            f"{against}: holds {len(good.sessions)} sessions, one is compared with",
            hint=f"open {asked.path} and choose among them with D; sessions: {known}",
        )
    return msgspec.structs.replace(loaded, baseline=good.sessions[0][1], baseline_path=against)


def _paged_format(asked: Asked) -> str | None:
    """What the lines of the file are, where it is read by place: it is large, or it grows."""
    if asked.has_view and not asked.follow:
        return None
    at_least = LONGEST_BYTES if asked.follow else LARGE_BYTES
    return paged_format(asked.path, at_least=at_least, format_name=asked.format_name)


def _load(asked: Asked) -> Loaded:
    """The path; where one session of a large file is asked for, that alone; of a file that is being written, whole lines."""
    if asked.session is not None and asked.source is None and not asked.for_incident:
        alone = session_trace(asked.path, asked.session, format_name=asked.format_name)
        if alone is not None:
            return Loaded(asked.path, (alone[1],), (), SourceBytes([alone[0]]))
    source = asked.source
    if asked.follow and source is None and os.path.isfile(asked.path):
        source = whole_lines(read_source(asked.path))
    return load(asked.path, format_name=asked.format_name, source=source)
