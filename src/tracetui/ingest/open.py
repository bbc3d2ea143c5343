"""Opening a trace: from a path to sessions, with an account of every record."""

from __future__ import annotations

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS, detect_format
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source, read_source, source_paths
from tracetui.model import Trace


def open_trace(path: str, *, format_name: str | None = None) -> Trace:
    """Read one file, or standard input for "-".

    Raises UnreadableSourceError where nothing could be read, UnknownNameError for an unknown format.
    """
    return read_trace(read_source(path), format_name=format_name)


def read_trace(source: Source, *, format_name: str | None = None) -> Trace:
    """Read the sessions of a source whose bytes are at hand."""
    records, ledger = Records(source), Ledger()
    if format_name is None:
        chosen, reason = detect_format(records)
    else:
        chosen, reason = FORMATS[format_name], "named by --format"
    for note in source.notes:
        ledger.note(note)
    sessions = tuple(chosen.read(records, ledger))
    if not any(session.steps for session in sessions):
        raise UnreadableSourceError(f"{source.path}: no step found when read as {chosen.NAME}", hint=_why_empty(ledger))
    return Trace(path=source.path, format=chosen.NAME, format_reason=reason, sessions=sessions, report=ledger.report())


def open_folder(path: str, *, format_name: str | None = None) -> tuple[list[Trace], list[UnreadableSourceError]]:
    """Every trace in a folder, and what could not be read there. Files that nothing recognises are left out."""
    traces: list[Trace] = []
    problems: list[UnreadableSourceError] = []
    for name in source_paths(path):
        try:
            trace = open_trace(name, format_name=format_name)
        except UnreadableSourceError as problem:
            problems.append(problem)
            continue
        if trace.format != "raw" or format_name == "raw":
            traces.append(trace)
    return traces, problems


def _why_empty(ledger: Ledger) -> str:
    skipped = ledger.report().skipped
    if not skipped:
        return "`tracetui formats` lists what is read; --format raw shows the records"
    first = skipped[0]
    place = f"line {first.line}" if first.line else f"byte {first.offset}"
    return f"{len(skipped)} records skipped; the first, {place}: {first.reason}"
