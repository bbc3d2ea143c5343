"""Anthropic Messages, as `ingest.dialects` reads it: content blocks, usage without the cache."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.chat import ChatMessage, chat_message, is_message
from tracetui.ingest.dialects import Answer, Dialect, Settings, failure, response_bodies
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.messages import parts_of_content, tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.usage import anthropic_usage, raw_usage


def _messages(records: Records, items: Iterable[Record]) -> list[ChatMessage]:
    return [chat_message(records, item) for item in items]


def _settings(request: dict[str, Any]) -> Settings:
    return Settings(parts_of_content(request.get("system")), tool_definitions(request.get("tools")))


def _answer(records: Records, record: Record) -> Answer:
    for path, body in response_bodies(record.value):
        if isinstance(body.get("content"), (list, str)):
            place = records.at(record, *path)
            said = chat_message(records, place, default_role="assistant") if place else None
            return Answer(said, _call(body), text_field(body.get("id")))
        failed = failure(body)
        if failed is not None:
            return failed
    return Answer()


def _call(body: dict[str, Any]) -> dict[str, Any]:
    attributes: dict[str, Any] = {"finish_reasons": [body["stop_reason"]]} if body.get("stop_reason") else {}
    edits = list_field(object_field(body.get("context_management")).get("applied_edits"))
    if edits:
        attributes["applied_edits"] = edits
    model = {"model": body["model"]} if isinstance(body.get("model"), str) else {}
    return {
        "usage": anthropic_usage(body.get("usage")),
        "attributes": attributes | raw_usage(body.get("usage")),
        **model,
    }


DIALECT = Dialect(
    key="messages",
    is_item=is_message,
    is_request=lambda row: isinstance(row.get("messages"), list),
    messages=_messages,
    settings=_settings,
    answer=_answer,
    call=_call,
    known=frozenset(("model", "messages", "tools", "system", "response")),
)
