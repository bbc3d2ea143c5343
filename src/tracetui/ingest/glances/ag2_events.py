"""An event of AG2 1.x; a file is one stream."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    kind=(
        "type",
        {
            "ag2.events.input_events.ModelRequest": "message",
            "ag2.events.types.ModelResponse": "llm_call",
            "ag2.events.tool_events.ToolResultEvent": "tool_call",
            "ag2.events.tool_events.ToolErrorEvent": "tool_call",
            "ag2.compact.CompactionSummary": "compaction",
        },
    ),
    failed=("data/error",),
    tokens=("data/usage/data/prompt_tokens", "data/usage/data/completion_tokens"),
)
