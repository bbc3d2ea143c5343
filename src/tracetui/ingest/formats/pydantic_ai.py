"""Pydantic AI message histories: lists of model requests and responses with typed parts (`all_messages_json()`).

A prompt is all messages before the response, and the instructions of the last request alone: earlier instructions are
not sent again.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.arrangement import rows
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import count_field, number_field, object_field, text_field
from tracetui.ingest.messages import decoded, parts_of_content
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

NAME = "pydantic-ai"
TITLE = "Pydantic AI messages"
RULE = "A list of objects with `parts` and a `kind` of request or response, alone or as `messages`."
KEEPS = "Prompts rebuilt, the system prompt and instructions included; usage of every response."
LOSES = "Tool definitions and model settings, which only its spans carry; the words around what a tool asks to have tried again."
EXPORT = "`result.all_messages_json()` written to a file; for tool definitions, Logfire or OTLP spans."

_RETURNS = ("tool-return", "retry-prompt", "builtin-tool-return")
_FAILED = ("failed", "denied", "interrupted", "retried")
"""Outcomes of a tool's call that are none of success."""
_CALLS = ("tool-call", "builtin-tool-call")
_INSTRUCTIONS = ("instruction", "instructions")


def detect(records: Records) -> Detection:
    document = records.document if records.shape == "document" else None
    listed = object_field(document).get("messages", document)
    leading = listed[:20] if isinstance(listed, list) else records.sample
    mine = [row for row in leading if _is_message(row)]
    if not mine:
        return NOT_MINE
    return Detection(0.95 * len(mine) / len(leading), "messages with parts and kind request or response")


def read(records: Records, ledger: Ledger) -> list[Session]:
    history = _History(records)
    wrapped = records.shape == "document" and isinstance(object_field(records.document).get("messages"), list)
    for record in records.items("messages") if wrapped else rows(records, ledger):
        if _is_message(record.value):
            ledger.claim()
            history.add(record)
        else:
            ledger.skip(record.source, "no message: `parts`, or a `kind` of request or response, is missing")
    return [history.session()] if history.builder.steps else []


def _is_message(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("parts"), list) and row.get("kind") in ("request", "response")


class _History:
    def __init__(self, records: Records) -> None:
        self.records = records
        self.builder = SessionBuilder(session_name(records))
        self._instructions = ""
        self._has_system = False

    def add(self, record: Record) -> None:
        row = record.value
        for key in ("conversation_id", "run_id"):
            if isinstance(row.get(key), str):
                self.builder.attributes.setdefault(key, row[key])
        if row["kind"] == "request":
            parts = list(self.records.inside(record, "parts"))
            told = [object_field(part.value).get("content") for part in parts if _kind(part) in _INSTRUCTIONS]
            said = [text for text in map(text_field, told) if text]
            self._use(text_field(row.get("instructions")) or "\n\n".join(said))
            for part in parts:
                if _kind(part) not in _INSTRUCTIONS:
                    self._put_in(part, parse_time_ns(row.get("timestamp")))
        else:
            self._answer(record)

    def _use(self, instructions: str) -> None:
        """The instructions of this request are those of the next call."""
        if instructions != self._instructions:
            system = Message("system", (TextPart(instructions),) if instructions else ())
            at = len(self.builder.steps)
            self.builder.edit(ContextEdit(at=at, phase="input", kind="system", messages=(system,), evidence="recorded"))
            self._instructions = instructions
        self._has_system = self._has_system or bool(instructions)

    def _put_in(self, record: Record, time: int | None) -> None:
        part = object_field(record.value)
        kind, source = str(part.get("part_kind")), record.source
        time = parse_time_ns(part.get("timestamp")) or time
        name, call_id = text_field(part.get("tool_name")), text_field(part.get("tool_call_id"))
        if kind in _RETURNS and name:
            failed = kind == "retry-prompt" or part.get("outcome") in _FAILED
            content = part.get("content")
            message = Message("tool", (ToolCallResponsePart(call_id, content),), name, source)
            error = {"status": "error", "error": content if isinstance(content, str) else "the tool asked to try again"}
            self.builder.tool_result(message, source, **(error if failed else {"status": "ok"}))
            return
        role = "system" if kind == "system-prompt" else "user"
        self._has_system = self._has_system or role == "system"
        known = kind in ("system-prompt", "user-prompt", "retry-prompt", "retry-feedback")
        parts: tuple[Part, ...] = parts_of_content(part.get("content")) if known else (OtherPart(kind, part),)
        self.builder.message(Message(role, parts, source=source), source, start_ns=time)

    def _answer(self, record: Record) -> None:
        row = record.value
        calls: list[SourceRef] = []
        parts: list[Part] = []
        returned: list[tuple[ToolCallResponsePart, SourceRef]] = []
        for item in self.records.inside(record, "parts"):
            part = object_field(item.value)
            if part.get("part_kind") == "builtin-tool-return":
                call_id = text_field(part.get("tool_call_id"))
                returned.append((ToolCallResponsePart(call_id, part.get("content")), item.source))
                parts.append(returned[-1][0])
            else:
                parts.append(_part(part))
                calls += [item.source] if isinstance(parts[-1], ToolCallPart) else []
        index = self.builder.llm_call(
            Message("assistant", tuple(parts), source=record.source),
            record.source,
            call_sources=calls,
            model=text_field(row.get("model_name")),
            usage=_usage(row.get("usage")),
            cost_usd=number_field(object_field(row.get("cost")).get("total_price")),
            start_ns=parse_time_ns(row.get("timestamp")),
            attributes={key: row[key] for key in row if key not in ("parts", "kind", "model_name", "timestamp")},
        )
        for answer, source in returned:
            self.builder.join_result(answer, source, status="ok")
        if any(isinstance(part, OtherPart) and part.kind == "compaction" for part in parts):
            effect = "the provider compacted what stood before this answer; what it goes on with is not recorded"
            self.builder.gap(Gap("server_context_edit", effect, steps=(self.builder.steps[index].number,)))

    def session(self) -> Session:
        if not self._has_system:
            effect = "what the model was told to be and to do is not in this trace"
            self.builder.gap(Gap("system_prompt_not_recorded", effect))
        effect = "arguments cannot be checked against the tools' schemas"
        self.builder.gap(Gap("tools_not_recorded", effect, "export the run's spans: they hold the definitions"))
        return self.builder.build()


def _kind(record: Record) -> str:
    return str(object_field(record.value).get("part_kind"))


def _part(part: dict[str, Any]) -> Part:
    kind = str(part.get("part_kind"))
    if kind in _CALLS:
        name = text_field(part.get("tool_name")) or ""
        return ToolCallPart(text_field(part.get("tool_call_id")), name, decoded(part.get("args")))
    if kind == "text" and isinstance(part.get("content"), str):
        return TextPart(part["content"])
    if kind == "thinking" and isinstance(part.get("content"), str):
        return ReasoningPart(part["content"])
    return OtherPart(kind, part)


def _usage(value: Any) -> Usage | None:
    """Input tokens include the cache already. Older histories say request_tokens and response_tokens."""
    counts = object_field(value)
    shown = count_field(counts.get("input_tokens", counts.get("request_tokens")))
    written = count_field(counts.get("output_tokens", counts.get("response_tokens")))
    if shown is None and written is None:
        return None
    read, stored = count_field(counts.get("cache_read_tokens")), count_field(counts.get("cache_write_tokens"))
    thought = count_field(object_field(counts.get("details")).get("reasoning_tokens"))
    return Usage(shown, written, read, stored, thought)
