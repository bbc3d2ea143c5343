"""Messages in Gemini's shape, as Gemini CLI and Google ADK write them: `Content` with parts in camel or snake case."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.fields import count_field, list_field, object_field, text_field
from tracetui.ingest.messages import part_of, parts_of_content
from tracetui.model import Message, Part, ReasoningPart, SourceRef, TextPart, ToolCallPart, ToolCallResponsePart, Usage


def either(value: dict[str, Any], camel: str) -> Any:
    """A field by its camel-case name, or by the same name in snake case."""
    if camel in value:
        return value[camel]
    return value.get("".join("_" + c.lower() if c.isupper() else c for c in camel))


def gemini_parts(content: Any) -> tuple[Part, ...]:
    """The parts of a `Content`, of a list of parts, of one part, or of plain text."""
    if isinstance(content, dict) and isinstance(content.get("parts"), list):
        content = content["parts"]
    if isinstance(content, list):
        return tuple(part for item in content for part in gemini_parts(item))
    if not isinstance(content, dict):
        return parts_of_content(content)
    call, answer = either(content, "functionCall"), either(content, "functionResponse")
    if isinstance(call, dict):
        return (ToolCallPart(text_field(call.get("id")), str(call.get("name") or ""), call.get("args")),)
    if isinstance(answer, dict):
        return (ToolCallResponsePart(text_field(answer.get("id")), answer.get("response")),)
    if isinstance(content.get("text"), str):
        return (ReasoningPart(content["text"]),) if content.get("thought") is True else (TextPart(content["text"]),)
    return (part_of(content),)


def gemini_content(value: Any, *, default_role: str = "user", source: SourceRef | None = None) -> Message:
    """A `Content` as a message; the role `model` is the assistant's."""
    role = text_field(object_field(value).get("role")) or default_role
    return Message("assistant" if role == "model" else role, gemini_parts(value), source=source)


def response_names(content: Any) -> list[str | None]:
    """The tool's name of each function response of a `Content`, in order."""
    answers = (
        either(object_field(part), "functionResponse") for part in list_field(object_field(content).get("parts"))
    )
    return [text_field(answer.get("name")) for answer in answers if isinstance(answer, dict)]


def gemini_usage(value: Any) -> Usage | None:
    """`usageMetadata`: the prompt's count includes what came from the cache; thoughts are counted beside the answer."""
    counts = object_field(value)
    shown, cached = (
        count_field(either(counts, "promptTokenCount")),
        count_field(either(counts, "cachedContentTokenCount")),
    )
    written, thought = (
        count_field(either(counts, "candidatesTokenCount")),
        count_field(either(counts, "thoughtsTokenCount")),
    )
    if shown is None and written is None:
        return None
    output = (written or 0) + (thought or 0) if thought else written
    return Usage(shown, output, cached, None, thought, origin="derived" if thought else "recorded")
