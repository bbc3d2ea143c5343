"""AutoGen AgentChat: the messages and events of a team's run, as `TaskResult` or a list of them is dumped."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.messages import decoded, parts_of_content
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import openai_usage
from tracetui.model import Gap, Message, Part, ReasoningPart, Session, ToolCallPart, ToolCallResponsePart

NAME = "autogen-agentchat"
TITLE = "AutoGen AgentChat messages"
RULE = "Objects with `source`, `content` and a `type` such as TextMessage or ToolCallRequestEvent."
KEEPS = "Prompts rebuilt from the messages all agents share; usage where a message has it."
LOSES = "System prompts, tool definitions, and which agent was shown which message."
EXPORT = "`result.model_dump_json()` of a `TaskResult`, or every item of `run_stream()` dumped as a line."

_MESSAGES = frozenset(
    ("TextMessage", "MultiModalMessage", "StopMessage", "HandoffMessage", "ToolCallSummaryMessage", "StructuredMessage")
)
_EVENTS = frozenset(
    """ToolCallRequestEvent ToolCallExecutionEvent ThoughtEvent MemoryQueryEvent CodeGenerationEvent CodeExecutionEvent
    ModelClientStreamingChunkEvent UserInputRequestedEvent SelectSpeakerEvent SelectorEvent""".split()  # noqa: SIM905
)


def detect(records: Records) -> Detection:
    document = records.document if records.shape == "document" else None
    inner = object_field(document).get("messages") if isinstance(document, dict) else document
    leading = list_field(inner)[:20] if inner is not None else records.sample
    mine = [row for row in leading if _is_mine(row)]
    return Detection(0.94, f"a message of type {mine[0]['type']}") if mine else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    run = _Run(records)
    if records.shape != "document":
        found = records.lines(ledger)
    elif isinstance(records.document, dict) and isinstance(records.document.get("messages"), list):
        run.builder.attributes = {key: value for key, value in records.document.items() if key != "messages"}
        found = records.items("messages")
    else:
        found = records.items() if isinstance(records.document, list) else iter([records.whole()])
    for record in found:
        if _is_mine(record.value):
            ledger.claim()
            run.add(record)
        elif isinstance(record.value, dict) and {"messages", "stop_reason"} <= record.value.keys():
            ledger.claim()  # a TaskResult at the end of a stream repeats the messages before it
        else:
            ledger.skip(record.source, "no message of AgentChat")
    return [run.session()] if run.builder.steps else []


def _is_mine(row: Any) -> bool:
    kind = object_field(row).get("type")
    named = isinstance(kind, str) and (kind in _MESSAGES or kind in _EVENTS or kind.startswith("StructuredMessage"))
    return named and "source" in row and "content" in row | {"content": None}


class _Run:
    def __init__(self, records: Records) -> None:
        self.records = records
        self.builder = SessionBuilder(session_name(records))
        self._thoughts: dict[str, Record] = {}
        """By agent: what it thought before its next message."""

    def add(self, record: Record) -> None:
        row, source = record.value, record.source
        kind, agent = str(row["type"]), str(row["source"])
        time = parse_time_ns(row.get("created_at"))
        match kind:
            case "ThoughtEvent":
                self._thoughts[agent] = record
            case "ToolCallRequestEvent":
                self._answer(record, agent, time, calls=True)
            case "ToolCallExecutionEvent":
                for item in self.records.inside(record, "content"):
                    self._result(item)
            case "HandoffMessage":
                message = Message("user", parts_of_content(row.get("content")), agent, source)
                index = self.builder.step(
                    "handoff", source, message=message, agent=agent, start_ns=time, summary=f"to {row.get('target')}"
                )
                self.builder.append(index, message)
            case "MemoryQueryEvent":
                message = Message("system", parts_of_content(row.get("content")), agent, source)
                index = self.builder.step("memory", source, message=message, agent=agent, start_ns=time)
                self.builder.append(index, message)
            case _ if kind == "ToolCallSummaryMessage" or agent == "user" or not self._is_speech(kind):
                if self._is_speech(kind):
                    message = Message("user", parts_of_content(_content(row)), agent, source)
                    self.builder.message(message, source, agent=agent, start_ns=time)
                else:
                    self.builder.step("other", source, agent=agent, start_ns=time, summary=kind, attributes=row)
            case _:
                self._answer(record, agent, time, calls=False)

    def _is_speech(self, kind: str) -> bool:
        return kind in _MESSAGES or kind.startswith("StructuredMessage")

    def _answer(self, record: Record, agent: str, time: int | None, *, calls: bool) -> None:
        row = record.value
        places = (
            [item for item in self.records.inside(record, "content") if isinstance(item.value, dict)] if calls else []
        )
        thought = self._thoughts.pop(agent, None)
        parts: list[Part] = [ReasoningPart(str(thought.value.get("content")))] if thought else []
        parts += [_call(item.value) for item in places] if calls else parts_of_content(_content(row))
        self.builder.llm_call(
            Message("assistant", tuple(parts), agent, record.source),
            record.source,
            call_sources=[item.source for item in places],
            agent=agent,
            usage=openai_usage(row.get("models_usage")),
            start_ns=time,
            also=(thought.source,) if thought else (),
            attributes={"metadata": row["metadata"]} if row.get("metadata") else {},
        )

    def _result(self, item: Record) -> None:
        row = object_field(item.value)
        part = ToolCallResponsePart(text_field(row.get("call_id")), row.get("content"))
        failed = row.get("is_error") is True
        error = text_field(row.get("content")) or "the tool reported an error" if failed else None
        message = Message("tool", (part,), text_field(row.get("name")), item.source)
        self.builder.tool_result(message, item.source, status="error" if failed else "ok", error=error)

    def session(self) -> Session:
        effect = "what these agents were told to be and to do is not in this trace"
        self.builder.gap(Gap("system_prompt_not_recorded", effect, "log autogen_core.events: its calls hold it"))
        self.builder.gap(Gap("tools_not_recorded", "arguments cannot be checked against the tools' schemas"))
        if len({step.agent for step in self.builder.steps if step.kind == "llm_call"}) > 1:
            effect = "which agent was shown which message is not known: each prompt holds all messages before it"
            self.builder.gap(Gap("audience_not_recorded", effect, "log autogen_core.events: its calls hold it"))
        return self.builder.build()


def _call(call: dict[str, Any]) -> ToolCallPart:
    return ToolCallPart(text_field(call.get("id")), text_field(call.get("name")) or "", decoded(call.get("arguments")))


def _content(row: dict[str, Any]) -> Any:
    content = row.get("content")
    return [content] if isinstance(content, dict) else content
