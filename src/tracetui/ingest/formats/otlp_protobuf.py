"""OTLP traces and logs as protobuf: one export request, or the collector's file of requests with a length before each.

A file exporter that compresses writes each request as a Zstandard frame of its own; such files arrive here unpacked.
"""

from __future__ import annotations

from tracetui.ingest.otel.companions import read_otlp
from tracetui.ingest.otel.protobuf_file import what_bytes_hold
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Session

NAME = "otlp-protobuf"
TITLE = "OTLP traces (protobuf)"
RULE = "Bytes that decode as `ExportTraceServiceRequest`, alone or each with its length before it: 4 bytes or a varint."
KEEPS = "Prompts recorded where content capture was on, else absent; times and sub-agents always."
LOSES = "What the exporter's limits cut, which is counted."
EXPORT = "The collector's `file` exporter with `format: proto`, or Tempo with `Accept: application/protobuf`."


def detect(records: Records) -> Detection:
    what, how = what_bytes_hold(records.source.data)
    return Detection(0.97 if what == "spans" else 0.6, f"{what}: {how}") if what else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    return read_otlp(records, ledger)
