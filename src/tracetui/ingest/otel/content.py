"""The prompt and the answer of one LLM span, and how dialects make them of what attributes hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.gemini import gemini_content
from tracetui.ingest.langchain import chat_shaped
from tracetui.ingest.messages import message_of, part_of, parts_of_content, tool_definitions
from tracetui.ingest.otel.span import json_value
from tracetui.ingest.records import Record
from tracetui.ingest.response_items import is_typed_item, item_messages
from tracetui.model import (
    Message,
    OtherPart,
    Part,
    SourceRef,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)


class SpanContent(msgspec.Struct, frozen=True, kw_only=True):
    """The prompt and the answer of one LLM span."""

    dialect: str
    messages: tuple[Message, ...]
    completion: Message | None = None
    system: tuple[Part, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    cut: bool = False
    """A message attribute ends in the middle: an exporter's length limit cut it."""
    incomplete: bool = False
    """A message, or the role of one, is missing from the numbered attributes: a limit on their number cost it."""


def messages_in(
    value: Any, *, role: str = "user", convert: Callable[[Any], Message] | None = None
) -> tuple[tuple[Message, ...], bool]:
    """Messages of a list, of JSON text or of one value; and whether text that should be JSON was cut."""
    decoded = json_value(value)
    if isinstance(decoded, str) and decoded.lstrip()[:1] in ("[", "{"):
        return (Message(role, (TextPart(decoded),)),), True
    if decoded is None or decoded == "":
        return (), False
    items = decoded if isinstance(decoded, list) else [decoded]
    make = convert or (lambda item: message_of(item, default_role=role))
    return tuple(make(item) for item in items), False


def without_silence(content: SpanContent) -> SpanContent:
    """The content without a prompt that says nothing, and without parts of an answer that do.

    With content capture off several instrumentations write messages all the same, with their roles and call ids alone.
    """
    messages, answer = content.messages, content.completion
    said = [part for message in messages for part in message.parts]
    if answer is not None and not all(map(_holds, answer.parts)):
        kept = tuple(part for part in answer.parts if _holds(part) or isinstance(part, ToolCallPart))
        answer = msgspec.structs.replace(answer, parts=kept) if kept else None
    return msgspec.structs.replace(content, messages=messages if any(map(_holds, said)) else (), completion=answer)


def _holds(part: Part) -> bool:
    """Whether a part holds content, more than its kind and the ids and names around it."""
    match part:
        case ToolCallPart(arguments=None) | ToolCallResponsePart(response=None):
            return False
        case OtherPart(data=dict(data)):
            return bool(data.keys() - {"type", "id", "name"})
    return True


def joined(answers: tuple[Message, ...]) -> Message | None:
    """The answer; several output messages of one call are its parts."""
    if len(answers) <= 1:
        return answers[0] if answers else None
    return Message("assistant", tuple(part for answer in answers for part in answer.parts))


def request_content(shown: Any, said: Any, dialect: str) -> SpanContent:
    """A prompt and an answer in whatever shape a framework gave them: a request, a list of messages or text."""
    system: tuple[Part, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    if isinstance(shown, dict):
        arguments = shown.get("kwargs") if isinstance(shown.get("kwargs"), dict) else shown
        if isinstance(arguments, dict):
            config = object_field(arguments.get("config"))
            instructions = gemini_text(config.get("system_instruction", config.get("systemInstruction")))
            system = parts_of_content(arguments.get("system") or arguments.get("instructions") or instructions)
            tools = tool_definitions(arguments.get("tools"))
            listed = next(
                (arguments[k] for k in ("messages", "input", "contents", "history", "prompt") if arguments.get(k)), None
            )
            if isinstance(listed, dict) and "messages" in listed:
                listed = listed["messages"]
            shown = listed if listed is not None else shown
    if isinstance(shown, list) and len(shown) == 1 and isinstance(shown[0], list):
        shown = shown[0]  # a batch of one prompt
    messages, cut = messages_in(shown, convert=_loose_message)
    if isinstance(shown, list) and any(map(is_typed_item, shown)):
        messages = _item_messages(shown)
    return SpanContent(
        dialect=dialect, messages=messages, completion=_answer(said), system=system, tools=tools, cut=cut
    )


def gemini_text(value: Any) -> Any:
    """Gemini's instructions as blocks of text; anything else unchanged."""
    if isinstance(value, dict):
        return [
            {"type": "text", "text": part.get("text")}
            for part in list_field(value.get("parts"))
            if isinstance(part, dict)
        ]
    return value


def is_block_list(content: Any) -> bool:
    """Whether text is a JSON list of content blocks."""
    return isinstance(content, str) and content.startswith('[{"type"')


def is_incomplete(attributes: dict[str, Any], prefix: str, role: str) -> bool:
    """Whether the numbers below `prefix` have a gap, or a message comes without its role."""
    numbers = {
        number for key in attributes if key.startswith(prefix) and (number := key[len(prefix) + 1 :].split(".")[0])
    }
    found = [f"{prefix}.{number}.{role}" in attributes for number in range(len(numbers))]
    return not all(found)


def _answer(said: Any) -> Message | None:
    if isinstance(said, dict) and isinstance(said.get("choices"), list) and said["choices"]:
        choice = said["choices"][0]
        return message_of(choice.get("message") if isinstance(choice, dict) else choice, default_role="assistant")
    if isinstance(said, list) and any(map(is_typed_item, said)):
        return joined(_item_messages(said))
    if isinstance(said, list):
        answers, _ = messages_in(said, role="assistant", convert=_loose_message)
        return joined(answers)
    if said is None or said == "":
        return None
    return _loose_message(said, default_role="assistant")


def _item_messages(items: list[Any]) -> tuple[Message, ...]:
    """The messages that items of OpenAI Responses make up; inside an attribute they have no place of their own."""
    nowhere = SourceRef("", 0, 0)
    found = item_messages(Record(item, nowhere) for item in items)
    return tuple(msgspec.structs.replace(said.message, source=None) for said in found)


def _loose_message(value: Any, default_role: str = "user") -> Message:
    if (
        isinstance(value, dict)
        and "parts" in value
        and all("type" not in p for p in list_field(value["parts"]) if isinstance(p, dict))
    ):
        return gemini_content(value)
    if isinstance(value, dict) and "role" not in value and (shaped := chat_shaped(value)) is not None:
        return message_of(shaped)
    if isinstance(value, dict) and not {"role", "content", "parts", "tool_calls"} & set(value):
        return Message(default_role, (part_of({"type": "object", "value": value}),))
    return message_of(value, default_role=default_role)
