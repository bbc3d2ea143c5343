"""MLflow's attributes of spans: inputs and outputs as JSON, kinds as `mlflow.spanType`."""

from __future__ import annotations

import msgspec

from tracetui.ingest.messages import tool_definitions
from tracetui.ingest.otel.content import SpanContent, request_content
from tracetui.ingest.otel.dialects.table import Dialect, has
from tracetui.ingest.otel.span import Span, gathered, json_value
from tracetui.ingest.usage import openai_usage
from tracetui.model import Usage


def content(span: Span) -> SpanContent | None:
    shown, said = (json_value(span.first(f"mlflow.span{side}")) for side in ("Inputs", "Outputs"))
    if shown is None and said is None:
        return None
    found = request_content(shown, said, "MLflow")
    tools = tool_definitions(json_value(span.first("mlflow.chat.tools")))
    return msgspec.structs.replace(found, tools=tools) if tools and not found.tools else found


def _usage(span: Span) -> Usage | None:
    return openai_usage(gathered(span.attributes, "mlflow.chat.tokenUsage"))


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
    contents=(content,),
    wrote=has("mlflow."),
    remedy="turn on mlflow.LIBRARY.autolog(), or call span.set_inputs(…) and span.set_outputs(…)",
)
