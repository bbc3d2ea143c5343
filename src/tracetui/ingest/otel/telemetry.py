"""What OTLP files hold, whatever their encoding: spans, and log records with the ids of the spans they belong to."""

from __future__ import annotations

from typing import NamedTuple

from tracetui.ingest.otel.envelope import attach_logs
from tracetui.ingest.otel.span import Span, SpanEvent


class Telemetry(NamedTuple):
    """The spans and log records of one file, or of several that belong together."""

    spans: list[Span]
    logs: list[tuple[str, str, SpanEvent]]
    """Trace id, span id and the record as an event."""

    def with_more(self, other: Telemetry) -> Telemetry:
        """Both files' spans and log records."""
        return Telemetry([*self.spans, *other.spans], [*self.logs, *other.logs])

    def concerns(self, other: Telemetry) -> bool:
        """Whether a span or a log record here belongs to a trace of the other file."""
        traces = {span.trace_id for span in other.spans}
        return any(span.trace_id in traces for span in self.spans) or any(log[0] in traces for log in self.logs)

    def joined(self) -> list[Span]:
        """The spans, each with the log records that name it."""
        return attach_logs(self.spans, self.logs)
