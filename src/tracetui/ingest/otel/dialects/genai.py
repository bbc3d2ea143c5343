"""OpenTelemetry GenAI semantic conventions: messages as attributes of the span."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.messages import message_of, parts_of_content, tool_definitions
from tracetui.ingest.otel.content import SpanContent, joined, messages_in
from tracetui.ingest.otel.dialects.table import Dialect
from tracetui.ingest.otel.span import Span, json_value
from tracetui.model import Message, StepKind, ToolDefinition


def content(span: Span) -> SpanContent | None:
    return genai_content(span.attributes, "OTel GenAI attributes")


def genai_content(attributes: dict[str, Any], dialect: str) -> SpanContent | None:
    """Messages in the conventions' attributes, of a span or of an event."""
    shown, said = attributes.get("gen_ai.input.messages"), attributes.get("gen_ai.output.messages")
    if not shown and not said:
        return None
    messages, cut = messages_in(shown, convert=_sent)
    answers, cut_answer = messages_in(said, role="assistant")
    return SpanContent(
        dialect=dialect,
        messages=messages,
        completion=joined(answers),
        system=parts_of_content(json_value(attributes.get("gen_ai.system_instructions"))),
        tools=tool_definitions(json_value(attributes.get("gen_ai.tool.definitions"))) or pydantic_tools(attributes),
        cut=cut or cut_answer,
    )


def _sent(value: Any) -> Message:
    """A message without the parts that Pydantic AI marks as not sent with this call."""
    if isinstance(value, dict) and isinstance(value.get("parts"), list):
        sent = [part for part in value["parts"] if not (isinstance(part, dict) and part.get("visible") is False)]
        value = value | {"parts": sent}
    return message_of(value)


def pydantic_tools(attributes: dict[str, Any]) -> tuple[ToolDefinition, ...]:
    """The tools among Pydantic AI's `model_request_parameters`, which stand beside the conventions' messages."""
    given = object_field(json_value(attributes.get("model_request_parameters")))
    listed = [*list_field(given.get("function_tools")), *list_field(given.get("output_tools"))]
    return tool_definitions(
        [{**tool, "parameters": tool.get("parameters_json_schema")} for tool in listed if isinstance(tool, dict)]
    )


def _kind(span: Span) -> StepKind | None:
    operation = str(span.first("gen_ai.operation.name") or "").lower()
    if operation.endswith(("_memory", "_memory_store")):
        return "memory"
    return "handoff" if span.first("gen_ai.transfer.target.name") is not None else None


DIALECT = Dialect(
    name="OTel GenAI",
    kinds={
        "gen_ai.operation.name": {
            "chat": "llm_call",
            "generate_content": "llm_call",
            "text_completion": "llm_call",
            "completion": "llm_call",
            "generate": "llm_call",
            "responses": "llm_call",
            "chat.completions": "llm_call",
            "chat.streaming_completions": "llm_call",
            "text.completions": "llm_call",
            "text.streaming_completions": "llm_call",
            "embeddings": "embedding",
            "execute_tool": "tool_call",
            "retrieval": "retrieval",
            "create_agent": "agent",
            "invoke_agent": "agent",
            "plan": "agent",
            "invoke_workflow": "workflow",
            "agent_step": "workflow",
            "fetch_response": "other",
        }
    },
    kind=_kind,
    llm_marks=("gen_ai.request.model",),
    keys={
        "session": ("gen_ai.conversation.id",),
        "model": ("gen_ai.response.model",),
        "asked_model": ("gen_ai.request.model",),
        "agent": ("gen_ai.agent.name",),
        "tool": ("gen_ai.tool.name",),
        "call_id": ("gen_ai.tool.call.id",),
        "arguments": ("gen_ai.tool.call.arguments",),
        "result": ("gen_ai.tool.call.result",),
        "query": ("gen_ai.retrieval.query.text",),
        "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
        "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        "cache_read_tokens": (
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.details.cache_read_tokens",
        ),
        "cache_write_tokens": (
            "gen_ai.usage.cache_write.input_tokens",
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.cache_write_input_tokens",
            "gen_ai.usage.details.cache_write_tokens",
        ),
        "reasoning_tokens": (
            "gen_ai.usage.reasoning.output_tokens",
            "gen_ai.usage.reasoning_tokens",
            "gen_ai.usage.thinking_tokens",
            "gen_ai.usage.details.reasoning_tokens",
        ),
        "cost": ("gen_ai.usage.cost", "gen_ai.cost", "gen_ai.usage.total_cost"),
    },
    contents=(content,),
    wrote=lambda _: True,
    remedy=(
        "set OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_AND_EVENT and "
        "OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental in the instrumented process"
    ),
)
