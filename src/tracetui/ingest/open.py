"""Opening a trace: from a path to sessions, with an account of every record."""

from __future__ import annotations

import os

from tracetui.collector import collector_paused
from tracetui.errors import UnreadableSourceError
from tracetui.ingest.folders import sources_in
from tracetui.ingest.records import Records
from tracetui.ingest.registry import DAMAGED, FORMATS, Format, detect_format
from tracetui.ingest.repeats import note_repeated_keys
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source, read_source
from tracetui.model import Trace

NAMED = "named by --format"
"""Why a trace was read as a format that the user named."""


def open_trace(path: str, *, format_name: str | None = None) -> Trace:
    """Read one file, or standard input for "-".

    Raises UnreadableSourceError where nothing could be read, UnknownNameError for an unknown format.
    """
    return read_trace(read_source(path), format_name=format_name)


def read_trace(source: Source, *, format_name: str | None = None) -> Trace:
    """Read the sessions of a source whose bytes are at hand."""
    return _read(Records(source), format_name)


def _read(records: Records, format_name: str | None) -> Trace:
    """The trace as the format that is named, or is surest, reads it; raw records where that one breaks on the data."""
    chosen, reason = detect_format(records) if format_name is None else (FORMATS[format_name], NAMED)
    try:
        return _read_as(chosen, reason, records)
    except DAMAGED as problem:
        broken = f"looks like {chosen.NAME}, but holds what that format does not ({type(problem).__name__}: {problem})"
        if format_name is not None or chosen.NAME == "raw":
            raise UnreadableSourceError(f"{records.source.path}: {broken}", hint="--format raw shows it") from problem
    return _read_as(FORMATS["raw"], reason, records, f"{broken}: shown as raw records")


def _read_as(chosen: Format, reason: str, records: Records, *notes: str) -> Trace:
    source, ledger = records.source, Ledger()
    for note in (*notes, *source.notes):
        ledger.note(note)
    with collector_paused():
        sessions = tuple(chosen.read(records, ledger))
    if records.shape == "document" and records.cut is not None:
        ledger.skip(*records.cut)
        ledger.note(records.cut.reason)
    note_repeated_keys(records, ledger)
    if not any(session.steps for session in sessions):
        raise UnreadableSourceError(
            f"{source.path}: no step found when read as {chosen.NAME}", hint=_why_empty(chosen, ledger)
        )
    return Trace(path=source.path, format=chosen.NAME, format_reason=reason, sessions=sessions, report=ledger.report())


def open_folder(path: str, *, format_name: str | None = None) -> tuple[list[Trace], list[UnreadableSourceError]]:
    """Every trace in a folder, or in an archive of several files, and what could not be read there. Files that nothing
    recognises are left out."""
    traces: list[Trace] = []
    problems: list[UnreadableSourceError] = []
    parts: set[str] = set()
    for name, opened in sources_in(path):
        if os.path.realpath(name) in parts:  # of files that take one another in, the first counts
            continue
        records = None
        try:
            records = Records(opened())
            trace = _read(records, format_name)
        except UnreadableSourceError as problem:
            problems += [] if records is not None and records.is_part else [problem]
            continue
        if records.is_part:
            continue
        parts.update(os.path.realpath(neighbour.source.path) for neighbour in records.neighbours)
        if trace.format != "raw" or format_name == "raw":
            traces.append(trace)
    # A file that another trace has taken in, such as a sub-agent's, is no trace of its own.
    return [trace for trace in traces if os.path.realpath(trace.path) not in parts], problems


def _why_empty(chosen: Format, ledger: Ledger) -> str:
    skipped = ledger.report().skipped
    if not skipped and chosen.NAME == "raw":
        return "`tracetui formats` lists what is read"
    if not skipped:
        return "`tracetui formats` lists what is read; --format raw shows the records"
    first = skipped[0]
    place = f"line {first.line}" if first.line else f"byte {first.offset}"
    return f"{len(skipped)} records skipped; the first, {place}: {first.reason}"
