"""The state that OpenHands' agent SDK keeps beside a conversation's events, `base_state.json`: the conversation's id, and
tokens, cost and latency of every response, which the events name by its id."""

from __future__ import annotations

import os
from typing import Any

from tracetui.ingest.fields import count_field, list_field, number_field, object_field, text_field
from tracetui.ingest.records import Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.usage import raw_usage
from tracetui.model import Usage

_NAME = "base_state.json"
_CONDENSER = "condenser"
"""What the SDK's presets call the usage of the model that writes summaries."""


class State:
    """What the state says of a conversation; of one that has none beside, nothing."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.attributes = document
        self._spent: dict[tuple[bool, str], dict[str, Any]] = {}
        metrics = object_field(object_field(document.get("stats")).get("usage_to_metrics"))
        for name, spent in metrics.items():
            self._take(name == _CONDENSER, object_field(spent))

    def name(self) -> str | None:
        return text_field(self.attributes.get("id"))

    def spent(self, response: str | None, *, condensed: bool = False) -> dict[str, Any]:
        """Fields of the step that a response is: model, usage, and cost and duration where they are known."""
        key = response or ""
        return self._spent.get((condensed, key)) or self._spent.get((not condensed, key)) or {}

    def _take(self, condensed: bool, metrics: dict[str, Any]) -> None:
        counted = [object_field(one) for one in list_field(metrics.get("token_usages"))]
        costs = [object_field(one) for one in list_field(metrics.get("costs"))]
        waited = {
            text_field(one.get("response_id")) or "": number_field(one.get("latency"))
            for one in map(object_field, list_field(metrics.get("response_latencies")))
        }
        for at, one in enumerate(counted):
            response = text_field(one.get("response_id"))
            if response is None:
                continue
            fields: dict[str, Any] = {"model": text_field(one.get("model")), "usage": _usage(one)}
            fields["attributes"] = raw_usage(one)
            if len(costs) == len(counted):
                fields["cost_usd"] = number_field(costs[at].get("cost"))
            if (seconds := waited.get(response)) is not None:
                fields["duration_ns"] = round(seconds * 1e9)
            self._spent[condensed, response] = fields


def state_beside(records: Records, ledger: Ledger) -> State:
    """The state of the conversation whose folder `events` an event's file lies in."""
    folder = os.path.basename(os.path.dirname(os.path.abspath(records.source.path)))
    found = records.beside(os.path.join(os.pardir, _NAME)) if folder == "events" else None
    document = object_field(found.document) if found is not None and found.shape == "document" else {}
    if document:
        ledger.claim()
        ledger.note(f"tokens, cost and the conversation's id are those of {_NAME} beside")
    elif found is not None:
        ledger.note(f"{_NAME} beside holds no state of a conversation: tokens and cost are not known")
    return State(document)


def _usage(counts: dict[str, Any]) -> Usage:
    """The counts of LiteLLM: the prompt's includes the cache."""
    return Usage(
        count_field(counts.get("prompt_tokens")),
        count_field(counts.get("completion_tokens")),
        count_field(counts.get("cache_read_tokens")),
        count_field(counts.get("cache_write_tokens")),
        count_field(counts.get("reasoning_tokens")),
    )
