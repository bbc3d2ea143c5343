"""What one types and picks values with. Each hands a value over at once, not by a message that a signal could overtake;
none knows the document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tracetui.postmortem.form import Field
from tracetui.ui.present import QUIET, content, elide, shown

Typed = Callable[[str], None]


class TextEditor(TextArea):
    """Text of one or many lines, always wrapped. Arrows at its edge and Tab leave it; nothing typed is a command."""

    DEFAULT_CSS = """
    TextEditor, TextEditor:focus {
        border: none; height: auto; min-height: 1; max-height: 12; padding: 0 1; width: 1fr;
        background: $bar; color: $foreground; scrollbar-size-vertical: 1;
        & .text-area--placeholder { color: $quiet; }
    }
    TextEditor:focus { background: $cursor; }
    """
    BINDINGS = [
        Binding("up", "up_or_out", "up", show=False),
        Binding("down", "down_or_out", "down", show=False),
        Binding("ctrl+a,home", "cursor_line_start", "line start", show=False),
        Binding("end", "cursor_line_end", "line end", show=False),
        Binding(
            "ctrl+e", "screen.external_editor", "$EDITOR", id="field.editor", tooltip="This text in your own editor"
        ),
        Binding("ctrl+t", "now", "now", id="field.now", tooltip="The time or day it is"),
    ]

    @dataclass
    class NowAsked(Message):
        """The time, or the day, is wanted."""

        editor: TextEditor

    def render_lines(self, crop: Region) -> list[Strip]:
        """For some milliseconds it may have no style yet, or no width, with which Textual 8.2.8 fails."""
        ready = self._component_styles and self.content_size.width
        return super().render_lines(crop) if ready else [Strip.blank(crop.width)] * crop.height

    def __init__(self, field: Field, text: str, typed: Typed) -> None:
        """`typed` is called with the whole text after every change that a person makes."""
        many = field.kind == "text"
        super().__init__(
            shown(text),
            compact=True,
            highlight_cursor_line=False,
            placeholder=Content(_placeholder(field)),
            classes="-many" if many else "",
        )
        self._typed = typed
        self.many = many
        self.field_kind = field.kind
        self.set_reactive(TextArea.cursor_blink, False)
        self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """Show another text; nobody typed it."""
        self.load_text(shown(text))
        self.move_cursor(self.document.end)

    def write_over(self, text: str) -> None:
        """Put another text in place of this one, as if it were typed."""
        self.replace(text, self.document.start, self.document.end)
        self.move_cursor(self.document.end)

    def edit(self, edit: Edit) -> EditResult:
        """Every key and paste comes through here."""
        done = super().edit(edit)
        self._typed(self.text)
        return done

    def undo(self) -> None:
        super().undo()
        self._typed(self.text)

    def redo(self) -> None:
        super().redo()
        self._typed(self.text)

    def on_resize(self) -> None:
        """Textual 8.2.8 wraps the text anew, and paints it only where that takes another number of rows."""
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter" and not self.many:
            event.stop()
            event.prevent_default()
            self.screen.focus_next()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted may come from a trace: it is made safe here, as everything is that is shown."""
        event.stop()
        event.prevent_default()
        text = shown(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        done = self.replace(text if self.many else " ".join(text.split("\n")), *self.selection)
        self.move_cursor(done.end_location)

    def action_now(self) -> None:
        self.post_message(self.NowAsked(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.field_kind in ("time", "date") if action == "now" else True

    def action_up_or_out(self) -> None:
        before = self.cursor_location
        self.action_cursor_up()
        if before[0] == 0 and self.cursor_location[0] == 0 and self.wrapped_document.location_to_offset(before).y == 0:
            self.screen.focus_previous()

    def action_down_or_out(self) -> None:
        last = self.wrapped_document.height - 1
        if self.wrapped_document.location_to_offset(self.cursor_location).y >= last:
            self.screen.focus_next()
        else:
            self.action_cursor_down()


class ChoiceEditor(Widget, can_focus=True):
    """A value of a vocabulary: its title and meaning. Enter picks, Backspace clears."""

    DEFAULT_CSS = """
    ChoiceEditor { height: 1; width: 1fr; background: $bar; padding: 0 1; }
    ChoiceEditor:focus { background: $cursor; }
    ChoiceEditor:ansi:focus { text-style: reverse; }
    """
    BINDINGS = [
        Binding("enter,space", "pick", "pick", id="field.pick", tooltip="Pick from the list, each with its meaning"),
        Binding("backspace,delete", "clear", "clear", show=False, id="field.clear", tooltip="No value"),
        Binding("up", "screen.focus_previous", "up", show=False),
        Binding("down", "screen.focus_next", "down", show=False),
    ]

    @dataclass
    class Asked(Message):
        """The vocabulary is wanted."""

        editor: ChoiceEditor

    def __init__(self, field: Field, code: str, typed: Typed) -> None:
        super().__init__()
        self.field = field
        self.code = code
        self._typed = typed

    def put(self, text: str) -> None:
        self.code = text
        self.refresh()

    def render(self) -> Content:
        vocabulary = self.field.vocabulary
        if not self.code or vocabulary is None:
            return content((_placeholder(self.field), QUIET))
        term = vocabulary.term(self.code)
        meaning = f"  {term.meaning}" if term and term.meaning else ""
        return elide(content(vocabulary.title(self.code), (meaning, QUIET)), self.size.width)

    def choose(self, code: str) -> None:
        """Take a picked value."""
        if code != self.code:
            self.put(code)
            self._typed(code)

    def action_pick(self) -> None:
        self.post_message(self.Asked(self))

    def action_clear(self) -> None:
        self.choose("")


def _placeholder(field: Field) -> str:
    """What belongs here, in brackets: no colour is needed to see that it is not a value. A short field has no room
    for more than its shape; the hint line says the rest."""
    if field.kind == "text":
        return f"({field.hint})" if field.hint else ""
    return {"time": "(2026-07-01T02:14+00:00)", "date": "(2026-07-01)", "choice": "(not chosen)"}.get(field.kind, "")


Editor = TextEditor | ChoiceEditor
