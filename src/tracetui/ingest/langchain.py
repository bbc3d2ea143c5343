"""LangChain messages, serialised by constructor (`{lc, type, id, kwargs}`) or as plain objects, in the chat shape."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.fields import list_field, object_field

_ROLES = {
    "Human": "user",
    "System": "system",
    "AI": "assistant",
    "Tool": "tool",
    "Function": "function",
    "Developer": "developer",
}
_TYPES = {"human": "user", "ai": "assistant"}


def langchain_message(value: Any) -> Any:
    """A LangChain message, serialised by constructor or as an object, in the chat shape; anything else unchanged."""
    if not isinstance(value, dict):
        return value
    inner = object_field(value.get("kwargs")) if value.get("lc") else object_field(value.get("data")) or value
    named = str((value.get("id") or [""])[-1]) if isinstance(value.get("id"), list) else ""
    kind = str(value.get("type") or "") if not value.get("lc") else ""
    role = (
        inner.get("role") or _ROLES.get(named.removesuffix("Chunk").removesuffix("Message")) or _TYPES.get(kind, kind)
    )
    if not role:
        return value
    calls = inner.get("tool_calls") or object_field(inner.get("additional_kwargs")).get("tool_calls")
    shaped = [
        c if "function" in c else {"id": c.get("id"), "function": {"name": c.get("name"), "arguments": c.get("args")}}
        for c in list_field(calls)
        if isinstance(c, dict)
    ]
    message = {"role": role, "content": inner.get("content"), "tool_calls": shaped, "name": inner.get("name")}
    if inner.get("tool_call_id"):
        message["tool_call_id"] = inner["tool_call_id"]
    return message
