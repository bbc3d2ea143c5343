"""smolagents: the steps of an agent's memory, as `agent.memory.get_full_steps()` or a run's full result gives them.

Each step that asked a model holds the messages that it was sent and the message that came back; what its tools
answered stands beside as one text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import list_field, object_field, seconds_field, text_field
from tracetui.ingest.messages import decoded, message_of
from tracetui.ingest.prompt_log import PromptLog
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import openai_usage, raw_usage
from tracetui.model import Gap, Message, RecordedPrompt, Session, TextPart, ToolCallPart

NAME = "smolagents-memory"
TITLE = "smolagents memory"
RULE = "A list, lines, or `steps` with `model_input_messages` and `timing`."
KEEPS = "Prompts recorded whole; usage and times of every call; tool calls with what the step observed."
LOSES = "Tool definitions beside the prompt's own text; of several calls in one step, which of them answered what."
EXPORT = (
    "`json.dump(agent.memory.get_full_steps(), file, default=str)`, or `agent.run(…, return_full_result=True).dict()`."
)

_CODE = "python_interpreter"


def detect(records: Records) -> Detection:
    document = records.document if records.shape == "document" else None
    listed = object_field(document).get("steps", document)
    leading = listed[:20] if isinstance(listed, list) else records.sample
    if any(isinstance(row, dict) and {"model_input_messages", "timing"} <= row.keys() for row in leading):
        return Detection(0.95, "steps with model_input_messages and timing")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    builder = SessionBuilder(session_name(records))
    if records.shape == "document":
        builder.attributes = {key: value for key, value in object_field(records.document).items() if key != "steps"}
    memory = _Memory(builder)
    for record in _steps(records, ledger):
        if isinstance(record.value, dict):
            ledger.claim()
            memory.add(record)
        else:
            ledger.skip(record.source, "a step that is no object")
    memory.log.finish()
    builder.gap(Gap("tools_not_recorded", "arguments cannot be checked against the tools' schemas"))
    return [builder.build()] if builder.steps else []


def _steps(records: Records, ledger: Ledger) -> Iterator[Record]:
    if records.shape != "document":
        return records.lines(ledger)
    return records.items() if isinstance(records.document, list) else records.items("steps")


class _Memory:
    """Steps in order, each call's prompt as it was sent."""

    def __init__(self, builder: SessionBuilder) -> None:
        self.log = PromptLog(builder)
        self._builder = builder

    def add(self, record: Record) -> None:
        step = record.value
        if "model_input_messages" in step:
            self._call(record)
        elif isinstance(step.get("task"), str):
            self._builder.goal = self._builder.goal or step["task"]
        elif "system_prompt" not in step:
            output = step.get("output", step.get("final_answer"))
            self._builder.step("other", record.source, summary=text_field(output) or "", attributes=step)

    def _call(self, record: Record) -> None:
        step, source = record.value, record.source
        sent = tuple(message_of(message, source=source) for message in list_field(step.get("model_input_messages")))
        said = step.get("model_output_message")
        text = text_field(step.get("model_output")) or text_field(step.get("plan"))
        answer = message_of(said, default_role="assistant", source=source) if isinstance(said, dict) else None
        if answer is None and text:
            answer = Message("assistant", (TextPart(text),), source=source)
        error = text_field(object_field(step.get("error")).get("message")) or text_field(step.get("error"))
        calls = [_tool_call(call) for call in list_field(step.get("tool_calls")) if isinstance(call, dict)]
        fields: dict[str, Any] = {"usage": openai_usage(step.get("token_usage"))} | _times(
            object_field(step.get("timing"))
        )
        numbered = {"step_number": step["step_number"]} if "step_number" in step else {}
        fields["attributes"] = numbered | raw_usage(step.get("token_usage"))
        fields |= {"summary": "plan"} if "plan" in step else {}
        fields |= {"status": "error", "error": error} if error and not calls else {}
        prompt = RecordedPrompt(messages=sent, source=source) if sent else None
        index = self.log.llm_call(prompt, answer, source, call_steps=False, **fields)
        self._tools(record, calls, index, error)

    def _tools(self, record: Record, calls: list[ToolCallPart], parent: int, error: str | None) -> None:
        """The calls of a step. What it observed, and what failed, is the last one's: the step tells it only once."""
        observed = record.value.get("observations")
        if calls and calls[0].id:
            self.log.observed(parent, f"'id': '{calls[0].id}'")  # how later prompts show the calls
        for number, call in enumerate(calls, start=1):
            index = self._builder.tool_call(call, record.source, parent=parent)
            if number == len(calls) and (observed is not None or error):
                fields: dict[str, Any] = {"result": decoded(observed), "has_result": observed is not None}
                self._builder.update(index, **fields, **({"status": "error", "error": error} if error else {}))
                self.log.observed(index, str(observed if observed is not None else error))


def _tool_call(call: dict[str, Any]) -> ToolCallPart:
    function = object_field(call.get("function"))
    name, arguments = text_field(function.get("name")) or "", decoded(function.get("arguments"))
    if name == _CODE and isinstance(arguments, str):
        arguments = {"code": arguments}
    return ToolCallPart(text_field(call.get("id")), name, arguments)


def _times(timing: dict[str, Any]) -> dict[str, Any]:
    return {"start_ns": parse_time_ns(timing.get("start_time")), "duration_ns": seconds_field(timing.get("duration"))}
