"""The first page as cells: the frame that the app shows first, as far as the head of a file tells it.

What stands here is taken over by the app, which sends what differs. So nothing has to be exact but the cells themselves:
a character on whose width terminals do not agree is left blank.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from tracetui import text
from tracetui.ingest.line_header import Header
from tracetui.ingest.line_overview import Overview, likely_most
from tracetui.ui import figures
from tracetui.ui.brush import is_certain
from tracetui.ui.colors import (
    ANSI_DARK_COLORS,
    ANSI_LIGHT_COLORS,
    BAD,
    DARK_COLORS,
    DARK_GROUND,
    DARK_TEXT,
    KEY,
    QUIET,
    STRONG,
    WARN,
    Piece,
    parameters,
)
from tracetui.ui.columns import columns_of, line_cells
from tracetui.ui.early.head import Head, HeadStep
from tracetui.ui.environment import is_light
from tracetui.ui.glyphs import ASCII_ONLY, GLYPHS, KINDS, elide_start
from tracetui.ui.key_line import Told, fitting
from tracetui.ui.line_facts import head_told, line_map, place_told
from tracetui.ui.looks import Cell, Look, look_of, on_blank
from tracetui.ui.shadow import Shadow

_LINE_DIGITS = 5
_ROOMY = 100
_MOST_CELLS = 1000
_DETAIL_CELLS = 122
"""The detail beside the list is no wider: longer lines are hard to read."""
LINES_KEYS: Sequence[Told] = (
    ("enter", "debug here"),
    ("w", "whole file"),
    ("d", "diff"),
    ("/", "search"),
    ("]", "next flag"),
    ("n", "next hit"),
    ("F", "follow"),
    ("q", "quit"),
    ("?", "help"),
)
STEPS_KEYS: Sequence[Told] = (
    ("enter", "open"),
    ("c", "context"),
    ("e", "evidence"),
    ("m", "mark"),
    ("/", "search"),
    ("f", "filter"),
    ("q", "quit"),
    ("?", "help"),
)
"""Those that work before there is a verdict."""


class Colors:
    """The looks of styles such as "bold $key", in the theme that the app begins with on such a terminal."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._count = color_count(environ)
        few = ANSI_LIGHT_COLORS if is_light(environ) else ANSI_DARK_COLORS
        self._table = few if self._count == 16 else DARK_COLORS
        self._table = {} if "NO_COLOR" in environ else self._table
        self._plain = "ansi_default" if self._count == 16 or not self._table else ""
        self.reverses = bool(self._plain)
        """Whether the row under the cursor is reversed: no color tells its ground."""
        self._looks: dict[tuple[str, str], Look] = {}

    def look(self, style: str, ground: str) -> Look:
        """`ground`: the name of a background, "" for that of the screen."""
        key = style, ground
        if key not in self._looks:
            words = style.split()
            named = next((word[1:] for word in words if word.startswith("$")), "")
            parts = ["1"] if "bold" in words else []
            parts += ["7"] if "reverse" in words or (self.reverses and ground == "cursor") else []
            parts.append(parameters(self._table.get(named) or self._plain or DARK_TEXT, self._count))
            parts.append(parameters(self._table.get(ground) or self._plain or DARK_GROUND, self._count, ground=True))
            self._looks[key] = look_of(";".join(filter(None, parts)))
        return self._looks[key]

    def cells(self, pieces: Iterable[Piece], ground: str = "", room: int = _MOST_CELLS) -> list[Cell]:
        """Each piece passes the one door for text, on one line. No more cells than `room` and what shows a cut."""
        found: list[Cell] = []
        for value, style in pieces:
            look = self.look(style, ground)
            blank: Cell = (" ", on_blank(look))
            shown = text.visible_line(value, ascii_only=ASCII_ONLY)[: max(room + 1 - len(found), 0)]
            if shown.isascii():
                found += [(character, look) if character != " " else blank for character in shown]
                continue
            for character in shown:
                width = text.cell_width(character)
                if character == " " or not is_certain(character):
                    found += [blank] * width
                else:
                    found += [(character, look), ("", look)][:width]
        return found

    def fitted(self, cells: list[Cell], width: int, ground: str = "") -> list[Cell]:
        """Exactly `width` cells; a cut is shown."""
        if len(cells) > width:
            kept = _whole(cells[: max(width - 1, 0)])
            cut = next((look for character, look in reversed(kept) if character != " "), self.look("", ground))
            return [*kept, (GLYPHS.more, cut)][:width]
        return cells + [(" ", on_blank(self.look("", ground)))] * (width - len(cells))

    def spread(self, left: list[Cell], right: list[Cell], width: int, ground: str = "") -> list[Cell]:
        """Both ends of a line; the left one is cut first."""
        return self.fitted(left, width - len(right) - 1, ground) + self.cells([(" ", "")], ground) + right


