"""session-trace.jsonl, the practice's own format: one step a line. docs/session-trace.md tells every field.

`messages` of an LLM call are those added since the session's previous LLM call; see `tracetui.ingest.deltas`. A tool
call that a completion asks for and that has a line of its own is one step; one without a line becomes a step too,
answered by the result that a later delta holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.carried_rows import carried_session, carries_session
from tracetui.ingest.deltas import Output, asked_calls, is_result, place_delta
from tracetui.ingest.messages import decoded, message_of, parts_of_content, tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import DAMAGED, NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.session_order import in_step_order, missing_steps, oddities
from tracetui.ingest.session_rows import (
    KINDS,
    arguments,
    common_fields,
    inside,
    is_row,
    recorded_prompt,
    step_number,
    whole,
)
from tracetui.model import (
    ContextEdit,
    EditEvidence,
    Gap,
    Message,
    Session,
    ToolCallPart,
    ToolCallResponsePart,
)

NAME = "session-trace"
TITLE = "session-trace.jsonl"
RULE = "JSON lines with `session_id`, `step` and a `type` such as llm_call, tool_call or message."
KEEPS = "Prompts rebuilt from `messages` deltas, recorded where a line has `prompt`, absent where neither is written."
LOSES = "Whatever the writer leaves out: only summaries and arguments are required."
EXPORT = "Write the lines yourself: `docs/session-trace.md` describes every field."

_SPAWNING = ("tool_call", "agent", "workflow", "handoff")
"""Steps whose children are another agent's, one level deeper."""


def detect(records: Records) -> Detection:
    sample = records.sample
    listed = sample[0] if records.shape == "document" and sample and isinstance(sample[0], list) else sample
    rows = [value for value in listed[:20] if isinstance(value, dict)]
    mine = [row for row in rows if is_row(row) and "step" in row and row["type"] in KINDS]
    if not mine:
        return NOT_MINE
    return Detection(
        0.95 * len(mine) / len(rows), f"{len(mine)} of the first {len(rows)} lines have session_id, step and type"
    )


def read(records: Records, ledger: Ledger) -> list[Session]:
    runs: dict[str, list[Record]] = {}
    for record in _records(records, ledger):
        if not is_row(record.value):
            ledger.skip(record.source, "no step: session_id or type is missing")
            continue
        runs.setdefault(str(record.value["session_id"]), []).append(record)
        ledger.claim()
    return [_session(name, runs.pop(name), ledger) for name in list(runs)]


def _session(name: str, rows: list[Record], ledger: Ledger) -> Session:
    if carries_session(rows):
        try:
            return carried_session(name, rows)
        except DAMAGED as problem:
            ledger.note(f"session {name}: `context` is damaged ({problem}): the windows are told from the other fields")
    rows[:] = in_step_order(name, rows, ledger)
    values = [{key: row.value[key] for key in ("step", "parent_step") if key in row.value} for row in rows]
    run = _Run(name, rows)
    rows.clear()
    if (gap := missing_steps(values)) is not None:
        run.builder.gap(gap)
    session = run.session()
    for oddity in oddities(values, run.starts):
        ledger.note(f"session {name}: {oddity}")
    return session


def _records(records: Records, ledger: Ledger) -> Iterator[Record]:
    if records.shape != "document":
        return records.lines(ledger)
    return records.items() if isinstance(records.document, list) else iter((records.whole(),))


