"""Codex CLI rollouts: lines `{timestamp, type, payload}`, replayed forward as Codex itself rebuilds a thread.

Response items are the truth; event messages repeat them for display and serve for tokens, errors and exit codes.
Replay rules: `compacted` with a replacement history replaces the window; without one (older files) the window becomes
the user's messages and the summary; `thread_rolled_back` drops the last n user turns.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import count_field, object_field, text_field
from tracetui.ingest.messages import decoded, parts_of_content, tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.model import (
    ContextEdit,
    Gap,
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    Session,
    SourceRef,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    Usage,
)

NAME = "codex"
TITLE = "Codex CLI rollouts"
RULE = "Lines with a `payload` and a `type` such as session_meta, response_item, turn_context or event_msg."
KEEPS = "Prompts rebuilt by exact replay, compaction and rollback included; built-in tool definitions never recorded."
LOSES = "Built-in tool definitions; encrypted reasoning and compactions; what a truncation policy cut on replay."
EXPORT = "The files `~/.codex/sessions/**/rollout-*.jsonl` or `.jsonl.zst`, as they are."

_TYPES = {
    "session_meta",
    "response_item",
    "event_msg",
    "turn_context",
    "compacted",
    "world_state",
    "token_usage_record",
    "inter_agent_communication",
    "inter_agent_communication_metadata",
    "retained_context",
    "security_risk_score",
    "realtime_item",
}
_CALLS = {"function_call", "custom_tool_call", "local_shell_call", "tool_search_call", "web_search_call"}
_OUTPUTS = {"function_call_output", "custom_tool_call_output", "tool_search_output", "local_shell_call_output"}
_LEGACY_ITEMS = _CALLS | _OUTPUTS | {"message", "reasoning"}


def detect(records: Records) -> Detection:
    rows = [value for value in records.sample if isinstance(value, dict)]
    mine = [row for row in rows if row.get("type") in _TYPES and "payload" in row]
    if mine:
        return Detection(0.95 * len(mine) / len(rows), f"{len(mine)} of the first {len(rows)} lines are rollout items")
    if len(rows) > 1 and "type" not in rows[0] and {"id", "timestamp"} <= set(rows[0]) and _is_legacy(rows[1:]):
        return Detection(0.85, "a bare session line, then response items: an early rollout")
    return NOT_MINE


def _is_legacy(rows: list[dict[str, Any]]) -> bool:
    return all(row.get("type") in _LEGACY_ITEMS or "record_type" in row for row in rows)


def read(records: Records, ledger: Ledger) -> list[Session]:
    rollout = _Rollout(session_name(records))
    for record in records.lines(ledger):
        reason = rollout.add(record)
        if reason:
            ledger.skip(record.source, reason)
        else:
            ledger.claim()
    return [rollout.session()] if rollout.builder.steps else []


class _Rollout:
    """A thread while its lines are replayed."""

    def __init__(self, name: str) -> None:
        self.builder = SessionBuilder(name)
        self._model: str | None = None
        self._parts: list[Part] = []
        self._places: list[SourceRef] = []
        self._time: int | None = None
        self._last_call: int | None = None
        self._tokens: int | None = None
        self._window: list[Message] = []

    def add(self, record: Record) -> str:
        """Take one line; the reason why not, where it is not known."""
        row = record.value
        if not isinstance(row, dict):
            return "not an object"
        kind, payload = row.get("type"), row.get("payload")
        time = parse_time_ns(row.get("timestamp"))
        if payload is None:
            if kind in _LEGACY_ITEMS:
                self._item(row, record.source, time)
                return ""
            if "record_type" in row:
                return ""
            kind, payload = "session_meta", row
        if not isinstance(payload, dict):
            return "a payload that is no object"
        if kind == "response_item":
            self._item(payload, record.source, time)
        elif kind == "event_msg":
            self._event(payload, record.source, time)
        elif kind == "session_meta":
            self._meta(payload)
        elif kind == "turn_context":
            self._model = str(payload.get("model") or "") or self._model
        elif kind == "compacted":
            self._compact(payload, record.source, time)
        elif kind == "token_usage_record":
            self._close_call()
            self._exact_usage(payload.get("usage"))
        elif kind == "inter_agent_communication":
            self._message(
                Message("user", parts_of_content(payload.get("content") or payload.get("message"))), record.source, time
            )
        elif kind not in _TYPES:
            return f"unknown type {kind!r}"
        return ""

    def _meta(self, payload: dict[str, Any]) -> None:
        if isinstance(payload.get("id"), str) and not self.builder.steps:
            self.builder.session_id = payload["id"]
        self.builder.attributes.update(payload)
        instructions = payload.get("base_instructions") or payload.get("instructions")
        text = instructions.get("text") if isinstance(instructions, dict) else instructions
        if isinstance(text, str) and text:
            self.builder.set_system((TextPart(text),))
        if tools := tool_definitions(payload.get("dynamic_tools")):
            self.builder.set_tools(tools)

    def _item(self, item: dict[str, Any], source: SourceRef, time: int | None) -> None:
        kind = str(item.get("type") or "")
        if kind == "message" and item.get("role") != "assistant":
            self._close_call()
            self._message(
                Message(str(item.get("role") or "user"), parts_of_content(item.get("content")), source=source),
                source,
                time,
            )
        elif kind in _OUTPUTS:
            self._close_call()
            self._output(item, source)
        elif kind in ("ghost_snapshot", "additional_tools"):
            return
        else:
            self._time = self._time or time
            self._parts += _output_parts(kind, item)
            self._places.append(source)

    def _message(self, message: Message, source: SourceRef, time: int | None) -> None:
        self.builder.message(message, source, start_ns=time)
        self._window.append(message)

    def _output(self, item: dict[str, Any], source: SourceRef) -> None:
        output = item.get("output", item.get("tools"))
        content = output.get("content") if isinstance(output, dict) and "content" in output else output
        failed = isinstance(output, dict) and output.get("success") is False
        message = Message("tool", (ToolCallResponsePart(_text(item.get("call_id")), content),), source=source)
        index = self.builder.tool_result(message, source)
        exit_code = _exit_code(content)
        if failed or exit_code not in (None, 0):
            self.builder.update(
                index, status="error", error=f"exit code {exit_code}" if exit_code else "the tool reported an error"
            )
        self._window.append(message)

    def _close_call(self) -> None:
        """One model call: the run of model output between two inputs."""
        if not self._parts:
            return
        source = self._places[0]
        calls = [
            place for place, part in zip(self._places, self._parts, strict=False) if isinstance(part, ToolCallPart)
        ]
        message = Message("assistant", tuple(self._parts), source=source)
        self._last_call = self.builder.llm_call(
            message, source, call_sources=calls, model=self._model, start_ns=self._time, also=tuple(self._places[1:])
        )
        self._window.append(message)
        self._parts, self._places, self._time = [], [], None

    def _event(self, payload: dict[str, Any], source: SourceRef, time: int | None) -> None:
        kind = payload.get("type")
        if kind == "token_count":
            self._close_call()
            self._usage(payload.get("info"))
        elif kind == "thread_rolled_back":
            self._close_call()
            self._roll_back(payload.get("num_turns"))
        elif kind in ("error", "stream_error"):
            self._close_call()
            said = text_field(payload.get("message")) or kind
            self.builder.step("error", source, start_ns=time, status="error", error=said, summary=said)

    def _usage(self, info: Any) -> None:
        """Tokens of the last call; a count that did not grow repeats an earlier one."""
        last = info.get("last_token_usage") if isinstance(info, dict) else None
        total = (info.get("total_token_usage") or {}).get("total_tokens") if isinstance(info, dict) else None
        if not isinstance(last, dict) or self._last_call is None or (total is not None and total == self._tokens):
            return
        self._tokens = total
        known = self.builder.steps[self._last_call].usage
        if known is not None and known.origin == "recorded":
            return
        usage = Usage(
            count_field(last.get("input_tokens")),
            count_field(last.get("output_tokens")),
            count_field(last.get("cached_input_tokens")),
            count_field(last.get("cache_write_input_tokens")),
            count_field(last.get("reasoning_output_tokens")),
            origin="derived",
        )
        self.builder.update(self._last_call, usage=usage)

    def _exact_usage(self, usage: Any) -> None:
        """Tokens of one response, as its own record says: better than the running count beside it."""
        counts = object_field(usage)
        if self._last_call is None or not counts:
            return
        names = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_input_tokens")
        shown, written, read, stored = (count_field(counts.get(name)) for name in names)
        reasoning = count_field(counts.get("reasoning_output_tokens"))
        self.builder.update(self._last_call, usage=Usage(shown, written, read, stored, reasoning))

    def _compact(self, payload: dict[str, Any], source: SourceRef, time: int | None) -> None:
        self._close_call()
        replacement = payload.get("replacement_history")
        if isinstance(replacement, list):
            window = [_replacement(item, source) for item in replacement if isinstance(item, dict)]
        else:
            summary = Message("user", (TextPart(str(payload.get("message") or "")),), source=source)
            window = [*(message for message in self._window if message.role == "user"), summary]
        index = self.builder.step(
            "compaction", source, start_ns=time, summary=str(payload.get("message") or "the window was compacted")
        )
        self.builder.edit(ContextEdit(at=index, kind="compact", messages=tuple(window), evidence="recorded"))
        self._window = window

    def _roll_back(self, turns: Any) -> None:
        starts = [i for i, message in enumerate(self._window) if message.role == "user"]
        if not isinstance(turns, int) or turns <= 0 or not starts or not self.builder.steps:
            return
        start = starts[-min(turns, len(starts))]
        edit = ContextEdit(
            at=len(self.builder.steps) - 1,
            kind="splice",
            start=start,
            delete=len(self._window) - start,
            evidence="recorded",
        )
        self.builder.edit(edit)
        del self._window[start:]

    def session(self) -> Session:
        self._close_call()
        if not self.builder.has_system:
            self.builder.gap(
                Gap("system_prompt_not_recorded", "what the model was told to be and to do is not in this trace")
            )
        self.builder.gap(Gap("tools_not_recorded", "the built-in tools' schemas are not in a rollout"))
        return self.builder.build()


def _output_parts(kind: str, item: dict[str, Any]) -> list[Part]:
    """What a model's item adds to its answer."""
    if kind == "message":
        return list(parts_of_content(item.get("content")))
    if kind == "reasoning":
        texts = [p.get("text") for key in ("summary", "content") for p in item.get(key) or () if isinstance(p, dict)]
        text = "\n".join(t for t in texts if isinstance(t, str))
        return [ReasoningPart(text)] if text else [OtherPart("reasoning", item)]
    if kind in _CALLS:
        arguments = item.get("arguments", item.get("input", item.get("action")))
        name = str(item.get("name") or kind.removesuffix("_call"))
        return [ToolCallPart(_text(item.get("call_id") or item.get("id")), name, decoded(arguments))]
    return [OtherPart(kind or "item", item)]


def _replacement(item: dict[str, Any], source: SourceRef) -> Message:
    """An item of a replacement history as a message of the new window."""
    kind = str(item.get("type") or "message")
    if kind in _OUTPUTS:
        return Message("tool", (ToolCallResponsePart(_text(item.get("call_id")), item.get("output")),), source=source)
    if kind == "message":
        return Message(str(item.get("role") or "user"), parts_of_content(item.get("content")), source=source)
    return Message("assistant", tuple(_output_parts(kind, item)), source=source)


def _exit_code(content: Any) -> int | None:
    value = decoded(content)
    metadata = value.get("metadata") if isinstance(value, dict) else None
    code = metadata.get("exit_code") if isinstance(metadata, dict) else None
    return code if isinstance(code, int) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
