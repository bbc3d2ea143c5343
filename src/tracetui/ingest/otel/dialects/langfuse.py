"""The Langfuse SDK's attributes of spans, which exports of observations are read as too."""

from __future__ import annotations

from math import fsum
from typing import Any

from tracetui.ingest.fields import object_field
from tracetui.ingest.otel.dialects.openllmetry import passed
from tracetui.ingest.otel.dialects.table import Dialect
from tracetui.ingest.otel.span import Span, gathered
from tracetui.ingest.usage import langfuse_usage, provider_usage
from tracetui.model import StepKind, Usage


def _usage(span: Span) -> Usage | None:
    """In Langfuse's own names, or as the provider reported it, which the SDK passes on."""
    counts = gathered(span.attributes, "langfuse.observation.usage_details")
    return langfuse_usage(counts) or provider_usage(counts)


def _cost(span: Span) -> Any:
    """The total, or what its parts make."""
    costs = object_field(gathered(span.attributes, "langfuse.observation.cost_details"))
    parts = [cost for cost in costs.values() if isinstance(cost, (int, float)) and not isinstance(cost, bool)]
    return costs.get("total", fsum(parts) if parts else None)


def _plain(span: Span) -> StepKind | None:
    """A span of no type of its own: a tool's where it names one, else nothing that is told by further attributes."""
    if str(span.first("langfuse.observation.type") or "").lower() != "span":
        return None
    return "tool_call" if span.first("gen_ai.tool.name", "gen_ai.tool.call.id") is not None else "other"


def _failed(span: Span) -> str | None:
    if str(span.first("langfuse.observation.level") or "") != "ERROR":
        return None
    return str(span.first("langfuse.observation.status_message") or "error")


DIALECT = Dialect(
    name="Langfuse",
    kinds={
        "langfuse.observation.type": {
            "generation": "llm_call",
            "embedding": "embedding",
            "tool": "tool_call",
            "retriever": "retrieval",
            "agent": "agent",
            "chain": "workflow",
            "guardrail": "guardrail",
            "evaluator": "evaluation",
            "event": "message",
        }
    },
    kind=_plain,
    keys={
        "session": ("langfuse.session.id",),
        "model": ("langfuse.observation.model.name",),
        "input": ("langfuse.observation.input",),
        "output": ("langfuse.observation.output",),
    },
    passed={"langfuse.observation.input": passed},
    usage=_usage,
    cost=_cost,
    failed=_failed,
    wrote=lambda span: "langfuse.observation.type" in span.attributes,
    remedy=(
        "set LANGFUSE_OBSERVE_DECORATOR_IO_CAPTURE_ENABLED=true in the traced process, or update the generation with "
        "its input and output; ask the API for fields=core,basic,io,model,usage"
    ),
)
