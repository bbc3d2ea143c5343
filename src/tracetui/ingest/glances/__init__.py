"""One small table a format of lines: where a line says what it is. See `ingest.glance`."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from tracetui.ingest.glance import BLANK, Glance, Look, looked

OWN: tuple[str, ...] = (
    "session_trace",
    "otlp",
    "span_dump",
    "http_pairs",
    "langfuse",
    "langsmith",
    "openai_agents",
    "openhands",
    "gemini_cli",
    "crewai_events",
    "autogen_log",
    "ag2_events",
    "mcp_log",
    "openclaw_telemetry",
    "claude_code",
    "codex",
)
"""The formats that have a table of their own, as their modules are called."""


@cache
def glance_of(format_name: str) -> Glance:
    """How the lines of a format are looked at; by the names that most loggers use where it has no table of its own."""
    module = format_name.replace("-", "_")
    glance: Glance = import_module(f"{__name__}.{module if module in OWN else 'any_line'}").GLANCE
    return glance


def look_at(format_name: str, line: bytes) -> Look | None:
    """What one line of a format is; None for a blank one, and for one that the format cannot read."""
    glance = glance_of(format_name)
    found = looked(glance, line)
    return glance.look(found) if found is not None and found is not BLANK else None
