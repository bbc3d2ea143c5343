"""Events of AG2 (1.x) as its logs write them: one JSON object each, with the name of its class."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tracetui.ingest.fields import count_field, object_field
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.model import OtherPart, Part, TextPart, Usage

_FILE = re.compile(r"(?P<stream>.+?)(?:\.dropped-(?P<segment>\d+))?\.jsonl\Z")
_CACHE_APART = ("anthropic", "bedrock")
"""Providers whose count of what was sent leaves out the cache; AG2 passes it on as it is."""


class Event(NamedTuple):
    record: Record
    name: str
    """Of its class, without the module."""
    data: dict[str, Any]
    segment: int
    """Of the file: how many compactions dropped earlier events; the last file's is the highest."""
    time_ns: int | None


def is_event(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("data"), dict) or not isinstance(row.get("type"), str):
        return False
    return "." in row["type"] and "created_at" in row["data"]


def stream_of(path: str) -> str:
    """The id of the stream whose events a file holds: all of them, or what one compaction dropped."""
    name = os.path.basename(path)
    matched = _FILE.match(name)
    return matched["stream"] if matched else name


def stream_events(records: Records, ledger: Ledger) -> list[Event]:
    """The events of a file's stream in order: what compactions dropped, then what was left."""
    folder, own = os.path.split(records.source.path)
    names = [own]
    if os.path.isdir(folder or "."):
        found = [(_FILE.match(name), name) for name in os.listdir(folder or ".")]
        stream = stream_of(own)
        segments = [(int(m["segment"] or 0), name) for m, name in found if m and m["stream"] == stream]
        dropped = [name for segment, name in sorted(segments) if segment]
        names = [*dropped, *(name for segment, name in segments if not segment)] or [own]
        records.is_part = own in dropped and names[-1] not in dropped
    events: list[Event] = []
    seen: set[str] = set()
    for number, name in enumerate(names):
        owner = records if name == own else records.beside(name)
        for event in events_of(owner, number, ledger) if owner is not None else ():
            if event.name == "UsageEvent":
                if repr(event.data) in seen:  # each compaction carries all earlier counts forward
                    continue
                seen.add(repr(event.data))
            events.append(event)
    return events


def events_of(records: Records, segment: int, ledger: Ledger) -> Iterator[Event]:
    for record in records.lines(ledger) if records.shape != "document" else iter([records.whole()]):
        if not is_event(record.value):
            ledger.skip(record.source, "no event: `type` or `data` is missing")
            continue
        ledger.claim()
        data = record.value["data"]
        name = record.value["type"].rsplit(".", 1)[-1]
        yield Event(record, name, data, segment, parse_time_ns(data.get("created_at")))


def unwrapped(value: Any) -> dict[str, Any]:
    """The fields of a class that the log writes with its name around them."""
    held = object_field(value)
    return object_field(held.get("data")) if {"__dataclass__", "__pydantic__"} & held.keys() else held


def input_part(value: Any) -> Part:
    """A part of a request or of a tool's result."""
    held = object_field(value)
    if isinstance(held.get("content"), str):
        return TextPart(held["content"])
    kind = str(held.get("__event__") or "input").rsplit(".", 1)[-1]
    return OtherPart(kind, {key: inner for key, inner in held.items() if key not in ("__event__", "created_at")})


def part_value(part: Part) -> Any:
    if isinstance(part, TextPart):
        return part.content
    data = part.data if isinstance(part, OtherPart) else None
    return data.get("data", data) if isinstance(data, dict) else data


def counts_of(data: dict[str, Any]) -> dict[str, Any]:
    """What a call used, as written."""
    return unwrapped(data.get("usage"))


def usage_of(data: dict[str, Any]) -> Usage | None:
    counts = counts_of(data)
    names = (
        "prompt_tokens",
        "completion_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "thinking_tokens",
    )
    shown, written, read, stored, thought = (count_field(counts.get(name)) for name in names)
    if shown is None and written is None:
        return None
    cached = (read or 0) + (stored or 0)
    apart = str(data.get("provider")).lower().startswith(_CACHE_APART) or (shown is not None and cached > shown)
    if shown is not None and apart and cached:
        return Usage(shown + cached, written, read, stored, thought, "derived")
    return Usage(shown, written, read, stored, thought)
