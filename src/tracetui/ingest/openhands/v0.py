"""Events of OpenHands before its agent SDK: an `action` with `args`, or an `observation` with `content` and `extras`."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.fields import count_field, list_field, number_field, object_field, text_field
from tracetui.ingest.messages import decoded, message_of, tool_definitions
from tracetui.ingest.openhands.condensation import condense
from tracetui.ingest.records import Record, Records
from tracetui.ingest.replay import ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import openai_usage, raw_usage
from tracetui.model import Gap, Message, Part, Scope, Session, TextPart, ToolCallPart, ToolCallResponsePart

_NOT_SENT = frozenset(
    ("change_agent_state", "recall", "null", "pause", "resume", "stop", "start", "task_tracking_state")
)
"""Actions that no model sees."""
_NOT_SEEN = frozenset(("agent_state_changed", "null"))
"""Observations that no model sees."""
_CONDENSATIONS = frozenset(("condensation", "condensation_request"))


def is_event(row: dict[str, Any]) -> bool:
    return (
        "source" in row
        and "id" in row
        and (isinstance(row.get("action"), str) or isinstance(row.get("observation"), str))
    )


def session(name: str, events: list[tuple[Records, Record]], ledger: Ledger) -> Session:
    """One run. `ledger` is for remarks; the events are claimed already."""
    return _Run(name, events).session(ledger)


class _Run:
    def __init__(self, name: str, events: list[tuple[Records, Record]]) -> None:
        self.builder = SessionBuilder(name)
        self._windows = [ReplayedWindow(self.builder)]
        """The agent's window, and those of the delegates at work below it."""
        self._events = [record for _, record in events]
        self._responses: dict[str, list[Record]] = defaultdict(list)
        self._costs = 0
        for record in self._events:
            if response := _response_id(record.value):
                self._responses[response].append(record)

    def session(self, ledger: Ledger) -> Session:
        for record in self._events:
            self._add(record)
        if any(
            "Z" not in str(r.value.get("timestamp")) and "+" not in str(r.value.get("timestamp")) for r in self._events
        ):
            ledger.note("times name no zone: they are read as UTC")
        if not self.builder.has_system:
            effect = "what the model was told to be and to do is not in this trace"
            self.builder.gap(Gap("system_prompt_not_recorded", effect))
        if not self.builder.has_tools:
            self.builder.gap(Gap("tools_not_recorded", "arguments cannot be checked against the tools' schemas"))
        return self.builder.build()

    @property
    def window(self) -> ReplayedWindow:
        return self._windows[-1]

    def _add(self, record: Record) -> None:
        event = record.value
        if isinstance(event.get("observation"), str):
            self._observation(record)
        elif event["action"] == "system":
            arguments = object_field(event.get("args"))
            self.builder.set_system((TextPart(text_field(arguments.get("content")) or ""),), self.window.scope)
            self.builder.set_tools(tool_definitions(arguments.get("tools")), self.window.scope)
        elif event["action"] == "condensation":
            self._condensation(record)
        elif event["action"] in _NOT_SENT or event["action"] in _CONDENSATIONS:
            return
        elif event.get("source") == "agent":
            self._answer(record)
        else:
            text = text_field(object_field(event.get("args")).get("content")) or text_field(event.get("message")) or ""
            message = Message("user", (TextPart(text),), source=record.source)
            self.window.message(
                message, record.source, str(event["id"]), start_ns=parse_time_ns(event.get("timestamp"))
            )

    def _answer(self, record: Record) -> None:
        event = record.value
        response = _response_id(event)
        actions = self._responses[response] if response else [record]
        if actions[0] is not record:
            return  # part of a message that stands already
        raw = object_field(object_field(event.get("tool_call_metadata")).get("model_response"))
        choices = list_field(raw.get("choices"))
        message = message_of(object_field(choices[0]).get("message"), source=record.source) if choices else None
        if message is None or not message.parts:
            message = Message("assistant", _parts(actions), source=record.source)
        index = self.window.llm_call(
            Message("assistant", message.parts, source=record.source),
            record.source,
            *(str(action.value["id"]) for action in actions),
            call_sources=[action.source for action in actions],
            model=text_field(raw.get("model")),
            usage=openai_usage(raw.get("usage")),
            attributes=raw_usage(raw.get("usage")),
            cost_usd=self._cost(event),
            start_ns=parse_time_ns(event.get("timestamp")),
            also=tuple(action.source for action in actions[1:]),
        )
        if event["action"] == "delegate":
            agent = text_field(object_field(event.get("args")).get("agent"))
            scope = Scope(f"delegate {event['id']}", "sub_agent", agent, self.window.scope, index)
            self._windows.append(ReplayedWindow(self.builder, self.builder.scope(scope)))

    def _cost(self, event: dict[str, Any]) -> float | None:
        """What this call cost: the last entry of the list of costs, where the list has grown."""
        costs = list_field(object_field(event.get("llm_metrics")).get("costs"))
        if len(costs) <= self._costs:
            return None
        self._costs = len(costs)
        return number_field(object_field(costs[-1]).get("cost"))

    def _observation(self, record: Record) -> None:
        event = record.value
        kind, key = event["observation"], str(event["id"])
        if kind in _NOT_SEEN:
            return
        if kind == "delegate" and len(self._windows) > 1:
            self._windows.pop()
        content = event.get("content")
        call_id = _call_id(event) or next(
            (_own_id(r) for r in self._events if r.value.get("id") == event.get("cause")), None
        )
        if call_id is None or (event.get("source") != "agent" and self.builder.call_step(call_id) is None):
            message = Message("user", (TextPart(text_field(content) or ""),), source=record.source)
            self.window.message(message, record.source, key, start_ns=parse_time_ns(event.get("timestamp")))
            return
        exit_code = count_field(object_field(object_field(event.get("extras")).get("metadata")).get("exit_code"))
        failed = kind == "error" or event.get("success") is False or bool(exit_code)
        error = (
            (text_field(content) or "error") if kind == "error" else f"exit code {exit_code}" if exit_code else "failed"
        )
        part = ToolCallResponsePart(call_id, content)
        fields: dict[str, Any] = {"status": "error", "error": error} if failed else {"status": "ok"}
        self.window.tool_result(Message("tool", (part,), source=record.source), record.source, key, **fields)

    def _condensation(self, record: Record) -> None:
        given = object_field(record.value.get("args"))
        forgotten = list_field(given.get("forgotten_event_ids"))
        start, end = (
            count_field(given.get("forgotten_events_start_id")),
            count_field(given.get("forgotten_events_end_id")),
        )
        if start is not None and end is not None:
            named = (record.value.get("id") for record in self._events)
            forgotten = [event for event in named if isinstance(event, int) and start <= event <= end]
        seen = sum(1 for r in self._events if r.value.get("action") == "system")
        time = parse_time_ns(record.value.get("timestamp"))
        condense(self.window, record, forgotten, given, unseen=seen, start_ns=time)


