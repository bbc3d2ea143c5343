"""Which formats a source can be at all, told without loading their modules: importing all readers takes longer than most reading.

A format whose detection would say anything needs some bytes in the source: a key that it looks for, as JSON writes it. Where
none of them is there, or its score could not beat the best so far, it is not asked. Of large sources nothing is ruled out.
"""

from __future__ import annotations

from typing import NamedTuple

_SEARCHED_BYTES = 1 << 20


class Hint(NamedTuple):
    """What the detection of a format needs, and the highest score that it gives."""

    most: float
    holds: tuple[bytes, ...] = ()
    """One of these is in every source of the format; no hint where it is empty."""
    begins: tuple[bytes, ...] = ()
    """Every source of the format begins with one of these; no hint where it is empty."""


_SQLITE = (b"SQLite format 3\x00",)
HINTS: dict[str, Hint] = {
    "session_trace": Hint(0.95, (b"session_id",)),
    "otlp": Hint(
        0.97,
        (
            b"resourceSpans",
            b"resource_spans",
            b"batches",
            b"resourceLogs",
            b"resource_logs",
            b"scopeSpans",
            b"scope_spans",
            b"scopeLogs",
            b"scope_logs",
        ),
    ),
    # A protobuf message begins with its first field, a framed file with a length of 4 bytes or with a varint over 127.
    "otlp_protobuf": Hint(0.97, begins=(b"\x0a", b"\x00", *(bytes([byte]) for byte in range(0x80, 0x100)))),
    "span_dump": Hint(
        0.93,
        (
            b"span_id",
            b"SpanId",
            b"traceId",
            b"context.trace_id",
            b"span.kind",
            b"operation.name",
            b"start_time",
            b"op_name",
        ),
    ),
    "jaeger": Hint(0.95, (b"processes",)),
    "http_pairs": Hint(0.95, (b"entries", b"request")),
    "langfuse": Hint(0.95, (b"observations", b"traceId", b"parent_observation_id")),
    "langsmith": Hint(0.94, (b"run_type",)),
    "openai_agents": Hint(0.96, (b"trace", b"$schemaVersion")),
    "openhands": Hint(0.95, (b"source",)),
    "gemini_cli": Hint(0.96, (b"projectHash",)),
    "opencode": Hint(0.96, (b"projectID", b"directory", b"parts", b"sessionID")),
    "pydantic_ai": Hint(0.95, (b"parts",)),
    "autogen_log": Hint(
        0.94, (b"LLMCall", b"LLMStream", b"tool_name", b"delivery_stage", b"MessageDropped", b"exception")
    ),
    "autogen_agentchat": Hint(0.94, (b"source",)),
    "ag2_events": Hint(0.95, (b"ag2.",)),
    "adk_session": Hint(0.95, (b"appName", b"app_name")),
    "crewai_events": Hint(0.94, (b"event_id", b"emission_sequence")),
    "mcp_log": Hint(0.9, (b"jsonrpc",)),
    "openclaw_telemetry": Hint(0.92, (b"sessionKey", b"toolName", b"channel")),
    "langgraph_checkpoints": Hint(0.97, (b"checkpoint",)),
    "opencode_tree": Hint(0.9, (b"projectID", b"sessionID")),
    "anthropic_agents": Hint(0.95, (b"processed_at", b"beta.sessions.")),
    "smolagents_memory": Hint(0.95, (b"model_input_messages",)),
    "opencode_store": Hint(0.96, begins=_SQLITE),
    "adk_store": Hint(0.95, begins=_SQLITE),
    "openai_agents_store": Hint(0.97, begins=_SQLITE),
    "autogen_store": Hint(0.97, begins=_SQLITE),
    "swe_agent": Hint(0.96, (b"trajectory",)),
    "mini_swe_agent": Hint(0.97, (b"mini", b"extra", b"FINAL_OUTPUT", b"returncode")),
    "tau2": Hint(0.96, (b"simulations",)),
    "atif": Hint(0.98, (b"ATIF-v",)),
    "codex": Hint(0.95, (b"payload", b"timestamp")),
    "inspect_log": Hint(0.98, (b"PK", b"eval")),
    "tau_bench": Hint(0.95, (b"traj",)),
    "autogen_chat": Hint(0.9, (b"role",)),
    "anthropic_messages": Hint(0.9, (b"role", b"messages")),
    "openai_responses": Hint(0.85),
    "openai_chat": Hint(0.8, (b"role", b"messages")),
    "claude_code": Hint(0.96, (b"sessionId", b"messageId", b"leafUuid", b"subtype", b"parent_tool_use_id")),
    "raw": Hint(0.01),
}
"""By module of the format. One without a line here is always asked."""
_ANY = Hint(1.0)


def may_beat(module: str, data: bytes, score: float) -> bool:
    """Whether the format could give the source with these bytes a higher score."""
    hint = HINTS.get(module, _ANY)
    if hint.most <= score or (hint.begins and not data.startswith(hint.begins)):
        return False
    return not hint.holds or len(data) > _SEARCHED_BYTES or any(needle in data for needle in hint.holds)
