"""From span attributes to the model's fields: kind of step, model, agent, tool, usage, cost, error.

Which attributes hold a field is written in the dialects' tables; here is only what they mean.
"""

from __future__ import annotations

import math
from typing import Any

from tracetui.ingest.otel.dialects import DIALECTS, keys
from tracetui.ingest.otel.dialects.table import Field, kind_among
from tracetui.ingest.otel.span import Span, json_value, numbered, whole_number
from tracetui.model import StepKind, Usage

_EXCEPTIONS = ("exception", "gen_ai.client.operation.exception")
_LLM_MARKS = tuple(mark for dialect in DIALECTS for mark in dialect.llm_marks)
_PASSED = {key: inner for dialect in DIALECTS for key, inner in dialect.passed.items()}


def step_kind(span: Span) -> StepKind:
    """What kind of step a span is; `other` where nothing says."""
    if any(dialect.repeats(span) for dialect in DIALECTS):
        return "other"
    for dialect in DIALECTS:
        kind = kind_among(dialect.kinds, span) or dialect.kind(span)
        if kind is not None and not (kind == "workflow" and _is_llm(span) and not _names_workflow(span)):
            return kind
    if span.first("gen_ai.tool.name", "gen_ai.tool.call.id", "tool.name"):
        return "tool_call"
    return "llm_call" if _is_llm(span) else "other"


def _names_workflow(span: Span) -> bool:
    return bool(span.first("gen_ai.operation.name") == "invoke_workflow")


def _is_llm(span: Span) -> bool:
    return span.first(*_LLM_MARKS) is not None and span.first("gen_ai.agent.name", "agent.name") is None


def model_name(span: Span) -> str | None:
    """The model that answered; else the one that was asked."""
    return _text(_field(span, "model", "asked_model"))


def agent_name(span: Span) -> str | None:
    return _text(_field(span, "agent"))


def agent_title(span: Span) -> str:
    """The agent that the span of a run is of; where no attribute names it, what the span is called."""
    named = agent_name(span) or _text(span.first("traceloop.entity.name"))
    return named or span.name.removeprefix("invoke_agent ").removeprefix("agent_run [").removesuffix("]")


def session_id(span: Span) -> str | None:
    """The conversation that the span says it belongs to; None where only the trace id can tell."""
    return _text(_field(span, "session"))


def tool_name(span: Span) -> str:
    return _text(_field(span, "tool")) or span.name.removeprefix("execute_tool ")


def tool_call_id(span: Span) -> str | None:
    return _text(_field(span, "call_id"))


def tool_arguments(span: Span) -> Any:
    for key in keys("arguments", "input"):
        if span.first(key) is not None:
            value = json_value(span.attributes[key])
            return _PASSED[key](value) if key in _PASSED else value
    return None


def tool_result(span: Span) -> Any:
    return json_value(_field(span, "result", "output"))


def retrieval_query(span: Span) -> Any:
    """What was looked for."""
    query = _field(span, "query")
    return tool_arguments(span) if query is None else query


def retrieved(span: Span) -> Any:
    """The documents that were found, in the conventions' spelling; else the span's output."""
    listed = json_value(span.first("gen_ai.retrieval.documents"))
    if listed is not None:
        return listed
    for prefix in ("retrieval.documents", "reranker.output_documents"):
        found = numbered(span.attributes, prefix)
        if found:
            return [{key.removeprefix("document."): json_value(value) for key, value in d.items()} for d in found]
    return tool_result(span)


def usage_of(span: Span) -> Usage | None:
    """Usage in the OTel sense. Where more is said to come from the cache than went in, the number excludes the cache."""
    if span.usage is not None:
        return span.usage
    shown, written = _count(span, "input_tokens"), _count(span, "output_tokens")
    told = next((usage for dialect in DIALECTS if (usage := dialect.usage(span)) is not None), None)
    if shown is None and written is None:
        return told
    read, stored = _count(span, "cache_read_tokens"), _count(span, "cache_write_tokens")
    reasoning = _count(span, "reasoning_tokens")
    if told is not None and read is stored is reasoning is None:
        read, stored = told.cache_read_input_tokens, told.cache_write_input_tokens
        reasoning = told.reasoning_output_tokens
    cached = (read or 0) + (stored or 0)
    if shown is not None and cached > shown:
        return Usage(shown + cached, written, read, stored, reasoning, origin="derived")
    return Usage(shown, written, read, stored, reasoning)


def cost_usd(span: Span) -> float | None:
    value = _field(span, "cost")
    if value is None:
        value = next((cost for dialect in DIALECTS if (cost := dialect.cost(span)) is not None), None)
    try:
        cost = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return cost if cost is not None and math.isfinite(cost) else None


def error_of(span: Span) -> str | None:
    """What went wrong, in the span's words; None for a span that did not fail, though it met an exception."""
    thrown = next((event.attributes for event in span.events if event.name in _EXCEPTIONS), None)
    if thrown is not None and span.status != "ok":
        parts = (thrown.get("exception.type"), thrown.get("exception.message"))
        return ": ".join(str(part) for part in parts if part) or "exception"
    if span.status == "error":
        return span.status_message or _text(span.first("error.type", "error.message")) or "error"
    # The conventions set `error.type` on operations that failed, and on no other.
    told = (failed for dialect in DIALECTS if (failed := dialect.failed(span)) is not None)
    return next(told, None) or _text(span.first("error.type"))


def _field(span: Span, *fields: Field) -> Any:
    return span.first(*keys(*fields))


def _count(span: Span, field: Field) -> int | None:
    return whole_number(_field(span, field))


def _text(value: Any) -> str | None:
    value = json_value(value) if isinstance(value, str) and value.startswith('"') else value
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None
