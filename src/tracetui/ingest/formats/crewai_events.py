"""CrewAI: the events of its bus, one JSON object each, paired by `started_event_id`."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.arrangement import rows
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import conversation_gaps, session_name
from tracetui.ingest.fields import count_field, list_field, object_field, text_field
from tracetui.ingest.messages import message_of, tool_definitions
from tracetui.ingest.prompt_log import PromptLog
from tracetui.ingest.python_text import written_out
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import openai_usage, raw_usage
from tracetui.model import Message, RecordedPrompt, Scope, Session, StepKind, TextPart, Usage

NAME = "crewai-events"
TITLE = "CrewAI events"
RULE = "Objects with `event_id` or `emission_sequence` and a `type` such as llm_call_started or tool_usage_finished."
KEEPS = "Prompts recorded whole for every LLM call, with tools; a window for each agent."
LOSES = "What the provider returned beside the text, such as several choices."
EXPORT = "A listener on `crewai_event_bus` that writes `event.to_json()` as a line for every event."

_PREFIXES = (
    "llm_",
    "tool_usage_",
    "agent_execution_",
    "task_",
    "crew_kickoff_",
    "memory_",
    "knowledge_",
    "context_window_",
    "flow_",
    "method_execution_",
    "lite_agent_",
    "agent_",
    "crew_",
)
_OTHERS: tuple[tuple[str, StepKind], ...] = (
    ("llm_guardrail_", "guardrail"),
    ("context_window_summarization_", "compaction"),
    ("memory_", "memory"),
    ("knowledge_", "retrieval"),
    ("agent_evaluation_", "evaluation"),
)
_ENDS = ("_completed", "_finished", "_failed", "_error")


def detect(records: Records) -> Detection:
    document = records.document if records.shape == "document" else None
    leading = document[:20] if isinstance(document, list) else records.sample
    mine = [row for row in leading if _is_event(row)]
    return Detection(0.94, f"an event of type {mine[0]['type']}") if mine else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    run = _Run(records)
    for record in rows(records, ledger):
        if _is_event(record.value) or _is_other_event(record.value):
            ledger.claim()
            run.add(record)
        else:
            ledger.skip(record.source, "no event: `type`, or the event's id, is missing")
    session = run.session()
    return [session] if session.steps else []


def _is_event(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("type"), str):
        return False
    return ("event_id" in row or "emission_sequence" in row) and row["type"].startswith(_PREFIXES)


def _is_other_event(row: Any) -> bool:
    """An event of a kind that has no step, among others of the bus."""
    return (
        isinstance(row, dict) and isinstance(row.get("type"), str) and {"event_id", "emission_sequence"} <= row.keys()
    )


class _Run:
    def __init__(self, records: Records) -> None:
        self.builder = SessionBuilder(session_name(records))
        self.log = PromptLog(self.builder)
        self._started: dict[str, Record] = {}
        self._open: dict[str, list[str]] = {}
        """By family of events: ids of those that began and have no end yet, for ends that name no beginning."""
        self._scopes: dict[str, str] = {}

    def add(self, record: Record) -> None:
        event, kind = record.value, str(record.value["type"])
        if kind.endswith("_started"):
            self._started[str(event.get("event_id"))] = record
            self._open.setdefault(kind.removesuffix("_started"), []).append(str(event.get("event_id")))
            self._began(record, kind)
            return
        family = next((kind.removesuffix(end) for end in _ENDS if kind.endswith(end)), "")
        start = self._beginning(event, family)
        if family == "llm_call":
            self._llm_call(start, record)
        elif family == "tool_usage":
            self._tool(start, record)
        elif family:
            self._other(start, record, kind)

    def session(self) -> Session:
        for ids in self._open.values():
            for event in ids:
                match self._started[event].value["type"]:
                    case "llm_call_started":
                        self._llm_call(self._started[event], None)
                    case "tool_usage_started":
                        self._tool(self._started[event], None)
        self.log.finish()
        conversation_gaps(self.builder, whole_request=True)
        return self.builder.build()

    def _beginning(self, event: dict[str, Any], family: str) -> Record | None:
        waiting = self._open.get(family, [])
        named = str(event.get("started_event_id"))
        found = (
            named if named in waiting else waiting[-1] if waiting and event.get("started_event_id") is None else None
        )
        if found is None:
            return self._started.get(named)
        waiting.remove(found)
        return self._started[found]

    def _began(self, record: Record, kind: str) -> None:
        """The session's name and goal, from the events that begin it."""
        event = record.value
        if kind == "crew_kickoff_started":
            self.builder.attributes.setdefault("crew_name", event.get("crew_name"))
            self.builder.attributes.setdefault("inputs", event.get("inputs"))
        if kind == "task_started" and self.builder.goal is None:
            task = object_field(event.get("task"))
            self.builder.goal = text_field(task.get("description")) or text_field(event.get("task_name"))

    def _fields(self, start: Record | None, end: Record | None) -> dict[str, Any]:
        event = (start or end or Record({}, None)).value  # type: ignore[arg-type]
        first = parse_time_ns(start.value.get("timestamp")) if start else None
        last = parse_time_ns(end.value.get("timestamp")) if end else None
        agent = text_field(event.get("agent_role"))
        fields: dict[str, Any] = {"agent": agent, "scope": self._scope(agent), "start_ns": first or last}
        if first is not None and last is not None and last >= first:
            fields["duration_ns"] = last - first
        if start is not None and end is not None:
            fields["also"] = (end.source,)
        return fields

    def _scope(self, agent: str | None) -> str:
        """The first agent's window is the main one."""
        name = agent or ""
        if name not in self._scopes:
            scope = f"agent {name}" if self._scopes else "main"
            self._scopes[name] = scope if scope == "main" else self.builder.scope(Scope(scope, "agent", agent))
        return self._scopes[name]

    def _llm_call(self, start: Record | None, end: Record | None) -> None:
        asked, answered = (start.value if start else {}), (end.value if end else {})
        source = (start or end).source  # type: ignore[union-attr]
        given = asked.get("messages")
        shown = [{"role": "user", "content": given}] if isinstance(given, str) else list_field(given)
        error = text_field(answered.get("error"))
        response = written_out(answered.get("response"))
        completion = _completion(response, end) if end and response is not None else None
        known = {"messages", "tools", "response", "usage", "type", "timestamp"}
        fields = self._fields(start, end) | {
            "model": text_field(asked.get("model") or answered.get("model")),
            "usage": _usage(answered.get("usage")),
            "status": "error" if error else "ok" if end else "unknown",
            "error": error,
            "attributes": {key: value for key, value in (asked | answered).items() if key not in known}
            | raw_usage(answered.get("usage")),
        }
        if not shown:
            self.builder.step("llm_call", source, message=completion, **fields)
            return
        prompt = RecordedPrompt(
            messages=tuple(message_of(_written_out_message(item), source=source) for item in shown),
            tools=tool_definitions(written_out(asked.get("tools"))),
            source=source,
        )
        self.log.llm_call(prompt, completion, source, call_steps=True, **fields)

    def _tool(self, start: Record | None, end: Record | None) -> None:
        """A tool's run; without an end it never came back."""
        asked, answered = (start or end).value, (end.value if end else {})  # type: ignore[union-attr]
        source = (start or end).source  # type: ignore[union-attr]
        error = text_field(answered.get("error")) or ("the tool failed" if answered.get("failure") else None)
        result = answered.get("output")
        given = {"result": result} if "output" in answered else {}
        index = self.builder.tool_run(
            source,
            tool=text_field(asked.get("tool_name")) or "",
            arguments=asked.get("tool_args"),
            **given,
            error=error,
            status="error" if error else "ok" if end else "unknown",
            attributes={"from_cache": answered["from_cache"]} if answered.get("from_cache") else {},
            **self._fields(start, end),
        )
        if isinstance(result, str) and result and self.builder.steps[index].call_id is None:
            self.log.observed(index, result, self.builder.steps[index].scope)

    def _other(self, start: Record | None, end: Record, kind: str) -> None:
        step = next((name for prefix, name in _OTHERS if kind.startswith(prefix)), None)
        failed = kind.endswith(("_failed", "_error"))
        if step is None and not failed:
            return
        error = (text_field(end.value.get("error")) or kind) if failed else None
        fields = self._fields(start, end)
        status = "error" if failed else "ok"
        attributes = {key: value for key, value in end.value.items() if key not in ("type", "timestamp")}
        source = (start or end).source
        self.builder.step(
            step or "error", source, summary=kind, error=error, status=status, attributes=attributes, **fields
        )


