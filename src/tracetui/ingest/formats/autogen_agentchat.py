"""AutoGen AgentChat: the messages and events of a team's run, as `TaskResult` or a list of them is dumped, or as the saved
state of a team (its manager's `message_thread`) or of one agent (its `llm_context`) holds them."""

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
from tracetui.ingest.usage import openai_usage, raw_usage
from tracetui.model import Gap, Message, Part, ReasoningPart, Session, ToolCallPart, ToolCallResponsePart

NAME = "autogen-agentchat"
TITLE = "AutoGen AgentChat messages"
RULE = (
    "Objects with `source`, `content` and a `type` such as TextMessage or ToolCallRequestEvent, also in the saved state of "
    "a team or an agent."
)
KEEPS = "Prompts rebuilt from the messages all agents share; usage where a message has it."
LOSES = "System prompts, tool definitions, and which agent was shown which message."
EXPORT = (
    "`result.model_dump_json()` of a `TaskResult`, every item of `run_stream()` dumped as a line, or "
    "`await team.save_state()` dumped."
)

_MESSAGES = frozenset(
    ("TextMessage", "MultiModalMessage", "StopMessage", "HandoffMessage", "ToolCallSummaryMessage", "StructuredMessage")
)
_EVENTS = frozenset(
    """ToolCallRequestEvent ToolCallExecutionEvent ThoughtEvent MemoryQueryEvent CodeGenerationEvent CodeExecutionEvent
    ModelClientStreamingChunkEvent UserInputRequestedEvent SelectSpeakerEvent SelectorEvent""".split()  # noqa: SIM905
)
_IN_A_CONTEXT = frozenset(("UserMessage", "AssistantMessage", "FunctionExecutionResultMessage", "SystemMessage"))
"""As a model was given them."""


def detect(records: Records) -> Detection:
    document = records.document if records.shape == "document" else None
    inner: Any = document
    if isinstance(document, dict):
        for key in _path(document):
            inner = object_field(inner).get(key)
    leading = list_field(inner)[:20] if inner is not None else records.sample
    mine = [row for row in leading if _is_mine(row)]
    return Detection(0.94, f"a message of type {mine[0]['type']}") if mine else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    run = _Run(records)
    if records.shape != "document":
        found = records.lines(ledger)
    elif isinstance(records.document, dict) and not _is_mine(records.document):
        path = _path(records.document)
        run.builder.attributes = _without(records.document, path)
        found = records.items(*path)
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


def _path(document: dict[str, Any]) -> tuple[str, ...]:
    """Where the messages are: of a saved team with its manager, of a saved agent in what its model is given."""
    states = object_field(document.get("agent_states"))
    manager = next(
        (key for key, state in states.items() if list_field(object_field(state).get("message_thread"))), None
    )
    if manager is not None:
        return "agent_states", manager, "message_thread"
    return ("llm_context", "messages") if "llm_context" in document else ("messages",)


def _without(document: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """All but what is at the path."""
    key, *rest = path
    kept = {name: value for name, value in document.items() if name != key}
    inner = _without(object_field(document.get(key)), tuple(rest)) if rest else {}
    return kept | {key: inner} if inner else kept


def _is_mine(row: Any) -> bool:
    kind = object_field(row).get("type")
    if kind in _IN_A_CONTEXT:
        return "content" in row
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
        kind, agent = str(row["type"]), str(row.get("source") or "")
        time = parse_time_ns(row.get("created_at"))
        match kind:
            case "ThoughtEvent":
                self._thoughts[agent] = record
            case "ToolCallRequestEvent":
                self._answer(record, agent, time, calls=True)
            case "AssistantMessage":
                self._answer(record, agent, time, calls=isinstance(row["content"], list))
            case "UserMessage" | "SystemMessage":
                role = kind.removesuffix("Message").lower()
                self.builder.message(Message(role, parts_of_content(_content(row)), agent or None, source), source)
            case "ToolCallExecutionEvent" | "FunctionExecutionResultMessage":
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
        thoughts = [thought.value.get("content")] if thought else [row["thought"]] if row.get("thought") else []
        parts: list[Part] = [ReasoningPart(str(said)) for said in thoughts]
        parts += [_call(item.value) for item in places] if calls else parts_of_content(_content(row))
        self.builder.llm_call(
            Message("assistant", tuple(parts), agent, record.source),
            record.source,
            call_sources=[item.source for item in places],
            agent=agent,
            usage=openai_usage(row.get("models_usage")),
            start_ns=time,
            also=(thought.source,) if thought else (),
            attributes=({"metadata": row["metadata"]} if row.get("metadata") else {})
            | raw_usage(row.get("models_usage")),
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
