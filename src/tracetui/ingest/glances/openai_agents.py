"""A trace or a span of the OpenAI Agents SDK."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    session=("trace_id", "id"),
    kind=(
        "span_data/type",
        {
            "generation": "llm_call",
            "response": "llm_call",
            "function": "tool_call",
            "agent": "agent",
            "handoff": "handoff",
            "guardrail": "guardrail",
        },
    ),
    failed=("error",),
    tokens=("span_data/usage/input_tokens", "span_data/usage/output_tokens"),
    between=("started_at", "ended_at"),
)
