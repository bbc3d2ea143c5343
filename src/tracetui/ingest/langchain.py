"""LangChain messages, serialised by constructor (`{lc, type, id, kwargs}`) or as plain objects, in the chat shape."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.chat import STANDARD_ROLES
from tracetui.ingest.fields import list_field, object_field, text_field

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


def with_written(before: list[Any], written: list[Any]) -> list[Any]:
    """Messages as LangGraph's own reducer adds them: one with a known id replaces it, a removal takes it out."""
    held = {message_key(item, number): item for number, item in enumerate(before)}
    for item in written:
        key = message_key(item, len(held))
        if _is_removal(item):
            held = {} if key == "__remove_all__" else {known: one for known, one in held.items() if known != key}
        elif chat_shaped(item) is not None:
            held[key] = item
    return list(held.values())


def _is_removal(item: Any) -> bool:
    value = object_field(item)
    named = value.get("id")
    return value.get("type") == "remove" or (isinstance(named, list) and named[-1:] == ["RemoveMessage"])


def langchain_fields(item: Any) -> dict[str, Any]:
    """What a message was made with; of one that is a plain object, itself."""
    value = object_field(item)
    return object_field(value.get("kwargs")) if value.get("lc") else value


def chat_shaped(item: Any) -> dict[str, Any] | None:
    """A message in the chat shape; None for anything else."""
    shaped = langchain_message(item)
    known = isinstance(shaped, dict) and shaped.get("role") in STANDARD_ROLES and "content" in shaped
    return shaped if known else None


def message_key(item: Any, number: int) -> str:
    """A message's id; its place where it has none."""
    return text_field(langchain_fields(item).get("id")) or f"message {number}"
