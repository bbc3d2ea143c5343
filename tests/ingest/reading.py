"""Reading traces that tests write down as values."""

from __future__ import annotations

import json
from typing import Any

from tracetui.ingest.open import read_trace
from tracetui.ingest.source import source_of
from tracetui.model import Session, SourceRef, Step, Trace


def read(data: bytes | str, *, path: str = "trace.json", format_name: str | None = None) -> Trace:
    """The trace in some bytes; its ledger balances."""
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    trace = read_trace(source_of(path, raw), format_name=format_name)
    report = trace.report
    assert report.records == report.read + len(report.skipped)
    return trace


def read_document(value: Any, **options: Any) -> Trace:
    return read(json.dumps(value, ensure_ascii=False, indent=1), **options)


def read_lines(*rows: Any, path: str = "trace.jsonl") -> Trace:
    return read("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), path=path)


def only(trace: Trace) -> Session:
    (session,) = trace.sessions
    return session


def kinds(session: Session) -> list[str]:
    return [step.kind for step in session.steps]


def pointers(session: Session) -> list[str]:
    return [step.source.pointer for step in session.steps]


def gap_kinds(session: Session) -> set[str]:
    return {gap.kind for gap in session.gaps}


def value_at(document: Any, pointer: str) -> Any:
    """The value that an RFC 6901 pointer names."""
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def places(step: Step) -> list[SourceRef]:
    """Every place that a step was read from."""
    return [place for place in (step.source, step.arguments_source, *step.also) if place is not None]


def assert_places_hold_what_they_point_at(trace: Trace, data: bytes) -> None:
    """Each place's bytes decode to the JSON at its pointer, in the document or in its line."""
    lines = data.split(b"\n")
    for session in trace.sessions:
        for step in session.steps:
            for place in places(step):
                whole = json.loads(data if place.line is None else lines[place.line - 1])
                assert json.loads(data[place.offset : place.offset + place.length]) == value_at(whole, place.pointer)
