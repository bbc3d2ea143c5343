"""What OTLP files hold, whatever their encoding: spans, and log records with the ids of the spans they belong to.

A log record that holds messages of a call whose span is in no file stands for that span: some programs record their
calls as log records alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from tracetui.ingest.otel.dialects.events import DETAILS, holds_messages, values_of
from tracetui.ingest.otel.span import Span, SpanEvent
from tracetui.ingest.report import Ledger
from tracetui.model import SourceRef


class LogRecord(NamedTuple):
    """A log record as the event that it is of its span."""

    trace_id: str
    span_id: str
    event: SpanEvent
    source: SourceRef


class Telemetry(NamedTuple):
    """The spans and log records of one file, or of several that belong together."""

    spans: list[Span]
    logs: list[LogRecord]

    def with_more(self, other: Telemetry) -> Telemetry:
        """Both files' spans and log records."""
        return Telemetry([*self.spans, *other.spans], [*self.logs, *other.logs])

    def concerns(self, other: Telemetry) -> bool:
        """Whether a span or a log record here belongs to a trace of the other file."""
        return not self._traces.isdisjoint(other._traces)

    @property
    def _traces(self) -> set[str]:
        return ({span.trace_id for span in self.spans} | {log.trace_id for log in self.logs}) - {""}

    def joined(self, ledger: Ledger) -> list[Span]:
        """The spans, each with the log records that name it, in order of time; what log records alone tell, as spans.

        Log records are claimed here; one without a span and without messages is listed.
        """
        logs: dict[tuple[str, str], list[LogRecord]] = defaultdict(list)
        for log in self.logs:
            logs[log.trace_id, log.span_id].append(log)
        found = []
        for span in self.spans:
            told = _in_order(logs.pop((span.trace_id, span.span_id), ()))
            ledger.claim(len(told))
            found.append(_with_details(msgspec.structs.replace(span, events=(*span.events, *_events(told)))))
        return found + _calls_in_logs(logs, ledger)


def _calls_in_logs(logs: dict[tuple[str, str], list[LogRecord]], ledger: Ledger) -> list[Span]:
    found = []
    for (trace_id, span_id), records in logs.items():
        told = _in_order(log for log in records if holds_messages(log.event))
        for log in records:
            if not holds_messages(log.event):
                ledger.skip(log.source, "a log record that names no span here")
        for group in [told] if span_id else [[log] for log in told]:
            if group:
                ledger.claim(len(group))
                found.append(_call(trace_id, span_id, group))
    if found:
        ledger.note(f"{len(found)} calls are known from log records alone: their spans are in no file here")
    return found


def _call(trace_id: str, span_id: str, logs: list[LogRecord]) -> Span:
    """The call that log records tell of; when it ended is the time of the last of them."""
    attributes = {key: value for log in logs for key, value in log.event.attributes.items() if key != "event.name"}
    model = attributes.get("gen_ai.request.model") or ""
    return Span(
        trace_id=trace_id,
        span_id=span_id,
        parent_id=None,
        name=f"{attributes.get('gen_ai.operation.name') or 'chat'} {model}".strip(),
        source=logs[0].source,
        attributes=attributes,
        start_ns=logs[0].event.time_ns,
        events=_events(logs),
    )


def _with_details(span: Span) -> Span:
    """What the event of an inference tells is told of its span, where that does not say it itself."""
    if not any(event.name == DETAILS for event in span.events):
        return span
    told = {key: value for event in span.events if event.name == DETAILS for key, value in values_of(event).items()}
    return msgspec.structs.replace(span, attributes=told | span.attributes)


def _in_order(logs: Iterable[LogRecord]) -> list[LogRecord]:
    return sorted(logs, key=lambda log: log.event.time_ns or 0)


def _events(logs: Iterable[LogRecord]) -> tuple[SpanEvent, ...]:
    return tuple(log.event for log in logs)
