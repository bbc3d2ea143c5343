"""A span of Phoenix, of a nested export, of ClickHouse's `otel_traces`, or of Zipkin."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    session=("context/trace_id", "context.trace_id", "TraceId", "traceId", "trace_id"),
    kind=("span_kind", {"LLM": "llm_call", "TOOL": "tool_call", "AGENT": "agent", "CHAIN": "workflow"}),
    status=("status_code", "StatusCode", "status/code", "status/status_code"),
    failing=frozenset((2, "ERROR", "Error", "STATUS_CODE_ERROR", "StatusCode.ERROR")),
    tokens=(
        "attributes/llm.token_count.prompt",
        "attributes/llm.token_count.completion",
        "attributes/llm/token_count/prompt",
        "attributes/llm/token_count/completion",
        "SpanAttributes/gen_ai.usage.input_tokens",
        "SpanAttributes/gen_ai.usage.output_tokens",
    ),
    between=("start_time", "end_time"),
)
