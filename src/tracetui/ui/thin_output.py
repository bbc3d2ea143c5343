"""Sends the terminal only what changes. Textual sends every region that it paints anew, whole: 8 kB for one step down.

A mixin for the app, between Textual's compositor and its driver. It leaves Textual's own output alone where the
internals it needs are not there, and takes itself away at the first surprise. Off until `use_thin_output`.

Over a slow link bytes pile up where nobody sees them: in the SSH server and the network. So the terminal is asked, after
each frame, a question that it answers when it has come that far, and no more than `_MOST_IN_FLIGHT` bytes are under way.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from math import inf
from time import monotonic
from typing import Any

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from textual import events, on
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen
from textual.strip import Strip

from tracetui.ui.environment import erases_in_color
from tracetui.ui.looks import PLAIN, Cell, Look, look_of, on_blank
from tracetui.ui.row_compositor import PatchUpdate, render_rows_only
from tracetui.ui.shadow import Shadow
from tracetui.ui.writer import Writer

Update = LayoutUpdate | ChopsUpdate | PatchUpdate
"""A frame: all of the screen, or a part by Textual's own compositor, or by ours."""
_RETRY_SECONDS = 0.02
_ATOMIC_BYTES = 256
"""So little arrives in one piece: no need to tell the terminal where the frame begins and ends (mode 2026)."""
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_PING = "\x1b[6n"
"""Where the cursor is: every terminal answers this, PuTTY and GNU screen too."""
_MOST_IN_FLIGHT = 7_500
"""Bytes: a quarter of a second at 256 kbit/s. With less the line rests while an answer is on its way back."""
_PATIENCE_SECONDS = 2.0
"""A terminal that answered before and is silent for so long is not asked again."""
_KEPT_STRIPS = 1000
_NEEDED = ("_display", "_begin_update", "_end_update", "_batch_count", "_sync_available", "_driver", "_running")


class ThinOutput(App[int]):
    """Writes as Textual does until `use_thin_output` is called."""

    thin_output = False

    def __init__(self) -> None:
        super().__init__()
        self._shadow: Shadow | None = None
        self._cells = KeptCells(ColorSystem.TRUECOLOR)
        self._first_page_until = 0.0
        """When the terminal showed something else than what was painted before the app was loaded."""
        self._waiting = self._repainting = False
        self._cursor_shown = (0, 0)
        self._paced = self._asked = self._answers = False
        self._in_flight: deque[tuple[float, int]] = deque()
        """(when, bytes) of the frames that the terminal did not answer yet."""

    def use_thin_output(self, *, paced: bool = False, shadow: Shadow | None = None) -> None:
        """Send only what changes, where Textual has all that this needs; `paced`: no faster than the line takes it;
        `shadow`: what the terminal shows already."""
        self.thin_output = all(hasattr(self, name) for name in _NEEDED)
        self._paced = paced
        self._shadow = shadow
        self._first_page_until = inf if self.thin_output and shadow is not None else 0.0

    @property
    def first_page_stands(self) -> bool:
        """Whether the terminal shows what was painted before the app was loaded, and nothing else yet."""
        return self._first_page_until == inf

    def replace_first_page(self) -> None:
        """Something else is shown from now on."""
        self._first_page_until = min(self._first_page_until, monotonic())

    @on(events.Resize)
    def _forget_at_resize(self, event: events.Resize) -> None:
        """Terminals crop, wrap or keep their cells as they like, also where they come back to the size that we know. The
        first page was painted in the size that is told twice at the start."""
        if self._shadow is not None and not (event.time < self._first_page_until and event.size == self._shadow.size):
            self.replace_first_page()
            self._shadow.forget()
            self._repaint_soon()

    def _repaint_soon(self) -> None:
        """After the delay with which Textual lays out a new size."""
        if not self._repainting:
            self._repainting = True
            self.set_timer(_RETRY_SECONDS, self.repaint_all)

    def repaint_all(self) -> None:
        """Something else may have written on the terminal: paint all of it again."""
        self._repainting = False
        self.replace_first_page()
        if self._shadow is not None:
            self._shadow.forget()
        self.refresh(repaint=True, layout=True)

    @on(events.AppFocus)
    def _repaint_after_focus(self) -> None:
        if self._shadow is not None and not self.first_page_stands:
            self.repaint_all()

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        driver = self._driver
        if (
            not self.thin_output
            or driver is None
            or driver.is_inline
            or self.is_headless
            or self._batch_count
            or not self._running
            or not isinstance(renderable, Update)
        ):
            if not self._batch_count and renderable is not None:
                self._shadow = None
            super()._display(screen, renderable)
            return
        try:
            render_rows_only(screen, self._holds_back)
            if self._want(renderable):
                self._send()
        except (AttributeError, TypeError, LookupError):
            self.thin_output = False
            own: Any = renderable
            super()._display(screen, own)
            self.call_later(self.refresh, repaint=True, layout=True)
            return
        self.post_display_hook()

    def _want(self, update: Update) -> bool:
        """Take an update in; False where there is nothing to send, as a whole frame of the terminal's size must come
        first: for some milliseconds after a resize Textual paints frames of the size before it."""
        size = self.size
        known = self._shadow is not None and self._shadow.size == size
        if frame_size(update) != size or not (known or isinstance(update, LayoutUpdate)):
            self._shadow = None
            self._repaint_soon()
            return False
        if self._shadow is None or not known:
            self._shadow = Shadow(*size, erases=erases_in_color(os.environ))
        colors = self.console._color_system or ColorSystem.TRUECOLOR
        if self._cells.colors is not colors:
            self._cells = KeptCells(colors)
        for y, x, strip in fragments(update):
            self._shadow.put(y, x, self._cells.of(strip))
        return True

    def _send(self) -> None:
        """Write what differs, or wait where the terminal has not taken what was written before: the frames in between
        are never sent."""
        if self._driver is None or self._shadow is None:
            return
        if self._holds_back():
            return
        data = self._shadow.paint()
        cursor = tuple(self.screen.outer_size.clamp_offset(self.cursor_position))
        if cursor != (0, 0) and (data or cursor != self._cursor_shown):
            data += f"\x1b[{cursor[1] + 1};{cursor[0] + 1}H"
        self._cursor_shown = (cursor[0], cursor[1])
        if data:
            synced = self._sync_available and len(data) > _ATOMIC_BYTES
            data = f"{_SYNC_START}{data}{_SYNC_END}" if synced else data
            if self._paced and (self._answers or not self._asked):
                data += _PING
                self._asked = True
                if self._answers:
                    self._in_flight.append((monotonic(), len(data)))
            self._driver.write(data)
            self._driver.flush()

    def _holds_back(self) -> bool:
        """Whether the line is busy; what changes is rendered and sent when it is free."""
        if not self.thin_output or not self._is_behind():
            return False
        if not self._waiting:
            self._waiting = True
            self.set_timer(_RETRY_SECONDS, self._send_again)
        return True

    def _is_behind(self) -> bool:
        """Whether what was written before is still on its way."""
        writer = getattr(self._driver, "_writer_thread", None)
        if self._in_flight and monotonic() - self._in_flight[0][0] > _PATIENCE_SECONDS:
            self._paced = False
            self._in_flight.clear()
        under_way = sum(size for _, size in self._in_flight)
        return (isinstance(writer, Writer) and writer.is_behind) or under_way > _MOST_IN_FLIGHT

    @on(events.CursorPosition)
    def _arrived(self) -> None:
        """The oldest frame under way is on the screen; no frame waits for the first answer, which may never come."""
        self._answers = True
        if self._in_flight:
            self._in_flight.popleft()

    def _send_again(self) -> None:
        self._waiting = False
        if self.thin_output:
            if self.screen._compositor._dirty_regions:
                self.screen._compositor_refresh()
            self._send()


