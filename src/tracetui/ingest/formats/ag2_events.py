"""AG2 (1.x) event logs: what a stream of events keeps of an agent's turns, one JSON line each.

Events that a compaction drops go to files of their own (`ID.dropped-1.jsonl`), whose window ends where the summary, or
the last tokens counted before it, stand. A sub-task's stream is a log of its own beside.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from tracetui.ingest.ag2 import (
    Event,
    counts_of,
    events_of,
    input_part,
    is_event,
    part_value,
    stream_events,
    stream_of,
    unwrapped,
    usage_of,
)
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import conversation_gaps
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.messages import decoded
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.replay import ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.usage import raw_usage
from tracetui.model import (
    Message,
    Part,
    Scope,
    Session,
    StepKind,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
)

NAME = "ag2-events"
TITLE = "AG2 event logs (1.x)"
RULE = "Lines with `data` and a `type` that names a class of AG2's events, such as `ag2.events.types.ModelResponse`."
KEEPS = "Prompts rebuilt from the stream, compactions included; usage of every call; sub-tasks' logs beside as windows."
LOSES = "System prompt and tool definitions, which no event holds; what policies put in for one call."
EXPORT = (
    "The folder `log/` of the agent's knowledge store: `Agent(…, knowledge=KnowledgeConfig(DiskKnowledgeStore(PATH)))`."
)

_REPEATED = frozenset(("ToolCallsEvent", "ToolCallEvent", "ClientToolCallEvent", "ToolResultsEvent", "ModelMessage"))
"""Events that say again what a response or a single result says."""
_RESULTS = frozenset(("ToolResultEvent", "ToolErrorEvent", "ToolNotFoundEvent", "BuiltinToolResultEvent"))
_SHOWN: dict[str, StepKind] = {"ObserverAlert": "guardrail", "HaltEvent": "guardrail", "TaskFailed": "error"}
_SUMMARY = "[Summary of earlier conversation]\n"
"""What AG2 puts before a summary that it sends."""


def detect(records: Records) -> Detection:
    named = next((row["type"] for row in records.sample if is_event(row) and row["type"].startswith("ag2.")), None)
    return Detection(0.95, f"events such as {named}") if named else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    builder = SessionBuilder(stream_of(records.source.path))
    _Log(builder, "main", stream_events(records, ledger), records, ledger).read()
    conversation_gaps(builder, whole_request=False)
    return [builder.build()] if builder.steps else []


class _Log:
    """One stream of events as one window."""

    def __init__(
        self, builder: SessionBuilder, scope: str, events: list[Event], records: Records, ledger: Ledger
    ) -> None:
        self._builder = builder
        self._window = ReplayedWindow(builder, scope)
        self._events = events
        self._records = records
        self._ledger = ledger
        self._compactions = _compactions(events)
        self._asked_ns: int | None = None
        """When the last event was that a call answers."""

    def read(self) -> None:
        for event in self._events:
            if event.name == "ModelRequest":
                self._compact_before(event)
            self._add(event)
            if event.name in _RESULTS or event.name.endswith("ModelRequest"):
                self._asked_ns = event.time_ns

    def _add(self, event: Event) -> None:
        source, data, place = event.record.source, event.data, {"start_ns": event.time_ns}
        match event.name:
            case "ModelRequest" | "DrainedModelRequest":
                parts = tuple(input_part(part) for part in list_field(data.get("parts")))
                self._window.message(Message("user", parts, source=source), source, _key(event), **place)
            case "ModelResponse":
                self._response(event)
            case "CompactionSummary":
                pass  # put into the window where the compaction was
            case "UsageEvent":
                self._usage(event)
            case "HumanMessage":
                said = Message("user", (TextPart(text_field(data.get("content")) or ""),), source=source)
                self._builder.step("message", source, message=said, scope=self._window.scope, agent="human", **place)
            case "BuiltinToolCallEvent":
                arguments, call_id = decoded(data.get("arguments")), text_field(data.get("id"))
                asked = {"arguments": arguments, "arguments_source": source, "scope": self._window.scope}
                self._builder.step(
                    "tool_call", source, tool=text_field(data.get("name")), call_id=call_id, **asked, **place
                )
            case name if name in _RESULTS:
                self._result(event)
            case "TaskStarted" | "TaskCompleted":
                self._task(event)
            case name if name not in _REPEATED:
                error = text_field(object_field(data.get("error")).get("message")) if name == "TaskFailed" else None
                failed = {"status": "error", "error": error or name} if name == "TaskFailed" else {}
                fields = {"summary": name, "attributes": data, "scope": self._window.scope, **place, **failed}
                self._builder.step(_SHOWN.get(name, "other"), source, **fields)

    def _response(self, event: Event) -> None:
        data, source = event.data, event.record.source
        said = text_field(object_field(data.get("message")).get("content"))
        calls = [object_field(call) for call in list_field(object_field(data.get("tool_calls")).get("calls"))]
        parts: list[Part] = [TextPart(said)] if said else []
        parts += (
            ToolCallPart(text_field(c.get("id")), text_field(c.get("name")) or "", decoded(c.get("arguments")))
            for c in calls
        )
        lasted = event.time_ns - self._asked_ns if event.time_ns and self._asked_ns else None
        attributes = {key: data[key] for key in ("provider", "response_id", "files") if data.get(key)}
        if data.get("finish_reason"):
            attributes["finish_reasons"] = [data["finish_reason"]]
        self._window.llm_call(
            Message("assistant", tuple(parts), source=source),
            source,
            _key(event),
            model=text_field(data.get("model")),
            usage=usage_of(data),
            start_ns=event.time_ns if lasted is None or lasted < 0 else self._asked_ns,
            duration_ns=lasted if lasted is not None and lasted >= 0 else None,
            attributes=attributes | raw_usage(counts_of(data)),
        )

    def _usage(self, event: Event) -> None:
        """Of calls that no response stands for; a response has its own."""
        kind = text_field(event.data.get("kind"))
        if kind in ("compaction", "aggregation"):
            fields = {
                "model": text_field(event.data.get("model")),
                "usage": usage_of(event.data),
                "attributes": raw_usage(counts_of(event.data)),
            }
            scope = self._builder.scope(Scope("upkeep", "side_call", parent="main"))
            self._builder.step(
                "llm_call", event.record.source, scope=scope, summary=kind, start_ns=event.time_ns, **fields
            )

    def _result(self, event: Event) -> None:
        data, source = event.data, event.record.source
        contents = [input_part(part) for part in list_field(unwrapped(data.get("result")).get("parts"))]
        texts = [part.content for part in contents if isinstance(part, TextPart)]
        held: Any = texts[0] if len(texts) == len(contents) == 1 else [part_value(part) for part in contents]
        part = ToolCallResponsePart(text_field(data.get("parent_id")), held)
        message = Message("tool", (part,), text_field(data.get("name")), source)
        failed = text_field(object_field(data.get("error")).get("message")) if "error" in data else None
        fields = {"status": "error", "error": failed or "the tool failed"} if "error" in data else {"status": "ok"}
        if event.name == "BuiltinToolResultEvent":  # the provider's own: part of its answer, no message of ours
            self._builder.join_result(part, source, name=message.name, scope=self._window.scope, **fields)
        else:
            self._window.tool_result(message, source, _key(event), **fields)

    def _task(self, event: Event) -> None:
        """A sub-task: the step that began it, and its own log where that lies beside."""
        data, source = event.data, event.record.source
        agent, objective = text_field(data.get("agent_name")), text_field(data.get("objective"))
        if event.name == "TaskStarted":
            parent = self._builder.call_step(text_field(data.get("parent_tool_call_id")) or "")
            fields = {"agent": agent, "summary": objective, "parent": parent, "start_ns": event.time_ns}
            self._builder.step(
                "agent", source, scope=self._window.scope, call_id=text_field(data.get("task_id")), **fields
            )
            return
        begun = next(
            (s for s in self._builder.steps if s.kind == "agent" and s.call_id == text_field(data.get("task_id"))), None
        )
        if begun is None:
            index = self._builder.step("agent", source, scope=self._window.scope, agent=agent, summary=objective)
        else:
            index = begun.index
            lasted = event.time_ns - begun.start_ns if event.time_ns and begun.start_ns else None
            self._builder.update(index, result=data.get("result"), has_result=True, also=(source,), duration_ns=lasted)
        told = data.get("task_stream")
        stream = text_field(told["__uuid__"] if isinstance(told, dict) and "__uuid__" in told else told)
        inner = self._records.beside(f"{stream}.jsonl") if stream and re.fullmatch(r"[\w-]+", stream) else None
        if stream is not None and inner is not None and self._builder.known_scope(f"task {stream}") is None:
            parent_scope = self._window.scope
            scope = self._builder.scope(Scope(f"task {stream}", "sub_agent", agent, parent_scope, index))
            _Log(self._builder, scope, list(events_of(inner, 0, self._ledger)), self._records, self._ledger).read()

    def _compact_before(self, event: Event) -> None:
        """Compactions run after a turn: those whose time has come before the next one begins."""
        while self._compactions and self._compactions[0].is_before(event):
            compaction = self._compactions.pop(0)
            summary = compaction.summary
            told = text_field(summary.data.get("summary")) if summary else None
            place = (summary or event).record.source
            text = told or f"{compaction.dropped} events dropped from the window"
            at = self._builder.step(
                "compaction", place, scope=self._window.scope, summary=text, start_ns=compaction.time_ns
            )
            gone = {f"segment {number}" for number in range(compaction.segment)}
            self._window.drop(lambda held, gone=gone: bool(held.keys & gone), at=at)  # type: ignore[misc]
            if summary is not None and told is not None:
                said = Message("user", (TextPart(_SUMMARY + told),), source=place)
                self._window.put(said, 0, f"segment {compaction.segment}", at=at)


class _Compaction(NamedTuple):
    segment: int
    """Events of the files before this one were dropped."""
    dropped: int
    time_ns: int | None
    summary: Event | None

    def is_before(self, event: Event) -> bool:
        if self.time_ns is None or event.time_ns is None:
            return event.segment >= self.segment
        return event.time_ns > self.time_ns


def _compactions(events: list[Event]) -> list[_Compaction]:
    """One before each file but the first. Each begins with the counts of tokens so far, then the summary if there is one."""
    found = []
    for segment in range(1, (events[-1].segment if events else 0) + 1):
        mine = [event for event in events if event.segment == segment]
        leading = [event for event in mine if event.name in ("UsageEvent", "CompactionSummary")]
        summary = next((event for event in mine[:1] + leading if event.name == "CompactionSummary"), None)
        counted = [event.time_ns for event in events if event.name == "UsageEvent" and event.segment < segment]
        first = next((at for at, event in enumerate(mine) if event.name != "UsageEvent"), 0)
        counted += [event.time_ns for event in mine[:first]]
        times = [summary.time_ns] if summary else counted
        dropped = sum(event.segment == segment - 1 and event.name != "UsageEvent" for event in events)
        found.append(_Compaction(segment, dropped, max((time for time in times if time), default=None), summary))
    return found


def _key(event: Event) -> str:
    return f"segment {event.segment}"
