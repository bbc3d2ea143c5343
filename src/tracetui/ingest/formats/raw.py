"""Raw records: what no other format recognises, one step a record, so that it can be read, searched and quoted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.decode import decode
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Gap, Session, SourceRef

NAME = "raw"
TITLE = "Raw records"
RULE = "Anything that no other rule recognises: one step for each line or item."
KEEPS = "Nothing is interpreted: no prompts, calls or roles."
LOSES = "Every meaning: nothing is interpreted."
EXPORT = "Name the format with `--format`, or write session-trace lines."

_BINARY_SHARE = 0.1
_NOT_RECOGNISED = Gap(
    "format_not_recognised",
    "steps are raw records: nothing is known about calls, prompts or results",
    "name the format with --format, or see `tracetui formats`",
)
_LANGFUSE_TRACES = Gap(
    "observations_not_exported",
    "these are Langfuse traces without their observations: input and output of each whole run, none of its calls",
    "export the observations (the table Observations, `GET /api/public/v2/observations`), or download a trace as JSON",
)
_OF_A_TRACE = frozenset(("id", "name", "timestamp", "userId", "sessionId", "tags", "release", "version"))
"""Fields of a row of Langfuse's table of traces, and of its API's list of them."""
_PARQUET = b"PAR1"
_CONVERT = (
    "python -c 'import pandas, sys; pandas.read_parquet(sys.argv[1]).reset_index()"
    """.to_json(sys.argv[2], orient="records", lines=True, date_format="iso")' IN.parquet OUT.jsonl"""
)


def detect(records: Records) -> Detection:
    return Detection(0.01, "no other format recognised it")


def read(records: Records, ledger: Ledger) -> list[Session]:
    if records.source.head.startswith(_PARQUET):
        raise UnreadableSourceError(
            f"{records.source.path}: is Parquet, which tracetui does not read",
            hint=f"convert it where pandas is: {_CONVERT}",
        )
    if looks_binary(records.source.head):
        raise UnreadableSourceError(
            f"{records.source.path}: is binary, not a trace that tracetui reads",
            hint="`tracetui formats` lists what it reads",
        )
    if records.source.head.lstrip()[:15].lower().startswith((b"<!doctype", b"<html")):
        raise UnreadableSourceError(
            f"{records.source.path}: is an HTML page, not a trace", hint="a login page saved in place of the download?"
        )
    if records.shape == "opaque" and records.source.head.lstrip().startswith((b"{", b"[")):
        ledger.note(f"not read as JSON: {_why_no_json(records)}")
    builder = SessionBuilder(records.source.path.rsplit("/", 1)[-1])
    rows: list[Any] = []
    for record in _records(records, ledger):
        rows = rows or [record.value]
        builder.step("other", record.source, attributes={"record": record.value})
        ledger.claim()
    gap = _LANGFUSE_TRACES if _is_langfuse_trace(next(iter(rows), None)) else _NOT_RECOGNISED
    if gap is _LANGFUSE_TRACES:
        ledger.note(f"{gap.effect}; {gap.remedy}")
    builder.gap(gap)
    return [builder.build()] if builder.steps else []


def _is_langfuse_trace(value: Any) -> bool:
    """One, or a page of them, whose `observations` are counted or named by their ids alone."""
    held = value.get("data") if isinstance(value, dict) else None
    first = held[0] if isinstance(held, list) and held else value
    return isinstance(first, dict) and first.keys() >= _OF_A_TRACE


def looks_binary(head: bytes) -> bool:
    """Whether more than a tenth of the first bytes are such that text has no use for: controls, and what is not UTF-8."""
    start = head[:4096]
    text = start.decode("utf-8", "surrogateescape")
    odd = sum((c < " " and c not in "\t\n\v\f\r\x1b") or "\udc80" <= c <= "\udcff" for c in text)
    return odd > _BINARY_SHARE * max(1, len(start))


def _why_no_json(records: Records) -> str:
    try:
        decode(records.source.data)
    except ValueError as problem:
        return str(problem)
    return "neither an object nor a list"


def _records(records: Records, ledger: Ledger) -> Iterator[Record]:
    if records.shape == "document":
        yield from records.items() if isinstance(records.document, list) else [records.whole()]
    elif records.shape in ("lines", "table"):
        yield from records.lines(ledger)
    else:
        for line in records.source.lines():
            if line.data.strip():
                text = line.data.decode("utf-8", "surrogateescape")
                yield Record(text, SourceRef(records.source.path, line.offset, len(line.data), line.number))
