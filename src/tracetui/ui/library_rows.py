"""The rows of the library: incidents, traces that were opened lately, and the sample for whoever has neither."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal

import msgspec
from textual.content import Content

from tracetui.postmortem.vocabulary import FAILURE_MODE
from tracetui.samples import INCIDENT, sample_path
from tracetui.store.incidents import Summary
from tracetui.store.likeness import LIKELY, Similar
from tracetui.ui.key_names import key_of
from tracetui.ui.present import KEY, QUIET, STRONG, WARN, content, elide, elide_start, line

_ID_CELLS = 16
_STATE_CELLS = 10
_MODE_CELLS = 26
_ROOMY = 100


class LibraryRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be opened."""

    kind: Literal["incident", "trace", "sample", "tutorial"]
    key: str
    """The id of an incident, the path of a trace."""
    summary: Summary | None = None
    note: str = ""
    """Where the words of a search stand in it, or why it is like another one."""
    likely: bool = False


def library_rows(summaries: Sequence[Summary], recent: Sequence[str], words: str = "") -> tuple[LibraryRow, ...]:
    """Everything, the newest incidents first; of the traces those whose path holds `words`."""
    rows = [LibraryRow(kind="incident", key=found.id, summary=found) for found in summaries]
    rows += [LibraryRow(kind="trace", key=path) for path in recent if words.lower() in path.lower()]
    if not summaries and not words:
        rows.append(LibraryRow(kind="sample", key=str(sample_path(INCIDENT))))
        rows.append(LibraryRow(kind="tutorial", key="tutorial"))
    return tuple(rows)


def similar_rows(found: Sequence[Similar], summaries: Sequence[Summary]) -> tuple[LibraryRow, ...]:
    """Incidents like another one, the likest first, each with its reasons."""
    known = {summary.id: summary for summary in summaries}
    return tuple(
        LibraryRow(
            kind="incident",
            key=one.id,
            summary=known.get(one.id),
            note=f"{one.score:.2f} " + "; ".join(reason.text for reason in one.reasons),
            likely=one.score >= LIKELY,
        )
        for one in found
    )


_OURS = {
    "sample": ("sample", "every call returned ok, and the answer is wrong: {} opens it"),
    "tutorial": ("tutorial", "the keys in two minutes, in that incident: {} starts it"),
}
"""Rows that come with the program: their label, and what is told of them with the key that opens one."""


def row_content(row: LibraryRow, width: int) -> Content:
    """One row in at most `width` cells."""
    if row.kind in _OURS:
        label, told = _OURS[row.kind]
        return elide(content((f" {label:<9}", KEY), told.format(key_of("library.open", "enter"))), width)
    if row.kind == "trace":
        name = os.path.basename(row.key) or row.key
        room = max(width - len(name) - 12, 0)
        return elide(content((" trace    ", QUIET), name, (f"  {elide_start(line(row.key), room)}", QUIET)), width)
    found = row.summary
    if found is None or found.problem:
        why = found.problem if found else "gone"
        return elide(content((f" {row.key:<{_ID_CELLS}} ", STRONG), ("unreadable ", WARN), (why, QUIET)), width)
    head = content(
        (f" {row.key:<{_ID_CELLS}} ", STRONG),
        (f"{found.severity.upper() or '-':<5}", WARN if found.severity else QUIET),
        (f"{found.status or 'draft':<{_STATE_CELLS}} ", QUIET),
    )
    if row.note:
        return elide(head + content((row.note, KEY if row.likely else "")), width)
    mode = FAILURE_MODE.title(found.failure_mode) if width >= _ROOMY else ""
    return elide(
        head + content((f"{mode:<{_MODE_CELLS}} " if mode else "", ""), found.title or "without a title"), width
    )
