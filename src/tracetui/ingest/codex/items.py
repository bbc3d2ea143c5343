"""Response items of a rollout: what a model returned, what was put before it, and how a call ended."""

from __future__ import annotations

import re
from typing import Any

from tracetui.ingest.fields import count_field, list_field, object_field, text_field
from tracetui.ingest.messages import decoded, parts_of_content, tool_definitions
from tracetui.model import (
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    SourceRef,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
    Usage,
)

CALLS = frozenset(("function_call", "custom_tool_call", "local_shell_call", "tool_search_call", "web_search_call"))
OUTPUTS = frozenset(
    ("function_call_output", "custom_tool_call_output", "tool_search_output", "local_shell_call_output")
)
COMPACTIONS = frozenset(("compaction", "compaction_summary", "context_compaction"))
"""Items that stand for a window which the provider has compacted; what they hold is encrypted."""
LEGACY_ITEMS = CALLS | OUTPUTS | {"message", "reasoning"}
TYPES = frozenset(
    """session_meta response_item event_msg turn_context compacted world_state token_usage_record
    inter_agent_communication inter_agent_communication_metadata retained_context security_risk_score
    realtime_item""".split()  # noqa: SIM905
)
SHOWN_ELSEWHERE = frozenset(
    ("user_message", "agent_message", "agent_reasoning", "agent_reasoning_raw_content", "context_compacted")
)
"""Events that only repeat items."""
TURN_STARTS, TURN_ENDS = ("task_started", "turn_started"), ("task_complete", "turn_complete", "turn_aborted")
_CONTEXTUAL = (
    "<environment_context>",
    "<user_instructions>",
    "<user_shell_command>",
    "<turn_aborted>",
    "<subagent_notification>",
    "<skill>",
    "# AGENTS.md instructions for ",
)
"""What the program's own messages in a user's name begin with."""
_EXIT_CODES = (re.compile(r"\AExit code: (-?\d+)\n"), re.compile(r"^Process exited with code (-?\d+)$", re.MULTILINE))
_HEAD = 400
"""Characters of a shell's answer in which the line with its exit code stands."""


def is_users_own(message: Message) -> bool:
    """Whether a person wrote this; the program puts instructions and surroundings in a user's name too."""
    if message.role != "user":
        return False
    first = next((part.content for part in message.parts if isinstance(part, TextPart)), "")
    return not first.lstrip().startswith(_CONTEXTUAL)


def output_parts(kind: str, item: dict[str, Any]) -> list[Part]:
    """What a model's item adds to its answer."""
    if kind == "message":
        return list(parts_of_content(item.get("content")))
    if kind == "reasoning":
        blocks = (object_field(block) for key in ("summary", "content") for block in list_field(item.get(key)))
        text = "\n".join(block["text"] for block in blocks if isinstance(block.get("text"), str))
        return [ReasoningPart(text)] if text else [OtherPart("reasoning", item)]
    if kind in CALLS:
        arguments = item.get("arguments", item.get("input", item.get("action")))
        call_id = text_field(item.get("call_id")) or text_field(item.get("id"))
        return [ToolCallPart(call_id, _name(kind, item), decoded(arguments))]
    return [OtherPart(kind or "item", item)]


def _name(kind: str, item: dict[str, Any]) -> str:
    name = text_field(item.get("name")) or kind.removesuffix("_call")
    space = text_field(item.get("namespace")) or ""
    return name if not space or name.startswith(space) else space + ("" if space.endswith("_") else ".") + name


def response(item: dict[str, Any]) -> ToolCallResponsePart:
    """A tool's answer, as the model saw it."""
    output = item.get("output", item.get("tools"))
    content = output.get("content") if isinstance(output, dict) and "content" in output else output
    return ToolCallResponsePart(text_field(item.get("call_id")), content)


def outcome(item: dict[str, Any]) -> dict[str, Any]:
    """Status and error of a tool step, as its output item tells them; nothing where it does not."""
    content, success = response(item).response, object_field(item.get("output")).get("success")
    return _exited(_exit_code(content)) if success is not False else {"status": "error", "error": _FAILED}


def ended(event: dict[str, Any]) -> dict[str, Any]:
    """Status, error and duration of a tool step, as the event at the end of a call tells them."""
    fields: dict[str, Any] = _exited(_whole(event.get("exit_code")))
    result = object_field(event.get("result"))
    if event.get("success") is True or "Ok" in result:
        fields = {"status": "ok"}
    if event.get("success") is False or object_field(result.get("Ok")).get("isError") is True:
        fields = {"status": "error", "error": _FAILED}
    elif "Err" in result:
        fields = {"status": "error", "error": text_field(result["Err"]) or _FAILED}
    took = object_field(event.get("duration"))
    seconds, rest = count_field(took.get("secs")), count_field(took.get("nanos"))
    return fields | ({} if seconds is None else {"duration_ns": seconds * 1_000_000_000 + (rest or 0)})


def _exited(code: int | None) -> dict[str, Any]:
    """Status and error of a command that ended with a code, where one is known."""
    if code is None:
        return {}
    return {"status": "error", "error": f"exit code {code}"} if code else {"status": "ok"}


def replacement(item: dict[str, Any], source: SourceRef) -> Message:
    """An item of a replacement history as a message of the new window."""
    kind = text_field(item.get("type")) or "message"
    if kind in OUTPUTS:
        return Message("tool", (response(item),), source=source)
    if kind == "message":
        return Message(text_field(item.get("role")) or "user", parts_of_content(item.get("content")), source=source)
    return Message("assistant", tuple(output_parts(kind, item)), source=source)


def definitions(tools: Any) -> tuple[ToolDefinition, ...]:
    """The tools that an item names, those inside a namespace under their own names."""
    flat: list[Any] = []
    for tool in map(object_field, list_field(tools)):
        flat += tool["tools"] if tool.get("type") == "namespace" and isinstance(tool.get("tools"), list) else [tool]
    return tool_definitions(flat)


def call_usage(counts: Any, *, derived: bool = True) -> Usage | None:
    """Input tokens include those from the cache already; derived, where it is not said which call they are of."""
    if not isinstance(counts, dict) or not counts:
        return None
    names = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_input_tokens")
    shown, written, read, stored = (count_field(counts.get(name)) for name in names)
    reasoning = count_field(counts.get("reasoning_output_tokens"))
    return Usage(shown, written, read, stored, reasoning, "derived" if derived else "recorded")


def _exit_code(content: Any) -> int | None:
    """Of a shell's answer: in its metadata, or in the lines that stand before what the command printed."""
    value = decoded(content)
    code = _whole(object_field(object_field(value).get("metadata")).get("exit_code"))
    if code is not None:
        return code
    head = content[:_HEAD].partition("\nOutput:")[0] + "\n" if isinstance(content, str) else ""
    found = next((match for pattern in _EXIT_CODES if (match := pattern.search(head))), None)
    return int(found[1][:9]) if found is not None else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_FAILED = "the tool reported an error"
