"""Inspect AI logs: `.json` documents and `.eval` archives, a session for each sample and epoch.

Prompts are recorded whole, but pooled: messages may stand in `events_data`, and long texts in `attachments`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.archive import Archive, is_zip
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import Conversation, chat_message
from tracetui.ingest.fields import count_field, list_field, number_field, object_field, text_field
from tracetui.ingest.inspect_chunks import ChunkedSample, Log, chunked_samples
from tracetui.ingest.messages import message_of, tool_definitions
from tracetui.ingest.prompt_log import PromptLog
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Gap, RecordedPrompt, Scope, Session, StepKind, Usage

NAME = "inspect-log"
TITLE = "Inspect AI logs (.eval, .json)"
RULE = "An archive with `samples/` beside header.json or _journal/, or a document with `eval`, `plan` and `samples`."
KEEPS = "Prompts, tools and usage recorded for every model event; sub-agents as scopes."
LOSES = "State and store changes, and the raw API requests beside model events: they stay in the file."
EXPORT = "The `.eval` or `.json` files in the log folder, as they are."

_SHOWN: dict[str, StepKind] = {
    "error": "error",
    "sample_limit": "error",
    "score": "evaluation",
    "approval": "guardrail",
}
_AGENT_SPANS = ("agent", "handoff")


def detect(records: Records) -> Detection:
    if is_zip(records.source.data):
        archive = Archive(records.source.data)
        return (
            Detection(0.98, f"an archive of {len(archive.names)} members with samples") if archive.is_log else NOT_MINE
        )
    value = records.document if records.shape == "document" else None
    if isinstance(value, dict) and {"eval", "version"} <= set(value) and ("plan" in value or "samples" in value):
        return Detection(0.96, "version, eval and plan")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    if is_zip(records.source.data):
        log = Log(records.source.path, Archive(records.source.data), ledger)
        if log.archive.problem:
            ledger.note(log.archive.problem)
        return [session for session in _archived(log) if session.steps]
    task = text_field(object_field(records.document.get("eval")).get("task")) or ""
    found = [_sample(records, record, task, ledger) for record in records.items("samples")]
    return [session for session in found if session is not None and session.steps]


def _archived(log: Log) -> Iterator[Session]:
    """Each sample of an archive, in either layout; one log may mix them."""
    task = _task(log)
    for name in log.archive.names:
        if name.startswith("samples/") and name.count("/") == 1 and name.endswith(".json"):
            sample = log.member(name)
            session = _sample(sample, sample.whole(), task, log.ledger)
            if sample.cut is not None:
                log.ledger.skip(*sample.cut)
            if session is not None:
                yield session
    for chunked in chunked_samples(log):
        yield _Sample(chunked.records, chunked.shell, task, log.ledger).session(chunked)


def _task(log: Log) -> str:
    """The task's name, from the header, or from the journal of a log that was not finished."""
    for name in ("header.json", "_journal/start.json"):
        if name in log.archive.names:
            held = object_field(object_field(log.member(name).document).get("eval"))
            return text_field(held.get("task")) or ""
    return ""


def _sample(records: Records, record: Record, task: str, ledger: Ledger) -> Session | None:
    if not isinstance(record.value, dict):
        ledger.skip(record.source, "a sample that is no object")
        return None
    return _Sample(records, record, task, ledger).session()