def _completion(response: Any, end: Record) -> Message:
    if isinstance(response, dict) and ("role" in response or "content" in response or "tool_calls" in response):
        return message_of(response, default_role="assistant", source=end.source)
    if isinstance(response, list):
        return message_of({"role": "assistant", "tool_calls": response}, source=end.source)
    return Message("assistant", (TextPart(str(response)),), source=end.source)


def _usage(value: Any) -> Usage | None:
    """The usage dictionary of whichever provider: LiteLLM's names, else plain input and output."""
    counts = object_field(value)
    usage = openai_usage(counts)
    if usage is None:
        return None
    cached, thought = count_field(counts.get("cached_prompt_tokens")), count_field(counts.get("reasoning_tokens"))
    stored = count_field(counts.get("cache_creation_tokens"))
    return Usage(
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens if cached is None else cached,
        usage.cache_write_input_tokens if stored is None else stored,
        usage.reasoning_output_tokens if thought is None else thought,
    )


def _written_out_message(value: Any) -> Any:
    """A message of a prompt; its calls, and its blocks, lie so deep that they are written as Python writes them."""
    if not isinstance(value, dict):
        return value
    deep = {key: written_out(value[key]) for key in ("tool_calls", "content") if isinstance(value.get(key), list)}
    return value | deep