class _Run:
    """One session, built line by line."""

    def __init__(self, session_id: str, rows: list[Record]) -> None:
        self.builder = SessionBuilder(session_id)
        self._left = rows[::-1]
        self._reserved = {number for row in rows if (number := step_number(row.value)) is not None}
        self._free = 1
        self._by_number: dict[int, int] = {}
        self._outputs: list[Output] = []
        """What the steps since the last LLM call gave: what the next delta is expected to repeat."""
        self._asked: list[tuple[int, ToolCallPart]] = []
        """Calls of the last completion that no line has claimed: (LLM step, call)."""
        self._content = self._deltas = self._called = False
        self.starts: list[int | None] = []
        """When each line's step began, once it is read."""

    def session(self) -> Session:
        # A line makes room for the next as soon as it is a step: decoded lines take as much memory as steps.
        while self._left:
            self._add(self._left.pop())
        self._add_unclaimed_calls()
        self._join_outputs()
        if not self._content:
            self.builder.gap(
                Gap(
                    "content_not_recorded",
                    "prompts, answers and tool results are not in this trace; only summaries and arguments",
                    "write `messages`, `completion` and `result` with each step (docs/session-trace.md)",
                )
            )
        return self.builder.build()

    def _add(self, record: Record) -> None:
        row, kind = record.value, KINDS.get(record.value["type"], "other")
        if kind == "llm_call":
            self._add_unclaimed_calls()
        fields = common_fields(row) | arguments(row, record.source)
        fields["number"] = self._number(step_number(row))
        self.starts.append(fields.get("start_ns"))
        parent = self._by_number.get(whole(row["parent_step"]) or 0) if "parent_step" in row else None
        if parent is not None:
            above = self.builder.steps[parent]
            fields |= {"parent": parent, "depth": above.depth + (above.kind in _SPAWNING)}
        elif row.get("parent_step") is not None:
            fields["attributes"] = fields.get("attributes", {}) | {"parent_step": row["parent_step"]}
        if kind == "llm_call":
            index = self._add_llm_call(record, fields)
        elif kind == "tool_call":
            index = self._add_tool_call(record, fields)
        else:
            index = self._add_other(record, kind, fields)
        self._by_number.setdefault(fields["number"], index)
        if self.builder.goal is None:
            self.builder.goal = fields.get("goal")

    def _number(self, written: int | None) -> int:
        """The written number, or one that no line has where it is missing or taken."""
        if written is not None and written not in self._by_number:
            return written
        self._free = max(self._free, len(self.builder.steps) + 1)
        while self._free in self._reserved or self._free in self._by_number:
            self._free += 1
        return self._free

    def _add_llm_call(self, record: Record, fields: dict[str, Any]) -> int:
        row, completion = record.value, None
        if row.get("completion") is not None:
            place = inside(record.source, "/completion")
            completion = message_of(row["completion"], default_role="assistant", source=place)
        index = self.builder.step("llm_call", record.source, message=completion, **fields)
        self._add_tools(row, index)
        prompt = recorded_prompt(record)
        if isinstance(row.get("messages"), list):
            self._add_delta(record, index)
        else:
            self._join_outputs()
            if prompt is not None and not self._called:
                for message in prompt.messages:
                    self.builder.edit(ContextEdit(at=index, phase="input", messages=(message,), evidence="recorded"))
        if prompt is not None:
            self._content = True
            self.builder.prompt(index, prompt)
        if completion is not None:
            self._content = True
            self._outputs.append(Output(index, completion))
            self._asked = [(index, call) for call in asked_calls(completion)]
        self._called = True
        return index

    def _add_tools(self, row: dict[str, Any], index: int) -> None:
        if "tools" not in row:
            return
        tools = tool_definitions(row["tools"])
        if self._called or self.builder.has_tools:
            self.builder.edit(ContextEdit(at=index, phase="input", kind="tools", tools=tools, evidence="recorded"))
        else:
            self.builder.set_tools(tools)

    def _add_tool_call(self, record: Record, fields: dict[str, Any]) -> int:
        row = record.value
        asked = self._claim(fields.get("call_id"), fields.get("tool"))
        if asked is not None:
            fields.setdefault("parent", asked[0])
            fields.setdefault("depth", self.builder.steps[asked[0]].depth)
            if fields.get("call_id") is None and asked[1].id is not None:
                fields["call_id"] = asked[1].id
        index = self.builder.step("tool_call", record.source, **fields)
        part = ToolCallResponsePart(fields.get("call_id"), row.get("result"))
        message = Message("tool", (part,), fields.get("tool"), inside(record.source, "/result"))
        self._content = self._content or "result" in row
        self._outputs.append(Output(index, message, known="result" in row))
        return index

    def _claim(self, call_id: str | None, tool: str | None) -> tuple[int, ToolCallPart] | None:
        """The call of the last completion that a line tells about: by id, else the first of the tool's name."""
        for at, (_, call) in enumerate(self._asked):
            if call.id == call_id if call_id is not None and call.id is not None else call.name == tool:
                return self._asked.pop(at)
        return None

    def _add_unclaimed_calls(self) -> None:
        """Calls without a line of their own are steps too, after what their turn has lines for."""
        for asker, call in self._asked:
            asked = self.builder.steps[asker]
            number = self._number(None)
            index = self.builder.step(
                "tool_call",
                asked.source,
                number=number,
                parent=asker,
                depth=asked.depth,
                agent=asked.agent,
                tool=call.name,
                call_id=call.id,
                arguments=call.arguments,
                arguments_source=inside(asked.source, "/completion"),
            )
            self._by_number.setdefault(number, index)
            expected = Message("tool", (ToolCallResponsePart(call.id, None),), call.name)
            self._outputs.append(Output(index, expected, known=False))
        self._asked = []

    def _add_other(self, record: Record, kind: Any, fields: dict[str, Any]) -> int:
        row, message = record.value, None
        if "content" in row:
            place = inside(record.source, "/content")
            name = row["name"] if isinstance(row.get("name"), str) else None
            message = Message(str(row.get("role") or "user"), parts_of_content(row["content"]), name, place)
        index = self.builder.step(kind, record.source, message=message, **fields)
        if message is not None:
            self._content = True
            if kind == "message":
                self._outputs.append(Output(index, message))
        return index

    def _add_delta(self, record: Record, index: int) -> None:
        self._content = self._deltas = True
        messages = record.value["messages"]
        delta = [message_of(item, source=inside(record.source, f"/messages/{at}")) for at, item in enumerate(messages)]
        for message, at, origin in place_delta(delta, self._outputs, index):
            self._answer(origin, message)
            self.builder.edit(
                ContextEdit(
                    at=at,
                    phase="input" if at == index else "output",
                    messages=(message,),
                    from_step=None if origin == at else origin,
                    evidence="recorded",
                )
            )
        self._outputs.clear()

    def _answer(self, origin: int, message: Message) -> None:
        """A result that only the delta holds is the answer of its call."""
        step = self.builder.steps[origin]
        if step.kind != "tool_call" or step.has_result or not is_result(message) or message.source is None:
            return
        part = message.parts[0]
        value = part.response if isinstance(part, ToolCallResponsePart) else getattr(part, "content", None)
        self.builder.update(
            origin, result=decoded(value), has_result=True, source=message.source, also=(*step.also, step.source)
        )

    def _join_outputs(self) -> None:
        """Without a delta, what happened since the last LLM call is taken to be what the next one sees."""
        evidence: EditEvidence = "assumed" if self._deltas else "replayed"
        for step, message, known in self._outputs:
            if known:
                self.builder.edit(ContextEdit(at=step, messages=(message,), evidence=evidence))
        self._outputs.clear()
