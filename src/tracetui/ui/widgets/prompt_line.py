"""One line of input at the foot of a screen: a search, a filter, a step number, a note."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tracetui.ui.present import KEY, content


class _Field(Input):
    """The key bar tells how to end."""

    BINDINGS = [Binding("enter", "submit", "accept", tooltip="Take what is written")]


class PromptLine(Horizontal):
    """Hidden until `ask`; answers with `Answered` or `Cancelled`. In the flow of the screen: docked, it would lie under
    the key bar."""

    DEFAULT_CSS = """
    PromptLine { height: 1; background: $bar; display: none; padding: 0 1; }
    PromptLine.-asking { display: block; }
    PromptLine Static { width: auto; }
    PromptLine Input, PromptLine Input:focus { border: none; height: 1; padding: 0; background: $bar; width: 1fr; }
    """
    BINDINGS = [Binding("escape", "cancel", "cancel", id="prompt.cancel")]

    @dataclass
    class Answered(Message):
        kind: str
        text: str

    @dataclass
    class Changed(Message):
        """As it is typed."""

        kind: str
        text: str

    @dataclass
    class Cancelled(Message):
        kind: str

    def __init__(self) -> None:
        super().__init__()
        self._kind = ""

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)
        yield _Field(compact=True, select_on_focus=False)

    @property
    def is_asking(self) -> bool:
        return self.has_class("-asking")

    def ask(self, kind: str, label: str, text: str = "", hint: str = "") -> None:
        """Take the keyboard until Enter or escape."""
        self._kind = kind
        self.query_one(Static).update(content((f"{label} ", f"bold {KEY}")))
        field = self.query_one(Input)
        with field.prevent(Input.Changed):
            field.value = text
        field.placeholder = hint
        field.cursor_position = len(text)
        self.add_class("-asking")
        field.focus()

    def close(self) -> None:
        self.remove_class("-asking")

    @on(Input.Submitted)
    def answer(self, event: Input.Submitted) -> None:
        event.stop()
        self.close()
        self.post_message(self.Answered(self._kind, event.value))

    @on(Input.Changed)
    def pass_on(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self._kind, event.value))

    def action_cancel(self) -> None:
        self.close()
        self.post_message(self.Cancelled(self._kind))
