"""From span attributes to the model's fields: kind of step, model, agent, tool, usage, cost, error."""

from __future__ import annotations

import math
from typing import Any

from tracetui.ingest.fields import object_field
from tracetui.ingest.otel.span import Span, json_value, numbered
from tracetui.ingest.usage import langfuse_usage, openai_usage
from tracetui.model import StepKind, Usage

_OPERATIONS: dict[str, StepKind] = {
    "chat": "llm_call",
    "generate_content": "llm_call",
    "text_completion": "llm_call",
    "completion": "llm_call",
    "generate": "llm_call",
    "responses": "llm_call",
    "embeddings": "embedding",
    "execute_tool": "tool_call",
    "retrieval": "retrieval",
    "create_agent": "agent",
    "invoke_agent": "agent",
    "plan": "agent",
    "invoke_workflow": "workflow",
    "fetch_response": "other",
}
_SPAN_KINDS: dict[str, StepKind] = {
    "llm": "llm_call",
    "tool": "tool_call",
    "retriever": "retrieval",
    "reranker": "retrieval",
    "embedding": "embedding",
    "agent": "agent",
    "chain": "workflow",
    "prompt": "other",
    "guardrail": "guardrail",
    "decision": "guardrail",
    "evaluator": "evaluation",
    "generation": "llm_call",
    "chat_model": "llm_call",
    "workflow": "workflow",
    "task": "workflow",
    "event": "message",
    "span": "other",
    "handoff": "handoff",
}
_VERCEL: dict[str, StepKind] = {
    "ai.generateText.doGenerate": "llm_call",
    "ai.streamText.doStream": "llm_call",
    "ai.generateObject.doGenerate": "llm_call",
    "ai.streamObject.doStream": "llm_call",
    "ai.toolCall": "tool_call",
    "ai.embed.doEmbed": "embedding",
    "ai.embedMany.doEmbed": "embedding",
    "ai.embed": "workflow",
    "ai.embedMany": "workflow",
    "ai.generateText": "workflow",
    "ai.streamText": "workflow",
    "ai.generateObject": "workflow",
    "ai.streamObject": "workflow",
}
_LLM_MARKS = (
    "gen_ai.request.model",
    "llm.model_name",
    "gen_ai.prompt.0.role",
    "gcp.vertex.agent.llm_request",
    "llm.request.type",
)


def step_kind(span: Span) -> StepKind:
    """What kind of step a span is; `other` where nothing says."""
    operation = str(span.first("gen_ai.operation.name") or "").lower()
    if operation in _OPERATIONS:
        return _OPERATIONS[operation]
    if operation.endswith(("_memory", "_memory_store")):
        return "memory"
    named = span.first(
        "openinference.span.kind", "traceloop.span.kind", "langfuse.observation.type", "mlflow.spanType", "span_kind"
    )
    kind = _SPAN_KINDS.get(str(json_value(named) or "").lower())
    if kind is not None and not (kind == "workflow" and _is_llm(span)):
        return kind
    vercel = _VERCEL.get(str(span.first("ai.operationId") or span.name.split(" ")[0]))
    if vercel is not None:
        return vercel
    if (
        span.first("gen_ai.tool.name", "gen_ai.tool.call.id", "tool.name")
        or span.first("mcp.method.name") == "tools/call"
    ):
        return "tool_call"
    if _is_llm(span):
        return "llm_call"
    # Pydantic AI's span of a run names no operation in its first versions.
    return "agent" if span.first("pydantic_ai.all_messages", "all_messages_events") is not None else "other"


def _is_llm(span: Span) -> bool:
    return span.first(*_LLM_MARKS) is not None and span.first("gen_ai.agent.name", "agent.name") is None


def model_name(span: Span) -> str | None:
    return _text(
        span.first(
            "gen_ai.response.model",
            "gen_ai.request.model",
            "llm.response.model_name",
            "llm.model_name",
            "llm.request.model_name",
            "ai.response.model",
            "ai.model.id",
            "langfuse.observation.model.name",
            "mlflow.llm.model",
        )
    )


def agent_name(span: Span) -> str | None:
    return _text(span.first("gen_ai.agent.name", "agent.name", "graph.node.name", "recipient_agent_name"))


def session_id(span: Span) -> str | None:
    """The conversation that the span says it belongs to; None where only the trace id can tell."""
    return _text(
        span.first(
            "gen_ai.conversation.id",
            "session.id",
            "langfuse.session.id",
            "ai.telemetry.metadata.sessionId",
            "gcp.vertex.agent.session_id",
            "traceloop.association.properties.session_id",
            "mlflow.trace.session",
        )
    )


def tool_name(span: Span) -> str:
    name = span.first("gen_ai.tool.name", "tool.name", "ai.toolCall.name", "traceloop.entity.name", "mcp.tool.name")
    return _text(name) or span.name.removeprefix("execute_tool ")


