"""Sessions of Anthropic's managed agents: their events in order, alone or as a log of the SDK's calls holds them.

What a model returned in one request stands in events of its own, between `span.model_request_start` and its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.arrangement import documents
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.messages import parts_of_content, tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.replay import ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import anthropic_usage, raw_usage
from tracetui.model import (
    Gap,
    Message,
    Part,
    ReasoningPart,
    Session,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
)
from tracetui.parts import text_of

NAME = "anthropic-agents"
TITLE = "Anthropic managed agents' sessions"
RULE = (
    "Events with `processed_at` and a `type` such as agent.message or span.model_request_end, and the session itself."
)
KEEPS = (
    "Prompts rebuilt from the events; system prompt and own tools where the session stands with them; usage and times."
)
LOSES = "The tools and instructions of the agent's toolset, and what the server compacts."
EXPORT = "`client.beta.sessions.retrieve(ID)`, then each of `client.beta.sessions.events.list(ID)`, one JSON line each."

_KINDS = ("agent.", "user.", "span.model_request", "session.")
_CALLS = "beta.sessions."
_USES = ("agent.tool_use", "agent.mcp_tool_use", "agent.custom_tool_use")
_BY_MODEL = ("agent.message", "agent.thinking", *_USES)
_RESULT_IDS = ("tool_use_id", "mcp_tool_use_id", "custom_tool_use_id")


def detect(records: Records) -> Detection:
    for value in records.sample:
        rows = value if isinstance(value, list) else [value, *list_field(object_field(value).get("data"))]
        if any(_is_event(row) and not str(row["type"]).startswith("session.") for row in rows[:20]):
            return Detection(0.95, "events of a session, with processed_at")
        if len(rows) == 2 and isinstance(rows[0], str) and _CALLS in rows[0]:
            return Detection(0.95, f"calls such as {rows[0]}")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    session = _Session(SessionBuilder(session_name(records)))
    for record in documents(records, ledger):
        for item in _items(records, record):
            if _is_event(item.value) or object_field(item.value).get("type") == "session":
                ledger.claim()
                session.add(item)
            elif isinstance(record.value, list) and isinstance(record.value[0], str):
                ledger.claim()  # what was sent: the events tell it again
            else:
                ledger.skip(item.source, "no event of a session")
    return session.built()


def _is_event(row: Any) -> bool:
    kind = object_field(row).get("type")
    return isinstance(kind, str) and kind.startswith(_KINDS) and {"id", "processed_at"} <= row.keys()


def _items(records: Records, record: Record) -> Iterator[Record]:
    """The events of a record: itself, those of a list or page, or the answer of the SDK's call that it logs."""
    value = record.value
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        held = records.at(record, 1)
        yield held if held is not None else record
    elif isinstance(value, list):
        yield from records.inside(record)
    elif isinstance(object_field(value).get("data"), list):
        yield from records.inside(record, "data")
    else:
        yield record


