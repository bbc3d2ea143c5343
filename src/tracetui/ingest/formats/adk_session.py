"""Google ADK sessions: `{id, appName, userId, state, events}` in camel or snake case.

The window follows ADK's own rule: partial events are not kept, a compaction puts its summary in place of the events
whose times it covers, a rewind takes back an invocation and all after it.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.arrangement import documents
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import object_field, text_field
from tracetui.ingest.gemini import either, gemini_content, gemini_usage, response_names
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.replay import Held, ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import raw_usage
from tracetui.model import Gap, Message, Session, SourceRef, ToolCallPart, ToolCallResponsePart

NAME = "adk-session"
TITLE = "Google ADK sessions"
RULE = "`appName` (or `app_name`) beside `events`."
KEEPS = "Prompts rebuilt from the events, compactions and rewinds included; usage of every answer."
LOSES = "System instructions and tool definitions, which only ADK's spans carry."
EXPORT = "`adk api_server`: `GET /apps/APP/users/USER/sessions/ID`; with whole prompts: its OTLP spans."


def detect(records: Records) -> Detection:
    for value in records.sample[:3]:
        row = object_field(value)
        if either(row, "appName") is not None and isinstance(row.get("events"), list):
            return Detection(0.95, "appName beside events")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    found = []
    for record in documents(records, ledger):
        if isinstance(object_field(record.value).get("events"), list):
            found.append(_Events(records, record, ledger).session())
        else:
            ledger.skip(record.source, "no session: `events` is missing")
    return [session for session in found if session.steps]


class _Events:
    def __init__(self, records: Records, record: Record, ledger: Ledger) -> None:
        self.records, self.record, self.ledger = records, record, ledger
        row = record.value
        self.builder = SessionBuilder(text_field(row.get("id")) or session_name(records))
        self.builder.attributes = {key: value for key, value in row.items() if key != "events"}
        self.window = ReplayedWindow(self.builder)
        self._times: dict[str, int] = {}
        """By event id: when it happened."""
        self._speakers: set[str | None] = set()
        """The agents that have answered so far."""
        self._shown_others: list[int] = []
        """Numbers of the calls whose prompt holds another agent's turns."""

    def session(self) -> Session:
        for record in self.records.inside(self.record, "events"):
            if isinstance(record.value, dict):
                self.ledger.claim()
                self._add(record)
            else:
                self.ledger.skip(record.source, "an event that is no object")
        if self._shown_others:
            effect = "other agents' turns are sent to an agent as quoted text of a user; here they stand as they were"
            remedy = "export ADK's spans: their llm_request holds what was sent"
            self.builder.gap(Gap("content_partly_recorded", effect, remedy, tuple(self._shown_others)))
        effect = "the instructions that were sent are not in a session"
        self.builder.gap(Gap("system_prompt_not_recorded", effect, "export ADK's spans: their llm_request holds it"))
        effect = "arguments cannot be checked against the tools' schemas"
        self.builder.gap(Gap("tools_not_recorded", effect, "export ADK's spans: their llm_request holds them"))
        return self.builder.build()

    def _add(self, record: Record) -> None:
        event = record.value
        if event.get("partial") is True:
            return
        actions = object_field(event.get("actions"))
        compaction, rewind = either(actions, "compaction"), either(actions, "rewindBeforeInvocationId")
        key, invocation = str(event.get("id")), f"invocation {either(event, 'invocationId')}"
        time = parse_time_ns(event.get("timestamp"))
        self._times[key] = time or 0
        if isinstance(compaction, dict):
            self._compact(record, compaction, key, time)
        elif isinstance(rewind, str):
            at = self.builder.step("other", record.source, start_ns=time, summary=f"rewound to before {rewind}")
            self.window.drop_from(f"invocation {rewind}", at=at)
        elif isinstance(event.get("content"), dict):
            self._content(record, (key, invocation), time)
        elif either(event, "errorCode") is not None:
            self.builder.step("llm_call", record.source, **self._call(event, time))
        target = either(actions, "transferToAgent")
        if isinstance(target, str):
            self.builder.step("handoff", record.source, agent=text_field(event.get("author")), summary=f"to {target}")

    def _content(self, record: Record, keys: tuple[str, ...], time: int | None) -> None:
        event = record.value
        message = gemini_content(event["content"], source=record.source)
        if any(isinstance(part, ToolCallResponsePart) for part in message.parts):
            names = response_names(event["content"])
            answers = [part for part in message.parts if isinstance(part, ToolCallResponsePart)]
            for part, name in zip(answers, names, strict=False):
                answer = Message("tool", (part,), name, record.source)
                self.window.tool_result(answer, record.source, *keys, **_outcome(part.response))
        elif message.role == "assistant" or (event.get("author") not in (None, "user") and _calls(message)):
            places = self._call_places(record)
            call = self._call(event, time)
            answer = Message("assistant", message.parts, source=record.source)
            index = self.window.llm_call(answer, record.source, *keys, call_sources=places, **call)
            if self._speakers - {call["agent"]}:
                self._shown_others.append(self.builder.steps[index].number)
            self._speakers.add(call["agent"])
        else:
            self.window.message(message, record.source, *keys, start_ns=time)

    def _call_places(self, record: Record) -> list[SourceRef]:
        parts = self.records.inside(record, "content", "parts")
        return [part.source for part in parts if either(object_field(part.value), "functionCall") is not None]

    def _call(self, event: dict[str, Any], time: int | None) -> dict[str, Any]:
        error = text_field(either(event, "errorMessage")) or text_field(either(event, "errorCode"))
        known = {"content", "id", "timestamp", "usageMetadata", "usage_metadata"}
        branch, counts = text_field(event.get("branch")) or "", either(event, "usageMetadata")
        return {
            "agent": text_field(event.get("author")),
            "depth": branch.count("."),
            "model": text_field(either(event, "modelVersion")),
            "usage": gemini_usage(counts),
            "start_ns": time,
            "error": error,
            "status": "error" if error else "ok",
            "attributes": {name: value for name, value in event.items() if name not in known} | raw_usage(counts),
        }

    def _compact(self, record: Record, compaction: dict[str, Any], key: str, time: int | None) -> None:
        start, end = (parse_time_ns(either(compaction, name)) for name in ("startTimestamp", "endTimestamp"))
        summary = gemini_content(either(compaction, "compactedContent"), source=record.source)
        at = self.builder.step("compaction", record.source, start_ns=time, summary="events were summarised")

        def covered(held: Held) -> bool:
            times = [self._times[one] for one in held.keys if one in self._times]
            return start is not None and end is not None and any(start <= moment <= end for moment in times)

        position = next((place for place, held in enumerate(self.window.held) if covered(held)), 0)
        self.window.drop(covered, at=at)
        if summary.parts:
            self.window.put(Message("user", summary.parts, source=record.source), position, key, at=at)
            self._times[key] = end or 0


def _outcome(response: Any) -> dict[str, Any]:
    """How a tool ended: by Gemini's convention a function that failed answers with `error`."""
    error = object_field(response).get("error")
    return (
        {"status": "error", "error": error if isinstance(error, str) else "the tool failed"}
        if error
        else {"status": "ok"}
    )


def _calls(message: Message) -> list[ToolCallPart]:
    return [part for part in message.parts if isinstance(part, ToolCallPart)]
