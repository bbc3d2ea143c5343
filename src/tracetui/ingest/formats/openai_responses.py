"""OpenAI Responses: a request with or without its response, a list of items, a response alone, or JSON lines of these."""

from __future__ import annotations

from tracetui.ingest.dialects import layout, read_dialect
from tracetui.ingest.providers.openai_responses import DIALECT
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.response_items import is_typed_item
from tracetui.ingest.traits import session_trace_traits
from tracetui.model import Session

NAME = "openai-responses"
TITLE = "OpenAI Responses"
RULE = "`input` beside `model` or `instructions`, a response with `output`, or items such as function_call_output."
KEEPS = "Prompts rebuilt from the items before each answer; recorded where a request stands with its answer."
LOSES = (
    "Earlier turns held by the provider (`previous_response_id`, `conversation`), and what `truncation: auto` dropped."
)
EXPORT = (
    'Log every request\'s body with its response as a line `{…request, "response": …}`; send `store: false` and '
    "whole inputs."
)


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
