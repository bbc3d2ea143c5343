"""OTLP traces as JSON: a document, JSON lines, or the envelopes of Tempo and Jaeger v3. Log records beside are joined."""

from __future__ import annotations

from tracetui.ingest.otel.companions import read_otlp
from tracetui.ingest.otel.json_file import what_json_holds
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Session

NAME = "otlp"
TITLE = "OTLP traces (JSON)"
RULE = "`resourceSpans` (or snake case, or `batches`) at the top, under `trace` or `result`, or in a list; also `resourceLogs`."
KEEPS = (
    "Prompts recorded where content capture was on, in spans, in log records or in uploaded files beside them, else "
    "absent; times and sub-agents always."
)
LOSES = "What the exporter's limits cut, which is counted."
EXPORT = (
    "The collector's `file` exporter, Tempo's `/api/v2/traces/ID`, or Jaeger's `/api/v3/traces/ID`. For messages set "
    "`OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_AND_EVENT` and "
    "`OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental` in the traced program."
)


def detect(records: Records) -> Detection:
    for value in records.sample:
        what, key = what_json_holds(value)
        if what:
            spans = what == "spans"
            return Detection(0.97 if spans else 0.6, f"holds {key}" + ("" if spans else ": log records without spans"))
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    return read_otlp(records, ledger)
