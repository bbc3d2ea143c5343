"""One row of a file that is read by place: the step of a line, read when it comes into view."""

from __future__ import annotations

from functools import lru_cache

from textual.content import Content

from tracetui.credentials import masked_text
from tracetui.errors import UnreadableSourceError
from tracetui.ingest.glances import look_at
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.records import Records
from tracetui.ingest.registry import DAMAGED, FORMATS
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source
from tracetui.model import Step
from tracetui.ui import figures, present
from tracetui.ui.columns import line_cells
from tracetui.ui.following import GONE
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.line_facts import head_told, place_told
from tracetui.ui.present import BAD, KEY, QUIET, STRONG, WARN, content

LONG_LINE_BYTES = 64_000
"""From this length on a row tells the size of its line."""
_DECODED_BYTES = 8 << 20
"""A longer line is not decoded for its row."""
_SHOWN_BYTES = 2000
_KEPT_ROWS = 512


def steps_of(source: Source, format_name: str) -> list[Step]:
    """The steps of the line that `source` holds; first what it is about: the last call of a model, where there is one."""
    try:
        sessions = FORMATS[format_name].read(Records(source), Ledger())
    except (*DAMAGED, UnreadableSourceError):
        return []
    steps = [step for session in sessions for step in session.steps]
    calls = [step for step in steps if step.kind == "llm_call"]
    return sorted(steps, key=lambda step: step is not calls[-1]) if calls else steps


_CHANGED = {
    "grown": "written to since it was read, {} shows it",
    "truncated": "cut short since it was read, {} reads it anew",
    "replaced": "another file stands there now, {} reads it",
    "gone": GONE,
}


def changed_words(change: str) -> str:
    """What has become of a file that is not followed, or is gone; see `LineFile.change`. "" where nothing has."""
    return _CHANGED.get(change, "").format(key_of("lines.follow", "F"))


def lines_head(file: LineFile, line: int | None, state: list[tuple[str, str]], width: int) -> Content:
    """The path, where the cursor is, and what goes on. `line`: None where its number is not known."""
    pieces = [(place_told(line, len(file), file.read, done=file.done), QUIET)]
    for piece in state:
        pieces += [(f" {GLYPHS.dot} ", QUIET), piece]
    return content(*head_told(file.path, pieces, width))


def line_row(file: LineFile, line: int, *, current: bool, width: int, found: str = "") -> Content:
    """Line `line` of the file in `width` cells; `found` is the text searched for. A number not known yet is "…"."""
    offset, length = file.place(line)
    number = (GLYPHS.more if file.start else f"{line + 1:,}").rjust(max(len(f"{file.most_lines:,}"), 5))
    left = content((GLYPHS.cursor if current else " ", KEY), (number, STRONG if current else QUIET), " ")
    said, right = _sides(file, line, offset, length, line_cells(width))
    room = max(width - left.cell_length - right.cell_length - 1, 0)
    said = present.highlight(said, [(found, present.FOUND)] if found else [])
    return present.spread(left + present.elide(said, room), right, width)


@lru_cache(_KEPT_ROWS)
def _sides(file: LineFile, line: int, offset: int, length: int, cells: tuple[int, int]) -> tuple[Content, Content]:
    """What a line says, and its figures. It is kept: reading a long one again takes longer than a key press should."""
    steps = steps_of(file.source(line, line + 1), file.format) if length <= _DECODED_BYTES else []
    if len(steps) == 2 and steps[0].kind == "llm_call" and steps[1].kind == "tool_call":
        # A call of a model that says one tool is to be called: what with is the news.
        asked, steps = content(" ", *present.happened(steps[1])), steps[:1]
    else:
        asked = Content("")
    said = _said(steps[0], cells) + asked if steps else _unread(file, offset, length)
    return said, content(*_right(steps, length))


def _said(step: Step, cells: tuple[int, int]) -> Content:
    kind_cells, actor_cells = cells
    style = BAD if step.status == "error" else KEY if step.kind == "llm_call" else QUIET
    # A line alone does not tell which call its result answers.
    acts = "result" if step.kind == "tool_call" and step.tool is None else present.actor(step)
    actor = present.elide(content((acts, STRONG if step.kind != "tool_call" else "")), actor_cells)
    return (
        content(
            (present.kind_glyph(step), style),
            " ",
            (present.kind_word(step).ljust(kind_cells) if kind_cells else "", QUIET),
        )
        + actor.pad_right(actor_cells + 2 - actor.cell_length)
        + content(*present.happened(step))
    )


def _unread(file: LineFile, offset: int, length: int) -> Content:
    shown, _ = masked_text(file.bytes_at(offset, min(length, _SHOWN_BYTES)).decode("utf-8", "surrogateescape"))
    if not shown:  # not even a line feed
        return content((GLYPHS.fail, BAD), " ", ("no longer in the file", WARN))
    shown = shown.rstrip("\r\n")
    if length <= _DECODED_BYTES and look_at(file.format, file.bytes_at(offset, length)) is not None:
        return content((GLYPHS.other, QUIET), " ", (shown, QUIET))
    return content((GLYPHS.fail, BAD), " ", ("no step: " if shown.strip() else "blank line", WARN), (shown, QUIET))


def _right(steps: list[Step], length: int) -> list[tuple[str, str]]:
    step = steps[0] if steps else None
    pieces = [(figures.size(length), WARN)] if length >= LONG_LINE_BYTES else []
    if len(steps) > 1:
        pieces.append((f" +{len(steps) - 1}", QUIET))
    if step is not None and step.usage is not None:
        pieces.append((f" {figures.tokens((step.usage.input_tokens or 0) + (step.usage.output_tokens or 0))}", QUIET))
    if step is not None and step.duration_ns is not None:
        pieces.append((figures.duration(step.duration_ns).rjust(9), QUIET))
    if step is not None and step.status == "error":
        pieces.append((" error", BAD))
    if step is not None and step.recorded_flags:
        pieces.append((" flag", WARN))
    return pieces
