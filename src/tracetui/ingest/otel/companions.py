"""Files that belong to a file of spans: log records that hold its messages, and the parts of a rotated file.

The collector rotates by a time before the suffix (`traces-2026-02-03T10-00-00.000.jsonl`). Log records are looked for
only where spans come without messages, and spans where there are log records alone, among the files of the same folder;
trace and span ids decide what is joined.
"""

from __future__ import annotations

import os
import re
from itertools import islice

from tracetui.ingest.arrangement import documents
from tracetui.ingest.neighbours import neighbours
from tracetui.ingest.otel.dialects import content_of
from tracetui.ingest.otel.fields import step_kind
from tracetui.ingest.otel.json_file import json_telemetry, what_json_holds
from tracetui.ingest.otel.protobuf_file import protobuf_telemetry, what_bytes_hold
from tracetui.ingest.otel.sessions import sessions_of
from tracetui.ingest.otel.telemetry import Telemetry
from tracetui.ingest.otel.uploaded import with_uploads
from tracetui.ingest.records import Records
from tracetui.ingest.report import Ledger
from tracetui.model import Session

MAX_COMPANION_BYTES = 512 << 20
"""Companions that are larger together are left out, and the report says so."""
_MAX_FILES = 200
_HEAD_BYTES = 4096
_SUFFIXES = (".json", ".jsonl", ".ndjson", ".gz", ".zst", ".pb", ".bin", ".log")
_ROTATED = re.compile(r"(.*?)(?:-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d{3})?)?(\.[A-Za-z][\w.]*)\Z")
_LOGS_IN_HEAD = (b"resourceLogs", b"resource_logs", b"gen_ai.")
_SPANS_IN_HEAD = (b"resourceSpans", b"resource_spans", b"batches", b"gen_ai.")


def file_telemetry(records: Records, ledger: Ledger) -> Telemetry:
    """The spans and log records of one OTLP file, in JSON or protobuf."""
    if what_bytes_hold(records.source.data)[0]:
        return protobuf_telemetry(records, ledger)
    return json_telemetry(records, documents(records, ledger), ledger)


def read_otlp(records: Records, ledger: Ledger) -> list[Session]:
    """The sessions in an OTLP file of either encoding and in the files beside it that belong to it."""
    spans = with_companions(records, file_telemetry(records, ledger), ledger).joined(ledger)
    return sessions_of(with_uploads(records, spans, ledger))


def with_companions(records: Records, found: Telemetry, ledger: Ledger) -> Telemetry:
    """What the file holds, and what the files beside it add to it."""
    only_logs = not found.spans
    for name in _candidates(records, found):
        companion = records.beside(name)
        if companion is None:
            continue
        account = Ledger()
        more = file_telemetry(companion, account) if _is_otlp(companion) else Telemetry([], [])
        if more.concerns(found) or (more.spans and _stem(name) == _stem(os.path.basename(records.source.path))):
            ledger.take(account)
            ledger.note(f"{name}: {len(more.spans)} spans and {len(more.logs)} log records joined")
            found = found.with_more(more)
        else:
            records.neighbours.remove(companion)
    records.is_part = only_logs and bool(found.spans)
    return found


def _candidates(records: Records, found: Telemetry) -> list[str]:
    """Names in the folder of the source that may belong to it."""
    path = records.source.path
    own = os.path.basename(path)
    marks: tuple[bytes, ...] = _SPANS_IN_HEAD if not found.spans else ()
    if any(step_kind(span) == "llm_call" and content_of(span) is None for span in found.spans):
        marks = _LOGS_IN_HEAD
    chosen, size = [], 0
    beside = (file for file in neighbours(path, head_bytes=_HEAD_BYTES) if _may_hold_telemetry(file.name))
    for file in islice(beside, _MAX_FILES):
        if _stem(file.name) == _stem(own) or (marks and _may_hold(file.head, marks)):
            size += file.size
            if size <= MAX_COMPANION_BYTES:
                chosen.append(file.name)
    return chosen


def _may_hold_telemetry(name: str) -> bool:
    return name.endswith(_SUFFIXES) or "." not in name


def _stem(name: str) -> str:
    """The name without the time of its rotation and without its packing; the name itself where it is no rotated file's."""
    name = name.removesuffix(".gz").removesuffix(".zst")
    matched = _ROTATED.match(name)
    return f"{matched[1]}{matched[2]}" if matched else name


def _may_hold(head: bytes, marks: tuple[bytes, ...]) -> bool:
    packed = head.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")) or head[4:8] == b"\x28\xb5\x2f\xfd"
    return packed or any(mark in head for mark in marks)


def _is_otlp(records: Records) -> bool:
    if what_bytes_hold(records.source.data)[0]:
        return True
    return any(what_json_holds(value)[0] for value in records.sample[:3])
