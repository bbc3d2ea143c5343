"""A condensation as OpenHands applies it: named events leave the window, a summary is put at a place among the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.fields import count_field, text_field
from tracetui.ingest.records import Record
from tracetui.ingest.replay import ReplayedWindow
from tracetui.model import Message, TextPart


def condense(
    window: ReplayedWindow,
    record: Record,
    forgotten: Iterable[Any],
    given: dict[str, Any],
    *,
    unseen: int,
    **fields: Any,
) -> None:
    """Add a compaction step and change the window. `unseen`: events before the window's first message, such as the
    system prompt's, that the offset of the summary counts."""
    gone = {str(event) for event in forgotten}
    summary = text_field(given.get("summary"))
    at = window.builder.step(
        "compaction", record.source, scope=window.scope, summary=summary or f"{len(gone)} events forgotten", **fields
    )
    window.drop(lambda held: bool(held.keys & gone), at=at)
    offset = count_field(given.get("summary_offset"))
    if summary is not None and offset is not None:
        message = Message("user", (TextPart(summary),), source=record.source)
        window.put(message, _position(window, offset - unseen), str(record.value.get("id")), at=at)


def _position(window: ReplayedWindow, events: int) -> int:
    """The place in the window before which this many events stand: a message may be made of several."""
    for position, held in enumerate(window.held):
        if events <= 0:
            return position
        events -= max(1, len(held.keys))
    return len(window.held)
