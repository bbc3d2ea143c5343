"""The fields of a step as `Step` has them, whatever a trace holds there."""

from __future__ import annotations

from sys import intern
from typing import Any

import msgspec

from tracetui.credentials import masked_attributes
from tracetui.ingest.fields import count_field, number_field
from tracetui.model import Usage
from tracetui.parts import json_text

_TEXTS = ("agent", "model", "tool", "call_id", "error", "summary")
_TIMES = ("start_ns", "duration_ns")
_NAMES = ("agent", "model", "scope", "status", "tool")
"""Texts that stand in many steps: one of each is kept."""
_COUNTS = tuple(name for name in Usage.__struct_fields__ if name != "origin")


def fitting(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with other values than text as their JSON, without counts and times that are none, and
    with credentials masked."""
    if isinstance(fields.get("attributes"), dict):
        fields["attributes"] = masked_attributes(fields["attributes"])
    for name in _NAMES:
        if type(known := fields.get(name)) is str:
            fields[name] = intern(known)
    odd: dict[str, Any] = {
        name: json_text(fields[name]) for name in _TEXTS if not isinstance(fields.get(name, ""), (str, type(None)))
    }
    odd |= {name: None for name in _TIMES if not isinstance(fields.get(name, 0), (int, type(None)))}
    if not isinstance(fields.get("cost_usd", 0.0), (float, type(None))):
        odd["cost_usd"] = number_field(fields["cost_usd"])
    usage = fields.get("usage")
    if isinstance(usage, Usage) and any(not isinstance(getattr(usage, name), (int, type(None))) for name in _COUNTS):
        counts = {name: count_field(getattr(usage, name)) for name in _COUNTS}
        odd["usage"] = msgspec.structs.replace(usage, **counts)
    return fields | odd if odd else fields
