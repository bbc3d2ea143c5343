"""A span as a tool dumps it outside OTLP: where it names its trace and its status, the layouts say."""

from __future__ import annotations

from collections.abc import Iterable

from tracetui.ingest.glance import table
from tracetui.ingest.otel.layouts import LAYOUTS


def _either(names: Iterable[str]) -> tuple[str, ...]:
    """A dot in a name stands for an object inside another, or for itself."""
    return tuple(dict.fromkeys(way for name in names if name for way in (name.replace(".", "/"), name)))


GLANCE = table(
    session=_either(layout.trace_id for layout in LAYOUTS),
    kind=("span_kind", {"LLM": "llm_call", "TOOL": "tool_call", "AGENT": "agent", "CHAIN": "workflow"}),
    failed=("error", "exception"),
    status=(*_either(name for layout in LAYOUTS for name in layout.status), "status/code", "status/status_code"),
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
