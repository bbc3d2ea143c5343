"""A line of a Codex rollout. Only its first line names the thread."""

from __future__ import annotations

from typing import Any

import msgspec

from tracetui.ingest.glance import Glance, Look, count
from tracetui.model import StepKind

_ITEMS: dict[Any, StepKind] = {
    "message": "message",
    "reasoning": "llm_call",
    "function_call": "tool_call",
    "function_call_output": "tool_call",
    "custom_tool_call": "tool_call",
    "custom_tool_call_output": "tool_call",
    "local_shell_call": "tool_call",
    "web_search_call": "tool_call",
}


class _Usage(msgspec.Struct, gc=False):
    total_tokens: Any = None


class _Info(msgspec.Struct, gc=False):
    last_token_usage: _Usage | None = None


class _Payload(msgspec.Struct, gc=False):
    type: Any = None
    id: Any = None
    role: Any = None
    info: _Info | None = None


class _Line(msgspec.Struct, gc=False):
    type: Any = None
    payload: _Payload | None = None
    id: Any = None
    role: Any = None


def _look(line: _Line) -> Look:
    payload = line.payload or _Payload()
    item = payload if line.type == "response_item" else line
    kind: StepKind | None = _ITEMS.get(item.type) if type(item.type) is str else None
    if kind == "message" and item.role == "assistant":
        kind = "llm_call"
    if line.type == "compacted":
        kind = "compaction"
    used = payload.info.last_token_usage if payload.info is not None else None
    named = payload.id if line.type == "session_meta" else line.id if line.type is None else None
    return Look(
        kind,
        named if type(named) is str else None,
        payload.type in ("error", "stream_error", "turn_aborted"),
        0 if used is None else count(used.total_tokens),
    )


GLANCE = Glance(_Line, _look, carries_on=True)
