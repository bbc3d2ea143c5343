"""An event of CrewAI; a file is one run."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    kind=(
        "type",
        {
            "llm_call_completed": "llm_call",
            "llm_call_failed": "llm_call",
            "tool_usage_finished": "tool_call",
            "tool_usage_error": "tool_call",
            "task_failed": "error",
        },
    ),
    failed=("error",),
    tokens=("usage/prompt_tokens", "usage/completion_tokens"),
)
