"""Anthropic Messages: a request with or without its response, a list of messages, or JSON lines of either.

Tool calls and results are blocks of a message's content: results of parallel calls come together in one user message,
each joined to its call at its own place, such as `/messages/4/content/1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.chat import ChatMessage, chat_message, is_message
from tracetui.ingest.dialects import Answer, Dialect, Settings, failure, layout, read_dialect, response_bodies
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.messages import parts_of_content, tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.traits import anthropic_traits, session_trace_traits
from tracetui.ingest.usage import anthropic_usage
from tracetui.model import Session

NAME = "anthropic-messages"
TITLE = "Anthropic Messages"
RULE = "`messages` with tool_use, tool_result or thinking blocks, or with `system` or `input_schema` tools beside them."
KEEPS = "Prompts rebuilt from the messages before each answer; recorded where a request stands with its answer."


def detect(records: Records) -> Detection:
    found = layout(DIALECT, records)
    if found is None or session_trace_traits(found):
        return NOT_MINE
    reason = anthropic_traits(found)
    return Detection(0.9 * found.share, reason) if reason else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    return read_dialect(DIALECT, records, ledger)


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
    return {"usage": anthropic_usage(body.get("usage")), "attributes": attributes, **model}


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
