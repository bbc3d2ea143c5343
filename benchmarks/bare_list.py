"""The least that a list in Textual can be: `python benchmarks/bare_list.py FILE`. What keys are measured against.

Lines of the file by their offsets, the first 200 characters of each, one row highlighted; `j` and `k` move it.
"""

from __future__ import annotations

import sys
from array import array
from itertools import accumulate

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

PLAIN, HERE = Style.parse("#e0e0e0 on #121212"), Style.parse("#e0e0e0 on #0178d4")


class Lines(ScrollView, can_focus=True):
    BINDINGS = [
        Binding("j", "move(1)"),
        Binding("k", "move(-1)"),
        Binding("g", "move(-1000000000)"),
        Binding("G", "move(1000000000)"),
    ]
    DEFAULT_CSS = "Lines { height: 1fr; width: 1fr; }"

    def __init__(self, path: str) -> None:
        super().__init__()
        with open(path, "rb", buffering=1 << 20) as lines:
            self.offsets = array("Q", accumulate(map(len, lines), initial=0))
        self.file = open(path, "rb")  # noqa: SIM115
        self.at = 0
        self.virtual_size = Size(0, len(self.offsets) - 1)

    def render_line(self, y: int) -> Strip:
        line, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if line >= len(self.offsets) - 1:
            return Strip.blank(width, PLAIN)
        self.file.seek(self.offsets[line])
        text = self.file.read(200).decode("ascii", "replace").partition("\n")[0]
        return Strip([Segment(text[:width].ljust(width), HERE if line == self.at else PLAIN)], width)

    def action_move(self, lines: int) -> None:
        before, self.at = self.at, max(0, min(self.at + lines, len(self.offsets) - 2))
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if not top <= self.at < top + height:
            self.scroll_to(y=self.at if self.at < top else self.at - height + 1, animate=False, force=True)
        self.refresh_line(before)
        self.refresh_line(self.at)


class BareList(App[None]):
    BINDINGS = [Binding("q", "quit")]
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Lines(sys.argv[1])


if __name__ == "__main__":
    BareList().run()