class _Sample:
    """One sample while its events become steps."""

    def __init__(self, records: Records, record: Record, task: str, ledger: Ledger) -> None:
        self.records, self.record, self.ledger = records, record, ledger
        value = record.value
        parts = [task, f"sample {value.get('id')}", f"epoch {value.get('epoch')}"]
        self.builder = SessionBuilder(" · ".join(part for part in parts if part))
        kept = ("events", "messages", "attachments", "events_data")
        self.builder.attributes = {key: inner for key, inner in value.items() if key not in kept}
        self.attachments = object_field(value.get("attachments"))
        self.pool = list_field(object_field(value.get("events_data")).get("messages"))
        self.log = PromptLog(self.builder)
        self._spans: dict[str, dict[str, Any]] = {}

    def session(self, chunked: ChunkedSample | None = None) -> Session:
        """The sample's events as steps; its final messages where it has no events."""
        if chunked is not None:
            self.pool, self.attachments = chunked.pool, chunked.attachments
        for event in chunked.events if chunked is not None else self.records.inside(self.record, "events"):
            if isinstance(event.value, dict):
                self.ledger.claim()
                self._event(event)
            else:
                self.ledger.skip(event.source, "an event that is no object")
        self.log.finish()
        if not self.builder.steps:
            self._conversation()
        return self.builder.build()

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
            fields: dict[str, Any] = {"attributes": event, "error": error if _SHOWN[kind] == "error" else None}
            self.builder.step(
                _SHOWN[kind], record.source, summary=_summary(kind, event), **fields, **self._place(event)
            )

    def _place(self, event: dict[str, Any]) -> dict[str, Any]:
        """Scope, depth and time: the nearest agent span owns the window."""
        span, depth, agents = self._spans.get(str(event.get("span_id"))), 0, []
        while span is not None and depth < 100:
            if span.get("type") in _AGENT_SPANS:
                agents.append(span)
            span, depth = self._spans.get(str(span.get("parent_id"))), depth + 1
        place: dict[str, Any] = {"start_ns": parse_time_ns(event.get("timestamp")), "scope": "main"}
        if agents:
            place["agent"] = text_field(agents[0].get("name"))
        if len(agents) > 1:
            scope = Scope(f"agent:{agents[0].get('id')}", "sub_agent", place["agent"], "main")
            place |= {"scope": self.builder.scope(scope), "depth": len(agents) - 1}
        return place

    def _model(self, record: Record) -> None:
        event = record.value
        output = object_field(event.get("output"))
        choices = list_field(output.get("choices"))
        answer = self._resolved(object_field(choices[0]).get("message")) if choices else None
        prompt = RecordedPrompt(
            messages=tuple(message_of(self._resolved(item), source=record.source) for item in self._input(event)),
            tools=tool_definitions(self._resolved(event.get("tools"))),
            source=record.source,
        )
        error = text_field(event.get("error"))
        seconds = number_field(output.get("time"))
        self.log.llm_call(
            prompt,
            message_of(answer, default_role="assistant", source=record.source) if answer is not None else None,
            record.source,
            call_steps=False,
            model=text_field(event.get("model")),
            usage=_usage(output.get("usage")),
            cost_usd=number_field(object_field(output.get("usage")).get("total_cost")),
            error=error,
            status="error" if error else "ok",
            duration_ns=round(seconds * 1e9) if seconds is not None else None,
            **self._place(event),
        )

    def _input(self, event: dict[str, Any]) -> list[Any]:
        """The prompt's messages: in place, or as ranges of the sample's pool."""
        given = list_field(event.get("input"))
        if given or not event.get("input_refs"):
            return given
        ranges = [pair for pair in list_field(event["input_refs"]) if isinstance(pair, list) and len(pair) == 2]
        return [
            message
            for start, end in ranges
            if isinstance(start, int) and isinstance(end, int)
            for message in self.pool[start:end]
        ]

    def _tool(self, record: Record) -> None:
        event = self._resolved(record.value)
        call_id, error = text_field(event.get("id")), object_field(event.get("error"))
        asked = self.log.caller(call_id)
        seconds = number_field(event.get("working_time"))
        self.builder.step(
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
            duration_ns=round(seconds * 1e9) if seconds is not None else None,
            **self._place(event),
        )

    def _resolved(self, value: Any, depth: int = 0) -> Any:
        """A value with the texts that `attachment://` names put in their places; an unknown name stays."""
        if isinstance(value, str):
            return (
                self.attachments.get(value.removeprefix("attachment://"), value)
                if value.startswith("attachment://")
                else value
            )
        if depth > 50:
            return value
        if isinstance(value, list):
            return [self._resolved(item, depth + 1) for item in value]
        return (
            {key: self._resolved(item, depth + 1) for key, item in value.items()} if isinstance(value, dict) else value
        )


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
    return f"{kind} {event.get('type') or event.get('decision') or ''}".strip()
