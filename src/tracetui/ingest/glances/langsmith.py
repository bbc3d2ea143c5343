"""A run of LangSmith."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    session=("trace_id",),
    kind=("run_type", {"llm": "llm_call", "tool": "tool_call", "retriever": "retrieval", "chain": "workflow"}),
    failed=("error",),
    status=("status",),
    tokens=("prompt_tokens", "completion_tokens"),
    between=("start_time", "end_time"),
)
