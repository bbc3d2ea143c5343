"""Incidents made for tests: a postmortem with the values that a test is about, in a store of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tracetui.postmortem.document import Entry, Postmortem
from tracetui.postmortem.edits import put
from tracetui.store.incidents import Store

NOW = datetime(2026, 7, 1, 2, 14, 7, tzinfo=UTC)


def store_at(root: Path) -> Store:
    """A store whose ids count up: INC-20260701-000, …"""
    numbers = count()
    return Store(root, now=lambda: NOW, suffix=lambda: f"{next(numbers):03}")


def held(values: dict[str, str], *, id_: str = "", created_at: str = "2026-07-01T02:14:07+00:00") -> Postmortem:
    """A postmortem with `values` by address, as a person would write them."""
    draft = Postmortem(id=id_, created_at=created_at)
    for address, text in values.items():
        draft = put(draft, address, Entry(text=text))
    return draft
