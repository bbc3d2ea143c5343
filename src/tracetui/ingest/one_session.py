"""One session of a large file, a folder or an archive, read without the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.folders import is_folder, sources_in
from tracetui.ingest.line_cache import recall, remember
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.memory import refuse_what_does_not_fit
from tracetui.ingest.open import read_trace
from tracetui.ingest.paging import open_lines, paged_format
from tracetui.ingest.parts import listed_parts
from tracetui.ingest.source import Source
from tracetui.ingest.surveyors import surveyed
from tracetui.model import Trace

_SLICE = 32 << 20
_TWO_LINES = b"{}\n{}\n"
"""What tells lines from a document."""


Told = Callable[[int], None]
"""Called with how much of a large file is read, in percent."""


def session_trace(
    path: str, session_id: str, *, format_name: str | None = None, told: Told = lambda _: None
) -> tuple[Source, Trace] | None:
    """A trace of the lines, or the elements, of a session, wherever they stand in a large file; of a folder, or an archive of
    several files, the first trace that holds the session. None for a file that is read whole, and where nothing names a
    session so, or its reader calls it otherwise. `told` is called while the lines of a large file are looked at for the first
    time, and while a packed one is decoded.

    Raises UnreadableSourceError, also for a session that does not fit into the memory that is free.
    """
    if is_folder(path):
        return _among_files(path, session_id, format_name, told)
    found = _named_in(path, session_id, format_name, told)
    if found is None:
        return None
    source, name = found
    trace = _with_session(source, session_id, name)
    return (source, trace) if trace is not None else None


def _among_files(path: str, session_id: str, format_name: str | None, told: Told) -> tuple[Source, Trace] | None:
    """One file at a time; first those that hold the name in so many bytes, then large ones by their lines."""
    name = session_id.encode("utf-8", "surrogateescape")
    large: list[tuple[str, str]] = []
    others: list[Callable[[], Source]] = []
    for file, opened in sources_in(path):
        with suppress(UnreadableSourceError):
            if (paged := paged_format(file, format_name=format_name)) is not None:
                large.append((file, paged))
            elif name not in (source := opened()).data:
                others.append(opened)
            elif (trace := _with_session(source, session_id, format_name)) is not None:
                return source, trace
    for file, paged in large:
        with suppress(UnreadableSourceError):
            found = _in_lines(file, session_id, paged, told)
            if found is not None and (trace := _with_session(found[0], session_id, paged)) is not None:
                return found[0], trace
    for opened in others:
        with suppress(UnreadableSourceError):
            if (trace := _with_session(source := opened(), session_id, format_name)) is not None:
                return source, trace
    return None


def _with_session(source: Source, session_id: str, format_name: str | None) -> Trace | None:
    trace = read_trace(source, format_name=format_name)
    return trace if any(session.session_id == session_id for session in trace.sessions) else None


def _named_in(path: str, session_id: str, format_name: str | None, told: Told) -> tuple[Source, str | None] | None:
    paged = paged_format(path, format_name=format_name)
    if paged is not None:
        return _in_lines(path, session_id, paged, told)
    parts = listed_parts(path)
    part = next((part for part in parts.parts if part.name == session_id), None) if parts is not None else None
    return (part.source(), format_name or (parts.format if parts is not None else None)) if part is not None else None


def _in_lines(path: str, session_id: str, paged: str, told: Told) -> tuple[Source, str] | None:
    with closing(open_lines(path, paged)) as file:
        return _among_lines(file, session_id, told)


def _among_lines(file: LineFile, session_id: str, told: Told) -> tuple[Source, str] | None:
    lines = _survey(file, told).lines_named(session_id)
    if not lines:
        return None
    size = sum(file.place(line)[1] for line in lines)
    refuse_what_does_not_fit(file.path, size, _TWO_LINES)
    return file.gathered(_with_tail(file, lines)), file.format


def _with_tail(file: LineFile, lines: Sequence[int]) -> Sequence[int]:
    """A last line that no line feed ends is in no column: it is read with the line before it."""
    return [*lines, file.complete] if file.tail and lines[-1] == file.complete - 1 else lines


def _survey(file: LineFile, told: Told) -> Survey:
    """Of all lines, from the cache where they are known. Of a packed file decoding is the first half."""
    decoding = file.unpacked < 100
    file.unpack_all(lambda percent: told(percent // 2))
    known = recall(file)
    if known is not None and known.done:
        file.stand(known.starts, known.read, known.done)
        return known.survey
    while not file.done:
        file.take(file.read_on(_SLICE))
    found = surveyed(file, lambda percent: told(50 + percent // 2 if decoding else percent))
    remember(file, found)
    return found
