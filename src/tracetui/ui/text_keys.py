"""The keys of a pane of text. Ids are stable: they are what a user's key map names."""

from __future__ import annotations

from textual.binding import Binding, BindingType

TEXT_KEYS: list[BindingType] = [
    Binding("j,down", "move(1)", "down", show=False, id="text.down", tooltip="Next line"),
    Binding("k,up", "move(-1)", "up", show=False, id="text.up", tooltip="Previous line"),
    Binding("ctrl+d,pagedown", "page(0.5)", "half down", show=False, id="text.half-down", tooltip="Half a page down"),
    Binding("ctrl+u,pageup", "page(-0.5)", "half up", show=False, id="text.half-up", tooltip="Half a page up"),
    Binding("space", "page(1)", "page down", show=False, id="text.page-down", tooltip="A page down"),
    Binding("g,home", "top", "top", show=False, id="text.top", tooltip="First line"),
    Binding("G,end", "bottom", "end", show=False, id="text.bottom", tooltip="Last line"),
    Binding(
        "left_curly_bracket",
        "change(-1)",
        "previous change",
        show=False,
        id="text.previous-change",
        tooltip="Previous new, changed or dropped message",
    ),
    Binding(
        "right_curly_bracket",
        "change(1)",
        "changes",
        id="text.next-change",
        tooltip="Next new, changed or dropped message",
    ),
    Binding("z", "fold", "fold", id="text.fold", tooltip="Fold the block to one line, or open it"),
    Binding("h", "concealed(1)", "hidden", id="text.hidden", tooltip="Next block with hidden or injected content"),
    Binding("H", "concealed(-1)", "", show=False, id="text.previous-hidden", tooltip="Previous hidden content"),
    Binding("n", "hit_here(1)", "", show=False, id="text.next-hit", tooltip="Next hit here, then in the next step"),
    Binding("N", "hit_here(-1)", "", show=False, id="text.previous-hit", tooltip="Previous hit, here first"),
    Binding(
        "enter",
        "follow",
        "follow",
        id="text.follow",
        tooltip="On a value: where it came from and who used it; on a block's first line: its step",
    ),
]