def color_count(environ: Mapping[str, str]) -> int:
    """As Rich finds it out."""
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return 1 << 24
    return 256 if environ.get("TERM", "").strip().lower().rpartition("-")[2] in ("256color", "kitty") else 16


class Page:
    """One screen, row by row from the top."""

    def __init__(
        self,
        width: int,
        height: int,
        environ: Mapping[str, str],
        *,
        erases: bool,
        remote: bool,
        own_keys: bool = False,
    ) -> None:
        """`remote`: as over SSH, where the row under the cursor has no ground of its own; `own_keys`: the user has given
        bindings other keys, so that none is told."""
        self._own_keys = own_keys
        self.shadow = Shadow(width, height, erases=erases)
        self._colors = Colors(environ)
        self._cursor = "cursor" if self._colors.reverses or not remote else ""
        self._width, self._height = width, height
        for y in range(height):
            self._put(y, [], "bar" if y in (0, height - 1) else "")

    def _put(self, y: int, cells: list[Cell], ground: str = "") -> None:
        inner = self._colors.fitted(cells, self._width - 2, ground)
        self.shadow.put(y, 0, self._colors.fitted(self._colors.cells([(" ", "")], ground) + inner, self._width, ground))

    def _tell_keys(self, keys: Sequence[Told]) -> None:
        if self._own_keys:  # which of them hold is looked into by the app
            return
        pieces: list[Piece] = []
        for key, what in fitting(keys, self._width - 2):
            pieces += [("  " if pieces else "", ""), (key, f"bold {KEY}"), (f" {what}", QUIET)]
        self._put(self._height - 1, self._colors.cells(pieces, "bar"), "bar")

    def reading(self, path: str) -> None:
        """Nothing of it can be shown yet."""
        told = f"reading {elide_start(path, 56)} {GLYPHS.more}"
        cells = self._colors.cells([("tracetui ", f"bold {KEY}"), (told, QUIET)])
        for y in (0, self._height - 1):
            self._put(y, [])
        room = (self._width - len(cells)) // 2
        self._put((self._height - 1) // 2, self._colors.cells([(" " * max(room - 1, 0), "")]) + cells)

    def lines(self, path: str, head: Head | None, known: Header | None = None) -> None:
        """A file that is read by place: its lines, where they can be read here. `known`: what is known of all of them."""
        self._tell_keys(LINES_KEYS)
        if head is None:
            self._put(1, self._colors.cells([(f"reading the lines {GLYPHS.more}", QUIET)]))
        else:
            read, lines = (head.read, head.lines) if known is None else (known.size, known.overview.lines)
            digits = max(len(f"{likely_most(lines, read, head.size):,}"), _LINE_DIGITS)
            for at, step in enumerate(head.steps[: self._height - 3]):
                self.shadow.put(1 + at, 0, self._line_row(step, at, digits, self._width - 1))
        told: list[Piece] = []
        if known is not None:
            lines = known.overview.lines + (known.tail > 0)
            told = [(place_told(0, lines, known.size, done=True), QUIET)]
            self._map(known.overview, lines)
        self._put(0, self._colors.cells(head_told(path, told, self._width - 2), "bar"), "bar")

    def _map(self, overview: Overview, lines: int) -> None:
        """The whole file in one line, with the place of the cursor."""
        ((letters, style), *left), right = line_map(overview, lines, self._width - 2)
        pointed = [(letters[:1], f"{style} reverse"), (letters[1:], style), *left]
        cells = self._colors.spread(self._colors.cells(pointed), self._colors.cells(right), self._width - 2)
        self._put(self._height - 2, cells)

    def _line_row(self, step: HeadStep, at: int, digits: int, width: int) -> list[Cell]:
        colors, ground = self._colors, "" if at else self._cursor
        kind_cells, actor_cells = line_cells(width)
        left = [(_mark(at), KEY), (f"{at + 1:,}".rjust(digits), QUIET if at else STRONG), (" ", "")]
        sign = BAD if step.failed else KEY if step.kind == "llm_call" else QUIET
        left += [(KINDS[step.kind][0], sign), (" ", ""), (step.word.ljust(kind_cells) if kind_cells else "", QUIET)]
        actor = colors.cells([(step.actor, "" if step.kind == "tool_call" else STRONG)], ground)
        row = colors.cells(left, ground) + colors.fitted(
            colors.fitted(actor, actor_cells, ground), actor_cells + 2, ground
        )
        said = [*step.said, (f" {step.asked[0]}", "")] if len(step.asked) == 1 else step.said
        right = [(f" +{len(step.asked)}", QUIET)] if len(step.asked) > 1 else []
        right += [(f" {figures.tokens(step.tokens)}", QUIET)] if step.tokens is not None else []
        right += [(figures.duration(step.duration_ns).rjust(9), QUIET)] if step.duration_ns is not None else []
        right += [(" error", BAD)] if step.failed else []
        right += [(" flag", WARN)] if step.flagged else []
        return colors.spread(row + colors.cells(said, ground, width), colors.cells(right, ground), width, ground)

    def steps(self, path: str, head: Head, *, split_from: int) -> None:
        """The debugger before its verdict; `split_from`: from so many columns on the list has but half of them."""
        self._tell_keys(STEPS_KEYS)
        colors = self._colors
        agents = list(dict.fromkeys(step.agent for step in head.steps if step.agent))
        agent = [agents[0] if len(agents) == 1 else f"{agents[0]} +{len(agents) - 1}"] if agents else []
        name = f" {GLYPHS.dot} ".join(dict.fromkeys([*agent, *head.sessions]))
        left = [("tracetui " if self._width >= _ROOMY else "", f"bold {KEY}"), (name, STRONG)]
        right = colors.cells([(os.path.basename(path), QUIET)], "bar")
        self._put(0, colors.spread(colors.cells(left, "bar"), right, self._width - 2, "bar"), "bar")
        self._put(1, colors.cells([(f"{GLYPHS.more} looking for the origin", QUIET)]))
        width = (
            max(self._width * 11 // 21, self._width - _DETAIL_CELLS) if self._width >= split_from else self._width
        ) - 1
        for at, step in enumerate(head.steps[: self._height - 5]):
            self.shadow.put(3 + at, 0, self._step_row(step, head, at, width))

    def _step_row(self, step: HeadStep, head: Head, at: int, width: int) -> list[Cell]:
        colors, ground = self._colors, "" if at else self._cursor
        longest = max(len(one.actor) for one in head.steps)
        most = max(head.size * head.lines // head.read, head.steps[-1].number)
        cells = columns_of(width, most=most, depth=0, actor_cells=longest)
        sign = BAD if step.failed else KEY if step.kind == "llm_call" else QUIET
        left = [(_mark(at), KEY), (str(step.number).rjust(cells.number), QUIET if at else STRONG), (" ", "")]
        left += [(KINDS[step.kind][0], sign), (" ", ""), (step.word if cells.kind else "", QUIET)]
        strong = STRONG if at == 0 or step.kind != "tool_call" else ""
        actor = colors.fitted(colors.cells([(step.actor, strong)], ground), cells.actor, ground)
        row = colors.fitted(colors.cells(left, ground), cells.left, ground)
        row += colors.fitted(actor, cells.actor + 2, ground)
        row += colors.fitted(colors.cells(step.said, ground, cells.text), cells.text, ground)
        if cells.status and step.failed:
            row += colors.cells([(" error", BAD)], ground)
        return colors.fitted(row, width, ground)


def _mark(at: int) -> str:
    return " " if at else GLYPHS.cursor


def _whole(cells: list[Cell]) -> list[Cell]:
    """Without half of a wide character at the end."""
    return cells if not cells or text.cell_width(cells[-1][0]) < 2 else [*cells[:-1], (" ", on_blank(cells[-1][1]))]
