"""An event of OpenClaw's telemetry; a file is one run, its sub-agents are windows of it."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    kind=(
        "type",
        {"llm.usage": "llm_call", "tool.end": "tool_call", "tool.start": "tool_call", "message.in": "message"},
    ),
    failed=("error",),
    tokens=("inputTokens", "outputTokens", "cacheTokens"),
    milliseconds="durationMs",
)
