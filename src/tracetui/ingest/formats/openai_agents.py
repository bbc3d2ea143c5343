"""OpenAI Agents SDK: traces and spans as its processors export them, in batches (`data`) or line by line; a saved `RunState`.

The default exporter leaves out the input and the response of `response` spans; processors that add them
(`span_data.input`, `span_data.response`) make the prompt recorded.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.arrangement import documents
from tracetui.ingest.fields import object_field
from tracetui.ingest.otel.sessions import sessions_of
from tracetui.ingest.otel.span import Span, time_ns
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.run_state import is_run_state, read_run_state
from tracetui.ingest.usage import openai_usage
from tracetui.model import Session, Usage

NAME = "openai-agents"
TITLE = "OpenAI Agents SDK exports"
RULE = "Objects with `object` = trace or trace.span; a document with `$schemaVersion` and `original_input`."
KEEPS = (
    "Prompts recorded for generation spans, absent for response spans unless a processor adds the input; of a saved "
    "`RunState` rebuilt from its items, with the usage of each response."
)
LOSES = (
    "Of response spans the prompt and the answer, unless a processor adds them; reasoning. Of a `RunState` instructions, "
    "tool definitions, models and times."
)
EXPORT = (
    "A tracing processor whose `on_span_end` writes `span.export()`, with `span.span_data.input` and "
    "`span.span_data.response.model_dump()` added to `span_data`."
)

_KINDS = {
    "agent": "AGENT",
    "generation": "LLM",
    "response": "LLM",
    "function": "TOOL",
    "guardrail": "GUARDRAIL",
    "handoff": "HANDOFF",
    "mcp_tools": "PROMPT",
    "custom": "CHAIN",
}
_READ = frozenset(("name", "input", "output", "model", "response", "data", "result", "from_agent", "to_agent"))
_RESPONSE_READ = frozenset(("instructions", "tools", "output", "model", "previous_response_id"))
_REMEDIES = {
    "generation": "set OPENAI_AGENTS_TRACE_INCLUDE_SENSITIVE_DATA=true, or RunConfig(trace_include_sensitive_data=True)",
    "response": "add a tracing processor that writes span_data.input and span_data.response too",
}
"""By type of span. The exporter has no messages of response spans, whatever is set."""


def detect(records: Records) -> Detection:
    if records.shape == "document" and is_run_state(records.document):
        return Detection(0.96, "a RunState with $schemaVersion and its original input")
    for value in records.sample:
        items = value.get("data") if isinstance(value, dict) and isinstance(value.get("data"), list) else value
        items = items if isinstance(items, list) else [items]
        if any(isinstance(item, dict) and item.get("object") in ("trace", "trace.span") for item in items[:4]):
            return Detection(0.96, "objects that say trace.span")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    if records.shape == "document" and is_run_state(records.document):
        return read_run_state(records, ledger)
    traces: dict[str, dict[str, Any]] = {}
    spans: list[Record] = []
    for record in documents(records, ledger):
        for item in _items(records, record):
            kind = item.value.get("object") if isinstance(item.value, dict) else None
            if kind == "trace":
                traces[str(item.value.get("id"))] = item.value
                ledger.claim()
            elif kind == "trace.span":
                spans.append(item)
                ledger.claim()
            else:
                ledger.skip(item.source, "neither a trace nor a span")
    about = {name: _about(trace) for name, trace in traces.items()}
    return sessions_of((_span(item, traces.get(str(item.value.get("trace_id")), {})) for item in spans), about=about)


def _about(trace: dict[str, Any]) -> dict[str, Any]:
    return {f"openai_agents.{key}": value for key, value in trace.items() if key not in ("object", "id") and value}


def _items(records: Records, record: Record) -> list[Record]:
    if isinstance(record.value, list):
        return list(records.inside(record))
    if isinstance(record.value, dict) and isinstance(record.value.get("data"), list):
        return list(records.inside(record, "data"))
    return [record]


def _span(record: Record, trace: dict[str, Any]) -> Span:
    value = record.value
    data = object_field(value.get("span_data"))
    kind = str(data.get("type") or "")
    error = value.get("error") if isinstance(value.get("error"), dict) else None
    attributes = {
        "openinference.span.kind": _KINDS.get(kind, "PROMPT"),
        "session.id": trace.get("group_id"),
        "agent.name": data.get("name") if kind == "agent" else None,
        **_content(kind, data),
        **{f"openai_agents.{key}": inner for key, inner in data.items() if key not in _READ},
        "openai_agents.metadata": value.get("metadata"),
        "openai_agents.error": error.get("data") if error else None,
    }
    return Span(
        trace_id=str(value.get("trace_id") or ""),
        span_id=str(value.get("id") or ""),
        parent_id=str(value["parent_id"]) if value.get("parent_id") else None,
        name=str(data.get("name") or kind or "span"),
        source=record.source,
        attributes={key: inner for key, inner in attributes.items() if inner not in (None, [], {})},
        start_ns=time_ns(value.get("started_at")),
        end_ns=time_ns(value.get("ended_at")),
        status="error" if error else "unknown",
        status_message=str(error.get("message") or "") if error else "",
        usage=_usage(kind, data),
        remedy=_REMEDIES.get(kind, ""),
    )


def _content(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    if kind == "generation":
        return {
            "gen_ai.prompt": data.get("input"),
            "gen_ai.completion": data.get("output"),
            "gen_ai.request.model": data.get("model"),
        }
    if kind == "response":
        response = object_field(data.get("response"))
        request = {
            "messages": data.get("input"),
            "instructions": response.get("instructions"),
            "tools": response.get("tools"),
        }
        return {
            "gen_ai.prompt": request if data.get("input") else None,
            "gen_ai.completion": response.get("output"),
            "gen_ai.request.model": response.get("model"),
            "gen_ai.request.previous_response.id": response.get("previous_response_id"),
            "openai_agents.response": {key: inner for key, inner in response.items() if key not in _RESPONSE_READ},
        }
    if kind == "function":
        return {"tool.name": data.get("name"), "input.value": data.get("input"), "output.value": data.get("output")}
    if kind == "handoff":
        return {"input.value": data.get("from_agent"), "output.value": data.get("to_agent")}
    return {
        "input.value": data.get("data") or data.get("result") or data.get("input"),
        "output.value": data.get("output"),
    }


def _usage(kind: str, data: dict[str, Any]) -> Usage | None:
    """Of calls alone: what tasks and turns report is the sum of theirs."""
    if kind not in ("generation", "response"):
        return None
    return openai_usage(data.get("usage") or object_field(data.get("response")).get("usage"))
