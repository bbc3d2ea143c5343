"""MLflow's attributes of spans: inputs and outputs as JSON, kinds as `mlflow.spanType`."""

from __future__ import annotations

from typing import Any

import msgspec

from tracetui.ingest.fields import count_field, object_field
from tracetui.ingest.messages import tool_definitions
from tracetui.ingest.otel.content import SpanContent, request_content
from tracetui.ingest.otel.dialects.table import Dialect, has
from tracetui.ingest.otel.span import Span, gathered, json_value
from tracetui.ingest.usage import anthropic_usage
from tracetui.model import Usage


def content(span: Span) -> SpanContent | None:
    shown, said = (json_value(span.first(f"mlflow.span{side}")) for side in ("Inputs", "Outputs"))
    if shown is None and said is None:
        return None
    found = request_content(shown, said, "MLflow")
    tools = tool_definitions(json_value(span.first("mlflow.chat.tools")))
    return msgspec.structs.replace(found, tools=tools) if tools and not found.tools else found


def _usage(span: Span) -> Usage | None:
    """Counts under Anthropic's names whoever the provider is; the cache is part of the input unless it is more than that."""
    counts = object_field(gathered(span.attributes, "mlflow.chat.tokenUsage"))
    shown = count_field(counts.get("input_tokens"))
    read, stored = (count_field(counts.get(f"cache_{kind}_input_tokens")) for kind in ("read", "creation"))
    if shown is None or (read or 0) + (stored or 0) > shown:
        return anthropic_usage(counts)
    return Usage(shown, count_field(counts.get("output_tokens")), read, stored)


def _cost(span: Span) -> Any:
    return object_field(gathered(span.attributes, "mlflow.llm.cost")).get("total_cost")


DIALECT = Dialect(
    name="MLflow",
    kinds={
        "mlflow.spanType": {
            "llm": "llm_call",
            "chat_model": "llm_call",
            "tool": "tool_call",
            "retriever": "retrieval",
            "reranker": "retrieval",
            "embedding": "embedding",
            "agent": "agent",
            "chain": "workflow",
            "workflow": "workflow",
            "task": "workflow",
            "memory": "memory",
            "guardrail": "guardrail",
            "evaluator": "evaluation",
            "parser": "other",
        }
    },
    keys={
        "session": ("mlflow.trace.session",),
        "model": ("mlflow.llm.model",),
        "tool": ("mlflow.spanFunctionName",),
        "input": ("mlflow.spanInputs",),
        "output": ("mlflow.spanOutputs",),
    },
    usage=_usage,
    cost=_cost,
    contents=(content,),
    wrote=has("mlflow."),
    remedy="turn on mlflow.LIBRARY.autolog(), or call span.set_inputs(…) and span.set_outputs(…)",
)