class _Session:
    """The events in order; those of one answer are one call."""

    def __init__(self, builder: SessionBuilder) -> None:
        self._builder = builder
        self._window = ReplayedWindow(builder)
        self._model: str | None = None
        self._agent: str | None = None
        self._seen: set[str] = set()
        self._said: list[Record] = []
        """Events of an answer that has not ended."""
        self._asked_ns: int | None = None

    def add(self, record: Record) -> None:
        event, kind = record.value, record.value["type"]
        if str(event.get("id")) in self._seen:
            return
        self._seen.add(str(event.get("id")))
        if kind == "session":
            self._begin(event)
        elif kind in _BY_MODEL:
            self._said.append(record)
        elif kind == "span.model_request_end":
            self._answered(event, record)
        elif kind == "span.model_request_start":
            self._answered({}, None)
            self._asked_ns = parse_time_ns(event.get("processed_at"))
        elif not kind.startswith(("session.status", "session.thread_status")):
            self._answered({}, None)
            self._other(record)

    def built(self) -> list[Session]:
        self._answered({}, None)
        if not self._builder.has_system:
            effect = "what the model was told to be and to do is not in this trace"
            remedy = "keep `client.beta.sessions.retrieve(ID)` with the events"
            self._builder.gap(Gap("system_prompt_not_recorded", effect, remedy))
        self._builder.gap(Gap("tools_not_recorded", "the tools of the agent's toolset are not in its events"))
        return [self._builder.build()] if self._builder.steps else []

    def _begin(self, session: dict[str, Any]) -> None:
        agent = object_field(session.get("agent"))
        self._builder.session_id = text_field(session.get("id")) or self._builder.session_id
        self._builder.attributes |= session
        model = agent.get("model")
        self._model = text_field(object_field(model).get("id")) or text_field(model)
        self._agent = text_field(agent.get("name"))
        if agent.get("system"):
            self._builder.set_system(parts_of_content(agent["system"]))
        own = [tool for tool in list_field(agent.get("tools")) if "input_schema" in object_field(tool)]
        self._builder.set_tools(tool_definitions(own))

    def _answered(self, ended: dict[str, Any], end: Record | None) -> None:
        """The call that the events so far make up, with the numbers that its end tells."""
        if not self._said and end is None:
            return
        said, self._said = self._said, []
        first = said[0] if said else end
        assert first is not None
        begun, self._asked_ns = self._asked_ns, None
        time = parse_time_ns((end or said[-1]).value.get("processed_at"))
        lasted = time - begun if time is not None and begun is not None and time >= begun else None
        failed: dict[str, Any] = {"status": "error", "error": "the request failed"} if ended.get("is_error") else {}
        self._window.llm_call(
            Message("assistant", tuple(part for event in said for part in _parts(event.value)), source=first.source),
            first.source,
            *(str(event.value.get("id")) for event in said),
            call_sources=[event.source for event in said if event.value["type"] in _USES],
            also=tuple(event.source for event in (*said[1:], *([end] if end and said else []))),
            model=self._model,
            agent=self._agent,
            usage=anthropic_usage(ended.get("model_usage")),
            attributes=raw_usage(ended.get("model_usage")),
            start_ns=begun if begun is not None else time,
            duration_ns=lasted,
            **failed,
        )

    def _other(self, record: Record) -> None:
        event, kind, source = record.value, record.value["type"], record.source
        place = {"start_ns": parse_time_ns(event.get("processed_at"))}
        call = next((text_field(event[key]) for key in _RESULT_IDS if event.get(key)), None)
        if kind == "user.message":
            message = Message("user", parts_of_content(event.get("content")), source=source)
            self._window.message(message, source, str(event["id"]), **place)
        elif kind.endswith("tool_result"):
            content = parts_of_content(event.get("content"))
            plain = all(isinstance(part, TextPart) for part in content)
            told: Any = "\n".join(map(text_of, content)) if plain else event.get("content")
            failed = {"status": "error", "error": str(told)} if event.get("is_error") else {"status": "ok"}
            part = ToolCallResponsePart(call, told)
            self._window.tool_result(Message("tool", (part,), source=source), source, str(event["id"]), **failed)
        else:
            error = text_field(object_field(event.get("error")).get("message"))
            why = error or text_field(event.get("deny_message")) or text_field(event.get("result"))
            shown = "error" if "error" in kind else "guardrail" if "confirmation" in kind else "other"
            failed = {"status": "error", "error": why or kind} if shown == "error" else {}
            summary = f"{kind}: {why}" if why else kind
            self._builder.step(shown, source, summary=summary, attributes=event, **failed, **place)  # type: ignore[arg-type]


def _parts(event: dict[str, Any]) -> tuple[Part, ...]:
    if event["type"] in _USES:
        return (ToolCallPart(text_field(event.get("id")), text_field(event.get("name")) or "", event.get("input")),)
    if event["type"] == "agent.thinking":
        thought = text_field(event.get("thinking"))
        return (ReasoningPart(thought),) if thought else ()
    return parts_of_content(event.get("content"))