def _response_id(event: dict[str, Any]) -> str | None:
    metadata = object_field(event.get("tool_call_metadata"))
    if not isinstance(event.get("action"), str) or not metadata:
        return None
    return text_field(object_field(metadata.get("model_response")).get("id"))


def _call_id(event: dict[str, Any]) -> str | None:
    return text_field(object_field(event.get("tool_call_metadata")).get("tool_call_id"))


def _own_id(record: Record) -> str:
    return _call_id(record.value) or f"event {record.value.get('id')}"


def _parts(actions: list[Record]) -> tuple[Part, ...]:
    """What an agent said, where the model's response is not kept: its thought, then the action as a call."""
    parts: list[Part] = []
    for action in actions:
        event, arguments = action.value, object_field(action.value.get("args"))
        said = text_field(arguments.get("thought")) or (
            text_field(arguments.get("content")) if event["action"] == "message" else None
        )
        parts += [TextPart(said)] if said else []
        if event["action"] not in ("message", "think"):
            given = {key: value for key, value in arguments.items() if key != "thought"}
            parts.append(ToolCallPart(_own_id(action), _tool_name(event), decoded(given)))
    return tuple(parts)


def _tool_name(event: dict[str, Any]) -> str:
    return text_field(object_field(event.get("tool_call_metadata")).get("function_name")) or str(event["action"])
