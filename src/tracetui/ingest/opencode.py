"""opencode: the messages of one session with their parts, replayed by opencode's own rule.

One API call lasts from a step-start part to its step-finish; an assistant's message may hold several. Ignored text is
left out, a result compacted away is a placeholder from that time on, messages before the last compaction are dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.fields import count_field, number_field, object_field, text_field
from tracetui.ingest.records import Record, Records
from tracetui.ingest.replay import ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import raw_usage
from tracetui.model import (
    Gap,
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    Usage,
)

_CLEARED = "[Old tool result content cleared]"
_MAPPED = (
    *("id", "sessionID", "role", "time", "modelID", "agent", "mode", "cost", "tokens", "error", "summary", "finish"),
    *("parentID", "system"),
)
"""Fields of a message that steps, windows and usage hold."""
_MAPPED_OF_STATE = ("status", "input", "output", "error", "time", "raw")
_WINDOWED = ("text", "reasoning", "tool", "step-start", "step-finish", "retry")


def export_gaps(builder: SessionBuilder) -> None:
    """Say what opencode keeps of no session."""
    if not builder.has_system:
        builder.gap(Gap("system_prompt_not_recorded", "the system prompt that was sent is not in what opencode keeps"))
    builder.gap(Gap("tools_not_recorded", "tool descriptions and schemas are not in what opencode keeps"))


class Conversation:
    """One session while its messages are replayed into a scope of a builder."""

    def __init__(self, records: Records, ledger: Ledger, builder: SessionBuilder, scope: str = "main") -> None:
        self.records, self.ledger, self.builder = records, ledger, builder
        self.window = ReplayedWindow(builder, scope)
        self.on_result: Callable[[int, dict[str, Any]], None] = lambda _step, _state: None
        """Told the step and the state of every tool call that has ended."""
        self.depth = 0
        self._cleared: list[tuple[int, str, Message]] = []
        """Results that are cleared from a time on: when, their key, and what stands in their place."""
        self._tail: str | None = None
        self._compacting = False

    def add(self, record: Record) -> None:
        """A message with its parts inside."""
        info = object_field(object_field(record.value).get("info"))
        self.add_message(record, info, list(self.records.inside(record, "parts")))

    def add_message(self, record: Record, info: dict[str, Any], found: list[Record]) -> None:
        """A message and its parts, wherever they stand."""
        if info.get("role") not in ("user", "assistant"):
            self.ledger.skip(record.source, "no message: info.role is missing")
            return
        self.ledger.claim()
        parts = [part for part in found if isinstance(part.value, dict)]
        if info["role"] == "user":
            self._user(record, info, parts)
        else:
            self._assistant(record, info, parts)

    def _user(self, record: Record, info: dict[str, Any], parts: list[Record]) -> None:
        compaction = next((part.value for part in parts if part.value.get("type") == "compaction"), None)
        if compaction is not None:
            self._compacting, self._tail = True, text_field(compaction.get("tail_start_id"))
        said: list[Part] = []
        for part in parts:
            value = part.value
            if value.get("type") == "text" and not value.get("ignored"):
                said.append(TextPart(text_field(value.get("text")) or ""))
            elif value.get("type") in ("file", "agent", "subtask"):
                said.append(OtherPart(str(value["type"]), value))
        if isinstance(info.get("system"), str):
            self.builder.set_system((TextPart(info["system"]),), self.window.scope)
        if said:
            message = Message("user", tuple(said), source=record.source)
            self.window.message(message, record.source, _id(info), start_ns=_time(info, "created"), depth=self.depth)

    def _assistant(self, record: Record, info: dict[str, Any], parts: list[Record]) -> None:
        error = object_field(info.get("error"))
        calls = _calls(parts)
        for number, call in enumerate(calls):
            self._call(record, info, call, last=number == len(calls) - 1)
        if error:
            text = (
                text_field(object_field(error.get("data")).get("message")) or text_field(error.get("name")) or "error"
            )
            if calls:
                index = max(step.index for step in self.builder.steps if step.kind == "llm_call")
                self.builder.update(index, status="error", error=text)
            else:
                fields = {"model": text_field(info.get("modelID")), **self._place(info)}
                self.builder.step("llm_call", record.source, status="error", error=text, **fields)
        if info.get("summary") and self._compacting:
            self._compact(record, info)

    def _call(self, record: Record, info: dict[str, Any], parts: list[Record], *, last: bool) -> None:
        start = _time(info, "created")
        self._clear_until(start)
        for retry in (part for part in parts if part.value.get("type") == "retry"):
            said = (
                text_field(object_field(object_field(retry.value.get("error")).get("data")).get("message")) or "error"
            )
            summary = f"attempt {retry.value.get('attempt')} failed"
            place = self._place(info)
            self.builder.step("error", retry.source, status="error", error=said, summary=summary, **place)
        finish = next((part.value for part in parts if part.value.get("type") == "step-finish"), None)
        numbers = finish or (info if last else {})
        tools = [part for part in parts if part.value.get("type") == "tool"]
        spoken = [part for part in parts if part.value.get("type") in ("text", "reasoning", "tool")]
        message = Message("assistant", tuple(_part(part.value) for part in spoken), source=record.source)
        self.window.llm_call(
            message,
            spoken[0].source if spoken else record.source,
            _id(info),
            call_sources=[tool.source for tool in tools],
            model=text_field(info.get("modelID")),
            **self._place(info, scope=False),
            usage=_usage(numbers.get("tokens")),
            cost_usd=number_field(numbers.get("cost")),
            start_ns=start,
            attributes=_attributes(info, parts, finish) | raw_usage(numbers.get("tokens")),
        )
        for tool in tools:
            self._result(tool)

    def _result(self, tool: Record) -> None:
        state = object_field(tool.value.get("state"))
        if state.get("status") not in ("completed", "error"):
            return
        failed = state["status"] == "error"
        exit_code = count_field(object_field(state.get("metadata")).get("exit"))
        call_id, name = text_field(tool.value.get("callID")), text_field(tool.value.get("tool"))
        content = state.get("error") if failed else state.get("output")
        message = Message("tool", (ToolCallResponsePart(call_id, content),), name, tool.source)
        start, end = _time(state, "start"), _time(state, "end")
        fields: dict[str, Any] = {"status": "error" if failed or exit_code else "ok", "start_ns": start}
        fields["duration_ns"] = end - start if start is not None and end is not None else None
        fields["attributes"] = {key: value for key, value in state.items() if key not in _MAPPED_OF_STATE}
        if failed:
            fields["error"] = text_field(content) or "the tool reported an error"
        elif exit_code:
            fields["error"] = f"exit code {exit_code}"
        key = f"call {call_id}"
        index = self.window.tool_result(message, tool.source, key, **fields)
        cleared = _time(state, "compacted")
        if cleared is not None:
            placeholder = Message("tool", (ToolCallResponsePart(call_id, _CLEARED),), name, tool.source)
            self._cleared.append((cleared, key, placeholder))
        self.on_result(index, state)

    def _clear_until(self, time: int | None) -> None:
        """Results whose time of clearing has come say so from now on."""
        due = [entry for entry in self._cleared if time is not None and entry[0] <= time]
        for entry in due:
            self._cleared.remove(entry)
            self.window.replace(entry[1], entry[2], at=len(self.builder.steps) - 1)

    def _compact(self, record: Record, info: dict[str, Any]) -> None:
        """A summary was written: what stood before it leaves the window, but for the tail that was kept."""
        summarised = "earlier messages were summarised"
        at = self.builder.step("compaction", record.source, summary=summarised, **self._place(info))
        held = self.window.held
        summary = next(i for i, one in enumerate(held) if _id(info) in one.keys)
        tail = next((i for i, one in enumerate(held) if self._tail and self._tail in one.keys), summary)
        head = held[:tail]
        self.window.drop(lambda one: one in head, at=at)
        self._compacting, self._tail = False, None

    def end(self) -> None:
        """Results that are cleared after the last call say so too."""
        self._clear_until(1 << 62)

    def _place(self, info: dict[str, Any], *, scope: bool = True) -> dict[str, Any]:
        place: dict[str, Any] = {"agent": _agent(info), "depth": self.depth}
        return place | ({"scope": self.window.scope} if scope else {})


def _attributes(info: dict[str, Any], parts: list[Record], finish: dict[str, Any] | None) -> dict[str, Any]:
    """What the message says beside, how the call ended, and the parts of it that reach no window."""
    found = {key: value for key, value in info.items() if key not in _MAPPED}
    if finish and finish.get("reason"):
        found["finish_reasons"] = [finish["reason"]]
    others = [part.value for part in parts if part.value.get("type") not in _WINDOWED]
    return found | ({"parts": others} if others else {})


def _calls(parts: list[Record]) -> list[list[Record]]:
    """The parts of each API call, told by the step-start parts; all of them where there are none."""
    calls: list[list[Record]] = []
    for part in parts:
        if part.value.get("type") == "step-start" or not calls:
            calls.append([])
        calls[-1].append(part)
    return [
        call
        for call in calls
        if any(part.value.get("type") in ("text", "reasoning", "tool", "step-finish") for part in call)
    ]


def _part(value: dict[str, Any]) -> Part:
    if value["type"] == "tool":
        state = object_field(value.get("state"))
        return ToolCallPart(text_field(value.get("callID")), text_field(value.get("tool")) or "", state.get("input"))
    text = text_field(value.get("text")) or ""
    return ReasoningPart(text) if value["type"] == "reasoning" else TextPart(text)


def _usage(value: Any) -> Usage | None:
    """`input` leaves out the cache; ours includes it."""
    counts = object_field(value)
    cache = object_field(counts.get("cache"))
    shown, written, thought = (count_field(counts.get(key)) for key in ("input", "output", "reasoning"))
    read, stored = count_field(cache.get("read")), count_field(cache.get("write"))
    if shown is None:
        return None
    derived = bool(read or stored or thought)
    output = (written or 0) + thought if thought else written
    return Usage(
        shown + (read or 0) + (stored or 0), output, read, stored, thought, "derived" if derived else "recorded"
    )


def _agent(info: dict[str, Any]) -> str | None:
    return text_field(info.get("agent")) or text_field(info.get("mode"))


def _id(info: dict[str, Any]) -> str:
    return str(info.get("id"))


def _time(value: dict[str, Any], key: str) -> int | None:
    return parse_time_ns(object_field(value.get("time")).get(key))
