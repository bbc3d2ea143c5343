"""The OpenAI Responses API, as `ingest.dialects` reads it: items in and out, chained by response id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.chat import ChatMessage
from tracetui.ingest.dialects import Answer, Dialect, Settings, failure, response_bodies
from tracetui.ingest.fields import text_field
from tracetui.ingest.messages import parts_of_content, tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.response_items import answer_message, is_item, item_messages
from tracetui.ingest.usage import openai_usage, raw_usage


def _is_request(row: dict[str, Any]) -> bool:
    if isinstance(row.get("messages"), list):
        return False
    if isinstance(row.get("input"), (str, list)):
        return any(key in row for key in ("model", "instructions", "tools", "previous_response_id"))
    return row.get("object") == "response" and isinstance(row.get("output"), list)


def _messages(_: Records, items: Iterable[Record]) -> list[ChatMessage]:
    return item_messages(items)


def _settings(request: dict[str, Any]) -> Settings:
    return Settings(
        parts_of_content(request.get("instructions")),
        tool_definitions(request.get("tools")),
        text_field(request.get("previous_response_id")),
    )


def _answer(records: Records, record: Record) -> Answer:
    for path, body in response_bodies(record.value, flat=True):
        items = [item for item in records.inside(record, *path, "output") if is_item(item.value)]
        if items:
            return Answer(answer_message(items), _call(body), text_field(body.get("id")))
        failed = failure(body)
        if failed is not None:
            return failed
    return Answer()


def _call(body: dict[str, Any]) -> dict[str, Any]:
    status = {"finish_reasons": [body["status"]]} if body.get("status") else {}
    model = {"model": body["model"]} if isinstance(body.get("model"), str) else {}
    return {"usage": openai_usage(body.get("usage")), "attributes": status | raw_usage(body.get("usage")), **model}


DIALECT = Dialect(
    key="input",
    may_read=lambda value: is_item(value) or (isinstance(value, dict) and isinstance(value.get("type"), str)),
    is_item=is_item,
    is_request=_is_request,
    messages=_messages,
    settings=_settings,
    answer=_answer,
    call=_call,
    known=frozenset(("model", "input", "instructions", "tools", "response", "output", "usage", "previous_response_id")),
)
