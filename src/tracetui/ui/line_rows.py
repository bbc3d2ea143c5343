"""One row of a file that is read by place: the step of a line, decoded when it comes into view."""

from __future__ import annotations

from textual.content import Content

from tracetui.ingest.line_file import LineFile
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source
from tracetui.model import Step
from tracetui.ui import figures, present
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, KEY, QUIET, STRONG, WARN, content

LONG_LINE_BYTES = 64_000
"""From this length on a row tells the size of its line."""
_DECODED_BYTES = 8 << 20
"""A longer line is not decoded for its row."""
_SHOWN_BYTES = 2000
_ACTOR_CELLS = 18
_PATH_CELLS = 8
"""Of the path at least so much is shown."""


def step_of(source: Source) -> Step | None:
    """The first step of the line that `source` holds; None where it holds none."""
    sessions = FORMATS["session-trace"].read(Records(source), Ledger())
    return next((step for session in sessions for step in session.steps), None)


def lines_head(file: LineFile, line: int | None, state: list[tuple[str, str]], width: int) -> Content:
    """The path, where the cursor is, and what goes on. `line`: None where its number is not known."""
    number = GLYPHS.more if line is None else f"{line + 1:,}"
    counted = f"   line {number} of {len(file):,}{'' if file.done else '+'} {GLYPHS.dot} {figures.size(file.read)}"
    pieces = [(counted, QUIET)]
    for piece in state:
        pieces += [(f" {GLYPHS.dot} ", QUIET), piece]
    told = content(*pieces)
    path = present.elide_start(present.line(file.path), max(width - told.cell_length, _PATH_CELLS))
    return content((path, STRONG)) + told


def line_row(file: LineFile, line: int, *, current: bool, width: int, found: str = "") -> Content:
    """Line `line` of the file in `width` cells; `found` is the text searched for. A number not known yet is "…"."""
    offset, length = file.place(line)
    number = (GLYPHS.more if file.start else f"{line + 1:,}").rjust(max(len(f"{len(file):,}"), 5))
    left = content((GLYPHS.cursor if current else " ", KEY), (number, STRONG if current else QUIET), " ")
    step = step_of(file.source(line, line + 1)) if length <= _DECODED_BYTES else None
    right = content(*_right(step, length))
    room = max(width - left.cell_length - right.cell_length - 1, 0)
    said = _said(step) if step is not None else _unread(file, offset, length)
    said = present.highlight(said, [(found, present.FOUND)] if found else [])
    return present.spread(left + present.elide(said, room), right, width)


def _said(step: Step) -> Content:
    style = BAD if step.status == "error" else KEY if step.kind == "llm_call" else QUIET
    actor = present.elide(content((present.actor(step), STRONG if step.kind != "tool_call" else "")), _ACTOR_CELLS)
    return (
        content((present.kind_glyph(step), style), " ", (present.kind_word(step).ljust(6), QUIET))
        + actor.pad_right(_ACTOR_CELLS + 2 - actor.cell_length)
        + content(*present.happened(step))
    )


def _unread(file: LineFile, offset: int, length: int) -> Content:
    shown = file.bytes_at(offset, min(length, _SHOWN_BYTES)).decode("utf-8", "surrogateescape").rstrip("\r\n")
    return content((GLYPHS.fail, BAD), " ", ("no step: " if shown.strip() else "blank line", WARN), (shown, QUIET))


def _right(step: Step | None, length: int) -> list[tuple[str, str]]:
    pieces = [(figures.size(length), WARN)] if length >= LONG_LINE_BYTES else []
    if step is not None and step.usage is not None:
        pieces.append((f" {figures.tokens((step.usage.input_tokens or 0) + (step.usage.output_tokens or 0))}", QUIET))
    if step is not None and step.duration_ns is not None:
        pieces.append((figures.duration(step.duration_ns).rjust(9), QUIET))
    if step is not None and step.status == "error":
        pieces.append((" error", BAD))
    if step is not None and step.recorded_flags:
        pieces.append((" flag", WARN))
    return pieces
