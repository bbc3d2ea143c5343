"""One sample of an Inspect log: its events as steps, with prompts from the pool and texts from the attachments.

Events of sub-agents stand in spans of type agent; in older logs inside the event of the tool or subtask that ran them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import Conversation, chat_message
from tracetui.ingest.fields import count_field, list_field, number_field, object_field, seconds_field, text_field
from tracetui.ingest.inspect_chunks import ChunkedSample
from tracetui.ingest.messages import message_of, tool_definitions
from tracetui.ingest.prompt_log import PromptLog
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import raw_usage
from tracetui.model import Gap, Message, RecordedPrompt, Scope, Session, SourceRef, StepKind, Usage

_SHOWN: dict[str, StepKind] = {
    "error": "error",
    "sample_limit": "error",
    "score": "evaluation",
    "score_edit": "evaluation",
    "approval": "guardrail",
    "review": "guardrail",
    "sentinel": "guardrail",
    "subtask": "workflow",
    "sandbox": "other",
    "input": "other",
    "info": "other",
    "logger": "other",
    "interrupt": "other",
    "branch": "other",
    "checkpoint": "other",
}
_OF_ANY = frozenset(("event", "uuid", "span_id", "timestamp", "working_start", "events", "error"))
_OF_A_CALL = _OF_ANY | {"model", "input", "input_refs", "tools", "output", "call"}
_OF_A_TOOL = _OF_ANY | {"id", "function", "arguments", "result", "type", "agent_span_id", "working_time"}
_DEEPEST = 20
_TELLING = ("type", "decision", "action", "score_name", "name", "cmd", "file", "input", "message", "source")
_AGENT_SPANS = ("agent", "handoff")
_ATTACHMENTS = ("attachment://", "tc://")
"""What a text begins with that stands elsewhere in the sample; the second in logs of 2024."""


class Sample:
    """One sample while its events become steps."""

    def __init__(self, records: Records, record: Record, task: str, ledger: Ledger) -> None:
        self.records, self.record, self.ledger = records, record, ledger
        value = record.value
        parts = [task, f"sample {value.get('id')}", f"epoch {value.get('epoch')}"]
        self.builder = SessionBuilder(" · ".join(part for part in parts if part))
        kept = ("events", "messages", "attachments", "events_data", "transcript", "message_pool", "call_pool")
        self.builder.attributes = {key: inner for key, inner in value.items() if key not in kept}
        old = object_field(value.get("transcript"))
        self._events = ("transcript", "events") if "events" in old and not value.get("events") else ("events",)
        self.attachments = object_field(value.get("attachments")) | object_field(old.get("content"))
        data = object_field(value.get("events_data"))
        self.pool = list_field(data.get("messages")) or list_field(value.get("message_pool"))
        self.calls = list_field(data.get("calls")) or list_field(value.get("call_pool"))
        self._pooled: dict[int, Message] = {}
        self.log = PromptLog(self.builder)
        self._spans: dict[str, dict[str, Any]] = {}
        self._spawned: dict[str, int] = {}
        """By the id of an agent's span: the tool step that ran it."""
        self._inside: list[Scope] = []
        """Of events inside an event: the windows they belong to, the innermost last."""

    def session(self, chunked: ChunkedSample | None = None) -> Session:
        """The sample's events as steps; its final messages where it has no events."""
        if chunked is not None:
            self.pool, self.attachments = chunked.pool, chunked.attachments
            self._add(chunked.events)
        else:
            self._add(self.records.inside(self.record, *self._events), nested=True)
        self.log.finish()
        if not self.builder.steps:
            self._conversation()
        return self.builder.build()

    def _add(self, events: Iterable[Record], *, nested: bool = False) -> None:
        for record in events:
            if not isinstance(record.value, dict):
                self.ledger.skip(record.source, "an event that is no object")
                continue
            self.ledger.claim()
            before = len(self.builder.steps)
            self._event(record)
            if nested and list_field(record.value.get("events")) and len(self._inside) < _DEEPEST:
                self._add_inside(record, before if len(self.builder.steps) > before else None)

    def _add_inside(self, record: Record, step: int | None) -> None:
        """The events that a tool or a subtask has caused, where they stand inside its own: another window."""
        event = record.value
        name = text_field(event.get("function")) or text_field(event.get("name"))
        parent = self._inside[-1].id if self._inside else "main"
        self._inside.append(Scope(f"inside {record.source.pointer}", "sub_agent", name, parent, step))
        self._add(self.records.inside(record, "events"), nested=True)
        self._inside.pop()

    def _conversation(self) -> None:
        """A sample without events holds only the final list of messages."""
        chat = Conversation(self.builder)
        for record in self.records.inside(self.record, "messages"):
            self.ledger.claim()
            chat.add(chat_message(self.records, Record(self._resolved(record.value), record.source)))
        self.builder.gap(Gap("tools_not_recorded", "arguments cannot be checked against the tools' schemas"))

    def _event(self, record: Record) -> None:
        event = record.value
        kind = str(event.get("event"))
        if kind == "model":
            self._model(record)
        elif kind == "tool":
            self._tool(record)
        elif kind == "span_begin":
            self._spans[str(event.get("id"))] = event
        elif kind == "compaction":
            summary = f"{event.get('type')}: {event.get('tokens_before')} → {event.get('tokens_after')} tokens"
            place = self._place(event)
            self.builder.step("compaction", record.source, summary=summary, **place)
            if event.get("type") != "edit":  # that clears results where they stand
                self.log.compacted(place["scope"])
        elif kind in _SHOWN:
            error = text_field(object_field(event.get("error")).get("message")) or text_field(event.get("message"))
            fields: dict[str, Any] = {"attributes": event}
            if _SHOWN[kind] == "error":
                fields |= {"error": error, "status": "error"}
            self.builder.step(
                _SHOWN[kind], record.source, summary=_summary(kind, event), **fields, **self._place(event)
            )

    def _place(self, event: dict[str, Any]) -> dict[str, Any]:
        """Scope, depth and time: the nearest agent span owns the window."""
        span, depth, agents = self._spans.get(str(event.get("span_id"))), 0, list[dict[str, Any]]()
        asked: int | None = None
        while span is not None and depth < 100:
            if span.get("type") == "handoff" and agents and agents[-1].get("name") == span.get("name"):
                # The agent that is handed to has a span of its own inside this one.
                asked = self._spawned.get(str(span.get("id"))) if len(agents) == 1 else asked
            elif span.get("type") in _AGENT_SPANS:
                agents.append(span)
            span, depth = self._spans.get(str(span.get("parent_id"))), depth + 1
        place: dict[str, Any] = {"start_ns": parse_time_ns(event.get("timestamp")), "scope": "main"}
        if agents:
            place["agent"] = text_field(agents[0].get("name"))
        spawned_by = self._spawned.get(str(agents[0].get("id")), asked) if agents else None
        if len(agents) > 1 or spawned_by is not None:
            parent = f"agent:{agents[1].get('id')}" if len(agents) > 2 else "main"
            scope = Scope(f"agent:{agents[0].get('id')}", "sub_agent", place["agent"], parent, spawned_by)
            place |= {"scope": self.builder.scope(scope), "depth": max(1, len(agents) - 1)}
        elif self._inside:
            place |= {"scope": self.builder.scope(self._inside[-1]), "depth": len(self._inside)}
            place.setdefault("agent", self._inside[-1].agent)
        return place

    def _model(self, record: Record) -> None:
        event = record.value
        output = object_field(event.get("output"))
        choices = list_field(output.get("choices"))
        answer = self._resolved(object_field(choices[0]).get("message")) if choices else None
        prompt = RecordedPrompt(
            messages=self._input(event, record.source),
            tools=tool_definitions(self._resolved(event.get("tools"))),
            source=record.source,
        )
        error = text_field(event.get("error"))
        whole = len(prompt.messages) >= _promised(event)
        index = self.log.llm_call(
            prompt,
            message_of(answer, default_role="assistant", source=record.source) if answer is not None else None,
            record.source,
            call_steps=False,
            recorded=whole,
            model=text_field(event.get("model")),
            usage=_usage(output.get("usage")),
            cost_usd=number_field(object_field(output.get("usage")).get("total_cost")),
            error=error,
            status="error" if error else "ok",
            duration_ns=seconds_field(output.get("time")),
            attributes=_rest(event, _OF_A_CALL) | raw_usage(output.get("usage")),
            **self._place(event),
        )
        if not whole:
            effect = "this prompt names messages of a pool that are not in the log"
            self.builder.gap(Gap("content_partly_recorded", effect, steps=(self.builder.steps[index].number,)))

    def _input(self, event: dict[str, Any], source: SourceRef) -> tuple[Message, ...]:
        """The prompt's messages: in place, as ranges of the sample's pool, else as the request that was sent."""
        given = list_field(event.get("input"))
        if not given and event.get("input_refs"):
            return tuple(self._pooled_message(at, source) for at in _ranges(len(self.pool), event["input_refs"]))
        if not given:
            call = object_field(event.get("call"))
            sent, key = object_field(call.get("request")), text_field(call.get("call_key")) or "messages"
            held = _ranges(len(self.calls), call.get("call_refs"))
            given = list_field(sent.get(key)) or [self.calls[at] for at in held]
        return tuple(message_of(self._resolved(item), source=source) for item in given)

    def _pooled_message(self, at: int, source: SourceRef) -> Message:
        """A message of the pool, made once: the prompts of a long sample share it."""
        if at not in self._pooled:
            self._pooled[at] = message_of(self._resolved(self.pool[at]), source=source)
        return self._pooled[at]

    def _tool(self, record: Record) -> None:
        event = self._resolved(record.value)
        call_id, error = text_field(event.get("id")), object_field(event.get("error"))
        asked = self.log.caller(call_id)
        index = self.builder.step(
            "tool_call",
            record.source,
            parent=asked,
            tool=text_field(event.get("function")),
            call_id=call_id,
            arguments=event.get("arguments"),
            arguments_source=record.source,
            result=event.get("result"),
            has_result=event.get("result") is not None,
            error=text_field(error.get("message")),
            status="error" if error else "ok",
            duration_ns=seconds_field(event.get("working_time")),
            attributes=_rest(event, _OF_A_TOOL),
            **self._place(event),
        )
        if span := text_field(event.get("agent_span_id")):
            self._spawned[span] = index
            if (known := self.builder.known_scope(f"agent:{span}")) is not None:
                self.builder.scope(msgspec.structs.replace(known, spawned_by=index))
        elif to := text_field(event.get("agent")):
            handed = [
                one for one, begun in self._spans.items() if (begun.get("type"), begun.get("name")) == ("handoff", to)
            ]
            self._spawned |= dict.fromkeys(handed[-1:], index)

    def _resolved(self, value: Any, depth: int = 0) -> Any:
        """A value with the texts that `attachment://` names put in their places; an unknown name stays."""
        if isinstance(value, str):
            mark = next((mark for mark in _ATTACHMENTS if value.startswith(mark)), "")
            return self.attachments.get(value.removeprefix(mark), value) if mark else value
        if depth > 50:
            return value
        if isinstance(value, list):
            return [self._resolved(item, depth + 1) for item in value]
        return (
            {key: self._resolved(item, depth + 1) for key, item in value.items()} if isinstance(value, dict) else value
        )


