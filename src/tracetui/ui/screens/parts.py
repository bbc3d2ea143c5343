"""A large archive or document: what it holds, listed at once. One is read when it is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from tracetui.errors import TracetuiError
from tracetui.ingest.parts import FILE, Part, Parts
from tracetui.text import cell_width
from tracetui.ui import figures, present
from tracetui.ui.asked import Asked, ByPlace, open_asked
from tracetui.ui.background import in_background
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.loading import Loaded, load
from tracetui.ui.present import KEY, QUIET, STRONG, content, elide_start, line
from tracetui.ui.screens.filtered import FilteredScreen, ItemList
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.told_lines import ToldLine

_TOLD_CELLS = 50
"""Kept free beside the path for the counts."""
_MOST_NAME_CELLS = 40
_SHARED_CHARACTERS = 20
"""A longer beginning that is the same in all is left out."""


class PartList(ItemList[Part]):
    @dataclass
    class Selected(Message):
        part: Part

    def __init__(self) -> None:
        super().__init__()
        self._name_cells = 0
        self._shared = 0
        """Characters that all begin with in what they are about."""

    def show(self, parts: Sequence[Part]) -> None:
        self._name_cells = min(max((cell_width(line(part.name)) for part in parts), default=0), _MOST_NAME_CELLS)
        self._shared = _shared([part.about for part in parts])
        super().show(parts)

    def when_empty(self) -> str:
        return f"nothing holds these words; {key_of('part.unfilter', 'escape')} shows all"

    def row(self, position: int, *, current: bool, width: int) -> Content:
        part = self._shown[position]
        cells = min(self._name_cells, width // 2)
        name = present.elide(content((part.name, STRONG)), cells)
        left = content((GLYPHS.cursor if current else " ", KEY)) + name.pad_right(cells + 2 - name.cell_length)
        right = content((f" {part.outcome}", QUIET), (figures.size(part.size).rjust(10), QUIET))
        about = part.about[self._shared :][:width]
        return present.spread(left + content(f"{GLYPHS.more}{about}" if self._shared else about), right, width)

    def chosen(self) -> None:
        if self._shown:
            self.post_message(self.Selected(self._shown[self.cursor]))


class PartsScreen(FilteredScreen):
    HELP = "What a large file holds: samples of a log, files of an archive, entries of a list. One is read when it is opened."
    SOUGHT_IN = "words in the name, the question or the outcome"
    BINDINGS = [
        Binding("enter", "choose", "open", id="part.open", tooltip="Read this one and open it"),
        Binding("slash,f", "filter", "filter", id="part.filter", tooltip="Only those that hold these words"),
        Binding(
            "w", "whole", "read all", id="part.whole", tooltip="Read all of it, for the verdicts; takes time and memory"
        ),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
        Binding("q", "leave", "quit", id="screen.leave", tooltip="Leave the list; quits where nothing is below it"),
        Binding("escape,q", "unfilter", "all", id="part.unfilter", tooltip="All of them again"),
    ]
    DEFAULT_CSS = "PartsScreen > .head { height: 1; background: $bar; padding: 0 1; }"

    def __init__(self, parts: Parts, format_name: str | None) -> None:
        super().__init__()
        self._parts, self._format = parts, format_name
        self._reading: str | None = None
        """What is being read."""

    def compose(self) -> ComposeResult:
        yield ToldLine(classes="head")
        yield PartList()
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(PartList).focus()
        self.show_items()

    def show_items(self) -> None:
        shown = [part for part in self._parts.parts if _holds(part, self.words)]
        self.query_one(PartList).show(shown)
        self._tell(len(shown))

    def _tell(self, shown: int) -> None:
        parts, everything = self._parts, len(self._parts.parts)
        what = figures.plural(everything, parts.noun)
        count = what if shown == everything else f"{shown:,} of {what}"
        pieces: list[present.Piece] = [
            (elide_start(line(parts.path), max(self.size.width - _TOLD_CELLS, 20)), STRONG),
            (f"   {count} {GLYPHS.dot} {figures.size(parts.size)}", QUIET),
        ]
        if self._reading is not None:
            pieces.append((f" {GLYPHS.dot} reading {self._reading} {GLYPHS.more}", f"bold {KEY}"))
        self.query_one(".head", ToldLine).tell(content(*pieces))

    @on(PartList.Selected)
    def _read(self, event: PartList.Selected) -> None:
        self._begin(event.part)

    def action_whole(self) -> None:
        self._begin(None)

    def _begin(self, part: Part | None) -> None:
        """Read a part, or all; a later choice counts."""
        reading = self._reading = part.name if part is not None else "all of it"

        def work() -> Loaded | ByPlace | Parts | TracetuiError:
            try:
                if part is None:
                    return load(self._parts.path, format_name=self._format)
                if self._parts.noun == FILE:
                    return open_asked(Asked(f"{self._parts.path}!{part.name}", format_name=self._format))
                source = part.source()
                return load(source.path, format_name=self._format or self._parts.format, source=source)
            except TracetuiError as problem:
                return problem

        in_background(self, work, lambda loaded: self._open(reading, loaded))
        self.show_items()

    def _open(self, reading: str, loaded: Loaded | ByPlace | Parts | TracetuiError) -> None:
        from tracetui.ui.app import TracetuiApp

        if reading != self._reading:
            return
        self._reading = None
        self.show_items()
        if isinstance(loaded, TracetuiError):
            self.notify(line(loaded.message), severity="error", markup=False, timeout=8)
        elif self.is_active:
            assert isinstance(self.app, TracetuiApp)
            self.app.show_opened(loaded)

    def action_unfilter(self) -> None:
        self._reading = None
        super().action_unfilter()


def _shared(texts: Sequence[str]) -> int:
    """Characters, in whole words, of a long beginning that is the same in all; 0 where there is none."""
    first, last = (min(texts), max(texts)) if len(texts) > 1 else ("", "")
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first.rfind(" ", 0, same) + 1 if same > _SHARED_CHARACTERS else 0


def _holds(part: Part, words: Sequence[str]) -> bool:
    shown = f"{part.name} {part.about} {part.outcome}".lower()
    return all(word in shown for word in words)
