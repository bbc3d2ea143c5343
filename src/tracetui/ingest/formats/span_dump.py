"""Spans as tools dump them outside OTLP: Phoenix, MLflow, Braintrust, Weave, nested trees, ClickHouse rows, Zipkin v2.

Each layout names where a span keeps its ids, times and attributes; the content is read as any span's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.arrangement import documents
from tracetui.ingest.fields import object_field, value_below
from tracetui.ingest.otel.layout import Layout
from tracetui.ingest.otel.layouts import layout_of
from tracetui.ingest.otel.sessions import sessions_of
from tracetui.ingest.otel.span import Span
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Session

NAME = "span-dump"
TITLE = "Span dumps: Phoenix, MLflow, Braintrust, Weave, ClickHouse, Zipkin"
RULE = (
    "Objects with a span id in a dump's own spelling: `context` (or a data frame's `context.span_id`), `child_spans`, "
    "`SpanAttributes` or Zipkin's `traceId`."
)
KEEPS = "Prompts recorded where the spans carry messages."
LOSES = "In ClickHouse's `Map` columns and in Zipkin the types of values, which are text there."
EXPORT = (
    "Phoenix: `GET /v1/projects/PROJECT/spans`, or "
    '`Client().get_spans_dataframe().reset_index().to_json(PATH, orient="records", lines=True)`; '
    "Braintrust: `GET /v1/project_logs/ID/fetch`; Weave: `client.get_calls(…)` as JSON lines; "
    "MLflow: `mlflow.get_trace(ID).to_json()`, or the `traces.json` among its artifacts; "
    "ClickHouse: `SELECT … FROM otel_traces FORMAT JSONEachRow`; Zipkin: `GET /api/v2/trace/ID`."
)

_LISTS = (("data",), ("spans",), ("trace", "spans"), ("data", "spans"), ("events",))
_NESTED = 2
"""Lists of lists of spans are looked into, as an API gives several traces; no deeper."""


def detect(records: Records) -> Detection:
    for value in records.sample:
        for item in _candidates(value):
            layout = layout_of(item)
            if layout is not None:
                return Detection(0.93, f"{layout.name}: {', '.join(sorted(item)[:6])}")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    spans: list[Span] = []
    about: dict[str, dict[str, Any]] = {}
    for record in documents(records, ledger):
        for traced in records.inside(record) if isinstance(record.value, list) else [record]:
            found = list(_spans(records, traced, ledger))
            if found and (told := object_field(object_field(traced.value).get("info"))):
                about[found[0].trace_id] = {f"trace.{key}": inner for key, inner in told.items() if inner}
            spans += found
    return sessions_of(spans, about=about)


def _candidates(value: Any, depth: int = 0) -> list[dict[str, Any]]:
    """The objects that would be spans: the value, its items, or the first items of the lists it holds."""
    if isinstance(value, list):
        return [found for item in value[:3] for found in _candidates(item, depth + 1)] if depth < _NESTED else []
    if not isinstance(value, dict):
        return []
    inner = [listed for path in _LISTS if isinstance(listed := value_below(value, path), list)]
    listed = [item for items in inner for item in items[:3] if isinstance(item, dict)]
    return [value, *_rows_of_columns(value)[:1], *listed]


def _spans(records: Records, record: Record, ledger: Ledger, depth: int = 0) -> Iterator[Span]:
    value = record.value
    layout = layout_of(value)
    if layout is not None:
        yield from _tree(records, record, layout, ledger)
        return
    paths: list[tuple[str, ...]] = (
        [()] if isinstance(value, list) else [path for path in _LISTS if isinstance(value_below(value, path), list)]
    )
    rows = _rows_of_columns(value) if isinstance(value, dict) else []
    if depth > _NESTED or not (paths or rows):
        ledger.skip(record.source, "no span in it" if not depth else "not a span")
        return
    for row in rows:
        yield from _spans(records, Record(row, record.source), ledger, _NESTED + 1)
    for path in paths:
        for item in records.inside(record, *path):
            yield from _spans(records, item, ledger, depth + 1)


def _tree(records: Records, record: Record, layout: Layout, ledger: Ledger) -> Iterator[Span]:
    ledger.claim()
    yield layout.span(record.value, record.source)
    if layout.children and isinstance(record.value.get(layout.children), list):
        for child in records.inside(record, layout.children):
            if isinstance(child.value, dict):
                yield from _tree(records, child, layout, ledger)
            else:
                ledger.skip(child.source, "not a span")


def _rows_of_columns(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a data frame that was written column by column, each column by the index of its rows."""
    times = value.get("start_time")
    if not isinstance(times, dict) or not all(isinstance(column, dict) for column in value.values()):
        return []
    rows = ({key: column.get(index) for key, column in value.items()} for index in times)
    return [{"context.span_id": index, **row} for index, row in zip(times, rows, strict=True)]
