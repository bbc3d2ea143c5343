"""OpenAI Chat Completions, as `ingest.dialects` reads it: requests, messages, answers, usage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.chat import ChatMessage, chat_message, is_message
from tracetui.ingest.dialects import Answer, Dialect, Settings, failure, response_bodies
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.messages import tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.usage import openai_usage, raw_usage


def _messages(records: Records, items: Iterable[Record]) -> list[ChatMessage]:
    return [chat_message(records, item) for item in items]


def _settings(request: dict[str, Any]) -> Settings:
    given = request.get("tools") or request.get("functions")
    return Settings(tools=tool_definitions(given or object_field(request.get("model_parameters")).get("tools")))


def _answer(records: Records, record: Record) -> Answer:
    for path, body in response_bodies(record.value, flat=True):
        choices = list_field(body.get("choices"))
        if choices:
            place = records.at(record, *path, "choices", 0, "message")
            return Answer(_said(records, place), _call(body), text_field(body.get("id")))
        failed = failure(body)
        if failed is not None:
            return failed
    place = records.at(record, "response") if record.value.get("response") else None
    return Answer(
        _said(records, place) if place and (is_message(place.value) or isinstance(place.value, str)) else None
    )


def _said(records: Records, place: Record | None) -> ChatMessage | None:
    if place is None or not isinstance(place.value, (dict, str)):
        return None
    return chat_message(records, place, default_role="assistant")


def _call(body: dict[str, Any]) -> dict[str, Any]:
    choices = list_field(body.get("choices"))
    reasons = [object_field(choice).get("finish_reason") for choice in choices]
    attributes: dict[str, Any] = {"finish_reasons": reasons} if any(reasons) else {}
    if len(choices) > 1:
        attributes["other_choices"] = choices[1:]
    model = {"model": body["model"]} if isinstance(body.get("model"), str) else {}
    return {"usage": openai_usage(body.get("usage")), "attributes": attributes | raw_usage(body.get("usage")), **model}


DIALECT = Dialect(
    key="messages",
    is_item=is_message,
    is_request=lambda row: isinstance(row.get("messages"), list),
    messages=_messages,
    settings=_settings,
    answer=_answer,
    call=_call,
    known=frozenset(("model", "messages", "tools", "functions", "response", "choices", "usage")),
)
