"""Events of the OpenHands software-agent SDK, each with its class in `kind`."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.fields import list_field, number_field, object_field, text_field
from tracetui.ingest.messages import decoded, message_of, parts_of_content, tool_definitions
from tracetui.ingest.openhands.condensation import condense
from tracetui.ingest.openhands.observation import outcome, shown
from tracetui.ingest.openhands.state import State, state_beside
from tracetui.ingest.records import Record, Records
from tracetui.ingest.replay import Held, ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import openai_usage, raw_usage
from tracetui.model import (
    Gap,
    Message,
    Part,
    ReasoningPart,
    RecordedPrompt,
    Scope,
    Session,
    SourceRef,
    StepKind,
    ToolCallPart,
    ToolCallResponsePart,
)

_KINDS = {"Condensation", "CondensationRequest", "AgentErrorEvent", "UserRejectObservation", "CondensationSummaryEvent"}
_SHOWN: dict[str, StepKind] = {"ConversationErrorEvent": "error"}


def is_event(row: dict[str, Any]) -> bool:
    kind = row.get("kind")
    return isinstance(kind, str) and (kind.endswith("Event") or kind in _KINDS) and "source" in row


def session(name: str, events: list[tuple[Records, Record]], ledger: Ledger) -> Session:
    """One conversation; the events are claimed already."""
    state = state_beside(events[0][0], ledger) if events else State({})
    return _Conversation(state.name() or name, events, state).session()


class _Conversation:
    def __init__(self, name: str, events: list[tuple[Records, Record]], state: State) -> None:
        self.builder = SessionBuilder(name)
        self.builder.attributes = state.attributes
        self._state = state
        self.window = ReplayedWindow(self.builder)
        self._events = events
        self._responses: dict[str, list[Record]] = defaultdict(list)
        """The actions of one model response."""
        self._system_events = 0
        self._schemas_known = False
        self._logged: dict[str, tuple[dict[str, Any], SourceRef]] = {}
        """By response id: the request and the answer as they went over the wire."""
        for _, record in events:
            if record.value.get("kind") == "ActionEvent":
                self._responses[_response_id(record)].append(record)
            elif record.value.get("kind") == "LLMCompletionLogEvent":
                log = object_field(decoded(record.value.get("log_data")))
                if response := text_field(object_field(log.get("response")).get("id")):
                    self._logged[response] = log, record.source

        self._called = {
            text_field(record.value.get("tool_call_id")): parse_time_ns(record.value.get("timestamp"))
            for _, record in events
            if record.value.get("kind") == "ActionEvent"
        }
        """By call id: when the tool was called."""
        parents = Counter(text_field(record.value.get("parent_id")) for _, record in events)
        self._forks = {parent for parent, children in parents.items() if children > 1}
        self._window_of: dict[str, ReplayedWindow] = {}
        """By event: the window that it is in."""
        self._newest: dict[str, str] = {}
        """By scope: its last event."""
        self._left: dict[str, tuple[list[Held], int]] = {}
        """By event that several others follow: what the window held after it, and the last step."""

    def session(self) -> Session:
        for _, record in self._events:
            key = str(record.value.get("id"))
            self._follow(text_field(record.value.get("parent_id")))
            self._add(record)
            self._window_of[key] = self.window
            self._newest[self.window.scope] = key
            if key in self._forks:
                self._left[key] = list(self.window.held), len(self.builder.steps) - 1
        if not self.builder.has_system:
            effect = "what the model was told to be and to do is not in this trace"
            self.builder.gap(Gap("system_prompt_not_recorded", effect))
        if not self._schemas_known:
            self.builder.gap(Gap("tools_not_recorded", "arguments cannot be checked against the tools' schemas"))
        return self.builder.build()

    def _follow(self, parent: str | None) -> None:
        """Go on in the window of the parent event; in a branch of it, where that one has gone on already."""
        window = self._window_of.get(parent or "")
        if parent is None or window is None:
            return
        self.window = window
        if self._newest[window.scope] != parent and parent in self._left:
            held, step = self._left[parent]
            scope = Scope(f"branch {len(self._newest)}", "branch", None, window.scope, max(step, 0))
            self.window = ReplayedWindow(self.builder, self.builder.scope(scope))
            self.window.held = list(held)

    def _add(self, record: Record) -> None:
        event, source = record.value, record.source
        time, key = parse_time_ns(event.get("timestamp")), str(event.get("id"))
        match event["kind"]:
            case "SystemPromptEvent":
                self._system_events += 1
                parts = (*parts_of_content(_texts(event.get("system_prompt"))), *_dynamic(event))
                self.builder.set_system(parts)
                tools = tool_definitions(_schemas(event.get("tools")))
                self.builder.set_tools(tools)
                self._schemas_known = any(tool.parameters is not None for tool in tools)
            case "MessageEvent":
                message = message_of(event.get("llm_message"), source=source)
                if message.role == "assistant":
                    attributes = _rest(event, "llm_message")
                    index = self.window.llm_call(message, source, key, start_ns=time, attributes=attributes)
                    self._add_logged(index, event)
                else:
                    self.window.message(message, source, key, start_ns=time)
            case "ActionEvent":
                self._action(record, time)
            case "ObservationEvent":
                observation = object_field(event.get("observation"))
                self._result(record, shown(observation), **outcome(observation))
            case "AgentErrorEvent":
                self._refused(record, event.get("error"))
            case "UserRejectObservation":
                self._refused(record, event.get("rejection_reason"))
            case "Condensation":
                forgotten = list_field(event.get("forgotten_event_ids"))
                spent = self._state.spent(text_field(event.get("llm_response_id")), condensed=True)
                spent |= _began(time, spent)
                condense(self.window, record, forgotten, event, unseen=self._system_events, **spent)
            case "LLMCompletionLogEvent" if self._is_joined(event):
                pass
            case kind:
                error = text_field(event.get("detail")) or text_field(event.get("code"))
                step_kind = _SHOWN.get(kind, "other")
                fields = {"error": error or kind, "status": "error"} if step_kind == "error" else {}
                self.builder.step(step_kind, source, summary=kind, start_ns=time, attributes=_rest(event), **fields)

    def _action(self, record: Record, time: int | None) -> None:
        actions = self._responses[_response_id(record)]
        if actions[0] is not record:
            return  # part of a message that stands already
        event = record.value
        reasoning = text_field(event.get("reasoning_content"))
        parts: list[Part] = [ReasoningPart(reasoning)] if reasoning else []
        parts += [
            *parts_of_content(event.get("thinking_blocks") or None),
            *parts_of_content(event.get("thought") or None),
        ]
        parts += [_call(action.value) for action in actions]
        index = self.window.llm_call(
            Message("assistant", tuple(parts), source=record.source),
            record.source,
            *(str(action.value.get("id")) for action in actions),
            call_sources=[action.source for action in actions],
            start_ns=time,
            also=tuple(action.source for action in actions[1:]),
            attributes=_rest(event, "thought", "reasoning_content", "thinking_blocks", "action", "tool_call"),
        )
        self._add_logged(index, event)

    def _is_joined(self, event: dict[str, Any]) -> bool:
        """Whether a log of a completion belongs to an answer that is in this trace."""
        log = object_field(decoded(event.get("log_data")))
        response = text_field(object_field(log.get("response")).get("id"))
        return any(record.value.get("llm_response_id") == response for _, record in self._events)

    def _add_logged(self, index: int, event: dict[str, Any]) -> None:
        """Usage and cost of a call, from the conversation's state; its prompt too, where its request was logged."""
        spent = self._state.spent(text_field(event.get("llm_response_id")))
        step = self.builder.steps[index]
        attributes = step.attributes | spent.get("attributes", {})
        self.builder.update(index, **spent | _began(step.start_ns, spent) | {"attributes": attributes})
        log, source = self._logged.get(text_field(event.get("llm_response_id")) or "", ({}, None))
        if source is None:
            return
        response = object_field(log["response"])
        fields = {"model": text_field(response.get("model")), "usage": openai_usage(response.get("usage"))}
        attributes = attributes | raw_usage(response.get("usage"))
        self.builder.update(index, cost_usd=number_field(log.get("cost")), attributes=attributes, **fields)
        sent = tuple(message_of(message, source=source) for message in list_field(log.get("messages")))
        if sent:
            tools = tool_definitions(log.get("tools"))
            self.builder.prompt(index, RecordedPrompt(messages=sent, tools=tools, source=source))

    def _refused(self, record: Record, reason: Any) -> None:
        error = reason if isinstance(reason, str) else "the tool reported an error"
        self._result(record, reason, status="error", error=error)

    def _result(self, record: Record, content: Any, **fields: Any) -> None:
        event = record.value
        part = ToolCallResponsePart(text_field(event.get("tool_call_id")), content)
        message = Message("tool", (part,), text_field(event.get("tool_name")), record.source)
        begun, ended = self._called.get(part.id), parse_time_ns(event.get("timestamp"))
        if begun is not None:
            fields |= {"start_ns": begun, "duration_ns": ended - begun if ended is not None else None}
        self.window.tool_result(message, record.source, str(event.get("id")), **fields)


