"""A line of a Gemini CLI session. Only its first line names the session."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    session=("sessionId",),
    kind=("type", {"user": "message", "gemini": "llm_call", "error": "error"}),
    tokens=("tokens/total",),
    carries_on=True,
)
