"""Two terminals (pyte) under one app: one gets Textual's own output, one what the thin output sends of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pyte
from pyte.screens import Char
from textual._compositor import Compositor, LayoutUpdate
from textual.screen import Screen

from tracetui import ui
from tracetui.ui.app import TracetuiApp
from tracetui.ui.row_compositor import render_rows_only
from tracetui.ui.thin_output import Update, frame_size

KEYS = (
    *("j", "j", "j", "k", "k", "ctrl+d", "ctrl+u", "G", "g", "pagedown", "pageup", "down", "up", "enter", "escape"),
    *("right_square_bracket", "left_square_bracket", "o", "s", "c", "e", "r", "tab", "T", "question_mark", "l", "h"),
    *("m", "x", "n", "slash", "a", "1", "2", "3", "4", "z", "f", "b", "ctrl+l"),
)
SIZES = ((80, 24), (120, 40), (60, 16), (101, 31))


class MirroredApp(TracetuiApp):
    """Headless; `thin_bytes` and `plain_bytes` are what was sent so far, `differing` the cells that ever differed."""

    CSS_PATH = str(Path(ui.__file__).with_name("app.tcss"))

    thin: pyte.Screen | None = None
    plain: pyte.Screen
    settled = False
    """Whether a whole frame of the terminal's size was painted: after a resize Textual paints a few of the old size."""
    held = False
    """A slow line: frames are taken in but not sent, until it is over."""
    thin_bytes = plain_bytes = frames = stale = compared = 0
    differing: int = 0

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if self._batch_count or not isinstance(renderable, Update):
            return
        width, height = self.size
        render_rows_only(screen)
        if self.thin is None or (self.thin.columns, self.thin.lines) != (width, height):
            self.thin, self.plain, self.settled = pyte.Screen(width, height), pyte.Screen(width, height), False
            self.resized(width, height)
        plain = renderable.render_segments(self.console)
        may_send = self._want(renderable) and self._shadow is not None and not self.held
        thin = self._shadow.paint() if may_send and self._shadow is not None else ""
        if frame_size(renderable) != (width, height):
            self.settled, self.stale = False, self.stale + 1
        elif isinstance(renderable, LayoutUpdate):
            self.settled = True
        pyte.Stream(self.plain).feed(plain)
        pyte.Stream(self.thin).feed(thin)
        self.frames += 1
        self.plain_bytes += len(plain.encode())
        self.thin_bytes += len(thin.encode())
        self.sent(thin, plain)
        if self.settled and not self.held:
            self._compare(width, height)
        self.post_display_hook()

    async def compare_whole(self) -> None:
        """What the frames painted, with a whole frame by Textual's own compositor. A difference that a later frame makes
        good was only not painted yet; one that stays for two seconds without a frame is counted."""
        frames, quiet, wrong = self.frames, 0, 0
        while quiet < 20:
            await asyncio.sleep(0.1)
            wrong = self._unlike_whole() if self.settled else 1
            if not wrong:
                return
            frames, quiet = self.frames, quiet + 1 if self.frames == frames else 0
        self.differing += wrong

    def _unlike_whole(self) -> int:
        """Cells of the plain terminal that a whole frame has otherwise."""
        screen = self.screen
        ours, dirty = screen._compositor.__class__, set(screen._compositor._dirty_regions)
        screen._compositor.__class__ = Compositor
        whole = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        screen._compositor.__class__ = ours
        screen._compositor._dirty_regions.update(dirty)
        assert isinstance(whole, LayoutUpdate)
        width, height = self.size
        painted = pyte.Screen(width, height)
        pyte.Stream(painted).feed(whole.render_segments(self.console))
        cells = ((y, x) for y in range(height) for x in range(width))
        return sum(seen(painted.buffer[y][x]) != seen(self.plain.buffer[y][x]) for y, x in cells)

    def resized(self, width: int, height: int) -> None:
        """Both terminals have a new size."""

    def sent(self, thin: str, plain: str) -> None:
        """To the one terminal and to the other."""

    def _compare(self, width: int, height: int) -> None:
        assert self.thin is not None
        self.compared += width * height
        for y in range(height):
            thin_row, plain_row = self.thin.buffer[y], self.plain.buffer[y]
            if thin_row != plain_row:
                self.differing += sum(seen(thin_row[x]) != seen(plain_row[x]) for x in range(width))


def seen(cell: Char) -> tuple[object, ...]:
    """What is seen of a cell: on a blank neither colour nor weight of the writing."""
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough or cell.blink):
        return cell.data, cell.bg
    return tuple(cell)
