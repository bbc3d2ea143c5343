"""What one types with."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.geometry import Region

from tracetui.postmortem.form import Field
from tracetui.ui import themes
from tracetui.ui.form.editors import TextEditor


def test_an_editor_that_has_no_style_and_no_width_yet_paints_blanks() -> None:
    editor = TextEditor(Field(id="title", label="Title", hint="In one sentence."), "", lambda text: None)
    assert [strip.text for strip in editor.render_lines(Region(0, 0, 3, 2))] == ["   ", "   "]


class Typing(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield TextEditor(
            Field(id="title", label="Title", hint=""), "one two three four five six seven", lambda text: None
        )


async def test_a_text_that_takes_as_many_rows_as_before_is_wrapped_anew_at_another_width() -> None:
    """Two rows at both widths: Textual would leave those of the first."""
    app = Typing()
    async with app.run_test(size=(30, 5)) as pilot:
        await pilot.pause()
        await pilot.resize_terminal(24, 5)
        await pilot.pause()
        rows = [strip.text.strip() for strip in app.screen._compositor.render_strips()[:2]]
        assert rows == ["one two three four", "five six seven"]
