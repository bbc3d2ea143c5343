"""The markdown as it would be exported."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tracetui.ui.document import Document, Writer
from tracetui.ui.present import KEY, QUIET
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.text_pane import TextPane


class PreviewScreen(Screen[None]):
    BINDINGS = [
        Binding("escape,q,v", "dismiss", "back", id="preview.back", tooltip="Back to the form"),
        Binding("y", "copy", "copy", id="preview.copy", tooltip="Send it to the terminal's clipboard and a file"),
    ]

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self._markdown = markdown

    def compose(self) -> ComposeResult:
        yield TextPane()
        yield KeyBar()

    def on_mount(self) -> None:
        for pane in self.query(TextPane):  # none, where another key has closed this already
            pane.show(markdown_page(self._markdown))
            pane.focus()

    def action_copy(self) -> None:
        from tracetui.ui.app import TracetuiApp

        if isinstance(self.app, TracetuiApp):
            self.app.copy_text(self._markdown)


def markdown_page(markdown: str) -> Document:
    """The source with its headings and fences set off; nothing of it is interpreted."""
    out, fenced = Writer(), ""
    for text in markdown.rstrip("\n").split("\n"):
        if fenced:
            out.text(text, QUIET)
            fenced = "" if text == fenced else fenced
        elif text.startswith("```"):
            fenced = text.removesuffix("text")
            out.text(text, QUIET)
        elif text.startswith("#"):
            out.text(text, f"bold {KEY}")
        elif text:
            out.text(text)
        else:
            out.blank()
    return out.document()
