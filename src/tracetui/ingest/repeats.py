"""Keys that stand twice in one object: JSON decoders keep the last value, so that an earlier one would go unseen."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from typing import Any

from tracetui.ingest.records import Records
from tracetui.ingest.report import Ledger

MAX_CHECKED_BYTES = 4 << 20
"""Larger sources are not checked: it costs about as much as reading them."""
_MAX_NOTES = 5


def note_repeated_keys(records: Records, ledger: Ledger) -> None:
    """Remark where a key is repeated in one object, in the first few places."""
    if len(records.source.data) > MAX_CHECKED_BYTES or records.shape in ("opaque", "table"):
        return
    found: list[str] = []
    if records.shape == "document":
        found += (
            f"key {key!r} is repeated in one object: the last value counts" for key in _repeated(records.source.data)
        )
    else:
        for line in records.source.lines():
            repeated = _repeated(line.data)
            found += (
                f"line {line.number}: key {key!r} is repeated in one object: the last value counts" for key in repeated
            )
    for note in found[:_MAX_NOTES]:
        ledger.note(note)
    if len(found) > _MAX_NOTES:
        ledger.note(f"{len(found) - _MAX_NOTES} further repeated keys")


def _repeated(data: bytes) -> list[str]:
    found: list[str] = []

    def remark(pairs: list[tuple[str, Any]]) -> None:
        if len({key for key, _ in pairs}) < len(pairs):
            found.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)

    with contextlib.suppress(ValueError, RecursionError):
        json.loads(data.decode("utf-8", "surrogateescape"), strict=False, object_pairs_hook=remark)
    return found
