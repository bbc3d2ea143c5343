"""A model's streamed answer put together: the body that the same request would have got without streaming.

Anthropic Messages events, OpenAI Chat Completions chunks and OpenAI Responses events, told apart by what they hold.
Amazon Bedrock wraps Anthropic's events in binary frames that each hold `{"bytes": base64}`; those are found too.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any

from tracetui.ingest.decode import json_or_none
from tracetui.ingest.fields import list_field, object_field, text_field

_FRAME = re.compile(r'"bytes"\s*:\s*"([A-Za-z0-9+/=]+)"')
_ANSWERED = ("response.completed", "response.incomplete", "response.failed")


def stream_events(text: str) -> list[dict[str, Any]]:
    """The JSON objects of a stream, in order: its `data:` lines, else Bedrock's frames. Anything else is left out."""
    lines = (line.removeprefix("data:").strip() for line in text.splitlines() if line.startswith("data:"))
    found = [event for line in lines if isinstance(event := json_or_none(line), dict)]
    return found or [event for frame in _FRAME.findall(text) if isinstance(event := _unwrapped(frame), dict)]


def answer_body(events: Iterable[Any]) -> dict[str, Any]:
    """The response body that stream events make up; `{}` where they make up none. What was cut off is left out."""
    known = [event for event in events if isinstance(event, dict)]
    whole = next((event for event in reversed(known) if event.get("type") in _ANSWERED), None)
    if whole is not None:
        return object_field(whole.get("response"))
    if any(isinstance(event.get("choices"), list) for event in known):
        return _chat_completion(known)
    return _anthropic_message(known)


def _anthropic_message(events: list[dict[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    blocks: dict[int, dict[str, Any]] = {}
    written: dict[int, str] = {}
    for event in events:
        given = event.get("index")
        index = given if isinstance(given, int) else len(blocks)
        match event.get("type"):
            case "message_start":
                body |= object_field(event.get("message"))
            case "content_block_start":
                blocks[index] = dict(object_field(event.get("content_block")))
            case "content_block_delta":
                _add_delta(blocks.setdefault(index, {}), object_field(event.get("delta")), written, index)
            case "message_delta":
                body |= object_field(event.get("delta"))
                body["usage"] = object_field(body.get("usage")) | object_field(event.get("usage"))
                if isinstance(event.get("context_management"), dict):
                    body["context_management"] = event["context_management"]
            case "error":
                body["error"] = event.get("error") or "error"
    for index, text in written.items():
        blocks[index]["input"] = text if (parsed := json_or_none(text)) is None else parsed
    if blocks:
        body["content"] = [blocks[index] for index in sorted(blocks)]
    return body


def _add_delta(block: dict[str, Any], delta: dict[str, Any], written: dict[int, str], index: int) -> None:
    match delta.get("type"):
        case "text_delta":
            block.setdefault("type", "text")
            block["text"] = f"{block.get('text') or ''}{delta.get('text') or ''}"
        case "input_json_delta":
            written[index] = written.get(index, "") + (text_field(delta.get("partial_json")) or "")
        case "thinking_delta":
            block.setdefault("type", "thinking")
            block["thinking"] = f"{block.get('thinking') or ''}{delta.get('thinking') or ''}"
        case "signature_delta":
            block["signature"] = delta.get("signature")


def _chat_completion(events: list[dict[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    message: dict[str, Any] = {"role": "assistant", "content": ""}
    calls: dict[int, dict[str, Any]] = {}
    reason = None
    for event in events:
        body |= {key: event[key] for key in ("id", "model", "usage", "error") if event.get(key)}
        for choice in map(object_field, list_field(event.get("choices"))[:1]):
            delta = object_field(choice.get("delta"))
            for key in ("content", "reasoning_content", "refusal"):
                if isinstance(delta.get(key), str):
                    message[key] = (message.get(key) or "") + delta[key]
            for call in map(object_field, list_field(delta.get("tool_calls"))):
                _add_call(calls, call)
            reason = choice.get("finish_reason") or reason
    if calls:
        message["tool_calls"] = [calls[index] for index in sorted(calls)]
    return body | {"choices": [{"index": 0, "message": message, "finish_reason": reason}]}


def _add_call(calls: dict[int, dict[str, Any]], delta: dict[str, Any]) -> None:
    index = delta.get("index")
    call = calls.setdefault(index if isinstance(index, int) else 0, {"function": {"name": "", "arguments": ""}})
    if delta.get("id"):
        call |= {"id": delta["id"], "type": "function"}
    function = object_field(delta.get("function"))
    for key in ("name", "arguments"):
        call["function"][key] += text_field(function.get(key)) or ""


def _unwrapped(frame: str) -> Any:
    try:
        return json_or_none(base64.b64decode(frame, validate=True).decode("utf-8", "replace"))
    except (binascii.Error, ValueError):
        return None
