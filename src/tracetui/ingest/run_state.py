"""`RunState` of the OpenAI Agents SDK: a run that waits for an approval, saved to be resumed.

Layout: `src/agents/run_state.py` of openai-agents-python (snake case) and its JavaScript sibling (camel case). Each generated
item wraps an item of Responses; what the model returned in one go, and its usage, stand in `model_responses`.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import Conversation, conversation_gaps, session_name
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.response_items import item_messages
from tracetui.ingest.usage import openai_usage, raw_usage
from tracetui.model import Session

_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")
_INPUTS, _GENERATED = ("original_input", "originalInput"), ("generated_items", "generatedItems")
_WAITS = "tool_approval_item"
"""Stands for a call that is there as an item of its own."""


def is_run_state(value: Any) -> bool:
    return isinstance(value, dict) and "$schemaVersion" in value and any(key in value for key in _INPUTS)


def read_run_state(records: Records, ledger: Ledger) -> list[Session]:
    """The one conversation: what the run was given, then what it came to, by agent."""
    state = object_field(_snake(records.document))
    builder = SessionBuilder(text_field(state.get("conversation_id")) or session_name(records))
    builder.attributes = {
        f"openai_agents.state.{key}": value
        for key, value in state.items()
        if value and key not in (*_INPUTS, *_GENERATED, "model_responses", "last_model_response")
    }
    conversation, responses = Conversation(builder), _Responses(records.document)
    for said in item_messages(_inputs(records, ledger)):
        conversation.add(said)
    for agent, group in groupby(_generated(records, ledger), key=lambda found: found[0]):
        items = [item for _, item in group]
        for said in item_messages(items):
            own = {said.source, *said.calls, *said.also}
            ids = {name for item in items if item.source in own for name in _ids(item.value)}
            is_model = said.calls or said.message.role == "assistant"
            conversation.add(said, **({"agent": agent} | responses.of(ids) if is_model else {}))
    conversation_gaps(builder, whole_request=False)
    return [builder.build()] if builder.steps else []


def _inputs(records: Records, ledger: Ledger) -> list[Record]:
    key = next(key for key in _INPUTS if key in records.document)
    if isinstance(records.document[key], list):
        found = list(records.items(key))
    else:
        place = records.at(records.whole(), key)
        found = [place] if place is not None else []
    ledger.claim(len(found))
    return [Record(_item(record.value), record.source) for record in found]


def _generated(records: Records, ledger: Ledger) -> list[tuple[str | None, Record]]:
    """The agent, and the item of Responses at its own place."""
    key = next((key for key in _GENERATED if key in records.document), "")
    found: list[tuple[str | None, Record]] = []
    for record in records.items(key):
        entry = object_field(record.value)
        raw = records.at(record, "raw_item" if "raw_item" in entry else "rawItem")
        if raw is None or not isinstance(raw.value, dict):
            ledger.skip(record.source, "no item of a run")
            continue
        ledger.claim()
        if entry.get("type") != _WAITS:
            agent = text_field(object_field(entry.get("agent")).get("name"))
            found.append((agent, Record(_item(raw.value), raw.source)))
    return found


def _item(value: Any) -> Any:
    """As Responses writes it."""
    if not isinstance(value, dict):
        return value
    item = {_CAPITAL.sub(r"_\1", key).lower(): inner for key, inner in value.items()}
    if item.get("type") == "function_call_result":
        item |= {"type": "function_call_output"}
    output = object_field(item.get("output"))
    return item | {"output": output["text"]} if output.get("type") == "text" and "text" in output else item


class _Responses:
    """What the model returned in one go, in order; an item of a run is told by an id that one response alone holds."""

    def __init__(self, written: dict[str, Any]) -> None:
        key = next((key for key in ("model_responses", "modelResponses") if key in written), "")
        found = [object_field(one) for one in list_field(written.get(key))]
        named = [{name for item in list_field(_snake(one.get("output"))) for name in _ids(item)} for one in found]
        often = Counter(name for names in named for name in names)
        self._names = [{name for name in names if often[name] == 1} for names in named]
        self._fields = [_fields(one) for one in found]
        self._next = 0

    def of(self, ids: set[str]) -> dict[str, Any]:
        """Model and usage of the response with one of these ids; of the next one, where that has none to be told by."""
        for at in range(self._next, len(self._names)):
            if self._names[at] & ids or (at == self._next and not self._names[at]):
                self._next = at + 1
                return self._fields[at]
        return {}


def _fields(response: dict[str, Any]) -> dict[str, Any]:
    raw = object_field(response.get("usage"))
    counts = {key: _first(value) for key, value in object_field(_snake(raw)).items()}
    items = [object_field(_snake(item)) for item in list_field(response.get("output"))]
    models = (text_field(object_field(item.get("provider_data")).get("model")) for item in items)
    return {
        "usage": openai_usage(counts),
        "model": next((model for model in models if model), None),
        "attributes": raw_usage(raw),
    }


def _ids(item: Any) -> list[str]:
    held = object_field(item)
    return [name for key in ("id", "call_id") if (name := text_field(held.get(key)))]


def _first(value: Any) -> Any:
    """Details of usage may be listed, one entry a request."""
    return value[0] if isinstance(value, list) and value else value


def _snake(value: Any) -> Any:
    """With keys in snake case, down to the fields of usage and items."""
    if isinstance(value, dict):
        return {_CAPITAL.sub(r"_\1", str(key)).lower(): _snake(inner) for key, inner in value.items()}
    return [_snake(inner) for inner in value] if isinstance(value, list) else value
