"""What the JSON documents are made of: places, message parts, flags, evidence, gaps."""

from __future__ import annotations

from typing import Any

from tracetui.analysis.totals import Totals
from tracetui.model import (
    Evidence,
    Flag,
    Gap,
    IngestReport,
    Message,
    OtherPart,
    Part,
    Session,
    SourceRef,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
    Trace,
    Usage,
)

Document = dict[str, Any]
_NS_PER_MS = 1_000_000


def source(ref: SourceRef) -> Document:
    return {
        "path": ref.path,
        "line": ref.line,
        "offset": ref.offset,
        "length": ref.length,
        "pointer": ref.pointer,
    }


def place(session: Session, index: int | None, ref: SourceRef | None = None) -> Document:
    """Where a claim stands; `ref` where that is another place than the step's own. Nulls for no step."""
    if index is None:
        return {"step": None, "source": None}
    step = session.steps[index]
    return {"step": step.number, "source": source(ref or step.source)}


def optional_place(session: Session, index: int | None) -> Document | None:
    return None if index is None else place(session, index)


def part(value: Part) -> Document:
    """A message part under its OTel GenAI name; a part of another kind under the name that its writer gave it."""
    match value:
        case ToolCallPart(call_id, name, arguments):
            return {"type": "tool_call", "id": call_id, "name": name, "arguments": arguments}
        case ToolCallResponsePart(call_id, response):
            return {"type": "tool_call_response", "id": call_id, "response": response}
        case OtherPart(kind, data):
            return {"type": kind, "content": data}
    return {"type": value.__struct_config__.tag, "content": value.content}


def message(value: Message) -> Document:
    named = {} if value.name is None else {"name": value.name}
    return {"role": value.role, **named, "parts": [part(p) for p in value.parts]}


def tool(definition: ToolDefinition) -> Document:
    return {
        "name": definition.name,
        "description": definition.description,
        "parameters": definition.parameters,
        "origin": definition.origin,
    }


def usage(value: Usage | None) -> Document | None:
    if value is None:
        return None
    return {name: count for name in value.__struct_fields__ if (count := getattr(value, name)) is not None}


def evidence(session: Session, value: Evidence) -> Document:
    return {**place(session, value.step, value.source), "quote": value.quote, "role": value.role}


def flag(session: Session, value: Flag) -> Document:
    return {
        "kind": value.kind,
        **place(session, value.step, value.source),
        "recorded": value.recorded,
        "confidence": value.confidence,
        "message": value.message,
        "rule": value.rule,
        "evidence": [evidence(session, e) for e in value.evidence],
    }


def gap(value: Gap) -> Document:
    return {"kind": value.kind, "steps": list(value.steps), "effect": value.effect, "remedy": value.remedy}


def ingest(report: IngestReport) -> Document:
    return {
        "records": report.records,
        "read": report.read,
        "skipped": [
            {"line": s.line, "offset": s.offset, "length": s.length, "reason": s.reason, "path": s.path}
            for s in report.skipped
        ],
        "notes": list(report.notes),
    }


def trace_source(trace: Trace) -> Document:
    return {"path": trace.path, "format": trace.format, "format_reason": trace.format_reason}


def totals(value: Totals) -> Document:
    return {
        "agents": list(value.agents),
        "models": list(value.models),
        "steps": value.steps,
        "llm_calls": value.llm_calls,
        "tool_calls": value.tool_calls,
        "usage": usage(value.usage),
        "cost_usd": value.cost_usd,
        "duration_ms": milliseconds(value.duration_ns),
    }


def milliseconds(duration_ns: int | None) -> float | None:
    if duration_ns is None:
        return None
    whole, rest = divmod(duration_ns, _NS_PER_MS)
    return duration_ns / _NS_PER_MS if rest else whole
