"""One line of a session trace: which fields there are, and what each becomes. Types that do not fit are kept as they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from sys import intern
from typing import TYPE_CHECKING, Any

from tracetui.ingest.messages import decoded, message_of, tool_definitions
from tracetui.ingest.times import parse_time_ns
from tracetui.model import RecordedPrompt, SourceRef, Status, StepKind, Usage
from tracetui.parts import json_text

if TYPE_CHECKING:
    from tracetui.ingest.records import Record

KINDS: dict[str, StepKind] = {
    "llm_call": "llm_call",
    "tool_call": "tool_call",
    "message": "message",
    "retrieval": "retrieval",
    "embedding": "embedding",
    "guardrail": "guardrail",
    "agent": "agent",
    "workflow": "workflow",
    "handoff": "handoff",
    "memory": "memory",
    "compaction": "compaction",
    "evaluation": "evaluation",
    "error": "error",
    "other": "other",
}
"""By `type`; any other type is a step of kind "other" that keeps its type among the attributes."""
FIELDS = frozenset(
    """session_id step type model input_tokens output_tokens cache_read_input_tokens cache_write_input_tokens
    reasoning_output_tokens ms summary tool args status flags ts messages prompt completion call_id result tools agent
    parent_step cost_usd error goal role name content""".split()  # noqa: SIM905
)
"""Every field with a meaning; the others are kept among the step's attributes."""
AMONG_ATTRIBUTES = frozenset(("context_window",))
"""Fields with a meaning that are looked for among the step's attributes, as in other formats."""
_OK = frozenset(("ok", "success", "succeeded", "completed", "done"))
_ERROR = frozenset(("error", "failed", "failure", "timeout", "cancelled", "canceled"))
_LONGEST_MS = 1e12


def is_row(value: Any) -> bool:
    """Whether a record is a step: it names its session and its type."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and isinstance(value.get("session_id"), (str, int))
    )


def step_number(row: dict[str, Any]) -> int | None:
    """`step` as people see it; None where it is missing or no whole number."""
    return whole(row.get("step"))


def common_fields(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of a `Step` that any kind of step can have, without its number and parent."""
    fields: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    for key, value in row.items():
        converter = _CONVERTERS.get(key)
        if converter is not None:
            name, convert = converter
            known = convert(value)
            if known is not None:
                fields[name] = known
        elif key not in FIELDS:
            attributes[key] = value
    usage = _usage(row)
    if usage is not None:
        fields["usage"] = usage
    if "error" in fields:
        fields["status"] = "error"
    if "status" in row and "status" not in fields:
        attributes["status"] = row["status"]
    if row["type"] not in KINDS:
        attributes["type"] = row["type"]
    if attributes:
        fields["attributes"] = attributes
    return fields


def arguments(row: dict[str, Any], source: SourceRef) -> dict[str, Any]:
    """`args` and `result`, where they are written."""
    fields: dict[str, Any] = {}
    if "args" in row:
        fields |= {"arguments": decoded(row["args"]), "arguments_source": inside(source, "/args")}
    if "result" in row:
        fields |= {"result": decoded(row["result"]), "has_result": True}
    return fields


def recorded_prompt(record: Record) -> RecordedPrompt | None:
    """`prompt`: a list of messages, an object with `messages`, `system` and `tools`, or plain text."""
    prompt = record.value.get("prompt")
    if prompt is None:
        return None
    held = prompt if isinstance(prompt, dict) and isinstance(prompt.get("messages"), list) else {"messages": prompt}
    messages, below = held["messages"], "/prompt/messages" if held is prompt else "/prompt"
    if not isinstance(messages, list):
        messages, below = [messages], "/prompt"
    system = message_of({"role": "system", "content": held.get("system")}).parts
    tools = tool_definitions(held.get("tools", record.value.get("tools")))
    found = [
        message_of(item, source=inside(record.source, f"{below}/{at}" if isinstance(held["messages"], list) else below))
        for at, item in enumerate(messages)
    ]
    return RecordedPrompt(messages=tuple(found), system=system, tools=tools, source=inside(record.source, "/prompt"))


def inside(source: SourceRef, pointer: str) -> SourceRef:
    """A place inside the record at `source`."""
    return SourceRef(source.path, source.offset, source.length, source.line, intern(source.pointer + pointer))


def text(value: Any) -> str | None:
    """Text as it is; a number, object or list as JSON; None for nothing."""
    if isinstance(value, str):
        return value
    return None if value is None or value is False else json_text(value)


def number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) else None


def whole(value: Any) -> int | None:
    """A whole number, also where it is written as a float or as digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19 else None


def status(written: Any) -> Status | None:
    """What a written status says; None for words that say neither."""
    word = str(written).lower()
    return "ok" if word in _OK else "error" if word in _ERROR else None


def _error(written: Any) -> str | None:
    """Nothing, an empty text or an empty list: there was none."""
    return text(written) if written not in ("", [], {}) else None


def _duration_ns(milliseconds: Any) -> int | None:
    known = number(milliseconds)
    return round(known * 1_000_000) if known is not None and 0 <= known < _LONGEST_MS else None


def _usage(row: dict[str, Any]) -> Usage | None:
    if "input_tokens" not in row and "output_tokens" not in row:
        return None
    shown, written = whole(row.get("input_tokens")), whole(row.get("output_tokens"))
    if shown is None and written is None:
        return None
    cache = whole(row.get("cache_read_input_tokens")), whole(row.get("cache_write_input_tokens"))
    return Usage(shown, written, *cache, whole(row.get("reasoning_output_tokens")))


def recorded_flags(flags: Any) -> tuple[str, ...] | None:
    """Names as recorded, also such as nobody knows; one name may stand without a list, or in an object."""
    listed: Sequence[Any] = flags if isinstance(flags, list) else [flags]
    names = (flag.get("kind") or flag.get("name") or flag if isinstance(flag, dict) else flag for flag in listed)
    return tuple(name for name in map(text, names) if name) or None


_CONVERTERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "summary": ("summary", text),
    "model": ("model", text),
    "agent": ("agent", text),
    "goal": ("goal", text),
    "error": ("error", _error),
    "tool": ("tool", text),
    "call_id": ("call_id", text),
    "status": ("status", status),
    "cost_usd": ("cost_usd", number),
    "ts": ("start_ns", parse_time_ns),
    "ms": ("duration_ns", _duration_ns),
    "flags": ("recorded_flags", recorded_flags),
}
"""By field of a line: the field of `Step`, and what makes it; None leaves it out."""