def tool_call_id(span: Span) -> str | None:
    return _text(span.first("gen_ai.tool.call.id", "tool.id", "ai.toolCall.id", "tool_call.id"))


def tool_arguments(span: Span) -> Any:
    value = span.first(
        "gen_ai.tool.call.arguments",
        "tool_arguments",
        "ai.toolCall.args",
        "gcp.vertex.agent.tool_call_args",
        "mcp.request.argument",
        "input.value",
        "traceloop.entity.input",
        "langfuse.observation.input",
        "mlflow.spanInputs",
        "input",
    )
    return _passed(json_value(value)) if value is span.first("traceloop.entity.input") else json_value(value)


def _passed(value: Any) -> Any:
    """What a traced function was given: OpenLLMetry puts `args` and `kwargs`, or a framework's `inputs`, around it."""
    if not isinstance(value, dict):
        return value
    named = value.get("kwargs") or value.get("inputs")
    return named if isinstance(named, dict) and named and not value.get("args") else value


def tool_result(span: Span) -> Any:
    value = span.first(
        "gen_ai.tool.call.result",
        "tool_response",
        "ai.toolCall.result",
        "gcp.vertex.agent.tool_response",
        "mcp.response.value",
        "output.value",
        "traceloop.entity.output",
        "langfuse.observation.output",
        "mlflow.spanOutputs",
        "output",
    )
    return json_value(value)


def retrieval_query(span: Span) -> Any:
    """What was looked for."""
    query = span.first("gen_ai.retrieval.query.text", "reranker.query")
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
    shown = _count(
        span,
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.prompt_tokens",
        "llm.token_count.prompt",
        "ai.usage.promptTokens",
        "ai.usage.inputTokens",
        "mlflow.chat.tokenUsage.input_tokens",
        "llm.usage.prompt_tokens",
    )
    written = _count(
        span,
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.completion_tokens",
        "llm.token_count.completion",
        "ai.usage.completionTokens",
        "ai.usage.outputTokens",
        "mlflow.chat.tokenUsage.output_tokens",
        "llm.usage.completion_tokens",
    )
    if shown is None and written is None:
        return _reported_usage(span)
    read = _count(
        span,
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "llm.token_count.prompt_details.cache_read",
        "ai.usage.cachedInputTokens",
        "llm.token_count.prompt_details.cache_input",
        "gen_ai.usage.details.cache_read_tokens",
    )
    stored = _count(
        span,
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.cache_write_input_tokens",
        "llm.token_count.prompt_details.cache_write",
        "gen_ai.usage.details.cache_write_tokens",
    )
    reasoning = _count(
        span,
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.thinking_tokens",
        "gen_ai.usage.details.reasoning_tokens",
        "llm.token_count.completion_details.reasoning",
        "ai.usage.reasoningTokens",
    )
    cached = (read or 0) + (stored or 0)
    if shown is not None and cached > shown:
        return Usage(shown + cached, written, read, stored, reasoning, origin="derived")
    return Usage(shown, written, read, stored, reasoning, origin="derived" if span.usage_is_derived else "recorded")


def _reported_usage(span: Span) -> Usage | None:
    """Usage as one object: the Langfuse SDK's, MLflow's, or the provider's own in Logfire's `response_data`."""
    details = object_field(json_value(span.first("langfuse.observation.usage_details")))
    if details:
        return langfuse_usage(details)
    return openai_usage(json_value(span.first("mlflow.chat.tokenUsage"))) or openai_usage(
        object_field(json_value(span.first("response_data"))).get("usage")
    )


def cost_usd(span: Span) -> float | None:
    value = span.first(
        "gen_ai.usage.cost", "gen_ai.cost", "operation.cost", "llm.cost.total", "gen_ai.usage.total_cost"
    )
    if value is None:
        value = object_field(json_value(span.first("langfuse.observation.cost_details"))).get("total")
    try:
        cost = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return cost if cost is not None and math.isfinite(cost) else None


def error_of(span: Span) -> str | None:
    """What went wrong, in the span's words; None for a span that did not fail."""
    thrown = next((event.attributes for event in span.events if event.name == "exception"), None)
    if thrown is not None:
        parts = (thrown.get("exception.type"), thrown.get("exception.message"))
        return ": ".join(str(part) for part in parts if part) or "exception"
    if span.status == "error":
        return span.status_message or _text(span.first("error.type", "error.message")) or "error"
    if str(span.first("langfuse.observation.level") or "") == "ERROR":
        return _text(span.first("langfuse.observation.status_message")) or "error"
    # The conventions set it on operations that failed, and on no other.
    return _text(span.first("error.type"))


def _count(span: Span, *keys: str) -> int | None:
    value = span.first(*keys)
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None
