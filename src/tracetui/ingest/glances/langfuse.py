"""An observation of Langfuse, or a trace with its observations."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    session=("traceId", "trace_id", "trace/id", "id"),
    kind=("type", {"GENERATION": "llm_call", "TOOL": "tool_call", "RETRIEVER": "retrieval", "AGENT": "agent"}),
    status=("level",),
    failing=frozenset(("ERROR",)),
    tokens=("usageDetails/input", "usageDetails/output", "usage_details/input", "usage_details/output"),
    between=("startTime", "endTime"),
)
