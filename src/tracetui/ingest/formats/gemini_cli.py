"""Gemini CLI chats: JSON lines of `~/.gemini/tmp/<project>/chats/`, or the older single document.

Lines change what came before: a record with a known id replaces it, `$set.messages` starts the window anew,
`$rewindTo` takes a message and all after it back. Every step stays, since its tools have run; the window follows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import count_field, list_field, object_field, text_field
from tracetui.ingest.gemini import gemini_parts
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.replay import Held, ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import STDIN_NAME
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import raw_usage
from tracetui.model import (
    Gap,
    Message,
    Part,
    ReasoningPart,
    Scope,
    Session,
    SourceRef,
    ToolCallPart,
    ToolCallResponsePart,
    Usage,
)
from tracetui.parts import text_of

NAME = "gemini-cli"
TITLE = "Gemini CLI chats"
RULE = "A first line, or a document, with `sessionId` and `projectHash`."
KEEPS = "Prompts rebuilt from the messages, compressions and rewinds included; usage for each answer."
LOSES = "The system prompt, GEMINI.md and tool definitions; when one record holds several calls, where each began."
EXPORT = "The files `~/.gemini/tmp/*/chats/session-*.jsonl`, as they are."

_STATUS = {"success": "ok", "error": "error", "cancelled": "error"}
_HEADER = ("sessionId", "projectHash")


def detect(records: Records) -> Detection:
    for value in records.sample[:3]:
        if isinstance(value, dict) and all(isinstance(value.get(key), str) for key in _HEADER):
            return Detection(0.96, "sessionId and projectHash")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    chat = _Chat(records, ledger)
    chat.replay(chat.window)
    for name, window in list(chat.agents.items()):
        chat.sub_agent(name, window)
    builder = chat.builder
    builder.gap(
        Gap("system_prompt_not_recorded", "the system prompt and GEMINI.md that were sent are not in this file")
    )
    builder.gap(Gap("tools_not_recorded", "tool descriptions and schemas are not in this file; only the calls are"))
    return [builder.build()] if builder.steps else []


class _Chat:
    """One chat while its records are replayed."""

    def __init__(self, records: Records, ledger: Ledger) -> None:
        self.records, self.ledger = records, ledger
        self.builder = SessionBuilder(session_name(records))
        self.window = ReplayedWindow(self.builder)
        self.agents: dict[str, int] = {}
        """Sub-agents by id: the tool step that started each."""
        self._last: dict[str, Record] = {}

    def replay(self, window: ReplayedWindow, records: Records | None = None) -> None:
        """Every record in order; a message stands where it first appeared, as its last version says it."""
        lines = list(self._lines(records or self.records))
        self._last = {str(r.value["id"]): r for r in lines if "id" in r.value and "type" in r.value}
        seen: set[str] = set()
        for record in lines:
            row = record.value
            if "id" in row and "type" in row:
                if str(row["id"]) not in seen:
                    seen.add(str(row["id"]))
                    self._message(window, self._last[str(row["id"])], records or self.records)
            elif "$rewindTo" in row:
                self._rewind(window, str(row["$rewindTo"]), record.source)
            elif isinstance(object_field(row.get("$set")).get("messages"), list):
                if window.held:
                    seen |= self._rebuild(window, row["$set"]["messages"], record.source)
                else:
                    seen |= self._opening(window, record, records or self.records)
            elif window.scope == "main":
                self._header(object_field(row.get("$set")) or row)

    def sub_agent(self, name: str, spawned_by: int) -> None:
        """The chat of a sub-agent, `chats/<parent session>/<id>.jsonl`, where it lies beside."""
        path = self.records.source.path
        relative = os.path.join(self.builder.session_id, f"{name}.jsonl")
        if path == STDIN_NAME or os.sep in name or not os.path.isfile(os.path.join(os.path.dirname(path), relative)):
            return
        found = self.records.beside(relative)
        if found is not None:
            scope = Scope(f"agent {name}", "sub_agent", name, "main", spawned_by)
            self.replay(ReplayedWindow(self.builder, self.builder.scope(scope)), found)

    def _lines(self, records: Records) -> Iterator[Record]:
        if records.shape == "document" and isinstance(object_field(records.document).get("messages"), list):
            self._header({key: value for key, value in records.document.items() if key != "messages"})
            found = records.items("messages")
        else:
            found = iter([records.whole()]) if records.shape == "document" else records.lines(self.ledger)
        for record in found:
            known = isinstance(record.value, dict) and (
                {"id", "type"} <= record.value.keys() or {"$set", "$rewindTo", "sessionId"} & record.value.keys()
            )
            if known:
                self.ledger.claim()
                yield record
            else:
                self.ledger.skip(record.source, "neither a message nor a change")

    def _header(self, row: dict[str, Any]) -> None:
        if isinstance(row.get("sessionId"), str):
            self.builder.session_id = row["sessionId"]
        self.builder.attributes.update(row)

    def _message(self, window: ReplayedWindow, record: Record, records: Records) -> None:
        row, key = record.value, str(record.value["id"])
        time = parse_time_ns(row.get("timestamp"))
        match row["type"]:
            case "user":
                parts = self._not_answered(window, gemini_parts(row.get("content")), record.source, key)
                if parts:
                    message = Message("user", parts, source=record.source)
                    window.message(message, record.source, key, start_ns=time)
            case "gemini":
                self._answer(window, record, records, time)
            case "error":
                said = " ".join(text_of(part) for part in gemini_parts(row.get("content")))
                fields = {"error": said or "error", "status": "error"}
                self.builder.step("error", record.source, scope=window.scope, start_ns=time, summary=said, **fields)
            case kind:
                said = " ".join(text_of(part) for part in gemini_parts(row.get("content")))
                attributes = {"type": kind}
                self.builder.step(
                    "other", record.source, scope=window.scope, start_ns=time, summary=said, attributes=attributes
                )

    def _opening(self, window: ReplayedWindow, record: Record, records: Records) -> set[str]:
        """The messages that a chat starts with."""
        found = [one for one in records.inside(record, "$set", "messages") if "id" in object_field(one.value)]
        for one in found:
            if "type" in one.value:
                self._message(window, self._last.get(str(one.value["id"]), one), records)
        return {str(one.value["id"]) for one in found}

    def _not_answered(
        self, window: ReplayedWindow, parts: tuple[Part, ...], source: SourceRef, key: str
    ) -> tuple[Part, ...]:
        """What a user's record says beside answers of tools that stand with their calls already: it repeats these, and
        they are sent once."""
        known = {name for one in window.held for name in one.keys}
        again = {_call_key(part.id) for part in parts if isinstance(part, ToolCallResponsePart)} & known
        for at, one in enumerate(window.held):
            if again & one.keys:
                window.held[at] = Held(one.keys | {key}, one.step)
                step = self.builder.steps[one.step]
                self.builder.update(one.step, also=(*step.also, source))
        return tuple(
            part for part in parts if not isinstance(part, ToolCallResponsePart) or _call_key(part.id) not in again
        )

    def _answer(self, window: ReplayedWindow, record: Record, records: Records, time: int | None) -> None:
        row, key = record.value, str(record.value["id"])
        calls = [call for call in records.inside(record, "toolCalls") if isinstance(call.value, dict)]
        message = _answer_message(row, record.source)
        window.llm_call(
            message,
            record.source,
            key,
            call_sources=[call.source for call in calls],
            model=text_field(row.get("model")),
            usage=_usage(row.get("tokens")),
            attributes=raw_usage(row.get("tokens")),
            start_ns=time,
            sent_on=_without_thoughts(message),
        )
        for call in calls:
            if "result" not in call.value and "status" not in call.value:
                continue
            status = _STATUS.get(str(call.value.get("status")), "unknown")
            name = text_field(call.value.get("name"))
            message = Message("tool", (_response(call.value),), name, call.source)
            error = str(call.value.get("resultDisplay") or call.value["status"]) if status == "error" else None
            keys = (key, _call_key(text_field(call.value.get("id"))))
            index = window.tool_result(message, call.source, *keys, status=status, error=error)
            if isinstance(call.value.get("agentId"), str):
                self.agents[call.value["agentId"]] = index

    def _rewind(self, window: ReplayedWindow, key: str, source: SourceRef) -> None:
        at = self.builder.step("other", source, scope=window.scope, summary=f"rewound to before message {key}")
        if not window.drop_from(key, at=at):
            window.drop(lambda _: True, at=at)

    def _rebuild(self, window: ReplayedWindow, messages: list[Any], source: SourceRef) -> set[str]:
        """A checkpoint: the window holds these messages and no others."""
        at = self.builder.step(
            "compaction", source, scope=window.scope, summary=f"the window was set to {len(messages)} messages"
        )
        entries: list[tuple[str, Message]] = []
        rows = [object_field(row) for row in messages]
        said = {id(row): gemini_parts(row.get("content")) for row in rows if row.get("type") == "user"}
        told = {part.id for parts in said.values() for part in parts if isinstance(part, ToolCallResponsePart)}
        for row in rows:
            key = str(row.get("id"))
            if row.get("type") == "gemini":
                entries.append((key, _without_thoughts(_answer_message(row, source))))
                answered = [c for c in list_field(row.get("toolCalls")) if "result" in object_field(c)]
                results = [_response(call) for call in answered]
                entries += [(key, Message("tool", (part,), source=source)) for part in results if part.id not in told]
            elif id(row) in said:
                entries.append((key, Message("user", said[id(row)], source=source)))
        window.rebuild(entries, at=at)
        return {key for key, _ in entries}


def _answer_message(row: dict[str, Any], source: SourceRef) -> Message:
    parts: list[Part] = []
    for thought in map(object_field, list_field(row.get("thoughts"))):
        said = (text_field(thought.get("subject")), text_field(thought.get("description")))
        parts.append(ReasoningPart(": ".join(text for text in said if text)))
    parts += gemini_parts(row.get("content"))
    known = {part.id for part in parts if isinstance(part, ToolCallPart)}
    for call in list_field(row.get("toolCalls")):
        if isinstance(call, dict) and (call.get("id") is None or call["id"] not in known):
            parts.append(ToolCallPart(text_field(call.get("id")), text_field(call.get("name")) or "", call.get("args")))
    return Message("assistant", tuple(parts), source=source)


def _without_thoughts(message: Message) -> Message:
    """An answer as it is sent on: without the summaries of what the model thought."""
    parts = tuple(part for part in message.parts if not isinstance(part, ReasoningPart))
    return Message(message.role, parts, source=message.source) if parts else message


def _call_key(call_id: str | None) -> str:
    """The key of a tool's answer in the window."""
    return f"call {call_id}"


def _response(call: dict[str, Any]) -> ToolCallResponsePart:
    """What the tool answered: the response inside its `functionResponse`, else the result as it is."""
    inner = [part for part in gemini_parts(call.get("result")) if isinstance(part, ToolCallResponsePart)]
    own = [part for part in inner if part.id == call.get("id")] or inner
    answer = own[0].response if own else call.get("result", call.get("resultDisplay"))
    if isinstance(answer, dict) and answer.keys() == {"output"}:
        answer = answer["output"]
    return ToolCallResponsePart(text_field(call.get("id")), answer)


def _usage(value: Any) -> Usage | None:
    """`input` includes what was cached; thoughts are counted beside `output`, ours with it."""
    counts = object_field(value)
    shown, written, thought = (count_field(counts.get(key)) for key in ("input", "output", "thoughts"))
    if shown is None and written is None:
        return None
    output = (written or 0) + thought if thought else written
    cached = count_field(counts.get("cached"))
    return Usage(shown, output, cached, None, thought, origin="derived" if thought else "recorded")
