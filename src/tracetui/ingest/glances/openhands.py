"""An event of OpenHands; a file is one conversation."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    kind=(
        "kind",
        {
            "ActionEvent": "tool_call",
            "ObservationEvent": "tool_call",
            "MessageEvent": "message",
            "Condensation": "compaction",
            "AgentErrorEvent": "error",
        },
    ),
    failed=("observation/is_error", "error", "code"),
)
