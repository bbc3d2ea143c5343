"""What a form is made of: fields, tables of rows, sections."""

from __future__ import annotations

from typing import Literal

import msgspec

from tracetui.postmortem.vocabulary import Vocabulary

Kind = Literal["line", "text", "choice", "number", "time", "date", "step"]
"""line: one line. text: many lines. choice: a code of `vocabulary`. number: a count or amount. time: ISO 8601 with
offset. date: ISO 8601. step: the number of a step."""


class Field(msgspec.Struct, frozen=True):
    id: str
    label: str
    kind: Kind = "line"
    hint: str = ""
    """What belongs here, in one sentence; shown beside the field."""
    vocabulary: Vocabulary | None = None


class Table(msgspec.Struct, frozen=True):
    """Rows of cells. The first column names a row in lists."""

    id: str
    label: str
    row: str
    """What one row is: "action", "why"."""
    columns: tuple[Field, ...]
    hint: str = ""
    fixed: tuple[tuple[str, str], ...] = ()
    """(row id, label) of rows that are always there; none can be added or removed then."""
    lead: int = 1
    """How many columns say what the row is; the others say more of it."""

    def column(self, key: str) -> Field:
        return next(column for column in self.columns if column.id == key)


class Section(msgspec.Struct, frozen=True):
    id: str
    number: int
    title: str
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()
    hint: str = ""


def choice(key: str, label: str, vocabulary: Vocabulary, hint: str = "") -> Field:
    return Field(key, label, "choice", hint, vocabulary)


def text(key: str, label: str, hint: str) -> Field:
    return Field(key, label, "text", hint)
