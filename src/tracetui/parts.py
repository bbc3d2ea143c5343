"""What a part of a message says: its text, its size, and when two messages are the same."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

import msgspec

from tracetui.media import payload, without_payloads
from tracetui.model import (
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
)

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def text_of(part: Part) -> str:
    """The text that a part contributes to a prompt: as recorded where it is text, else as compact JSON."""
    # Asked of every part of a session: patterns of `match` take three times as long.
    if isinstance(part, (TextPart, ReasoningPart)):
        return part.content
    value = _value(part)
    return value if isinstance(value, str) else json_text(value)


def _value(part: ToolCallPart | ToolCallResponsePart | OtherPart) -> Any:
    if isinstance(part, ToolCallPart):
        return part.arguments
    return part.response if isinstance(part, ToolCallResponsePart) else part.data


def json_text(value: object) -> str:
    """Compact JSON, keys in recorded order; lone surrogates kept."""
    kind = type(value)
    if kind is int:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    return "" if value is None else _ENCODER.encode(value)


def characters_of(message: Message) -> int:
    """Length of the text that a message contributes to a prompt; images and files weigh nothing in it."""
    parts = message.parts
    return part_characters(parts[0]) if len(parts) == 1 else sum(map(part_characters, parts))


def part_characters(part: Part) -> int:
    """Length of the text of a part, without the letters that binary content is written in."""
    if type(part) is TextPart:  # most are: this runs for each one in a session
        return len(part.content)
    if isinstance(part, (OtherPart, ToolCallResponsePart)):
        value = part.data if isinstance(part, OtherPart) else part.response
        if type(value) is str:
            return 0 if payload(value) is not None else len(value)
        if (bare := without_payloads(value, lambda _: "")) is not value:
            return len(bare if isinstance(bare, str) else json_text(bare))
    return len(text_of(part))


def identity(message: Message) -> bytes:
    """Equal for messages of equal meaning: role and parts, not place or name.

    `cache_control` is left out: the marker moves to another block at every request.
    """
    encoded = _encoded(message.role, message.parts)
    if b"cache_control" in encoded:
        encoded = _encoded(message.role, tuple(_without_cache_marks(part) for part in message.parts))
    return blake2b(encoded, digest_size=16).digest()


def _encoded(role: str, parts: tuple[Part, ...]) -> bytes:
    try:
        return msgspec.json.encode((role, parts))
    except (ValueError, TypeError, RecursionError):  # lone surrogates, numbers beyond JSON, depth
        return repr((role, parts)).encode("utf-8", "backslashreplace")


def _without_cache_marks(part: Part) -> Part:
    match part:
        case OtherPart(kind, data):
            return OtherPart(kind, _pruned(data))
        case ToolCallResponsePart(call_id, response):
            return ToolCallResponsePart(call_id, _pruned(response))
    return part


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(inner) for key, inner in value.items() if key != "cache_control"}
    return [_pruned(inner) for inner in value] if isinstance(value, list) else value