def frame_size(update: Update) -> tuple[int, int]:
    """(columns, rows) of the screen that an update is of, or is a part of."""
    if isinstance(update, LayoutUpdate):
        return update.region.right, update.region.bottom
    if isinstance(update, PatchUpdate):
        return update.size
    return update.chop_ends[0][-1] if update.chop_ends else 0, len(update.chop_ends)


def fragments(update: Update) -> Iterator[tuple[int, int, Strip]]:
    """(row, column, strip) of all that an update would write, as `render_segments` of Textual does."""
    if isinstance(update, PatchUpdate):
        yield from update.patches
        return
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, start, stop in update.spans:
        for end, (x, part) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if part is None or x > stop or end <= start:
                continue
            whole = stop > x >= start and end <= stop
            yield y, x, part if whole else part.crop(0, min(end, stop) - x)


class KeptCells:
    """The cells of strips that are painted again and again: rows of a list keep their strips."""

    def __init__(self, colors: ColorSystem) -> None:
        self.colors = colors
        self._known: dict[int, tuple[Strip, list[Cell]]] = {}

    def of(self, strip: Strip) -> Sequence[Cell]:
        known = self._known.get(id(strip))
        if known is None:
            if len(self._known) >= _KEPT_STRIPS:
                self._known.clear()
            # The strip is kept too, so that its id is not given to another.
            known = self._known[id(strip)] = strip, cells_of(strip, self.colors)
        return known[1]


def cells_of(segments: Iterable[Segment], colors: ColorSystem) -> list[Cell]:
    """The cells that a strip fills, in the looks that Textual would write."""
    cells: list[Cell] = []
    for text, style, control in segments:
        if control:
            continue
        look = PLAIN
        if style is not None:
            parameters = style._ansi if style._ansi is not None else Strip.render_ansi(style, colors)
            look = look_of(parameters, "".join(filter(str.isprintable, style.link or "")))
        if text.isspace() and text.isascii():
            cells.extend(zip(text, repeat(on_blank(look))))
        elif text.isascii():
            cells.extend(zip(text, repeat(look)) if " " not in text else _with_blanks(text, look))
        else:
            marks, columns = _characters(text)
            if marks and cells:
                lead = -1 if cells[-1][0] else -2
                cells[lead] = (cells[lead][0] + marks, cells[lead][1])
            cells.extend(_with_blanks(columns, look))
    return cells


def _with_blanks(columns: Iterable[str], look: Look) -> Iterator[Cell]:
    blank = " ", on_blank(look)
    return (blank if column == " " else (column, look) for column in columns)


@lru_cache(maxsize=4096)
def _characters(text: str) -> tuple[str, tuple[str, ...]]:
    """The marks that belong to the character before a text, and what stands in each of its columns: a wide character
    is followed by an empty one."""
    marks, columns = "", list[str]()
    for start, end, width in split_graphemes(text)[0]:
        if width == 0 and columns:
            lead = -1 if columns[-1] else -2
            columns[lead] += text[start:end]
        elif width:
            columns += [text[start:end], *[""] * (width - 1)]
        else:
            marks += text[start:end]
    return marks, tuple(columns)
