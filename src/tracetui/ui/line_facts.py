"""What is told of all lines of a large file: where the cursor is, the map, the counts. Standard library alone, as the first
page tells it too."""

from __future__ import annotations

from tracetui.analysis.rules import letter_of
from tracetui.ingest.line_overview import ERROR, STRETCH_LINES, UNREAD, Overview, kinds_of
from tracetui.text import visible_line
from tracetui.ui import figures
from tracetui.ui.colors import BAD, QUIET, STRONG, WARN, Piece
from tracetui.ui.glyphs import ASCII_ONLY, GLYPHS, elide_start
from tracetui.ui.stretches import strip

_PATH_CELLS = 8
"""Of the path at least so much is shown."""


def place_told(line: int | None, lines: int, read: int, *, done: bool) -> str:
    """What stands behind the path. `line`: the one under the cursor, None where its number is not known; `lines`: of `read`
    bytes, which are all of them where it is `done`."""
    number = GLYPHS.more if line is None else f"{line + 1:,}"
    return f"   line {number} of {lines:,}{'' if done else '+'} {GLYPHS.dot} {figures.size(read)}"


def head_told(path: str, told: list[Piece], width: int) -> list[Piece]:
    """The path, cut at its start where it is long, and what is told behind it."""
    room = width - sum(len(piece) for piece, _ in told)
    return [(elide_start(visible_line(path, ascii_only=ASCII_ONLY), max(room, _PATH_CELLS)), STRONG), *told]


def line_map(overview: Overview, lines: int, width: int) -> tuple[list[Piece], list[Piece]]:
    """`__!__E__` and `12 failed · 3 flagged · 2 unread · 4 sessions`; how far the survey is, while it is not at the end."""
    right, length = _counts(overview, lines), in_stretches(lines)
    known = {mark: _letters(mark, overview) for mark in set(overview.stretches.values())}
    letters = {at: known[mark] for at, mark in overview.stretches.items() if at < length}
    return strip(letters, length, max(width - sum(len(piece) for piece, _ in right) - 2, 0)), right


def in_stretches(lines: int) -> int:
    """The length of the map."""
    return max(-(-lines // STRETCH_LINES), 1)


def _letters(mark: int, overview: Overview) -> str:
    """A small letter is what stands out at a glance, a capital one a flag that is recorded."""
    kinds = kinds_of(mark, overview.flags)
    found = dict.fromkeys(letter_of(kind.upper()).lower() if kind.islower() else letter_of(kind) for kind in kinds)
    return "".join(found) + ("!" if mark & ERROR else "") + ("x" if mark & UNREAD else "")


def _counts(overview: Overview, lines: int) -> list[Piece]:
    counts = [
        (figures.plural(overview.flagged, "flagged line"), f"bold {WARN}") if overview.flagged else ("", ""),
        (f"{overview.errors:,} failed", BAD) if overview.errors else ("", ""),
        (f"{overview.unread:,} unread", WARN) if overview.unread else ("", ""),
        (figures.plural(overview.sessions, "session"), QUIET) if overview.sessions else ("", ""),
    ]
    if overview.lines < lines:
        counts.append((f"surveyed {100 * overview.lines // max(lines, 1)} %", QUIET))
    told = [piece for piece in counts if piece[0]]
    return [part for at, piece in enumerate(told) for part in ([(f" {GLYPHS.dot} ", QUIET)] if at else []) + [piece]]