def _ranges(size: int, ranges: Any) -> list[int]:
    """The places in a pool of this size that lie in ranges `[start, end)`."""
    pairs = [pair for pair in list_field(ranges) if isinstance(pair, list) and len(pair) == 2]
    known = [(start, end) for start, end in pairs if isinstance(start, int) and isinstance(end, int)]
    return [at for start, end in known for at in range(max(start, 0), min(end, size))]


def _promised(event: dict[str, Any]) -> int:
    """How many messages the ranges of an event name."""
    if event.get("input"):
        return 0
    pairs = [pair for pair in list_field(event.get("input_refs")) if isinstance(pair, list) and len(pair) == 2]
    return sum(pair[1] - pair[0] for pair in pairs if all(isinstance(end, int) for end in pair) and pair[1] > pair[0])


def _rest(event: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """What no rule maps."""
    return {key: value for key, value in event.items() if key not in known and value not in (None, [], {}, "")}


def _usage(value: Any) -> Usage | None:
    """Inspect's input tokens exclude the cache; ours include it."""
    usage = object_field(value)
    shown = count_field(usage.get("input_tokens"))
    if shown is None:
        return None
    read, stored = count_field(usage.get("input_tokens_cache_read")), count_field(usage.get("input_tokens_cache_write"))
    return Usage(
        shown + (read or 0) + (stored or 0),
        count_field(usage.get("output_tokens")),
        read,
        stored,
        count_field(usage.get("reasoning_tokens")),
        origin="derived" if read or stored else "recorded",
    )


def _summary(kind: str, event: dict[str, Any]) -> str:
    score = object_field(event.get("score"))
    if score:
        return f"score {score.get('value')}: {score.get('answer')}"
    said = next((event[key] for key in _TELLING if isinstance(event.get(key), str)), "")
    return f"{kind} {said}".strip()