def _began(time: int | None, spent: dict[str, Any]) -> dict[str, Any]:
    """When a call began: its event is written when it has ended."""
    return {"start_ns": time - spent.get("duration_ns", 0) if time is not None else None}


def _response_id(record: Record) -> str:
    return text_field(record.value.get("llm_response_id")) or str(record.value.get("id"))


def _call(action: dict[str, Any]) -> ToolCallPart:
    call = object_field(action.get("tool_call"))
    function = object_field(call.get("function")) or call
    arguments = function.get("arguments")
    if arguments is None:
        arguments = {key: value for key, value in object_field(action.get("action")).items() if key != "kind"}
    name = text_field(action.get("tool_name")) or text_field(function.get("name")) or ""
    return ToolCallPart(text_field(action.get("tool_call_id")) or text_field(call.get("id")), name, decoded(arguments))


def _schemas(tools: Any) -> list[Any]:
    """Tool definitions, also in MCP's shape with `inputSchema`, with the definition under `function`, or as the SDK's own
    tools are written: with a title and no schema."""
    found = []
    for tool in map(object_field, list_field(tools)):
        schema = tool.get("inputSchema")
        titled = {"name": tool["title"]} if "title" in tool and "name" not in tool else {}
        found.append(tool | titled | ({"parameters": schema} if isinstance(schema, dict) else {}))
    return found


def _dynamic(event: dict[str, Any]) -> tuple[Part, ...]:
    return parts_of_content(_texts(event.get("dynamic_context"))) if event.get("dynamic_context") else ()


def _texts(value: Any) -> Any:
    return value.get("text", value) if isinstance(value, dict) else value


def _rest(event: dict[str, Any], *known: str) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in (*known, "id", "timestamp", "kind", "tools")}
