"""What shows whose messages a source holds: provider dialects share field names, so each is told by what only it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.arrangement import Arrangement
from tracetui.ingest.chat import STANDARD_ROLES
from tracetui.ingest.fields import list_field, object_field

_ANTHROPIC_BLOCKS = frozenset(("tool_use", "tool_result", "thinking", "redacted_thinking"))


def anthropic_traits(found: Arrangement) -> str:
    """What shows that messages are Anthropic's, in words; empty where nothing does."""
    roles = {_role(message) for message in found.messages}
    if roles & {"system", "developer", "tool", "function"} or any(_has_calls(message) for message in found.messages):
        return ""
    blocks = {kind for message in found.messages for kind in _block_types(message)} & _ANTHROPIC_BLOCKS
    if blocks:
        return f"content blocks of type {sorted(blocks)[0]}"
    for request in found.requests:
        if request.get("system"):
            return "`system` beside `messages`"
        if any("input_schema" in object_field(tool) for tool in list_field(request.get("tools"))):
            return "tools with `input_schema`"
        if str(request.get("model")).startswith("claude"):
            return "a Claude model and no system message"
    return ""


def group_chat_traits(found: Arrangement) -> str:
    """What shows that the speakers are agents of a group chat, in words; empty where nothing does."""
    if found.kind != "messages" or any(_has_calls(message) for message in found.messages):
        return ""
    strange = sorted({role for role in map(_role, found.messages) if role not in STANDARD_ROLES})
    if strange:
        return f"roles that name agents, such as {strange[0]!r}"
    talk = [object_field(message) for message in found.messages if _role(message) in ("user", "assistant")]
    names = {message["name"] for message in talk if isinstance(message.get("name"), str)}
    return f"{len(names)} speakers told apart by `name`" if len(names) > 1 else ""


def session_trace_traits(found: Arrangement) -> bool:
    """Whether the records are steps of a session trace, which may hold `messages` or `role` and `content` too."""
    rows = found.requests if found.requests else found.messages
    return any({"session_id", "step", "type"} <= object_field(row).keys() for row in rows)


def _role(message: Any) -> str:
    return str(object_field(message).get("role", ""))


def _has_calls(message: Any) -> bool:
    return bool(list_field(object_field(message).get("tool_calls")))


def _block_types(message: Any) -> Iterable[str]:
    return (str(object_field(block).get("type")) for block in list_field(object_field(message).get("content")))
