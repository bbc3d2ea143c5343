"""Lines of a session trace that carry `context`: written from another trace, and read back as exactly that session."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.fields import object_field
from tracetui.ingest.messages import message_of, parts_of_content
from tracetui.ingest.records import Record
from tracetui.ingest.session_rows import KINDS, arguments, common_fields, inside, recorded_prompt, step_number, whole
from tracetui.model import Message, Session
from tracetui.supplement import StepRecord, restored


def carries_session(rows: list[Record]) -> bool:
    """Whether the lines tell their windows by `context`, in which case nothing is inferred."""
    return "session" in object_field(rows[0].value.get("context"))


def carried_session(name: str, rows: list[Record]) -> Session:
    """Raises ValueError, TypeError or LookupError where a `context` is damaged."""
    by_number: dict[int, int] = {}
    for index, row in enumerate(rows):
        by_number.setdefault(step_number(row.value) or 0, index)
    records = [_step_record(index, row, by_number) for index, row in enumerate(rows)]
    return restored(name, rows[0].value["context"]["session"], records)


def _step_record(index: int, record: Record, by_number: dict[int, int]) -> StepRecord:
    row = {key: value for key, value in record.value.items() if key != "context"}
    told: dict[str, Any] = common_fields(row) | arguments(row, record.source)
    told.pop("arguments_source", None)
    told["kind"] = KINDS.get(row["type"], "other")
    number = step_number(row)
    if number is not None:
        told["number"] = number
    if "parent_step" in row:
        told["parent"] = by_number.get(whole(row["parent_step"]) or 0)
    message = _message(record)
    if message is not None:
        told["message"] = message
    listed = row.get("messages")
    added = [
        message_of(item, source=inside(record.source, f"/messages/{at}"))
        for at, item in enumerate(listed if isinstance(listed, list) else ())
    ]
    context = object_field(record.value.get("context"))
    return StepRecord(index, record.source, told, context, recorded_prompt(record), added)


def _message(record: Record) -> Message | None:
    row = record.value
    if row.get("completion") is not None:
        return message_of(row["completion"], default_role="assistant", source=inside(record.source, "/completion"))
    if "content" not in row:
        return None
    name = row["name"] if isinstance(row.get("name"), str) else None
    parts = parts_of_content(row["content"])
    return Message(str(row.get("role") or "user"), parts, name, inside(record.source, "/content"))
