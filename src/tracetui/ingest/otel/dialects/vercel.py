"""The Vercel AI SDK's own attributes, `ai.*`; only its `do…` spans are calls of a model."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.messages import message_of, part_of, parts_of_content, tool_definitions
from tracetui.ingest.otel.content import SpanContent, messages_in
from tracetui.ingest.otel.dialects.table import Dialect
from tracetui.ingest.otel.span import Span, gathered, json_value
from tracetui.model import Message, Part, ReasoningPart, StepKind, TextPart, ToolCallPart

_KINDS: dict[str, StepKind] = {
    "ai.generatetext.dogenerate": "llm_call",
    "ai.streamtext.dostream": "llm_call",
    "ai.generateobject.dogenerate": "llm_call",
    "ai.streamobject.dostream": "llm_call",
    "ai.toolcall": "tool_call",
    "ai.embed.doembed": "embedding",
    "ai.embedmany.doembed": "embedding",
    "ai.embed": "workflow",
    "ai.embedmany": "workflow",
    "ai.generatetext": "workflow",
    "ai.streamtext": "workflow",
    "ai.generateobject": "workflow",
    "ai.streamobject": "workflow",
}


def content(span: Span) -> SpanContent | None:
    shown = span.first("ai.prompt.messages", "ai.prompt")
    if shown is None:
        return None
    value = json_value(shown)
    system: tuple[Part, ...] = ()
    if isinstance(value, dict):
        system = parts_of_content(value.get("system"))
        value = value.get("messages", value.get("prompt"))
    messages, cut = messages_in(value, convert=_message)
    calls = json_value(span.first("ai.response.toolCalls", "ai.result.toolCalls"))
    text = span.first("ai.response.text", "ai.result.text", "ai.response.object", "ai.result.object")
    thought = span.first("ai.response.reasoning", "ai.result.reasoning")
    blocks: list[Part] = [ReasoningPart(str(thought))] if thought else []
    blocks += [TextPart(str(text))] if text else []
    blocks += [_call(call) for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    return SpanContent(
        dialect="Vercel AI SDK",
        messages=messages,
        completion=Message("assistant", tuple(blocks)) if blocks else None,
        system=system,
        tools=tool_definitions(_definitions(gathered(span.attributes, "ai.prompt.tools"))),
        cut=cut,
    )


def _definitions(tools: Any) -> list[Any]:
    """A list of texts; JavaScript's Zipkin exporter writes the items of a list with commas between and no brackets."""
    listed = json_value(f"[{tools}]" if isinstance(tools, str) else tools)
    return [json_value(tool) for tool in (listed if isinstance(listed, list) else [listed])]


def _message(value: Any) -> Message:
    if not isinstance(value, dict) or not isinstance(value.get("content"), list):
        return message_of(value)
    parts = [_part(block) for block in value["content"]]
    return Message(str(value.get("role") or "user"), tuple(parts))


def _part(block: Any) -> Part:
    if isinstance(block, dict) and block.get("type") == "tool-call":
        return _call(block)
    if isinstance(block, dict) and block.get("type") == "tool-result":
        output = block.get("output", block.get("result"))
        inner = output.get("value", output) if isinstance(output, dict) else output
        return part_of({"type": "tool_call_response", "id": block.get("toolCallId"), "response": inner})
    return part_of(block)


def _call(call: dict[str, Any]) -> ToolCallPart:
    call_id = call.get("toolCallId")
    return ToolCallPart(
        str(call_id) if call_id else None,
        str(call.get("toolName") or ""),
        json_value(call.get("args", call.get("input"))),
    )


def _named(span: Span) -> StepKind | None:
    """The first versions name the operation in the span's name alone."""
    return _KINDS.get(span.name.split(" ")[0].lower())


DIALECT = Dialect(
    name="Vercel AI SDK",
    kinds={"ai.operationId": _KINDS},
    kind=_named,
    keys={
        "session": ("ai.telemetry.metadata.sessionId",),
        "model": ("ai.response.model",),
        "asked_model": ("ai.model.id",),
        "tool": ("ai.toolCall.name",),
        "call_id": ("ai.toolCall.id",),
        "arguments": ("ai.toolCall.args",),
        "result": ("ai.toolCall.result",),
        "input_tokens": ("ai.usage.promptTokens", "ai.usage.inputTokens"),
        "output_tokens": ("ai.usage.completionTokens", "ai.usage.outputTokens"),
        "cache_read_tokens": ("ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens"),
        "cache_write_tokens": ("ai.usage.inputTokenDetails.cacheWriteTokens",),
        "reasoning_tokens": ("ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens"),
    },
    contents=(content,),
    wrote=lambda span: (
        span.scope_name in ("ai", "@ai-sdk/otel") or any(key.startswith("ai.") for key in span.attributes)
    ),
    remedy="set experimental_telemetry: { isEnabled: true, recordInputs: true, recordOutputs: true } on the call",
)
