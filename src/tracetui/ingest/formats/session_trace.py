"""session-trace.jsonl, the practice's own format: one step a line. See docs/session-trace.md for every field.

`messages` of an LLM call are those added since the session's previous LLM call. Each is given back to the step
that it came from (the answer, the tool result), so that the window grows step by step as it did in the run.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.messages import message_of, parts_of_content, tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.model import (
    ContextEdit,
    EditEvidence,
    EditPhase,
    Gap,
    Message,
    RecordedPrompt,
    Session,
    Status,
    StepKind,
    ToolCallPart,
    ToolCallResponsePart,
    Usage,
)

NAME = "session-trace"
TITLE = "session-trace.jsonl"
RULE = "JSON lines with `session_id`, `step` and a `type` such as llm_call, tool_call or message."
KEEPS = "Prompts rebuilt from `messages` deltas, recorded where a line has `prompt`, absent where neither is written."

_TYPES: dict[str, StepKind] = {
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
_KNOWN = {
    "session_id",
    "step",
    "type",
    "model",
    "input_tokens",
    "output_tokens",
    "ms",
    "summary",
    "tool",
    "args",
    "status",
    "flags",
    "ts",
    "messages",
    "prompt",
    "completion",
    "call_id",
    "result",
    "tools",
    "agent",
    "parent_step",
    "cost_usd",
    "error",
    "goal",
    "role",
    "content",
}


def detect(records: Records) -> Detection:
    rows = [value for value in records.sample if isinstance(value, dict)]
    mine = [row for row in rows if "session_id" in row and "step" in row and row.get("type") in _TYPES]
    if not mine:
        return NOT_MINE
    return Detection(
        0.95 * len(mine) / len(rows), f"{len(mine)} of the first {len(rows)} lines have session_id, step and type"
    )


def read(records: Records, ledger: Ledger) -> list[Session]:
    runs: dict[str, _Run] = {}
    for record in records.lines(ledger):
        row = record.value
        if not isinstance(row, dict) or "session_id" not in row or "type" not in row:
            ledger.skip(record.source, "no step: session_id or type is missing")
            continue
        runs.setdefault(str(row["session_id"]), _Run(str(row["session_id"]))).add(record)
        ledger.claim()
    return [run.session() for run in runs.values()]


class _Run:
    """One session while its lines come in."""

    def __init__(self, session_id: str) -> None:
        self.builder = SessionBuilder(session_id)
        self._numbers: dict[int, int] = {}
        self._content = False
        self._since_prompt: list[tuple[int, Message]] = []
        """Answers, results and inputs since the last delta: what the next delta is expected to repeat."""
        self._deltas = False

    def add(self, record: Record) -> None:
        row, kind = record.value, _TYPES.get(str(record.value["type"]), "other")
        fields = self._fields(row)
        if kind == "llm_call":
            self._add_llm_call(record, fields)
        elif kind == "tool_call":
            self._add_tool_call(record, fields)
        else:
            message = Message(
                str(row.get("role") or "user"), parts_of_content(row.get("content")), source=record.source
            )
            index = self.builder.step(kind, record.source, message=message if "content" in row else None, **fields)
            if kind == "message" and "content" in row:
                self._content = True
                self._since_prompt.append((index, message))
        if isinstance(row.get("goal"), str) and self.builder.goal is None:
            self.builder.goal = row["goal"]

    def _fields(self, row: dict[str, Any]) -> dict[str, Any]:
        number = row.get("step")
        index = len(self.builder.steps)
        fields: dict[str, Any] = {
            "summary": str(row.get("summary") or ""),
            "model": _text(row.get("model")),
            "agent": _text(row.get("agent")),
            "goal": _text(row.get("goal")),
            "error": _text(row.get("error")),
            "cost_usd": _number(row.get("cost_usd")),
            "status": _status(row),
            "start_ns": parse_time_ns(row.get("ts")),
            "recorded_flags": tuple(str(flag) for flag in row.get("flags") or () if flag),
            "attributes": {key: value for key, value in row.items() if key not in _KNOWN},
        }
        milliseconds = _number(row.get("ms"))
        if milliseconds is not None:
            fields["duration_ns"] = round(milliseconds * 1_000_000)
        if isinstance(number, int) and number not in self._numbers:
            fields["number"] = number
            self._numbers[number] = index
        parent = self._numbers.get(row.get("parent_step"))  # type: ignore[arg-type]
        if parent is not None and parent != index:
            fields["parent"], fields["depth"] = parent, self.builder.steps[parent].depth + 1
        shown, written = row.get("input_tokens"), row.get("output_tokens")
        if isinstance(shown, int) or isinstance(written, int):
            fields["usage"] = Usage(
                shown if isinstance(shown, int) else None, written if isinstance(written, int) else None
            )
        return fields

    def _add_llm_call(self, record: Record, fields: dict[str, Any]) -> None:
        row = record.value
        completion = None
        if row.get("completion") is not None:
            completion = message_of(row["completion"], default_role="assistant", source=record.source)
        index = self.builder.step("llm_call", record.source, message=completion, **fields)
        if "tools" in row:
            self.builder.set_tools(tool_definitions(row["tools"]))
        if isinstance(row.get("messages"), list):
            self._content = self._deltas = True
            self._add_delta(index, [message_of(item, source=record.source) for item in row["messages"]])
        else:
            self._flush()
        if "prompt" in row:
            self._content = True
            prompt = row["prompt"] if isinstance(row["prompt"], list) else [{"role": "user", "content": row["prompt"]}]
            messages = tuple(message_of(item, source=record.source) for item in prompt)
            self.builder.prompt(
                index, RecordedPrompt(messages=messages, tools=tool_definitions(row.get("tools")), source=record.source)
            )
        if completion is not None:
            self._content = True
            self._since_prompt.append((index, completion))

    def _add_tool_call(self, record: Record, fields: dict[str, Any]) -> None:
        row = record.value
        has_result = "result" in row
        index = self.builder.step(
            "tool_call",
            record.source,
            tool=_text(row.get("tool")),
            call_id=_text(row.get("call_id")),
            arguments=row.get("args"),
            arguments_source=record.source if "args" in row else None,
            result=row.get("result"),
            has_result=has_result,
            **fields,
        )
        if has_result:
            self._content = True
            part = ToolCallResponsePart(_text(row.get("call_id")), row["result"])
            self._since_prompt.append((index, Message("tool", (part,), source=record.source)))

    def _add_delta(self, index: int, delta: list[Message]) -> None:
        """Give each message of a delta to the step that it repeats, never before the one given just before."""
        earliest = self._since_prompt[0][0] if self._since_prompt else index
        for message in delta:
            source = self._repeated(message)
            at = index if source is None else max(earliest, source)
            self._append(at, message, "input" if at == index else "output")
            earliest = max(earliest, at)
        self._since_prompt.clear()

    def _repeated(self, message: Message) -> int | None:
        """The step since the last prompt that a message of the delta comes from; each is given out once."""
        ids = {part.id for part in message.parts if isinstance(part, ToolCallResponsePart) and part.id}
        for position, (step, known) in enumerate(self._since_prompt):
            known_ids = {part.id for part in known.parts if isinstance(part, ToolCallResponsePart) and part.id}
            if (ids and ids & known_ids) or (message.role == known.role and not ids and message.parts == known.parts):
                del self._since_prompt[position]
                return step
        if message.role == "assistant" and any(isinstance(part, ToolCallPart) for part in message.parts):
            return next((step for step, known in self._since_prompt if known.role == "assistant"), None)
        return None

    def _flush(self) -> None:
        """Without a delta, what happened since the last LLM call is what the next one sees."""
        for step, message in self._since_prompt:
            self._append(step, message, "output", assumed=self._deltas)
        self._since_prompt.clear()

    def _append(self, at: int, message: Message, phase: EditPhase, *, assumed: bool = False) -> None:
        evidence: EditEvidence = "assumed" if assumed else "recorded" if self._deltas else "replayed"
        self.builder.edit(ContextEdit(at=at, phase=phase, messages=(message,), evidence=evidence))

    def session(self) -> Session:
        self._flush()
        if not self._content:
            self.builder.gap(
                Gap(
                    "content_not_recorded",
                    "prompts, answers and tool results are not in this trace; only summaries and arguments",
                    "write `messages`, `completion` and `result` with each step (docs/session-trace.md)",
                )
            )
        return self.builder.build()


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None


def _number(value: object) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


_OK = {"ok", "success", "succeeded", "completed", "done"}
_ERROR = {"error", "failed", "failure", "timeout", "cancelled", "canceled"}


def _status(row: dict[str, Any]) -> Status:
    written = str(row.get("status") or "").lower()
    return "error" if row.get("error") or written in _ERROR else "ok" if written in _OK else "unknown"
