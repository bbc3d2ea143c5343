"""opencode sessions as `opencode export` writes them: `info` and `messages`, each a message's info with its parts.

One API call lasts from a step-start part to its step-finish; an assistant's message may hold several. The prompt is
rebuilt by opencode's own rule: ignored text is left out, a result compacted away is a placeholder from that time on,
messages before the last compaction are dropped.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import count_field, list_field, number_field, object_field, text_field
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.replay import ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.model import (
    Gap,
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    Session,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    Usage,
)

NAME = "opencode"
TITLE = "opencode exports"
RULE = "`info` with a `projectID` or `directory`, and `messages` with `info` and `parts`."
KEEPS = "Prompts rebuilt from the parts, compactions and cleared results included; usage and cost of every call."
LOSES = "The system prompt and tool definitions; sessions of sub-agents, which are exported on their own."
EXPORT = "`opencode export SESSION > session.json`"

_CLEARED = "[Old tool result content cleared]"


def detect(records: Records) -> Detection:
    document = object_field(records.document) if records.shape == "document" else {}
    info, messages = object_field(document.get("info")), list_field(document.get("messages"))
    if ("projectID" in info or "directory" in info) and isinstance(document.get("messages"), list):
        return Detection(0.96, "info.projectID or info.directory, and messages")
    if messages and {"info", "parts"} <= object_field(messages[0]).keys():
        return Detection(0.9, "messages with info and parts")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    run = _Run(records, ledger)
    for record in records.items("messages"):
        run.add(record)
    return [run.session()] if run.builder.steps else []


class _Run:
    def __init__(self, records: Records, ledger: Ledger) -> None:
        self.records, self.ledger = records, ledger
        info = object_field(object_field(records.document).get("info"))
        self.builder = SessionBuilder(text_field(info.get("id")) or session_name(records))
        self.builder.attributes = dict(info)
        self.window = ReplayedWindow(self.builder)
        self._cleared: list[tuple[int, str, Message]] = []
        """Results that are cleared from a time on: when, their key, and what stands in their place."""
        self._tail: str | None = None
        self._compacting = False

    def add(self, record: Record) -> None:
        info = object_field(object_field(record.value).get("info"))
        if info.get("role") not in ("user", "assistant"):
            self.ledger.skip(record.source, "no message: info.role is missing")
            return
        self.ledger.claim()
        parts = [part for part in self.records.inside(record, "parts") if isinstance(part.value, dict)]
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
            self.builder.set_system((TextPart(info["system"]),))
        if said:
            message = Message("user", tuple(said), source=record.source)
            self.window.message(message, record.source, _id(info), start_ns=_time(info, "created"))

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
                fields = {"model": text_field(info.get("modelID")), "agent": _agent(info)}
                self.builder.step("llm_call", record.source, status="error", error=text, **fields)
        if info.get("summary") and self._compacting:
            self._compact(record, info)

    def _call(self, record: Record, info: dict[str, Any], parts: list[Record], *, last: bool) -> None:
        start = _time(info, "created")
        self._clear_until(start)
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
            agent=_agent(info),
            usage=_usage(numbers.get("tokens")),
            cost_usd=number_field(numbers.get("cost")),
            start_ns=start,
            attributes={"finish_reasons": [finish["reason"]]} if finish and finish.get("reason") else {},
        )
        for tool in tools:
            self._result(tool)

    def _result(self, tool: Record) -> None:
        state = object_field(tool.value.get("state"))
        if state.get("status") not in ("completed", "error"):
            return
        failed = state["status"] == "error"
        call_id, name = text_field(tool.value.get("callID")), text_field(tool.value.get("tool"))
        content = state.get("error") if failed else state.get("output")
        message = Message("tool", (ToolCallResponsePart(call_id, content),), name, tool.source)
        start, end = _time(state, "start"), _time(state, "end")
        fields: dict[str, Any] = {"status": "error" if failed else "ok", "start_ns": start}
        fields["duration_ns"] = end - start if start is not None and end is not None else None
        if failed:
            fields["error"] = text_field(content) or "the tool reported an error"
        key = f"call {call_id}"
        self.window.tool_result(message, tool.source, key, **fields)
        cleared = _time(state, "compacted")
        if cleared is not None:
            placeholder = Message("tool", (ToolCallResponsePart(call_id, _CLEARED),), name, tool.source)
            self._cleared.append((cleared, key, placeholder))

    def _clear_until(self, time: int | None) -> None:
        """Results whose time of clearing has come say so from now on."""
        due = [entry for entry in self._cleared if time is not None and entry[0] <= time]
        for entry in due:
            self._cleared.remove(entry)
            self.window.replace(entry[1], entry[2], at=len(self.builder.steps) - 1)

    def _compact(self, record: Record, info: dict[str, Any]) -> None:
        """A summary was written: what stood before it leaves the window, but for the tail that was kept."""
        at = self.builder.step("compaction", record.source, summary="earlier messages were summarised")
        held = self.window.held
        summary = next(i for i, one in enumerate(held) if _id(info) in one.keys)
        tail = next((i for i, one in enumerate(held) if self._tail and self._tail in one.keys), summary)
        head = held[:tail]
        self.window.drop(lambda one: one in head, at=at)
        self._compacting, self._tail = False, None

    def session(self) -> Session:
        self._clear_until(1 << 62)
        if not self.builder.has_system:
            self.builder.gap(Gap("system_prompt_not_recorded", "the system prompt that was sent is not in an export"))
        self.builder.gap(Gap("tools_not_recorded", "tool descriptions and schemas are not in an export"))
        return self.builder.build()


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
