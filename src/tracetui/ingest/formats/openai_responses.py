"""OpenAI Responses: a request with or without its response, a list of items, a response alone, or JSON lines of these."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.chat import ChatMessage
from tracetui.ingest.dialects import Answer, Dialect, Settings, failure, layout, read_dialect, response_bodies
from tracetui.ingest.fields import text_field
from tracetui.ingest.messages import parts_of_content, tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.response_items import answer_message, is_item, is_typed_item, item_messages
from tracetui.ingest.traits import session_trace_traits
from tracetui.ingest.usage import openai_usage
from tracetui.model import Session

NAME = "openai-responses"
TITLE = "OpenAI Responses"
RULE = "`input` beside `model` or `instructions`, a response with `output`, or items such as function_call_output."
KEEPS = "Prompts rebuilt from the items before each answer; recorded where a request stands with its answer."


def detect(records: Records) -> Detection:
    found = layout(DIALECT, records)
    if found is None or session_trace_traits(found):
        return NOT_MINE
    if found.kind == "messages":
        typed = [item for item in found.messages if is_typed_item(item)]
        return Detection(0.85 * found.share, f"items of type {typed[0].get('type')}") if typed else NOT_MINE
    named = "`input`" if "input" in found.requests[0] else "`output`"
    return Detection(0.85 * found.share, f"{named} beside `model`, `instructions` or `object`")


def read(records: Records, ledger: Ledger) -> list[Session]:
    return read_dialect(DIALECT, records, ledger)


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
    return {"usage": openai_usage(body.get("usage")), "attributes": status, **model}


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
