"""Rows that hosted tracers export, as spans: Braintrust's and Weave's own fields under the names that spans have."""

from __future__ import annotations

from math import fsum
from typing import Any

import msgspec

from tracetui.ingest.fields import list_field, number_field, object_field, text_field
from tracetui.ingest.otel.span import Span, hex_id
from tracetui.ingest.usage import openai_usage
from tracetui.model import Usage

_BRAINTRUST_KINDS = {
    "llm": "LLM",
    "tool": "TOOL",
    "function": "CHAIN",
    "task": "AGENT",
    "eval": "CHAIN",
    "score": "EVALUATOR",
    "facet": "EVALUATOR",
    "classifier": "EVALUATOR",
}
_WEAVE_KINDS = {"llm": "LLM", "tool": "TOOL", "agent": "AGENT", "scorer": "EVALUATOR", "search": "RETRIEVER"}
_PROMPTS = ("messages", "contents", "prompt")
_COSTS = ("prompt_tokens_total_cost", "completion_tokens_total_cost")


def braintrust(span: Span) -> Span:
    """A row of a project's logs or of an experiment."""
    held = dict(span.attributes)
    metadata, metrics = object_field(held.get("metadata")), object_field(held.get("metrics"))
    kind = _BRAINTRUST_KINDS.get(span.kind, "CHAIN")
    told = _content(kind, held.pop("input", None), held.pop("output", None), metadata.get("tools"))
    parents = list_field(held.pop("span_parents", None))
    counts = {
        "prompt_tokens": metrics.get("prompt_tokens"),
        "completion_tokens": metrics.get("completion_tokens"),
        "prompt_tokens_details": {"cached_tokens": metrics.get("prompt_cached_tokens")},
        "completion_tokens_details": {"reasoning_tokens": metrics.get("completion_reasoning_tokens")},
    }
    told |= {"gen_ai.request.model": metadata.get("model"), "gen_ai.usage.cost": metrics.get("estimated_cost")}
    return _renamed(
        span,
        {f"braintrust.{key}": value for key, value in held.items()} | told,
        parent=hex_id(parents[0]) if parents else span.parent_id,
        usage=openai_usage(counts) if kind == "LLM" else None,
        error=text_field(held.get("error")),
    )


def weave(span: Span) -> Span:
    """A call of an operation; the summary of an outer one sums up what the inner ones used."""
    held = dict(span.attributes)
    summary, inputs = object_field(held.get("summary")), held.pop("inputs", None)
    named = text_field(object_field(object_field(held.get("attributes")).get("weave")).get("kind"))
    used = {model: object_field(counts) for model, counts in object_field(summary.get("usage")).items()}
    asks = bool(used) and any(key in object_field(inputs) for key in _PROMPTS)
    kind = _WEAVE_KINDS.get(named or "", "LLM" if asks else "CHAIN")
    told = _content(kind, inputs, held.pop("output", None), object_field(inputs).get("tools"))
    if kind == "LLM":
        model, counts = next(iter(used.items()), (text_field(object_field(inputs).get("model")), {}))
        paid = object_field(object_field(object_field(summary.get("weave")).get("costs")).get(model or ""))
        costs = [cost for name in _COSTS if (cost := number_field(paid.get(name))) is not None]
        told |= {"gen_ai.request.model": model, "gen_ai.usage.cost": fsum(costs) if costs else None}
    else:
        counts = {}
    name = span.name.rpartition("/op/")[2].rpartition("/")[2].partition(":")[0]
    rest = {f"weave.{key}": value for key, value in held.items()}
    found = _renamed(span, rest | told, span.parent_id, openai_usage(counts), text_field(held.get("exception")))
    return msgspec.structs.replace(found, name=name or span.name)


def _content(kind: str, given: Any, returned: Any, tools: Any) -> dict[str, Any]:
    """What went in and came out, where the conventions have it for a span of this kind."""
    told: dict[str, Any] = {"openinference.span.kind": kind}
    if kind != "LLM":
        return told | {"input.value": given, "output.value": returned}
    asked = given if isinstance(given, dict) else {"messages": given}
    answer = object_field(returned[0]) if isinstance(returned, list) and returned else returned
    if isinstance(answer, dict):
        choices = list_field(answer.get("choices"))
        answer = object_field(choices[0] if choices else answer).get("message", answer)
    return told | {"gen_ai.prompt": {**asked, "tools": tools or asked.get("tools")}, "gen_ai.completion": answer}


def _renamed(
    span: Span, attributes: dict[str, Any], parent: str | None, usage: Usage | None, error: str | None
) -> Span:
    kept = {key: value for key, value in attributes.items() if value not in (None, "", [], {})}
    failed: dict[str, Any] = {"status": "error", "status_message": error} if error else {}
    return msgspec.structs.replace(span, attributes=kept, parent_id=parent or None, kind="", usage=usage, **failed)
